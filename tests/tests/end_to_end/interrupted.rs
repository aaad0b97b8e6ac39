//! havoc's own calls say EINTR or EAGAIN: that is no answer, and costs no match, no status and not the run.
use havoc_tests::havoc::Havoc;
use havoc_tests::scene::Scene;
use havoc_tests::skip::skip;
use havoc_tests::{outside, testee};
use std::fs;

/// SECCOMP_IOCTL_NOTIF_SEND and _ID_VALID take a lock that a signal interrupts the wait for. It is hardly ever contended, so
/// strace plays the kernel.
#[test]
fn an_interrupted_answer_to_a_notification_is_given_again() {
    if !outside::has_notify() {
        return skip("no engine `notify` here");
    }
    if !outside::has_program("strace") {
        return skip("no strace");
    }
    let mut seen = 0;
    for when in (3..30).step_by(3) {
        let havoc = Havoc::under("notify").inject("msync:error=ENOANO:path=a.bin");
        let said = havoc.directory().with_extension("strace");
        let when = format!("inject=ioctl:error=EINTR:when={when}..{}", when + 2);
        let words = ["strace", "-qq", "-o", said.to_str().expect("ASCII"), "-e", "trace=ioctl", "-e", &when];
        let ran = havoc.started_by(words).run(testee::c("forker"), &["."]);
        let said = fs::read_to_string(&said).expect("what strace saw");
        let is_notifications = |line: &str| line.contains("NOTIF_SEND") || line.contains("NOTIF_ID_VALID");
        seen += said.lines().filter(|line| line.contains("INJECTED") && is_notifications(line)).count();
        let failed = ran.failed_by("No anode");
        assert_eq!((ran.status, failed.len(), ran.injected()), (0, 4, 4), "{when}: {ran:?}");
    }
    assert!(seen > 10, "only {seen} of havoc's requests were interrupted");
}

/// Standard error is the program's too, and O_NONBLOCK belongs to what both have open.
#[test]
fn a_log_that_the_program_makes_non_blocking_is_whole() {
    for engine in outside::engines() {
        let played = Scene::new()
            .with(testee::c("does_not_block"))
            .variable("engine", *engine)
            .play(
                r#"{ "$havoc" --engine $engine --inject close:error=EIO:fd=1000000 -- "$does_not_block" 4000; echo "status $?" > status; } 2>&1 |
                { sleep 0.5; cat > all; }
                cat status; grep -c INJECTED all; grep -o "4000 injected" all"#,
            );
        assert_eq!(played.out, "status 7\n4000\n4000 injected\n", "{engine}: {played:?}");
    }
}
