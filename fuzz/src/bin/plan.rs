//! Plan files: no text makes the reader panic, every error points at its text, and what is read is printed as a plan file and
//! as rules that mean the same.
#![no_main]
#![deny(unsafe_code)]

use havoc_engine::plan::syntax::parse_rules;
use havoc_engine::plan::{self, Plan, Rule, Source};
use havoc_fuzz::rules::assert_told;
use havoc_fuzz::words;
use libfuzzer_sys::{Corpus, fuzz_mutator, fuzz_target};
use std::path::Path;
use std::sync::LazyLock;

const CWD: &str = "/srv/[a] {b,c}*\\ä";

static WORDS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let of_rules = words::of_dictionary(include_str!("../../dictionary/rule.dict"));
    let of_plans = words::of_dictionary(include_str!("../../dictionary/plan.dict"));
    of_plans.into_iter().chain(of_rules).collect()
});

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

fn parse(text: &str) -> Result<Plan, Vec<havoc_engine::plan::syntax::Diagnostic>> {
    plan::parse(&[Source::File(text.to_owned())], Path::new(CWD))
}

fn try_with(input: &str) {
    let plan = match parse(input) {
        Ok(plan) => plan,
        Err(errors) => return assert_told(&[input.to_owned()], &errors),
    };
    let printed = plan.to_toml();
    let again =
        parse(&printed).unwrap_or_else(|errors| panic!("{input} is printed as {printed}: {errors:#?}"));
    assert_eq!(again, plan, "{input} is printed as {printed}");
    assert_eq!(again.to_toml(), printed, "{input} has two normal forms");
    let rules: Vec<String> = plan.rules.iter().map(ToString::to_string).collect();
    let inline = parse_rules(&rules, Path::new(CWD))
        .unwrap_or_else(|errors| panic!("{input} is printed as {rules:?}: {errors:#?}"));
    assert_eq!(texts(&inline), texts(&plan));
    assert_eq!(inline, plan, "{input} is printed as {rules:?}");
    assert!(!plan.command_line().contains('\n'), "{input} is no one line");
}

/// A rule of a file has its normal form as its text.
fn texts(plan: &Plan) -> Vec<&str> {
    plan.rules.iter().map(|rule: &Rule| rule.text.as_str()).collect()
}
