//! A named call is entered: judge it, and act at this stop if the call is to be skipped.
use super::act::{Effect, Side};
use super::facts::TaskFacts;
use super::held::{Next, Then};
use super::look::TaskLook;
use super::restart::Counted;
use super::sentinel::Found;
use super::tell::{Acted, Told};
use super::tracee::{Call, Phase, Safeguard};
use super::{Config, Session, carrier};
use crate::kernel::{Kernel, KernelError, Resume, Stopped, SyscallInfo, Verified};
use crate::matcher::{self, Facts, Injection, Matcher, Moment, Verdict};
use crate::plan::At;
use crate::record::decode;
use crate::task::{LogicalPath, Tid};
use havoc_arch::{Arch, Native, Returned, SyscallView};
use std::time::Duration;

/// A call that has been judged, and has yet to be let in.
#[derive(Debug)]
pub(super) struct Entered {
    /// As it is entered now: `restart_syscall`, perhaps.
    pub(super) entry: SyscallView,
    /// As the program made it.
    pub(super) view: SyscallView,
    pub(super) verdict: Verdict,
    /// It is no restart.
    pub(super) is_new: bool,
    /// Decoded for the log before a delay.
    pub(super) arguments: Option<Vec<decode::Argument>>,
    /// When it came.
    pub(super) since: Duration,
}

impl<K: Kernel> Session<'_, K> {
    /// A seccomp stop.
    pub(super) fn named_call(&mut self, stopped: &Stopped) -> Result<Next, KernelError> {
        let SyscallInfo::Seccomp(raw) = self.kernel.syscall_info(stopped)? else {
            return Ok(Next::Go(self.way_on(stopped.tid())));
        };
        let Some(view) = raw.view() else {
            self.blind.unknown_abi += 1;
            self.kernel.roots_may_differ();
            return Ok(Next::Go(Resume::Run));
        };
        if !Native::ABI.judged().contains(&view.abi) {
            *self.blind.unjudged.entry(view.abi).or_default() += 1;
            // It may be chroot(2), for all that is known of its numbers.
            self.kernel.roots_may_differ();
            return Ok(Next::Go(Resume::Run));
        }
        match self.tracees.get(stopped.tid()).map(|tracee| &tracee.phase) {
            Some(Phase::Starting(_)) => self.call_before_the_program(stopped, view).map(Next::Go),
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
        if view.name() != Some("execve") || !self.is_logged(tid, &view) {
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

    /// A call of the program, for the first time or when what was asked about it has been answered.
    pub(super) fn call_of_the_program(
        &mut self,
        stopped: &Stopped,
        entry: SyscallView,
    ) -> Result<Next, KernelError> {
        let tid = stopped.tid();
        let made = self.carried(tid, &entry).unwrap_or(entry);
        let again = self.entered_again(tid, &made);
        let is_new = again.is_none();
        let (view, verdict) = match again {
            Some(call) => (call.view, call.verdict),
            None => match self.judge(tid, &made) {
                Some(verdict) => (made, verdict),
                None => return Ok(Next::Ask(Box::new(entry))),
            },
        };
        let since = self.time_of_call();
        let mut entered = Entered { entry, view, verdict, is_new, arguments: None, since };
        let delay = self.delay_before(&entered.verdict.sides);
        if is_new && !delay.is_zero() {
            // Now, for its task may not live to see the end of it.
            let Verdict { sides, injection, .. } = &entered.verdict;
            self.count_sides(sides, injection.map(|injection| injection.rule), Side::Held);
            entered.arguments = self.decode(tid, &view);
            return Ok(Next::Hold(delay, Then::Enter(Box::new(entered))));
        }
        if is_new && self.has_line(&entered.verdict) {
            entered.arguments = self.decode(tid, &view);
            if self.kernel.is_pending(tid) {
                entered.arguments = None;
                return Ok(Next::AskForLine(Box::new(entered)));
            }
        }
        self.enter_call(stopped, entered)
    }

    /// Tells whether the log may have a line for a judged call.
    fn has_line(&self, verdict: &Verdict) -> bool {
        let Verdict { injection, sides, late, log, .. } = verdict;
        (*log || injection.is_some() || !sides.is_empty() || !late.is_empty()) && !self.is_silent(verdict)
    }

    /// Returns the call that this one carries, if something names that.
    fn carried(&mut self, tid: Tid, entry: &SyscallView) -> Option<SyscallView> {
        if !carrier::is_hiding(entry, self.config, &self.matcher) {
            return None;
        }
        carrier::unpacked(entry, |address, word| {
            self.kernel.read_memory(tid, address, word).is_ok_and(|read| read == word.len())
        })
    }

    /// `None` if that takes an answer that has yet to come.
    fn judge(&mut self, tid: Tid, view: &SyscallView) -> Option<Verdict> {
        let config = self.config;
        self.ask(tid, view, |matcher, facts, moment| {
            // Asked first, for what is decided is counted.
            let is_logged = logs(config, view, facts, moment);
            let mut verdict = matcher.decide(view, facts, moment).filter(|_| !facts.are_pending())?;
            verdict.log |= is_logged;
            Some(verdict)
        })
    }

    /// Tells whether the call is logged whatever rules say.
    fn is_logged(&mut self, tid: Tid, view: &SyscallView) -> bool {
        let config = self.config;
        self.ask(tid, view, |_, facts, moment| logs(config, view, facts, moment))
    }

    /// Asks something about a call: with what may be looked up of its task, and who makes it when.
    pub(super) fn ask<T>(
        &mut self,
        tid: Tid,
        view: &SyscallView,
        question: impl FnOnce(&mut Matcher, &mut dyn Facts, &Moment) -> T,
    ) -> T {
        static ROOT: LogicalPath = LogicalPath::root();
        // The clock is read only where somebody asks for the time.
        let since_exec = match self.matcher.has_windows() {
            true => self.control.since_exec(self.kernel.now()),
            false => Duration::ZERO,
        };
        let mut facts = TaskFacts::new(&mut *self.kernel, &mut self.room, tid, view);
        let place = self.tracees.place(tid).unwrap_or(&ROOT);
        question(&mut self.matcher, &mut facts, &Moment { tid, place, since_exec })
    }

    /// A judged call, after its delay if it has one: acts on it, and lets it in.
    pub(super) fn enter_call(&mut self, stopped: &Stopped, entered: Entered) -> Result<Next, KernelError> {
        let tid = stopped.tid();
        let Entered { entry, view, verdict, is_new, arguments, since } = entered;
        let injection = verdict.injection;
        if is_new {
            self.side_effects(tid, &verdict.sides, injection.map(|injection| injection.rule));
        }
        let logged = verdict.log;
        if let Some(injection) = injection {
            let action = &self.matcher.rules()[injection.rule].action;
            if action.kill && action.at == At::Instead {
                return self.dies_before(tid, view, verdict, arguments, injection);
            }
            if action.skips() {
                return self.skip(stopped, view, verdict, arguments, injection);
            }
        }
        if let Some((safeguard, verified)) = self.denied(stopped, &entry)? {
            return Ok(self.refused(stopped.tid(), view, verdict, arguments, safeguard, verified));
        }
        let is_carried = carrier::is_hiding(&entry, self.config, &self.matcher);
        self.blind.carried += u64::from(is_carried && view == entry);
        let sentinel = self.sentinel(stopped, &entry)?;
        let named = logged || verdict.counted || self.is_ruled(&view);
        match (named, is_new) {
            (true, true) => self.count(&view).began(),
            (true, false) => self.count(&view).stops += 1,
            (false, _) => self.sentinel_stops += 1,
        }
        let (undo, attempt) = match sentinel {
            Found::Changed(undo) => (Some(undo), None),
            Found::Attempt(attempt) => (None, Some(attempt)),
            Found::Nothing => (None, None),
        };
        let acts = verdict.injection.is_some() || !verdict.sides.is_empty();
        let wants_exit = logged || acts || !verdict.late.is_empty() || undo.is_some() || attempt.is_some();
        if !wants_exit {
            // Whatever the rules said of it, a restart of it is not to be judged and counted again.
            if named && let Some(tracee) = self.tracees.get(tid) {
                tracee.counted = Some(Counted { entry, view, verdict });
            }
            return Ok(Next::Go(Resume::Run));
        }
        let wants_line = logged || acts || !verdict.late.is_empty();
        let arguments = match arguments {
            None if wants_line && !self.is_silent(&verdict) => self.decode(tid, &view),
            arguments => arguments,
        };
        let is_logged = logged || acts;
        let mut call = self.call(view, verdict, arguments);
        call.is_logged = is_logged;
        call.entered = since;
        call.safeguard = undo.as_ref().map(|_| Safeguard::Traced);
        call.undo.extend(undo);
        call.attempt = attempt;
        call.named = named;
        call.carrier = is_carried.then_some(entry);
        if let Some(injection) = injection {
            self.change(stopped, &mut call, &injection)?;
        }
        self.enter(tid, call);
        Ok(Next::Go(Resume::ToExit))
    }

    /// Tells whether nothing is said of what the deciding rule does.
    pub(super) fn is_silent(&self, verdict: &Verdict) -> bool {
        verdict.injection.is_some_and(|injection| self.matcher.rules()[injection.rule].action.uncounted)
    }

    /// `kill` before the call.
    fn dies_before(
        &mut self,
        tid: Tid,
        view: SyscallView,
        verdict: Verdict,
        arguments: Option<Vec<decode::Argument>>,
        injection: Injection,
    ) -> Result<Next, KernelError> {
        self.count(&view).began();
        let arguments = arguments.or_else(|| self.decode(tid, &view));
        let call = self.call(view, verdict, arguments);
        self.crashes(tid, call, &injection, "kill before the call", None);
        Ok(Next::Crash)
    }

    /// `instead`: the call is skipped and its result set, here and now.
    fn skip(
        &mut self,
        stopped: &Stopped,
        view: SyscallView,
        verdict: Verdict,
        arguments: Option<Vec<decode::Argument>>,
        injection: Injection,
    ) -> Result<Next, KernelError> {
        let tid = stopped.tid();
        let silent = self.is_silent(&verdict);
        let arguments = if silent { None } else { arguments.or_else(|| self.decode(tid, &view)) };
        let result = view.abi.result(injection.result.map_or(0, |result| result.to_raw()));
        let verified = match self.kernel.skip(stopped, result) {
            Ok(verified) => verified,
            Err(error @ KernelError::Vanished(_)) => return Err(error),
            Err(error) => {
                log::warn!("skip a call: {error}");
                self.blind.failed_requests += 1;
                Verified::No
            }
        };
        if silent {
            self.sentinel_stops += 1;
        } else {
            self.count(&view).began();
        }
        let mut call = self.call(view, verdict, arguments);
        call.named = !silent;
        let rules = self.matcher.shared_rules();
        self.poke(tid, &mut call, &rules[injection.rule].action.poke_enter);
        if self.config.debug_verify || verified == Verified::No || !self.kernel.keeps_skipped_results() {
            // Only the exit tells what the program is really given, and there it can be given again.
            call.expected = Some(result);
            self.enter(tid, call);
            return Ok(Next::Go(Resume::ToExit));
        }
        let delay = self.delay_behind(&call.verdict);
        let told = self.skipped(tid, &mut call, injection, result, true);
        Ok(Next::told(delay, told))
    }

    /// Records a skipped call that gave `result`, and returns what its task is yet to be told.
    pub(super) fn skipped(
        &mut self,
        tid: Tid,
        call: &mut Call,
        injection: Injection,
        result: i64,
        verified: bool,
    ) -> Option<Told> {
        // Nothing is executed, so what is written at the exit can be written here.
        let rules = self.matcher.shared_rules();
        self.poke(tid, call, &rules[injection.rule].action.poke_exit);
        let acted = self.acted(&injection, call, Some("instead"), None, verified);
        self.ended_call(tid, call, Returned::from_raw(result), acted)
    }

    /// A call that havoc has refused for its own sake, at this stop: it is an injection as those of rules are.
    fn refused(
        &mut self,
        tid: Tid,
        view: SyscallView,
        mut verdict: Verdict,
        arguments: Option<Vec<decode::Argument>>,
        safeguard: Safeguard,
        verified: Verified,
    ) -> Next {
        if let Some(injection) = verdict.injection.take() {
            self.matcher.tally(injection.rule).left_alone(&format!("{} refused it", safeguard.name()));
        }
        let arguments = arguments.or_else(|| self.decode(tid, &view));
        self.count(&view).began();
        let mut call = self.call(view, verdict, arguments);
        call.safeguard = Some(safeguard);
        let result = safeguard.result();
        if self.config.debug_verify || verified == Verified::No || !self.kernel.keeps_skipped_results() {
            call.expected = Some(result);
            self.enter(tid, call);
            return Next::Go(Resume::ToExit);
        }
        let delay = self.delay_behind(&call.verdict);
        Next::told(delay, self.denial(tid, &mut call, result, true))
    }

    /// Records a refused call that gave `result`, and returns what its task is yet to be told.
    pub(super) fn denial(&mut self, tid: Tid, call: &mut Call, result: i64, verified: bool) -> Option<Told> {
        match call.safeguard {
            Some(Safeguard::NotOfHavoc(what)) => {
                let own = self.own_call(tid, what);
                self.blind.tracers_of_havoc.add(own);
            }
            _ => self.blind.io_uring_denied += 1,
        }
        self.ended_call(
            tid,
            call,
            Returned::from_raw(result),
            Some(Acted::by_havoc(Some("instead"), verified)),
        )
    }

    fn enter(&mut self, tid: Tid, call: Call) {
        // One that may yet turn out not to be shown is not shown as unfinished either.
        let is_certain = call.is_logged && self.config.logging.statuses.is_all();
        if let Some(arguments) = call.arguments.as_ref().filter(|_| is_certain) {
            let record = self.record(&call, arguments.clone(), None, None);
            let event = crate::record::Event {
                time: call.entered,
                tid,
                what: crate::record::What::Call(Box::new(record)),
            };
            self.sink.began_call(tid, &event);
        }
        if let Some(tracee) = self.tracees.get(tid) {
            tracee.phase = Phase::InSyscall(call);
        }
    }

    pub(super) fn call(
        &self,
        view: SyscallView,
        verdict: Verdict,
        arguments: Option<Vec<decode::Argument>>,
    ) -> Call {
        Call {
            view,
            verdict,
            arguments,
            entered: self.time_of_call(),
            expected: None,
            undo: Vec::new(),
            named: true,
            is_logged: true,
            is_let_in: true,
            effect: Effect::default(),
            attempt: None,
            safeguard: None,
            carrier: None,
        }
    }

    /// Returns the time for the log, unless nobody writes one.
    fn time_of_call(&self) -> Duration {
        if self.sink.wants_calls() { self.kernel.now() } else { Duration::ZERO }
    }

    /// Decodes the arguments for the log, unless nobody writes one.
    pub(super) fn decode(&mut self, tid: Tid, view: &SyscallView) -> Option<Vec<decode::Argument>> {
        self.sink
            .wants_calls()
            .then(|| decode::at_entry(view, &TaskLook::new(&mut *self.kernel, tid, self.config.style)))
    }

    fn is_ruled(&self, view: &SyscallView) -> bool {
        self.matcher.names(view.abi, view.number)
    }

    pub(super) fn count(&mut self, view: &SyscallView) -> &mut super::CallStats {
        self.calls.get_or_insert_with((view.abi, view.number), Default::default)
    }
}

/// Tells whether a call is logged whatever rules say.
fn logs(config: &Config, view: &SyscallView, facts: &mut dyn Facts, moment: &Moment) -> bool {
    config.logs(view.abi, view.number) && matcher::fits(&config.logging.selectors, view, facts, moment)
}
