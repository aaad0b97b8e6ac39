//! What the tasks of a script are and have: ids, files, memory, mappings, handlers.
use super::event::{pid, tid};
use crate::kernel::{LookError, LostPrivilege, Privilege};
use crate::resource::{AddressRange, DescriptorKind, Mapping, Socket};
use crate::signal::Signal;
use crate::task::{Pid, Tid};
use std::collections::{BTreeMap, BTreeSet};

/// What can be looked up.
#[derive(Debug, Default)]
pub struct World {
    pub(super) processes: BTreeMap<Tid, Pid>,
    pub(super) parents: BTreeMap<Pid, Pid>,
    pub(super) descriptors: BTreeMap<(Tid, i32), Vec<u8>>,
    pub(super) memory: BTreeMap<(Tid, u64), Vec<u8>>,
    pub(super) mappings: BTreeMap<Tid, Vec<Mapping>>,
    pub(super) hidden: BTreeSet<Tid>,
    pub(super) lost: BTreeMap<Tid, LostPrivilege>,
    handlers: BTreeSet<(Tid, Signal)>,
    pub(super) loses_writes: bool,
    pub(super) loses_skipped_results: bool,
    pub(super) has_filter_above: bool,
    pub(super) vdso: Vec<&'static str>,
    pub(super) notifies: bool,
    pub(super) filters: BTreeMap<Tid, u32>,
    pub(super) handlers_end_calls: bool,
    pub(super) signals_by_terminal: bool,
    pub(super) signals_by: Option<i32>,
    pub(super) apart: bool,
    pub(super) names: BTreeMap<Tid, Vec<u8>>,
    pub(super) kinds: BTreeMap<(Tid, i32), DescriptorKind>,
    pub(super) sockets: BTreeMap<(Tid, i32), Socket>,
    /// Paths below this directory are resolved elsewhere.
    elsewhere: Option<Vec<u8>>,
    pub(super) answers: BTreeMap<Tid, Answered>,
    /// About whom something was asked that is answered elsewhere.
    pub(super) asked: BTreeSet<Tid>,
    /// The process that every pidfd is of.
    pub(super) pidfd_target: Option<Tid>,
    /// Those that have not been told of yet.
    pub(super) answered: Vec<Tid>,
}

/// What has become of a question that is answered elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answered {
    /// The answer has come.
    InTime,
    /// Nobody waits for it any more.
    Never,
}

impl World {
    /// Makes `raw` the leader of a process with this parent.
    pub fn process(&mut self, raw: i32, parent: i32) {
        self.processes.insert(tid(raw), pid(raw));
        self.parents.insert(pid(raw), pid(parent));
    }

    /// Makes `raw` a process whose parent is the process of `creator`.
    pub fn child(&mut self, raw: i32, creator: i32) {
        let parent = self.processes.get(&tid(creator)).map_or(creator, |process| process.get());
        self.process(raw, parent);
    }

    /// Makes `raw` a thread of the process of `creator`.
    pub fn thread(&mut self, raw: i32, creator: i32) {
        let process = self.processes.get(&tid(creator)).copied().unwrap_or(pid(creator));
        self.processes.insert(tid(raw), process);
    }

    /// Opens a descriptor.
    pub fn file(&mut self, raw: i32, descriptor: i32, name: &str) {
        self.descriptors.insert((tid(raw), descriptor), name.into());
    }

    /// Puts bytes into memory.
    pub fn bytes(&mut self, raw: i32, address: u64, bytes: &[u8]) {
        self.memory.insert((tid(raw), address), bytes.to_vec());
    }

    /// Maps a file.
    pub fn map(&mut self, raw: i32, start: u64, end: u64, name: &str) {
        let range = AddressRange { start, end };
        let mapping = Mapping { range, offset: 0, name: Some(name.into()), is_file: true, is_shared: true };
        self.mappings.entry(tid(raw)).or_default().push(mapping);
    }

    /// Unmaps everything.
    pub fn unmap(&mut self, raw: i32) {
        self.mappings.remove(&tid(raw));
    }

    /// Paths below `directory` cannot be resolved without a wait.
    pub fn serve_elsewhere(&mut self, directory: &str) {
        self.elsewhere = Some(directory.into());
    }

    pub(super) fn is_served_elsewhere(&self, path: &[u8]) -> bool {
        self.elsewhere.as_ref().is_some_and(|directory| path.starts_with(directory))
    }

    /// Every pidfd is of this process.
    pub fn pidfds_are_of(&mut self, raw: i32) {
        self.pidfd_target = Some(tid(raw));
    }

    /// What was asked about a task is answered.
    pub fn answer(&mut self, raw: i32) {
        self.answers.insert(tid(raw), Answered::InTime);
        self.answered.push(tid(raw));
    }

    /// Hides a task's files and memory, as if it were undumpable.
    pub fn hide(&mut self, raw: i32) {
        self.hidden.insert(tid(raw));
    }

    /// What is written into registers does not stay there, as under a hostile outer filter.
    pub fn lose_writes(&mut self) {
        self.loses_writes = true;
    }

    /// Neither births nor ends nor results are reported, as by the engine that does not trace.
    pub fn notifies(&mut self) {
        self.notifies = true;
    }

    /// So many seccomp filters lie over a task.
    pub fn filters(&mut self, raw: i32, filters: u32) {
        self.filters.insert(tid(raw), filters);
    }

    /// The vDSO has functions for these calls.
    pub fn vdso(&mut self, names: &[&'static str]) {
        self.vdso = names.to_vec();
    }

    /// Handlers are without SA_RESTART: what they interrupt ends with EINTR, as their frames tell.
    pub fn handlers_end_calls(&mut self) {
        self.handlers_end_calls = true;
    }

    /// Every signal is the terminal's.
    pub fn signals_by_terminal(&mut self) {
        self.signals_by_terminal = true;
    }

    /// Every signal is this process's.
    pub fn signals_by(&mut self, raw: i32) {
        self.signals_by = Some(raw);
    }

    /// The program is in another process group than havoc.
    pub fn apart(&mut self) {
        self.apart = true;
    }

    /// The result of a skipped call does not outlive an outer filter, and the probe at the start has found that out.
    pub fn lose_skipped_results(&mut self) {
        self.loses_skipped_results = true;
    }

    /// Somebody else's filter lies over the program, as in a container.
    pub fn filter_above(&mut self) {
        self.has_filter_above = true;
    }

    /// Names a thread.
    pub fn name(&mut self, raw: i32, name: &str) {
        self.names.insert(tid(raw), name.into());
    }

    /// Makes a descriptor one of this kind; others are regular files.
    pub fn kind(&mut self, raw: i32, descriptor: i32, kind: DescriptorKind) {
        self.kinds.insert((tid(raw), descriptor), kind);
    }

    /// Makes a descriptor a socket.
    pub fn socket(&mut self, raw: i32, descriptor: i32, socket: Socket) {
        self.sockets.insert((tid(raw), descriptor), socket);
    }

    /// Gives a task a handler.
    pub fn handles(&mut self, raw: i32, signal: Signal) {
        self.handlers.insert((tid(raw), signal));
    }

    /// Makes the next exec of a task that of a program without what its file gives.
    pub fn lost(&mut self, raw: i32, program: &str, privilege: Privilege) {
        self.lost.insert(tid(raw), LostPrivilege { program: program.into(), privilege });
    }

    pub(super) fn catches(&self, tid: Tid, signal: Signal) -> bool {
        self.handlers.contains(&(tid, signal))
    }

    /// The bytes at `address`, which must be the beginning of what was put there or lie in it.
    pub(super) fn at(&self, tid: Tid, address: u64) -> Option<&[u8]> {
        let ((_, start), bytes) =
            self.memory.range(..=(tid, address)).next_back().filter(|((of, _), _)| *of == tid)?;
        bytes.get((address - start) as usize..).filter(|bytes| !bytes.is_empty())
    }

    /// Writes as far as the memory goes, and returns how many bytes that are.
    pub(super) fn write(&mut self, tid: Tid, address: u64, new: &[u8]) -> usize {
        let found = self.memory.range_mut(..=(tid, address)).next_back();
        let Some(((_, start), bytes)) = found.filter(|((of, _), _)| *of == tid) else { return 0 };
        let Some(bytes) = bytes.get_mut((address - *start) as usize..) else { return 0 };
        let length = bytes.len().min(new.len());
        bytes[..length].copy_from_slice(&new[..length]);
        length
    }
}

/// What the kernel answers for memory that is not there.
pub(super) fn bad_address(tid: Tid) -> LookError {
    LookError::new("read memory", tid, std::io::Error::from_raw_os_error(libc::EFAULT))
}
