//! What a file is, as far as the kernel knows without asking anybody: statx(2) with AT_STATX_DONT_SYNC, since Linux 4.11.
//!
//! fstat(2) asks the server of a network or FUSE file system, which may not answer, and which may be the very program that
//! waits for havoc. This takes what is known of the file since it was looked up, and that never waits.
use nix::NixPath;
use nix::errno::Errno;
use nix::fcntl::AtFlags;
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, AsRawFd};

/// include/uapi/linux/stat.h; the id that tells mounts apart for good is there since Linux 6.8.
const STATX_BASIC_STATS: u32 = 0x7ff;
const STATX_MNT_ID: u32 = 0x1000;
const STATX_MNT_ID_UNIQUE: u32 = 0x4000;
const AT_STATX_DONT_SYNC: i32 = 0x4000;

/// `struct statx` of include/uapi/linux/stat.h, up to what is read of it.
#[repr(C)]
struct Statx {
    mask: u32,
    _block_size: u32,
    _attributes: u64,
    _links: u32,
    user: u32,
    group: u32,
    mode: u16,
    _spare: u16,
    inode: u64,
    _until_rdev: [u64; 11],
    special: [u32; 2],
    device: [u32; 2],
    mount: u64,
    _rest: [u64; 13],
}

const _: () = assert!(size_of::<Statx>() == 256);

/// What a file is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stat {
    /// Type and permissions, as `st_mode` has them.
    pub(super) mode: libc::mode_t,
    /// The owner.
    pub(super) user: u32,
    /// The group.
    pub(super) group: u32,
    /// The inode's number.
    pub(super) inode: u64,
    /// Major and minor number of the device that a device file means.
    pub(super) special: [u32; 2],
    device: [u32; 2],
}

impl Stat {
    /// Tells whether both are the same file.
    pub(super) fn is_same_file(&self, other: &Stat) -> bool {
        (self.device, self.inode) == (other.device, other.inode)
    }

    /// Tells whether it is a symbolic link.
    pub(super) fn is_link(&self) -> bool {
        self.mode & libc::S_IFMT == libc::S_IFLNK
    }
}

/// Which mount a place lies in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum MountId {
    /// No other mount ever has this number. Since Linux 6.8.
    Unique(u64),
    /// The number that mountinfo has, which another mount may get when this one is gone.
    Reused(u64),
}

/// Looks at an open file, or a place.
///
/// # Errors
/// The kernel's.
pub(super) fn of(place: impl AsFd) -> Result<Stat, Errno> {
    at(place, "", AtFlags::AT_EMPTY_PATH)
}

/// Looks at a file in a directory. A link is followed without AT_SYMLINK_NOFOLLOW: only for links of /proc, which lead on
/// without a look-up.
///
/// # Errors
/// The kernel's.
pub(super) fn at<N: NixPath + ?Sized>(directory: impl AsFd, name: &N, flags: AtFlags) -> Result<Stat, Errno> {
    let found = ask(directory, name, flags | AtFlags::AT_NO_AUTOMOUNT, STATX_BASIC_STATS)?;
    let Statx { mode, user, group, inode, special, device, .. } = found;
    Ok(Stat { mode: mode.into(), user, group, inode, special, device })
}

/// Returns the mount that a place lies in; `None` before Linux 5.8.
///
/// # Errors
/// The kernel's: EACCES for the place of a FUSE file system that is another user's.
pub(super) fn mount_of(place: impl AsFd) -> Result<Option<MountId>, Errno> {
    let found = ask(place, "", AtFlags::AT_EMPTY_PATH, STATX_MNT_ID_UNIQUE)?;
    Ok(match found.mask {
        mask if mask & STATX_MNT_ID_UNIQUE != 0 => Some(MountId::Unique(found.mount)),
        mask if mask & STATX_MNT_ID != 0 => Some(MountId::Reused(found.mount)),
        _ => None,
    })
}

/// Returns the number that mountinfo has of the mount that a place lies in; `None` before Linux 5.8.
///
/// # Errors
/// The kernel's.
pub(super) fn mount_number_of(place: impl AsFd) -> Result<Option<u64>, Errno> {
    // Asked for nothing, a FUSE file system tells it to everybody.
    let found = ask(place, "", AtFlags::AT_EMPTY_PATH, 0)?;
    Ok(Some(found.mount).filter(|_| found.mask & STATX_MNT_ID != 0))
}

fn ask<N: NixPath + ?Sized>(
    directory: impl AsFd,
    name: &N,
    flags: AtFlags,
    wanted: u32,
) -> Result<Statx, Errno> {
    let directory = directory.as_fd().as_raw_fd();
    let flags = flags.bits() | AT_STATX_DONT_SYNC;
    let mut found = MaybeUninit::<Statx>::zeroed();
    name.with_nix_path(|name| {
        // SAFETY: name ends with NUL; found is live, writable and of the 256 bytes that the kernel fills in at most.
        let result = unsafe {
            libc::syscall(libc::SYS_statx, directory, name.as_ptr(), flags, wanted, found.as_mut_ptr())
        };
        Errno::result(result)
    })??;
    // SAFETY: it was zeroed, and all bytes are valid for numbers.
    Ok(unsafe { found.assume_init() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::File;
    use std::os::unix::fs::{MetadataExt, symlink};

    #[test]
    fn it_says_of_a_file_what_fstat_says() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("file");
        let file = File::create(&path).expect("a file");
        let expected = file.metadata().expect("its own");
        let found = of(&file).expect("open");
        assert_eq!(
            (found.inode, found.mode, found.user, found.group),
            (expected.ino(), expected.mode(), expected.uid(), expected.gid())
        );
        let (major, minor) = (nix::sys::stat::major(expected.dev()), nix::sys::stat::minor(expected.dev()));
        assert_eq!(found.device.map(u64::from), [major, minor]);
        let other = of(File::open("/dev/null").expect("the null device")).expect("open");
        assert_eq!(other.special, [1, 3]);
        assert!(!found.is_same_file(&other) && found.is_same_file(&found));

        symlink("file", directory.path().join("link")).expect("a link");
        let parent = File::open(directory.path()).expect("a directory");
        assert!(at(&parent, "link", AtFlags::AT_SYMLINK_NOFOLLOW).expect("there").is_link());
        assert_eq!(at(&parent, "none", AtFlags::AT_SYMLINK_NOFOLLOW).err(), Some(Errno::ENOENT));
    }

    #[test]
    fn places_of_one_mount_have_one_number_and_those_of_another_have_another() {
        let proc = File::open("/proc/self").expect("proc");
        let numbers = |place: &File| (mount_of(place).expect("open"), mount_number_of(place).expect("open"));
        let root = File::open("/").expect("the root");
        assert_eq!(numbers(&root), numbers(&File::open("/").expect("the root")));
        assert_ne!(numbers(&root), numbers(&proc));
        let text = std::fs::read_to_string("/proc/self/mountinfo").expect("own mounts");
        let number = mount_number_of(&proc).expect("open").expect("Linux 5.8");
        assert!(
            text.lines().any(|line| line.starts_with(&format!("{number} ")) && line.contains(" - proc "))
        );
    }
}
