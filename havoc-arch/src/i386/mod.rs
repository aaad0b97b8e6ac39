//! 32-bit x86, as an x86_64 kernel runs it: programs in 32-bit mode, and `int 0x80` of 64-bit code.
//!
//! It is no [`Arch`](crate::Arch) of its own: the tracer is a 64-bit program, and `x86_64` answers for both, with what is
//! here. What is peculiar (arch/x86/entry/syscall_32.c, arch/x86/include/asm/syscall.h, arch/x86/kernel/ptrace.c):
//!
//! - A 64-bit tracer's `struct user` is the 64-bit one for every task, so that number and result are written as for a
//!   64-bit call. NT_PRSTATUS is not: a task in 32-bit mode gives 17 words of 4 bytes.
//! - The kernel takes the low halves of `ebx`, `ecx`, `edx`, `esi`, `edi` and `ebp` (`sysenter` and the 32-bit `syscall` of
//!   AMD have the sixth on the stack, and the kernel puts it into `ebp` before anybody can look). Of `int 0x80` in 64-bit
//!   code the high halves show in PTRACE_GET_SYSCALL_INFO, though no call sees them.
//! - The result is the kernel's `long`: an error is negative in all 64 bits, an address from 2 GiB on is not.
//! - The three ways in are reported 2 bytes behind an `int 0x80`: `sysenter` and `syscall` return behind the one that the
//!   vDSO has for restarts.
//! - The frame of a handler is the 32-bit one if the handler was installed by a 32-bit call (SA_IA32_ABI,
//!   arch/x86/kernel/signal_32.c), and then the handler runs in 32-bit mode.
mod regs;

use crate::arch::ResultSlot;
pub use regs::UserRegsStruct32;

/// `__NR_restart_syscall`, arch/x86/entry/syscalls/syscall_32.tbl.
pub(crate) const RESTART_SYSCALL: u32 = 0;

/// `__USER32_CS` of arch/x86/include/asm/segment.h: the code segment that a handler with a 32-bit frame begins in
/// (`ia32_setup_frame` and `ia32_setup_rt_frame` of arch/x86/kernel/signal_32.c).
const USER32_CS: u64 = 0x23;

/// At the first instruction of a handler: returns where the 32-bit frame keeps `eax`; `None` if it is a 64-bit one.
pub(crate) fn interrupted_result(cs: u64, ecx: u32, esp: u64) -> Option<ResultSlot> {
    if cs != USER32_CS {
        return None;
    }
    // struct sigcontext_32 of arch/x86/include/uapi/asm/sigcontext.h: gs, fs, es, ds (16), edi to ecx (28), eax.
    const EAX: u64 = 16 + 28;
    // arch/x86/include/asm/sigframe.h. With SA_SIGINFO a struct rt_sigframe_ia32, of which ecx has the address of the
    // ucontext: flags (4), link (4), stack (12), sigcontext_32. Without, a struct sigframe_ia32 at esp: the return address
    // (4), the signal (4), sigcontext_32; ecx is 0. arch/x86/kernel/signal_32.c
    let context = match ecx {
        0 => esp + 4 + 4,
        ucontext => u64::from(ucontext) + 4 + 4 + 12,
    };
    Some(ResultSlot { address: context + EAX, width: 4 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x86_64::{UserRegsStruct, X86_64};
    use crate::{Abi, Arch, Restart, SyscallView};

    const EIP_BEHIND_INT80: u32 = 0xf7fc_4579;

    fn read() -> SyscallView {
        SyscallView {
            abi: Abi::I386,
            number: 3,
            args: [5, 0x1000, 64, 3, 4, 5],
            instruction_pointer: EIP_BEHIND_INT80.into(),
            stack_pointer: 0xffff_c000,
        }
    }

    /// The register set of a task that has come out of that call with `eax`.
    fn out_of_read(eax: i32) -> UserRegsStruct32 {
        UserRegsStruct32 {
            orig_eax: 3,
            eax: eax.cast_unsigned(),
            eip: EIP_BEHIND_INT80,
            cs: 0x23,
            ..UserRegsStruct32::default()
        }
    }

    fn bytes(registers: &UserRegsStruct32) -> Vec<u8> {
        let UserRegsStruct32 { ebx, ecx, edx, esi, edi, ebp, eax, ds, es, fs, gs, orig_eax, eip, cs, .. } =
            *registers;
        let UserRegsStruct32 { eflags, esp, ss, .. } = *registers;
        [ebx, ecx, edx, esi, edi, ebp, eax, ds, es, fs, gs, orig_eax, eip, cs, eflags, esp, ss]
            .iter()
            .flat_map(|word| word.to_ne_bytes())
            .collect()
    }

    fn interrupted(registers: &UserRegsStruct32) -> Option<Restart> {
        let registers = X86_64::registers(&bytes(registers)).expect("a set of 68 bytes");
        X86_64::interrupted_call(&registers, &read())
    }

    #[test]
    fn the_set_of_a_task_in_32_bit_mode_is_read_word_by_word() {
        let given: Vec<u8> = (0..17_u32).flat_map(|word| (word + 1).to_ne_bytes()).collect();
        let registers = X86_64::registers(&given).expect("a set of 68 bytes");
        let UserRegsStruct { rbx, rcx, rdx, rsi, rdi, rbp, rax, orig_rax, rip, cs, rsp, ss, .. } = registers;
        assert_eq!([rbx, rcx, rdx, rsi, rdi, rbp, rax], [1, 2, 3, 4, 5, 6, 7]);
        assert_eq!([orig_rax, rip, cs, rsp, ss], [12, 13, 14, 16, 17]);
        for size in [64, 67, 69, 72] {
            assert_eq!(X86_64::registers(&vec![0; size]), None, "{size} bytes");
        }
    }

    #[test]
    fn a_restart_code_in_eax_is_an_interrupted_call() {
        let codes =
            [(-512, Restart::Sys), (-513, Restart::NoIntr), (-514, Restart::NoHand), (-516, Restart::Block)];
        for (raw, restart) in codes {
            assert_eq!(interrupted(&out_of_read(raw)), Some(restart));
        }
        for raw in [0, 64, -4, -515, 219, 3] {
            assert_eq!(interrupted(&out_of_read(raw)), None, "{raw}");
        }
    }

    #[test]
    fn of_a_call_by_int80_in_64_bit_code_the_low_half_counts() {
        let registers = UserRegsStruct {
            orig_rax: 3,
            rax: 0xffff_fe00,
            rip: EIP_BEHIND_INT80.into(),
            cs: 0x33,
            ..UserRegsStruct::default()
        };
        assert_eq!(X86_64::interrupted_call(&registers, &read()), Some(Restart::Sys));
        let in_64_bits = SyscallView { abi: Abi::X86_64, ..read() };
        assert_eq!(X86_64::interrupted_call(&registers, &in_64_bits), None);
    }

    #[test]
    fn a_call_already_rewound_to_its_int80_is_interrupted() {
        let rewound = |eax| UserRegsStruct32 { eip: EIP_BEHIND_INT80 - 2, ..out_of_read(eax) };
        assert_eq!(interrupted(&rewound(3)), Some(Restart::NoIntr));
        // restart_syscall is 0 here; 219 is another call.
        assert_eq!(interrupted(&rewound(0)), Some(Restart::Block));
        assert_eq!(interrupted(&rewound(219)), None);
    }

    #[test]
    fn with_number_minus_one_nothing_is_restarted() {
        let skipped = UserRegsStruct32 { orig_eax: u32::MAX, ..out_of_read(-512) };
        assert_eq!(interrupted(&skipped), None);
    }

    #[test]
    fn the_frame_of_a_32_bit_handler_is_the_one_that_sa_siginfo_says() {
        let slot = |ecx, cs| {
            let registers = UserRegsStruct32 { esp: 0xffff_b000, ecx, cs, ..UserRegsStruct32::default() };
            X86_64::interrupted_result(&UserRegsStruct::from(&registers))
        };
        assert_eq!(slot(0, 0x23), ResultSlot { address: 0xffff_b000 + 52, width: 4 });
        assert_eq!(slot(0xffff_b090, 0x23), ResultSlot { address: 0xffff_b090 + 64, width: 4 });
        assert_eq!(slot(0, 0x33).width, 8);
    }
}
