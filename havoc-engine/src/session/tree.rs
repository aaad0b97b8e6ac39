//! How the tree of tasks grows and changes: new tasks, exec, orphans.
use super::Session;
use super::held::Next;
use super::tracee::Phase;
use crate::kernel::{Ended, Kernel, KernelError, Resume, Stop, Stopped};
use crate::record::What;
use crate::task::Tid;

impl<K: Kernel> Session<'_, K> {
    /// The creator's event: the new task gets its place in the tree. Its own first stop may have come before.
    pub(super) fn new_task(&mut self, stopped: &Stopped) -> Result<Resume, KernelError> {
        let creator = stopped.tid();
        if let Some(child) = self.kernel.event_task(stopped)? {
            match self.tracees.get(child) {
                Some(known) => known.adopted = false,
                None => self.reported(creator, child),
            }
        }
        Ok(self.way_on(creator))
    }

    fn add(&mut self, creator: Tid, child: Tid, phase: Phase) {
        let path = self.tracees.add_child(creator, child, phase);
        self.event(child, What::Began(path));
    }

    /// The first call of a task of whose birth nobody has told: it has a place behind all others.
    pub(super) fn appears(&mut self, tid: Tid) {
        self.sweep();
        self.add(tid, tid, Phase::Running);
    }

    /// A stop of a task that is not ready: its first.
    pub(super) fn first_stop(&mut self, stopped: Stopped) {
        let tid = stopped.tid();
        match self.tracees.get(tid) {
            Some(tracee) => {
                tracee.phase = Phase::Running;
                self.begin(stopped);
            }
            // A task stops once before it is resumed, so nothing can be parked twice.
            None => {
                self.tracees.park(stopped, self.kernel.now());
                // Nobody is left who could report it.
                if !self.tracees.knows_any() {
                    self.adopt(tid);
                }
            }
        }
    }

    fn reported(&mut self, creator: Tid, child: Tid) {
        match (self.tracees.unpark(child), self.ended_before_its_report(child)) {
            (Some(first_stop), _) => {
                self.add(creator, child, Phase::Running);
                self.begin(first_stop);
            }
            (None, None) => self.add(creator, child, Phase::Expected),
            // It keeps its place in the tree, so that its siblings have theirs.
            (None, Some(Some(ended))) => {
                self.add(creator, child, Phase::Running);
                self.ended(child, ended);
            }
            // Adopted, and gone.
            (None, Some(None)) => {}
        }
    }

    /// Returns the end of a child that was killed so early that its end came before its creator's report. The id may be
    /// another task's by now, which is alive then.
    fn ended_before_its_report(&mut self, child: Tid) -> Option<Option<Ended>> {
        let ended = self.tracees.take_early_end(child)?;
        self.kernel.process_of(child).is_none().then_some(ended)
    }

    /// Lets a new task go from its first stop. It carries the filter, so it runs under PTRACE_CONT at once.
    fn begin(&mut self, stopped: Stopped) {
        let how = match stopped.stop() {
            Stop::Trap => Ok(Next::Go(Resume::Run)),
            // Anything else that comes first (a signal, a group-stop of its whole process) is what it always is.
            _ => self.step(&stopped),
        };
        match how {
            Ok(next) => self.go_on(stopped, next),
            Err(KernelError::Vanished(_)) => self.resume(stopped, Resume::Run),
            Err(error) => {
                log::warn!("begin a new task: {error}; it goes on as it is");
                self.blind.failed_requests += 1;
                let how = self.way_on_from(&stopped);
                self.resume(stopped, how);
            }
        }
    }

    /// PTRACE_EVENT_EXEC. If another thread than the leader did it, the thread has the leader's id now, and the leader is
    /// gone without an exit of its own (ptrace(2), "execve(2) under ptrace").
    pub(super) fn exec(&mut self, stopped: &Stopped) -> Result<Resume, KernelError> {
        let tid = stopped.tid();
        let answer = self.kernel.event_task(stopped);
        let former = answer.as_ref().ok().copied().flatten().filter(|former| *former != tid);
        // By its place before it takes the leader's: a thread that is not followed leaves no line.
        let logged = self.config.logging.superseded && former.is_some_and(|former| self.logs_task(former));
        if let Some(former) = former {
            // Where the leader was when it was taken away, it will not come back to.
            if let Some(mut call) = self.tracees.take_call(tid) {
                self.died_in(tid, &mut call);
            }
            // It was held, or had counters of its own: both are gone with it.
            self.drop_held(tid);
            self.tracees.supersede(tid, former);
            self.matcher.supersede(tid, former);
            self.kernel.forget(former);
        }
        if former.is_some() || answer.is_err() {
            self.drop_threads_without_an_end(tid);
        }
        if let Err(KernelError::Vanished(_)) = answer {
            return Err(KernelError::Vanished(tid));
        }
        // The address space is another one: a kept descriptor of its maps would answer for the old one, or, after vfork,
        // for the parent.
        self.kernel.forget(tid);
        let now = self.kernel.now();
        if let Some(tracee) = self.tracees.get(tid) {
            tracee.interrupted.clear();
            tracee.counted = None;
            // The registers and the memory that were changed for the execve are gone with the program that made it.
            if let Phase::InSyscall(call) = &mut tracee.phase {
                call.undo.clear();
            }
            if let Phase::Starting(call) = &mut tracee.phase {
                tracee.phase = match call.take() {
                    Some(call) => Phase::InSyscall(*call),
                    None => Phase::Running,
                };
                self.control.began(now, self.config.timeout);
                if let Some(limit) = self.control.deadline() {
                    self.kernel.limit_at(limit);
                }
            }
        }
        self.event(tid, What::Exec { former, logged });
        self.blind.lost_privileges.extend(self.kernel.lost_privilege(tid));
        answer.map(|_| self.way_on(tid))
    }

    /// At an exec that another thread made, or may have: those of its process are gone. ptrace(2) lets all but the leader
    /// report an exit first; whoever has not will not any more, and the run would wait for it for ever.
    fn drop_threads_without_an_end(&mut self, survivor: Tid) {
        for tid in self.tracees.tids() {
            if tid != survivor && self.tracees.knows(tid) && self.kernel.process_of(tid).is_none() {
                log::debug!("{tid} is gone without an end");
                if let Some(mut call) = self.tracees.take_call(tid) {
                    self.died_in(tid, &mut call);
                }
                self.drop_silently(tid);
            }
        }
    }

    /// A task has died: if it was the creator of a parked one, its event will never come.
    pub(super) fn adopt_orphans(&mut self) {
        for tid in self.tracees.parked() {
            // Its creator may be alive and about to report. Whoever is nobody's child in the tree is adopted.
            if self.likely_creator(tid).is_none() {
                self.adopt(tid);
            }
        }
    }

    /// Returns a task of the tree that belongs to the process which has made `tid`: for a thread its own process, for a
    /// new process its parent. Which thread it was, only its event could tell.
    fn likely_creator(&mut self, tid: Tid) -> Option<Tid> {
        let own = self.kernel.process_of(tid)?;
        let process = if own.get() == tid.get() { self.kernel.parent_of(tid)? } else { own };
        // The leader stays in the tree until its process has ended.
        Tid::new(process.get()).filter(|leader| self.tracees.knows(*leader))
    }

    /// Takes a parked task in without its creator's event.
    pub(super) fn adopt(&mut self, tid: Tid) {
        let Some(stopped) = self.tracees.unpark(tid) else { return };
        let creator = self.likely_creator(tid);
        // A creator that the tree does not know gives a place behind all others.
        self.add(creator.unwrap_or(tid), tid, Phase::Running);
        if let Some(tracee) = self.tracees.get(tid) {
            tracee.adopted = true;
        }
        self.begin(stopped);
    }
}
