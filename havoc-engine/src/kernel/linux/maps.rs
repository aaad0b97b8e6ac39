//! The mappings of a task, asked for by address at the stop.
//!
//! PROCMAP_QUERY on a kept descriptor takes 0.4 µs whatever the number of mappings; the text of the file, for kernels
//! before 6.11, takes up to 10 ms with 20 000 of them. A cache fed by watching mmap costs more than it saves.
//!
//! The descriptor pins the address space of the time it was opened. After fork + execve it answers ESRCH, but after
//! *vfork* + execve it goes on answering for the parent: drop it at PTRACE_EVENT_EXEC.
use std::fs::File;
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
        if !self.text_only.load(Ordering::Relaxed) {
            match self.query(range) {
                Ok(raw) => return named(raw, |mapping, text| task.mapped_name(mapping, text)),
                // The text has no limit on names.
                Err(Errno::ENAMETOOLONG) => {}
                // EINVAL: not ours, but another ioctl of the number (an emulated kernel).
                Err(Errno::ENOTTY | Errno::EINVAL | Errno::ENOSYS) => {
                    log::debug!("PROCMAP_QUERY is refused here: reading the text of /proc/TID/maps");
                    self.text_only.store(true, Ordering::Relaxed);
                }
                Err(errno) => return Err(task.error(READ_MAPPINGS, errno)),
            }
        }
        let raw = self.read(range).map_err(|errno| task.error(READ_MAPPINGS, errno))?;
        named(raw, |mapping, text| {
            // Every `\012` has become a newline, which the name may not have meant.
            let written = maps_text::escape(text);
            let is_literal = written != text && task.is_name_of(mapping, &written);
            task.mapped_name(mapping, if is_literal { &written } else { text })
        })
    }

    fn query(&self, range: AddressRange) -> Result<Vec<RawMapping>, Errno> {
        let mut mappings = Vec::new();
        let mut name = [0; NAME_SIZE];
        let mut address = range.start;
        while address < range.end {
            let Some(mapping) = procmap_query::covering_or_next(&self.file, address, &mut name)? else {
                break;
            };
            if mapping.range.start >= range.end || mapping.range.end <= address {
                break;
            }
            address = mapping.range.end;
            mappings.push(mapping);
        }
        Ok(mappings)
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

fn named(
    raw: Vec<RawMapping>,
    name: impl Fn(&RawMapping, &[u8]) -> Result<FileName, LookError>,
) -> Result<Vec<Mapping>, LookError> {
    raw.into_iter().map(|mapping| mapping.named(&name)).collect()
}

#[cfg(test)]
pub(super) mod tests;
