//! What a run has come to: the data of the closing report and of the summary.
use super::{Engine, Session, leaf};
use crate::kernel::{Ended, Kernel, LostPrivilege};
use crate::matcher::RuleTally;
use crate::plan::Rule;
use crate::task::Pid;
use havoc_arch::{Abi, Arch, Native, names};
use std::collections::{BTreeMap, BTreeSet};

/// The counts of one system call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CallStats {
    /// Logical calls.
    pub calls: u64,
    /// Stops they took, of the seccomp and the exit kind.
    pub stops: u64,
    /// Calls of which an error was seen, injected or not.
    pub errors: u64,
    /// Calls whose result a rule gave for certain.
    pub injected: u64,
}

impl CallStats {
    /// Adds what the call of the same name of another ABI took.
    fn add(&mut self, other: &CallStats) {
        self.calls += other.calls;
        self.stops += other.stops;
        self.errors += other.errors;
        self.injected += other.injected;
    }

    /// A new logical call stopped at its entry.
    pub(super) fn began(&mut self) {
        self.calls += 1;
        self.stops += 1;
    }
}

/// How often the program got something by a call that makes it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sought {
    /// The call succeeded.
    pub made: u64,
    /// What came of the call was not seen: the engine does not trace.
    pub asked: u64,
}

/// Calls of the program's own that want what havoc has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OwnCalls {
    /// How many.
    pub count: u64,
    /// The first of them.
    pub first: Option<OwnCall>,
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnCall {
    /// What it asked for, as the manual has it.
    pub what: &'static str,
    /// The name of the process.
    pub name: Vec<u8>,
    /// Its id; `None` where ids are not to be told.
    pub process: Option<Pid>,
}

impl OwnCalls {
    pub(super) fn add(&mut self, call: OwnCall) {
        self.count += 1;
        self.first.get_or_insert(call);
    }
}

impl BlindSpots {
    /// Leaves out the ids of processes, which are others in every run.
    pub fn leave_out_ids(&mut self) {
        for calls in [
            &mut self.own_listeners,
            &mut self.refused_listeners,
            &mut self.refused_strict,
            &mut self.own_tracers,
            &mut self.tracers_of_havoc,
        ] {
            if let Some(first) = &mut calls.first {
                first.process = None;
            }
        }
    }
}

/// What could not be seen or judged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BlindSpots {
    /// Calls of an ABI without a table, left alone.
    pub unjudged: BTreeMap<Abi, u64>,
    /// Calls of an architecture that havoc does not know.
    pub unknown_abi: u64,
    /// Calls of i386's `socketcall` and `ipc` that carried a call which a rule, or `--trace`, names, and that has no number
    /// of its own there, or whose arguments could not be read.
    pub carried: u64,
    /// Rings that io_uring_setup made.
    pub io_uring_seen: Sought,
    /// `io_uring_setup` calls answered with ENOSYS.
    pub io_uring_denied: u64,
    /// Contexts that io_setup made: kernel AIO bypasses read and write.
    pub kernel_aio: Sought,
    /// Seccomp filters of the program's own; a stricter verdict of theirs hides a call from rules.
    pub own_filters: Sought,
    /// Filters of the program's own with a listener, installed beside a tracer: what they ask about never stops.
    pub own_listeners: OwnCalls,
    /// The same, refused with EBUSY, since havoc listens.
    pub refused_listeners: OwnCalls,
    /// Ways into strict mode, refused with EINVAL, since a filter is installed: havoc's.
    pub refused_strict: OwnCalls,
    /// ptrace(TRACEME, ATTACH, SEIZE) of the program's own, refused with EPERM, since havoc traces.
    pub own_tracers: OwnCalls,
    /// ptrace(ATTACH, SEIZE) of havoc itself, refused with EPERM.
    pub tracers_of_havoc: OwnCalls,
    /// Children that were made with CLONE_UNTRACED, which was taken out.
    pub untraced_clones: u64,
    /// Programs that ran without what their files give.
    pub lost_privileges: BTreeSet<LostPrivilege>,
    /// Requests that the kernel refused although the task lives.
    pub failed_requests: u64,
}

/// One rule's part in the report.
#[derive(Clone, Debug)]
pub struct RuleReport {
    /// Its name.
    pub name: String,
    /// As it was written.
    pub text: String,
    /// What it saw and did.
    pub tally: RuleTally,
    /// Whether it does more than log.
    pub injects: bool,
    /// `uncounted`: nothing is known of what it did.
    pub uncounted: bool,
    /// The selectors, without their values, by which calls that it names are let run unseen.
    pub unseen: BTreeSet<String>,
    /// The calls that its set holds and the rule leaves out, with the reasons.
    pub left_out: Option<String>,
    /// What is to be known of its calls, whether or not it fired.
    pub vdso: Option<String>,
    /// What is to be known of what it did.
    pub notes: Vec<String>,
    /// The rule itself.
    pub rule: Rule,
}

impl RuleReport {
    /// Tells whether the rule did anything.
    #[must_use]
    pub fn fired(&self) -> bool {
        if self.uncounted {
            return false;
        }
        if self.injects { self.tally.injected > 0 } else { self.tally.matches > 0 }
    }
}

/// What a run has come to.
#[derive(Clone, Debug)]
pub struct Report {
    /// How the root process ended; `None` if the run was given up before.
    pub root: Option<Ended>,
    /// The program's exec never succeeded.
    pub never_began: bool,
    /// `--timeout` ended it.
    pub timed_out: bool,
    /// Why the run was given up.
    pub lost: Option<String>,
    /// The log could not be written.
    pub log_failed: bool,
    /// The rules, in plan order.
    pub rules: Vec<RuleReport>,
    /// The seed, if it had a say in anything.
    pub seed: Option<u64>,
    /// What could not be seen.
    pub blind: BlindSpots,
    /// Whether somebody else's seccomp filter lay over the program; calls that it answered itself never stopped.
    pub filter_above: bool,
    /// How the kernel was asked and told, a line each.
    pub ways: Vec<&'static str>,
    /// The counts per call that was named, by name.
    pub calls: BTreeMap<String, CallStats>,
    /// All stops of any kind.
    pub stops: u64,
    /// Stops of sentinels.
    pub sentinel_stops: u64,
}

impl<K: Kernel> Session<'_, K> {
    pub(super) fn into_report(mut self) -> Report {
        self.blind.own_filters.asked += self.asking.len() as u64;
        let mut calls: BTreeMap<String, CallStats> = BTreeMap::new();
        for ((abi, number), stats) in self.calls.iter() {
            calls.entry(names::spelled(abi, number)).or_default().add(stats);
        }
        let tallies = self.matcher.tallies();
        let engine = if self.kernel.reports_tasks() { Engine::Ptrace } else { Engine::Notify };
        let unseen = leaf::unseen(self.config, engine, &self.matcher);
        let rules = self
            .matcher
            .rules()
            .iter()
            .zip(&tallies)
            .zip(unseen)
            .map(|((rule, tally), unseen)| RuleReport {
                unseen,
                name: rule.name.clone(),
                text: rule.text.clone(),
                tally: tally.clone(),
                injects: rule.action.injects(),
                uncounted: rule.action.uncounted,
                left_out: rule.left_out_note(Native::ABI),
                vdso: rule.vdso_note(Native::ABI, |name| self.kernel.vdso_answers(name)),
                notes: rule.notes.clone(),
                rule: rule.clone(),
            })
            .collect();
        Report {
            root: self.control.root_end(),
            never_began: self.control.has_never_begun(),
            timed_out: self.control.timed_out(),
            lost: self.lost,
            log_failed: self.sink.failed(),
            rules,
            seed: self.config.plan.is_random().then_some(self.config.seed),
            blind: self.blind,
            filter_above: self.kernel.has_filter_above(),
            ways: self.kernel.ways(),
            calls,
            stops: self.stops,
            sentinel_stops: self.sentinel_stops,
        }
    }
}
