//! 64-bit x86.
mod regs;

use crate::{Abi, Arch, Location, RegisterWrite, Restart, Returned, SyscallView};
pub use regs::UserRegsStruct;

/// 64-bit x86. A skipped call has number −1 in `orig_rax`, and its result in `rax`.
#[derive(Clone, Copy, Debug)]
pub struct X86_64;

const fn user(offset: usize, value: u64) -> RegisterWrite {
    RegisterWrite { at: Location::User { offset }, value }
}

impl Arch for X86_64 {
    const ABI: Abi = Abi::X86_64;
    type Registers = UserRegsStruct;
    const REGISTERS_SIZE: usize = size_of::<UserRegsStruct>();

    fn registers(bytes: &[u8]) -> Option<UserRegsStruct> {
        UserRegsStruct::from_bytes(bytes)
    }

    fn skip(result: i64) -> [RegisterWrite; 2] {
        // All 64 bits: in a 64-bit write 0xffff_ffff is not −1.
        [user(regs::ORIG_RAX, u64::MAX), user(regs::RAX, result as u64)]
    }

    fn set_result(result: i64) -> RegisterWrite {
        user(regs::RAX, result as u64)
    }

    fn set_argument(index: usize, value: u64) -> RegisterWrite {
        user(regs::ARGUMENTS[index], value)
    }

    fn interrupted_call(registers: &UserRegsStruct, entry: &SyscallView) -> Option<Restart> {
        // arch/x86/kernel/signal.c, syscall_get_nr: a task outside a call has orig_rax = −1.
        if registers.orig_rax as i64 != i64::from(entry.number) {
            return None;
        }
        match Returned::from_raw(registers.rax as i64) {
            Returned::Restart(restart) => Some(restart),
            Returned::Value(_) | Returned::Error(_) => None,
        }
    }
}
