//! Calls that send, block and wait for signals.
use super::call;
use crate::signature::layout;
use crate::signature::names::process::*;
use crate::signature::{Kind, Kind::*, ResultKind, Signature};

/// The rows of this family.
pub(super) const CALLS: &[Signature] = &[
    call("kill", &[Task, Signal]),
    call("tkill", &[Task, Signal]),
    call("tgkill", &[Task, Task, Signal]),
    call("rt_sigqueueinfo", &[Task, Signal, In(&layout::SIGINFO)]),
    call("rt_tgsigqueueinfo", &[Task, Task, Signal, In(&layout::SIGINFO)]),
    call("pidfd_send_signal", &[Fd, Signal, In(&layout::SIGINFO), Flags(PIDFD_SIGNAL)]),
    call("rt_sigaction", &[Signal, In(&layout::SIGACTION), Out(&layout::SIGACTION), Size]),
    call("rt_sigprocmask", &[OneOf(SIGNAL_MASK), SET, Out(&layout::SIGNAL_SET), Size]),
    call("rt_sigpending", &[Out(&layout::SIGNAL_SET), Size]),
    call("rt_sigsuspend", &[SET, Size]),
    call("rt_sigtimedwait", &[SET, OutIfPositive(&layout::SIGINFO), Timespec, Size])
        .gives(ResultKind::Signal),
    call("rt_sigtimedwait_time64", &[SET, OutIfPositive(&layout::SIGINFO), Timespec, Size])
        .gives(ResultKind::Signal),
    call("rt_sigreturn", &[]),
    call("sigaltstack", &[In(&layout::STACK), Out(&layout::STACK)]),
    call("signalfd", &[Fd, SET, Size]).gives(ResultKind::Fd),
    call("signalfd4", &[Fd, SET, Size, Flags(SIGNALFD)]).gives(ResultKind::Fd),
    call("pause", &[]),
    call("restart_syscall", &[]),
];

const SET: Kind = In(&layout::SIGNAL_SET);
