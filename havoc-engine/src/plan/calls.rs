//! The set of system calls that a rule or `--trace` names.
use havoc_arch::{Abi, names};
use std::collections::BTreeSet;

/// One member of a set as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Member {
    /// A name, known in at least one judged ABI.
    Name(String),
    /// A number, as the machine's own ABI counts; no call of a companion, which counts otherwise.
    Number(u32),
    /// `all`.
    All,
}

/// A set of system calls by name, number or `all`. Names resolve per ABI.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CallSet {
    /// The members, in the order they were written.
    pub members: Vec<Member>,
}

impl CallSet {
    /// Returns the set of every call.
    #[must_use]
    pub fn all() -> CallSet {
        CallSet { members: vec![Member::All] }
    }

    /// Tells whether the set holds every call, also those without a name.
    #[must_use]
    pub fn is_all(&self) -> bool {
        self.members.contains(&Member::All)
    }

    /// Tells whether the set holds this call.
    #[must_use]
    pub fn contains(&self, abi: Abi, number: u32) -> bool {
        self.members.iter().any(|member| match member {
            Member::Name(name) => names::number_of(abi, name) == Some(number),
            Member::Number(other) => abi.is_native() && *other == number,
            Member::All => true,
        })
    }

    /// Returns the numbers the set stands for in `abi`, `all` as every number that has a name.
    #[must_use]
    pub fn numbers(&self, abi: Abi) -> BTreeSet<u32> {
        let mut numbers = BTreeSet::new();
        for member in &self.members {
            match member {
                Member::Name(name) => numbers.extend(names::number_of(abi, name)),
                Member::Number(number) => numbers.extend(abi.is_native().then_some(*number)),
                Member::All => numbers.extend(names::all(abi).map(|(number, _)| number)),
            }
        }
        numbers
    }
}
