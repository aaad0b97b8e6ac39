//! Messages between havoc and the processes that it makes for itself, over pairs of sockets: bytes, and at most one descriptor.
//! Messages keep their bounds, and the end of the other side shows.
use nix::errno::Errno;
use nix::sys::socket::{
    AddressFamily, ControlMessage, ControlMessageOwned, MsgFlags, Shutdown, SockFlag, SockType, recvmsg,
    sendmsg, shutdown, socketpair,
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

/// Takes no more messages: whoever sends one is told EPIPE. What was sent before can still be received, and behind it comes the end.
///
/// # Errors
/// When the kernel refuses.
pub(super) fn hear_no_more(socket: impl AsFd) -> nix::Result<()> {
    shutdown(socket.as_fd().as_raw_fd(), Shutdown::Read)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sent_before_nobody_hears_any_more_arrives_and_nothing_after_it() {
        let (ours, theirs) = pair().expect("sockets");
        send(&ours, &[b"in time"], None).expect("somebody hears");
        hear_no_more(&theirs).expect("a socket");
        assert_eq!(send(&ours, &[b"late"], None), Err(Errno::EPIPE));
        let mut bytes = [0; 16];
        let (length, _) = receive(&theirs, &mut bytes, MsgFlags::MSG_DONTWAIT).expect("the first");
        assert_eq!(&bytes[..length], b"in time");
        let (length, _) = receive(&theirs, &mut bytes, MsgFlags::MSG_DONTWAIT).expect("the end");
        assert_eq!(length, 0);
    }
}
