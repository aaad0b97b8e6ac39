//! Each testee by itself, with nobody tracing it: what it prints is right before any fault is.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Output};

use havoc_tests::apart::{apart, bounded};
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

    /// Compares lines that are the same but for their numbers, which are all `N` then.
    #[track_caller]
    fn prints_with_numbers(&self, lines: &[&str]) -> &Self {
        let lettered: Vec<String> = self
            .lines
            .iter()
            .map(|line| {
                line.split(' ')
                    .map(|word| if word.parse::<u64>().is_ok() { "N" } else { word })
                    .collect::<Vec<_>>()
            })
            .map(|words| words.join(" "))
            .collect();
        assert_eq!(lettered, lines);
        self
    }

    #[track_caller]
    fn has(&self, line: &str) -> &Self {
        assert!(self.lines.iter().any(|it| it == line), "no line {line:?} in {:#?}", self.lines);
        self
    }

    #[track_caller]
    fn exits(&self, status: i32) -> &Self {
        assert_eq!(self.status, Some(status), "{:?}", self.lines);
        self
    }
}

/// Runs a program that signals nobody.
fn run<A: AsRef<OsStr>>(program: impl AsRef<Path>, arguments: &[A]) -> Ran {
    finish(bounded(program).args(arguments))
}

/// Runs a program that signals, if only itself.
fn run_apart<A: AsRef<OsStr>>(program: impl AsRef<Path>, arguments: &[A]) -> Ran {
    finish(apart(program).args(arguments))
}

fn finish(command: &mut Command) -> Ran {
    let output = command.output().unwrap_or_else(|error| {
        panic!("start {:?}: {error}; `cargo xtask setup` installs what the tests need", command.get_program())
    });
    Ran::of(&output)
}

const NOTHING: &[&str] = &[];

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

#[test]
fn inherited_tells_what_it_was_started_with() {
    let directory = directory();
    let mut command = bounded(testee::c("inherited"));
    command.arg(directory.path().join("file")).env_clear().env("B", "2").env("A", "1");
    let ran = finish(command.current_dir("/"));
    ran.has("cwd: /").has("env A=1").has("env B=2").has("alarm: 0").has("SIGCONT handled: 0 times").exits(0);
    let has = |prefix: &str| assert!(ran.lines.iter().any(|line| line.starts_with(prefix)), "{prefix}");
    for prefix in ["SigPnd:", "ShdPnd:", "SigBlk:", "SigIgn:", "SigCgt:\t0000000000000000", "NoNewPrivs:"] {
        has(prefix);
    }
    for prefix in ["fd 0 -> ", "fd 1 -> pipe:[1] ", "fd 2 -> pipe:[2] ", "limit Max open files", "umask: "] {
        has(prefix);
    }
    // Its own descriptor of /proc/self/fd does not show.
    assert!(!ran.lines.iter().any(|line| line.contains("/proc/")), "{:#?}", ran.lines);
}

#[test]
fn inherited_tells_an_ignored_sigpipe() {
    let program = testee::c("inherited");
    let ran = |trap: &str| {
        let ran = finish(bounded("sh").arg("-c").arg(format!("{trap} exec {}", program.display())));
        ran.lines.into_iter().find(|line| line.starts_with("SigIgn:")).expect("a SigIgn line")
    };
    let bit =
        |line: &str| u64::from_str_radix(line.trim_start_matches("SigIgn:\t"), 16).expect("a mask") >> 12 & 1;
    assert_eq!(bit(&ran("trap '' PIPE;")), 1);
    assert_eq!(bit(&ran("")), 0);
}

#[test]
fn worker_reads_measures_each_kind_of_task() {
    let directory = directory();
    let file = directory.path().join("file");
    std::fs::write(&file, "x").expect("a file");
    run(testee::c("worker_reads"), &[file.as_os_str(), OsStr::new("1000")])
        .prints_with_numbers(&[
            "main: N reads in N ns",
            "worker: N reads in N ns",
            "fork child: N reads in N ns",
            "exec child: N reads in N ns",
        ])
        .exits(0);
}

#[test]
fn exec_from_thread_keeps_the_pid() {
    let directory = directory();
    run(testee::c("exec_from_thread"), &[directory.path()])
        .prints(&[
            "leader: msync a.bin: ok",
            "leader: msync b.bin: ok",
            "thread: msync a.bin: ok",
            "thread: msync b.bin: ok",
            "after exec: pid same: yes",
            "after exec: tid is pid: yes",
            "after exec: msync a.bin: ok",
            "after exec: msync b.bin: ok",
        ])
        .exits(4);
}

#[test]
fn two_threads_exec_and_one_wins() {
    let directory = directory();
    for _ in 0..20 {
        run(testee::c("two_threads_exec"), &[directory.path()])
            .prints(&[
                "after exec: pid same: yes",
                "after exec: msync a.bin: ok",
                "after exec: msync b.bin: ok",
            ])
            .exits(4);
    }
}

#[test]
fn group_stop_lasts_until_sigcont() {
    let mut expected = Vec::new();
    for signal in ["SIGSTOP", "SIGTSTP", "SIGTTIN", "SIGTTOU"] {
        for threads in ["1 thread", "2 threads"] {
            for what in [
                &format!("stopped by {signal}"),
                "stayed stopped: yes",
                "continued: yes",
                "SIGCONT handled: 1 times",
                "exited 3",
            ] {
                expected.push(format!("{signal}, {threads}: {what}"));
            }
        }
    }
    let ran = run_apart(testee::c("group_stop"), NOTHING);
    assert_eq!(ran.lines, expected);
    ran.exits(0);
}

#[test]
fn rt_signals_arrive_in_order_with_their_payloads() {
    run_apart(testee::c("rt_signals"), NOTHING)
        .prints(&[
            "waited RTMIN+5 code SI_QUEUE pid self value 51",
            "SIGUSR1 code SI_QUEUE pid self value 1",
            "RTMIN+1 code SI_QUEUE pid self value 11",
            "RTMIN+1 code SI_QUEUE pid self value 12",
            "RTMIN+1 code SI_QUEUE pid self value 11",
            "RTMIN+2 code SI_QUEUE pid self value 21",
            "RTMIN+2 code SI_QUEUE pid self value -22",
            "RTMIN+3 code SI_QUEUE pid self value 31",
            "RTMIN+4 code SI_USER pid self",
            "RTMIN+4 code SI_TKILL pid self",
            "handled: 9",
        ])
        .exits(0);
}

#[test]
fn own_sigtrap_handles_each_once() {
    let breakpoint = match std::env::consts::ARCH {
        "x86_64" => "breakpoint: handled 1, code SI_KERNEL",
        "aarch64" => "breakpoint: handled 1, code TRAP_BRKPT",
        _ => "breakpoint: unsupported",
    };
    run_apart(testee::c("own_sigtrap"), NOTHING)
        .prints(&[
            "raise: handled 1, code SI_TKILL",
            "kill: handled 1, code SI_USER",
            "sigqueue: handled 1, code SI_QUEUE",
            breakpoint,
        ])
        .exits(0);
}

#[test]
fn leader_exits_first_and_its_worker_gives_the_status() {
    let directory = directory();
    run(testee::c("leader_exits_first"), &[directory.path()])
        .prints(&[
            "leader: gone",
            "worker: msync a.bin: ok",
            "worker: msync b.bin: ok",
            "worker: fsync c.bin: ok",
            "worker: open relative.txt: ok",
        ])
        .exits(7);
}

#[test]
fn odd_names_reaches_every_file() {
    let directory = directory();
    let mut expected = Vec::new();
    for name in [
        "plain.bin",
        "with space",
        r"with\nnewline",
        r"\xff\xfe",
        r"back\x5cslash",
        "gone",
        "really (deleted)",
        "gone (deleted)",
        "old name",
    ] {
        expected.push(format!("{name}: msync: ok"));
        expected.push(format!("{name}: fsync: ok"));
    }
    for how in [
        "open relative",
        "open with dots",
        "open symbolic link",
        "open hard link",
        "openat directory",
        "open after chdir",
        "open above",
        "open absolute",
    ] {
        expected.push(format!("{how}: ok"));
    }
    expected.push("open what is not there: No such file or directory".to_owned());
    let ran = run(testee::c("odd_names"), &[directory.path()]);
    assert_eq!(ran.lines, expected);
    ran.exits(0);
}

#[test]
fn ranges_makes_each_call_on_each_range() {
    let directory = directory();
    let mut expected = Vec::new();
    // mbind is left out: a kernel without NUMA has none, and a container's profile may refuse it.
    for call in ["msync", "madvise", "mprotect", "pkey_mprotect", "mlock", "mlock2", "munlock", "mincore"] {
        for range in ["a.bin", "b.bin", "a.bin and b.bin", "anonymous", "nothing at a.bin"] {
            expected.push(format!("{call} {range}: ok"));
        }
        expected.push(format!("{call} a hole: ENOMEM"));
        expected.push(format!("{call} b.bin and a hole: ENOMEM"));
    }
    for line in ["mremap a.bin", "mremap b.bin", "mremap anonymous", "msync a.bin moved", "msync b.bin moved"]
    {
        expected.push(format!("{line}: ok"));
    }
    for range in ["a.bin", "b.bin", "anonymous"] {
        expected.push(format!("munmap {range}: ok"));
    }
    let mut ran = run(testee::c("ranges"), &[directory.path()]);
    ran.lines.retain(|line| !line.starts_with("mbind "));
    assert_eq!(ran.lines, expected);
    ran.exits(0);
}
