//! A thousand signals a second: each call is decided once, and `when=` hits the calls that it hits without signals.
use crate::engines::are_both_here;
use havoc_tests::havoc::{Havoc, Ran};
use havoc_tests::{outside, testee};

const RULES: [&str; 3] =
    ["fsync:error=EIO:when=5+7", "msync:error=EIO:when=2+2", "pwrite64:error=EIO:when=100..200"];
const CALLS: [&str; 3] = ["fsync", "msync", "pwrite64"];

fn run(engine: &str, mode: &str) -> Ran {
    let count = outside::scaled(3000).to_string();
    let havoc = RULES.iter().fold(Havoc::under(engine), |havoc, rule| havoc.inject(rule));
    let ran = havoc.options(["-C"]).run(testee::c("storms"), &[mode, ".", &count]);
    assert_eq!(ran.status, 0, "{engine} {mode}: {ran:?}");
    ran
}

/// The lines of a kind of call: how many were made, which failed.
fn told(ran: &Ran) -> Vec<&str> {
    ran.out.lines().filter(|line| line.contains(" made, ")).collect()
}

/// How many calls a signal has ended, of all kinds.
fn ended(ran: &Ran) -> u64 {
    let line = ran.out.lines().find_map(|line| line.strip_prefix("ended by EINTR: "));
    line.and_then(|count| count.parse().ok()).expect("a count")
}

/// How many calls the program has made of a kind, but for those that a signal ended.
fn made(ran: &Ran, call: &str) -> u64 {
    let line = told(ran).into_iter().find_map(|line| line.strip_prefix(call)?.strip_prefix(": "));
    line.and_then(|line| line.split(' ').next()?.parse().ok()).expect("a count")
}

#[track_caller]
fn assert_each_is_decided_once(ran: &Ran) {
    assert!(ran.printed("signals: yes"), "{ran:?}");
    for (call, rule) in CALLS.iter().zip(1..) {
        assert_eq!(ran.summary(call).0, made(ran, call), "{call}: {ran:?}");
        let matches = format!(": {} matches, ", made(ran, call));
        assert!(ran.lines_with(&format!("rule {call}#{rule} ("))[0].contains(&matches), "{ran:?}");
    }
}

#[test]
fn a_tracer_decides_each_call_once_in_a_storm_of_signals_whether_they_restart_calls_or_not() {
    let calm = run("ptrace", "calm");
    for mode in ["restart", "plain"] {
        let ran = run("ptrace", mode);
        assert_each_is_decided_once(&ran);
        assert_eq!((told(&ran), ended(&ran)), (told(&calm), 0), "{mode}: {ran:?}");
    }
}

#[test]
fn without_a_tracer_each_call_is_decided_once_in_a_storm_of_signals() {
    if !are_both_here() {
        return;
    }
    let [calm, ran] = ["calm", "restart"].map(|mode| run("notify", mode));
    assert_each_is_decided_once(&ran);
    assert_eq!((told(&ran), ended(&ran)), (told(&calm), 0), "{ran:?}");
    assert_eq!(told(&calm), told(&run("ptrace", "calm")), "{calm:?}");
}

/// docs/engines.md: a handler without SA_RESTART ends a call of which havoc has not heard yet. No rule has seen that one, and
/// all others are decided once.
#[test]
fn without_a_tracer_a_call_is_decided_once_or_ended_before_it_is_decided() {
    if !are_both_here() {
        return;
    }
    let ran = run("notify", "plain");
    assert_each_is_decided_once(&ran);
    let all = CALLS.iter().map(|call| made(&ran, call)).sum::<u64>() + ended(&ran);
    assert_eq!(all, 3 * u64::from(outside::scaled(3000)), "{ran:?}");
    // Where every instruction is emulated, a millisecond is hardly more than a call.
    assert!(outside::is_emulated() || ended(&ran) < all / 10, "{ran:?}");
}

/// A call that the kernel enters again is counted by a tracer, and `auto` takes one.
#[test]
fn a_read_of_a_pipe_is_counted_in_a_storm_since_auto_takes_ptrace_for_it() {
    // Linked statically: the loader reads, too.
    let program = testee::c_static("restarted_read");
    for read in 1..=3 {
        let rule = format!("read:error=ENOANO:when={read}");
        let ran = Havoc::new().inject(&rule).options(["-C"]).run(&program, &["storm"]);
        assert_eq!(ran.failed_by("No anode"), [format!("read {read}")], "{rule}: {ran:?}");
        assert_eq!(ran.summary("read").0, 3, "{rule}: {ran:?}");
        assert_eq!(ran.lines_with("engine "), ["engine ptrace"], "{rule}: {ran:?}");
    }
    let ran = Havoc::under("notify").inject("read:error=ENOANO:when=1").run(&program, &["storm"]);
    assert_eq!((ran.status, ran.out.as_str()), (125, ""), "{ran:?}");
    assert!(ran.err.contains("counts `read`, which the kernel may enter again after a signal"), "{ran:?}");
}
