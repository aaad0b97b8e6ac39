//! The mappings of a task, asked for by address at the stop.
//!
//! PROCMAP_QUERY on a kept descriptor takes 0.4 µs whatever the number of mappings; the text of the file, for kernels
//! before 6.11, takes up to 10 ms with 20 000 of them. A cache fed by watching mmap costs more than it saves.
//!
//! The descriptor pins the address space of the time it was opened. After fork + execve it answers ESRCH, but after
//! *vfork* + execve it goes on answering for the parent: drop it at PTRACE_EVENT_EXEC.
use std::fs::File;
use std::mem::MaybeUninit;
use std::os::unix::fs::FileExt;
use std::sync::atomic::{AtomicBool, Ordering};

use nix::errno::Errno;
use nix::fcntl::OFlag;

use super::proc::TaskDirectory;
use super::procmap_query::{self, NAME_SIZE};
use crate::kernel::look_error::LookError;
use crate::resource::{AddressRange, FileName, Mapping, RawMapping, maps_text};

const READ_MAPPINGS: &str = "read mappings";

/// Addresses from here on are the kernel's: only `[vsyscall]` lies there, and only in the text.
const KERNEL_HALF: u64 = 1 << 63;

/// A kept /proc/TID/maps.
#[derive(Debug)]
pub struct Maps {
    file: File,
    /// Whether this kernel has no PROCMAP_QUERY.
    text_only: AtomicBool,
}

impl Maps {
    /// Opens the mappings of a task; by its own id, because a process whose leader has exited shows none.
    ///
    /// # Errors
    ///
    /// If the task has ended or may not be looked at.
    pub fn open(task: &TaskDirectory) -> Result<Maps, LookError> {
        let file = task.open("maps", OFlag::O_RDONLY).map_err(|errno| task.error(READ_MAPPINGS, errno))?;
        Ok(Maps { file: file.into(), text_only: AtomicBool::new(false) })
    }

    /// Returns the same, reading the text as on a kernel without PROCMAP_QUERY.
    #[must_use]
    pub fn with_text_fallback(self) -> Maps {
        Maps { text_only: AtomicBool::new(true), ..self }
    }

    /// Returns the mappings that `range` touches, by rising address. Holes are left out.
    ///
    /// Names of files are as the root of `task` sees them, which must be the task this was opened for.
    ///
    /// # Errors
    ///
    /// `Vanished` also if the task has executed another program since.
    pub fn in_range(&self, task: &TaskDirectory, range: AddressRange) -> Result<Vec<Mapping>, LookError> {
        let mut found = Vec::new();
        let mut rest = range;
        match self.query(&mut rest, |raw| {
            found.push(raw.to_owned().named(|mapping, text| task.mapped_name(mapping.inode, text))?);
            Ok(())
        }) {
            Ok(()) => return Ok(found),
            Err(error) => self.is_text_needed(task, error)?,
        }
        for raw in self.read(rest).map_err(|errno| task.error(READ_MAPPINGS, errno))? {
            found.push(raw.named(|mapping, text| name_in_text(task, mapping.inode, text))?);
        }
        Ok(found)
    }

    /// Tells `each` the names of the files that are mapped in `range`, as [`Maps::in_range`] has them.
    ///
    /// # Errors
    ///
    /// As there; some may have been told.
    pub fn each_file(
        &self,
        task: &TaskDirectory,
        range: AddressRange,
        each: &mut dyn FnMut(&[u8]),
    ) -> Result<(), LookError> {
        let mut rest = range;
        match self.query(&mut rest, |raw| {
            match raw.name.filter(|_| raw.is_file()) {
                Some(text) if task.is_name(text) => each(text),
                Some(text) => each(&task.mapped_name(raw.inode, text)?.name),
                None => {}
            }
            Ok(())
        }) {
            Ok(()) => return Ok(()),
            Err(error) => self.is_text_needed(task, error)?,
        }
        for raw in self.read(rest).map_err(|errno| task.error(READ_MAPPINGS, errno))? {
            if let Some(text) = raw.name.as_ref().filter(|_| raw.is_file()) {
                each(&name_in_text(task, raw.inode, text)?.name);
            }
        }
        Ok(())
    }

    /// Tells whether any mapping in `range` is shared. No name is looked up for that.
    ///
    /// # Errors
    ///
    /// As [`Maps::in_range`] says.
    pub fn is_any_shared(&self, task: &TaskDirectory, range: AddressRange) -> Result<bool, LookError> {
        let mut rest = range;
        let mut is_shared = false;
        match self.query(&mut rest, |raw| {
            is_shared |= raw.is_shared;
            Ok(())
        }) {
            Ok(()) => return Ok(is_shared),
            Err(error) => self.is_text_needed(task, error)?,
        }
        let left = self.read(rest).map_err(|errno| task.error(READ_MAPPINGS, errno))?;
        Ok(is_shared || left.iter().any(|raw| raw.is_shared))
    }

    /// Asks the kernel for one mapping after the other, and takes off `rest` what it has told.
    fn query(
        &self,
        rest: &mut AddressRange,
        mut each: impl FnMut(RawMapping<&[u8]>) -> Result<(), LookError>,
    ) -> Result<(), Untold> {
        if self.text_only.load(Ordering::Relaxed) {
            return Err(Untold::Kernel(Errno::ENOTTY));
        }
        let mut name = [MaybeUninit::uninit(); NAME_SIZE];
        while rest.start < rest.end {
            let found = procmap_query::covering_or_next(&self.file, rest.start, &mut name);
            let Some(mapping) = found.map_err(Untold::Kernel)? else { break };
            if mapping.range.start >= rest.end || mapping.range.end <= rest.start {
                break;
            }
            each(mapping).map_err(Untold::Name)?;
            rest.start = mapping.range.end;
        }
        Ok(())
    }

    /// Succeeds if the text must be read since the kernel cannot be asked.
    fn is_text_needed(&self, task: &TaskDirectory, error: Untold) -> Result<(), LookError> {
        match error {
            // The text has no limit on names.
            Untold::Kernel(Errno::ENAMETOOLONG) => Ok(()),
            // EINVAL: not ours, but another ioctl of the number (an emulated kernel).
            Untold::Kernel(Errno::ENOTTY | Errno::EINVAL | Errno::ENOSYS) => {
                if !self.text_only.swap(true, Ordering::Relaxed) {
                    log::debug!("PROCMAP_QUERY is refused here: reading the text of /proc/TID/maps");
                }
                Ok(())
            }
            Untold::Kernel(errno) => Err(task.error(READ_MAPPINGS, errno)),
            Untold::Name(error) => Err(error),
        }
    }

    fn read(&self, range: AddressRange) -> Result<Vec<RawMapping>, Errno> {
        let mut found = Vec::new();
        let mut text = Vec::new();
        let mut piece = vec![0; 1 << 16];
        let mut offset = 0;
        loop {
            let length = match self.file.read_at(&mut piece, offset) {
                Ok(length) => length,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(Errno::from_raw(error.raw_os_error().unwrap_or(libc::EIO))),
            };
            if length == 0 {
                // Every living address space has mappings; the text of one that is gone is empty.
                return if offset == 0 { Err(Errno::ESRCH) } else { Ok(found) };
            }
            offset += length as u64;
            text.extend_from_slice(&piece[..length]);
            let (mappings, taken) = maps_text::parse(&text);
            text.drain(..taken);
            for mapping in mappings {
                if mapping.range.start >= range.end.min(KERNEL_HALF) {
                    return Ok(found);
                }
                if mapping.range.end > range.start {
                    found.push(mapping);
                }
            }
        }
    }
}

/// Why a mapping was not told.
enum Untold {
    /// The kernel does not.
    Kernel(Errno),
    /// What its name is could not be found out.
    Name(LookError),
}

/// Returns the name of a mapped file from the text of /proc/TID/maps.
fn name_in_text(task: &TaskDirectory, inode: u64, text: &[u8]) -> Result<FileName, LookError> {
    // Every `\012` has become a newline, which the name may not have meant.
    let written = maps_text::escape(text);
    let is_literal = written != text && task.is_name_of(inode, &written);
    task.mapped_name(inode, if is_literal { &written } else { text })
}

#[cfg(test)]
pub(super) mod tests;
