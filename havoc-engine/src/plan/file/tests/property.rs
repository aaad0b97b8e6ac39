//! What holds for every file.
use super::super::super::syntax::tests::generator::any_rule;
use super::*;
use proptest::prelude::*;

proptest! {
    // Each makes up to three rules, and those with classes look at every call.
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn a_printed_plan_reads_back_as_the_same_plan(mut texts in prop::collection::vec(any_rule(), 1..4)) {
        // Names are random and may meet.
        for (index, text) in texts.iter_mut().enumerate() {
            *text = text.replace(":name=\"", &format!(":name=\"{index}"));
        }
        let sources: Vec<Source> = texts.iter().map(|text| rule(text)).collect();
        let mut plan = parse(&sources).unwrap();
        for rule in &mut plan.rules {
            rule.text = rule.to_string();
        }
        let printed = plan.to_toml();
        let again = parse(&[file(&printed)]);
        prop_assert_eq!(again.as_ref().ok(), Some(&plan), "{}\n{:#?}", printed, again.as_ref().err());
        prop_assert_eq!(again.unwrap().to_toml(), printed);
    }

    #[test]
    fn no_text_panics_and_every_span_lies_in_it(text in any_text()) {
        for error in parse(&[file(&text)]).err().into_iter().flatten() {
            prop_assert!(text.get(error.span.clone()).is_some(), "{:?}", error);
        }
    }
}

/// Texts without any order, and texts made of what plan files are made of.
fn any_text() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "[[rule]]",
        "\n",
        "\n",
        "\n",
        " = ",
        " = ",
        "calls",
        "path",
        "error",
        "not",
        "set",
        "arg3",
        "log",
        "when",
        "poke_exit",
        "\"",
        "'",
        "\"\"\"",
        "'''",
        "\"msync\"",
        "'EIO'",
        "\"*.d\\u0062\"",
        "true",
        "7",
        "0x10",
        "-1",
        "1.5",
        "[",
        "]",
        "{",
        "}",
        ", ",
        ".",
        "#",
        "\\",
        "ä",
        "\u{1F980}",
        "\r\n",
        "&MS_SYNC",
        ">=",
        "!",
        "/",
        "%",
    ]);
    prop_oneof![any::<String>(), prop::collection::vec(pieces, 0..40).prop_map(|pieces| pieces.concat())]
}
