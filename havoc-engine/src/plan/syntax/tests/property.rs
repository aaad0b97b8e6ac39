//! What holds for every text, and for every rule.
use super::{parse, rule};
use crate::plan::syntax::parse_set;
use crate::plan::{PathPattern, Rule};
use proptest::prelude::*;
use std::path::Path;

/// Writes a value in quotes throughout, so that it shares no code with the printer.
fn quoted(value: &str) -> String {
    let escaped: String = value
        .chars()
        .flat_map(|character| match character {
            '"' | '\\' => vec!['\\', character],
            _ => vec![character],
        })
        .collect();
    format!("\"{escaped}\"")
}

fn any_set() -> impl Strategy<Value = String> {
    let member = prop_oneof![
        prop::sample::select(vec!["msync", "read", "pwritev2", "openat", "all"]).prop_map(str::to_owned),
        // From 9 on (mmap) some are refused.
        (0u32..9).prop_map(|number| number.to_string()),
    ];
    prop::collection::vec(member, 1..4).prop_map(|members| members.join(","))
}

fn any_selector() -> impl Strategy<Value = String> {
    let glob = r#"[a-z*?/.:," \\=&!<ä-]{0,12}[a-z:*"]"#;
    prop_oneof![
        (prop::sample::select(vec!["path=", "path!=", "mapped=", "mapped!="]), glob)
            .prop_filter("a pattern", |(_, glob)| PathPattern::new(glob, Path::new("/work")).is_ok())
            .prop_map(|(key, glob)| format!("{key}{}", quoted(&glob))),
        (prop::sample::select(vec!["fd=", "fd!="]), any::<i32>()).prop_map(|(key, fd)| format!("{key}{fd}")),
    ]
}

fn any_when() -> impl Strategy<Value = String> {
    (1..u64::MAX, proptest::option::of(any::<u64>()), proptest::option::of(1..u64::MAX)).prop_map(
        |(first, length, step)| {
            let last = length.map_or(String::new(), |length| format!("..{}", first.saturating_add(length)));
            let step = step.map_or(String::new(), |step| format!("+{step}"));
            format!("when={first}{last}{step}")
        },
    )
}

fn any_outcome() -> impl Strategy<Value = String> {
    let flag = prop::sample::select(vec!["", ":instead", ":after", ":log", ":after:log"]);
    let result = prop_oneof![
        (1u16..512).prop_map(|number| format!("error={number}")),
        (532u16..4096).prop_map(|number| format!("error={number}")),
        any::<i64>()
            .prop_filter("no error", |value| !(-4095..=-1).contains(value))
            .prop_map(|value| format!("retval={value}")),
    ];
    (result, flag).prop_map(|(result, flag)| format!("{result}{flag}"))
}

fn any_rule() -> impl Strategy<Value = String> {
    let items = (
        prop::collection::vec(any_selector(), 0..5),
        proptest::option::of(any_when()),
        prop_oneof![any_outcome(), Just("log".to_owned())],
        proptest::option::of(r#"[a-z:"\\=!.]{1,8}"#),
    );
    (any_set(), items).prop_map(|(set, (selectors, when, outcome, name))| {
        let name = name.map(|name| format!("name={}", quoted(&name)));
        let items = selectors.into_iter().chain(when).chain([outcome]).chain(name);
        format!("{set}:{}", items.collect::<Vec<_>>().join(":"))
    })
}

proptest! {
    #[test]
    fn a_printed_rule_parses_back_to_the_same_rule(text in any_rule()) {
        let first = rule(&text);
        let printed = first.to_string();
        let again = rule(&printed);
        prop_assert_eq!(&again.to_string(), &printed);
        prop_assert_eq!(Rule { text: first.text.clone(), ..again }, first);
    }

    #[test]
    fn no_text_panics_and_every_span_lies_in_it(text in any_text()) {
        for parsed in [parse(&[&text]).map(|_| ()), parse_set(&text).map(|_| ())] {
            for error in parsed.err().into_iter().flatten() {
                prop_assert!(text.get(error.span.clone()).is_some(), "{:?}", error);
            }
        }
    }
}

/// Texts without any order, and texts made of what the language is made of.
fn any_text() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "msync",
        "all",
        "26",
        ",",
        ":",
        ":",
        "=",
        "!=",
        ":=",
        "&",
        "<",
        "\"",
        "\\",
        "path",
        "error",
        "when",
        "retval",
        "fd",
        "name",
        "after",
        "log",
        "EIO",
        "512",
        "..",
        "+",
        "0",
        "9",
        "-",
        "0x",
        "[",
        "]",
        "{",
        "}",
        "*",
        "**",
        "/",
        "!",
        "?",
        "%",
        "ä",
        "\u{1F980}",
        " ",
        "\n",
        "arg1",
        "short",
    ]);
    prop_oneof![any::<String>(), prop::collection::vec(pieces, 0..24).prop_map(|pieces| pieces.concat())]
}
