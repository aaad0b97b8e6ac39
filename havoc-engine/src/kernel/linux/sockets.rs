//! What is known of the sockets of a task: protocol, own address, and the peer's.
//!
//! A copy of the descriptor (pidfd_getfd) answers exactly, in a few microseconds, whatever network namespace the socket is of.
//! The copy is closed at once. A container's profile may forbid it; then the socket is looked for by its inode
//! in the lists of /proc/TID/net. They lack a socket of tcp(7) that is bound and neither listens nor is connected,
//! those of another network namespace than the task's, and the peers of unix(7), for which sock_diag(7) is asked.
use super::links::{self, Number};
use super::proc::TaskDirectory;
use super::socket_calls::{self, Whose};
use super::stat;
use crate::kernel::look_error::LookError;
use crate::plan::{Endpoint, Transport};
use crate::resource::net_text::{InternetText, UnixText};
use crate::resource::unix_diag::{Answer, Ask, Diagnosed};
use crate::resource::{Socket, socket_address};
use nix::errno::Errno;
use nix::fcntl::AtFlags;
use std::io::{Read, Write};
use std::os::fd::OwnedFd;

const LOOK: &str = "look at a socket";

/// More than the kernel puts into one part of an answer: NLMSG_GOODSIZE, or 32 KiB if there is so much room
/// (net/netlink/af_netlink.c, `netlink_dump`).
const ANSWER: usize = 1 << 16;

/// A protocol, by the name of its `struct proto`, and where its sockets are listed.
struct Protocol {
    name: &'static [u8],
    transport: Option<Transport>,
    /// Whether its sockets are streams; `None` if some are.
    is_stream: Option<bool>,
    list: Option<&'static str>,
}

const fn protocol(
    name: &'static [u8],
    transport: Option<Transport>,
    is_stream: Option<bool>,
    list: Option<&'static str>,
) -> Protocol {
    Protocol { name, transport, is_stream, list }
}

/// Those that are known. Of others it is not known whether they are streams.
const PROTOCOLS: [Protocol; 7] = [
    protocol(b"TCP", Some(Transport::Tcp), Some(true), Some("net/tcp")),
    protocol(b"TCPv6", Some(Transport::Tcp), Some(true), Some("net/tcp6")),
    // mptcp: to the program it is TCP, and Go asks for it by default. Its sockets are in no list.
    protocol(b"MPTCP", Some(Transport::Tcp), Some(true), None),
    protocol(b"MPTCPv6", Some(Transport::Tcp), Some(true), None),
    protocol(b"UDP", Some(Transport::Udp), Some(false), Some("net/udp")),
    protocol(b"UDPv6", Some(Transport::Udp), Some(false), Some("net/udp6")),
    protocol(b"UNIX-STREAM", None, Some(true), Some("net/unix")),
];
/// Before Linux 5.15 streams too.
const UNIX: Protocol = protocol(b"UNIX", None, None, Some("net/unix"));
const OTHER: Protocol = protocol(b"", None, None, None);

impl TaskDirectory {
    /// Returns what is known of a descriptor that is a socket; `None` if it is none, or closed.
    ///
    /// # Errors
    ///
    /// If the task has ended or may not be looked at.
    pub fn socket(&self, descriptor: i32) -> Result<Option<Socket>, LookError> {
        let Some((inode, protocol)) = self.protocol(descriptor)? else { return Ok(None) };
        let socket = match self.copy(descriptor, inode) {
            Some(copy) => by_copy(&copy, &protocol),
            None => self.by_lists(inode, &protocol)?,
        };
        Ok(Some(socket))
    }

    /// Tells whether a descriptor is a stream socket.
    ///
    /// # Errors
    ///
    /// If the task has ended or may not be looked at.
    pub(super) fn is_stream_socket(&self, descriptor: i32) -> Result<bool, LookError> {
        let Some((inode, protocol)) = self.protocol(descriptor)? else { return Ok(false) };
        match protocol.is_stream {
            Some(is_stream) => Ok(is_stream),
            None => match self.copy(descriptor, inode) {
                Some(copy) => Ok(socket_calls::is_stream(&copy).unwrap_or(false)),
                None => Ok(self.by_lists(inode, &protocol)?.is_stream),
            },
        }
    }

    /// Returns a socket's inode and protocol.
    fn protocol(&self, descriptor: i32) -> Result<Option<(u64, Protocol)>, LookError> {
        if descriptor < 0 {
            return Ok(None);
        }
        // The text says first whether it is a socket: a file system would be asked for the attribute of a file.
        let number = Number::new(descriptor.cast_unsigned());
        let text = self.in_descriptors(LOOK, |directory| links::text(directory, number.name()))?;
        let Some(text) = text else { return Ok(None) };
        let inode = text.strip_prefix(b"socket:[").and_then(|rest| rest.strip_suffix(b"]"));
        let Some(inode) = inode.and_then(|inode| std::str::from_utf8(inode).ok()?.parse().ok()) else {
            return Ok(None);
        };
        // It may have been closed meanwhile.
        let name =
            self.in_descriptors(LOOK, |directory| socket_calls::protocol_name(directory, number.name()))?;
        let Some(name) = name else { return Ok(None) };
        let known = PROTOCOLS.into_iter().chain([UNIX]).find(|protocol| protocol.name == name);
        Ok(Some((inode, known.unwrap_or(OTHER))))
    }

    /// Copies a socket; `None` if that is not possible here, or another file has taken its place.
    fn copy(&self, descriptor: i32, inode: u64) -> Option<OwnedFd> {
        if self.finds_sockets_by_lists() {
            return None;
        }
        let pidfd = match socket_calls::pidfd_open(self.tid(), Whose::Task) {
            // Before Linux 6.9. The descriptors of the first thread are those of all, mostly: the inode will tell.
            Err(Errno::EINVAL) => {
                let process = crate::task::Tid::new(self.status().ok()?.process.get())?;
                socket_calls::pidfd_open(process, Whose::Process)
            }
            opened => opened,
        };
        let copy = socket_calls::pidfd_getfd(&pidfd.ok()?, descriptor).ok()?;
        stat::of(&copy).is_ok_and(|stat| stat.inode == inode).then_some(copy)
    }

    fn by_lists(&self, inode: u64, protocol: &Protocol) -> Result<Socket, LookError> {
        let is_stream = protocol.is_stream.unwrap_or(false);
        let socket =
            Socket { is_stream, transport: protocol.transport, endpoints: Vec::new(), incomplete: false };
        match (protocol.list, protocol.transport) {
            (Some(list), Some(transport)) => {
                let found = InternetText::new(&self.list(list)?, transport).endpoints(inode);
                // Every socket of udp(7) that has a port is listed, and so is none that has not.
                let incomplete = found.is_none() && transport == Transport::Tcp;
                Ok(Socket { endpoints: found.unwrap_or_default(), incomplete, ..socket })
            }
            (Some(list), None) => {
                let peer = if self.shares_network()? { peer_of(inode) } else { Peer::Unknown };
                // Read after the question: a peer that was accepted meanwhile is listed.
                let text = self.list(list)?;
                let text = UnixText(&text);
                let own = text.find(inode);
                let other = match peer {
                    Peer::Nobody => None,
                    Peer::Is(peer) => text.find(peer.into()),
                    Peer::Unknown => None,
                };
                let missed = matches!((peer, &other), (Peer::Unknown, _) | (Peer::Is(_), None));
                Ok(Socket {
                    is_stream: own.as_ref().map_or(is_stream, |own| own.is_stream),
                    incomplete: own.is_none() || missed,
                    endpoints: [own, other]
                        .into_iter()
                        .filter_map(|socket| socket?.name)
                        .map(Endpoint::Unix)
                        .collect(),
                    ..socket
                })
            }
            (None, transport) => Ok(Socket { incomplete: transport.is_some(), ..socket }),
        }
    }

    fn list(&self, name: &str) -> Result<Vec<u8>, LookError> {
        match self.contents(name) {
            Ok(text) => Ok(text),
            // A kernel without IPv6 has no sockets of it: the list is not there, and its directory is.
            Err(error)
                if error.raw_os_error() == Some(libc::ENOENT)
                    && stat::at(&self.directory, "net/.", AtFlags::empty()).is_ok() =>
            {
                Ok(Vec::new())
            }
            Err(error) => Err(LookError::new(LOOK, self.tid(), error)),
        }
    }
}

fn by_copy(copy: &OwnedFd, protocol: &Protocol) -> Socket {
    let answers = [socket_calls::own_address(copy), socket_calls::peer_address(copy)];
    Socket {
        is_stream: protocol.is_stream.unwrap_or_else(|| socket_calls::is_stream(copy).unwrap_or(false)),
        ..of_answers(answers, protocol.transport)
    }
}

/// Returns what a socket says of its own address and of its peer's.
fn of_answers(answers: [Result<Vec<u8>, Errno>; 2], transport: Option<Transport>) -> Socket {
    // A socket without a peer says ENOTCONN, and one whose protocol has no addresses EOPNOTSUPP. A security module's EACCES
    // says nothing of addresses: security_socket_getsockname in net/socket.c.
    let is_answer = |answer: &Result<_, Errno>| !matches!(answer, Err(error) if !matches!(error, Errno::ENOTCONN | Errno::EOPNOTSUPP));
    let incomplete = !answers.iter().all(is_answer);
    let endpoints =
        answers.into_iter().flatten().filter_map(|bytes| socket_address::parse(&bytes, transport));
    Socket {
        transport,
        // Port 0 has a socket that was never bound.
        endpoints: endpoints
            .filter(|endpoint| !matches!(endpoint, Endpoint::Internet { port: 0, .. }))
            .collect(),
        incomplete,
        ..Socket::default()
    }
}

/// Who is at the other side of a socket of unix(7).
#[derive(Clone, Copy, Debug)]
enum Peer {
    Nobody,
    /// The socket of this inode, or for one that was not yet accepted the listening one: they have the same name.
    Is(u32),
    Unknown,
}

/// Asks for the peer of a socket of havoc's network namespace.
fn peer_of(inode: u64) -> Peer {
    let Ok(inode) = u32::try_from(inode) else { return Peer::Unknown };
    // It may be accepted between two questions, or have been closed.
    for _ in 0..2 {
        let Ok(answer) = diagnose(Ask::PeerOf(inode)) else { return Peer::Unknown };
        match answer.iter().find(|socket| socket.inode == inode) {
            None => return Peer::Unknown,
            Some(Diagnosed { peer: None, .. }) => return Peer::Nobody,
            Some(Diagnosed { peer: Some(0), .. }) => {}
            Some(Diagnosed { peer: Some(peer), .. }) => return Peer::Is(*peer),
        }
        let Ok(listeners) = diagnose(Ask::Listeners) else { return Peer::Unknown };
        if let Some(listener) = listeners.iter().find(|socket| socket.waiting.contains(&inode)) {
            return Peer::Is(listener.inode);
        }
    }
    Peer::Unknown
}

fn diagnose(ask: Ask) -> std::io::Result<Vec<Diagnosed>> {
    let mut socket = socket_calls::sock_diag()?;
    socket.write_all(&ask.request())?;
    let mut sockets = Vec::new();
    let mut buffer = vec![0; ANSWER];
    loop {
        let length = socket.read(&mut buffer)?;
        let answer = Answer::parse(&buffer[..length]);
        sockets.extend(answer.sockets);
        // About one socket there is one answer, about several the last is empty.
        if answer.is_last || length == 0 || matches!(ask, Ask::PeerOf(_)) {
            return Ok(sockets);
        }
    }
}

#[cfg(test)]
mod tests;
