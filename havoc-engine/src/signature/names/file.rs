//! The flag words of calls on files and descriptors. Names as strace spells them, values of the kernel's UAPI headers.
use super::Names;

/// Flags of calls with a directory descriptor; AT_REMOVEDIR and AT_EACCESS share a bit, so each call has its
/// table. uapi/linux/fcntl.h.
pub const AT: Names = &[
    (0x100, "AT_SYMLINK_NOFOLLOW"),
    (0x400, "AT_SYMLINK_FOLLOW"),
    (0x800, "AT_NO_AUTOMOUNT"),
    (0x1000, "AT_EMPTY_PATH"),
];

/// Flags of unlinkat. uapi/linux/fcntl.h.
pub const AT_UNLINK: Names = &[(0x200, "AT_REMOVEDIR")];

/// Flags of faccessat2. uapi/linux/fcntl.h.
pub const AT_ACCESS: Names =
    &[(0x100, "AT_SYMLINK_NOFOLLOW"), (0x200, "AT_EACCESS"), (0x1000, "AT_EMPTY_PATH")];

/// How statx synchronizes, AT_STATX_SYNC_TYPE. uapi/linux/fcntl.h.
pub const AT_STATX: Names =
    &[(0, "AT_STATX_SYNC_AS_STAT"), (0x2000, "AT_STATX_FORCE_SYNC"), (0x4000, "AT_STATX_DONT_SYNC")];

/// The type of a file in its mode. uapi/linux/stat.h.
pub const FILE_TYPE: Names = &[
    (0x8000, "S_IFREG"),
    (0x2000, "S_IFCHR"),
    (0x6000, "S_IFBLK"),
    (0x1000, "S_IFIFO"),
    (0xc000, "S_IFSOCK"),
    (0x4000, "S_IFDIR"),
    (0xa000, "S_IFLNK"),
];

/// The bits of a mode above those of permission. uapi/linux/stat.h.
pub const MODE_BITS: Names = &[(0o4000, "S_ISUID"), (0o2000, "S_ISGID"), (0o1000, "S_ISVTX")];

/// Flags of name_to_handle_at. uapi/linux/fcntl.h.
pub const AT_HANDLE: Names = &[
    (0x200, "AT_HANDLE_FID"),
    (2, "AT_HANDLE_CONNECTABLE"),
    (1, "AT_HANDLE_MNT_ID_UNIQUE"),
    (0x400, "AT_SYMLINK_FOLLOW"),
    (0x1000, "AT_EMPTY_PATH"),
];

/// What statx is asked for. uapi/linux/stat.h.
pub const STATX_MASK: Names = &[
    (0xfff, "STATX_ALL"),
    (0x7ff, "STATX_BASIC_STATS"),
    (1, "STATX_TYPE"),
    (2, "STATX_MODE"),
    (4, "STATX_NLINK"),
    (8, "STATX_UID"),
    (0x10, "STATX_GID"),
    (0x20, "STATX_ATIME"),
    (0x40, "STATX_MTIME"),
    (0x80, "STATX_CTIME"),
    (0x100, "STATX_INO"),
    (0x200, "STATX_SIZE"),
    (0x400, "STATX_BLOCKS"),
    (0x800, "STATX_BTIME"),
    (0x1000, "STATX_MNT_ID"),
    (0x2000, "STATX_DIOALIGN"),
    (0x4000, "STATX_MNT_ID_UNIQUE"),
    (0x8000, "STATX_SUBVOL"),
    (0x1_0000, "STATX_WRITE_ATOMIC"),
    (0x2_0000, "STATX_DIO_READ_ALIGN"),
];

/// What access asks. R_OK and friends, uapi/../linux/fs.h (MAY_*).
pub const ACCESS: Names = &[(0, "F_OK"), (4, "R_OK"), (2, "W_OK"), (1, "X_OK")];

/// Flags of renameat2. uapi/linux/fs.h.
pub const RENAME: Names = &[(1, "RENAME_NOREPLACE"), (2, "RENAME_EXCHANGE"), (4, "RENAME_WHITEOUT")];

/// Flags of setxattr. uapi/linux/xattr.h.
pub const XATTR: Names = &[(1, "XATTR_CREATE"), (2, "XATTR_REPLACE")];

/// Where lseek counts from. uapi/linux/fs.h.
pub const WHENCE: Names =
    &[(0, "SEEK_SET"), (1, "SEEK_CUR"), (2, "SEEK_END"), (3, "SEEK_DATA"), (4, "SEEK_HOLE")];

/// Commands of fcntl, those with 64 of fcntl64 alone. uapi/asm-generic/fcntl.h, uapi/linux/fcntl.h.
pub const FCNTL: Names = &[
    (0, "F_DUPFD"),
    (1, "F_GETFD"),
    (2, "F_SETFD"),
    (3, "F_GETFL"),
    (4, "F_SETFL"),
    (5, "F_GETLK"),
    (6, "F_SETLK"),
    (7, "F_SETLKW"),
    (8, "F_SETOWN"),
    (9, "F_GETOWN"),
    (0xa, "F_SETSIG"),
    (0xb, "F_GETSIG"),
    (0xc, "F_GETLK64"),
    (0xd, "F_SETLK64"),
    (0xe, "F_SETLKW64"),
    (0xf, "F_SETOWN_EX"),
    (0x10, "F_GETOWN_EX"),
    (0x11, "F_GETOWNER_UIDS"),
    (0x24, "F_OFD_GETLK"),
    (0x25, "F_OFD_SETLK"),
    (0x26, "F_OFD_SETLKW"),
    (0x400, "F_SETLEASE"),
    (0x401, "F_GETLEASE"),
    (0x402, "F_NOTIFY"),
    (0x403, "F_DUPFD_QUERY"),
    (0x404, "F_CREATED_QUERY"),
    (0x405, "F_CANCELLK"),
    (0x406, "F_DUPFD_CLOEXEC"),
    (0x407, "F_SETPIPE_SZ"),
    (0x408, "F_GETPIPE_SZ"),
    (0x409, "F_ADD_SEALS"),
    (0x40a, "F_GET_SEALS"),
    (0x40b, "F_GET_RW_HINT"),
    (0x40c, "F_SET_RW_HINT"),
    (0x40d, "F_GET_FILE_RW_HINT"),
    (0x40e, "F_SET_FILE_RW_HINT"),
];

/// Types of a struct flock. uapi/asm-generic/fcntl.h.
pub const FILE_LOCK: Names = &[(0, "F_RDLCK"), (1, "F_WRLCK"), (2, "F_UNLCK")];

/// Flags of a descriptor. uapi/asm-generic/fcntl.h.
pub const FD_FLAGS: Names = &[(1, "FD_CLOEXEC")];

/// Seals of a memfd. uapi/linux/fcntl.h.
pub const SEALS: Names = &[
    (1, "F_SEAL_SEAL"),
    (2, "F_SEAL_SHRINK"),
    (4, "F_SEAL_GROW"),
    (8, "F_SEAL_WRITE"),
    (0x10, "F_SEAL_FUTURE_WRITE"),
    (0x20, "F_SEAL_EXEC"),
];

/// Operations of flock. uapi/asm-generic/fcntl.h.
pub const FLOCK: Names = &[(1, "LOCK_SH"), (2, "LOCK_EX"), (8, "LOCK_UN"), (4, "LOCK_NB")];

/// Modes of fallocate. uapi/linux/falloc.h.
pub const FALLOCATE: Names = &[
    (1, "FALLOC_FL_KEEP_SIZE"),
    (2, "FALLOC_FL_PUNCH_HOLE"),
    (4, "FALLOC_FL_NO_HIDE_STALE"),
    (8, "FALLOC_FL_COLLAPSE_RANGE"),
    (0x10, "FALLOC_FL_ZERO_RANGE"),
    (0x20, "FALLOC_FL_INSERT_RANGE"),
    (0x40, "FALLOC_FL_UNSHARE_RANGE"),
    (0x80, "FALLOC_FL_WRITE_ZEROES"),
];

/// Flags of sync_file_range. uapi/linux/fs.h.
pub const SYNC_RANGE: Names =
    &[(1, "SYNC_FILE_RANGE_WAIT_BEFORE"), (2, "SYNC_FILE_RANGE_WRITE"), (4, "SYNC_FILE_RANGE_WAIT_AFTER")];

/// Advice of fadvise64. uapi/linux/fadvise.h.
pub const FADVISE: Names = &[
    (0, "POSIX_FADV_NORMAL"),
    (1, "POSIX_FADV_RANDOM"),
    (2, "POSIX_FADV_SEQUENTIAL"),
    (3, "POSIX_FADV_WILLNEED"),
    (4, "POSIX_FADV_DONTNEED"),
    (5, "POSIX_FADV_NOREUSE"),
];

/// Flags of preadv2 and pwritev2. uapi/linux/fs.h.
pub const RWF: Names = &[
    (1, "RWF_HIPRI"),
    (2, "RWF_DSYNC"),
    (4, "RWF_SYNC"),
    (8, "RWF_NOWAIT"),
    (0x10, "RWF_APPEND"),
    (0x20, "RWF_NOAPPEND"),
    (0x40, "RWF_ATOMIC"),
    (0x80, "RWF_DONTCACHE"),
];

/// Flags of splice, tee and vmsplice. include/linux/splice.h.
pub const SPLICE: Names =
    &[(1, "SPLICE_F_MOVE"), (2, "SPLICE_F_NONBLOCK"), (4, "SPLICE_F_MORE"), (8, "SPLICE_F_GIFT")];

/// Flags of epoll_create1. uapi/linux/eventpoll.h.
pub const EPOLL_CREATE: Names = &[(0x8_0000, "EPOLL_CLOEXEC")];

/// Operations of epoll_ctl. uapi/linux/eventpoll.h.
pub const EPOLL_CTL: Names = &[(1, "EPOLL_CTL_ADD"), (2, "EPOLL_CTL_DEL"), (3, "EPOLL_CTL_MOD")];

/// Flags of eventfd2. include/linux/eventfd.h.
pub const EVENTFD: Names = &[(1, "EFD_SEMAPHORE"), (0x800, "EFD_NONBLOCK"), (0x8_0000, "EFD_CLOEXEC")];

/// Flags of inotify_init1. uapi/linux/inotify.h.
pub const INOTIFY_INIT: Names = &[(0x800, "IN_NONBLOCK"), (0x8_0000, "IN_CLOEXEC")];

/// What inotify_add_watch watches. uapi/linux/inotify.h.
pub const INOTIFY: Names = &[
    (0xfff, "IN_ALL_EVENTS"),
    (1, "IN_ACCESS"),
    (2, "IN_MODIFY"),
    (4, "IN_ATTRIB"),
    (8, "IN_CLOSE_WRITE"),
    (0x10, "IN_CLOSE_NOWRITE"),
    (0x20, "IN_OPEN"),
    (0x40, "IN_MOVED_FROM"),
    (0x80, "IN_MOVED_TO"),
    (0x100, "IN_CREATE"),
    (0x200, "IN_DELETE"),
    (0x400, "IN_DELETE_SELF"),
    (0x800, "IN_MOVE_SELF"),
    (0x2000, "IN_UNMOUNT"),
    (0x4000, "IN_Q_OVERFLOW"),
    (0x8000, "IN_IGNORED"),
    (0x100_0000, "IN_ONLYDIR"),
    (0x200_0000, "IN_DONT_FOLLOW"),
    (0x400_0000, "IN_EXCL_UNLINK"),
    (0x1000_0000, "IN_MASK_CREATE"),
    (0x2000_0000, "IN_MASK_ADD"),
    (0x4000_0000, "IN_ISDIR"),
    (0x8000_0000, "IN_ONESHOT"),
];

/// Flags of fanotify_init. uapi/linux/fanotify.h.
pub const FANOTIFY_INIT: Names = &[
    (1, "FAN_CLOEXEC"),
    (2, "FAN_NONBLOCK"),
    (4, "FAN_CLASS_CONTENT"),
    (8, "FAN_CLASS_PRE_CONTENT"),
    (0x10, "FAN_UNLIMITED_QUEUE"),
    (0x20, "FAN_UNLIMITED_MARKS"),
    (0x40, "FAN_ENABLE_AUDIT"),
    (0x80, "FAN_REPORT_PIDFD"),
    (0x100, "FAN_REPORT_TID"),
    (0x200, "FAN_REPORT_FID"),
    (0x400, "FAN_REPORT_DIR_FID"),
    (0x800, "FAN_REPORT_NAME"),
    (0x1000, "FAN_REPORT_TARGET_FID"),
    (0x2000, "FAN_REPORT_FD_ERROR"),
    (0x4000, "FAN_REPORT_MNT"),
];

/// Flags of fanotify_mark. uapi/linux/fanotify.h.
pub const FANOTIFY_MARK: Names = &[
    (1, "FAN_MARK_ADD"),
    (2, "FAN_MARK_REMOVE"),
    (4, "FAN_MARK_DONT_FOLLOW"),
    (8, "FAN_MARK_ONLYDIR"),
    (0x10, "FAN_MARK_MOUNT"),
    (0x20, "FAN_MARK_IGNORED_MASK"),
    (0x40, "FAN_MARK_IGNORED_SURV_MODIFY"),
    (0x80, "FAN_MARK_FLUSH"),
    (0x100, "FAN_MARK_FILESYSTEM"),
    (0x200, "FAN_MARK_EVICTABLE"),
    (0x400, "FAN_MARK_IGNORE"),
];

/// What fanotify_mark watches. uapi/linux/fanotify.h.
pub const FANOTIFY: Names = &[
    (1, "FAN_ACCESS"),
    (2, "FAN_MODIFY"),
    (4, "FAN_ATTRIB"),
    (8, "FAN_CLOSE_WRITE"),
    (0x10, "FAN_CLOSE_NOWRITE"),
    (0x20, "FAN_OPEN"),
    (0x40, "FAN_MOVED_FROM"),
    (0x80, "FAN_MOVED_TO"),
    (0x100, "FAN_CREATE"),
    (0x200, "FAN_DELETE"),
    (0x400, "FAN_DELETE_SELF"),
    (0x800, "FAN_MOVE_SELF"),
    (0x1000, "FAN_OPEN_EXEC"),
    (0x4000, "FAN_Q_OVERFLOW"),
    (0x8000, "FAN_FS_ERROR"),
    (0x1_0000, "FAN_OPEN_PERM"),
    (0x2_0000, "FAN_ACCESS_PERM"),
    (0x4_0000, "FAN_OPEN_EXEC_PERM"),
    (0x10_0000, "FAN_PRE_ACCESS"),
    (0x800_0000, "FAN_EVENT_ON_CHILD"),
    (0x1000_0000, "FAN_RENAME"),
    (0x4000_0000, "FAN_ONDIR"),
];

/// Flags of close_range. uapi/linux/close_range.h.
pub const CLOSE_RANGE: Names = &[(2, "CLOSE_RANGE_UNSHARE"), (4, "CLOSE_RANGE_CLOEXEC")];

/// What old programs set in the upper half of mount's flags: the kernel takes the whole half away then, fs/namespace.c.
pub const MOUNT_MAGIC: Names = &[(0xc0ed_0000, "MS_MGC_VAL")];

/// Flags of mount. uapi/linux/mount.h.
pub const MOUNT: Names = &[
    (1, "MS_RDONLY"),
    (2, "MS_NOSUID"),
    (4, "MS_NODEV"),
    (8, "MS_NOEXEC"),
    (0x10, "MS_SYNCHRONOUS"),
    (0x20, "MS_REMOUNT"),
    (0x40, "MS_MANDLOCK"),
    (0x80, "MS_DIRSYNC"),
    (0x100, "MS_NOSYMFOLLOW"),
    (0x400, "MS_NOATIME"),
    (0x800, "MS_NODIRATIME"),
    (0x1000, "MS_BIND"),
    (0x2000, "MS_MOVE"),
    (0x4000, "MS_REC"),
    (0x8000, "MS_SILENT"),
    (0x1_0000, "MS_POSIXACL"),
    (0x2_0000, "MS_UNBINDABLE"),
    (0x4_0000, "MS_PRIVATE"),
    (0x8_0000, "MS_SLAVE"),
    (0x10_0000, "MS_SHARED"),
    (0x20_0000, "MS_RELATIME"),
    (0x40_0000, "MS_KERNMOUNT"),
    (0x80_0000, "MS_I_VERSION"),
    (0x100_0000, "MS_STRICTATIME"),
    (0x200_0000, "MS_LAZYTIME"),
];

/// Flags of umount2. include/linux/fs.h.
pub const UMOUNT: Names = &[(1, "MNT_FORCE"), (2, "MNT_DETACH"), (4, "MNT_EXPIRE"), (8, "UMOUNT_NOFOLLOW")];

/// Flags of open_tree. uapi/linux/mount.h, uapi/linux/fcntl.h.
pub const OPEN_TREE: Names = &[
    (1, "OPEN_TREE_CLONE"),
    (0x8_0000, "OPEN_TREE_CLOEXEC"),
    (0x100, "AT_SYMLINK_NOFOLLOW"),
    (0x800, "AT_NO_AUTOMOUNT"),
    (0x1000, "AT_EMPTY_PATH"),
    (0x8000, "AT_RECURSIVE"),
];

/// Flags of move_mount. uapi/linux/mount.h.
pub const MOVE_MOUNT: Names = &[
    (1, "MOVE_MOUNT_F_SYMLINKS"),
    (2, "MOVE_MOUNT_F_AUTOMOUNTS"),
    (4, "MOVE_MOUNT_F_EMPTY_PATH"),
    (0x10, "MOVE_MOUNT_T_SYMLINKS"),
    (0x20, "MOVE_MOUNT_T_AUTOMOUNTS"),
    (0x40, "MOVE_MOUNT_T_EMPTY_PATH"),
    (0x100, "MOVE_MOUNT_SET_GROUP"),
    (0x200, "MOVE_MOUNT_BENEATH"),
];

/// Flags of mount_setattr. uapi/linux/fcntl.h.
pub const MOUNT_SETATTR: Names = &[
    (0x100, "AT_SYMLINK_NOFOLLOW"),
    (0x800, "AT_NO_AUTOMOUNT"),
    (0x1000, "AT_EMPTY_PATH"),
    (0x8000, "AT_RECURSIVE"),
];

/// Flags of fsopen. uapi/linux/mount.h.
pub const FSOPEN: Names = &[(1, "FSOPEN_CLOEXEC")];

/// Flags of fsmount. uapi/linux/mount.h.
pub const FSMOUNT: Names = &[(1, "FSMOUNT_CLOEXEC")];

/// Attributes of fsmount. uapi/linux/mount.h.
pub const MOUNT_ATTRIBUTES: Names = &[
    (1, "MOUNT_ATTR_RDONLY"),
    (2, "MOUNT_ATTR_NOSUID"),
    (4, "MOUNT_ATTR_NODEV"),
    (8, "MOUNT_ATTR_NOEXEC"),
    (0x10, "MOUNT_ATTR_NOATIME"),
    (0x20, "MOUNT_ATTR_STRICTATIME"),
    (0x80, "MOUNT_ATTR_NODIRATIME"),
    (0x10_0000, "MOUNT_ATTR_IDMAP"),
    (0x20_0000, "MOUNT_ATTR_NOSYMFOLLOW"),
];

/// Flags of fspick. uapi/linux/mount.h.
pub const FSPICK: Names = &[
    (1, "FSPICK_CLOEXEC"),
    (2, "FSPICK_SYMLINK_NOFOLLOW"),
    (4, "FSPICK_NO_AUTOMOUNT"),
    (8, "FSPICK_EMPTY_PATH"),
];

/// Commands of fsconfig. uapi/linux/mount.h.
pub const FSCONFIG: Names = &[
    (0, "FSCONFIG_SET_FLAG"),
    (1, "FSCONFIG_SET_STRING"),
    (2, "FSCONFIG_SET_BINARY"),
    (3, "FSCONFIG_SET_PATH"),
    (4, "FSCONFIG_SET_PATH_EMPTY"),
    (5, "FSCONFIG_SET_FD"),
    (6, "FSCONFIG_CMD_CREATE"),
    (7, "FSCONFIG_CMD_RECONFIGURE"),
    (8, "FSCONFIG_CMD_CREATE_EXCL"),
];

/// Flags of swapon. include/linux/swap.h.
pub const SWAP: Names = &[(0x8000, "SWAP_FLAG_PREFER"), (0x1_0000, "SWAP_FLAG_DISCARD")];

/// The requests of ioctl that are seen often. uapi/asm-generic/ioctls.h, uapi/linux/fs.h.
pub const IOCTL: Names = &[
    (0x5401, "TCGETS"),
    (0x5402, "TCSETS"),
    (0x5403, "TCSETSW"),
    (0x5404, "TCSETSF"),
    (0x540e, "TIOCSCTTY"),
    (0x540f, "TIOCGPGRP"),
    (0x5410, "TIOCSPGRP"),
    (0x5413, "TIOCGWINSZ"),
    (0x5414, "TIOCSWINSZ"),
    (0x5422, "TIOCNOTTY"),
    (0x5429, "TIOCGSID"),
    (0x8004_5430, "TIOCGPTN"),
    (0x4004_5431, "TIOCSPTLCK"),
    (0x541b, "FIONREAD"),
    (0x5421, "FIONBIO"),
    (0x5450, "FIONCLEX"),
    (0x5451, "FIOCLEX"),
    (0x5452, "FIOASYNC"),
    (0x4004_9409, "FICLONE"),
    (0x4020_940d, "FICLONERANGE"),
    (0xc018_9436, "FIDEDUPERANGE"),
    (0x8008_6601, "FS_IOC_GETFLAGS"),
    (0x4008_6602, "FS_IOC_SETFLAGS"),
    (0xc020_660b, "FS_IOC_FIEMAP"),
    (0xc004_5877, "FIFREEZE"),
    (0xc004_5878, "FITHAW"),
    (0xc018_5879, "FITRIM"),
    (0x8008_1272, "BLKGETSIZE64"),
    (0x1268, "BLKSSZGET"),
    (0x1261, "BLKFLSBUF"),
    (0x1277, "BLKDISCARD"),
    (0x127f, "BLKZEROOUT"),
    (0x8912, "SIOCGIFCONF"),
    (0x8913, "SIOCGIFFLAGS"),
    (0x8933, "SIOCGIFINDEX"),
];

/// Flags of io_uring_enter. uapi/linux/io_uring.h.
pub const URING_ENTER: Names = &[
    (1, "IORING_ENTER_GETEVENTS"),
    (2, "IORING_ENTER_SQ_WAKEUP"),
    (4, "IORING_ENTER_SQ_WAIT"),
    (8, "IORING_ENTER_EXT_ARG"),
    (0x10, "IORING_ENTER_REGISTERED_RING"),
];
