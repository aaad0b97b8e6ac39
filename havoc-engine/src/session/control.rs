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
    forwarded: bool,
    stop_wish: bool,
}

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
            forwarded: false,
            stop_wish: false,
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

    pub(super) fn deadline(&self) -> Option<Duration> {
        self.timeout_at.filter(|_| !self.timed_out)
    }

    pub(super) fn wish_to_stop(&mut self) {
        self.stop_wish = true;
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
                // The program has it from the terminal as well; it decides.
                Request::FromTerminal(_) => {}
                Request::Forward(signal) => self.forward(signal),
            }
        }
        if self.control.deadline().is_none() && self.tracees.parked_deadline().is_none() {
            return;
        }
        let now = self.kernel.now();
        if self.control.deadline().is_some_and(|deadline| deadline <= now) {
            self.control.timed_out = true;
            log::warn!("the time limit has passed; the program is ended");
            self.kill_tree();
        }
        for tid in self.tracees.overdue(now) {
            self.adopt(tid);
        }
    }

    /// The first signal from outside is passed on to the root process, the second ends the tree.
    fn forward(&mut self, signal: Signal) {
        if self.control.forwarded {
            log::warn!("a second {signal}: the program is ended");
            return self.kill_tree();
        }
        self.control.forwarded = true;
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
        if self.control.killing || self.tracees.is_empty() {
            return;
        }
        let count = self.tracees.len();
        let tasks = if count == 1 { "1 task lives".to_owned() } else { format!("{count} tasks live") };
        log::warn!("the program has ended, {tasks} on; havoc waits for the last (--kill-on-exit ends them)");
    }
}
