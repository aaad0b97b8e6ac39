//! What a session is told.
use crate::plan::{CallSet, Plan, Selector};
use crate::record::{Statuses, Style};
use crate::ring;
use crate::signal::SignalSet;
use havoc_arch::{Arch, Native, names};
use std::time::Duration;

/// What to do about io_uring, which bypasses system calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum IoUring {
    /// `io_uring_setup` gives ENOSYS, counted.
    Deny,
    /// Only reported.
    #[default]
    Warn,
    /// Not even looked at.
    Allow,
}

impl IoUring {
    /// Returns what is done where the user says nothing: refused if a rule that does more than log names a call that a ring
    /// could do in its stead, else reported.
    #[must_use]
    pub fn default_for(plan: &Plan) -> IoUring {
        let could_bypass = plan
            .rules
            .iter()
            .filter(|rule| rule.action.injects())
            .flat_map(|rule| Native::ABI.judged().iter().map(move |abi| (rule, *abi)))
            .flat_map(|(rule, abi)| rule.numbers(abi).into_iter().map(move |number| (abi, number)))
            .filter_map(|(abi, number)| names::name_of(abi, number))
            .any(ring::can_do);
        if could_bypass { IoUring::Deny } else { IoUring::Warn }
    }
}

/// What goes into the log beside what rules acted on.
#[derive(Clone, Debug, PartialEq)]
pub struct Logging {
    /// The calls to log with their real results; `None` logs none, and neither signals nor the ends of tasks.
    pub calls: Option<CallSet>,
    /// Of these, only calls that pass all of these. [`Selector::FirstTask`] holds for signals and ends too.
    pub selectors: Vec<Selector>,
    /// Of these, only calls of which this came.
    pub statuses: Statuses,
    /// The signals to log, and the ends by signals.
    pub signals: SignalSet,
    /// Whether ends by exit are logged, and it is said that the program has ended and other tasks live on.
    pub exits: bool,
    /// Whether it is logged that a thread's execve has put an end to others.
    pub superseded: bool,
}

impl Default for Logging {
    fn default() -> Logging {
        Logging {
            calls: None,
            selectors: Vec::new(),
            statuses: Statuses::ALL,
            signals: SignalSet::ALL,
            exits: true,
            superseded: true,
        }
    }
}

impl Logging {
    /// Tells whether only the first task is logged.
    #[must_use]
    pub fn is_of_first_task(&self) -> bool {
        self.selectors.contains(&Selector::FirstTask)
    }
}

/// A session's configuration.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// The rules.
    pub plan: Plan,
    /// What to log. With calls to log come signals and the ends of tasks.
    pub logging: Logging,
    /// How much of strings, arrays and structs is shown.
    pub style: Style,
    /// The seed of every random choice.
    pub seed: u64,
    /// What to do about io_uring.
    pub io_uring: IoUring,
    /// Kill the tree so long after the program's exec.
    pub timeout: Option<Duration>,
    /// End the tree with the root.
    pub kill_on_exit: bool,
    /// Take the exit stop of skipped calls too, and verify there.
    pub debug_verify: bool,
}

impl Config {
    /// Tells whether this call may be logged whatever rules say: the selectors have yet to be asked.
    #[must_use]
    pub fn logs(&self, abi: havoc_arch::Abi, number: u32) -> bool {
        self.logging.calls.as_ref().is_some_and(|calls| calls.is_all() || calls.contains(abi, number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::syntax::parse_rules;
    use std::path::Path;

    #[test]
    fn a_ring_is_refused_where_it_could_do_what_a_rule_names_and_nowhere_else() {
        for (rules, expected) in [
            (&["fsync:error=EIO"][..], IoUring::Deny),
            (&["%persist:error=EIO:path=*.db"], IoUring::Deny),
            (&["getppid:error=EIO", "write:short=1"], IoUring::Deny),
            (&["connect:error=ECONNREFUSED"], IoUring::Deny),
            (&["fsync:log"], IoUring::Warn),
            (&["msync:error=EIO:path=*.db"], IoUring::Warn),
            (&["mmap,ioctl,flock,lseek:error=EIO"], IoUring::Warn),
            (&["getppid:error=EIO"], IoUring::Warn),
            (&["io_uring_enter:error=EBUSY:when=2"], IoUring::Warn),
            (&["/^io_uring_:delay_enter=1ms"], IoUring::Warn),
            (&[], IoUring::Warn),
        ] {
            let rules: Vec<String> = rules.iter().map(|rule| (*rule).to_owned()).collect();
            let plan = parse_rules(&rules, Path::new("/")).expect("good rules");
            assert_eq!(IoUring::default_for(&plan), expected, "{rules:?}");
        }
    }
}
