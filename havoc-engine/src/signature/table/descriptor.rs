//! Calls that take a descriptor, and those that make one without a path.
use super::call;
use crate::signature::layout;
use crate::signature::names::file::*;
use crate::signature::{Kind, Kind::*, ResultKind, Signature};

/// The rows of this family.
pub(super) const CALLS: &[Signature] = &[
    // read and write
    call("read", &[Fd, BufferOut, Size]),
    call("write", &[Fd, BufferIn { length: 2 }, Size]),
    call("pread64", &[Fd, BufferOut, Size, Long]),
    call("pwrite64", &[Fd, BufferIn { length: 2 }, Size, Long]),
    call("readv", &[Fd, VectorOut { count: 2 }, Size]),
    call("writev", &[Fd, VectorIn { count: 2 }, Size]),
    // The offset is split into two registers, and the upper one is ignored where a long has 64 bits, fs/read_write.c.
    call("preadv", &[Fd, VectorOut { count: 2 }, Size, Long]),
    call("pwritev", &[Fd, VectorIn { count: 2 }, Size, Long]),
    call("preadv2", &[Fd, VectorOut { count: 2 }, Size, Long, Unused, Flags(RWF)]),
    call("pwritev2", &[Fd, VectorIn { count: 2 }, Size, Long, Unused, Flags(RWF)]),
    call("sendfile", &[Fd, Fd, InOut(&layout::OFFSET), Size]),
    call("copy_file_range", &[Fd, In(&layout::OFFSET64), Fd, In(&layout::OFFSET64), Size, Flags(&[])]),
    call("splice", &[Fd, In(&layout::OFFSET64), Fd, In(&layout::OFFSET64), Size, Flags(SPLICE)]),
    call("tee", &[Fd, Fd, Size, Flags(SPLICE)]),
    call("vmsplice", &[Fd, VectorIn { count: 2 }, Size, Flags(SPLICE)]),
    call("getdents", &[Fd, Address, Uint]),
    call("getdents64", &[Fd, Entries, Uint]),
    // the file behind it
    call("lseek", &[Fd, Long, OneOf(WHENCE)]),
    call("fsync", &[Fd]),
    call("fdatasync", &[Fd]),
    call("syncfs", &[Fd]),
    call("sync_file_range", &[Fd, Long, Long, Flags(SYNC_RANGE)]),
    call("ftruncate", &[Fd, Long]),
    call("fallocate", &[Fd, Flags(FALLOCATE), Long, Long]),
    call("fadvise64", &[Fd, Long, Size, OneOf(FADVISE)]),
    call("readahead", &[Fd, Long, Size]),
    call("cachestat", &[Fd, Address, Address, Flags(&[])]),
    call("fstat", &[Fd, Out(&layout::STAT)]),
    call("fstatfs", &[Fd, Out(&layout::STATFS)]),
    call("fchmod", &[Fd, Mode]),
    call("fchown", &[Fd, Id, Id]),
    call("fchdir", &[Fd]),
    call("fsetxattr", &[Fd, Text, BufferIn { length: 3 }, Size, Flags(XATTR)]),
    call("fgetxattr", &[Fd, Text, BufferOut, Size]),
    call("flistxattr", &[Fd, BufferOut, Size]),
    call("fremovexattr", &[Fd, Text]),
    call("flock", &[Fd, Flags(FLOCK)]),
    call("fcntl", &[Fd, OneOf(FCNTL), Word]).gives(ResultKind::Fcntl),
    call("ioctl", &[Fd, OneOf(IOCTL), Word]),
    // the descriptor itself
    call("close", &[Fd]),
    call("close_range", &[Uint, Uint, Flags(CLOSE_RANGE)]),
    call("dup", &[Fd]).gives(ResultKind::Fd),
    call("dup2", &[Fd, Fd]).gives(ResultKind::Fd),
    call("dup3", &[Fd, Fd, OpenBits]).gives(ResultKind::Fd),
    call("pipe", &[Out(&layout::FD_PAIR)]),
    call("pipe2", &[Out(&layout::FD_PAIR), OpenBits]),
    // waiting for descriptors
    call("select", &[Int, SET, SET, SET, In(&layout::TIMEVAL)]).gives(ResultKind::Selected),
    call("pselect6", &[Int, SET, SET, SET, Timespec, MASK]).gives(ResultKind::Selected),
    call("pselect6_time64", &[Int, SET, SET, SET, Timespec, MASK]).gives(ResultKind::Selected),
    call("poll", &[In(&layout::POLL), Uint, Int]).gives(ResultKind::Polled),
    call("ppoll", &[In(&layout::POLL), Uint, Timespec, SIGNALS, Size]).gives(ResultKind::Polled),
    call("ppoll_time64", &[In(&layout::POLL), Uint, Timespec, SIGNALS, Size]).gives(ResultKind::Polled),
    call("epoll_create", &[Int]).gives(ResultKind::Fd),
    call("epoll_create1", &[Flags(EPOLL_CREATE)]).gives(ResultKind::Fd),
    call("epoll_ctl", &[Fd, OneOf(EPOLL_CTL), Fd, In(&layout::EPOLL_EVENT)]),
    call("epoll_wait", &[Fd, EVENTS, Int, Int]),
    call("epoll_pwait", &[Fd, EVENTS, Int, Int, SIGNALS, Size]),
    call("epoll_pwait2", &[Fd, EVENTS, Int, Timespec, SIGNALS, Size]),
    // made without a path
    call("eventfd", &[Uint]).gives(ResultKind::Fd),
    call("eventfd2", &[Uint, Flags(EVENTFD)]).gives(ResultKind::Fd),
    call("inotify_init", &[]).gives(ResultKind::Fd),
    call("inotify_init1", &[Flags(INOTIFY_INIT)]).gives(ResultKind::Fd),
    call("inotify_rm_watch", &[Fd, Int]),
    call("fanotify_init", &[Flags(FANOTIFY_INIT), OpenFlags]).gives(ResultKind::Fd),
    // asynchronous; the descriptors stand in memory
    call("io_setup", &[Uint, Address]),
    call("io_destroy", &[Word]),
    call("io_submit", &[Word, Long, Address]),
    call("io_cancel", &[Word, Address, Address]),
    call("io_getevents", &[Word, Long, Long, Address, Timespec]),
    call("io_pgetevents", &[Word, Long, Long, Address, Timespec, MASK]),
    call("io_pgetevents_time64", &[Word, Long, Long, Address, Timespec, MASK]),
    call("io_uring_setup", &[Uint, Address]).gives(ResultKind::Fd),
    call("io_uring_enter", &[Fd, Uint, Uint, Flags(URING_ENTER), Address, Size]),
    call("io_uring_register", &[Fd, Uint, Address, Uint]),
];

const SET: Kind = FdSet { count: 0 };
const EVENTS: Kind = Out(&layout::EPOLL_EVENTS);
const SIGNALS: Kind = In(&layout::SIGNAL_SET);
const MASK: Kind = In(&layout::SIZED_SIGNAL_SET);
