//! All texts that rules come from → one [`Plan`].
use super::syntax::error::Errors;
use super::syntax::{Diagnostic, Judge, lexer, read_rule};
use super::{Plan, file};
use std::path::Path;

/// A text that holds rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A plan file, in TOML: any number of rules.
    File(String),
    /// One rule in the language of `--inject`.
    Rule(String),
}

/// Parses all rules, in this order. Names (`SET#n`) are given over the whole plan. A relative path pattern is joined to
/// `cwd`, wherever it stands.
///
/// # Errors
/// Every error of every text; `Diagnostic::source` is the index of the text.
pub fn parse(sources: &[Source], cwd: &Path) -> Result<Plan, Vec<Diagnostic>> {
    parse_by(&Judge::HERE, sources, cwd)
}

pub(super) fn parse_by(judge: &Judge, sources: &[Source], cwd: &Path) -> Result<Plan, Vec<Diagnostic>> {
    let mut plan = Plan::default();
    let mut diagnostics = Vec::new();
    let mut names = Vec::new();
    for (index, source) in sources.iter().enumerate() {
        let mut errors = Errors::of_source(index);
        match source {
            Source::Rule(text) => {
                let lexed = lexer::lex(text, &mut errors);
                let mut rule = read_rule(judge, &lexed, plan.rules.len(), cwd, &mut names, &mut errors);
                rule.text.clone_from(text);
                plan.rules.push(rule);
            }
            Source::File(text) => {
                let file = file::read(text, &mut errors);
                let mut found = Errors::of_source(index);
                for lexed in file.rules(&mut found) {
                    let mut rule = read_rule(judge, &lexed, plan.rules.len(), cwd, &mut names, &mut found);
                    rule.text = rule.to_string();
                    plan.rules.push(rule);
                }
                errors.adopt(found, |span| !file.is_broken(span));
            }
        }
        diagnostics.extend(errors.into_sorted());
    }
    if diagnostics.is_empty() { Ok(plan) } else { Err(diagnostics) }
}
