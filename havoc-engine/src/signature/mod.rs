//! What the arguments of each system call are: a table, for matching and for the log.
//!
//! One row serves every ABI, for a name means the same call on each. What differs is how some flags of open(2) are
//! numbered, and how wide pointers and longs are in memory; the decoder looks at the ABI for those. i386 has rows of its
//! own besides, for calls that split 64-bit values over two registers and for those that only it has. The other 32-bit
//! ABIs have none.
mod constant;
mod index;
mod kind;
mod last_link;
pub mod layout;
pub mod names;
pub mod object;
mod restart;
mod role;
mod table;
mod transfer;
mod variant;
mod width;

pub use constant::{constants, read};
pub use kind::{Kind, ResultKind};
pub use last_link::keeps_last_link;
pub use restart::is_never_restarted;
pub use role::{Role, Roles};
pub use transfer::{Direction, Extent, Transfer, transfer};

use havoc_arch::Abi;
use std::collections::BTreeSet;
use variant::Varies;
use width::Wide;

/// The arguments and result of one call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signature {
    /// The syscall's name.
    pub name: &'static str,
    /// Its arguments in order.
    pub arguments: &'static [Kind],
    /// Its result.
    pub result: ResultKind,
    /// What it depends on argument values for.
    varies: Varies,
    /// Which of its flags and constants are a long.
    wide: Wide,
}

impl Signature {
    /// A row of the table, with a decimal result.
    const fn new(name: &'static str, arguments: &'static [Kind]) -> Signature {
        Signature {
            name,
            arguments,
            result: ResultKind::Number,
            varies: Varies::of(name),
            wide: Wide::of(name),
        }
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

    /// Returns which arguments, from 0, can be descriptors.
    #[must_use]
    pub fn descriptors(&self) -> BTreeSet<usize> {
        role::descriptors(self)
    }
}

/// Returns every row, those of i386 alone first.
pub fn all() -> impl Iterator<Item = &'static Signature> {
    table::I386.iter().chain(table::FAMILIES.iter().flat_map(|family| family.iter()))
}

/// Returns the signature of `name`, or `None` for a call that the table lacks. Of a call that is another on i386 it is
/// the one of the 64-bit ABIs.
#[must_use]
pub fn of(name: &str) -> Option<&'static Signature> {
    index::of(name)
}

/// Returns the signature of call `number` of `abi` by its index, which is what a stop wants; `None` for a number or an
/// ABI that the table lacks.
#[must_use]
pub fn of_call(abi: Abi, number: u32) -> Option<&'static Signature> {
    index::of_call(abi, number)
}

/// Returns where this call names files. Looks at the argument values where a role depends on them (mmap's MAP_FIXED
/// and MAP_ANONYMOUS, mremap's MREMAP_FIXED, a NULL path beside a descriptor).
#[must_use]
pub fn roles(name: &str, arguments: &[u64; 6]) -> Roles {
    of(name).map_or_else(Roles::default, |signature| signature.roles(arguments))
}

/// Tells whether `name` can touch a socket: by a descriptor, or by an address that it is given.
#[must_use]
pub fn touches_sockets(name: &str) -> bool {
    of(name).is_some_and(|signature| {
        signature.arguments.iter().any(|kind| matches!(kind, Kind::Fd | Kind::SocketAddress { .. }))
    })
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

    const ABIS: [Abi; 3] = [Abi::X86_64, Abi::Aarch64, Abi::I386];

    #[test]
    fn every_call_of_every_judged_abi_has_a_row() {
        for abi in Abi::ALL.into_iter().filter(|abi| abi.is_judged()) {
            let missing: Vec<_> =
                havoc_arch::names::all(abi).filter(|(number, _)| of_call(abi, *number).is_none()).collect();
            assert!(missing.is_empty(), "{abi:?}: {missing:?}");
        }
    }

    #[test]
    fn every_row_is_a_call_of_one_of_the_abis_and_stands_there_once() {
        let mut seen = HashSet::new();
        for row in table::FAMILIES.iter().flat_map(|family| family.iter()) {
            let known = ABIS.iter().any(|&abi| havoc_arch::names::number_of(abi, row.name).is_some());
            assert!(known, "{} is no call", row.name);
            assert!(seen.insert(row.name), "{} has two rows", row.name);
        }
        let mut seen_on_i386 = HashSet::new();
        for row in table::I386 {
            assert!(havoc_arch::names::number_of(Abi::I386, row.name).is_some(), "{} is no call", row.name);
            assert!(seen_on_i386.insert(row.name), "{} has two rows", row.name);
        }
    }

    /// What the kernel reads as 64 bits comes in two registers on i386, so a row that says otherwise is wrong there.
    #[test]
    fn on_i386_a_call_with_a_64_bit_offset_has_a_row_of_its_own() {
        // The prototypes with a loff_t or a u64 by value: include/linux/syscalls.h.
        let split = [
            "pread64",
            "pwrite64",
            "preadv",
            "pwritev",
            "preadv2",
            "pwritev2",
            "readahead",
            "sync_file_range",
            "fallocate",
            "fadvise64",
            "fadvise64_64",
            "truncate64",
            "ftruncate64",
            "_llseek",
            "fanotify_mark",
            "lookup_dcookie",
        ];
        for name in split {
            let number = havoc_arch::names::number_of(Abi::I386, name).expect(name);
            let row = of_call(Abi::I386, number).expect(name);
            assert!(row.arguments.contains(&Kind::Unused), "{name}: {:?}", row.arguments);
        }
        for row in table::I386 {
            for (index, kind) in row.arguments.iter().enumerate() {
                if let Kind::Split { low, high } = *kind {
                    assert_eq!(usize::from(low.min(high)), index, "{}", row.name);
                    assert_eq!(low.abs_diff(high), 1, "{}", row.name);
                    assert_eq!(row.arguments.get(index + 1), Some(&Kind::Unused), "{}", row.name);
                }
            }
        }
    }

    #[test]
    fn on_i386_calls_name_the_same_files() {
        let of_i386 = |name: &str, arguments: &[u64; 6]| {
            let number = havoc_arch::names::number_of(Abi::I386, name).expect(name);
            of_call(Abi::I386, number).expect(name).roles(arguments).to_vec()
        };
        let plain = [0x7000; 6];
        for (number, name) in havoc_arch::names::all(Abi::I386) {
            if ["mmap", "select", "fanotify_mark"].contains(&name) {
                continue;
            }
            // The same name, or the name that the call has where one width suffices.
            let stem = name.strip_suffix("_time64").or(name.strip_suffix("64")).unwrap_or(name);
            let stem = stem.strip_suffix("32").unwrap_or(stem).trim_start_matches("old");
            let twin = match name {
                "mmap2" => "mmap",
                "_llseek" => "lseek",
                "_newselect" => "select",
                "fstatat64" => "newfstatat",
                "fadvise64_64" => "fadvise64",
                "umount" => "umount2",
                "readdir" => "getdents",
                _ if havoc_arch::names::number_of(Abi::X86_64, name).is_some() => name,
                _ => stem,
            };
            if havoc_arch::names::number_of(Abi::X86_64, twin).is_some() {
                let expected = roles(twin, &plain).to_vec();
                assert_eq!(of_i386(name, &plain), expected, "{number} {name} as {twin}");
            } else {
                assert_eq!(of_i386(name, &plain), [], "{number} {name}");
            }
        }
        let path = Role::Path { directory: Some(4), path: 5 };
        assert_eq!(of_i386("fanotify_mark", &plain), [Role::Descriptor { argument: 0 }, path]);
        let anonymous = [0x7000_0000, 0x1000, 3, 0x22, 0xffff_ffff, 0];
        assert_eq!(of_i386("mmap2", &anonymous), []);
        assert_eq!(of_i386("mmap", &anonymous), []);
        assert_eq!(
            of_i386("fcntl64", &[3, 1027, 4, 0, 0, 0]),
            roles("fcntl", &[3, 1027, 4, 0, 0, 0]).to_vec()
        );
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
        assert_eq!(of_call(Abi::Arm, 1), None);
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
    fn calls_that_have_another_number_or_another_shape_on_i386_are_told_apart_by_the_abi() {
        let mmap = |abi| of_call(abi, havoc_arch::names::number_of(abi, "mmap").unwrap()).unwrap();
        assert_eq!(mmap(Abi::I386).arguments, [Kind::Block]);
        assert_eq!(mmap(Abi::X86_64).arguments.len(), 6);
        assert!(touches_files("mmap2") && touches_files("mmap") && !touches_files("socketcall"));
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
