//! How tasks come into the tree.
use super::*;

/// CLONE_UNTRACED | SIGCHLD.
const UNTRACED: u64 = 0x0080_0011;

#[test]
fn a_new_task_runs_at_once_without_syscall_stops() {
    let script = Script::begun().calls(100, "clone", &[0x11]).forks(100, 200).traps(200).returns(100, 200);
    let ran = Case::default().trace("clone").play(script.exits(200, 0).exits(100, 0));
    assert_eq!(ran.did()[1..], ["100 to exit", "100 to exit", "200 runs", "100 runs"]);
    assert_eq!(ran.kernel.stops_of(200), 1);
}

#[test]
fn a_child_may_stop_before_its_creator_reports_it() {
    let script = Script::begun().with(|world| world.child(200, 100)).traps(200).forks(100, 200);
    let ran = Case::default().play(script.exits(200, 0).exits(100, 0));
    assert_eq!(ran.did(), ["100 runs", "200 runs", "100 runs"]);
    assert_eq!(ran.place(200), place(&[1]));
}

#[test]
fn a_child_is_adopted_when_its_creator_died_before_reporting_it() {
    let script = Script::begun().forks(100, 200).traps(200).with(|world| world.child(300, 200)).traps(300);
    let script = script.killed(200, Signal::KILL).calls(300, "fsync", &[3]).exits(300, 0).exits(100, 0);
    let ran = Case::rules(&["fsync:error=EIO"]).play(script);
    assert_eq!(ran.did()[3..], ["300 runs", "300 skips: -5", "300 runs"]);
    assert_ne!(ran.place(300), place(&[2]), "no place of a child that the root may yet have");
}

#[test]
fn a_child_that_nobody_reports_is_adopted_after_a_while() {
    let script = Script::begun().with(|world| world.child(200, 100)).traps(200).passes(1000);
    let ran = Case::default().play(script.exits(200, 0).exits(100, 0));
    assert_eq!(ran.did(), ["100 runs", "200 runs"]);
}

#[test]
fn a_report_that_comes_after_the_adoption_changes_nothing() {
    let script = Script::begun().with(|world| world.child(200, 100)).traps(200).passes(1000);
    let ran = Case::default().play(script.forks(100, 200).exits(200, 0).exits(100, 0));
    assert_eq!(ran.did(), ["100 runs", "200 runs", "100 runs"]);
    assert_eq!(ran.born.len(), 2);
}

#[test]
fn a_report_that_comes_after_the_adopted_child_has_ended_waits_for_nobody() {
    let script = Script::begun().with(|world| world.child(200, 100)).traps(200).passes(1000).exits(200, 0);
    let ran = Case::default().play(script.forks(100, 200).exits(100, 0));
    assert_eq!((ran.did(), ran.born.len()), (vec!["100 runs", "200 runs", "100 runs"], 2));
}

#[test]
fn a_stranger_that_clone_ptrace_brings_is_adopted() {
    let script = Script::begun().with(|world| world.process(500, 1)).traps(500).passes(300);
    let ran =
        Case::rules(&["fsync:error=EIO"]).play(script.calls(500, "fsync", &[3]).exits(100, 0).exits(500, 0));
    assert_eq!(ran.did(), ["100 runs", "500 runs", "500 skips: -5", "500 runs"]);
}

#[test]
fn a_child_killed_before_its_creator_reports_it_is_not_waited_for() {
    let begun = || Script::begun().with(|world| world.child(200, 100));
    for script in [begun().traps(200).killed(200, Signal::KILL), begun().killed(200, Signal::KILL)] {
        let script = script.forks(100, 200).forks(100, 300).traps(300).exits(300, 0).exits(100, 0);
        let ran = Case::default().trace("fsync").play(script);
        assert_eq!((ran.place(200), ran.place(300)), (place(&[1]), place(&[2])));
        assert_eq!(ran.log[0], "[pid 200] +++ killed by SIGKILL +++");
    }
}

#[test]
fn an_id_that_is_used_again_is_a_new_task() {
    let script = Script::begun().exits(200, 0).then(|world| world.child(200, 100)).forks(100, 200).traps(200);
    let ran =
        Case::rules(&["fsync:error=EIO"]).play(script.calls(200, "fsync", &[3]).exits(200, 0).exits(100, 0));
    assert_eq!(ran.did()[1..], ["100 runs", "200 runs", "200 skips: -5", "200 runs"]);
}

#[test]
fn the_end_of_another_task_does_not_take_a_thread_from_its_creator() {
    let script = Script::begun().forks(100, 200).traps(200).with(|world| world.thread(101, 100)).traps(101);
    let ran = Case::default().play(script.exits(200, 0).clones(100, 101).exits(101, 0).exits(100, 0));
    assert_eq!(ran.place(101), place(&[2]));
}

#[test]
fn a_thread_that_nobody_reports_is_adopted_by_its_process() {
    let script = Script::begun().forks(100, 200).traps(200).with(|world| world.thread(201, 200)).traps(201);
    let ran = Case::default().play(script.passes(300).exits(201, 0).exits(200, 0).exits(100, 0));
    assert_eq!(ran.place(201), place(&[1, 1]));
}

#[test]
fn a_new_task_of_a_stopped_process_listens() {
    let script = Script::begun().clones(100, 101).group(101, Signal::STOP).traps(101);
    let ran = Case::default().play(script.exits(101, 0).exits(100, 0));
    assert_eq!(ran.did()[2..], ["101 listens", "101 runs"]);
}

#[test]
fn a_signal_may_come_before_a_new_tasks_first_stop() {
    let script = Script::begun().forks(100, 200).signal(200, Signal::TERM);
    let ran = Case::default().play(script.killed(200, Signal::TERM).exits(100, 0));
    assert_eq!(ran.did()[2..], ["200 gets SIGTERM"]);
}

#[test]
fn the_creator_in_vfork_is_not_waited_for() {
    let script = Script::begun().calls(100, "clone", &[0x4111]).vforks(100, 200).traps(200);
    let script = script.calls(200, "fsync", &[3]).execs(200).returns(100, 200).exits(100, 0).exits(200, 0);
    let ran = Case::rules(&["fsync:error=EIO"]).trace("clone").play(script);
    let expected =
        ["100 to exit", "100 to exit", "200 runs", "200 skips: -5", "200 runs", "200 runs", "100 runs"];
    assert_eq!(ran.did()[1..], expected);
}

#[test]
fn killing_the_tree_reaches_a_creator_in_vfork() {
    let script = Script::begun().vforks(100, 200).traps(200).asked(Signal::TERM).asked(Signal::TERM);
    let script = script.killed(200, Signal::KILL).killed(100, Signal::KILL);
    let ran = Case::default().play(script);
    assert_eq!(ran.did()[3..], ["100 is sent SIGTERM", "100/100 is sent SIGKILL", "200/200 is sent SIGKILL"]);
}

#[test]
fn clone_untraced_is_traced_and_its_flags_are_put_back() {
    let script =
        Script::begun().calls(100, "clone", &[UNTRACED]).forks(100, 200).traps(200).returns(100, 200);
    let ran = Case::rules(&["fsync:error=EIO"]).play(script.exits(200, 0).exits(100, 0));
    assert_eq!(ran.written(), ["100 argument 0: 0x11", "100 argument 0 back: 0x800011"]);
    assert_eq!(ran.report.blind.untraced_clones, 1);
    assert_eq!((ran.report.sentinel_stops, ran.report.calls.len()), (2, 0), "a sentinel's stops are its own");
    assert!(ran.log.is_empty());
}

#[test]
fn a_clone_that_fails_has_made_no_child_that_could_have_run_untraced() {
    let script = Script::begun().calls(100, "clone", &[UNTRACED]).returns(100, -11).exits(100, 0);
    let ran = Case::rules(&["fsync:error=EIO"]).play(script);
    assert_eq!(ran.written(), ["100 argument 0: 0x11", "100 argument 0 back: 0x800011"]);
    assert_eq!(ran.report.blind.untraced_clones, 0);
}

#[test]
fn what_is_taken_out_of_a_clone_is_marked_where_the_clone_is_logged() {
    let script =
        Script::begun().calls(100, "clone", &[UNTRACED]).forks(100, 200).traps(200).returns(100, 200);
    let ran = Case::rules(&["fsync:error=EIO"]).trace("clone").play(script.exits(200, 0).exits(100, 0));
    assert!(ran.log[0].ends_with(" = 200 (INJECTED) (havoc CLONE_UNTRACED taken out)"), "{:?}", ran.log);
}

#[test]
fn clone3_untraced_is_traced_and_its_flags_are_put_back_in_memory() {
    let script = Script::begun().with(|world| world.bytes(100, 0x5000, &0x80_0000_u64.to_le_bytes()));
    let script = script.calls(100, "clone3", &[0x5000, 88]).forks(100, 200).traps(200).returns(100, 200);
    let ran = Case::rules(&["fsync:error=EIO"]).play(script.exits(200, 0).exits(100, 0));
    assert_eq!(
        ran.written(),
        [
            "100 memory 0x5000: [00, 00, 00, 00, 00, 00, 00, 00]",
            "100 memory 0x5000: [00, 00, 80, 00, 00, 00, 00, 00]"
        ]
    );
}

#[test]
fn clone3_that_asks_for_nothing_strange_takes_one_stop() {
    let script = Script::begun().with(|world| world.bytes(100, 0x5000, &0x100_u64.to_le_bytes()));
    let script = script.calls(100, "clone3", &[0x5000, 88]).calls(100, "clone3", &[0xbad, 88]).exits(100, 0);
    let ran = Case::rules(&["fsync:error=EIO"]).play(script);
    assert_eq!(ran.did(), ["100 runs", "100 runs", "100 runs"]);
    assert_eq!((ran.counted("clone3"), ran.report.sentinel_stops), ((0, 0), 2));
}

#[test]
fn clone3_that_a_rule_skips_is_not_rewritten() {
    let script = Script::begun().with(|world| world.bytes(100, 0x5000, &0x80_0000_u64.to_le_bytes()));
    let ran =
        Case::rules(&["clone3:error=EAGAIN"]).play(script.calls(100, "clone3", &[0x5000, 88]).exits(100, 0));
    assert_eq!(ran.did(), ["100 runs", "100 skips: -11", "100 runs"]);
    assert_eq!(ran.report.blind.untraced_clones, 0);
}

#[test]
fn an_orphan_that_was_never_ours_is_reaped_in_silence() {
    let ran = Case::default().trace("fsync").play(Script::begun().exits(777, 1).exits(100, 0));
    assert_eq!(ran.log, ["[pid 100] +++ exited with 0 +++"]);
}

#[test]
fn the_leader_is_reported_last_and_its_status_counts() {
    let script = Script::begun().clones(100, 101).traps(101).calls(101, "fsync", &[3]).exits(101, 0);
    let ran = Case::rules(&["fsync:error=EIO"]).play(script.exits(100, 3));
    assert_eq!(ran.report.root, Some(crate::kernel::Ended::Exited(3)));
    assert_eq!(ran.rule(0), (1, 1));
}
