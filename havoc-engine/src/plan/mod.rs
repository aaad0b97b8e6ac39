//! What the user asked for: an ordered list of rules.
mod action;
mod calls;
mod expansion;
mod glob;
mod pattern;
mod print;
mod refusal;
mod rule;
mod selector;
pub mod syntax;
mod when;

pub use action::{Action, At, Outcome};
pub use calls::{CallSet, Member};
pub use expansion::{ExpandedCall, Expansion};
pub use pattern::{PathPattern, PatternError};
pub use rule::Rule;
pub use selector::{Comparison, Selector};
pub use when::When;

/// The rules of a run, in the order that decides which outcome wins.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plan {
    /// All rules, plan files first.
    pub rules: Vec<Rule>,
}
