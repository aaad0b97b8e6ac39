//! A table: which system calls an io_uring can do without making them.
//!
//! The operations are those of `enum io_uring_op`, include/uapi/linux/io_uring.h of Linux 6.18, in its order; what each does,
//! io_uring_enter(2) tells by the call that it is the equivalent of. A call is in the row of an operation that does the same by
//! another spelling: `rename` is `renameat2`, `fstat` is `statx`. What does something else to the same end (`sendfile` for
//! `splice`) is not, as it is not anywhere else.

/// Every operation, with the calls that it does.
const OPERATIONS: &[(&str, &[&str])] = &[
    ("NOP", &[]),
    ("READV", INPUT),
    ("WRITEV", OUTPUT),
    ("FSYNC", &["fsync", "fdatasync"]),
    ("READ_FIXED", INPUT),
    ("WRITE_FIXED", OUTPUT),
    ("POLL_ADD", &["poll", "ppoll", "ppoll_time64", "select", "_newselect", "pselect6", "pselect6_time64"]),
    ("POLL_REMOVE", &[]),
    ("SYNC_FILE_RANGE", &["sync_file_range"]),
    ("SENDMSG", OUTPUT),
    ("RECVMSG", INPUT),
    // A timer of the ring's own: it is waited for in io_uring_enter(2).
    ("TIMEOUT", &[]),
    ("TIMEOUT_REMOVE", &[]),
    ("ACCEPT", &["accept", "accept4", "socketcall"]),
    ("ASYNC_CANCEL", &[]),
    ("LINK_TIMEOUT", &[]),
    ("CONNECT", &["connect", "socketcall"]),
    ("FALLOCATE", &["fallocate"]),
    ("OPENAT", OPENS),
    ("CLOSE", &["close"]),
    ("FILES_UPDATE", &[]),
    (
        "STATX",
        &[
            "statx",
            "stat",
            "lstat",
            "fstat",
            "newfstatat",
            "stat64",
            "lstat64",
            "fstat64",
            "fstatat64",
            "oldstat",
            "oldlstat",
            "oldfstat",
        ],
    ),
    ("READ", INPUT),
    ("WRITE", OUTPUT),
    ("FADVISE", &["fadvise64", "fadvise64_64"]),
    ("MADVISE", &["madvise"]),
    ("SEND", OUTPUT),
    ("RECV", INPUT),
    ("OPENAT2", OPENS),
    ("EPOLL_CTL", &["epoll_ctl"]),
    ("SPLICE", &["splice"]),
    ("PROVIDE_BUFFERS", &[]),
    ("REMOVE_BUFFERS", &[]),
    ("TEE", &["tee"]),
    ("SHUTDOWN", &["shutdown", "socketcall"]),
    ("RENAMEAT", &["rename", "renameat", "renameat2"]),
    ("UNLINKAT", &["unlink", "unlinkat", "rmdir"]),
    ("MKDIRAT", &["mkdir", "mkdirat"]),
    ("SYMLINKAT", &["symlink", "symlinkat"]),
    ("LINKAT", &["link", "linkat"]),
    ("MSG_RING", &[]),
    ("FSETXATTR", &["fsetxattr"]),
    ("SETXATTR", &["setxattr"]),
    ("FGETXATTR", &["fgetxattr"]),
    ("GETXATTR", &["getxattr"]),
    ("SOCKET", &["socket", "socketcall"]),
    // SOCKET_URING_OP_GETSOCKOPT and _SETSOCKOPT; else commands of devices, which are no calls.
    ("URING_CMD", &["getsockopt", "setsockopt", "socketcall"]),
    ("SEND_ZC", OUTPUT),
    ("SENDMSG_ZC", OUTPUT),
    ("READ_MULTISHOT", INPUT),
    ("WAITID", &["waitid", "wait4", "waitpid"]),
    ("FUTEX_WAIT", &["futex", "futex_time64", "futex_wait"]),
    ("FUTEX_WAKE", &["futex", "futex_time64", "futex_wake"]),
    ("FUTEX_WAITV", &["futex_waitv"]),
    ("FIXED_FD_INSTALL", &[]),
    ("FTRUNCATE", &["ftruncate", "ftruncate64"]),
    ("BIND", &["bind", "socketcall"]),
    ("LISTEN", &["listen", "socketcall"]),
    ("RECV_ZC", INPUT),
    ("EPOLL_WAIT", &["epoll_wait", "epoll_pwait", "epoll_pwait2"]),
    ("READV_FIXED", INPUT),
    ("WRITEV_FIXED", OUTPUT),
    ("PIPE", &["pipe", "pipe2"]),
];

/// Data comes in, with an offset or at the file's own, into one buffer or several; a socket takes read(2) for recvfrom(2).
const INPUT: &[&str] = &[
    "read",
    "readv",
    "pread64",
    "preadv",
    "preadv2",
    "recvfrom",
    "recvmsg",
    "recvmmsg",
    "recvmmsg_time64",
    "socketcall",
];
const OUTPUT: &[&str] =
    &["write", "writev", "pwrite64", "pwritev", "pwritev2", "sendto", "sendmsg", "sendmmsg", "socketcall"];
const OPENS: &[&str] = &["open", "openat", "openat2", "creat"];

/// Tells whether a ring could do what the call of this name does, so that the call is never made.
#[must_use]
pub fn can_do(name: &str) -> bool {
    OPERATIONS.iter().any(|(_, calls)| calls.contains(&name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::class;
    use havoc_arch::{Abi, names};
    use std::collections::BTreeSet;

    #[test]
    fn what_an_operation_does_is_a_call() {
        let is_known = |name: &str| Abi::ALL.into_iter().any(|abi| names::number_of(abi, name).is_some());
        for (operation, calls) in OPERATIONS {
            let unknown: Vec<_> = calls.iter().filter(|name| !is_known(name)).collect();
            assert!(unknown.is_empty(), "IORING_OP_{operation}: {unknown:?}");
        }
    }

    #[test]
    fn every_operation_stands_there_once_and_in_the_order_of_the_header() {
        let different: BTreeSet<&str> = OPERATIONS.iter().map(|(operation, _)| *operation).collect();
        assert_eq!(different.len(), OPERATIONS.len());
        // Numbers that nothing can change any more.
        for (number, operation) in [(0, "NOP"), (3, "FSYNC"), (18, "OPENAT"), (22, "READ"), (46, "URING_CMD")]
        {
            assert_eq!(OPERATIONS[number].0, operation);
        }
    }

    #[test]
    fn a_ring_can_do_neither_its_own_calls_nor_what_it_has_no_operation_for() {
        for name in [
            "io_uring_setup",
            "io_uring_enter",
            "io_uring_register",
            "msync",
            "mmap",
            "ioctl",
            "lseek",
            "flock",
            "fcntl",
            "dup",
            "getdents64",
            "chmod",
            "chdir",
            "execve",
            "clone",
            "getppid",
            "truncate",
        ] {
            assert!(!can_do(name), "{name}");
        }
        for name in ["fsync", "read", "write", "openat", "rename", "connect", "stat"] {
            assert!(can_do(name), "{name}");
        }
    }

    #[test]
    fn of_the_calls_that_move_data_only_those_without_an_operation_are_missing() {
        let missing = |class: &str| {
            let class = class::of(class).expect("a class");
            let calls = Abi::ALL.into_iter().flat_map(names::all).map(|(_, name)| name);
            let missing: BTreeSet<&str> =
                calls.filter(|name| class.contains(name) && !can_do(name)).collect();
            missing.into_iter().collect::<Vec<_>>().join(" ")
        };
        assert_eq!(
            missing("read-data"),
            "copy_file_range mq_timedreceive mq_timedreceive_time64 sendfile sendfile64 vmsplice"
        );
        assert_eq!(
            missing("write-data"),
            "copy_file_range mq_timedsend mq_timedsend_time64 sendfile sendfile64 truncate truncate64 vmsplice"
        );
    }
}
