//! The guard: havoc's child, and the program's parent. Whatever the program leaves behind becomes its child, and when havoc
//! is gone it ends them all, since an untraced program would outlive havoc, and its named calls would be ENOSYS for ever.
//!
//! ```text
//! havoc ── listens, decides
//!  └─ guard ── a thread that never calls anything else under the filter: waits, reaps, ends
//!      │ └─ installer: a thread that has installed the filter on itself, and so on whom it makes
//!      └─ the program
//! ```
//!
//! The installer cannot send the listener itself: sendmsg(2) may be a call that some rule names.
use super::alias;
use super::kin;
use super::link::{Link, Message, Received};
use crate::filter::Instruction;
use crate::kernel::SignalTarget;
use crate::kernel::linux::signals::{self, Original};
use crate::kernel::linux::spawn::{self, Command, Tie};
use crate::kernel::linux::{bell, inherited, install, wait};
use crate::signal::Signal;
use crate::task::{Pid, Tid};
use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout};
use nix::sys::signal::{SigSet, Signal as NixSignal};
use nix::sys::signalfd::{SfdFlags, SignalFd};
use std::os::fd::{AsFd, AsRawFd, FromRawFd, OwnedFd};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::time::Duration;

/// What the installer and the guard tell each other: by memory, since it may not call anything that some rule names before
/// havoc listens.
#[derive(Debug, Default)]
struct Shared {
    installer: AtomicI32,
    /// 0 for not yet; else the listener's number plus 1, or an error number below 0.
    installed: AtomicI32,
    go: AtomicBool,
    /// 0 for not yet; else the root, or an error number below 0.
    root: AtomicI32,
}

/// What the guard was made with.
pub(super) struct Guard {
    pub(super) link: Link,
    pub(super) command: Command,
    pub(super) filter: Vec<Instruction>,
    pub(super) original: Original,
    /// The end of the start report that the program's first task writes to.
    pub(super) report: OwnedFd,
}

impl Guard {
    /// The life of the guard; ends with the process. To be called in a child that was forked while havoc had one thread.
    pub(super) fn live(self) -> ! {
        // A panic must not unwind into what havoc was doing when it forked.
        let status = match std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| self.keep())) {
            Ok(Ok(())) => 0,
            Ok(Err(_)) | Err(_) => {
                end_all();
                125
            }
        };
        // SAFETY: _exit takes a number; nothing of havoc's that was copied by the fork is to be written out twice.
        unsafe { libc::_exit(status) }
    }

    fn keep(self) -> nix::Result<()> {
        nix::sys::prctl::set_child_subreaper(true)?;
        // SAFETY: this child of a process with one thread has one thread, and has its command and options as copies.
        unsafe { alias::take() };
        // It ends when havoc or its tree does. What the terminal sends to the whole group is havoc's to judge.
        SigSet::all().thread_set_mask()?;
        // It traces nobody, so that few stop.
        signals::hear_of_stops(true)?;
        let children = SigSet::from(NixSignal::SIGCHLD);
        let children = SignalFd::with_flags(&children, SfdFlags::SFD_CLOEXEC | SfdFlags::SFD_NONBLOCK)?;

        let Guard { link, command, filter, original, report } = self;
        let shared = Arc::new(Shared::default());
        let theirs = Arc::clone(&shared);
        let descriptor = report.as_raw_fd();
        bell::share_heap();
        let installer = std::thread::Builder::new()
            .stack_size(64 * 1024)
            .spawn(move || theirs.install(&filter, &command, &original, descriptor));
        if let Err(error) = installer {
            let errno = error.raw_os_error().unwrap_or(libc::EAGAIN);
            return link.send(Message::Refused(errno), None);
        }
        // Else a short sleep lasts 50 µs longer. After the installer was made, whose slack the program inherits.
        let _ = nix::sys::prctl::set_timerslack(1);

        let installed = wait_for(&shared.installed);
        if installed < 0 {
            return link.send(Message::Refused(-installed), None);
        }
        // SAFETY: seccomp(2) has just put it into our table; the thread that called it does nothing with it.
        let listener = unsafe { OwnedFd::from_raw_fd(installed - 1) };
        let installer = Tid::new(shared.installer.load(Ordering::Acquire)).ok_or(Errno::ESRCH)?;
        link.send(Message::Listening(installer), Some(listener.as_fd()))?;
        // The program's first task, which has copies of all that is open here until its exec, must not have it: with havoc and
        // this process gone it would wait for itself to answer. It comes back when that task is tied to this one.
        drop(listener);
        if !matches!(link.receive()?, Received::Message(Message::Go, _)) {
            return Ok(());
        }
        shared.go.store(true, Ordering::Release);
        let root = wait_for(&shared.root);
        let Some(root) = Tid::new(root) else {
            return link.send(Message::NoRoot(-root), None);
        };
        // Who kills the group of havoc, as timeout(1) and shells do, must not have killed us too: daemons have left it, and
        // would live on. Only now, since the program is to have havoc's session, and its terminal.
        nix::unistd::setsid()?;
        // Its end shows the program's exec, and the program's streams are its own. havoc lets the program's first call go when
        // it knows the root, so that nothing of these is held any more when the program begins.
        drop(report);
        inherited::leave_all_streams_to_program();
        link.send(Message::Root(root), None)?;
        // Open until all are ended, so that no call that waits for havoc's answer is told that there is no such call.
        let mut listener = None;
        let watched = watch(&link, &children, root, &mut listener);
        if watched.is_err() {
            end_all();
        }
        watched
    }
}

impl Shared {
    /// The life of the installer.
    fn install(&self, filter: &[Instruction], command: &Command, original: &Original, report: i32) {
        self.installer.store(nix::unistd::gettid().as_raw(), Ordering::Release);
        let installed = match install::install_with_listener(filter) {
            Ok(descriptor) => descriptor + 1,
            Err(errno) => -errno,
        };
        self.installed.store(installed, Ordering::Release);
        if installed < 0 {
            return;
        }
        while !self.go.load(Ordering::Acquire) {
            std::hint::spin_loop();
            // If a rule names it, it lasts until havoc listens, which is what is waited for.
            std::thread::yield_now();
        }
        let root = match spawn::fork(command, &[], original, Tie::ToParent(nix::unistd::getpid()), report) {
            Ok(root) => root.get(),
            Err(error) => -error.raw_os_error().unwrap_or(libc::EAGAIN),
        };
        self.root.store(root, Ordering::Release);
        // Its own end would be a call under the filter like any other; it goes with the process.
        loop {
            nix::unistd::pause();
        }
    }
}

fn end_all() {
    kin::end(&[]);
}

/// Waits for a value other than 0.
fn wait_for(value: &AtomicI32) -> i32 {
    loop {
        match value.load(Ordering::Acquire) {
            0 => std::thread::sleep(Duration::from_micros(20)),
            found => return found,
        }
    }
}

/// Waits for havoc's orders and for the ends of children, until nobody is left; one of the orders is to keep the `listener`.
fn watch(link: &Link, children: &SignalFd, root: Tid, listener: &mut Option<OwnedFd>) -> nix::Result<()> {
    let mut root_lives = true;
    let mut is_ending = false;
    loop {
        let reaped = reap();
        for (tid, status) in reaped.reports {
            if tid != root {
                continue;
            }
            if libc::WIFCONTINUED(status) {
                link.send(Message::RootContinued, None)?;
            } else if libc::WIFSTOPPED(status) {
                if let Some(signal) = Signal::new(libc::WSTOPSIG(status)) {
                    link.send(Message::RootStopped(signal), None)?;
                }
            } else {
                root_lives = false;
                // Nobody is left below a process that has no child.
                let left = if reaped.is_last { 0 } else { kin::living(&[]).len() };
                link.send(Message::RootEnded(status, left as i32), None)?;
            }
        }
        if reaped.is_last {
            return link.send(Message::AllEnded, None);
        }
        if is_ending {
            // Whoever was born while the others were stopped.
            kin::stop_and_kill(&[]);
        }
        let mut descriptors =
            [PollFd::new(link.as_fd(), PollFlags::POLLIN), PollFd::new(children.as_fd(), PollFlags::POLLIN)];
        match nix::poll::poll(&mut descriptors, PollTimeout::NONE) {
            Ok(_) | Err(Errno::EINTR) => {}
            Err(errno) => return Err(errno),
        }
        while let Ok(Some(_)) = children.read_signal() {}
        loop {
            match link.take()? {
                Received::Nothing => break,
                // havoc is gone.
                Received::Closed => return Err(Errno::EPIPE),
                Received::Message(Message::Keep, kept) => *listener = kept,
                Received::Message(Message::End, _) => {
                    // Their ends are reported as any others.
                    is_ending = true;
                    kin::stop_and_kill(&[]);
                }
                Received::Message(Message::Signal(signal), _) if root_lives => {
                    // Nobody else reaps it, so that its id is its own.
                    let target = Pid::new(root.get()).and_then(SignalTarget::process);
                    if let Some(Err(error)) = target.map(|target| signals::send(target, signal)) {
                        log::debug!("{error}");
                    }
                }
                Received::Message(Message::Signal(signal), _) => {
                    for process in kin::living(&[]) {
                        kin::send(process, signal);
                    }
                }
                Received::Message(..) => return Err(Errno::EBADMSG),
            }
        }
    }
}

/// What was heard of children.
#[derive(Debug, Default)]
pub(super) struct Reaped {
    /// Ids and statuses of wait(2).
    reports: Vec<(Tid, i32)>,
    /// There is none left.
    is_last: bool,
}

/// Takes the reports of all children that have ended, stopped or been continued.
pub(super) fn reap() -> Reaped {
    let mut reaped = Reaped::default();
    loop {
        match wait::wait4(-1, libc::WNOHANG | libc::WUNTRACED | libc::WCONTINUED) {
            Ok(None) => return reaped,
            Ok(Some(report)) => reaped.reports.push(report),
            Err(Errno::EINTR) => {}
            Err(_) => {
                reaped.is_last = true;
                return reaped;
            }
        }
    }
}
