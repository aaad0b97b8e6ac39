//! Whose matches are counted together, and in which time a rule acts.
use havoc_tests::havoc::Havoc;
use havoc_tests::testee;

#[test]
fn matches_are_counted_by_program_process_or_thread_and_an_exec_keeps_the_count() {
    for (trigger, expected) in [
        ("when=2", &["main 2"][..]),
        ("per=program:when=2", &["main 2"]),
        ("per=program:when=12", &["exec 3"]),
        ("per=program:when=3+4", &["main 3", "child 1", "exec 2"]),
        ("per=process:when=2", &["main 2", "child 2"]),
        // The thread goes on with the count of its process, and the program with that of the child that executes it.
        ("per=process:when=5", &["thread 2", "exec 2"]),
        ("per=process:when=7+", &[]),
        ("per=thread:when=2", &["main 2", "thread 2", "child 2"]),
        ("per=thread:when=5", &["exec 2"]),
        ("per=thread:when=1..6+5", &["main 1", "thread 1", "child 1", "exec 3"]),
    ] {
        for at in ["", ":after"] {
            let rule = format!("fsync:error=EIO:{trigger}{at}");
            for program in [testee::c("counted"), testee::c_static("counted")] {
                let ran = Havoc::new().inject(&rule).run(program, &["."]);
                assert_eq!(ran.failed_by("EIO"), expected, "{rule}: {ran:?}");
                assert_eq!(ran.out.lines().count(), 12, "{rule}: {ran:?}");
                assert_eq!(ran.injected(), expected.len(), "{rule}: {ran:?}");
            }
        }
    }
}

#[test]
fn a_rule_acts_in_its_window_alone_and_counts_there_alone() {
    // The second half begins three seconds after the first, which takes no time.
    let script = "\"$0\" .; sleep 3; exec \"$0\" .";
    let windows = [
        ("until=2s", 1),
        ("after-time=2s", 1),
        ("after-time=2s:until=10000s", 1),
        ("after-time=9000s", 0),
        ("until=9000s", 2),
    ];
    let havoc = windows.iter().enumerate().fold(Havoc::new(), |havoc, (index, (window, _))| {
        havoc.inject(&format!("fsync:log:{window}:name=window-{index}"))
    });
    let program = testee::c_static("three_writes").display().to_string();
    let ran = havoc
        .inject("fsync:error=EIO:until=2s")
        .inject("fsync:error=ENOSPC:after-time=2s:when=1")
        .run("sh", &["-c", script, &program]);
    let synced: Vec<_> = ran.out.lines().filter_map(|line| line.strip_prefix("fsync: ")).collect();
    assert_eq!(synced, ["EIO", "ENOSPC"], "{ran:?}");
    for (index, (window, matches)) in windows.iter().enumerate() {
        let line = ran.lines_with(&format!("rule window-{index} ("))[0];
        let count = ["never fired: 0 matches", "1 match", "2 matches"][*matches];
        assert!(line.ends_with(count), "{window}: {ran:?}");
    }
}

#[test]
fn a_read_that_a_storm_of_signals_interrupts_is_delayed_once_and_fails_once() {
    let program = testee::c_static("restarted_read");
    for (action, third) in [
        ("delay_enter=20ms", "read 3: returned 1, interrupted: yes"),
        ("delay_exit=20ms", "read 3: returned 1, interrupted: yes"),
        ("delay_enter=20ms:error=ENOANO", "read 3: No anode"),
        ("delay_enter=20ms:delay_exit=20ms:error=ENOANO", "read 3: No anode"),
    ] {
        let rule = format!("read:when=3:{action}");
        let ran = Havoc::new().inject(&rule).options(["--trace", "read"]).apart().run(&program, &["storm"]);
        for read in 1..=2 {
            assert!(ran.printed(&format!("read {read}: returned 1, interrupted: yes")), "{rule}: {ran:?}");
        }
        assert!(ran.printed(third), "{rule}: {ran:?}");
        assert!(ran.log.contains("3 matches, 1 injected"), "{rule}: {ran:?}");
        let delayed = ran.lines_with("(DELAYED) (read#1 delay_");
        assert_eq!(delayed.len(), 1, "{rule}: {ran:?}");
        assert_eq!(delayed[0].contains("(INJECTED)"), action.contains("error"), "{rule}: {ran:?}");
    }
}
