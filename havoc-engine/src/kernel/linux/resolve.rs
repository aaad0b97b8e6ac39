//! A path with its links resolved, as the task would resolve it.
//!
//! The quick way is one openat2(2), which holds absolute links below the task's root (Linux 5.6). What it cannot do is
//! done by walking component by component:
//!
//! - names that do not exist yet, and links to such;
//! - relative paths that leave their base by `..` or an absolute link, since only a base that is also the root would
//!   be held to it;
//! - /proc/self and the magic links behind it, which would be havoc's own: `/dev/stdin`, `/dev/fd/7`;
//! - kernels and containers without openat2.
//!
//! Naming the base first and opening base + path below the root lost: it is wrong where something is mounted over the
//! working directory. Everything is opened with O_PATH: nothing blocks, no device wakes up.
use std::ffi::OsString;
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::ffi::OsStringExt;

use nix::errno::Errno;
use nix::fcntl::{OFlag, OpenHow, ResolveFlag, openat, openat2, readlinkat};
use nix::sys::stat::Mode;

use super::mounts::{self, Kind};
use super::proc::{TaskDirectory, place};
use super::procfs;
use super::stat::{self, Stat};
use crate::kernel::look_error::LookError;
use crate::resource::{Base, LastLink, path};

const RESOLVE: &str = "resolve path";

/// Ends with EAGAIN what takes more than names that are known. include/uapi/linux/openat2.h, since Linux 5.12.
const RESOLVE_CACHED: u64 = 0x20;

/// As many as the kernel follows in one path. include/linux/namei.h, `MAXSYMLINKS`.
const MOST_LINKS: usize = 40;

/// The inode number of the root of any procfs. include/linux/proc_fs.h, `PROC_ROOT_INO`.
const PROC_ROOT: u64 = 1;

impl TaskDirectory {
    /// Returns the path with its links resolved, as the task's root sees it.
    ///
    /// What does not exist yet is appended to what does. `None` if the path leads nowhere: it is empty, holds a NUL,
    /// goes through a file or a loop of links or a directory that may not be searched, or its base is not open.
    ///
    /// # Errors
    ///
    /// If the task has ended or may not be looked at.
    pub fn resolved(&self, base: Base, path: &[u8], last: LastLink) -> Result<Option<Vec<u8>>, LookError> {
        if path.is_empty() || path.contains(&0) {
            return Ok(None);
        }
        let start = match (path[0], base) {
            (b'/', _) => Some(self.place("root")?),
            (_, Base::Cwd) => Some(self.place("cwd")?),
            (_, Base::Descriptor(descriptor)) => {
                let number = descriptor.to_string();
                let open =
                    |directory: &_| openat(directory, number.as_str(), place(OFlag::empty()), Mode::empty());
                self.in_descriptors(RESOLVE, open)?
            }
        };
        let Some(start) = start else { return Ok(None) };
        let end = match self.open_quickly(&start, path, last) {
            Ok(end) if !self.is_on_proc(&end)? => End { place: end, missing: Vec::new() },
            _ => match self.walk(start, path, last)? {
                Some(end) => end,
                None => return Ok(None),
            },
        };
        let name = match self.name_of(&end.place) {
            Ok(name) => name,
            // Longer than PATH_MAX.
            Err(Errno::ENAMETOOLONG) => return Ok(None),
            Err(errno) => return Err(self.error(RESOLVE, errno)),
        };
        Ok(Some(if end.missing.is_empty() { name } else { path::fold(&name, &end.missing) }))
    }

    fn walk(&self, start: OwnedFd, path: &[u8], last: LastLink) -> Result<Option<End>, LookError> {
        let root = self.place("root")?;
        let mut walk = Walk { task: self, root, at: start, pending: Vec::new(), links: 0 };
        match walk.finish(path, last) {
            Ok(end) => Ok(Some(end)),
            // A server may forbid havoc what it permits the task: FUSE without allow_other, NFS with root squashed.
            Err(errno @ (Errno::EACCES | Errno::EPERM)) if walk.is_remote() => {
                Err(self.error(RESOLVE, errno))
            }
            // These are the path's faults; the task itself gets the same from its call.
            Err(
                Errno::ENOENT
                | Errno::ENOTDIR
                | Errno::ELOOP
                | Errno::ENAMETOOLONG
                | Errno::EACCES
                | Errno::EPERM
                | Errno::ESTALE
                | Errno::EINVAL,
            ) if self.is_there() => Ok(None),
            Err(errno) => Err(self.error(RESOLVE, errno)),
        }
    }

    /// Opens a place of which each step is an existing name, and none is a link that has to be followed.
    pub(super) fn open_by_steps(&self, root: OwnedFd, name: &[u8]) -> Result<OwnedFd, Errno> {
        let at = root.try_clone().map_err(|_| Errno::EMFILE)?;
        let mut walk = Walk { task: self, root, at, pending: Vec::new(), links: 0 };
        let end = walk.finish(name, LastLink::Kept)?;
        if end.missing.is_empty() { Ok(end.place) } else { Err(Errno::ENOENT) }
    }

    fn place(&self, name: &str) -> Result<OwnedFd, LookError> {
        self.open(name, place(OFlag::O_DIRECTORY)).map_err(|errno| self.error(RESOLVE, errno))
    }

    fn name_of(&self, place: &OwnedFd) -> Result<Vec<u8>, Errno> {
        let is_place = |stat: &Stat| stat::of(place).is_ok_and(|it| it.is_same_file(stat));
        Ok(self.file_name(&own_text(place)?, is_place)?.name)
    }

    fn is_on_proc(&self, place: &OwnedFd) -> Result<bool, LookError> {
        match mounts::kind(self, place) {
            Ok(kind) => Ok(kind == Kind::Proc),
            Err(errno) => Err(self.error(RESOLVE, errno)),
        }
    }

    fn open_quickly(&self, start: &OwnedFd, path: &[u8], last: LastLink) -> Result<OwnedFd, Errno> {
        let hold = if path[0] == b'/' { ResolveFlag::RESOLVE_IN_ROOT } else { ResolveFlag::RESOLVE_BENEATH };
        let flags = match last {
            LastLink::Followed => OFlag::empty(),
            LastLink::Kept => OFlag::O_NOFOLLOW,
        };
        self.open_place(start, path, flags, hold | ResolveFlag::RESOLVE_NO_MAGICLINKS)
    }

    /// Opens a place below another: O_PATH, so that nothing wakes up. Unless this may wait, all of the path has been looked up
    /// before and is still known, or lies in the same mount as `start`, which asks no server.
    ///
    /// # Errors
    ///
    /// EAGAIN if it had to be looked up where that may take a wait; EXDEV if it may, for it lies in another mount.
    pub(super) fn open_place(
        &self,
        start: &OwnedFd,
        path: &[u8],
        flags: OFlag,
        hold: ResolveFlag,
    ) -> Result<OwnedFd, Errno> {
        let open = |more| openat2(start, path, OpenHow::new().flags(place(flags)).resolve(hold | more));
        if self.may_wait {
            return open(ResolveFlag::empty());
        }
        match open(ResolveFlag::from_bits_retain(RESOLVE_CACHED)) {
            // EINVAL before Linux 5.12.
            Err(Errno::EAGAIN | Errno::EINVAL) => {}
            answer => return answer,
        }
        match mounts::kind(self, start)? {
            Kind::Local | Kind::Proc => open(ResolveFlag::RESOLVE_NO_XDEV),
            Kind::Remote(mount) => {
                self.waits_for.set(mount);
                Err(Errno::EAGAIN)
            }
        }
    }

    /// Returns what `self` and `thread-self` in a procfs would be to the task.
    ///
    /// That depends on the PID namespace of the mount. The task's mounts are taken to be of its own namespace.
    fn own_name_in_proc(&self, component: &[u8]) -> Result<Vec<u8>, LookError> {
        let status = self.status()?;
        let process = status.process_inside;
        let name = match component {
            b"thread-self" => format!("{process}/task/{}", status.task_inside.unwrap_or(self.tid())),
            _ => process.to_string(),
        };
        Ok(name.into_bytes())
    }
}

/// Where a path ends: an existing place and what is still missing below it.
struct End {
    place: OwnedFd,
    missing: Vec<u8>,
}

struct Walk<'a> {
    task: &'a TaskDirectory,
    root: OwnedFd,
    at: OwnedFd,
    /// Components still to go, the next one last.
    pending: Vec<Vec<u8>>,
    links: usize,
}

impl Walk<'_> {
    fn finish(&mut self, path: &[u8], last: LastLink) -> Result<End, Errno> {
        self.push(path)?;
        let may_keep = last == LastLink::Kept && !path.ends_with(b"/") && !path.ends_with(b"/.");
        while let Some(component) = self.pending.pop() {
            if component == b".." {
                if !self.is_at_root()? {
                    self.at = self.step(b"..", OFlag::O_DIRECTORY)?;
                }
                continue;
            }
            let is_kept = may_keep && self.pending.is_empty();
            let is_self =
                matches!(component.as_slice(), b"self" | b"thread-self") && self.is_at_proc_root()?;
            if is_self && !is_kept {
                let name = self.task.own_name_in_proc(&component).map_err(|_| Errno::ENOENT)?;
                self.push(&name)?;
                continue;
            }
            let next = match self.step(&component, OFlag::O_NOFOLLOW) {
                Ok(next) => next,
                Err(Errno::ENOENT) => return self.missing(component),
                Err(errno) => return Err(errno),
            };
            if stat::of(&next)?.is_link() && !is_kept {
                self.follow(next, &component)?;
            } else {
                self.at = next;
            }
        }
        Ok(End { place: self.at.try_clone().map_err(|_| Errno::EMFILE)?, missing: Vec::new() })
    }

    /// Opens the next component. A step may lead into another mount only where its root is known: that takes no look-up there.
    fn step(&self, component: &[u8], flags: OFlag) -> Result<OwnedFd, Errno> {
        let plainly = || openat(&self.at, component, place(flags), Mode::empty());
        if self.task.may_wait {
            return plainly();
        }
        match self.task.open_place(&self.at, component, flags, ResolveFlag::empty()) {
            // No such call (Linux 5.6), or a container's profile without it; or it knows nothing of what is cached. Either way the
            // mount that is left asks no server, and the one that is entered is not asked for more than its root.
            Err(Errno::ENOSYS | Errno::EPERM | Errno::EXDEV) => match mounts::kind(self.task, &self.at)? {
                Kind::Local | Kind::Proc => plainly(),
                Kind::Remote(_) => Err(Errno::EAGAIN),
            },
            answer => answer,
        }
    }

    fn is_remote(&self) -> bool {
        matches!(mounts::kind(self.task, &self.at), Ok(Kind::Remote(_)))
    }

    fn follow(&mut self, link: OwnedFd, component: &[u8]) -> Result<(), Errno> {
        self.links += 1;
        if self.links > MOST_LINKS {
            return Err(Errno::ELOOP);
        }
        let kind = mounts::kind(self.task, &link)?;
        if let Kind::Remote(mount) = kind
            && !self.task.may_wait
        {
            self.task.waits_for.set(mount);
            return Err(Errno::EAGAIN);
        }
        let text = readlinkat(&link, "").map(OsString::into_vec)?;
        let is_plain = text.first() != Some(&b'/') && !text.ends_with(b"]");
        if kind == Kind::Proc && !is_plain {
            // A magic link: its text is only a description, the kernel jumps to the file itself.
            self.at = openat(&self.at, component, place(OFlag::empty()), Mode::empty())?;
            return Ok(());
        }
        self.push(&text)
    }

    /// Puts the components of a path before those still to go.
    fn push(&mut self, path: &[u8]) -> Result<(), Errno> {
        if path.first() == Some(&b'/') {
            self.at = self.root.try_clone().map_err(|_| Errno::EMFILE)?;
        }
        let components = path.split(|&byte| byte == b'/').filter(|part| !matches!(*part, b"" | b"."));
        self.pending.extend(components.rev().map(<[u8]>::to_vec));
        Ok(())
    }

    fn missing(&mut self, component: Vec<u8>) -> Result<End, Errno> {
        self.pending.push(component);
        self.pending.reverse();
        let place = self.at.try_clone().map_err(|_| Errno::EMFILE)?;
        Ok(End { place, missing: self.pending.join(&b'/') })
    }

    fn is_at_root(&self) -> Result<bool, Errno> {
        // The same directory mounted a second time is another place: there `..` leads on.
        Ok(stat::of(&self.at)?.is_same_file(&stat::of(&self.root)?)
            && own_text(&self.at)? == own_text(&self.root)?)
    }

    fn is_at_proc_root(&self) -> Result<bool, Errno> {
        Ok(stat::of(&self.at)?.inode == PROC_ROOT && mounts::kind(self.task, &self.at)? == Kind::Proc)
    }
}

/// Returns the kernel's text for one of havoc's own descriptors.
fn own_text(place: &OwnedFd) -> Result<Vec<u8>, Errno> {
    let link = format!("self/fd/{}", place.as_raw_fd());
    readlinkat(procfs::root()?, link.as_str()).map(OsString::into_vec)
}

#[cfg(test)]
mod tests;
