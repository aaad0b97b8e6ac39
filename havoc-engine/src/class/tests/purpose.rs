//! The classes by purpose, call by call: whoever changes one changes this list too, and says why.
use super::check;
use crate::class;
use havoc_arch::{Abi, names};

/// The calls of x86_64, and those that only i386 has.
const EXPECTED: &[(&str, &str, &str)] = &[
    ("persist", "fdatasync fsync msync sync sync_file_range syncfs", ""),
    (
        "read-data",
        "copy_file_range mq_timedreceive pread64 preadv preadv2 read readv recvfrom recvmmsg recvmsg \
         sendfile splice tee vmsplice",
        "mq_timedreceive_time64 recvmmsg_time64 sendfile64",
    ),
    (
        "write-data",
        "copy_file_range fallocate ftruncate mq_timedsend pwrite64 pwritev pwritev2 sendfile sendmmsg \
         sendmsg sendto splice tee truncate vmsplice write writev",
        "ftruncate64 mq_timedsend_time64 sendfile64 truncate64",
    ),
    (
        "open",
        "creat link linkat memfd_create memfd_secret mkdir mkdirat mknod mknodat mq_open open \
         open_by_handle_at open_tree open_tree_attr openat openat2 symlink symlinkat",
        "",
    ),
    (
        "name-change",
        "link linkat mkdir mkdirat mknod mknodat mq_unlink rename renameat renameat2 rmdir symlink symlinkat \
         unlink unlinkat",
        "",
    ),
    (
        "map",
        "brk madvise map_shadow_stack mbind mlock mlock2 mlockall mmap mprotect mremap mseal munlock \
         munlockall munmap pkey_mprotect process_madvise remap_file_pages set_mempolicy_home_node shmat \
         shmdt uselib",
        "mmap2",
    ),
    ("lock", "flock", ""),
    (
        "metadata",
        "access cachestat chmod chown faccessat faccessat2 fchmod fchmodat fchmodat2 fchown fchownat \
         fgetxattr file_getattr file_setattr flistxattr fremovexattr fsetxattr fstat fstatfs futimesat \
         getdents getdents64 getxattr getxattrat lchown lgetxattr listxattr listxattrat llistxattr \
         lremovexattr lsetxattr lstat name_to_handle_at newfstatat readlink readlinkat removexattr \
         removexattrat setxattr setxattrat stat statfs statx ustat utime utimensat utimes",
        "chown32 fchown32 fstat64 fstatat64 fstatfs64 lchown32 lstat64 oldfstat oldlstat oldstat readdir \
         stat64 statfs64 utimensat_time64",
    ),
    ("net-open", "accept accept4 bind connect listen socket socketpair", ""),
    ("spawn", "clone clone3 execve execveat fork vfork", ""),
    (
        "wait",
        "clock_nanosleep epoll_pwait epoll_pwait2 epoll_wait epoll_wait_old futex futex_wait futex_waitv \
         io_getevents io_pgetevents nanosleep pause poll ppoll pselect6 rt_sigsuspend rt_sigtimedwait select \
         semop semtimedop wait4 waitid",
        "_newselect clock_nanosleep_time64 futex_time64 io_pgetevents_time64 ppoll_time64 pselect6_time64 \
         rt_sigtimedwait_time64 semtimedop_time64 sigsuspend waitpid",
    ),
    (
        "fd-budget",
        "accept accept4 creat dup dup2 dup3 epoll_create epoll_create1 eventfd eventfd2 fanotify_init \
         fsmount fsopen fspick inotify_init inotify_init1 io_uring_setup landlock_create_ruleset \
         memfd_create memfd_secret mq_open open open_by_handle_at open_tree open_tree_attr openat openat2 \
         perf_event_open pidfd_getfd pidfd_open pipe pipe2 signalfd signalfd4 socket socketpair \
         timerfd_create userfaultfd",
        "",
    ),
];

#[test]
fn a_class_by_purpose_has_these_calls() {
    let x86_64: Vec<&str> = names::all(Abi::X86_64).map(|(_, name)| name).collect();
    for (name, here, on_i386) in EXPECTED {
        check(name, &x86_64, here);
        check(name, &super::only_of_i386(), on_i386);
    }
    let ours = class::all().filter(|class| class.origin == class::Origin::Purpose);
    let listed: Vec<&str> = EXPECTED.iter().map(|(name, ..)| *name).collect();
    assert_eq!(ours.map(|class| class.name).collect::<Vec<_>>(), listed);
}
