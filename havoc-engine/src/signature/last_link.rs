//! Calls that act on a symbolic link itself if it is the last part of their path, not on what it leads to: a table.
use havoc_arch::{Abi, SyscallView};

/// When a call keeps the last link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Keeps {
    /// Always.
    Always,
    /// If this argument has AT_SYMLINK_NOFOLLOW.
    At(usize),
    /// If this argument has O_NOFOLLOW.
    Open(usize),
}

use Keeps::{Always, At, Open};

/// AT_SYMLINK_NOFOLLOW of include/uapi/linux/fcntl.h.
const AT_SYMLINK_NOFOLLOW: u64 = 0x100;

/// path_resolution(7) and the page of each call.
const TABLE: &[(&str, Keeps)] = &[
    ("faccessat2", At(3)),
    ("fchmodat2", At(3)),
    ("fchownat", At(4)),
    ("fstatat64", At(3)),
    ("lchown", Always),
    ("lchown32", Always),
    ("lgetxattr", Always),
    ("link", Always),
    ("linkat", Always),
    ("llistxattr", Always),
    ("lremovexattr", Always),
    ("lsetxattr", Always),
    ("lstat", Always),
    ("lstat64", Always),
    ("mkdir", Always),
    ("mkdirat", Always),
    ("mknod", Always),
    ("mknodat", Always),
    ("newfstatat", At(3)),
    ("oldlstat", Always),
    ("open", Open(1)),
    ("openat", Open(2)),
    ("readlink", Always),
    ("readlinkat", Always),
    ("rename", Always),
    ("renameat", Always),
    ("renameat2", Always),
    ("rmdir", Always),
    ("statx", At(2)),
    ("symlink", Always),
    ("symlinkat", Always),
    ("unlink", Always),
    ("unlinkat", Always),
    ("utimensat", At(3)),
    ("utimensat_time64", At(3)),
];

/// Tells whether a call acts on the link that its path ends in.
#[must_use]
pub fn keeps_last_link(view: &SyscallView) -> bool {
    let name = view.name().unwrap_or_default();
    let Some((_, keeps)) = TABLE.iter().find(|(call, _)| *call == name) else { return false };
    match *keeps {
        Always => true,
        At(argument) => view.args[argument] & AT_SYMLINK_NOFOLLOW != 0,
        Open(argument) => view.args[argument] & o_nofollow(view.abi) != 0,
    }
}

/// O_NOFOLLOW differs: include/uapi/asm-generic/fcntl.h, arch/arm64/include/uapi/asm/fcntl.h.
const fn o_nofollow(abi: Abi) -> u64 {
    match abi {
        Abi::Aarch64 | Abi::Arm => 0o100_000,
        Abi::X86_64 | Abi::X32 | Abi::I386 => 0o400_000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signature::{Kind, Role, of};

    #[test]
    fn the_table_is_in_order_and_each_row_is_a_call_with_a_path() {
        assert!(TABLE.windows(2).all(|pair| pair[0].0 < pair[1].0));
        for (name, _) in TABLE {
            let signature = of(name).unwrap_or_else(|| panic!("{name} is no call"));
            let has_path = signature.roles(&[1; 6]).iter().any(|role| matches!(role, Role::Path { .. }));
            assert!(has_path, "{name} has no path");
        }
    }

    #[test]
    fn flags_are_where_the_signature_has_flags() {
        for (name, keeps) in TABLE {
            let (Keeps::At(argument) | Keeps::Open(argument)) = keeps else { continue };
            let signature = of(name).expect("a call");
            let kind = signature.arguments[*argument];
            let is_flags = matches!(kind, Kind::Flags(_) | Kind::Masked { .. } | Kind::OpenFlags);
            assert!(is_flags, "{name}");
        }
    }

    #[test]
    fn o_nofollow_is_that_of_the_caller() {
        for (abi, flag, kept) in [
            (Abi::X86_64, 0o400_000, true),
            (Abi::X86_64, 0o100_000, false),
            (Abi::I386, 0o400_000, true),
            (Abi::Aarch64, 0o100_000, true),
            (Abi::Aarch64, 0o400_000, false),
        ] {
            let number = havoc_arch::names::number_of(abi, "openat").expect("a call");
            let args = [0, 0, flag, 0, 0, 0];
            let view = SyscallView { abi, number, args, instruction_pointer: 0, stack_pointer: 0 };
            assert_eq!(keeps_last_link(&view), kept, "{abi:?} {flag:o}");
        }
    }
}
