//! What an architecture must tell.
use crate::{Abi, Restart, SyscallView};

/// NT_PRSTATUS, the general registers: include/uapi/linux/elf.h.
pub(crate) const NT_PRSTATUS: u32 = 1;
/// NT_ARM_SYSTEM_CALL, the number of the call as a 4-byte int: include/uapi/linux/elf.h. Since Linux 3.19.
pub(crate) const NT_ARM_SYSTEM_CALL: u32 = 0x404;

/// Where in a stopped task a register lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Location {
    /// A word of `struct user`, for PTRACE_PEEKUSER and PTRACE_POKEUSER. Equal to the same offset in NT_PRSTATUS.
    User {
        /// Offset in bytes.
        offset: usize,
        /// Width in bytes: 8, or 4 for the low half of the word, whose high half is to be kept.
        width: usize,
    },
    /// Bytes of a register set, for PTRACE_GETREGSET and PTRACE_SETREGSET.
    Set {
        /// The note type: NT_PRSTATUS (1), NT_ARM_SYSTEM_CALL (0x404).
        note: u32,
        /// Offset in bytes from the start of the set.
        offset: usize,
        /// Width in bytes, 4 or 8.
        width: usize,
    },
}

/// One register to write, and afterwards to read back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RegisterWrite {
    /// Which register.
    pub at: Location,
    /// Its new value; of a 4-byte register the low half.
    pub value: u64,
}

/// Where in a task's memory a result register was saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResultSlot {
    /// The address.
    pub address: u64,
    /// Width in bytes, 4 or 8.
    pub width: usize,
}

/// One CPU architecture. Implementations hold no state: everything is a fact about the architecture.
///
/// The laws that every implementation keeps are in `conformance.rs`.
pub trait Arch {
    /// The ABI of this architecture's own 64-bit calls. Its tasks may make calls of other ABIs too: [`Abi::judged`].
    const ABI: Abi;

    /// The kernel's NT_PRSTATUS register set, a `#[repr(C)]` copy of its UAPI struct.
    type Registers: Copy + core::fmt::Debug + Default + PartialEq;

    /// Size of [`Arch::Registers`] in bytes, as the kernel has it.
    const REGISTERS_SIZE: usize;

    /// Reads a register set from the bytes that PTRACE_GETREGSET gave; `None` if they are fewer than
    /// [`Arch::REGISTERS_SIZE`], and not the set of a task of a judged 32-bit ABI either.
    fn registers(bytes: &[u8]) -> Option<Self::Registers>;

    /// Returns the writes that make the kernel skip the call at a seccomp stop and give `result` instead: number −1, in
    /// the full width of its register, and then the result. They are the same for a call of any judged ABI.
    fn skip(result: i64) -> [RegisterWrite; 2];

    /// Returns the write that makes the kernel execute call `number` of the same ABI instead, at a seccomp stop. It is the
    /// same for a call of any judged ABI.
    fn set_number(number: u32) -> RegisterWrite;

    /// Returns the write that replaces the result at a syscall-exit-stop.
    fn set_result(result: i64) -> RegisterWrite;

    /// Returns the write that changes argument `index` (0…5) before a call of `abi`, in the width in which the call
    /// reads it.
    ///
    /// # Panics
    /// If `index` is not 0…5.
    fn set_argument(abi: Abi, index: usize, value: u64) -> RegisterWrite;

    /// Tells whether the task, seen at a signal or group stop, was interrupted inside `entry` and is about to enter
    /// it again, and by which restart code. Where the kernel has prepared the restart before the stop, the code may be
    /// gone: it is then [`Restart::Sys`], for "one of them".
    ///
    /// To be asked only about a call that was entered and whose end has not been seen.
    fn interrupted_call(registers: &Self::Registers, entry: &SyscallView) -> Option<Restart>;

    /// At the first instruction of a signal handler: returns where in the task's memory the interrupted context keeps the
    /// result register. It holds −EINTR if the handler ends a call that it interrupted.
    fn interrupted_result(registers: &Self::Registers) -> ResultSlot;
}
