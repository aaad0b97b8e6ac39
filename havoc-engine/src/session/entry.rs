//! A named call is entered: judge it, and act at this stop if the call is to be skipped.
use super::Session;
use super::facts::TaskFacts;
use super::look::TaskLook;
use super::restart::Counted;
use super::sentinel::Found;
use super::tracee::{Call, Phase};
use crate::kernel::{Kernel, KernelError, Resume, Stopped, SyscallInfo, Verified};
use crate::matcher::{Injection, Verdict};
use crate::plan::At;
use crate::record::{CallRecord, Event, InjectionRecord, What, decode};
use crate::task::Tid;
use havoc_arch::{Arch, Native, Returned, SyscallView, names};

impl<K: Kernel> Session<'_, K> {
    /// A seccomp stop.
    pub(super) fn named_call(&mut self, stopped: &Stopped) -> Result<Resume, KernelError> {
        let SyscallInfo::Seccomp(raw) = self.kernel.syscall_info(stopped)? else {
            return Ok(self.way_on(stopped.tid()));
        };
        let Some(view) = raw.view() else {
            self.blind.unknown_abi += 1;
            return Ok(Resume::Run);
        };
        if !Native::ABI.judged().contains(&view.abi) {
            *self.blind.unjudged.entry(view.abi).or_default() += 1;
            return Ok(Resume::Run);
        }
        match self.tracees.get(stopped.tid()).map(|tracee| &tracee.phase) {
            Some(Phase::Starting(_)) => self.call_before_the_program(stopped, view),
            _ => self.call_of_the_program(stopped, view),
        }
    }

    /// Until its execve has succeeded the child is havoc: nothing counts or is faulted, that execve is logged.
    fn call_before_the_program(
        &mut self,
        stopped: &Stopped,
        view: SyscallView,
    ) -> Result<Resume, KernelError> {
        let tid = stopped.tid();
        if view.name() != Some("execve") || !self.config.logs(view.abi, view.number) {
            return Ok(Resume::Run);
        }
        let arguments = self.decode(tid, &view);
        let call = self.call(view, Verdict::default(), arguments);
        if let Some(tracee) = self.tracees.get(tid) {
            tracee.phase = Phase::Starting(Some(Box::new(call)));
        }
        self.count(&view).began();
        Ok(Resume::ToExit)
    }

    fn call_of_the_program(&mut self, stopped: &Stopped, entry: SyscallView) -> Result<Resume, KernelError> {
        let tid = stopped.tid();
        let again = self.entered_again(tid, &entry);
        let is_new = again.is_none();
        let (view, verdict) = match again {
            Some(call) => (call.view, call.verdict),
            None => {
                let mut facts = TaskFacts::new(&mut *self.kernel, tid, &entry);
                let verdict = self.matcher.decide(&entry, &mut facts);
                (entry, verdict)
            }
        };
        let logged = self.config.logs(view.abi, view.number) || verdict.log;
        if let Some(injection) = verdict.injection.filter(|injection| injection.at == At::Instead) {
            return self.skip(stopped, view, verdict, injection);
        }
        let sentinel = self.sentinel(stopped, &entry)?;
        let named = logged || verdict.counted || self.is_ruled(&view);
        match (named, is_new) {
            (true, true) => self.count(&view).began(),
            (true, false) => self.count(&view).stops += 1,
            (false, _) => self.sentinel_stops += 1,
        }
        let undo = match sentinel {
            Found::Changed(undo) => Some(undo),
            Found::Nothing => None,
        };
        let wants_exit = logged || verdict.injection.is_some() || undo.is_some();
        if !wants_exit {
            // Whatever the rules said of it, a restart of it is not to be judged and counted again.
            if named && let Some(tracee) = self.tracees.get(tid) {
                tracee.counted = Some(Counted { entry, view, verdict });
            }
            return Ok(Resume::Run);
        }
        let wants_line = logged || verdict.injection.is_some();
        let arguments = if wants_line { self.decode(tid, &view) } else { None };
        let mut call = self.call(view, verdict, arguments);
        call.undo = undo;
        call.named = named;
        self.enter(tid, call);
        Ok(Resume::ToExit)
    }

    /// `instead`: the call is skipped and its result set, here and now.
    fn skip(
        &mut self,
        stopped: &Stopped,
        view: SyscallView,
        verdict: Verdict,
        injection: Injection,
    ) -> Result<Resume, KernelError> {
        let tid = stopped.tid();
        let arguments = self.decode(tid, &view);
        let result = view.abi.result(injection.outcome.to_raw());
        let verified = match self.kernel.skip(stopped, result) {
            Ok(verified) => verified,
            Err(error @ KernelError::Vanished(_)) => return Err(error),
            Err(error) => {
                log::warn!("skip a call: {error}");
                self.blind.failed_requests += 1;
                Verified::No
            }
        };
        self.count(&view).began();
        let mut call = self.call(view, verdict, arguments);
        if self.config.debug_verify || verified == Verified::No || !self.kernel.keeps_skipped_results() {
            // Only the exit tells what the program is really given, and there it can be given again.
            call.expected = Some(result);
            self.enter(tid, call);
            return Ok(Resume::ToExit);
        }
        self.skipped(tid, call, injection, result, true);
        Ok(Resume::Run)
    }

    /// Records a skipped call that gave `result`.
    pub(super) fn skipped(
        &mut self,
        tid: Tid,
        call: Call,
        injection: Injection,
        result: i64,
        verified: bool,
    ) {
        let record = self.injection_record(&injection, None, verified);
        let tokens =
            decode::result(&call.view, Returned::from_raw(result), &TaskLook::new(&mut *self.kernel, tid));
        self.ended_call(tid, call, Returned::from_raw(result), tokens, Some(record));
    }

    /// Counts an outcome that took place, and says so for the record.
    pub(super) fn injection_record(
        &mut self,
        injection: &Injection,
        kernel_returned: Option<Vec<crate::record::Token>>,
        verified: bool,
    ) -> InjectionRecord {
        if verified {
            self.matcher.injected(injection);
        } else {
            self.matcher.not_verified(injection);
        }
        InjectionRecord {
            rule: self.matcher.rules()[injection.rule].name.clone(),
            at: injection.at,
            kernel_returned,
            verified,
            remark: None,
        }
    }

    /// Counts and records a call that has ended.
    pub(super) fn ended_call(
        &mut self,
        tid: Tid,
        call: Call,
        returned: Returned,
        result: Vec<crate::record::Token>,
        injection: Option<InjectionRecord>,
    ) {
        if !call.named {
            return;
        }
        let stats = self.count(&call.view);
        stats.errors += u64::from(matches!(returned, Returned::Error(_)));
        stats.injected += u64::from(injection.as_ref().is_some_and(|injection| injection.verified));
        let Some(mut arguments) = call.arguments else { return };
        decode::at_exit(&mut arguments, &call.view, returned, &TaskLook::new(&mut *self.kernel, tid));
        let record = CallRecord {
            name: name_of(&call.view),
            arguments,
            result: Some(result),
            injection,
            entered: call.entered,
        };
        self.event(tid, What::Call(record));
    }

    fn enter(&mut self, tid: Tid, call: Call) {
        if let Some(arguments) = &call.arguments {
            let record = CallRecord {
                name: name_of(&call.view),
                arguments: arguments.clone(),
                result: None,
                injection: None,
                entered: call.entered,
            };
            self.sink.began_call(tid, &Event { time: call.entered, tid, what: What::Call(record) });
        }
        if let Some(tracee) = self.tracees.get(tid) {
            tracee.phase = Phase::InSyscall(Box::new(call));
        }
    }

    fn call(&self, view: SyscallView, verdict: Verdict, arguments: Option<Vec<decode::Argument>>) -> Call {
        Call { view, verdict, arguments, entered: self.kernel.now(), expected: None, undo: None, named: true }
    }

    /// Decodes the arguments for the log, unless nobody writes one.
    fn decode(&mut self, tid: Tid, view: &SyscallView) -> Option<Vec<decode::Argument>> {
        self.sink.wants_calls().then(|| decode::at_entry(view, &TaskLook::new(&mut *self.kernel, tid)))
    }

    fn is_ruled(&self, view: &SyscallView) -> bool {
        self.matcher.names(view.abi, view.number)
    }

    pub(super) fn count(&mut self, view: &SyscallView) -> &mut super::CallStats {
        self.calls.entry((view.abi, view.number)).or_default()
    }
}

/// The call's name, or its number for one without; with the ABI, if it is not the machine's own.
pub(super) fn name_of(view: &SyscallView) -> String {
    let name = names::spelled(view.abi, view.number);
    if view.abi == Native::ABI { name } else { format!("{name}@{}", view.abi.name()) }
}
