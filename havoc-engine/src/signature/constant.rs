//! The constants that an argument knows by name, and the width in which the kernel reads it: what `argN` compares.
use super::names::{Names, file, network, open, process};
use super::{Kind, Signature};
use crate::plan::Read;
use havoc_arch::Abi;

/// AT_FDCWD, uapi/linux/fcntl.h.
const DIRECTORY: Names = &[(-100i64 as u64, "AT_FDCWD")];
/// The access modes of open(2), which are no bits: uapi/asm-generic/fcntl.h.
const ACCESS: Names = &[(0, "O_RDONLY"), (1, "O_WRONLY"), (2, "O_RDWR"), (3, "O_ACCMODE")];

/// Returns the tables of names for one argument.
fn tables(signature: &Signature, index: usize, abi: Abi) -> Vec<Names> {
    match signature.arguments.get(index) {
        Some(Kind::DirFd) => vec![DIRECTORY],
        Some(Kind::Flags(names) | Kind::OneOf(names) | Kind::FlagsAndMode(names)) => vec![names],
        Some(Kind::Masked { value, bits, .. }) => vec![value, bits],
        Some(Kind::OpenFlags) => vec![ACCESS, open::of(abi)],
        Some(Kind::OpenBits) => vec![open::of(abi)],
        Some(Kind::CloneFlags) => vec![process::CLONE],
        Some(Kind::FileType) => vec![file::FILE_TYPE],
        Some(Kind::SocketOption { own }) => {
            network::SOCKET_OPTIONS.iter().map(|(_, names)| *names).chain([*own]).collect()
        }
        Some(Kind::Protocol) => network::PROTOCOLS.iter().map(|(_, names)| *names).collect(),
        _ => Vec::new(),
    }
}

/// The names of signals with a name of their own: uapi/asm-generic/signal.h.
fn signals() -> impl Iterator<Item = (&'static str, u64)> {
    crate::signal::names().zip(1..)
}

/// Returns the constants that argument `index` (from 0) of a call knows.
pub fn constants(signature: &Signature, index: usize, abi: Abi) -> impl Iterator<Item = (&'static str, u64)> {
    let is_signal = signature.arguments.get(index) == Some(&Kind::Signal);
    let signals = is_signal.then(signals).into_iter().flatten();
    tables(signature, index, abi).into_iter().flatten().map(|(value, name)| (*name, *value)).chain(signals)
}

/// Returns argument `index` (from 0) of a call as the kernel reads it.
#[must_use]
pub fn read(signature: Option<&Signature>, arguments: &[u64; 6], index: usize, abi: Abi) -> Read {
    let register = arguments[index];
    let kinds = signature.map_or(&[][..], |signature| signature.kinds(arguments));
    let word_bits = abi.word_size() as u32 * 8;
    let signed = |bits| match bits {
        32 => Read { value: i128::from(register as i32), bits },
        _ => Read { value: i128::from(register.cast_signed()), bits },
    };
    let unsigned = |bits| match bits {
        32 => Read { value: i128::from(register as u32), bits },
        _ => Read { value: i128::from(register), bits },
    };
    match kinds.get(index) {
        Some(Kind::Fd | Kind::DirFd | Kind::Int | Kind::Task | Kind::Signal | Kind::Protocol) => signed(32),
        Some(
            Kind::Uint
            | Kind::Id
            | Kind::Mode
            | Kind::CreateMode
            | Kind::FileType
            | Kind::Device
            | Kind::OpenFlags
            | Kind::OpenBits
            // `lower_32_bits` of kernel/fork.c, for clone(2).
            | Kind::CloneFlags
            | Kind::SocketOption { .. }
            | Kind::FlagsAndMode(_),
        ) => unsigned(32),
        Some(Kind::Long) => signed(word_bits),
        Some(Kind::Split { low, high }) => {
            let whole = arguments[usize::from(*high)] << 32 | u64::from(arguments[usize::from(*low)] as u32);
            Read { value: i128::from(whole.cast_signed()), bits: 64 }
        }
        Some(Kind::Flags(_) | Kind::OneOf(_) | Kind::Masked { .. } | Kind::Hex) => {
            let is_wide = signature.is_some_and(|signature| signature.wide.has(index));
            unsigned(if is_wide { word_bits } else { 32 })
        }
        _ => unsigned(word_bits),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signature::of;

    fn value(call: &str, index: usize, name: &str, abi: Abi) -> Option<u64> {
        let signature = of(call).expect(call);
        constants(signature, index, abi).find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    #[test]
    fn an_argument_knows_its_constants() {
        assert_eq!(value("msync", 2, "MS_SYNC", Abi::X86_64), Some(4));
        assert_eq!(value("openat", 0, "AT_FDCWD", Abi::X86_64), Some(-100i64 as u64));
        assert_eq!(value("openat", 2, "O_CREAT", Abi::X86_64), Some(0o100));
        assert_eq!(value("openat", 2, "O_WRONLY", Abi::X86_64), Some(1));
        assert_eq!(value("openat", 2, "O_DIRECT", Abi::X86_64), Some(0o40_000));
        assert_eq!(value("openat", 2, "O_DIRECT", Abi::Aarch64), Some(0o200_000));
        assert_eq!(value("lseek", 2, "SEEK_END", Abi::X86_64), Some(2));
        assert_eq!(value("kill", 1, "SIGKILL", Abi::X86_64), Some(9));
        assert_eq!(value("read", 2, "MS_SYNC", Abi::X86_64), None);
    }

    #[test]
    fn an_argument_is_read_in_the_width_of_the_kernel() {
        let read = |call: &str, index: usize, register: u64| {
            let mut arguments = [0; 6];
            arguments[index] = register;
            read(of(call), &arguments, index, Abi::X86_64).value
        };
        // The upper half of a descriptor's register is nobody's.
        assert_eq!(read("fsync", 0, 0xdead_beef_0000_0003), 3);
        assert_eq!(read("openat", 0, 0xffff_ff9c), -100);
        assert_eq!(read("msync", 1, 0x1_0000_0000), 0x1_0000_0000);
        assert_eq!(read("lseek", 1, u64::MAX), -1);
        assert_eq!(read("openat", 2, 0xdead_0000_0241), 0x241);
        assert_eq!(read("msync", 2, 0xffff_ffff_8000_0004), 0x8000_0004);
        // An upper half is none of an int's value, and part of a long's.
        const HIGH: u64 = 0xface_feed_0000_0000;
        for (call, index, low) in [
            ("fcntl", 1, 3),
            ("madvise", 2, 1),
            ("clock_gettime", 0, 1),
            ("futex", 1, 0x81),
            ("lseek", 2, 2),
            ("flock", 1, 6),
            ("msync", 2, 4),
            ("mlock2", 2, 1),
            ("ioctl", 1, 0x5413),
            ("prctl", 0, 15),
            ("socket", 0, 16),
            ("socket", 1, 0x80002),
            ("statmount", 3, 1),
            ("getdents64", 2, 64),
            ("semop", 2, 2),
            ("readlink", 2, 9),
            ("readlinkat", 3, 9),
            ("sethostname", 1, 3),
            ("clone", 0, 17),
        ] {
            assert_eq!(read(call, index, HIGH | low), i128::from(low), "{call} {index}");
        }
        for (call, index) in [
            ("mprotect", 2),
            ("mmap", 2),
            ("mmap", 3),
            ("mount", 3),
            ("mremap", 3),
            ("ptrace", 0),
            ("unshare", 0),
            ("prctl", 1),
            ("ioctl", 2),
            ("write", 2),
            ("fanotify_mark", 2),
        ] {
            assert_eq!(read(call, index, HIGH | 1), i128::from(HIGH | 1), "{call} {index}");
        }
        assert_eq!(read("getppid", 3, 7), 7);
    }
}
