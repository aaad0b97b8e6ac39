//! Register writes, and reading them back. Which registers there are, and where, the architecture tells.
use super::ptrace::{self, NT_PRSTATUS};
use crate::kernel::{KernelError, Verified};
use crate::task::Tid;
use havoc_arch::{Arch, Location, Native, RegisterWrite, Restart, ResultSlot, SyscallView};

/// Larger than any register set a location lies in (aarch64's NT_PRSTATUS has 272 bytes).
const LARGEST_SET: usize = 512;

/// Writes each register and reads each back.
pub(super) fn write_verified(tid: Tid, writes: &[RegisterWrite]) -> Result<Verified, KernelError> {
    for write in writes {
        // A skip that is half written would give a result that nobody chose. No kernel refuses one register and takes the
        // other, but a security module or a fault injector may.
        put(tid, *write).or_else(|_| put(tid, *write)).or_else(|_| put(tid, *write))?;
    }
    for write in writes {
        let wanted = match write.at {
            Location::Set { width: 4, .. } | Location::User { width: 4, .. } => u64::from(write.value as u32),
            Location::Set { .. } | Location::User { .. } => write.value,
        };
        if get(tid, write.at)? != wanted {
            return Ok(Verified::No);
        }
    }
    Ok(Verified::Yes)
}

/// Reads one register.
pub(super) fn get(tid: Tid, at: Location) -> Result<u64, KernelError> {
    match at {
        Location::User { offset, width } => {
            let word = ptrace::peek_user(tid, offset)?;
            Ok(if width == 4 { u64::from(word as u32) } else { word })
        }
        Location::Set { note, offset, width } => {
            let mut buffer = [0; LARGEST_SET];
            ptrace::get_register_set(tid, note, &mut buffer[..offset + width])?;
            let mut word = [0; 8];
            word[..width].copy_from_slice(&buffer[offset..offset + width]);
            Ok(u64::from_le_bytes(word))
        }
    }
}

/// Writes one register.
pub(super) fn put(tid: Tid, write: RegisterWrite) -> Result<(), KernelError> {
    match write.at {
        Location::User { offset, width: 4 } => {
            let high = ptrace::peek_user(tid, offset)? >> 32 << 32;
            ptrace::poke_user(tid, offset, high | u64::from(write.value as u32))
        }
        Location::User { offset, .. } => ptrace::poke_user(tid, offset, write.value),
        Location::Set { note, offset, width } => {
            // A set is written from its start: what lies before the register is read and written back.
            let mut buffer = [0; LARGEST_SET];
            if offset > 0 {
                ptrace::get_register_set(tid, note, &mut buffer[..offset])?;
            }
            buffer[offset..offset + width].copy_from_slice(&write.value.to_le_bytes()[..width]);
            ptrace::set_register_set(tid, note, &buffer[..offset + width])
        }
    }
}

/// Returns where the interrupted context of the handler that is about to run keeps its result.
pub(super) fn interrupted_result(tid: Tid) -> Result<Option<ResultSlot>, KernelError> {
    Ok(general(tid)?.map(|registers| Native::interrupted_result(&registers)))
}

/// Tells whether the task is about to enter `entry` again.
pub(super) fn interrupted_call(tid: Tid, entry: &SyscallView) -> Result<Option<Restart>, KernelError> {
    Ok(general(tid)?.and_then(|registers| Native::interrupted_call(&registers, entry)))
}

fn general(tid: Tid) -> Result<Option<<Native as Arch>::Registers>, KernelError> {
    let mut buffer = [0; LARGEST_SET];
    let length = ptrace::get_register_set(tid, NT_PRSTATUS, &mut buffer)?;
    Ok(Native::registers(&buffer[..length.min(LARGEST_SET)]))
}
