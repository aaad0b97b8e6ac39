//! The flags of open(2) above the access mode, which Arm numbers in its own way, in strace's order.
use super::Names;

/// As include/uapi/asm-generic/fcntl.h has them; x86 takes them as they are.
pub const GENERIC: Names = &[
    (0o100, "O_CREAT"),
    (0o200, "O_EXCL"),
    (0o400, "O_NOCTTY"),
    (0o1000, "O_TRUNC"),
    (0o2000, "O_APPEND"),
    (0o4000, "O_NONBLOCK"),
    (0o4_010_000, "O_SYNC"),
    (0o10_000, "O_DSYNC"),
    (0o20_000, "FASYNC"),
    (0o40_000, "O_DIRECT"),
    (0o100_000, "O_LARGEFILE"),
    (0o400_000, "O_NOFOLLOW"),
    (0o1_000_000, "O_NOATIME"),
    (0o2_000_000, "O_CLOEXEC"),
    (0o10_000_000, "O_PATH"),
    (0o20_200_000, "O_TMPFILE"),
    (0o200_000, "O_DIRECTORY"),
];

/// With O_DIRECTORY, O_NOFOLLOW, O_DIRECT and O_LARGEFILE of arch/arm64/include/uapi/asm/fcntl.h; 32-bit Arm has the
/// same.
pub const ARM: Names = &[
    (0o100, "O_CREAT"),
    (0o200, "O_EXCL"),
    (0o400, "O_NOCTTY"),
    (0o1000, "O_TRUNC"),
    (0o2000, "O_APPEND"),
    (0o4000, "O_NONBLOCK"),
    (0o4_010_000, "O_SYNC"),
    (0o10_000, "O_DSYNC"),
    (0o20_000, "FASYNC"),
    (0o200_000, "O_DIRECT"),
    (0o400_000, "O_LARGEFILE"),
    (0o100_000, "O_NOFOLLOW"),
    (0o1_000_000, "O_NOATIME"),
    (0o2_000_000, "O_CLOEXEC"),
    (0o10_000_000, "O_PATH"),
    (0o20_040_000, "O_TMPFILE"),
    (0o40_000, "O_DIRECTORY"),
];

/// Returns the table of an ABI.
#[must_use]
pub fn of(abi: havoc_arch::Abi) -> Names {
    use havoc_arch::Abi;
    match abi {
        Abi::X86_64 | Abi::X32 | Abi::I386 => GENERIC,
        Abi::Aarch64 | Abi::Arm => ARM,
    }
}
