//! The tasks of the tree and what each is doing.
use super::act::Effect;
use super::attempt::Attempt;
use super::restart::{Counted, Interrupted};
use crate::kernel::{Ended, Stopped};
use crate::matcher::Verdict;
use crate::recent::RecentMap;
use crate::record::LogicalPath;
use crate::record::decode::Argument;
use crate::signal::Signal;
use crate::task::Tid;
use havoc_arch::SyscallView;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

/// How long a new task waits for its creator's event before it is adopted without.
pub(super) const PARKED_AT_MOST: Duration = Duration::from_millis(200);

/// A call that a task is in, from the seccomp stop to the exit.
#[derive(Debug)]
pub(super) struct Call {
    /// As the program made it. A call that is entered again as `restart_syscall` is still that call.
    pub(super) view: SyscallView,
    /// What the rules decided.
    pub(super) verdict: Verdict,
    /// Decoded for the log, if it is to be logged.
    pub(super) arguments: Option<Vec<Argument>>,
    /// When it was entered.
    pub(super) entered: Duration,
    /// A result that was set at the entry and is to be found at the exit (`--debug-verify`).
    pub(super) expected: Option<i64>,
    /// What was changed for the time of the call, and must be put back, last first.
    pub(super) undo: Vec<Undo>,
    /// Whether there is a line of it in the log.
    pub(super) is_logged: bool,
    /// Its task was not held before it until its end.
    pub(super) is_let_in: bool,
    /// What the rule that decides has done so far.
    pub(super) effect: Effect,
    /// A rule or `--trace` names it; else it is a sentinel's alone.
    pub(super) named: bool,
    /// What it is after, if its result is to say whether the program has got it.
    pub(super) attempt: Option<Attempt>,
    /// What havoc did to it for its own sake.
    pub(super) safeguard: Option<Safeguard>,
    /// The call that carries it, where its arguments are.
    pub(super) carrier: Option<SyscallView>,
}

/// What havoc does to a call whatever the rules say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Safeguard {
    /// `--io-uring=deny`: it is given ENOSYS.
    NoRing,
    /// To trace havoc itself, by this call: it is given EPERM, as the kernel says of tasks that may not be traced.
    NotOfHavoc(&'static str),
    /// CLONE_UNTRACED is taken out of its flags.
    Traced,
}

impl Safeguard {
    /// Returns what a refused call gives; 0 if it is not refused.
    pub(super) fn result(self) -> i64 {
        match self {
            Safeguard::NoRing => -i64::from(libc::ENOSYS),
            Safeguard::NotOfHavoc(_) => -i64::from(libc::EPERM),
            Safeguard::Traced => 0,
        }
    }

    /// Says in the log and the report who has refused a call.
    pub(super) fn name(self) -> &'static str {
        match self {
            Safeguard::NoRing => "--io-uring=deny",
            Safeguard::NotOfHavoc(_) | Safeguard::Traced => "havoc",
        }
    }
}

/// What was changed for the time of the call.
#[derive(Clone, Debug)]
pub(super) enum Undo {
    /// Argument `index` was `value`.
    Argument { index: usize, value: u64 },
    /// `bytes` stood at `address`.
    Memory { address: u64, bytes: Vec<u8> },
}

/// What a task is doing, as far as we must know.
#[derive(Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "a call is entered at every stop of some rules, and must cost no allocation"
)]
pub(super) enum Phase {
    /// Its creator's event came first; its own first stop is awaited.
    Expected,
    /// Not yet the program: havoc's own child on its way to the exec, perhaps in that execve.
    Starting(Option<Box<Call>>),
    /// Anything between named calls.
    Running,
    /// In a call whose exit is awaited.
    InSyscall(Call),
}

/// One task of the tree.
#[derive(Debug)]
pub(super) struct Tracee {
    pub(super) path: LogicalPath,
    pub(super) children: u32,
    /// Its creator has not reported it, and may yet.
    pub(super) adopted: bool,
    pub(super) phase: Phase,
    /// Calls that a signal interrupted and that may be entered again, innermost last.
    pub(super) interrupted: Vec<Interrupted>,
    /// The last call that a rule counted and that was resumed without an exit stop.
    pub(super) counted: Option<Counted>,
    /// Signals that rules have sent it and that are not delivered yet.
    pub(super) signals: Vec<Signal>,
}

impl Tracee {
    fn new(path: LogicalPath, phase: Phase) -> Tracee {
        Tracee {
            path,
            children: 0,
            adopted: false,
            phase,
            interrupted: Vec::new(),
            counted: None,
            signals: Vec::new(),
        }
    }
}

/// All tasks.
#[derive(Debug)]
pub(super) struct Tracees {
    known: RecentMap<Tid, Tracee>,
    /// Tasks whose first stop came before their creator's event.
    parked: BTreeMap<Tid, (Stopped, Duration)>,
    /// Tasks that step into a handler, and will report so by a SIGTRAP that is not the program's.
    stepping: BTreeSet<Tid>,
    orphans: u32,
    /// The last ends of tasks that nobody had reported; `None` for one that was adopted, so that all is said of it.
    early_ends: VecDeque<(Tid, Option<Ended>)>,
}

/// More newborns than are killed at once; orphans that were never ours, which an init has many of, push each other out.
const EARLY_ENDS: usize = 64;

impl Tracees {
    pub(super) fn new(root: Tid) -> Tracees {
        let mut known = RecentMap::default();
        known.insert(root, Tracee::new(LogicalPath::default(), Phase::Starting(None)));
        Tracees {
            known,
            parked: BTreeMap::new(),
            stepping: BTreeSet::new(),
            orphans: 0,
            early_ends: VecDeque::new(),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.known.is_empty() && self.parked.is_empty()
    }

    pub(super) fn len(&self) -> usize {
        self.known.len() + self.parked.len()
    }

    pub(super) fn tids(&self) -> Vec<Tid> {
        self.known.keys().chain(self.parked.keys().copied()).collect()
    }

    /// Tells whether there is a task that is not parked.
    pub(super) fn knows_any(&self) -> bool {
        !self.known.is_empty()
    }

    pub(super) fn knows(&self, tid: Tid) -> bool {
        self.known.contains(tid)
    }

    /// Tells whether the task has made its first stop and its creator is known.
    pub(super) fn is_ready(&self, tid: Tid) -> bool {
        self.known.get(tid).is_some_and(|tracee| !matches!(tracee.phase, Phase::Expected))
    }

    /// Tells whether the task is still havoc's own child on its way to the exec.
    pub(super) fn is_starting(&self, tid: Tid) -> bool {
        self.known.get(tid).is_some_and(|tracee| matches!(tracee.phase, Phase::Starting(_)))
    }

    /// Returns the task's place in the tree.
    pub(super) fn place(&self, tid: Tid) -> Option<&LogicalPath> {
        self.known.get(tid).map(|tracee| &tracee.path)
    }

    pub(super) fn awaits_exit(&self, tid: Tid) -> bool {
        self.known
            .get(tid)
            .is_some_and(|tracee| matches!(tracee.phase, Phase::InSyscall(_) | Phase::Starting(Some(_))))
    }

    pub(super) fn get(&mut self, tid: Tid) -> Option<&mut Tracee> {
        self.known.get_mut(tid)
    }

    /// Takes the call that the task is in, which leaves it between calls.
    pub(super) fn take_call(&mut self, tid: Tid) -> Option<Call> {
        let tracee = self.known.get_mut(tid)?;
        match std::mem::replace(&mut tracee.phase, Phase::Running) {
            Phase::InSyscall(call) => Some(call),
            Phase::Starting(call) => {
                tracee.phase = Phase::Starting(None);
                call.map(|call| *call)
            }
            phase @ (Phase::Expected | Phase::Running) => {
                tracee.phase = phase;
                None
            }
        }
    }

    /// Adds the child that `creator` reported, and returns its place in the tree.
    pub(super) fn add_child(&mut self, creator: Tid, child: Tid, phase: Phase) -> LogicalPath {
        let path = match self.known.get_mut(creator) {
            Some(creator) => {
                creator.children += 1;
                creator.path.child(creator.children)
            }
            None => {
                // Never numbers of a real child: they count up from 1.
                self.orphans += 1;
                LogicalPath::default().child(u32::MAX - self.orphans)
            }
        };
        self.known.insert(child, Tracee::new(path.clone(), phase));
        path
    }

    /// The task is resumed to the first instruction of a handler.
    pub(super) fn step(&mut self, tid: Tid) {
        if self.knows(tid) {
            self.stepping.insert(tid);
        }
    }

    /// Tells whether the task was stepping; whatever it stops for, it steps no more.
    pub(super) fn take_step(&mut self, tid: Tid) -> bool {
        self.stepping.remove(&tid)
    }

    pub(super) fn park(&mut self, stopped: Stopped, now: Duration) {
        self.parked.insert(stopped.tid(), (stopped, now));
    }

    pub(super) fn unpark(&mut self, tid: Tid) -> Option<Stopped> {
        self.parked.remove(&tid).map(|(stopped, _)| stopped)
    }

    /// Takes the stop of a parked task, which stays in the tree as one whose creator has not reported it.
    pub(super) fn unpark_kept(&mut self, tid: Tid) -> Option<Stopped> {
        let stopped = self.unpark(tid)?;
        self.add_child(tid, tid, Phase::Expected);
        Some(stopped)
    }

    /// Returns the parked tasks that have waited long enough at `now`.
    pub(super) fn overdue(&self, now: Duration) -> Vec<Tid> {
        self.parked
            .iter()
            .filter(|(_, (_, since))| *since + PARKED_AT_MOST <= now)
            .map(|(tid, _)| *tid)
            .collect()
    }

    pub(super) fn parked(&self) -> Vec<Tid> {
        self.parked.keys().copied().collect()
    }

    pub(super) fn parked_deadline(&self) -> Option<Duration> {
        self.parked.values().map(|(_, since)| *since + PARKED_AT_MOST).min()
    }

    /// Notes the end of a task that is not in the tree.
    pub(super) fn ended_early(&mut self, tid: Tid, ended: Option<Ended>) {
        if self.early_ends.len() == EARLY_ENDS {
            self.early_ends.pop_front();
        }
        self.early_ends.push_back((tid, ended));
    }

    /// Takes the end of a task that came before the task did.
    pub(super) fn take_early_end(&mut self, tid: Tid) -> Option<Option<Ended>> {
        let at = self.early_ends.iter().position(|(of, _)| *of == tid)?;
        self.early_ends.remove(at).map(|(_, ended)| ended)
    }

    pub(super) fn remove(&mut self, tid: Tid) -> Option<Tracee> {
        self.stepping.remove(&tid);
        self.known.remove(tid)
    }

    /// The task `former` has taken the id of its process's leader: state moves, the place in the tree stays the leader's.
    pub(super) fn supersede(&mut self, leader: Tid, former: Tid) {
        let Some(mut tracee) = self.known.remove(former) else { return };
        self.stepping.remove(&leader);
        if self.stepping.remove(&former) {
            self.stepping.insert(leader);
        }
        if let Some(old) = self.known.remove(leader) {
            tracee.path = old.path;
            tracee.children = old.children;
            tracee.adopted = old.adopted;
        }
        self.known.insert(leader, tracee);
    }
}
