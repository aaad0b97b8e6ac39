//! Which engine a configuration can be run by. The kernel that answers notifications is asked at the entry of a call alone,
//! and never learns what became of it.
use super::Config;
use crate::plan::{At, Per, Rule, When};
use crate::signature;
use havoc_arch::{Arch, Native, names};

/// How calls are stopped and decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// ptrace(2): everything.
    Ptrace,
    /// seccomp_unotify(2): what can be decided at the entry, for a program that is not traced.
    Notify,
}

impl Config {
    /// Returns why only a tracer can do what is asked, or `None` if the other engine can.
    #[must_use]
    pub fn needs_ptrace(&self) -> Option<String> {
        if self.logging.calls.is_some() {
            return Some("the results of calls are logged".to_owned());
        }
        if self.debug_verify {
            return Some("results are verified at the exit".to_owned());
        }
        self.plan.rules.iter().find_map(|rule| needs_of(rule).map(|why| format!("rule {} {why}", rule.name)))
    }
}

/// What of a rule a tracer alone can do.
fn needs_of(rule: &Rule) -> Option<String> {
    let action = &rule.action;
    let need = |is: bool, what: &str| is.then(|| what.to_owned());
    need(action.kill, "stops the whole tree")
        .or_else(|| need(action.gives.is_some() && action.at == At::After, "acts after the call"))
        .or_else(|| need(action.changes(), "changes the call"))
        .or_else(|| need(!action.poke_exit.is_empty(), "writes to memory at the end of the call"))
        .or_else(|| need(action.signal.is_some(), "sends a signal as the kernel would"))
        .or_else(|| need(action.log || action.gives.is_none(), "logs results of the kernel"))
        .or_else(|| need(rule.is_late(), "asks for the result"))
        .or_else(|| need(rule.is_random(), "draws by the task's place in the tree"))
        .or_else(|| counts(rule))
}

/// What a rule counts that only a tracer can.
fn counts(rule: &Rule) -> Option<String> {
    if rule.trigger.when == When::default() {
        return None;
    }
    if rule.trigger.per != Per::Program {
        return Some("counts by task, whose beginning and end only a tracer sees".to_owned());
    }
    let numbers = Native::ABI
        .judged()
        .iter()
        .flat_map(|abi| rule.numbers(*abi).into_iter().map(|number| (*abi, number)));
    let restarted = numbers
        .map(|(abi, number)| names::spelled(abi, number))
        .find(|name| !signature::is_never_restarted(name))?;
    Some(format!("counts `{restarted}`, which the kernel may enter again after a signal"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::syntax::{parse_rules, parse_set};
    use crate::session::Logging;
    use std::path::Path;

    fn config(rule: &str) -> Config {
        let plan = parse_rules(&[rule.to_owned()], Path::new("/")).expect(rule);
        Config { plan, ..Config::default() }
    }

    #[test]
    fn rules_that_decide_at_the_entry_need_no_tracer() {
        for rule in [
            "fsync:error=EIO",
            "%persist:error=EIO:path=x.db:when=2",
            "msync:error=EIO:path=**/orders.bin",
            "read:retval=0:fd=3",
            "read:error=EIO:comm=worker:arg3>=4096",
            "pwrite64:error=ENOSPC:when=3..9+2:sock!=tcp/*/80",
            "fsync:error=EIO:delay_enter=10ms:delay_exit=1ms",
            "openat:error=EMFILE:uncounted",
            "fsync:error=EIO:after-time=1s:until=3s:caller!=**/ld-*",
        ] {
            assert_eq!(config(rule).needs_ptrace(), None, "{rule}");
        }
    }

    #[test]
    fn whatever_needs_a_tracer_says_why() {
        for (rule, why) in [
            ("fsync:error=EIO:after", "acts after the call"),
            ("fsync:kill", "stops the whole tree"),
            ("fsync:kill:after", "stops the whole tree"),
            ("read:short=1", "changes the call"),
            ("read:corrupt=zero", "changes the call"),
            ("read:arg3:=1", "changes the call"),
            ("fsync:syscall=getpid", "changes the call"),
            ("read:retval=1:poke_exit=@arg2=00", "writes to memory"),
            ("fsync:error=EIO:signal=USR1", "sends a signal"),
            ("fsync:delay_enter=1s", "logs results"),
            ("fsync:log", "logs results"),
            ("fsync:error=EIO:log", "logs results"),
            ("fsync:error=EIO,ENOSPC", "draws by"),
            ("fsync:error=EIO:chance=50%", "draws by"),
            ("fsync:error=EIO:when=2:per=thread", "counts by task"),
            ("read:error=EIO:when=2", "counts `read`"),
            ("%read-data:error=EIO:when=2:path=x", "counts `"),
        ] {
            let answer = config(rule).needs_ptrace().unwrap_or_default();
            assert!(answer.contains(why), "{rule}: {answer}");
        }
        let calls = Some(parse_set("fsync").expect("a set"));
        let traced = Config { logging: Logging { calls, ..Logging::default() }, ..config("fsync:error=EIO") };
        assert!(traced.needs_ptrace().is_some_and(|why| why.contains("logged")));
    }
}
