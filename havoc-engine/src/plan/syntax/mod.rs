//! Rule text → [`Rule`], with every error and where it stands.
//!
//! ```text
//! text ── lexer ──► words ── set, items (key, value) ──► parts ── check ──► Rule
//!            └──────────────────┴────── errors ─────────────┘
//! ```
//!
//! No step stops at an error: it adds it and goes on with what is left, so that all errors of all rules come at once.
mod action;
mod check;
pub(in crate::plan) mod error;
pub(in crate::plan) mod items;
pub(in crate::plan) mod key;
pub(in crate::plan) mod lexer;
mod mistaken;
mod number;
mod selector;
mod set;
pub mod strace;
mod value;

#[cfg(test)]
pub(in crate::plan) mod tests;

pub(crate) use error::did_you_mean;
pub use error::{Diagnostic, Span};

use super::source::{self, Source};
use super::{CallSet, Plan, Rule};
use crate::signature::{self, Signature};
use error::Errors;
use havoc_arch::{Abi, Arch, Native, names};
use lexer::Lexed;
use number::Constants;
use std::path::Path;

/// What rules are judged by, besides their text.
#[derive(Clone, Copy, Debug)]
pub(in crate::plan) struct Judge {
    /// The machine's own ABI; its companions' calls will be seen too.
    native: Abi,
    /// Tells whether a call can touch a file at all.
    touches_files: fn(&str) -> bool,
}

impl Judge {
    /// Tells whether a call of this name will be seen.
    fn knows(&self, name: &str) -> bool {
        names::judged(self.native, name).next().is_some()
    }

    /// The judge of this machine.
    pub const HERE: Judge = Judge { native: <Native as Arch>::ABI, touches_files: signature::touches_files };
}

/// Parses all rules of a command line, in order. Names (`SET#n`) are given over the whole list.
///
/// # Errors
/// Every error of every rule; `Diagnostic::source` is the index of the rule's text.
pub fn parse_rules(texts: &[String], cwd: &Path) -> Result<Plan, Vec<Diagnostic>> {
    let sources: Vec<Source> = texts.iter().map(|text| Source::Rule(text.clone())).collect();
    source::parse(&sources, cwd)
}

/// Parses the SET of `--trace`.
///
/// # Errors
/// Every error of the text.
pub fn parse_set(text: &str) -> Result<CallSet, Vec<Diagnostic>> {
    let mut errors = Errors::of_source(0);
    let lexed = lexer::lex(text, &mut errors);
    let resolved = set::resolve(&lexed.members, &Judge::HERE, &mut errors);
    for item in &lexed.items {
        errors.add_help(
            item.span.clone(),
            "a set has no items",
            "what is to happen to the calls is for `--inject`",
        );
    }
    if errors.is_empty() { Ok(resolved.call_set()) } else { Err(errors.into_sorted()) }
}

/// Makes the rule at place `index` of the plan of its words, wherever they came from. `names` holds the names that were
/// given so far. The rule that is returned has no text yet, and is whole only if no error was added.
pub(in crate::plan) fn read_rule(
    judge: &Judge,
    lexed: &Lexed,
    index: usize,
    cwd: &Path,
    names: &mut Vec<(String, usize)>,
    errors: &mut Errors,
) -> Rule {
    let resolved = set::resolve(&lexed.members, judge, errors);
    let calls = resolved.call_set();
    let constants = Constants { signatures: signatures(judge, &calls), abi: judge.native };
    let parts = items::read(lexed, cwd, &constants, errors);
    check::needs_action(&parts, lexed.whole.clone(), errors);
    check::waits_for_result(&parts, errors);
    check::named_calls(&resolved, &parts, judge, errors);
    let left_out = check::left_out(&calls, &parts, judge);
    let notes = check::notes(&calls, &parts, &left_out, judge);
    let name = match parts.name {
        None => format!("{calls}#{}", index + 1),
        Some((name, span)) => {
            if let Some((_, before)) = names.iter().find(|(given, _)| *given == name) {
                errors.add_help(
                    span,
                    format!("rule {} is already named `{name}`", before + 1),
                    "give each rule a name of its own",
                );
            }
            names.push((name.clone(), index));
            name
        }
    };
    Rule {
        name,
        text: String::new(),
        calls,
        selectors: parts.selectors,
        only_in: Vec::new(),
        not_in: Vec::new(),
        trigger: parts.trigger,
        action: parts.action,
        left_out,
        notes,
    }
}

/// Returns what is known of the arguments of these calls on this machine.
fn signatures(judge: &Judge, calls: &CallSet) -> Vec<&'static Signature> {
    calls.named(judge.native).filter_map(|(number, _)| signature::of_call(judge.native, number)).collect()
}
