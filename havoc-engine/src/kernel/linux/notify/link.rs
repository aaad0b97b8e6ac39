//! What havoc and its guard tell each other, over a pair of sockets: messages of three numbers, and once a descriptor.
use crate::kernel::linux::datagram;
use crate::signal::Signal;
use crate::task::Tid;
use nix::errno::Errno;
use nix::sys::socket::MsgFlags;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

/// What either says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Message {
    /// The guard: the filter is installed, by this task, which will make the program. The listener comes with it.
    Listening(Tid),
    /// The guard: the filter was refused with this error.
    Refused(i32),
    /// havoc: it listens.
    Go,
    /// The guard: the program's first task.
    Root(Tid),
    /// The guard: no task could be made, with this error.
    NoRoot(i32),
    /// The guard: the root process has ended with this status of wait(2), and so many processes are left.
    RootEnded(i32, i32),
    /// The guard: the root process was stopped by this signal.
    RootStopped(Signal),
    /// The guard: the root process goes on.
    RootContinued,
    /// The guard: nobody is left.
    AllEnded,
    /// havoc: the program is about to begin. The listener comes back, to be kept open until everybody is ended.
    Keep,
    /// havoc: everybody is to be ended.
    End,
    /// havoc: pass this signal on.
    Signal(Signal),
}

impl Message {
    fn encode(self) -> [i32; 3] {
        match self {
            Message::Listening(tid) => [1, tid.get(), 0],
            Message::Refused(errno) => [2, errno, 0],
            Message::Go => [3, 0, 0],
            Message::Root(tid) => [4, tid.get(), 0],
            Message::NoRoot(errno) => [5, errno, 0],
            Message::RootEnded(status, left) => [6, status, left],
            Message::RootStopped(signal) => [7, signal.number(), 0],
            Message::AllEnded => [8, 0, 0],
            Message::End => [9, 0, 0],
            Message::Signal(signal) => [10, signal.number(), 0],
            Message::RootContinued => [11, 0, 0],
            Message::Keep => [12, 0, 0],
        }
    }

    fn decode(words: [i32; 3]) -> Option<Message> {
        Some(match words {
            [1, tid, _] => Message::Listening(Tid::new(tid)?),
            [2, errno, _] => Message::Refused(errno),
            [3, ..] => Message::Go,
            [4, tid, _] => Message::Root(Tid::new(tid)?),
            [5, errno, _] => Message::NoRoot(errno),
            [6, status, left] => Message::RootEnded(status, left),
            [7, signal, _] => Message::RootStopped(Signal::new(signal)?),
            [8, ..] => Message::AllEnded,
            [9, ..] => Message::End,
            [10, signal, _] => Message::Signal(Signal::new(signal)?),
            [11, ..] => Message::RootContinued,
            [12, ..] => Message::Keep,
            _ => return None,
        })
    }
}

/// What came.
#[derive(Debug)]
pub(super) enum Received {
    /// A message, with its descriptor if it had one.
    Message(Message, Option<OwnedFd>),
    /// Nothing yet.
    Nothing,
    /// The other side is gone.
    Closed,
}

/// One end.
#[derive(Debug)]
pub(super) struct Link(OwnedFd);

impl Link {
    /// Returns both ends.
    ///
    /// # Errors
    /// When the kernel refuses.
    pub(super) fn pair() -> nix::Result<(Link, Link)> {
        let (one, other) = datagram::pair()?;
        Ok((Link(one), Link(other)))
    }

    /// Sends a message; without SIGPIPE if the other side is gone.
    ///
    /// # Errors
    /// When the kernel refuses, or the other side is gone.
    pub(super) fn send(&self, message: Message, descriptor: Option<BorrowedFd>) -> nix::Result<()> {
        let words = message.encode();
        let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_ne_bytes()).collect();
        datagram::send(&self.0, &[&bytes], descriptor)
    }

    /// Receives a message, if there is one.
    ///
    /// # Errors
    /// When the kernel refuses.
    pub(super) fn take(&self) -> nix::Result<Received> {
        match self.receive_whole(MsgFlags::MSG_DONTWAIT) {
            Err(Errno::EAGAIN) => Ok(Received::Nothing),
            other => other,
        }
    }

    /// Waits for a message.
    ///
    /// # Errors
    /// When the kernel refuses.
    pub(super) fn receive(&self) -> nix::Result<Received> {
        self.receive_whole(MsgFlags::empty())
    }

    fn receive_whole(&self, flags: MsgFlags) -> nix::Result<Received> {
        let mut bytes = [0; 12];
        let (length, descriptor) = datagram::receive(&self.0, &mut bytes, flags)?;
        if length == 0 {
            return Ok(Received::Closed);
        }
        let word = |at: usize| i32::from_ne_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
        match Message::decode([word(0), word(4), word(8)]) {
            Some(message) => Ok(Received::Message(message, descriptor)),
            None => Err(Errno::EBADMSG),
        }
    }
}

impl AsFd for Link {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_message_arrives_as_it_was_sent_and_the_end_of_a_side_shows() {
        let (one, other) = Link::pair().expect("a pair");
        let tid = Tid::new(4711).expect("above zero");
        for message in [
            Message::Listening(tid),
            Message::Refused(16),
            Message::Go,
            Message::Root(tid),
            Message::NoRoot(11),
            Message::RootEnded(0x0700, 3),
            Message::RootStopped(Signal::TSTP),
            Message::RootContinued,
            Message::AllEnded,
            Message::Keep,
            Message::End,
            Message::Signal(Signal::TERM),
        ] {
            one.send(message, None).expect("sent");
            assert!(matches!(other.receive(), Ok(Received::Message(came, None)) if came == message));
        }
        assert!(matches!(other.take(), Ok(Received::Nothing)));
        drop(one);
        assert!(matches!(other.take(), Ok(Received::Closed)));
    }

    #[test]
    fn what_was_said_last_is_heard_though_the_other_side_has_not_listened_to_its_end() {
        let (one, other) = Link::pair().expect("a pair");
        other.send(Message::End, None).expect("sent");
        one.send(Message::AllEnded, None).expect("sent");
        drop(one);
        assert!(matches!(other.take(), Ok(Received::Message(Message::AllEnded, None))));
        assert!(matches!(other.take(), Ok(Received::Closed)));
    }

    #[test]
    fn a_descriptor_comes_along() {
        let (one, other) = Link::pair().expect("a pair");
        let (read, write) = nix::unistd::pipe().expect("a pipe");
        one.send(Message::AllEnded, Some(write.as_fd())).expect("sent");
        let Ok(Received::Message(_, Some(came))) = other.receive() else { panic!("no descriptor") };
        drop(write);
        nix::unistd::write(&came, b"x").expect("written");
        let mut byte = [0];
        assert_eq!(nix::unistd::read(&read, &mut byte), Ok(1));
    }
}
