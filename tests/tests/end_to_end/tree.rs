//! Every task of the tree is followed: forked, vforked and exec'd children, threads, and those made by clone3.
use havoc_tests::havoc::{Havoc, Ran};
use havoc_tests::skip::skip;
use havoc_tests::{outside, stable, testee};
use std::path::Path;

const BORN_AND_GONE: &str = "clone,clone3,vfork,execve,wait4,exit,exit_group";

#[track_caller]
fn assert_every_task_fails_for_a(ran: &Ran, error: &str) {
    for who in ["parent", "fork child", "vfork child", "thread"] {
        assert!(ran.printed(&format!("{who}: msync a.bin: {error}")), "{who}: {ran:?}");
        assert!(ran.printed(&format!("{who}: msync b.bin: ok")), "{who}: {ran:?}");
    }
    assert_eq!(ran.status, 0, "{ran:?}");
}

#[test]
fn one_rule_hits_the_parent_the_forked_and_the_vforked_child_and_the_thread() {
    for (program, error) in [
        (testee::c("forker"), "Input/output error"),
        (testee::c_static("forker"), "Input/output error"),
        (testee::c_musl("forker"), "I/O error"),
    ] {
        for (rule, outcome) in [
            ("msync:error=EIO:path=a.bin", "(INJECTED) (msync#1 instead)"),
            ("msync:error=EIO:path=a.bin:after", "(INJECTED) (msync#1 after, kernel returned 0)"),
        ] {
            let ran = Havoc::new().inject(rule).run(&program, &["."]);
            assert_every_task_fails_for_a(&ran, error);
            // Where its parent has b.bin the vforked child has a.bin, and the other way round.
            assert!(ran.printed("vfork child: swapped: yes"), "{ran:?}");
            let injected = ran.lines_with(outcome);
            assert_eq!(injected.len(), 4, "{ran:?}");
            assert!(injected.iter().all(|line| line.contains("<<dir>/a.bin+0x0>, 65536, MS_SYNC)")));
            let tasks: std::collections::BTreeSet<_> =
                injected.iter().filter_map(|line| line.split(']').next()).collect();
            assert_eq!(tasks.len(), 4, "{ran:?}");
        }
    }
}

/// The log of a run, with what the program said; the same in the second run, and in a third on one CPU.
fn stable_log(run: impl Fn(Havoc) -> Ran) -> String {
    let ran = run(Havoc::new());
    assert_eq!(run(Havoc::new()).log, ran.log);
    assert_eq!(run(Havoc::new().started_by(["taskset", "-c", "0"])).log, ran.log);
    stable::both_sides(&ran)
}

#[test]
fn the_stable_log_shows_fork_vfork_exec_and_a_thread() {
    let program = testee::c("forker");
    let run = |havoc: Havoc| {
        let trace = outside::calls_here(&format!("msync,{BORN_AND_GONE}"));
        stable::run_by_name(havoc.inject("msync:error=ENOANO:path=a.bin").stable(&trace), &program, &["."])
    };
    stable::with_threads(stable::settings_of_this_architecture()).bind(|| {
        insta::assert_snapshot!("fork_vfork_exec_and_thread", stable_log(run));
    });
}

#[test]
fn the_stable_log_shows_children_made_by_clone() {
    let program = testee::c("clone_children");
    let run = |havoc: Havoc| {
        let trace = outside::calls_here(&format!("msync,{BORN_AND_GONE}"));
        stable::run_by_name(havoc.inject("msync:error=ENOANO:path=a.bin").stable(&trace), &program, &["."])
    };
    stable::settings().bind(|| insta::assert_snapshot!("clone", stable_log(run)));
}

#[test]
fn the_stable_log_shows_a_child_made_by_clone3() {
    if !outside::has_clone3() {
        return skip("clone3 is not to be had here");
    }
    let program = testee::c("clone3_child");
    let run = |havoc: Havoc| {
        let trace = outside::calls_here(&format!("msync,{BORN_AND_GONE}"));
        stable::run_by_name(
            havoc.inject("msync:error=ENOANO:path=a.bin:after").stable(&trace),
            &program,
            &["."],
        )
    };
    stable::settings().bind(|| insta::assert_snapshot!("clone3", stable_log(run)));
}

#[test]
fn the_stable_log_shows_how_an_exec_from_a_thread_takes_the_leaders_place() {
    let program = testee::c("exec_from_thread");
    let run = |havoc: Havoc| {
        let trace = outside::calls_here(&format!("msync,{BORN_AND_GONE}"));
        stable::run_by_name(
            havoc.inject("msync:error=ENOANO:path=a.bin:when=2+").stable(&trace),
            &program,
            &["."],
        )
    };
    stable::with_threads(stable::settings())
        .bind(|| insta::assert_snapshot!("exec_from_thread", stable_log(run)));
}

#[test]
fn a_static_and_a_dynamic_program_have_the_same_stable_log_whatever_their_c_library() {
    let log = |program: &Path| {
        let havoc = Havoc::new().inject("msync,munmap:path=*.bin:log").options(["--stable"]);
        havoc.run(program, &["."]).log
    };
    let log_of_static = log(&testee::c_static("forker"));
    assert_eq!(log(&testee::c("forker")), log_of_static);
    assert_eq!(log(&testee::c_musl("forker")), log_of_static);
    assert_eq!(log_of_static.matches("] msync(").count(), 8, "{log_of_static}");
    assert_eq!(log_of_static.matches("] munmap(").count(), 4, "{log_of_static}");
}
