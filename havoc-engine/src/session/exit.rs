//! A call is over: act after it, read back, record.
use super::Session;
use super::entry::name_of;
use super::look::TaskLook;
use super::restart::Interrupted;
use super::tracee::{Call, Undo};
use crate::kernel::{Ended, Kernel, KernelError, Resume, Stopped, SyscallInfo, Verified};
use crate::plan::At;
use crate::record::{CallRecord, Token, What, decode};
use crate::task::Tid;
use havoc_arch::{Returned, SyscallView};

impl<K: Kernel> Session<'_, K> {
    /// A syscall-entry- or syscall-exit-stop.
    pub(super) fn syscall_stop(&mut self, stopped: &Stopped) -> Result<Resume, KernelError> {
        let raw = match self.kernel.syscall_info(stopped)? {
            SyscallInfo::Exit(raw) => raw,
            // An entry is not awaited: its seccomp stop follows if the call is named. Back on PTRACE_CONT now, or a
            // named call would cost three stops.
            SyscallInfo::Entry(_) | SyscallInfo::Seccomp(_) | SyscallInfo::None => {
                self.leave_unfinished(stopped.tid());
                return Ok(Resume::Run);
            }
        };
        let tid = stopped.tid();
        let starting = self.tracees.is_starting(tid);
        if let Some(call) = self.tracees.take_call(tid) {
            match call.named {
                true => self.count(&call.view).stops += 1,
                false => self.sentinel_stops += 1,
            }
            if starting {
                // The execve of havoc's own child has failed; the spawn tells.
                return Ok(Resume::Run);
            }
            self.call_over(stopped, *call, raw)?;
        }
        Ok(Resume::Run)
    }

    fn call_over(&mut self, stopped: &Stopped, call: Call, raw: i64) -> Result<(), KernelError> {
        let tid = stopped.tid();
        if let Some(undo) = &call.undo {
            self.undo(stopped, &call.view, undo);
        }
        let raw = call.view.abi.result(raw);
        let returned = Returned::from_raw(raw);
        if let Some(expected) = call.expected {
            let Some(injection) = call.verdict.injection else { return Ok(()) };
            let given = self.given_again(stopped, raw, expected)?;
            self.skipped(tid, call, injection, given, given == expected);
            return Ok(());
        }
        if let Returned::Restart(restart) = returned {
            let (view, verdict) = (call.view, call.verdict.clone());
            self.interrupted(tid, Interrupted { view, verdict, restart, in_handler: false });
            // Not an end: the restarted call is the one that is counted and recorded as injected.
            let tokens = self.result(tid, &call.view, returned);
            self.interrupted_line(tid, call, returned, tokens);
            return Ok(());
        }
        let Some(injection) = call.verdict.injection.filter(|injection| injection.at == At::After) else {
            let tokens = self.result(tid, &call.view, returned);
            self.ended_call(tid, call, returned, tokens, None);
            return Ok(());
        };
        let told = call.view.abi.result(injection.outcome.to_raw());
        let kernel_returned = self.result(tid, &call.view, returned);
        let (told, verified) = match self.kernel.set_result(stopped, told) {
            Ok(verified) => (told, verified == Verified::Yes),
            Err(error @ KernelError::Vanished(_)) => {
                self.died_in(tid, call);
                return Err(error);
            }
            Err(error) => {
                log::warn!("replace a result: {error}");
                self.blind.failed_requests += 1;
                (raw, false)
            }
        };
        let mut record = self.injection_record(&injection, Some(kernel_returned), verified);
        if let Returned::Value(descriptor) = returned
            && crate::signature::of_call(call.view.abi, call.view.number)
                .is_some_and(|signature| signature.result == crate::signature::ResultKind::Fd)
        {
            record.remark = Some(format!("fd {descriptor} stays open"));
        }
        let tokens = self.result(tid, &call.view, Returned::from_raw(told));
        self.ended_call(tid, call, Returned::from_raw(told), tokens, Some(record));
        Ok(())
    }

    /// At the exit of a skipped call, which shows `raw`: returns what the program is told, `expected` if it could be
    /// written where the kernel is known to lose it. Elsewhere another result is a surprise that stays.
    fn given_again(&mut self, stopped: &Stopped, raw: i64, expected: i64) -> Result<i64, KernelError> {
        if raw == expected || self.kernel.keeps_skipped_results() {
            return Ok(raw);
        }
        match self.kernel.set_result(stopped, expected) {
            Ok(Verified::Yes) => Ok(expected),
            Err(error @ KernelError::Vanished(_)) => Err(error),
            Ok(Verified::No) => Ok(raw),
            Err(error) => {
                log::warn!("give the result of a skipped call again: {error}");
                self.blind.failed_requests += 1;
                Ok(raw)
            }
        }
    }

    /// strace shows an interrupted call with its restart code; so do we, but count it only when it ends.
    fn interrupted_line(&mut self, tid: Tid, call: Call, returned: Returned, result: Vec<Token>) {
        let Some(mut arguments) = call.arguments else { return };
        decode::at_exit(&mut arguments, &call.view, returned, &TaskLook::new(&mut *self.kernel, tid));
        let name = name_of(&call.view);
        let record =
            CallRecord { name, arguments, result: Some(result), injection: None, entered: call.entered };
        self.event(tid, What::Call(record));
    }

    fn result(&mut self, tid: Tid, view: &SyscallView, returned: Returned) -> Vec<Token> {
        decode::result(view, returned, &TaskLook::new(&mut *self.kernel, tid))
    }

    fn undo(&mut self, stopped: &Stopped, view: &SyscallView, undo: &Undo) {
        let result = match undo {
            Undo::Argument { index, value } => self
                .kernel
                .restore_argument(stopped, view.abi, *index, *value)
                .map_err(|error| error.to_string()),
            Undo::Memory { address, bytes } => {
                self.kernel.write_memory(stopped.tid(), *address, bytes).map_err(|error| error.to_string())
            }
        };
        if let Err(error) = result {
            log::debug!("put back what was changed for the call: {error}");
        }
    }

    /// A task has ended.
    pub(super) fn ended(&mut self, tid: Tid, ended: Ended) {
        if let Some(stopped) = self.tracees.unpark(tid) {
            stopped.ended();
        }
        if !self.tracees.knows(tid) {
            // An orphan that was given to us as init or subreaper, which the wait has reaped; or a child whose creator has
            // yet to report it.
            self.tracees.ended_early(tid, Some(ended));
            return;
        }
        let was_root = self.control.is_root(tid);
        let never_began = self.tracees.is_starting(tid);
        if let Some(call) = self.tracees.take_call(tid)
            && !never_began
        {
            self.died_in(tid, *call);
        }
        if self.tracees.remove(tid).is_some_and(|tracee| tracee.adopted) {
            self.tracees.ended_early(tid, None);
        }
        self.kernel.forget(tid);
        if never_began {
            self.control.never_began();
        } else if self.config.logs_results() {
            self.event(tid, What::Ended(ended));
        }
        if was_root {
            self.root_ended(ended);
        }
        self.adopt_orphans();
    }

    /// No task is left to wait for. A thread that is killed in its exec ends under the id of its leader, which it has
    /// taken, and under its own no end is ever reported (ptrace(2), "execve(2) under ptrace").
    pub(super) fn all_are_gone(&mut self) {
        for tid in self.tracees.tids() {
            log::debug!("{tid} has ended under another id");
            if let Some(stopped) = self.tracees.unpark(tid) {
                stopped.ended();
            }
            if let Some(call) = self.tracees.take_call(tid) {
                self.died_in(tid, *call);
            }
            self.tracees.remove(tid);
            self.kernel.forget(tid);
        }
    }

    /// The task is known to be in another call than the one whose exit was awaited: that exit could not be looked at.
    pub(super) fn leave_unfinished(&mut self, tid: Tid) {
        if !self.tracees.is_starting(tid)
            && let Some(call) = self.tracees.take_call(tid)
        {
            log::debug!("the end of {} in {tid} was not seen", name_of(&call.view));
            self.died_in(tid, *call);
        }
    }

    /// Records a call that its task did not come out of.
    pub(super) fn died_in(&mut self, tid: Tid, call: Call) {
        let Some(arguments) = call.arguments else { return };
        let name = name_of(&call.view);
        let record = CallRecord { name, arguments, result: None, injection: None, entered: call.entered };
        self.event(tid, What::Call(record));
    }
}
