//! What only the whole rule, or the whole plan, can show to be wrong.
use super::error::Errors;
use super::items::Parts;
use super::lexer::Word;
use super::{Judge, Span};
use crate::plan::Member;
use crate::plan::refusal::{self, Refusal, Refused};
use havoc_arch::{Abi, names};
use std::collections::BTreeMap;

/// Refuses a rule that does nothing.
pub(super) fn needs_action(parts: &Parts, whole: Span, errors: &mut Errors) {
    if !parts.acts {
        errors.add_help(
            whole,
            "a rule needs an action",
            "add `error=EIO`, `retval=0`, …; `log` is one: it logs the call and changes nothing",
        );
    }
}

/// Refuses what makes no sense on a call that the rule names.
pub(super) fn named_calls(members: &[(Member, &Word)], parts: &Parts, judge: &Judge, errors: &mut Errors) {
    for (member, word) in members {
        let name = match member {
            Member::All => continue,
            Member::Name(name) => name.as_str(),
            // A number without a name has no signature either, so that no file is ever found in its arguments.
            Member::Number(number) => names::name_of(judge.native, *number).unwrap_or_default(),
        };
        if let Some(refusal) = refusal::of(name, &parts.action, &parts.selectors, judge.touches_files) {
            let (message, help) = explain(refusal, &word.text);
            errors.add_help(word.span.clone(), message, help);
        }
    }
}

fn explain(refusal: Refusal, name: &str) -> (String, &'static str) {
    let reason = refusal.reason;
    match refusal.what {
        Refused::Result => {
            (format!("`{name}` cannot be given a result: {reason}"), "leave it out of the set")
        }
        Refused::After => (
            format!("`{name}` cannot be given another result after it was done: {reason}"),
            "use `instead`, or leave it out of the set",
        ),
        Refused::Files => (
            format!("`{name}` has no file to be chosen by: {reason}"),
            "leave it out of the set, or write a second rule for it without `path` and `mapped`",
        ),
    }
}

/// Returns the calls that `all` brings in and on which the rule makes no sense, by name, each with its reason.
pub(super) fn left_out(
    members: &[(Member, &Word)],
    parts: &Parts,
    judge: &Judge,
) -> Vec<(String, &'static str)> {
    if !members.iter().any(|(member, _)| *member == Member::All) {
        return Vec::new();
    }
    let mut left_out = BTreeMap::new();
    for abi in Abi::ALL.into_iter().filter(|abi| abi.is_judged()) {
        for (_, name) in names::all(abi) {
            if let Some(refusal) = refusal::of(name, &parts.action, &parts.selectors, judge.touches_files) {
                left_out.insert(name.to_owned(), refusal.reason);
            }
        }
    }
    left_out.into_iter().collect()
}

/// Returns what the report is to say about the calls of a rule.
pub(super) fn notes(members: &[(Member, &Word)], judge: &Judge) -> Vec<String> {
    let note = if members.iter().any(|(member, _)| *member == Member::All) {
        refusal::vdso_note(names::all_judged(judge.native))
    } else {
        refusal::vdso_note(members.iter().filter_map(|(member, _)| match member {
            Member::Name(name) => Some(name.as_str()),
            Member::Number(number) => names::name_of(judge.native, *number),
            Member::All => None,
        }))
    };
    note.into_iter().collect()
}
