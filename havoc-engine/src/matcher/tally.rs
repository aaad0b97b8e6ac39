//! What each rule has seen and done.
use super::Facts;
use havoc_arch::{SyscallView, names};

/// How many near misses of a rule are kept.
const NEAR_MISSES: usize = 3;

/// A call that a rule named and a selector turned away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NearMiss {
    /// The call's name.
    pub call: String,
    /// The files it touched, as far as they were looked up.
    pub files: Vec<Vec<u8>>,
}

/// The counts of one rule.
#[derive(Clone, Debug, Default)]
pub struct RuleTally {
    /// Logical calls that fit the set and all selectors.
    pub matches: u64,
    /// Outcomes that took place.
    pub injected: u64,
    /// Outcomes that were written and could not be verified.
    pub unverified: u64,
    /// Matches that were left alone because the value would be an error in the width of the caller's ABI.
    pub unfit: u64,
    /// Named calls that a selector turned away.
    pub missed: u64,
    /// Of these, calls whose files could not be looked up.
    pub hidden: u64,
    /// The first three of the calls turned away.
    pub near_misses: Vec<NearMiss>,
}

impl RuleTally {
    pub(super) fn missed(&mut self, view: &SyscallView, facts: &dyn Facts, hidden: bool) {
        self.missed += 1;
        self.hidden += u64::from(hidden);
        if self.near_misses.len() >= NEAR_MISSES {
            return;
        }
        let files = facts.known_files().map_or_else(Vec::new, |files| {
            files.touched.iter().filter_map(|touched| touched.names.last().cloned()).collect()
        });
        let call = names::spelled(view.abi, view.number);
        let near_miss = NearMiss { call, files };
        if !self.near_misses.contains(&near_miss) {
            self.near_misses.push(near_miss);
        }
    }
}
