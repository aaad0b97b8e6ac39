//! The rules that name one system call, and what was passed over without a look at each of them.
use super::facts::Facts;
use super::index;
use super::tally::{NEAR_MISSES, NearMiss, RuleTally};
use havoc_arch::SyscallView;

/// The rules of one call, in plan order.
#[derive(Debug, Default)]
pub(super) struct Candidates {
    rules: Vec<usize>,
    /// Of each whether only the name of a touched file can make it match.
    gated: Vec<bool>,
    /// How many are.
    gates: usize,
    /// Calls that were judged with the index.
    indexed: u64,
    /// Of each rule, the calls judged with the index at which it was looked at.
    looked_at: Vec<u64>,
    /// Near misses that were told to all rules that were passed over.
    told: Vec<NearMiss>,
}

impl Candidates {
    pub(super) fn add(&mut self, rule: usize, gated: bool) {
        self.rules.push(rule);
        self.gated.push(gated);
        self.gates += usize::from(gated);
        self.looked_at.push(0);
    }

    pub(super) fn rules(&self) -> &[usize] {
        &self.rules
    }

    pub(super) fn is_worth_indexing(&self) -> bool {
        self.gates >= index::WORTHWHILE
    }

    /// A call is judged; with the index, those whose gate is shut are told of the near miss, as long as they keep any.
    pub(super) fn begin(
        &mut self,
        view: &SyscallView,
        with_index: bool,
        facts: &dyn Facts,
        tallies: &mut [RuleTally],
        open: Option<&[bool]>,
    ) {
        if !with_index {
            return;
        }
        self.indexed += 1;
        if self.told.len() >= NEAR_MISSES || self.told.iter().any(|told| told.is_of(view, facts)) {
            return;
        }
        let near_miss = NearMiss::of(view, facts);
        for place in 0..self.rules.len() {
            if self.is_passed_over(place, open) {
                tallies[self.rules[place]].add_near_miss(&near_miss);
            }
        }
        self.told.push(near_miss);
    }

    /// Tells whether the rule at `place` cannot match, since no pattern of its gate does.
    pub(super) fn is_passed_over(&self, place: usize, open: Option<&[bool]>) -> bool {
        open.is_some_and(|open| self.gated[place] && !open[self.rules[place]])
    }

    pub(super) fn considered(&mut self, place: usize, with_index: bool) {
        if with_index {
            self.looked_at[place] += 1;
        }
    }

    /// Adds the calls at which each rule was passed over to those that its selectors turned away.
    pub(super) fn add_passed_over(&self, tallies: &mut [RuleTally]) {
        for (rule, looked_at) in self.rules.iter().zip(&self.looked_at) {
            tallies[*rule].missed += self.indexed - looked_at;
        }
    }
}
