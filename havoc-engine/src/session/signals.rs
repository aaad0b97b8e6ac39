//! Signals on their way to the program, and group-stops.
use super::Session;
use crate::kernel::{Kernel, KernelError, Resume, Stopped};
use crate::record::What;
use crate::signal::Signal;

impl<K: Kernel> Session<'_, K> {
    /// Signal-delivery-stop: every signal goes on to the program as it came. The siginfo stays the kernel's own, so
    /// payloads and order are kept.
    pub(super) fn signal_stop(&mut self, stopped: &Stopped, signal: Signal) -> Result<Resume, KernelError> {
        self.note_interruption(stopped)?;
        self.drop_handled(stopped.tid(), signal);
        if self.config.logs_results() && !self.tracees.is_starting(stopped.tid()) {
            let info = self.kernel.signal_info(stopped)?;
            self.event(stopped.tid(), What::Signal(info));
        }
        Ok(Resume::Deliver(signal))
    }

    /// Group-stop: the task stays stopped until SIGCONT, as it would without us. ptrace(2), "Group-stop".
    pub(super) fn group_stop(&mut self, stopped: &Stopped, signal: Signal) -> Result<Resume, KernelError> {
        self.note_interruption(stopped)?;
        let tid = stopped.tid();
        if self.config.logs_results() && !self.tracees.is_starting(tid) {
            self.event(tid, What::GroupStop(signal));
        }
        // Job control: the shell waits for havoc, so havoc stops as its program did. SIGSTOP is somebody's who means the
        // program alone.
        if self.control.is_root(tid) && signal != Signal::STOP {
            self.control.wish_to_stop();
        }
        Ok(Resume::Listen)
    }
}
