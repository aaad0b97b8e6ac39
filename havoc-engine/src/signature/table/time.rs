//! Calls on clocks and timers.
use super::call;
use crate::signature::layout;
use crate::signature::names::process::*;
use crate::signature::{Kind::*, ResultKind, Signature};

/// The rows of this family.
pub(super) const CALLS: &[Signature] = &[
    call("time", &[Out(&layout::SECONDS)]),
    call("times", &[Out(&layout::TMS)]),
    call("gettimeofday", &[Out(&layout::TIMEVAL_OUT), Out(&layout::TIMEZONE)]),
    call("settimeofday", &[In(&layout::TIMEVAL), In(&layout::TIMEZONE)]),
    call("adjtimex", &[Address]),
    call("clock_adjtime", &[OneOf(CLOCK), Address]),
    call("clock_adjtime64", &[OneOf(CLOCK), Address]),
    call("clock_gettime", &[OneOf(CLOCK), Out(&layout::TIMESPEC_OUT)]),
    call("clock_gettime64", &[OneOf(CLOCK), Out(&layout::TIMESPEC64_OUT)]),
    call("clock_settime", &[OneOf(CLOCK), Timespec]),
    call("clock_settime64", &[OneOf(CLOCK), Timespec]),
    call("clock_getres", &[OneOf(CLOCK), Out(&layout::TIMESPEC)]),
    call("clock_getres_time64", &[OneOf(CLOCK), Out(&layout::TIMESPEC64)]),
    call("clock_nanosleep", &[OneOf(CLOCK), Flags(TIMER), Timespec, OutIfInterrupted(&layout::TIMESPEC_OUT)]),
    call(
        "clock_nanosleep_time64",
        &[OneOf(CLOCK), Flags(TIMER), Timespec, OutIfInterrupted(&layout::TIMESPEC64_OUT)],
    ),
    call("nanosleep", &[Timespec, OutIfInterrupted(&layout::TIMESPEC_OUT)]),
    call("alarm", &[Uint]),
    call("getitimer", &[OneOf(INTERVAL_TIMER), Out(&layout::ITIMERVAL_OUT)]),
    call("setitimer", &[OneOf(INTERVAL_TIMER), In(&layout::ITIMERVAL), Out(&layout::ITIMERVAL_OUT)]),
    call("timer_create", &[OneOf(CLOCK), In(&layout::SIGEVENT), Out(&layout::TIMER_ID)]),
    call("timer_settime", &[Int, Flags(TIMER), In(&layout::ITIMERSPEC), Out(&layout::ITIMERSPEC_OUT)]),
    call("timer_settime64", &[Int, Flags(TIMER), In(&layout::ITIMERSPEC64), Out(&layout::ITIMERSPEC64_OUT)]),
    call("timer_gettime", &[Int, Out(&layout::ITIMERSPEC_OUT)]),
    call("timer_gettime64", &[Int, Out(&layout::ITIMERSPEC64_OUT)]),
    call("timer_getoverrun", &[Int]),
    call("timer_delete", &[Int]),
    call("timerfd_create", &[OneOf(CLOCK), Flags(TIMERFD)]).gives(ResultKind::Fd),
    call("timerfd_settime", &[Fd, Flags(TIMERFD_SET), In(&layout::ITIMERSPEC), Out(&layout::ITIMERSPEC_OUT)]),
    call(
        "timerfd_settime64",
        &[Fd, Flags(TIMERFD_SET), In(&layout::ITIMERSPEC64), Out(&layout::ITIMERSPEC64_OUT)],
    ),
    call("timerfd_gettime", &[Fd, Out(&layout::ITIMERSPEC_OUT)]),
    call("timerfd_gettime64", &[Fd, Out(&layout::ITIMERSPEC64_OUT)]),
];
