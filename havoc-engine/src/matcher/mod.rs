//! From a call to a verdict: which rules name it, whose selectors fit, whose turn it is.
//!
//! `decide` is a function of the call, the facts about it and the counters; it touches no kernel. Facts are asked for
//! only when a candidate rule needs them.
mod facts;
mod tally;

pub use facts::{Facts, Files, Touch, Touched};
pub use tally::{NearMiss, RuleTally};

use crate::plan::{At, Comparison, Outcome, PathPattern, Plan, Rule, Selector};
use havoc_arch::{Abi, SyscallView};
use std::collections::BTreeSet;
use std::collections::HashMap;

/// What is to happen to a call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// The outcome of the first rule that picked the call and has one.
    pub injection: Option<Injection>,
    /// A rule that picked the call wants it in the log.
    pub log: bool,
    /// Some rule counted it, so a restart of it must not be counted again.
    pub counted: bool,
}

/// An outcome and where it came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Injection {
    /// Index of the rule in the plan.
    pub rule: usize,
    /// The result to give.
    pub outcome: Outcome,
    /// Instead of the call, or after it.
    pub at: At,
}

/// The compiled plan with its counters.
#[derive(Debug)]
pub struct Matcher {
    rules: Vec<Rule>,
    candidates: HashMap<(Abi, u32), Vec<usize>>,
    tallies: Vec<RuleTally>,
}

impl Matcher {
    /// Compiles `plan` for every judged ABI.
    #[must_use]
    pub fn new(plan: &Plan) -> Matcher {
        let mut candidates: HashMap<(Abi, u32), Vec<usize>> = HashMap::new();
        for (index, rule) in plan.rules.iter().enumerate() {
            for abi in Abi::ALL.into_iter().filter(|abi| abi.is_judged()) {
                for number in rule.numbers(abi) {
                    candidates.entry((abi, number)).or_default().push(index);
                }
            }
        }
        Matcher {
            rules: plan.rules.clone(),
            candidates,
            tallies: vec![RuleTally::default(); plan.rules.len()],
        }
    }

    /// Returns the numbers that any rule names in `abi`.
    #[must_use]
    pub fn numbers(&self, abi: Abi) -> BTreeSet<u32> {
        self.candidates.keys().filter(|(of, _)| *of == abi).map(|(_, number)| *number).collect()
    }

    /// Tells whether any rule names this call.
    #[must_use]
    pub fn names(&self, abi: Abi, number: u32) -> bool {
        self.candidates.contains_key(&(abi, number))
    }

    /// Returns the rules, in plan order.
    #[must_use]
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// Returns what each rule has seen and done, in plan order.
    #[must_use]
    pub fn tallies(&self) -> &[RuleTally] {
        &self.tallies
    }

    /// Notes that the outcome of a verdict has taken place.
    pub fn injected(&mut self, injection: &Injection) {
        self.tallies[injection.rule].injected += 1;
    }

    /// Notes that the outcome of a verdict did not take place, or not for certain.
    pub fn not_verified(&mut self, injection: &Injection) {
        self.tallies[injection.rule].unverified += 1;
    }

    /// Decides about a new logical call, and counts it for every rule that it matches.
    pub fn decide(&mut self, view: &SyscallView, facts: &mut dyn Facts) -> Verdict {
        let mut verdict = Verdict::default();
        let Some(candidates) = self.candidates.get(&(view.abi, view.number)) else { return verdict };
        for &index in candidates {
            let rule = &self.rules[index];
            let tally = &mut self.tallies[index];
            if let Some(fit) =
                rule.selectors.iter().map(|selector| judge(selector, facts)).find(|fit| *fit != Fit::Yes)
            {
                tally.missed(view, facts, fit == Fit::Hidden);
                continue;
            }
            tally.matches += 1;
            verdict.counted = true;
            if !rule.when.picks(tally.matches) {
                continue;
            }
            verdict.log |= rule.action.log;
            if let Some(outcome) = rule.action.outcome
                && verdict.injection.is_none()
            {
                if is_error_in(view.abi, outcome) {
                    tally.unfit += 1;
                    continue;
                }
                verdict.injection = Some(Injection { rule: index, outcome, at: rule.action.at });
            }
        }
        verdict
    }
}

/// Tells whether a value that was typed is an error, or one of the kernel's restart codes, to a program that sees only its
/// low half.
fn is_error_in(abi: Abi, outcome: Outcome) -> bool {
    matches!(outcome, Outcome::Value(value) if (-4095..=-1).contains(&abi.result(value)))
}

/// How a selector judged.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fit {
    Yes,
    No,
    /// The kernel hides what it asks for: no match, never a guess.
    Hidden,
}

fn judge(selector: &Selector, facts: &mut dyn Facts) -> Fit {
    match selector {
        Selector::Path(comparison, patterns) => judge_files(*comparison, patterns, facts, |_| true),
        Selector::Mapped(comparison, patterns) => {
            judge_files(*comparison, patterns, facts, |touch| touch == Touch::Mapping)
        }
        Selector::Descriptor(comparison, numbers) => {
            let any = facts.descriptors().iter().any(|descriptor| numbers.contains(descriptor));
            if any == (*comparison == Comparison::AnyOf) { Fit::Yes } else { Fit::No }
        }
    }
}

fn judge_files(
    comparison: Comparison,
    patterns: &[PathPattern],
    facts: &mut dyn Facts,
    counts: impl Fn(Touch) -> bool,
) -> Fit {
    let shares_root = !patterns.iter().any(PathPattern::is_relative) || facts.shares_root();
    let files = facts.files();
    let any = files.touched.iter().filter(|touched| counts(touched.by)).any(|touched| {
        patterns
            .iter()
            .filter(|pattern| shares_root || !pattern.is_relative())
            .any(|pattern| touched.names.iter().any(|name| pattern.matches(name)))
    });
    match comparison {
        Comparison::AnyOf if any => Fit::Yes,
        Comparison::NoneOf if any => Fit::No,
        // What could not be read might have been the file, or might not.
        _ if files.hidden => Fit::Hidden,
        Comparison::AnyOf => Fit::No,
        Comparison::NoneOf => Fit::Yes,
    }
}
