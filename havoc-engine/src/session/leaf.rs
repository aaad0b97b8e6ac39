//! What the filter does by itself with a call that something names: it gives the error of a rule that nobody counts, and lets
//! run what the constants of every rule turn away.
//!
//! ```text
//! logged by --trace, watched, or needed by the child on its way to the exec? ── yes ──► stop
//!        │ no
//! the first rule gives one error, always, and all are `uncounted`? ── yes ────────────► that error
//!        │ no
//! has each rule a `fd=N`, `argN=V` or `argN&BITS`? ── yes ──► stop if one of them holds, else run
//!        │ no
//!        └──────────────────────────────────────────────────► stop
//! ```
//!
//! Of each rule one selector is compared, and of that the low 32 bits: too many calls may stop, and never too few, for
//! the session judges all that do.
use super::{Config, Engine};
use crate::filter::{Leaf, Test};
use crate::matcher::Matcher;
use crate::plan::{Action, Comparison, Gives, NumberOperator, NumberTest, Rule, Selector, Trigger};
use crate::signature::{self, Kind};
use havoc_arch::{Abi, Errno, names};
use std::collections::BTreeSet;

/// Calls that the filter never answers. havoc's own child makes the first ones when it has installed the filter: it executes
/// the program, and where that fails it writes why into a pipe and leaves. The last stands for another call.
const NEVER_ANSWERED: [&str; 6] = ["execve", "execveat", "write", "exit", "exit_group", "restart_syscall"];

/// Further ones for a listener. The thread that installs the filter waits under it, makes the child (fork(3), with what that
/// does to memory, locks and signals), and waits for ever; the child gets its signals, timers and descriptors ready under it.
const NEVER_ANSWERED_FOR_A_LISTENER: &[&str] = &[
    "sched_yield",
    "pause",
    "ppoll",
    "clone",
    "clone3",
    "fork",
    "vfork",
    "set_robust_list",
    "set_tid_address",
    "rseq",
    "gettid",
    "getpid",
    "futex",
    "futex_time64",
    "mmap",
    "mmap2",
    "munmap",
    "mprotect",
    "madvise",
    "brk",
    "rt_sigaction",
    "rt_sigprocmask",
    "sigaltstack",
    "setitimer",
    "close",
];

/// With more values than these for one call a stop is as well: they take one and a half instructions each, of some 4 000 that
/// a filter may have (BPF_MAXINSNS of include/uapi/linux/bpf_common.h). They are found by halves, so that many take little
/// longer than few.
const VALUES_AT_MOST: usize = 1024;

/// Returns what the filter does with a call that a rule or `--trace` names, and that nothing else watches.
pub(super) fn of(abi: Abi, number: u32, config: &Config, engine: Engine, matcher: &Matcher) -> Leaf {
    if config.logs(abi, number) {
        return Leaf::Trace;
    }
    if let Some(errno) = answered(abi, number, config, engine, matcher) {
        return Leaf::Error(errno);
    }
    let mut tests = Vec::new();
    for rule in matcher.rules_of(abi, number) {
        let Some(constant) = Constant::of_rule(rule, abi, number) else { return Leaf::Trace };
        tests.extend(constant.tests);
    }
    if tests.iter().map(values).sum::<usize>() > VALUES_AT_MOST { Leaf::Trace } else { Leaf::TraceIf(tests) }
}

/// Returns the error that every such call is given, if nobody is to know of any of them.
fn answered(abi: Abi, number: u32, config: &Config, engine: Engine, matcher: &Matcher) -> Option<Errno> {
    let name = names::name_of(abi, number);
    let mut rules = matcher.rules_of(abi, number);
    let errno = only_error(rules.next()?)?;
    // Behind it a rule that is counted would still count its matches.
    let is_told = config.debug_verify || rules.any(|rule| !rule.action.uncounted);
    // The kernel asks the filter again about a call that was put in the place of another.
    let stands_for_another =
        name.is_some() && matcher.rules().iter().any(|rule| rule.action.syscall.as_deref() == name);
    let needed = match engine {
        Engine::Ptrace => &[],
        Engine::Notify => NEVER_ANSWERED_FOR_A_LISTENER,
    };
    let is_needed = name.is_some_and(|name| NEVER_ANSWERED.contains(&name) || needed.contains(&name));
    (!is_told && !stands_for_another && !is_needed).then_some(errno)
}

/// Returns the error of a rule that gives it to each call, counts none, and does nothing else.
fn only_error(rule: &Rule) -> Option<Errno> {
    let Some(Gives::Error(errors)) = &rule.action.gives else { return None };
    let [errno] = errors[..] else { return None };
    let alone = Action { gives: rule.action.gives.clone(), uncounted: true, ..Action::default() };
    let always = rule.selectors.is_empty() && rule.trigger == Trigger::default();
    (always && rule.action == alone).then_some(errno)
}

/// A selector that the filter can compare: no call matches the rule that passes none of the tests.
struct Constant {
    /// As it is written, without its values.
    key: String,
    tests: Vec<Test>,
}

impl Constant {
    /// Returns the one of a rule that compares the fewest values.
    fn of_rule(rule: &Rule, abi: Abi, number: u32) -> Option<Constant> {
        let constants = rule.selectors.iter().filter_map(|selector| Constant::of(selector, abi, number));
        constants.min_by_key(|constant| constant.tests.iter().map(values).sum::<usize>())
    }

    fn of(selector: &Selector, abi: Abi, number: u32) -> Option<Constant> {
        match selector {
            Selector::Descriptor(Comparison::AnyOf, numbers) => {
                let values: Vec<u32> = numbers.iter().map(|number| number.cast_unsigned()).collect();
                let signature = signature::of_call(abi, number);
                let arguments = signature.map(signature::Signature::descriptors).unwrap_or_default();
                let test = |argument| Test::OneOf { argument, values: values.clone() };
                Some(Constant { key: "fd=".to_owned(), tests: arguments.into_iter().map(test).collect() })
            }
            Selector::Argument(index, test) => {
                let key = format!("arg{}{}", index + 1, test.operator.text());
                let tests = vec![of_argument(low_word(abi, number, *index), test)?];
                Some(Constant { key, tests })
            }
            Selector::Descriptor(Comparison::NoneOf, _)
            | Selector::Name(..)
            | Selector::Socket(..)
            | Selector::Pid(..)
            | Selector::Result(_)
            | Selector::FirstTask => None,
        }
    }
}

/// Returns the argument that holds the low word of what the kernel reads as argument `index`.
fn low_word(abi: Abi, number: u32, index: usize) -> usize {
    let kind = signature::of_call(abi, number).and_then(|signature| signature.arguments.get(index));
    match kind {
        Some(Kind::Split { low, .. }) => usize::from(*low),
        _ => index,
    }
}

/// Returns a test that every call passes whose argument passes `test`, in whatever width the kernel reads it.
fn of_argument(argument: usize, test: &NumberTest) -> Option<Test> {
    let operands = || test.operands.iter().map(|operand| operand.value);
    match test.operator {
        // Whichever sign they are given, equal numbers have equal low words.
        NumberOperator::AnyOf => {
            Some(Test::OneOf { argument, values: operands().map(|value| value as u32).collect() })
        }
        // A bit beyond the low word would have to be looked for there.
        NumberOperator::AnyBits => {
            let bits = operands().map(u32::try_from).try_fold(0, |all, bits| bits.map(|bits| all | bits));
            Some(Test::AnyBit { argument, bits: bits.ok()? })
        }
        NumberOperator::NoneOf
        | NumberOperator::Less
        | NumberOperator::LessEqual
        | NumberOperator::Greater
        | NumberOperator::GreaterEqual => None,
    }
}

/// How much a test compares.
fn values(test: &Test) -> usize {
    match test {
        Test::AnyBit { .. } => 1,
        Test::OneOf { values, .. } => values.len(),
    }
}

/// Returns, for each rule, the selectors by which the filter lets calls run that the rule names: nobody knows whether there
/// were any.
pub(super) fn unseen(config: &Config, engine: Engine, matcher: &Matcher) -> Vec<BTreeSet<String>> {
    let mut unseen = vec![BTreeSet::new(); matcher.rules().len()];
    let compares =
        |selector: &Selector| matches!(selector, Selector::Descriptor(..) | Selector::Argument(..));
    if !matcher.rules().iter().any(|rule| rule.selectors.iter().any(compares)) {
        return unseen;
    }
    let Ok((policy, _)) = super::sentinel::compiled(config, engine, matcher) else { return unseen };
    for (rule, unseen) in matcher.rules().iter().zip(&mut unseen) {
        for (abi, leaves) in &policy.leaves {
            let of_rule = rule.numbers(*abi);
            let named = leaves.iter().filter(|(number, _)| of_rule.contains(number));
            let compared = named.filter(|(_, leaf)| matches!(leaf, Leaf::TraceIf(_)));
            let constants = compared.filter_map(|(number, _)| Constant::of_rule(rule, *abi, *number));
            unseen.extend(constants.map(|constant| constant.key));
        }
    }
    unseen
}
