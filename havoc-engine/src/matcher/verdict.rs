//! What is to happen to a call.
use crate::plan::{At, Outcome};
use smallvec::SmallVec;

/// Some rules, by their indices in the plan: of a call there are hardly ever more than two, and these need no allocation.
pub type Rules = SmallVec<[usize; 2]>;

/// What is to happen to a call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// The first rule that picked the call and decides what becomes of it.
    pub injection: Option<Injection>,
    /// Rules that picked it and have a delay or a signal, which add up; the one that decides may be among them.
    pub sides: Rules,
    /// Rules whose selectors fit so far, and that only the result can judge.
    pub late: Rules,
    /// A rule that picked the call wants it in the log.
    pub log: bool,
    /// Some rule counted it, or may at its exit, so a restart of it must not be counted again.
    pub counted: bool,
}

impl Verdict {
    /// Adds what the rules that only the result could judge decided. Of two that decide, the one that stands first in the
    /// plan does, unless `is_begun`: the other has done something already.
    pub fn add_late(&mut self, late: Verdict, is_begun: bool) {
        self.injection = match (self.injection.take(), late.injection) {
            (Some(early), Some(late)) => Some(if late.rule < early.rule && !is_begun { late } else { early }),
            (early, late) => early.or(late),
        };
        self.sides.extend(late.sides);
        self.log |= late.log;
        self.late.clear();
    }
}

/// A decision and where it came from. What the rule does is in its action; this is what was chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Injection {
    /// Index of the rule in the plan.
    pub rule: usize,
    /// The result to give, if the rule gives one.
    pub result: Option<Outcome>,
    /// Before or instead of the call, or after it.
    pub at: At,
    /// The how-many-th match of its thread it was, for a rule in which the seed has a say; else 0.
    pub match_in_thread: u64,
}
