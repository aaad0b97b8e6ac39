//! What comes from outside: requests, the time limit, the end of the root.
use super::*;
use crate::kernel::Ended;
use std::time::Duration;

const KILLED: Ended = Ended::Killed { signal: Signal::KILL, core_dumped: false };

fn limited() -> Case {
    Case::default().with(|config| config.timeout = Some(Duration::from_secs(1)))
}

#[test]
fn the_time_limit_kills_every_task() {
    let script = Script::begun().forks(100, 200).traps(200).clones(200, 201).traps(201).passes(5000);
    let script = script.killed(100, Signal::KILL).killed(201, Signal::KILL).killed(200, Signal::KILL);
    let ran = limited().play(script);
    assert_eq!(
        ran.did()[5..],
        ["100/100 is sent SIGKILL", "200/200 is sent SIGKILL", "200/201 is sent SIGKILL"]
    );
    assert!(ran.report.timed_out);
    assert_eq!(ran.report.root, Some(KILLED));
}

#[test]
fn tasks_that_stop_after_the_time_limit_are_killed_again() {
    let script = Script::begun().passes(5000).forks(100, 200).traps(200).killed(100, Signal::KILL);
    let ran = limited().play(script.killed(200, Signal::KILL));
    let did = ran.did();
    assert_eq!(
        did[1..5],
        ["100/100 is sent SIGKILL", "100/100 is sent SIGKILL", "100 runs", "200/200 is sent SIGKILL"]
    );
}

#[test]
fn the_time_limit_counts_from_the_exec() {
    let ran = limited().play(Script::new().passes(5000).execs(100).passes(500).exits(100, 0));
    assert!(!ran.report.timed_out);
    assert_eq!(ran.kernel.limit(), Some(Duration::from_millis(6000)));
    assert_eq!(Case::default().play(Script::begun().exits(100, 0)).kernel.limit(), None);
}

#[test]
fn the_first_signal_is_forwarded_and_the_second_kills() {
    let script = Script::begun().forks(100, 200).traps(200).asked(Signal::TERM).asked(Signal::HUP);
    let ran = Case::default().play(script.killed(100, Signal::KILL).killed(200, Signal::KILL));
    assert_eq!(ran.did()[3..], ["100 is sent SIGTERM", "100/100 is sent SIGKILL", "200/200 is sent SIGKILL"]);
}

#[test]
fn a_signal_after_the_roots_end_goes_to_those_that_live_on() {
    let script = Script::begun().forks(100, 200).traps(200).clones(200, 201).traps(201).exits(100, 0);
    let ran =
        Case::default().play(script.asked(Signal::TERM).killed(201, Signal::TERM).killed(200, Signal::TERM));
    assert_eq!(ran.did()[5..], ["200 is sent SIGTERM"]);
}

#[test]
fn what_the_terminal_sends_is_the_programs_own_affair() {
    let script =
        Script::begun().asked_by_terminal(Signal::INT).asked_by_terminal(Signal::INT).exits(100, 130);
    assert_eq!(Case::default().play(script).did(), ["100 runs"]);
}

#[test]
fn the_run_ends_with_the_last_task_and_the_status_is_the_roots() {
    let script =
        Script::begun().forks(100, 200).traps(200).exits(100, 5).calls(200, "fsync", &[3]).exits(200, 6);
    let ran = Case::rules(&["fsync:error=EIO"]).play(script);
    assert_eq!((ran.report.root, ran.rule(0)), (Some(Ended::Exited(5)), (1, 1)));
}

#[test]
fn a_process_with_the_id_of_init_is_sent_nothing() {
    let script = Script::begun().with(|world| world.thread(100, 1)).asked(Signal::TERM).asked(Signal::TERM);
    assert_eq!(Case::default().play(script.exits(100, 0)).did(), ["100 runs"]);
}

#[test]
fn kill_on_exit_ends_the_tree_with_the_root() {
    let script = Script::begun().forks(100, 200).traps(200).exits(100, 5).killed(200, Signal::KILL);
    let ran = Case::default().with(|config| config.kill_on_exit = true).play(script);
    assert_eq!(ran.did()[3..], ["200/200 is sent SIGKILL"]);
}

#[test]
fn a_child_that_its_dying_creator_could_not_report_is_not_left_behind() {
    let script = Script::begun().with(|world| world.child(200, 100)).killed(100, Signal::KILL).traps(200);
    let ran = Case::rules(&["fsync:error=EIO"]).play(script.calls(200, "fsync", &[3]).exits(200, 0));
    assert_eq!(ran.did()[1..], ["200 runs", "200 skips: -5", "200 runs"]);
    assert_eq!(ran.report.root, Some(KILLED));
}

#[test]
fn kill_on_exit_ends_a_child_that_was_not_reported() {
    let script = Script::begun().with(|world| world.child(200, 100)).killed(100, Signal::KILL).traps(200);
    let case = Case::default().with(|config| config.kill_on_exit = true);
    assert_eq!(
        case.play(script.killed(200, Signal::KILL)).did()[1..],
        ["200/200 is sent SIGKILL", "200 runs"]
    );
}

#[test]
fn a_kernel_that_has_lost_the_tasks_ends_the_run() {
    let script = Script::begun().no_task();
    let ran = Case::default().play_on(ScriptedKernel::new(script));
    assert!(ran.report.lost.is_some());
}

#[test]
fn what_the_terminal_sends_to_havoc_alone_is_forwarded() {
    let script = Script::begun().with(|world| world.apart()).asked_by_terminal(Signal::INT).exits(100, 130);
    assert!(Case::default().play(script).did().contains(&"100 is sent SIGINT"));
    let daemon = Script::begun().forks(100, 200).traps(200).exits(100, 0).asked_by_terminal(Signal::INT);
    assert!(Case::default().play(daemon.killed(200, Signal::INT)).did().contains(&"200 is sent SIGINT"));
}

#[test]
fn a_signal_that_havoc_was_started_to_ignore_is_passed_on_and_never_kills() {
    let script = Script::begun().asked_to_pass(Signal::HUP).asked_to_pass(Signal::HUP).exits(100, 0);
    let ran = Case::default().play(script);
    assert_eq!(ran.did()[1..], ["100 is sent SIGHUP", "100 is sent SIGHUP"]);
}
