//! wait4(2): status words → [`Waited`].
use crate::kernel::{Ended, KernelError, Stop, Stopped, Waited};
use crate::signal::Signal;
use crate::task::Tid;
use nix::errno::Errno;

/// Whether a wait may block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Patience {
    /// Until something happens or a signal handler has run.
    Block,
    /// Not at all.
    Poll,
}

/// Waits for any task. `Woken` stands for EINTR, and with [`Patience::Poll`] for "nothing yet".
pub(super) fn wait_any(patience: Patience) -> Result<Waited, KernelError> {
    wait(-1, patience)
}

/// Waits for one task.
pub(super) fn wait_for(tid: Tid) -> Result<Waited, KernelError> {
    wait(tid.get(), Patience::Block)
}

/// Waits for one task, if it has something to tell now; `Woken` stands for "nothing".
pub(super) fn poll_for(tid: Tid) -> Result<Waited, KernelError> {
    wait(tid.get(), Patience::Poll)
}

fn wait(whom: libc::pid_t, patience: Patience) -> Result<Waited, KernelError> {
    loop {
        let flags = if patience == Patience::Poll { libc::WNOHANG } else { 0 };
        let (tid, status) = match wait4(whom, flags) {
            Ok(Some(report)) => report,
            // With WNOHANG there is nothing to interrupt, so that EINTR says nothing about the task.
            Err(Errno::EINTR) if patience == Patience::Poll => continue,
            Ok(None) | Err(Errno::EINTR) => return Ok(Waited::Woken),
            Err(Errno::ECHILD) => return Ok(Waited::NoTask),
            Err(errno) => return Err(KernelError::Wait(errno.into())),
        };
        if let Some(waited) = classify(tid, status) {
            return Ok(waited);
        }
        log::debug!("passed over wait status {status:#x} of {tid}");
    }
}

/// Returns who has something to tell, and the status word; `None` for "nothing yet", with WNOHANG. Clone children without
/// SIGCHLD are waited for, too.
///
/// # Errors
/// As wait4(2) says: EINTR, ECHILD.
pub(super) fn wait4(whom: libc::pid_t, flags: i32) -> nix::Result<Option<(Tid, i32)>> {
    let mut status: libc::c_int = 0;
    let rusage: *mut libc::rusage = std::ptr::null_mut();
    // Not by the C library's wait4, a cancellation point (pthreads(7)): in a process with threads, as havoc is for its bell,
    // that costs some 50 ns at every stop.
    // SAFETY: status is a live, writable int; a null rusage is allowed.
    let raw = unsafe { libc::syscall(libc::SYS_wait4, whom, &raw mut status, flags | libc::__WALL, rusage) };
    Ok(Tid::new(Errno::result(raw)? as i32).map(|tid| (tid, status)))
}

/// Decodes a status word; `None` for what no version of Linux reports here (WIFCONTINUED is not asked for).
fn classify(tid: Tid, status: i32) -> Option<Waited> {
    if let Some(ended) = ended(status) {
        return Some(Waited::Ended(tid, ended));
    }
    if libc::WIFSTOPPED(status) {
        return Some(Waited::Stopped(Stopped::new(tid, Stop::from_status(status)?)));
    }
    None
}

/// Decodes the status word of a task that has ended; `None` for any other.
pub(super) fn ended(status: i32) -> Option<Ended> {
    if libc::WIFEXITED(status) {
        return Some(Ended::Exited(libc::WEXITSTATUS(status) as u8));
    }
    if libc::WIFSIGNALED(status) {
        let signal = Signal::new(libc::WTERMSIG(status))?;
        return Some(Ended::Killed { signal, core_dumped: libc::WCOREDUMP(status) });
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::NewTask;

    const TID: Tid = Tid::new(4711).expect("positive");

    fn stop(status: i32) -> Option<Waited> {
        classify(TID, status)
    }

    fn stopped(stop: Stop) -> Option<Waited> {
        Some(Waited::Stopped(Stopped::new(TID, stop)))
    }

    fn signal(raw: i32) -> Signal {
        Signal::new(raw).expect("in range")
    }

    #[test]
    fn an_exit_a_death_and_a_core_dump_are_told_apart() {
        assert_eq!(stop(0x0700), Some(Waited::Ended(TID, Ended::Exited(7))));
        let killed =
            |core_dumped| Some(Waited::Ended(TID, Ended::Killed { signal: signal(11), core_dumped }));
        assert_eq!(stop(11), killed(false));
        assert_eq!(stop(11 | 0x80), killed(true));
    }

    #[test]
    fn a_sigtrap_of_the_programs_own_is_a_signal_and_no_syscall_stop() {
        assert_eq!(stop(0x057f), stopped(Stop::Signal(Signal::TRAP)));
        assert_eq!(stop(0x857f), stopped(Stop::Syscall));
    }

    #[test]
    fn a_real_time_signal_is_a_signal() {
        assert_eq!(stop(0x407f), stopped(Stop::Signal(signal(64))));
        assert_eq!(stop(0x227f), stopped(Stop::Signal(signal(34))));
    }

    #[test]
    fn a_group_stop_is_an_event_with_a_stopping_signal() {
        assert_eq!(stop(128 << 16 | 0x137f), stopped(Stop::Group(Signal::STOP)));
        assert_eq!(stop(128 << 16 | 0x057f), stopped(Stop::Trap));
    }

    #[test]
    fn events_are_classified_and_an_unknown_one_is_kept() {
        assert_eq!(stop(1 << 16 | 0x057f), stopped(Stop::NewTask(NewTask::Fork)));
        assert_eq!(stop(2 << 16 | 0x057f), stopped(Stop::NewTask(NewTask::Vfork)));
        assert_eq!(stop(3 << 16 | 0x057f), stopped(Stop::NewTask(NewTask::Clone)));
        assert_eq!(stop(4 << 16 | 0x057f), stopped(Stop::Exec));
        assert_eq!(stop(7 << 16 | 0x057f), stopped(Stop::Seccomp));
        assert_eq!(stop(99 << 16 | 0x057f), stopped(Stop::Unknown(99)));
    }
}
