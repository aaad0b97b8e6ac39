//! What the filter does by itself: errors that nobody counts, and calls that the constants of every rule turn away.
use super::*;
use crate::filter::Answer;
use crate::kernel::RawCall;
use crate::kernel::script::call;
use crate::matcher::{Matcher, Moment};
use crate::plan::Outcome;
use crate::session::facts::{Room, TaskFacts};
use crate::session::{Engine, sentinel};
use havoc_arch::{Abi, Arch, Errno, Native, names};
use proptest::collection::vec;
use proptest::prelude::*;
use std::time::Duration;

/// What becomes of a call under a tracer, in each ABI that is judged; those that lack it are left out.
#[track_caller]
fn answer(case: &Case, name: &str, args: &[u64]) -> Answer {
    answer_of(Engine::Ptrace, case, name, args)
}

#[track_caller]
fn answer_of(engine: Engine, case: &Case, name: &str, args: &[u64]) -> Answer {
    let Case(config) = case;
    let (policy, _) = sentinel::compiled(config, engine, &Matcher::new(&config.plan, 0)).expect("it fits");
    let mut all = [0; 6];
    all[..args.len()].copy_from_slice(args);
    let of = |abi: &Abi| {
        let number = names::number_of(*abi, name)?;
        Some(policy.answer(Native::ABI, abi.audit_arch(), number, &all))
    };
    let answers: Vec<Answer> = Native::ABI.judged().iter().filter_map(of).collect();
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{name}: {answers:?}");
    answers[0]
}

fn error(name: &str) -> Answer {
    Answer::Error(Errno::from_name(name).expect("an error that there is"))
}

#[test]
fn an_error_for_every_call_that_nobody_counts_is_the_filters() {
    let one = Case::rules(&["fsync:error=EIO:uncounted"]);
    assert_eq!(answer(&one, "fsync", &[3]), error("EIO"));
    assert_eq!(answer(&one, "fdatasync", &[3]), Answer::Run);
    let class = Case::rules(&["%persist:error=ENOSPC:uncounted", "fsync:error=EIO:fd=3:uncounted"]);
    assert_eq!([answer(&class, "fsync", &[3]), answer(&class, "fdatasync", &[3])], [error("ENOSPC"); 2]);
    // One that has no name.
    assert_eq!(answer(&Case::rules(&["getppid:error=4095:uncounted"]), "getppid", &[]), {
        Answer::Error(Errno::new(4095).expect("the last one"))
    });
}

#[test]
fn whatever_may_decide_otherwise_or_is_to_be_told_takes_a_stop() {
    for rules in [
        // Not always, or not always the same.
        &["fsync:error=EIO:uncounted:path=a"][..],
        &["fsync:error=EIO:uncounted:after-time=1s"],
        &["fsync:error=EIO:uncounted:until=1s"],
        &["fsync:error=EIO,ENOSPC:uncounted"],
        &["fsync:retval=0:uncounted"],
        // Counted.
        &["fsync:error=EIO"],
        // Others before it, and others behind it that are counted or act as well.
        &["fsync:error=EIO:when=2", "fsync:error=EIO:uncounted"],
        &["fsync:error=EIO:path=a:uncounted", "fsync:error=ENOSPC:uncounted"],
        &["fsync:error=EIO:uncounted", "fsync:error=ENOSPC"],
        &["fsync:error=EIO:uncounted", "fsync:delay_enter=1s"],
        &["fsync:error=EIO:uncounted", "all:signal=HUP"],
        &["fsync:error=EIO:uncounted", "fsync:log"],
    ] {
        assert_eq!(answer(&Case::rules(rules), "fsync", &[3]), Answer::Stop, "{rules:?}");
    }
    let rule = ["fsync,getppid:error=EIO:uncounted"];
    assert_eq!(answer(&Case::rules(&rule).trace("fsync"), "fsync", &[3]), Answer::Stop);
    assert_eq!(answer(&Case::rules(&rule).trace("fsync"), "getppid", &[]), error("EIO"));
    assert_eq!(answer(&Case::rules(&rule).trace("all"), "getppid", &[]), Answer::Stop);
    let verified = Case::rules(&rule).with(|config| config.debug_verify = true);
    assert_eq!(answer(&verified, "fsync", &[3]), Answer::Stop);
    // The kernel asks the filter about the call that is put in another's place.
    let replaced = Case::rules(&[rule[0], "uname:syscall=getppid"]);
    assert_eq!(
        [answer(&replaced, "getppid", &[]), answer(&replaced, "fsync", &[])],
        [Answer::Stop, error("EIO")]
    );
}

#[test]
fn what_havoc_watches_or_its_own_child_needs_is_never_the_filters() {
    let rule = "execve,execveat,write,exit,exit_group,restart_syscall,clone,clone3,seccomp,prctl,ptrace,\
                io_uring_setup,io_setup,getppid:error=EPERM:uncounted";
    let case = Case::rules(&[rule]);
    let names = rule.split(':').next().expect("a set");
    for name in names.split(',').filter(|name| *name != "getppid") {
        assert_eq!(answer(&case, name, &[15]), Answer::Stop, "{name}");
    }
    assert_eq!(answer(&case, "getppid", &[]), error("EPERM"));
}

#[test]
fn for_a_listener_what_its_installer_needs_is_not_the_filters_either() {
    let calls = "clone,clone3,futex,mprotect,munmap,close,rt_sigaction,rt_sigprocmask,sched_yield,setitimer,write,fsync";
    let case = Case::rules(&[&format!("{calls}:error=EAGAIN:uncounted")]);
    for name in calls.split(',').filter(|name| *name != "fsync") {
        assert_eq!(answer_of(Engine::Notify, &case, name, &[]), Answer::Stop, "{name}");
    }
    assert_eq!(answer_of(Engine::Notify, &case, "fsync", &[]), error("EAGAIN"));
    // A tracer's child has done all this before it has a filter.
    assert_eq!(answer_of(Engine::Ptrace, &case, "close", &[]), error("EAGAIN"));
}

#[test]
fn a_call_that_the_filter_answers_never_stops_and_its_rule_is_not_counted() {
    // The script has no stop of it: it is no event at all.
    let ran = Case::rules(&["fsync:error=EIO:uncounted"]).play(Script::begun().exits(100, 0));
    assert_eq!((ran.report.sentinel_stops, ran.report.calls.len()), (0, 0));
    assert!(ran.report.rules[0].uncounted && ran.report.rules[0].unseen.is_empty());
}

#[test]
fn calls_that_no_constant_lets_in_run() {
    let case = Case::rules(&["read,?dup2:error=EIO:fd=3:fd=-1", "read:error=EIO:arg3=0x100000005:path=a"]);
    for (name, args, stops) in [
        ("read", &[3, 0, 9][..], true),
        ("read", &[0xffff_ffff, 0, 9], true),
        ("read", &[0xdead_beef_0000_0003, 0, 9], true),
        ("read", &[4, 0, 9], false),
        ("read", &[4, 0, 5], true),
        ("dup2", &[4, 3], true),
        ("dup2", &[3, 4], true),
        ("dup2", &[4, 5], false),
        ("write", &[3, 0, 9], false),
    ] {
        let is_known = names::number_of(Native::ABI, name).is_some();
        if is_known {
            assert_eq!(answer(&case, name, args) == Answer::Stop, stops, "{name} {args:x?}");
        }
    }
    let flags = Case::rules(&["openat:error=EROFS:arg3&O_CREAT|O_TRUNC"]);
    let openat = |flags: u64| [0, 0, flags];
    assert_eq!(answer(&flags, "openat", &openat(0o101)), Answer::Stop);
    assert_eq!(answer(&flags, "openat", &openat(0o1000)), Answer::Stop);
    assert_eq!(answer(&flags, "openat", &openat(0o2001)), Answer::Run);
}

#[test]
fn of_a_value_in_two_registers_the_low_one_is_compared() {
    let Some(_) =
        names::number_of(Abi::I386, "_llseek").filter(|_| Native::ABI.judged().contains(&Abi::I386))
    else {
        return;
    };
    let case = Case::rules(&["?_llseek:error=EIO:arg2=0x300000005"]);
    assert_eq!(answer(&case, "_llseek", &[3, 3, 5]), Answer::Stop);
    assert_eq!(answer(&case, "_llseek", &[3, 5, 3]), Answer::Run);
}

#[test]
fn a_rule_without_a_constant_stops_all_the_calls_that_it_names() {
    for rules in [
        &["read:error=EIO:fd=3", "read:error=EIO:path=a"][..],
        &["read:error=EIO:fd!=3"],
        &["read:error=EIO:arg3>5"],
        &["read:error=EIO:arg2&0x100000000"],
    ] {
        assert_eq!(answer(&Case::rules(rules), "read", &[4, 0, 9]), Answer::Stop, "{rules:?}");
    }
    let logged = Case::rules(&["read:error=EIO:fd=3"]).trace("read");
    assert_eq!(answer(&logged, "read", &[4, 0, 9]), Answer::Stop);
    let many: String = (100..1200).map(|fd| format!(":fd={fd}")).collect();
    assert_eq!(answer(&Case::rules(&[&format!("read:error=EIO{many}")]), "read", &[4]), Answer::Stop);
}

#[test]
fn hundreds_of_rules_with_a_constant_each_stop_no_call_that_none_is_for() {
    let rules: Vec<String> =
        (0..500).map(|fd| format!("fsync,dup3:error=EIO:fd={}", 1000 + 3 * fd)).collect();
    let rules: Vec<&str> = rules.iter().map(String::as_str).collect();
    let case = Case::rules(&rules);
    for (fd, expected) in [(3, Answer::Run), (1000, Answer::Stop), (1001, Answer::Run), (2497, Answer::Stop)]
    {
        assert_eq!(answer(&case, "fsync", &[fd]), expected, "{fd}");
        assert_eq!(answer(&case, "dup3", &[9, fd]), expected, "{fd}");
    }
    let (_, program) =
        sentinel::compiled(&case.0, Engine::Ptrace, &Matcher::new(&case.0.plan, 0)).expect("it fits");
    let abis = Native::ABI.judged().len();
    assert!(program.len() < abis * 2600, "{}", program.len());
}

#[test]
fn a_plan_with_more_constants_than_a_filter_holds_takes_stops() {
    let name = |number: u32| names::name_of(Native::ABI, number);
    let rules: Vec<String> = (0..300)
        .filter_map(|number| Some((number, name(number)?)))
        .filter(|(_, name)| crate::signature::of(name).is_some_and(|it| it.arguments.len() > 1))
        .map(|(number, name)| {
            let values: String =
                (0..60).map(|value| format!(":arg2={}", 1000 * number + 3 * value)).collect();
            format!("?{name}:log{values}")
        })
        .collect();
    let rules: Vec<&str> = rules.iter().map(String::as_str).collect();
    let case = Case::rules(&rules);
    assert_eq!(answer(&case, "read", &[4, 4]), Answer::Stop);
    assert!(super::super::filter(&case.0, Engine::Ptrace).is_ok());
    assert_eq!(answer(&Case::rules(&rules[..5]), "read", &[4, 4]), Answer::Run);
}

#[test]
fn a_rule_says_by_what_its_calls_are_let_run_unseen() {
    let unseen = |rules: &[&str]| -> Vec<String> {
        let ran = Case::rules(rules).play(Script::begun().exits(100, 0));
        ran.report.rules[0].unseen.iter().cloned().collect()
    };
    assert_eq!(unseen(&["read:error=EIO:fd=3"]), ["fd="]);
    assert_eq!(unseen(&["openat:error=EIO:arg3&O_CREAT:path=a"]), ["arg3&"]);
    assert_eq!(unseen(&["read,openat:error=EIO:arg1=3:arg1=4"]), ["arg1="]);
    assert_eq!(unseen(&["read:error=EIO:path=a"]), [""; 0]);
    // Something else stops them all.
    assert_eq!(unseen(&["read:error=EIO:fd=3", "read:error=EIO:path=a"]), [""; 0]);
}

const CALLS: [&str; 24] = [
    "read",
    "write",
    "lseek",
    "_llseek",
    "pread64",
    "openat",
    "dup2",
    "dup3",
    "fcntl",
    "fcntl64",
    "ioctl",
    "mmap",
    "mmap2",
    "linkat",
    "renameat2",
    "utimensat",
    "statx",
    "splice",
    "epoll_ctl",
    "msync",
    "prctl",
    "fallocate",
    "getppid",
    "sync_file_range",
];

fn selector() -> impl Strategy<Value = String> {
    let value = || {
        let values =
            ["0", "1", "3", "4", "-1", "0xffffffff", "0x80000000", "-0x80000000", "0x100000003", "1027"];
        prop::sample::select(values.to_vec())
    };
    let operator = prop::sample::select(vec!["=", "=", "=", "&", "&", "!=", "<", ">="]);
    prop_oneof![
        prop::sample::select(vec!["0", "3", "4", "-1", "-100"]).prop_map(|fd| format!(":fd={fd}")),
        Just(":fd!=3".to_owned()),
        (1..=6, operator, value())
            .prop_map(|(index, operator, value)| format!(":arg{index}{operator}{value}")),
    ]
}

/// A rule that names a call, perhaps among all others.
fn rule(call: &'static str) -> impl Strategy<Value = String> {
    let set = prop_oneof![4 => Just(format!("?{call}")), 1 => Just("all".to_owned())];
    let counted = (vec(selector(), 0..4), prop::sample::select(vec!["error=EIO", "log", "delay_exit=1ms"]))
        .prop_map(|(selectors, action)| format!("{action}{}", selectors.concat()));
    let uncounted =
        vec(selector(), 0..2).prop_map(|selectors| format!("error=EPERM:uncounted{}", selectors.concat()));
    (set, prop_oneof![3 => counted, 2 => uncounted]).prop_map(|(set, items)| format!("{set}:{items}"))
}

fn argument() -> impl Strategy<Value = u64> {
    let low = || prop_oneof![4 => 0..5_u32, 2 => prop::sample::select(vec![u32::MAX, 1 << 31, 1027, 0x22, 0u32.wrapping_sub(100)])];
    let high = prop_oneof![4 => Just(0), 1 => Just(1_u32), 1 => Just(u32::MAX), 1 => Just(0xdead_beef)];
    (high, low()).prop_map(|(high, low)| u64::from(high) << 32 | u64::from(low))
}

proptest! {
    /// What the session would have done at a stop is nothing where the filter lets the call run, and giving this error, told to
    /// nobody, where the filter does.
    #[test]
    fn the_filter_does_by_itself_what_the_session_would_have_done(
        (name, rules) in prop::sample::select(CALLS.to_vec()).prop_flat_map(|name| (Just(name), vec(rule(name), 1..4))),
        arguments in prop::array::uniform6(argument()),
        engine in prop::sample::select(vec![Engine::Ptrace, Engine::Notify]),
    ) {
        let Ok(plan) = parse_rules(&rules, Path::new("/work")) else { return Ok(()) };
        let config = Config { plan, ..Config::default() };
        let mut matcher = Matcher::new(&config.plan, 0);
        let (policy, _) = sentinel::compiled(&config, engine, &matcher).expect("it fits");
        for abi in Native::ABI.judged() {
            let Some(number) = names::number_of(*abi, name) else { continue };
            let raw = RawCall {
                audit_arch: abi.audit_arch(), number: number.into(), args: arguments, ..call("fsync", &[])
            };
            let view = raw.view().expect("a call of a judged ABI");
            let answer = policy.answer(Native::ABI, abi.audit_arch(), number, &arguments);
            let mut kernel = ScriptedKernel::new(Script::new());
            let mut room = Room::default();
            let mut facts = TaskFacts::new(&mut kernel, &mut room, tid(ROOT), &view);
            let place = LogicalPath::root();
            let moment = Moment { tid: tid(ROOT), place: &place, since_exec: Duration::ZERO };
            let verdict = matcher.decide(&view, &mut facts, &moment).expect("nothing is looked up elsewhere");
            match answer {
                Answer::Stop => {}
                Answer::Run => prop_assert!(!verdict.counted, "{:?} {name}@{abi:?} {arguments:x?}", rules),
                Answer::Error(errno) => {
                    let given = verdict.injection.expect("some rule decides");
                    prop_assert_eq!(given.result, Some(Outcome::Error(errno)));
                    prop_assert!(!verdict.log && verdict.sides.is_empty() && verdict.late.is_empty());
                    let counted = matcher.rules().iter().filter(|rule| !rule.action.uncounted);
                    prop_assert!(counted.filter(|rule| rule.numbers(*abi).contains(&number)).count() == 0);
                }
            }
        }
    }
}
