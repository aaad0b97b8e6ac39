//! What calls on processes, signals and users read and write.
use super::VARYING;
use crate::signature::Kind::*;
use crate::signature::names::structure;
use crate::signature::object::{
    Condition, Count, Item, Layout, Object, Place, at, by_word, field, is, is_not, layout,
};
use crate::signature::object::{one, value, word};

/// struct clone_args, uapi/linux/sched.h. The size is the next argument.
pub const CLONE_ARGS: Object = Object {
    item: Item::Struct(&layout(
        88,
        88,
        &[
            field("flags", CLONE_FLAGS, Flags(structure::CLONE3)),
            // CLONE_PIDFD
            field("pidfd", at(8, 8), Address).when(&[is_not(CLONE_FLAGS, 0x1000, &[0])]),
            // CLONE_CHILD_SETTID, CLONE_CHILD_CLEARTID
            field("child_tid", at(16, 8), Address).when(&[is_not(CLONE_FLAGS, 0x0120_0000, &[0])]),
            // CLONE_PARENT_SETTID
            field("parent_tid", at(24, 8), Address).when(&[is_not(CLONE_FLAGS, 0x10_0000, &[0])]),
            field("exit_signal", at(32, 8), Signal),
            field("stack", at(40, 8), Address),
            field("stack_size", at(48, 8), Hex),
            // CLONE_SETTLS
            field("tls", at(56, 8), Address).when(&[is_not(CLONE_FLAGS, 0x8_0000, &[0])]),
            field("set_tid", at(64, 8), Address).when(&[is_not(at(72, 8), !0, &[0])]),
            field("set_tid_size", at(72, 8), Size).when(&[is_not(at(72, 8), !0, &[0])]),
            // CLONE_INTO_CGROUP
            field("cgroup", at(80, 8), Fd).when(&[is_not(CLONE_FLAGS, 0x2_0000_0000, &[0])]),
            field("cgroup", at(80, 8), Size)
                .when(&[is(CLONE_FLAGS, 0x2_0000_0000, &[0]), is_not(at(80, 8), !0, &[0])]),
        ],
    )),
    count: Count::Sized { size: 1, least: 64 },
};
const CLONE_FLAGS: Place = at(0, 8);
/// What clone3(2) writes to where its arguments point to: the bit of the flags, a name, the pointer, and what it is.
pub const CLONE_RESULTS: &[(u64, &str, usize, &Object)] =
    &[(0x1000, "pidfd", 8, &value(4, Fd)), (0x10_0000, "parent_tid", 24, &value(4, Task))];

/// A task id that the call writes.
pub const TID: Object = value(4, Task);

/// struct rlimit64.
pub const RLIMIT64: Object = one(&layout(
    16,
    16,
    &[
        field("rlim_cur", at(0, 8), Limit { infinity: u64::MAX }),
        field("rlim_max", at(8, 8), Limit { infinity: u64::MAX }),
    ],
));
/// struct compat_rlimit, include/linux/compat.h.
pub const RLIMIT32: Object = one(&layout(
    8,
    8,
    &[
        field("rlim_cur", at(0, 4), Limit { infinity: 0xffff_ffff }),
        field("rlim_max", at(4, 4), Limit { infinity: 0xffff_ffff }),
    ],
));

/// How a child ended.
pub const WAIT_STATUS: Object = value(4, WaitStatus);

/// siginfo_t, uapi/asm-generic/siginfo.h: a union behind the code, chosen by code and signal.
pub const SIGINFO: Object = one(&layout(
    128,
    128,
    &[
        field("si_signo", SIGNO, Signal).when(&[is_not(SIGNO, !0, &[0])]),
        field("si_code", SI_CODE, SignalCode { signal: 0 }).when(&[is_not(SIGNO, !0, &[0])]),
        field("si_errno", at(4, 4), Errno).when(&[is_not(at(4, 4), !0, &[0])]),
        field("si_timerid", UNION, Hex).when(&[BY_TIMER]),
        field("si_overrun", SECOND, Int).when(&[BY_TIMER]),
        field("si_pid", UNION, Task).when(&[BY_A_TASK, is_not(SIGNO, !0, &[0])]),
        field("si_uid", SECOND, Id).when(&[BY_A_TASK, is_not(SIGNO, !0, &[0])]),
        field("si_pid", UNION, Task).when(&[OF_CHILD, BY_THE_KERNEL]),
        field("si_uid", SECOND, Id).when(&[OF_CHILD, BY_THE_KERNEL]),
        field("si_status", by_word(24, 20, 4), Int).when(&[OF_CHILD, is(SI_CODE, !0, &[1])]),
        field("si_status", by_word(24, 20, 4), Signal).when(&[OF_CHILD, is(SI_CODE, !0, &[2, 3, 4, 5, 6])]),
        field("si_utime", word(32, 24), VARYING).when(&[OF_CHILD, BY_THE_KERNEL]),
        field("si_stime", word(40, 28), VARYING).when(&[OF_CHILD, BY_THE_KERNEL]),
        field("si_int", by_word(24, 20, 4), Int).when(&[WITH_A_VALUE, is_not(VALUE, !0, &[0])]),
        field("si_ptr", VALUE, Address).when(&[WITH_A_VALUE, is_not(VALUE, !0, &[0])]),
        // SIGILL, SIGTRAP, SIGBUS, SIGFPE, SIGSEGV
        field("si_addr", word(16, 12), Address).when(&[is(SIGNO, !0, &[4, 5, 7, 8, 11]), BY_THE_KERNEL]),
        // SIGIO
        field("si_band", word(16, 12), Signed).when(&[is(SIGNO, !0, &[29]), BY_THE_KERNEL]),
        field("si_fd", by_word(24, 16, 4), Fd).when(&[is(SIGNO, !0, &[29]), BY_THE_KERNEL]),
        // SIGSYS
        field("si_call_addr", word(16, 12), Address).when(&[is(SIGNO, !0, &[31]), BY_THE_KERNEL]),
        field("si_syscall", by_word(24, 16, 4), Int).when(&[is(SIGNO, !0, &[31]), BY_THE_KERNEL]),
        field("si_arch", by_word(28, 20, 4), Hex).when(&[is(SIGNO, !0, &[31]), BY_THE_KERNEL]),
    ],
));
const SIGNO: Place = at(0, 4);
const SI_CODE: Place = at(8, 4);
/// The union's first int, its second, and the value behind these.
const UNION: Place = by_word(16, 12, 4);
const SECOND: Place = by_word(20, 16, 4);
const VALUE: Place = word(24, 20);
const OF_CHILD: Condition = is(SIGNO, !0, &[17]);
/// A code of the signal's own: CLD_EXITED, SEGV_MAPERR.
const BY_THE_KERNEL: Condition = is(SI_CODE, !0, &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]);
/// SI_TIMER.
const BY_TIMER: Condition = is(SI_CODE, !0, &[0xffff_fffe]);
/// SI_USER, SI_QUEUE, SI_MESGQ, SI_ASYNCIO, SI_TKILL, SI_ASYNCNL.
const BY_A_TASK: Condition =
    is(SI_CODE, !0, &[0, 0xffff_ffff, 0xffff_fffd, 0xffff_fffc, 0xffff_fffa, 0xffff_ffc4]);
/// SI_QUEUE, SI_MESGQ, SI_TIMER.
const WITH_A_VALUE: Condition = is(SI_CODE, !0, &[0xffff_ffff, 0xffff_fffd, 0xffff_fffe]);

/// struct sigaction of rt_sigaction(2), uapi/asm/signal.h (not libc's); of i386 struct compat_sigaction.
pub const SIGACTION: Object = one(&layout(
    32,
    20,
    &[
        field("sa_handler", word(0, 0), Handler),
        field("sa_mask", by_word(24, 12, 8), SignalBits),
        field("sa_flags", word(8, 4), Flags(structure::SIGACTION)),
        // SA_RESTORER
        field("sa_restorer", word(16, 8), Address).when(&[is_not(word(8, 4), 0x0400_0000, &[0])]),
    ],
));
/// struct compat_old_sigaction, what sigaction(2) takes.
pub const OLD_SIGACTION: Object = one(&layout(
    16,
    16,
    &[
        field("sa_handler", at(0, 4), Handler),
        field("sa_mask", at(4, 4), SignalBits),
        field("sa_flags", at(8, 4), Flags(structure::SIGACTION)),
        field("sa_restorer", at(12, 4), Address).when(&[is_not(at(8, 4), 0x0400_0000, &[0])]),
    ],
));
/// A sigset_t of eight bytes.
pub const SIGNAL_SET: Object = Object { item: Item::Value(at(0, 8), SignalBits), count: Count::One };
/// Where pselect6 and io_pgetevents find a sigset_t and its size: struct sigset_argpack of fs/select.c.
pub const SIZED_SIGNAL_SET: Object = one(&layout(
    16,
    8,
    &[field("sigmask", word(0, 0), In(&SIGNAL_SET)), field("sigsetsize", word(8, 4), Size)],
));
/// struct sigevent, uapi/asm-generic/siginfo.h; of i386 struct compat_sigevent.
pub const SIGEVENT: Object = one(&layout(
    64,
    64,
    &[
        field("sigev_value", word(0, 0), Struct(&SIGNAL_VALUE)),
        field("sigev_signo", SIGEV_SIGNO, Signal).when(&[is_not(SIGEV_NOTIFY, !0, &[SIGEV_NONE])]),
        field("sigev_signo", SIGEV_SIGNO, Int).when(&[is(SIGEV_NOTIFY, !0, &[SIGEV_NONE])]),
        field("sigev_notify", SIGEV_NOTIFY, OneOf(structure::SIGNAL_EVENT)),
        // SIGEV_THREAD_ID
        field("sigev_notify_thread_id", by_word(16, 12, 4), Task).when(&[is(SIGEV_NOTIFY, !0, &[4])]),
    ],
));
const SIGEV_SIGNO: Place = by_word(8, 4, 4);
const SIGEV_NOTIFY: Place = by_word(12, 8, 4);
const SIGEV_NONE: u64 = 1;
/// sigval_t.
const SIGNAL_VALUE: Layout =
    layout(8, 4, &[field("sival_int", at(0, 4), Int), field("sival_ptr", word(0, 0), Address)]);

/// An old_sigset_t.
pub const OLD_SIGNAL_SET: Object = Object { item: Item::Value(at(0, 4), SignalBits), count: Count::One };

/// stack_t, uapi/asm-generic/signal.h.
pub const STACK: Object = one(&layout(
    24,
    12,
    &[
        field("ss_sp", word(0, 0), Address),
        field("ss_flags", by_word(8, 4, 4), Flags(structure::SIGNAL_STACK)),
        field("ss_size", word(16, 8), Size),
    ],
));

/// struct sched_param, uapi/linux/sched/types.h.
pub const SCHED_PARAM: Object = one(&layout(4, 4, &[field("sched_priority", at(0, 4), Int)]));

/// A user or group id.
pub const ID: Object = value(4, Id);
/// A user or group id of 16 bits.
pub const ID16: Object = value(2, Id16);
/// Group ids of 16 bits that the call reads; their number is the argument before.
pub const GROUPS16: Object = Object { item: Item::Value(at(0, 2), Id16), count: Count::Argument(0) };
/// Group ids of 16 bits that the call writes.
pub const GROUPS16_OUT: Object =
    Object { item: Item::Value(at(0, 2), Id16), count: Count::Result { most: 0 } };
/// Group ids that the call reads; their number is the argument before.
pub const GROUPS: Object = Object { item: Item::Value(at(0, 4), Id), count: Count::Argument(0) };
/// Group ids that the call writes.
pub const GROUPS_OUT: Object = Object { item: Item::Value(at(0, 4), Id), count: Count::Result { most: 0 } };

/// A CPU or memory node that the task happens to be on.
pub const CPU: Object = value(4, VARYING);
