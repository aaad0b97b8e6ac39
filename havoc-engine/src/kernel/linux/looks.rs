//! What is looked up of tasks: /proc, kept open where that is cheaper, and their memory. The same for every engine.
use super::bell::Bell;
use super::elsewhere::{Desk, Question, Said, mapping};
use super::features::Ways;
use super::kept::Kept;
use super::memory::{self, Memory};
use super::proc::TaskDirectory;
use super::{Feature, features, mounts};
use crate::kernel::{Look, LookError, LostPrivilege};
use crate::resource::{AddressRange, Base, DescriptorKind, LastLink, Mapping, Socket};
use crate::signal::Signal;
use crate::task::{Pid, Tid};
use nix::errno::Errno;

/// The ways to look, and what is kept open for them.
#[derive(Debug)]
pub(super) struct Looks {
    pub(super) kept: Kept,
    pub(super) memory: Memory,
    /// Something was looked up by no more than a number, or in an address space, which may outlive its task.
    pub(super) by_number: bool,
    /// Pages may be filled in by the program when they are touched, or by a server.
    pages_may_wait: bool,
    /// Who makes looks that may wait; `None` until the bell hangs.
    pub(super) desk: Option<Desk>,
}

impl Looks {
    /// Finds the ways that this kernel has. What is `absent` is not used.
    pub(super) fn new(absent: &[Feature]) -> Looks {
        let memory = if absent.contains(&Feature::ProcessVm) { Memory::by_file() } else { Memory::new() };
        // Whoever descends from this process has its root, until it asks for another.
        let mut kept = Kept::new().with_own_roots();
        if absent.contains(&Feature::ProcmapQuery) || !features::has_procmap_query() {
            kept = kept.with_maps_as_text();
        }
        if absent.contains(&Feature::PidfdGetfd) || !features::has_pidfd_getfd() {
            kept = kept.with_sockets_by_lists();
        }
        Looks { kept, memory, by_number: false, pages_may_wait: false, desk: None }
    }

    /// To look something up that does not tell by itself whose it is.
    fn by_number(&mut self) -> &mut Looks {
        self.by_number = true;
        self
    }

    /// From now on what would have to wait is looked up elsewhere, and `bell` rings when it is answered.
    pub(super) fn ask_elsewhere(&mut self, bell: &Bell) {
        self.desk = Some(Desk::new(bell.rope()));
    }

    /// Looks at a task; where that would have to wait, by a helper that is asked `question`, and of whose answer `told` makes the
    /// same.
    fn look<T>(
        &mut self,
        tid: Tid,
        look: impl FnMut(&TaskDirectory) -> Result<T, LookError>,
        question: impl FnOnce() -> Question,
        told: impl FnOnce(Vec<Vec<u8>>) -> T,
    ) -> Result<T, LookError> {
        let found = self.kept.look(tid, look);
        self.or_elsewhere(tid, found, question, told)
    }

    fn or_elsewhere<T>(
        &mut self,
        tid: Tid,
        found: Result<T, LookError>,
        question: impl FnOnce() -> Question,
        told: impl FnOnce(Vec<Vec<u8>>) -> T,
    ) -> Result<T, LookError> {
        let Err(LookError::Pending { operation, .. }) = found else { return found };
        let Some(desk) = &mut self.desk else { return Err(LookError::new(operation, tid, Errno::EAGAIN)) };
        self.by_number = true;
        let task = self.kept.task(tid)?;
        match desk.ask(task, question(), task.waits_for.take()) {
            Said::Answer(strings) => Ok(told(strings)),
            Said::Pending => Err(LookError::Pending { operation, tid }),
            Said::Failed(errno) => Err(LookError::new(operation, tid, errno)),
        }
    }

    /// Tells whether memory can be read or written without a wait for whoever fills its pages.
    fn has_pages(&mut self, tid: Tid, address: u64, length: usize) -> Result<bool, LookError> {
        // Else pages are memory's or a local disk's.
        if !self.may_wait() {
            return Ok(true);
        }
        let range = AddressRange::new(address, length as u64);
        self.kept.look(tid, |task| task.has_pages(range))
    }

    fn read(&mut self, tid: Tid, address: u64, buffer: &mut [u8]) -> Result<usize, LookError> {
        if self.has_pages(tid, address, buffer.len())? {
            return self.memory.read(tid, address, buffer);
        }
        let range = AddressRange::new(address, buffer.len() as u64);
        let pending = Err(LookError::Pending { operation: "read memory", tid });
        let told = |told: Vec<Vec<u8>>| told.into_iter().next().unwrap_or_default();
        let bytes = self.or_elsewhere(tid, pending, || Question::Memory(range), told)?;
        let length = bytes.len().min(buffer.len());
        buffer[..length].copy_from_slice(&bytes[..length]);
        Ok(length)
    }

    /// Tells whether somebody is known whose answer, or page, may have to be waited for.
    fn may_wait(&self) -> bool {
        self.pages_may_wait || mounts::is_any_remote()
    }

    /// Tells whether a task that has ended was one of havoc's own.
    pub(super) fn was_helper(&mut self, tid: Tid) -> bool {
        self.desk.as_mut().is_some_and(|desk| desk.was_helper(tid))
    }

    /// The task goes on, or is gone: what was asked about its call is of no use any more.
    pub(super) fn goes_on(&mut self, tid: Tid) {
        if let Some(desk) = &mut self.desk {
            desk.forget(tid);
        }
    }

    /// At an exec: returns what of its file's privileges the program has not got.
    pub(super) fn lost_privilege(&mut self, tid: Tid) -> Option<LostPrivilege> {
        self.by_number().kept.look(tid, TaskDirectory::lost_privilege).ok()?
    }

    /// Says which ways were found, a line each.
    pub(super) fn ways(&self) -> Vec<&'static str> {
        Ways {
            procmap_query: !self.kept.reads_maps_as_text(),
            process_vm: !self.memory.is_by_file(),
            pidfd_getfd: !self.kept.finds_sockets_by_lists(),
        }
        .lines()
    }
}

/// A kernel that looks so.
pub(super) trait HasLooks {
    fn looks(&mut self) -> &mut Looks;

    /// The same, and nothing is looked up.
    fn looks_as_they_are(&self) -> &Looks;
}

impl<K: HasLooks> Look for K {
    fn roots_may_differ(&mut self) {
        self.looks().kept.roots_may_differ();
    }

    fn pages_may_wait(&mut self) {
        self.looks().pages_may_wait = true;
    }

    fn process_of(&mut self, tid: Tid) -> Option<Pid> {
        Some(self.looks().by_number().kept.look(tid, TaskDirectory::status).ok()?.process)
    }

    fn process_of_stopped(&mut self, tid: Tid) -> Result<Pid, LookError> {
        self.looks().kept.process(tid)
    }

    fn parent_of(&mut self, tid: Tid) -> Option<Pid> {
        self.looks().by_number().kept.look(tid, TaskDirectory::status).ok()?.parent
    }

    fn catches(&mut self, tid: Tid, signal: Signal) -> bool {
        self.looks()
            .by_number()
            .kept
            .look(tid, TaskDirectory::status)
            .is_ok_and(|status| status.catches(signal))
    }

    fn forget(&mut self, tid: Tid) {
        self.looks().goes_on(tid);
        self.looks().kept.forget(tid);
    }

    fn answered(&mut self) -> Vec<Tid> {
        self.looks().desk.as_mut().map(Desk::answered).unwrap_or_default()
    }

    fn is_pending(&self, tid: Tid) -> bool {
        self.looks_as_they_are().desk.as_ref().is_some_and(|desk| desk.is_pending(tid))
    }

    fn give_up(&mut self, tid: Tid) {
        if let Some(desk) = &mut self.looks().desk {
            desk.give_up(tid);
        }
    }

    fn read_memory(&mut self, tid: Tid, address: u64, buffer: &mut [u8]) -> Result<usize, LookError> {
        self.looks().by_number().read(tid, address, buffer)
    }

    fn read_string(&mut self, tid: Tid, address: u64, limit: usize) -> Result<(Vec<u8>, bool), LookError> {
        let looks = self.looks().by_number();
        let string = memory::string(address, limit, |at, buffer| looks.read(tid, at, buffer))?;
        Ok((string.bytes, string.complete))
    }

    fn write_memory(&mut self, tid: Tid, address: u64, bytes: &[u8]) -> Result<usize, LookError> {
        let looks = self.looks().by_number();
        if !looks.has_pages(tid, address, bytes.len())? {
            let source = std::io::Error::from_raw_os_error(libc::EBUSY);
            return Err(LookError::Failed { operation: "write memory that has to be fetched", tid, source });
        }
        match looks.memory.write(tid, address, bytes)? {
            0 if !bytes.is_empty() => {
                Err(LookError::new("write memory", tid, std::io::Error::from_raw_os_error(libc::EFAULT)))
            }
            written => Ok(written),
        }
    }

    fn descriptor_name(&mut self, tid: Tid, descriptor: i32, name: &mut Vec<u8>) -> Result<bool, LookError> {
        // Mostly the kernel's text is the name, and nothing has to be asked for it.
        match self.looks().kept.look(tid, |task| task.read_descriptor_name(descriptor, name)) {
            found @ Err(LookError::Pending { .. }) => {
                let found = found.map(|_| None);
                let told = |strings: Vec<Vec<u8>>| strings.into_iter().next();
                let elsewhere =
                    self.looks().or_elsewhere(tid, found, || Question::Descriptor(descriptor), told)?;
                Ok(elsewhere.is_some_and(|told| {
                    *name = told;
                    true
                }))
            }
            found => found,
        }
    }

    fn descriptor_kind(&mut self, tid: Tid, descriptor: i32) -> Result<Option<DescriptorKind>, LookError> {
        self.looks().by_number().kept.look(tid, |task| task.descriptor_kind(descriptor))
    }

    fn socket(&mut self, tid: Tid, descriptor: i32) -> Result<Option<Socket>, LookError> {
        self.looks().by_number().kept.look(tid, |task| task.socket(descriptor))
    }

    fn thread_name(&mut self, tid: Tid) -> Result<Vec<u8>, LookError> {
        self.looks().by_number().kept.look(tid, TaskDirectory::comm)
    }

    fn program(&mut self, tid: Tid) -> Result<Option<Vec<u8>>, LookError> {
        let look = |task: &TaskDirectory| Ok(Some(task.exe()?.name));
        self.looks().by_number().look(tid, look, || Question::Program, |told| told.into_iter().next())
    }

    fn working_directory(&mut self, tid: Tid) -> Result<Vec<u8>, LookError> {
        let look = |task: &TaskDirectory| Ok(task.cwd()?.name);
        let told = |told: Vec<Vec<u8>>| told.into_iter().next().unwrap_or_default();
        self.looks().by_number().look(tid, look, || Question::WorkingDirectory, told)
    }

    fn resolve(
        &mut self,
        tid: Tid,
        base: Base,
        path: &[u8],
        last: LastLink,
    ) -> Result<Option<Vec<u8>>, LookError> {
        let question = || Question::Resolve { base, last, path: path.to_vec() };
        let told = |told: Vec<Vec<u8>>| told.into_iter().next();
        self.looks().by_number().look(tid, |task| task.resolved(base, path, last), question, told)
    }

    fn mappings(&mut self, tid: Tid, range: AddressRange) -> Result<Vec<Mapping>, LookError> {
        let looks = self.looks().by_number();
        let found = looks.kept.mappings(tid, range);
        let told = |told: Vec<Vec<u8>>| told.iter().filter_map(|bytes| mapping(bytes)).collect();
        looks.or_elsewhere(tid, found, || Question::Mappings(range), told)
    }

    fn is_shared_memory(&mut self, tid: Tid, range: AddressRange) -> Result<bool, LookError> {
        self.looks().by_number().kept.with_maps(tid, |task, maps| maps.is_any_shared(task, range))
    }

    fn mapped_files(
        &mut self,
        tid: Tid,
        range: AddressRange,
        each: &mut dyn FnMut(&[u8]),
    ) -> Result<(), LookError> {
        let mut told = false;
        let looks = self.looks().by_number();
        let found = looks.kept.with_maps(tid, |task, maps| {
            // The next try may be about another program.
            match told {
                true => Err(LookError::Vanished(tid)),
                false => maps.each_file(task, range, &mut |name| {
                    told = true;
                    each(name);
                }),
            }
        });
        // Those that were told before the one that takes a wait are told once more, which changes nothing.
        let names = looks.or_elsewhere(
            tid,
            found.map(|()| Vec::new()),
            || Question::MappedFiles(range),
            |told| told,
        )?;
        names.iter().for_each(|name| each(name));
        Ok(())
    }

    fn pidfd_target(&mut self, tid: Tid, descriptor: i32) -> Result<Option<Tid>, LookError> {
        self.looks().by_number().kept.look(tid, |task| task.pidfd_target(descriptor))
    }

    fn shares_root(&mut self, tid: Tid) -> Result<bool, LookError> {
        self.looks().by_number().kept.look(tid, TaskDirectory::shares_root_and_mounts)
    }
}
