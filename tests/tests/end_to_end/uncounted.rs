//! Faults without a trace: an error for every call is the filter's own, and the call takes no stop at all.
use havoc_tests::havoc::{Havoc, Ran, verifies};
use havoc_tests::{outside, testee};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

fn uncounted(rule: &str, program: &Path) -> Ran {
    Havoc::new().options(["-C", "--inject", rule]).run(program, &["."])
}

/// The stops of calls and of sentinels.
fn stops(ran: &Ran) -> (u64, u64) {
    let line = ran.lines_with(" stops in all: ")[0];
    let mut counts =
        line.split([':', ',']).skip(1).map(|part| part.split_whitespace().next().expect("a count"));
    let mut next = || counts.next().and_then(|count| count.parse().ok()).expect("a count");
    (next(), next())
}

#[track_caller]
fn assert_not_counted(ran: &Ran, rule: &str) {
    assert!(ran.lines_with(": not counted")[0].starts_with(&format!("havoc: rule {rule}")), "{ran:?}");
    assert!(ran.lines_with("never fired").is_empty() && ran.injected() == 0, "{ran:?}");
    // A table without a line.
    assert!(ran.log.contains("stops/call  call\n") && !ran.log.contains("  msync\n"), "{ran:?}");
}

#[test]
fn an_uncounted_error_for_every_call_takes_no_stop() {
    let ran = uncounted("msync:error=ENOANO:uncounted", &testee::rust("mapped_files"));
    for flush in 1..=10 {
        for file in ["a.bin", "b.bin"] {
            assert!(ran.printed(&format!("{file} flush {flush}: No anode (os error 55)")), "{ran:?}");
        }
    }
    assert_not_counted(&ran, "msync#1");
    // With `--debug-verify` each is stopped, as a sentinel is.
    assert_eq!(stops(&ran), (0, if verifies() { 40 } else { 0 }), "{ran:?}");
    assert_eq!(ran.status, 0);
}

#[test]
fn in_threads_and_children_too_static_programs_and_those_of_32_bits() {
    let mut programs = vec![testee::c("forker"), testee::c_static("forker")];
    if outside::runs_i386() {
        programs.push(testee::c_i386("forker"));
    }
    for program in programs {
        let ran = uncounted("msync:error=EIO:uncounted", &program);
        for who in ["parent", "fork child", "vfork child", "thread"] {
            for file in ["a.bin", "b.bin"] {
                assert!(ran.printed(&format!("{who}: msync {file}: Input/output error")), "{who}: {ran:?}");
            }
        }
        assert_not_counted(&ran, "msync#1");
        // The thread's clone3 at most.
        assert!(verifies() || stops(&ran).0 == 0 && stops(&ran).1 <= 1, "{ran:?}");
    }
}

#[test]
fn an_uncounted_error_for_one_file_is_still_judged_at_a_stop() {
    let ran = uncounted("msync:error=ENOANO:path=a.bin:uncounted", &testee::rust("mapped_files"));
    assert_eq!(ran.out.matches("No anode").count(), 10, "{ran:?}");
    assert!(ran.printed("b.bin flush 10: ok"), "{ran:?}");
    assert_eq!(ran.lines_with(": not counted").len(), 1, "{ran:?}");
}

#[test]
fn what_is_traced_is_logged_also_if_its_rule_is_uncounted() {
    let havoc = Havoc::new().inject("msync:error=ENOANO:uncounted").options(["--trace", "fsync,exit_group"]);
    let ran = havoc.run(testee::rust("mapped_files"), &["."]);
    assert!(ran.printed("a.bin flush 1: No anode (os error 55)"), "{ran:?}");
    assert_eq!(ran.lines_with("exit_group(0").len(), 1, "{ran:?}");
}

#[test]
fn a_strict_run_fails_by_a_rule_that_is_not_counted() {
    let havoc = Havoc::new().inject("msync:error=ENOANO:uncounted").options(["--strict"]);
    let ran = havoc.run(testee::rust("mapped_files"), &["."]);
    assert_eq!(ran.status, 123, "{ran:?}");
    assert!(ran.log.contains("--strict: rule msync#1 is not counted"), "{ran:?}");
}

#[test]
fn why_a_program_never_began_is_told_whatever_fails_for_it() {
    for calls in ["write", "exit,exit_group", "execve,execveat", "all"] {
        let havoc = Havoc::new().inject(&format!("?{calls}:error=EIO:uncounted"));
        let program = havoc.directory().join("no_interpreter");
        fs::write(&program, "#!/no/such/interpreter\n").expect("write a program");
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("make it executable");
        let ran = havoc.run(&program, &[]);
        assert_eq!(ran.status, 127, "{calls}: {ran:?}");
        assert!(ran.err.contains("the interpreter or loader"), "{calls}: {ran:?}");
    }
}
