//! A rule picks its file and no other, instead of the call or after it, and says so if it never did.
use havoc_tests::havoc::{Havoc, Ran};
use havoc_tests::{outside, testee};

fn assert_only_a_fails(ran: &Ran) {
    for flush in 1..=10 {
        assert!(ran.printed(&format!("a.bin flush {flush}: No anode (os error 55)")), "{ran:?}");
        assert!(ran.printed(&format!("b.bin flush {flush}: ok")), "{ran:?}");
    }
    assert_eq!(ran.status, 0, "{ran:?}");
}

fn assert_logs_ten_of_a(ran: &Ran, outcome: &str) {
    let injected = ran.lines_with(outcome);
    assert_eq!(injected.len(), 10, "{ran:?}");
    assert!(injected.iter().all(|line| line.contains("<<dir>/a.bin+0x0>, 16384, MS_SYNC) = ")), "{ran:?}");
    assert_eq!(ran.lines_with("[pid ").len(), 10, "{ran:?}");
}

#[test]
fn an_msync_fails_for_one_mapped_file_and_succeeds_for_the_other() {
    let havoc = Havoc::new().inject("msync:error=ENOANO:path=a.bin");
    let ran = havoc.run(testee::rust("mapped_files"), &["."]);
    assert_only_a_fails(&ran);
    assert_logs_ten_of_a(&ran, "= -1 ENOANO (No anode) (INJECTED) (msync#1 instead)");
}

#[test]
fn after_an_msync_that_took_place_its_result_is_replaced_for_that_file() {
    let havoc = Havoc::new().inject("msync:error=ENOANO:path=a.bin:after");
    let ran = havoc.run(testee::rust("mapped_files"), &["."]);
    assert_only_a_fails(&ran);
    assert_logs_ten_of_a(&ran, "= -1 ENOANO (No anode) (INJECTED) (msync#1 after, kernel returned 0)");
}

#[test]
fn a_rule_that_never_fired_is_reported_with_its_near_misses() {
    let havoc = Havoc::new().inject("msync:error=EIO:path=c.bin");
    let ran = havoc.run(testee::rust("mapped_files"), &["."]);
    let end = "havoc: rule msync#1 (msync:error=EIO:path=c.bin) never fired: 0 matches\n\
               havoc:   near miss: msync <<dir>/a.bin>\n\
               havoc:   near miss: msync <<dir>/b.bin>\n\
               havoc:   help: did you mean path=a.bin?\n\
               havoc: the program exited with 0\n";
    assert_eq!(ran.log, end);
    assert_eq!(ran.lines_with("[pid ").len(), 0, "{ran:?}");
    // The log is a file, so the reader of the terminal is told to look.
    assert!(ran.err.contains("some rules did not fire"), "{ran:?}");
    assert_eq!(ran.status, 0);
}

#[test]
fn a_rule_whose_calls_were_never_made_says_that() {
    let ran = Havoc::new().inject("fsync:error=EIO").run(testee::rust("mapped_files"), &["."]);
    let why = if outside::has_filter() {
        "havoc:   (a seccomp filter above havoc, as a container has, may answer them before they are seen)\n"
    } else {
        ""
    };
    let end = format!(
        "havoc: rule fsync#1 (fsync:error=EIO) never fired: 0 matches\n\
         havoc:   none of the calls it names was seen\n\
         {why}havoc:   help: databases mostly make fdatasync, and what is mapped is written by msync: write %persist \
         instead of fsync (--trace %persist shows which are made)\n\
         havoc: the program exited with 0\n"
    );
    assert_eq!(ran.log, end);
}

#[test]
fn a_strict_run_fails_with_123_if_one_of_its_rules_never_fired() {
    for (rules, status) in [
        (&["msync:error=EIO:path=c.bin"][..], 123),
        (&["msync:error=EIO:path=a.bin", "msync:error=EIO:path=a.bin:when=11"], 123),
        (&["msync:error=EIO:path=a.bin"], 0),
        (&["msync:error=EIO:path=a.bin", "msync:path=b.bin:log"], 0),
        (&["msync:path=c.bin:log"], 123),
    ] {
        let havoc = rules.iter().fold(Havoc::new().options(["--strict"]), |havoc, rule| havoc.inject(rule));
        let ran = havoc.run(testee::rust("mapped_files"), &["."]);
        assert_eq!(ran.status, status, "{rules:?}: {ran:?}");
        assert_eq!(ran.err.contains("--strict: rule msync#"), status == 123, "{rules:?}: {ran:?}");
        assert_eq!(ran.log.contains("status 123 is havoc's"), status == 123, "{rules:?}: {ran:?}");
        assert!(ran.printed("b.bin flush 10: ok"), "{ran:?}");
    }
}

#[test]
fn of_two_rules_with_outcomes_on_one_call_the_first_decides_and_both_count() {
    let havoc = Havoc::new()
        .inject("msync:error=EIO:path=a.bin:when=2+:name=first")
        .inject("msync:error=ENOSPC:path=*.bin:name=second");
    let ran = havoc.run(testee::rust("mapped_files"), &["."]);
    assert!(ran.printed("a.bin flush 1: No space left on device (os error 28)"), "{ran:?}");
    for flush in 2..=10 {
        assert!(ran.printed(&format!("a.bin flush {flush}: Input/output error (os error 5)")), "{ran:?}");
    }
    assert_eq!(ran.out.matches("b.bin flush").count(), 10, "{ran:?}");
    assert_eq!(ran.out.matches("b.bin flush").count(), ran.lines_with("b.bin").len(), "{ran:?}");
    assert_eq!(ran.lines_with("(first instead)").len(), 9, "{ran:?}");
    assert_eq!(ran.lines_with("(second instead)").len(), 11, "{ran:?}");
    assert_eq!(ran.lines_with("rule first (").len(), 1, "{ran:?}");
    assert!(ran.lines_with("rule first (")[0].ends_with(": 10 matches, 9 injected"), "{ran:?}");
    assert!(ran.lines_with("rule second (")[0].ends_with(": 20 matches, 11 injected"), "{ran:?}");
}
