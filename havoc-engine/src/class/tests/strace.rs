//! strace's classes, as strace itself has them.
use super::check;
use crate::class;
use havoc_arch::{Abi, names};

/// The newest call that strace 6.1 knows, set_mempolicy_home_node.
const NEWEST: u32 = 450;

/// The calls of x86_64 that strace 6.1 (Debian 12) shows under `-e trace=%class`, of a program that makes every call there
/// is below a seccomp filter that lets none be executed. exit, exit_group and rt_sigreturn could not be tried so; they
/// are in strace's src/linux/x86_64/syscallent.h. `%net` and `%network` showed the same.
const ANSWERS: &[(&str, &str)] = &[
    (
        "desc",
        "bpf close copy_file_range creat dup dup2 dup3 epoll_create epoll_create1 epoll_ctl epoll_pwait \
         epoll_pwait2 epoll_wait eventfd eventfd2 execveat faccessat faccessat2 fadvise64 fallocate \
         fanotify_init fanotify_mark fchdir fchmod fchmodat fchown fchownat fcntl fdatasync fgetxattr \
         finit_module flistxattr flock fremovexattr fsconfig fsetxattr fsmount fsopen fspick fstat fstatfs \
         fsync ftruncate futimesat getdents getdents64 inotify_add_watch inotify_init inotify_init1 \
         inotify_rm_watch io_uring_enter io_uring_register io_uring_setup ioctl kexec_file_load \
         landlock_add_rule landlock_create_ruleset landlock_restrict_self linkat lseek memfd_create \
         memfd_secret mkdirat mknodat mmap mount_setattr move_mount mq_getsetattr mq_notify mq_open \
         mq_timedreceive mq_timedsend name_to_handle_at newfstatat open open_by_handle_at open_tree openat \
         openat2 perf_event_open pidfd_getfd pidfd_open pidfd_send_signal pipe pipe2 poll ppoll pread64 \
         preadv preadv2 process_madvise process_mrelease pselect6 pwrite64 pwritev pwritev2 quotactl_fd read \
         readahead readlinkat readv renameat renameat2 select sendfile setns signalfd signalfd4 splice statx \
         symlinkat sync_file_range syncfs tee timerfd_create timerfd_gettime timerfd_settime unlinkat \
         userfaultfd utimensat vmsplice write writev",
    ),
    (
        "file",
        "access acct chdir chmod chown chroot creat execve execveat faccessat faccessat2 fanotify_mark \
         fchmodat fchownat fsconfig fspick futimesat getcwd getxattr inotify_add_watch lchown lgetxattr link \
         linkat listxattr llistxattr lremovexattr lsetxattr lstat mkdir mkdirat mknod mknodat mount \
         mount_setattr move_mount name_to_handle_at newfstatat open open_tree openat openat2 pivot_root \
         quotactl readlink readlinkat removexattr rename renameat renameat2 rmdir setxattr stat statfs statx \
         swapoff swapon symlink symlinkat truncate umount2 unlink unlinkat uselib utime utimensat utimes",
    ),
    (
        "memory",
        "brk get_mempolicy io_destroy io_setup io_uring_register madvise mbind migrate_pages mincore mlock \
         mlock2 mlockall mmap move_pages mprotect mremap msync munlock munlockall munmap pkey_mprotect \
         remap_file_pages set_mempolicy set_mempolicy_home_node shmat shmdt",
    ),
    (
        "process",
        "clone clone3 execve execveat exit exit_group fork kill pidfd_send_signal rt_sigqueueinfo \
         rt_tgsigqueueinfo tgkill tkill vfork wait4 waitid",
    ),
    (
        "creds",
        "capget capset getegid geteuid getgid getgroups getresgid getresuid getuid prctl setfsgid setfsuid \
         setgid setgroups setregid setresgid setresuid setreuid setuid",
    ),
    (
        "signal",
        "io_uring_enter kill pause pidfd_send_signal rt_sigaction rt_sigpending rt_sigprocmask \
         rt_sigqueueinfo rt_sigreturn rt_sigsuspend rt_sigtimedwait rt_tgsigqueueinfo sigaltstack signalfd \
         signalfd4 tgkill tkill",
    ),
    ("ipc", "msgctl msgget msgrcv msgsnd semctl semget semop semtimedop shmat shmctl shmdt shmget"),
    (
        "network",
        "accept accept4 bind connect getpeername getpmsg getsockname getsockopt listen putpmsg recvfrom \
         recvmmsg recvmsg sendfile sendmmsg sendmsg sendto setsockopt shutdown socket socketpair",
    ),
    ("stat", "stat"),
    ("lstat", "lstat"),
    ("fstat", "fstat newfstatat statx"),
    ("%stat", "fstat lstat newfstatat stat statx"),
    ("statfs", "statfs"),
    ("fstatfs", "fstatfs"),
    ("%statfs", "fstatfs statfs ustat"),
    ("pure", "getegid geteuid getgid getpgrp getpid getppid gettid getuid"),
    (
        "clock",
        "adjtimex clock_adjtime clock_getres clock_gettime clock_settime gettimeofday settimeofday time",
    ),
];

/// What the newer calls are in, by src/linux/generic/syscallent-common.h of strace 7.2. uprobe, number 336, takes no
/// argument, and strace has no row for it.
const NEWER: &[(&str, &[&str])] = &[
    ("cachestat", &["desc"]),
    ("fchmodat2", &["file", "desc"]),
    ("map_shadow_stack", &["memory"]),
    ("futex_wake", &[]),
    ("futex_wait", &[]),
    ("futex_requeue", &[]),
    ("statmount", &[]),
    ("listmount", &[]),
    ("lsm_get_self_attr", &[]),
    ("lsm_set_self_attr", &[]),
    ("lsm_list_modules", &[]),
    ("mseal", &["memory"]),
    ("setxattrat", &["file", "desc"]),
    ("getxattrat", &["file", "desc"]),
    ("listxattrat", &["file", "desc"]),
    ("removexattrat", &["file", "desc"]),
    ("open_tree_attr", &["file", "desc"]),
    ("file_getattr", &["file", "desc"]),
    ("file_setattr", &["file", "desc"]),
    ("listns", &[]),
    ("rseq_slice_yield", &[]),
];

#[test]
fn a_class_of_strace_has_the_calls_that_strace_shows_for_it() {
    let known: Vec<&str> =
        names::all(Abi::X86_64).filter_map(|(number, name)| (number <= NEWEST).then_some(name)).collect();
    for (name, expected) in ANSWERS {
        check(name, &known, expected);
    }
    check("net", &known, ANSWERS.iter().find(|(name, _)| *name == "network").expect("a row").1);
}

#[test]
fn calls_that_are_newer_than_that_are_where_a_newer_strace_has_them() {
    let newer: Vec<&str> =
        names::all(Abi::X86_64).filter_map(|(number, name)| (number > NEWEST).then_some(name)).collect();
    assert_eq!(newer, NEWER.iter().map(|(name, _)| *name).collect::<Vec<_>>());
    for (call, expected) in NEWER.iter().chain(&[("uprobe", &[][..])]) {
        let strace_s = class::of_call(call).filter(|class| class.origin == class::Origin::Strace);
        assert_eq!(strace_s.map(|class| class.name).collect::<Vec<_>>(), *expected, "{call}");
    }
}

/// Of i386, strace 6.1 was asked the same by `int 0x80`.
#[test]
fn the_older_names_of_i386_are_where_strace_has_them() {
    elsewhere("stat", "oldstat stat64");
    elsewhere("lstat", "lstat64 oldlstat");
    elsewhere("fstat", "fstat64 fstatat64 oldfstat");
    elsewhere("%stat", "fstat64 fstatat64 lstat64 oldfstat oldlstat oldstat stat64");
    elsewhere("statfs", "statfs64");
    elsewhere("fstatfs", "fstatfs64");
    elsewhere("%statfs", "fstatfs64 statfs64");
    elsewhere("clock", "clock_adjtime64 clock_getres_time64 clock_gettime64 clock_settime64");
    elsewhere("pure", "getegid32 geteuid32 getgid32 getuid32");
    elsewhere("process", "waitpid");
    elsewhere("memory", "break mmap2");
    elsewhere("ipc", "ipc semtimedop_time64");
    elsewhere("network", "recvmmsg_time64 sendfile64 socketcall");
    elsewhere(
        "signal",
        "rt_sigtimedwait_time64 sgetmask sigaction signal sigpending sigprocmask sigreturn sigsuspend \
         ssetmask",
    );
}

fn elsewhere(class: &str, expected: &str) {
    check(class, &super::only_of_i386(), expected);
}

#[test]
fn what_strace_takes_without_a_percent_sign_is_for_strace_s_spelling_alone() {
    for name in ["desc", "file", "memory", "process", "signal", "ipc", "network"] {
        assert_eq!(class::deprecated(name), class::of(name));
        assert!(class::deprecated(name).is_some(), "{name}");
    }
    // strace 6.1 calls the first an invalid system call; the others are calls, or ours.
    for name in ["net", "stat", "%stat", "persist", "all", ""] {
        assert_eq!(class::deprecated(name), None, "{name}");
    }
}
