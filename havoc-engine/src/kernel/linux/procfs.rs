//! The /proc that everything is looked up below: one directory, opened once at the start.
//!
//! What a path that begins with `/proc` leads to is the program's to change: it may mount something over /proc, or unmount it,
//! in the mount namespace that it shares with havoc. Where havoc may mount, the directory belongs to an instance of procfs that
//! lies in no namespace (fsopen(2), fsmount(2), Linux 5.2; CAP_SYS_ADMIN). It keeps no mount busy, so that the program can
//! unmount its own /proc, and it has none of the options of that one, `hidepid` for example. Elsewhere it is the /proc that
//! havoc was started with, which cannot be unmounted while havoc runs.
use nix::errno::Errno;
use nix::fcntl::{AT_FDCWD, OFlag, openat};
use nix::sys::stat::Mode;
use std::fs::File;
use std::io::{self, Read};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};
use std::sync::OnceLock;

// include/uapi/linux/mount.h.
const FSOPEN_CLOEXEC: libc::c_uint = 1;
const FSMOUNT_CLOEXEC: libc::c_uint = 1;
const FSCONFIG_CMD_CREATE: libc::c_uint = 6;
/// MOUNT_ATTR_NOSUID, MOUNT_ATTR_NODEV and MOUNT_ATTR_NOEXEC.
const ATTRIBUTES: libc::c_uint = 0x2 | 0x4 | 0x8;

/// The directory.
#[derive(Debug)]
pub(super) struct ProcRoot(OwnedFd);

impl ProcRoot {
    fn open() -> nix::Result<ProcRoot> {
        // It shows the PID namespace of the caller: fs/proc/root.c, `proc_init_fs_context`.
        match mount_privately() {
            Ok(directory) => Ok(ProcRoot(directory)),
            Err(errno) => {
                log::debug!(
                    "mount a /proc of havoc's own: {errno}; the program cannot unmount the one that it has"
                );
                open_mounted().map(ProcRoot)
            }
        }
    }

    /// Opens what is called `name` below it, close-on-exec.
    ///
    /// # Errors
    /// The kernel's.
    pub(super) fn open_below(&self, name: &str, flags: OFlag) -> nix::Result<OwnedFd> {
        openat(&self.0, name, flags | OFlag::O_CLOEXEC, Mode::empty())
    }
}

impl AsFd for ProcRoot {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

/// Returns the directory. It is opened when it is first asked for, which is before there is a program: see
/// `permission::check_proc`.
///
/// # Errors
/// When there was no /proc then.
pub(super) fn root() -> nix::Result<&'static ProcRoot> {
    static ROOT: OnceLock<nix::Result<ProcRoot>> = OnceLock::new();
    ROOT.get_or_init(ProcRoot::open).as_ref().map_err(|errno| *errno)
}

/// Reads a whole file below it.
///
/// # Errors
/// The kernel's.
pub(super) fn read(name: &str) -> io::Result<Vec<u8>> {
    // Longer than most of these files: each read makes the kernel write the text again, up to there.
    let mut contents = Vec::with_capacity(1024);
    File::from(root()?.open_below(name, OFlag::O_RDONLY)?).take(u64::MAX).read_to_end(&mut contents)?;
    Ok(contents)
}

fn open_mounted() -> nix::Result<OwnedFd> {
    let flags = OFlag::O_PATH | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC;
    openat(AT_FDCWD, "/proc", flags, Mode::empty())
}

fn mount_privately() -> nix::Result<OwnedFd> {
    // SAFETY: the name ends in NUL and lives; fsopen only reads it.
    let context = owned(unsafe { libc::syscall(libc::SYS_fsopen, c"proc".as_ptr(), FSOPEN_CLOEXEC) })?;
    let none = std::ptr::null::<libc::c_char>();
    // SAFETY: FSCONFIG_CMD_CREATE takes neither key nor value: both are null, and the last is 0.
    let created =
        unsafe { libc::syscall(libc::SYS_fsconfig, context.as_raw_fd(), FSCONFIG_CMD_CREATE, none, none, 0) };
    Errno::result(created)?;
    // SAFETY: takes three numbers and touches no memory of ours.
    owned(unsafe { libc::syscall(libc::SYS_fsmount, context.as_raw_fd(), FSMOUNT_CLOEXEC, ATTRIBUTES) })
}

fn owned(result: libc::c_long) -> nix::Result<OwnedFd> {
    let descriptor = Errno::result(result)? as RawFd;
    // SAFETY: a successful call has just returned it as a new descriptor, known to nobody else.
    Ok(unsafe { OwnedFd::from_raw_fd(descriptor) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use nix::fcntl::readlinkat;

    #[test]
    fn either_root_shows_this_process() {
        let own = std::process::id().to_string();
        let mounted = open_mounted().expect("/proc is mounted");
        for directory in [Some(mounted), mount_privately().ok()].into_iter().flatten() {
            assert_eq!(readlinkat(&directory, "self").expect("a link").to_str(), Some(own.as_str()));
        }
        assert!(read("self/status").expect("own status").starts_with(b"Name:"));
        assert_eq!(read("none").map_err(|error| error.raw_os_error()), Err(Some(libc::ENOENT)));
    }

    #[test]
    fn a_descriptor_of_it_is_closed_at_an_exec() {
        use nix::fcntl::{FcntlArg, FdFlag, fcntl};
        let root = root().expect("/proc is mounted");
        let flags = fcntl(root.as_fd(), FcntlArg::F_GETFD).expect("an open descriptor");
        assert!(FdFlag::from_bits_retain(flags).contains(FdFlag::FD_CLOEXEC));
    }
}
