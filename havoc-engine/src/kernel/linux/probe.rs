//! Does this kernel keep the number and the result that are written at a seccomp stop? A child proves it, every time
//! that havoc starts: with an outer filter, a container's, other orders of stops are known to lose them, and then the
//! program would be told something else than the log says.
use super::memory::Memory;
use super::{install, ptrace, registers, wait};
use crate::filter::{self, Instruction, Leaf, Policy, StopBy};
use crate::kernel::{Ended, KernelError, Stop, SyscallInfo, Waited};
use crate::task::Tid;
use havoc_arch::{Arch, Native, names};
use nix::fcntl::OFlag;
use std::cell::Cell;
use std::io::Write;
use std::os::fd::AsRawFd;

/// A result that no getppid gives: process ids end at 2^22 (include/linux/threads.h, PID_MAX_LIMIT).
const RESULT: i64 = 0x0123_4567_89ab;

/// Whether a skipped call gives the result that was set at its seccomp stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Skipping {
    /// One stop is enough.
    Kept,
    /// The result must be written again at the exit stop.
    Lost,
    /// The probe itself could not be made; what stands in the way will be met, and told, at the spawn.
    Unknown,
}

/// What the child has shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shown {
    /// Whether one stop is enough.
    pub skipping: Skipping,
    /// Whether there is PTRACE_SET_SYSCALL_INFO.
    pub set_syscall_info: bool,
}

/// Asks the kernel, and lets `memory` find its way. To be called before the program is spawned, with no other child to be
/// waited for.
pub(super) fn ask(memory: &Memory) -> Shown {
    let set_syscall_info = Cell::new(false);
    let skipped = skip_in_child(|tid| {
        set_syscall_info.set(ptrace::has_set_syscall_info(tid));
        if let SyscallInfo::Seccomp(call) = ptrace::syscall_info(tid)? {
            // What is refused here is refused for the program too.
            let _ = memory.read(tid, call.stack_pointer, &mut [0]);
        }
        registers::write_verified(tid, &Native::skip(RESULT)).map(drop)
    });
    let skipping = match skipped {
        Ok(Some(true)) => Skipping::Kept,
        Ok(Some(false)) => Skipping::Lost,
        Ok(None) => Skipping::Unknown,
        Err(error) => {
            log::debug!("probe for skipped calls: {error}");
            Skipping::Unknown
        }
    };
    Shown { skipping, set_syscall_info: set_syscall_info.get() }
}

/// Runs a child that calls getppid under a filter that traces it, lets `skip` write at the stop, and tells whether the
/// child got [`RESULT`]; `None` if there could be no child.
fn skip_in_child(skip: impl Fn(Tid) -> Result<(), KernelError>) -> Result<Option<bool>, KernelError> {
    let Some(program) = getppid_filter() else { return Ok(None) };
    let Ok((go_read, go_write)) = nix::unistd::pipe2(OFlag::O_CLOEXEC) else { return Ok(None) };
    // SAFETY: the child calls only async-signal-safe functions (see child) and leaves by _exit.
    let forked = unsafe { libc::fork() };
    if forked == 0 {
        child(&program, go_read.as_raw_fd(), go_write.as_raw_fd());
    }
    // A −1 must go no further.
    let Some(tid) = Tid::new(forked) else { return Ok(None) };
    drop(go_read);
    let mut go = std::fs::File::from(go_write);
    let seized = ptrace::seize(tid);
    if seized.is_ok() {
        let _ = go.write_all(b"!");
    }
    // Without its byte the child ends by itself.
    drop(go);
    let kept = attend(tid, skip)?;
    seized.map(|()| Some(kept))
}

/// Sees the child through to its end. The child cannot block: it makes three calls.
fn attend(tid: Tid, skip: impl Fn(Tid) -> Result<(), KernelError>) -> Result<bool, KernelError> {
    loop {
        match wait::wait_for(tid)? {
            Waited::Ended(_, ended) => return Ok(ended == Ended::Exited(0)),
            Waited::Stopped(stopped) => {
                if stopped.stop() == Stop::Seccomp {
                    skip(tid)?;
                }
                stopped.ended();
                ptrace::cont(tid, None)?;
            }
            Waited::Woken => {}
            Waited::NoTask => return Ok(false),
        }
    }
}

fn getppid_filter() -> Option<Vec<Instruction>> {
    let mut policy = Policy::default();
    let number = names::number_of(Native::ABI, "getppid")?;
    policy.leaves.entry(Native::ABI).or_default().insert(number, Leaf::Trace);
    filter::compile(&policy, Native::ABI, StopBy::Trace).ok()
}

fn child(program: &[Instruction], go: i32, unwanted: i32) -> ! {
    let mut byte = 0_u8;
    // SAFETY: close takes a number.
    unsafe { libc::close(unwanted) };
    // SAFETY: byte is live and writable, one byte long.
    let count = unsafe { libc::read(go, (&raw mut byte).cast(), 1) };
    let mut status = 1;
    if count == 1 && install::install(program).is_ok() {
        // SAFETY: getppid takes nothing and returns a number.
        let result = unsafe { libc::syscall(libc::SYS_getppid) };
        status = i32::from(result != RESULT);
    }
    // SAFETY: _exit takes a number and runs nothing of Rust's or the C library's.
    unsafe { libc::_exit(status) }
}

/// The same writes through PTRACE_SETREGSET alone: the second path, which the first is tested against.
#[cfg(test)]
fn write_by_set(tid: Tid, writes: &[havoc_arch::RegisterWrite]) -> Result<(), KernelError> {
    use havoc_arch::Location;
    const NT_PRSTATUS: u32 = 1;
    for write in writes {
        let at = match write.at {
            Location::User { offset, width } => Location::Set { note: NT_PRSTATUS, offset, width },
            at @ Location::Set { .. } => at,
        };
        registers::put(tid, havoc_arch::RegisterWrite { at, value: write.value })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_kernel_keeps_what_is_written_at_a_seccomp_stop() {
        assert_eq!(ask(&Memory::new()).skipping, Skipping::Kept);
    }

    #[test]
    fn a_register_set_does_what_single_registers_do() {
        let kept = skip_in_child(|tid| write_by_set(tid, &Native::skip(RESULT)));
        assert!(matches!(kept, Ok(Some(true))), "{kept:?}");
    }

    #[test]
    fn both_paths_leave_the_same_registers() {
        let kept = skip_in_child(|tid| {
            let at = Native::skip(RESULT).map(|write| write.at);
            let read = || at.map(|at| registers::get(tid, at).expect("a stopped child"));
            write_by_set(tid, &Native::skip(RESULT))?;
            let by_set = read();
            registers::write_verified(tid, &Native::skip(-38))?;
            assert_ne!(read(), by_set);
            registers::write_verified(tid, &Native::skip(RESULT))?;
            assert_eq!(read(), by_set);
            Ok(())
        });
        assert!(matches!(kept, Ok(Some(true))), "{kept:?}");
    }

    #[test]
    fn a_call_that_is_not_skipped_is_told_from_one_that_is() {
        assert!(matches!(skip_in_child(|_| Ok(())), Ok(Some(false))));
    }
}
