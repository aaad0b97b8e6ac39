//! Delays: only the task that is delayed is late, and nothing but its end moves it.
use havoc_tests::havoc::{Havoc, verifies};
use havoc_tests::testee;
use std::time::{Duration, Instant};

#[test]
fn of_four_processes_only_the_one_that_is_delayed_is_late() {
    for (action, how, stops) in [
        ("delay_enter=1s", "ok", 5),
        ("delay_exit=1s", "ok", 5),
        ("delay_enter=1s:error=EIO", "EIO", 4),
        // The answer is held at the stop at which it is given: no other is needed.
        ("delay_exit=1s:error=EIO", "EIO", 4),
        ("delay_enter=500ms:delay_exit=500ms:error=EIO:after", "EIO", 5),
    ] {
        let rule = format!("fsync:{action}:path=2");
        let ran = Havoc::new().inject(&rule).options(["-C"]).run(testee::c("delayed"), &["four", "."]);
        for (number, how) in
            [(1, "ok, in time"), (3, "ok, in time"), (4, "ok, in time"), (2, &format!("{how}, late"))]
        {
            assert!(ran.printed(&format!("{number}: {how}")), "{rule}: {ran:?}");
        }
        let stops = if verifies() { 5 } else { stops };
        assert_eq!(ran.summary("fsync"), (4, stops), "{rule}: {ran:?}");
        let [line] = ran.lines_with("(DELAYED) (fsync#1 delay_")[..] else { panic!("{rule}: {ran:?}") };
        assert_eq!(line.contains("(INJECTED)"), how == "EIO", "{rule}: {ran:?}");
        assert!(ran.lines_with("rule fsync#1 (")[0].ends_with(": 1 match, 1 injected"), "{rule}: {ran:?}");
    }
}

#[test]
fn a_task_that_is_held_dies_of_sigkill_and_with_its_program() {
    for delay in ["delay_enter", "delay_exit"] {
        let rule = format!("fsync:{delay}=50s:path=1");
        let ran = Havoc::new().inject(&rule).apart().run(testee::c("delayed"), &["killed", "."]);
        assert_eq!(ran.out, "child: 137\nbefore the end: in time\n", "{rule}: {ran:?}");
        assert_eq!(ran.status, 0, "{rule}: {ran:?}");
        let ran = Havoc::new().inject(&rule).run(testee::c("delayed"), &["ends", "."]);
        assert_eq!((ran.out.as_str(), ran.status), ("before the end: in time\n", 7), "{rule}: {ran:?}");
        assert_eq!(ran.lines_with("(DELAYED) (fsync#1 delay_").len(), 1, "{rule}: {ran:?}");
        assert_eq!(ran.lines_with(": 1 match, 1 injected").len(), 1, "{rule}: {ran:?}");
    }
}

#[test]
fn the_time_limit_does_not_wait_for_a_delay() {
    for delay in ["delay_enter", "delay_exit"] {
        let begin = Instant::now();
        let ran = Havoc::new()
            .inject(&format!("fsync:{delay}=50s:path=1"))
            .options(["--timeout", "1s"])
            .apart()
            .run(testee::c("delayed"), &["four", "."]);
        assert_eq!(ran.status, 124, "{ran:?}");
        assert!(begin.elapsed() < Duration::from_secs(40), "{ran:?}");
        assert_eq!(ran.out.matches("ok, in time").count(), 3, "{ran:?}");
        assert_eq!(ran.lines_with("(DELAYED) (fsync#1 delay_").len(), 1, "{ran:?}");
    }
}

#[test]
fn a_crash_does_not_wait_for_a_delay() {
    let begin = Instant::now();
    let ran = Havoc::new()
        .inject("fsync:delay_enter=50s:path=1")
        .inject("fsync:kill:path=2")
        .apart()
        .run(testee::c("delayed"), &["four", "."]);
    assert_eq!(ran.status, 128 + 9, "{ran:?}");
    assert!(begin.elapsed() < Duration::from_secs(40), "{ran:?}");
    assert!(!ran.out.contains("2: ") && !ran.out.contains("1: "), "{ran:?}");
    assert_eq!(ran.lines_with("(INJECTED) (fsync#2 kill before the call)").len(), 1, "{ran:?}");
}
