//! What a rule does to a call at its entry, and how that is told.
use super::Session;
use super::carrier::{self, Place};
use super::entry::Entered;
use super::sentinel::CLONE_UNTRACED;
use super::tracee::{Call, Undo};
use crate::kernel::{Kernel, KernelError, SignalTarget, Stopped, Verified};
use crate::matcher::{Injection, Verdict};
use crate::plan::{Assignment, Poke};
use crate::signal::Signal;
use crate::signature;
use crate::task::Tid;
use havoc_arch::{SyscallView, names};

/// How the telling of a short transfer begins.
pub(super) const SHORT: &str = "short, ";

/// What came of one thing that a rule does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Done {
    /// It was done: this.
    Yes(String),
    /// It was not: the reason.
    Not(String),
}

/// When something is done beside what decides: its task may not live to see the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// The call is held before its entry.
    Held,
    /// It is let in, or skipped.
    LetIn,
    /// Its answer is there, and is held.
    Answered,
}

/// What a rule did to a call, over all that it does.
#[derive(Clone, Debug, Default)]
pub(super) struct Effect {
    /// What was done.
    pub(super) done: Vec<String>,
    /// What was not, and why.
    pub(super) left: Vec<String>,
    /// Something that was written was read back and is another.
    pub(super) unverified: bool,
    /// How many bytes the call may move at most, if it was made to come short.
    pub(super) most: Option<u64>,
}

impl Effect {
    /// The call has returned `moved`. One that moves less than it was still allowed to has not come short by a rule.
    pub(super) fn moved(&mut self, moved: i64) {
        if self.most.is_some_and(|most| moved < most.cast_signed()) {
            self.done.retain(|done| !done.starts_with(SHORT));
            self.left.push("it moved no more by itself".to_owned());
        }
    }

    pub(super) fn add(&mut self, done: Done) {
        match done {
            Done::Yes(text) => self.done.push(text),
            Done::Not(reason) => self.left.push(reason),
        }
    }
}

impl<K: Kernel> Session<'_, K> {
    /// Changes the call that is about to be executed as the rule says.
    pub(super) fn change(
        &mut self,
        stopped: &Stopped,
        call: &mut Call,
        injection: &Injection,
    ) -> Result<(), KernelError> {
        let tid = stopped.tid();
        // It is needed while the session changes.
        let rules = self.matcher.shared_rules();
        let action = &rules[injection.rule].action;
        self.poke(tid, call, &action.poke_enter);
        for assignment in &action.arguments {
            let done = self.assign(stopped, call, assignment)?;
            call.effect.add(done);
        }
        if let Some(short) = action.short {
            let done = match self.shorten(stopped, call, short) {
                Ok(done) => done,
                Err(error) => self.not_for(error)?,
            };
            call.effect.add(done);
        }
        if let Some(corrupt) = action.corrupt
            && let Some(done) = self.corrupt_written(tid, call, injection, corrupt)
        {
            call.effect.add(done);
        }
        if let Some(name) = &action.syscall {
            let done = self.replace(stopped, call, name)?;
            call.effect.add(done);
        }
        Ok(())
    }

    fn assign(
        &mut self,
        stopped: &Stopped,
        call: &mut Call,
        assignment: &Assignment,
    ) -> Result<Done, KernelError> {
        let Assignment { index, text, value } = assignment;
        let was = call.view.args[*index];
        // The child would carry the filter, and nobody would follow it.
        let kept_out = if *index == 0 && call.view.name() == Some("clone") { CLONE_UNTRACED } else { 0 };
        match self.change_argument(stopped, call, *index, *value & !kept_out) {
            Ok(()) => Ok(Done::Yes(format!("arg{}:={text}, was {was:#x}", index + 1))),
            Err(error) => self.not_for(error),
        }
    }

    /// Changes an argument for the time of the call.
    pub(super) fn change_argument(
        &mut self,
        stopped: &Stopped,
        call: &mut Call,
        index: usize,
        value: u64,
    ) -> Result<(), KernelError> {
        let (index, was) =
            match call.carrier.and_then(|carrier| Some((carrier, carrier::place(&carrier, index)?))) {
                Some((_, Place::Memory(address))) => {
                    let bytes = (call.view.args[index] as u32).to_le_bytes().to_vec();
                    call.undo.push(Undo::Memory { address, bytes });
                    let done =
                        self.kernel.write_memory(stopped.tid(), address, &(value as u32).to_le_bytes());
                    call.effect.unverified |= done.is_err();
                    return Ok(());
                }
                Some((carrier, Place::Argument(index))) => (index, carrier.args[index]),
                None => (index, call.view.args[index]),
            };
        // Noted before: it may have been written although it was refused.
        call.undo.push(Undo::Argument { index, value: was });
        let verified = self.kernel.set_argument(stopped, call.view.abi, index, value)?;
        call.effect.unverified |= verified == Verified::No;
        Ok(())
    }

    fn replace(&mut self, stopped: &Stopped, call: &mut Call, name: &str) -> Result<Done, KernelError> {
        let Some(number) = names::number_of(call.view.abi, name) else {
            return Ok(Done::Not(format!("there is no {name} in its ABI")));
        };
        match self.kernel.set_number(stopped, number) {
            Ok(verified) => {
                call.effect.unverified |= verified == Verified::No;
                Ok(Done::Yes(format!("{name} executed instead")))
            }
            Err(error) => self.not_for(error),
        }
    }

    /// Writes where arguments of the call point.
    pub(super) fn poke(&mut self, tid: Tid, call: &mut Call, pokes: &[Poke]) {
        for poke in pokes {
            let done = self.poke_one(tid, &call.view, poke);
            call.effect.add(done);
        }
    }

    fn poke_one(&mut self, tid: Tid, view: &SyscallView, poke: &Poke) -> Done {
        let argument = poke.index + 1;
        let takes = signature::of_call(view.abi, view.number).map_or(6, |known| known.arguments.len());
        if takes < argument {
            return Done::Not(format!("it has no arg{argument}"));
        }
        match self.kernel.write_memory(tid, view.args[poke.index], &poke.bytes) {
            Ok(written) if written < poke.bytes.len() => {
                let length = poke.bytes.len();
                Done::Yes(format!("{written} of {length} bytes poked at arg{argument}, where memory ends"))
            }
            Ok(written) => Done::Yes(format!("{written} bytes poked at arg{argument}")),
            Err(_) => Done::Not(format!("nothing can be written where arg{argument} points")),
        }
    }

    /// A refusal must not cost the call: it runs as it is, and that is told.
    pub(super) fn not_for(&mut self, error: KernelError) -> Result<Done, KernelError> {
        match error {
            KernelError::Vanished(_) => Err(error),
            error => {
                log::warn!("change a call: {error}");
                self.blind.failed_requests += 1;
                Ok(Done::Not("the kernel refused to change it".to_owned()))
            }
        }
    }

    /// Sends the signal of a rule to the task that makes the call.
    pub(super) fn send_signal(&mut self, tid: Tid, signal: Signal) {
        let target = self.kernel.process_of(tid).and_then(|pid| SignalTarget::task(pid, tid));
        let Some(target) = target else { return };
        match self.kernel.signal(target, signal) {
            Ok(()) => {
                // One that is pending already is not sent twice, but for real-time signals: signal(7).
                let queues = signal.number() >= 32;
                let tracee = self.tracees.get(tid);
                if let Some(tracee) = tracee.filter(|tracee| queues || !tracee.signals.contains(&signal)) {
                    tracee.signals.push(signal);
                }
            }
            Err(KernelError::Vanished(_)) => {}
            Err(error) => {
                log::warn!("{error}");
                self.blind.failed_requests += 1;
            }
        }
    }

    /// Does what adds up over the rules that picked a new call and is done as it is let in: sends signals, and counts.
    pub(super) fn side_effects(&mut self, tid: Tid, sides: &[usize], decides: Option<usize>) {
        // Nearly always there are none, and this is asked at every stop.
        if sides.is_empty() {
            return;
        }
        for &rule in sides {
            if let Some(signal) = self.matcher.rules()[rule].action.signal {
                self.send_signal(tid, signal);
            }
        }
        self.count_sides(sides, decides, Side::LetIn);
    }

    /// Counts the rules of which this was the first thing done. The rule that decides is counted when what it decided has
    /// taken place.
    pub(super) fn count_sides(&mut self, sides: &[usize], decides: Option<usize>, now: Side) {
        for &rule in sides.iter().filter(|rule| decides != Some(**rule)) {
            let action = &self.matcher.rules()[rule].action;
            let first = if action.delay_enter.is_some_and(|delay| !delay.is_zero()) {
                Side::Held
            } else if action.signal.is_none() && action.delay_exit.is_some() {
                Side::Answered
            } else {
                Side::LetIn
            };
            if first == now {
                self.matcher.tally(rule).injected += 1;
            }
        }
    }

    /// Returns how long the call is held before its entry.
    pub(super) fn delay_before(&self, sides: &[usize]) -> std::time::Duration {
        sides.iter().filter_map(|rule| self.matcher.rules()[*rule].action.delay_enter).sum()
    }

    /// The call is over: returns how long its answer is held, and counts that.
    pub(super) fn delay_behind(&mut self, verdict: &Verdict) -> std::time::Duration {
        let sides = &verdict.sides;
        if sides.is_empty() {
            return std::time::Duration::ZERO;
        }
        self.count_sides(sides, verdict.injection.map(|injection| injection.rule), Side::Answered);
        sides.iter().filter_map(|rule| self.matcher.rules()[*rule].action.delay_exit).sum()
    }

    /// A call was about to be entered after a delay, and its task has ended.
    pub(super) fn died_before(&mut self, tid: Tid, entered: Entered) {
        let Entered { view, verdict, arguments, since, .. } = entered;
        let mut call = self.call(view, verdict, arguments);
        call.entered = since;
        call.is_let_in = false;
        self.died_in(tid, &mut call);
    }
}
