//! What each rule has seen and done.
use super::{Facts, Files, Touch};
use havoc_arch::{Abi, SyscallView, names};
use std::collections::BTreeMap;

/// How many near misses of a rule are kept.
pub(super) const NEAR_MISSES: usize = 3;
/// How many files of a near miss are kept: one call may touch all that a task has mapped.
const FILES: usize = 16;

/// How many reasons why calls were left alone are kept apart.
const REASONS: usize = 16;
const OTHER_REASONS: &str = "other reasons, which the log names";

/// A call that a rule named and a selector turned away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NearMiss {
    abi: Abi,
    number: u32,
    /// The files it touched, as far as they were looked up; the first of them.
    pub files: Vec<Vec<u8>>,
    /// How many files it touched besides.
    pub more: usize,
}

impl NearMiss {
    /// Returns the call's name.
    #[must_use]
    pub fn call(&self) -> String {
        names::spelled(self.abi, self.number)
    }

    pub(super) fn of(view: &SyscallView, facts: &dyn Facts) -> NearMiss {
        let mut names = last_names(facts);
        let files = names.by_ref().take(FILES).map(<[u8]>::to_vec).collect();
        NearMiss { abi: view.abi, number: view.number, files, more: names.count() }
    }

    /// Tells whether this call would be the same near miss.
    pub(super) fn is_of(&self, view: &SyscallView, facts: &dyn Facts) -> bool {
        (self.abi, self.number) == (view.abi, view.number)
            && last_names(facts).take(FILES).eq(self.files.iter().map(Vec::as_slice))
            && last_names(facts).count() == self.files.len() + self.more
    }
}

fn last_names(facts: &dyn Facts) -> impl Iterator<Item = &[u8]> {
    let files = facts.known_files().into_iter();
    let touched = files.flat_map(Files::touched).filter(|touched| !matches!(touched.by, Touch::Directory(_)));
    touched.filter_map(|touched| touched.names().next_back())
}

/// The counts of one rule.
#[derive(Clone, Debug, Default)]
pub struct RuleTally {
    /// Logical calls that fit the set and all selectors.
    pub matches: u64,
    /// Calls on which the rule acted for certain.
    pub injected: u64,
    /// Outcomes that were written and could not be verified.
    pub unverified: u64,
    /// Matches that were left alone because the value would be an error in the width of the caller's ABI.
    pub unfit: u64,
    /// Matches that were picked and left alone, by the reason.
    pub left_alone: BTreeMap<String, u64>,
    /// Named calls that a selector turned away.
    pub missed: u64,
    /// Of these, calls whose files, sockets or task could not be looked up.
    pub hidden: u64,
    /// The first three of the calls turned away.
    pub near_misses: Vec<NearMiss>,
}

impl RuleTally {
    pub(super) fn missed(&mut self, view: &SyscallView, facts: &dyn Facts, hidden: bool) {
        self.missed += 1;
        self.hidden += u64::from(hidden);
        // Most programs make the same call again and again.
        if self.near_misses.len() < NEAR_MISSES
            && !self.near_misses.iter().any(|near| near.is_of(view, facts))
        {
            self.add_near_miss(&NearMiss::of(view, facts));
        }
    }

    pub(super) fn add_near_miss(&mut self, near_miss: &NearMiss) {
        if self.near_misses.len() < NEAR_MISSES && !self.near_misses.contains(near_miss) {
            self.near_misses.push(near_miss.clone());
        }
    }

    /// Notes that a picked call was left alone. Some reasons name what the program asked for, so there may be any number of
    /// them: after so many others they are counted as one.
    pub fn left_alone(&mut self, reason: &str) {
        let is_kept = self.left_alone.len() < REASONS || self.left_alone.contains_key(reason);
        let reason = if is_kept { reason } else { OTHER_REASONS };
        *self.left_alone.entry(reason.to_owned()).or_default() += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_that_name_what_the_program_asked_for_do_not_pile_up() {
        let mut tally = RuleTally::default();
        for bytes in 0..100 {
            tally.left_alone(&format!("it asks for {bytes} bytes"));
            tally.left_alone("it asks for 0 bytes");
        }
        assert_eq!(tally.left_alone.len(), REASONS + 1);
        assert_eq!(tally.left_alone["it asks for 0 bytes"], 101);
        assert_eq!(tally.left_alone[OTHER_REASONS], 100 - REASONS as u64);
    }
}
