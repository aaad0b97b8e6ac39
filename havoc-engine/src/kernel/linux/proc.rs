//! Names that /proc/TID knows: of descriptors, of the working directory, the root and the program.
//!
//! Everything is read at the moment of asking. A table of descriptors fed by watching calls goes stale through dup,
//! close_range, SCM_RIGHTS, pidfd_getfd, CLONE_FILES and close-on-exec. Looked at is the *task*: descriptors, cwd and
//! root may differ between the threads of a process, and those of a process whose leader has exited are gone.
use std::cell::OnceCell;
use std::ffi::CStr;
use std::io::Read;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::OnceLock;

use nix::errno::Errno;
use nix::fcntl::{AT_FDCWD, AtFlags, OFlag, openat};
use nix::sys::stat::{FileStat, Mode, fstatat};
use nix::sys::statvfs::{FsFlags, fstatvfs};

use super::links::{self, Number};
use super::procfs;
use super::status::Status;
use crate::kernel::look_error::LookError;
use crate::resource::{FileName, path};
use crate::task::Tid;

/// A kept /proc/TID. The directory stands for the task, not for the number: when the task has ended it stays empty,
/// even if the number comes again.
///
/// The contents are never kept.
#[derive(Debug)]
pub struct TaskDirectory {
    tid: Tid,
    directory: OwnedFd,
    descriptors: OnceCell<OwnedFd>,
    sockets_by_lists: bool,
    has_own_root: bool,
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
        Ok(TaskDirectory {
            tid,
            directory,
            descriptors: OnceCell::new(),
            sockets_by_lists: false,
            has_own_root: false,
        })
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
        let Ok(number) = u32::try_from(descriptor).map(Number::new) else { return Ok(None) };
        let found = self.descriptors().and_then(|directory| self.link(directory, number.name()));
        self.or_absent("read name of a descriptor", found)
    }

    /// Puts the same name into `name`, in the place of what is there, and tells whether the descriptor is open.
    ///
    /// # Errors
    ///
    /// As [`TaskDirectory::descriptor_name`] says.
    pub fn read_descriptor_name(&self, descriptor: i32, name: &mut Vec<u8>) -> Result<bool, LookError> {
        let Ok(number) = u32::try_from(descriptor).map(Number::new) else { return Ok(false) };
        let found = self.descriptors().and_then(|directory| self.link_into(directory, number.name(), name));
        Ok(self.or_absent("read name of a descriptor", found)?.is_some())
    }

    /// Returns the working directory.
    ///
    /// # Errors
    ///
    /// If the task has ended or may not be looked at.
    pub fn cwd(&self) -> Result<FileName, LookError> {
        self.link(&self.directory, c"cwd").map_err(|errno| self.error("read working directory", errno))
    }

    /// Returns the program's file; `None` if there is none (a kernel thread).
    ///
    /// # Errors
    ///
    /// If the task has ended or may not be looked at.
    pub fn exe(&self) -> Result<Option<FileName>, LookError> {
        self.or_absent("read program name", self.link(&self.directory, c"exe"))
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
                if !is_same_file(&fstatat(&self.directory, name, AtFlags::empty())?, ours) {
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
        let stat = |directory: &dyn AsFd, name: &str| fstatat(directory, name, AtFlags::empty());
        let own = procfs::root().and_then(|proc| stat(proc, "self/ns/net"));
        let both = own.and_then(|own| Ok(is_same_file(&own, &stat(&self.directory, "ns/net")?)));
        both.map_err(|errno| self.error("compare network namespace", errno))
    }

    /// Returns the program's name if its file is set-uid or set-gid and the task does not have that identity.
    ///
    /// # Errors
    ///
    /// If the task has ended or may not be looked at.
    pub fn lost_set_uid(&self) -> Result<Option<Vec<u8>>, LookError> {
        let file = fstatat(&self.directory, "exe", AtFlags::empty())
            .map_err(|errno| self.error("look at program", errno))?;
        // Set-gid without the group's execute bit marks mandatory locking. execve(2), fs/exec.c, bprm_fill_uid.
        let set_gid_bits = libc::S_ISGID | libc::S_IXGRP;
        let set_uid = file.st_mode & libc::S_ISUID != 0;
        let set_gid = file.st_mode & set_gid_bits == set_gid_bits;
        if !set_uid && !set_gid {
            return Ok(None);
        }
        // On such a mount the bits never count.
        let mount = self
            .open("exe", place(OFlag::empty()))
            .and_then(|exe| fstatvfs(&exe))
            .map_err(|errno| self.error("look at program's mount", errno))?;
        if mount.flags().contains(FsFlags::ST_NOSUID) {
            return Ok(None);
        }
        let Some((user, group)) = self.status()?.effective else { return Ok(None) };
        if (set_uid && user != file.st_uid) || (set_gid && group != file.st_gid) {
            return Ok(self.exe()?.map(|file| file.name));
        }
        Ok(None)
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
            Err(error) if error.raw_os_error() == Some(libc::ENOENT) && self.is_there() => return Ok(None),
            Err(error) => return Err(LookError::new("read pidfd", self.tid, error)),
        };
        let line = text.split(|&byte| byte == b'\n').find_map(|line| line.strip_prefix(b"Pid:"));
        let number = line.and_then(|line| std::str::from_utf8(line).ok()?.trim().parse().ok());
        Ok(number.and_then(Tid::new))
    }

    /// Opens something below /proc/TID, close-on-exec.
    pub(super) fn open(&self, name: &str, flags: OFlag) -> Result<OwnedFd, Errno> {
        openat(&self.directory, name, flags | OFlag::O_CLOEXEC, Mode::empty())
    }

    /// Sorts an error; `Denied` and `Failed` only if the task is still there.
    pub(super) fn error(&self, operation: &'static str, errno: Errno) -> LookError {
        LookError::new(operation, self.tid, errno)
    }

    /// Tells whether the task still exists, be it as a zombie.
    pub(super) fn is_there(&self) -> bool {
        fstatat(&self.directory, "stat", AtFlags::empty()).is_ok()
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

    /// Returns the name of a mapped file from the kernel's text for it.
    ///
    /// A text that ends in ` (deleted)` is looked up, and is a name if it has the mapping's inode number. The device
    /// is not compared: on btrfs and overlayfs stat(2) gives another one than /proc/TID/maps. A wrong answer would
    /// take a second file of exactly that name, and of that number, on another file system mounted over the first.
    pub(super) fn mapped_name(&self, inode: u64, text: &[u8]) -> Result<FileName, LookError> {
        let is_mapped = |stat: &FileStat| stat.st_ino == inode;
        self.file_name(text, is_mapped).map_err(|errno| self.error("read root directory", errno))
    }

    /// Tells whether the kernel's text is the present name of the mapped file.
    pub(super) fn is_name_of(&self, inode: u64, text: &[u8]) -> bool {
        self.stat_text(text).is_ok_and(|stat| stat.st_ino == inode)
    }

    /// Tells whether the kernel's text is the name as it is, whatever file it is of.
    pub(super) fn is_name(&self, text: &[u8]) -> bool {
        text.first() != Some(&b'/') || (self.has_own_root && !path::may_be_deleted(text))
    }

    /// Returns the name of a file from the kernel's text; `is_it` recognises the file.
    pub(super) fn file_name(
        &self,
        text: &[u8],
        is_it: impl FnOnce(&FileStat) -> bool,
    ) -> Result<FileName, Errno> {
        if self.is_name(text) {
            // Both cuts would leave it as it is.
            return Ok(FileName { name: text.to_vec(), deleted: false });
        }
        let root = self.root_text()?;
        Ok(path::file_name(&root, text, |whole, inside| {
            self.stat_by_name(whole, inside).is_ok_and(|stat| is_it(&stat))
        }))
    }

    pub(super) fn descriptors(&self) -> Result<&OwnedFd, Errno> {
        if let Some(directory) = self.descriptors.get() {
            return Ok(directory);
        }
        let directory = self.open("fd", place(OFlag::O_DIRECTORY))?;
        Ok(self.descriptors.get_or_init(|| directory))
    }

    /// Returns what a magic link of /proc leads to.
    fn link(&self, directory: &OwnedFd, name: &CStr) -> Result<FileName, Errno> {
        let mut text = Vec::new();
        let deleted = self.link_into(directory, name, &mut text)?;
        // Whoever asks may keep it, and the room is for the longest.
        text.shrink_to_fit();
        Ok(FileName { name: text, deleted })
    }

    /// Puts that into `text`, in the place of what is there, and tells whether the file is deleted.
    fn link_into(&self, directory: &OwnedFd, name: &CStr, text: &mut Vec<u8>) -> Result<bool, Errno> {
        links::text_into(directory, name, text)?;
        if self.is_name(text) {
            return Ok(false);
        }
        // Following the link looks at the file without opening it.
        let is_it = |stat: &FileStat| {
            fstatat(directory, name, AtFlags::AT_NO_AUTOMOUNT).is_ok_and(|it| is_same_file(&it, stat))
        };
        let file = self.file_name(text, is_it)?;
        *text = file.name;
        Ok(file.deleted)
    }

    fn root_text(&self) -> Result<Vec<u8>, Errno> {
        if self.has_own_root {
            return Ok(b"/".to_vec());
        }
        let text = links::text(&self.directory, c"root")?;
        let is_root = |text: &[u8]| {
            let root = fstatat(&self.directory, "root", AtFlags::AT_NO_AUTOMOUNT);
            lstat(AT_FDCWD, text).is_ok_and(|stat| root.is_ok_and(|root| is_same_file(&root, &stat)))
        };
        Ok(path::strip_deleted(&text, is_root).name)
    }

    fn stat_text(&self, text: &[u8]) -> Result<FileStat, Errno> {
        let root = self.root_text()?;
        self.stat_by_name(text, path::strip_root(&root, text).as_deref())
    }

    fn stat_by_name(&self, whole: &[u8], inside: Option<&[u8]>) -> Result<FileStat, Errno> {
        let Some(inside) = inside else { return lstat(AT_FDCWD, whole) };
        // The texts of the kernel hold no links, so that looking up below the root does not leave it.
        let slashes = inside.iter().take_while(|&&byte| byte == b'/').count();
        lstat(&self.open("root", place(OFlag::O_DIRECTORY))?, &inside[slashes..])
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

pub(super) fn is_same_file(one: &FileStat, other: &FileStat) -> bool {
    (one.st_dev, one.st_ino) == (other.st_dev, other.st_ino)
}

/// Returns havoc's own mount namespace and root directory. It never changes them, so that one look is enough.
fn own_mounts_and_root() -> Result<&'static [FileStat; 2], Errno> {
    static OWN: OnceLock<[FileStat; 2]> = OnceLock::new();
    if let Some(own) = OWN.get() {
        return Ok(own);
    }
    let stat = |name: &str| fstatat(procfs::root()?, name, AtFlags::empty());
    let own = [stat("self/ns/mnt")?, stat("self/root")?];
    Ok(OWN.get_or_init(|| own))
}

fn lstat(directory: impl AsFd, name: &[u8]) -> Result<FileStat, Errno> {
    fstatat(directory, name, AtFlags::AT_SYMLINK_NOFOLLOW | AtFlags::AT_NO_AUTOMOUNT)
}

#[cfg(test)]
mod tests;
