//! All that descend from this process, and their end. Where nothing traces them, there is no PTRACE_O_EXITKILL: whoever is
//! the subreaper above them (prctl(2), PR_SET_CHILD_SUBREAPER) finds them by /proc, those too that double-forked. It is the
//! /proc of the beginning, whatever the program mounts over it later.
use super::guard::reap;
use crate::kernel::linux::census::{self, Census, Of};
use crate::signal::Signal;
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

pub(super) use crate::kernel::linux::census::{Process, process};

/// Tasks of a fork bomb are born while they are looked for; after so many rounds what was found is ended.
const ROUNDS: u32 = 64;

/// How long the last of them may take to die: one that sleeps in the kernel where no signal reaches it dies later.
const PATIENCE: Duration = Duration::from_secs(10);

/// Ends all descendants of this process, but `spared` and theirs, and waits until they are gone.
pub(super) fn end(spared: &[Process]) {
    let begun = Instant::now();
    stop_and_kill(spared);
    loop {
        let left = living(spared);
        let _ = reap();
        if left.is_empty() {
            return;
        }
        if begun.elapsed() > PATIENCE {
            log::warn!("some processes of the program are still dying");
            return;
        }
        // A parent that died while its child was born has left one that was not found.
        for process in left {
            send(process, Signal::KILL);
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Stops all descendants of this process, but `spared` and theirs, until a look finds nobody new, and kills them: nobody sees
/// another one die.
pub(super) fn stop_and_kill(spared: &[Process]) {
    let mut stopped = BTreeSet::new();
    for _ in 0..ROUNDS {
        let before = stopped.len();
        for process in living(spared) {
            if stopped.insert(process) {
                send(process, Signal::STOP);
            }
        }
        if stopped.len() == before {
            break;
        }
    }
    for process in living(spared) {
        send(process, Signal::KILL);
    }
}

/// Returns the descendants of this process that live, but `spared` and theirs.
pub(super) fn living(spared: &[Process]) -> Vec<Process> {
    let mut census = Census::new();
    let found = census.take(Of::Descent(spared));
    found.iter().filter(|stat| !stat.is_dead).map(|stat| stat.process).collect()
}

/// Sends a signal to a process if it is still the one that was found.
pub(super) fn send(process: Process, signal: Signal) {
    if let Err(error) = census::send(process, signal) {
        log::debug!("{error}");
    }
}
