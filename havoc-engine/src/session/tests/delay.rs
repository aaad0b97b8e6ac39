//! Delays: who is held, who runs on, and what ends a delay before its time.
use super::*;
use std::time::Duration;

#[test]
fn a_delayed_task_is_held_while_others_run_on() {
    let script = Script::begun()
        .clones(100, 101)
        .traps(101)
        .calls(101, "fsync", &[3])
        .calls(100, "write", &[3, 0, 0])
        .passes(20)
        .returns(101, 0)
        .exits(101, 0)
        .exits(100, 0);
    let ran = Case::rules(&["fsync:delay_enter=10ms", "write:error=EIO"]).play(script);
    assert_eq!(
        ran.did(),
        ["100 runs", "100 runs", "101 runs", "100 skips: -5", "100 runs", "101 to exit", "101 runs"]
    );
    assert_eq!(ran.rule(0), (1, 1));
    assert_eq!(
        ran.log,
        [
            "[pid 100] write(3, NULL, 0) = -1 EIO (Input/output error) (INJECTED) (write#2 instead)",
            "[pid 101] fsync(3) = 0 (DELAYED) (fsync#1 delay_enter 10ms)",
        ]
    );
}

#[test]
fn delays_of_several_rules_add_up_and_the_answer_of_a_skipped_call_takes_one_stop() {
    let script = Script::begun().calls(100, "fsync", &[3]).passes(9).passes(9).exits(100, 0);
    let rules = ["fsync:delay_exit=5ms", "fsync:error=EIO:delay_exit=5ms:name=x"];
    let ran = Case::rules(&rules).play(script);
    assert_eq!(ran.did(), ["100 runs", "100 skips: -5", "100 runs"]);
    assert_eq!(ran.counted("fsync"), (1, 1));
    assert_eq!([ran.rule(0), ran.rule(1)], [(1, 1), (1, 1)]);
    assert_eq!(
        ran.log,
        ["[pid 100] fsync(3) = -1 EIO (Input/output error) (INJECTED) (x instead) \
          (DELAYED) (fsync#1 delay_exit 5ms) (DELAYED) (x delay_exit 5ms)"]
    );
}

#[test]
fn the_session_wakes_up_for_the_first_delay_that_is_over() {
    let script = Script::begun()
        .clones(100, 101)
        .traps(101)
        .calls(100, "fsync", &[3])
        .calls(101, "write", &[3, 0, 0])
        .passes(1000)
        .returns(101, 0)
        .exits(101, 0)
        .returns(100, 0)
        .exits(100, 0);
    let ran = Case::rules(&["fsync:delay_enter=30ms", "write:delay_enter=10ms"]).play(script);
    let entered: Vec<&str> = ran.did().into_iter().filter(|act| act.ends_with("to exit")).collect();
    assert_eq!(entered, ["101 to exit", "100 to exit"]);
}

#[test]
fn a_task_that_dies_during_its_delay_is_shown_as_unfinished_and_delayed() {
    let script = Script::begun()
        .clones(100, 101)
        .traps(101)
        .calls(101, "fsync", &[3])
        .passes(1)
        .killed(101, Signal::KILL)
        .exits(100, 0);
    let ran = Case::rules(&["fsync:delay_enter=10s"]).play(script);
    assert_eq!(ran.did(), ["100 runs", "100 runs", "101 runs"]);
    assert_eq!(ran.log, ["[pid 101] fsync(3 <unfinished ...>) = ? (DELAYED) (fsync#1 delay_enter 10s)"]);
    assert_eq!(ran.rule(0), (1, 1), "it was held, if not to the end");
}

#[test]
fn a_result_that_its_task_does_not_live_to_see_is_not_counted_as_injected() {
    let script = || {
        let begun = Script::begun().clones(100, 101).traps(101).calls(101, "fsync", &[3]).passes(1);
        begun.killed(101, Signal::KILL).exits(100, 0)
    };
    let rules = ["fsync:error=EIO", "fsync:delay_exit=10s", "fsync:error=ENOSPC:delay_exit=1s"];
    let ran = Case::rules(&rules).play(script());
    assert_eq!(ran.did(), ["100 runs", "100 runs", "101 runs", "101 skips: -5"]);
    assert_eq!([0, 1].map(|rule| ran.rule(rule)), [(1, 0), (1, 1)], "it was held, if not to the end");
    let left = &ran.report.rules[0].tally.left_alone;
    assert_eq!(left.get("its task was gone before it could be told"), Some(&1), "{left:?}");
    let stats = ran.report.calls["fsync"];
    assert_eq!((stats.calls, stats.errors, stats.injected), (1, 0, 0));
    // A rule that did something besides did it.
    let ran = Case::rules(&rules[2..]).play(script());
    assert_eq!((ran.rule(0), ran.report.calls["fsync"].injected), ((1, 1), 0));
}

#[test]
fn an_exec_of_another_thread_ends_the_delay_of_the_leader() {
    let script = Script::begun()
        .clones(100, 101)
        .traps(101)
        .calls(100, "fsync", &[3])
        .passes(1)
        .execs_from(100, 101)
        .passes(50)
        .exits(100, 0);
    let ran = Case::rules(&["fsync:delay_enter=10ms"]).play_on(ScriptedKernel::new(script));
    assert_eq!(ran.did(), ["100 runs", "100 runs", "101 runs", "100 runs"]);
}

#[test]
fn a_restarted_call_is_delayed_once() {
    let script = Script::begun()
        .calls(100, "read", &[3])
        .passes(20)
        .returns(100, -512)
        .signal(100, Signal::ALRM)
        .calls(100, "read", &[3])
        .returns(100, 5)
        .exits(100, 0);
    let ran = Case::rules(&["read:delay_enter=10ms:delay_exit=1ms"]).play(script.passes(0));
    assert_eq!(ran.rule(0), (1, 1));
    let entered = ran.did().into_iter().filter(|act| act.ends_with("to exit")).count();
    assert_eq!(entered, 2);
}

#[test]
fn the_time_limit_ends_a_delayed_task() {
    let script = Script::begun().calls(100, "fsync", &[3]).passes(100).killed(100, Signal::KILL);
    let ran = Case::rules(&["fsync:delay_enter=10s"])
        .with(|config| config.timeout = Some(Duration::from_millis(50)))
        .play(script);
    assert_eq!(ran.did(), ["100 runs", "100/100 is sent SIGKILL"]);
    assert!(ran.report.timed_out);
}

#[test]
fn a_call_that_is_held_and_let_in_is_counted_once() {
    let script = Script::begun().calls(100, "fsync", &[3]).passes(2000).returns(100, 0).exits(100, 0);
    let ran = Case::rules(&["fsync:delay_enter=1s"]).play(script);
    assert_eq!(ran.log, ["[pid 100] fsync(3) = 0 (DELAYED) (fsync#1 delay_enter 1s)"]);
    assert_eq!((ran.counted("fsync"), ran.rule(0)), ((1, 2), (1, 1)));
}

#[test]
fn an_answer_that_never_comes_is_not_delayed() {
    let script = Script::begun().calls(100, "fsync", &[3]).killed(100, Signal::KILL);
    let ran = Case::rules(&["fsync:delay_exit=1s", "fsync:signal=SIGWINCH"]).play(script);
    assert_eq!([ran.rule(0), ran.rule(1)], [(1, 0), (1, 1)]);
    let line = "[pid 100] fsync(3 <unfinished ...>) = ? (INJECTED) (fsync#2 signal SIGWINCH)";
    assert_eq!(ran.log, [line]);
}
