//! Plan files, good and bad.
mod bad;
mod good;
mod property;
mod schema;

use super::super::source::parse_by;
use super::super::syntax::Diagnostic;
use super::super::syntax::tests::judge;
use super::super::{Plan, Source};
use havoc_arch::Abi;
use std::path::Path;

fn parse(sources: &[Source]) -> Result<Plan, Vec<Diagnostic>> {
    parse_by(&judge(Abi::X86_64), sources, Path::new("/work"))
}

fn file(text: &str) -> Source {
    Source::File(text.to_owned())
}

fn rule(text: &str) -> Source {
    Source::Rule(text.to_owned())
}

/// Parses a good file.
fn plan(text: &str) -> Plan {
    parse(&[file(text)]).unwrap_or_else(|errors| panic!("{text}\n{errors:#?}"))
}

/// Parses a good file of one rule and returns the rule in the language of `--inject`.
fn inline(text: &str) -> String {
    let plan = plan(&format!("[[rule]]\n{text}\n"));
    assert_eq!(plan.rules.len(), 1, "{text}");
    assert_eq!(plan.rules[0].text, plan.rules[0].to_string());
    plan.rules[0].text.clone()
}

/// Writes each error as `text it points at: message; help`.
fn shown(sources: &[Source], errors: &[Diagnostic]) -> Vec<String> {
    let one = |error: &Diagnostic| {
        let (Source::File(text) | Source::Rule(text)) = &sources[error.source];
        let place = &text[error.span.clone()];
        match &error.help {
            Some(help) => format!("{place}: {}; {help}", error.message),
            None => format!("{place}: {}", error.message),
        }
    };
    errors.iter().map(one).collect()
}
