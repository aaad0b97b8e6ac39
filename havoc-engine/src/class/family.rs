//! Calls that do the same for a program, and which of them it makes today: a table.
//!
//! A rule on one of them may never fire because the program, or its C library, makes another. Nothing of this is seen in a
//! run: a call that no rule names is not stopped.
use havoc_arch::{Arch, Native, names};

/// Calls of which a program makes one or the other.
#[derive(Debug, PartialEq, Eq)]
pub struct Family {
    /// The calls.
    calls: &'static [&'static str],
    /// Which of them today's programs make, as a sentence.
    pub today: &'static str,
    /// The class that has them all, with the `%`; empty if there is none.
    class: &'static str,
}

impl Family {
    /// Returns the set to write on this machine, so that none of them is missed.
    #[must_use]
    pub fn set(&self) -> String {
        match self.class {
            "" => self.here().collect::<Vec<_>>().join(","),
            class => class.to_owned(),
        }
    }

    /// Returns those of its calls that can be seen on this machine.
    pub fn here(&self) -> impl Iterator<Item = &'static str> {
        self.calls.iter().copied().filter(|call| names::judged(<Native as Arch>::ABI, call).next().is_some())
    }

    /// Tells whether the call is one of those that today's programs make.
    #[must_use]
    pub fn is_usual(&self, call: &str) -> bool {
        let is_in_name = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
        // What stands before it may be a verb: "C libraries open files by openat".
        let means =
            [" by ", " make "].iter().filter_map(|word| self.today.split_once(word)).map(|(_, means)| means);
        let means = means.max_by_key(|means| means.len()).unwrap_or_default();
        means.split(|letter: char| !is_in_name(letter)).any(|word| word == call)
    }

    /// Tells whether it has the call of this name.
    #[must_use]
    pub fn holds(&self, call: &str) -> bool {
        self.calls.contains(&call)
    }
}

/// Returns the family of the call of this name.
#[must_use]
pub fn of(call: &str) -> Option<&'static Family> {
    FAMILIES.iter().find(|family| family.holds(call))
}

/// By what C libraries do: the glibc manual and its sysdeps/unix/sysv/linux (2.26 made open an openat, 2.33 stat an fstatat, 2.34
/// fork a clone), musl's src/, and coreutils' src/copy.c (9.0 copies by FICLONE, else by copy_file_range).
#[rustfmt::skip]
static FAMILIES: &[Family] = &[
    Family { calls: &["open", "openat", "openat2", "creat"], class: "%open",
        today: "C libraries open files by openat, fopen too" },
    Family { calls: &["stat", "lstat", "fstat", "newfstatat", "fstatat64", "statx", "stat64", "lstat64", "fstat64", "oldstat", "oldlstat", "oldfstat"], class: "%%stat",
        today: "C libraries ask for stat and lstat by newfstatat, ls and many others by statx" },
    Family { calls: &["fsync", "fdatasync", "msync", "sync_file_range", "syncfs", "sync"], class: "%persist",
        today: "databases mostly make fdatasync, and what is mapped is written by msync" },
    Family { calls: &["rename", "renameat", "renameat2"], class: "",
        today: "C libraries rename by rename, renameat or renameat2, mv by renameat2" },
    Family { calls: &["unlink", "unlinkat", "rmdir"], class: "",
        today: "rm removes files and directories by unlinkat" },
    Family { calls: &["mkdir", "mkdirat"], class: "", today: "C libraries make directories by mkdir or mkdirat" },
    Family { calls: &["link", "linkat"], class: "", today: "ln links by linkat" },
    Family { calls: &["symlink", "symlinkat"], class: "", today: "ln links by symlinkat" },
    Family { calls: &["mknod", "mknodat"], class: "", today: "C libraries make nodes by mknod or mknodat" },
    Family { calls: &["readlink", "readlinkat"], class: "", today: "C libraries read links by readlink or readlinkat" },
    Family { calls: &["access", "faccessat", "faccessat2"], class: "",
        today: "C libraries ask by access, faccessat or faccessat2, many programs by newfstatat or openat" },
    Family { calls: &["chmod", "fchmod", "fchmodat", "fchmodat2"], class: "", today: "chmod changes modes by fchmodat" },
    Family { calls: &["chown", "fchown", "lchown", "fchownat", "chown32", "fchown32", "lchown32"], class: "",
        today: "chown changes owners by fchownat" },
    Family { calls: &["utime", "utimes", "futimesat", "utimensat", "utimensat_time64"], class: "",
        today: "C libraries set times by utimensat" },
    Family { calls: &["truncate", "ftruncate", "fallocate", "truncate64", "ftruncate64"], class: "%write-data",
        today: "a file is also cut by openat with O_TRUNC" },
    Family { calls: &["getdents", "getdents64", "readdir"], class: "", today: "C libraries read directories by getdents64" },
    Family { calls: &["read", "readv", "pread64", "preadv", "preadv2", "recvfrom", "recvmsg", "recvmmsg", "recvmmsg_time64"], class: "%read-data",
        today: "files are also read by pread64, readv or copy_file_range, sockets by recvfrom and recvmsg, and what is mapped without a call" },
    Family { calls: &["write", "writev", "pwrite64", "pwritev", "pwritev2", "copy_file_range", "sendfile", "splice", "sendto", "sendmsg", "sendmmsg", "sendfile64"], class: "%write-data",
        today: "cp copies by copy_file_range, or by ioctl with FICLONE; databases take pwrite64, sockets sendto and sendmsg" },
    Family { calls: &["lseek", "_llseek"], class: "", today: "32-bit programs seek by _llseek" },
    Family { calls: &["dup", "dup2", "dup3", "fcntl", "fcntl64"], class: "", today: "C libraries make dup2 a dup3 where there is none, and many programs take fcntl" },
    Family { calls: &["pipe", "pipe2"], class: "", today: "shells and runtimes make pipes by pipe2" },
    Family { calls: &["accept", "accept4"], class: "", today: "runtimes accept by accept4" },
    Family { calls: &["poll", "ppoll", "select", "pselect6", "epoll_wait", "epoll_pwait", "epoll_pwait2", "ppoll_time64", "pselect6_time64", "_newselect"], class: "%wait",
        today: "C libraries make poll a ppoll, select a pselect6 and epoll_wait an epoll_pwait on some machines" },
    Family { calls: &["epoll_create", "epoll_create1"], class: "", today: "runtimes make epoll_create1" },
    Family { calls: &["eventfd", "eventfd2"], class: "", today: "C libraries make eventfd2" },
    Family { calls: &["signalfd", "signalfd4"], class: "", today: "C libraries make signalfd4" },
    Family { calls: &["inotify_init", "inotify_init1"], class: "", today: "C libraries make inotify_init1" },
    Family { calls: &["fork", "vfork", "clone", "clone3"], class: "",
        today: "C libraries fork by clone, and start threads by clone3 or clone" },
    Family { calls: &["execve", "execveat"], class: "", today: "C libraries execute by execve, fexecve by execveat" },
    Family { calls: &["wait4", "waitid", "waitpid"], class: "", today: "C libraries wait for children by wait4 or waitid" },
    Family { calls: &["exit", "exit_group"], class: "", today: "C libraries end programs by exit_group" },
    Family { calls: &["kill", "tkill", "tgkill", "rt_sigqueueinfo", "pidfd_send_signal"], class: "",
        today: "C libraries raise signals by tgkill" },
    Family { calls: &["nanosleep", "clock_nanosleep", "clock_nanosleep_time64"], class: "", today: "C libraries sleep by clock_nanosleep" },
    Family { calls: &["alarm", "setitimer", "timer_settime", "timerfd_settime"], class: "", today: "C libraries make alarm a setitimer where there is none" },
    Family { calls: &["brk", "mmap", "mremap", "mmap2"], class: "%memory", today: "C libraries get memory for malloc by brk, and by mmap for large pieces" },
    Family { calls: &["getrlimit", "setrlimit", "prlimit64", "ugetrlimit"], class: "", today: "C libraries ask for limits by prlimit64" },
    Family { calls: &["time", "gettimeofday", "clock_gettime", "clock_gettime64"], class: "", today: "the vDSO answers most of these without a call" },
    Family { calls: &["statfs", "fstatfs", "statfs64", "fstatfs64"], class: "%%statfs", today: "df asks by statfs" },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::class;
    use havoc_arch::Abi;
    use std::collections::BTreeSet;

    #[test]
    fn every_member_is_a_call_and_in_one_family_alone() {
        let mut seen = BTreeSet::new();
        for call in FAMILIES.iter().flat_map(|family| family.calls) {
            assert!(seen.insert(*call), "{call} is there twice");
        }
        seen.retain(|call| Abi::ALL.into_iter().all(|abi| names::number_of(abi, call).is_none()));
        assert_eq!(seen, BTreeSet::new(), "these are no calls");
    }

    #[test]
    fn a_class_that_is_told_of_holds_the_whole_family() {
        for family in FAMILIES.iter().filter(|family| !family.class.is_empty()) {
            let class = class::of(&family.class[1..]).unwrap_or_else(|| panic!("{}", family.class));
            let lacking: Vec<_> = family.calls.iter().filter(|call| !class.contains(call)).collect();
            assert!(lacking.is_empty(), "{} lacks {lacking:?}", family.class);
        }
    }

    #[test]
    fn a_family_without_a_class_is_told_as_a_set_of_its_calls() {
        let set = of("mkdir").map(Family::set);
        match names::number_of(Native::ABI, "mkdir") {
            Some(_) => assert_eq!(set.as_deref(), Some("mkdir,mkdirat")),
            // Only the younger one is left.
            None => assert_eq!(set.as_deref(), Some("mkdirat")),
        }
        assert_eq!(of("open").map(Family::set).as_deref(), Some("%open"));
        assert_eq!(of("getpid"), None);
    }

    #[test]
    fn a_call_that_is_made_today_is_told_from_one_that_was() {
        for (call, expected) in [
            ("open", false),
            ("openat", true),
            ("unlink", false),
            ("unlinkat", true),
            ("fsync", false),
            ("write", false),
        ] {
            assert_eq!(of(call).map(|family| family.is_usual(call)), Some(expected), "{call}");
        }
    }
}
