//! havoc's own signals: which it holds back, which it leaves as they were, and the only functions that send any.
use super::inherited;
use crate::kernel::{KernelError, SignalInfo, SignalTarget, TrappedCall};
use crate::signal::Signal;
use crate::task::{Pid, Tid};
use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, Signal as NixSignal};
use std::io;
use std::os::fd::{AsRawFd, OwnedFd};

/// Held back in every thread and read from a signalfd, those too that havoc was started to ignore: a blocked signal is
/// kept even if it is ignored, and the program may handle it all the same.
pub(super) const HELD_BACK: [NixSignal; 5] =
    [NixSignal::SIGINT, NixSignal::SIGQUIT, NixSignal::SIGTERM, NixSignal::SIGHUP, NixSignal::SIGTSTP];

/// The terminal's, for writing to it from the background; and those of limits on a file's size and on time, which the
/// user has set for the program: the log and the work of havoc are beside it.
const IGNORED: [NixSignal; 4] =
    [NixSignal::SIGTTIN, NixSignal::SIGTTOU, NixSignal::SIGXFSZ, NixSignal::SIGXCPU];

/// Interrupts the main thread's wait4. Its default action is to be ignored, so a stray one does no harm.
const WAKE: NixSignal = NixSignal::SIGURG;

/// What the program must be given back before its exec.
#[derive(Clone, Debug)]
pub(super) struct Original {
    mask: SigSet,
    ignored: Vec<NixSignal>,
    defaulted: Vec<NixSignal>,
    timers: [libc::itimerval; TIMERS.len()],
    ignores_setxid: bool,
}

/// An exec keeps these and a fork does not (setitimer(2)): `alarm` before havoc means the program.
const TIMERS: [i32; 3] = [libc::ITIMER_REAL, libc::ITIMER_VIRTUAL, libc::ITIMER_PROF];

/// Sets a timer, and returns what it was.
fn set_timer(which: i32, value: &libc::itimerval) -> libc::itimerval {
    let mut before = NO_TIMER;
    // SAFETY: value and before are live, and before is writable; the call fails only for bad pointers and numbers.
    unsafe { libc::setitimer(which as _, value, &raw mut before) };
    before
}

const NO_TIMER: libc::itimerval = libc::itimerval {
    it_interval: libc::timeval { tv_sec: 0, tv_usec: 0 },
    it_value: libc::timeval { tv_sec: 0, tv_usec: 0 },
};

/// Arranges havoc's own signals. To be called once, before any thread or child exists.
///
/// # Errors
/// When the kernel refuses.
pub(super) fn arrange() -> nix::Result<Original> {
    let changed = [NixSignal::SIGCHLD, WAKE].into_iter().chain(IGNORED);
    let (mut ignored, mut defaulted): (Vec<_>, Vec<_>) =
        changed.partition(|signal| inherited::is_ignored(*signal as i32));
    match inherited::sigpipe_was_ignored() {
        true => ignored.push(NixSignal::SIGPIPE),
        false => defaulted.push(NixSignal::SIGPIPE),
    }

    let held_back: SigSet = HELD_BACK.into_iter().collect();
    let mask = held_back.thread_swap_mask(nix::sys::signal::SigmaskHow::SIG_BLOCK)?;
    // Taken by `next_child` where it is wanted. With a thread in which it is not blocked it would be lost.
    SigSet::from(NixSignal::SIGCHLD).thread_block()?;
    // A caller may have blocked it: the wait could then not be interrupted.
    SigSet::from(WAKE).thread_unblock()?;

    // With SIGCHLD ignored the kernel would reap the tasks itself and their statuses would be lost (wait(2), NOTES).
    // SA_NOCLDSTOP saves a signal per stop.
    set(NixSignal::SIGCHLD, SigHandler::SigDfl, SaFlags::SA_NOCLDSTOP)?;
    for signal in IGNORED {
        set(signal, SigHandler::SigIgn, SaFlags::empty())?;
    }
    // Without SA_RESTART, so that wait4 ends with EINTR.
    set(WAKE, SigHandler::Handler(woken), SaFlags::empty())?;
    let timers = TIMERS.map(|which| set_timer(which, &NO_TIMER));
    let ignores_setxid = ignores_setxid();
    Ok(Original { mask, ignored, defaulted, timers, ignores_setxid })
}

extern "C" fn woken(_signal: i32) {}

fn set(signal: NixSignal, handler: SigHandler, flags: SaFlags) -> nix::Result<()> {
    let action = SigAction::new(handler, flags, SigSet::empty());
    // SAFETY: the only handler ever set here is `woken`, which does nothing and is so async-signal-safe.
    unsafe { nix::sys::signal::sigaction(signal, &action) }.map(drop)
}

impl Original {
    /// Gives this process the mask and dispositions that havoc was started with. Async-signal-safe: for the child
    /// between fork and exec. Failures are left: there is nobody to tell, and the calls cannot fail with valid signals.
    pub(super) fn restore(&self) {
        for signal in &self.ignored {
            let _ = set(*signal, SigHandler::SigIgn, SaFlags::empty());
        }
        for signal in &self.defaulted {
            let _ = set(*signal, SigHandler::SigDfl, SaFlags::empty());
        }
        for (which, value) in TIMERS.into_iter().zip(&self.timers) {
            set_timer(which, value);
        }
        if self.ignores_setxid {
            ignore_setxid();
        }
        let _ = self.mask.thread_set_mask();
    }
}

/// The signal that glibc changes the ids of all threads by. With the first thread it gets a handler, which an exec makes the
/// default, even if it was ignored before; and sigaction(3) does not know it.
const SETXID: i32 = 33;

/// `struct sigaction` as the kernel has it. include/uapi/asm-generic/signal.h, and arch/x86/include/uapi/asm/signal.h.
#[repr(C)]
struct KernelAction {
    handler: libc::sighandler_t,
    flags: libc::c_ulong,
    restorer: usize,
    mask: u64,
}

fn ignores_setxid() -> bool {
    let mut action = KernelAction { handler: libc::SIG_DFL, flags: 0, restorer: 0, mask: 0 };
    // SAFETY: a null new action only asks; action is live, writable and of the kernel's layout, with a mask of 8 bytes.
    let result = unsafe {
        libc::syscall(libc::SYS_rt_sigaction, SETXID, std::ptr::null::<KernelAction>(), &raw mut action, 8)
    };
    result == 0 && action.handler == libc::SIG_IGN
}

fn ignore_setxid() {
    let action = KernelAction { handler: libc::SIG_IGN, flags: 0, restorer: 0, mask: 0 };
    // SAFETY: action is live and of the kernel's layout, with a mask of 8 bytes; a null old action is allowed. No function of
    // ours becomes a handler by it.
    unsafe {
        libc::syscall(
            libc::SYS_rt_sigaction,
            SETXID,
            &raw const action,
            std::ptr::null_mut::<KernelAction>(),
            8,
        )
    };
}

/// Sends `signal` to a process or task of the session. This, [`send_by_pidfd`] and [`wake`] are the only functions that signal
/// anybody else than the caller; a target with an id of 1 or less cannot be made.
pub(super) fn send(target: SignalTarget, signal: Signal) -> Result<(), KernelError> {
    let (pid, tid) = target.ids();
    assert!(pid.get() > 1, "a signal to {pid} would reach init or everybody");
    let task = tid.map_or(pid.get(), Tid::get);
    let result = match tid {
        // SAFETY: tgkill takes three numbers; both ids are above 1.
        Some(tid) => unsafe { libc::syscall(libc::SYS_tgkill, pid.get(), tid.get(), signal.number()) },
        // SAFETY: kill takes two numbers; the id is above 1, so it means one process.
        None => i64::from(unsafe { libc::kill(pid.get(), signal.number()) }),
    };
    sent(result, task)
}

/// Tells what a system call that signals `task` has come to.
fn sent(result: i64, task: i32) -> Result<(), KernelError> {
    if result == 0 {
        return Ok(());
    }
    let source = io::Error::last_os_error();
    let tid = Tid::new(task).expect("an id above 1");
    Err(match source.raw_os_error() {
        Some(libc::ESRCH) => KernelError::Vanished(tid),
        _ => KernelError::Refused { operation: "send a signal", tid, source },
    })
}

/// Sends `signal` to the process that `pidfd` means, and whose id is `process`.
pub(super) fn send_by_pidfd(pidfd: &OwnedFd, process: Pid, signal: Signal) -> Result<(), KernelError> {
    assert!(process.get() > 1, "a signal to {process} would reach init");
    let none = std::ptr::null::<libc::siginfo_t>();
    // SAFETY: pidfd_send_signal takes two numbers, a null siginfo, which makes the kernel fill one in, and no flags.
    let result =
        unsafe { libc::syscall(libc::SYS_pidfd_send_signal, pidfd.as_raw_fd(), signal.number(), none, 0) };
    sent(result, process.get())
}

/// Returns whether no task has this id any more. Signal 0 is never delivered, and fails with ESRCH for such an id (kill(2)), a
/// thread's id as well; /proc may hide the task.
pub(super) fn has_ended(tid: Tid) -> bool {
    let task = nix::unistd::Pid::from_raw(tid.get());
    nix::sys::signal::kill(task, None) == Err(nix::errno::Errno::ESRCH)
}

/// Lets this process hear by SIGCHLD of tasks that stop, not only of those that end; or lets it not.
///
/// # Errors
/// When the kernel refuses.
pub(super) fn hear_of_stops(hear: bool) -> nix::Result<()> {
    let flags = if hear { SaFlags::empty() } else { SaFlags::SA_NOCLDSTOP };
    set(NixSignal::SIGCHLD, SigHandler::SigDfl, flags)
}

/// Waits for the next SIGCHLD, and returns whom it is about; `None` after `timeout`, or if nobody is named.
///
/// # Errors
/// EINTR after another signal.
pub(super) fn next_child(timeout: Option<std::time::Duration>) -> nix::Result<Option<Tid>> {
    let children = SigSet::from(NixSignal::SIGCHLD);
    // SAFETY: siginfo_t is plain data for which all zeroes is a value.
    let mut info: libc::siginfo_t = unsafe { std::mem::zeroed() };
    let limit = timeout.map(|timeout| libc::timespec {
        tv_sec: timeout.as_secs() as _,
        tv_nsec: timeout.subsec_nanos() as _,
    });
    let limit = limit.as_ref().map_or(std::ptr::null(), std::ptr::from_ref);
    // SAFETY: the set and the limit, if there is one, are live; info is live and writable.
    let result = unsafe { libc::sigtimedwait(children.as_ref(), &raw mut info, limit) };
    match nix::errno::Errno::result(result) {
        // SAFETY: si_pid lies inside siginfo_t for every code, and means the child with SIGCHLD.
        Ok(_) => Ok(Tid::new(unsafe { info.si_pid() })),
        Err(nix::errno::Errno::EAGAIN) => Ok(None),
        Err(errno) => Err(errno),
    }
}

/// Lets the kernel reap this process's children: nothing is learned from their ends, and as the first process of a container
/// it gets those of others.
///
/// # Errors
/// When the kernel refuses.
pub(super) fn leave_children_unreaped() -> nix::Result<()> {
    set(NixSignal::SIGCHLD, SigHandler::SigIgn, SaFlags::empty())
}

/// Interrupts the wait of a thread of this very process.
pub(super) fn wake(thread: Tid) {
    let process = nix::unistd::getpid().as_raw();
    // SAFETY: tgkill takes three numbers; the process is this one, so nobody else can be meant.
    unsafe { libc::syscall(libc::SYS_tgkill, process, thread.get(), WAKE as i32) };
}

/// Stops this process as job control would, until SIGCONT.
pub(super) fn stop_myself() {
    if let Err(error) = nix::sys::signal::raise(NixSignal::SIGSTOP) {
        log::warn!("stop like the program: {error}");
    }
}

/// Ends this process by `signal`, as the program ended, without a core file of its own. Returns where the signal does
/// not end it: stop signals, and PID 1 of a namespace.
pub fn die_by(signal: Signal) {
    let _ = nix::sys::resource::setrlimit(nix::sys::resource::Resource::RLIMIT_CORE, 0, 0);
    // A core_pattern that is a pipe does not ask that limit (core(5)), but this.
    let _ = nix::sys::prctl::set_dumpable(false);
    // SAFETY: sigaction is plain data for which all zeroes (SIG_DFL, no flags, an empty mask) is a value.
    let action: libc::sigaction = unsafe { std::mem::zeroed() };
    // SAFETY: action is live; a null old action is allowed. nix's enum has no real-time signals.
    unsafe { libc::sigaction(signal.number(), &raw const action, std::ptr::null_mut()) };
    // SAFETY: raise takes a number and signals the calling thread only; it is pending until the mask opens.
    unsafe { libc::raise(signal.number()) };
    // Only this one: another that is held back and pending must not be what ends us.
    // SAFETY: sigset_t is plain data, and sigemptyset makes it a set whatever it was.
    let mut set: libc::sigset_t = unsafe { std::mem::zeroed() };
    // SAFETY: set is live and writable.
    unsafe { libc::sigemptyset(&raw mut set) };
    // SAFETY: set is live and writable; a bad number would only be refused.
    unsafe { libc::sigaddset(&raw mut set, signal.number()) };
    // SAFETY: set is live; a null old set is allowed.
    unsafe { libc::sigprocmask(libc::SIG_UNBLOCK, &raw const set, std::ptr::null_mut()) };
}

/// Tells whether havoc sent this signal to one task.
pub(super) fn is_ours(info: &libc::siginfo_t) -> bool {
    // SAFETY: si_pid lies inside siginfo_t for every code, and means the sender with SI_TKILL.
    let sender = unsafe { info.si_pid() };
    // To a task in a PID namespace below ours the sender is nobody, 0: kernel/signal.c, __send_signal_locked.
    info.si_code == libc::SI_TKILL && (sender == nix::unistd::getpid().as_raw() || sender == 0)
}

/// Makes a signal one that the kernel sent: SI_KERNEL, and all that a sender would say 0. As PTRACE_CONT with a signal has it
/// at a syscall stop, kernel/signal.c, ptrace_signal.
pub(super) fn disown(info: &mut libc::siginfo_t) {
    let signal = info.si_signo;
    // SAFETY: siginfo_t is plain data for which all zeroes is a value.
    *info = unsafe { std::mem::zeroed() };
    info.si_signo = signal;
    info.si_code = libc::SI_KERNEL;
}

/// Reads out of a siginfo what its code says is there. include/uapi/asm-generic/siginfo.h.
pub(super) fn info(raw: &libc::siginfo_t) -> SignalInfo {
    let code = raw.si_code;
    let signal = Signal::new(raw.si_signo).unwrap_or(Signal::TRAP);
    let is_fault =
        matches!(raw.si_signo, libc::SIGSEGV | libc::SIGBUS | libc::SIGILL | libc::SIGFPE | libc::SIGTRAP)
            && code > 0
            && code != libc::SI_KERNEL;
    let is_child = raw.si_signo == libc::SIGCHLD && code > 0;
    // SYS_SECCOMP, SYS_USER_DISPATCH.
    let is_trap = raw.si_signo == libc::SIGSYS && matches!(code, 1 | 2);
    let is_sent = matches!(code, libc::SI_USER | libc::SI_TKILL | libc::SI_QUEUE) || is_child;
    // SAFETY: si_pid lies inside siginfo_t for every code; whether it means anything was judged above.
    let pid = unsafe { raw.si_pid() };
    // SAFETY: as for si_pid.
    let uid = unsafe { raw.si_uid() };
    // SAFETY: as for si_pid.
    let status = unsafe { raw.si_status() };
    // SAFETY: as for si_pid.
    let value = unsafe { raw.si_value() };
    // SAFETY: as for si_pid.
    let address = unsafe { raw.si_addr() };
    SignalInfo {
        signal,
        code,
        sender: is_sent.then_some((pid, uid)),
        address: is_fault.then_some(address as u64),
        status: is_child.then_some(status),
        value: (code == libc::SI_QUEUE).then_some(value.sival_ptr as usize as i32),
        trapped: is_trap.then(|| trapped(raw)),
    }
}

/// Reads `_sigsys` of a siginfo, which the libc crate has no names for: behind the three ints of the head and four bytes of
/// padding come an address, an int and an unsigned int.
fn trapped(raw: &libc::siginfo_t) -> TrappedCall {
    #[repr(C)]
    struct Sigsys {
        head: [i32; 4],
        address: u64,
        number: i32,
        audit_arch: u32,
    }
    const _: () = assert!(size_of::<Sigsys>() == 32 && size_of::<Sigsys>() <= size_of::<libc::siginfo_t>());
    let raw: *const libc::siginfo_t = raw;
    // SAFETY: raw is live, at least as large and as aligned as a Sigsys, all of it was initialised, and every bit pattern is a
    // Sigsys.
    let Sigsys { address, number, audit_arch, .. } = unsafe { raw.cast::<Sigsys>().read() };
    TrappedCall { address, number, audit_arch }
}
