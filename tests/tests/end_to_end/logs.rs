//! What is written: a line per call, what only --trace shows, the summaries, and what happens when nothing can be written.
use havoc_tests::havoc::{Havoc, Ran, binary};
use havoc_tests::skip::skip;
use havoc_tests::{apart, outside, testee};
use std::process::{Command, Stdio};

/// The lines of the log without `[pid N] `, and without the report.
fn lines(ran: &Ran) -> Vec<&str> {
    ran.log.lines().filter_map(|line| Some(line.strip_prefix("[pid ")?.split_once("] ")?.1)).collect()
}

#[test]
fn a_blocked_call_is_shown_unfinished_when_others_overtake_it_for_a_second() {
    let program = testee::c_static("blocked_call");
    let ran = Havoc::new().options(["--trace", "read,fsync"]).run(program, &["file"]);
    assert!(ran.printed("other: reader still blocked: yes"), "{ran:?}");
    let lines = lines(&ran);
    let place =
        |part: &str| lines.iter().position(|line| line.contains(part)).unwrap_or_else(|| panic!("{ran:?}"));
    let (begun, ended) = (place(" <unfinished ...>"), place("<... read resumed>) = 1"));
    assert!(lines[begun].starts_with("read(4<pipe:["), "{ran:?}");
    let before = lines[..begun].iter().filter(|line| line.starts_with("fsync(")).count();
    let between = lines[begun..ended].iter().filter(|line| line.starts_with("fsync(")).count();
    // An fsync every 150 ms, or later on a busy machine; not before a second has passed.
    assert_eq!(before + between, 10, "{ran:?}");
    assert!(before >= 2 && between >= 1, "{ran:?}");
    assert_eq!(lines.iter().filter(|line| line.contains("read")).count(), 2, "{ran:?}");
}

#[test]
fn at_fdcwd_has_its_directory_where_that_is_asked_for() {
    for (asking, beginning) in [
        (&[][..], "openat(AT_FDCWD, \""),
        (&["-y"][..], "openat(AT_FDCWD<<dir>>, \""),
        (&["-e", "decode-fds=path", "--log-style", "havoc"][..], "openat(AT_FDCWD<<dir>>, \""),
    ] {
        let havoc = Havoc::new().options(["--trace", "openat"]).options(asking.iter().copied());
        let ran = havoc.run(testee::c("exits"), &["code", "0"]);
        // The loader's.
        let opened: Vec<&str> = lines(&ran).into_iter().filter(|line| line.starts_with("openat(")).collect();
        assert!(!opened.is_empty(), "{ran:?}");
        assert!(opened.iter().all(|line| line.starts_with(beginning)), "{ran:?}");
    }
}

#[test]
fn a_call_without_an_end_has_no_result() {
    let ran = Havoc::new().options(["--trace", "exit_group,tgkill"]).run(testee::c("exits"), &["code", "3"]);
    assert_eq!(lines(&ran), ["exit_group(3) = ?", "+++ exited with 3 +++"], "{ran:?}");
    assert_eq!(ran.status, 3);

    let havoc = Havoc::new().options(["--trace", "exit_group,tgkill"]).apart();
    let ran = havoc.run(testee::c("exits"), &["signal", "9"]);
    let lines = lines(&ran);
    assert_eq!(lines.len(), 2, "{ran:?}");
    assert!(
        lines[0].starts_with("tgkill(") && lines[0].ends_with(", SIGKILL <unfinished ...>) = ?"),
        "{ran:?}"
    );
    assert_eq!(lines[1], "+++ killed by SIGKILL +++");
    assert!(ran.log.ends_with("havoc: the program was killed by SIGKILL\n"), "{ran:?}");
    assert_eq!(ran.status, 137);
}

#[test]
fn a_call_without_a_name_is_shown_by_its_number() {
    if outside::has_filter() {
        return skip("a filter above us answers calls without a name");
    }
    let ran = Havoc::new().options(["--trace", "9999"]).run(testee::c("real_enosys"), &[]);
    let shown = ran.lines_with("] syscall_0x270f(");
    assert_eq!(shown.len(), 1001, "{}", shown.len());
    assert!(shown.iter().all(|line| line.ends_with(") = -1 ENOSYS (Function not implemented)")), "{shown:?}");
    assert!(ran.printed("mixed: 3000 ENOSYS, 1000 EBADF, 1000 parents"), "{ran:?}");
}

#[test]
fn signals_are_shown_with_what_they_carry() {
    let ran = Havoc::new().options(["--trace", "fsync"]).run(testee::c("segv_handled"), &[]);
    assert!(ran.printed("null: handled 100, address right 100"), "{ran:?}");
    let null = "--- SIGSEGV {si_signo=SIGSEGV, si_code=SEGV_MAPERR, si_addr=0x8} ---";
    assert_eq!(ran.lines_with(null).len(), 100);
    assert_eq!(ran.lines_with("--- SIGSEGV {si_signo=SIGSEGV, si_code=SEGV_ACCERR, si_addr=0x").len(), 100);

    let ran = Havoc::new().options(["--trace", "fsync"]).apart().run(testee::c("rt_signals"), &[]);
    assert!(ran.printed("handled: 9"), "{ran:?}");
    let signals = ran.lines_with("--- SIG");
    assert_eq!(signals.len(), 9, "{ran:?}");
    // As the program has them, in this order: SIGRTMIN of the kernel is 32, of glibc 34.
    let expected =
        ["SIGUSR1 1", "SIGRT_3 11", "SIGRT_3 12", "SIGRT_3 11", "SIGRT_4 21", "SIGRT_4 -22", "SIGRT_5 31"];
    for (line, expected) in signals.iter().zip(expected) {
        let (signal, value) = expected.split_once(' ').expect("two words");
        let head = format!("--- {signal} {{si_signo={signal}, si_code=SI_QUEUE, si_pid=");
        assert!(line.contains(&head) && line.ends_with(&format!(", si_int={value}}} ---")), "{line}");
    }
    assert!(signals[7].contains("--- SIGRT_6 {si_signo=SIGRT_6, si_code=SI_USER, si_pid="), "{ran:?}");
    assert!(signals[8].contains("--- SIGRT_6 {si_signo=SIGRT_6, si_code=SI_TKILL, si_pid="), "{ran:?}");
}

#[test]
fn a_signal_from_a_child_tells_how_the_child_ended() {
    let ran = Havoc::new().stable("wait4").run(testee::c("clone_untraced"), &["."]);
    let signal = "[pid t1] --- SIGCHLD {si_signo=SIGCHLD, si_code=CLD_EXITED, si_pid=t2, si_uid=";
    assert_eq!(ran.lines_with(signal).len(), 1, "{ran:?}");
    assert!(ran.lines_with(signal)[0].ends_with(", si_status=6} ---"), "{ran:?}");
}

#[test]
fn without_trace_there_are_no_signals_and_no_ends_of_tasks() {
    for options in [&[][..], &["--stable"]] {
        let havoc = Havoc::new().inject("msync:error=EIO:path=a.bin").options(options.iter().copied());
        let ran = havoc.run(testee::c("forker"), &["."]);
        assert_eq!(ran.lines_with("[pid ").len(), 4, "{ran:?}");
        assert_eq!(ran.lines_with("(INJECTED)").len(), 4, "{ran:?}");
        assert_eq!(ran.log.lines().count(), 6, "{ran:?}");
    }
    let ran = Havoc::new().options(["--trace", "msync"]).run(testee::c("forker"), &["."]);
    assert_eq!(ran.lines_with("] msync(").len(), 8, "{ran:?}");
    assert_eq!(ran.lines_with("--- SIGCHLD ").len(), 2, "{ran:?}");
    assert_eq!(ran.lines_with("+++ exited with 0 +++").len(), 4, "{ran:?}");
    assert_eq!(ran.log.lines().count(), 8 + 2 + 4 + 1, "{ran:?}");
}

#[test]
fn without_rules_and_trace_every_call_is_logged() {
    let ran = Havoc::new().run(testee::c_static("exits"), &["code", "0"]);
    assert!(ran.log.starts_with("[pid "), "{ran:?}");
    assert!(ran.log.lines().next().is_some_and(|line| line.contains("] execve(\"")), "{ran:?}");
    // How libc makes alarm(3) where the kernel has none.
    let alarm = if outside::is_aarch64() { "setitimer(ITIMER_REAL, " } else { "alarm(60" };
    for call in ["brk(", alarm, "exit_group(0) = ?"] {
        assert!(!ran.lines_with(&format!("] {call}")).is_empty(), "{call}: {ran:?}");
    }
}

#[test]
fn the_summary_is_beside_the_log_or_instead_of_it_and_quiet_leaves_out_the_report() {
    let run = |options: &[&str]| {
        let havoc = Havoc::new().inject("msync:error=EIO:path=a.bin").options(options.iter().copied());
        havoc.run(testee::rust("mapped_files"), &["."])
    };
    for (options, log, table, report) in [
        (&[][..], true, false, true),
        (&["-C"], true, true, true),
        (&["-c"], false, true, true),
        (&["-q"], true, false, false),
        (&["-c", "-q"], false, true, false),
        (&["-C", "--stable"], true, true, true),
    ] {
        let ran = run(options);
        assert_eq!(ran.injected(), if log { 10 } else { 0 }, "{options:?}: {ran:?}");
        assert_eq!(ran.log.contains("stops/call"), table, "{options:?}: {ran:?}");
        assert_eq!(ran.log.contains("havoc: rule msync#1 ("), report, "{options:?}: {ran:?}");
        assert_eq!(ran.log.contains("havoc: the program exited with 0"), report, "{options:?}: {ran:?}");
        if table {
            assert_eq!(ran.summary("msync").0, 20, "{options:?}: {ran:?}");
            let counts: Vec<_> =
                ran.lines_with("  msync#1").last().expect("a line").split_whitespace().collect();
            assert_eq!(counts, ["10", "10", "10", "msync#1"], "{options:?}: {ran:?}");
        }
        assert_eq!(ran.err, "", "{options:?}");
    }
}

/// The last line of real_enosys. A container's filter answers EPERM to one of its three calls.
fn mixed() -> String {
    let missing = if outside::has_filter() { 2000 } else { 3000 };
    format!("mixed: {missing} ENOSYS, 1000 EBADF, 1000 parents")
}

fn havoc_with_log(log: &str) -> Command {
    let mut command = apart::bounded(binary());
    command.args(["--trace", "fsync", "-o", log, "--"]).arg(testee::c("real_enosys"));
    command
}

#[test]
fn a_full_disk_is_told_in_one_line_and_the_program_runs_on() {
    let output = havoc_with_log("/dev/full").output().expect("havoc runs");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(said.starts_with("havoc: write the trace log: No space left on device"), "{said}");
    let out = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(out.ends_with(&format!("{}\n", mixed())), "{out}");
    assert_eq!(output.status.code(), Some(125));
}

#[test]
fn a_log_whose_reader_is_gone_changes_neither_the_program_nor_its_status() {
    for (options, first) in [
        (&["--trace", "fsync"][..], "fsync(-1) = -1 EBADF"),
        (&["--trace", "fsync", "--stable"], "[pid t1] fsync(-1)"),
    ] {
        let script = "exec 3>&1; \"$@\" 2>&1 >&3 3>&- | head -n 1 >&2; echo status ${PIPESTATUS[0]}";
        let output = apart::bounded("bash")
            .args(["-c", script, "bash"])
            .arg(binary())
            .args(options)
            .arg("--")
            .arg(testee::c("real_enosys"))
            .stdin(Stdio::null())
            .output()
            .expect("bash runs");
        let out = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(out.ends_with(&format!("{}\nstatus 0\n", mixed())), "{options:?}: {out}");
        let log = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(log.contains(first) && log.lines().count() == 1, "{options:?}: {log}");
    }
}

#[test]
fn a_log_on_a_descriptor_goes_on_where_that_stands() {
    for name in ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1", "link"] {
        let directory = tempfile::tempdir().expect("a temporary directory");
        std::os::unix::fs::symlink("/dev/stdout", directory.path().join("link")).expect("a link");
        let script = "echo before > appended; \"$@\" >> appended; \"$@\" > begun; cat appended begun";
        let words = ["--trace", "exit_group", "-o", name, "--", "sh", "-c", "echo said; exit 3"];
        let output = apart::bounded("sh")
            .args(["-c", script, "sh"])
            .arg(binary())
            .args(words)
            .current_dir(directory.path())
            .output()
            .expect("sh runs");
        let out = String::from_utf8_lossy(&output.stdout).into_owned();
        let run = "said\n> exit_group(3) = ?\n> +++ exited with 3 +++\nhavoc: the program exited with 3\n";
        let without_pids: String = out
            .split_inclusive('\n')
            .map(|line| line.split_once("] ").map_or(line.to_owned(), |(_, rest)| format!("> {rest}")))
            .collect();
        assert_eq!(without_pids, format!("before\n{run}{run}"), "{name}");
    }
    for name in ["/dev/fd/99", "/dev/stdin"] {
        let output = havoc_with_log(name).stdin(Stdio::null()).output().expect("havoc runs");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(
            said.starts_with(&format!("havoc: cannot write the log to {name}: Bad file descriptor")),
            "{said}"
        );
        assert_eq!((output.status.code(), output.stdout.len()), (Some(125), 0));
    }
}

#[test]
fn a_log_that_cannot_be_made_is_an_error_before_anything_runs() {
    let output = havoc_with_log("/dev/null/log").output().expect("havoc runs");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.starts_with("havoc: cannot write the log to /dev/null/log"), "{said}");
    assert_eq!((output.status.code(), output.stdout.len()), (Some(125), 0));
}
