//! From a call to a verdict: which rules name it, whose selectors fit, whose turn it is.
//!
//! `decide` is a function of the call, the facts about it and the counters; it touches no kernel. Facts are asked for
//! only when a candidate rule needs them.
mod books;
mod candidates;
pub mod chance;
mod counters;
mod facts;
mod gate;
mod index;
mod judge;
#[cfg(test)]
mod laws;
mod misses;
mod tally;
mod verdict;

pub use facts::{Fact, Facts, Files, Moment, Sockets, Touch, Touched};
pub use tally::{NearMiss, Nearest, RuleTally};
pub use verdict::{Injection, Verdict};

use crate::plan::{Plan, Rule, Selector};
use crate::recent::RecentMap;
use crate::task::{LogicalPath, Tid};
use books::Books;
use candidates::Candidates;
use chance::Choice;
use counters::Counters;
use havoc_arch::{Abi, SyscallView};
use index::Index;
use judge::Fit;
use rand_chacha::ChaCha8Rng;
use std::collections::BTreeSet;
use std::rc::Rc;

/// The compiled plan with its counters.
#[derive(Debug)]
pub struct Matcher {
    rules: Rc<[Rule]>,
    calls: RecentMap<(Abi, u32), Candidates>,
    index: Index,
    has_windows: bool,
    books: Books,
    /// Room for how the rules that are looked at fit a call, kept from call to call; `None` for one outside of its window.
    fits: Vec<Option<Fit>>,
}

impl Matcher {
    /// Compiles `plan` for every judged ABI. `seed` is that of all random choices.
    #[must_use]
    pub fn new(plan: &Plan, seed: u64) -> Matcher {
        let mut calls: RecentMap<(Abi, u32), Candidates> = RecentMap::default();
        for (rule_index, rule) in plan.rules.iter().enumerate() {
            for abi in Abi::ALL.into_iter().filter(|abi| abi.is_judged()) {
                for number in rule.numbers(abi) {
                    calls.get_or_insert_with((abi, number), Candidates::default).add(rule_index);
                }
            }
        }
        Matcher {
            rules: plan.rules.as_slice().into(),
            calls,
            index: Index::default(),
            has_windows: plan.rules.iter().any(|rule| rule.trigger.has_window()),
            books: Books {
                tallies: vec![RuleTally::default(); plan.rules.len()],
                counters: Counters::default(),
                seed,
            },
            fits: Vec::new(),
        }
    }

    /// Returns the same, which passes over most of many rules without a look at each: to judge calls.
    #[must_use]
    pub fn indexed(mut self) -> Matcher {
        if self.rules.len() < 2 {
            // There is nothing to pass over, and automata take long to be built.
            return self;
        }
        self.index = Index::new(&self.rules);
        self.calls.values_mut().for_each(|candidates| candidates.gate(&self.index));
        self
    }

    /// Returns the numbers that any rule names in `abi`.
    #[must_use]
    pub fn numbers(&self, abi: Abi) -> BTreeSet<u32> {
        self.calls.keys().filter(|(of, _)| *of == abi).map(|(_, number)| number).collect()
    }

    /// Tells whether any rule asks how long the program has run.
    #[must_use]
    pub fn has_windows(&self) -> bool {
        self.has_windows
    }

    /// Tells whether any rule names this call.
    #[must_use]
    pub fn names(&self, abi: Abi, number: u32) -> bool {
        self.calls.contains((abi, number))
    }

    /// Returns the rules that name this call, in plan order.
    pub fn rules_of(&self, abi: Abi, number: u32) -> impl Iterator<Item = &Rule> {
        let candidates = self.calls.get((abi, number));
        candidates.into_iter().flat_map(Candidates::rules).map(|rule| &self.rules[rule])
    }

    /// Returns the rules, in plan order.
    #[must_use]
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// Returns the same, for whoever reads of them while the rest changes.
    #[must_use]
    pub fn shared_rules(&self) -> Rc<[Rule]> {
        Rc::clone(&self.rules)
    }

    /// Returns what each rule has seen and done, in plan order.
    #[must_use]
    pub fn tallies(&self) -> Vec<RuleTally> {
        let mut tallies = self.books.tallies.clone();
        for (_, candidates) in self.calls.iter() {
            candidates.add_passed_over(&mut tallies);
            candidates.tell_misses(&self.rules, &mut tallies);
        }
        tallies
    }

    /// Returns the counts of one rule while the program runs.
    pub fn tally(&mut self, rule: usize) -> &mut RuleTally {
        &mut self.books.tallies[rule]
    }

    /// Notes that the rule `decides` has decided a call that `loses` picked as well.
    pub fn decided(&mut self, loses: usize, decides: usize) {
        self.books.tallies[loses].decided_by(decides);
    }

    /// The task has ended: its counters are nobody's.
    pub fn forget(&mut self, tid: Tid) {
        self.books.counters.forget(tid);
    }

    /// The thread `former` has become the leader of its process by an exec, which keeps its counters.
    pub fn supersede(&mut self, leader: Tid, former: Tid) {
        self.books.counters.supersede(leader, former);
    }

    /// Returns the random numbers for what an injection does to data.
    #[must_use]
    pub fn random(&self, injection: &Injection, place: &LogicalPath) -> ChaCha8Rng {
        let rule = &self.rules[injection.rule].name;
        chance::numbers(self.books.seed, rule, place, injection.match_in_thread, Choice::Bits)
    }

    /// Decides about a new logical call, and counts it for every rule that it matches. `None` if something that was asked about
    /// it is still being looked up ([`Facts::are_pending`]): then nothing is counted, and it is to be asked again.
    pub fn decide(&mut self, view: &SyscallView, facts: &mut dyn Facts, moment: &Moment) -> Option<Verdict> {
        let mut verdict = Verdict::default();
        let Some(candidates) = self.calls.get_mut((view.abi, view.number)) else { return Some(verdict) };
        candidates.find(&self.index, view, facts, moment);
        self.fits.clear();
        for nth in 0..candidates.open() {
            let rule = &self.rules[candidates.rule(nth)];
            let is_open = rule.trigger.is_open(moment.since_exec);
            self.fits.push(is_open.then(|| judge::all(&rule.selectors, view, facts, moment)));
        }
        if facts.are_pending() {
            return None;
        }
        candidates.pass_over();
        for (nth, fit) in self.fits.iter().enumerate() {
            let index = candidates.rule(nth);
            let rule = &self.rules[index];
            match fit {
                None => {
                    candidates.spare(nth);
                    self.books.tallies[index].outside_window += 1;
                    continue;
                }
                Some(Fit::Yes) => candidates.spare(nth),
                Some(fit) => {
                    self.books.tallies[index].missed(*fit == Fit::Hidden);
                    continue;
                }
            }
            if rule.is_late() {
                verdict.late.push(index);
                verdict.counted = true;
                continue;
            }
            self.books.pick(index, rule, view, facts, moment, &mut verdict);
        }
        candidates.note_miss(view, facts);
        Some(verdict)
    }

    /// Decides, at the exit, for the rules that only the result can judge: `raw` is the kernel's result.
    pub fn decide_late(
        &mut self,
        view: &SyscallView,
        raw: i64,
        late: &[usize],
        facts: &mut dyn Facts,
        moment: &Moment,
    ) -> Verdict {
        let mut verdict = Verdict::default();
        let read = crate::plan::Read { value: i128::from(raw), bits: view.abi.word_size() as u32 * 8 };
        for &index in late {
            let rule = &self.rules[index];
            let passes = rule.selectors.iter().all(|selector| match selector {
                Selector::Result(test) => test.passes(read),
                _ => true,
            });
            if !passes {
                self.books.tallies[index].missed(false);
                if let Some(candidates) = self.calls.get_mut((view.abi, view.number)) {
                    candidates.note_late_miss(view, facts, index);
                }
                continue;
            }
            self.books.pick(index, rule, view, facts, moment, &mut verdict);
        }
        verdict
    }
}

/// Tells whether a call passes all these selectors; those that ask for its result do not count.
pub fn fits(selectors: &[Selector], view: &SyscallView, facts: &mut dyn Facts, moment: &Moment) -> bool {
    judge::all(selectors, view, facts, moment) == Fit::Yes
}
