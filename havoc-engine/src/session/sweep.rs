//! Tasks whose ends are not reported. An engine that does not trace sees the end of the root and of the last task only; without
//! a sweep, a program of many short tasks would leave everything about them in havoc's memory.
use super::Session;
use crate::kernel::Kernel;
use crate::task::Tid;

/// Up to this number of tasks there is no sweep.
const FEW: usize = 64;

/// When the next sweep is due.
#[derive(Debug)]
pub(super) struct Sweep {
    /// The number of known tasks at which it is.
    at: usize,
}

impl Default for Sweep {
    fn default() -> Sweep {
        Sweep { at: FEW }
    }
}

impl<K: Kernel> Session<'_, K> {
    /// Drops what is kept about tasks that have ended, once twice as many tasks are known as lived at the last sweep. A new task
    /// therefore costs one or two look-ups of others, and at most twice as many tasks are kept as ever live at once.
    pub(super) fn sweep(&mut self) {
        if self.tracees.len() < self.sweep.at {
            return;
        }
        for tid in self.tracees.tids() {
            // The root's end is reported.
            if !self.control.is_root(tid) && self.kernel.drop_if_ended(tid) {
                self.drop_silently(tid);
            }
        }
        self.sweep.at = (2 * self.tracees.len()).max(FEW);
    }

    /// Drops a task whose end is not reported.
    pub(super) fn drop_silently(&mut self, tid: Tid) {
        self.drop_held(tid);
        self.never_shows_its_filter(tid);
        self.matcher.forget(tid);
        self.tracees.remove(tid);
        self.kernel.forget(tid);
    }
}
