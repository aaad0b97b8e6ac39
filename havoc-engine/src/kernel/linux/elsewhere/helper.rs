//! A helper: a process of its own that makes one look after the other, and may wait for as long as it takes.
//!
//! It holds nothing that anybody waits for: no stream, no log, no directory but `/`, and no place in havoc's session. Nor is it
//! havoc's child, whose ends havoc waits for. It ends when havoc does, or when a look is over that havoc has given up.
use super::question::Question;
use crate::kernel::linux::bell::RING;
use crate::kernel::linux::proc::TaskDirectory;
use crate::kernel::linux::socket_calls::{Whose, pidfd_open};
use crate::kernel::linux::{datagram, own_table, procfs, signals};
use crate::kernel::look_error::LookError;
use crate::signal::Signal;
use crate::task::{Pid, Tid};
use nix::errno::Errno;
use nix::sys::signal::SigSet;
use nix::sys::socket::MsgFlags;
use nix::unistd::ForkResult;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

/// A request takes no more: words, and a path.
const LONGEST_REQUEST: usize = 64 + 4096;

/// An answer takes no more; what a socket carries as one message lies above. /proc/sys/net/core/wmem_default has 212 992.
pub(super) const LONGEST_ANSWER: usize = 160 * 1024;

/// havoc's side of a helper.
#[derive(Debug)]
pub(super) struct Helper {
    socket: OwnedFd,
    /// Its process; `None` until it has said so.
    process: Option<(OwnedFd, Pid)>,
}

/// What a helper has said.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Heard {
    /// The answer to the question of this number.
    Answer(u64, Result<Vec<Vec<u8>>, Errno>),
    /// Nothing yet.
    Nothing,
    /// It has ended.
    Ended,
}

impl Helper {
    /// Makes one, which rings by `rope` when it has answered.
    ///
    /// # Errors
    /// When the kernel refuses: EAGAIN where the user has too many processes, EMFILE.
    pub(super) fn start(rope: BorrowedFd) -> nix::Result<Helper> {
        let (socket, theirs) = datagram::pair()?;
        // SAFETY: the child calls nothing but what may be called there. This process may have a second thread, which holds no lock
        // that the child takes: the C library's own, that of malloc, are free in the child (glibc and musl see to that).
        match unsafe { nix::unistd::fork() }? {
            ForkResult::Parent { child } => {
                // It ends at once.
                while nix::sys::wait::waitpid(child, None) == Err(Errno::EINTR) {}
                Ok(Helper { socket, process: None })
            }
            ForkResult::Child => {
                drop(socket);
                // SAFETY: as above; this is the only thread of its process.
                if let Ok(ForkResult::Child) = unsafe { nix::unistd::fork() } {
                    let life = || live(&theirs, rope);
                    // A panic must not unwind into what havoc was doing.
                    let _ = std::panic::catch_unwind(std::panic::AssertUnwindSafe(life));
                }
                // SAFETY: _exit takes a number; nothing of havoc's that was copied by the fork is to be written out twice.
                unsafe { libc::_exit(0) }
            }
        }
    }

    /// Puts a question about `task`, which gets this number.
    ///
    /// # Errors
    /// When it is gone, or the kernel refuses.
    pub(super) fn ask(&self, number: u64, task: &TaskDirectory, question: &Question) -> nix::Result<()> {
        let (words, path) = question.encode();
        let flags = u64::from(task.has_own_root);
        let head = [number, task.tid().get().cast_unsigned().into(), flags];
        let head: Vec<u8> = head.iter().chain(&words).flat_map(|word| word.to_ne_bytes()).collect();
        datagram::send(&self.socket, &[&head, path], Some(task.directory.as_fd()))
    }

    /// Hears what it has said.
    pub(super) fn hear(&mut self) -> Heard {
        let mut bytes = vec![0; LONGEST_ANSWER];
        loop {
            let length = match datagram::receive(&self.socket, &mut bytes, MsgFlags::MSG_DONTWAIT) {
                Ok((0, _)) => return Heard::Ended,
                Ok((length, _)) => length,
                Err(Errno::EAGAIN) => return Heard::Nothing,
                Err(_) => return Heard::Ended,
            };
            match parse(&bytes[..length]) {
                Some(Said::Hello(process)) => self.process = pidfd_of(process),
                Some(Said::Answer(number, answer)) => return Heard::Answer(number, answer),
                None => return Heard::Ended,
            }
        }
    }

    /// Ends it, whatever it does; where it waits for what SIGKILL does not end, it ends when that is over.
    pub(super) fn end(&mut self) {
        if self.process.is_none() {
            // It says who it is before all else.
            let _ = self.hear();
        }
        if let Some((pidfd, process)) = &self.process
            && let Err(error) = signals::send_by_pidfd(pidfd, *process, Signal::KILL)
        {
            log::debug!("end a helper: {error}");
        }
    }
}

fn pidfd_of(process: i32) -> Option<(OwnedFd, Pid)> {
    let pidfd = pidfd_open(Tid::new(process)?, Whose::Process).ok()?;
    Some((pidfd, Pid::new(process).filter(|process| process.get() > 1)?))
}

enum Said {
    Hello(i32),
    Answer(u64, Result<Vec<Vec<u8>>, Errno>),
}

/// Number and error; 0 is no question's number. Behind them the strings, each after its length.
fn head(number: u64, errno: i32) -> Vec<u8> {
    number.to_ne_bytes().into_iter().chain(errno.to_ne_bytes()).collect()
}

fn parse(bytes: &[u8]) -> Option<Said> {
    let (number, rest) = bytes.split_first_chunk::<8>()?;
    let (errno, mut rest) = rest.split_first_chunk::<4>()?;
    let (number, errno) = (u64::from_ne_bytes(*number), i32::from_ne_bytes(*errno));
    if number == 0 {
        return Some(Said::Hello(errno));
    }
    if errno != 0 {
        return Some(Said::Answer(number, Err(Errno::from_raw(errno))));
    }
    let mut strings = Vec::new();
    while let Some((length, behind)) = rest.split_first_chunk::<4>() {
        let (string, behind) = behind.split_at_checked(u32::from_ne_bytes(*length) as usize)?;
        strings.push(string.to_vec());
        rest = behind;
    }
    Some(Said::Answer(number, Ok(strings)))
}

/// The life of a helper.
fn live(socket: &OwnedFd, rope: BorrowedFd) -> Option<()> {
    let _ = nix::unistd::setsid();
    let _ = SigSet::all().thread_set_mask();
    let _ = nix::unistd::chdir("/");
    let _ = nix::sys::prctl::set_name(c"look-up");
    // Nobody must wait for a stream or a file to be closed here.
    own_table::keep(&[socket.as_fd(), rope, procfs::root().ok()?.as_fd()]);
    let own = nix::unistd::getpid().as_raw();
    datagram::send(socket, &[&head(0, own)], None).ok()?;
    let mut bytes = vec![0; LONGEST_REQUEST];
    loop {
        let (length, directory) = datagram::receive(socket, &mut bytes, MsgFlags::empty()).ok()?;
        let (words, path) = bytes[..length].split_at_checked(7 * 8)?;
        let words: Vec<u64> = words
            .chunks_exact(8)
            .map(|word| word.try_into().map(u64::from_ne_bytes))
            .collect::<Result<_, _>>()
            .ok()?;
        let &[number, tid, flags, kind, one, two, three] = &words[..] else { return None };
        let question = Question::decode([kind, one, two, three], path)?;
        let tid = Tid::new(tid as u32 as i32)?;
        let mut task = TaskDirectory::of_descriptor(tid, directory?).that_may_wait();
        task.has_own_root = flags == 1;
        let answer = question.answer(&task);
        drop(task);
        say(socket, number, &answer).ok()?;
        nix::unistd::write(rope, &RING.to_ne_bytes()).ok()?;
    }
}

fn say(socket: &OwnedFd, number: u64, answer: &Result<Vec<Vec<u8>>, LookError>) -> nix::Result<()> {
    let mut bytes = head(number, answer.as_ref().map_or_else(errno_of, |_| 0));
    for string in answer.iter().flatten() {
        bytes.extend((string.len() as u32).to_ne_bytes());
        bytes.extend(string);
    }
    if bytes.len() > LONGEST_ANSWER {
        bytes = head(number, libc::EMSGSIZE);
    }
    datagram::send(socket, &[&bytes], None)
}

fn errno_of(error: &LookError) -> i32 {
    match error {
        LookError::Vanished(_) => libc::ESRCH,
        LookError::Denied { .. } => libc::EPERM,
        LookError::Pending { .. } => libc::EIO,
        LookError::Failed { source, .. } => source.raw_os_error().unwrap_or(libc::EIO),
    }
}
