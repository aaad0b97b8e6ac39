//! Counters of matches that belong to a process or a thread. exec keeps them, their owner's end drops them.
use crate::plan::Per;
use crate::task::{Pid, Tid};
use havoc_arch::SyscallView;
use std::collections::HashMap;

/// The counters of one thread.
#[derive(Debug, Default)]
struct OfThread {
    /// By rule.
    matches: HashMap<usize, u64>,
    /// By rule and number, strace's way.
    by_call: HashMap<(usize, havoc_arch::Abi, u32), u64>,
}

/// All counters that are not the whole program's.
#[derive(Debug, Default)]
pub(super) struct Counters {
    threads: HashMap<Tid, OfThread>,
    processes: HashMap<Pid, HashMap<usize, u64>>,
}

impl Counters {
    /// Counts a match of `rule` in its thread, and returns the how-many-th it is there, from 1.
    pub(super) fn count_in_thread(&mut self, rule: usize, tid: Tid) -> u64 {
        bump(self.threads.entry(tid).or_default().matches.entry(rule).or_default())
    }

    /// Counts a match of `rule` in its process, and returns the how-many-th it is there, from 1.
    pub(super) fn count_in_process(&mut self, rule: usize, pid: Pid) -> u64 {
        bump(self.processes.entry(pid).or_default().entry(rule).or_default())
    }

    /// Counts a match of `rule` in its thread among calls of this number, and returns the how-many-th it is there, from 1.
    pub(super) fn count_call(&mut self, rule: usize, tid: Tid, view: &SyscallView) -> u64 {
        let of_thread = self.threads.entry(tid).or_default();
        bump(of_thread.by_call.entry((rule, view.abi, view.number)).or_default())
    }

    /// The task has ended; a process's leader ends last.
    pub(super) fn forget(&mut self, tid: Tid) {
        self.threads.remove(&tid);
        if let Some(process) = Pid::new(tid.get()) {
            self.processes.remove(&process);
        }
    }

    /// The thread `former` has become the leader of its process by an exec.
    pub(super) fn supersede(&mut self, leader: Tid, former: Tid) {
        match self.threads.remove(&former) {
            Some(counters) => drop(self.threads.insert(leader, counters)),
            None => drop(self.threads.remove(&leader)),
        }
    }
}

fn bump(counter: &mut u64) -> u64 {
    *counter += 1;
    *counter
}

/// Tells whether a rule's own thread must be counted: for its counter, or because its chance is a thread's.
pub(super) fn counts_threads(per: Per, has_chance: bool) -> bool {
    has_chance || per == Per::Thread
}
