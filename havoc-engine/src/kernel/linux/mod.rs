//! Linux: ptrace(2), wait4(2), /proc and seccomp(2). The only unsafe code of havoc is below here.
//!
//! ptrace requests are valid only from the thread that attached, so everything happens in the thread that spawned the
//! program; [`Linux`] is not `Send`.
#![expect(unsafe_code, reason = "system calls without a safe wrapper; every block has its proof")]

mod again;
mod attribute;
mod bell;
mod census;
mod clock;
mod crowd;
mod datagram;
mod descriptor;
mod elsewhere;
mod features;
#[cfg(test)]
mod guest;
mod inherited;
mod install;
mod kept;
mod links;
mod log_file;
mod looks;
mod mapped_file;
mod maps;
mod memory;
mod mounts;
mod names;
mod notify;
mod own_table;
mod own_tasks;
mod pagemap;
mod patient;
mod permission;
mod privilege;
mod probe;
mod proc;
mod procfs;
mod procmap_query;
mod ptrace;
mod registers;
mod resolve;
mod scarce;
mod signals;
mod socket_calls;
mod sockets;
mod spawn;
mod stat;
mod status;
mod vdso;
mod wait;
mod watcher;

pub use clock::local_time;
pub use features::Feature;
pub use inherited::leave_streams_to_program;
pub use log_file::{Content, open_log};
pub use mapped_file::MappedFile;
pub use notify::Notify;
pub use patient::Patient;
pub use signals::die_by;
pub use spawn::{Command, SpawnError};

use super::{
    Kernel, KernelError, LostPrivilege, Request, Resume, SignalInfo, SignalTarget, Stopped, SyscallInfo,
    Verified, Waited,
};
use crate::bytes::signed_at;
use crate::filter::Instruction;
use crate::signal::Signal;
use crate::task::Tid;
use bell::Bell;
use crowd::Crowd;
use havoc_arch::{Abi, Arch, Native, Restart, SyscallView};
use looks::{HasLooks, Looks};
use probe::{Shown, Skipping};
use spawn::StartReport;
use std::collections::VecDeque;
use std::marker::PhantomData;
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};
use wait::Patience;
use watcher::{Program, Watcher};

/// After so many stops in a row of one task, the others are asked first. wait4(-1) looks at tasks in a fixed order, so
/// one busy task could keep all others waiting.
const PATIENCE_WITH_ONE: u32 = 16;

/// The running kernel, with one traced program.
#[derive(Debug)]
pub struct Linux {
    bell: Bell,
    started: Instant,
    looks: Looks,
    start_report: StartReport,
    /// Events that were collected and not yet handed out, oldest first.
    collected: VecDeque<Waited>,
    last: Option<(Tid, u32)>,
    crowd: Crowd,
    shown: Shown,
    has_filter_above: bool,
    not_send: PhantomData<*const ()>,
}

impl Linux {
    /// Starts `command` under `filter`, traced from its exec on, and returns the kernel with the root task.
    ///
    /// To be called once in a process, from its main thread, before other threads exist. What is `absent` is not used,
    /// as on a kernel that lacks it. If the session is held up when the run should be over, a short report goes to standard error
    /// and to `report`.
    ///
    /// # Errors
    /// When havoc may not trace, or something it needs is refused. What the child meets later (the filter is refused, the
    /// file is no program) is told by [`Linux::start_failure`] when the root has ended.
    pub fn spawn(
        command: &Command,
        filter: &[Instruction],
        absent: &[Feature],
        report: Option<OwnedFd>,
    ) -> Result<(Linux, Tid), SpawnError> {
        permission::check_proc().map_err(SpawnError::Proc)?;
        let original = signals::arrange().map_err(SpawnError::own("arrange signals"))?;
        let mut looks = Looks::new(absent);
        let mut shown = probe::ask(&looks.memory);
        if absent.contains(&Feature::SetSyscallInfo) {
            shown.set_syscall_info = false;
        }
        let has_filter_above = permission::has_filter_above();
        if has_filter_above {
            log::debug!(
                "a seccomp filter lies above havoc, a container's perhaps: what it answers itself is never seen"
            );
        }
        let (root, start_report) = spawn::spawn(command, filter, &original)?;
        // After the fork: the child must not carry a lock that a thread of ours holds.
        let bell = Bell::hang(Vec::new(), Watcher::new(Program::Traced, report))
            .map_err(|source| SpawnError::Own { operation: "start the waking thread", source })?;
        looks.ask_elsewhere(&bell);
        let linux = Linux {
            bell,
            started: Instant::now(),
            looks,
            start_report,
            collected: VecDeque::new(),
            last: None,
            crowd: Crowd::new(),
            shown,
            has_filter_above,
            not_send: PhantomData,
        };
        linux.ways().iter().for_each(|way| log::debug!("{way}"));
        Ok((linux, root))
    }

    /// Returns why the program never began. To be asked when the root has ended.
    pub fn start_failure(&mut self) -> Option<SpawnError> {
        self.start_report.failure()
    }

    /// Collects what is ready if one task has had its turn for too long.
    fn collect(&mut self) {
        // Bounded: tasks that stop faster than they are collected must not keep us here.
        for _ in 0..256 {
            match wait::wait_any(Patience::Poll) {
                Ok(Waited::Woken | Waited::NoTask) | Err(_) => return,
                Ok(waited) => self.collected.push_back(waited),
            }
        }
    }

    /// Waits for the next event, but for requests from outside.
    fn next(&mut self, deadline: Option<Duration>) -> Result<Waited, KernelError> {
        if let Some(waited) = self.collected.pop_front() {
            return Ok(waited);
        }
        if !self.crowd.is_large() && self.last.is_some_and(|(_, turns)| turns >= PATIENCE_WITH_ONE) {
            self.last = None;
            self.collect();
            if let Some(waited) = self.collected.pop_front() {
                return Ok(waited);
            }
        }
        self.bell.ring_at(deadline.map(|deadline| self.started + deadline));
        let waited = match self.crowd.is_large() {
            false => wait::wait_any(Patience::Block)?,
            true => self.crowd.wait(&mut self.collected)?,
        };
        if waited == Waited::Woken {
            self.bell.heard();
        }
        self.note_turn(&waited);
        Ok(waited)
    }

    fn note_turn(&mut self, waited: &Waited) {
        let Waited::Stopped(stopped) = waited else { return };
        let tid = stopped.tid();
        self.last = match self.last {
            Some((last, turns)) if last == tid => Some((tid, turns + 1)),
            _ => Some((tid, 1)),
        };
    }
}

impl HasLooks for Linux {
    fn looks(&mut self) -> &mut Looks {
        &mut self.looks
    }

    fn looks_as_they_are(&self) -> &Looks {
        &self.looks
    }
}

impl Kernel for Linux {
    fn wait(&mut self, deadline: Option<Duration>) -> Result<Waited, KernelError> {
        if self.bell.heard() {
            return Ok(Waited::Woken);
        }
        let waited = self.next(deadline)?;
        if let Waited::Ended(tid, _) = waited
            && self.looks.was_helper(tid)
        {
            // As the first process of its namespace havoc adopts them.
            return Ok(Waited::Woken);
        }
        self.crowd.note(&waited);
        Ok(waited)
    }

    fn now(&self) -> Duration {
        self.started.elapsed()
    }

    fn limit_at(&mut self, limit: Duration) {
        self.bell.limit_at(self.started + limit);
    }

    fn requests(&mut self) -> Vec<Request> {
        self.bell.requests()
    }

    fn resume(&mut self, stopped: Stopped, how: Resume) -> Result<(), KernelError> {
        let tid = stopped.tid();
        self.looks.goes_on(tid);
        let go = || match how {
            Resume::Run => ptrace::cont(tid, None),
            Resume::ToExit => ptrace::cont_to_syscall(tid),
            Resume::Deliver(signal) => ptrace::cont(tid, Some(signal)),
            Resume::DeliverAndStep(signal) => ptrace::step_with(tid, signal),
            Resume::Listen => ptrace::listen(tid),
        };
        // A task that is not resumed is frozen for ever. A refusal that is not its death is no kernel's behaviour, but a
        // security module's or a fault injector's; it may pass. Who is dead is so the next time too.
        let mut result = go();
        for _ in 0..3 {
            if result.is_err() {
                result = go();
            }
        }
        result
    }

    fn syscall_info(&mut self, stopped: &Stopped) -> Result<SyscallInfo, KernelError> {
        ptrace::syscall_info(stopped.tid())
    }

    fn event_task(&mut self, stopped: &Stopped) -> Result<Option<Tid>, KernelError> {
        let message = ptrace::event_message(stopped.tid())?;
        Ok(i32::try_from(message).ok().and_then(Tid::new))
    }

    fn signal_info(&mut self, stopped: &Stopped) -> Result<SignalInfo, KernelError> {
        ptrace::signal_info(stopped.tid()).map(|info| signals::info(&info))
    }

    fn skip(&mut self, stopped: &Stopped, result: i64) -> Result<Verified, KernelError> {
        registers::write_verified(stopped.tid(), &Native::skip(result))
    }

    fn has_filter_above(&self) -> bool {
        self.has_filter_above
    }

    fn lost_privilege(&mut self, tid: Tid) -> Option<LostPrivilege> {
        self.looks.lost_privilege(tid)
    }

    fn vdso_answers(&self, name: &str) -> bool {
        vdso::answers(name)
    }

    fn ways(&self) -> Vec<&'static str> {
        let mut lines = vec!["engine ptrace"];
        lines.extend(self.looks.ways());
        lines.push(features::way_of_results(self.shown.set_syscall_info));
        lines
    }

    fn keeps_skipped_results(&self) -> bool {
        self.shown.skipping != Skipping::Lost
    }

    fn set_result(&mut self, stopped: &Stopped, result: i64) -> Result<Verified, KernelError> {
        registers::write_verified(stopped.tid(), &[Native::set_result(result)])
    }

    fn set_number(&mut self, stopped: &Stopped, number: u32) -> Result<Verified, KernelError> {
        registers::write_verified(stopped.tid(), &[Native::set_number(number)])
    }

    fn set_argument(
        &mut self,
        stopped: &Stopped,
        abi: Abi,
        index: usize,
        value: u64,
    ) -> Result<Verified, KernelError> {
        registers::write_verified(stopped.tid(), &[Native::set_argument(abi, index, value)])
    }

    fn restore_argument(
        &mut self,
        stopped: &Stopped,
        abi: Abi,
        index: usize,
        value: u64,
    ) -> Result<(), KernelError> {
        let write = Native::set_argument(abi, index, value);
        if write.at == Native::set_result(0).at {
            return Ok(());
        }
        registers::write_verified(stopped.tid(), &[write]).map(drop)
    }

    fn interrupt(&mut self, tid: Tid) -> Result<(), KernelError> {
        ptrace::interrupt(tid)
    }

    fn disown_signal(&mut self, stopped: &Stopped) -> Result<bool, KernelError> {
        let tid = stopped.tid();
        let mut info = ptrace::signal_info(tid)?;
        if !signals::is_ours(&info) {
            return Ok(false);
        }
        signals::disown(&mut info);
        ptrace::set_signal_info(tid, &info)?;
        Ok(true)
    }

    fn interrupted_call(
        &mut self,
        stopped: &Stopped,
        entry: &SyscallView,
    ) -> Result<Option<Restart>, KernelError> {
        registers::interrupted_call(stopped.tid(), entry)
    }

    fn handler_ends_call(&mut self, stopped: &Stopped) -> Result<bool, KernelError> {
        let tid = stopped.tid();
        let Some(slot) = registers::interrupted_result(tid)? else { return Ok(false) };
        let mut word = [0; 8];
        let read = self.looks.memory.read(tid, slot.address, &mut word[..slot.width]);
        let result = signed_at(&word, 0, slot.width);
        Ok(matches!(read, Ok(count) if count == slot.width) && result == -i64::from(libc::EINTR))
    }

    fn is_at_its_stop(&mut self, tid: Tid) -> bool {
        // Any request would do that says ESRCH of a task that is not stopped. ptrace(2), "Death under ptrace".
        !matches!(ptrace::event_message(tid), Err(KernelError::Vanished(_)))
    }

    fn shares_terminal(&mut self, tid: Tid) -> bool {
        shares_terminal(tid)
    }

    fn means_havoc(&mut self, caller: Tid, number: i32) -> bool {
        own_tasks::are_meant(caller, number, [std::process::id().cast_signed()])
    }

    fn signal(&mut self, target: SignalTarget, signal: Signal) -> Result<(), KernelError> {
        signals::send(target, signal)
    }

    fn stop_myself(&mut self) {
        signals::stop_myself();
    }
}

/// Tells whether a task is in havoc's process group.
fn shares_terminal(tid: Tid) -> bool {
    let of_task = nix::unistd::getpgid(Some(nix::unistd::Pid::from_raw(tid.get())));
    of_task == nix::unistd::getpgid(None)
}
