//! What holds for every text, and for every rule.
use super::generator::any_rule;
use super::{parse, rule};
use crate::plan::Rule;
use crate::plan::syntax::error::Errors;
use crate::plan::syntax::{key, lexer, parse_set};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

#[test]
fn every_key_of_the_language_is_among_the_random_rules() {
    let mut runner = TestRunner::deterministic();
    let (rules, mut missing) = (any_rule(), key::all().collect::<Vec<&str>>());
    for _ in 0..2000 {
        if missing.is_empty() {
            break;
        }
        let text = rules.new_tree(&mut runner).expect("a rule").current();
        let lexed = lexer::lex(&text, &mut Errors::of_source(0));
        missing.retain(|key| !lexed.items.iter().any(|item| item.key.text == *key));
    }
    assert!(missing.is_empty(), "{missing:?}");
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
