//! One rule.
use super::{Action, CallSet, Selector, When};

/// A rule: which calls, which of them, when, and what happens.
#[derive(Clone, Debug)]
pub struct Rule {
    /// `name=`, or SET#n with n its place in the whole plan from 1.
    pub name: String,
    /// The rule as it was written, for the report.
    pub text: String,
    /// The calls it names.
    pub calls: CallSet,
    /// All of these must hold.
    pub selectors: Vec<Selector>,
    /// Which matches are picked.
    pub when: When,
    /// What happens to them.
    pub action: Action,
}
