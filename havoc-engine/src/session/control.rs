//! What comes from outside the tree: signals to havoc, time limits, the end.
use super::Session;
use crate::kernel::{Ended, Kernel, KernelError, Request, SignalTarget};
use crate::signal::Signal;
use crate::task::{Pid, Tid};
use std::collections::BTreeSet;
use std::time::Duration;

/// The state of a run as a whole.
#[derive(Debug)]
pub(super) struct Control {
    root: Tid,
    root_end: Option<Ended>,
    began: Option<Duration>,
    timeout_at: Option<Duration>,
    killing: bool,
    timed_out: bool,
    never_began: bool,
    /// The root has asked for a signal at its parent's death: `tie.rs`.
    pub(super) has_own_death_signal: bool,
    forwarded: bool,
    stop_wish: bool,
    /// When havoc itself was sent SIGTSTP last.
    asked_to_stop: Option<Duration>,
    /// When havoc was continued last after it had stopped with its program.
    continued: Option<Duration>,
    /// The root is in a group-stop that somebody sent it.
    root_stopped: bool,
    /// The last stop signal to the root was the terminal's, or the program's own.
    stops_the_job: bool,
}

/// A SIGTSTP to havoc and one to its program belong together if they come within this time: both were sent to the job.
const TOGETHER: Duration = Duration::from_secs(1);

impl Control {
    pub(super) fn new(root: Tid) -> Control {
        Control {
            root,
            root_end: None,
            began: None,
            timeout_at: None,
            killing: false,
            timed_out: false,
            never_began: false,
            has_own_death_signal: false,
            forwarded: false,
            stop_wish: false,
            asked_to_stop: None,
            continued: None,
            root_stopped: false,
            stops_the_job: false,
        }
    }

    pub(super) fn is_root(&self, tid: Tid) -> bool {
        self.root == tid && self.root_end.is_none()
    }

    pub(super) fn is_killing(&self) -> bool {
        self.killing
    }

    pub(super) fn root_end(&self) -> Option<Ended> {
        self.root_end
    }

    pub(super) fn timed_out(&self) -> bool {
        self.timed_out
    }

    pub(super) fn has_never_begun(&self) -> bool {
        self.never_began
    }

    pub(super) fn never_began(&mut self) {
        self.never_began = true;
    }

    /// The program's exec: the clock of `--timeout` starts.
    pub(super) fn began(&mut self, now: Duration, timeout: Option<Duration>) {
        if self.began.is_none() {
            self.began = Some(now);
            self.timeout_at = timeout.map(|timeout| now.saturating_add(timeout));
        }
    }

    /// Returns the time since the program's exec.
    pub(super) fn since_exec(&self, now: Duration) -> Duration {
        self.began.map_or(Duration::ZERO, |began| now.saturating_sub(began))
    }

    pub(super) fn deadline(&self) -> Option<Duration> {
        self.timeout_at.filter(|_| !self.timed_out)
    }

    /// The root has stopped, by the terminal or by somebody's signal: havoc stops too if the job is meant, not the program
    /// alone.
    pub(super) fn root_stopped(&mut self, now: Duration) {
        self.root_stopped = true;
        self.stop_wish |=
            self.stops_the_job || self.asked_to_stop.is_some_and(|asked| now < asked + TOGETHER);
    }

    /// A stop signal is delivered to the root: the terminal's or the program's own, or that of somebody else, who will
    /// continue the program and not havoc.
    pub(super) fn note_stop_signal(&mut self, stops_the_job: bool) {
        self.stops_the_job = stops_the_job;
    }

    /// The root goes on.
    pub(super) fn root_goes_on(&mut self) {
        self.root_stopped = false;
    }

    pub(super) fn take_stop_wish(&mut self) -> Option<()> {
        std::mem::take(&mut self.stop_wish).then_some(())
    }
}

impl<K: Kernel> Session<'_, K> {
    /// Does what is due: requests, the time limit, tasks parked for too long.
    pub(super) fn attend(&mut self) {
        for request in self.kernel.requests() {
            match request {
                // The program has it from the terminal as well, and decides; unless it has left havoc's process group.
                Request::FromTerminal(_) if self.root_shares_terminal() => {}
                Request::FromTerminal(signal) | Request::Forward(signal) => self.forward(signal),
                Request::Pass(signal) => self.pass_on(signal),
                Request::Stop => self.asked_to_stop(),
            }
        }
        if [self.control.deadline(), self.tracees.parked_deadline(), self.held.deadline()] == [None; 3]
            && self.crash.is_none()
        {
            return;
        }
        let now = self.kernel.now();
        if self.crash.as_ref().is_some_and(|crash| crash.deadline() <= now) {
            self.strike();
        }
        self.release();
        if self.control.deadline().is_some_and(|deadline| deadline <= now) {
            self.control.timed_out = true;
            log::warn!("the time limit has passed; the program is ended");
            self.kill_tree();
        }
        for tid in self.tracees.overdue(now) {
            self.adopt(tid);
        }
    }

    /// Tells whether what the terminal sends to havoc reaches the program too.
    fn root_shares_terminal(&mut self) -> bool {
        self.control.root_end.is_none() && self.kernel.shares_terminal(self.control.root)
    }

    fn asked_to_stop(&mut self) {
        let now = self.kernel.now();
        // The very signal for which we have stopped already may be heard of only afterwards.
        if self.control.continued.is_some_and(|continued| now < continued + TOGETHER) {
            return;
        }
        self.control.asked_to_stop = Some(now);
        if self.control.root_stopped {
            self.stop_myself();
        }
    }

    /// Stops as the program did, with the log written out, until somebody continues the job.
    pub(super) fn stop_myself(&mut self) {
        self.sink.flush();
        self.kernel.stop_myself();
        self.control.continued = Some(self.kernel.now());
        self.control.asked_to_stop = None;
        self.control.root_stopped = false;
    }

    /// The first signal from outside is passed on to the root process, the second ends the tree.
    fn forward(&mut self, signal: Signal) {
        if self.control.forwarded {
            log::warn!("a second {signal}: the program is ended");
            return self.kill_tree();
        }
        self.control.forwarded = true;
        self.pass_on(signal);
    }

    fn pass_on(&mut self, signal: Signal) {
        if self.kernel.pass_on(signal) {
            return;
        }
        let receivers = match self.control.root_end {
            None => self.process(self.control.root).into_iter().collect(),
            // The root is gone, what it left behind gets the signal.
            Some(_) => self.processes(),
        };
        for receiver in receivers {
            self.send(SignalTarget::process(receiver), signal);
        }
    }

    fn process(&mut self, tid: Tid) -> Option<Pid> {
        self.kernel.process_of(tid)
    }

    fn processes(&mut self) -> BTreeSet<Pid> {
        self.tracees.tids().into_iter().filter_map(|tid| self.kernel.process_of(tid)).collect()
    }

    fn send(&mut self, target: Option<SignalTarget>, signal: Signal) {
        let Some(target) = target else { return };
        match self.kernel.signal(target, signal) {
            Ok(()) | Err(KernelError::Vanished(_)) => {}
            Err(error) => log::warn!("{error}"),
        }
    }

    /// Ends every task, those too that are still being born: whatever stops from now on is killed again.
    pub(super) fn kill_tree(&mut self) {
        self.control.killing = true;
        if self.kernel.end_tree() {
            return;
        }
        for tid in self.tracees.tids() {
            self.kill_task(tid);
        }
    }

    pub(super) fn kill_task(&mut self, tid: Tid) {
        let target = self.kernel.process_of(tid).and_then(|pid| SignalTarget::task(pid, tid));
        self.send(target, Signal::KILL);
    }

    /// The root process has ended; the run goes on until the last task has.
    pub(super) fn root_ended(&mut self, ended: Ended) {
        self.control.root_end = Some(ended);
        if self.config.kill_on_exit && !self.control.killing {
            return self.kill_tree();
        }
        let (count, one, many) = match self.kernel.left_behind() {
            Some(processes) => (processes, "process lives", "processes live"),
            None => (self.tracees.len(), "task lives", "tasks live"),
        };
        // Who does not want to read of the program's end does not want to read of this one either.
        if self.control.killing || count == 0 || !self.config.logging.exits {
            return;
        }
        let live = if count == 1 { one } else { many };
        log::warn!(
            "the program has ended, {count} {live} on; havoc waits for the last (--kill-on-exit ends them)"
        );
    }
}
