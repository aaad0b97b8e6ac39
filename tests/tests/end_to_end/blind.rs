//! Ways round a tracer: closed, or counted and told.
use crate::engines::are_both_here;
use havoc_tests::havoc::{Havoc, Ran};
use havoc_tests::skip::skip;
use havoc_tests::{outside, testee};
use std::path::Path;

fn not_seen(ran: &Ran) -> Vec<&str> {
    ran.log.lines().filter_map(|line| line.strip_prefix("havoc: not seen: ")).collect()
}

/// Checks what is refused, logged and told of rings and of kernel AIO.
fn assert_rings(engine: &str) {
    const DENIED: &str = "1 io_uring_setup refused with ENOSYS (--io-uring=allow lets it through, unseen)";
    let [seen, aio] = match engine {
        "ptrace" => [
            "1 io_uring instance, whose I/O makes no system calls (--io-uring=deny refuses it)",
            "1 context of kernel AIO (io_setup)",
        ],
        _ => [
            "1 call of io_uring_setup, whose result was not seen; a ring's I/O makes no system calls (--io-uring=deny \
             refuses it)",
            "1 call of io_setup, for kernel AIO, whose result was not seen",
        ],
    };
    for (options, rule, is_told, is_denied) in [
        (&[][..], "fsync:error=EIO", true, true),
        (&[], "connect:error=EIO", true, true),
        (&[], "getppid:error=EIO", true, false),
        (&[], "msync:error=EIO", true, false),
        (&[], "io_uring_enter:error=EBUSY", true, false),
        (&["--io-uring=deny"], "getppid:error=EIO", true, true),
        (&["--io-uring=warn"], "fsync:error=EIO", true, false),
        (&["--io-uring=allow"], "fsync:error=EIO", false, false),
    ] {
        let what = format!("{engine} {options:?} {rule}");
        let havoc = Havoc::under(engine).inject(rule).options(options.iter().copied());
        let ran = havoc.run(testee::c("io_uring_setup"), &[]);
        // A container, or kernel.io_uring_disabled, may refuse either; io_uring in another way than havoc.
        assert_eq!(ran.printed("io_uring_setup: ENOSYS"), is_denied, "{what}: {ran:?}");
        let is_made = |line| ran.printed(line) || engine != "ptrace";
        let mut expected = Vec::new();
        expected.extend(is_denied.then_some(DENIED));
        expected.extend((is_told && !is_denied && is_made("io_uring_setup: ok")).then_some(seen));
        expected.extend((is_told && is_made("io_setup: ok")).then_some(aio));
        assert_eq!(not_seen(&ran), expected, "{what}: {ran:?}");
        // What havoc answers is marked as what a rule answers.
        let marked = ran.lines_with("io_uring_setup(4, ");
        assert_eq!(marked.len(), usize::from(is_denied), "{what}: {ran:?}");
        let end = " = -1 ENOSYS (Function not implemented) (INJECTED) (--io-uring=deny instead)";
        assert!(marked.iter().all(|line| line.ends_with(end)), "{what}: {ran:?}");
    }
}

#[test]
fn io_uring_is_refused_where_a_rule_names_what_it_could_do() {
    assert_rings("ptrace");
}

#[test]
fn io_uring_is_refused_likewise_where_nobody_is_traced() {
    if are_both_here() {
        assert_rings("notify");
    }
}

#[test]
fn a_filter_of_the_programs_own_is_obeyed_and_told() {
    const TOLD: &str = "1 seccomp filter of the program's own; what it forbids never reaches a rule";
    for (mode, last, status) in [
        ("errno", "openat: EACCES", 0),
        ("trap", "SIGSYS handled: 1, call openat: yes", 0),
        ("kill", "fsync: ok", 128 + 31),
        ("survive", "survived", 0),
    ] {
        for (engine, at) in [("ptrace", ":after"), ("ptrace", ""), ("notify", "")] {
            if engine == "notify" && !are_both_here() {
                continue;
            }
            let ran = Havoc::under(engine)
                .inject(&format!("msync:error=ENOANO:path=a.bin{at}"))
                .inject("openat:error=ENOSPC:path=/dev/null")
                .apart()
                .run(testee::c("own_filter"), &[mode, "."]);
            assert!(ran.printed("msync: ENOANO") && ran.printed("fsync: ok"), "{mode}: {ran:?}");
            assert_eq!(ran.out.lines().last(), Some(last), "{mode}: {ran:?}");
            assert_eq!(ran.status, status, "{mode}: {ran:?}");
            assert_eq!(not_seen(&ran), [TOLD], "{mode}: {ran:?}");
            assert_eq!(ran.lines_with("rule openat#2 (").len(), 1, "{mode}: {ran:?}");
            assert!(ran.lines_with("rule openat#2 (")[0].contains("never fired"), "{mode}: {ran:?}");
        }
    }
}

#[test]
fn what_a_library_asks_about_seccomp_is_no_filter_and_no_listener() {
    for engine in ["auto", "ptrace"] {
        let ran = Havoc::under(engine)
            .inject("getppid:error=EPERM")
            .apart()
            .run(testee::c("seccomp_mode"), &["questions"]);
        assert!(ran.printed("NEW_LISTENER: EFAULT") && ran.printed("TSYNC: EFAULT"), "{engine}: {ran:?}");
        assert_eq!(not_seen(&ran), [""; 0], "{engine}: {ran:?}");
    }
}

#[test]
fn strict_mode_cannot_be_had_under_havoc_and_that_is_told() {
    for engine in ["auto", "ptrace"] {
        let ran = Havoc::under(engine)
            .inject("fsync:error=EIO")
            .apart()
            .run(testee::c("seccomp_mode"), &["strict"]);
        assert_eq!(ran.out, "strict: EINVAL\n", "{engine}: {ran:?}");
        let told = "prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT) of seccomp_mode, which fails with EINVAL since there is a \
                    seccomp filter, havoc's";
        assert_eq!(own_call(&ran), told, "{engine}: {ran:?}");
    }
}

/// The one line that tells of a call of the program's own that wants what havoc has, without the number of its process.
#[track_caller]
fn own_call(ran: &Ran) -> String {
    let told = not_seen(ran);
    let [line] = told[..] else { panic!("{told:?} {ran:?}") };
    let (before, rest) = line.split_once(" (pid ").expect("an id");
    let (pid, after) = rest.split_once(')').expect("an id");
    assert!(pid.parse::<u32>().is_ok(), "{line}");
    format!("{before}{after}")
}

#[test]
fn a_program_that_traces_itself_is_refused_by_a_tracer_and_told() {
    let ran = Havoc::under("ptrace").inject("fsync:error=EIO").apart().run(testee::c("ptraces_itself"), &[]);
    assert_eq!(ran.out, "child: EPERM\nPTRACE_TRACEME: EPERM\n", "{ran:?}");
    let told = "ptrace(PTRACE_TRACEME) of ptraces_itself, the first of 2 such calls, which fails where havoc traces \
                (--engine notify traces nobody)";
    assert_eq!(own_call(&ran), told, "{ran:?}");
    // In a stable log no number of a process is told.
    let ran = Havoc::under("ptrace").stable("fsync").apart().run(testee::c("ptraces_itself"), &[]);
    assert_eq!(not_seen(&ran), [told], "{ran:?}");
}

#[test]
fn a_program_that_traces_itself_does_so_where_nobody_is_traced() {
    if !are_both_here() {
        return;
    }
    let ran = Havoc::under("notify").inject("fsync:error=EIO").apart().run(testee::c("ptraces_itself"), &[]);
    assert_eq!(ran.out, "child stopped: yes\nchild exited: 3\nPTRACE_TRACEME: ok\n", "{ran:?}");
    assert_eq!((ran.status, not_seen(&ran)), (0, vec![]), "{ran:?}");
}

/// The supervisor's own program is asked about fsync by it; a rule on msync is havoc's.
#[test]
fn a_listener_of_the_programs_own_listens_under_a_tracer_and_is_told() {
    let clones = testee::c("clone_children");
    let ran = Havoc::under("ptrace")
        .inject("msync:error=ENOANO:path=a.bin")
        .apart()
        .run(testee::c("under_listener"), &[clones.to_str().expect("a path of ASCII"), "."]);
    assert!(ran.out.contains("supervisor: asked "), "{ran:?}");
    assert!(ran.out.contains("msync a.bin: No anode"), "{ran:?}");
    let told = "seccomp(SECCOMP_FILTER_FLAG_NEW_LISTENER) of under_listener, whose filter outranks havoc's: what it asks \
                about never reaches a rule";
    assert_eq!(own_call(&ran), told, "{ran:?}");
}

#[test]
fn a_listener_of_the_programs_own_is_refused_where_havoc_listens_and_told() {
    if !are_both_here() {
        return;
    }
    let ran = Havoc::under("notify")
        .inject("msync:error=ENOANO:path=a.bin")
        .apart()
        .run(testee::c("under_listener"), &["true"]);
    assert_eq!(ran.status, 98, "{ran:?}");
    assert!(ran.err.contains("seccomp: Device or resource busy"), "{ran:?}");
    let told = "seccomp(SECCOMP_FILTER_FLAG_NEW_LISTENER) of under_listener, which fails with EBUSY where havoc listens \
                (--engine ptrace listens to nobody)";
    assert_eq!(own_call(&ran), told, "{ran:?}");
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
fn a_rule_on_what_the_vdso_may_answer_gets_a_note() {
    let ran = Havoc::new().inject("clock_gettime:error=EIO").run(testee::c("vdso_time"), &[]);
    assert!(ran.printed("raw clock_gettime: EIO"), "{ran:?}");
    let note = "havoc:   note: the vDSO may answer calls of clock_gettime; those are never seen";
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
    let rounds = u64::from(outside::scaled(1000));
    let ran =
        Havoc::new().options(["--trace", "all", "-C"]).run(testee::c("real_enosys"), &[&rounds.to_string()]);
    let mixed = format!("mixed: {} ENOSYS, {rounds} EBADF, {rounds} parents", 3 * rounds);
    assert!(ran.printed(&mixed), "{ran:?}");
    for call in ["fsync", "nfsservctl", "syscall_0x270f", "syscall_0xffffffff"] {
        assert_eq!(ran.summary(call), (rounds + 1, 2 * (rounds + 1)), "{call}");
        assert_eq!(ran.lines_with(&format!("] {call}(")).len() as u64, rounds + 1, "{call}");
    }
    assert_eq!(ran.summary("syscall_0xfffffffe"), (1, 2));
    assert_eq!(ran.lines_with("] syscall_0xfffffffe(").len(), 1);
    // The first one is libc's, without a raw call around it.
    assert_eq!(ran.summary("getppid"), (rounds + 2, 2 * (rounds + 2)));
}

#[test]
fn a_number_below_zero_is_no_call_of_another_abi() {
    for engine in ["auto", "ptrace"] {
        let ran = Havoc::under(engine).inject("fsync:error=ENOANO").run(testee::c("real_enosys"), &["0"]);
        assert!(ran.printed("fsync -1: ENOANO"), "{engine}: {ran:?}");
        assert_eq!(not_seen(&ran), [""; 0], "{engine}: {ran:?}");
    }
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
            "havoc:   help: databases mostly make fdatasync, and what is mapped is written by msync; msync was called 2 times: write %persist instead of fsync (--trace %persist shows which are made)",
            "havoc: not seen: 1 CLONE_UNTRACED taken out, so that the child is followed",
            "havoc: the program exited with 0",
        ],
        "{ran:?}"
    );
    for debug in ["engine ptrace", "a seccomp filter lies above havoc"] {
        assert!(ran.err.contains(debug), "{ran:?}");
    }
}

/// As a crash handler looks at its parent. Each would wait for the other.
#[test]
fn a_tracer_of_havoc_itself_is_refused_with_eperm_and_told() {
    if !outside::has_program("strace") {
        return skip("no strace");
    }
    for engine in outside::engines() {
        // The parent is havoc or the guard.
        let script = "for pid in $PPID $(cat pid); do strace -o none -p $pid 2>&1; done; exit 7";
        let ran = Havoc::under(engine)
            .inject("write:error=ENOANO:path=nowhere")
            .apart()
            .started_by(["sh", "-c", "echo $$ > pid; exec \"$@\"", "sh"])
            .run("sh", &["-c", script]);
        assert_eq!(ran.status, 7, "{engine}: {ran:?}");
        assert_eq!(ran.out.matches("strace: attach: ptrace(").count(), 2, "{engine}: {ran:?}");
        let told = ran.lines_with("since it was to trace havoc itself");
        assert_eq!(told.len(), 1, "{engine}: {ran:?}");
        assert!(
            told[0].contains("of strace (pid ") && told[0].contains("the first of "),
            "{engine}: {ran:?}"
        );
    }
}
