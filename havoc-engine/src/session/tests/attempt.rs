//! What is told of filters, listeners, tracers and rings of the program's own: what came of the calls, or as much as is known.
use super::super::{OwnCalls, Sought};
use super::*;
use crate::task::Pid;

const PROGRAM: u64 = 0x5000;
const TSYNC: u64 = 1;
const NEW_LISTENER: u64 = 1 << 3;
const TSYNC_ESRCH: u64 = 1 << 4;

/// The calls in turn, each with what the kernel returns.
fn traced(calls: &[(&str, &[u64], i64)]) -> Report {
    let script = calls.iter().fold(Script::begun(), |script, (name, args, result)| {
        script.calls(100, name, args).returns(100, *result)
    });
    Case::rules(&["fsync:error=EIO"]).play(script.exits(100, 0)).report
}

/// The calls in turn, where nobody sees what comes of them; at PROGRAM stands a filter of one instruction.
fn notified(calls: &[(&str, &[u64])]) -> Report {
    let script = Script::begun().with(|world| {
        world.notifies();
        world.bytes(100, PROGRAM, &[&[1, 0, 0, 0, 0, 0, 0, 0, 0, 0x60], &[0; 110][..]].concat());
        world.bytes(100, 0x7000, &[0; 16]);
    });
    let script = calls.iter().fold(script, |script, (name, args)| script.calls(100, name, args));
    Case::rules(&["fsync:error=EIO"]).play(script.exits(100, 0)).report
}

fn first(calls: &OwnCalls) -> (u64, &'static str) {
    (calls.count, calls.first.as_ref().map_or("", |first| first.what))
}

fn made(made: u64) -> Sought {
    Sought { made, asked: 0 }
}

fn asked(asked: u64) -> Sought {
    Sought { made: 0, asked }
}

#[test]
fn a_filter_counts_when_it_is_installed_and_not_when_it_is_asked_for() {
    let report = traced(&[
        ("prctl", &[22, 2, PROGRAM], 0),
        ("seccomp", &[1, 0, PROGRAM], 0),
        ("seccomp", &[1, TSYNC, PROGRAM], 0),
        ("seccomp", &[1, 0, 0], -14),
        ("seccomp", &[1, TSYNC, 0], -14),
        // A thread that has filters of its own.
        ("seccomp", &[1, TSYNC, PROGRAM], 101),
        ("seccomp", &[1, TSYNC | TSYNC_ESRCH, PROGRAM], -3),
        ("prctl", &[22, 2, PROGRAM], -13),
    ]);
    assert_eq!(report.blind.own_filters, made(3));
    assert_eq!((report.blind.own_listeners, report.blind.refused_listeners), Default::default());
    assert_eq!((report.sentinel_stops, report.calls.len()), (16, 0));
}

#[test]
fn a_listener_is_told_of_when_it_listens_or_is_refused_for_another_s_sake() {
    let report = traced(&[
        ("seccomp", &[1, NEW_LISTENER, 0], -14),
        ("seccomp", &[1, NEW_LISTENER, PROGRAM], 7),
        ("seccomp", &[1, NEW_LISTENER, PROGRAM], -16),
    ]);
    let what = (1, "seccomp(SECCOMP_FILTER_FLAG_NEW_LISTENER)");
    assert_eq!((first(&report.blind.own_listeners), first(&report.blind.refused_listeners)), (what, what));
    assert_eq!(report.blind.own_filters, made(0));
}

#[test]
fn strict_mode_is_told_of_when_it_is_refused_and_a_question_is_not() {
    let questions: [(&str, &[u64]); 2] = [("seccomp", &[0, 1, 0]), ("seccomp", &[0, 0, 0x10])];
    let attempts: [(&str, &[u64]); 2] = [("prctl", &[22, 1]), ("seccomp", &[0, 0, 0])];
    // No exit is awaited of a question.
    let script = questions.iter().fold(Script::begun(), |script, (name, args)| script.calls(100, name, args));
    let script = attempts
        .iter()
        .fold(script, |script, (name, args)| script.calls(100, name, args).returns(100, -22))
        .exits(100, 0);
    let traced = Case::rules(&["fsync:error=EIO"]).play(script).report;
    let notified = notified(&[questions, attempts].concat());
    for report in [traced, notified] {
        assert_eq!(first(&report.blind.refused_strict), (2, "prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT)"));
        assert_eq!(report.blind.own_filters, Sought::default());
    }
}

#[test]
fn a_tracer_is_told_of_when_it_was_not_let_trace() {
    let mut report = traced(&[
        ("ptrace", &[0x4206, 7], -3),
        ("ptrace", &[16, 7], 0),
        ("ptrace", &[0], -1),
        ("ptrace", &[0x4206, 7], -1),
    ]);
    let tracers = &report.blind.own_tracers;
    assert_eq!(first(tracers), (2, "ptrace(PTRACE_TRACEME)"));
    assert_eq!(tracers.first.as_ref().and_then(|first| first.process), Pid::new(100));
    report.blind.leave_out_ids();
    assert_eq!(report.blind.own_tracers.first.and_then(|first| first.process), None);
}

#[test]
fn a_ring_and_a_context_count_when_they_are_made() {
    let report = traced(&[
        ("io_uring_setup", &[8, PROGRAM], -1),
        ("io_uring_setup", &[8, PROGRAM], 5),
        ("io_setup", &[0, 0x7000], -22),
        ("io_setup", &[1, 0x7000], 0),
    ]);
    assert_eq!((report.blind.io_uring_seen, report.blind.kernel_aio), (made(1), made(1)));
}

#[test]
fn where_no_result_is_seen_what_must_fail_is_not_told_of_and_the_rest_as_asked_for() {
    let report = notified(&[
        ("seccomp", &[1, 0, 0]),
        ("seccomp", &[1, NEW_LISTENER, 0]),
        // No instructions; and nothing that could be read.
        ("seccomp", &[1, 0, 0x7000]),
        ("prctl", &[22, 2, 0x9000]),
        ("prctl", &[22, 2, PROGRAM]),
        ("seccomp", &[1, NEW_LISTENER, PROGRAM]),
        ("io_uring_setup", &[0, PROGRAM]),
        ("io_uring_setup", &[8, 0]),
        ("io_uring_setup", &[8, PROGRAM]),
        ("io_setup", &[0, 0x7000]),
        // There is an id already.
        ("io_setup", &[1, PROGRAM]),
        ("io_setup", &[1, 0x7000]),
    ]);
    let blind = &report.blind;
    assert_eq!((blind.own_filters, blind.io_uring_seen, blind.kernel_aio), (asked(1), asked(1), asked(1)));
    assert_eq!(first(&blind.refused_listeners), (1, "seccomp(SECCOMP_FILTER_FLAG_NEW_LISTENER)"));
    assert_eq!(blind.own_listeners, OwnCalls::default());
}

#[test]
fn where_no_result_is_seen_the_next_call_of_the_task_shows_whether_it_has_the_filter() {
    let ask = |script: Script| script.calls(100, "prctl", &[22, 2, PROGRAM]);
    let script = || {
        Script::begun().with(|world| {
            world.notifies();
            world.filters(100, 1);
            world.bytes(100, PROGRAM, &[1, 0, 0, 0, 0, 0, 0, 0, 0, 0x60, 0, 0, 0, 0, 0, 0]);
        })
    };
    let next = |script: Script| script.calls(100, "fsync", &[3]).exits(100, 0);
    let installed = |script: Script| script.then(|world| world.filters(100, 2));
    for (script, expected) in [
        (next(installed(ask(script()))), made(1)),
        // EACCES, ENOMEM: nobody has seen it fail.
        (next(ask(script())), made(0)),
        (next(installed(ask(ask(script())))), made(1)),
        // It makes no call any more.
        (installed(ask(script())).exits(100, 0), asked(1)),
    ] {
        let ran = Case::rules(&["fsync:error=EIO"]).play(script);
        assert_eq!(ran.report.blind.own_filters, expected);
    }
}

#[test]
fn a_ring_is_refused_reported_or_left_alone() {
    let case = |io_uring| Case::rules(&["fsync:error=EIO"]).with(|config| config.io_uring = io_uring);
    let script = || Script::begun().calls(100, "io_uring_setup", &[8, 0]);
    let denied = case(IoUring::Deny).play(script().exits(100, 0));
    assert_eq!(denied.did(), ["100 runs", "100 skips: -38", "100 runs"]);
    assert_eq!((denied.report.blind.io_uring_denied, denied.report.sentinel_stops), (1, 0));
    let warned = case(IoUring::Warn).play(script().returns(100, 3).exits(100, 0));
    assert_eq!(warned.did(), ["100 runs", "100 to exit", "100 runs"]);
    assert_eq!((warned.report.blind.io_uring_seen, warned.log.len()), (made(1), 0));
}

#[test]
fn a_ring_that_was_refused_is_an_injection_in_the_log_and_in_the_table() {
    for (config, trace) in [(false, false), (false, true), (true, false)] {
        let mut case = Case::rules(&["fsync:error=EIO"]).with(|it| it.io_uring = IoUring::Deny);
        case = if trace { case.trace("io_uring_setup") } else { case };
        let case = case.with(|it| it.debug_verify = config);
        let script = Script::begun().calls(100, "io_uring_setup", &[8, 0]);
        let script = if config { script.returns(100, -38) } else { script };
        let ran = case.play(script.exits(100, 0));
        let line = "[pid 100] io_uring_setup(8, NULL) = -1 ENOSYS (Function not implemented) (INJECTED) \
                    (--io-uring=deny instead)";
        assert_eq!(ran.log[0], line);
        let stats = ran.report.calls["io_uring_setup"];
        assert_eq!((stats.calls, stats.errors, stats.injected), (1, 1, 1));
        assert_eq!((stats.stops, ran.report.blind.io_uring_denied), (1 + u64::from(config), 1));
    }
}

#[test]
fn a_rule_decides_before_a_ring_is_refused_but_changes_none_that_is() {
    let rules = ["io_uring_setup:error=ENOMEM:when=1", "io_uring_setup:error=EPERM:after"];
    let script = Script::begun().calls(100, "io_uring_setup", &[8, 0]).calls(100, "io_uring_setup", &[8, 0]);
    let case = Case::rules(&rules).with(|config| config.io_uring = IoUring::Deny);
    let ran = case.play(script.exits(100, 0));
    assert_eq!(ran.did(), ["100 runs", "100 skips: -12", "100 runs", "100 skips: -38", "100 runs"]);
    assert_eq!((ran.rule(0).1, ran.rule(1).1), (1, 0));
    assert_eq!(ran.report.rules[1].tally.left_alone.values().sum::<u64>(), 1);
}
