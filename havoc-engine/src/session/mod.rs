//! The loop: wait, say what it is, step the task's phase, let it go on.
//!
//! ```text
//!             first stop, creator known             named call, exit wanted
//! Expected ───────────────────────────▶ Running ─────────────────────────────▶ InSyscall
//!    ▲                                   ▲    ▲                                    │
//!    │ creator's event                   │    └────────── syscall-exit-stop ───────┘
//! (unknown tid: Parked until its creator's event, or adopted)
//! ```
mod act;
mod addresses;
mod attempt;
mod carrier;
mod choice;
mod config;
mod control;
mod corrupt;
mod crash;
mod entry;
mod exit;
mod facts;
mod held;
mod leaf;
mod look;
mod report;
mod restart;
mod sentinel;
mod short;
mod signals;
mod sweep;
mod tell;
#[cfg(test)]
mod tests;
mod tie;
mod tracee;
mod tree;
mod vectors;

pub use choice::Engine;
pub use config::{Config, IoUring, Logging};
pub use report::{BlindSpots, CallStats, OwnCall, OwnCalls, Report, RuleReport, Sought};

use crate::filter::{FilterTooLarge, Instruction};
use crate::kernel::{Kernel, KernelError, Resume, Stop, Stopped, Waited};
use crate::matcher::Matcher;
use crate::recent::RecentMap;
use crate::record::{Event, Sink, What};
use crate::signal::Signal;
use crate::task::Tid;
use control::Control;
use crash::Crash;
use facts::Room;
use held::{HeldTasks, Next};
use std::collections::BTreeMap;
use std::time::Duration;
use sweep::Sweep;
use tracee::Tracees;

/// A run: one kernel, one plan, one tree of tasks.
pub struct Session<'a, K> {
    kernel: &'a mut K,
    sink: &'a mut dyn Sink,
    config: &'a Config,
    matcher: Matcher,
    tracees: Tracees,
    control: Control,
    blind: BlindSpots,
    calls: RecentMap<(havoc_arch::Abi, u32), CallStats>,
    stops: u64,
    sentinel_stops: u64,
    /// The tree is empty, and is watched until then.
    empty_until: Option<Duration>,
    lost: Option<String>,
    held: HeldTasks,
    crash: Option<Crash>,
    room: Room,
    sweep: Sweep,
    /// How many filters a task had that has asked for one more, and whose call has not been seen to be over.
    asking: BTreeMap<Tid, u32>,
}

/// How long an empty tree is watched for a child that its creator could not report. A new task stops before it does
/// anything, so it is only as late as the scheduler makes it.
const LAST_LOOK: Duration = Duration::from_millis(20);

impl<'a, K: Kernel> Session<'a, K> {
    /// Begins a session for the freshly spawned `root`, whose exec is still to come.
    pub fn new(kernel: &'a mut K, sink: &'a mut dyn Sink, config: &'a Config, root: Tid) -> Session<'a, K> {
        let mut session = Session {
            matcher: Matcher::new(&config.plan, config.seed).indexed(),
            tracees: Tracees::new(root),
            control: Control::new(root),
            blind: BlindSpots::default(),
            calls: RecentMap::default(),
            stops: 0,
            sentinel_stops: 0,
            empty_until: None,
            lost: None,
            held: HeldTasks::default(),
            crash: None,
            room: Room::default(),
            sweep: Sweep::default(),
            asking: BTreeMap::new(),
            kernel,
            sink,
            config,
        };
        if config.plan.rules.iter().any(|rule| rule.action.syscall.is_some()) {
            // Any call may become chroot(2).
            session.kernel.roots_may_differ();
        }
        session.event(root, What::Began(crate::record::LogicalPath::default()));
        session
    }

    /// Runs until the last task of the tree has ended.
    pub fn run(mut self) -> Report {
        while self.goes_on() {
            self.attend();
            match self.kernel.wait(self.deadline()) {
                Ok(Waited::Stopped(stopped)) => self.stopped(stopped),
                Ok(Waited::Ended(tid, ended)) => self.ended(tid, ended),
                Ok(Waited::Woken) => {}
                Ok(Waited::NoTask) if self.tracees.is_empty() => break,
                Ok(Waited::NoTask) if self.control.root_end().is_some() => self.all_are_gone(),
                Ok(Waited::NoTask) => {
                    self.lose(
                        "the kernel knows no traced task any more, though some have not been seen to end",
                    );
                }
                Err(error) => self.lose(&error.to_string()),
            }
            if self.lost.is_some() {
                break;
            }
        }
        self.drop_all_held();
        self.sink.finish();
        self.into_report()
    }

    /// Tells whether somebody may still come. A task that dies before it could report its child leaves one behind that
    /// nobody knows yet, so an empty tree is watched for a moment, unless the kernel says that there is none left.
    fn goes_on(&mut self) -> bool {
        if !self.tracees.is_empty() || !self.kernel.reports_tasks() {
            self.empty_until = None;
            return true;
        }
        let now = self.kernel.now();
        *self.empty_until.get_or_insert(now + LAST_LOOK) > now
    }

    fn stopped(&mut self, stopped: Stopped) {
        self.stops += 1;
        let tid = stopped.tid();
        if stopped.stop() == Stop::Seccomp && !self.kernel.reports_tasks() {
            // Nobody tells of ends. Who was held under this id has died, or another thread's exec has taken its place.
            self.drop_held(tid);
            self.has_asked(tid);
        }
        if self.control.is_killing() && self.kernel.reports_tasks() {
            self.kill_task(tid);
        }
        if self.crash.is_some() {
            return self.frozen(stopped);
        }
        if !self.tracees.is_ready(tid) {
            if self.kernel.reports_tasks() {
                return self.first_stop(stopped);
            }
            self.appears(tid);
        }
        let result = self.step(&stopped);
        let next = self.or_as_it_is(&stopped, result);
        self.go_on(stopped, next);
        if let Some(()) = self.control.take_stop_wish() {
            self.stop_myself();
        }
    }

    /// How a task goes on whose stop could not be handled.
    fn or_as_it_is(&mut self, stopped: &Stopped, result: Result<Next, KernelError>) -> Next {
        match result {
            Ok(next) => next,
            // It will be seen to end. If it is not dead after all, it must not stay stopped.
            Err(KernelError::Vanished(_)) => Next::Go(self.way_on(stopped.tid())),
            Err(error) => {
                log::warn!("handle a stop: {error}; the task goes on as it is");
                self.blind.failed_requests += 1;
                Next::Go(self.way_on_from(stopped))
            }
        }
    }

    /// What a stop means, and how the task is to go on.
    fn step(&mut self, stopped: &Stopped) -> Result<Next, KernelError> {
        if stopped.stop() != Stop::Signal(Signal::TRAP) {
            // The signal had no handler after all.
            self.tracees.take_step(stopped.tid());
        }
        if self.control.is_root(stopped.tid()) {
            self.control.root_goes_on();
        }
        match stopped.stop() {
            Stop::Seccomp => self.named_call(stopped),
            Stop::Syscall => self.syscall_stop(stopped),
            Stop::Signal(signal) => self.signal_stop(stopped, signal).map(Next::Go),
            Stop::Group(signal) => self.group_stop(stopped, signal).map(Next::Go),
            Stop::Trap => Ok(Next::Go(self.way_on(stopped.tid()))),
            Stop::NewTask(_) => self.new_task(stopped).map(Next::Go),
            Stop::Exec => self.exec(stopped).map(Next::Go),
            Stop::Unknown(event) => {
                log::debug!("unknown ptrace event {event} in {}", stopped.tid());
                Ok(Next::Go(self.way_on(stopped.tid())))
            }
        }
    }

    /// To the exit if one is awaited, else on.
    fn way_on(&self, tid: Tid) -> Resume {
        if self.tracees.awaits_exit(tid) { Resume::ToExit } else { Resume::Run }
    }

    /// How a task goes on when nothing could be learned about its stop: a signal is never lost, nor a group-stop broken.
    fn way_on_from(&self, stopped: &Stopped) -> Resume {
        match stopped.stop() {
            Stop::Signal(signal) => Resume::Deliver(signal),
            Stop::Group(_) => Resume::Listen,
            Stop::Seccomp | Stop::Syscall | Stop::Trap | Stop::NewTask(_) | Stop::Exec | Stop::Unknown(_) => {
                self.way_on(stopped.tid())
            }
        }
    }

    fn resume(&mut self, stopped: Stopped, how: Resume) {
        self.resumes(stopped, how);
    }

    /// Resumes, and tells whether there was somebody to go on. A refusal that is not the task's death leaves it frozen, so it
    /// is tried again, and then the run is given up.
    fn resumes(&mut self, stopped: Stopped, how: Resume) -> bool {
        match self.kernel.resume(stopped, how) {
            Ok(()) => return true,
            Err(KernelError::Vanished(_)) => {}
            Err(error) => self.lose(&error.to_string()),
        }
        false
    }

    /// Gives the run up: havoc ends, and with it, by PTRACE_O_EXITKILL, every task that it traces.
    fn lose(&mut self, why: &str) {
        if self.lost.is_none() {
            log::error!("{why}; the program is ended");
            self.lost = Some(why.to_owned());
        }
    }

    fn event(&mut self, tid: Tid, what: What) {
        let time = self.kernel.now();
        self.sink.take(Event { time, tid, what });
    }

    fn deadline(&self) -> Option<Duration> {
        [
            self.control.deadline(),
            self.tracees.parked_deadline(),
            self.empty_until,
            self.held.deadline(),
            self.crash.as_ref().map(Crash::deadline),
        ]
        .into_iter()
        .flatten()
        .min()
    }
}

/// Returns the seccomp program that stops the calls this configuration names for `engine`, and lets all others run at native
/// speed.
///
/// # Errors
/// When it would be longer than the kernel takes.
pub fn filter(config: &Config, engine: Engine) -> Result<Vec<Instruction>, FilterTooLarge> {
    let (_, program) = sentinel::compiled(config, engine, &Matcher::new(&config.plan, config.seed))?;
    Ok(program)
}
