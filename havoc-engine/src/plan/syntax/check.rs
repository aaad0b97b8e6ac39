//! What only the whole rule, or the whole plan, can show to be wrong.
use super::error::Errors;
use super::items::Parts;
use super::key::Key;
use super::set::Resolved;
use super::{Judge, Span};
use crate::manual::{self, unlisted};
use crate::plan::refusal::{self, Refusal, Refused};
use crate::plan::{CallSet, Gives, Names, Selector};
use havoc_arch::{Abi, names};
use std::collections::{BTreeMap, BTreeSet};

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

/// Refuses what is to be done before the call is known to be meant.
pub(super) fn waits_for_result(parts: &Parts, errors: &mut Errors) {
    if !parts.selectors.iter().any(Selector::is_late) {
        return;
    }
    if let Some(what) = refusal::too_early(&parts.action)
        && let Some((_, span)) = parts.seen.iter().find(|(key, _)| *key == Key::Result)
    {
        errors.add_help(
            span.clone(),
            format!("`ret` is known when the call has been executed, too late for {what}"),
            "with `ret` go `error` and `retval` with `after`, `kill:after`, `delay_exit`, `signal`, `poke_exit`, \
             `log`, and `corrupt` of what was read",
        );
    }
}

/// Refuses what makes no sense on a call that the rule names.
pub(super) fn named_calls(set: &Resolved, parts: &Parts, judge: &Judge, errors: &mut Errors) {
    if set.negated {
        return;
    }
    for (member, word) in &set.members {
        let name = match &member.names {
            Names::Name(name) => name.as_str(),
            // A number without a name has no signature either, so that no file is ever found in its arguments.
            Names::Number(number) => names::name_of(judge.native, *number).unwrap_or_default(),
            Names::Class(_) | Names::Regex(_) | Names::All => continue,
        };
        if let Some(refusal) = refusal::of(name, &parts.action, &parts.selectors, judge.touches_files) {
            let (message, help) = explain(refusal, &word.text);
            errors.add_help(word.span.clone(), message, help);
        }
    }
}

fn explain(refusal: Refusal, name: &str) -> (String, &'static str) {
    let reason = refusal.reason;
    let leave_out = "leave it out of the set";
    match refusal.what {
        Refused::Result => (format!("`{name}` cannot be given a result: {reason}"), leave_out),
        Refused::After => (
            format!("`{name}` cannot be given another result after it was done: {reason}"),
            "use `instead`, or leave it out of the set",
        ),
        Refused::Exit => {
            (format!("nothing can be done when `{name}` has been executed: {reason}"), leave_out)
        }
        Refused::Files => (
            format!("`{name}` has no file to be chosen by: {reason}"),
            "leave it out of the set, or write a second rule for it without `path` and `mapped`",
        ),
        Refused::Sockets => (
            format!("`{name}` has no socket to be chosen by: {reason}"),
            "leave it out of the set, or write a second rule for it without `sock`",
        ),
        Refused::Short => (format!("`{name}` cannot come short: {reason}"), leave_out),
        Refused::Corrupt => (format!("nothing of `{name}` can be corrupted: {reason}"), leave_out),
        Refused::Argument(index) => (format!("`{name}` has no `arg{}`: {reason}", index + 1), leave_out),
    }
}

/// Returns the calls that a set brings in without naming them and on which the rule makes no sense, by name, each with its
/// reason.
pub(super) fn left_out(set: &CallSet, parts: &Parts, judge: &Judge) -> Vec<(String, &'static str)> {
    let mut left_out = BTreeMap::new();
    for abi in Abi::ALL.into_iter().filter(|abi| abi.is_judged()) {
        for (_, name) in set.named(abi) {
            if let Some(refusal) = refusal::of(name, &parts.action, &parts.selectors, judge.touches_files) {
                left_out.insert(name.to_owned(), refusal.reason);
            }
        }
    }
    // What was named was refused.
    left_out.into_iter().collect()
}

/// Returns what the report is to say about the calls of a rule, of which `left_out` are none.
pub(super) fn notes(
    set: &CallSet,
    parts: &Parts,
    left_out: &[(String, &'static str)],
    judge: &Judge,
) -> Vec<String> {
    let calls: BTreeSet<&str> = judge
        .native
        .judged()
        .iter()
        .flat_map(|abi| set.named(*abi))
        .map(|(_, name)| name)
        .filter(|name| !left_out.iter().any(|(left, _)| left == name))
        .collect();
    undocumented(set, &calls, parts)
}

/// An error that the manual does not list for a call, and that the kernel is not known to return, is allowed, and said. Of calls that came by a class nobody expects that
/// all have it.
fn undocumented(set: &CallSet, calls: &BTreeSet<&str>, parts: &Parts) -> Vec<String> {
    let Some(Gives::Error(given)) = &parts.action.gives else { return Vec::new() };
    if set.negated || !set.members.iter().all(|member| member.is_one_call()) {
        return Vec::new();
    }
    let mut notes = Vec::new();
    for errno in given {
        let is_unlisted =
            |call: &&str| manual::documents(call, *errno) == Some(false) && !unlisted::returns(call, *errno);
        let unlisted: Vec<&str> = calls.iter().copied().filter(is_unlisted).collect();
        if !unlisted.is_empty() {
            let name = errno.name().map_or_else(|| errno.number().to_string(), str::to_owned);
            notes.push(format!("the manual does not list {name} for {}", unlisted.join(", ")));
        }
    }
    notes
}
