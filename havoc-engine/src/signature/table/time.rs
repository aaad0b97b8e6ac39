//! Calls on clocks and timers.
use super::call;
use crate::signature::names::process::*;
use crate::signature::{Kind::*, ResultKind, Signature};

/// The rows of this family.
pub(super) const CALLS: &[Signature] = &[
    call("time", &[Address]),
    call("times", &[Address]),
    call("gettimeofday", &[Address, Address]),
    call("settimeofday", &[Address, Address]),
    call("adjtimex", &[Address]),
    call("clock_adjtime", &[OneOf(CLOCK), Address]),
    call("clock_adjtime64", &[OneOf(CLOCK), Address]),
    call("clock_gettime", &[OneOf(CLOCK), Address]),
    call("clock_gettime64", &[OneOf(CLOCK), Address]),
    call("clock_settime", &[OneOf(CLOCK), Timespec]),
    call("clock_settime64", &[OneOf(CLOCK), Timespec]),
    call("clock_getres", &[OneOf(CLOCK), Address]),
    call("clock_getres_time64", &[OneOf(CLOCK), Address]),
    call("clock_nanosleep", &[OneOf(CLOCK), Flags(TIMER), Timespec, Address]),
    call("clock_nanosleep_time64", &[OneOf(CLOCK), Flags(TIMER), Timespec, Address]),
    call("nanosleep", &[Timespec, Address]),
    call("alarm", &[Uint]),
    call("getitimer", &[OneOf(INTERVAL_TIMER), Address]),
    call("setitimer", &[OneOf(INTERVAL_TIMER), Address, Address]),
    call("timer_create", &[OneOf(CLOCK), Address, Address]),
    call("timer_settime", &[Int, Flags(TIMER), Address, Address]),
    call("timer_settime64", &[Int, Flags(TIMER), Address, Address]),
    call("timer_gettime", &[Int, Address]),
    call("timer_gettime64", &[Int, Address]),
    call("timer_getoverrun", &[Int]),
    call("timer_delete", &[Int]),
    call("timerfd_create", &[OneOf(CLOCK), Flags(TIMERFD)]).gives(ResultKind::Fd),
    call("timerfd_settime", &[Fd, Flags(TIMERFD_SET), Address, Address]),
    call("timerfd_settime64", &[Fd, Flags(TIMERFD_SET), Address, Address]),
    call("timerfd_gettime", &[Fd, Address]),
    call("timerfd_gettime64", &[Fd, Address]),
];
