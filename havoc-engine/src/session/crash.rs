//! `kill`: the whole tree dies at one point in time. The task that made the call is held in it, every other is stopped
//! wherever it is, and only when none is left running do all get SIGKILL: nobody sees another one die.
use super::Session;
use super::held::Then;
use crate::kernel::{Kernel, KernelError, Stop, Stopped};
use crate::task::Tid;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// How long the tree is given to come to a stop. Who cannot by then sleeps where nothing but a SIGKILL reaches it, as the
/// creator of a vfork does, and does nothing meanwhile.
const PATIENCE: Duration = Duration::from_secs(1);

/// A tree on its way to its end.
#[derive(Debug)]
pub(super) struct Crash {
    /// Those that are stopped.
    frozen: BTreeMap<Tid, Stopped>,
    /// Those that will never stop again.
    gone: BTreeSet<Tid>,
    deadline: Duration,
}

impl Crash {
    pub(super) const fn deadline(&self) -> Duration {
        self.deadline
    }
}

impl<K: Kernel> Session<'_, K> {
    /// Holds a task for good. The first one begins the crash.
    pub(super) fn freeze(&mut self, stopped: Stopped) {
        let tid = stopped.tid();
        if self.control.is_killing() {
            // It has happened already, and this one was on its way.
            return self.resume(stopped, crate::kernel::Resume::Run);
        }
        if let Some(crash) = &mut self.crash {
            crash.frozen.insert(tid, stopped);
        } else {
            let deadline = self.kernel.now() + PATIENCE;
            self.crash =
                Some(Crash { frozen: BTreeMap::from([(tid, stopped)]), gone: BTreeSet::new(), deadline });
            for other in self.tracees.tids().into_iter().filter(|other| *other != tid) {
                self.stop_for_crash(other);
            }
        }
        self.strike_if_ready();
    }

    fn stop_for_crash(&mut self, tid: Tid) {
        let held = self.held.take(tid).map(|(stopped, then)| {
            if let Then::Tell(told) = then {
                self.never_told(told);
            }
            stopped
        });
        let already = held.or_else(|| self.tracees.unpark_kept(tid));
        match (already, &mut self.crash) {
            (Some(stopped), Some(crash)) => drop(crash.frozen.insert(tid, stopped)),
            (_, crash) => match self.kernel.interrupt(tid) {
                Ok(()) => {}
                // It has ended: a first thread, perhaps, whose end is reported when the others have ended.
                Err(KernelError::Vanished(_)) => {
                    if let Some(crash) = crash {
                        crash.gone.insert(tid);
                    }
                }
                Err(error) => log::warn!("stop a task for `kill`: {error}"),
            },
        }
    }

    /// A stop while the tree is coming to its end: whatever it is, it is the last.
    pub(super) fn frozen(&mut self, stopped: Stopped) {
        // A new task must be known, or nobody would wait for it.
        if let Stop::NewTask(_) = stopped.stop()
            && let Ok(Some(child)) = self.kernel.event_task(&stopped)
            && !self.tracees.knows(child)
        {
            self.tracees.add_child(stopped.tid(), child, super::tracee::Phase::Expected);
        }
        let tid = stopped.tid();
        if !self.tracees.knows(tid) {
            self.tracees.add_child(tid, tid, super::tracee::Phase::Expected);
        }
        self.freeze(stopped);
    }

    /// Strikes when every task is stopped.
    pub(super) fn strike_if_ready(&mut self) {
        let Some(crash) = &self.crash else { return };
        if self.tracees.tids().iter().all(|tid| crash.frozen.contains_key(tid) || crash.gone.contains(tid)) {
            self.strike();
        }
    }

    /// Ends every task.
    pub(super) fn strike(&mut self) {
        if let Some(crash) = self.crash.take() {
            self.kill_tree();
            // SIGKILL ends a task in its ptrace-stop: there is nothing to resume.
            crash.frozen.into_values().for_each(Stopped::ended);
        }
    }

    /// A task has ended while the tree came to its end.
    pub(super) fn thaw(&mut self, tid: Tid) {
        if let Some(crash) = &mut self.crash
            && let Some(stopped) = crash.frozen.remove(&tid)
        {
            stopped.ended();
        }
    }
}
