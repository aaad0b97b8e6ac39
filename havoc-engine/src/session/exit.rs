//! A call is over: act after it, read back, record.
use super::Session;
use super::held::Next;
use super::look::TaskLook;
use super::restart::Interrupted;
use super::tell::{Acted, Told, name_of};
use super::tracee::{Call, Safeguard, Undo};
use crate::kernel::{Ended, Kernel, KernelError, Resume, Stopped, SyscallInfo, Verified};
use crate::matcher::Injection;
use crate::plan::At;
use crate::record::{What, decode};
use crate::task::Tid;
use havoc_arch::{Returned, SyscallView};

impl<K: Kernel> Session<'_, K> {
    /// A syscall-entry- or syscall-exit-stop.
    pub(super) fn syscall_stop(&mut self, stopped: &Stopped) -> Result<Next, KernelError> {
        let raw = match self.kernel.syscall_info(stopped)? {
            SyscallInfo::Exit(raw) => raw,
            // An entry is not awaited: its seccomp stop follows if the call is named. Back on PTRACE_CONT now, or a
            // named call would cost three stops.
            SyscallInfo::Entry(_) | SyscallInfo::Seccomp(_) | SyscallInfo::None => {
                self.leave_unfinished(stopped.tid());
                return Ok(Next::Go(Resume::Run));
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
                return Ok(Next::Go(Resume::Run));
            }
            return self.call_over(stopped, call, raw);
        }
        Ok(Next::Go(Resume::Run))
    }

    fn call_over(&mut self, stopped: &Stopped, mut call: Call, raw: i64) -> Result<Next, KernelError> {
        let tid = stopped.tid();
        // In the reverse order: what was changed twice is put back to what it was first.
        while let Some(undo) = call.undo.pop() {
            self.undo(stopped, &call.view, &undo);
        }
        let raw = call.view.abi.result(raw);
        let returned = Returned::from_raw(raw);
        if let Some(expected) = call.expected {
            let given = self.given_again(stopped, raw, expected)?;
            let delay = self.delay_behind(&call.verdict);
            let verified = given == expected;
            let told = match call.verdict.injection {
                Some(injection) => self.skipped(tid, &mut call, injection, given, verified),
                None => self.denial(tid, &mut call, given, verified),
            };
            return Ok(Next::told(delay, told));
        }
        if let Returned::Restart(restart) = returned {
            let (view, verdict) = (call.view, call.verdict.clone());
            self.interrupted(tid, Interrupted { view, verdict, restart, in_handler: false });
            // Not an end: the restarted call is the one that is counted and recorded as injected.
            self.interrupted_line(tid, call, returned);
            return Ok(Next::Go(Resume::Run));
        }
        if call.safeguard == Some(Safeguard::Traced) && matches!(returned, Returned::Value(_)) {
            self.blind.untraced_clones += 1;
        }
        if let Some(attempt) = call.attempt {
            self.attempted(tid, attempt, returned);
        }
        self.judge_late(tid, &mut call, raw);
        let told = match call.verdict.injection {
            None => {
                let acted = call.safeguard.map(|_| Acted::by_havoc(None, true));
                self.ended_call(tid, &mut call, returned, acted)
            }
            Some(injection) => {
                let action = &self.matcher.rules()[injection.rule].action;
                if action.kill && action.at == At::After {
                    call.effect.moved(raw);
                    self.crashes(tid, call, &injection, "kill after the call", Some(returned));
                    return Ok(Next::Crash);
                }
                self.act_after(stopped, &mut call, &injection, raw)?
            }
        };
        Ok(Next::told(self.delay_behind(&call.verdict), told))
    }

    /// Asks the rules that only the result can judge.
    fn judge_late(&mut self, tid: Tid, call: &mut Call, raw: i64) {
        if call.verdict.late.is_empty() {
            return;
        }
        let Call { view, verdict, .. } = &*call;
        let late = self.ask(tid, view, |matcher, facts, moment| {
            matcher.decide_late(view, raw, &verdict.late, facts, moment)
        });
        let early = call.verdict.injection.map(|injection| injection.rule);
        let is_begun = early.is_some_and(|rule| self.matcher.rules()[rule].action.changes());
        let (sides, picked) = (late.sides.clone(), late.injection.map(|injection| injection.rule));
        call.is_logged |= late.log || late.injection.is_some() || !late.sides.is_empty();
        call.verdict.add_late(late, is_begun);
        let decides = call.verdict.injection.map(|injection| injection.rule);
        self.side_effects(tid, &sides, decides);
        if let (Some(early), Some(late), Some(decides)) = (early, picked, decides) {
            self.matcher.decided(if decides == early { late } else { early }, decides);
        }
        // A rule that decides no more has its delay and its signal all the same.
        if let Some(early) =
            early.filter(|early| decides != Some(*early) && call.verdict.sides.contains(early))
        {
            self.matcher.tally(early).injected += 1;
        }
    }

    /// Does what a rule does when the call has been executed, and records it. Returns what the task is yet to be told.
    fn act_after(
        &mut self,
        stopped: &Stopped,
        call: &mut Call,
        injection: &Injection,
        raw: i64,
    ) -> Result<Option<Told>, KernelError> {
        let tid = stopped.tid();
        let returned = Returned::from_raw(raw);
        let rules = self.matcher.shared_rules();
        let action = &rules[injection.rule].action;
        let manner = if action.syscall.is_some() { "instead" } else { "after" };
        call.effect.moved(raw);
        if let Some(corrupt) = action.corrupt {
            let moved = match returned {
                Returned::Value(moved) => u64::try_from(moved).unwrap_or(0),
                Returned::Error(_) | Returned::Restart(_) => 0,
            };
            if let Some(done) = self.corrupt_read(tid, call, injection, corrupt, moved) {
                call.effect.add(done);
            }
        }
        self.poke(tid, call, &action.poke_exit);
        let Some(told) = injection.result.filter(|_| action.gives.is_some()) else {
            let acted = self.acted(injection, call, None, None, true);
            return Ok(self.ended_call(tid, call, returned, acted));
        };
        let told = call.view.abi.result(told.to_raw());
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
        let mut acted = self.acted(injection, call, Some(manner), Some(returned), verified);
        if let Returned::Value(descriptor) = returned
            && let Some(acted) = &mut acted
            && manner == "after"
            && crate::signature::of_call(call.view.abi, call.view.number)
                .is_some_and(|signature| signature.result == crate::signature::ResultKind::Fd)
        {
            acted.left_open = Some(descriptor);
        }
        Ok(self.ended_call(tid, call, Returned::from_raw(told), acted))
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
    fn interrupted_line(&mut self, tid: Tid, mut call: Call, returned: Returned) {
        let Some(mut arguments) = call.arguments.take().filter(|_| call.is_logged) else { return };
        let result = self.result(tid, &call.view, returned);
        decode::at_exit(
            &mut arguments,
            &call.view,
            returned,
            &TaskLook::new(&mut *self.kernel, tid, self.config.style),
        );
        call.verdict.sides.clear();
        call.effect.left.clear();
        let record = self.record(&call, arguments, Some(result), None);
        self.line(tid, record, Some(returned));
    }

    fn undo(&mut self, stopped: &Stopped, view: &SyscallView, undo: &Undo) {
        let result = match undo {
            Undo::Argument { index, value } => self
                .kernel
                .restore_argument(stopped, view.abi, *index, *value)
                .map_err(|error| error.to_string()),
            Undo::Memory { address, bytes } => self
                .kernel
                .write_memory(stopped.tid(), *address, bytes)
                .map(drop)
                .map_err(|error| error.to_string()),
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
        self.thaw(tid);
        self.drop_held(tid);
        self.matcher.forget(tid);
        let was_root = self.control.is_root(tid);
        let never_began = self.tracees.is_starting(tid);
        let logged = self.logs_end(tid, ended);
        if let Some(mut call) = self.tracees.take_call(tid)
            && !never_began
        {
            self.died_in(tid, &mut call);
        }
        if self.tracees.remove(tid).is_some_and(|tracee| tracee.adopted) {
            self.tracees.ended_early(tid, None);
        }
        self.kernel.forget(tid);
        if never_began {
            self.control.never_began();
        } else {
            self.event(tid, What::Ended { ended, logged });
        }
        if was_root {
            self.root_ended(ended);
        }
        self.adopt_orphans();
        self.strike_if_ready();
    }

    /// No task is left to wait for. A thread that is killed in its exec ends under the id of its leader, which it has
    /// taken, and under its own no end is ever reported (ptrace(2), "execve(2) under ptrace").
    pub(super) fn all_are_gone(&mut self) {
        for tid in self.tracees.tids() {
            log::debug!("{tid} has ended under another id");
            if let Some(stopped) = self.tracees.unpark(tid) {
                stopped.ended();
            }
            self.thaw(tid);
            self.drop_held(tid);
            if let Some(mut call) = self.tracees.take_call(tid) {
                self.died_in(tid, &mut call);
            }
            self.tracees.remove(tid);
            self.kernel.forget(tid);
        }
        self.crash = None;
    }

    /// The task is known to be in another call than the one whose exit was awaited: that exit could not be looked at.
    pub(super) fn leave_unfinished(&mut self, tid: Tid) {
        if !self.tracees.is_starting(tid)
            && let Some(mut call) = self.tracees.take_call(tid)
        {
            log::debug!("the end of {} in {tid} was not seen", name_of(&call.view));
            self.died_in(tid, &mut call);
        }
    }

    /// Records a call that its task did not come out of.
    pub(super) fn died_in(&mut self, tid: Tid, call: &mut Call) {
        let Some(arguments) = call.arguments.take().filter(|_| call.is_logged) else { return };
        let record = self.record(call, arguments, None, None);
        self.line(tid, record, None);
    }
}
