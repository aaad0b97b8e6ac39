//! Ways round a tracer: closed, or counted and told.
use havoc_tests::havoc::{Havoc, Ran};
use havoc_tests::skip::skip;
use havoc_tests::{outside, testee};
use std::path::Path;

fn not_seen(ran: &Ran) -> Vec<&str> {
    ran.log.lines().filter_map(|line| line.strip_prefix("havoc: not seen: ")).collect()
}

#[test]
fn io_uring_is_refused_where_a_rule_names_what_it_could_do() {
    const DENIED: &str = "1 io_uring_setup refused with ENOSYS (--io-uring=allow lets it through, unseen)";
    const SEEN: &str = "1 io_uring instance, whose I/O makes no system calls (--io-uring=deny refuses it)";
    for (options, rule, expected) in [
        (&[][..], "fsync:error=EIO", Some(DENIED)),
        (&[], "getppid:error=EIO", Some(SEEN)),
        (&["--io-uring=deny"], "getppid:error=EIO", Some(DENIED)),
        (&["--io-uring=warn"], "fsync:error=EIO", Some(SEEN)),
        (&["--io-uring=allow"], "fsync:error=EIO", None),
    ] {
        let ran =
            Havoc::new().inject(rule).options(options.iter().copied()).run(testee::c("io_uring_setup"), &[]);
        let told = not_seen(&ran);
        assert_eq!(
            told.first().filter(|line| line.contains("io_uring")),
            expected.as_ref(),
            "{options:?} {rule}: {ran:?}"
        );
        if expected == Some(DENIED) {
            assert!(ran.printed("io_uring_setup: ENOSYS"), "{options:?} {rule}: {ran:?}");
        } else {
            // A container, or kernel.io_uring_disabled, may refuse it; in another way.
            assert!(!ran.printed("io_uring_setup: ENOSYS"), "{options:?} {rule}: {ran:?}");
        }
        let aio = told.contains(&"1 context of kernel AIO (io_setup)");
        assert_eq!(aio, expected.is_some(), "{options:?} {rule}: {ran:?}");
    }
}

#[test]
fn a_filter_of_the_programs_own_is_obeyed_and_told() {
    for (mode, last, status) in [
        ("errno", "openat: EACCES", 0),
        ("trap", "SIGSYS handled: 1, call openat: yes", 0),
        ("kill", "fsync: ok", 128 + 31),
        ("survive", "survived", 0),
    ] {
        for at in ["", ":after"] {
            let ran = Havoc::new()
                .inject(&format!("msync:error=ENOANO:path=a.bin{at}"))
                .inject("openat:error=ENOSPC:path=/dev/null")
                .apart()
                .run(testee::c("own_filter"), &[mode, "."]);
            assert!(ran.printed("msync: ENOANO") && ran.printed("fsync: ok"), "{mode}: {ran:?}");
            assert_eq!(ran.out.lines().last(), Some(last), "{mode}: {ran:?}");
            assert_eq!(ran.status, status, "{mode}: {ran:?}");
            let told = ["1 seccomp filter of the program's own; what it forbids never reaches a rule"];
            assert_eq!(not_seen(&ran), told, "{mode}: {ran:?}");
            assert_eq!(ran.lines_with("rule openat#2 (").len(), 1, "{mode}: {ran:?}");
            assert!(ran.lines_with("rule openat#2 (")[0].contains("never fired"), "{mode}: {ran:?}");
        }
    }
}

#[test]
fn a_program_that_traces_itself_is_refused_and_told() {
    let ran = Havoc::new().inject("fsync:error=EIO").apart().run(testee::c("ptraces_itself"), &[]);
    assert_eq!(ran.out, "child: EPERM\nPTRACE_TRACEME: EPERM\n", "{ran:?}");
    let told = not_seen(&ran);
    assert_eq!(told.len(), 1, "{ran:?}");
    assert!(told[0].starts_with("2 ptrace(TRACEME, ATTACH or SEIZE) calls of the program's own"), "{ran:?}");
}

#[track_caller]
fn assert_follows_the_child_that_no_debugger_was_to_get(program: &str) {
    let ran = Havoc::new()
        .inject("msync:error=ENOANO:path=a.bin")
        .inject("fsync:path=c.bin:log")
        .run(testee::c(program), &["."]);
    let expected = "child: msync a.bin: No anode\nchild: msync b.bin: ok\nchild: fsync c.bin: ok\nexited 6\n";
    assert_eq!(ran.out, expected, "{ran:?}");
    assert_eq!(ran.lines_with("/c.bin>) = 0").len(), 1, "{ran:?}");
    assert_eq!(not_seen(&ran), ["1 CLONE_UNTRACED taken out, so that the child is followed"], "{ran:?}");
}

#[test]
fn a_child_that_no_debugger_was_to_get_is_followed_and_never_sees_enosys() {
    assert_follows_the_child_that_no_debugger_was_to_get("clone_untraced");
}

#[test]
fn a_child_that_no_debugger_was_to_get_by_clone3_is_followed_too() {
    if !outside::has_clone3() {
        return skip("clone3 is not to be had here");
    }
    assert_follows_the_child_that_no_debugger_was_to_get("clone3_untraced");
}

#[test]
fn a_rule_on_what_the_vdso_answers_gets_a_note() {
    let ran = Havoc::new().inject("clock_gettime:error=EIO").run(testee::c("vdso_time"), &[]);
    assert!(ran.printed("raw clock_gettime: EIO"), "{ran:?}");
    let note = "havoc:   note: the vDSO answers most calls of clock_gettime; they are never seen";
    assert_eq!(ran.lines_with("note: the vDSO"), [note], "{ran:?}");
    assert!(ran.log.contains(": 1 match, 1 injected"), "{ran:?}");
    let ran = Havoc::new().inject("fsync:error=EIO").run(testee::c("vdso_time"), &[]);
    assert_eq!(ran.lines_with("note: "), [""; 0], "{ran:?}");
}

#[test]
fn every_register_survives_every_way_of_acting() {
    // Linked statically: the loader has preads of its own.
    assert_registers_survive(&testee::c_static("registers"));
}

/// Checks the testee `registers`, of whichever ABI, under every way of acting.
#[track_caller]
pub fn assert_registers_survive(program: &Path) {
    const CALLS: [&str; 5] = ["fsync", "msync", "pread64", "readv", "getppid"];
    let natural = ["EBADF", "EINVAL", "EINVAL", "EBADF", "ok"];
    let set = CALLS.join(",");
    for (options, fails) in [
        (["--inject".to_owned(), format!("{set}:error=ENOANO")], true),
        (["--inject".to_owned(), format!("{set}:error=ENOANO:after")], true),
        (["--inject".to_owned(), format!("{set}:log")], false),
        (["--inject".to_owned(), format!("{set}:error=ENOANO:when=100")], false),
        (["--trace".to_owned(), "all".to_owned()], false),
    ] {
        let ran = Havoc::new().options(options.clone()).run(program, &[]);
        for (call, natural) in CALLS.iter().zip(natural) {
            let how = if fails { "ENOANO" } else { natural };
            assert!(ran.printed(&format!("{call}: {how}, preserved")), "{options:?}: {ran:?}");
        }
    }
}

#[test]
fn real_enosys_is_no_sign_of_anything() {
    if outside::has_filter() {
        return skip("a filter above us answers calls without a name");
    }
    let ran = Havoc::new().options(["--trace", "all", "-C"]).run(testee::c("real_enosys"), &[]);
    assert!(ran.printed("mixed: 3000 ENOSYS, 1000 EBADF, 1000 parents"), "{ran:?}");
    for call in ["fsync", "nfsservctl", "syscall_0x270f", "syscall_0xffffffff"] {
        assert_eq!(ran.summary(call), (1001, 2002), "{call}");
        assert_eq!(ran.lines_with(&format!("] {call}(")).len(), 1001, "{call}");
    }
    // The first one is libc's, without a raw call around it.
    assert_eq!(ran.summary("getppid"), (1002, 2004));
}

/// A container's runtime may have a supervisor of its own: what that one is asked about never stops for us.
#[test]
fn under_a_supervisor_rules_work_on_what_it_is_not_asked_about_and_the_others_say_why_they_did_not() {
    let ran = Havoc::new()
        .started_by([testee::c("under_listener")])
        .env("HAVOC_LOG", "debug")
        .inject("msync:error=ENOANO:path=a.bin")
        .inject("fsync:error=ENOANO:path=c.bin")
        .run(testee::c("clone_untraced"), &["."]);
    assert_eq!(ran.failed_by("No anode"), ["child: msync a.bin"], "{ran:?}");
    assert!(ran.printed("child: fsync c.bin: ok") && ran.printed("supervisor: asked 1 times"), "{ran:?}");
    let told: Vec<&str> = ran.log.lines().skip_while(|line| !line.contains("rule fsync#2")).collect();
    assert_eq!(
        told,
        [
            "havoc: rule fsync#2 (fsync:error=ENOANO:path=c.bin) never fired: 0 matches",
            "havoc:   none of the calls it names was seen",
            "havoc:   (a seccomp filter above havoc, as a container has, may answer them before they are seen)",
            "havoc:   note: the manual does not list ENOANO for fsync",
            "havoc: not seen: 1 CLONE_UNTRACED taken out, so that the child is followed",
            "havoc: the program exited with 0",
        ],
        "{ran:?}"
    );
    for debug in ["engine ptrace", "a seccomp filter lies above havoc"] {
        assert!(ran.err.contains(debug), "{ran:?}");
    }
}
