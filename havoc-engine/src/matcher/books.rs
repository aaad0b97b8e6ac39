//! What is counted of all rules, and which of a rule's matches it picks.
use super::chance::{self, Choice};
use super::counters::{Counters, counts_threads};
use super::facts::{Fact, Facts, Moment};
use super::tally::RuleTally;
use super::verdict::{Injection, Verdict};
use crate::plan::{Gives, Outcome, Per, Rule, When};
use havoc_arch::{Abi, SyscallView};
use rand_chacha::rand_core::RngCore;

/// The counts by which rules pick their matches.
#[derive(Debug)]
pub(super) struct Books {
    /// Of each rule, in plan order.
    pub(super) tallies: Vec<RuleTally>,
    /// Of each process and thread.
    pub(super) counters: Counters,
    /// The seed of all random choices.
    pub(super) seed: u64,
}

impl Books {
    /// Counts a match, and adds what the rule does to the verdict if it picks this one.
    pub(super) fn pick(
        &mut self,
        index: usize,
        rule: &Rule,
        view: &SyscallView,
        facts: &mut dyn Facts,
        moment: &Moment,
        verdict: &mut Verdict,
    ) {
        let (action, trigger) = (&rule.action, &rule.trigger);
        let Books { tallies, counters, seed } = self;
        // Where every match is picked, its number is not asked for, and need not be kept for each task.
        let per = if trigger.when == When::default() { Per::Program } else { trigger.per };
        let process = if per == Per::Process { facts.process() } else { Fact::Nothing };
        let tally = &mut tallies[index];
        if process == Fact::Hidden {
            // Nobody knows which match of which process it is.
            tally.missed(true);
            return;
        }
        tally.matches += 1;
        verdict.counted = true;
        let match_in_thread = if counts_threads(per, rule.is_random()) {
            counters.count_in_thread(index, moment.tid)
        } else {
            0
        };
        let number = match per {
            Per::Program => tally.matches,
            Per::Thread => match_in_thread,
            Per::ThreadAndCall => counters.count_call(index, moment.tid, view),
            Per::Process => match process {
                Fact::Is(pid) => counters.count_in_process(index, pid),
                // It is about to vanish.
                _ => return,
            },
        };
        let numbers = |choice| chance::numbers(*seed, &rule.name, moment.place, match_in_thread, choice);
        let is_drawn =
            || trigger.chance.is_none_or(|chance| chance.holds(numbers(Choice::Chance).next_u64()));
        if !trigger.when.picks(number) || !is_drawn() {
            return;
        }
        tally.picked += 1;
        verdict.log |= action.log;
        if action.delays() || action.signal.is_some() {
            verdict.sides.push(index);
        }
        if !action.decides() {
            return;
        }
        if let Some(decides) = verdict.injection {
            tally.decided_by(decides.rule);
            return;
        }
        let result = match &action.gives {
            None => None,
            Some(Gives::Value(value)) => Some(Outcome::Value(*value)),
            Some(Gives::Error(errors)) => {
                let chosen = match errors.len() {
                    1 => 0,
                    length => chance::below(&mut numbers(Choice::Error), length as u64) as usize,
                };
                Some(Outcome::Error(errors[chosen]))
            }
        };
        if result.is_some_and(|result| is_error_in(view.abi, result)) {
            tally.unfit += 1;
            return;
        }
        verdict.injection = Some(Injection { rule: index, result, at: action.at, match_in_thread });
    }
}

/// Tells whether a value that was typed is an error, or one of the kernel's restart codes, to a program that sees only its
/// low half.
fn is_error_in(abi: Abi, outcome: Outcome) -> bool {
    matches!(outcome, Outcome::Value(value) if (-4095..=-1).contains(&abi.result(value)))
}
