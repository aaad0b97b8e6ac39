//! 64-bit x86, which also answers for the 32-bit calls of its tasks; [`crate::i386`] has what differs there.
//!
//! What is peculiar here (arch/x86/entry/common.c, arch/x86/kernel/{ptrace,signal}.c):
//!
//! - The number lies in `orig_rax`, all 64 bits of it: −1 is `u64::MAX`, and 0xffff_ffff is not −1 in a 64-bit write.
//!   `rax` is −ENOSYS from the entry on and the result at the end, so that a skipped call gives what is in `rax`.
//! - `syscall` itself overwrites `rcx` and `r11`, and the fourth argument is in `r10`.
//! - A task that is in no call has `orig_rax` −1, unless a call was the last thing it did in the kernel.
mod regs;

use crate::arch::ResultSlot;
use crate::{Abi, Arch, Location, RegisterWrite, Restart, Returned, SyscallView, i386};
pub use regs::UserRegsStruct;

/// 64-bit x86.
#[derive(Clone, Copy, Debug)]
pub struct X86_64;

/// `__NR_restart_syscall`, arch/x86/entry/syscalls/syscall_64.tbl.
const RESTART_SYSCALL: u32 = 219;
/// How far behind `syscall`, and `int 0x80`, the kernel reports the instruction pointer of a call.
const SYSCALL_SIZE: u64 = 2;

const fn user(offset: usize, value: u64) -> RegisterWrite {
    RegisterWrite { at: Location::User { offset, width: 8 }, value }
}

impl Arch for X86_64 {
    const ABI: Abi = Abi::X86_64;
    type Registers = UserRegsStruct;
    const REGISTERS_SIZE: usize = size_of::<UserRegsStruct>();

    fn registers(bytes: &[u8]) -> Option<UserRegsStruct> {
        UserRegsStruct::from_bytes(bytes)
            .or_else(|| i386::UserRegsStruct32::from_bytes(bytes).as_ref().map(UserRegsStruct::from))
    }

    fn skip(result: i64) -> [RegisterWrite; 2] {
        [user(regs::ORIG_RAX, u64::MAX), user(regs::RAX, result as u64)]
    }

    fn set_number(number: u32) -> RegisterWrite {
        user(regs::ORIG_RAX, number.into())
    }

    fn set_result(result: i64) -> RegisterWrite {
        user(regs::RAX, result as u64)
    }

    fn set_argument(abi: Abi, index: usize, value: u64) -> RegisterWrite {
        assert!(index < 6, "a system call has no argument {index}");
        match abi {
            // 64-bit code may have something in the high half, and has it still after an `int 0x80`.
            Abi::I386 => {
                let at = Location::User { offset: regs::I386_ARGUMENTS[index], width: 4 };
                RegisterWrite { at, value }
            }
            Abi::X86_64 | Abi::X32 | Abi::Aarch64 | Abi::Arm => user(regs::ARGUMENTS[index], value),
        }
    }

    /// `arch_do_signal_or_restart` of arch/x86/kernel/signal.c looks at the restart code *behind* `get_signal`, in which
    /// signal, group and PTRACE_INTERRUPT stops happen: at the stop `rax` still is the code.
    ///
    /// If no handler ran, it rewinds `rip` to the `syscall` and puts the number, or that of `restart_syscall`, into
    /// `rax`. A signal that comes now makes a second stop before the task is back in user mode; a handler then runs
    /// before the restart, and nothing can turn it into EINTR any more but a restart block, which `rt_sigreturn` voids.
    fn interrupted_call(registers: &UserRegsStruct, entry: &SyscallView) -> Option<Restart> {
        // syscall_get_nr() reads the low 32 bits; −1 says that there is nothing to restart.
        let number = registers.orig_rax as u32;
        let restart_syscall = match entry.abi {
            Abi::X86_64 => RESTART_SYSCALL,
            Abi::I386 => i386::RESTART_SYSCALL,
            Abi::X32 | Abi::Aarch64 | Abi::Arm => return None,
        };
        if number != entry.number || number == u32::MAX {
            return None;
        }
        if let Returned::Restart(restart) = Returned::from_raw(entry.abi.result(registers.rax as i64)) {
            return Some(restart);
        }
        let at_the_call = registers.rip.wrapping_add(SYSCALL_SIZE) == entry.instruction_pointer;
        match registers.rax {
            _ if !at_the_call => None,
            // First: of a restart_syscall that is restarted the two numbers are one.
            rax if rax == u64::from(restart_syscall) => Some(Restart::Block),
            rax if rax == registers.orig_rax => Some(Restart::NoIntr),
            _ => None,
        }
    }

    fn interrupted_result(registers: &UserRegsStruct) -> ResultSlot {
        if let Some(slot) = i386::interrupted_result(registers.cs, registers.rcx as u32, registers.rsp) {
            return slot;
        }
        // struct rt_sigframe of arch/x86/include/asm/sigframe.h at rsp: the return address (8), then a ucontext: flags (8),
        // link (8), stack (24), and sigcontext_64: r8 to r15 (64), rdi, rsi, rbp, rbx, rdx (40), rax.
        ResultSlot { address: registers.rsp.wrapping_add(8 + 40 + 64 + 40), width: 8 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RIP_BEHIND_SYSCALL: u64 = 0x40_1002;
    const READ: u64 = 0;

    fn read() -> SyscallView {
        SyscallView {
            abi: Abi::X86_64,
            number: READ as u32,
            args: [5, 0x1000, 64, 3, 4, 5],
            instruction_pointer: RIP_BEHIND_SYSCALL,
            stack_pointer: 0x7fff_f000,
        }
    }

    /// What a stop shows of a task that has come out of that call with `raw`.
    fn out_of_read(raw: i64) -> UserRegsStruct {
        UserRegsStruct {
            orig_rax: READ,
            rax: raw as u64,
            rip: RIP_BEHIND_SYSCALL,
            ..UserRegsStruct::default()
        }
    }

    #[test]
    fn a_restart_code_in_rax_is_an_interrupted_call() {
        let codes =
            [(-512, Restart::Sys), (-513, Restart::NoIntr), (-514, Restart::NoHand), (-516, Restart::Block)];
        for (raw, restart) in codes {
            assert_eq!(X86_64::interrupted_call(&out_of_read(raw), &read()), Some(restart));
        }
    }

    #[test]
    fn a_call_that_ended_is_not_interrupted() {
        for raw in [0, 64, -4, -515, -517, 219] {
            assert_eq!(X86_64::interrupted_call(&out_of_read(raw), &read()), None, "{raw}");
        }
    }

    #[test]
    fn a_restart_syscall_that_is_interrupted_goes_on_as_restart_syscall() {
        let entry = SyscallView { number: RESTART_SYSCALL, ..read() };
        let rewound = UserRegsStruct {
            orig_rax: RESTART_SYSCALL.into(),
            rip: RIP_BEHIND_SYSCALL - SYSCALL_SIZE,
            ..out_of_read(RESTART_SYSCALL.into())
        };
        assert_eq!(X86_64::interrupted_call(&rewound, &entry), Some(Restart::Block));
    }

    #[test]
    fn with_number_minus_one_nothing_is_restarted() {
        let skipped = UserRegsStruct { orig_rax: u64::MAX, ..out_of_read(-512) };
        assert_eq!(X86_64::interrupted_call(&skipped, &read()), None);
        // syscall(-1): the number fits, and still the kernel would not restart it.
        assert_eq!(X86_64::interrupted_call(&skipped, &SyscallView { number: u32::MAX, ..read() }), None);
    }

    #[test]
    fn another_call_is_not_that_call() {
        let write = UserRegsStruct { orig_rax: 1, ..out_of_read(-512) };
        assert_eq!(X86_64::interrupted_call(&write, &read()), None);
    }

    #[test]
    fn the_high_half_of_orig_rax_is_no_part_of_the_number() {
        let registers = UserRegsStruct { orig_rax: 0xdead_beef_0000_0000, ..out_of_read(-512) };
        assert_eq!(X86_64::interrupted_call(&registers, &read()), Some(Restart::Sys));
    }

    #[test]
    fn a_call_already_rewound_to_its_syscall_is_interrupted() {
        let rewound = |rax| UserRegsStruct { rax, rip: RIP_BEHIND_SYSCALL - 2, ..out_of_read(0) };
        assert_eq!(X86_64::interrupted_call(&rewound(READ), &read()), Some(Restart::NoIntr));
        assert_eq!(X86_64::interrupted_call(&rewound(219), &read()), Some(Restart::Block));
        assert_eq!(X86_64::interrupted_call(&rewound(64), &read()), None);
        // An interrupt on the way into the next call: orig_rax says that the task is in none.
        let next = UserRegsStruct { orig_rax: u64::MAX, ..rewound(READ) };
        assert_eq!(X86_64::interrupted_call(&next, &read()), None);
    }
}
