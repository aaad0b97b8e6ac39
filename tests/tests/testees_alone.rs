//! Each testee by itself, with nobody tracing it: what it prints is right before any fault is.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Output};

use havoc_tests::testee;

/// What a program printed and how it ended, ready for one comparison.
#[derive(Debug, PartialEq)]
struct Ran {
    lines: Vec<String>,
    status: Option<i32>,
}

impl Ran {
    fn of(output: &Output) -> Self {
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(errors.is_empty(), "standard error: {errors}");
        let text = String::from_utf8(output.stdout.clone()).expect("testees escape what is not text");
        Self { lines: text.lines().map(str::to_owned).collect(), status: output.status.code() }
    }

    #[track_caller]
    fn prints(&self, lines: &[&str]) -> &Self {
        assert_eq!(self.lines, lines);
        self
    }

    #[track_caller]
    fn exits(&self, status: i32) -> &Self {
        assert_eq!(self.status, Some(status), "{:?}", self.lines);
        self
    }
}

fn run<A: AsRef<OsStr>>(program: impl AsRef<Path>, arguments: &[A]) -> Ran {
    let output = Command::new("timeout")
        .args(["-s", "KILL", "60"])
        .arg(program.as_ref())
        .args(arguments)
        .output()
        .expect("timeout(1) is part of coreutils");
    Ran::of(&output)
}

fn directory() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary directory")
}

#[test]
fn mapped_files_flushes_each_ten_times() {
    let directory = directory();
    let expected: Vec<String> =
        (1..=10).flat_map(|n| ["a", "b"].map(|file| format!("{file}.bin flush {n}: ok"))).collect();
    let ran = run(testee::rust("mapped_files"), &[directory.path()]);
    assert_eq!(ran.lines, expected);
    ran.exits(0);
}

const FORKER: &[&str] = &[
    "parent: msync a.bin: ok",
    "parent: msync b.bin: ok",
    "fork child: msync a.bin: ok",
    "fork child: msync b.bin: ok",
    "vfork child: swapped: yes",
    "vfork child: msync a.bin: ok",
    "vfork child: msync b.bin: ok",
    "thread: msync a.bin: ok",
    "thread: msync b.bin: ok",
];

#[test]
fn forker_waits_for_each() {
    let directory = directory();
    run(testee::c("forker"), &[directory.path()]).prints(FORKER).exits(0);
    run(testee::c_static("forker"), &[directory.path()]).prints(FORKER).exits(0);
}

#[test]
fn force_forces_both_files() {
    let directory = directory();
    let classes = testee::java("Force");
    let arguments =
        [OsStr::new("-cp"), classes.as_os_str(), OsStr::new("Force"), directory.path().as_os_str()];
    run("java", &arguments)
        .prints(&["a.bin force 1: ok", "b.bin force 1: ok", "a.bin force 2: ok", "b.bin force 2: ok"])
        .exits(0);
}
