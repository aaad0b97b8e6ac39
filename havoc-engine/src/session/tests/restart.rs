//! A call that a signal interrupts and that is entered again is one logical call.
use super::*;
use havoc_arch::Restart;

const ALARM: Signal = Signal::HUP;

fn caught() -> Script {
    Script::begun().with(|world| world.handles(100, ALARM))
}

#[test]
fn a_restarted_call_counts_once_and_after_waits_for_its_end() {
    let script = caught().calls(100, "read", &[3]).returns(100, -512).signal(100, ALARM);
    let script = script.calls(100, "read", &[3]).returns(100, 5).exits(100, 0);
    let ran = Case::rules(&["read:error=EIO:after:when=1"]).play(script);
    assert_eq!(ran.written(), ["100 is told -5"]);
    assert_eq!((ran.counted("read"), ran.rule(0)), ((1, 4), (1, 1)));
    assert!(ran.log[0].contains("? ERESTARTSYS"), "{:?}", ran.log);
    assert!(ran.log[1].contains("(INJECTED)"), "{:?}", ran.log);
}

#[test]
fn when_hits_the_same_logical_call_however_often_signals_come() {
    for signals in 0..5 {
        let mut script = caught();
        for argument in 0..3 {
            script = script.calls(100, "read", &[argument]);
            for _ in 0..if argument == 2 { 0 } else { signals } {
                script = script.signal_inside(100, ALARM, Restart::Sys).calls(100, "read", &[argument]);
            }
        }
        let ran = Case::rules(&["read:error=EIO:when=3"]).play(script.exits(100, 0));
        assert_eq!(
            ran.log,
            ["[pid 100] read(2, NULL, 0) = -1 EIO (Input/output error) (INJECTED) (read#1 instead)"]
        );
        assert_eq!((ran.rule(0), ran.counted("read").0), ((3, 1), 3));
    }
}

#[test]
fn every_code_that_restarts_is_one_logical_call() {
    let codes =
        [(Restart::Sys, -512), (Restart::NoIntr, -513), (Restart::NoHand, -514), (Restart::Block, -516)];
    for (restart, raw) in codes {
        // No handler: whatever the code, the call is entered again.
        let with_exit = Script::begun().calls(100, "read", &[3]).returns(100, raw).signal(100, ALARM);
        let ran = Case::rules(&["read:error=EIO:after"])
            .play(with_exit.calls(100, "read", &[3]).returns(100, 1).exits(100, 0));
        assert_eq!((ran.rule(0), ran.counted("read")), ((1, 1), (1, 4)));
        let one_stop = Script::begun().calls(100, "read", &[3]).group_inside(100, Signal::STOP, restart);
        let ran = Case::rules(&["read:error=EIO:when=2"])
            .play(one_stop.traps(100).calls(100, "read", &[3]).exits(100, 0));
        assert_eq!((ran.rule(0), ran.counted("read")), ((1, 0), (1, 2)));
    }
}

#[test]
fn what_was_done_before_a_call_that_a_handler_ends_is_told() {
    let script = caught().calls(100, "read", &[3]).passes(20).returns(100, -514).signal(100, ALARM);
    let ran = Case::rules(&["read:delay_enter=10ms:signal=SIGALRM"]).play(script.exits(100, 0));
    assert_eq!(ran.rule(0), (1, 1));
    let note = "read: a signal handler ended it with EINTR, after (read#1 delay_enter 10ms, signal SIGALRM)";
    assert!(ran.log[1].ends_with(note), "{:?}", ran.log);
}

#[test]
fn a_call_that_a_handler_ends_is_dropped_with_a_note() {
    for raw in [-514, -516] {
        let script = caught().calls(100, "read", &[3]).returns(100, raw).signal(100, ALARM);
        let script = script.calls(100, "read", &[3]).exits(100, 0);
        let ran = Case::rules(&["read:error=EIO:after:when=1"]).play(script);
        assert_eq!(ran.rule(0), (2, 0), "the second is another call");
        assert!(ran.log[1].ends_with("so (read#1 after) is dropped"), "{:?}", ran.log);
    }
}

#[test]
fn a_handler_that_makes_the_same_call_makes_a_new_one() {
    let script = caught().calls(100, "read", &[3]).signal_inside(100, ALARM, Restart::Sys);
    // The handler reads twice, the second time interrupted as well; then the first read goes on.
    let script = script.calls_deeper(100, "read", &[3]).calls_deeper(100, "read", &[3]);
    let script = script.signal_inside(100, ALARM, Restart::Sys).calls_deeper(100, "read", &[3]);
    let script = script.calls(100, "read", &[3]).calls(100, "read", &[3]).exits(100, 0);
    let ran = Case::rules(&["read:error=EIO:when=4"]).play(script);
    assert_eq!(ran.did().iter().filter(|act| act.contains("skips")).count(), 1);
    assert_eq!(ran.rule(0), (4, 1));
}

#[test]
fn another_call_above_the_interrupted_one_ends_it() {
    let script = caught().calls_deeper(100, "read", &[3]).signal_inside(100, ALARM, Restart::Sys);
    // The handler jumped out; the same read is made anew later.
    let script = script.calls(100, "fsync", &[3]).calls_deeper(100, "read", &[3]).exits(100, 0);
    let ran = Case::rules(&["read,fsync:error=EIO:when=9"]).play(script);
    assert_eq!(ran.rule(0), (3, 0));
}

#[test]
fn a_call_that_ended_is_not_taken_for_interrupted() {
    let script = caught().calls(100, "read", &[3]).signal(100, ALARM).calls(100, "read", &[3]).exits(100, 0);
    let ran = Case::rules(&["read:error=EIO:when=2"]).play(script);
    assert_eq!(ran.rule(0), (2, 1));
}

#[test]
fn registers_are_looked_at_only_for_a_task_in_a_counted_call() {
    let script = caught().signal(100, ALARM).calls(100, "fsync", &[3]).signal(100, ALARM);
    let ran = Case::rules(&["fsync:error=EIO"]).play(script.exits(100, 0));
    assert!(!ran.kernel.requests().contains(&"interrupted_call"));
}

#[test]
fn a_call_that_comes_back_as_restart_syscall_keeps_its_name_and_its_fault() {
    let script = Script::begun().calls(100, "nanosleep", &[0x5000]).returns(100, -516).signal(100, ALARM);
    let script =
        script.calls(100, "restart_syscall", &[]).returns(100, -516).group(100, Signal::STOP).traps(100);
    let script = script.calls(100, "restart_syscall", &[]).returns(100, 0).exits(100, 0);
    let ran = Case::rules(&["nanosleep:error=EIO:after"]).play(script);
    assert_eq!((ran.written(), ran.rule(0)), (vec!["100 is told -5"], (1, 1)));
    assert_eq!((ran.counted("nanosleep"), ran.counted("restart_syscall")), ((1, 6), (0, 0)));
    assert!(ran.log[2].starts_with("[pid 100] nanosleep("), "{:?}", ran.log);
}

#[test]
fn a_one_stop_call_may_come_back_as_restart_syscall_more_than_once() {
    let script = Script::begun().calls(100, "nanosleep", &[0x5000]).signal_inside(100, ALARM, Restart::Block);
    let script = script.calls(100, "restart_syscall", &[]).signal_inside(100, ALARM, Restart::Block);
    let script = script.calls(100, "restart_syscall", &[]).calls(100, "nanosleep", &[0x5000]).exits(100, 0);
    let ran = Case::rules(&["nanosleep:error=EIO:when=2"]).play(script);
    assert_eq!((ran.rule(0), ran.counted("nanosleep")), ((2, 1), (2, 4)));
    assert_eq!(ran.report.sentinel_stops, 0);
}

#[test]
fn a_call_that_a_handler_without_restart_ends_is_over() {
    let ends = || caught().with(|world| world.handlers_end_calls());
    let script =
        ends().calls(100, "read", &[3]).returns(100, -512).signal(100, ALARM).signal(100, Signal::TRAP);
    // The program tries again from the same place: a call of its own.
    let script = script.calls(100, "read", &[3]).exits(100, 0);
    let ran = Case::rules(&["read:error=EIO:after:when=1"]).play(script);
    assert_eq!(ran.written(), [] as [&str; 0]);
    assert_eq!(ran.rule(0), (2, 0));
    assert!(ran.log.iter().any(|line| line.contains("ended it with EINTR")), "{:?}", ran.log);
    assert!(ran.did().contains(&"100 gets SIGHUP and steps"), "{:?}", ran.did());
}

#[test]
fn a_handler_that_lets_a_call_restart_does_not_end_it() {
    let script =
        caught().calls(100, "read", &[3]).signal_inside(100, ALARM, Restart::Sys).signal(100, Signal::TRAP);
    // Another signal while the handler runs concerns the handler, not the call.
    let script = script.signal(100, ALARM).calls(100, "read", &[3]).calls(100, "read", &[4]).exits(100, 0);
    let ran = Case::rules(&["read:error=EIO:when=2"]).play(script);
    assert_eq!(ran.rule(0), (2, 1));
    assert_eq!(ran.did().iter().filter(|act| act.contains("steps")).count(), 1, "{:?}", ran.did());
}

#[test]
fn a_trap_of_the_programs_own_is_delivered_although_it_has_stepped() {
    let script =
        caught().calls(100, "read", &[3]).signal_inside(100, ALARM, Restart::Sys).signal(100, Signal::TRAP);
    let ran = Case::rules(&["read:error=EIO:when=2"]).play(script.signal(100, Signal::TRAP).exits(100, 0));
    assert_eq!(ran.did().iter().filter(|act| **act == "100 gets SIGTRAP").count(), 1, "{:?}", ran.did());
}

#[test]
fn a_restart_of_a_call_that_no_rule_matched_is_no_other_call() {
    let mut script = caught().calls(100, "read", &[3]);
    for _ in 0..4 {
        script = script.signal_inside(100, ALARM, Restart::Sys).calls(100, "read", &[3]);
    }
    let ran = Case::rules(&["read:error=EIO:fd=7"]).play(script.exits(100, 0));
    assert_eq!((ran.rule(0), ran.counted("read").0), ((0, 0), 1));
    assert_eq!(ran.report.rules[0].tally.missed, 1);
}
