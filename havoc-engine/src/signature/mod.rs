//! What the arguments of each system call are: a table, for matching and for the log.
//!
//! One row serves every 64-bit ABI, for a name means the same call on each. What differs is only how some flags of
//! open(2) are numbered; the decoder looks at the ABI for those. The 32-bit ABIs have no rows: their calls split
//! 64-bit values over two registers.
mod kind;
pub mod names;
mod role;
mod table;
mod variant;

pub use kind::{Kind, ResultKind};
pub use role::{Role, Roles};

use havoc_arch::Abi;
use std::collections::HashMap;
use std::sync::OnceLock;

/// The arguments and result of one call, the same on every 64-bit ABI.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signature {
    /// The syscall's name.
    pub name: &'static str,
    /// Its arguments in order.
    pub arguments: &'static [Kind],
    /// Its result.
    pub result: ResultKind,
}

impl Signature {
    /// A row of the table, with a decimal result.
    const fn new(name: &'static str, arguments: &'static [Kind]) -> Signature {
        Signature { name, arguments, result: ResultKind::Number }
    }

    /// The same row with another result.
    const fn gives(self, result: ResultKind) -> Signature {
        Signature { result, ..self }
    }

    /// Returns what the arguments of this very call are: for fcntl, futex, prctl and their like an earlier argument
    /// decides what the later ones are, and arguments that the call does not read are left out at the end.
    #[must_use]
    pub fn kinds(&self, arguments: &[u64; 6]) -> &'static [Kind] {
        variant::of_call(self, arguments)
    }

    /// Returns where a call with these arguments names files; see [`roles`].
    #[must_use]
    pub fn roles(&self, arguments: &[u64; 6]) -> Roles {
        role::of_call(self, arguments)
    }
}

/// Returns every row.
pub fn all() -> impl Iterator<Item = &'static Signature> {
    table::FAMILIES.iter().flat_map(|family| family.iter())
}

/// Returns the signature of `name`, or `None` for a call that the table lacks.
#[must_use]
pub fn of(name: &str) -> Option<&'static Signature> {
    static BY_NAME: OnceLock<HashMap<&'static str, &'static Signature>> = OnceLock::new();
    BY_NAME.get_or_init(|| all().map(|row| (row.name, row)).collect()).get(name).copied()
}

/// Returns the signature of call `number` of `abi` by its index, which is what a stop wants; `None` for a number or an
/// ABI that the table lacks.
#[must_use]
pub fn of_call(abi: Abi, number: u32) -> Option<&'static Signature> {
    static X86_64: OnceLock<Vec<Option<&'static Signature>>> = OnceLock::new();
    static AARCH64: OnceLock<Vec<Option<&'static Signature>>> = OnceLock::new();
    let rows = match abi {
        Abi::X86_64 => &X86_64,
        Abi::Aarch64 => &AARCH64,
        Abi::X32 | Abi::I386 | Abi::Arm => return None,
    };
    *rows.get_or_init(|| by_number(abi)).get(number as usize)?
}

fn by_number(abi: Abi) -> Vec<Option<&'static Signature>> {
    let mut rows = Vec::new();
    for (number, name) in havoc_arch::names::all(abi) {
        rows.resize(rows.len().max(number as usize + 1), None);
        rows[number as usize] = of(name);
    }
    rows
}

/// Returns where this call names files. Looks at the argument values where a role depends on them (mmap's MAP_FIXED
/// and MAP_ANONYMOUS, mremap's MREMAP_FIXED, a NULL path beside a descriptor).
#[must_use]
pub fn roles(name: &str, arguments: &[u64; 6]) -> Roles {
    of(name).map_or_else(Roles::default, |signature| signature.roles(arguments))
}

/// Tells whether `name` can touch a file at all, so that a path selector makes sense on it.
#[must_use]
pub fn touches_files(name: &str) -> bool {
    of(name).is_some_and(role::touches_files)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    const ABIS: [Abi; 2] = [Abi::X86_64, Abi::Aarch64];

    #[test]
    fn every_call_of_both_abis_has_a_row() {
        for abi in ABIS {
            let missing: Vec<_> =
                havoc_arch::names::all(abi).filter(|(_, name)| of(name).is_none()).collect();
            assert!(missing.is_empty(), "{abi:?}: {missing:?}");
        }
    }

    #[test]
    fn every_row_is_a_call_of_one_of_the_abis_and_stands_there_once() {
        let mut seen = HashSet::new();
        for row in all() {
            let known = ABIS.iter().any(|&abi| havoc_arch::names::number_of(abi, row.name).is_some());
            assert!(known, "{} is no call", row.name);
            assert!(seen.insert(row.name), "{} has two rows", row.name);
        }
    }

    #[test]
    fn the_lookup_by_number_agrees_with_the_lookup_by_name() {
        for abi in ABIS {
            for (number, name) in havoc_arch::names::all(abi) {
                assert_eq!(of_call(abi, number).map(|row| row.name), Some(name));
            }
            assert_eq!(of_call(abi, 1023), None);
            assert_eq!(of_call(abi, u32::MAX), None);
        }
        assert_eq!(of_call(Abi::I386, 1), None);
        assert_eq!(of("no_such_call"), None);
    }

    #[test]
    fn an_argument_that_names_another_names_one_that_exists() {
        for row in all() {
            assert!(row.arguments.len() <= 6, "{}", row.name);
            for kind in row.arguments {
                let other = match *kind {
                    Kind::Range { length } | Kind::BufferIn { length } | Kind::SocketAddress { length } => {
                        length
                    }
                    Kind::VectorIn { count } | Kind::VectorOut { count } => count,
                    _ => continue,
                };
                let other = row.arguments.get(usize::from(other));
                assert!(
                    matches!(other, Some(Kind::Size | Kind::Uint | Kind::Int)),
                    "{}: {kind:?} {other:?}",
                    row.name
                );
            }
        }
    }

    #[test]
    fn a_directory_descriptor_stands_just_before_a_path() {
        for row in all() {
            for (index, kind) in row.arguments.iter().enumerate() {
                if *kind == Kind::DirFd {
                    assert_eq!(row.arguments.get(index + 1), Some(&Kind::Path), "{}", row.name);
                }
            }
        }
    }
}
