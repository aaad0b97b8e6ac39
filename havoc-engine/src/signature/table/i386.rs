//! Calls that only i386 has, and those whose arguments are others there: 64-bit values lie in two registers, the low half
//! first, and what came before the 32-bit ids and the 64-bit offsets is still there.
//! arch/x86/entry/syscalls/syscall_32.tbl, arch/x86/kernel/sys_ia32.c.
use super::call;
use super::memory::MAP_FLAGS;
use crate::signature::layout;
use crate::signature::names::{file::*, memory::PROTECTION, network::*, process::*};
use crate::signature::{Kind, Kind::*, ResultKind, Signature};

const RAW: &[Kind] = &[Word; 6];

/// A 64-bit value whose low half is argument `low`. The high half behind it is [`Unused`]: it is not shown again.
const fn split(low: u8) -> Kind {
    Split { low, high: low + 1 }
}

/// The rows that hold on i386 and nowhere else.
pub(in crate::signature) const CALLS: &[Signature] = &[
    // other arguments
    call("pread64", &[Fd, BufferOut, Size, split(3), Unused]),
    call("pwrite64", &[Fd, BufferIn { length: 2 }, Size, split(3), Unused]),
    call("preadv", &[Fd, VectorOut { count: 2 }, Size, split(3), Unused]),
    call("pwritev", &[Fd, VectorIn { count: 2 }, Size, split(3), Unused]),
    call("preadv2", &[Fd, VectorOut { count: 2 }, Size, split(3), Unused, Flags(RWF)]),
    call("pwritev2", &[Fd, VectorIn { count: 2 }, Size, split(3), Unused, Flags(RWF)]),
    call("readahead", &[Fd, split(1), Unused, Size]),
    call("sync_file_range", &[Fd, split(1), Unused, split(3), Unused, Flags(SYNC_RANGE)]),
    call("fallocate", &[Fd, Flags(FALLOCATE), split(2), Unused, split(4), Unused]),
    call("fadvise64", &[Fd, split(1), Unused, Size, OneOf(FADVISE)]),
    // No bit of the mask lies in its high half.
    call("fanotify_mark", &[Fd, Flags(FANOTIFY_MARK), Flags(FANOTIFY), Unused, DirFd, Path]),
    call("lookup_dcookie", &[split(0), Unused, BufferOut, Size]),
    // struct mmap_arg_struct32 and struct compat_sel_arg_struct hold the arguments.
    call("mmap", &[Block]).gives(ResultKind::Address),
    call("select", &[Block]),
    // files
    call("mmap2", &[Range { length: 1 }, Size, Flags(PROTECTION), MAP_FLAGS, Fd, Pages])
        .gives(ResultKind::Address),
    call("_llseek", &[Fd, Split { low: 2, high: 1 }, Unused, Out(&layout::OFFSET64), OneOf(WHENCE)]),
    call("truncate64", &[Path, split(1), Unused]),
    call("ftruncate64", &[Fd, split(1), Unused]),
    call("fadvise64_64", &[Fd, split(1), Unused, split(3), Unused, OneOf(FADVISE)]),
    call("sendfile64", &[Fd, Fd, InOut(&layout::OFFSET64), Size]),
    call("fcntl64", &[Fd, OneOf(FCNTL), Word]).gives(ResultKind::Fcntl),
    call("oldstat", &[Path, Address]),
    call("oldlstat", &[Path, Address]),
    call("oldfstat", &[Fd, Address]),
    call("stat64", &[Path, Out(&layout::STAT)]),
    call("lstat64", &[Path, Out(&layout::STAT)]),
    call("fstat64", &[Fd, Out(&layout::STAT)]),
    call("fstatat64", &[DirFd, Path, Out(&layout::STAT), Flags(AT)]),
    call("statfs64", &[Path, Size, Out(&layout::STATFS64)]),
    call("fstatfs64", &[Fd, Size, Out(&layout::STATFS64)]),
    call("stat", &[Path, Out(&layout::COMPAT_STAT)]),
    call("lstat", &[Path, Out(&layout::COMPAT_STAT)]),
    call("fstat", &[Fd, Out(&layout::COMPAT_STAT)]),
    call("chown32", &[Path, Id, Id]),
    call("lchown32", &[Path, Id, Id]),
    call("fchown32", &[Fd, Id, Id]),
    call("umount", &[Path]),
    call("readdir", &[Fd, Address, Uint]),
    call("_newselect", &[Int, SET, SET, SET, In(&layout::TIMEVAL)]).gives(ResultKind::Selected),
    // The descriptors and addresses stand in memory.
    call("socketcall", &[OneOf(SOCKET_CALL), Address]),
    call("ipc", &[OneOf(IPC_CALL), Word, Word, Word, Word, Word]),
    // who it is
    call("getuid32", &[]),
    call("getgid32", &[]),
    call("geteuid32", &[]),
    call("getegid32", &[]),
    call("setuid32", &[Id]),
    call("setgid32", &[Id]),
    call("setreuid32", &[Id, Id]),
    call("setregid32", &[Id, Id]),
    call("setresuid32", &[Id, Id, Id]),
    call("setresgid32", &[Id, Id, Id]),
    call("getresuid32", &[Out(&layout::ID), Out(&layout::ID), Out(&layout::ID)]),
    call("getresgid32", &[Out(&layout::ID), Out(&layout::ID), Out(&layout::ID)]),
    call("setfsuid32", &[Id]),
    call("setfsgid32", &[Id]),
    call("getgroups32", &[Int, Out(&layout::GROUPS_OUT)]),
    call("setgroups32", &[Int, In(&layout::GROUPS)]),
    // ids of 16 bits
    call("chown", &[Path, Id16, Id16]),
    call("lchown", &[Path, Id16, Id16]),
    call("fchown", &[Fd, Id16, Id16]),
    call("setuid", &[Id16]),
    call("setgid", &[Id16]),
    call("setreuid", &[Id16, Id16]),
    call("setregid", &[Id16, Id16]),
    call("setresuid", &[Id16, Id16, Id16]),
    call("setresgid", &[Id16, Id16, Id16]),
    call("setfsuid", &[Id16]),
    call("setfsgid", &[Id16]),
    call("getresuid", &[Out(&layout::ID16), Out(&layout::ID16), Out(&layout::ID16)]),
    call("getresgid", &[Out(&layout::ID16), Out(&layout::ID16), Out(&layout::ID16)]),
    call("getgroups", &[Int, Out(&layout::GROUPS16_OUT)]),
    call("setgroups", &[Int, In(&layout::GROUPS16)]),
    // processes, signals, time, the machine
    call("waitpid", &[Task, OutIfPositive(&layout::WAIT_STATUS), Flags(WAIT)]).gives(ResultKind::Task),
    call("nice", &[Int]),
    call("getrlimit", &[OneOf(RESOURCE), Out(&layout::RLIMIT32)]),
    call("setrlimit", &[OneOf(RESOURCE), In(&layout::RLIMIT32)]),
    call("ugetrlimit", &[OneOf(RESOURCE), Out(&layout::RLIMIT32)]),
    call("signal", &[Kind::Signal, Address]).gives(ResultKind::Address),
    call("sigaction", &[Kind::Signal, In(&layout::OLD_SIGACTION), Out(&layout::OLD_SIGACTION)]),
    call("sigprocmask", &[OneOf(SIGNAL_MASK), In(&layout::OLD_SIGNAL_SET), Out(&layout::OLD_SIGNAL_SET)]),
    call("sigpending", &[Out(&layout::OLD_SIGNAL_SET)]),
    call("sigsuspend", &[Unused, Unused, Hex]),
    call("sgetmask", &[]).gives(ResultKind::Hex),
    call("ssetmask", &[Hex]).gives(ResultKind::Hex),
    call("sigreturn", &[]),
    call("stime", &[Address]),
    call("olduname", &[Address]),
    call("oldolduname", &[Address]),
    call("vm86old", &[Address]),
    call("vm86", &[Hex, Address]),
    // a number and nothing behind it
    call("bdflush", RAW),
    call("break", RAW),
    call("ftime", RAW),
    call("gtty", RAW),
    call("idle", RAW),
    call("lock", RAW),
    call("mpx", RAW),
    call("prof", RAW),
    call("profil", RAW),
    call("stty", RAW),
    call("ulimit", RAW),
];

const SET: Kind = FdSet { count: 0 };
