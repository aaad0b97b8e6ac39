//! What calls on descriptors and files read and write.
use crate::signature::Kind::*;
use crate::signature::names::{file as names, structure};
use crate::signature::object::{Count, Field, Item, Layout, Object, Place, at, by_word, each, field};
use crate::signature::object::{is, is_not, layout, many, one, value, word};

/// struct open_how, uapi/linux/openat2.h. The size is the next argument.
pub const OPEN_HOW: Object = Object {
    item: Item::Struct(&layout(
        24,
        24,
        &[
            field("flags", at(0, 8), OpenFlags),
            field("mode", at(8, 8), WideMode).when(&[is_not(at(0, 8), CREATES, &[0])]),
            field("mode", at(8, 8), WideMode)
                .when(&[is(at(0, 8), CREATES, &[0]), is_not(at(8, 8), !0, &[0])]),
            field("resolve", at(16, 8), Flags(structure::RESOLVE)),
        ],
    )),
    count: Count::Sized { size: 3, least: 24 },
};
/// O_CREAT and __O_TMPFILE.
const CREATES: u64 = 0o100 | 0o20_000_000;

/// struct flock, uapi/asm-generic/fcntl.h; of i386 struct compat_flock.
pub const FLOCK: Object = one(&layout(32, 16, &[L_TYPE, L_WHENCE, L_START, L_LEN]));
/// The same with who holds it, which only F_GETLK says.
pub const FLOCK_HELD: Object =
    one(&layout(32, 16, &[L_TYPE, L_WHENCE, L_START, L_LEN, field("l_pid", by_word(24, 12, 4), Task)]));
/// struct flock; of i386 struct compat_flock64, which has no padding: include/linux/compat.h.
pub const FLOCK64: Object = one(&layout(32, 24, &[L_TYPE, L_WHENCE, L_START64, L_LEN64]));
/// The same with who holds it.
pub const FLOCK64_HELD: Object =
    one(&layout(32, 24, &[L_TYPE, L_WHENCE, L_START64, L_LEN64, field("l_pid", by_word(24, 20, 4), Task)]));
const L_START: Field = field("l_start", word(8, 4), Signed);
const L_LEN: Field = field("l_len", word(16, 8), Signed);
const L_START64: Field = field("l_start", by_word(8, 4, 8), Signed);
const L_LEN64: Field = field("l_len", by_word(16, 12, 8), Signed);
const L_TYPE: Field = field("l_type", at(0, 2), OneOf(names::FILE_LOCK));
const L_WHENCE: Field = field("l_whence", at(2, 2), OneOf(names::WHENCE));

/// The struct pollfd of poll(2) before it waits.
pub const POLL: Object = many(
    &layout(
        8,
        8,
        &[
            field("fd", FD, Fd),
            // Negative ones are not looked at.
            field("events", at(4, 2), Flags(structure::POLL)).when(&[is(FD, 0x8000_0000, &[0])]),
        ],
    ),
    Count::Argument(1),
);
const FD: Place = at(0, 4);
/// Where it is said that a descriptor is ready.
pub const REVENTS: Place = at(6, 2);

/// struct epoll_event, uapi/linux/eventpoll.h: packed on x86, and i386 aligns it so anyway.
pub const EPOLL_EVENT: Object = one(&EPOLL_EVENT_LAYOUT);
/// Those that epoll_wait(2) writes.
pub const EPOLL_EVENTS: Object = many(&EPOLL_EVENT_LAYOUT, Count::Result { most: 2 });
const EPOLL_EVENT_LAYOUT: Layout = Layout {
    size: [12, 16, 12],
    filled: None,
    fields: &[
        field("events", at(0, 4), Flags(structure::EPOLL)),
        // Whatever the program likes: a descriptor, often an address.
        field("data", each((4, 8), (8, 8), (4, 8)), Word),
    ],
};

/// A loff_t.
pub const OFFSET64: Object = value(8, Signed);
/// An off_t.
pub const OFFSET: Object = Object { item: Item::Value(word(0, 0), Signed), count: Count::Exactly(1) };

/// Two descriptors (pipe).
pub const FD_PAIR: Object = Object { item: Item::Value(at(0, 4), Fd), count: Count::Exactly(2) };
