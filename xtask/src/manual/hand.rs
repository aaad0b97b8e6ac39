//! What the pages say in words that no program reads: other names of calls, and errors that are told elsewhere.

/// Calls of the kernel that a page has under the name of the C library's function, or of a newer call that stands for
/// them. Those that only end in `64`, `32` or `_time64` are found without.
pub const SAME: &[(&str, &str)] = &[
    ("_newselect", "select"),
    ("fadvise64", "posix_fadvise"),
    ("fadvise64_64", "posix_fadvise"),
    ("newfstatat", "fstatat"),
    ("oldfstat", "fstat"),
    ("oldlstat", "lstat"),
    ("oldolduname", "uname"),
    ("oldstat", "stat"),
    ("olduname", "uname"),
    ("pselect6", "pselect"),
    ("ugetrlimit", "getrlimit"),
];

/// A call and others whose errors are its own as well; the page of the first says so, in its ERRORS;
/// vfork(2) in its DESCRIPTION.
pub const AS_OTHERS: &[(&str, &[&str])] = &[
    ("execveat", &["execve"]),
    ("fgetxattr", &["stat"]),
    ("flistxattr", &["stat"]),
    ("fremovexattr", &["stat"]),
    ("fsetxattr", &["stat"]),
    ("futimesat", &["utimes"]),
    ("getxattr", &["stat"]),
    ("lgetxattr", &["stat"]),
    ("linkat", &["link"]),
    ("listxattr", &["stat"]),
    ("llistxattr", &["stat"]),
    ("lremovexattr", &["stat"]),
    ("lsetxattr", &["stat"]),
    ("mmap2", &["mmap"]),
    ("name_to_handle_at", &["openat"]),
    ("open_by_handle_at", &["openat"]),
    ("openat2", &["openat"]),
    ("pivot_root", &["stat"]),
    ("pread64", &["read", "lseek"]),
    ("preadv", &["read", "lseek"]),
    ("preadv2", &["read", "lseek"]),
    ("process_madvise", &["madvise"]),
    ("pwrite64", &["write", "lseek"]),
    ("pwritev", &["write", "lseek"]),
    ("pwritev2", &["write", "lseek"]),
    ("readv", &["read"]),
    ("recvmmsg", &["recvmsg"]),
    ("removexattr", &["stat"]),
    ("sendmmsg", &["sendmsg"]),
    ("setxattr", &["stat"]),
    ("unlinkat", &["unlink", "rmdir"]),
    ("uselib", &["open", "mmap"]),
    ("vfork", &["fork"]),
    ("wait4", &["waitpid"]),
    ("writev", &["write"]),
];

/// Errors that a page names outside of a list: calls, errors, and where that is. No errors at all: the call is said to
/// always succeed.
pub const IN_PROSE: &[(&[&str], &[&str], &str)] = &[
    (
        &["accept"],
        &["ENOSR", "ESOCKTNOSUPPORT", "EPROTONOSUPPORT", "ETIMEDOUT"],
        "accept(2), ERRORS, behind the list",
    ),
    (
        &["accept", "accept4"],
        &[
            "ENETDOWN",
            "EPROTO",
            "ENOPROTOOPT",
            "EHOSTDOWN",
            "ENONET",
            "EHOSTUNREACH",
            "EOPNOTSUPP",
            "ENETUNREACH",
        ],
        "accept(2), RETURN VALUE, Error handling: those that are pending on the new socket",
    ),
    (
        &[
            "afs_syscall",
            "break",
            "getpmsg",
            "gtty",
            "lock",
            "mpx",
            "prof",
            "putpmsg",
            "security",
            "stty",
            "tuxcall",
            "vserver",
        ],
        &["ENOSYS"],
        "unimplemented(2), RETURN VALUE",
    ),
    (&["bdflush"], &["ENOSYS"], "bdflush(2), ERRORS, without a list"),
    (&["brk"], &["ENOMEM"], "brk(2), RETURN VALUE, of the function; the call returns the old break"),
    (
        &["ftruncate", "ftruncate64"],
        &["EFBIG", "EINTR", "EIO", "EPERM", "EROFS", "ETXTBSY"],
        "truncate(2), ERRORS: those of truncate() that are not about its path",
    ),
    (&["mincore"], &["EAGAIN"], "mincore(2), ERRORS, before the list"),
    (&["umask"], &[], "umask(2), RETURN VALUE"),
];
