//! The words a script is written in: one method an event, in the order in which the kernel reports them.
use super::world::World;
use crate::kernel::{Ended, NewTask, RawCall, Request, SignalInfo, Stop, SyscallInfo};
use crate::signal::Signal;
use crate::task::{Pid, Tid};
use havoc_arch::{Arch, Native, Restart, names};
use std::time::Duration;

/// The root task of every script.
pub const ROOT: i32 = 100;

/// A task of havoc's own.
pub const HAVOC: i32 = 50;
/// Where a call is made, unless a script says otherwise.
pub const STACK: u64 = 0x7fff_0000;

/// Returns a task's id.
pub fn tid(raw: i32) -> Tid {
    Tid::new(raw).expect("a task id is above zero")
}

/// Returns a process's id.
pub fn pid(raw: i32) -> Pid {
    Pid::new(raw).expect("a process id is above zero")
}

/// Returns a call of this machine's ABI, made with the stack pointer at [`STACK`].
pub fn call(name: &str, args: &[u64]) -> RawCall {
    let mut all = [0; 6];
    all[..args.len()].copy_from_slice(args);
    RawCall {
        audit_arch: Native::ABI.audit_arch(),
        number: names::number_of(Native::ABI, name).expect("a call of every ABI").into(),
        args: all,
        instruction_pointer: 0x40_1000,
        stack_pointer: STACK,
    }
}

/// A stop, with all that may be asked at it.
#[derive(Clone, Debug)]
pub struct Halt {
    pub(super) tid: Tid,
    pub(super) stop: Stop,
    pub(super) info: SyscallInfo,
    pub(super) about: Option<Tid>,
    pub(super) interrupted: Option<Restart>,
}

impl Halt {
    /// At an exec by another thread than the leader: the id that it had.
    pub(super) fn former(&self) -> Option<Tid> {
        self.about.filter(|former| self.stop == Stop::Exec && *former != self.tid)
    }
}

/// One event of a script.
pub enum Planned {
    /// A task stops.
    Halt(Halt),
    /// A task has ended.
    Ended(Tid, Ended),
    /// A thread is gone, and nobody is told: another one's exec took it away.
    Unreported(Tid),
    /// Somebody outside asks something.
    Asked(Request),
    /// Time passes.
    Passes(Duration),
    /// The kernel knows no task any more.
    NoTask,
    /// Something about the tasks is different from now on.
    Changes(Box<dyn FnOnce(&mut World)>),
}

impl Planned {
    /// At an exec by another thread than the leader: the id that it had.
    pub(super) fn former(&self) -> Option<Tid> {
        match self {
            Planned::Halt(halt) => halt.former(),
            _ => None,
        }
    }

    /// Tells whether this is a creator's report of `child`.
    pub(super) fn makes(&self, child: Tid) -> bool {
        match self {
            Planned::Halt(halt) => matches!(halt.stop, Stop::NewTask(_)) && halt.about == Some(child),
            _ => false,
        }
    }

    /// Returns the task that the event is about.
    pub(super) fn tid(&self) -> Option<Tid> {
        match self {
            Planned::Halt(halt) => Some(halt.tid),
            Planned::Ended(tid, _) | Planned::Unreported(tid) => Some(*tid),
            Planned::Asked(_) | Planned::Passes(_) | Planned::NoTask | Planned::Changes(_) => None,
        }
    }
}

/// What the kernel will report, and what it will answer.
#[derive(Default)]
pub struct Script {
    pub(super) events: Vec<Planned>,
    pub(super) world: World,
}

impl Script {
    /// Begins before the exec of the root task.
    pub fn new() -> Script {
        let mut script = Script::default();
        script.world.process(ROOT, 1);
        script
    }

    /// Begins with the exec of the root task behind it.
    pub fn begun() -> Script {
        Script::new().execs(ROOT)
    }

    fn halt(mut self, raw: i32, stop: Stop, change: impl FnOnce(&mut Halt)) -> Script {
        let mut halt = Halt { tid: tid(raw), stop, info: SyscallInfo::None, about: None, interrupted: None };
        change(&mut halt);
        self.events.push(Planned::Halt(halt));
        self
    }

    /// A named call: its seccomp stop.
    pub fn calls(self, raw: i32, name: &str, args: &[u64]) -> Script {
        self.calls_as(raw, call(name, args))
    }

    /// A call as the kernel reports it.
    pub fn calls_as(self, raw: i32, call: RawCall) -> Script {
        self.halt(raw, Stop::Seccomp, |halt| halt.info = SyscallInfo::Seccomp(call))
    }

    /// A call made deeper on the stack, in a signal handler.
    pub fn calls_deeper(self, raw: i32, name: &str, args: &[u64]) -> Script {
        self.calls_as(raw, RawCall { stack_pointer: STACK - 0x800, ..call(name, args) })
    }

    /// The syscall-exit-stop, which only a task that was resumed to it makes.
    pub fn returns(self, raw: i32, result: i64) -> Script {
        self.halt(raw, Stop::Syscall, |halt| halt.info = SyscallInfo::Exit(result))
    }

    /// A syscall-entry-stop.
    pub fn enters(self, raw: i32, name: &str, args: &[u64]) -> Script {
        let entry = call(name, args);
        self.halt(raw, Stop::Syscall, |halt| halt.info = SyscallInfo::Entry(entry))
    }

    /// PTRACE_EVENT_STOP: a new task's first stop, or the end of a group-stop.
    pub fn traps(self, raw: i32) -> Script {
        self.halt(raw, Stop::Trap, |_| {})
    }

    /// Signal-delivery-stop.
    pub fn signal(self, raw: i32, signal: Signal) -> Script {
        self.halt(raw, Stop::Signal(signal), |_| {})
    }

    /// Signal-delivery-stop of a task that the signal interrupted in its last call.
    pub fn signal_inside(self, raw: i32, signal: Signal, restart: Restart) -> Script {
        self.halt(raw, Stop::Signal(signal), |halt| halt.interrupted = Some(restart))
    }

    /// Group-stop.
    pub fn group(self, raw: i32, signal: Signal) -> Script {
        self.halt(raw, Stop::Group(signal), |_| {})
    }

    /// Group-stop of a task that was interrupted in its last call.
    pub fn group_inside(self, raw: i32, signal: Signal, restart: Restart) -> Script {
        self.halt(raw, Stop::Group(signal), |halt| halt.interrupted = Some(restart))
    }

    /// An event that no version knows.
    pub fn unknown(self, raw: i32, event: u32) -> Script {
        self.halt(raw, Stop::Unknown(event), |_| {})
    }

    /// PTRACE_EVENT_FORK: `child` is a new process.
    pub fn forks(mut self, raw: i32, child: i32) -> Script {
        self.world.child(child, raw);
        self.halt(raw, Stop::NewTask(NewTask::Fork), |halt| halt.about = Some(tid(child)))
    }

    /// PTRACE_EVENT_VFORK: `child` is a new process, and `raw` waits in the kernel for its exec or end.
    pub fn vforks(mut self, raw: i32, child: i32) -> Script {
        self.world.child(child, raw);
        self.halt(raw, Stop::NewTask(NewTask::Vfork), |halt| halt.about = Some(tid(child)))
    }

    /// PTRACE_EVENT_CLONE: `child` is a thread of the same process.
    pub fn clones(mut self, raw: i32, child: i32) -> Script {
        self.world.thread(child, raw);
        self.halt(raw, Stop::NewTask(NewTask::Clone), |halt| halt.about = Some(tid(child)))
    }

    /// PTRACE_EVENT_EXEC of a leader.
    pub fn execs(self, raw: i32) -> Script {
        self.halt(raw, Stop::Exec, |halt| halt.about = Some(tid(raw)))
    }

    /// PTRACE_EVENT_EXEC of the thread `former`, which has the id of its leader now.
    pub fn execs_from(self, leader: i32, former: i32) -> Script {
        self.halt(leader, Stop::Exec, |halt| halt.about = Some(tid(former)))
    }

    /// The task has ended by exit.
    pub fn exits(mut self, raw: i32, code: u8) -> Script {
        self.events.push(Planned::Ended(tid(raw), Ended::Exited(code)));
        self
    }

    /// The task has ended by a signal.
    pub fn killed(mut self, raw: i32, signal: Signal) -> Script {
        self.events.push(Planned::Ended(tid(raw), Ended::Killed { signal, core_dumped: false }));
        self
    }

    /// The task is gone without an end that anybody is told of.
    pub fn vanishes_unreported(mut self, raw: i32) -> Script {
        self.events.push(Planned::Unreported(tid(raw)));
        self
    }

    /// Somebody sends havoc a signal.
    pub fn asked(mut self, signal: Signal) -> Script {
        self.events.push(Planned::Asked(Request::Forward(signal)));
        self
    }

    /// The terminal sends everybody a signal.
    pub fn asked_by_terminal(mut self, signal: Signal) -> Script {
        self.events.push(Planned::Asked(Request::FromTerminal(signal)));
        self
    }

    /// Somebody sends havoc a signal that it was started to ignore.
    pub fn asked_to_pass(mut self, signal: Signal) -> Script {
        self.events.push(Planned::Asked(Request::Pass(signal)));
        self
    }

    /// Somebody sends havoc SIGTSTP.
    pub fn asked_to_stop(mut self) -> Script {
        self.events.push(Planned::Asked(Request::Stop));
        self
    }

    /// Nothing happens for so long.
    pub fn passes(mut self, milliseconds: u64) -> Script {
        self.events.push(Planned::Passes(Duration::from_millis(milliseconds)));
        self
    }

    /// The kernel says that it knows no task.
    pub fn no_task(mut self) -> Script {
        self.events.push(Planned::NoTask);
        self
    }

    /// Changes what the kernel answers from here on.
    pub fn then(mut self, change: impl FnOnce(&mut World) + 'static) -> Script {
        self.events.push(Planned::Changes(Box::new(change)));
        self
    }

    /// Says what the kernel answers from the beginning.
    pub fn with(mut self, change: impl FnOnce(&mut World)) -> Script {
        change(&mut self.world);
        self
    }
}

/// The siginfo of a signal that another process sent.
pub(super) fn sent(signal: Signal) -> SignalInfo {
    SignalInfo {
        signal,
        code: 0,
        sender: Some((1, 0)),
        address: None,
        status: None,
        value: None,
        trapped: None,
    }
}
