//! What the user asked for: an ordered list of rules.
mod action;
mod calls;
mod command_line;
mod expansion;
mod file;
mod glob;
pub mod likeness;
mod number_test;
mod pattern;
mod print;
mod refusal;
mod rule;
mod selector;
mod socket;
mod source;
pub mod syntax;
mod trigger;
mod when;

pub use action::{Action, Assignment, At, Corrupt, Gives, Outcome, Poke, Short};
pub use calls::{CallRegex, CallSet, Member, Names, Width};
pub use expansion::{ExpandedCall, Expansion};
pub use number_test::{NumberOperator, NumberTest, Operand, Read};
pub(crate) use pattern::parts;
pub use pattern::{PathPattern, PatternError};
pub(crate) use print::Span;
pub use rule::Rule;
pub use selector::{Comparison, Name, Selector};
pub use socket::{Endpoint, SocketPattern, Transport};
pub use source::{Source, parse};
pub use trigger::{Chance, Per, Trigger};
pub use when::When;

/// The rules of a run, in the order that decides which outcome wins.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plan {
    /// All rules, plan files first.
    pub rules: Vec<Rule>,
}

impl Plan {
    /// Tells whether the seed has a say in any of it.
    #[must_use]
    pub fn is_random(&self) -> bool {
        self.rules.iter().any(Rule::is_random)
    }
}
