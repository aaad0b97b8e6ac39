//! What calls on sockets read and write.
use crate::signature::Kind::*;
use crate::signature::names::network as names;
use crate::signature::object::{
    Count, Layout, Object, at, by_word, each, field, is_not, layout, many, one, value, word,
};

/// A length that the call reads and writes.
pub const LENGTH: Object = value(4, Int);

/// struct user_msghdr, include/linux/socket.h; of i386 struct compat_msghdr.
pub const MSGHDR: Object = one(&MSGHDR_LAYOUT);
/// Which field of [`MSGHDR`] is the length of the address.
pub const NAME_LENGTH: usize = 1;
const MSGHDR_LAYOUT: Layout = layout(
    56,
    28,
    &[
        field("msg_name", word(0, 0), SocketAddress { length: 1 }),
        field("msg_namelen", by_word(8, 4, 4), NameLength),
        field("msg_iov", word(16, 8), VectorIn { count: 3 }),
        field("msg_iovlen", word(24, 12), Size),
        field("msg_control", word(32, 16), Control { length: 5 }).when(&[is_not(word(40, 20), !0, &[0])]),
        field("msg_controllen", word(40, 20), Size),
        field("msg_flags", by_word(48, 24, 4), Flags(names::MESSAGE)),
    ],
);

/// struct mmsghdr, those that went through.
pub const MMSGHDRS: Object = many(
    &Layout {
        size: [64, 64, 32],
        fields: &[
            field("msg_hdr", each((0, 56), (0, 56), (0, 28)), Struct(&MSGHDR_LAYOUT)),
            field("msg_len", by_word(56, 28, 4), Size),
        ],
        filled: Some(1),
    },
    Count::Result { most: 2 },
);

/// struct cmsghdr; its data follow.
pub const CMSGHDR: Layout = layout(
    16,
    12,
    &[
        field("cmsg_len", word(0, 0), Size),
        field("cmsg_level", by_word(8, 4, 4), OneOf(names::SOCKET_LEVEL)),
        field("cmsg_type", by_word(12, 8, 4), ControlType { level: 1 }),
    ],
);

/// struct ucred: SO_PEERCRED, SCM_CREDENTIALS. include/linux/socket.h.
pub const UCRED: Object = one(&UCRED_LAYOUT);
const UCRED_LAYOUT: Layout =
    layout(12, 12, &[field("pid", at(0, 4), Task), field("uid", at(4, 4), Id), field("gid", at(8, 4), Id)]);

/// struct linger.
const LINGER: Object =
    one(&layout(8, 8, &[field("l_onoff", at(0, 4), Int), field("l_linger", at(4, 4), Int)]));

/// Socket options that are no int, by level and number: what getsockopt(2) and setsockopt(2) show of them.
pub const OPTIONS: &[(u32, u32, &Object)] = &[
    // SOL_SOCKET: SO_ERROR, SO_LINGER, SO_PEERCRED. uapi/asm-generic/socket.h.
    (1, 4, &value(4, Errno)),
    (1, 13, &LINGER),
    (1, 17, &UCRED),
];
/// Every other option of four bytes.
pub const OPTION: Object = value(4, Int);
