//! Extended attributes of what a link of /proc leads to: getxattrat(2), and getxattr(2) before Linux 6.13.
use nix::errno::Errno;
use std::ffi::CStr;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};
use std::sync::atomic::{AtomicBool, Ordering};

/// Reads the attribute `name` of what `link` in `directory` leads to, and returns its length. ENOENT if there is no such link.
///
/// Of those that take a descriptor of a directory getxattrat(2) is new, Linux 6.13. Before, the directory is named by its number
/// in `/proc/self/fd`, which is no longer found when the program has covered or unmounted /proc: an error other than ENOENT.
pub(super) fn read(directory: impl AsFd, link: &CStr, name: &CStr, value: &mut [u8]) -> Result<usize, Errno> {
    let directory = directory.as_fd();
    let at = match IS_NOT_HERE.load(Ordering::Relaxed) {
        true => Err(Errno::ENOSYS),
        false => get_at(directory, link, name, value),
    };
    match at {
        Err(Errno::ENOSYS) => {
            IS_NOT_HERE.store(true, Ordering::Relaxed);
            get(directory, link, name, value)
        }
        // A container's profile that knows of the call and forbids it.
        Err(Errno::EPERM) => get(directory, link, name, value),
        result => result,
    }
}

/// `struct xattr_args` of include/uapi/linux/xattr.h.
#[repr(C)]
struct Wanted {
    value: u64,
    size: u32,
    flags: u32,
}

/// Number of getxattrat(2) on every architecture: include/uapi/asm-generic/unistd.h.
const SYS_GETXATTRAT: libc::c_long = 464;

/// The kernel has said that it has no getxattrat.
static IS_NOT_HERE: AtomicBool = AtomicBool::new(false);

fn get_at(directory: BorrowedFd, link: &CStr, name: &CStr, value: &mut [u8]) -> Result<usize, Errno> {
    let mut wanted = Wanted { value: value.as_mut_ptr() as u64, size: value.len() as u32, flags: 0 };
    // SAFETY: both names end in NUL, as CStr does; `wanted` has the layout and size that are said, and in it the address and
    // the size of `value`, to which no more is written. All live until the call returns.
    let result = unsafe {
        libc::syscall(
            SYS_GETXATTRAT,
            directory.as_raw_fd(),
            link.as_ptr(),
            0,
            name.as_ptr(),
            &raw mut wanted,
            size_of::<Wanted>(),
        )
    };
    Errno::result(result).map(|length| length as usize)
}

fn get(directory: BorrowedFd, link: &CStr, name: &CStr, value: &mut [u8]) -> Result<usize, Errno> {
    let place = format!("/proc/self/fd/{}", directory.as_raw_fd());
    let path = [place.as_bytes(), b"/", link.to_bytes_with_nul()].concat();
    let path = CStr::from_bytes_with_nul(&path).map_err(|_| Errno::EINVAL)?;
    // SAFETY: both names end in NUL, as CStr does; the size is that of `value`, to which no more is written (ERANGE if
    // it is too small). All live until the call returns.
    let result =
        unsafe { libc::getxattr(path.as_ptr(), name.as_ptr(), value.as_mut_ptr().cast(), value.len()) };
    match Errno::result(result) {
        // Of the socket that is only so if the directory was found.
        Err(Errno::ENOENT) if std::fs::symlink_metadata(&place).is_err() => Err(Errno::ENOTDIR),
        result => result.map(|length| length as usize),
    }
}
