//! Linux: ptrace(2), wait4(2), /proc and seccomp(2). The only unsafe code of havoc is below here.
//!
//! ptrace requests are valid only from the thread that attached, so everything happens in the thread that spawned the
//! program; [`Linux`] is not `Send`.
#![expect(unsafe_code, reason = "system calls without a safe wrapper; every block has its proof")]

mod bell;
mod clock;
mod descriptor;
mod features;
#[cfg(test)]
mod guest;
mod inherited;
mod install;
mod kept;
mod mapped_file;
mod maps;
mod memory;
mod permission;
mod probe;
mod proc;
mod procmap_query;
mod ptrace;
mod registers;
mod resolve;
mod signals;
mod socket_calls;
mod sockets;
mod spawn;
mod status;
mod wait;

pub use clock::local_time;
pub use features::Feature;
pub use inherited::leave_streams_to_program;
pub use mapped_file::MappedFile;
pub use signals::die_by;
pub use spawn::{Command, SpawnError};

use super::{
    Kernel, KernelError, LookError, Request, Resume, SignalInfo, SignalTarget, Stopped, SyscallInfo,
    Verified, Waited,
};
use crate::bytes::signed_at;
use crate::filter::Instruction;
use crate::resource::{AddressRange, Base, DescriptorKind, FileName, LastLink, Mapping, Socket};
use crate::signal::Signal;
use crate::task::{Pid, Tid};
use bell::Bell;
use features::Ways;
use havoc_arch::{Abi, Arch, Native, Restart, SyscallView};
use kept::Kept;
use memory::Memory;
use probe::{Shown, Skipping};
use spawn::StartReport;
use std::collections::VecDeque;
use std::marker::PhantomData;
use std::time::{Duration, Instant};
use wait::Patience;

/// After so many stops in a row of one task, the others are asked first. wait4(-1) looks at tasks in a fixed order, so
/// one busy task could keep all others waiting.
const PATIENCE_WITH_ONE: u32 = 16;

/// The running kernel, with one traced program.
#[derive(Debug)]
pub struct Linux {
    bell: Bell,
    started: Instant,
    kept: Kept,
    memory: Memory,
    start_report: StartReport,
    /// Events that were collected and not yet handed out, oldest first.
    collected: VecDeque<Waited>,
    last: Option<(Tid, u32)>,
    shown: Shown,
    has_filter_above: bool,
    not_send: PhantomData<*const ()>,
}

impl Linux {
    /// Starts `command` under `filter`, traced from its exec on, and returns the kernel with the root task.
    ///
    /// To be called once in a process, from its main thread, before other threads exist. What is `absent` is not used,
    /// as on a kernel that lacks it.
    ///
    /// # Errors
    /// When havoc may not trace, or something it needs is refused. What the child meets later (the filter is refused, the
    /// file is no program) is told by [`Linux::start_failure`] when the root has ended.
    pub fn spawn(
        command: &Command,
        filter: &[Instruction],
        absent: &[Feature],
    ) -> Result<(Linux, Tid), SpawnError> {
        let own = |operation| move |errno: nix::Error| SpawnError::Own { operation, source: errno.into() };
        permission::check_proc().map_err(SpawnError::Proc)?;
        let original = signals::arrange().map_err(own("arrange signals"))?;
        let memory = if absent.contains(&Feature::ProcessVm) { Memory::by_file() } else { Memory::new() };
        let mut shown = probe::ask(&memory);
        if absent.contains(&Feature::SetSyscallInfo) {
            shown.set_syscall_info = false;
        }
        let mut kept = Kept::new();
        if absent.contains(&Feature::ProcmapQuery) || !features::has_procmap_query() {
            kept = kept.with_maps_as_text();
        }
        if absent.contains(&Feature::PidfdGetfd) || !features::has_pidfd_getfd() {
            kept = kept.with_sockets_by_lists();
        }
        let has_filter_above = permission::has_filter_above();
        if has_filter_above {
            log::debug!(
                "a seccomp filter lies above havoc, a container's perhaps: what it answers itself is never seen"
            );
        }
        let (root, start_report) = spawn::spawn(command, filter, &original)?;
        // After the fork: the child must not carry a lock that a thread of ours holds.
        let bell = Bell::hang()
            .map_err(|source| SpawnError::Own { operation: "start the waking thread", source })?;
        let linux = Linux {
            bell,
            started: Instant::now(),
            kept,
            memory,
            start_report,
            collected: VecDeque::new(),
            last: None,
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

    fn note_turn(&mut self, waited: &Waited) {
        let Waited::Stopped(stopped) = waited else { return };
        let tid = stopped.tid();
        self.last = match self.last {
            Some((last, turns)) if last == tid => Some((tid, turns + 1)),
            _ => Some((tid, 1)),
        };
    }
}

impl Kernel for Linux {
    fn wait(&mut self, deadline: Option<Duration>) -> Result<Waited, KernelError> {
        if self.bell.heard() {
            return Ok(Waited::Woken);
        }
        if let Some(waited) = self.collected.pop_front() {
            return Ok(waited);
        }
        if self.last.is_some_and(|(_, turns)| turns >= PATIENCE_WITH_ONE) {
            self.last = None;
            self.collect();
            if let Some(waited) = self.collected.pop_front() {
                return Ok(waited);
            }
        }
        self.bell.ring_at(deadline.map(|deadline| self.started + deadline));
        let waited = wait::wait_any(Patience::Block)?;
        if waited == Waited::Woken {
            self.bell.heard();
        }
        self.note_turn(&waited);
        Ok(waited)
    }

    fn now(&self) -> Duration {
        self.started.elapsed()
    }

    fn requests(&mut self) -> Vec<Request> {
        self.bell.requests()
    }

    fn resume(&mut self, stopped: Stopped, how: Resume) -> Result<(), KernelError> {
        let tid = stopped.tid();
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

    fn ways(&self) -> Vec<&'static str> {
        let procmap_query = !self.kept.reads_maps_as_text();
        let process_vm = !self.memory.is_by_file();
        let pidfd_getfd = !self.kept.finds_sockets_by_lists();
        Ways { procmap_query, process_vm, pidfd_getfd, set_syscall_info: self.shown.set_syscall_info }.lines()
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
        let read = self.memory.read(tid, slot.address, &mut word[..slot.width]);
        let result = signed_at(&word, 0, slot.width);
        Ok(matches!(read, Ok(count) if count == slot.width) && result == -i64::from(libc::EINTR))
    }

    fn shares_terminal(&mut self, tid: Tid) -> bool {
        let of_task = nix::unistd::getpgid(Some(nix::unistd::Pid::from_raw(tid.get())));
        of_task == nix::unistd::getpgid(None)
    }

    fn signal(&mut self, target: SignalTarget, signal: Signal) -> Result<(), KernelError> {
        signals::send(target, signal)
    }

    fn stop_myself(&mut self) {
        signals::stop_myself();
    }

    fn process_of(&mut self, tid: Tid) -> Option<Pid> {
        Some(self.kept.task(tid).ok()?.status().ok()?.process)
    }

    fn parent_of(&mut self, tid: Tid) -> Option<Pid> {
        self.kept.task(tid).ok()?.status().ok()?.parent
    }

    fn catches(&mut self, tid: Tid, signal: Signal) -> bool {
        self.kept.task(tid).and_then(|task| task.status()).is_ok_and(|status| status.catches(signal))
    }

    fn forget(&mut self, tid: Tid) {
        self.kept.forget(tid);
    }

    fn lost_set_uid(&mut self, tid: Tid) -> Option<Vec<u8>> {
        self.kept.task(tid).ok()?.lost_set_uid().ok()?
    }

    fn read_memory(&mut self, tid: Tid, address: u64, buffer: &mut [u8]) -> Result<usize, LookError> {
        self.memory.read(tid, address, buffer)
    }

    fn read_string(&mut self, tid: Tid, address: u64, limit: usize) -> Result<(Vec<u8>, bool), LookError> {
        self.memory.read_string(tid, address, limit).map(|string| (string.bytes, string.complete))
    }

    fn write_memory(&mut self, tid: Tid, address: u64, bytes: &[u8]) -> Result<(), LookError> {
        match self.memory.write(tid, address, bytes)? {
            written if written == bytes.len() => Ok(()),
            _ => Err(LookError::new("write memory", tid, std::io::Error::from_raw_os_error(libc::EFAULT))),
        }
    }

    fn descriptor_name(&mut self, tid: Tid, descriptor: i32) -> Result<Option<FileName>, LookError> {
        self.kept.task(tid)?.descriptor_name(descriptor)
    }

    fn descriptor_kind(&mut self, tid: Tid, descriptor: i32) -> Result<Option<DescriptorKind>, LookError> {
        self.kept.task(tid)?.descriptor_kind(descriptor)
    }

    fn socket(&mut self, tid: Tid, descriptor: i32) -> Result<Option<Socket>, LookError> {
        self.kept.task(tid)?.socket(descriptor)
    }

    fn thread_name(&mut self, tid: Tid) -> Result<Vec<u8>, LookError> {
        self.kept.task(tid)?.comm()
    }

    fn program(&mut self, tid: Tid) -> Result<Option<Vec<u8>>, LookError> {
        Ok(self.kept.task(tid)?.exe()?.map(|file| file.name))
    }

    fn working_directory(&mut self, tid: Tid) -> Result<Vec<u8>, LookError> {
        Ok(self.kept.task(tid)?.cwd()?.name)
    }

    fn resolve(
        &mut self,
        tid: Tid,
        base: Base,
        path: &[u8],
        last: LastLink,
    ) -> Result<Option<Vec<u8>>, LookError> {
        self.kept.task(tid)?.resolved(base, path, last)
    }

    fn mappings(&mut self, tid: Tid, range: AddressRange) -> Result<Vec<Mapping>, LookError> {
        self.kept.mappings(tid, range)
    }

    fn pidfd_target(&mut self, tid: Tid, descriptor: i32) -> Result<Option<Tid>, LookError> {
        self.kept.task(tid)?.pidfd_target(descriptor)
    }

    fn shares_root(&mut self, tid: Tid) -> bool {
        self.kept.task(tid).and_then(|task| task.shares_root_and_mounts()).unwrap_or(false)
    }
}
