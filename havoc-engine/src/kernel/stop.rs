//! What a task stopped for, and how it goes on: two vocabularies that cannot be mixed up.
use crate::signal::Signal;
use crate::task::{Pid, Tid};

/// How a new task came into being.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NewTask {
    /// fork, or clone with SIGCHLD as its exit signal.
    Fork,
    /// vfork, or clone with CLONE_VFORK.
    Vfork,
    /// Any other clone: mostly threads.
    Clone,
}

/// Why a task is stopped. ptrace(2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// PTRACE_EVENT_SECCOMP: the filter answered RET_TRACE.
    Seccomp,
    /// Syscall-entry-stop or syscall-exit-stop; PTRACE_GET_SYSCALL_INFO tells which.
    Syscall,
    /// Signal-delivery-stop.
    Signal(Signal),
    /// Group-stop.
    Group(Signal),
    /// PTRACE_EVENT_STOP that is no group-stop: a new task's first stop, or the end of a group-stop.
    Trap,
    /// PTRACE_EVENT_FORK, _VFORK or _CLONE, in the task that made the new one.
    NewTask(NewTask),
    /// PTRACE_EVENT_EXEC.
    Exec,
    /// An event that this version does not know; recorded and passed over.
    Unknown(u32),
}

impl Stop {
    /// Classifies a wait status with `WIFSTOPPED`. Total: an unknown event is a value, never a panic.
    ///
    /// The event first, then bit 0x80 of PTRACE_O_TRACESYSGOOD, then the signal: SIGTRAP alone may be the program's own.
    #[must_use]
    pub fn from_status(status: i32) -> Option<Stop> {
        let event = (status >> 16) as u32;
        let raw_signal = (status >> 8) & 0xff;
        let signal = Signal::new(raw_signal & 0x7f)?;
        Some(match event {
            0 if raw_signal == libc::SIGTRAP | 0x80 => Stop::Syscall,
            0 => Stop::Signal(signal),
            event => match event as i32 {
                libc::PTRACE_EVENT_FORK => Stop::NewTask(NewTask::Fork),
                libc::PTRACE_EVENT_VFORK => Stop::NewTask(NewTask::Vfork),
                libc::PTRACE_EVENT_CLONE => Stop::NewTask(NewTask::Clone),
                libc::PTRACE_EVENT_EXEC => Stop::Exec,
                libc::PTRACE_EVENT_SECCOMP => Stop::Seccomp,
                libc::PTRACE_EVENT_STOP if signal.stops() => Stop::Group(signal),
                libc::PTRACE_EVENT_STOP => Stop::Trap,
                _ => Stop::Unknown(event),
            },
        })
    }
}

/// A task that is stopped and waits for us. Neither `Clone` nor `Copy`: one resume per stop, no task left frozen.
#[derive(Debug, PartialEq, Eq)]
#[must_use = "a stopped task stays frozen until it is resumed"]
pub struct Stopped {
    tid: Tid,
    stop: Stop,
}

impl Stopped {
    /// Only a kernel makes these, one per stop that it reports.
    pub(super) const fn new(tid: Tid, stop: Stop) -> Stopped {
        Stopped { tid, stop }
    }

    /// Returns which task.
    #[must_use]
    pub const fn tid(&self) -> Tid {
        self.tid
    }

    /// Returns why.
    #[must_use]
    pub const fn stop(&self) -> Stop {
        self.stop
    }

    /// Spends the stop of a task whose end has been reported: there is nothing left to resume.
    pub fn ended(self) {}
}

/// How a task goes on. A signal can only be given at a signal-delivery-stop, so it is a way to go on of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resume {
    /// PTRACE_CONT: to the next named call.
    Run,
    /// PTRACE_SYSCALL: to the end of the call it is in.
    ToExit,
    /// PTRACE_CONT with the signal of this signal-delivery-stop.
    Deliver(Signal),
    /// PTRACE_SINGLESTEP with the signal of this signal-delivery-stop: a SIGTRAP stop follows at the first instruction of
    /// the handler, when the interrupted context lies in its frame.
    DeliverAndStep(Signal),
    /// PTRACE_LISTEN: stays in its group-stop, and reports when it is continued.
    Listen,
}

/// How a task ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// By exit or exit_group.
    Exited(u8),
    /// By a signal.
    Killed {
        /// Which.
        signal: Signal,
        /// Whether a core was dumped.
        core_dumped: bool,
    },
}

/// What a wait brought.
#[derive(Debug, PartialEq, Eq)]
pub enum Waited {
    /// A task is stopped.
    Stopped(Stopped),
    /// A task, traced or an orphan that was never ours, has ended.
    Ended(Tid, Ended),
    /// Nothing yet: the deadline has passed, or somebody asked something of havoc.
    Woken,
    /// There is nothing left to wait for.
    NoTask,
}

/// A system call as the kernel reports it, before its ABI is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RawCall {
    /// The AUDIT_ARCH value.
    pub audit_arch: u32,
    /// The number.
    pub number: u64,
    /// The arguments.
    pub args: [u64; 6],
    /// The instruction pointer.
    pub instruction_pointer: u64,
    /// The stack pointer.
    pub stack_pointer: u64,
}

impl RawCall {
    /// Returns the call as its ABI has it; `None` for an architecture that havoc does not know.
    #[must_use]
    pub fn view(&self) -> Option<havoc_arch::SyscallView> {
        let abi = havoc_arch::Abi::of_call(self.audit_arch, self.number)?;
        Some(havoc_arch::SyscallView {
            abi,
            number: self.number as u32,
            args: self.args.map(|register| abi.argument(register)),
            instruction_pointer: self.instruction_pointer,
            stack_pointer: self.stack_pointer,
        })
    }
}

/// What PTRACE_GET_SYSCALL_INFO said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SyscallInfo {
    /// The task is in no system call.
    None,
    /// Syscall-entry-stop.
    Entry(RawCall),
    /// Syscall-exit-stop, with the result register.
    Exit(i64),
    /// Seccomp stop.
    Seccomp(RawCall),
}

/// What a signal-delivery-stop delivers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignalInfo {
    /// `si_signo`.
    pub signal: Signal,
    /// `si_code`.
    pub code: i32,
    /// `si_pid` and `si_uid`, where the code says that somebody sent it.
    pub sender: Option<(i32, u32)>,
    /// `si_addr`, for faults.
    pub address: Option<u64>,
    /// `si_status`, for SIGCHLD.
    pub status: Option<i32>,
    /// `si_value` as a number, for sigqueue and timers.
    pub value: Option<i32>,
    /// The call for which SIGSYS was raised.
    pub trapped: Option<TrappedCall>,
}

/// A call that a seccomp filter, or Syscall User Dispatch, has turned into SIGSYS: it was not executed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TrappedCall {
    /// `si_call_addr`: where it was made.
    pub address: u64,
    /// `si_syscall`: its number.
    pub number: i32,
    /// `si_arch`: the AUDIT_ARCH value that the number belongs to.
    pub audit_arch: u32,
}

/// Whom a signal may be sent to: a process or task of this session with an id above 1. A signal to −1 goes to
/// everybody, one to 1 to the machine's init.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignalTarget(Target);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Target {
    Process(Pid),
    Task(Pid, Tid),
}

impl SignalTarget {
    /// Returns the process as a target; `None` for 1.
    #[must_use]
    pub fn process(pid: Pid) -> Option<SignalTarget> {
        (pid.get() > 1).then_some(SignalTarget(Target::Process(pid)))
    }

    /// Returns one task of a process as a target; `None` for 1.
    #[must_use]
    pub fn task(pid: Pid, tid: Tid) -> Option<SignalTarget> {
        (pid.get() > 1 && tid.get() > 1).then_some(SignalTarget(Target::Task(pid, tid)))
    }

    /// Returns the process, and the task if one is meant.
    #[must_use]
    pub fn ids(self) -> (Pid, Option<Tid>) {
        match self.0 {
            Target::Process(pid) => (pid, None),
            Target::Task(pid, tid) => (pid, Some(tid)),
        }
    }
}
