//! Which event comes next, and whether it can.
use super::{Halt, Order, Planned, ScriptedKernel, State};
use crate::kernel::{Ended, Resume, Stop, Stopped, SyscallInfo, Waited};
use crate::signal::Signal;
use crate::task::Tid;
use std::time::Duration;

impl ScriptedKernel {
    /// The next event of the script.
    pub(super) fn play(&mut self, deadline: Option<Duration>) -> Waited {
        loop {
            let Some(index) = self.next() else { return self.nothing_left(deadline) };
            let event = self.events.remove(index).expect("an index of an event");
            match event {
                Planned::Changes(change) => change(&mut self.world),
                Planned::Asked(request) => {
                    self.asked.push(request);
                    return Waited::Woken;
                }
                Planned::Passes(time) => {
                    let end = self.now + time;
                    if let Some(deadline) = deadline.filter(|deadline| *deadline < end) {
                        // The rest of the time passes later.
                        self.now = deadline.max(self.now);
                        self.events.insert(index, Planned::Passes(end - self.now));
                        return Waited::Woken;
                    }
                    self.now = end;
                    return Waited::Woken;
                }
                Planned::NoTask => return Waited::NoTask,
                Planned::Unreported(tid) => self.gone(tid),
                Planned::Ended(tid, ended) => {
                    if self.state(tid) != Some(State::Gone) {
                        return self.end(tid, ended);
                    }
                    assert!(self.is_free(), "{tid} has ended twice in the script");
                }
                Planned::Halt(halt) => {
                    if self.state(halt.tid) == Some(State::Vanished) {
                        return self.end(halt.tid, KILLED);
                    }
                    if self.happens(&halt) {
                        return self.stop(halt);
                    }
                }
            }
        }
    }

    pub(super) fn state(&self, tid: Tid) -> Option<State> {
        self.tasks.get(&tid).copied()
    }

    fn is_free(&self) -> bool {
        matches!(self.order, Order::Chosen(_))
    }

    fn next(&mut self) -> Option<usize> {
        if !self.is_free() {
            return (!self.events.is_empty()).then_some(0);
        }
        let candidates: Vec<usize> =
            (0..self.events.len()).filter(|index| self.can_be_next(*index)).collect();
        let Order::Chosen(choose) = &mut self.order else { return None };
        match candidates.len() {
            0 => None,
            count => Some(candidates[choose(count) % count]),
        }
    }

    /// The first event of its task, which is able to make it.
    fn can_be_next(&self, index: usize) -> bool {
        let Some(tid) = self.events[index].tid() else {
            // Time and the world go on only when everything before has happened.
            return index == 0;
        };
        if (0..index).any(|earlier| self.events[earlier].tid() == Some(tid)) {
            return false;
        }
        // A leader's end is reported when the last of its threads has ended. ptrace(2).
        if matches!(self.events[index], Planned::Ended(..)) && self.has_threads(tid) {
            return false;
        }
        // A thread comes to its exec by itself.
        if let Some(former) = self.events[index].former()
            && (matches!(self.state(former), Some(State::Stopped(_)))
                || (0..index).any(|earlier| self.events[earlier].tid() == Some(former)))
        {
            return false;
        }
        match self.state(tid) {
            Some(State::Stopped(_)) => {
                return matches!(self.events[index], Planned::Ended(..)) && self.is_killed();
            }
            Some(_) => return true,
            None => {}
        }
        // Not born yet: its creator must be about to report it.
        let birth = self.events.iter().position(|event| event.makes(tid));
        birth.is_none_or(|birth| {
            let creator = self.events[birth].tid().and_then(|creator| self.state(creator));
            matches!(creator, Some(State::Running(_))) && self.can_be_reported(birth)
        })
    }

    /// Tells whether more is to happen to another thread of the process that `tid` leads.
    fn has_threads(&self, leader: Tid) -> bool {
        let is_thread = |tid: Tid| {
            let process = self.world.processes.get(&tid);
            tid != leader && process.is_some_and(|process| process.get() == leader.get())
        };
        self.events
            .iter()
            .filter_map(Planned::tid)
            .any(|tid| is_thread(tid) && self.state(tid) != Some(State::Gone))
    }

    fn can_be_reported(&self, birth: usize) -> bool {
        let creator = self.events[birth].tid();
        (0..birth).all(|earlier| self.events[earlier].tid() != creator)
    }

    fn is_killed(&self) -> bool {
        self.acts.iter().any(|act| act.ends_with("SIGKILL"))
    }

    /// Checks that the real kernel could report this stop; tells whether it is to happen.
    fn happens(&mut self, halt: &Halt) -> bool {
        let (tid, stop) = (halt.tid, halt.stop);
        let acts = &self.acts;
        if let Some(former) = halt.former() {
            let runs = matches!(self.state(former), Some(State::Running(_)));
            assert!(
                runs || self.is_free(),
                "{former} cannot make an exec: {:?}; {acts:#?}",
                self.state(former)
            );
            return runs;
        }
        match self.state(tid) {
            None => true,
            Some(State::Stopped(earlier)) => {
                panic!("{tid} stops for {stop:?} and is frozen since {earlier:?}; {acts:#?}")
            }
            Some(State::Gone) => {
                // Ids are used again.
                assert!(
                    stop == Stop::Trap || self.is_free(),
                    "{tid} stops for {stop:?} and is gone; {acts:#?}"
                );
                stop == Stop::Trap && !self.is_free()
            }
            Some(State::Vanished) => false,
            Some(State::Running(how)) => {
                let awaited = match (stop, how) {
                    (Stop::Syscall, how) => how == Resume::ToExit,
                    (Stop::Seccomp, how) => {
                        matches!(how, Resume::Run | Resume::Deliver(_) | Resume::DeliverAndStep(_))
                    }
                    (Stop::Trap | Stop::Group(_) | Stop::Exec, _) => true,
                    (_, how) => how != Resume::Listen,
                };
                assert!(awaited || self.is_free(), "{tid} cannot stop for {stop:?} after {how:?}; {acts:#?}");
                awaited
            }
        }
    }

    fn stop(&mut self, halt: Halt) -> Waited {
        let (tid, stop) = (halt.tid, halt.stop);
        if let Some(former) = halt.former() {
            self.gone(former);
        }
        if let SyscallInfo::Seccomp(raw) = halt.info
            && let Some(view) = raw.view()
        {
            self.entered.insert(tid, view);
        }
        self.tasks.insert(tid, State::Stopped(stop));
        *self.stops.entry(tid).or_default() += 1;
        self.halts.insert(tid, halt);
        Waited::Stopped(Stopped::new(tid, stop))
    }

    fn end(&mut self, tid: Tid, ended: Ended) -> Waited {
        let ended = if self.state(tid) == Some(State::Vanished) { KILLED } else { ended };
        self.gone(tid);
        Waited::Ended(tid, ended)
    }

    /// The task is no more, and those that it would have made never will be.
    fn gone(&mut self, tid: Tid) {
        self.tasks.insert(tid, State::Gone);
        self.world.processes.remove(&tid);
        let unborn: Vec<Tid> = self
            .events
            .iter()
            .filter_map(|event| match event {
                Planned::Halt(Halt { tid: creator, stop: Stop::NewTask(_), about, .. })
                    if *creator == tid =>
                {
                    *about
                }
                _ => None,
            })
            .filter(|child| !self.tasks.contains_key(child))
            .collect();
        for child in unborn {
            self.gone(child);
        }
    }

    fn nothing_left(&mut self, deadline: Option<Duration>) -> Waited {
        if self.tasks.values().all(|state| *state == State::Gone) {
            return Waited::NoTask;
        }
        let vanished = self.tasks.iter().find(|(_, state)| **state == State::Vanished).map(|(tid, _)| *tid);
        if let Some(tid) = vanished {
            return self.end(tid, KILLED);
        }
        // SIGKILL ends a task in its stop, whatever else the script had for it. Leaders end last.
        let stopped = self.tasks.iter().rev().filter(|(_, state)| matches!(state, State::Stopped(_)));
        let killed = stopped.map(|(tid, _)| *tid).find(|tid| {
            self.is_free() && self.acts.iter().any(|act| act.ends_with(&format!("/{tid} is sent SIGKILL")))
        });
        if let Some(tid) = killed {
            return self.end(tid, KILLED);
        }
        if let Some(deadline) = deadline {
            assert!(deadline > self.now, "the session waits for a time that has passed; {:#?}", self.acts);
            self.now = deadline;
            return Waited::Woken;
        }
        panic!("nothing can happen any more, and not all have ended: {:?}; {:#?}", self.tasks, self.acts);
    }
}

const KILLED: Ended = Ended::Killed { signal: Signal::KILL, core_dumped: false };
