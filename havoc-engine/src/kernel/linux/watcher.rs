//! The end by force. When the main thread has not ended a run some time after it should have, because it is held up in a write
//! that nobody reads, by a debugger, or by a task that no signal reaches, the waking thread does it.
//!
//! The main thread may be held up anywhere, inside of the allocator or with a lock. So nothing here allocates or locks, and
//! nothing is asked of a file system but /proc; what is written goes where there is room for it.
use super::again::again;
use super::census::{self, Census, Of, Process, Text};
use super::signals;
use crate::signal::Signal;
use crate::task::Tid;
use nix::poll::{PollFd, PollFlags, PollTimeout};
use std::fmt::Write as _;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::{Duration, Instant};

/// How long after its order the main thread may take to end a run.
const GRACE: Duration = Duration::from_millis(800);
/// How long the tasks that are killed may take to die.
const DYING: Duration = Duration::from_millis(700);
/// How long the main thread, which may be writing the log out, does nothing before it is taken to be held up.
const IDLE: Duration = Duration::from_millis(500);
/// After so long it ends, whatever the main thread does.
const AT_LAST: Duration = Duration::from_secs(20);
/// Between two looks.
const PAUSE: Duration = Duration::from_millis(10);
/// How long it is waited until there is room for the report.
const WRITING: u16 = 200;
/// What a census has room for; more are found when these are dead.
const MOST: usize = 1 << 15;

/// Why a run is to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cause {
    /// `--timeout`.
    TimeLimit,
    /// The second signal to havoc.
    SecondSignal,
}

/// Which processes are the program's.
#[derive(Debug)]
pub(super) enum Program {
    /// Those that havoc traces.
    Traced,
    /// All that descend from havoc, but these and theirs.
    Descends {
        /// Children from before havoc.
        spared: Vec<Process>,
        /// Its own child above the program, which ends what is left when havoc is gone.
        guard: Option<Process>,
    },
}

impl Program {
    fn of(&self) -> Of<'_> {
        match self {
            Program::Traced => Of::Tracing,
            Program::Descends { spared, .. } => Of::Descent(spared),
        }
    }

    fn guard(&self) -> Option<Process> {
        match self {
            Program::Traced => None,
            Program::Descends { guard, .. } => *guard,
        }
    }
}

/// What ends a run by force.
#[derive(Debug)]
pub(super) struct Watcher {
    program: Program,
    /// Where the report goes, beside standard error.
    report: Option<OwnedFd>,
    census: Census,
    strike: Option<(Instant, Cause)>,
}

impl Watcher {
    /// Of this program; with the file that the report goes to, if it goes to one.
    pub(super) fn new(program: Program, report: Option<OwnedFd>) -> Watcher {
        Watcher { program, report, census: Census::of_at_most(MOST), strike: None }
    }

    /// Returns the descriptors that it needs.
    pub(super) fn descriptors(&self) -> impl Iterator<Item = BorrowedFd<'_>> {
        let proc = super::procfs::root().ok().map(AsFd::as_fd);
        self.report.as_ref().map(AsFd::as_fd).into_iter().chain(proc)
    }

    /// The main thread has been told to end the run.
    pub(super) fn order_given(&mut self, cause: Cause) {
        self.strike.get_or_insert_with(|| (Instant::now() + GRACE, cause));
    }

    /// Returns when it has had its time.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.strike.map(|(at, _)| at)
    }

    /// Ends the run if that is due.
    pub(super) fn watch(&mut self, main: Tid) {
        if let Some((_, cause)) = self.strike.filter(|(at, _)| *at <= Instant::now()) {
            self.end(cause, main);
        }
    }

    /// Kills the program and gives the main thread a last chance, which ends the process; then ends it.
    fn end(&mut self, cause: Cause, main: Tid) -> ! {
        let begun = Instant::now();
        let (mut last, mut since) = (work_of(main), begun);
        loop {
            let lives = self.kill();
            let (work, now) = (work_of(main), Instant::now());
            if work != last {
                (last, since) = (work, now);
            }
            let has_died = !lives || now - begun >= DYING;
            if has_died && now - since >= IDLE || now - begun >= AT_LAST {
                break;
            }
            std::thread::sleep(PAUSE);
        }
        self.tell(cause);
        if cause == Cause::SecondSignal {
            // As its root does, which is killed like the others.
            signals::die_by(Signal::KILL);
        }
        let status = match cause {
            Cause::TimeLimit => 124,
            Cause::SecondSignal => 128 + Signal::KILL.number(),
        };
        // SAFETY: takes a number, and runs nothing of the C library's that might wait for the main thread.
        unsafe { libc::_exit(status) }
    }

    /// Kills all that is the program's, and tells whether anything of it still lived.
    fn kill(&mut self) -> bool {
        let guard = self.program.guard();
        if let Some(guard) = guard {
            let _ = census::send(guard, Signal::CONT);
        }
        let mut lives = false;
        for stat in self
            .census
            .take(self.program.of())
            .iter()
            .filter(|stat| !stat.is_dead && Some(stat.process) != guard)
        {
            lives = true;
            let _ = census::send(stat.process, Signal::KILL);
        }
        lives
    }

    fn tell(&mut self, cause: Cause) {
        let mut text = Text::<2048>::new();
        let _ = text.write_str(
            "havoc: havoc was held up itself, so that its report is short: what the rules did is not in it\n",
        );
        self.name_the_stuck(&mut text);
        let _ = text.write_str(match cause {
            Cause::TimeLimit => "havoc: the time limit ended the program; status 124 is havoc's\n",
            Cause::SecondSignal => "havoc: a second signal ended the program\n",
        });
        let errors = std::io::stderr();
        for to in [Some(errors.as_fd()), self.report.as_ref().map(AsFd::as_fd)].into_iter().flatten() {
            write(to, text.as_bytes());
        }
    }

    /// Who is dead but for a call that does not end: it dies when that does.
    fn name_the_stuck<const N: usize>(&mut self, text: &mut Text<N>) {
        /// More are not named.
        const NAMED: usize = 8;
        let mut processes = [None; NAMED];
        let living = self.census.take(self.program.of()).iter().filter(|stat| !stat.is_dead);
        living.zip(&mut processes).for_each(|(stat, place)| *place = Some(stat.process));
        let mut left = NAMED;
        for process in processes.into_iter().flatten() {
            self.census.each_stuck_task(process, |tid| {
                if left == 0 {
                    return;
                }
                left -= 1;
                // Where it sleeps; `0` to those who may not know. proc_pid_wchan(5).
                let mut buffer = [0; 64];
                let wchan = census::read_into(tid.get(), "wchan", &mut buffer).unwrap_or_default();
                let wchan = std::str::from_utf8(wchan).ok().filter(|name| !matches!(*name, "" | "0"));
                let _ = writeln!(text, "havoc: still in the kernel: {tid} ({})", wchan.unwrap_or("unknown"));
            });
        }
    }
}

/// Returns what changes when a thread has run: for how long and how often, by /proc/TID/schedstat of proc(5); without it
/// (CONFIG_SCHED_INFO), its times in /proc/TID/stat.
fn work_of(thread: Tid) -> [u8; 256] {
    let mut text = [0; 256];
    if census::read_into(thread.get(), "schedstat", &mut text).is_none() {
        census::read_into(thread.get(), "stat", &mut text);
    }
    text
}

/// Writes if there is room soon. A pipe that has any has room for PIPE_BUF bytes (pipe(7)), which is more than comes here.
fn write(to: BorrowedFd, text: &[u8]) {
    let mut descriptors = [PollFd::new(to, PollFlags::POLLOUT)];
    if matches!(again(|| nix::poll::poll(&mut descriptors, PollTimeout::from(WRITING))), Ok(1..)) {
        let _ = nix::unistd::write(to, text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nix::fcntl::{FcntlArg, OFlag, fcntl};
    use std::io::{Read, Write};

    fn watcher(report: Option<OwnedFd>) -> Watcher {
        Watcher::new(Program::Traced, report)
    }

    #[test]
    fn the_main_thread_has_its_time_after_the_first_order() {
        let mut watcher = watcher(None);
        assert_eq!(watcher.deadline(), None);
        let before = Instant::now();
        watcher.order_given(Cause::TimeLimit);
        let deadline = watcher.deadline().expect("one");
        assert!(deadline >= before + GRACE);
        watcher.order_given(Cause::SecondSignal);
        assert_eq!(
            (watcher.deadline(), watcher.strike.map(|(_, cause)| cause)),
            (Some(deadline), Some(Cause::TimeLimit))
        );
        // It is not due, or this process would end here.
        watcher.watch(Tid::new(nix::unistd::gettid().as_raw()).expect("above zero"));
    }

    #[test]
    fn the_short_report_goes_where_there_is_room_and_a_full_pipe_does_not_hold_it_up() {
        let (mut read, write) = std::io::pipe().expect("a pipe");
        let mut full = std::fs::File::from(OwnedFd::from(write));
        fcntl(&full, FcntlArg::F_SETFL(OFlag::O_NONBLOCK)).expect("a flag");
        while full.write(&[b'x'; 4096]).is_ok() {}
        fcntl(&full, FcntlArg::F_SETFL(OFlag::empty())).expect("a flag");
        let begun = Instant::now();
        super::write(full.as_fd(), b"lost");
        assert!(begun.elapsed() < Duration::from_secs(20), "it waits no longer than it is told to");
        read.read_exact(&mut [0; 4096]).expect("a page");
        super::write(full.as_fd(), b"kept");
        drop(full);
        let mut rest = Vec::new();
        read.read_to_end(&mut rest).expect("the rest");
        assert!(rest.ends_with(b"xkept"), "{:?}", &rest[rest.len() - 8..]);
    }

    #[test]
    fn a_thread_that_runs_works_and_one_that_waits_does_not() {
        let (go, wait) = std::sync::mpsc::channel::<()>();
        let (tell, told) = std::sync::mpsc::channel();
        let thread = std::thread::spawn(move || {
            tell.send(Tid::new(nix::unistd::gettid().as_raw()).expect("above zero")).expect("told");
            let _ = wait.recv();
            let _ = tell.send(Tid::new(1).expect("above zero"));
            let _ = wait.recv();
        });
        let tid = told.recv().expect("its id");
        let settled = || loop {
            let before = work_of(tid);
            std::thread::sleep(Duration::from_millis(50));
            if work_of(tid) == before {
                return before;
            }
        };
        let before = settled();
        go.send(()).expect("it waits");
        told.recv().expect("it has run");
        assert_ne!(settled(), before);
        drop(go);
        thread.join().expect("it ends");
    }
}
