//! Which of the matching calls a rule picks, and what it gives them.
use havoc_tests::havoc::{Havoc, Ran};
use havoc_tests::{outside, testee};

/// Which of the calls 1, 2, … of all tasks failed, by the testee's lines.
fn failed(ran: &Ran) -> Vec<usize> {
    let lines = ran.out.lines().filter(|line| line.contains("msync") || line.contains("flush"));
    lines.enumerate().filter(|(_, line)| line.contains("No anode")).map(|(index, _)| index + 1).collect()
}

const WHENS: [(&str, &[usize]); 14] = [
    ("1", &[1]),
    ("3", &[3]),
    ("8", &[8]),
    ("9", &[]),
    ("1+", &[1, 2, 3, 4, 5, 6, 7, 8]),
    ("6+", &[6, 7, 8]),
    ("2+3", &[2, 5, 8]),
    ("7+3", &[7]),
    ("2..4", &[2, 3, 4]),
    ("5..5", &[5]),
    ("7..99", &[7, 8]),
    ("1..7+2", &[1, 3, 5, 7]),
    ("3..6+3", &[3, 6]),
    ("18446744073709551615", &[]),
];

#[test]
fn when_counts_over_processes_and_threads() {
    // Eight msyncs, one after the other, in four tasks.
    for (when, expected) in WHENS {
        for at in ["", ":after"] {
            let rule = format!("msync:error=ENOANO:when={when}{at}");
            let ran = Havoc::new().inject(&rule).run(testee::c_static("forker"), &["."]);
            assert_eq!(failed(&ran), expected, "{rule}: {ran:?}");
            assert_eq!(ran.injected(), expected.len(), "{rule}: {ran:?}");
            let injected = format!(": 8 matches, {} injected", expected.len());
            let never = format!(" never fired: 8 matches, when={when} not reached");
            let end = if expected.is_empty() { never } else { injected };
            assert!(ran.lines_with("rule msync#1")[0].ends_with(&end), "{rule}: {ran:?}");
        }
    }
}

#[test]
fn when_counts_only_what_the_selectors_leave() {
    let rule = "msync:error=ENOANO:path=b.bin:when=2+2";
    let ran = Havoc::new().inject(rule).run(testee::c("forker"), &["."]);
    assert_eq!(ran.failed_by("No anode"), ["fork child: msync b.bin", "thread: msync b.bin"], "{ran:?}");
}

#[test]
fn each_rule_counts_for_itself() {
    let ran = Havoc::new()
        .inject("msync:error=ENOANO:when=2+3")
        .inject("msync:error=EIO:path=a.bin:when=2+")
        .run(testee::c("forker"), &["."]);
    assert_eq!(failed(&ran), [2, 5, 8], "{ran:?}");
    assert_eq!(
        ran.failed_by("Input/output error"),
        ["fork child: msync a.bin", "thread: msync a.bin"],
        "{ran:?}"
    );
}

#[test]
fn a_storm_of_threads_loses_no_count() {
    for (rule, failed) in [("when=1+2", 200), ("when=101..300", 200), ("when=400", 1)] {
        let rule = format!("msync:error=EIO:{rule}");
        let ran = Havoc::new().inject(&rule).run(testee::rust("thread_storm"), &["200", "."]);
        let flushes = format!("flushes: {} ok, {failed} failed, reads: 400 ok, 0 failed", 400 - failed);
        assert!(ran.out.contains(&flushes), "{rule}: {ran:?}");
        assert_eq!(ran.injected(), failed, "{rule}");
        assert!(ran.log.contains(&format!("400 matches, {failed} injected")), "{rule}: {ran:?}");
    }
}

#[test]
fn a_read_that_signals_interrupt_and_the_kernel_restarts_is_one_read() {
    // Linked statically: the loader reads, too.
    let program = testee::c_static("restarted_read");
    for mode in ["restart", "storm"] {
        for read in 1..=3 {
            let rule = format!("read:error=ENOANO:when={read}");
            let ran = Havoc::new().inject(&rule).run(&program, &[mode]);
            assert_eq!(ran.failed_by("No anode"), [format!("read {read}")], "{mode} {rule}: {ran:?}");
            assert!(ran.log.contains("3 matches, 1 injected"), "{mode} {rule}: {ran:?}");
            assert_eq!(ran.injected(), 1, "{mode} {rule}: {ran:?}");
            for other in (1..=3).filter(|other| *other != read) {
                let line = format!("read {other}: returned 1, interrupted: yes");
                assert!(ran.printed(&line), "{mode} {rule}: {ran:?}");
            }
        }
    }
}

#[test]
fn an_outcome_after_a_restarted_call_waits_for_its_end() {
    let program = testee::c_static("restarted_read");
    for mode in ["restart", "storm"] {
        for read in 1..=3 {
            // The byte is taken, so the program must be told so.
            let rule = format!("read:retval=1:after:when={read}");
            let ran = Havoc::new().inject(&rule).options(["--trace", "read"]).run(&program, &[mode]);
            for line in 1..=3 {
                let line = format!("read {line}: returned 1, interrupted: yes");
                assert!(ran.printed(&line), "{mode} {rule}: {ran:?}");
            }
            let lines = ran.lines_with("] read(");
            let ends: Vec<_> = lines.iter().filter(|line| !line.contains("ERESTARTSYS")).collect();
            assert_eq!(ends.len(), 3, "{mode} {rule}: {ran:?}");
            // On a busy machine one interruption may be for several ticks, so that it counts for little how many there are.
            assert!(lines.len() > ends.len(), "{mode} {rule}: {ran:?}");
            let injected = ends.iter().position(|line| line.ends_with("(read#1 after, kernel returned 1)"));
            assert_eq!((injected, ran.injected()), (Some(read - 1), 1), "{mode} {rule}: {ran:?}");
        }
    }
}

#[test]
fn a_read_that_a_handler_ends_is_over_and_the_next_try_is_another() {
    let program = testee::c_static("restarted_read");
    // Each of the three reads is ended once and tried again, from the same place with the same registers.
    for (number, hit) in [(3, "read 2"), (4, "read 2 again"), (6, "read 3 again")] {
        let rule = format!("read:error=EIO:when={number}");
        let ran = Havoc::new().inject(&rule).run(&program, &["eintr"]);
        assert!(ran.printed(&format!("{hit}: Input/output error")), "{rule}: {ran:?}");
    }
    let ran = Havoc::new().inject("read:error=EIO:after:when=3").options(["-C"]).run(&program, &["eintr"]);
    assert!(ran.printed("read 2: Interrupted system call"), "{ran:?}");
    assert_eq!(ran.lines_with("a signal handler ended it with EINTR, so (read#1 after) is dropped").len(), 1);
    assert_eq!((ran.summary("read").0, ran.injected()), (6, 0), "{ran:?}");
}

#[test]
fn a_value_comes_back_as_it_was_typed() {
    // `registers` says "ok" to anything that is no error.
    for (value, shown) in [
        ("0", "0"),
        ("1", "1"),
        ("9223372036854775807", "9223372036854775807"),
        ("-4096", "-4096"),
        ("-9223372036854775808", "-9223372036854775808"),
        ("0x7fffffff00000000", "9223372032559808512"),
    ] {
        for at in ["", ":after"] {
            let rule = format!("fsync:retval={value}{at}");
            let ran = Havoc::new().inject(&rule).run(testee::c("registers"), &[]);
            assert!(ran.printed("fsync: ok, preserved"), "{rule}: {ran:?}");
            assert!(ran.printed("msync: EINVAL, preserved"), "{rule}: {ran:?}");
            assert_eq!(
                ran.lines_with(&format!(") = {shown} (INJECTED) (fsync#1 ")).len(),
                1,
                "{rule}: {ran:?}"
            );
        }
    }
}

#[test]
fn a_value_that_means_an_error_is_refused_before_anything_runs() {
    for value in ["-1", "-4095", "-512", "18446744073709551615", "18446744073709551616", "one"] {
        let ran = Havoc::new().inject(&format!("fsync:retval={value}")).run(testee::c("registers"), &[]);
        assert_eq!((ran.status, ran.out.as_str()), (125, ""), "{value}: {ran:?}");
        assert!(ran.err.contains("error: ") && ran.err.contains(value), "{value}: {ran:?}");
    }
}

#[test]
fn a_result_that_its_task_does_not_live_to_see_is_left_out_of_the_count() {
    let script = ": > f; sync f & sleep 2; kill -9 $!; wait $!; echo status $?";
    for engine in outside::engines() {
        let havoc =
            Havoc::under(engine).inject("fsync:error=EIO:path=f").inject("fsync:error=ENOSPC:delay_exit=20s");
        let ran = havoc.run("sh", &["-c", script]);
        assert!(ran.printed("status 137"), "{engine}: {ran:?}");
        assert!(ran.lines_with("rule fsync#1 (")[0].ends_with(" never fired: 1 match"), "{engine}: {ran:?}");
        assert!(ran.lines_with("rule fsync#2 (")[0].ends_with(": 1 match, 1 injected"), "{engine}: {ran:?}");
        let left = "1 call left alone: its task was gone before it could be told";
        assert_eq!(ran.lines_with(left).len(), 1, "{engine}: {ran:?}");
    }
}
