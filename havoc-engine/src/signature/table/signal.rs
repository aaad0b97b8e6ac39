//! Calls that send, block and wait for signals.
use super::call;
use crate::signature::names::process::*;
use crate::signature::{Kind::*, ResultKind, Signature};

/// The rows of this family.
pub(super) const CALLS: &[Signature] = &[
    call("kill", &[Task, Signal]),
    call("tkill", &[Task, Signal]),
    call("tgkill", &[Task, Task, Signal]),
    call("rt_sigqueueinfo", &[Task, Signal, Address]),
    call("rt_tgsigqueueinfo", &[Task, Task, Signal, Address]),
    call("pidfd_send_signal", &[Fd, Signal, Address, Flags(PIDFD_SIGNAL)]),
    call("rt_sigaction", &[Signal, Address, Address, Size]),
    call("rt_sigprocmask", &[OneOf(SIGNAL_MASK), SignalSet, Address, Size]),
    call("rt_sigpending", &[Address, Size]),
    call("rt_sigsuspend", &[SignalSet, Size]),
    call("rt_sigtimedwait", &[SignalSet, Address, Timespec, Size]),
    call("rt_sigtimedwait_time64", &[SignalSet, Address, Timespec, Size]),
    call("rt_sigreturn", &[]),
    call("sigaltstack", &[Address, Address]),
    call("signalfd", &[Fd, SignalSet, Size]).gives(ResultKind::Fd),
    call("signalfd4", &[Fd, SignalSet, Size, Flags(SIGNALFD)]).gives(ResultKind::Fd),
    call("pause", &[]),
    call("restart_syscall", &[]),
];
