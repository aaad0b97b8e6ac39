//! Calls that are watched whatever the rules say, because they would open a hole in what havoc sees.
use super::tracee::Undo;
use super::{Config, IoUring, Session, carrier};
use crate::filter::{Leaf, Policy};
use crate::kernel::{Kernel, KernelError, Stopped};
use crate::matcher::Matcher;
use havoc_arch::{Abi, Arch, Native, SyscallView, names};
use std::collections::BTreeMap;

/// CLONE_UNTRACED of include/uapi/linux/sched.h: the child would carry our filter without us, and its named calls would
/// be ENOSYS for ever.
pub(super) const CLONE_UNTRACED: u64 = 0x0080_0000;

/// `-ENOSYS`.
const ENOSYS: i64 = -38;

/// Calls that come back as restart_syscall after a stop (nanosleep(2), futex(2), poll(2)), by their names in all ABIs.
const RESTARTING: [&str; 6] =
    ["poll", "nanosleep", "clock_nanosleep", "clock_nanosleep_time64", "futex", "futex_time64"];

/// What a sentinel did.
#[derive(Debug)]
pub(super) enum Found {
    /// Nothing that has to be put back.
    Nothing,
    /// The call was changed, to be put back at its exit.
    Changed(Undo),
}

/// What the filter must stop for.
pub(super) fn policy(config: &Config, matcher: &Matcher) -> Policy {
    if config.logging.calls.as_ref().is_some_and(crate::plan::CallSet::is_all) {
        return Policy { every_call: true, ..Policy::default() };
    }
    let mut policy = Policy::default();
    for abi in Native::ABI.judged() {
        policy.leaves.insert(*abi, leaves(*abi, config, matcher));
    }
    policy
}

/// What it must stop for among the calls of one ABI.
fn leaves(abi: Abi, config: &Config, matcher: &Matcher) -> BTreeMap<u32, Leaf> {
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
    watch("clone", Leaf::TraceIfBits { argument: 0, bits: CLONE_UNTRACED as u32 });
    watch("clone3", Leaf::Trace);
    // SECCOMP_SET_MODE_STRICT and _FILTER; PR_SET_SECCOMP; PTRACE_TRACEME, _ATTACH and _SEIZE.
    watch("seccomp", Leaf::TraceIfOneOf { argument: 0, values: vec![0, 1] });
    watch("prctl", Leaf::TraceIfOneOf { argument: 0, values: vec![22] });
    watch("ptrace", Leaf::TraceIfOneOf { argument: 0, values: vec![0, 16, 0x4206] });
    if config.io_uring != IoUring::Allow && !numbers.is_empty() {
        watch("io_uring_setup", Leaf::Trace);
        watch("io_setup", Leaf::Trace);
    }
    if RESTARTING
        .iter()
        .filter_map(|name| names::number_of(abi, name))
        .any(|number| numbers.contains(&number))
    {
        watch("restart_syscall", Leaf::Trace);
    }
    leaves.extend(carrier::leaves(abi, config, matcher));
    leaves.extend(numbers.into_iter().map(|number| (number, Leaf::Trace)));
    leaves
}

impl<K: Kernel> Session<'_, K> {
    /// Does what the sentinels want at this call.
    pub(super) fn sentinel(&mut self, stopped: &Stopped, view: &SyscallView) -> Result<Found, KernelError> {
        let first = view.args[0];
        match view.name().unwrap_or_default() {
            "clone" if first & CLONE_UNTRACED != 0 => {
                let done = self.kernel.set_argument(stopped, view.abi, 0, first & !CLONE_UNTRACED).map(drop);
                if !self.is_done(done)? {
                    return Ok(Found::Nothing);
                }
                self.blind.untraced_clones += 1;
                Ok(Found::Changed(Undo::Argument { index: 0, value: first }))
            }
            "clone3" => Ok(self.clone3(stopped, first)),
            "seccomp" if first <= 1 => {
                self.blind.own_filters += 1;
                Ok(Found::Nothing)
            }
            "prctl" if first as u32 == 22 => {
                self.blind.own_filters += 1;
                Ok(Found::Nothing)
            }
            "ptrace" if matches!(first as u32, 0 | 16 | 0x4206) => {
                self.blind.own_tracers += 1;
                Ok(Found::Nothing)
            }
            "io_setup" => {
                self.blind.kernel_aio += 1;
                Ok(Found::Nothing)
            }
            "io_uring_setup" => self.io_uring(stopped),
            _ => {
                self.blind.carried += u64::from(carrier::is_hiding(view, self.config, &self.matcher));
                Ok(Found::Nothing)
            }
        }
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
            Ok(()) => {
                self.blind.untraced_clones += 1;
                Found::Changed(Undo::Memory { address, bytes: flags.to_vec() })
            }
            Err(error) => {
                log::warn!("take CLONE_UNTRACED out of clone3's flags in {tid}: {error}");
                Found::Nothing
            }
        }
    }

    /// Tells whether the kernel did it. A refusal must not cost the call its rules.
    fn is_done(&mut self, answer: Result<(), KernelError>) -> Result<bool, KernelError> {
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

    fn io_uring(&mut self, stopped: &Stopped) -> Result<Found, KernelError> {
        match self.config.io_uring {
            IoUring::Deny => {
                let done = self.kernel.skip(stopped, ENOSYS).map(drop);
                if self.is_done(done)? {
                    self.blind.io_uring_denied += 1;
                } else {
                    self.blind.io_uring_seen += 1;
                }
                Ok(Found::Nothing)
            }
            IoUring::Warn => {
                self.blind.io_uring_seen += 1;
                Ok(Found::Nothing)
            }
            IoUring::Allow => Ok(Found::Nothing),
        }
    }
}
