//! Calls on sockets.
use super::*;

/// The rows of this family.
pub(super) const CALLS: &[Row] = &[
    row("socket", NETWORK, NET_OPEN | FD_BUDGET),
    row("socketpair", NETWORK, NET_OPEN | FD_BUDGET),
    row("bind", NETWORK, NET_OPEN),
    row("connect", NETWORK, NET_OPEN),
    row("listen", NETWORK, NET_OPEN),
    row("accept", NETWORK, NET_OPEN | FD_BUDGET),
    row("accept4", NETWORK, NET_OPEN | FD_BUDGET),
    row("shutdown", NETWORK, NONE),
    row("getsockname", NETWORK, NONE),
    row("getpeername", NETWORK, NONE),
    row("getsockopt", NETWORK, NONE),
    row("setsockopt", NETWORK, NONE),
    row("sendto", NETWORK, WRITE_DATA),
    row("recvfrom", NETWORK, READ_DATA),
    row("sendmsg", NETWORK, WRITE_DATA),
    row("recvmsg", NETWORK, READ_DATA),
    row("sendmmsg", NETWORK, WRITE_DATA),
    row("recvmmsg", NETWORK, READ_DATA),
    row("recvmmsg_time64", NETWORK, READ_DATA),
];
