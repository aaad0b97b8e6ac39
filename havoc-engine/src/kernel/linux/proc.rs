//! Names that /proc/TID knows: of descriptors, of the working directory, the root and the program.
//!
//! Everything is read at the moment of asking. A table of descriptors fed by watching calls goes stale through dup,
//! close_range, SCM_RIGHTS, pidfd_getfd, CLONE_FILES and close-on-exec. Looked at is the *task*: descriptors, cwd and
//! root may differ between the threads of a process, and those of a process whose leader has exited are gone.
use std::cell::{Cell, OnceCell};
use std::ffi::CString;
use std::io::Read;
use std::os::fd::OwnedFd;
use std::sync::OnceLock;

use nix::errno::Errno;
use nix::fcntl::{AtFlags, OFlag, openat};
use nix::sys::stat::Mode;

use super::links::Number;
use super::procfs;
use super::stat::{self, Stat};
use super::status::Status;
use crate::kernel::look_error::LookError;
use crate::resource::FileName;
use crate::task::Tid;

/// A kept /proc/TID. The directory stands for the task, not for the number: when the task has ended it stays empty,
/// even if the number comes again.
///
/// The contents are never kept.
#[derive(Debug)]
pub struct TaskDirectory {
    tid: Tid,
    pub(super) directory: OwnedFd,
    descriptors: OnceCell<OwnedFd>,
    sockets_by_lists: bool,
    pub(super) has_own_root: bool,
    /// Whether looks at it may wait: in a process that does nothing else.
    pub(super) may_wait: bool,
    /// The number of the mount at which a look that may not wait has come to its end.
    pub(super) waits_for: Cell<u64>,
}

impl TaskDirectory {
    /// Opens /proc/TID.
    ///
    /// # Errors
    ///
    /// `Vanished` if there is no such task.
    pub fn open_for(tid: Tid) -> Result<TaskDirectory, LookError> {
        let directory = procfs::root()
            .and_then(|proc| proc.open_below(tid.to_string().as_str(), place(OFlag::O_DIRECTORY)));
        let directory = directory.map_err(|errno| LookError::new("open directory", tid, errno))?;
        Ok(TaskDirectory::of_descriptor(tid, directory))
    }

    /// Returns that of an opened /proc/TID.
    pub(super) fn of_descriptor(tid: Tid, directory: OwnedFd) -> TaskDirectory {
        TaskDirectory {
            tid,
            directory,
            descriptors: OnceCell::new(),
            sockets_by_lists: false,
            has_own_root: false,
            may_wait: false,
            waits_for: Cell::new(0),
        }
    }

    /// Returns the same, for a process in which looks may wait.
    pub(super) fn that_may_wait(self) -> TaskDirectory {
        TaskDirectory { may_wait: true, ..self }
    }

    /// Opens the same once more.
    ///
    /// # Errors
    ///
    /// EMFILE.
    pub(super) fn another(&self) -> Result<TaskDirectory, Errno> {
        let directory = self.directory.try_clone().map_err(|_| Errno::EMFILE)?;
        let another = TaskDirectory::of_descriptor(self.tid, directory);
        Ok(TaskDirectory { has_own_root: self.has_own_root, ..another })
    }

    /// Returns the same, which looks for the addresses of sockets in lists, without pidfd_getfd.
    #[must_use]
    pub fn with_sockets_by_lists(self) -> TaskDirectory {
        TaskDirectory { sockets_by_lists: true, ..self }
    }

    /// Returns the same of a task that is known to have havoc's root directory: it is not asked for.
    #[must_use]
    pub fn with_own_root(self) -> TaskDirectory {
        TaskDirectory { has_own_root: true, ..self }
    }

    /// Tells whether the addresses of sockets are looked for in lists.
    pub(super) fn finds_sockets_by_lists(&self) -> bool {
        self.sockets_by_lists
    }

    /// Returns the task's id.
    #[must_use]
    pub fn tid(&self) -> Tid {
        self.tid
    }

    /// Returns the present name of what the descriptor is open on; `None` if it is not open.
    ///
    /// # Errors
    ///
    /// If the task has ended or may not be looked at, or if the name is longer than PATH_MAX.
    pub fn descriptor_name(&self, descriptor: i32) -> Result<Option<FileName>, LookError> {
        let mut name = Vec::new();
        let deleted = self.descriptor_name_into(descriptor, &mut name)?;
        // Whoever asks may keep it, and the room is for the longest.
        name.shrink_to_fit();
        Ok(deleted.map(|deleted| FileName { name, deleted }))
    }

    /// Puts the same name into `name`, in the place of what is there, and tells whether the descriptor is open.
    ///
    /// # Errors
    ///
    /// As [`TaskDirectory::descriptor_name`] says.
    pub fn read_descriptor_name(&self, descriptor: i32, name: &mut Vec<u8>) -> Result<bool, LookError> {
        Ok(self.descriptor_name_into(descriptor, name)?.is_some())
    }

    fn descriptor_name_into(&self, descriptor: i32, name: &mut Vec<u8>) -> Result<Option<bool>, LookError> {
        let Ok(number) = u32::try_from(descriptor) else { return Ok(None) };
        const LOOK: &str = "read name of a descriptor";
        let found = match self.descriptors() {
            Ok(directory) => self.link_into(directory, Number::new(number).name(), name),
            // No descriptor for a directory more.
            Err(Errno::EMFILE) => {
                let path = CString::new(format!("fd/{number}")).map_err(|_| Errno::EINVAL);
                path.and_then(|path| self.link_into(&self.directory, &path, name))
            }
            // If the directory itself is not there, that says nothing of descriptors.
            Err(errno) => return Err(self.error(LOOK, errno)),
        };
        self.or_absent(LOOK, found)
    }

    /// Returns the working directory.
    ///
    /// # Errors
    ///
    /// If the task has ended or may not be looked at.
    pub fn cwd(&self) -> Result<FileName, LookError> {
        self.link(&self.directory, c"cwd").map_err(|errno| self.error("read working directory", errno))
    }

    /// Returns the program's file. Every task that makes calls has one: a link that is not there is hidden, or the task's end.
    ///
    /// # Errors
    ///
    /// If the task has ended or may not be looked at.
    pub fn exe(&self) -> Result<FileName, LookError> {
        self.link(&self.directory, c"exe").map_err(|errno| self.error("read program name", errno))
    }

    /// Returns the task's root directory as havoc's root sees it.
    ///
    /// # Errors
    ///
    /// If the task has ended or may not be looked at.
    #[cfg(test)]
    pub fn root(&self) -> Result<Vec<u8>, LookError> {
        self.root_text().map_err(|errno| self.error("read root directory", errno))
    }

    /// Returns the thread's name, up to 15 bytes.
    ///
    /// # Errors
    ///
    /// If the task has ended.
    pub fn comm(&self) -> Result<Vec<u8>, LookError> {
        let failed = |errno: Errno| self.error("read name", errno);
        let file = self.open("comm", OFlag::O_RDONLY).map_err(failed)?;
        // One read, for this is done at every call of a rule with `comm=` or `thread=`; a name that was set by kthreadd, the
        // longest there are, has 64 bytes (fs/proc/array.c, proc_task_name).
        let mut name = [0; 128];
        let length = nix::unistd::read(&file, &mut name).map_err(failed)?;
        Ok(name[..length].strip_suffix(b"\n").unwrap_or(&name[..length]).to_vec())
    }

    /// Returns who the task is.
    ///
    /// # Errors
    ///
    /// If the task has ended.
    pub fn status(&self) -> Result<Status, LookError> {
        let text = self.contents("status").map_err(|error| LookError::new("read status", self.tid, error))?;
        // A read of a task that ends meanwhile may come back empty.
        Status::parse(&text).ok_or(LookError::Vanished(self.tid))
    }

    /// Returns the tasks of the same process, in the kernel's order; some may be born or die meanwhile.
    ///
    /// # Errors
    ///
    /// If the task has ended.
    #[cfg(test)]
    pub fn threads(&self) -> Result<Vec<Tid>, LookError> {
        let list = || -> std::io::Result<Vec<Tid>> {
            let mut threads = Vec::new();
            for entry in std::fs::read_dir(format!("/proc/{}/task", self.tid))? {
                let name = entry?.file_name();
                threads.extend(name.to_str().and_then(|name| name.parse().ok()).and_then(Tid::new));
            }
            Ok(threads)
        };
        list().map_err(|error| LookError::new("list threads", self.tid, error))
    }

    /// Tells whether paths mean the same to the task as to havoc: same mount namespace and same root directory.
    ///
    /// # Errors
    ///
    /// If the task has ended or may not be looked at.
    pub fn shares_root_and_mounts(&self) -> Result<bool, LookError> {
        let compare = || -> Result<bool, Errno> {
            // The text tells the root from a second mount of the same directory elsewhere.
            if self.root_text()? != b"/" {
                return Ok(false);
            }
            for (name, ours) in ["ns/mnt", "root"].into_iter().zip(own_mounts_and_root()?) {
                if !stat::at(&self.directory, name, AtFlags::empty())?.is_same_file(ours) {
                    return Ok(false);
                }
            }
            Ok(true)
        };
        compare().map_err(|errno| self.error("compare root directory", errno))
    }

    /// Tells whether the task is in havoc's network namespace.
    ///
    /// # Errors
    ///
    /// If the task has ended or may not be looked at.
    pub(super) fn shares_network(&self) -> Result<bool, LookError> {
        let own = procfs::root().and_then(|proc| stat::at(proc, "self/ns/net", AtFlags::empty()));
        let theirs = || stat::at(&self.directory, "ns/net", AtFlags::empty());
        let both = own.and_then(|own| Ok(own.is_same_file(&theirs()?)));
        both.map_err(|errno| self.error("compare network namespace", errno))
    }

    /// Returns the leader of the process that a pidfd of the task means; `None` if it is no pidfd, or that process is gone
    /// or lies in no PID namespace of ours.
    ///
    /// # Errors
    ///
    /// If the task has ended or may not be looked at.
    pub fn pidfd_target(&self, descriptor: i32) -> Result<Option<Tid>, LookError> {
        // pidfd_open(2): the line `Pid:` of fdinfo, in the numbers of the procfs that is read.
        let text = match self.contents(&format!("fdinfo/{descriptor}")) {
            Ok(text) => text,
            Err(error) => {
                let is_closed =
                    error.raw_os_error() == Some(libc::ENOENT) && self.descriptor_name(descriptor)?.is_none();
                return if is_closed { Ok(None) } else { Err(LookError::new("read pidfd", self.tid, error)) };
            }
        };
        let line = text.split(|&byte| byte == b'\n').find_map(|line| line.strip_prefix(b"Pid:"));
        let number = line.and_then(|line| std::str::from_utf8(line).ok()?.trim().parse().ok());
        Ok(number.and_then(Tid::new))
    }

    /// Opens something below /proc/TID, close-on-exec.
    pub(super) fn open(&self, name: &str, flags: OFlag) -> Result<OwnedFd, Errno> {
        openat(&self.directory, name, flags | OFlag::O_CLOEXEC, Mode::empty())
    }

    /// Sorts an error; `Denied` and `Failed` only if the task is still there. EAGAIN is said of what would have to wait
    /// ([`TaskDirectory::open_place`]).
    pub(super) fn error(&self, operation: &'static str, errno: Errno) -> LookError {
        match errno {
            Errno::EAGAIN if !self.may_wait => LookError::Pending { operation, tid: self.tid },
            errno => LookError::new(operation, self.tid, errno),
        }
    }

    /// Tells whether the task still exists, be it as a zombie.
    pub(super) fn is_there(&self) -> bool {
        stat::at(&self.directory, "stat", AtFlags::empty()).is_ok()
    }

    /// Turns the ENOENT of a task that is still there into `None`.
    pub(super) fn or_absent<T>(
        &self,
        operation: &'static str,
        found: Result<T, Errno>,
    ) -> Result<Option<T>, LookError> {
        match found {
            Ok(found) => Ok(Some(found)),
            Err(Errno::ENOENT) if self.is_there() => Ok(None),
            Err(errno) => Err(self.error(operation, errno)),
        }
    }

    /// Looks into the directory of descriptors; `None` for one that is not open. If the directory itself is not there, that says
    /// nothing of descriptors.
    pub(super) fn in_descriptors<T>(
        &self,
        operation: &'static str,
        look: impl FnOnce(&OwnedFd) -> Result<T, Errno>,
    ) -> Result<Option<T>, LookError> {
        let directory = self.descriptors().map_err(|errno| self.error(operation, errno))?;
        self.or_absent(operation, look(directory))
    }

    pub(super) fn descriptors(&self) -> Result<&OwnedFd, Errno> {
        if let Some(directory) = self.descriptors.get() {
            return Ok(directory);
        }
        let directory = self.open("fd", place(OFlag::O_DIRECTORY))?;
        Ok(self.descriptors.get_or_init(|| directory))
    }

    pub(super) fn contents(&self, name: &str) -> std::io::Result<Vec<u8>> {
        // Longer than most of these files: each read makes the kernel write the text anew, up to there.
        let mut contents = Vec::with_capacity(4096);
        let file = std::fs::File::from(self.open(name, OFlag::O_RDONLY)?);
        // By `take` it is not asked for a size, which such files do not tell, nor read in small pieces first.
        file.take(u64::MAX).read_to_end(&mut contents)?;
        Ok(contents)
    }
}

/// Flags that open a place in the tree and nothing else: no device wakes up, no pipe blocks, no lease breaks.
pub(super) fn place(flags: OFlag) -> OFlag {
    flags | OFlag::O_PATH | OFlag::O_CLOEXEC
}

/// Returns havoc's own mount namespace and root directory. It never changes them, so that one look is enough.
fn own_mounts_and_root() -> Result<&'static [Stat; 2], Errno> {
    static OWN: OnceLock<[Stat; 2]> = OnceLock::new();
    if let Some(own) = OWN.get() {
        return Ok(own);
    }
    let stat = |name: &str| stat::at(procfs::root()?, name, AtFlags::empty());
    let own = [stat("self/ns/mnt")?, stat("self/root")?];
    Ok(OWN.get_or_init(|| own))
}

#[cfg(test)]
mod tests;
