//! What happens to a call that a rule picked.
use crate::signal::Signal;
use havoc_arch::Errno;
use std::time::Duration;

/// The result a program is given in place of the kernel's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// An error.
    Error(Errno),
    /// A value; never −4095…−1.
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

/// The result that a rule gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Gives {
    /// `error=E`, or a list of which each call is given one by the seed. Never empty.
    Error(Vec<Errno>),
    /// `retval=N`.
    Value(i64),
}

/// When an outcome takes place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum At {
    /// The call is never executed.
    #[default]
    Instead,
    /// The call is executed first.
    After,
}

/// `short=`: how much a call may transfer at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Short {
    /// So many bytes, at least 1.
    Bytes(u64),
    /// This percentage of what was asked for, 1 to 99; at least 1 byte.
    Percent(u8),
}

impl Short {
    /// Returns how much of `asked` bytes may be transferred; `None` if that is all of them, so that nothing would come
    /// short.
    #[must_use]
    pub fn of(self, asked: u64) -> Option<u64> {
        let most = match self {
            Short::Bytes(bytes) => bytes,
            Short::Percent(percent) => {
                u64::try_from(u128::from(asked) * u128::from(percent) / 100).unwrap_or(asked)
            }
        };
        Some(most.max(1)).filter(|most| *most < asked)
    }
}

/// `corrupt=`: what becomes of data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Corrupt {
    /// So many bits, chosen by the seed, are turned over; at least 1.
    Flip(u32),
    /// Every byte becomes this one.
    Fill(u8),
}

/// `argN:=V`: an argument that the call is given in place of the program's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// Which, from 0.
    pub index: usize,
    /// As it was written.
    pub text: String,
    /// What it is; an argument of 32 bits takes the low ones.
    pub value: u64,
}

/// Bytes that are written where an argument points.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Poke {
    /// Which argument is the address, from 0.
    pub index: usize,
    /// What is written there.
    pub bytes: Vec<u8>,
}

/// The actions of one rule.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Action {
    /// `error=` or `retval=`.
    pub gives: Option<Gives>,
    /// Whether the call is executed before the result is given, or before `kill`.
    pub at: At,
    /// `short=`.
    pub short: Option<Short>,
    /// `corrupt=`.
    pub corrupt: Option<Corrupt>,
    /// `kill`: the whole tree, [`Action::at`] the call.
    pub kill: bool,
    /// `argN:=`.
    pub arguments: Vec<Assignment>,
    /// `syscall=`: another call in its stead, by name.
    pub syscall: Option<String>,
    /// `poke_enter=`.
    pub poke_enter: Vec<Poke>,
    /// `poke_exit=`.
    pub poke_exit: Vec<Poke>,
    /// `delay_enter=`.
    pub delay_enter: Option<Duration>,
    /// `delay_exit=`.
    pub delay_exit: Option<Duration>,
    /// `signal=`.
    pub signal: Option<Signal>,
    /// `log`: log the call.
    pub log: bool,
    /// `uncounted`: neither log nor count it.
    pub uncounted: bool,
}

impl Action {
    /// Tells whether there is something of which only the first rule that picks a call has its way: all but delays, signals
    /// and logging, which add up.
    #[must_use]
    pub fn decides(&self) -> bool {
        self.gives.is_some()
            || self.short.is_some()
            || self.corrupt.is_some()
            || self.kill
            || !self.arguments.is_empty()
            || self.syscall.is_some()
            || !self.poke_enter.is_empty()
            || !self.poke_exit.is_empty()
    }

    /// Tells whether anything is done beside logging.
    #[must_use]
    pub fn injects(&self) -> bool {
        self.decides() || self.delays() || self.signal.is_some()
    }

    /// Tells whether the call or its answer is held back.
    #[must_use]
    pub fn delays(&self) -> bool {
        self.delay_enter.is_some() || self.delay_exit.is_some()
    }

    /// Tells whether the call is never executed: it is skipped, and its result is given at the entry.
    #[must_use]
    pub fn skips(&self) -> bool {
        self.gives.is_some() && self.at == At::Instead && self.syscall.is_none()
    }

    /// Tells whether a call is changed before it is executed.
    #[must_use]
    pub fn changes(&self) -> bool {
        self.short.is_some()
            || self.corrupt.is_some()
            || !self.arguments.is_empty()
            || self.syscall.is_some()
            || !self.poke_enter.is_empty()
    }

    /// Tells whether the seed has a say in it.
    #[must_use]
    pub fn is_random(&self) -> bool {
        matches!(&self.gives, Some(Gives::Error(errors)) if errors.len() > 1)
            || matches!(self.corrupt, Some(Corrupt::Flip(_)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_transfer_is_at_least_one_byte_and_less_than_was_asked_for() {
        assert_eq!(Short::Bytes(7).of(100), Some(7));
        assert_eq!(Short::Bytes(7).of(7), None);
        assert_eq!(Short::Bytes(7).of(1), None);
        assert_eq!(Short::Percent(50).of(100), Some(50));
        assert_eq!(Short::Percent(1).of(10), Some(1));
        assert_eq!(Short::Percent(99).of(2), Some(1));
        assert_eq!(Short::Percent(99).of(1), None);
        assert_eq!(Short::Percent(50).of(0), None);
        assert_eq!(Short::Percent(99).of(u64::MAX), Some(18_262_276_632_972_456_098));
    }
}
