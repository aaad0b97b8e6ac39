//! Calls whose later arguments depend on an earlier one: what they are in this very call, as a table for each.
use super::Kind::{self, *};
use super::Signature;
use super::layout;
use super::names::{file, memory, process};
use super::table::FUTEX_OPERATION;

/// Which call it is of those whose arguments, or the files that they name, depend on the values of arguments. Found by name
/// when havoc is compiled: this is asked at every stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Varies {
    Never,
    Fcntl,
    Fcntl64,
    Futex,
    Prctl,
    EpollCtl,
    Fsconfig,
    Ioctl,
    Clone,
    Mmap,
    Mremap,
    Mknod,
    Mknodat,
    ProcessMadvise,
}

impl Varies {
    pub(super) const fn of(name: &str) -> Varies {
        match name.as_bytes() {
            b"fcntl" => Varies::Fcntl,
            b"fcntl64" => Varies::Fcntl64,
            b"futex" | b"futex_time64" => Varies::Futex,
            b"prctl" => Varies::Prctl,
            b"epoll_ctl" => Varies::EpollCtl,
            b"fsconfig" => Varies::Fsconfig,
            b"ioctl" => Varies::Ioctl,
            b"clone" => Varies::Clone,
            b"mmap" | b"mmap2" => Varies::Mmap,
            b"mremap" => Varies::Mremap,
            b"mknod" => Varies::Mknod,
            b"mknodat" => Varies::Mknodat,
            b"process_madvise" => Varies::ProcessMadvise,
            _ => Varies::Never,
        }
    }
}

/// Returns the kinds of a call with these arguments; arguments that the call does not read are left out at the end.
pub(super) fn of_call(signature: &Signature, arguments: &[u64; 6]) -> &'static [Kind] {
    // The kernel reads commands as an int or unsigned int.
    let command = |index: usize| u64::from(arguments[index] as u32);
    let found = match signature.varies {
        Varies::Fcntl => find(FCNTL, command(1)),
        Varies::Fcntl64 => find(FCNTL, command(1)).or_else(|| find(FCNTL64, command(1))),
        Varies::Futex => find(FUTEX, command(1) & FUTEX_COMMAND),
        Varies::Prctl => find(PRCTL, command(0)),
        Varies::EpollCtl if command(1) == 2 => Some(EPOLL_CTL_DEL),
        Varies::Fsconfig => find(FSCONFIG, command(1)),
        Varies::Ioctl => find(IOCTL, command(1)),
        Varies::Clone => Some(clone(arguments[0])),
        Varies::Mremap if arguments[3] & 6 == 0 => Some(MREMAP),
        Varies::Mknod if !is_device(arguments[1]) => Some(MKNOD),
        Varies::Mknodat if !is_device(arguments[2]) => Some(MKNODAT),
        _ => None,
    };
    found.unwrap_or(signature.arguments)
}

/// Returns what may become of the arguments of such a call, but for where some are only left out.
pub(super) fn all_of(varies: Varies) -> impl Iterator<Item = &'static [Kind]> {
    let tables: &[Variants] = match varies {
        Varies::Fcntl => &[FCNTL],
        Varies::Fcntl64 => &[FCNTL, FCNTL64],
        Varies::Futex => &[FUTEX],
        Varies::Prctl => &[PRCTL],
        Varies::Fsconfig => &[FSCONFIG],
        Varies::Ioctl => &[IOCTL],
        _ => &[],
    };
    tables.iter().flat_map(|table| table.iter()).map(|(_, kinds)| *kinds)
}

type Variants = &'static [(&'static [u64], &'static [Kind])];

fn find(variants: Variants, command: u64) -> Option<&'static [Kind]> {
    variants.iter().find(|(commands, _)| commands.contains(&command)).map(|(_, kinds)| *kinds)
}

/// Whether a mode has S_IFCHR or S_IFBLK, the only ones for which mknod(2) reads the device.
fn is_device(mode: u64) -> bool {
    matches!(mode & 0o170_000, 0o020_000 | 0o060_000)
}

/// By the flags, kernel/fork.c: CLONE_SETTLS, CLONE_CHILD_CLEARTID and CLONE_CHILD_SETTID read the last two arguments, in an
/// order that differs by CPU; CLONE_PARENT_SETTID and CLONE_PIDFD the one before. What nothing reads holds whatever its
/// register held: glibc's vfork on aarch64 sets two of the five.
fn clone(flags: u64) -> &'static [Kind] {
    const TO_THE_LAST: u64 = 0x0008_0000 | 0x0020_0000 | 0x0100_0000;
    const TO_THE_THIRD: u64 = 0x0010_0000 | 0x1000;
    match flags {
        _ if flags & TO_THE_LAST != 0 => &[CloneFlags, Address, Address, Address, Address],
        _ if flags & TO_THE_THIRD != 0 => &[CloneFlags, Address, Address],
        _ => &[CloneFlags, Address],
    }
}

const MKNOD: &[Kind] = &[Path, FileType];
const MKNODAT: &[Kind] = &[DirFd, Path, FileType];
/// Without MREMAP_FIXED and MREMAP_DONTUNMAP; with the latter the new address is a hint, mm/mremap.c.
const MREMAP: &[Kind] = &[Range { length: 1 }, Size, Size, Flags(memory::MREMAP)];

/// By command, uapi/asm-generic/fcntl.h and uapi/linux/fcntl.h.
const FCNTL: Variants = &[
    // F_DUPFD, F_DUPFD_CLOEXEC, F_SETPIPE_SZ
    (&[0, 1030, 1031], &[Fd, OneOf(file::FCNTL), Int]),
    // F_GETFD, F_GETFL, F_GETOWN, F_GETSIG, F_GETLEASE, F_GETPIPE_SZ, F_GET_SEALS
    (&[1, 3, 9, 11, 1025, 1032, 1034], &[Fd, OneOf(file::FCNTL)]),
    // F_SETFD
    (&[2], &[Fd, OneOf(file::FCNTL), Flags(file::FD_FLAGS)]),
    // F_SETFL
    (&[4], &[Fd, OneOf(file::FCNTL), OpenFlags]),
    // F_SETOWN
    (&[8], &[Fd, OneOf(file::FCNTL), Task]),
    // F_SETSIG
    (&[10], &[Fd, OneOf(file::FCNTL), Signal]),
    // F_DUPFD_QUERY
    (&[1027], &[Fd, OneOf(file::FCNTL), Fd]),
    // F_ADD_SEALS
    (&[1033], &[Fd, OneOf(file::FCNTL), Flags(file::SEALS)]),
    // F_GETLK
    (&[5], &[Fd, OneOf(file::FCNTL), Out(&layout::FLOCK_HELD)]),
    // F_SETLK, F_SETLKW
    (&[6, 7], &[Fd, OneOf(file::FCNTL), In(&layout::FLOCK)]),
    // F_OFD_GETLK
    (&[36], &[Fd, OneOf(file::FCNTL), Out(&layout::FLOCK64_HELD)]),
    // F_OFD_SETLK, F_OFD_SETLKW
    (&[37, 38], &[Fd, OneOf(file::FCNTL), In(&layout::FLOCK64)]),
];

/// Further ones on 32-bit ABIs, uapi/asm-generic/fcntl.h.
const FCNTL64: Variants = &[
    // F_GETLK64
    (&[12], &[Fd, OneOf(file::FCNTL), Out(&layout::FLOCK64_HELD)]),
    // F_SETLK64, F_SETLKW64
    (&[13, 14], &[Fd, OneOf(file::FCNTL), In(&layout::FLOCK64)]),
];

/// FUTEX_CMD_MASK: without FUTEX_PRIVATE_FLAG and FUTEX_CLOCK_REALTIME. uapi/linux/futex.h.
const FUTEX_COMMAND: u64 = 0x7f;

const FUTEX: Variants = &[
    // FUTEX_WAIT
    (&[0], &[Address, FUTEX_OPERATION, Uint, Timespec]),
    // FUTEX_WAKE
    (&[1], &[Address, FUTEX_OPERATION, Uint]),
    // FUTEX_REQUEUE
    (&[3], &[Address, FUTEX_OPERATION, Uint, Uint, Address]),
    // FUTEX_CMP_REQUEUE, FUTEX_CMP_REQUEUE_PI
    (&[4, 12], &[Address, FUTEX_OPERATION, Uint, Uint, Address, Uint]),
    // FUTEX_WAKE_OP
    (&[5], &[Address, FUTEX_OPERATION, Uint, Uint, Address, Hex]),
    // FUTEX_LOCK_PI, FUTEX_LOCK_PI2
    (&[6, 13], &[Address, FUTEX_OPERATION, Unused, Timespec]),
    // FUTEX_UNLOCK_PI, FUTEX_TRYLOCK_PI
    (&[7, 8], &[Address, FUTEX_OPERATION]),
    // FUTEX_WAIT_BITSET
    (&[9], &[Address, FUTEX_OPERATION, Uint, Timespec, Unused, OneOf(process::FUTEX_BITSET)]),
    // FUTEX_WAKE_BITSET
    (&[10], &[Address, FUTEX_OPERATION, Uint, Unused, Unused, OneOf(process::FUTEX_BITSET)]),
    // FUTEX_WAIT_REQUEUE_PI
    (&[11], &[Address, FUTEX_OPERATION, Uint, Timespec, Address]),
];

/// By option, uapi/linux/prctl.h.
const PRCTL: Variants = &[
    // PR_SET_PDEATHSIG
    (&[1], &[OneOf(process::PRCTL), Signal]),
    // PR_GET_PDEATHSIG, PR_GET_NAME, PR_GET_CHILD_SUBREAPER, PR_GET_TID_ADDRESS
    (&[2, 16, 37, 40], &[OneOf(process::PRCTL), Address]),
    // PR_GET_DUMPABLE, PR_GET_KEEPCAPS, PR_GET_SECCOMP, PR_GET_SECUREBITS, PR_GET_TIMERSLACK,
    // PR_TASK_PERF_EVENTS_DISABLE, PR_TASK_PERF_EVENTS_ENABLE
    (&[3, 7, 21, 27, 30, 31, 32], &[OneOf(process::PRCTL)]),
    // PR_SET_DUMPABLE, PR_SET_KEEPCAPS, PR_CAPBSET_READ, PR_CAPBSET_DROP, PR_SET_TIMERSLACK, PR_SET_CHILD_SUBREAPER
    (&[4, 8, 23, 24, 29, 36], &[OneOf(process::PRCTL), Size]),
    // PR_SET_NAME
    (&[15], &[OneOf(process::PRCTL), Text]),
    // PR_SET_NO_NEW_PRIVS, PR_GET_NO_NEW_PRIVS: the kernel wants the rest to be 0.
    (&[38, 39], &[OneOf(process::PRCTL), Size, Size, Size, Size]),
];

/// The event is ignored.
const EPOLL_CTL_DEL: &[Kind] = &[Fd, OneOf(file::EPOLL_CTL), Fd, Address];

/// By command, enum fsconfig_command of uapi/linux/mount.h.
const FSCONFIG: Variants = &[
    // FSCONFIG_SET_PATH, FSCONFIG_SET_PATH_EMPTY: the path is relative to the descriptor after it.
    (&[3, 4], &[Fd, OneOf(file::FSCONFIG), Text, Path, DirFd]),
    // FSCONFIG_SET_FD
    (&[5], &[Fd, OneOf(file::FSCONFIG), Text, Address, Fd]),
];

const IOCTL: Variants = &[
    // FICLONE
    (&[0x4004_9409], &[Fd, OneOf(file::IOCTL), Fd]),
    // FIONCLEX, FIOCLEX
    (&[0x5450, 0x5451], &[Fd, OneOf(file::IOCTL)]),
];
