//! What is looked up elsewhere: its task is held meanwhile, all others run on, and an answer that does not come is none.
use super::*;

const NAME: u64 = 0x5000;

/// One task opens a path that is resolved elsewhere, another one fsyncs meanwhile.
fn two_tasks() -> Script {
    Script::begun()
        .with(|world| {
            world.bytes(101, NAME, b"/far/a.dat\0");
            world.file(100, 3, "/data/near.dat");
            world.serve_elsewhere("/far");
        })
        .clones(100, 101)
        .traps(101)
        .calls(101, "openat", &[-100_i64 as u64, NAME, 0])
        .calls(100, "fsync", &[3])
}

const RULES: [&str; 2] = ["openat:error=EIO:path=/far/a.dat", "fsync:error=ENOSPC:path=near.dat"];

#[test]
fn a_task_is_held_until_the_answer_comes_and_others_run_on() {
    let script = two_tasks().then(|world| world.answer(101)).passes(1).exits(101, 0).exits(100, 0);
    let ran = Case::rules(&RULES).play(script);
    assert_eq!(
        ran.did(),
        [
            "100 runs",
            "100 runs",
            "101 runs",
            "101 is asked about elsewhere",
            "100 skips: -28",
            "100 runs",
            "101 skips: -5",
            "101 runs"
        ]
    );
    assert_eq!([ran.rule(0), ran.rule(1)], [(1, 1), (1, 1)]);
    assert_eq!(ran.report.rules[0].tally.hidden, 0);
}

#[test]
fn an_answer_that_does_not_come_in_two_seconds_leaves_the_call_unjudged() {
    let script = two_tasks().passes(1999).passes(2).exits(101, 0).exits(100, 0);
    let ran = Case::rules(&RULES).play(script);
    let did = ran.did();
    let given_up = did.iter().position(|act| *act == "101 is answered for no more").expect("given up");
    assert_eq!(did[given_up + 1..], ["101 runs"]);
    assert_eq!(ran.rule(0), (0, 0));
    assert_eq!(ran.report.rules[0].tally.hidden, 1);
}

#[test]
fn a_call_that_is_asked_about_elsewhere_is_counted_once() {
    let script = two_tasks().then(|world| world.answer(101)).passes(1).exits(101, 0).exits(100, 0);
    let ran =
        Case::rules(&["openat:error=EIO:when=2", "fsync,openat:error=EPERM:path!=/x:when=2"]).play(script);
    // The fsync is the first match of the second rule, the openat the second.
    assert_eq!([ran.rule(0), ran.rule(1)], [(1, 0), (2, 1)]);
    assert_eq!(ran.counted("openat"), (1, 1));
}

#[test]
fn a_task_that_dies_before_the_answer_is_neither_counted_nor_shown() {
    let script = two_tasks().passes(1).killed(101, Signal::KILL).exits(100, 0);
    let ran = Case::rules(&RULES).play(script);
    assert_eq!(ran.rule(0), (0, 0));
    assert!(!ran.log.iter().any(|line| line.contains("openat")), "{:?}", ran.log);
}

#[test]
fn what_is_looked_up_elsewhere_for_the_log_alone_is_waited_for_too() {
    let script =
        two_tasks().then(|world| world.answer(101)).passes(1).returns(101, 4).exits(101, 0).exits(100, 0);
    let mut case = Case::rules(&["fsync:error=EIO"]).trace("openat");
    case.0.logging.selectors = parse_rules(&["openat:error=EIO:path=/far/*".to_owned()], Path::new("/work"))
        .expect("a good rule")
        .rules[0]
        .selectors
        .clone();
    let ran = case.play(script);
    assert!(ran.log.iter().any(|line| line.contains("openat(AT_FDCWD, \"/far/a.dat\"")), "{:?}", ran.log);
}

#[test]
fn where_pages_may_wait_is_known_from_what_is_mounted_and_from_who_fills_pages() {
    const MS_RDONLY: u64 = 1;
    const MS_REMOUNT: u64 = 32;
    let waits = |call: &str, args: &[u64]| {
        let script = Script::begun().with(|world| {
            world.bytes(100, NAME, b"fuse.mine\0");
            world.bytes(100, NAME + 0x100, b"tmpfs\0");
        });
        let script = script.calls(100, call, args).exits(100, 0);
        let ran = Case::rules(&["fsync:error=EIO:path=near.dat"]).play(script);
        ran.did().contains(&"pages may wait")
    };
    let (served, local, nowhere) = (NAME, NAME + 0x100, 0x1_0000);
    assert!(waits("mount", &[0, 0, served, MS_RDONLY]));
    assert!(waits("mount", &[0, 0, nowhere, 0]), "of what cannot be read nothing is known");
    assert!(!waits("mount", &[0, 0, local, 0]));
    assert!(!waits("mount", &[0, 0, nowhere, MS_REMOUNT]), "it is there already");
    assert!(waits("fsopen", &[served, 0]));
    assert!(!waits("fsopen", &[local, 0]));
    assert!(waits("userfaultfd", &[0]));
    assert!(!waits("chroot", &[local]));
}

#[test]
fn what_takes_an_answer_about_another_task_is_not_judged_and_not_waited_for() {
    let script = Script::begun().with(|world| {
        world.map(101, 0x7000, 0x8000, "/far/a.dat");
        world.bytes(100, NAME, &[0x7000_u64.to_le_bytes(), 0x1000_u64.to_le_bytes()].concat());
        world.pidfds_are_of(101);
        world.serve_elsewhere("/far");
    });
    let script = script.clones(100, 101).traps(101).calls(100, "process_madvise", &[3, NAME, 1, 0, 0]);
    let script = script.exits(101, 0).exits(100, 0);
    let ran = Case::rules(&["process_madvise:error=EIO:path=/far/a.dat"]).play(script);
    assert_eq!(ran.did()[3..], ["101 is asked about elsewhere", "100 runs"]);
    assert_eq!((ran.rule(0), ran.report.rules[0].tally.hidden), ((0, 0), 1));
}

/// A rule that asks for no file, and a descriptor whose name is told elsewhere.
fn a_line_with_a_name() -> Script {
    Script::begun()
        .with(|world| {
            world.file(100, 3, "/far/b.dat");
            world.serve_elsewhere("/far");
        })
        .calls(100, "fsync", &[3])
}

#[test]
fn a_task_is_held_for_the_names_that_its_line_shows() {
    let script = a_line_with_a_name().then(|world| world.answer(100)).passes(1).exits(100, 0);
    let ran = Case::rules(&["fsync:error=EIO"]).play(script);
    assert_eq!(ran.rule(0), (1, 1));
    assert_eq!(ran.counted("fsync"), (1, 1));
    assert!(ran.log[0].starts_with("[pid 100] fsync(3</far/b.dat>) = -1 EIO"), "{:?}", ran.log);
}

#[test]
fn a_name_that_is_not_told_in_two_seconds_is_left_out_of_the_line() {
    let script = a_line_with_a_name().passes(1999).passes(2).exits(100, 0);
    let ran = Case::rules(&["fsync:error=EIO"]).play(script);
    assert_eq!(ran.rule(0), (1, 1));
    assert!(ran.log[0].starts_with("[pid 100] fsync(3) = -1 EIO"), "{:?}", ran.log);
}

#[test]
fn a_task_that_dies_before_its_line_is_known_is_told_nothing() {
    let script = a_line_with_a_name().passes(1).killed(100, Signal::KILL);
    let ran = Case::rules(&["fsync:error=EIO"]).play(script);
    assert_eq!(ran.rule(0), (1, 0));
}
