//! What a filter is to do, and what it means.
use havoc_arch::Abi;
use std::collections::BTreeMap;

/// What the filter does with a call of a judged ABI.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Leaf {
    /// SECCOMP_RET_TRACE always.
    Trace,
    /// SECCOMP_RET_TRACE if any of these bits is set in the low 32 bits of argument `argument` (0…5), else ALLOW.
    TraceIfBits {
        /// Index of the argument.
        argument: usize,
        /// The bits.
        bits: u32,
    },
    /// SECCOMP_RET_TRACE if the low 32 bits of argument `argument` are one of `values`, else ALLOW.
    TraceIfOneOf {
        /// Index of the argument.
        argument: usize,
        /// The values.
        values: Vec<u32>,
    },
}

impl Leaf {
    /// Tells whether a call with these arguments is stopped.
    ///
    /// # Panics
    /// If the leaf names an argument other than 0…5.
    #[must_use]
    pub fn traces(&self, args: &[u64; 6]) -> bool {
        match self {
            Leaf::Trace => true,
            Leaf::TraceIfBits { argument, bits } => args[*argument] as u32 & bits != 0,
            Leaf::TraceIfOneOf { argument, values } => values.contains(&(args[*argument] as u32)),
        }
    }
}

/// What the filter is to do, per judged ABI. A number that is absent is allowed, or traced with `every_call`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// The leaves, per ABI and number. Those of an ABI that is not judged on the machine are ignored.
    pub leaves: BTreeMap<Abi, BTreeMap<u32, Leaf>>,
    /// Every call of every ABI is SECCOMP_RET_TRACE.
    pub every_call: bool,
}

impl Policy {
    /// Tells whether the filter of a `native` machine stops this call, of which the kernel says `audit_arch` and
    /// `number`. It is the meaning of the compiled program, and lets a scripted kernel do without one.
    ///
    /// # Panics
    /// If a leaf names an argument other than 0…5.
    #[must_use]
    pub fn traces(&self, native: Abi, audit_arch: u32, number: u32, args: &[u64; 6]) -> bool {
        let judged = Abi::of_call(audit_arch, u64::from(number)).filter(|abi| native.judged().contains(abi));
        let Some(abi) = judged.filter(|_| !self.every_call) else { return true };
        self.leaves.get(&abi).and_then(|leaves| leaves.get(&number)).is_some_and(|leaf| leaf.traces(args))
    }
}
