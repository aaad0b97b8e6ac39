//! Calls that a signal interrupted. The kernel enters such a call again, with the same registers or as
//! `restart_syscall`: it is one logical call, so it is counted, and faulted, once.
use super::Session;
use super::tell::name_of;
use crate::kernel::{Kernel, KernelError, Stopped};
use crate::matcher::Verdict;
use crate::plan::{At, Span};
use crate::record::What;
use crate::signal::Signal;
use crate::task::Tid;
use havoc_arch::{Restart, SyscallView, names};

/// A call that a rule counted and that was resumed without an exit stop.
#[derive(Clone, Debug)]
pub(super) struct Counted {
    /// As it was entered last: `restart_syscall`, perhaps. The registers tell of this one.
    pub(super) entry: SyscallView,
    /// As the program made it.
    pub(super) view: SyscallView,
    pub(super) verdict: Verdict,
}

/// A call that may be entered again.
#[derive(Clone, Debug)]
pub(super) struct Interrupted {
    /// As the program made it.
    pub(super) view: SyscallView,
    pub(super) verdict: Verdict,
    pub(super) restart: Restart,
    /// Its handler has begun, so that it will be entered again: other handlers do not concern it.
    pub(super) in_handler: bool,
}

/// More than handlers are nested in any sane program; the oldest is forgotten beyond.
const DEEPEST: usize = 16;

impl Interrupted {
    /// Tells whether `entry` is this call again.
    fn is_entered_again_by(&self, entry: &SyscallView) -> bool {
        let same_place = self.view.instruction_pointer == entry.instruction_pointer
            && self.view.stack_pointer == entry.stack_pointer
            && self.view.abi == entry.abi;
        let as_restart_syscall = self.restart == Restart::Block
            && names::number_of(entry.abi, "restart_syscall") == Some(entry.number);
        same_place && (as_restart_syscall || self.view.is_reentered_by(entry))
    }

    /// Tells whether a handler that runs now ends the call with EINTR. ERESTARTSYS depends on the handler's SA_RESTART,
    /// which nobody outside can see before its frame is there.
    fn ends_when_handled(&self) -> bool {
        matches!(self.restart, Restart::NoHand | Restart::Block)
    }
}

impl<K: Kernel> Session<'_, K> {
    /// Notes that the task was interrupted in a call.
    pub(super) fn interrupted(&mut self, tid: Tid, call: Interrupted) {
        let Some(tracee) = self.tracees.get(tid) else { return };
        if tracee.interrupted.len() == DEEPEST {
            tracee.interrupted.remove(0);
        }
        tracee.interrupted.push(call);
    }

    /// At a signal or group stop: a counted call that was resumed without an exit stop shows here, and only here, that it
    /// was interrupted.
    pub(super) fn note_interruption(&mut self, stopped: &Stopped) -> Result<(), KernelError> {
        let tid = stopped.tid();
        let Some(Counted { entry, view, verdict }) =
            self.tracees.get(tid).and_then(|tracee| tracee.counted.clone())
        else {
            return Ok(());
        };
        if let Some(restart) = self.kernel.interrupted_call(stopped, &entry)? {
            if let Some(tracee) = self.tracees.get(tid) {
                tracee.counted = None;
            }
            self.interrupted(tid, Interrupted { view, verdict, restart, in_handler: false });
        }
        Ok(())
    }

    /// A signal with a handler is delivered: calls that it surely ends are ended.
    pub(super) fn drop_handled(&mut self, tid: Tid, signal: Signal) {
        let waits = self
            .tracees
            .get(tid)
            .is_some_and(|tracee| tracee.interrupted.last().is_some_and(Interrupted::ends_when_handled));
        if waits && self.kernel.catches(tid, signal) {
            let dropped = self.tracees.get(tid).and_then(|tracee| tracee.interrupted.pop());
            self.note_dropped(tid, dropped);
        }
    }

    /// Tells whether only the frame of the handler will tell what becomes of the interrupted call.
    pub(super) fn awaits_handler(&mut self, tid: Tid) -> bool {
        self.tracees
            .get(tid)
            .and_then(|tracee| tracee.interrupted.last())
            .is_some_and(|call| call.restart == Restart::Sys && !call.in_handler)
    }

    /// The handler that runs now ends the call that it interrupted.
    pub(super) fn drop_ended(&mut self, tid: Tid) {
        let dropped = self.tracees.get(tid).and_then(|tracee| tracee.interrupted.pop());
        self.note_dropped(tid, dropped);
    }

    /// At a named call: returns the logical call that is entered again, if it is one.
    pub(super) fn entered_again(&mut self, tid: Tid, entry: &SyscallView) -> Option<Interrupted> {
        let tracee = self.tracees.get(tid)?;
        tracee.counted = None;
        if tracee.interrupted.is_empty() {
            return None;
        }
        let mut dropped = Vec::new();
        let mut again = None;
        while let Some(last) = tracee.interrupted.last() {
            if last.is_entered_again_by(entry) {
                again = tracee.interrupted.pop();
                break;
            }
            // A handler runs deeper on the stack than what it interrupted; above it, the interrupted call is over. (On an
            // alternate stack this cannot be told; then it is kept until it is entered again or forgotten.)
            if entry.stack_pointer < last.view.stack_pointer {
                break;
            }
            dropped.extend(tracee.interrupted.pop());
        }
        for call in dropped {
            self.note_dropped(tid, Some(call));
        }
        again
    }

    fn note_dropped(&mut self, tid: Tid, dropped: Option<Interrupted>) {
        let Some(Interrupted { view, verdict, .. }) = dropped else { return };
        let call = name_of(&view);
        if let Some(injection) = verdict.injection {
            let rule = &self.matcher.rules()[injection.rule];
            let action = &rule.action;
            let waited = match action.at {
                At::After if action.kill => Some("kill after"),
                At::After => Some("after"),
                At::Instead if !action.poke_exit.is_empty() => Some("poke_exit"),
                At::Instead => None,
            };
            if let Some(what) = waited {
                let name = &rule.name;
                let text =
                    format!("{call}: a signal handler ended it with EINTR, so ({name} {what}) is dropped");
                self.event(tid, What::Note(text));
            }
        }
        // There is no line of its end that could tell what was done to it at its beginning.
        for rule in verdict.sides {
            let rule = &self.matcher.rules()[rule];
            let mut done = Vec::new();
            done.extend(rule.action.delay_enter.map(|delay| format!("delay_enter {}", Span(delay))));
            done.extend(rule.action.signal.map(|signal| format!("signal {signal}")));
            if !done.is_empty() {
                let (name, done) = (&rule.name, done.join(", "));
                let text = format!("{call}: a signal handler ended it with EINTR, after ({name} {done})");
                self.event(tid, What::Note(text));
            }
        }
    }
}
