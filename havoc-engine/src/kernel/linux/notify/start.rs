//! Starting the program: fork the guard, which installs the filter and makes the program; receive the listener; let go.
use super::guard::Guard;
use super::kin::{self, Process};
use super::link::{Link, Message, Received};
use super::listener::{Answer, Listener, Notification};
use crate::filter::Instruction;
use crate::kernel::linux::again::again;
use crate::kernel::linux::install;
use crate::kernel::linux::scarce;
use crate::kernel::linux::signals::Original;
use crate::kernel::linux::spawn::{Command, SpawnError, StartReport};
use crate::task::Tid;
use nix::errno::Errno;
use nix::poll::PollTimeout;
use nix::sys::wait::{Id, WaitPidFlag, WaitStatus, waitid};
use nix::unistd::Pid;

/// A program that is on its way to its exec.
#[derive(Debug)]
pub(super) struct Started {
    pub(super) link: Link,
    pub(super) listener: Listener,
    pub(super) installer: Tid,
    pub(super) root: Tid,
    pub(super) report: StartReport,
    /// Children that this process had before, and which are none of the program's.
    pub(super) spared: Vec<Process>,
    /// The guard.
    pub(super) guard: Option<Process>,
    /// Calls that came before the root was known.
    pub(super) early: Vec<Notification>,
}

/// Starts `command` under `filter`. To be called while this process has one thread.
///
/// # Errors
/// `NoListener` where another engine is to be taken; else as for any spawn.
pub(super) fn start(
    command: &Command,
    filter: &[Instruction],
    original: &Original,
) -> Result<Started, SpawnError> {
    if !install::can_listen() {
        return Err(SpawnError::NoListener(
            "the kernel has no SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (Linux 5.19), or a profile forbids seccomp(2)"
                .to_owned(),
        ));
    }
    scarce::check_descriptors(DESCRIPTORS).map_err(SpawnError::before_the_program("open descriptors"))?;
    let spared = if has_children() { kin::living(&[]) } else { Vec::new() };
    // When the guard dies, what it guards becomes ours.
    nix::sys::prctl::set_child_subreaper(true).map_err(SpawnError::own("prctl(PR_SET_CHILD_SUBREAPER)"))?;
    let (link, theirs) = Link::pair().map_err(SpawnError::before_the_program("socketpair"))?;
    let (report, report_write) =
        StartReport::new(command).map_err(SpawnError::before_the_program("pipe2"))?;
    // SAFETY: this process has one thread, so that its child may do whatever it may do itself.
    let guard = match unsafe { nix::unistd::fork() }.map_err(SpawnError::before_the_program("fork"))? {
        nix::unistd::ForkResult::Parent { child } => child,
        nix::unistd::ForkResult::Child => {
            drop(link);
            let command = command.clone();
            let (filter, original) = (filter.to_vec(), original.clone());
            Guard { link: theirs, command, filter, original, report: report_write }.live();
        }
    };
    drop(theirs);
    drop(report_write);
    let started = meet(guard, link, report, spared.clone());
    if let Err(error) = &started {
        // The link is closed, so that it ends. Whoever takes another engine waits for the program alone.
        let _ = again(|| nix::sys::wait::waitpid(guard, None));
        if !matches!(error, SpawnError::NoListener(_)) {
            // It may have been killed when it had made the program's first task.
            kin::end(&spared);
        }
        let _ = nix::sys::prctl::set_child_subreaper(false);
    }
    started
}

/// How many descriptors this engine needs at once until the program runs, in havoc and in the guard, and to look at one task.
const DESCRIPTORS: usize = 16;

/// How often it is asked whether the guard lives, in milliseconds. Its end of the link tells only until it has made the
/// program's first task, which has a copy of it until its exec.
const LOOK_AGAIN: u8 = 50;

/// Takes the listener from the guard, and lets it make the program.
fn meet(guard: Pid, link: Link, report: StartReport, spared: Vec<Process>) -> Result<Started, SpawnError> {
    let (installer, listener) = match link.receive().map_err(SpawnError::own("hear of the guard"))? {
        Received::Message(Message::Listening(installer), Some(listener)) => {
            (installer, Listener::new(listener))
        }
        // unix(7): what finds no free descriptor is dropped.
        Received::Message(Message::Listening(_), None) => return Err(refused(Errno::EMFILE)),
        Received::Message(Message::Refused(errno), _) => return Err(refused(Errno::from_raw(errno))),
        _ => return Err(SpawnError::own("hear of the guard")(Errno::EPIPE)),
    };
    link.send(Message::Go, None).map_err(SpawnError::own("let the guard go"))?;
    let mut early = Vec::new();
    let root = loop {
        let ready = match listener.wait_beside(&link, PollTimeout::from(LOOK_AGAIN)) {
            Err(Errno::EINTR) => continue,
            ready => ready.map_err(SpawnError::own("wait for the program"))?,
        };
        if !ready.call && !ready.other && has_ended(guard) {
            return Err(SpawnError::own("hear of the guard")(Errno::EPIPE));
        }
        if ready.other {
            match link.receive().map_err(SpawnError::own("hear of the guard"))? {
                Received::Message(Message::Root(root), _) => break root,
                Received::Message(Message::NoRoot(errno), _) => {
                    return Err(SpawnError::before_the_program("fork")(Errno::from_raw(errno)));
                }
                _ => return Err(SpawnError::own("hear of the guard")(Errno::EPIPE)),
            }
        }
        if ready.call
            && let Ok(notification) = listener.receive()
        {
            if notification.tid == Some(installer) {
                // It makes the program, and is none of it.
                let _ = listener.answer(notification.id, Answer::Continue);
            } else {
                early.push(notification);
            }
        }
    };
    Ok(Started {
        link,
        listener,
        installer,
        root,
        report,
        spared,
        guard: kin::process(guard.as_raw()),
        early,
    })
}

/// Tells whether a child has ended, and leaves it unreaped.
fn has_ended(child: Pid) -> bool {
    look_at(|| Id::Pid(child)) != Ok(WaitStatus::StillAlive)
}

/// Tells whether this process has a child from before it became havoc: `sleep 9 & exec havoc`.
fn has_children() -> bool {
    look_at(|| Id::All) != Err(Errno::ECHILD)
}

/// Returns how it is with children, and leaves them as they are.
fn look_at(children: impl Fn() -> Id<'static>) -> nix::Result<WaitStatus> {
    let flags = WaitPidFlag::WEXITED | WaitPidFlag::WNOHANG | WaitPidFlag::WNOWAIT | WaitPidFlag::__WALL;
    again(|| waitid(children(), flags))
}

fn refused(errno: Errno) -> SpawnError {
    match errno {
        // seccomp(2)
        Errno::EBUSY => SpawnError::NoListener(
            "somebody listens to this process's calls already, as a container's supervisor may".to_owned(),
        ),
        Errno::EINVAL | Errno::ENOSYS | Errno::EPERM => {
            SpawnError::NoListener(format!("seccomp(2) says {errno}"))
        }
        Errno::EMFILE | Errno::ENFILE | Errno::EAGAIN => {
            SpawnError::before_the_program("make a listener")(errno)
        }
        _ => SpawnError::Filter(errno.into()),
    }
}
