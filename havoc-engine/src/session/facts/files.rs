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

    /// The oldest mmap of i386 has its descriptor and its range in memory, where we do not look for them.
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
                    true => (Base::Descriptor(descriptor), name),
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
            self.range(other, AddressRange::new(entry[0], entry[1]))?;
        }
        Ok(())
    }
}
