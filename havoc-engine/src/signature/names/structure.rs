//! The flag words and constants that stand in structs. Names as strace spells them, values of the kernel's UAPI headers.
use super::Names;
use super::process::clone_flags;

/// What poll waits for and finds. uapi/asm-generic/poll.h.
pub const POLL: Names = &[
    (1, "POLLIN"),
    (2, "POLLPRI"),
    (4, "POLLOUT"),
    (0x40, "POLLRDNORM"),
    (0x100, "POLLWRNORM"),
    (0x80, "POLLRDBAND"),
    (0x200, "POLLWRBAND"),
    (8, "POLLERR"),
    (0x10, "POLLHUP"),
    (0x20, "POLLNVAL"),
    (0x400, "POLLMSG"),
    (0x1000, "POLLREMOVE"),
    (0x2000, "POLLRDHUP"),
];

/// Events of epoll. uapi/linux/eventpoll.h.
pub const EPOLL: Names = &[
    (1, "EPOLLIN"),
    (2, "EPOLLPRI"),
    (4, "EPOLLOUT"),
    (0x40, "EPOLLRDNORM"),
    (0x80, "EPOLLRDBAND"),
    (0x100, "EPOLLWRNORM"),
    (0x200, "EPOLLWRBAND"),
    (0x400, "EPOLLMSG"),
    (8, "EPOLLERR"),
    (0x10, "EPOLLHUP"),
    (0x2000, "EPOLLRDHUP"),
    (0x1000_0000, "EPOLLEXCLUSIVE"),
    (0x2000_0000, "EPOLLWAKEUP"),
    (0x4000_0000, "EPOLLONESHOT"),
    (0x8000_0000, "EPOLLET"),
];

/// How openat2 resolves. uapi/linux/openat2.h.
pub const RESOLVE: Names = &[
    (1, "RESOLVE_NO_XDEV"),
    (2, "RESOLVE_NO_MAGICLINKS"),
    (4, "RESOLVE_NO_SYMLINKS"),
    (8, "RESOLVE_BENEATH"),
    (0x10, "RESOLVE_IN_ROOT"),
    (0x20, "RESOLVE_CACHED"),
];

/// Attributes that statx knows. uapi/linux/stat.h.
pub const STATX_ATTRIBUTES: Names = &[
    (4, "STATX_ATTR_COMPRESSED"),
    (0x10, "STATX_ATTR_IMMUTABLE"),
    (0x20, "STATX_ATTR_APPEND"),
    (0x40, "STATX_ATTR_NODUMP"),
    (0x800, "STATX_ATTR_ENCRYPTED"),
    (0x1000, "STATX_ATTR_AUTOMOUNT"),
    (0x2000, "STATX_ATTR_MOUNT_ROOT"),
    (0x10_0000, "STATX_ATTR_VERITY"),
    (0x20_0000, "STATX_ATTR_DAX"),
    (0x40_0000, "STATX_ATTR_WRITE_ATOMIC"),
];

/// Flags of a mounted file system, as statfs tells them. include/linux/statfs.h.
pub const STATFS: Names = &[
    (0x20, "ST_VALID"),
    (1, "ST_RDONLY"),
    (2, "ST_NOSUID"),
    (4, "ST_NODEV"),
    (8, "ST_NOEXEC"),
    (0x10, "ST_SYNCHRONOUS"),
    (0x40, "ST_MANDLOCK"),
    (0x400, "ST_NOATIME"),
    (0x800, "ST_NODIRATIME"),
    (0x1000, "ST_RELATIME"),
    (0x2000, "ST_NOSYMFOLLOW"),
];

/// Kinds of file systems. uapi/linux/magic.h; XFS, ZFS and the like: their own sources, and statfs(2).
pub const FILE_SYSTEM: Names = &[
    (0x9fa0, "PROC_SUPER_MAGIC"),
    (0x6265_6572, "SYSFS_MAGIC"),
    (0x0102_1994, "TMPFS_MAGIC"),
    (0x8584_58f6, "RAMFS_MAGIC"),
    (0xef53, "EXT2_SUPER_MAGIC"),
    (0x5846_5342, "XFS_SB_MAGIC"),
    (0x9123_683e, "BTRFS_SUPER_MAGIC"),
    (0xf2f5_2010, "F2FS_SUPER_MAGIC"),
    (0xca45_1a4e, "BCACHEFS_SUPER_MAGIC"),
    (0x2fc1_2fc1, "ZFS_SUPER_MAGIC"),
    (0x794c_7630, "OVERLAYFS_SUPER_MAGIC"),
    (0x7371_7368, "SQUASHFS_MAGIC"),
    (0xe0f5_e1e2, "EROFS_SUPER_MAGIC_V1"),
    (0x4d44, "MSDOS_SUPER_MAGIC"),
    (0x2011_bab0, "EXFAT_SUPER_MAGIC"),
    (0x5346_544e, "NTFS_SB_MAGIC"),
    (0x9660, "ISOFS_SUPER_MAGIC"),
    (0x6969, "NFS_SUPER_MAGIC"),
    (0xff53_4d42, "CIFS_SUPER_MAGIC"),
    (0xfe53_4d42, "SMB2_SUPER_MAGIC"),
    (0x00c3_6400, "CEPH_SUPER_MAGIC"),
    (0x6573_5546, "FUSE_SUPER_MAGIC"),
    (0x0102_1997, "V9FS_MAGIC"),
    (0x9584_58f6, "HUGETLBFS_MAGIC"),
    (0x1cd1, "DEVPTS_SUPER_MAGIC"),
    (0x5049_5045, "PIPEFS_MAGIC"),
    (0x534f_434b, "SOCKFS_MAGIC"),
    (0x0904_1934, "ANON_INODE_FS_MAGIC"),
    (0x0027_e0eb, "CGROUP_SUPER_MAGIC"),
    (0x6367_7270, "CGROUP2_SUPER_MAGIC"),
    (0x6462_6720, "DEBUGFS_MAGIC"),
    (0x7472_6163, "TRACEFS_MAGIC"),
    (0x7363_6673, "SECURITYFS_MAGIC"),
    (0xf97c_ff8c, "SELINUX_MAGIC"),
    (0xcafe_4a11, "BPF_FS_MAGIC"),
    (0x6e73_6673, "NSFS_MAGIC"),
];

/// Types of directory entries. include/linux/fs_types.h.
pub const ENTRY_TYPE: Names = &[
    (0, "DT_UNKNOWN"),
    (1, "DT_FIFO"),
    (2, "DT_CHR"),
    (4, "DT_DIR"),
    (6, "DT_BLK"),
    (8, "DT_REG"),
    (10, "DT_LNK"),
    (12, "DT_SOCK"),
    (14, "DT_WHT"),
];

/// Flags of clone3, which has no signal in the low byte. uapi/linux/sched.h.
pub const CLONE3: Names = clone_flags![
    (0x80, "CLONE_NEWTIME"),
    (0x1_0000_0000, "CLONE_CLEAR_SIGHAND"),
    (0x2_0000_0000, "CLONE_INTO_CGROUP"),
];

/// What a signal's action is to be like. uapi/asm-generic/signal-defs.h, uapi/asm/signal.h.
pub const SIGACTION: Names = &[
    (0x0400_0000, "SA_RESTORER"),
    (0x0800_0000, "SA_ONSTACK"),
    (0x1000_0000, "SA_RESTART"),
    (0x4000_0000, "SA_NODEFER"),
    (0x8000_0000, "SA_RESETHAND"),
    (1, "SA_NOCLDSTOP"),
    (2, "SA_NOCLDWAIT"),
    (4, "SA_SIGINFO"),
    (0x400, "SA_UNSUPPORTED"),
    (0x800, "SA_EXPOSE_TAGBITS"),
];

/// The state of a signal stack. uapi/linux/signal.h.
pub const SIGNAL_STACK: Names = &[(1, "SS_ONSTACK"), (2, "SS_DISABLE"), (0x8000_0000, "SS_AUTODISARM")];

/// Events of ptrace in a wait status. uapi/linux/ptrace.h.
pub const PTRACE_EVENT: Names = &[
    (1, "PTRACE_EVENT_FORK"),
    (2, "PTRACE_EVENT_VFORK"),
    (3, "PTRACE_EVENT_CLONE"),
    (4, "PTRACE_EVENT_EXEC"),
    (5, "PTRACE_EVENT_VFORK_DONE"),
    (6, "PTRACE_EVENT_EXIT"),
    (7, "PTRACE_EVENT_SECCOMP"),
    (128, "PTRACE_EVENT_STOP"),
];

/// Control messages of SOL_SOCKET. include/linux/socket.h, uapi/asm-generic/socket.h.
pub const CONTROL_TYPE: Names = &[
    (1, "SCM_RIGHTS"),
    (2, "SCM_CREDENTIALS"),
    (3, "SCM_SECURITY"),
    (4, "SCM_PIDFD"),
    (29, "SO_TIMESTAMP_OLD"),
    (35, "SO_TIMESTAMPNS_OLD"),
    (37, "SO_TIMESTAMPING_OLD"),
];

/// How a struct sigevent notifies. uapi/asm-generic/siginfo.h.
pub const SIGNAL_EVENT: Names =
    &[(0, "SIGEV_SIGNAL"), (1, "SIGEV_NONE"), (2, "SIGEV_THREAD"), (4, "SIGEV_THREAD_ID")];

/// Flags of an operation on a semaphore. uapi/linux/sem.h, uapi/linux/ipc.h.
pub const SEMAPHORE: Names = &[(0x1000, "SEM_UNDO"), (0x800, "IPC_NOWAIT")];
