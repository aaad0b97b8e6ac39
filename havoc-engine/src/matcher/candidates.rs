//! The rules that name one system call, and what was passed over without a look at each of them.
use super::facts::{Facts, Moment};
use super::gate::Gates;
use super::index::Index;
use super::misses::Misses;
use super::tally::RuleTally;
use crate::plan::Rule;
use havoc_arch::SyscallView;

/// The rules of one call, in plan order.
#[derive(Debug, Default)]
pub(super) struct Candidates {
    rules: Vec<usize>,
    gates: Option<Gates>,
    /// Calls that were judged through the gates.
    gated: u64,
    /// Of each rule, those at which it was looked at.
    looked_at: Vec<u64>,
    misses: Misses,
    /// Room for the places of the rules to look at, and for the rules that an answer names: kept from call to call.
    open: Vec<usize>,
    found: Vec<usize>,
    /// The places of the rules that have not turned the call away, in order: the same.
    spared: Vec<usize>,
}

impl Candidates {
    /// Adds a rule, one that stands behind those before.
    pub(super) fn add(&mut self, rule: usize) {
        // Without gates all are open for ever.
        self.open.push(self.rules.len());
        self.rules.push(rule);
        self.looked_at.push(0);
    }

    /// Returns them all, by their places in the plan.
    pub(super) fn rules(&self) -> impl Iterator<Item = usize> {
        self.rules.iter().copied()
    }

    /// From now on rules are passed over where a question of `index` shows that they cannot match.
    pub(super) fn gate(&mut self, index: &Index) {
        let gates = Gates::new(&self.rules, index);
        self.gates = Some(gates).filter(|gates| !gates.asked.is_empty());
    }

    /// Returns how many rules are to be looked at for the call that [`Candidates::find`] was asked about.
    pub(super) fn open(&self) -> usize {
        self.open.len()
    }

    /// Returns the `nth` of them.
    pub(super) fn rule(&self, nth: usize) -> usize {
        self.rules[self.open[nth]]
    }

    /// Finds the rules that must be looked at for a call. Nothing is counted yet.
    pub(super) fn find(&mut self, index: &Index, view: &SyscallView, facts: &mut dyn Facts, moment: &Moment) {
        let Some(gates) = &self.gates else { return };
        self.open.clear();
        self.open.extend(&gates.always);
        for (question, places) in &gates.asked {
            self.found.clear();
            match index.find(*question, view, facts, moment, &mut self.found) {
                Some(()) => {
                    // Some may belong to rules that do not name this call.
                    let places = self.found.iter().filter_map(|rule| self.rules.binary_search(rule).ok());
                    self.open.extend(places);
                }
                None => self.open.extend(places),
            }
        }
        self.open.sort_unstable();
        self.open.dedup();
    }

    /// Counts the call that [`Candidates::find`] was asked about.
    pub(super) fn pass_over(&mut self) {
        self.spared.clear();
        if self.gates.is_none() {
            return;
        }
        self.gated += 1;
        for place in &self.open {
            self.looked_at[*place] += 1;
        }
    }

    /// Notes that the `nth` of the rules that were looked at has not turned the call away. They are asked in order.
    pub(super) fn spare(&mut self, nth: usize) {
        self.spared.push(self.open[nth]);
    }

    /// Keeps the call as a near miss of all rules but those that were spared.
    pub(super) fn note_miss(&mut self, view: &SyscallView, facts: &dyn Facts) {
        if self.spared.len() < self.rules.len() {
            self.misses.note(view, facts, &self.spared);
        }
    }

    /// Keeps the call as a near miss of this rule, of the whole plan, whatever the others did.
    pub(super) fn note_late_miss(&mut self, view: &SyscallView, facts: &dyn Facts, rule: usize) {
        if let Ok(place) = self.rules.binary_search(&rule) {
            self.misses.note_one(view, facts, place, self.rules.len());
        }
    }

    /// Adds the near misses of each rule that has done nothing yet, nearest first.
    pub(super) fn tell_misses(&self, rules: &[Rule], tallies: &mut [RuleTally]) {
        for (place, rule) in self.rules.iter().enumerate() {
            if tallies[*rule].injected == 0 {
                self.misses.tell(place, &rules[*rule], &mut tallies[*rule]);
            }
        }
    }

    /// Adds the calls at which each rule was passed over to those that its selectors turned away.
    pub(super) fn add_passed_over(&self, tallies: &mut [RuleTally]) {
        for (rule, looked_at) in self.rules.iter().zip(&self.looked_at) {
            tallies[*rule].missed += self.gated - looked_at;
        }
    }
}
