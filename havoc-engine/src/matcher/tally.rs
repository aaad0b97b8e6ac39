//! What each rule has seen and done.
use super::{Facts, Files, Touch};
use crate::plan::likeness::{self, Likeness};
use crate::plan::{Comparison, Rule, Selector};
use havoc_arch::{Abi, SyscallView, names};
use std::collections::BTreeMap;

/// How many near misses of a rule are told: the nearest.
const NEAR_MISSES: usize = 3;
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
    /// The one that comes nearest to a pattern of the rule; `None` if the rule has none, or the files were not looked up.
    pub nearest: Option<Nearest>,
}

/// The file of a near miss and the pattern of the rule that come nearest to each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nearest {
    /// Its place among the files.
    pub file: usize,
    /// The key that the pattern was given to: `path` or `mapped`.
    pub key: &'static str,
    /// The pattern as it was written.
    pub pattern: String,
    /// How near they are.
    pub likeness: Likeness,
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
        NearMiss { abi: view.abi, number: view.number, files, more: names.count(), nearest: None }
    }

    /// Gives `part` whatever makes two calls of one name the same near miss.
    pub(super) fn identity(facts: &dyn Facts, mut part: impl FnMut(&[u8])) {
        let mut names = last_names(facts);
        names.by_ref().take(FILES).for_each(&mut part);
        part(&names.count().to_ne_bytes());
    }

    /// Returns the file and the pattern of `rule` that come nearest to each other.
    fn nearest_to(&self, rule: &Rule) -> Option<Nearest> {
        let wanted = rule.selectors.iter().filter_map(|selector| match selector {
            Selector::Name(name, Comparison::AnyOf, patterns) if name.is_of_touched_file() => {
                Some((name.key(), patterns))
            }
            _ => None,
        });
        wanted
            .flat_map(|(key, patterns)| patterns.iter().map(move |pattern| (key, pattern)))
            .flat_map(|(key, pattern)| {
                let files = self.files.iter().enumerate();
                files.map(move |(file, name)| (key, pattern, file, likeness::likeness(pattern, name)))
            })
            .min_by_key(|(_, _, _, likeness)| likeness.distance)
            .map(|(key, pattern, file, likeness)| Nearest {
                file,
                key,
                pattern: pattern.text().to_owned(),
                likeness,
            })
    }

    fn distance(&self) -> usize {
        self.nearest.as_ref().map_or(usize::MAX, |nearest| nearest.likeness.distance)
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
    /// Matches that its `when=` and its `chance=` picked.
    pub picked: u64,
    /// Of these, by the index of the rule, those that another rule has decided: it stands before this one in the plan, or
    /// has begun with the call.
    pub decided_by: BTreeMap<usize, u64>,
    /// Named calls outside of its `after-time=` and `until=`, of which nothing else is counted.
    pub outside_window: u64,
    /// Named calls that a selector turned away.
    pub missed: u64,
    /// Of these, calls whose files, sockets or task could not be looked up.
    pub hidden: u64,
    /// Of the calls turned away those that come nearest to what the rule wants, the nearest first; filled when the run is over.
    pub near_misses: Vec<NearMiss>,
    /// How many different ones there are besides.
    pub other_near_misses: usize,
    /// There are even more, which were not kept.
    pub more_near_misses: bool,
}

impl RuleTally {
    pub(super) fn missed(&mut self, hidden: bool) {
        self.missed += 1;
        self.hidden += u64::from(hidden);
    }

    /// Notes that another rule has decided a call that this one picked as well.
    pub(super) fn decided_by(&mut self, rule: usize) {
        *self.decided_by.entry(rule).or_default() += 1;
    }

    /// Adds a near miss to those that are told, if it is one of the nearest; of equally near ones the first stay.
    pub(super) fn add_near_miss(&mut self, miss: &NearMiss, rule: &Rule) {
        let nearest = miss.nearest_to(rule);
        let distance = nearest.as_ref().map_or(usize::MAX, |nearest| nearest.likeness.distance);
        let place = self.near_misses.partition_point(|kept| kept.distance() <= distance);
        if place < NEAR_MISSES {
            self.near_misses.insert(place, NearMiss { nearest, ..miss.clone() });
        }
        if self.near_misses.len() > NEAR_MISSES || place >= NEAR_MISSES {
            self.near_misses.truncate(NEAR_MISSES);
            self.other_near_misses += 1;
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
