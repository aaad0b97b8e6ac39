//! Which pages of a task are there, so that a look at them does not have to wait for whoever fills them:
//! Documentation/admin-guide/mm/pagemap.rst.
use super::proc::TaskDirectory;
use crate::kernel::look_error::LookError;
use crate::resource::AddressRange;
use nix::errno::Errno;
use nix::fcntl::OFlag;
use nix::unistd::{SysconfVar, sysconf};
use std::os::unix::fs::FileExt;
use std::sync::OnceLock;

/// "page present".
const PRESENT: u64 = 1 << 63;
/// "page swapped": to a disk of this machine.
const SWAPPED: u64 = 1 << 62;

const LOOK: &str = "look at pages";

impl TaskDirectory {
    /// Tells whether every page of a range is there. Of one that is not mapped, or has not been touched, it is not.
    ///
    /// # Errors
    ///
    /// If the task has ended or may not be looked at.
    pub(super) fn has_pages(&self, range: AddressRange) -> Result<bool, LookError> {
        let size = page_size();
        let (first, behind) = (range.start / size, range.end.div_ceil(size));
        let file = std::fs::File::from(
            self.open("pagemap", OFlag::O_RDONLY).map_err(|errno| self.error(LOOK, errno))?,
        );
        let mut words = [0; 8 * 64];
        let mut page = first;
        while page < behind {
            let wanted = ((behind - page) as usize).min(64) * 8;
            let length = match file.read_at(&mut words[..wanted], page * 8) {
                Ok(length) => length,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                Err(error) => {
                    return Err(self.error(LOOK, Errno::from_raw(error.raw_os_error().unwrap_or(libc::EIO))));
                }
            };
            // Behind the last address there is none.
            if length == 0 {
                return Ok(false);
            }
            let is_there = |word: &[u8]| {
                word.try_into().is_ok_and(|word| u64::from_ne_bytes(word) & (PRESENT | SWAPPED) != 0)
            };
            if !words[..length].chunks_exact(8).all(is_there) {
                return Ok(false);
            }
            page += length as u64 / 8;
        }
        Ok(true)
    }
}

fn page_size() -> u64 {
    static SIZE: OnceLock<u64> = OnceLock::new();
    *SIZE.get_or_init(|| sysconf(SysconfVar::PAGE_SIZE).ok().flatten().map_or(4096, i64::cast_unsigned))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::linux::guest::own_tid;
    use nix::sys::mman::{MapFlags, ProtFlags, mmap_anonymous};

    #[test]
    #[expect(unsafe_code, reason = "pages to look at")]
    fn a_page_is_there_when_it_has_been_touched() {
        let task = TaskDirectory::open_for(own_tid()).expect("ourselves");
        let size = page_size();
        let length = std::num::NonZeroUsize::new(4 * size as usize).expect("not 0");
        // SAFETY: no address is asked for, so nothing is replaced.
        let start = unsafe {
            mmap_anonymous(None, length, ProtFlags::PROT_READ | ProtFlags::PROT_WRITE, MapFlags::MAP_PRIVATE)
        };
        let start = start.expect("memory");
        let address = start.as_ptr() as u64;
        let has = |first: u64, length: u64| {
            task.has_pages(AddressRange::new(address + first, length)).expect("our own")
        };
        assert!(!has(0, 1));
        for page in [0, 1, 3] {
            // SAFETY: it lies within what was mapped.
            let byte = unsafe { start.cast::<u8>().add(page * size as usize) };
            // SAFETY: as above, and it is writable; nobody refers to it.
            unsafe { byte.write_volatile(1) };
        }
        assert!(has(0, 1) && has(0, 2 * size) && has(size - 1, 2) && has(3 * size, size));
        assert!(!has(0, 2 * size + 1) && !has(2 * size, 1) && !has(0, 4 * size));
        assert!(!task.has_pages(AddressRange::new(0, 1)).expect("our own"));
    }
}
