//! Messages between havoc and the processes that it makes for itself, over pairs of sockets: bytes, and at most one descriptor.
//! Messages keep their bounds, and the end of the other side shows.
use nix::errno::Errno;
use nix::sys::socket::{
    AddressFamily, ControlMessage, ControlMessageOwned, MsgFlags, SockFlag, SockType, recvmsg, sendmsg,
    socketpair,
};
use std::io::{IoSlice, IoSliceMut};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};

/// Returns both ends of a pair of sockets, close-on-exec.
///
/// # Errors
/// When the kernel refuses.
pub(super) fn pair() -> nix::Result<(OwnedFd, OwnedFd)> {
    socketpair(AddressFamily::Unix, SockType::SeqPacket, None, SockFlag::SOCK_CLOEXEC)
}

/// Sends the parts as one message; without SIGPIPE if the other side is gone.
///
/// # Errors
/// When the kernel refuses, or the other side is gone.
pub(super) fn send(socket: impl AsFd, parts: &[&[u8]], descriptor: Option<BorrowedFd>) -> nix::Result<()> {
    let parts: Vec<IoSlice> = parts.iter().map(|part| IoSlice::new(part)).collect();
    let rights: Option<[RawFd; 1]> = descriptor.map(|descriptor| [descriptor.as_raw_fd()]);
    let control: Vec<ControlMessage> =
        rights.iter().map(|descriptors| ControlMessage::ScmRights(descriptors)).collect();
    let socket = socket.as_fd().as_raw_fd();
    loop {
        match sendmsg::<()>(socket, &parts, &control, MsgFlags::MSG_NOSIGNAL, None) {
            Err(Errno::EINTR) => {}
            result => return result.map(drop),
        }
    }
}

/// Receives a message into `bytes`, and returns its length and its descriptor; 0 bytes mean that the other side is gone.
///
/// # Errors
/// When the kernel refuses: EAGAIN for none with MSG_DONTWAIT, EMSGSIZE for one that is longer than `bytes`.
pub(super) fn receive(
    socket: impl AsFd,
    bytes: &mut [u8],
    flags: MsgFlags,
) -> nix::Result<(usize, Option<OwnedFd>)> {
    let socket = socket.as_fd().as_raw_fd();
    loop {
        let mut control = nix::cmsg_space!([RawFd; 1]);
        let mut parts = [IoSliceMut::new(bytes)];
        let flags = flags | MsgFlags::MSG_CMSG_CLOEXEC;
        let got = match recvmsg::<()>(socket, &mut parts, Some(&mut control), flags) {
            // ECONNRESET is told once, before what the other side said last, if it left something of ours unread.
            Err(Errno::EINTR | Errno::ECONNRESET) => continue,
            got => got?,
        };
        let mut descriptor = None;
        for message in got.cmsgs()? {
            if let ControlMessageOwned::ScmRights(descriptors) = message {
                for raw in descriptors {
                    // SAFETY: the kernel has just put it into our table, and nobody else knows of it.
                    descriptor = Some(unsafe { OwnedFd::from_raw_fd(raw) });
                }
            }
        }
        if got.flags.contains(MsgFlags::MSG_TRUNC) {
            return Err(Errno::EMSGSIZE);
        }
        return Ok((got.bytes, descriptor));
    }
}
