//! System calls about sockets that have no safe wrapper here: a copy of another task's descriptor, the addresses of a
//! socket, its protocol, and a socket to ask the kernel about others.
use super::attribute;
use crate::task::Tid;
use nix::errno::Errno;
use std::ffi::CStr;
use std::fs::File;
use std::os::fd::{AsFd, AsRawFd, FromRawFd, OwnedFd, RawFd};

/// sizeof(struct sockaddr_storage): no address is longer. A path of 108 bytes counts 111 (net/unix/af_unix.c,
/// `unix_mkname_bsd`).
const LONGEST: usize = 128;
/// `UNIX-STREAM` and the like: `struct proto` of include/net/sock.h has 32 bytes for a name.
const PROTOCOL_NAME: usize = 32;

/// Whose descriptors a pidfd stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whose {
    /// This task's. PIDFD_THREAD, since Linux 6.9; EINVAL before.
    Task,
    /// Those of the first thread of the process, whose id it is.
    Process,
}

/// Opens a pidfd. pidfd_open(2).
pub(super) fn pidfd_open(tid: Tid, whose: Whose) -> Result<OwnedFd, Errno> {
    let flags = match whose {
        Whose::Task => libc::PIDFD_THREAD,
        Whose::Process => 0,
    };
    // SAFETY: pidfd_open takes two numbers and touches no memory of ours.
    let result = unsafe { libc::syscall(libc::SYS_pidfd_open, tid.get(), flags) };
    Ok(owned(Errno::result(result)? as RawFd))
}

/// Copies a descriptor of another task into this process, close-on-exec. pidfd_getfd(2), since Linux 5.6.
pub(super) fn pidfd_getfd(pidfd: &OwnedFd, descriptor: RawFd) -> Result<OwnedFd, Errno> {
    // SAFETY: pidfd_getfd takes three numbers and touches no memory of ours; the first is an open descriptor, borrowed.
    let result = unsafe { libc::syscall(libc::SYS_pidfd_getfd, pidfd.as_raw_fd(), descriptor, 0) };
    Ok(owned(Errno::result(result)? as RawFd))
}

/// Returns the address of a socket. getsockname(2).
pub(super) fn own_address(socket: &OwnedFd) -> Result<Vec<u8>, Errno> {
    let mut address = [0_u8; LONGEST];
    let mut length = LONGEST as libc::socklen_t;
    // SAFETY: `length` says how many bytes are writable at `address`, and no more are written: what is longer is cut
    // off. The kernel copies bytes, so that their alignment does not matter; both live until the call returns.
    let result =
        unsafe { libc::getsockname(socket.as_raw_fd(), address.as_mut_ptr().cast(), &raw mut length) };
    Errno::result(result)?;
    Ok(address[..LONGEST.min(length as usize)].to_vec())
}

/// Returns the address of a socket's peer; ENOTCONN if it has none. getpeername(2).
pub(super) fn peer_address(socket: &OwnedFd) -> Result<Vec<u8>, Errno> {
    let mut address = [0_u8; LONGEST];
    let mut length = LONGEST as libc::socklen_t;
    // SAFETY: as in `own_address`: `length` bounds what is written to the LONGEST bytes at `address`, of any alignment,
    // and both live until the call returns.
    let result =
        unsafe { libc::getpeername(socket.as_raw_fd(), address.as_mut_ptr().cast(), &raw mut length) };
    Errno::result(result)?;
    Ok(address[..LONGEST.min(length as usize)].to_vec())
}

/// Tells whether a socket is of SOCK_STREAM.
pub(super) fn is_stream(socket: &OwnedFd) -> Result<bool, Errno> {
    let mut kind: libc::c_int = 0;
    let mut length = size_of::<libc::c_int>() as libc::socklen_t;
    // SAFETY: `length` is the size of `kind`, to which the kernel writes at most that; both live until it returns.
    let result = unsafe {
        libc::getsockopt(
            socket.as_raw_fd(),
            libc::SOL_SOCKET,
            libc::SO_TYPE,
            (&raw mut kind).cast(),
            &raw mut length,
        )
    };
    Errno::result(result)?;
    Ok(kind == libc::SOCK_STREAM)
}

/// Returns the name of the protocol of the socket that a link of /proc/TID/fd leads to: an extended attribute that
/// sockets have since Linux 3.7 (net/socket.c, `sockfs_xattr_get`). ENOENT if the descriptor is closed.
pub(super) fn protocol_name(directory: impl AsFd, link: &CStr) -> Result<Vec<u8>, Errno> {
    let mut name = [0_u8; PROTOCOL_NAME];
    let length = attribute::read(directory, link, c"system.sockprotoname", &mut name)?;
    let name = &name[..length.min(PROTOCOL_NAME)];
    Ok(name.strip_suffix(b"\0").unwrap_or(name).to_vec())
}

/// Opens a socket that answers questions about sockets of havoc's network namespace, and never waits. sock_diag(7).
pub(super) fn sock_diag() -> Result<File, Errno> {
    let kind = libc::SOCK_RAW | libc::SOCK_CLOEXEC | libc::SOCK_NONBLOCK;
    socket(libc::AF_NETLINK, kind, libc::NETLINK_SOCK_DIAG).map(File::from)
}

/// Opens a socket. socket(2).
pub(super) fn socket(family: i32, kind: i32, protocol: i32) -> Result<OwnedFd, Errno> {
    // SAFETY: socket takes three numbers and touches no memory of ours.
    let result = unsafe { libc::socket(family, kind, protocol) };
    Ok(owned(Errno::result(result)?))
}

fn owned(descriptor: RawFd) -> OwnedFd {
    // SAFETY: only called with what a successful call has just returned as a new descriptor, known to nobody else.
    unsafe { OwnedFd::from_raw_fd(descriptor) }
}
