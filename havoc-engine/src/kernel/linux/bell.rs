//! Wakes the waiting main thread: for signals to havoc, and for deadlines.
//!
//! wait4(2) takes neither a timeout nor a signal mask. A signal that arrives just before the wait is lost on it, so a
//! thread of ours reads signals and deadlines, and rings until the main thread has heard: tgkill, a pause, again.
//! What was tried in thought and lost: wait with WNOHANG and ppoll (two more calls per stop), setitimer (a signal
//! storm while nothing is due).
use super::{own_table, signals};
use crate::kernel::Request;
use crate::signal::Signal;
use crate::task::Tid;
use nix::poll::{PollFd, PollFlags, PollTimeout};
use nix::sys::eventfd::{EfdFlags, EventFd};
use nix::sys::signal::SigSet;
use nix::sys::signalfd::{SfdFlags, SignalFd};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long between two rings while the main thread has not heard.
const PAUSE: Duration = Duration::from_millis(2);

/// What others than the main thread write to its eventfd ([`Bell::rope`]): it rings. A new deadline counts 1.
pub(super) const RING: u64 = 1 << 32;

/// A sender's second signal of a kind this soon is the same one again: timeout(1) sends it to its child and then to the
/// group, which the child belongs to.
const SAME: Duration = Duration::from_millis(200);

/// `si_code` of a signal that the kernel, here the terminal, sent. include/uapi/asm-generic/siginfo.h.
const SI_KERNEL: i32 = 0x80;

#[derive(Debug)]
struct Shared {
    ringing: AtomicBool,
    requests: Mutex<Vec<Request>>,
    has_requests: AtomicBool,
    deadline: Mutex<Option<Instant>>,
    changed: EventFd,
}

/// The main thread's side.
#[derive(Debug)]
pub(super) struct Bell {
    shared: Arc<Shared>,
    armed: Option<Instant>,
}

impl Bell {
    /// Starts the thread. The caller is the thread that is to be woken; signals are arranged already. It rings as well while
    /// there is something to be read from one of `watched`, and once when its other end is gone. These stay open in the caller's
    /// table of descriptors: the thread closes them in its own.
    ///
    /// # Errors
    /// When a descriptor or the thread cannot be had.
    pub(super) fn hang(watched: Vec<OwnedFd>) -> std::io::Result<Bell> {
        let held_back: SigSet = signals::HELD_BACK.into_iter().collect();
        let signal_fd = SignalFd::with_flags(&held_back, SfdFlags::SFD_CLOEXEC | SfdFlags::SFD_NONBLOCK)?;
        let shared = Arc::new(Shared {
            ringing: AtomicBool::new(false),
            requests: Mutex::default(),
            has_requests: AtomicBool::new(false),
            deadline: Mutex::default(),
            changed: EventFd::from_flags(EfdFlags::EFD_CLOEXEC | EfdFlags::EFD_NONBLOCK)?,
        });
        share_heap();
        let main = Tid::new(nix::unistd::gettid().as_raw()).expect("thread ids are positive");
        let theirs = Arc::clone(&shared);
        std::thread::Builder::new()
            .name("bell".to_owned())
            .stack_size(64 * 1024)
            .spawn(move || theirs.keep(main, &signal_fd, watched))?;
        Ok(Bell { shared, armed: None })
    }

    /// Tells whether it rings, and stops it.
    pub(super) fn heard(&mut self) -> bool {
        if !self.shared.ringing.load(Ordering::Acquire) {
            return false;
        }
        self.armed = None;
        self.shared.ringing.store(false, Ordering::Release);
        true
    }

    /// Takes what was asked from outside.
    pub(super) fn requests(&mut self) -> Vec<Request> {
        // At every stop; mostly there is nothing.
        let has_requests = &self.shared.has_requests;
        if !has_requests.load(Ordering::Relaxed) || !has_requests.swap(false, Ordering::AcqRel) {
            return Vec::new();
        }
        std::mem::take(&mut *self.shared.requests.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Returns an eventfd to which [`RING`] is written to let it ring: for processes that are made by this one.
    pub(super) fn rope(&self) -> BorrowedFd<'_> {
        self.shared.changed.as_fd()
    }

    /// Lets it ring at `deadline`, or earlier: an earlier deadline that is no longer wanted stays armed, because taking
    /// it back would cost a call at every stop.
    pub(super) fn ring_at(&mut self, deadline: Option<Instant>) {
        let Some(deadline) = deadline else { return };
        if self.armed.is_some_and(|armed| armed <= deadline) {
            return;
        }
        self.armed = Some(deadline);
        *self.shared.deadline.lock().unwrap_or_else(PoisonError::into_inner) = Some(deadline);
        if let Err(error) = self.shared.changed.write(1) {
            log::warn!("arm a deadline: {error}");
        }
    }
}

impl Shared {
    fn keep(&self, main: Tid, signal_fd: &SignalFd, mut watched: Vec<OwnedFd>) {
        let mut last = None;
        let mut needed = vec![signal_fd.as_fd(), self.changed.as_fd()];
        needed.extend(watched.iter().map(AsFd::as_fd));
        // Where warnings go.
        let errors = std::io::stderr();
        needed.push(errors.as_fd());
        if let Err(errno) = own_table::leave(&needed) {
            log::debug!("wait with descriptors of its own: {errno}; calls on them take a little longer");
        }
        loop {
            let deadline = *self.deadline.lock().unwrap_or_else(PoisonError::into_inner);
            let timeout = deadline.map_or(PollTimeout::NONE, |deadline| {
                // Rounded up: a poll that ends too early would spin.
                let left = deadline.saturating_duration_since(Instant::now()) + Duration::from_micros(999);
                PollTimeout::try_from(left).unwrap_or(PollTimeout::MAX)
            });
            let ours = [signal_fd.as_fd(), self.changed.as_fd()];
            let mut descriptors: Vec<PollFd> = ours
                .into_iter()
                .chain(watched.iter().map(AsFd::as_fd))
                .map(|descriptor| PollFd::new(descriptor, PollFlags::POLLIN))
                .collect();
            if nix::poll::poll(&mut descriptors, timeout).is_err() {
                std::thread::sleep(PAUSE);
            }
            let events: Vec<PollFlags> =
                descriptors[ours.len()..].iter().filter_map(PollFd::revents).collect();
            let mut anything = events.iter().any(|events| !events.is_empty());
            let mut events = events.into_iter();
            watched.retain(|_| {
                events.next().is_none_or(|events| events.is_empty() || events == PollFlags::POLLIN)
            });
            anything |= self.changed.read().is_ok_and(|count| count >= RING);
            anything |= self.collect(signal_fd, &mut last);
            let mut deadline = self.deadline.lock().unwrap_or_else(PoisonError::into_inner);
            if deadline.is_some_and(|deadline| deadline <= Instant::now()) {
                *deadline = None;
                anything = true;
            }
            drop(deadline);
            if anything {
                self.ring(main);
            }
        }
    }

    /// `last` is the signal that was passed on last, its sender, and when.
    fn collect(&self, signal_fd: &SignalFd, last: &mut Option<(Signal, u32, Instant)>) -> bool {
        let mut anything = false;
        while let Ok(Some(info)) = signal_fd.read_signal() {
            let Some(signal) = Signal::new(info.ssi_signo as i32) else { continue };
            let request = match is_the_programs_too(signal, info.ssi_code) {
                // It is only kept from stopping us at once: havoc stops when the root process has.
                _ if signal == Signal::TSTP => Request::Stop,
                true => Request::FromTerminal(signal),
                false => {
                    let again = last.replace((signal, info.ssi_pid, Instant::now()));
                    if again.is_some_and(|(before, sender, when)| {
                        before == signal && sender == info.ssi_pid && when.elapsed() < SAME
                    }) {
                        continue;
                    }
                    // Our own dispositions of these are what we were started with.
                    match super::inherited::is_ignored(signal.number()) {
                        true => Request::Pass(signal),
                        false => Request::Forward(signal),
                    }
                }
            };
            self.requests.lock().unwrap_or_else(PoisonError::into_inner).push(request);
            self.has_requests.store(true, Ordering::Release);
            anything = true;
        }
        anything
    }

    fn ring(&self, main: Tid) {
        self.ringing.store(true, Ordering::Release);
        while self.ringing.load(Ordering::Acquire) {
            signals::wake(main);
            std::thread::sleep(PAUSE);
        }
    }
}

/// Lets further threads of this process take memory from where the first one does. glibc gives each a part of the address space
/// of its own, which takes longer than all that such a thread ever asks for.
pub(super) fn share_heap() {
    // SAFETY: mallopt takes two numbers; without an effect nothing is lost.
    #[cfg(target_env = "gnu")]
    unsafe {
        libc::mallopt(libc::M_ARENA_MAX, 1)
    };
}

/// Tells whether the terminal has sent `signal` to the whole group in its foreground. Its hangup goes to the leader of the
/// session too, and to that alone where another group is in the foreground.
fn is_the_programs_too(signal: Signal, code: i32) -> bool {
    let leads_session = || nix::unistd::getsid(None) == Ok(nix::unistd::getpid());
    code == SI_KERNEL && (signal != Signal::HUP || !leads_session())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::fs;
    use std::os::fd::AsRawFd;
    use std::path::PathBuf;

    /// The descriptors of each thread that is called `bell`.
    fn tables() -> Vec<BTreeSet<i32>> {
        let tasks = fs::read_dir("/proc/self/task").expect("proc").flatten().map(|task| task.path());
        let is_bell =
            |task: &PathBuf| fs::read_to_string(task.join("comm")).is_ok_and(|name| name == "bell\n");
        let numbers = |task: PathBuf| {
            let entries = fs::read_dir(task.join("fd")).into_iter().flatten().flatten();
            entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect()
        };
        tasks.filter(is_bell).map(numbers).collect()
    }

    #[test]
    fn the_thread_has_no_descriptor_but_those_that_it_needs() {
        let (watched, _other_end) = std::io::pipe().expect("a pipe");
        let watched = OwnedFd::from(watched);
        let number = watched.as_raw_fd();
        let bell = Bell::hang(vec![watched]).expect("a thread");
        let changed = bell.shared.changed.as_fd().as_raw_fd();
        let soon = Instant::now() + Duration::from_secs(10);
        // And one more, that on which it reads signals.
        let is_it = |table: &BTreeSet<i32>| {
            [2, number, changed].iter().all(|needed| table.contains(needed)) && table.len() == 4
        };
        while !tables().iter().any(is_it) {
            assert!(Instant::now() < soon, "{:?}, not 2, {number}, {changed} and one more", tables());
            std::thread::sleep(PAUSE);
        }
    }
}
