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
use nix::fcntl::OFlag;
use nix::poll::{PollFd, PollFlags, PollTimeout};
use nix::sys::signal::SigSet;
use nix::sys::socket::MsgFlags;
use nix::unistd::ForkResult;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

/// A request takes no more: words, and a path.
const LONGEST_REQUEST: usize = 64 + 4096;

/// An answer takes no more; what a socket carries as one message lies above. /proc/sys/net/core/wmem_default has 212 992.
const LONGEST_ANSWER: usize = 160 * 1024;

/// havoc's side of a helper.
#[derive(Debug)]
pub(super) struct Helper {
    socket: OwnedFd,
    process: Pid,
    pidfd: OwnedFd,
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
                drop(theirs);
                Helper::meet(socket)
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

    /// Hears who it is.
    fn meet(socket: OwnedFd) -> nix::Result<Helper> {
        let mut bytes = [0; 4];
        // It does nothing before that, and so it comes at once.
        let (4, _) = datagram::receive(&socket, &mut bytes, MsgFlags::empty())? else {
            return Err(Errno::EPIPE);
        };
        let own = Tid::new(i32::from_ne_bytes(bytes)).ok_or(Errno::ESRCH)?;
        let process = Pid::new(own.get()).filter(|process| process.get() > 1).ok_or(Errno::ESRCH)?;
        Ok(Helper { socket, process, pidfd: pidfd_open(own, Whose::Process)? })
    }

    /// Returns its process.
    pub(super) fn process(&self) -> Pid {
        self.process
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
        // Yama lets only ancestors of a task, as havoc is, open or read its memory; once it is open everybody may read it.
        let memory = match question {
            Question::Memory(_) => Some(task.open("mem", OFlag::O_RDONLY)?),
            _ => None,
        };
        let sent = memory.as_ref().unwrap_or(&task.directory);
        datagram::send(&self.socket, &[&head, path], Some(sent.as_fd()))
    }

    /// Hears what it has said.
    pub(super) fn hear(&self) -> Heard {
        let mut bytes = vec![0; LONGEST_ANSWER];
        match datagram::receive(&self.socket, &mut bytes, MsgFlags::MSG_DONTWAIT) {
            Err(Errno::EAGAIN) => Heard::Nothing,
            Ok((length, _)) => parse(&bytes[..length]).unwrap_or(Heard::Ended),
            Err(_) => Heard::Ended,
        }
    }

    /// Ends it, whatever it does; where it waits for what SIGKILL does not end, it ends when that is over.
    pub(super) fn end(&self) {
        if let Err(error) = signals::send_by_pidfd(&self.pidfd, self.process, Signal::KILL) {
            log::debug!("end a helper: {error}");
        }
    }
}

#[cfg(test)]
impl Helper {
    /// Stops it wherever it is.
    pub(super) fn stop(&self) {
        signals::send_by_pidfd(&self.pidfd, self.process, Signal::STOP).expect("our own helper");
    }

    /// Returns what can be read from when it has ended: pidfd_open(2).
    pub(super) fn end_to_wait_for(&self) -> OwnedFd {
        self.pidfd.try_clone().expect("a descriptor")
    }
}

/// Number and error. Behind them the strings, each after its length.
fn head(number: u64, errno: i32) -> Vec<u8> {
    number.to_ne_bytes().into_iter().chain(errno.to_ne_bytes()).collect()
}

fn parse(bytes: &[u8]) -> Option<Heard> {
    let (number, rest) = bytes.split_first_chunk::<8>()?;
    let (errno, mut rest) = rest.split_first_chunk::<4>()?;
    let (number, errno) = (u64::from_ne_bytes(*number), i32::from_ne_bytes(*errno));
    if errno != 0 {
        return Some(Heard::Answer(number, Err(Errno::from_raw(errno))));
    }
    let mut strings = Vec::new();
    while let Some((length, behind)) = rest.split_first_chunk::<4>() {
        let (string, behind) = behind.split_at_checked(u32::from_ne_bytes(*length) as usize)?;
        strings.push(string.to_vec());
        rest = behind;
    }
    Some(Heard::Answer(number, Ok(strings)))
}

/// A helper that was not asked for so long ends, in milliseconds: where havoc has adopted it, as the first process of a container
/// does, its end is waited for with those of the program.
const IDLE: u16 = 5000;

/// The life of a helper.
fn live(socket: &OwnedFd, rope: BorrowedFd) -> Option<()> {
    let _ = nix::unistd::setsid();
    let _ = SigSet::all().thread_set_mask();
    let _ = nix::unistd::chdir("/");
    let _ = nix::sys::prctl::set_name(c"look-up");
    // Nobody must wait for a stream or a file to be closed here.
    own_table::keep(&[socket.as_fd(), rope, procfs::root().ok()?.as_fd()]);
    let own = nix::unistd::getpid().as_raw();
    datagram::send(socket, &[&own.to_ne_bytes()], None).ok()?;
    let mut bytes = vec![0; LONGEST_REQUEST];
    loop {
        let mut asked = [PollFd::new(socket.as_fd(), PollFlags::POLLIN)];
        if nix::poll::poll(&mut asked, PollTimeout::from(IDLE)).ok()? == 0 {
            // A question that comes at this very moment is answered, and the next one goes to another helper.
            datagram::hear_no_more(socket).ok()?;
        }
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
