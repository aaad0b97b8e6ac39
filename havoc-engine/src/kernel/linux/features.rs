//! What this kernel has of what havoc can do without, asked once at the start: kernels are asked, never their version.
use super::procfs;
use super::procmap_query::{self, NAME_SIZE};
use super::socket_calls::{self, Whose};
use crate::task::Tid;
use nix::errno::Errno;
use nix::fcntl::OFlag;
use nix::unistd::Pid;
use std::fs::File;
use std::mem::MaybeUninit;
use std::os::fd::AsRawFd;

/// Something that a kernel may lack. havoc then does the same in another way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Feature {
    /// PROCMAP_QUERY, an ioctl of /proc/TID/maps. Since Linux 6.11. Without it the text of the file is read.
    ProcmapQuery,
    /// process_vm_readv(2). A kernel may be built without it, and a container's profile may forbid it. Without it memory is
    /// read by /proc/TID/mem.
    ProcessVm,
    /// pidfd_getfd(2). Since Linux 5.6, and a container's profile may forbid it. Without it the addresses of sockets are
    /// read in /proc/TID/net, and asked for by sock_diag(7).
    PidfdGetfd,
    /// PTRACE_SET_SYSCALL_INFO. Since Linux 6.16. Nothing is done by it; that it is there is told.
    SetSyscallInfo,
}

impl Feature {
    /// Every one.
    pub const ALL: [Feature; 4] =
        [Feature::ProcmapQuery, Feature::ProcessVm, Feature::PidfdGetfd, Feature::SetSyscallInfo];

    /// Returns its name as `--debug-absent` has it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Feature::ProcmapQuery => "procmap-query",
            Feature::ProcessVm => "process-vm",
            Feature::PidfdGetfd => "pidfd-getfd",
            Feature::SetSyscallInfo => "set-syscall-info",
        }
    }
}

/// Tells whether this kernel has PROCMAP_QUERY.
pub(super) fn has_procmap_query() -> bool {
    let Ok(maps) = procfs::root().and_then(|proc| proc.open_below("self/maps", OFlag::O_RDONLY)) else {
        return false;
    };
    let maps = File::from(maps);
    match procmap_query::covering_or_next(&maps, 0, &mut [MaybeUninit::uninit(); NAME_SIZE]) {
        Ok(_) => true,
        // A name too long for the query is one that the query knows.
        Err(errno) => errno == Errno::ENAMETOOLONG,
    }
}

/// Tells whether this kernel has pidfd_getfd, and nobody forbids it: copies a descriptor of havoc itself.
pub(super) fn has_pidfd_getfd() -> bool {
    let own = Pid::this().as_raw();
    let Some(pidfd) = Tid::new(own).and_then(|tid| socket_calls::pidfd_open(tid, Whose::Process).ok()) else {
        return false;
    };
    socket_calls::pidfd_getfd(&pidfd, pidfd.as_raw_fd()).is_ok()
}

/// Which ways are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ways {
    /// Whether mappings are asked for by PROCMAP_QUERY.
    pub procmap_query: bool,
    /// Whether memory is read by process_vm_readv.
    pub process_vm: bool,
    /// Whether sockets are looked at through a copy.
    pub pidfd_getfd: bool,
}

impl Ways {
    /// Says how things are done here, and why where a better way is missing.
    pub fn lines(self) -> Vec<&'static str> {
        vec![
            if self.procmap_query {
                "mapped files by PROCMAP_QUERY"
            } else {
                "mapped files by the text of /proc/TID/maps, without PROCMAP_QUERY (Linux 6.11)"
            },
            if self.process_vm {
                "memory by process_vm_readv"
            } else {
                "memory by /proc/TID/mem, without process_vm_readv"
            },
            if self.pidfd_getfd {
                "sockets by pidfd_getfd"
            } else {
                "sockets by /proc/TID/net and sock_diag, without pidfd_getfd (Linux 5.6)"
            },
        ]
    }
}

/// Says how a tracer gives results, which this kernel may have PTRACE_SET_SYSCALL_INFO for: it is told and not used.
pub(super) const fn way_of_results(set_syscall_info: bool) -> &'static str {
    // At a seccomp stop PTRACE_SET_SYSCALL_INFO writes the number and the arguments, but no result: a fault takes a
    // register in any case, and single registers cost less than the whole structure.
    if set_syscall_info {
        "results by registers, beside PTRACE_SET_SYSCALL_INFO"
    } else {
        "results by registers, without PTRACE_SET_SYSCALL_INFO (Linux 6.16)"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_way_is_told_with_what_is_missing() {
        let lines = |all| {
            let mut lines = Ways { procmap_query: all, process_vm: all, pidfd_getfd: all }.lines();
            lines.push(way_of_results(all));
            lines
        };
        assert!(lines(true).iter().all(|line| !line.contains("without")), "{:?}", lines(true));
        assert!(lines(false).iter().all(|line| line.contains("without")), "{:?}", lines(false));
    }

    #[test]
    fn names_are_all_different() {
        let mut names = Feature::ALL.map(Feature::name);
        names.sort_unstable();
        assert!(names.windows(2).all(|pair| pair[0] != pair[1]));
    }
}
