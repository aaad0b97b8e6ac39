//! What is counted and recorded of a call when it is over.
use super::Session;
use super::look::TaskLook;
use super::tracee::Call;
use crate::kernel::{Ended, Kernel};
use crate::matcher::Injection;
use crate::record::{CallRecord, InjectionRecord, LeftAlone, SideRecord, Token, What, decode};
use crate::signal::Signal;
use crate::task::{LogicalPath, Tid};
use havoc_arch::{Arch, Native, Returned, SyscallView, names};

impl<K: Kernel> Session<'_, K> {
    /// Counts what the deciding rule did, and says so for the record: `given` is "instead" or "after" where it gave a result.
    /// `None` if nothing came of it, for the reasons that the call's effect holds.
    pub(super) fn injection_record(
        &mut self,
        injection: &Injection,
        call: &mut Call,
        given: Option<&str>,
        kernel_returned: Option<Vec<Token>>,
        verified: bool,
    ) -> Option<InjectionRecord> {
        let rule = &self.matcher.rules()[injection.rule];
        let (name, silent) = (rule.name.clone(), rule.action.uncounted);
        let mut manner: Vec<String> = given.map(str::to_owned).into_iter().collect();
        manner.append(&mut call.effect.done);
        if silent {
            return None;
        }
        let tally = self.matcher.tally(injection.rule);
        for reason in &call.effect.left {
            tally.left_alone(reason);
        }
        if manner.is_empty() {
            return None;
        }
        let verified = verified && !call.effect.unverified;
        match verified {
            true => tally.injected += 1,
            false => tally.unverified += 1,
        }
        Some(InjectionRecord { rule: name, manner, kernel_returned, verified, remark: None })
    }

    /// Counts and records a call that has ended.
    pub(super) fn ended_call(
        &mut self,
        tid: Tid,
        mut call: Call,
        returned: Returned,
        result: Vec<Token>,
        injection: Option<InjectionRecord>,
    ) {
        if !call.named {
            return;
        }
        let stats = self.count(&call.view);
        stats.errors += u64::from(matches!(returned, Returned::Error(_)));
        stats.injected += u64::from(injection.as_ref().is_some_and(|injection| injection.verified));
        if !call.is_logged {
            return;
        }
        let Some(mut arguments) = call.arguments.take() else { return };
        decode::at_exit(
            &mut arguments,
            &call.view,
            returned,
            &TaskLook::new(&mut *self.kernel, tid, self.config.style),
        );
        let record = self.record(&call, arguments, Some(result), injection);
        self.line(tid, record, Some(returned));
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
        manner: &str,
        kernel_returned: Option<Vec<Token>>,
    ) {
        let record = self.injection_record(injection, &mut call, Some(manner), kernel_returned, true);
        self.count(&call.view).injected += 1;
        let Some(arguments) = call.arguments.take() else { return };
        let record = self.record(&call, arguments, None, record);
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
