//! A program that is not traced may be traced by others, and may trace: debuggers, strace and LeakSanitizer work inside.
use crate::engines::are_both_here;
use havoc_tests::havoc::{Havoc, Ran, verifies};
use havoc_tests::skip::skip;
use havoc_tests::{outside, testee};

/// Tells whether the test can run here, with the engine and with `program`; says why not.
fn is_here(program: Option<&str>) -> bool {
    if !are_both_here() {
        return false;
    }
    let missing = program.filter(|program| !outside::has_program(program));
    if let Some(program) = missing {
        skip(&format!("no {program} here"));
    }
    missing.is_none()
}

fn three_writes() -> String {
    testee::c("three_writes").to_str().expect("a path of ASCII").to_owned()
}

/// What three_writes prints when the second write of a.bin and its fsync fail.
#[track_caller]
fn assert_faulted(ran: &Ran) {
    for line in ["write 1: ok", "write 2: ok", "write 3: ok", "fsync: EIO", "9 bytes"] {
        assert!(ran.printed(line), "{ran:?}");
    }
    assert_eq!((ran.status, ran.injected()), (0, 1), "{ran:?}");
    assert_eq!(ran.lines_with("engine "), ["engine notify"], "{ran:?}");
    assert_eq!(ran.lines_with("not seen: "), [""; 0], "{ran:?}");
}

#[test]
fn leak_sanitizer_reports_what_is_lost_when_a_fault_is_injected() {
    if !is_here(None) {
        return;
    }
    let program = testee::c_asan("leaks_when_fsync_fails");
    // In the suite's second run `auto` has exit stops to take.
    for engine in if verifies() { &["notify"][..] } else { &["auto", "notify"] } {
        let [fails, succeeds] = ["a.bin", "b.bin"].map(|file| {
            let rule = format!("fsync:error=EIO:path={file}");
            let havoc = Havoc::under(engine).inject(&rule).options(["-C"]).env("ASAN_OPTIONS", "exitcode=23");
            havoc.apart().run(&program, &["."])
        });
        assert_eq!(fails.out, "fsync: EIO\n", "{engine}: {fails:?}");
        for line in
            ["ERROR: LeakSanitizer: detected memory leaks", "Direct leak of 4711 byte(s) in 1 object(s)"]
        {
            assert!(fails.err.contains(line), "{engine}: {fails:?}");
        }
        assert_eq!((fails.status, fails.injected()), (23, 1), "{engine}: {fails:?}");
        assert_eq!(succeeds.out, "fsync: ok\n", "{engine}: {succeeds:?}");
        assert!(!succeeds.err.contains("Sanitizer"), "{engine}: {succeeds:?}");
        assert_eq!(succeeds.status, 0, "{engine}: {succeeds:?}");
    }
}

#[test]
fn gdb_runs_and_stops_a_program_whose_calls_fail() {
    if !is_here(Some("gdb")) {
        return;
    }
    let name = three_writes();
    for commands in [&["run"][..], &["break main", "run", "continue"]] {
        let commands = commands.iter().flat_map(|command| ["-ex", command]);
        let arguments: Vec<&str> =
            ["-nx", "-batch"].into_iter().chain(commands).chain(["--args", &name, "."]).collect();
        let ran = Havoc::under("notify")
            .inject("fsync:error=EIO:path=a.bin")
            .options(["-C"])
            .env("DEBUGINFOD_URLS", "")
            .apart()
            .run("gdb", &arguments);
        assert!(ran.out.contains("exited normally]"), "{arguments:?}: {ran:?}");
        assert_eq!(ran.out.contains("Breakpoint 1, main"), arguments.contains(&"break main"), "{ran:?}");
        assert_faulted(&ran);
    }
}

#[test]
fn strace_shows_the_fault_as_the_program_sees_it() {
    if !is_here(Some("strace")) {
        return;
    }
    let name = three_writes();
    let ran = Havoc::under("notify").inject("fsync:error=EIO:path=a.bin").options(["-C"]).apart().run(
        "strace",
        &["-f", "-e", "trace=fsync", "-o", "strace.log", "sh", "-c", &format!("{name} .; cat strace.log")],
    );
    let shown = ran.out.lines().filter(|line| line.contains(" fsync(3)"));
    assert_eq!(shown.filter(|line| line.contains("= -1 EIO (Input/output error)")).count(), 1, "{ran:?}");
    assert_faulted(&ran);
}

/// strace -p is what people do with a program that hangs.
#[test]
fn a_program_may_attach_to_another_whose_call_is_held() {
    if !is_here(Some("strace")) {
        return;
    }
    let name = three_writes();
    let script = format!(
        "{name} . & strace -o attached -e trace=fsync,exit_group -p $! 2> said; wait; grep -c 'exited with 0' attached"
    );
    let ran = Havoc::under("notify")
        .inject("fsync:error=EIO:path=a.bin:delay_enter=3s")
        .options(["-C"])
        .apart()
        .run("sh", &["-c", &script]);
    assert!(ran.printed("1"), "{ran:?}");
    assert_faulted(&ran);
}
