//! The files that a call touches: by descriptor, by path, by what is mapped.
use super::{Room, TaskFacts};
use crate::bytes::word_at;
use crate::kernel::{Kernel, LookError};
use crate::matcher::{Fact, Touch};
use crate::resource::{AddressRange, Base, LastLink, path};
use crate::signature::{self, Kind, Role};
use crate::task::Tid;

/// AT_FDCWD of include/uapi/linux/fcntl.h.
const AT_FDCWD: i32 = -100;
/// PATH_MAX of include/uapi/linux/limits.h without the NUL, which it counts: of a longer path the kernel says ENAMETOOLONG.
const LONGEST_PATH: usize = 4095;
/// More descriptors in memory are not looked at, FD_SETSIZE of select(2) sixteen times: the rest counts as hidden.
const MOST_IN_MEMORY: u64 = 16 * 1024;
/// struct pollfd of include/uapi/asm-generic/poll.h: a descriptor and twice two bytes of events.
const POLLFD_SIZE: usize = 8;
/// UIO_MAXIOV of include/uapi/linux/uio.h.
const MAX_VECTORS: u64 = 1024;

impl<K: Kernel> TaskFacts<'_, K> {
    /// Looks up all of them.
    pub(super) fn look_up_files(&mut self) {
        self.room.files.clear();
        self.room.files.hidden = self.has_hidden_arguments();
        for role in self.roles() {
            let found = match role {
                Role::Descriptor { argument } => self.descriptor(self.view.args[argument] as i32),
                Role::Path { directory, path } => self.path(directory, path),
                Role::Polled { array, count } => self.polled(self.view.args[array], self.view.args[count]),
                Role::Set { set, count } => self.set(self.view.args[set], self.view.args[count]),
                Role::Range { address, length } => {
                    let range = AddressRange::new(self.view.args[address], self.view.args[length]);
                    self.range(self.tid, range)
                }
                Role::RemoteRanges { pidfd, vector, count } => self.remote_ranges(pidfd, vector, count),
            };
            // A closed descriptor, an unmapped address, a bad pointer: the call touches no file by it, and that is no error.
            let is_hidden = self.told(found.map(Some)) == Fact::Hidden;
            self.room.files.hidden |= is_hidden;
        }
    }

    /// The oldest mmap and select of i386 have all their arguments in memory, where we do not look for them.
    fn has_hidden_arguments(&self) -> bool {
        signature::of_call(self.view.abi, self.view.number)
            .is_some_and(|signature| signature.arguments == [Kind::Block])
    }

    fn descriptor(&mut self, descriptor: i32) -> Result<(), LookError> {
        let Room { files, name } = &mut *self.room;
        if descriptor >= 0 && self.kernel.descriptor_name(self.tid, descriptor, name)? {
            files.add(Touch::Descriptor(descriptor), name);
        }
        Ok(())
    }

    /// The descriptors in an array of struct pollfd; `count` is an unsigned int. A negative one is left out by the kernel too.
    fn polled(&mut self, array: u64, count: u64) -> Result<(), LookError> {
        let count = u64::from(count as u32);
        self.in_memory(array, count.min(MOST_IN_MEMORY) as usize * POLLFD_SIZE, |facts, _, bytes| {
            bytes.chunks_exact(POLLFD_SIZE).try_for_each(|pollfd| {
                let descriptor: [u8; 4] = pollfd[..4].try_into().expect("four of eight bytes");
                facts.descriptor(i32::from_ne_bytes(descriptor))
            })
        })?;
        self.room.files.hidden |= count > MOST_IN_MEMORY;
        Ok(())
    }

    /// The descriptors in a set, all below `count`, which is an int. `fd_set` is an array of longs, on little-endian machines
    /// of whatever width one of bytes: include/uapi/linux/posix_types.h.
    fn set(&mut self, set: u64, count: u64) -> Result<(), LookError> {
        let count = u64::try_from(count as i32).unwrap_or(0);
        let looked_at = count.min(MOST_IN_MEMORY);
        self.in_memory(set, looked_at.div_ceil(8) as usize, |facts, start, bytes| {
            let members = (0..bytes.len() * 8).filter(|bit| bytes[bit / 8] & 1 << (bit % 8) != 0);
            let mut members =
                members.map(|bit| (start * 8 + bit) as u64).filter(|member| *member < looked_at);
            members.try_for_each(|member| facts.descriptor(member as i32))
        })?;
        self.room.files.hidden |= count > MOST_IN_MEMORY;
        Ok(())
    }

    /// Reads `length` bytes of the program's memory and gives them to `each` in pieces, with the place of each piece. Where
    /// they end early the kernel gives EFAULT, and what is missing names no file.
    fn in_memory(
        &mut self,
        address: u64,
        length: usize,
        mut each: impl FnMut(&mut Self, usize, &[u8]) -> Result<(), LookError>,
    ) -> Result<(), LookError> {
        let mut piece = [0; 512];
        let mut start = 0;
        while start < length {
            let wanted = piece.len().min(length - start);
            let address = address.wrapping_add(start as u64);
            let read = self.kernel.read_memory(self.tid, address, &mut piece[..wanted])?;
            each(self, start, &piece[..read])?;
            if read < wanted {
                break;
            }
            start += read;
        }
        Ok(())
    }

    fn path(&mut self, directory: Option<usize>, argument: usize) -> Result<(), LookError> {
        let (written, complete) =
            self.kernel.read_string(self.tid, self.view.args[argument], LONGEST_PATH)?;
        if !complete {
            return Ok(());
        }
        let directory = directory.map_or(AT_FDCWD, |index| self.view.args[index] as i32);
        if written.is_empty() {
            // AT_EMPTY_PATH: the descriptor itself is meant.
            return if directory == AT_FDCWD { Ok(()) } else { self.descriptor(directory) };
        }
        let (base, base_name) = match (written.first(), directory) {
            (Some(b'/'), _) => (Base::Cwd, b"/".to_vec()),
            (_, AT_FDCWD) => (Base::Cwd, self.kernel.working_directory(self.tid)?),
            (_, descriptor) => {
                let mut name = Vec::new();
                match self.kernel.descriptor_name(self.tid, descriptor, &mut name)? {
                    true => {
                        self.room.files.add(Touch::Directory(descriptor), &name);
                        (Base::Descriptor(descriptor), name)
                    }
                    false => return Ok(()),
                }
            }
        };
        let keeps = signature::keeps_last_link(self.view);
        let last = if keeps { LastLink::Kept } else { LastLink::Followed };
        let absolute = path::fold(&base_name, &written);
        let resolved = self.kernel.resolve(self.tid, base, &written, last)?;
        self.room.files.add(Touch::Path, &absolute);
        if let Some(resolved) = resolved.filter(|resolved| *resolved != absolute) {
            self.room.files.add_name(&resolved);
        }
        Ok(())
    }

    fn range(&mut self, tid: Tid, range: AddressRange) -> Result<(), LookError> {
        let files = &mut self.room.files;
        let before = files.len();
        let found = self.kernel.mapped_files(tid, range, &mut |name| files.add_mapped(name));
        if matches!(found, Err(LookError::Vanished(_))) {
            files.truncate(before);
        }
        found
    }

    fn remote_ranges(&mut self, pidfd: usize, vector: usize, count: usize) -> Result<(), LookError> {
        let Some(other) = self.kernel.pidfd_target(self.tid, self.view.args[pidfd] as i32)? else {
            return Ok(());
        };
        let count = self.view.args[count].min(MAX_VECTORS) as usize;
        // struct iovec: two words each, as wide as a pointer of the caller's.
        let width = self.view.abi.word_size();
        let mut bytes = vec![0; count * 2 * width];
        let length = self.kernel.read_memory(self.tid, self.view.args[vector], &mut bytes)?;
        let words: Vec<u64> = bytes[..length].chunks_exact(width).map(|word| word_at(word, 0)).collect();
        for entry in words.chunks_exact(2) {
            let found = self.range(other, AddressRange::new(entry[0], entry[1]));
            if let Err(LookError::Pending { operation, tid }) = found
                && tid != self.tid
            {
                // An answer about another task calls nobody who waits here, and is not kept for the next call.
                self.kernel.forget(tid);
                return Err(LookError::Failed {
                    operation,
                    tid,
                    source: std::io::ErrorKind::TimedOut.into(),
                });
            }
            found?;
        }
        Ok(())
    }
}
