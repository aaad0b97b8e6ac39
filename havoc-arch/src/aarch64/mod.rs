//! 64-bit Arm.
mod regs;

use crate::{Abi, Arch, Location, RegisterWrite, Restart, SyscallView};
pub use regs::UserPtRegs;

/// 64-bit Arm. `x0` is the first argument and the result; the number is written through NT_ARM_SYSTEM_CALL, since
/// the kernel does not look at `x8` again; after a skip `x0` is the caller's old `x0`, so a result is always written.
#[derive(Clone, Copy, Debug)]
pub struct Aarch64;

/// NT_PRSTATUS, include/uapi/linux/elf.h.
const NT_PRSTATUS: u32 = 1;
/// NT_ARM_SYSTEM_CALL, include/uapi/linux/elf.h; a 4-byte int. Since Linux 3.19.
const NT_ARM_SYSTEM_CALL: u32 = 0x404;

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

    fn set_result(result: i64) -> RegisterWrite {
        x(0, result as u64)
    }

    fn set_argument(index: usize, value: u64) -> RegisterWrite {
        x(index, value)
    }

    fn interrupted_call(registers: &UserPtRegs, entry: &SyscallView) -> Option<Restart> {
        // arch/arm64/kernel/signal.c, do_signal: before the signal stop the kernel has already put back x0 and
        // rewound pc to the svc instruction, whatever the restart code was.
        let at_the_call = registers.pc.wrapping_add(4) == entry.instruction_pointer;
        let same_call = registers.regs[..6] == entry.args && registers.regs[8] == u64::from(entry.number);
        (at_the_call && same_call).then_some(Restart::Sys)
    }
}
