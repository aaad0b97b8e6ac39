//! The signal at its parent's death (PR_SET_PDEATHSIG), by which the root process is tied to the guard where nothing traces it.
//! The program sees what it would see without: none, until it asks for one of its own, which then takes the tie's place.
use super::Session;
use super::sentinel::Found;
use crate::kernel::{Kernel, KernelError, Stopped};
use havoc_arch::SyscallView;

// include/uapi/linux/prctl.h.
pub(super) const PR_SET_PDEATHSIG: u32 = 1;
pub(super) const PR_GET_PDEATHSIG: u32 = 2;

/// The greatest signal number; with a greater one the kernel changes nothing.
const LAST_SIGNAL: u64 = 64;

impl<K: Kernel> Session<'_, K> {
    /// Answers the root process, which is asking for that signal or sets it. Other tasks have none but their own: prctl(2).
    pub(super) fn death_signal(
        &mut self,
        stopped: &Stopped,
        view: &SyscallView,
    ) -> Result<Found, KernelError> {
        let tid = stopped.tid();
        let is_tied = !self.kernel.reports_tasks() && self.control.is_root(tid);
        if !is_tied || self.control.has_own_death_signal {
            return Ok(Found::Nothing);
        }
        let [request, argument, ..] = view.args;
        if request as u32 == PR_SET_PDEATHSIG {
            self.control.has_own_death_signal = argument <= LAST_SIGNAL;
        } else if matches!(self.kernel.write_memory(tid, argument, &0_i32.to_ne_bytes()), Ok(4)) {
            let done = self.kernel.skip(stopped, 0).map(drop);
            self.is_done(done)?;
        }
        Ok(Found::Nothing)
    }
}
