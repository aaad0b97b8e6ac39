//! The rules that name one system call, and what was passed over without a look at each of them.
use super::facts::{Facts, Moment};
use super::gate::Gates;
use super::index::Index;
use super::tally::{NEAR_MISSES, NearMiss, RuleTally};
use havoc_arch::SyscallView;

/// A near miss of the rules that are passed over.
#[derive(Debug)]
struct Told {
    near_miss: NearMiss,
    /// Those that were looked at whenever it came.
    untold: Vec<usize>,
}

/// How many near misses are told at most. One that all rules are told of is enough for each of what a rule keeps.
const TOLD_AT_MOST: usize = 64;

/// The rules of one call, in plan order.
#[derive(Debug, Default)]
pub(super) struct Candidates {
    rules: Vec<usize>,
    gates: Option<Gates>,
    /// Calls that were judged through the gates.
    gated: u64,
    /// Of each rule, those at which it was looked at.
    looked_at: Vec<u64>,
    told: Vec<Told>,
    /// Room for the places of the rules to look at, and for the rules that an answer names: kept from call to call.
    open: Vec<usize>,
    found: Vec<usize>,
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

    /// Counts the call that [`Candidates::find`] was asked about. Those that are passed over are told of the near miss, as
    /// long as they keep any.
    pub(super) fn pass_over(&mut self, view: &SyscallView, facts: &dyn Facts, tallies: &mut [RuleTally]) {
        if self.gates.is_none() {
            return;
        }
        self.gated += 1;
        for place in &self.open {
            self.looked_at[*place] += 1;
        }
        if self.open.len() < self.rules.len() {
            self.tell(view, facts, tallies);
        }
    }

    /// Tells those that are passed over of the near miss.
    fn tell(&mut self, view: &SyscallView, facts: &dyn Facts, tallies: &mut [RuleTally]) {
        let Candidates { rules, open, told, .. } = self;
        if told.len() >= NEAR_MISSES
            && told.iter().filter(|told| told.untold.is_empty()).count() >= NEAR_MISSES
        {
            return;
        }
        let nth = match told.iter().position(|told| told.near_miss.is_of(view, facts)) {
            Some(nth) => nth,
            None if told.len() >= TOLD_AT_MOST => return,
            None => {
                let untold = (0..rules.len()).collect();
                told.push(Told { near_miss: NearMiss::of(view, facts), untold });
                told.len() - 1
            }
        };
        let Told { near_miss, untold } = &mut told[nth];
        untold.retain(|place| {
            let is_open = open.binary_search(place).is_ok();
            if !is_open {
                tallies[rules[*place]].add_near_miss(near_miss);
            }
            is_open
        });
    }

    /// Adds the calls at which each rule was passed over to those that its selectors turned away.
    pub(super) fn add_passed_over(&self, tallies: &mut [RuleTally]) {
        for (rule, looked_at) in self.rules.iter().zip(&self.looked_at) {
            tallies[*rule].missed += self.gated - looked_at;
        }
    }
}
