//! Which calls of havoc fail, and with which errors: those that a kernel gives to the call that havoc makes.
//!
//! Left out are errors that would be a lie. ESRCH for a task that is stopped, and ENOENT of a notification that still waits, say
//! that it is gone; EFAULT of the program's memory, that its own pointer is bad, so that the call is going to fail; EBADF and
//! most of EINVAL, that havoc is wrong.

/// A call, and errors of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Call {
    /// Its name, as strace has it.
    pub name: &'static str,
    /// The errors.
    pub errors: &'static [&'static str],
    /// Where it says so, or what gives them.
    pub source: &'static str,
}

const fn call(name: &'static str, errors: &'static [&'static str], source: &'static str) -> Call {
    Call { name, errors, source }
}

/// No descriptor, or no memory for one.
const NO_DESCRIPTOR: &[&str] = &["EMFILE", "ENFILE", "ENOMEM"];
const NO_MEMORY: &[&str] = &["ENOMEM"];
const OF_STAT: &[&str] = &["EACCES", "ENOENT", "ENOMEM"];
const OF_ATTRIBUTE: &[&str] = &["EACCES", "ENOMEM", "ENOSYS", "EPERM"];
const OF_READ: &[&str] = &["EINTR", "EIO", "ENOMEM"];
const OF_WRITE: &[&str] = &["EAGAIN", "EINTR", "EIO", "ENOSPC"];
const OF_FORK: &[&str] = &["EAGAIN", "ENOMEM"];
const OF_MESSAGE: &[&str] = &["EINTR", "ENOBUFS", "ENOMEM"];

/// The calls that fail.
pub const CALLS: &[Call] = &[
    call("clone", OF_FORK, "clone(2); EAGAIN: RLIMIT_NPROC, pids.max"),
    call("clone3", &["EAGAIN", "ENOMEM", "ENOSYS"], "clone(2); ENOSYS: Docker's profile"),
    call("dup3", &["EBUSY", "EMFILE"], "dup(2)"),
    call("epoll_create1", NO_DESCRIPTOR, "epoll_create(2)"),
    call("epoll_ctl", &["ENOMEM", "ENOSPC"], "epoll_ctl(2)"),
    call("epoll_pwait", &["EINTR"], "epoll_wait(2)"),
    call("epoll_wait", &["EINTR"], "epoll_wait(2)"),
    call("eventfd2", NO_DESCRIPTOR, "eventfd(2)"),
    call(
        "faccessat2",
        &["EACCES", "ENOENT", "ENOSYS", "EPERM"],
        "access(2); ENOSYS, EPERM: kernels before 5.8, profiles",
    ),
    call("fcntl", &["EMFILE"], "fcntl(2), F_DUPFD"),
    call("fork", OF_FORK, "fork(2)"),
    call("fsconfig", &["EACCES", "ENOMEM", "ENOSYS", "EPERM"], "fs/fsopen.c; kernels before 5.2, profiles"),
    call("fsmount", &["EMFILE", "ENOMEM", "ENOSYS", "EPERM"], "fs/namespace.c; kernels before 5.2, profiles"),
    call("fsopen", &["EMFILE", "ENOMEM", "ENOSYS", "EPERM"], "fs/fsopen.c; kernels before 5.2, profiles"),
    call("fstat", NO_MEMORY, "stat(2)"),
    call("fstatfs", &["EINTR", "EIO", "ENOMEM", "ENOSYS"], "statfs(2)"),
    call("futex", &["EAGAIN", "EINTR"], "futex(2)"),
    call("getcwd", &["ENOENT", "ENOMEM"], "getcwd(2); ENOENT: the directory was removed"),
    call("getdents64", &["ENOENT", "ENOMEM"], "getdents(2); fs/proc/base.c"),
    call("getpeername", &["EACCES"], "security modules: net/socket.c"),
    call("getrandom", &["EINTR", "ENOSYS"], "getrandom(2); ENOSYS: profiles"),
    call("getsockname", &["EACCES"], "security modules: net/socket.c"),
    call("getsockopt", &["EACCES"], "security modules: net/socket.c"),
    call("getxattr", &["EACCES", "ENOMEM"], "getxattr(2); security modules"),
    call("getxattrat", OF_ATTRIBUTE, "fs/xattr.c; kernels before 6.13, profiles"),
    call(
        "ioctl",
        &["EINTR", "ENOMEM", "ENOTTY"],
        "ioctl(2); EINTR: mutex_lock_interruptible in kernel/seccomp.c; ENOTTY: older kernels",
    ),
    call("kill", &["EPERM"], "kill(2); security modules"),
    call("madvise", &["EAGAIN", "ENOMEM"], "madvise(2)"),
    call("mmap", NO_MEMORY, "mmap(2)"),
    call("mprotect", NO_MEMORY, "mprotect(2)"),
    call("mremap", NO_MEMORY, "mremap(2)"),
    call("munmap", NO_MEMORY, "munmap(2); the mapping is parted, and there are too many"),
    call("newfstatat", OF_STAT, "stat(2); ENOENT: /proc is hidden, or something is mounted over it"),
    call("open", &["EACCES", "EMFILE", "ENFILE", "ENOENT", "ENOMEM"], "open(2)"),
    call("openat", &["EACCES", "EMFILE", "ENFILE", "ENOENT", "ENOMEM"], "open(2); ENOENT: as newfstatat"),
    call(
        "openat2",
        &["EACCES", "EAGAIN", "EMFILE", "ENFILE", "ENOENT", "ENOMEM", "ENOSYS", "EPERM", "EXDEV"],
        "openat2(2); ENOSYS, EPERM: kernels before 5.6, profiles",
    ),
    call("pidfd_getfd", &["EMFILE", "ENOSYS", "EPERM"], "pidfd_getfd(2); EPERM: Docker's profile"),
    call("pidfd_open", &["EMFILE", "ENFILE", "ENOMEM", "ENOSYS", "EPERM"], "pidfd_open(2); EPERM: profiles"),
    call("pidfd_send_signal", &["ENOSYS", "EPERM"], "pidfd_send_signal(2); profiles, security modules"),
    call("pipe2", NO_DESCRIPTOR, "pipe(2)"),
    call("poll", &["EINTR", "ENOMEM"], "poll(2)"),
    call("ppoll", &["EINTR", "ENOMEM"], "poll(2)"),
    call("prctl", &["EINVAL", "EPERM"], "prctl(2); EINVAL: older kernels"),
    call("pread64", OF_READ, "read(2)"),
    call("prlimit64", &["EPERM"], "getrlimit(2); security modules"),
    call("process_vm_readv", &["ENOMEM", "ENOSYS", "EPERM"], "process_vm_readv(2); EPERM: Docker's profile"),
    call("process_vm_writev", &["ENOMEM", "ENOSYS", "EPERM"], "process_vm_readv(2)"),
    call("ptrace", &["EIO", "EPERM"], "ptrace(2); security modules"),
    call("pwrite64", OF_WRITE, "write(2)"),
    call("read", OF_READ, "read(2); ENOMEM: fs/seq_file.c"),
    call("readlink", &["EACCES", "ENAMETOOLONG", "ENOENT", "ENOMEM"], "readlink(2)"),
    call(
        "readlinkat",
        &["EACCES", "ENAMETOOLONG", "ENOENT", "ENOMEM"],
        "readlink(2); ENAMETOOLONG: do_proc_readlink in fs/proc/base.c, a path longer than a page; ENOENT: as newfstatat",
    ),
    call("recvfrom", &["EINTR", "ENOMEM"], "recv(2)"),
    call("recvmsg", &["EINTR", "ENOMEM"], "recv(2)"),
    call("seccomp", &["EBUSY", "EINVAL", "ENOMEM"], "seccomp(2)"),
    call("sendmsg", OF_MESSAGE, "send(2)"),
    call("sendto", OF_MESSAGE, "send(2)"),
    call("setsid", &["EPERM"], "setsid(2)"),
    call("signalfd4", NO_DESCRIPTOR, "signalfd(2)"),
    call("socket", &["EACCES", "EAFNOSUPPORT", "EMFILE", "ENFILE", "ENOMEM"], "socket(2)"),
    call("socketpair", NO_DESCRIPTOR, "socketpair(2)"),
    call("statfs", &["EACCES", "EINTR", "EIO", "ENOMEM", "ENOSYS"], "statfs(2)"),
    call(
        "statx",
        &["EACCES", "ENOENT", "ENOMEM", "ENOSYS", "EPERM"],
        "statx(2); ENOSYS, EPERM: profiles older than the call",
    ),
    call("tgkill", &["EAGAIN", "EPERM"], "tgkill(2)"),
    call("unshare", &["ENOMEM", "EPERM"], "unshare(2); EPERM: profiles"),
    call("vfork", OF_FORK, "vfork(2)"),
    call("wait4", &["EINTR"], "wait(2)"),
    call("waitid", &["EINTR"], "wait(2)"),
    call("write", OF_WRITE, "write(2)"),
    call("writev", OF_WRITE, "write(2)"),
];

/// An error that the call gives, but not with such an argument.
struct Never {
    call: &'static str,
    error: &'static str,
    /// What strace's line of the call holds; `#` stands for a number.
    argument: &'static str,
    /// Why not.
    why: &'static str,
}

const fn never(call: &'static str, error: &'static str, argument: &'static str, why: &'static str) -> Never {
    Never { call, error, argument, why }
}

const NO_ALLOCATION: &str = "allocates nothing: kernel/seccomp.c";
const HAS_REQUEST: &str = "every kernel that has listeners has it: kernel/seccomp.c";

const NEVER: &[Never] = &[
    never("fcntl", "EMFILE", "F_GET", "only F_DUPFD makes a descriptor"),
    never("fcntl", "EMFILE", "F_SET", "only F_DUPFD makes a descriptor"),
    never("ioctl", "ENOMEM", "SECCOMP_IOCTL_NOTIF_ID_VALID", NO_ALLOCATION),
    never("ioctl", "ENOMEM", "SECCOMP_IOCTL_NOTIF_RECV", NO_ALLOCATION),
    never("ioctl", "ENOMEM", "SECCOMP_IOCTL_NOTIF_SEND", NO_ALLOCATION),
    never("ioctl", "ENOTTY", "SECCOMP_IOCTL_NOTIF_ID_VALID", HAS_REQUEST),
    never("ioctl", "ENOTTY", "SECCOMP_IOCTL_NOTIF_RECV", HAS_REQUEST),
    never("ioctl", "ENOTTY", "SECCOMP_IOCTL_NOTIF_SEND", HAS_REQUEST),
    never(
        "readlinkat",
        "ENOENT",
        ", \"#\", ",
        "the directory of descriptors is open, and the number is not: fs/proc/fd.c",
    ),
];

/// Returns both tables, as people read them: a call a line, then what is left out for some arguments.
pub fn shown() -> String {
    let mut text = String::new();
    for Call { name, errors, source } in CALLS {
        text += &format!("{name:<18} {:<58} {source}\n", errors.join(" "));
    }
    for Never { call, error, argument, why } in NEVER {
        text += &format!("{call:<18} not {error} with {argument}: {why}\n");
    }
    text
}

/// Tells whether no kernel gives this error to the call that strace shows so.
pub fn is_never_given(call: &str, error: &str, shown: &str) -> bool {
    let shown = without_numbers(shown);
    NEVER.iter().any(|never| never.call == call && never.error == error && shown.contains(never.argument))
}

/// Returns a text with `#` in the place of each number.
fn without_numbers(text: &str) -> String {
    let mut result = String::new();
    for letter in text.chars() {
        match letter {
            '0'..='9' if result.ends_with('#') => {}
            '0'..='9' => result.push('#'),
            other => result.push(other),
        }
    }
    result
}

/// Calls that do not fail here, and why not.
pub const SPARED: &[(&str, &str)] = &[
    ("access", "the dynamic loader asks for a file that hardly anybody has"),
    ("arch_prctl", "the dynamic loader ends by itself without it"),
    ("brk", "has no error: it returns the old end"),
    ("chdir", "a failure to leave a directory is of no consequence"),
    ("clock_gettime", "fails by a bad argument only"),
    ("close", "closes also where it says that it failed, which an injected error does not"),
    ("close_range", "fails by a bad argument only, but for what close does"),
    ("dup2", "fails by a bad argument, or by a race for a number that nobody else takes"),
    ("execve", "this is the start of havoc itself"),
    ("exit", "does not return"),
    ("exit_group", "does not return"),
    ("getegid", "cannot fail"),
    ("geteuid", "cannot fail"),
    ("getgid", "cannot fail"),
    ("getpgid", "fails by a bad argument only"),
    ("getpgrp", "cannot fail"),
    ("getpid", "cannot fail"),
    ("getppid", "cannot fail"),
    ("getsid", "fails by a bad argument only"),
    ("gettid", "cannot fail"),
    ("getuid", "cannot fail"),
    ("lseek", "fails by a bad argument only"),
    ("restart_syscall", "goes on with another call"),
    ("rseq", "libc does without"),
    ("rt_sigaction", "fails by a bad argument only"),
    ("rt_sigprocmask", "fails by a bad argument only"),
    ("rt_sigreturn", "has no result"),
    ("sched_getaffinity", "fails by a bad argument only"),
    ("sched_yield", "cannot fail"),
    ("set_robust_list", "fails by a bad argument only"),
    ("set_tid_address", "cannot fail"),
    ("setitimer", "fails by a bad argument only"),
    ("sigaltstack", "fails by a bad argument only"),
    ("syscall_0x1d0", "getxattrat, which a strace that has no name for it cannot have fail"),
    ("timerfd_settime", "fails by a bad argument only"),
    ("umask", "cannot fail"),
    ("uname", "fails by a bad argument only"),
];

/// Returns the errors of a call; none of one that is spared, and nothing of one that nobody has thought about.
pub fn errors(name: &str) -> Option<&'static [&'static str]> {
    let is_spared = SPARED.iter().any(|(spared, _)| *spared == name);
    let call = CALLS.iter().find(|call| call.name == name);
    call.map(|call| call.errors).or(is_spared.then_some(&[]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_call_is_in_one_table_in_order_and_with_a_reason() {
        let names: Vec<&str> = CALLS.iter().map(|call| call.name).collect();
        assert!(names.is_sorted_by(|a, b| a < b), "{names:?}");
        assert!(SPARED.is_sorted_by(|(a, _), (b, _)| a < b), "{SPARED:?}");
        for call in CALLS {
            assert!(!call.errors.is_empty() && !call.source.is_empty(), "{call:?}");
            assert!(call.errors.is_sorted_by(|a, b| a < b), "{call:?}");
            assert!(SPARED.iter().all(|(spared, _)| *spared != call.name), "{call:?}");
        }
    }

    #[test]
    fn an_error_is_left_out_for_arguments_that_never_get_it() {
        for never in NEVER {
            let of_call = errors(never.call).expect("it is in the table");
            assert!(of_call.contains(&never.error) && !never.why.is_empty(), "{}", never.call);
        }
        assert!(is_never_given("ioctl", "ENOMEM", "ioctl(7, SECCOMP_IOCTL_NOTIF_ID_VALID, [0x7]) = -1"));
        assert!(!is_never_given("ioctl", "EINTR", "ioctl(7, SECCOMP_IOCTL_NOTIF_ID_VALID, [0x7]) = -1"));
        assert!(is_never_given("readlinkat", "ENOENT", "readlinkat(11, \"13\", 0x55, 4096) = -1"));
        assert!(!is_never_given("readlinkat", "ENOENT", "readlinkat(11, \"13/exe\", 0x55, 4096) = -1"));
        assert!(!is_never_given("fcntl", "EMFILE", "fcntl(1, F_DUPFD_CLOEXEC, 3) = -1"));
    }

    #[test]
    fn a_call_has_errors_or_none_or_was_forgotten() {
        assert_eq!(errors("wait4"), Some(&["EINTR"][..]));
        assert_eq!(errors("brk"), Some(&[][..]));
        assert_eq!(errors("nosuch"), None);
    }
}
