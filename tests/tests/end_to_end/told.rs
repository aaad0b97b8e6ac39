//! `signal`: what its handler is told, how often, and what becomes of the call.
use havoc_tests::apart::apart;
use havoc_tests::havoc::Havoc;
use havoc_tests::skip::skip;
use havoc_tests::testee;

/// A rule's set and selectors, what else it does, the testee's mode, what the program is to say.
const CASES: [(&str, &str, &str, &[&str]); 8] = [
    ("fsync", "", "handled", &["fsync: ok", "fsync: ok", "handled: 2, SI_KERNEL, pid 0"]),
    ("fsync", ":when=2", "handled", &["fsync: ok", "fsync: ok", "handled: 1, SI_KERNEL, pid 0"]),
    ("fsync", ":error=EIO", "handled", &["fsync: EIO", "fsync: EIO", "handled: 2, SI_KERNEL, pid 0"]),
    // One signal is pending, however often it was sent.
    (
        "fsync",
        "",
        "blocked",
        &["fsync: ok", "fsync: ok", "handled: 0", "pending: yes", "handled: 1, SI_KERNEL, pid 0"],
    ),
    // The read waits, and the signal comes while it does.
    ("read", "", "ended", &["read: EINTR", "handled: 1, SI_KERNEL, pid 0"]),
    ("read", ":error=EIO", "ended", &["read: EIO", "handled: 1, SI_KERNEL, pid 0"]),
    // It goes on, which is no second call.
    ("read", "", "restarted", &["read: returned 1", "handled: 1, SI_KERNEL, pid 0"]),
    ("read", ":error=EIO", "restarted", &["read: EIO", "handled: 1, SI_KERNEL, pid 0"]),
];

#[test]
fn a_handler_is_told_by_the_kernel_and_once_for_each_call() {
    for (call, more, mode, expected) in CASES {
        let files = if call == "read" { ":path=\"pipe:*\"" } else { "" };
        let rule = format!("{call}:signal=SIGUSR1{files}{more}");
        let ran = Havoc::new().inject(&rule).apart().run(testee::c("told_by_signal"), &[mode, "."]);
        assert_eq!(ran.out.lines().collect::<Vec<_>>(), expected, "{mode} {rule}: {ran:?}");
        assert_eq!(ran.status, 0, "{mode} {rule}: {ran:?}");
        let counts = if call == "read" { "1 match, 1 injected" } else { "2 matches, " };
        assert!(ran.lines_with(&format!("rule {call}#1 ("))[0].contains(counts), "{mode} {rule}: {ran:?}");
        // Each is told once, that of a call without an end too.
        let told = format!("({call}#1 signal SIGUSR1)");
        let times = if counts.starts_with('1') || more == ":when=2" { 1 } else { 2 };
        assert_eq!(ran.lines_with(&told).len(), times, "{mode} {rule}: {ran:?}");
    }
}

/// strace without --seccomp-bpf, which loses the signal. It counts the loader's reads too, so the program has none.
#[test]
fn the_program_sees_what_strace_lets_it_see() {
    let version = std::process::Command::new("strace").arg("-V").output();
    if version.is_err() {
        return skip("no strace");
    }
    let program = testee::c_static("told_by_signal");
    for (call, more, mode, expected) in CASES {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let output = apart("strace")
            .args(["-o", "/dev/null", "-e", &format!("trace={call}"), "-e"])
            .arg(format!("inject={call}:signal=SIGUSR1{more}"))
            .arg(&program)
            .arg(mode)
            .arg(directory.path())
            .output()
            .expect("strace runs");
        let mut out = String::from_utf8_lossy(&output.stdout).into_owned();
        if (call, more, mode) == ("read", "", "restarted") {
            // To strace a read that goes on is another one, and gets a signal of its own.
            out = out.replace("handled: 2", "handled: 1");
        }
        assert_eq!(out.lines().collect::<Vec<_>>(), expected, "{mode} {call}{more}: {output:?}");
        let ran =
            Havoc::new().inject(&format!("{call}:signal=SIGUSR1{more}")).apart().run(&program, &[mode, "."]);
        assert_eq!(ran.out, out, "{mode} {call}{more}: {ran:?}");
    }
}

#[test]
fn a_signal_without_a_handler_ends_the_program_as_ever() {
    let ran = Havoc::new().inject("fsync:signal=SIGTERM").apart().run(testee::c("counted"), &["."]);
    assert_eq!((ran.status, ran.out.as_str()), (128 + 15, ""), "{ran:?}");
    assert!(ran.log.contains("havoc: the program was killed by SIGTERM"), "{ran:?}");
}
