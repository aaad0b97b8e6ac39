//! Signals and group-stops.
use super::*;

fn signals() -> Script {
    Script::begun().forks(100, 200).traps(200)
}

#[test]
fn a_group_stop_listens_and_goes_on_when_it_is_continued() {
    for stop in [Signal::STOP, Signal::TSTP, Signal::TTIN, Signal::TTOU] {
        let script = signals().signal(200, stop).group(200, stop).traps(200).signal(200, Signal::CONT);
        let ran = Case::default().play(script.exits(200, 0).exits(100, 0));
        let gets = format!("200 gets {stop}");
        assert_eq!(ran.did()[3..], [&gets, "200 listens", "200 runs", "200 gets SIGCONT"]);
    }
}

#[test]
fn every_thread_of_a_group_stop_listens() {
    let script = Script::begun().clones(100, 101).traps(101).signal(101, Signal::STOP);
    let script = script.group(101, Signal::STOP).group(100, Signal::STOP).traps(100).traps(101);
    let ran = Case::default().play(script.exits(101, 0).exits(100, 0));
    let expected = ["101 gets SIGSTOP", "101 listens", "100 listens", "100 runs", "101 runs"];
    assert_eq!(ran.did()[3..], expected);
}

#[test]
fn every_signal_goes_on_to_the_program() {
    let numbers = (1..=64).filter(|number| *number != 9);
    let all: Vec<Signal> = numbers.map(|number| Signal::new(number).expect("in range")).collect();
    let script = all.iter().fold(Script::begun(), |script, signal| script.signal(100, *signal));
    let ran = Case::default().play(script.exits(100, 0));
    let expected: Vec<String> = all.iter().map(|signal| format!("100 gets {signal}")).collect();
    assert_eq!(ran.did()[1..], expected);
}

#[test]
fn a_signal_after_a_call_loses_no_stop_of_the_next_call() {
    let alarm = Signal::new(14).expect("in range");
    let storm = (0..20).fold(Script::begun(), |script, _| {
        script.calls(100, "read", &[3]).returns(100, 1).signal(100, alarm).calls(100, "fsync", &[3])
    });
    let ran = Case::rules(&["fsync:error=EIO"]).trace("read").play(storm.exits(100, 0));
    assert_eq!((ran.counted("read"), ran.counted("fsync")), ((20, 40), (20, 20)));
}

#[test]
fn signals_are_logged_with_their_sender_if_calls_are_traced() {
    let script = Script::begun().signal(100, Signal::TERM).group(100, Signal::STOP).traps(100);
    let ran = Case::default().trace("fsync").play(script.killed(100, Signal::TERM));
    assert_eq!(
        ran.log,
        [
            "[pid 100] --- SIGTERM {si_signo=SIGTERM, si_code=SI_USER, si_pid=1, si_uid=0} ---",
            "[pid 100] --- stopped by SIGSTOP ---",
            "[pid 100] +++ killed by SIGTERM +++",
        ]
    );
}

#[test]
fn siginfo_is_not_asked_for_if_nobody_reads_it() {
    let ran = Case::rules(&["fsync:error=EIO"]).play(Script::begun().signal(100, Signal::HUP).exits(100, 0));
    assert!(!ran.kernel.requests().contains(&"signal_info"));
}

#[test]
fn havoc_stops_with_its_program_when_the_terminal_stops_it() {
    for stop in [Signal::TSTP, Signal::TTIN, Signal::TTOU] {
        let script =
            Script::begun().with(|world| world.signals_by_terminal()).signal(100, stop).group(100, stop);
        let ran = Case::default().play(script.traps(100).exits(100, 0));
        assert_eq!(ran.did()[2..], ["100 listens", "havoc stops", "100 runs"]);
    }
}

#[test]
fn havoc_stops_with_its_program_when_both_are_sent_the_signal() {
    let stops = |script: Script| script.signal(100, Signal::TSTP).group(100, Signal::TSTP);
    for script in [stops(Script::begun().asked_to_stop()), stops(Script::begun()).asked_to_stop()] {
        let ran = Case::default().play(script.traps(100).exits(100, 0));
        assert_eq!(ran.did()[2..], ["100 listens", "havoc stops", "100 runs"]);
    }
}

#[test]
fn the_signal_for_which_havoc_has_stopped_does_not_stop_it_again() {
    let script = Script::begun().with(|world| world.signals_by_terminal());
    let script = script.signal(100, Signal::TSTP).group(100, Signal::TSTP).asked_to_stop();
    let ran = Case::default().play(script.traps(100).exits(100, 0));
    assert_eq!(ran.did().iter().filter(|act| **act == "havoc stops").count(), 1, "{:?}", ran.did());
}

#[test]
fn havoc_stops_with_a_program_that_stops_itself() {
    let script = Script::begun().with(|world| world.signals_by(100));
    let script = script.signal(100, Signal::TSTP).group(100, Signal::TSTP).traps(100).exits(100, 0);
    assert!(Case::default().play(script).did().contains(&"havoc stops"));
}

#[test]
fn a_signal_to_another_task_does_not_hide_why_the_root_stops() {
    let script = signals().with(|world| world.signals_by(100)).signal(100, Signal::TSTP);
    let script = script.signal(200, Signal::HUP).group(100, Signal::TSTP).traps(100).exits(200, 0);
    let ran = Case::default().trace("fsync").play(script.exits(100, 0));
    assert!(ran.did().contains(&"havoc stops"), "{:?}", ran.did());
}

#[test]
fn havoc_goes_on_when_somebody_stops_the_program_alone_as_a_terminal_would() {
    let early = Script::begun().asked_to_stop().passes(5000);
    let script = early.signal(100, Signal::TSTP).group(100, Signal::TSTP).traps(100).exits(100, 0);
    assert!(!Case::default().play(script).did().contains(&"havoc stops"));
}

#[test]
fn havoc_goes_on_when_the_program_alone_is_stopped() {
    let script = Script::begun().group(100, Signal::STOP).traps(100).exits(100, 0);
    assert_eq!(Case::default().play(script).did()[1..], ["100 listens", "100 runs"]);
}

#[test]
fn havoc_goes_on_when_another_process_is_stopped() {
    let script = signals().group(200, Signal::TSTP).exits(100, 0).traps(200).exits(200, 0);
    assert!(!Case::default().play(script).did().contains(&"havoc stops"));
}

#[test]
fn signals_before_the_program_begins_are_delivered_and_not_logged() {
    let script = Script::new().signal(100, Signal::HUP).group(100, Signal::STOP).traps(100).execs(100);
    let ran = Case::default().trace("fsync").play(script.exits(100, 0));
    assert_eq!(ran.did(), ["100 gets SIGHUP", "100 listens", "100 runs", "100 runs"]);
    assert_eq!(ran.log, ["[pid 100] +++ exited with 0 +++"]);
}
