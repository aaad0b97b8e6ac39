//! Delays: a task is held in the stop that it is at, and all others run on. SIGKILL and the end of its process end it
//! there, since a task in a ptrace-stop is still killable; nothing else moves it.
use super::Session;
use super::entry::Entered;
use super::tell::Told;
use crate::kernel::{Kernel, Resume, Stopped};
use crate::task::Tid;
use havoc_arch::SyscallView;
use std::collections::BTreeMap;
use std::time::Duration;

/// What is done with a stop once it has been looked at.
#[derive(Debug)]
pub(super) enum Next {
    /// The task goes on.
    Go(Resume),
    /// It goes on, and with that it learns what was decided of its call.
    Tell(Option<Told>),
    /// It is held for a time.
    Hold(Duration, Then),
    /// It is held until what was asked about it is answered, but no longer than [`ANSWER_WITHIN`].
    Ask(Box<SyscallView>),
    /// The same for what its line in the log shows.
    AskForLine(Box<Entered>),
    /// It is held until the whole tree is, which then dies.
    Crash,
}

/// What comes after a delay.
#[derive(Debug)]
pub(super) enum Then {
    /// The call is entered at last.
    Enter(Box<Entered>),
    /// The task learns what was decided of its call.
    Tell(Option<Told>),
    /// The call is judged, for what was asked about it is answered or given up.
    Judge(Box<SyscallView>),
    /// The call is entered, for what its line shows is answered or given up.
    Line(Box<Entered>),
}

/// How long a task is held for an answer that somebody else has to give: a file system's server, or the program. Past it the
/// call is not judged. Whoever answers at all answers within milliseconds, and a test of a program can spare two seconds.
pub(super) const ANSWER_WITHIN: Duration = Duration::from_secs(2);

impl Then {
    /// Tells whether a task is held until what was asked about it is answered, and not for a time.
    fn waits_for_answers(&self) -> bool {
        match self {
            Then::Judge(_) | Then::Line(_) => true,
            Then::Enter(_) | Then::Tell(_) => false,
        }
    }
}

impl Next {
    /// A call is over: its task goes on, after `delay`, with what it is told.
    pub(super) fn told(delay: Duration, told: Option<Told>) -> Next {
        if delay.is_zero() { Next::Tell(told) } else { Next::Hold(delay, Then::Tell(told)) }
    }
}

/// A task that is held.
#[derive(Debug)]
struct Held {
    stopped: Stopped,
    until: Duration,
    then: Then,
}

/// All tasks that are held.
#[derive(Debug, Default)]
pub(super) struct HeldTasks(BTreeMap<Tid, Held>);

impl HeldTasks {
    /// Returns when the next delay is over.
    pub(super) fn deadline(&self) -> Option<Duration> {
        // At every stop; mostly nobody is held.
        if self.0.is_empty() {
            return None;
        }
        self.0.values().map(|held| held.until).min()
    }

    fn take_due(&mut self, now: Duration) -> Option<(Stopped, Then)> {
        let due = self.0.iter().filter(|(_, held)| held.until <= now).min_by_key(|(_, held)| held.until);
        let tid = *due?.0;
        self.0.remove(&tid).map(|held| (held.stopped, held.then))
    }

    /// Tells whether a task is held for answers.
    fn waits_for_answers(&self, tid: Tid) -> bool {
        self.0.get(&tid).is_some_and(|held| held.then.waits_for_answers())
    }

    /// Takes a task out that will not go on: it has ended, or dies with the tree.
    pub(super) fn take(&mut self, tid: Tid) -> Option<(Stopped, Then)> {
        if self.0.is_empty() {
            return None;
        }
        self.0.remove(&tid).map(|held| (held.stopped, held.then))
    }
}

impl<K: Kernel> Session<'_, K> {
    /// Does with a stop what was decided.
    pub(super) fn go_on(&mut self, stopped: Stopped, next: Next) {
        match next {
            Next::Go(how) => self.resume(stopped, how),
            Next::Tell(told) => {
                if !self.resumes(stopped, Resume::Run) {
                    self.never_told(told);
                }
            }
            Next::Hold(time, then) => {
                self.hold(stopped, time, then);
            }
            Next::Ask(entry) => self.hold(stopped, ANSWER_WITHIN, Then::Judge(entry)),
            Next::AskForLine(entered) => self.hold(stopped, ANSWER_WITHIN, Then::Line(entered)),
            Next::Crash => self.freeze(stopped),
        }
    }

    fn hold(&mut self, stopped: Stopped, time: Duration, then: Then) {
        let until = self.kernel.now().saturating_add(time);
        self.held.0.insert(stopped.tid(), Held { stopped, until, then });
    }

    /// Lets go on whose delay is over, and judges the calls for which the answers have come, or have not come in time.
    pub(super) fn release(&mut self) {
        for tid in self.kernel.answered() {
            if self.held.waits_for_answers(tid)
                && let Some((stopped, then)) = self.held.take(tid)
            {
                self.goes_on_with(stopped, then);
            }
        }
        let now = self.kernel.now();
        while let Some((stopped, then)) = self.held.take_due(now) {
            if then.waits_for_answers() {
                self.kernel.give_up(stopped.tid());
            }
            self.goes_on_with(stopped, then);
        }
    }

    fn goes_on_with(&mut self, stopped: Stopped, then: Then) {
        if !self.kernel.still_waits(stopped.tid()) {
            return self.never_goes_on(stopped, then);
        }
        let next = match then {
            Then::Tell(told) => Next::Tell(told),
            Then::Enter(entered) | Then::Line(entered) => {
                let result = self.enter_call(&stopped, *entered);
                self.or_as_it_is(&stopped, result)
            }
            Then::Judge(entry) => {
                let result = self.call_of_the_program(&stopped, *entry);
                self.or_as_it_is(&stopped, result)
            }
        };
        self.go_on(stopped, next);
    }

    /// A held task has ended, or its program has. A call that it was about to enter is shown as unfinished.
    pub(super) fn drop_held(&mut self, tid: Tid) {
        if let Some((stopped, then)) = self.held.take(tid) {
            self.never_goes_on(stopped, then);
        }
    }

    /// The run is over, given up perhaps: whoever is still held will not go on.
    pub(super) fn drop_all_held(&mut self) {
        while let Some(tid) = self.held.0.keys().next().copied() {
            self.drop_held(tid);
        }
    }

    fn never_goes_on(&mut self, stopped: Stopped, then: Then) {
        let tid = stopped.tid();
        stopped.ended();
        match then {
            Then::Enter(entered) | Then::Line(entered) => self.died_before(tid, *entered),
            Then::Tell(told) => self.never_told(told),
            // Nothing was counted of it yet.
            Then::Judge(_) => self.kernel.forget(tid),
        }
    }
}
