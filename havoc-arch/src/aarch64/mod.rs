//! 64-bit Arm.
//!
//! What is peculiar here (arch/arm64/kernel/{ptrace,signal,syscall}.c):
//!
//! - `x0` is the first argument and the result. At the exit the first argument is no longer readable; the kernel keeps
//!   it as `orig_x0`, which no register set shows.
//! - The number was taken from `x8` at the entry, low 32 bits, and the kernel does not look there again: it is written
//!   through NT_ARM_SYSTEM_CALL. The kernel itself changes `x8` only to put `restart_syscall` there.
//! - After a skip `x0` is what it was, the caller's first argument: a result is always written, with the number.
//! - `x7` reads 0 or 1 at a syscall-entry- or exit-stop, and what is written to it there is lost; at seccomp and signal
//!   stops it is itself. Nothing here writes it.
mod regs;

use crate::arch::{NT_ARM_SYSTEM_CALL, NT_PRSTATUS, ResultSlot};
use crate::{Abi, Arch, Location, RegisterWrite, Restart, SyscallView};
pub use regs::UserPtRegs;

/// 64-bit Arm.
#[derive(Clone, Copy, Debug)]
pub struct Aarch64;

/// `__NR_restart_syscall`, include/uapi/asm-generic/unistd.h.
const RESTART_SYSCALL: u32 = 128;
/// How far behind `svc` the kernel reports the instruction pointer of a call: the size of every instruction.
const SVC_SIZE: u64 = 4;

const fn x(index: usize, value: u64) -> RegisterWrite {
    RegisterWrite { at: Location::Set { note: NT_PRSTATUS, offset: index * 8, width: 8 }, value }
}

impl Arch for Aarch64 {
    const ABI: Abi = Abi::Aarch64;
    type Registers = UserPtRegs;
    const REGISTERS_SIZE: usize = size_of::<UserPtRegs>();

    fn registers(bytes: &[u8]) -> Option<UserPtRegs> {
        UserPtRegs::from_bytes(bytes)
    }

    fn skip(result: i64) -> [RegisterWrite; 2] {
        let number = Location::Set { note: NT_ARM_SYSTEM_CALL, offset: 0, width: 4 };
        [RegisterWrite { at: number, value: u64::from(u32::MAX) }, x(0, result as u64)]
    }

    fn set_number(number: u32) -> RegisterWrite {
        let at = Location::Set { note: NT_ARM_SYSTEM_CALL, offset: 0, width: 4 };
        RegisterWrite { at, value: number.into() }
    }

    fn set_result(result: i64) -> RegisterWrite {
        x(0, result as u64)
    }

    fn set_argument(_abi: Abi, index: usize, value: u64) -> RegisterWrite {
        assert!(index < 6, "a system call has no argument {index}");
        x(index, value)
    }

    /// `do_signal` of arch/arm64/kernel/signal.c prepares the restart *before* `get_signal`, in which signal, group and
    /// PTRACE_INTERRUPT stops happen, "so that a debugger will see the already changed PC": for any of the four codes
    /// it puts `orig_x0` back into `x0` and `pc` back to the `svc`. Only behind the stop, if a handler is to run and
    /// the code was ERESTARTNOHAND, ERESTART_RESTARTBLOCK, or ERESTARTSYS without SA_RESTART, does it undo that and
    /// answer −EINTR. So the code cannot be told here, and is reported as [`Restart::Sys`].
    ///
    /// If no handler ran, ERESTART_RESTARTBLOCK goes on as `restart_syscall` in `x8`, which a second stop before the
    /// task is back in user mode can see: that is [`Restart::Block`].
    ///
    /// A task that has ended the call and been interrupted just before it enters the very same one again, from the same
    /// `svc` with the same arguments, looks alike. No register tells the two apart.
    fn interrupted_call(registers: &UserPtRegs, entry: &SyscallView) -> Option<Restart> {
        let at_the_call = registers.pc.wrapping_add(SVC_SIZE) == entry.instruction_pointer;
        let same_arguments = registers.regs[..6] == entry.args && registers.sp == entry.stack_pointer;
        if entry.abi != Self::ABI || !at_the_call || !same_arguments {
            return None;
        }
        match registers.regs[8] as u32 {
            number if number == entry.number => Some(Restart::Sys),
            RESTART_SYSCALL => Some(Restart::Block),
            _ => None,
        }
    }

    fn interrupted_result(registers: &UserPtRegs) -> ResultSlot {
        // struct rt_sigframe of arch/arm64/kernel/signal.c at sp: siginfo (128), then a ucontext: flags (8), link (8),
        // stack (24), sigmask with its reserve (128), padding to 16 (8), and sigcontext: fault_address (8), x0.
        ResultSlot { address: registers.sp.wrapping_add(128 + 176 + 8), width: 8 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PC_BEHIND_SVC: u64 = 0x4000_1004;

    fn read() -> SyscallView {
        SyscallView {
            abi: Abi::Aarch64,
            number: 63,
            args: [5, 0x1000, 64, 3, 4, 5],
            instruction_pointer: PC_BEHIND_SVC,
            stack_pointer: 0x7fff_f000,
        }
    }

    /// What a stop shows of a task in that call, after the kernel has prepared its restart.
    fn rewound() -> UserPtRegs {
        let mut registers = UserPtRegs { sp: 0x7fff_f000, pc: PC_BEHIND_SVC - 4, ..UserPtRegs::default() };
        registers.regs[..6].copy_from_slice(&read().args);
        registers.regs[8] = 63;
        registers
    }

    #[test]
    fn a_call_rewound_to_its_svc_is_interrupted() {
        assert_eq!(Aarch64::interrupted_call(&rewound(), &read()), Some(Restart::Sys));
    }

    #[test]
    fn the_high_half_of_x8_is_no_part_of_the_number() {
        let mut registers = rewound();
        registers.regs[8] |= 0xdead_beef_0000_0000;
        assert_eq!(Aarch64::interrupted_call(&registers, &read()), Some(Restart::Sys));
    }

    #[test]
    fn a_call_that_goes_on_as_restart_syscall_is_interrupted() {
        let mut registers = rewound();
        registers.regs[8] = 128;
        assert_eq!(Aarch64::interrupted_call(&registers, &read()), Some(Restart::Block));
    }

    #[test]
    fn a_call_that_ended_is_not_interrupted() {
        for result in [64, -4] {
            let mut registers = UserPtRegs { pc: PC_BEHIND_SVC, ..rewound() };
            registers.regs[0] = result as u64;
            assert_eq!(Aarch64::interrupted_call(&registers, &read()), None);
        }
    }

    #[test]
    fn another_call_from_the_same_svc_is_not_that_call() {
        for index in [0, 5, 8] {
            let mut registers = rewound();
            registers.regs[index] += 1;
            assert_eq!(Aarch64::interrupted_call(&registers, &read()), None, "x{index}");
        }
        let deeper = UserPtRegs { sp: 0x7fff_e000, ..rewound() };
        assert_eq!(Aarch64::interrupted_call(&deeper, &read()), None);
    }
}
