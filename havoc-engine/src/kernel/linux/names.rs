//! The names of files from the kernel's texts for them: below the root of the task, and without the mark of unlinked files.
//!
//! A text tells a name from a mark only by a look at the file of that name, which may lie anywhere. Such looks never wait
//! ([`TaskDirectory::open_place`]).
use std::ffi::CStr;
use std::os::fd::OwnedFd;

use nix::errno::Errno;
use nix::fcntl::{AT_FDCWD, AtFlags, OFlag, ResolveFlag, openat};
use nix::sys::stat::Mode;

use super::links;
use super::proc::{TaskDirectory, place};
use super::stat::{self, Stat};
use crate::kernel::look_error::LookError;
use crate::resource::{FileName, path};

impl TaskDirectory {
    /// Returns the name of a mapped file from the kernel's text for it.
    ///
    /// A text that ends in ` (deleted)` is looked up, and is a name if it has the mapping's inode number. The device
    /// is not compared: on btrfs and overlayfs stat(2) gives another one than /proc/TID/maps. A wrong answer would
    /// take a second file of exactly that name, and of that number, on another file system mounted over the first.
    pub(super) fn mapped_name(&self, inode: u64, text: &[u8]) -> Result<FileName, LookError> {
        let is_mapped = |stat: &Stat| stat.inode == inode;
        self.file_name(text, is_mapped).map_err(|errno| self.error("read root directory", errno))
    }

    /// Tells whether the kernel's text is the present name of the mapped file.
    pub(super) fn is_name_of(&self, inode: u64, text: &[u8]) -> bool {
        self.stat_text(text).is_ok_and(|stat| stat.inode == inode)
    }

    /// Tells whether the kernel's text is the name as it is, whatever file it is of.
    pub(super) fn is_name(&self, text: &[u8]) -> bool {
        text.first() != Some(&b'/') || (self.has_own_root && !path::may_be_deleted(text))
    }

    /// Returns the name of a file from the kernel's text; `is_it` recognises the file.
    pub(super) fn file_name(
        &self,
        text: &[u8],
        is_it: impl FnOnce(&Stat) -> bool,
    ) -> Result<FileName, Errno> {
        if self.is_name(text) {
            // Both cuts would leave it as it is.
            return Ok(FileName { name: text.to_vec(), deleted: false });
        }
        let root = self.root_text()?;
        let mut looked = Ok(false);
        let file = path::file_name(&root, text, |whole, inside| {
            looked = is_file_of_name(self.stat_by_name(whole, inside), is_it);
            looked.unwrap_or(false)
        });
        looked.map(|_| file)
    }

    /// Returns what a magic link of /proc leads to.
    pub(super) fn link(&self, directory: &OwnedFd, name: &CStr) -> Result<FileName, Errno> {
        let mut text = Vec::new();
        let deleted = self.link_into(directory, name, &mut text)?;
        // Whoever asks may keep it, and the room is for the longest.
        text.shrink_to_fit();
        Ok(FileName { name: text, deleted })
    }

    /// Puts that into `text`, in the place of what is there, and tells whether the file is deleted.
    pub(super) fn link_into(
        &self,
        directory: &OwnedFd,
        name: &CStr,
        text: &mut Vec<u8>,
    ) -> Result<bool, Errno> {
        links::text_into(directory, name, text)?;
        if self.is_name(text) {
            return Ok(false);
        }
        // Following the link looks at the file without opening it.
        let is_it =
            |stat: &Stat| stat::at(directory, name, AtFlags::empty()).is_ok_and(|it| it.is_same_file(stat));
        let file = self.file_name(text, is_it)?;
        *text = file.name;
        Ok(file.deleted)
    }

    pub(super) fn root_text(&self) -> Result<Vec<u8>, Errno> {
        if self.has_own_root {
            return Ok(b"/".to_vec());
        }
        let text = links::text(&self.directory, c"root")?;
        let is_root = |stat: &Stat| {
            stat::at(&self.directory, "root", AtFlags::empty()).is_ok_and(|root| root.is_same_file(stat))
        };
        let mut looked = Ok(false);
        let root = path::strip_deleted(&text, |text| {
            looked = is_file_of_name(self.stat_by_name(text, None), is_root);
            looked.unwrap_or(false)
        });
        looked.map(|_| root.name)
    }

    fn stat_text(&self, text: &[u8]) -> Result<Stat, Errno> {
        let root = self.root_text()?;
        self.stat_by_name(text, path::strip_root(&root, text).as_deref())
    }

    fn stat_by_name(&self, whole: &[u8], inside: Option<&[u8]>) -> Result<Stat, Errno> {
        let (root, name) = match inside {
            // The texts of the kernel hold no links, so that looking up below the root does not leave it.
            Some(inside) => (self.open("root", place(OFlag::O_DIRECTORY))?, inside),
            None => (openat(AT_FDCWD, "/", place(OFlag::O_DIRECTORY), Mode::empty())?, whole),
        };
        let slashes = name.iter().take_while(|&&byte| byte == b'/').count();
        let name = if name.len() == slashes { b"." } else { &name[slashes..] };
        let opened = match self.open_place(&root, name, OFlag::O_NOFOLLOW, ResolveFlag::empty()) {
            // It lies in another mount; or there is no such call, before Linux 5.6, or in a container's profile.
            Err(Errno::EXDEV | Errno::ENOSYS | Errno::EPERM) => self.open_by_steps(root, name),
            opened => opened,
        };
        stat::of(opened?)
    }
}

/// Tells whether the file that was found under a name is the one in question. That there is none of that name is an answer;
/// that it could not be looked up is not.
fn is_file_of_name(found: Result<Stat, Errno>, is_it: impl FnOnce(&Stat) -> bool) -> Result<bool, Errno> {
    match found {
        Ok(stat) => Ok(is_it(&stat)),
        Err(
            Errno::ENOENT
            | Errno::ENOTDIR
            | Errno::ELOOP
            | Errno::ENAMETOOLONG
            | Errno::EACCES
            | Errno::EINVAL,
        ) => Ok(false),
        Err(errno) => Err(errno),
    }
}
