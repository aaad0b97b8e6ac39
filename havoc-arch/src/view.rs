//! One system call as it was entered.
use crate::Abi;

/// A system call as the task entered it. Taken at the entry and kept until the exit: it is never rebuilt there,
/// because on aarch64 `x0` is the first argument before the call and the result after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SyscallView {
    /// The ABI of this call.
    pub abi: Abi,
    /// The syscall number in that ABI, low 32 bits as the kernel reads them (`u32::MAX` is a skipped call).
    pub number: u32,
    /// The six arguments, as they were, in the width in which calls of the ABI read them ([`Abi::argument`]).
    pub args: [u64; 6],
    /// The instruction pointer the kernel reports at the entry (PTRACE_GET_SYSCALL_INFO): that of the instruction
    /// *behind* the call's own. On x86_64 `syscall` has put it into `rcx` for the return (2 bytes on, as with
    /// `int 0x80`); on aarch64 it is ELR_EL1, which the exception of `svc` sets 4 bytes on.
    pub instruction_pointer: u64,
    /// The stack pointer.
    pub stack_pointer: u64,
}

impl SyscallView {
    /// Returns the call's name in its ABI, or `None` where the tables know none.
    #[must_use]
    pub fn name(&self) -> Option<&'static str> {
        crate::names::name_of(self.abi, self.number)
    }

    /// Tells whether `later` is this very call entered again: same ABI, number, arguments, instruction and stack.
    #[must_use]
    pub fn is_reentered_by(&self, later: &SyscallView) -> bool {
        self == later
    }
}
