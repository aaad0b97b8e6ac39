//! What must hold whatever the program and the rule are.
use havoc_tests::apart::{bounded, has_namespace, is_root};
use havoc_tests::havoc::{self, Havoc};
use havoc_tests::skip::skip;
use havoc_tests::{outside, testee};

#[test]
fn one_busy_thread_does_not_keep_the_others_waiting() {
    // Every call stops, the spinning thread's too.
    let havoc = Havoc::new().inject("getppid:error=EPERM:when=1").options(["-C", "--timeout", "30"]);
    let ran = havoc.run(testee::c("spins_beside_others"), &[]);
    assert_eq!(ran.out, "others: done\nspinner: went on\n", "{ran:?}");
    assert!(ran.summary("getppid").0 > 1000, "{ran:?}");
}

#[test]
fn whichever_call_of_a_program_fails_it_comes_to_an_end() {
    let (mut ended, mut injected) = (0, 0);
    let every = if outside::is_emulated() { 5 } else { 1 };
    for number in (1..=120).step_by(every) {
        let rule = format!("all:error=EIO:when={number}");
        let ran = Havoc::new().apart().inject(&rule).options(["--timeout", "20"]).run("ls", &["-l", "/"]);
        assert!(![124, 125].contains(&ran.status), "{rule}: {ran:?}");
        ended += 1;
        injected += ran.injected();
    }
    assert_eq!(ended, 120 / every);
    // ls makes about a hundred calls; those that are never faulted are left out.
    assert!(injected > ended / 2, "{injected}");
}

#[test]
fn a_proc_of_another_namespace_is_refused_with_the_remedy() {
    if !has_namespace() {
        return skip("no PID namespace to be had inside a container");
    }
    let mut unshare = bounded("unshare");
    if !is_root() {
        unshare.args(["--user", "--map-root-user"]);
    }
    // Without --mount-proc.
    let output =
        unshare.args(["--pid", "--fork", "--kill-child", "--"]).arg(havoc::binary()).arg("true").output();
    let output = output.expect("unshare runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        said.contains("/proc belongs to another PID namespace") && said.contains("--mount-proc"),
        "{said}"
    );
    assert_eq!(output.status.code(), Some(125), "{said}");
}
