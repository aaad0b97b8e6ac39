//! docs/plan.schema.json, which editors are given, against what is read.
use super::super::super::syntax::error::Errors;
use super::super::super::syntax::items;
use super::super::super::syntax::key::{self, Key};
use super::super::super::syntax::lexer::Operator;
use super::super::super::syntax::tests::generator::any_rule;
use super::super::document::{Document, Entry, Kind, Value};
use super::super::shape::{SHAPES, Takes};
use super::super::table::{CALLS, NOT, SET};
use super::good::GOOD;
use super::*;
use proptest::prelude::*;
use regex::Regex;
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// `cargo xtask schema` writes it.
static SCHEMA: LazyLock<Json> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../../../../docs/plan.schema.json")).expect("JSON")
});

/// Tells whether `value` is what `schema` says; of JSON Schema as much as is in ours.
///
/// Written out, since a validator brings fifty crates with it, and no keyword may be in the schema that nobody looks at.
fn fits(schema: &Json, value: &Json) -> bool {
    let schema = schema.as_object().expect("a schema is an object");
    schema.iter().all(|(keyword, wanted)| match (keyword.as_str(), value) {
        ("$schema" | "title" | "description" | "default", _) => true,
        ("type", _) => match wanted {
            Json::Array(types) => types.iter().any(|name| is_a(name, value)),
            name => is_a(name, value),
        },
        ("anyOf", _) => wanted.as_array().expect("a list").iter().any(|schema| fits(schema, value)),
        ("enum", _) => wanted.as_array().expect("a list").contains(value),
        ("properties", Json::Object(object)) => {
            let fitting =
                |(key, value): (&String, &Json)| wanted.get(key).is_none_or(|schema| fits(schema, value));
            object.iter().all(fitting)
        }
        ("additionalProperties", Json::Object(object)) => {
            assert_eq!(*wanted, json!(false));
            object.keys().all(|key| schema["properties"].get(key).is_some())
        }
        ("required", Json::Object(object)) => {
            let mut keys = wanted.as_array().expect("a list").iter().filter_map(Json::as_str);
            keys.all(|key| object.contains_key(key))
        }
        ("items", Json::Array(values)) => values.iter().all(|value| fits(wanted, value)),
        ("minItems", Json::Array(values)) => values.len() as u64 >= wanted.as_u64().expect("a number"),
        ("minimum", Json::Number(number)) => number.as_f64() >= wanted.as_f64(),
        ("pattern", Json::String(text)) => {
            // \s is what is meant also without the tables of Unicode, which this crate does without.
            let pattern = wanted.as_str().expect("a pattern").replace(r"\s", r"\t\n\r ");
            Regex::new(&pattern).expect("a regular expression").is_match(text)
        }
        (
            "properties" | "additionalProperties" | "required" | "items" | "minItems" | "minimum" | "pattern",
            _,
        ) => true,
        (unknown, _) => panic!("`{unknown}` is in the schema, and not looked at here"),
    })
}

fn is_a(name: &Json, value: &Json) -> bool {
    match name.as_str().expect("the name of a type") {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        other => panic!("no type of TOML is `{other}`"),
    }
}

/// Returns a file as JSON has it, as editors do.
fn as_json(text: &str) -> Json {
    let mut errors = Errors::of_source(0);
    let document = Document::read(text, &mut errors);
    assert!(errors.is_empty(), "{text}");
    object(&document.entries)
}

fn object(entries: &[Entry]) -> Json {
    entries
        .iter()
        .map(|entry| (entry.key.text.clone(), value(&entry.value)))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

fn value(value: &Value) -> Json {
    match &value.kind {
        Kind::Text(word) => json!(word.text),
        Kind::Number { decimal, .. } => serde_json::from_str(decimal).expect("a number"),
        Kind::Boolean(value) => json!(value),
        Kind::List(values) => values.iter().map(self::value).collect(),
        Kind::Table(entries) => object(entries),
        Kind::Other(_) => json!(0.5),
    }
}

fn is_accepted(text: &str) -> bool {
    fits(&SCHEMA, &as_json(text))
}

#[test]
fn the_schema_has_every_key_of_the_language_and_no_other() {
    let rule = &SCHEMA["properties"]["rule"]["items"]["properties"];
    let keys =
        |schema: &Json| -> BTreeSet<String> { schema.as_object().expect("keys").keys().cloned().collect() };
    let of = |wanted: &dyn Fn(Key) -> bool| -> BTreeSet<String> {
        key::all().filter(|text| key::of(text).is_some_and(wanted)).map(str::to_owned).collect()
    };
    let mut all = of(&|_| true);
    all.extend([CALLS, NOT, SET].map(str::to_owned));
    assert_eq!(keys(rule), all);
    let is_number = |key| matches!(key, Key::Argument(_) | Key::Result);
    let negated = of(&|key| items::operators(key).contains(&Operator::NotEqual) && !is_number(key));
    assert_eq!(keys(&rule[NOT]["properties"]), negated);
    assert_eq!(keys(&rule[SET]["properties"]), of(&|key| matches!(key, Key::Argument(_))));
}

#[test]
fn every_good_file_fits_the_schema() {
    for (text, _) in GOOD {
        assert!(is_accepted(&format!("[[rule]]\n{text}\n")), "{text}");
    }
    assert!(is_accepted("") && is_accepted("rule = []\n"));
}

#[test]
fn the_schema_takes_the_types_that_are_read_and_no_others() {
    for (key, takes, example) in SHAPES {
        let key = key.text();
        let fits = |value: &str| is_accepted(&format!("[[rule]]\ncalls = 'read'\n{key} = {value}\n"));
        assert!(fits(example), "{key} = {example}");
        assert_eq!(fits("3"), takes.numbers(), "{key} = 3");
        assert_eq!(fits("true"), *takes == Takes::Flag, "{key} = true");
        let lists = matches!(takes, Takes::Several(_) | Takes::List(_) | Takes::Tests);
        assert_eq!(fits(&format!("[{example}, {example}]")), lists, "{key} = [{example}, …]");
        for bad in ["0.5", "1979-05-27", "[]", "[true]", "{}", "[[3]]"] {
            assert!(!fits(bad), "{key} = {bad}");
        }
    }
}

#[test]
fn what_is_refused_for_its_form_does_not_fit_the_schema() {
    for text in [
        "rules = 1",
        "[rule]\ncalls = 'read'",
        "rule = ['read:log']",
        "[[rule]]\nlog = true",
        "[[rule]]\ncalls = []\nlog = true",
        "[[rule]]\ncalls = 'read'\npth = 'x'",
        "[[rule]]\ncalls = 'read'\nnot.error = 'EIO'",
        "[[rule]]\ncalls = 'read'\nnot.arg1 = 3",
        "[[rule]]\ncalls = 'read'\nset.path = 3",
        "[[rule]]\ncalls = 'read'\nset.arg3 = [3]",
        "[[rule]]\ncalls = 'read'\nwhen = 0",
        "[[rule]]\ncalls = 'read'\nwhen = '1+2+3'",
        "[[rule]]\ncalls = 'read'\nper = 'call'",
        "[[rule]]\ncalls = 'read'\nchance = 'often'",
        "[[rule]]\ncalls = 'read'\nuntil = '5'",
        "[[rule]]\ncalls = 'read'\nname = 'a b'",
        "[[rule]]\ncalls = 'read'\nsock = 'icmp/*'",
        "[[rule]]\ncalls = 'read'\npoke_exit = '@arg7=00'",
    ] {
        assert!(parse(&[file(text)]).is_err() && !is_accepted(text), "{text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn every_plan_in_normal_form_fits_the_schema(text in any_rule()) {
        let printed = parse(&[rule(&text)]).unwrap().to_toml();
        prop_assert!(is_accepted(&printed), "{}", printed);
    }
}
