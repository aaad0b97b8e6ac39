//! One rule.
use super::{Action, CallSet, Selector, Trigger, refusal};
use havoc_arch::{Abi, Arch, Native, names};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// A rule: which calls, which of them, when, and what happens.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rule {
    /// `name=`, or SET#n with n its place in the whole plan from 1. Only the latter holds a `#`.
    pub name: String,
    /// The rule as it was written, for the report.
    pub text: String,
    /// The calls it names.
    pub calls: CallSet,
    /// Of these, only those that each of these sets holds too: what `-e trace=` restricts `-e inject=` to.
    pub only_in: Vec<CallSet>,
    /// And none that one of these holds: what a later `-e inject=` has taken over.
    pub not_in: Vec<CallSet>,
    /// All of these must hold.
    pub selectors: Vec<Selector>,
    /// Which matches are picked.
    pub trigger: Trigger,
    /// What happens to them.
    pub action: Action,
    /// Calls that came by a class or another set that does not name them, and on which the rule makes no sense, with the reason, by name. The rule does not
    /// touch them: [`Rule::numbers`] lacks them.
    pub left_out: Vec<(String, &'static str)>,
    /// What the report says about this rule, whatever happens.
    pub notes: Vec<String>,
}

impl Rule {
    /// Returns the numbers in `abi` of the calls that the rule acts on: those of its set but for what was left out.
    #[must_use]
    pub fn numbers(&self, abi: Abi) -> BTreeSet<u32> {
        let mut numbers = self.calls.numbers(abi);
        for number in self.left_out.iter().filter_map(|(name, _)| names::number_of(abi, name)) {
            numbers.remove(&number);
        }
        numbers.retain(|number| {
            self.only_in.iter().all(|set| set.contains(abi, *number))
                && !self.not_in.iter().any(|set| set.contains(abi, *number))
        });
        numbers
    }

    /// Tells whether some of it can only be judged when the call has been executed.
    #[must_use]
    pub fn is_late(&self) -> bool {
        self.selectors.iter().any(Selector::is_late)
    }

    /// Tells whether the seed has a say in what it does.
    #[must_use]
    pub fn is_random(&self) -> bool {
        self.trigger.chance.is_some() || self.action.is_random()
    }

    /// Returns what the report says about the rule on this machine whatever happens, in lines.
    #[must_use]
    pub fn remarks(&self) -> Vec<String> {
        let vdso = self.vdso_note(<Native as Arch>::ABI, |_| true);
        let notes = vdso.iter().chain(&self.notes).map(|note| format!("note: {note}"));
        self.left_out_note(<Native as Arch>::ABI).into_iter().chain(notes).collect()
    }

    /// Returns one line about the calls that the vDSO may answer on a machine of ABI `native`; `None` if there are none. `has`
    /// says for which calls it has a function.
    #[must_use]
    pub fn vdso_note(&self, native: Abi, has: impl Fn(&str) -> bool) -> Option<String> {
        let numbers = |abi: Abi| self.numbers(abi).into_iter().map(move |number| (abi, number));
        let numbers = native.judged().iter().flat_map(|abi| numbers(*abi));
        refusal::vdso_note(numbers.filter_map(|(abi, number)| names::name_of(abi, number)), has)
    }

    /// Returns one line about the calls that were left out on a machine of ABI `native`, those that share a reason
    /// together; `None` if there are none. A reason that is shared by more than ten calls shows their number only.
    #[must_use]
    pub fn left_out_note(&self, native: Abi) -> Option<String> {
        let mut by_reason: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (name, reason) in &self.left_out {
            if names::judged(native, name).next().is_some() {
                by_reason.entry(reason).or_default().push(name);
            }
        }
        let mut note = String::new();
        for (reason, names) in by_reason {
            let separator = if note.is_empty() { "left out: " } else { "; " };
            let _ = match names.len() {
                11.. => write!(note, "{separator}{} calls ({reason})", names.len()),
                _ => write!(note, "{separator}{} ({reason})", names.join(", ")),
            };
        }
        (!note.is_empty()).then_some(note)
    }
}
