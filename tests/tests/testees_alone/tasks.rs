//! Processes and threads: how they begin, what they inherit, how they end.

use std::ffi::OsStr;

use havoc_tests::apart::bounded;
use havoc_tests::testee;

use super::{NOTHING, directory, finish, run, run_apart};

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
    run(testee::c_musl("forker"), &[directory.path()]).prints(FORKER).exits(0);
    run(testee::c_static("forker"), &[directory.path()]).prints(FORKER).exits(0);
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
fn clone3_child_is_reaped() {
    let directory = directory();
    run(testee::c("clone3_child"), &[directory.path()])
        .prints(&["clone3 child: msync a.bin: ok", "clone3 child: msync b.bin: ok", "exited 6"])
        .exits(0);
}

#[test]
fn untraced_children_make_the_same_calls() {
    for name in ["clone_untraced", "clone3_untraced"] {
        let directory = directory();
        run(testee::c(name), &[directory.path()])
            .prints(&[
                "child: msync a.bin: ok",
                "child: msync b.bin: ok",
                "child: fsync c.bin: ok",
                "exited 6",
            ])
            .exits(0);
    }
}

#[test]
fn kill_newborn_reaps_every_child() {
    run_apart(testee::c("kill_newborn"), &["200"]).prints(&["killed: 200 of 200"]).exits(0);
}

#[test]
fn blocked_call_blocks_one_thread_alone() {
    let directory = directory();
    let mut expected: Vec<String> = (1..=10).map(|n| format!("other: fsync {n}: ok")).collect();
    expected.push("other: reader still blocked: yes".to_owned());
    expected.push("reader: returned 1".to_owned());
    expected.push("reader: blocked for a second: yes".to_owned());
    let ran = run(testee::c("blocked_call"), &[directory.path().join("file")]);
    assert_eq!(ran.lines, expected);
    ran.exits(0);
}

#[test]
fn exits_with_its_code_or_by_its_signal() {
    let program = testee::c("exits");
    for code in [0, 1, 42, 123, 127, 255] {
        run(&program, &["code", &code.to_string()]).prints(&[]).exits(code);
    }
    for signal in [1, 2, 6, 11, 13, 15, 34] {
        run_apart(&program, &["signal", &signal.to_string()]).prints(&[]).exits(128 + signal);
    }
}

#[test]
fn ptraces_itself_while_nobody_else_does() {
    run_apart(testee::c("ptraces_itself"), NOTHING)
        .prints(&["child stopped: yes", "child exited: 3", "PTRACE_TRACEME: ok"])
        .exits(0);
}

#[test]
fn thread_storm_counts_every_call() {
    let directory = directory();
    run(testee::rust("thread_storm"), NOTHING)
        .prints(&["threads: 200, flushes: 400 ok, 0 failed, reads: 400 ok, 0 failed"])
        .exits(0);
    run(testee::rust("thread_storm"), &[OsStr::new("20"), directory.path().as_os_str()])
        .prints(&["threads: 20, flushes: 40 ok, 0 failed, reads: 40 ok, 0 failed"])
        .exits(0);
}

#[test]
fn spins_beside_others_lets_them_end() {
    run(testee::c("spins_beside_others"), NOTHING).prints(&["others: done", "spinner: went on"]).exits(0);
}

#[test]
fn under_a_listener_a_program_goes_on_and_its_status_is_passed_on() {
    let directory = directory();
    // Each sync(1) of a file is one fsync.
    let script = "touch a; sync a; sync a; exit 3";
    let mut command = bounded(testee::c("under_listener"));
    command.args(["sh", "-c", script]).current_dir(directory.path());
    finish(&mut command).prints(&["supervisor: asked 2 times"]).exits(3);
}

#[test]
fn clone_children_end_one_after_the_other() {
    let directory = directory();
    run(testee::c("clone_children"), &[directory.path()])
        .prints(&[
            "copy: msync a.bin: ok",
            "copy: msync b.bin: ok",
            "copy: exited 1",
            "sharing: msync a.bin: ok",
            "sharing: msync b.bin: ok",
            "sharing: exited 2",
            "silent: msync a.bin: ok",
            "silent: msync b.bin: ok",
            "silent: exited 3",
        ])
        .exits(0);
}
