//! Signals on their way to the program, and group-stops.
use super::Session;
use crate::kernel::{Kernel, KernelError, Resume, Stopped};
use crate::record::What;
use crate::signal::Signal;
use crate::task::Tid;

/// `si_code` of a signal that the kernel, here the terminal, sent. include/uapi/asm-generic/siginfo.h.
const SI_KERNEL: i32 = 0x80;

impl<K: Kernel> Session<'_, K> {
    /// Signal-delivery-stop: every signal goes on to the program as it came. The siginfo stays the kernel's own, so
    /// payloads and order are kept.
    pub(super) fn signal_stop(&mut self, stopped: &Stopped, signal: Signal) -> Result<Resume, KernelError> {
        let tid = stopped.tid();
        if signal == Signal::TRAP && self.tracees.take_step(tid) {
            return self.in_handler(stopped);
        }
        self.note_interruption(stopped)?;
        self.drop_handled(tid, signal);
        let is_roots_stop = self.control.is_root(tid) && signal.stops();
        let by_rule = self.disown(stopped, signal)?;
        let is_logged = self.logs_signal(tid, signal);
        if (is_logged || is_roots_stop) && !self.tracees.is_starting(tid) {
            let info = self.kernel.signal_info(stopped)?;
            if is_roots_stop {
                let sender = info.sender.and_then(|(sender, _)| Tid::new(sender));
                let own = sender.is_some_and(|sender| self.tracees.knows(sender));
                self.control.note_stop_signal(!by_rule && (own || info.code == SI_KERNEL));
            }
            if is_logged {
                self.event(tid, What::Signal(info));
            }
        }
        if self.awaits_handler(tid) && self.kernel.catches(tid, signal) {
            self.tracees.step(tid);
            return Ok(Resume::DeliverAndStep(signal));
        }
        Ok(Resume::Deliver(signal))
    }

    /// A signal that a rule has sent looks as if the kernel had: nobody else has anything to do with it. Tells whether
    /// this is one.
    fn disown(&mut self, stopped: &Stopped, signal: Signal) -> Result<bool, KernelError> {
        let Some(tracee) = self.tracees.get(stopped.tid()) else { return Ok(false) };
        let Some(place) = tracee.signals.iter().position(|sent| *sent == signal) else { return Ok(false) };
        let is_ours = self.kernel.disown_signal(stopped)?;
        if is_ours && let Some(tracee) = self.tracees.get(stopped.tid()) {
            tracee.signals.remove(place);
        }
        Ok(is_ours)
    }

    /// The handler is about to run: its frame tells whether it ends the call that it interrupted.
    fn in_handler(&mut self, stopped: &Stopped) -> Result<Resume, KernelError> {
        if self.kernel.handler_ends_call(stopped)? {
            self.drop_ended(stopped.tid());
        } else if let Some(call) =
            self.tracees.get(stopped.tid()).and_then(|tracee| tracee.interrupted.last_mut())
        {
            call.in_handler = true;
        }
        Ok(Resume::Run)
    }

    /// Group-stop: the task stays stopped until SIGCONT, as it would without us. ptrace(2), "Group-stop".
    pub(super) fn group_stop(&mut self, stopped: &Stopped, signal: Signal) -> Result<Resume, KernelError> {
        self.note_interruption(stopped)?;
        let tid = stopped.tid();
        if self.logs_signal(tid, signal) && !self.tracees.is_starting(tid) {
            self.event(tid, What::GroupStop(signal));
        }
        // Job control: the shell waits for havoc, so havoc stops as its program did. SIGSTOP is somebody's who means the
        // program alone.
        if self.control.is_root(tid) && signal != Signal::STOP {
            // Whose signal it was, only its delivery tells.
            if !self.kernel.reports_tasks() {
                self.control.note_stop_signal(true);
            }
            let now = self.kernel.now();
            self.control.root_stopped(now);
        }
        Ok(Resume::Listen)
    }
}
