//! Syscall numbers and names, of every ABI, on every host. The tables are those of the `syscalls` crate, with the
//! corrections below. The names are the kernel's own, which are also strace's.
use crate::Abi;
use crate::by_name::ByName;
use std::ops::RangeInclusive;

/// More than any number of a table. Numbers are shared by all ABIs since 424 and grow by a handful a year.
pub const TABLE_SIZE: usize = 1024;

/// What the `syscalls` crate (0.8.1, Linux 6.18) has otherwise or not at all.
const CORRECTIONS: &[(Abi, usize, &str)] = &[
    // scripts/syscall.tbl; the crate's `fstatat` is in no kernel header.
    (Abi::Aarch64, 79, "newfstatat"),
    // arch/x86/entry/syscalls/syscall_32.tbl; a keyword of Rust, and ENOSYS since ever.
    (Abi::I386, 17, "break"),
    // Since Linux 6.19.
    (Abi::X86_64, 470, "listns"),
    (Abi::Aarch64, 470, "listns"),
    (Abi::I386, 470, "listns"),
    // Since Linux 7.0.
    (Abi::X86_64, 471, "rseq_slice_yield"),
    (Abi::Aarch64, 471, "rseq_slice_yield"),
    (Abi::I386, 471, "rseq_slice_yield"),
];

/// What the kernel gives to 32-bit ABIs alone, calls with times of 64 bits (`32` in scripts/syscall.tbl); the crate has
/// them on aarch64 too.
const ONLY_32_BIT: RangeInclusive<usize> = 403..=423;

/// Both directions of one ABI's table: a call's number is the place of its name. Made when havoc is compiled, so that a start
/// costs nothing.
type Table = ByName<TABLE_SIZE>;

/// Builds the table of an ABI from the crate's, which is asked number by number: its own iterator ends before the last call.
macro_rules! table {
    ($abi:expr, $sysno:ty) => {{
        let mut names = [""; TABLE_SIZE];
        let mut number = 0;
        while number < TABLE_SIZE {
            if let Some(sysno) = <$sysno>::new(number) {
                names[number] = sysno.name();
            }
            number += 1;
        }
        ByName::new(corrected($abi, names))
    }};
}

static X86_64: Table = table!(Abi::X86_64, syscalls::x86_64::Sysno);
static AARCH64: Table = table!(Abi::Aarch64, syscalls::aarch64::Sysno);
static I386: Table = table!(Abi::I386, syscalls::x86::Sysno);

/// Returns the crate's `names` for `abi` as the kernel has them.
const fn corrected(abi: Abi, mut names: [&'static str; TABLE_SIZE]) -> [&'static str; TABLE_SIZE] {
    if abi.is_64_bit() {
        let mut number = *ONLY_32_BIT.start();
        while number <= *ONLY_32_BIT.end() {
            names[number] = "";
            number += 1;
        }
    }
    let mut index = 0;
    while index < CORRECTIONS.len() {
        let (of, number, name) = CORRECTIONS[index];
        // `==` is not for constants yet.
        if of as u8 == abi as u8 {
            names[number] = name;
        }
        index += 1;
    }
    names
}

/// Names of calls that no table has: 32-bit ABIs make them only as an operation of socketcall(2) or, as Arm does, by numbers
/// of tables that are not here. All other operations of socketcall(2) and ipc(2) are calls of some ABI as well.
/// SYS_SEND and SYS_RECV of include/uapi/linux/net.h; arch/arm/tools/syscall.tbl.
pub const WITHOUT_A_NUMBER: [&str; 2] = ["recv", "send"];

/// Returns the table of `abi`, or `None` if it has none.
const fn table_of(abi: Abi) -> Option<&'static Table> {
    match abi {
        Abi::X86_64 => Some(&X86_64),
        Abi::Aarch64 => Some(&AARCH64),
        Abi::I386 => Some(&I386),
        Abi::X32 | Abi::Arm => None,
    }
}

/// Returns the name of `number` in `abi`, or `None` if the table knows none or the ABI has no table.
#[must_use]
pub const fn name_of(abi: Abi, number: u32) -> Option<&'static str> {
    // `?` is not for constants yet.
    match table_of(abi) {
        Some(table) => table.name_at(number as usize),
        None => None,
    }
}

/// Returns the number of `name` in `abi`, or `None` if the ABI has no such call or no table.
#[must_use]
pub fn number_of(abi: Abi, name: &str) -> Option<u32> {
    table_of(abi)?.place_of(name).map(|number| number as u32)
}

/// Returns the name of `number` in `abi`, or for one without a name `syscall_` and the number: as the log has it.
#[must_use]
pub fn spelled(abi: Abi, number: u32) -> String {
    name_of(abi, number).map_or_else(|| format!("syscall_{number:#x}"), str::to_owned)
}

/// Returns the ABIs and numbers that calls of this name have where `native` is the machine's own ABI, of those that are
/// judged there.
pub fn judged(native: Abi, name: &str) -> impl Iterator<Item = (Abi, u32)> {
    native.judged().iter().filter_map(move |abi| Some((*abi, number_of(*abi, name)?)))
}

/// Returns the names of all calls that are judged where `native` is the machine's own ABI; one that several ABIs have comes
/// as often.
pub fn all_judged(native: Abi) -> impl Iterator<Item = &'static str> {
    native.judged().iter().flat_map(|abi| all(*abi)).map(|(_, name)| name)
}

/// Returns every number and name of `abi`, in the order of the numbers; nothing if it has no table.
pub fn all(abi: Abi) -> impl Iterator<Item = (u32, &'static str)> {
    let table = table_of(abi);
    (0..TABLE_SIZE).filter_map(move |number| Some((number as u32, table?.name_at(number)?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_without_a_number_is_in_no_table() {
        for name in WITHOUT_A_NUMBER {
            assert!(Abi::ALL.into_iter().all(|abi| number_of(abi, name).is_none()), "{name}");
        }
    }

    #[test]
    fn a_name_leads_to_its_number_and_back() {
        for abi in [Abi::X86_64, Abi::Aarch64, Abi::I386] {
            assert!(all(abi).count() > 300, "{abi:?}");
            for (number, name) in all(abi) {
                assert_eq!(name_of(abi, number), Some(name));
                assert_eq!(number_of(abi, name), Some(number), "{abi:?} {name}");
            }
            let numbers: Vec<u32> = all(abi).map(|(number, _)| number).collect();
            assert!(numbers.is_sorted());
        }
    }

    #[test]
    fn abis_without_a_table_have_no_names() {
        for abi in [Abi::X32, Abi::Arm] {
            assert_eq!(all(abi).count(), 0);
            assert_eq!(name_of(abi, 0), None);
            assert_eq!(number_of(abi, "read"), None);
        }
    }

    #[test]
    fn well_known_calls_have_the_kernel_s_numbers() {
        let known = [
            (Abi::X86_64, 0, "read"),
            (Abi::X86_64, 26, "msync"),
            (Abi::X86_64, 59, "execve"),
            (Abi::X86_64, 219, "restart_syscall"),
            (Abi::X86_64, 262, "newfstatat"),
            (Abi::Aarch64, 56, "openat"),
            (Abi::Aarch64, 79, "newfstatat"),
            (Abi::Aarch64, 128, "restart_syscall"),
            (Abi::Aarch64, 227, "msync"),
            (Abi::I386, 0, "restart_syscall"),
            (Abi::I386, 17, "break"),
            (Abi::I386, 144, "msync"),
        ];
        for (abi, number, name) in known {
            assert_eq!(name_of(abi, number), Some(name), "{abi:?} {number}");
            assert_eq!(number_of(abi, name), Some(number), "{abi:?} {name}");
        }
    }

    #[test]
    fn calls_since_424_have_the_same_number_everywhere() {
        let newest = [
            (435, "clone3"),
            (462, "mseal"),
            (467, "open_tree_attr"),
            (469, "file_setattr"),
            (470, "listns"),
        ];
        for abi in [Abi::X86_64, Abi::Aarch64, Abi::I386] {
            for (number, name) in newest {
                assert_eq!(name_of(abi, number), Some(name), "{abi:?}");
            }
            for (number, name) in all(abi).filter(|(number, _)| *number >= 424) {
                assert_eq!(name_of(Abi::X86_64, number), Some(name), "{abi:?}");
            }
        }
    }

    #[test]
    fn calls_with_times_of_64_bits_in_their_names_are_for_32_bits_alone() {
        assert_eq!(number_of(Abi::I386, "clock_gettime64"), Some(403));
        assert_eq!(number_of(Abi::I386, "sched_rr_get_interval_time64"), Some(423));
        for abi in [Abi::X86_64, Abi::Aarch64] {
            assert_eq!(all(abi).filter(|(number, _)| (403..=423).contains(number)).count(), 0, "{abi:?}");
            assert_eq!(number_of(abi, "clock_gettime64"), None);
            assert_eq!(name_of(abi, 424), Some("pidfd_send_signal"));
        }
        let in_crate = syscalls::aarch64::Sysno::new(403);
        assert!(in_crate.is_some(), "the crate has learned it: ONLY_32_BIT can go");
    }

    #[test]
    fn what_is_no_call_has_no_name() {
        for number in [TABLE_SIZE as u32 - 1, TABLE_SIZE as u32, 0x4000_0000, u32::MAX] {
            assert_eq!(name_of(Abi::X86_64, number), None);
        }
        for name in ["", "mysnc", "READ", "fstatat", "26"] {
            assert_eq!(number_of(Abi::Aarch64, name), None, "{name}");
        }
    }

    #[test]
    fn no_correction_has_become_superfluous() {
        let in_crate = |abi, number| match abi {
            Abi::X86_64 => syscalls::x86_64::Sysno::new(number).map(|sysno| sysno.name()),
            Abi::Aarch64 => syscalls::aarch64::Sysno::new(number).map(|sysno| sysno.name()),
            Abi::I386 => syscalls::x86::Sysno::new(number).map(|sysno| sysno.name()),
            Abi::X32 | Abi::Arm => None,
        };
        for (abi, number, name) in CORRECTIONS {
            assert_ne!(in_crate(*abi, *number), Some(*name), "{abi:?} {number}");
        }
    }
}
