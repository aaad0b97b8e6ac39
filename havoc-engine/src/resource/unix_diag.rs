//! What NETLINK_SOCK_DIAG is asked, and answers, about sockets of unix(7): who is whose peer. /proc/net/unix does not
//! say that. sock_diag(7), include/uapi/linux/unix_diag.h.
use crate::bytes::number_at;

/// SOCK_DIAG_BY_FAMILY of include/uapi/linux/sock_diag.h.
const BY_FAMILY: u16 = 20;
/// NLMSG_ERROR, NLM_F_REQUEST and NLM_F_DUMP of include/uapi/linux/netlink.h.
const ERROR: u16 = 2;
const DONE: u16 = 3;
const REQUEST: u16 = 0x1;
const DUMP: u16 = 0x300;
/// UDIAG_SHOW_PEER, UDIAG_SHOW_ICONS.
const SHOW_PEER: u32 = 0x4;
const SHOW_ICONS: u32 = 0x8;
/// UNIX_DIAG_PEER, UNIX_DIAG_ICONS.
const PEER: u16 = 2;
const ICONS: u16 = 3;
/// TCP_LISTEN of include/net/tcp_states.h, as a bit: such a state have those that listen.
const LISTENING: u32 = 1 << 10;

/// sizeof(struct nlmsghdr).
const HEADER: usize = 16;
/// sizeof(struct unix_diag_msg).
const MESSAGE: usize = 16;

/// Which sockets are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    /// For this one's peer.
    PeerOf(u32),
    /// For those that listen, with the sockets that have connected to them and were not yet accepted. Such a one has a
    /// peer that is in no program's hands, and has no inode.
    Listeners,
}

impl Ask {
    /// Returns the request: struct nlmsghdr and struct unix_diag_req.
    #[must_use]
    pub fn request(self) -> Vec<u8> {
        let (flags, states, inode, show) = match self {
            Ask::PeerOf(inode) => (REQUEST, u32::MAX, inode, SHOW_PEER),
            Ask::Listeners => (REQUEST | DUMP, LISTENING, 0, SHOW_ICONS),
        };
        let mut request = Vec::with_capacity(40);
        request.extend(40_u32.to_ne_bytes());
        request.extend(BY_FAMILY.to_ne_bytes());
        request.extend(flags.to_ne_bytes());
        // No sequence, no port.
        request.extend([0; 8]);
        request.extend([libc::AF_UNIX as u8, 0, 0, 0]);
        request.extend(states.to_ne_bytes());
        request.extend(inode.to_ne_bytes());
        request.extend(show.to_ne_bytes());
        // INET_DIAG_NOCOOKIE, twice.
        request.extend([0xff; 8]);
        request
    }
}

/// One socket of an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diagnosed {
    /// Its inode.
    pub inode: u32,
    /// The inode of its peer; 0 for one that is not yet accepted, or was closed.
    pub peer: Option<u32>,
    /// The inodes of those who wait to be accepted.
    pub waiting: Vec<u32>,
}

/// What one read gives.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// The sockets.
    pub sockets: Vec<Diagnosed>,
    /// Nothing comes after them.
    pub is_last: bool,
}

impl Answer {
    /// Reads an answer. What is cut off, or of another kind, is passed over.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Answer {
        let mut answer = Answer::default();
        for (header, body) in records(bytes, HEADER, |bytes| number_at(bytes, 0, 4)) {
            match number_at(header, 4, 2) as u16 {
                ERROR | DONE => answer.is_last = true,
                BY_FAMILY if body.len() >= MESSAGE => answer.sockets.push(diagnosed(body)),
                _ => {}
            }
        }
        answer
    }
}

/// struct unix_diag_msg: family, type, state and padding of a byte each, inode, cookie; then attributes.
fn diagnosed(body: &[u8]) -> Diagnosed {
    let mut socket = Diagnosed { inode: number_at(body, 4, 4) as u32, ..Diagnosed::default() };
    for (header, value) in records(&body[MESSAGE..], 4, |bytes| number_at(bytes, 0, 2)) {
        match number_at(header, 2, 2) as u16 {
            PEER if value.len() >= 4 => socket.peer = Some(number_at(value, 0, 4) as u32),
            ICONS => {
                socket.waiting = value.chunks_exact(4).map(|inode| number_at(inode, 0, 4) as u32).collect()
            }
            _ => {}
        }
    }
    socket
}

/// Splits messages, or attributes: each begins with a header, which has the length of all of it; the next is aligned to
/// 4 bytes (NLMSG_ALIGN, NLA_ALIGN).
fn records(
    mut bytes: &[u8],
    header: usize,
    length: impl Fn(&[u8]) -> u64,
) -> impl Iterator<Item = (&[u8], &[u8])> {
    std::iter::from_fn(move || {
        let record = bytes.get(..length(bytes) as usize).filter(|record| record.len() >= header)?;
        bytes = bytes.get(record.len().next_multiple_of(4)..).unwrap_or_default();
        Some(record.split_at(header))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn attribute(kind: u16, value: &[u8]) -> Vec<u8> {
        let mut bytes = (4 + value.len() as u16).to_ne_bytes().to_vec();
        bytes.extend(kind.to_ne_bytes());
        bytes.extend(value);
        bytes.resize(bytes.len().next_multiple_of(4), 0);
        bytes
    }

    fn message(kind: u16, body: &[u8]) -> Vec<u8> {
        let mut bytes = (16 + body.len() as u32).to_ne_bytes().to_vec();
        bytes.extend(kind.to_ne_bytes());
        bytes.extend([0; 10]);
        bytes.extend(body);
        bytes
    }

    fn socket(inode: u32, attributes: &[Vec<u8>]) -> Vec<u8> {
        let mut body = vec![1, 1, 10, 0];
        body.extend(inode.to_ne_bytes());
        body.extend([7; 8]);
        body.extend(attributes.concat());
        message(20, &body)
    }

    #[test]
    fn peers_and_those_who_wait_are_read() {
        let words = |words: [u32; 2]| words.map(u32::to_ne_bytes).concat();
        let bytes = [
            socket(5, &[attribute(0, b"name"), attribute(2, &6_u32.to_ne_bytes())]),
            socket(7, &[attribute(3, &words([8, 9]))]),
            message(3, &[0; 4]),
        ]
        .concat();
        let answer = Answer::parse(&bytes);
        assert_eq!(
            answer.sockets,
            [
                Diagnosed { inode: 5, peer: Some(6), waiting: vec![] },
                Diagnosed { inode: 7, peer: None, waiting: vec![8, 9] },
            ]
        );
        assert!(answer.is_last);
        assert_eq!(Answer::parse(&message(2, &[0; 20])), Answer { sockets: vec![], is_last: true });
        assert_eq!(Answer::parse(b""), Answer::default());
    }

    #[test]
    fn a_request_is_as_long_as_it_says() {
        for ask in [Ask::PeerOf(77), Ask::Listeners] {
            let request = ask.request();
            assert_eq!((request.len(), number_at(&request, 0, 4)), (40, 40));
        }
    }

    proptest! {
        #[test]
        fn no_bytes_are_too_odd(bytes in proptest::collection::vec(0_u8..24, 0..300)) {
            prop_assert!(Answer::parse(&bytes).sockets.len() * (HEADER + MESSAGE) <= bytes.len());
        }
    }
}
