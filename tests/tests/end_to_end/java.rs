//! A JVM: force() of a mapped buffer is an msync, in a process of twenty threads.
use havoc_tests::havoc::{Havoc, Ran};
use havoc_tests::stable;
use havoc_tests::testee;

fn force(havoc: Havoc) -> Ran {
    let classes = testee::java("Force");
    havoc.run("java", &["-cp", classes.to_str().expect("a path of ASCII"), "Force", "."])
}

fn assert_only_a_throws(ran: &Ran) {
    for time in 1..=2 {
        let a = format!("a.bin force {time}: java.io.UncheckedIOException: ");
        let thrown = ran.out.lines().find(|line| line.starts_with(&a)).unwrap_or_else(|| panic!("{ran:?}"));
        assert!(thrown.contains("No anode"), "{ran:?}");
        assert!(ran.printed(&format!("b.bin force {time}: ok")), "{ran:?}");
    }
    assert_eq!(ran.status, 0, "{ran:?}");
}

#[test]
fn force_throws_no_anode_for_one_file_and_succeeds_for_the_other() {
    let ran = force(Havoc::new().inject("msync:error=ENOANO:path=a.bin"));
    assert_only_a_throws(&ran);
    let injected = ran.lines_with("= -1 ENOANO (No anode) (INJECTED) (msync#1 instead)");
    assert_eq!(injected.len(), 2, "{ran:?}");
    assert!(injected.iter().all(|line| line.contains("<<dir>/a.bin+0x0>, 65536, MS_SYNC)")), "{ran:?}");
    assert_eq!(ran.lines_with("[pid ").len(), 2, "{ran:?}");
}

#[test]
fn force_throws_after_an_msync_that_took_place_too() {
    let ran = force(Havoc::new().inject("msync:error=ENOANO:path=a.bin:after"));
    assert_only_a_throws(&ran);
    let injected = ran.lines_with("= -1 ENOANO (No anode) (INJECTED) (msync#1 after, kernel returned 0)");
    assert_eq!(injected.len(), 2, "{ran:?}");
    assert!(injected.iter().all(|line| line.contains("<<dir>/a.bin+0x0>, 65536, MS_SYNC)")), "{ran:?}");
}

#[test]
fn the_stable_log_of_a_jvm_is_the_same_in_every_run() {
    let run = || {
        // By a rule and not by --trace: how many threads a JVM has, and which signals it takes, is the machine's affair.
        force(
            Havoc::new()
                .inject("msync:error=ENOANO:path=a.bin:when=2")
                .inject("msync:path=*.bin:log")
                .options(["--stable"]),
        )
    };
    let ran = run();
    stable::settings().bind(|| {
        insta::assert_snapshot!("jvm", stable::both_sides(&ran));
    });
    assert_eq!(run().log, ran.log);
}
