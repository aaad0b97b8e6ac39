//! The second engine: seccomp_unotify(2). The filter asks us about named calls, and we answer: execute it, or this result.
//! The program is not traced: signals, forks, threads, debuggers and LeakSanitizer inside it are as without havoc. What can
//! be decided at the entry alone is all that it can do.
//!
//! A notification is a seccomp stop of the seam, and going on answers it. Nobody tells of births and ends; the guard, which
//! is the program's parent, tells of the root's and of the last one's.
mod alias;
mod begin;
mod guard;
mod kin;
mod link;
mod listener;
mod start;
mod waiting;

use super::bell::Bell;
use super::looks::{HasLooks, Looks};
use super::privilege::Program;
use super::proc::TaskDirectory;
use super::socket_calls::{Whose, pidfd_open};
use super::spawn::{Command, SpawnError};
use super::watcher::{self, Watcher};
use super::{Feature, own_tasks, permission, signals, vdso};
use crate::filter::Instruction;
use crate::kernel::{
    Kernel, KernelError, LostPrivilege, RawCall, Request, Resume, SignalTarget, Stop, Stopped, SyscallInfo,
    Verified, Waited,
};
use crate::signal::Signal;
use crate::task::Tid;
use begin::Start;
use havoc_arch::{Abi, Restart, SyscallView, names};
use kin::Process;
use link::{Link, Message, Received};
use listener::{Answer, Listener, Notification};
use nix::errno::Errno;
use std::collections::VecDeque;
use std::os::fd::{AsFd, OwnedFd};
use std::time::{Duration, Instant};
use waiting::Waiting;

/// The running kernel, with one program that is listened to.
#[derive(Debug)]
pub struct Notify {
    bell: Bell,
    started: Instant,
    looks: Looks,
    link: Link,
    listener: Listener,
    installer: Tid,
    root: Tid,
    spared: Vec<Process>,
    guard: Option<Process>,
    start: Start,
    /// What is to be handed out, oldest first.
    events: VecDeque<Waited>,
    waiting: Waiting,
    /// How many processes the root has left behind, when it has ended.
    left: usize,
    all_ended: bool,
    /// There is nobody left who could call; the guard has yet to say so.
    is_deaf: bool,
    has_filter_above: bool,
}

impl Notify {
    /// Starts `command` under `filter`, one that notifies, and returns the kernel with the root task. What is `absent` is not
    /// used, as on a kernel that lacks it. If the session is held up when the run should be over, a short report goes to
    /// standard error and to `report_to`.
    ///
    /// To be called from the main thread, before other threads exist.
    ///
    /// # Errors
    /// [`SpawnError::NoListener`] where another engine is to be taken: nothing of the program has been started then. Else
    /// when something that is needed is refused. What the child meets later is told by [`Notify::start_failure`].
    pub fn spawn(
        command: &Command,
        filter: &[Instruction],
        absent: &[Feature],
        report_to: Option<OwnedFd>,
    ) -> Result<(Notify, Tid), SpawnError> {
        permission::check_proc().map_err(SpawnError::Proc)?;
        let original = signals::arrange().map_err(SpawnError::own("arrange signals"))?;
        let mut looks = Looks::new(absent);
        let has_filter_above = permission::has_filter_above();
        let program = Program::at(command.path());
        let started = start::start(command, filter, &original);
        if started.is_err() {
            // Whoever takes another engine finds everything as it was.
            original.restore();
        }
        let started = started?;
        signals::leave_children_unreaped().map_err(SpawnError::own("leave children unreaped"))?;
        let watched_program =
            watcher::Program::Descends { spared: started.spared.clone(), guard: started.guard };
        let watched = [started.link.as_fd().try_clone_to_owned(), started.report.another()];
        let watched = watched.into_iter().collect::<Result<_, _>>();
        let bell = watched
            .and_then(|watched| Bell::hang(watched, Watcher::new(watched_program, report_to)))
            .map_err(|source| SpawnError::Own { operation: "start the waking thread", source })?;
        looks.ask_elsewhere(&bell);
        let start::Started { link, listener, installer, root, report, spared, guard, early } = started;
        let mut notify = Notify {
            bell,
            started: Instant::now(),
            looks,
            link,
            listener,
            installer,
            root,
            spared,
            guard,
            start: Start::new(report, program),
            events: VecDeque::new(),
            waiting: Waiting::default(),
            left: 0,
            all_ended: false,
            is_deaf: false,
            has_filter_above,
        };
        early.into_iter().for_each(|notification| notify.notified(notification));
        Ok((notify, root))
    }

    /// Returns why the program never began. To be asked when the root has ended.
    pub fn start_failure(&mut self) -> Option<SpawnError> {
        self.start.failure.take()
    }

    /// A call waits for an answer.
    fn notified(&mut self, notification: Notification) {
        let tid = match notification.tid {
            // A process outside of our namespace of PIDs, of which /proc tells nothing; or no task of the program.
            None => return self.pass(notification.id),
            Some(tid) if tid == self.installer => return self.pass(notification.id),
            Some(tid) => tid,
        };
        if !self.start.has_begun {
            // Whoever calls: the root may be a program by now that calls nothing itself.
            self.check_start();
            if tid == self.root && !self.start.has_tried {
                if !is_exec(&notification) {
                    // Until then it is havoc that calls.
                    return self.pass(notification.id);
                }
                self.start.has_tried = true;
                self.start.lost = self.loses();
                if let Err(errno) = self.link.send(Message::Keep, Some(self.listener.as_fd())) {
                    log::debug!("give the guard the listener: {errno}");
                }
            }
        }
        let tick = self.looks.kept.tick();
        self.waiting.add(tid, waiting::Call { notification, answer: Answer::Continue, tick });
        self.events.push_back(Waited::Stopped(Stopped::new(tid, Stop::Seccomp)));
    }

    /// Returns what the root will not get of the privileges of its file, which it is about to execute. It may end as soon as
    /// it has.
    fn loses(&mut self) -> Option<LostPrivilege> {
        let program = self.start.program.take()?;
        let status = self.looks.kept.look(self.root, TaskDirectory::status_text).ok()?;
        program.loses(&status)
    }

    fn pass(&self, id: u64) {
        if let Err(errno) = self.listener.answer(id, Answer::Continue) {
            log::debug!("answer a call: {errno}");
        }
    }

    /// What is kept of a task's address space would answer for the one that it is about to leave; or, after vfork, for its
    /// parent's. To be called when nothing more is looked up for the execve. Who makes it in a thread has the leader's id
    /// afterwards.
    fn forget_program(&mut self, tid: Tid) {
        self.looks.kept.forget(tid);
        // pidfd_open(2): without PIDFD_THREAD there is one for the first thread of a process alone.
        if pidfd_open(tid, Whose::Process).is_ok() {
            return;
        }
        self.looks.kept.ids_may_move();
        let leader = self.looks.kept.process(tid).ok().and_then(|process| Tid::new(process.get()));
        for tid in [Some(tid), leader].into_iter().flatten() {
            self.looks.kept.forget(tid);
        }
    }

    fn check_start(&mut self) {
        if self.start.begins() {
            self.events.push_back(Waited::Stopped(Stopped::new(self.root, Stop::Exec)));
        }
    }

    /// Hears what the guard has to say.
    fn hear(&mut self) -> Result<(), KernelError> {
        self.check_start();
        loop {
            match self.link.take() {
                Ok(Received::Nothing) => return Ok(()),
                Ok(Received::Message(message, _)) => self.told(message),
                Ok(Received::Closed) if self.all_ended => return Ok(()),
                Ok(Received::Closed) | Err(_) => {
                    // What it guarded is ours now.
                    kin::end(&self.spared);
                    self.all_ended = true;
                    return Err(KernelError::Wait(std::io::Error::other("havoc's guard process is gone")));
                }
            }
        }
    }

    fn told(&mut self, message: Message) {
        match message {
            Message::RootEnded(status, left) => {
                self.check_start();
                self.left = usize::try_from(left).unwrap_or(0);
                self.start.is_over();
                if let Some(ended) = super::wait::ended(status) {
                    self.events.push_back(Waited::Ended(self.root, ended));
                }
            }
            Message::RootStopped(signal) if signal.stops() => {
                self.events.push_back(Waited::Stopped(Stopped::new(self.root, Stop::Group(signal))));
            }
            Message::RootContinued => {
                self.events.push_back(Waited::Stopped(Stopped::new(self.root, Stop::Trap)));
            }
            Message::AllEnded => self.all_ended = true,
            message => log::debug!("unexpected message of the guard: {message:?}"),
        }
    }

    /// Nobody is left who could call: only the guard has something to say.
    fn wait_for_guard(&mut self) -> Result<(), KernelError> {
        use nix::poll::{PollFd, PollFlags, PollTimeout};
        let mut descriptors = [PollFd::new(self.link.as_fd(), PollFlags::POLLIN)];
        match nix::poll::poll(&mut descriptors, PollTimeout::NONE) {
            Ok(_) | Err(Errno::EINTR) => self.hear(),
            Err(errno) => Err(KernelError::Wait(errno.into())),
        }
    }

    /// Lets the guard go on if somebody has stopped it, for havoc counts on it.
    fn continue_guard(&self) {
        if let Some(guard) = self.guard {
            kin::send(guard, Signal::CONT);
        }
    }

    fn order(&mut self, message: Message) {
        self.continue_guard();
        // If it is gone, that is heard of soon.
        if let Err(errno) = self.link.send(message, None) {
            log::debug!("tell the guard {message:?}: {errno}");
        }
    }
}

/// Tells whether a call may bring another program.
fn is_exec(notification: &Notification) -> bool {
    Abi::of_call(notification.audit_arch, notification.number)
        .and_then(|abi| names::name_of(abi, notification.number as u32))
        .is_some_and(|name| matches!(name, "execve" | "execveat"))
}

impl HasLooks for Notify {
    fn looks(&mut self) -> &mut Looks {
        &mut self.looks
    }

    fn looks_as_they_are(&self) -> &Looks {
        &self.looks
    }
}

impl Kernel for Notify {
    fn wait(&mut self, deadline: Option<Duration>) -> Result<Waited, KernelError> {
        loop {
            if self.bell.heard() {
                self.hear()?;
                return Ok(Waited::Woken);
            }
            if let Some(event) = self.events.pop_front() {
                return Ok(event);
            }
            if self.all_ended {
                return Ok(Waited::NoTask);
            }
            self.bell.ring_at(deadline.map(|deadline| self.started + deadline));
            if self.is_deaf {
                self.wait_for_guard()?;
                continue;
            }
            match self.listener.receive() {
                Ok(notification) => self.notified(notification),
                Err(Errno::EINTR) => {}
                // Its task has died meanwhile; or there is none left, since Linux 6.11.
                Err(Errno::ENOENT) => self.is_deaf = self.listener.has_hung_up(),
                Err(errno) => return Err(KernelError::Wait(errno.into())),
            }
        }
    }

    fn now(&self) -> Duration {
        self.started.elapsed()
    }

    fn limit_at(&mut self, limit: Duration) {
        self.bell.limit_at(self.started + limit);
    }

    fn requests(&mut self) -> Vec<Request> {
        self.bell.requests()
    }

    fn resume(&mut self, stopped: Stopped, _how: Resume) -> Result<(), KernelError> {
        let tid = stopped.tid();
        if stopped.stop() != Stop::Seccomp {
            return Ok(());
        }
        self.looks.goes_on(tid);
        let Some(waiting::Call { notification, answer, .. }) = self.waiting.remove(tid) else {
            return Ok(());
        };
        if answer == Answer::Continue && is_exec(&notification) {
            self.forget_program(tid);
        }
        match self.listener.answer(notification.id, answer) {
            Ok(()) => Ok(()),
            Err(Errno::ENOENT) => Err(KernelError::Vanished(tid)),
            Err(errno) => Err(KernelError::Refused { operation: "answer a call", tid, source: errno.into() }),
        }
    }

    fn syscall_info(&mut self, stopped: &Stopped) -> Result<SyscallInfo, KernelError> {
        let waiting = self.waiting.get(stopped.tid()).filter(|_| stopped.stop() == Stop::Seccomp);
        Ok(waiting.map_or(SyscallInfo::None, |waiting::Call { notification, .. }| {
            SyscallInfo::Seccomp(RawCall {
                audit_arch: notification.audit_arch,
                number: notification.number,
                args: notification.args,
                instruction_pointer: notification.instruction_pointer,
                // Nobody tells; it is asked for where a call is recognised that is entered again.
                stack_pointer: 0,
            })
        }))
    }

    fn skip(&mut self, stopped: &Stopped, result: i64) -> Result<Verified, KernelError> {
        match self.waiting.get_mut(stopped.tid()) {
            Some(call) => {
                call.answer = Answer::Result(result);
                // The kernel takes it or says that the task is gone.
                Ok(Verified::Yes)
            }
            None => Err(KernelError::Vanished(stopped.tid())),
        }
    }

    fn has_filter_above(&self) -> bool {
        self.has_filter_above
    }

    fn seccomp_filters(&mut self, tid: Tid) -> Option<u32> {
        self.looks.kept.look(tid, |task| task.seccomp_filters()).ok()?
    }

    fn lost_privilege(&mut self, _tid: Tid) -> Option<LostPrivilege> {
        // The only exec that is reported is the root's, and it may have ended since.
        self.start.lost.take()
    }

    fn vdso_answers(&self, name: &str) -> bool {
        vdso::answers(name)
    }

    fn ways(&self) -> Vec<&'static str> {
        let mut lines = vec!["engine notify", self.listener.way()];
        lines.extend(self.looks.ways());
        lines
    }

    fn event_task(&mut self, _stopped: &Stopped) -> Result<Option<Tid>, KernelError> {
        // The only event is the root's exec, which its only thread makes.
        Ok(None)
    }

    fn interrupted_call(
        &mut self,
        _stopped: &Stopped,
        _entry: &SyscallView,
    ) -> Result<Option<Restart>, KernelError> {
        // A call that was let in is out of sight.
        Ok(None)
    }

    fn keeps_skipped_results(&self) -> bool {
        true
    }

    fn shares_terminal(&mut self, tid: Tid) -> bool {
        super::shares_terminal(tid)
    }

    fn means_havoc(&mut self, caller: Tid, number: i32) -> bool {
        let guard = self.guard.map(|guard| guard.pid.get());
        own_tasks::are_meant(caller, number, guard.into_iter().chain([std::process::id().cast_signed()]))
    }

    fn signal(&mut self, target: SignalTarget, signal: Signal) -> Result<(), KernelError> {
        signals::send(target, signal)
    }

    fn stop_myself(&mut self) {
        signals::stop_myself();
    }

    fn reports_tasks(&self) -> bool {
        false
    }

    fn drop_if_ended(&mut self, tid: Tid) -> bool {
        let has_ended = signals::has_ended(tid);
        if has_ended {
            self.waiting.remove(tid);
        }
        has_ended
    }

    fn end_tree(&mut self) -> bool {
        self.order(Message::End);
        true
    }

    fn pass_on(&mut self, signal: Signal) -> bool {
        self.order(Message::Signal(signal));
        true
    }

    fn left_behind(&self) -> Option<usize> {
        Some(self.left)
    }

    fn were_its_own(&mut self, tid: Tid) -> bool {
        let by_number = std::mem::take(&mut self.looks.by_number);
        let is_certain =
            !by_number && self.waiting.get(tid).is_some_and(|call| self.looks.kept.is_older(tid, call.tick));
        is_certain || self.still_waits(tid)
    }

    fn still_waits(&mut self, tid: Tid) -> bool {
        let waits = self.waiting.get(tid).is_none_or(|call| self.listener.still_waits(call.notification.id));
        if !waits {
            // What was looked up may have been another task's.
            self.looks.kept.forget(tid);
        }
        waits
    }
}
