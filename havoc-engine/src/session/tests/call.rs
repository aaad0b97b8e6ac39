//! One task and its calls: what they cost, what they are told, and what is written about it.
use super::*;

#[test]
fn instead_skips_the_call_at_its_only_stop() {
    let ran = Case::rules(&["fsync:error=EIO"]).play(Script::begun().calls(100, "fsync", &[3]).exits(100, 0));
    assert_eq!(ran.did(), ["100 runs", "100 skips: -5", "100 runs"]);
    assert_eq!(ran.counted("fsync"), (1, 1));
    assert_eq!(ran.rule(0), (1, 1));
    assert_eq!(ran.log, ["[pid 100] fsync(3) = -1 EIO (Input/output error) (INJECTED) (fsync#1 instead)"]);
}

#[test]
fn a_named_call_of_another_file_runs_on_from_its_only_stop() {
    let script = Script::begun().with(|world| world.file(100, 3, "/data/b")).calls(100, "fsync", &[3]);
    let ran = Case::rules(&["fsync:error=EIO:path=**/a"]).play(script.exits(100, 0));
    assert_eq!(ran.did(), ["100 runs", "100 runs"]);
    assert_eq!(ran.counted("fsync"), (1, 1));
    assert_eq!(ran.rule(0), (0, 0));
    assert!(ran.log.is_empty());
}

#[test]
fn after_takes_two_stops_and_says_what_the_kernel_returned() {
    let script = Script::begun().calls(100, "fsync", &[3]).returns(100, 0).exits(100, 0);
    let ran = Case::rules(&["fsync:error=EIO:after"]).play(script);
    assert_eq!(ran.did(), ["100 runs", "100 to exit", "100 is told -5", "100 runs"]);
    assert_eq!(ran.counted("fsync"), (1, 2));
    assert_eq!(
        ran.log,
        ["[pid 100] fsync(3) = -1 EIO (Input/output error) (INJECTED) (fsync#1 after, kernel returned 0)"]
    );
}

#[test]
fn a_logged_call_takes_two_stops_and_keeps_its_result() {
    let script = Script::begun().calls(100, "fsync", &[3]).returns(100, -28).exits(100, 0);
    let ran = Case::default().trace("fsync").play(script);
    assert_eq!(ran.did(), ["100 runs", "100 to exit", "100 runs"]);
    assert_eq!(ran.counted("fsync"), (1, 2));
    assert_eq!(
        ran.log,
        ["[pid 100] fsync(3) = -1 ENOSPC (No space left on device)", "[pid 100] +++ exited with 0 +++"]
    );
}

#[test]
fn the_first_outcome_wins_and_every_counter_advances() {
    let script = (0..4).fold(Script::begun(), |script, _| script.calls(100, "fsync", &[3]));
    let rules = ["fsync:error=EIO:when=2", "fsync:error=ENOSPC:when=2+", "fsync:retval=7"];
    let ran = Case::rules(&rules).play(script.exits(100, 0));
    let told: Vec<&str> = ran.did().into_iter().filter(|act| act.contains("skips")).collect();
    assert_eq!(told, ["100 skips: 7", "100 skips: -5", "100 skips: -28", "100 skips: -28"]);
    assert_eq!([0, 1, 2].map(|index| ran.rule(index)), [(4, 1), (4, 2), (4, 1)]);
}

/// Memory that cannot be read is no error of the kernel's, but it is no empty string either.
#[test]
fn memory_that_cannot_be_read_is_logged_as_its_address() {
    let script = Script::begun()
        .with(|world| {
            world.file(100, 3, "/data/a");
            world.bytes(100, 0x6000, b"/");
        })
        .calls(100, "chdir", &[0x9000])
        .returns(100, -14)
        .calls(100, "chdir", &[0x6000])
        .returns(100, -14)
        .calls(100, "write", &[3, 0x9000, 3])
        .returns(100, -14)
        .exits(100, 0);
    let ran = Case::default().trace("chdir,write").play(script);
    let lines: Vec<_> = ran.log.iter().filter(|line| line.contains("EFAULT")).collect();
    assert!(lines[0].contains("chdir(0x9000) = -1 EFAULT"), "{lines:?}");
    assert!(lines[1].contains("chdir(0x6000) = -1 EFAULT"), "{lines:?}");
    assert!(lines[2].contains("write(3</data/a>, 0x9000, 3) = -1 EFAULT"), "{lines:?}");
}
