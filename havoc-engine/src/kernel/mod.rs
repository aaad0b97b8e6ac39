//! The seam between the session and the kernel: what a task stopped for, what can be asked while it is stopped, and
//! how it goes on.
//!
//! One trait, [`Kernel`], with two implementations: [`linux`] (ptrace) and `script` (a scripted kernel for tests, with
//! a virtual clock, which fails the test on a frozen task).
pub mod linux;
mod look_error;
#[cfg(test)]
pub mod script;
mod stop;

pub use look_error::LookError;
pub use stop::{
    Ended, NewTask, RawCall, Resume, SignalInfo, SignalTarget, Stop, Stopped, SyscallInfo, TrappedCall,
    Waited,
};

use crate::resource::{AddressRange, Base, DescriptorKind, LastLink, Mapping, Socket};
use crate::signal::Signal;
use crate::task::{Pid, Tid};
use havoc_arch::{Abi, Restart, SyscallView};
use std::time::Duration;

/// Why the kernel did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum KernelError {
    /// The task died under us, as any task may at any moment; its end is still to be waited for.
    #[error("task {0} is gone")]
    Vanished(Tid),
    /// The kernel refused.
    #[error("{operation} of task {tid}: {source}")]
    Refused {
        /// What was asked: `PTRACE_CONT`.
        operation: &'static str,
        /// Of which task.
        tid: Tid,
        /// The kernel's answer.
        source: std::io::Error,
    },
    /// Waiting failed, so that nothing more can be learned.
    #[error("wait for traced tasks: {0}")]
    Wait(std::io::Error),
}

/// What somebody outside wants of havoc.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Request {
    /// Pass this signal on to the root process; the second request kills the tree.
    Forward(Signal),
    /// Pass this signal on to the root process, however often: havoc was started to ignore it, so the program may mean to
    /// outlive it.
    Pass(Signal),
    /// The terminal sent it to havoc's process group, which is mostly the program's too.
    FromTerminal(Signal),
    /// SIGTSTP: havoc is to stop when its program does.
    Stop,
}

/// Tells whether what was written is what stands there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verified {
    /// Read back and equal.
    Yes,
    /// Read back and different.
    No,
}

/// What a program's file gives whoever executes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Privilege {
    /// The file's user or group: its set-uid or set-gid bit.
    SetId,
    /// The file's capabilities.
    Capabilities,
}

/// A program that was executed without what its file gives.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LostPrivilege {
    /// The name of its file.
    pub program: Vec<u8>,
    /// What it lacks.
    pub privilege: Privilege,
}

/// The answer of an engine that does not trace.
fn not_this_engine(operation: &'static str, tid: Tid) -> KernelError {
    KernelError::Refused { operation, tid, source: std::io::ErrorKind::Unsupported.into() }
}

/// What a session needs of the kernel, beside what it looks up.
///
/// Every method that takes a task may answer [`KernelError::Vanished`]. What has a body here only a tracer can do: a session
/// under another engine has no rule that asks for it.
pub trait Kernel: Look {
    /// Waits for the next event, at most until `deadline` on [`Kernel::now`]'s clock.
    ///
    /// # Errors
    /// When waiting itself fails; never for one task's sake.
    fn wait(&mut self, deadline: Option<Duration>) -> Result<Waited, KernelError>;

    /// Returns the time since this kernel was opened.
    fn now(&self) -> Duration;

    /// The run is to be over at `limit` on [`Kernel::now`]'s clock. If it is not some time later, because the session is held up
    /// or a task does not die, this process ends without it.
    fn limit_at(&mut self, _limit: Duration) {}

    /// Returns what was asked from outside since the last call.
    fn requests(&mut self) -> Vec<Request>;

    /// Lets a stopped task go on. Spends the stop.
    ///
    /// # Errors
    /// When the task is gone or the kernel refuses.
    fn resume(&mut self, stopped: Stopped, how: Resume) -> Result<(), KernelError>;

    /// Returns what PTRACE_GET_SYSCALL_INFO says at this stop.
    ///
    /// # Errors
    /// When the task is gone or the kernel refuses.
    fn syscall_info(&mut self, stopped: &Stopped) -> Result<SyscallInfo, KernelError>;

    /// Returns the task that an event is about: the new task, or at an exec the task's former id.
    ///
    /// # Errors
    /// When the task is gone or the kernel refuses.
    fn event_task(&mut self, stopped: &Stopped) -> Result<Option<Tid>, KernelError> {
        Err(not_this_engine("PTRACE_GETEVENTMSG", stopped.tid()))
    }

    /// Returns the siginfo of a signal-delivery-stop.
    ///
    /// # Errors
    /// When the task is gone or the kernel refuses.
    fn signal_info(&mut self, stopped: &Stopped) -> Result<SignalInfo, KernelError> {
        Err(not_this_engine("PTRACE_GETSIGINFO", stopped.tid()))
    }

    /// At a seccomp stop: makes the kernel skip the call and give `result`, and reads back what was written.
    ///
    /// # Errors
    /// When the task is gone or the kernel refuses.
    fn skip(&mut self, stopped: &Stopped, result: i64) -> Result<Verified, KernelError>;

    /// Tells whether somebody else's seccomp filter lies over the program too, such as a container's. What that one answers
    /// itself, or asks a supervisor about, never stops: of several filters the strictest verdict wins. seccomp(2).
    fn has_filter_above(&self) -> bool;

    /// Says how it does what kernels do in several ways, and what is missing where a better one is not taken; a line each, for
    /// the summary.
    fn ways(&self) -> Vec<&'static str>;

    /// Returns how many seccomp filters lie over a task; `None` where the kernel does not say. Only who does not see results
    /// needs to ask.
    fn seccomp_filters(&mut self, _tid: Tid) -> Option<u32> {
        None
    }

    /// At an exec: returns what the program's file would have given it, if the kernel has dropped that because the task is
    /// traced or may gain no privileges.
    fn lost_privilege(&mut self, tid: Tid) -> Option<LostPrivilege>;

    /// Tells whether the vDSO may answer calls of this name in user space, where nobody sees them.
    fn vdso_answers(&self, name: &str) -> bool;

    /// Tells whether a skipped call gives the result that [`Kernel::skip`] wrote. Where not, it must be written again at
    /// the exit stop.
    fn keeps_skipped_results(&self) -> bool;

    /// At a syscall-exit-stop: replaces the result, and reads back what was written.
    ///
    /// # Errors
    /// When the task is gone or the kernel refuses.
    fn set_result(&mut self, stopped: &Stopped, _result: i64) -> Result<Verified, KernelError> {
        Err(not_this_engine("set the result", stopped.tid()))
    }

    /// At a seccomp stop: lets the kernel execute call `number` of the same ABI in this one's place, and reads back what
    /// was written.
    ///
    /// # Errors
    /// When the task is gone or the kernel refuses.
    fn set_number(&mut self, stopped: &Stopped, _number: u32) -> Result<Verified, KernelError> {
        Err(not_this_engine("set the number", stopped.tid()))
    }

    /// At a seccomp stop of a call of `abi`: changes argument `index` (0…5), and reads back what was written.
    ///
    /// # Errors
    /// When the task is gone or the kernel refuses.
    fn set_argument(
        &mut self,
        stopped: &Stopped,
        _abi: Abi,
        _index: usize,
        _value: u64,
    ) -> Result<Verified, KernelError> {
        Err(not_this_engine("set an argument", stopped.tid()))
    }

    /// At the syscall-exit-stop of a call of `abi`: puts argument `index` back, unless the result lies in its register.
    ///
    /// # Errors
    /// When the task is gone or the kernel refuses.
    fn restore_argument(
        &mut self,
        stopped: &Stopped,
        _abi: Abi,
        _index: usize,
        _value: u64,
    ) -> Result<(), KernelError> {
        Err(not_this_engine("restore an argument", stopped.tid()))
    }

    /// Stops a running task wherever it is: PTRACE_INTERRUPT.
    ///
    /// # Errors
    /// When the task is gone or the kernel refuses.
    fn interrupt(&mut self, tid: Tid) -> Result<(), KernelError> {
        Err(not_this_engine("PTRACE_INTERRUPT", tid))
    }

    /// At the signal-delivery-stop of a signal that [`Kernel::signal`] sent: makes it one of the kernel's, without a sender.
    /// `false` if it was sent by somebody else.
    ///
    /// # Errors
    /// When the task is gone or the kernel refuses.
    fn disown_signal(&mut self, stopped: &Stopped) -> Result<bool, KernelError> {
        Err(not_this_engine("disown a signal", stopped.tid()))
    }

    /// At a signal or group stop: tells whether the task was interrupted inside `entry` and is to enter it again.
    ///
    /// # Errors
    /// When the task is gone or the kernel refuses.
    fn interrupted_call(
        &mut self,
        stopped: &Stopped,
        _entry: &SyscallView,
    ) -> Result<Option<Restart>, KernelError> {
        Err(not_this_engine("look for an interrupted call", stopped.tid()))
    }

    /// At the first instruction of a signal handler: tells whether the handler ends, with EINTR, the call that it
    /// interrupted.
    ///
    /// # Errors
    /// When the task is gone or the kernel refuses.
    fn handler_ends_call(&mut self, stopped: &Stopped) -> Result<bool, KernelError> {
        Err(not_this_engine("look at a handler", stopped.tid()))
    }

    /// Tells whether the task is in havoc's own process group, so that the terminal signals both.
    fn shares_terminal(&mut self, tid: Tid) -> bool;

    /// Tells whether `number`, as the task would give it to ptrace(2), means a task of havoc's own.
    fn means_havoc(&mut self, _caller: Tid, _number: i32) -> bool {
        false
    }

    /// Sends a signal to a process or task of this session.
    ///
    /// # Errors
    /// When it is gone or the kernel refuses.
    fn signal(&mut self, target: SignalTarget, signal: Signal) -> Result<(), KernelError>;

    /// Stops havoc itself until somebody sends SIGCONT.
    fn stop_myself(&mut self);

    /// Tells whether it is reported when a task begins and ends. Where not, a task is known by its first named call, and only
    /// the end of the root and that of the last one are reported: ids that were seen may be others' by now.
    fn reports_tasks(&self) -> bool {
        true
    }

    /// Drops the call in which a task waited if the task has ended, and returns whether it has: for engines that do not report
    /// ends. An id that another task has by now counts as living.
    fn drop_if_ended(&mut self, _tid: Tid) -> bool {
        false
    }

    /// Ends all tasks, or tells that the session must: it knows them all where they are reported.
    fn end_tree(&mut self) -> bool {
        false
    }

    /// Passes a signal on to the root process, or when that has ended to all that it has left behind; or tells that the
    /// session must.
    fn pass_on(&mut self, _signal: Signal) -> bool {
        false
    }

    /// Returns how many processes the root has left behind, if the session cannot know.
    fn left_behind(&self) -> Option<usize> {
        None
    }

    /// Tells whether a task that was reported to be stopped has not been killed since, so that what was looked up by its id is
    /// its own. A traced task keeps its id until its end is waited for.
    fn still_waits(&mut self, _tid: Tid) -> bool {
        true
    }

    /// Tells whether a task that was reported to be stopped is still at that stop. Where /proc says that there is no such task,
    /// this says whether that can be so: a stopped task leaves its stop by being resumed, and by SIGKILL alone.
    fn is_at_its_stop(&mut self, tid: Tid) -> bool {
        self.still_waits(tid)
    }

    /// Tells whether the answers of all looks at the task since this was asked last were about the task that has stopped, and
    /// not about one that was given its id after its death.
    fn were_its_own(&mut self, tid: Tid) -> bool {
        self.still_waits(tid)
    }
}

/// What can be looked up of a task, stopped or not.
///
/// Every method may answer [`LookError::Vanished`].
pub trait Look {
    /// Some task may have another root directory than havoc from now on, for which every task is to be asked. All begin with
    /// havoc's, and only chroot(2), pivot_root(2) and setns(2) change it.
    fn roots_may_differ(&mut self) {}

    /// Some page of the program's memory may be filled in by the program itself from now on, when it is touched, or by the server
    /// of a file system: userfaultfd(2), mount(2).
    fn pages_may_wait(&mut self) {}

    /// Returns the process of a task; `None` if it is gone.
    fn process_of(&mut self, tid: Tid) -> Option<Pid>;

    /// Returns the process of a task that is stopped here: it belongs to none other as long as it lives, so the kernel need
    /// not be asked each time.
    ///
    /// # Errors
    /// When it cannot be read.
    fn process_of_stopped(&mut self, tid: Tid) -> Result<Pid, LookError> {
        self.process_of(tid).ok_or(LookError::Vanished(tid))
    }

    /// Returns the tasks that have been answered all that was [pending](LookError::Pending) about them. Each is named once; the
    /// same questions then get these answers, until the task goes on.
    fn answered(&mut self) -> Vec<Tid> {
        Vec::new()
    }

    /// Tells whether something that was asked about a task is [pending](LookError::Pending).
    fn is_pending(&self, _tid: Tid) -> bool {
        false
    }

    /// Nobody waits any more for what is pending about a task: the same questions now fail.
    fn give_up(&mut self, _tid: Tid) {}

    /// Returns the parent process of a task; `None` if it is gone.
    fn parent_of(&mut self, tid: Tid) -> Option<Pid>;

    /// Tells whether the task has a handler for `signal`.
    fn catches(&mut self, tid: Tid, signal: Signal) -> bool;

    /// Forgets everything kept about a task: it has ended, or has another program now.
    fn forget(&mut self, tid: Tid);

    /// Reads up to `buffer.len()` bytes of the task's memory; fewer where it ends.
    ///
    /// # Errors
    /// When nothing can be read.
    fn read_memory(&mut self, tid: Tid, address: u64, buffer: &mut [u8]) -> Result<usize, LookError>;

    /// Reads a NUL-terminated string without its NUL, at most `limit` bytes, and whether the NUL was found.
    ///
    /// # Errors
    /// When nothing can be read.
    fn read_string(&mut self, tid: Tid, address: u64, limit: usize) -> Result<(Vec<u8>, bool), LookError>;

    /// Writes to the task's memory, and returns how many bytes were written: fewer where memory that can be written ends.
    ///
    /// # Errors
    /// When none can be written.
    fn write_memory(&mut self, tid: Tid, address: u64, bytes: &[u8]) -> Result<usize, LookError>;

    /// Puts the name of a descriptor's file into `name`, in the place of what is there, and tells whether it is open.
    ///
    /// # Errors
    /// When it cannot be read.
    fn descriptor_name(&mut self, tid: Tid, descriptor: i32, name: &mut Vec<u8>) -> Result<bool, LookError>;

    /// Returns what kind of thing a descriptor is open on; `None` if it is closed.
    ///
    /// # Errors
    /// When it cannot be looked at.
    fn descriptor_kind(&mut self, tid: Tid, descriptor: i32) -> Result<Option<DescriptorKind>, LookError>;

    /// Returns what is known of a descriptor that is a socket; `None` if it is none, or closed.
    ///
    /// # Errors
    /// When it cannot be looked up.
    fn socket(&mut self, tid: Tid, descriptor: i32) -> Result<Option<Socket>, LookError>;

    /// Returns the name of a thread, up to 15 bytes.
    ///
    /// # Errors
    /// When it cannot be read.
    fn thread_name(&mut self, tid: Tid) -> Result<Vec<u8>, LookError>;

    /// Returns the name of the file of a task's program; `None` if it has none.
    ///
    /// # Errors
    /// When it cannot be read.
    fn program(&mut self, tid: Tid) -> Result<Option<Vec<u8>>, LookError>;

    /// Returns the task's working directory as its root shows it.
    ///
    /// # Errors
    /// When it cannot be read.
    fn working_directory(&mut self, tid: Tid) -> Result<Vec<u8>, LookError>;

    /// Returns `path` with all its links resolved, as the task sees it; where the last component does not exist, its
    /// directory resolved and the name joined; `None` if the directory does not exist either.
    ///
    /// # Errors
    /// When it cannot be looked up.
    fn resolve(
        &mut self,
        tid: Tid,
        base: Base,
        path: &[u8],
        last: LastLink,
    ) -> Result<Option<Vec<u8>>, LookError>;

    /// Returns the mappings that lie in `range`, in order.
    ///
    /// # Errors
    /// When they cannot be read.
    fn mappings(&mut self, tid: Tid, range: AddressRange) -> Result<Vec<Mapping>, LookError>;

    /// Tells whether anything in `range` is mapped so that what is stored there reaches others.
    ///
    /// # Errors
    /// When the mappings cannot be read.
    fn is_shared_memory(&mut self, tid: Tid, range: AddressRange) -> Result<bool, LookError>;

    /// Tells `each` the names of the files that are mapped in `range`, in order.
    ///
    /// # Errors
    /// When they cannot be read; some may have been told.
    fn mapped_files(
        &mut self,
        tid: Tid,
        range: AddressRange,
        each: &mut dyn FnMut(&[u8]),
    ) -> Result<(), LookError>;

    /// Returns the leader of the process that a pidfd of the task means; `None` if it is no pidfd.
    ///
    /// # Errors
    /// When it cannot be read.
    fn pidfd_target(&mut self, tid: Tid, descriptor: i32) -> Result<Option<Tid>, LookError>;

    /// Tells whether the task has havoc's root directory and mount namespace.
    ///
    /// # Errors
    /// When it cannot be compared.
    fn shares_root(&mut self, tid: Tid) -> Result<bool, LookError>;
}
