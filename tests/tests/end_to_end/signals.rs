//! Signals and stops reach the program as they would without havoc.
use havoc_tests::apart::{apart, bounded};
use havoc_tests::havoc::{Havoc, Ran};
use havoc_tests::{outside, testee};
use std::path::{Path, PathBuf};

const MADE_ALL_THE_TIME: &str = "rt_sigprocmask,pause,kill,tgkill,write,read,wait4";

/// A rule beside the program, a rule on calls that it makes all the time, and every call logged with its result.
fn ways() -> [Havoc; 3] {
    [
        Havoc::new().inject("msync:error=EIO"),
        Havoc::new().inject(&format!("{}:error=EIO:when=1000000+", outside::calls_here(MADE_ALL_THE_TIME))),
        Havoc::new().options(["--trace", "all"]),
    ]
    .map(Havoc::apart)
}

/// Runs the program by itself and in every way by havoc, and returns the runs that said the same.
#[track_caller]
fn same_as_natively(program: &Path, arguments: &[&str]) -> Vec<Ran> {
    let native = apart(program).args(arguments).output().expect("the program runs");
    let out = String::from_utf8_lossy(&native.stdout);
    assert!(native.status.success() && !out.is_empty(), "{native:?}");
    let ran = ways().map(|havoc| havoc.run(program, arguments));
    for ran in &ran {
        assert_eq!(ran.out, out, "{ran:?}");
        assert_eq!(ran.status, 0, "{ran:?}");
    }
    ran.into()
}

#[test]
fn signals_keep_their_order_their_payloads_and_their_senders() {
    for program in [testee::c("rt_signals"), testee::c_static("rt_signals")] {
        let ran = same_as_natively(&program, &[]);
        // The log has each of them once: two of SIGUSR1 are one.
        let full = &ran[2];
        assert_eq!(full.lines_with("--- SIGRT").len() + full.lines_with("--- SIGUSR1").len(), 9, "{full:?}");
        let delivered =
            full.lines_with("si_code=SI_QUEUE").into_iter().filter(|line| line.contains("--- SIG"));
        assert_eq!(delivered.count(), 7, "{full:?}");
    }
}

#[test]
fn a_sigtrap_of_the_programs_own_is_handled_once() {
    let ran = same_as_natively(&testee::c("own_sigtrap"), &[]);
    assert_eq!(ran[2].lines_with("--- SIGTRAP ").len(), 4, "{ran:?}");
}

#[test]
fn sigsys_tells_which_call_was_trapped() {
    let ran = Havoc::new().options(["--trace", "fsync"]).apart().run(testee::c("own_filter"), &["trap", "."]);
    let [line] = ran.lines_with("--- SIGSYS")[..] else { panic!("{ran:?}") };
    assert!(line.contains("si_code=SYS_SECCOMP, si_call_addr=0x"), "{line}");
    assert!(line.contains(", si_syscall=__NR_openat, si_arch=AUDIT_ARCH_"), "{line}");
}

#[test]
fn a_sigsegv_that_is_handled_is_no_matter() {
    let ran = same_as_natively(&testee::c("segv_handled"), &[]);
    assert_eq!(ran[2].lines_with("--- SIGSEGV ").len(), 200, "{ran:?}");
}

#[test]
fn a_group_stop_lasts_until_sigcont_and_the_parent_sees_it() {
    let ran = same_as_natively(&testee::c("group_stop"), &[]);
    assert_eq!(ran[0].out.lines().count(), 40, "{ran:?}");
    assert!(ran[2].log.contains("--- stopped by SIGTSTP ---"), "{}", ran[2].log);
}

#[test]
fn an_interrupted_read_is_restarted_or_fails_as_its_handler_says() {
    for mode in ["restart", "eintr"] {
        same_as_natively(&testee::c("restarted_read"), &[mode]);
    }
}

/// HotSpot leaves out tests for null and takes the SIGSEGV; what happens then is the machine's business.
#[test]
fn a_java_machine_goes_on_taking_its_own_sigsegv() {
    let classes = testee::java("NullPointers");
    let java = |path: &PathBuf| ["-cp".into(), path.clone().into_os_string(), "NullPointers".into()];
    let native = bounded("java").args(java(&classes)).output().expect("`cargo xtask setup` installs java");
    assert_eq!(String::from_utf8_lossy(&native.stdout), "caught: 10000, sum: 20000\n", "{native:?}");
    let classes = classes.to_str().expect("a path that is text");
    for options in [["--inject", "msync:error=EIO"], ["--trace", "openat"]] {
        let ran = Havoc::new().options(options).run("java", &["-cp", classes, "NullPointers"]);
        assert_eq!(ran.out.as_bytes(), native.stdout, "{ran:?}");
        assert_eq!(ran.status, 0, "{ran:?}");
        if options[0] == "--trace" {
            // They were signals, and passed here; how many of the 10 000, until the compiler puts in a check, is up to it.
            assert!(ran.lines_with("--- SIGSEGV ").len() >= 100, "{}", ran.lines_with("--- SIGSEGV ").len());
        }
    }
}
