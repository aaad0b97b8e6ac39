//! What a filter is to do, and what it means.
use super::instruction::{SECCOMP_RET_TRACE, SECCOMP_RET_USER_NOTIF};
use havoc_arch::{Abi, Errno};
use std::collections::BTreeMap;

/// How a filter stops a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StopBy {
    /// SECCOMP_RET_TRACE: the tracer sees it.
    Trace,
    /// SECCOMP_RET_USER_NOTIF: whoever listens on the filter's descriptor does.
    Notify,
}

impl StopBy {
    /// Returns what the filter returns.
    #[must_use]
    pub const fn verdict(self) -> u32 {
        match self {
            StopBy::Trace => SECCOMP_RET_TRACE,
            StopBy::Notify => SECCOMP_RET_USER_NOTIF,
        }
    }
}

/// A comparison of the low 32 bits of argument `argument` (0…5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Test {
    /// Is any of these bits set?
    AnyBit {
        /// Index of the argument.
        argument: usize,
        /// The bits.
        bits: u32,
    },
    /// Is it one of these values?
    OneOf {
        /// Index of the argument.
        argument: usize,
        /// The values.
        values: Vec<u32>,
    },
}

impl Test {
    /// Tells whether these arguments pass.
    ///
    /// # Panics
    /// If the test names an argument other than 0…5.
    #[must_use]
    pub fn passes(&self, args: &[u64; 6]) -> bool {
        match self {
            Test::AnyBit { argument, bits } => args[*argument] as u32 & bits != 0,
            Test::OneOf { argument, values } => values.contains(&(args[*argument] as u32)),
        }
    }
}

/// What the filter does with a call of a judged ABI.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Leaf {
    /// Stop it always.
    Trace,
    /// Stop it if any of these tests is passed, else let it run.
    TraceIf(Vec<Test>),
    /// Fail it with this error, without a stop.
    Error(Errno),
}

/// What becomes of a call at the filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It runs.
    Run,
    /// It is stopped.
    Stop,
    /// It fails with this error, and is never executed.
    Error(Errno),
}

impl Leaf {
    /// Returns what becomes of a call with these arguments.
    ///
    /// # Panics
    /// If the leaf names an argument other than 0…5.
    #[must_use]
    pub fn answer(&self, args: &[u64; 6]) -> Answer {
        match self {
            Leaf::Trace => Answer::Stop,
            Leaf::TraceIf(tests) if tests.iter().any(|test| test.passes(args)) => Answer::Stop,
            Leaf::TraceIf(_) => Answer::Run,
            Leaf::Error(errno) => Answer::Error(*errno),
        }
    }
}

/// What the filter is to do, per judged ABI. A number that is absent is let through, or stopped with `every_call`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// The leaves, per ABI and number. Those of an ABI that is not judged on the machine are ignored.
    pub leaves: BTreeMap<Abi, BTreeMap<u32, Leaf>>,
    /// Every call of every ABI is stopped.
    pub every_call: bool,
}

impl Policy {
    /// Returns what becomes, at the filter of a `native` machine, of this call, of which the kernel says `audit_arch` and
    /// `number`. It is the meaning of the compiled program, and lets a test do without one.
    ///
    /// # Panics
    /// If a leaf names an argument other than 0…5.
    #[must_use]
    pub fn answer(&self, native: Abi, audit_arch: u32, number: u32, args: &[u64; 6]) -> Answer {
        let judged = Abi::of_call(audit_arch, u64::from(number)).filter(|abi| native.judged().contains(abi));
        let Some(abi) = judged.filter(|_| !self.every_call) else { return Answer::Stop };
        self.leaf(abi, number).map_or(Answer::Run, |leaf| leaf.answer(args))
    }

    /// Tells whether [`Policy::answer`] is to stop the call.
    ///
    /// # Panics
    /// If a leaf names an argument other than 0…5.
    #[must_use]
    pub fn traces(&self, native: Abi, audit_arch: u32, number: u32, args: &[u64; 6]) -> bool {
        self.answer(native, audit_arch, number, args) == Answer::Stop
    }

    /// Returns the leaf of one call.
    #[must_use]
    pub fn leaf(&self, abi: Abi, number: u32) -> Option<&Leaf> {
        self.leaves.get(&abi)?.get(&number)
    }
}
