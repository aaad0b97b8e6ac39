//! Rules, one a line: no text makes the parser panic, every error points at its text, and what parses is printed as rules
//! that mean the same.
#![no_main]
#![deny(unsafe_code)]

use havoc_engine::plan::syntax::parse_rules;
use havoc_engine::plan::{Plan, Rule};
use havoc_fuzz::rules::assert_told;
use havoc_fuzz::words;
use libfuzzer_sys::{Corpus, fuzz_mutator, fuzz_target};
use std::path::Path;
use std::sync::LazyLock;

/// With everything that is special in a pattern: in a directory's name it is not.
const CWD: &str = "/srv/[a] {b,c}*\\ä";

static WORDS: LazyLock<Vec<String>> =
    LazyLock::new(|| words::of_dictionary(include_str!("../../dictionary/rule.dict")));

fuzz_mutator!(|data: &mut [u8], size: usize, limit: usize, seed: u32| {
    words::mutate(data, size, limit, seed, &WORDS)
});

fuzz_target!(|input: &str| -> Corpus {
    if input.len() > words::LONGEST {
        return Corpus::Reject;
    }
    try_with(input);
    Corpus::Keep
});

fn try_with(input: &str) {
    let texts: Vec<String> = input.split('\n').map(str::to_owned).collect();
    let plan = match parse_rules(&texts, Path::new(CWD)) {
        Ok(plan) => plan,
        Err(errors) => return assert_told(&texts, &errors),
    };
    let printed: Vec<String> = plan.rules.iter().map(ToString::to_string).collect();
    let again = parse_rules(&printed, Path::new(CWD))
        .unwrap_or_else(|errors| panic!("{texts:?} is printed as {printed:?}: {errors:#?}"));
    assert_eq!(without_text(&again), without_text(&plan), "{texts:?} is printed as {printed:?}");
    let printed_again: Vec<String> = again.rules.iter().map(ToString::to_string).collect();
    assert_eq!(printed_again, printed, "{texts:?} has two normal forms");
    assert_eq!(plan.to_string(), printed.iter().map(|line| format!("{line}\n")).collect::<String>());
}

/// The text is the one thing in which a rule and its normal form differ.
fn without_text(plan: &Plan) -> Plan {
    let rules = plan.rules.iter().map(|rule| Rule { text: String::new(), ..rule.clone() });
    Plan { rules: rules.collect() }
}
