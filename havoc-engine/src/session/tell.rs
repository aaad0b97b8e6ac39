//! What is counted and recorded of a call when it is over.
//!
//! Texts are made only for a line that is written: what a rule did is kept as it is until then.
use super::Session;
use super::look::TaskLook;
use super::tracee::{Call, Safeguard};
use crate::kernel::{Ended, Kernel};
use crate::matcher::Injection;
use crate::record::{CallRecord, InjectionRecord, LeftAlone, SideRecord, Token, What, decode};
use crate::signal::Signal;
use crate::task::{LogicalPath, Tid};
use havoc_arch::{Abi, Arch, Native, Returned, SyscallView, names};

/// What the rule that decides did to a call, beside the call's effect.
#[derive(Clone, Copy, Debug)]
pub(super) struct Acted {
    /// Which it is; `None` for havoc itself.
    rule: Option<usize>,
    /// How it gave a result, or how it ended the program.
    given: Option<&'static str>,
    /// The result of a call that was executed nevertheless.
    kernel_returned: Option<Returned>,
    verified: bool,
    /// The descriptor that the kernel has opened, and that the program is not told of.
    pub(super) left_open: Option<i64>,
}

/// A result that a rule gave and that is counted, while its task has yet to go on with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Told {
    /// The rule, if the result is all that it does.
    rule: Option<usize>,
    call: (Abi, u32),
    is_error: bool,
}

/// Why an outcome has not taken place after all.
const GONE: &str = "its task was gone before it could be told";

impl Acted {
    /// havoc did it for its own sake: no rule counts it.
    pub(super) fn by_havoc(given: Option<&'static str>, verified: bool) -> Acted {
        Acted { rule: None, given, kernel_returned: None, verified, left_open: None }
    }
}

impl<K: Kernel> Session<'_, K> {
    /// Counts what the deciding rule did, and returns it for the record: `given` is "instead" or "after" where it gave a
    /// result. `None` if nothing came of it, for the reasons that the call's effect holds.
    pub(super) fn acted(
        &mut self,
        injection: &Injection,
        call: &Call,
        given: Option<&'static str>,
        kernel_returned: Option<Returned>,
        verified: bool,
    ) -> Option<Acted> {
        if self.matcher.rules()[injection.rule].action.uncounted {
            return None;
        }
        let tally = self.matcher.tally(injection.rule);
        for reason in &call.effect.left {
            tally.left_alone(reason);
        }
        if given.is_none() && call.effect.done.is_empty() {
            return None;
        }
        let verified = verified && !call.effect.unverified;
        match verified {
            true => tally.injected += 1,
            false => tally.unverified += 1,
        }
        Some(Acted { rule: Some(injection.rule), given, kernel_returned, verified, left_open: None })
    }

    fn injection_record(&mut self, tid: Tid, call: &mut Call, acted: Acted) -> InjectionRecord {
        let mut manner: Vec<String> = acted.given.map(str::to_owned).into_iter().collect();
        let pokes = !call.effect.done.is_empty()
            && acted.rule.is_some_and(|rule| {
                let action = &self.matcher.rules()[rule].action;
                !action.poke_enter.is_empty() || !action.poke_exit.is_empty()
            });
        manner.append(&mut call.effect.done);
        let rule = match (acted.rule, call.safeguard) {
            (Some(rule), _) => self.matcher.rules()[rule].name.clone(),
            (None, Some(Safeguard::Traced) | None) => {
                manner.push("CLONE_UNTRACED taken out".to_owned());
                Safeguard::Traced.name().to_owned()
            }
            (None, Some(safeguard)) => safeguard.name().to_owned(),
        };
        InjectionRecord {
            rule,
            manner,
            gives: acted.given.is_some(),
            pokes,
            kernel_returned: acted.kernel_returned.map(|returned| self.result(tid, &call.view, returned)),
            verified: acted.verified,
            remark: acted.left_open.map(|descriptor| format!("fd {descriptor} stays open")),
        }
    }

    pub(super) fn result(&mut self, tid: Tid, view: &SyscallView, returned: Returned) -> Vec<Token> {
        decode::result(view, returned, &TaskLook::new(&mut *self.kernel, tid, self.config.style))
    }

    /// Counts and records a call that has ended, and returns the result that a rule gave.
    pub(super) fn ended_call(
        &mut self,
        tid: Tid,
        call: &mut Call,
        returned: Returned,
        acted: Option<Acted>,
    ) -> Option<Told> {
        if !call.named {
            return None;
        }
        let is_error = matches!(returned, Returned::Error(_));
        let verified = acted.filter(|acted| acted.verified);
        let stats = self.count(&call.view);
        stats.errors += u64::from(is_error);
        stats.injected += u64::from(verified.is_some());
        let told = verified.filter(|acted| acted.given.is_some()).map(|acted| Told {
            rule: acted.rule.filter(|rule| call.effect.done.is_empty() && !call.verdict.sides.contains(rule)),
            call: (call.view.abi, call.view.number),
            is_error,
        });
        if !call.is_logged {
            return told;
        }
        let Some(mut arguments) = call.arguments.take() else { return told };
        let result = self.result(tid, &call.view, returned);
        decode::at_exit(
            &mut arguments,
            &call.view,
            returned,
            &TaskLook::new(&mut *self.kernel, tid, self.config.style),
        );
        let injection = acted.map(|acted| self.injection_record(tid, call, acted));
        let record = self.record(call, arguments, Some(result), injection);
        self.line(tid, record, Some(returned));
        told
    }

    /// Takes back what was counted of a result: its task died, or was killed, before it went on with it. A rule that has
    /// also held the task, sent a signal or changed something counts nevertheless.
    pub(super) fn never_told(&mut self, told: Option<Told>) {
        let Some(Told { rule, call, is_error }) = told else { return };
        if let Some(rule) = rule {
            let tally = self.matcher.tally(rule);
            tally.injected -= 1;
            tally.left_alone(GONE);
        }
        if let Some(stats) = self.calls.get_mut(call) {
            stats.injected -= 1;
            stats.errors -= u64::from(is_error);
        }
    }

    /// Records a call that is in the log, if its result is one of those that are shown. What a rule acted on always is.
    pub(super) fn line(&mut self, tid: Tid, record: CallRecord, returned: Option<Returned>) {
        let acted_on = record.injection.is_some() || !record.sides.is_empty() || record.left_alone.is_some();
        if acted_on || self.config.logging.statuses.shows(returned) {
            self.event(tid, What::Call(Box::new(record)));
        }
    }

    /// Tells whether what happens to this task beside its calls is logged.
    pub(super) fn logs_task(&self, tid: Tid) -> bool {
        let logging = &self.config.logging;
        logging.calls.is_some()
            && (!logging.is_of_first_task() || self.tracees.place(tid).is_some_and(LogicalPath::is_root))
    }

    /// Tells whether this signal to it is.
    pub(super) fn logs_signal(&self, tid: Tid, signal: Signal) -> bool {
        self.config.logging.signals.contains(signal) && self.logs_task(tid)
    }

    /// Tells whether its end is.
    pub(super) fn logs_end(&self, tid: Tid, ended: Ended) -> bool {
        let is_wanted = match ended {
            Ended::Exited(_) => self.config.logging.exits,
            Ended::Killed { signal, .. } => self.config.logging.signals.contains(signal),
        };
        is_wanted && self.logs_task(tid)
    }

    /// `kill`: counts it, and records the call as the last that its task was in.
    pub(super) fn crashes(
        &mut self,
        tid: Tid,
        mut call: Call,
        injection: &Injection,
        manner: &'static str,
        kernel_returned: Option<Returned>,
    ) {
        let acted = self.acted(injection, &call, Some(manner), kernel_returned, true);
        self.count(&call.view).injected += 1;
        let Some(arguments) = call.arguments.take() else { return };
        let injection = acted.map(|acted| self.injection_record(tid, &mut call, acted));
        let record = self.record(&call, arguments, None, injection);
        self.event(tid, What::Call(Box::new(record)));
    }

    pub(super) fn record(
        &self,
        call: &Call,
        arguments: Vec<decode::Argument>,
        result: Option<Vec<Token>>,
        injection: Option<InjectionRecord>,
    ) -> CallRecord {
        let is_over = result.is_some();
        // Of a call that its task did not come out of, what was done before it.
        let sides = call.verdict.sides.iter().map(|rule| {
            let rule = &self.matcher.rules()[*rule];
            let action = &rule.action;
            SideRecord {
                rule: rule.name.clone(),
                delay_enter: action.delay_enter,
                delay_exit: action.delay_exit.filter(|_| is_over),
                signal: action.signal.filter(|_| call.is_let_in),
            }
        });
        let sides = sides
            .filter(|side| side.delay_enter.is_some() || side.delay_exit.is_some() || side.signal.is_some());
        let left_alone = call.verdict.injection.filter(|_| is_over).and_then(|injection| {
            let reasons = &call.effect.left;
            let rule = self.matcher.rules()[injection.rule].name.clone();
            (!reasons.is_empty()).then(|| LeftAlone { rule, reason: reasons.join("; ") })
        });
        CallRecord {
            name: name_of(&call.view),
            arguments,
            result,
            injection,
            sides: sides.collect(),
            left_alone,
            entered: call.entered,
        }
    }
}

/// The call's name, or its number for one without; with the ABI, if it is not the machine's own.
pub(super) fn name_of(view: &SyscallView) -> String {
    let name = names::spelled(view.abi, view.number);
    if view.abi == Native::ABI { name } else { format!("{name}@{}", view.abi.name()) }
}
