//! Classic BPF instructions, those few that a seccomp filter of ours is made of.
//!
//! All of them are understood by the kernel's `seccomp_is_const_allow` (kernel/seccomp.c, since Linux 5.11), but for
//! loads of arguments: the kernel runs a new filter once for every number, and a call that it saw allowed without
//! a look at the arguments is answered from a bitmap afterwards; the filter does not run for it at all.

/// One classic BPF instruction: `struct sock_filter` of include/uapi/linux/filter.h.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub struct Instruction {
    /// Opcode.
    pub code: u16,
    /// Jump if true, in instructions.
    pub jump_true: u8,
    /// Jump if false.
    pub jump_false: u8,
    /// Operand.
    pub operand: u32,
}

/// Stop the call and tell the tracer, or fail it with ENOSYS where there is none. The low 16 bits are free for data
/// (SECCOMP_RET_DATA) and stay 0. include/uapi/linux/seccomp.h
pub const SECCOMP_RET_TRACE: u32 = 0x7ff0_0000;
/// Stop the call and tell whoever listens on the filter's descriptor, or fail it with ENOSYS where nobody does. Since Linux
/// 5.0. include/uapi/linux/seccomp.h
pub const SECCOMP_RET_USER_NOTIF: u32 = 0x7fc0_0000;
/// Fail the call with the error in the low 16 bits; it is never executed. Errors above 4095 would be taken for 4095.
/// include/uapi/linux/seccomp.h
pub const SECCOMP_RET_ERRNO: u32 = 0x0005_0000;
/// Let the call run. include/uapi/linux/seccomp.h
pub const SECCOMP_RET_ALLOW: u32 = 0x7fff_0000;
/// How many instructions one filter may have: `BPF_MAXINSNS` of include/uapi/linux/bpf_common.h.
pub const MAX_INSTRUCTIONS: usize = 4096;

/// `BPF_LD | BPF_W | BPF_ABS`: load a word of `struct seccomp_data`. Opcodes: include/uapi/linux/bpf_common.h.
pub(super) const LOAD: u16 = 0x20;
/// `BPF_JMP | BPF_JA`: always jump, by the operand.
pub(super) const JUMP: u16 = 0x05;
/// `BPF_JMP | BPF_JEQ | BPF_K`: is the word equal to the operand?
pub(super) const IF_EQUAL: u16 = 0x15;
/// `BPF_JMP | BPF_JGE | BPF_K`: is the word, unsigned, at least the operand?
pub(super) const IF_AT_LEAST: u16 = 0x35;
/// `BPF_JMP | BPF_JSET | BPF_K`: has the word any bit of the operand?
pub(super) const IF_ANY_BIT: u16 = 0x45;
/// `BPF_RET | BPF_K`: the operand is the verdict.
pub(super) const RETURN: u16 = 0x06;

/// Offset of `nr` in `struct seccomp_data`, include/uapi/linux/seccomp.h.
pub(super) const NUMBER: u32 = 0;
/// Offset of `arch` in `struct seccomp_data`.
pub(super) const AUDIT_ARCH: u32 = 4;

/// Returns the offset of the low word of argument `index` in `struct seccomp_data`. Only little-endian machines are
/// traced, so the low word is the first.
///
/// # Panics
/// If `index` is not 0…5.
pub(super) fn argument(index: usize) -> u32 {
    assert!(index < 6, "a system call has no argument {index}");
    16 + 8 * index as u32
}

impl Instruction {
    /// Returns an instruction without branches.
    pub(super) const fn plain(code: u16, operand: u32) -> Instruction {
        Instruction { code, jump_true: 0, jump_false: 0, operand }
    }
}
