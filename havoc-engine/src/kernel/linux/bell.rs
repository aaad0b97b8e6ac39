//! Wakes the waiting main thread: for signals to havoc, and for deadlines. When it does not come, the watcher ends the run.
//!
//! wait4(2) takes neither a timeout nor a signal mask. A signal that arrives just before the wait is lost on it, so a
//! thread of ours reads signals and deadlines, and rings until the main thread has heard: tgkill, a pause, again.
//! What was tried in thought and lost: wait with WNOHANG and ppoll (two more calls per stop), setitimer (a signal
//! storm while nothing is due).
use super::watcher::{Cause, Watcher};
use super::{own_table, signals};
use crate::kernel::Request;
use crate::signal::Signal;
use crate::task::Tid;
use nix::poll::{PollFd, PollFlags, PollTimeout};
use nix::sys::eventfd::{EfdFlags, EventFd};
use nix::sys::signal::SigSet;
use nix::sys::signalfd::{SfdFlags, SignalFd};
use smallvec::SmallVec;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, TryLockError};
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

/// Times that both threads know, in nanoseconds since the bell was hung. An atomic, since the main thread may be held up where it
/// has a lock.
#[derive(Debug)]
struct Time(AtomicU64);

impl Time {
    const NEVER: u64 = u64::MAX;

    const fn never() -> Time {
        Time(AtomicU64::new(Time::NEVER))
    }

    fn set(&self, since: Instant, time: Instant) {
        let nanoseconds = time.saturating_duration_since(since).as_nanos();
        self.0.store(u64::try_from(nanoseconds).unwrap_or(Time::NEVER), Ordering::Release);
    }

    fn get(&self, since: Instant) -> Option<Instant> {
        match self.0.load(Ordering::Acquire) {
            Time::NEVER => None,
            nanoseconds => since.checked_add(Duration::from_nanos(nanoseconds)),
        }
    }

    /// Tells whether it has come, once.
    fn comes(&self, since: Instant, now: Instant) -> bool {
        let set = self.0.load(Ordering::Acquire);
        let is_due = set != Time::NEVER && since + Duration::from_nanos(set) <= now;
        // An earlier one may just have been set in its place.
        is_due && self.0.compare_exchange(set, Time::NEVER, Ordering::AcqRel, Ordering::Relaxed).is_ok()
    }
}

#[derive(Debug)]
struct Shared {
    begun: Instant,
    ringing: AtomicBool,
    requests: Mutex<Vec<Request>>,
    has_requests: AtomicBool,
    deadline: Time,
    limit: Time,
    changed: Arc<EventFd>,
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
    /// table of descriptors: the thread closes them in its own. What the caller does not do when it is told to, `watcher` does.
    ///
    /// # Errors
    /// When a descriptor or the thread cannot be had.
    pub(super) fn hang(watched: Vec<OwnedFd>, watcher: Watcher) -> std::io::Result<Bell> {
        let held_back: SigSet = signals::HELD_BACK.into_iter().collect();
        let signal_fd = SignalFd::with_flags(&held_back, SfdFlags::SFD_CLOEXEC | SfdFlags::SFD_NONBLOCK)?;
        let shared = Arc::new(Shared {
            begun: Instant::now(),
            ringing: AtomicBool::new(false),
            requests: Mutex::new(Vec::with_capacity(ROOM)),
            has_requests: AtomicBool::new(false),
            deadline: Time::never(),
            limit: Time::never(),
            changed: Arc::new(EventFd::from_flags(EfdFlags::EFD_CLOEXEC | EfdFlags::EFD_NONBLOCK)?),
        });
        share_heap();
        let main = Tid::new(nix::unistd::gettid().as_raw()).expect("thread ids are positive");
        let keeper = Keeper { shared: Arc::clone(&shared), main, signal_fd, watched, watcher, last: None };
        std::thread::Builder::new()
            .name("bell".to_owned())
            .stack_size(64 * 1024)
            .spawn(move || keeper.keep())?;
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
        self.shared.requests.lock().unwrap_or_else(PoisonError::into_inner).drain(..).collect()
    }

    /// Returns an eventfd to which [`RING`] is written to let it ring: for processes that are made by this one.
    pub(super) fn rope(&self) -> Arc<EventFd> {
        Arc::clone(&self.shared.changed)
    }

    /// Lets it ring at `deadline`, or earlier: an earlier deadline that is no longer wanted stays armed, because taking
    /// it back would cost a call at every stop.
    pub(super) fn ring_at(&mut self, deadline: Option<Instant>) {
        let Some(deadline) = deadline else { return };
        if self.armed.is_some_and(|armed| armed <= deadline) {
            return;
        }
        self.armed = Some(deadline);
        self.shared.deadline.set(self.shared.begun, deadline);
        self.arm();
    }

    /// Lets the watcher end the run by force if it is not over some time after `limit`.
    pub(super) fn limit_at(&mut self, limit: Instant) {
        self.shared.limit.set(self.shared.begun, limit);
        self.arm();
    }

    fn arm(&self) {
        if let Err(error) = self.shared.changed.write(1) {
            log::warn!("arm a deadline: {error}");
        }
    }
}

/// So many requests are kept; more are as good as so many.
const ROOM: usize = 64;

/// The thread's side. It takes neither memory nor a lock that the main thread may be held up with.
struct Keeper {
    shared: Arc<Shared>,
    main: Tid,
    signal_fd: SignalFd,
    watched: Vec<OwnedFd>,
    watcher: Watcher,
    /// The signal that was passed on last, its sender, and when.
    last: Option<(Signal, u32, Instant)>,
}

impl Keeper {
    fn keep(mut self) -> ! {
        let mut needed = vec![self.signal_fd.as_fd(), self.shared.changed.as_fd()];
        needed.extend(self.watched.iter().map(AsFd::as_fd));
        needed.extend(self.watcher.descriptors());
        // Where warnings go.
        let errors = std::io::stderr();
        needed.push(errors.as_fd());
        if let Err(errno) = own_table::leave(&needed) {
            log::debug!("wait with descriptors of its own: {errno}; calls on them take a little longer");
        }
        drop(needed);
        let mut has_forwarded = false;
        loop {
            let is_ringing = self.shared.ringing.load(Ordering::Acquire);
            if is_ringing {
                signals::wake(self.main);
            }
            let mut rings = self.wait(is_ringing);
            rings |= self.collect(&mut has_forwarded);
            let now = Instant::now();
            rings |= self.shared.deadline.comes(self.shared.begun, now);
            if self.shared.limit.comes(self.shared.begun, now) {
                self.watcher.order_given(Cause::TimeLimit);
                rings = true;
            }
            self.watcher.watch(self.main);
            if rings {
                self.shared.ringing.store(true, Ordering::Release);
            }
        }
    }

    /// Waits for something to do, while it rings until the next stroke, and tells whether there is something to be read from
    /// what is watched. While it rings the main thread has yet to read that.
    fn wait(&mut self, is_ringing: bool) -> bool {
        let since = self.shared.begun;
        let times = [self.shared.deadline.get(since), self.shared.limit.get(since), self.watcher.deadline()];
        let timeout = match times.into_iter().flatten().min() {
            _ if is_ringing => PollTimeout::try_from(PAUSE).unwrap_or(PollTimeout::MAX),
            None => PollTimeout::NONE,
            Some(next) => {
                // Rounded up: a poll that ends too early would spin.
                let left = next.saturating_duration_since(Instant::now()) + Duration::from_micros(999);
                PollTimeout::try_from(left).unwrap_or(PollTimeout::MAX)
            }
        };
        let ours = [self.signal_fd.as_fd(), self.shared.changed.as_fd()];
        let watched = self.watched.iter().map(AsFd::as_fd).filter(|_| !is_ringing);
        let mut descriptors: SmallVec<[PollFd; 4]> = ours
            .into_iter()
            .chain(watched)
            .map(|descriptor| PollFd::new(descriptor, PollFlags::POLLIN))
            .collect();
        if nix::poll::poll(&mut descriptors, timeout).is_err() {
            std::thread::sleep(PAUSE);
        }
        let events: SmallVec<[PollFlags; 4]> =
            descriptors[ours.len()..].iter().filter_map(PollFd::revents).collect();
        drop(descriptors);
        let anything = events.iter().any(|events| !events.is_empty());
        let mut events = events.into_iter();
        self.watched
            .retain(|_| events.next().is_none_or(|events| events.is_empty() || events == PollFlags::POLLIN));
        let rung = self.shared.changed.read().is_ok_and(|count| count >= RING);
        anything || rung
    }

    /// Makes requests of signals, and tells whether there is one.
    fn collect(&mut self, has_forwarded: &mut bool) -> bool {
        // What cannot be put down now stays pending in the kernel.
        let mut requests = match self.shared.requests.try_lock() {
            Ok(requests) => requests,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => return true,
        };
        let mut anything = false;
        while let Ok(Some(info)) = self.signal_fd.read_signal() {
            let Some(signal) = Signal::new(info.ssi_signo as i32) else { continue };
            let request = match is_the_programs_too(signal, info.ssi_code) {
                // It is only kept from stopping us at once: havoc stops when the root process has.
                _ if signal == Signal::TSTP => Request::Stop,
                true => Request::FromTerminal(signal),
                false => {
                    let again = self.last.replace((signal, info.ssi_pid, Instant::now()));
                    if again.is_some_and(|(before, sender, when)| {
                        before == signal && sender == info.ssi_pid && when.elapsed() < SAME
                    }) {
                        continue;
                    }
                    // Our own dispositions of these are what we were started with.
                    match super::inherited::is_ignored(signal.number()) {
                        true => Request::Pass(signal),
                        false => {
                            if std::mem::replace(has_forwarded, true) {
                                self.watcher.order_given(Cause::SecondSignal);
                            }
                            Request::Forward(signal)
                        }
                    }
                }
            };
            if requests.len() < ROOM {
                requests.push(request);
            }
            self.shared.has_requests.store(true, Ordering::Release);
            anything = true;
        }
        anything
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
    use crate::kernel::linux::procfs;
    use crate::kernel::linux::watcher::Program;
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
        let watcher = Watcher::new(Program::Traced, None);
        let bell = Bell::hang(vec![watched], watcher).expect("a thread");
        let changed = bell.shared.changed.as_fd().as_raw_fd();
        let soon = Instant::now() + Duration::from_secs(10);
        let proc = procfs::root().expect("/proc").as_fd().as_raw_fd();
        // And one more, that on which it reads signals.
        let is_it = |table: &BTreeSet<i32>| {
            [2, number, changed, proc].iter().all(|needed| table.contains(needed)) && table.len() == 5
        };
        while !tables().iter().any(is_it) {
            assert!(Instant::now() < soon, "{:?}, not 2, {number}, {changed}, {proc} and one more", tables());
            std::thread::sleep(PAUSE);
        }
    }
}
