//! What the tests of single actions, triggers and selectors run.

use std::ffi::OsStr;

use havoc_tests::scene::Scene;
use havoc_tests::testee;

use super::{NOTHING, directory, run, run_apart};

#[test]
fn registers_kept_moves_sixteen_bytes_by_each_call() {
    let directory = directory();
    run(testee::c("registers_kept"), &[directory.path()])
        .prints(&[
            "read: returned 16, preserved",
            "read: abcdefghijklmnop",
            "readv: returned 16, preserved",
            "readv: abcdefghijklmnop",
            "write: returned 16, preserved",
            "write: buffer as before",
            "writev: returned 16, preserved",
            "writev: buffer as before",
            "vectors: as before",
            "openat: ok, preserved",
            "fsync: ok, preserved",
            "getppid: right, preserved",
        ])
        .exits(0);
}

#[test]
fn short_io_needs_one_call_each() {
    let directory = directory();
    let ran = run(testee::c("short_io"), &[directory.path()]);
    assert_eq!(ran.lines.len(), 23, "{ran:?}");
    assert!(ran.lines.iter().all(|line| line.ends_with(": right, 1 call")), "{ran:?}");
    ran.exits(0);
}

#[test]
fn not_short_reads_what_comes_whole_or_not_at_all() {
    let directory = directory();
    let ran = run_apart(testee::c("not_short"), &[directory.path()]);
    ran.has("eventfd: returned 8, 7").has("signalfd: whole, signal 10").has("packets: first second").exits(0);
}

#[test]
fn syncs_in_order_makes_the_calls_that_it_is_told() {
    let directory = directory();
    run(testee::c("syncs_in_order"), &[directory.path().as_os_str(), OsStr::new("fMsD")])
        .prints(&["x.db fsync: ok", "y.db msync: ok", "x.db sync_file_range: ok", "y.db fdatasync: ok"])
        .exits(0);
}

#[test]
fn readers_fail_in_no_call() {
    run(testee::c("readers"), &["3", "50"]).prints(&["thread 1:", "thread 2:", "thread 3:"]).exits(0);
}

#[test]
fn moves_bytes_moves_them_as_they_are() {
    let directory = directory();
    let ran = run(testee::c("moves_bytes"), &[directory.path()]);
    for call in ["write", "pwrite64", "writev", "shared"] {
        ran.has(&format!("{call}: returned 8, 0102030405060708"));
        ran.has(&format!("file {call}: 0102030405060708"));
    }
    ran.has("file twice: 01020304050607080102030405060708");
    ran.has("read: returned 8, 0000000000000000").has("pread64: returned 4, 0000000005060708");
    ran.has("recvmsg: returned 8, 0102030405060708").exits(0);
}

#[test]
fn delayed_is_late_by_itself_in_no_mode() {
    let directory = directory();
    let ran = |mode: &str| run_apart(testee::c("delayed"), &[OsStr::new(mode), directory.path().as_os_str()]);
    let four = ran("four");
    for number in 1..=4 {
        four.has(&format!("{number}: ok, in time"));
    }
    four.exits(0);
    ran("killed").prints(&["it went on", "child: 0", "before the end: in time"]).exits(0);
    ran("ends").prints(&["it went on", "before the end: in time"]).exits(7);
}

#[test]
fn told_by_signal_is_told_nothing() {
    let directory = directory();
    let ran = |mode: &str| {
        run_apart(testee::c("told_by_signal"), &[OsStr::new(mode), directory.path().as_os_str()])
    };
    ran("handled").prints(&["fsync: ok", "fsync: ok", "handled: 0"]).exits(0);
    ran("blocked").prints(&["fsync: ok", "fsync: ok", "handled: 0", "pending: no", "handled: 0"]).exits(0);
}

#[test]
fn of_those_that_fall_together_somebody_sees_the_first_fall() {
    let scene = Scene::new().with(testee::c("falls_together"));
    let script = "\"$falls_together\" . > out &\n\
                  until_it_says out 'all are here'\n\
                  [ ! -e saw ] || echo 'too early'\n\
                  kill -KILL $!\n\
                  tries=0\n\
                  until [ -e saw ] || [ $tries = 200 ]; do tries=$((tries + 1)); sleep 0.05; done\n\
                  [ -e saw ] && echo 'it was seen'";
    scene.play(script).says(&["it was seen"]);
}

#[test]
fn counted_makes_three_calls_in_each_of_four_ways() {
    let directory = directory();
    let expected: Vec<String> = ["main", "thread", "child", "exec"]
        .iter()
        .flat_map(|who| (1..=3).map(move |number| format!("{who} {number}: ok")))
        .collect();
    let ran = run(testee::c("counted"), &[directory.path()]);
    assert_eq!(ran.lines, expected);
    ran.exits(0);
}

#[test]
fn arguments_tells_what_each_call_came_to() {
    let directory = directory();
    run(testee::c("arguments"), &[directory.path()])
        .prints(&[
            "fsync -1: EBADF",
            "fsync: ok",
            "lseek far: ok",
            "lseek back: ok",
            "open: ok",
            "create: ok",
            "read: returned 5",
            "end: ok",
            "read -1: EBADF",
        ])
        .exits(0);
}

#[test]
fn by_names_makes_the_same_call_in_five_ways() {
    let directory = directory();
    run(testee::c("by_names"), &[directory.path()])
        .prints(&["main: ok", "thread: ok", "child: ok", "own code: ok", "libc: ok"])
        .exits(0);
}

#[test]
fn programs_that_are_not_told_enough_say_how_they_are_used() {
    for name in ["arguments", "by_names", "delayed", "falls_together", "moves_bytes", "readers", "short_io"] {
        let output = super::bounded(testee::c(name)).args(NOTHING).output().expect("the testee runs");
        assert_eq!(output.status.code(), Some(2), "{name}: {output:?}");
        assert!(output.stderr.starts_with(format!("usage: {name} ").as_bytes()), "{name}: {output:?}");
    }
}
