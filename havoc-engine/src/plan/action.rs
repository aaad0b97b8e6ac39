//! What happens to a call that a rule picked.
use havoc_arch::Errno;

/// The result a program is given in place of the kernel's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// `error=E`.
    Error(Errno),
    /// `retval=N`; never −4095…−1.
    Value(i64),
}

impl Outcome {
    /// Returns the value of the result register.
    #[must_use]
    pub fn to_raw(self) -> i64 {
        match self {
            Outcome::Error(errno) => -i64::from(errno.number()),
            Outcome::Value(value) => value,
        }
    }
}

/// When the outcome takes the place of the call's own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum At {
    /// The call is never executed.
    #[default]
    Instead,
    /// The call is executed first, then its result is replaced.
    After,
}

/// The actions of one rule.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Action {
    /// The result to give, if the rule has one.
    pub outcome: Option<Outcome>,
    /// Whether the call is executed.
    pub at: At,
    /// `log`: log the call, change nothing.
    pub log: bool,
}
