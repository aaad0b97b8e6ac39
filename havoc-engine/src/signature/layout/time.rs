//! Points and spans of time, and the machine at one.
use super::{VARYING, VARYING_SIGNED};
use crate::signature::Kind::{self, *};
use crate::signature::object::{
    Count, Item, Layout, Object, at, by_word, field, is, is_not, layout, many, one,
};
use crate::signature::object::{value, word};

/// struct timespec, in 32-bit ABIs struct old_timespec32. uapi/linux/time_types.h.
pub const TIMESPEC: Object = one(&TIMESPEC_LAYOUT);
const TIMESPEC_LAYOUT: Layout =
    layout(16, 8, &[field("tv_sec", word(0, 0), Signed), field("tv_nsec", word(8, 4), Signed)]);

/// struct __kernel_timespec, in every ABI.
pub const TIMESPEC64: Object = one(&TIMESPEC64_LAYOUT);
const TIMESPEC64_LAYOUT: Layout =
    layout(16, 16, &[field("tv_sec", at(0, 8), Signed), field("tv_nsec", at(8, 8), Signed)]);

/// A struct timespec that the call writes.
pub const TIMESPEC_OUT: Object = one(&TIMESPEC_OUT_LAYOUT);
const TIMESPEC_OUT_LAYOUT: Layout = layout(
    16,
    8,
    &[field("tv_sec", word(0, 0), VARYING_SIGNED), field("tv_nsec", word(8, 4), VARYING_SIGNED)],
);

/// A struct __kernel_timespec that the call writes.
pub const TIMESPEC64_OUT: Object = one(&TIMESPEC64_OUT_LAYOUT);
const TIMESPEC64_OUT_LAYOUT: Layout =
    layout(16, 16, &[field("tv_sec", at(0, 8), VARYING_SIGNED), field("tv_nsec", at(8, 8), VARYING_SIGNED)]);

/// How fine a clock is: a struct timespec that is the same in every run.
pub const RESOLUTION: Object = TIMESPEC;

/// Two struct timespec for utimensat(2), whose nanoseconds may say UTIME_NOW or UTIME_OMIT.
pub const TIMES: Object = many(
    &layout(
        16,
        8,
        &[
            field("", word(8, 4), OneOf(SPECIAL_TIMES)).when(&[is(word(8, 4), !0, SPECIAL)]),
            field("tv_sec", word(0, 0), Signed).when(&[is_not(word(8, 4), !0, SPECIAL)]),
            field("tv_nsec", word(8, 4), Signed).when(&[is_not(word(8, 4), !0, SPECIAL)]),
        ],
    ),
    Count::Exactly(2),
);

/// The same with 64-bit time.
pub const TIMES64: Object = many(
    &layout(
        16,
        16,
        &[
            field("", at(8, 8), OneOf(SPECIAL_TIMES)).when(&[is(at(8, 8), !0, SPECIAL)]),
            field("tv_sec", at(0, 8), Signed).when(&[is_not(at(8, 8), !0, SPECIAL)]),
            field("tv_nsec", at(8, 8), Signed).when(&[is_not(at(8, 8), !0, SPECIAL)]),
        ],
    ),
    Count::Exactly(2),
);
// include/linux/stat.h
const SPECIAL: &[u64] = &[0x3fff_ffff, 0x3fff_fffe];
const SPECIAL_TIMES: crate::signature::names::Names =
    &[(0x3fff_ffff, "UTIME_NOW"), (0x3fff_fffe, "UTIME_OMIT")];

/// struct timeval, in 32-bit ABIs struct old_timeval32.
pub const TIMEVAL: Object = one(&TIMEVAL_LAYOUT);
const TIMEVAL_LAYOUT: Layout =
    layout(16, 8, &[field("tv_sec", word(0, 0), Signed), field("tv_usec", word(8, 4), Signed)]);

/// Two struct timeval, for utimes(2).
pub const TIMEVALS: Object = many(&TIMEVAL_LAYOUT, Count::Exactly(2));

/// A struct timeval that the call writes.
pub const TIMEVAL_OUT: Object = one(&TIMEVAL_OUT_LAYOUT);
const TIMEVAL_OUT_LAYOUT: Layout = layout(
    16,
    8,
    &[field("tv_sec", word(0, 0), VARYING_SIGNED), field("tv_usec", word(8, 4), VARYING_SIGNED)],
);

/// struct timezone, uapi/linux/time.h.
pub const TIMEZONE: Object =
    one(&layout(8, 8, &[field("tz_minuteswest", at(0, 4), Int), field("tz_dsttime", at(4, 4), Int)]));

/// struct itimerval.
pub const ITIMERVAL: Object = one(&layout(
    32,
    16,
    &[
        field("it_interval", word(0, 0), Struct(&TIMEVAL_LAYOUT)),
        field("it_value", word(16, 8), Struct(&TIMEVAL_LAYOUT)),
    ],
));

/// A struct itimerval that the call writes: what is left of it differs by run.
pub const ITIMERVAL_OUT: Object = one(&layout(
    32,
    16,
    &[
        field("it_interval", word(0, 0), Struct(&TIMEVAL_LAYOUT)),
        field("it_value", word(16, 8), Struct(&TIMEVAL_OUT_LAYOUT)),
    ],
));

/// struct itimerspec.
pub const ITIMERSPEC: Object = one(&layout(
    32,
    16,
    &[
        field("it_interval", word(0, 0), Struct(&TIMESPEC_LAYOUT)),
        field("it_value", word(16, 8), Struct(&TIMESPEC_LAYOUT)),
    ],
));

/// A struct itimerspec that the call writes.
pub const ITIMERSPEC_OUT: Object = one(&layout(
    32,
    16,
    &[
        field("it_interval", word(0, 0), Struct(&TIMESPEC_LAYOUT)),
        field("it_value", word(16, 8), Struct(&TIMESPEC_OUT_LAYOUT)),
    ],
));

/// struct __kernel_itimerspec, in every ABI.
pub const ITIMERSPEC64: Object = one(&layout(
    32,
    32,
    &[
        field("it_interval", at(0, 16), Struct(&TIMESPEC64_LAYOUT)),
        field("it_value", at(16, 16), Struct(&TIMESPEC64_LAYOUT)),
    ],
));

/// A struct __kernel_itimerspec that the call writes.
pub const ITIMERSPEC64_OUT: Object = one(&layout(
    32,
    32,
    &[
        field("it_interval", at(0, 16), Struct(&TIMESPEC64_LAYOUT)),
        field("it_value", at(16, 16), Struct(&TIMESPEC64_OUT_LAYOUT)),
    ],
));

/// The seconds that time(2) writes.
pub const SECONDS: Object =
    Object { item: Item::Value(word(0, 0), VARYING_SIGNED), count: Count::Exactly(1) };

/// struct utimbuf, uapi/linux/utime.h; of i386 struct old_utimbuf32.
pub const UTIMBUF: Object =
    one(&layout(16, 8, &[field("actime", word(0, 0), Signed), field("modtime", word(8, 4), Signed)]));

/// struct tms, include/linux/times.h.
pub const TMS: Object = one(&layout(
    32,
    16,
    &[
        field("tms_utime", word(0, 0), VARYING),
        field("tms_stime", word(8, 4), VARYING),
        field("tms_cutime", word(16, 8), VARYING),
        field("tms_cstime", word(24, 12), VARYING),
    ],
));

/// The id of a timer.
pub const TIMER_ID: Object = value(4, Int);

/// struct sysinfo, uapi/linux/sysinfo.h.
pub const SYSINFO: Object = one(&layout(
    112,
    64,
    &[
        field("uptime", word(0, 0), VARYING),
        field("loads", word(8, 4), List(&LOADS)),
        field("totalram", word(32, 16), VARYING),
        field("freeram", word(40, 20), VARYING),
        field("sharedram", word(48, 24), VARYING),
        field("bufferram", word(56, 28), VARYING),
        field("totalswap", word(64, 32), VARYING),
        field("freeswap", word(72, 36), VARYING),
        field("procs", by_word(80, 40, 2), VARYING),
        field("totalhigh", word(88, 44), VARYING),
        field("freehigh", word(96, 48), VARYING),
        field("mem_unit", by_word(104, 52, 4), Size),
    ],
));
const LOADS: Object = Object { item: Item::Value(word(0, 0), VARYING), count: Count::Exactly(3) };

/// struct new_utsname, uapi/linux/utsname.h.
pub const UTSNAME: Object = one(&layout(
    390,
    390,
    &[
        field("sysname", at(0, 65), Characters),
        // A container's own, at that.
        field("nodename", at(65, 65), VARYING_TEXT),
        field("release", at(130, 65), Characters).verbose(),
        field("version", at(195, 65), Characters).verbose(),
        field("machine", at(260, 65), Characters).verbose(),
        field("domainname", at(325, 65), Characters).verbose(),
    ],
));
const VARYING_TEXT: Kind = Varying(&Characters);
