//! Calls on signals.
use super::*;

/// The rows of this family.
pub(super) const CALLS: &[Row] = &[
    row("kill", PROCESS | SIGNAL, NONE),
    row("tkill", PROCESS | SIGNAL, NONE),
    row("tgkill", PROCESS | SIGNAL, NONE),
    row("rt_sigqueueinfo", PROCESS | SIGNAL, NONE),
    row("rt_tgsigqueueinfo", PROCESS | SIGNAL, NONE),
    row("pidfd_send_signal", DESC | PROCESS | SIGNAL, NONE),
    row("rt_sigaction", SIGNAL, NONE),
    row("rt_sigprocmask", SIGNAL, NONE),
    row("rt_sigpending", SIGNAL, NONE),
    row("rt_sigsuspend", SIGNAL, WAIT),
    row("rt_sigtimedwait", SIGNAL, WAIT),
    row("rt_sigtimedwait_time64", SIGNAL, WAIT),
    row("rt_sigreturn", SIGNAL, NONE),
    row("sigaltstack", SIGNAL, NONE),
    row("signalfd", DESC | SIGNAL, FD_BUDGET),
    row("signalfd4", DESC | SIGNAL, FD_BUDGET),
    row("pause", SIGNAL, WAIT),
    // It goes on with a call that was interrupted, whose class is the one that counts.
    row("restart_syscall", NONE, NONE),
];
