//! Calls that are watched whatever the rules say, because they would open a hole in what havoc sees.
use super::attempt::Attempt;
use super::tie::{PR_GET_PDEATHSIG, PR_SET_PDEATHSIG};
use super::tracee::{Safeguard, Undo};
use super::{Config, Engine, IoUring, Session, carrier, leaf};
use crate::filter::{self, FilterTooLarge, Instruction, Leaf, Policy, StopBy, Test};
use crate::kernel::{Kernel, KernelError, Stopped, Verified};
use crate::matcher::Matcher;
use crate::resource::mount_text;
use crate::task::Tid;
use havoc_arch::{Abi, Arch, Native, SyscallView, names};
use std::collections::BTreeMap;

/// CLONE_UNTRACED of include/uapi/linux/sched.h: the child would carry our filter without us, and its named calls would
/// be ENOSYS for ever.
pub(super) const CLONE_UNTRACED: u64 = 0x0080_0000;

/// Calls that come back as restart_syscall after a stop (nanosleep(2), futex(2), poll(2)), by their names in all ABIs.
const RESTARTING: [&str; 6] =
    ["poll", "nanosleep", "clock_nanosleep", "clock_nanosleep_time64", "futex", "futex_time64"];

/// Calls that give a task another root directory: chroot(2), pivot_root(2), setns(2).
const ROOT_CHANGING: [&str; 3] = ["chroot", "pivot_root", "setns"];

/// `_IO(0xAA, 0x00)` on /dev/userfaultfd, the other way to userfaultfd(2). include/uapi/linux/userfaultfd.h.
const USERFAULTFD_IOC_NEW: u32 = 0xaa00;

/// Flags of mount(2) with which it mounts no file system anew: MS_REMOUNT, MS_BIND, MS_MOVE, and those that change what is shared.
/// include/uapi/linux/mount.h.
const MOUNTS_NOTHING_NEW: u64 = 0x20 | 0x1000 | 0x2000 | 0x2_0000 | 0x4_0000 | 0x8_0000 | 0x10_0000;

/// What a sentinel did.
#[derive(Debug)]
pub(super) enum Found {
    /// Nothing that has to be put back.
    Nothing,
    /// The call was changed, to be put back at its exit.
    Changed(Undo),
    /// Its result will say what it means.
    Attempt(Attempt),
}

/// What the filter must stop for, and what it does by itself; and the filter.
///
/// # Errors
/// When it would be longer than the kernel takes, even if it compared nothing.
pub(super) fn compiled(
    config: &Config,
    engine: Engine,
    matcher: &Matcher,
) -> Result<(Policy, Vec<Instruction>), FilterTooLarge> {
    let stop = match engine {
        Engine::Ptrace => StopBy::Trace,
        Engine::Notify => StopBy::Notify,
    };
    let compile = |policy: Policy| {
        let program = filter::compile(&policy, Native::ABI, stop)?;
        Ok((policy, program))
    };
    if config.logging.calls.as_ref().is_some_and(crate::plan::CallSet::is_all) {
        return compile(Policy { every_call: true, ..Policy::default() });
    }
    let policy = |named: Named| {
        let leaves = |abi: &Abi| (*abi, leaves(*abi, config, engine, matcher, named));
        Policy { leaves: Native::ABI.judged().iter().map(leaves).collect(), every_call: false }
    };
    // Without comparisons stops are all that is lost.
    compile(policy(leaf::of)).or_else(|FilterTooLarge { .. }| compile(policy(|_, _, _, _, _| Leaf::Trace)))
}

/// What is done with a call that something names.
type Named = fn(Abi, u32, &Config, Engine, &Matcher) -> Leaf;

/// What it must stop for among the calls of one ABI.
fn leaves(abi: Abi, config: &Config, engine: Engine, matcher: &Matcher, named: Named) -> BTreeMap<u32, Leaf> {
    let mut numbers = matcher.numbers(abi);
    if let Some(calls) = &config.logging.calls {
        numbers.extend(calls.numbers(abi));
    }
    let mut leaves = BTreeMap::new();
    let mut watch = |name: &str, leaf: Leaf| {
        if let Some(number) = names::number_of(abi, name) {
            leaves.insert(number, leaf);
        }
    };
    let first_is = |values: &[u32]| Leaf::TraceIf(vec![Test::OneOf { argument: 0, values: values.to_vec() }]);
    // SECCOMP_SET_MODE_STRICT and _FILTER; PR_SET_SECCOMP.
    watch("seccomp", first_is(&[0, 1]));
    watch("prctl", first_is(&[22]));
    for name in ROOT_CHANGING {
        watch(name, Leaf::Trace);
    }
    for name in ["userfaultfd", "mount", "fsopen"] {
        watch(name, Leaf::Trace);
    }
    watch("ioctl", Leaf::TraceIf(vec![Test::OneOf { argument: 1, values: vec![USERFAULTFD_IOC_NEW] }]));
    match engine {
        Engine::Ptrace => {
            watch("clone", Leaf::TraceIf(vec![Test::AnyBit { argument: 0, bits: CLONE_UNTRACED as u32 }]));
            watch("clone3", Leaf::Trace);
            // PTRACE_TRACEME, _ATTACH and _SEIZE.
            watch("ptrace", first_is(&[0, 16, 0x4206]));
        }
        Engine::Notify => {
            watch("prctl", first_is(&[PR_SET_PDEATHSIG, PR_GET_PDEATHSIG, 22]));
            // PTRACE_ATTACH and _SEIZE, of havoc's own tasks.
            watch("ptrace", first_is(&[16, 0x4206]));
            // No event tells of an exec, and what is kept of the task ends with it.
            watch("execve", Leaf::Trace);
            watch("execveat", Leaf::Trace);
        }
    }
    if config.io_uring != IoUring::Allow && !numbers.is_empty() {
        watch("io_uring_setup", Leaf::Trace);
        watch("io_setup", Leaf::Trace);
    }
    // A tracer recognises a call that is entered again; under the other engine it runs on, decided as it was.
    if engine == Engine::Ptrace
        && RESTARTING
            .iter()
            .filter_map(|name| names::number_of(abi, name))
            .any(|number| numbers.contains(&number))
    {
        watch("restart_syscall", Leaf::Trace);
    }
    leaves.extend(carrier::leaves(abi, config, matcher));
    for number in numbers {
        let is_watched = leaves.contains_key(&number);
        let leaf = if is_watched { Leaf::Trace } else { named(abi, number, config, engine, matcher) };
        leaves.insert(number, leaf);
    }
    leaves
}

impl<K: Kernel> Session<'_, K> {
    /// Does what the sentinels want at this call.
    pub(super) fn sentinel(&mut self, stopped: &Stopped, view: &SyscallView) -> Result<Found, KernelError> {
        let first = view.args[0];
        match view.name().unwrap_or_default() {
            // Under an engine that does not trace, nobody is left untraced, and tracers in the program are free to trace.
            "clone" | "clone3" | "ptrace" if !self.kernel.reports_tasks() => Ok(Found::Nothing),
            "clone" if first & CLONE_UNTRACED != 0 => {
                let done = self.kernel.set_argument(stopped, view.abi, 0, first & !CLONE_UNTRACED).map(drop);
                if !self.is_done(done)? {
                    return Ok(Found::Nothing);
                }
                Ok(Found::Changed(Undo::Argument { index: 0, value: first }))
            }
            "clone3" => Ok(self.clone3(stopped, first)),
            "prctl" if matches!(first as u32, PR_SET_PDEATHSIG | PR_GET_PDEATHSIG) => {
                self.death_signal(stopped, view)
            }
            name if ROOT_CHANGING.contains(&name) => {
                self.kernel.roots_may_differ();
                Ok(Found::Nothing)
            }
            "mount" if view.args[3] & MOUNTS_NOTHING_NEW == 0 => Ok(self.mounts(stopped.tid(), view.args[2])),
            "fsopen" => Ok(self.mounts(stopped.tid(), first)),
            "userfaultfd" => {
                self.kernel.pages_may_wait();
                Ok(Found::Nothing)
            }
            "ioctl" if view.args[1] as u32 == USERFAULTFD_IOC_NEW => {
                self.kernel.pages_may_wait();
                Ok(Found::Nothing)
            }
            "seccomp" | "prctl" | "ptrace" | "io_setup" | "io_uring_setup" => {
                Ok(self.attempt(stopped.tid(), view))
            }
            _ => Ok(Found::Nothing),
        }
    }

    /// A file system is mounted, of the type that stands at this address. If that may ask a server, so may pages of its files.
    fn mounts(&mut self, tid: Tid, file_system: u64) -> Found {
        // Longer than any name of a type; of one that cannot be read nothing is known.
        let name = self.kernel.read_string(tid, file_system, 64);
        if name.map_or(true, |(name, _)| mount_text::asks_a_server(&name)) {
            self.kernel.pages_may_wait();
        }
        Found::Nothing
    }

    /// Calls of which the result says what they mean.
    fn attempt(&mut self, tid: Tid, view: &SyscallView) -> Found {
        let Some(attempt) = Attempt::of(view, self.config.io_uring) else { return Found::Nothing };
        if self.kernel.reports_tasks() {
            return Found::Attempt(attempt);
        }
        self.attempts(tid, view, attempt);
        Found::Nothing
    }

    /// The flags of clone3 are the first word of the struct that its first argument points to.
    fn clone3(&mut self, stopped: &Stopped, address: u64) -> Found {
        let mut flags = [0; 8];
        let tid = stopped.tid();
        if !matches!(self.kernel.read_memory(tid, address, &mut flags), Ok(8)) {
            return Found::Nothing;
        }
        let word = u64::from_le_bytes(flags);
        if word & CLONE_UNTRACED == 0 {
            return Found::Nothing;
        }
        match self.kernel.write_memory(tid, address, &(word & !CLONE_UNTRACED).to_le_bytes()) {
            // What a write has done that memory cut short is put back, too.
            Ok(_) => Found::Changed(Undo::Memory { address, bytes: flags.to_vec() }),
            Err(error) => {
                log::warn!("take CLONE_UNTRACED out of clone3's flags in {tid}: {error}");
                Found::Nothing
            }
        }
    }

    /// Tells whether the kernel did it. A refusal must not cost the call its rules.
    pub(super) fn is_done(&mut self, answer: Result<(), KernelError>) -> Result<bool, KernelError> {
        match answer {
            Ok(()) => Ok(true),
            Err(error @ KernelError::Vanished(_)) => Err(error),
            Err(error) => {
                log::warn!("change a call that opens a hole: {error}");
                self.blind.failed_requests += 1;
                Ok(false)
            }
        }
    }

    /// Refuses a call that would take from havoc what it is there for, and says for what reason, and whether the result that it
    /// gives was verified. `None` lets the call in.
    pub(super) fn denied(
        &mut self,
        stopped: &Stopped,
        view: &SyscallView,
    ) -> Result<Option<(Safeguard, Verified)>, KernelError> {
        let Some(safeguard) = self.safeguard_against(stopped.tid(), view) else { return Ok(None) };
        match self.kernel.skip(stopped, safeguard.result()) {
            Ok(verified) => Ok(Some((safeguard, verified))),
            Err(error) => {
                self.is_done(Err(error))?;
                self.blind.io_uring_seen.asked += u64::from(safeguard == Safeguard::NoRing);
                Ok(None)
            }
        }
    }

    fn safeguard_against(&mut self, tid: Tid, view: &SyscallView) -> Option<Safeguard> {
        match view.name()? {
            "io_uring_setup" => (self.config.io_uring == IoUring::Deny).then_some(Safeguard::NoRing),
            // The tracer would wait for havoc to stop, and havoc for the tracer, whose calls it is asked about.
            "ptrace" => match Attempt::of(view, self.config.io_uring)? {
                Attempt::Tracing(what) if view.args[0] != 0 => {
                    self.kernel.means_havoc(tid, view.args[1] as i32).then_some(Safeguard::NotOfHavoc(what))
                }
                _ => None,
            },
            _ => None,
        }
    }
}
