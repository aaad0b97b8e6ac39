//! `kill`: the whole tree dies at one point in time.
use super::*;

fn killed(acts: &[&str]) -> Vec<String> {
    acts.iter().filter(|act| act.ends_with("SIGKILL")).map(|act| (*act).to_owned()).collect()
}

#[test]
fn nobody_gets_sigkill_before_everybody_is_stopped() {
    let script = Script::begun()
        .forks(100, 200)
        .traps(200)
        .clones(100, 101)
        .traps(101)
        .calls(100, "write", &[1, 0, 0])
        .traps(101)
        .traps(200)
        .killed(101, Signal::KILL)
        .killed(200, Signal::KILL)
        .killed(100, Signal::KILL);
    let ran = Case::rules(&["write:kill"]).play(script);
    assert_eq!(
        ran.did()[5..],
        [
            "101 is interrupted",
            "200 is interrupted",
            "100/100 is sent SIGKILL",
            "100/101 is sent SIGKILL",
            "200/200 is sent SIGKILL"
        ]
    );
    assert_eq!(ran.rule(0), (1, 1));
    assert_eq!(
        ran.log,
        ["[pid 100] write(1, NULL, 0 <unfinished ...>) = ? (INJECTED) (write#1 kill before the call)"]
    );
}

#[test]
fn a_child_that_is_being_born_dies_too() {
    let script = Script::begun()
        .clones(100, 101)
        .traps(101)
        .calls(101, "write", &[1, 0, 0])
        .forks(100, 200)
        .traps(200)
        .killed(200, Signal::KILL)
        .killed(101, Signal::KILL)
        .killed(100, Signal::KILL);
    let ran = Case::rules(&["write:kill"]).play(script);
    assert_eq!(
        killed(&ran.did()),
        ["100/100 is sent SIGKILL", "100/101 is sent SIGKILL", "200/200 is sent SIGKILL"]
    );
}

#[test]
fn after_the_call_its_result_is_told() {
    let script = Script::begun().calls(100, "write", &[1, 0, 0]).returns(100, 0).killed(100, Signal::KILL);
    let ran = Case::rules(&["write:kill:after"]).play(script);
    assert_eq!(ran.did(), ["100 runs", "100 to exit", "100/100 is sent SIGKILL"]);
    assert_eq!(
        ran.log,
        ["[pid 100] write(1, NULL, 0 <unfinished ...>) = ? \
          (INJECTED) (write#1 kill after the call, kernel returned 0)"]
    );
}

#[test]
fn a_call_that_is_the_last_may_be_another_than_the_program_made() {
    let script = Script::begun().calls(100, "write", &[1, 0, 5]).returns(100, 3).killed(100, Signal::KILL);
    let ran = Case::rules(&["write:arg3:=3:kill:after"]).play(script);
    assert_eq!(ran.rule(0), (1, 1));
    assert_eq!(
        ran.log,
        ["[pid 100] write(1, NULL, 5 <unfinished ...>) = ? \
          (INJECTED) (write#1 kill after the call, arg3:=3, was 0x5, kernel returned 3)"]
    );
}

#[test]
fn who_cannot_be_stopped_is_not_waited_for_for_ever() {
    let script = Script::begun()
        .vforks(100, 200)
        .traps(200)
        .calls(200, "write", &[1, 0, 0])
        .passes(5000)
        .killed(200, Signal::KILL)
        .killed(100, Signal::KILL);
    let ran = Case::rules(&["write:kill"]).play(script);
    assert_eq!(killed(&ran.did()), ["100/100 is sent SIGKILL", "200/200 is sent SIGKILL"]);
}

#[test]
fn a_task_that_is_delayed_is_stopped_already() {
    let script = Script::begun()
        .clones(100, 101)
        .traps(101)
        .calls(101, "fsync", &[3])
        .calls(100, "write", &[1, 0, 0])
        .killed(101, Signal::KILL)
        .killed(100, Signal::KILL);
    let ran = Case::rules(&["write:kill", "fsync:delay_enter=10s"]).play(script);
    assert!(!ran.did().contains(&"101 is interrupted"));
    assert_eq!(killed(&ran.did()), ["100/100 is sent SIGKILL", "100/101 is sent SIGKILL"]);
}

#[test]
fn a_task_that_ends_by_itself_meanwhile_is_not_waited_for() {
    let script = Script::begun()
        .clones(100, 101)
        .traps(101)
        .calls(100, "write", &[1, 0, 0])
        .exits(101, 0)
        .killed(100, Signal::KILL);
    let ran = Case::rules(&["write:kill"]).play(script);
    assert_eq!(killed(&ran.did()), ["100/100 is sent SIGKILL"]);
}
