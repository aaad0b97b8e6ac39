//! Where questions for helpers are put and answers are found: who is asked, for how long, and for whom nobody is asked any more.
use super::helper::{Heard, Helper};
use super::question::Question;
use crate::kernel::linux::proc::TaskDirectory;
use crate::task::{Pid, Tid};
use nix::errno::Errno;
use nix::sys::eventfd::EventFd;
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::os::fd::AsFd;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How many helpers there are at most, those too that are stuck.
const HELPERS: usize = 4;

/// A helper that has looked for so long is stuck. It is longer than any task waits: who asked has given up by then.
const STUCK_AFTER: Duration = Duration::from_secs(3);

/// After so many looks in a row that were given up, a mount is not asked for [`LEFT_ALONE_FOR`].
const GIVEN_UP_IN_A_ROW: u32 = 3;
const LEFT_ALONE_FOR: Duration = Duration::from_secs(30);

/// What is said to a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::kernel::linux) enum Said {
    /// This.
    Answer(Vec<Vec<u8>>),
    /// It could not be found out.
    Failed(Errno),
    /// Somebody is looking.
    Pending,
}

/// A question that was put about a task.
#[derive(Debug)]
struct Put {
    number: u64,
    question: Question,
    mount: u64,
    said: Said,
}

/// One that no helper was free for.
#[derive(Debug)]
struct Queued {
    number: u64,
    task: TaskDirectory,
    question: Question,
}

#[derive(Debug)]
struct Seat {
    helper: Helper,
    /// The question that it looks at, the mount of that, and since when.
    busy: Option<(u64, Instant)>,
    is_stuck: bool,
}

/// How it went with a mount.
#[derive(Debug, Default)]
struct Patience {
    given_up: u32,
    until: Option<Instant>,
}

/// All questions, and who looks for the answers.
#[derive(Debug)]
pub(in crate::kernel::linux) struct Desk {
    rope: Arc<EventFd>,
    seats: Vec<Seat>,
    queue: VecDeque<Queued>,
    tasks: BTreeMap<Tid, Vec<Put>>,
    mounts: HashMap<u64, Patience>,
    /// Tasks of which something was answered since that was asked last.
    answered: Vec<Tid>,
    last: u64,
    /// All helpers that there ever were.
    processes: BTreeSet<Pid>,
}

impl Desk {
    /// Returns one whose helpers let a bell ring by `rope`.
    pub(in crate::kernel::linux) fn new(rope: Arc<EventFd>) -> Desk {
        Desk {
            rope,
            seats: Vec::new(),
            queue: VecDeque::new(),
            tasks: BTreeMap::new(),
            mounts: HashMap::new(),
            answered: Vec::new(),
            last: 0,
            processes: BTreeSet::new(),
        }
    }

    /// Returns what is said to a question about a task, which is put if it was not before. `mount` is the number of the mount
    /// that has to be asked, 0 if that is not known.
    pub(in crate::kernel::linux) fn ask(
        &mut self,
        task: &TaskDirectory,
        question: Question,
        mount: u64,
    ) -> Said {
        let tid = task.tid();
        if let Some(put) = self.puts(tid).iter().find(|put| put.question == question) {
            return put.said.clone();
        }
        self.last += 1;
        let number = self.last;
        let said = match self.is_left_alone(mount) {
            true => Said::Failed(Errno::ETIMEDOUT),
            false => self.put(number, task, &question),
        };
        let put = Put { number, question, mount, said: said.clone() };
        self.tasks.entry(tid).or_default().push(put);
        said
    }

    /// Tells whether a task that has ended was a helper.
    pub(in crate::kernel::linux) fn was_helper(&mut self, tid: Tid) -> bool {
        !self.processes.is_empty()
            && Pid::new(tid.get()).is_some_and(|process| self.processes.remove(&process))
    }

    /// Tells whether somebody is looking for an answer about a task.
    pub(in crate::kernel::linux) fn is_pending(&self, tid: Tid) -> bool {
        self.puts(tid).iter().any(|put| put.said == Said::Pending)
    }

    fn puts(&self, tid: Tid) -> &[Put] {
        self.tasks.get(&tid).map_or(&[], Vec::as_slice)
    }

    fn put(&mut self, number: u64, task: &TaskDirectory, question: &Question) -> Said {
        self.give_up_stuck_helpers();
        match self.hand_over(number, task, question) {
            Some(Ok(())) => return Said::Pending,
            Some(Err(errno)) => return Said::Failed(errno),
            None => {}
        }
        if self.seats.is_empty() {
            return Said::Failed(Errno::EAGAIN);
        }
        if self.seats.iter().all(|seat| seat.is_stuck) {
            return Said::Failed(Errno::ETIMEDOUT);
        }
        match task.another() {
            Ok(task) => {
                self.queue.push_back(Queued { number, task, question: question.clone() });
                Said::Pending
            }
            Err(errno) => Said::Failed(errno),
        }
    }

    /// Gives a question to a helper that has nothing to do; `None` if there is none.
    fn hand_over(
        &mut self,
        number: u64,
        task: &TaskDirectory,
        question: &Question,
    ) -> Option<nix::Result<()>> {
        while let Some(seat) = self.free_seat() {
            match self.seats[seat].helper.ask(number, task, question) {
                Ok(()) => {
                    self.seats[seat].busy = Some((number, Instant::now()));
                    return Some(Ok(()));
                }
                // It has had nothing to do for too long, or somebody has killed it.
                Err(Errno::EPIPE | Errno::ECONNRESET) => drop(self.seats.swap_remove(seat)),
                Err(errno) => return Some(Err(errno)),
            }
        }
        None
    }

    /// Returns a helper that has nothing to do, a new one perhaps.
    fn free_seat(&mut self) -> Option<usize> {
        if let Some(seat) = self.seats.iter().position(|seat| seat.busy.is_none() && !seat.is_stuck) {
            return Some(seat);
        }
        if self.seats.len() >= HELPERS {
            return None;
        }
        match Helper::start(self.rope.as_fd()) {
            Ok(helper) => {
                self.processes.insert(helper.process());
                self.seats.push(Seat { helper, busy: None, is_stuck: false });
                Some(self.seats.len() - 1)
            }
            Err(errno) => {
                log::debug!("make a helper: {errno}");
                None
            }
        }
    }

    /// Tells whether a mount has not answered for so long that it is not asked.
    fn is_left_alone(&mut self, mount: u64) -> bool {
        let Some(patience) = self.mounts.get_mut(&mount) else { return false };
        match patience.until {
            Some(until) if until > Instant::now() => true,
            Some(_) => {
                patience.until = None;
                false
            }
            None => false,
        }
    }

    /// Returns the tasks that were answered all that was asked about them, each once.
    pub(in crate::kernel::linux) fn answered(&mut self) -> Vec<Tid> {
        if self.seats.is_empty() {
            return std::mem::take(&mut self.answered);
        }
        self.hear();
        self.give_up_stuck_helpers();
        let mut done = std::mem::take(&mut self.answered);
        done.sort_unstable();
        done.dedup();
        done.retain(|tid| !self.is_pending(*tid));
        done
    }

    /// Takes what helpers have said, and gives them what is queued.
    fn hear(&mut self) {
        let mut nth = 0;
        while nth < self.seats.len() {
            let heard = match self.seats[nth].busy.is_some() || self.seats[nth].is_stuck {
                true => self.seats[nth].helper.hear(),
                false => Heard::Nothing,
            };
            match heard {
                Heard::Nothing => nth += 1,
                Heard::Answer(number, answer) => {
                    self.seats[nth].busy = None;
                    self.note(number, answer.map_or_else(Said::Failed, Said::Answer));
                    nth += 1;
                }
                Heard::Ended => {
                    let seat = self.seats.swap_remove(nth);
                    if let Some((number, _)) = seat.busy {
                        self.note(number, Said::Failed(Errno::EPIPE));
                    }
                }
            }
        }
        while let Some(queued) = self.queue.pop_front() {
            match self.hand_over(queued.number, &queued.task, &queued.question) {
                Some(Ok(())) => {}
                Some(Err(errno)) => self.note(queued.number, Said::Failed(errno)),
                None => {
                    self.queue.push_front(queued);
                    break;
                }
            }
        }
    }

    fn note(&mut self, number: u64, said: Said) {
        let found = self.tasks.iter_mut().find_map(|(tid, puts)| {
            Some((*tid, puts.iter_mut().find(|put| put.number == number && put.said == Said::Pending)?))
        });
        let Some((tid, put)) = found else { return };
        if let Said::Answer(_) = said {
            self.mounts.remove(&put.mount);
        }
        put.said = said;
        self.answered.push(tid);
    }

    /// Nobody waits any more for what is pending about a task.
    pub(in crate::kernel::linux) fn give_up(&mut self, tid: Tid) {
        for put in self.tasks.get_mut(&tid).into_iter().flatten().filter(|put| put.said == Said::Pending) {
            put.said = Said::Failed(Errno::ETIMEDOUT);
            if let Some(at) = self.queue.iter().position(|queued| queued.number == put.number) {
                // No fault of its mount.
                self.queue.remove(at);
                continue;
            }
            for seat in
                self.seats.iter_mut().filter(|seat| seat.busy.is_some_and(|(number, _)| number == put.number))
            {
                seat.be_stuck();
            }
            let patience = self.mounts.entry(put.mount).or_default();
            patience.given_up += 1;
            if patience.given_up >= GIVEN_UP_IN_A_ROW {
                patience.until = Some(Instant::now() + LEFT_ALONE_FOR);
            }
        }
    }

    /// Answers that nobody waited for, in a line of the log, must not occupy a helper for ever.
    fn give_up_stuck_helpers(&mut self) {
        for seat in &mut self.seats {
            if seat.busy.is_some_and(|(_, since)| since.elapsed() > STUCK_AFTER) {
                seat.be_stuck();
            }
        }
    }

    /// Drops all questions about a task: it goes on, or is gone.
    pub(in crate::kernel::linux) fn forget(&mut self, tid: Tid) {
        if self.tasks.is_empty() {
            return;
        }
        let Some(puts) = self.tasks.remove(&tid) else { return };
        self.queue.retain(|queued| puts.iter().all(|put| put.number != queued.number));
    }
}

impl Seat {
    fn be_stuck(&mut self) {
        if !self.is_stuck {
            self.is_stuck = true;
            self.helper.end();
        }
        self.busy = None;
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        // Of themselves they end when their sockets are closed, but not one that waits, or that somebody has stopped.
        for seat in &self.seats {
            seat.helper.end();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::linux::bell::RING;
    use crate::kernel::linux::guest::own_tid;
    use crate::resource::{Base, LastLink};
    use nix::sys::eventfd::EfdFlags;

    const SOON: Duration = Duration::from_secs(20);

    fn desk() -> (Desk, Arc<EventFd>) {
        let bell = Arc::new(EventFd::from_flags(EfdFlags::EFD_CLOEXEC).expect("an eventfd"));
        (Desk::new(Arc::clone(&bell)), bell)
    }

    fn own() -> TaskDirectory {
        TaskDirectory::open_for(own_tid()).expect("ourselves")
    }

    fn resolve(path: &str) -> Question {
        Question::Resolve { base: Base::Cwd, last: LastLink::Followed, path: path.into() }
    }

    /// Stops the helper of a seat, as one that waits in the kernel.
    fn stop(desk: &Desk, seat: usize) {
        let helper = &desk.seats[seat].helper;
        helper.stop();
    }

    fn wait_for_answer(desk: &mut Desk) -> Vec<Tid> {
        let begin = Instant::now();
        loop {
            let answered = desk.answered();
            if !answered.is_empty() {
                return answered;
            }
            assert!(begin.elapsed() < SOON, "nobody answers: {desk:?}");
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    #[test]
    fn an_answer_rings_and_is_told_to_whoever_asks_again() {
        let (mut desk, bell) = desk();
        let task = own();
        let question = || resolve("/proc/../etc/./passwd");
        assert_eq!(desk.ask(&task, question(), 1), Said::Pending);
        assert_eq!(desk.ask(&task, question(), 1), Said::Pending);
        assert!(bell.read().expect("rung") >= RING);
        assert_eq!(wait_for_answer(&mut desk), [own_tid()]);
        assert_eq!(desk.ask(&task, question(), 1), Said::Answer(vec![b"/etc/passwd".to_vec()]));
        assert!(desk.answered().is_empty());
        desk.forget(own_tid());
        assert_eq!(desk.ask(&task, question(), 1), Said::Pending, "that was the answer of another call");
        assert_eq!(desk.seats.len(), 1);
    }

    #[test]
    fn a_task_is_answered_when_all_that_was_asked_about_it_is() {
        let (mut desk, _bell) = desk();
        let task = own();
        // A helper that has nothing to do is stopped, and then asked.
        assert_eq!(desk.ask(&task, Question::Program, 1), Said::Pending);
        assert_eq!(wait_for_answer(&mut desk), [own_tid()]);
        stop(&desk, 0);
        assert_eq!(desk.ask(&task, Question::WorkingDirectory, 1), Said::Pending);
        assert_eq!(desk.ask(&task, resolve("/etc"), 1), Said::Pending);
        let begin = Instant::now();
        while desk.puts(own_tid()).iter().filter(|put| put.said == Said::Pending).count() > 1 {
            assert!(begin.elapsed() < SOON, "{desk:?}");
            assert!(desk.answered().is_empty(), "of three questions one is open");
        }
        desk.give_up(own_tid());
        assert_eq!(desk.ask(&task, Question::WorkingDirectory, 1), Said::Failed(Errno::ETIMEDOUT));
        assert_eq!(desk.ask(&task, resolve("/etc"), 1), Said::Answer(vec![b"/etc".to_vec()]));
    }

    #[test]
    fn helpers_that_are_stuck_are_ended_and_there_are_never_more_than_four() {
        let (mut desk, _bell) = desk();
        let task = own();
        for nth in 0..HELPERS {
            assert_eq!(desk.ask(&task, resolve(&format!("/{nth}")), nth as u64), Said::Pending);
            stop(&desk, nth);
        }
        // No helper is free for it.
        assert_eq!(desk.ask(&task, resolve("/queued"), 99), Said::Pending);
        assert_eq!((desk.seats.len(), desk.queue.len()), (HELPERS, 1));
        desk.give_up(own_tid());
        assert!(desk.queue.is_empty());
        assert!(desk.seats.iter().all(|seat| seat.is_stuck));
        // They were stopped, and SIGKILL ends them.
        let begin = Instant::now();
        while !desk.seats.is_empty() {
            assert!(begin.elapsed() < SOON, "{desk:?}");
            desk.answered();
        }
        desk.forget(own_tid());
        assert_eq!(desk.ask(&task, Question::Program, 1), Said::Pending);
        assert_eq!(wait_for_answer(&mut desk), [own_tid()]);
    }

    #[test]
    fn a_mount_that_has_not_answered_three_times_in_a_row_is_left_alone() {
        let (mut desk, _bell) = desk();
        let task = own();
        for _ in 0..GIVEN_UP_IN_A_ROW {
            assert_eq!(desk.ask(&task, Question::Program, 7), Said::Pending);
            desk.give_up(own_tid());
            desk.forget(own_tid());
        }
        assert_eq!(desk.ask(&task, Question::Program, 7), Said::Failed(Errno::ETIMEDOUT));
        desk.forget(own_tid());
        assert_eq!(desk.ask(&task, Question::Program, 8), Said::Pending, "another mount is asked");
    }

    #[test]
    fn a_question_to_a_helper_that_is_killed_fails() {
        let (mut desk, _bell) = desk();
        let task = own();
        assert_eq!(desk.ask(&task, Question::Program, 7), Said::Pending);
        stop(&desk, 0);
        assert_eq!(desk.ask(&task, Question::WorkingDirectory, 7), Said::Pending);
        assert_eq!(desk.seats.len(), 2);
        desk.seats[0].helper.end();
        assert_eq!(wait_for_answer(&mut desk), [own_tid()]);
        let said = desk.ask(&task, Question::Program, 7);
        assert!(matches!(said, Said::Failed(Errno::EPIPE) | Said::Answer(_)), "{said:?}");
    }

    #[test]
    fn a_helper_that_somebody_has_stopped_ends_with_the_desk() {
        use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
        let (mut desk, _bell) = desk();
        assert_eq!(desk.ask(&own(), Question::Program, 1), Said::Pending);
        assert_eq!(wait_for_answer(&mut desk), [own_tid()]);
        stop(&desk, 0);
        let end = desk.seats[0].helper.end_to_wait_for();
        drop(desk);
        let mut ended = [PollFd::new(end.as_fd(), PollFlags::POLLIN)];
        assert_eq!(poll(&mut ended, PollTimeout::from(20_000_u16)), Ok(1));
    }
}
