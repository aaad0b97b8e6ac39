//! `PROCMAP_QUERY`, the ioctl of /proc/TID/maps that describes one mapping. Since Linux 6.11.
//!
//! The structure is our own copy of include/uapi/linux/fs.h, because the headers of most machines are older.
#![expect(unsafe_code, reason = "libc has no wrapper for this ioctl")]
use super::again::again;
use std::fs::File;
use std::mem::MaybeUninit;
use std::os::fd::AsRawFd;

use nix::errno::Errno;

use crate::resource::{AddressRange, RawMapping};

/// `struct procmap_query`.
#[repr(C)]
#[derive(Debug, Default)]
struct ProcmapQuery {
    size: u64,
    query_flags: u64,
    query_addr: u64,
    vma_start: u64,
    vma_end: u64,
    vma_flags: u64,
    vma_page_size: u64,
    vma_offset: u64,
    inode: u64,
    dev_major: u32,
    dev_minor: u32,
    vma_name_size: u32,
    build_id_size: u32,
    vma_name_addr: u64,
    build_id_addr: u64,
}

const SIZE: usize = size_of::<ProcmapQuery>();
const _: () = assert!(SIZE == 104);

/// `PROCMAP_QUERY_COVERING_OR_NEXT_VMA`: the mapping at the address or, in a hole, the first one above.
const COVERING_OR_NEXT: u64 = 0x10;

/// `PROCMAP_QUERY_VMA_SHARED`.
const VMA_SHARED: u64 = 0x08;

/// `_IOWR('f', 17, struct procmap_query)`, with the direction bits of include/uapi/asm-generic/ioctl.h, which every
/// architecture but alpha, mips, parisc, powerpc and sparc uses.
const PROCMAP_QUERY: u32 = (3 << 30) | ((SIZE as u32) << 16) | ((b'f' as u32) << 8) | 17;

/// Longest name that the kernel gives here, with its NUL: the header promises PATH_MAX.
pub const NAME_SIZE: usize = libc::PATH_MAX as usize;

/// Returns the mapping at `address` or the first one above; `None` if there is none.
///
/// # Errors
///
/// ENOTTY or EINVAL on a kernel without the ioctl, ESRCH if the address space is gone, ENAMETOOLONG if the mapping's
/// name does not fit.
pub fn covering_or_next<'a>(
    maps: &File,
    address: u64,
    name: &'a mut [MaybeUninit<u8>; NAME_SIZE],
) -> Result<Option<RawMapping<&'a [u8]>>, Errno> {
    let mut query = ProcmapQuery {
        size: SIZE as u64,
        query_flags: COVERING_OR_NEXT,
        query_addr: address,
        vma_name_size: NAME_SIZE as u32,
        vma_name_addr: name.as_mut_ptr() as u64,
        ..ProcmapQuery::default()
    };
    let pointer: *mut ProcmapQuery = &raw mut query;
    // SAFETY: pointer is the live `query`, whose `size` field and request number both say SIZE, its true size, which
    // bounds what the kernel reads and writes there. vma_name_addr points at `name`, mutably borrowed here and
    // vma_name_size bytes long, to which the kernel writes at most that much. build_id_size is 0: nothing is written
    // for it. On a file that is no maps file the request is refused, or means nothing: 'f' 17 has this size only here.
    let ask = || unsafe { libc::ioctl(maps.as_raw_fd(), PROCMAP_QUERY as _, pointer) };
    match again(|| Errno::result(ask())) {
        Ok(_) => {}
        Err(Errno::ENOENT) => return Ok(None),
        Err(errno) => return Err(errno),
    }
    if query.vma_end <= query.vma_start {
        // Somebody says yes and does nothing: a filter above, or an emulated kernel. Then there is no name either.
        return Err(Errno::ENOTTY);
    }
    // The size counts the NUL, and is 0 for a mapping without a name.
    let length = (query.vma_name_size as usize).saturating_sub(1).min(NAME_SIZE);
    // SAFETY: the kernel has written the name with its NUL, vma_name_size bytes, so `length` of them are there.
    let name = unsafe { std::slice::from_raw_parts(name.as_ptr().cast::<u8>(), length) };
    Ok(Some(RawMapping {
        range: AddressRange { start: query.vma_start, end: query.vma_end },
        offset: query.vma_offset,
        device: (query.dev_major, query.dev_minor),
        inode: query.inode,
        is_shared: query.vma_flags & VMA_SHARED != 0,
        name: (length > 0).then_some(name),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_request_number_is_the_one_of_the_header() {
        assert_eq!(PROCMAP_QUERY, 0xc068_6611);
    }

    #[test]
    fn a_file_without_the_ioctl_says_so() {
        let file = File::open("/proc/self/status").expect("/proc is mounted");
        let mut name = [MaybeUninit::uninit(); NAME_SIZE];
        let answer = covering_or_next(&file, 0, &mut name);
        assert_eq!(answer, Err(Errno::ENOTTY));
    }
}
