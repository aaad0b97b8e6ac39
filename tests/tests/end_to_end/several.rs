//! Several rules on one call, several actions in one rule, and rules on every call there is.
use havoc_tests::havoc::{Havoc, Ran};
use havoc_tests::{outside, testee};

#[test]
fn delays_and_signals_add_up_and_the_first_outcome_decides() {
    let ran = Havoc::new()
        .inject("fsync:delay_enter=400ms:path=2:name=waits")
        .inject("fsync:error=ENOSPC:path=2:name=fails")
        .inject("fsync:error=EIO:delay_exit=300ms:path=2:name=late")
        .inject("fsync:delay_enter=300ms:path=2:signal=SIGWINCH:name=tells")
        .inject("fsync:log:name=logs")
        .run(testee::c("delayed"), &["four", "."]);
    assert!(ran.printed("2: ENOSPC, late"), "{ran:?}");
    for number in [1, 3, 4] {
        assert!(ran.printed(&format!("{number}: ok, in time")), "{ran:?}");
    }
    let [line] = ran.lines_with("(INJECTED)")[..] else { panic!("{ran:?}") };
    let done = "(INJECTED) (fails instead) (DELAYED) (waits delay_enter 400ms) (DELAYED) (late delay_exit 300ms) \
                (DELAYED) (tells delay_enter 300ms, signal SIGWINCH)";
    assert!(line.ends_with(done), "{ran:?}");
    assert_eq!(ran.lines_with("[pid ").len(), 4, "all are logged: {ran:?}");
    for (rule, count) in [
        ("waits", "1 match, 1 injected"),
        ("fails", "1 match, 1 injected"),
        // Its delay took place.
        ("late", "1 match, 1 injected"),
        ("tells", "1 match, 1 injected"),
        ("logs", "4 matches"),
    ] {
        assert!(ran.lines_with(&format!("rule {rule} ("))[0].ends_with(count), "{rule}: {ran:?}");
    }
}

#[test]
fn a_rule_that_does_several_things_does_them_all() {
    let ran = Havoc::new()
        .inject("write:arg3:=2:poke_exit=@arg2=5a:path=a.bin:when=2:delay_enter=1ms")
        .run(testee::c("moves_bytes"), &["."]);
    assert!(ran.out.starts_with("write: returned 8, "), "{ran:?}");
    let havoc = Havoc::new().inject("pwrite64:arg3:=2:poke_enter=@arg2=5a5a:delay_enter=1ms:signal=SIGWINCH");
    let ran = havoc.run(testee::c("moves_bytes"), &["."]);
    assert!(
        ran.printed("pwrite64: returned 2, 5a5a030405060708") && ran.printed("file pwrite64: 5a5a"),
        "{ran:?}"
    );
    let line = ran.lines_with("] pwrite64(")[0];
    let manner = "2 bytes poked at arg2, arg3:=2, was 0x8";
    assert!(line.contains(manner) && line.contains("delay_enter 1ms, signal SIGWINCH"), "{ran:?}");
}

/// Runs a shell with a pipe and several processes under a rule on all calls.
fn smoke(seed: &str, rule: &str) -> Ran {
    let script = "echo begin; cat /etc/passwd | grep -c root; for i in 1 2; do true; (echo $i); done; ls /";
    let havoc = Havoc::new().options(["--seed", seed, "--timeout", "30s"]).inject(rule).apart();
    havoc.run("sh", &["-c", script])
}

#[test]
fn a_rule_on_every_call_comes_to_an_end_with_whatever_becomes_of_the_program() {
    let seeds = if outside::is_emulated() { 1..=2 } else { 1..=8 };
    for seed in seeds.map(|seed| seed.to_string()) {
        for rule in [
            "all:error=EPERM:chance=1%",
            "all:error=EPERM:chance=20%",
            "all:error=EINTR:chance=2%:after",
            "all:retval=0:chance=1%",
            "all:signal=SIGWINCH:chance=5%",
            "all:short=1",
            "all:corrupt=flip/1:chance=5%",
        ] {
            let ran = smoke(&seed, rule);
            // A program that tries again for ever may be ended, and by nothing but the time limit: havoc tells.
            assert!(ran.log.contains("havoc: the program ") || ran.status == 124, "{rule} {seed}: {ran:?}");
            assert_ne!(ran.status, 125, "{rule} {seed}: {ran:?}");
            assert_eq!(ran.lines_with("NOT VERIFIED"), [""; 0], "{rule} {seed}: {ran:?}");
        }
    }
}

#[test]
fn a_program_goes_on_as_ever_when_every_call_is_late_or_followed_by_a_signal_that_means_nothing() {
    let expected = smoke("1", "getpid:log").out;
    assert!(expected.starts_with("begin\n"), "{expected}");
    for rule in ["all:delay_enter=1us", "all:delay_exit=1us", "all:signal=SIGWINCH", "all:log"] {
        let ran = smoke("1", rule);
        assert_eq!((ran.out.as_str(), ran.status), (expected.as_str(), 0), "{rule}: {ran:?}");
    }
}
