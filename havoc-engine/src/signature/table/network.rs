//! Calls on sockets.
use super::call;
use crate::signature::names::network::*;
use crate::signature::{Kind, Kind::*, ResultKind, Signature};

/// The rows of this family.
pub(super) const CALLS: &[Signature] = &[
    call("socket", &[OneOf(FAMILY), SOCKET, OneOf(PROTOCOL)]).gives(ResultKind::Fd),
    call("socketpair", &[OneOf(FAMILY), SOCKET, OneOf(PROTOCOL), FdPairOut]),
    call("bind", &[Fd, SocketAddress { length: 2 }, Int]),
    call("connect", &[Fd, SocketAddress { length: 2 }, Int]),
    call("listen", &[Fd, Int]),
    call("accept", &[Fd, Address, Address]).gives(ResultKind::Fd),
    call("accept4", &[Fd, Address, Address, Flags(SOCKET_BITS)]).gives(ResultKind::Fd),
    call("shutdown", &[Fd, OneOf(SHUTDOWN)]),
    call("getsockname", &[Fd, Address, Address]),
    call("getpeername", &[Fd, Address, Address]),
    call("getsockopt", &[Fd, OneOf(SOCKET_LEVEL), SocketOption, Address, Address]),
    call("setsockopt", &[Fd, OneOf(SOCKET_LEVEL), SocketOption, OptionValue { length: 4 }, Int]),
    call("sendto", &[Fd, BufferIn { length: 2 }, Size, Flags(MESSAGE), SocketAddress { length: 5 }, Int]),
    call("recvfrom", &[Fd, BufferOut, Size, Flags(MESSAGE), Address, Address]),
    call("sendmsg", &[Fd, Address, Flags(MESSAGE)]),
    call("recvmsg", &[Fd, Address, Flags(MESSAGE)]),
    call("sendmmsg", &[Fd, Address, Uint, Flags(MESSAGE)]),
    call("recvmmsg", &[Fd, Address, Uint, Flags(MESSAGE), Timespec]),
    call("recvmmsg_time64", &[Fd, Address, Uint, Flags(MESSAGE), Timespec]),
];

const SOCKET: Kind = Masked { mask: 0xf, value: SOCKET_TYPE, bits: SOCKET_BITS };
