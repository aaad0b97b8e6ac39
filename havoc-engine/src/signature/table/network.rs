//! Calls on sockets.
use super::call;
use crate::signature::layout;
use crate::signature::names::network::*;
use crate::signature::{Kind, Kind::*, ResultKind, Signature};

/// The rows of this family.
pub(super) const CALLS: &[Signature] = &[
    call("socket", &[OneOf(FAMILY), SOCKET, Protocol]).gives(ResultKind::Fd),
    call("socketpair", &[OneOf(FAMILY), SOCKET, Protocol, Out(&layout::FD_PAIR)]),
    call("bind", &[Fd, SocketAddress { length: 2 }, Int]),
    call("connect", &[Fd, SocketAddress { length: 2 }, Int]),
    call("listen", &[Fd, Int]),
    call("accept", &[Fd, NAME, LENGTH]).gives(ResultKind::Fd),
    call("accept4", &[Fd, NAME, LENGTH, Flags(SOCKET_BITS)]).gives(ResultKind::Fd),
    call("shutdown", &[Fd, OneOf(SHUTDOWN)]),
    call("getsockname", &[Fd, NAME, LENGTH]),
    call("getpeername", &[Fd, NAME, LENGTH]),
    call(
        "getsockopt",
        &[
            Fd,
            OneOf(SOCKET_LEVEL),
            SocketOption { own: SOCKET_OPTION_READ },
            OptionValueOut { length: 4 },
            LENGTH,
        ],
    ),
    call("setsockopt", &[Fd, OneOf(SOCKET_LEVEL), SocketOption { own: &[] }, OptionValue { length: 4 }, Int]),
    call("sendto", &[Fd, BufferIn { length: 2 }, Size, Flags(MESSAGE), SocketAddress { length: 5 }, Int]),
    call("recvfrom", &[Fd, BufferOut, Size, Flags(MESSAGE), SocketAddressOut { length: 5 }, LENGTH]),
    call("sendmsg", &[Fd, In(&layout::MSGHDR), Flags(MESSAGE)]),
    call("recvmsg", &[Fd, Message, Flags(MESSAGE)]),
    call("sendmmsg", &[Fd, Out(&layout::MMSGHDRS), Uint, Flags(MESSAGE)]),
    call("recvmmsg", &[Fd, Messages { most: 2 }, Uint, Flags(MESSAGE), Timespec]),
    call("recvmmsg_time64", &[Fd, Messages { most: 2 }, Uint, Flags(MESSAGE), Timespec]),
];

const SOCKET: Kind = Masked { mask: 0xf, value: SOCKET_TYPE, bits: SOCKET_BITS };
const NAME: Kind = SocketAddressOut { length: 2 };
const LENGTH: Kind = InOut(&layout::LENGTH);
