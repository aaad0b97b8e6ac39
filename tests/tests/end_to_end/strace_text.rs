//! Command lines of strace's options alone: the log that scripts read, and what standard error says beside it.
use havoc_tests::havoc::{Havoc, Ran};
use havoc_tests::testee;

/// Runs the steps of the testee `calls` with these options beside `-o`.
fn run(options: &str, steps: &str) -> Ran {
    let steps: Vec<&str> = steps.split(' ').collect();
    Havoc::new().options(options.split(' ')).run(testee::c_static("calls"), &steps)
}

#[test]
fn a_script_finds_strace_s_lines_and_nothing_else() {
    let ran = run("-e trace=fsync -e inject=fsync:error=EIO", "fsync");
    assert_eq!(
        ran.log,
        "fsync(-1)                               = -1 EIO (Input/output error) (INJECTED)\n+++ exited with 0 +++\n"
    );
    assert_eq!(ran.err, "");
}

#[test]
fn the_style_and_the_report_are_a_matter_of_two_options() {
    let line = "-e trace=fsync -e inject=fsync:error=EIO";
    let ran = run(&format!("{line} --report"), "fsync");
    assert!(
        ran.log.starts_with("fsync(-1) ") && ran.log.ends_with("havoc: the program exited with 0\n"),
        "{ran:?}"
    );
    let ran = run(&format!("{line} --log-style havoc"), "fsync");
    assert!(ran.log.starts_with("[pid ") && ran.log.contains("(INJECTED) (fsync#1 instead)\n"), "{ran:?}");
    let ran = run("--log-style strace --inject fsync:error=EIO:when=1 --trace fsync", "fsync fsync");
    assert!(ran.log.contains(" (INJECTED)\n") && !ran.log.contains("havoc: "), "{ran:?}");
}

#[test]
fn without_a_report_a_rule_that_never_fired_is_said_on_standard_error() {
    let line = "-e trace=fsync -e inject=fsync:error=EIO:when=9";
    let ran = run(line, "fsync");
    assert!(ran.err.contains("some rules did not fire") && ran.err.contains("`--report`"), "{ran:?}");
    assert_eq!(run(&format!("{line} -q"), "fsync").err, "");
}

#[test]
fn what_is_ignored_is_said_once_and_what_is_refused_runs_nothing() {
    let ran = run("-xx -k -e raw=all -e trace=fsync -e inject=fsync:error=EIO", "fsync");
    assert_eq!(
        ran.err, "havoc: ignored, for it changes no more than the text of the log: `-k`, `-x`, `-e raw=`\n",
        "{ran:?}"
    );
    assert!(ran.printed("0: fsync = EIO"), "{ran:?}");
    let ran = run("-D -f -e inject=fsync:error=EIO", "fsync");
    assert!(ran.err.contains("strace's `-D` does not exist here") && ran.out.is_empty(), "{ran:?}");
    assert_eq!(ran.status, 125);
}

#[test]
fn inject_beside_f_counts_as_in_strace_and_says_so() {
    let ran = run("-f --inject=fsync:error=EIO:when=1", "[ fsync ] [ fsync ]");
    assert_eq!(ran.lines_with("(INJECTED)").len(), 2, "{ran:?}");
    assert!(ran.err.contains("this is strace's"), "{ran:?}");
    let ran = run("--inject=fsync:error=EIO:when=1", "[ fsync ] [ fsync ]");
    assert_eq!(ran.lines_with("(INJECTED)").len(), 1, "{ran:?}");
    assert_eq!(ran.err, "");
}

#[test]
fn a_log_is_appended_to_with_a() {
    let havoc = Havoc::new().options(["-A", "-e", "trace=fsync", "-e", "fault=fsync"]);
    havoc.run(testee::c_static("calls"), &["fsync"]);
    let ran = havoc.run(testee::c_static("calls"), &["fsync"]);
    assert_eq!(ran.log.lines().count(), 4, "{ran:?}");
}
