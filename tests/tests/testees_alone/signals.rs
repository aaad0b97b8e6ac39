//! Signals, stops and restarted calls.

use std::ffi::OsStr;

use havoc_tests::testee;

use super::{NOTHING, directory, run, run_apart};

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
fn handles_sigint_tells_who_sent_it() {
    let script = r#"mkfifo "$1/out"; "$0" > "$1/out" & program=$!
        exec 3< "$1/out"; read line <&3; echo "$line"
        kill -INT $program; read line <&3; echo "$line"
        kill -HUP $program; read line <&3; echo "$line"; wait $program"#;
    let directory = directory();
    let program = testee::c("handles_sigint");
    // A shell ignores SIGINT for its background jobs; the handler of the program takes its place.
    let arguments = [OsStr::new("-c"), OsStr::new(script), program.as_os_str(), directory.path().as_os_str()];
    run_apart("sh", &arguments)
        .prints(&["ready", "got SIGINT (code SI_USER)", "got SIGHUP (code SI_USER)"])
        .exits(0);
}

#[test]
fn restarted_read_returns_once_for_many_interruptions() {
    let program = testee::c("restarted_read");
    for mode in ["restart", "storm"] {
        let expected = [1, 2, 3].map(|n| format!("read {n}: returned 1, interrupted: yes"));
        let ran = run_apart(&program, &[mode]);
        assert_eq!(ran.lines, expected);
        ran.exits(0);
    }
    let expected: Vec<String> = (1..=3)
        .flat_map(|n| [format!("read {n}: Interrupted system call"), format!("read {n} again: returned 1")])
        .collect();
    let ran = run_apart(&program, &["eintr"]);
    assert_eq!(ran.lines, expected);
    ran.exits(0);
}

#[test]
fn segv_handled_goes_on_a_hundred_times() {
    run(testee::c("segv_handled"), NOTHING)
        .prints(&["protected page: handled 100, address right 100", "null: handled 100, address right 100"])
        .exits(0);
}
