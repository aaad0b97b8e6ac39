//! Rules with a mistake in them, as people make them, and what they are told: each must lead to the right rule at the first
//! reading. The snapshot is for reading.
use havoc_tests::havoc::Havoc;
use havoc_tests::{outside, stable, testee};
use std::fmt::Write as _;
use std::fs;

/// What was wanted, the rules that were written, and the calls that `syncs_in_order` makes.
const MISTAKES: [(&str, &[&str], &str); 37] = [
    ("a letter is missing", &["fsync:error=EIO:path=x.b"], "f"),
    ("two letters are exchanged", &["fsync:error=EIO:path=y.bd"], "fF"),
    ("capital letters", &["fsync:error=EIO:path=X.DB"], "f"),
    ("quotes, as in a shell", &["fsync:error=EIO:path='x.db'"], "f"),
    ("the home directory", &["fsync:error=EIO:path=~/data/x.db"], "f"),
    ("a variable that no shell replaced", &["fsync:error=EIO:path=$DIR/x.db"], "f"),
    ("a blank", &["fsync:error=EIO:path= x.db"], "f"),
    ("another directory", &["fsync:error=EIO:path=/srv/data/x.db"], "f"),
    ("a relative path, from elsewhere", &["fsync:error=EIO:path=database/x.db"], "f"),
    ("a directory", &["fsync:error=EIO:path=data"], "f"),
    ("the name without its extension", &["fsync:error=EIO:path=y"], "F"),
    ("another call of the family", &["fsync:error=EIO:path=x.db"], "d"),
    ("another call, and the wrong file", &["msync:error=EIO:path=orders"], "m"),
    ("fewer calls than were counted on", &["fsync:error=EIO:path=x.db:when=5"], "ff"),
    ("a rule that another one comes before", &["fsync:error=EIO", "fsync:error=ENOSPC:path=x.db"], "f"),
    ("a time at which the program has ended", &["fsync:error=EIO:after-time=60s"], "f"),
    ("another process", &["fsync:error=EIO:path=x.db:comm=postgres"], "f"),
    ("a function of the C library", &["pread:error=EIO"], ""),
    ("another", &["fopen:error=EACCES"], ""),
    ("a third, that makes several calls", &["malloc:error=ENOMEM"], ""),
    ("the name in the kernel", &["__x64_sys_fsync:error=EIO"], ""),
    ("a name in capital letters", &["FSYNC:error=EIO"], ""),
    ("a call where a class goes", &["%fsync:error=EIO"], ""),
    ("an error without its key", &["fsync:EIO"], ""),
    ("the key of the C language", &["fsync:errno=ENOSPC"], ""),
    ("success as an error", &["fsync:error=0"], ""),
    ("an error as the kernel has it", &["fsync:error=-EIO"], ""),
    ("an error as a result", &["fsync:retval=-EIO"], ""),
    ("a key of another tool, for files", &["fsync:error=EIO:file=x.db"], ""),
    ("for counting", &["fsync:error=EIO:nth=3"], ""),
    ("for chance", &["fsync:error=EIO:prob=10%"], ""),
    ("a chance as a fraction of one", &["fsync:error=EIO:chance=0.1"], ""),
    ("for delays", &["fsync:delay=1s"], ""),
    ("a time with a decimal point", &["fsync:delay_enter=0.5s"], ""),
    ("a range with a dash", &["fsync:error=EIO:when=3-5"], ""),
    ("a blank between the items", &["fsync error=EIO"], ""),
    ("a semicolon between the items", &["fsync:error=EIO;path=x.db"], ""),
];

#[test]
fn every_mistake_is_told_so_that_the_right_rule_can_be_written() {
    let mut told = String::new();
    for (what, rules, order) in MISTAKES {
        let havoc =
            rules.iter().fold(Havoc::new(), |havoc, rule| havoc.inject(rule)).env("HOME", "/home/you");
        let data = havoc.directory().join("data");
        fs::create_dir(&data).expect("an empty directory has room");
        // Linked statically: there is no loader, whose files differ from machine to machine.
        let ran = havoc.run(testee::c_static("syncs_in_order"), &["data", order]);
        let _ = writeln!(told, "# {what}");
        for rule in rules {
            let _ = writeln!(told, "--inject \"{rule}\"");
        }
        let text = if ran.log.is_empty() { ran.err } else { ran.log };
        // Only what answers to the rule: whatever it did is in the log too, and a filter may lie above havoc.
        let kept = text.lines().filter(|line| {
            !line.starts_with("[pid ")
                && !line.contains("a seccomp filter above")
                && !line.ends_with("exited with 0")
        });
        for line in kept {
            let _ = writeln!(told, "{}", line.trim_end());
        }
        told.push('\n');
    }
    stable::settings().bind(|| insta::assert_snapshot!("mistakes", told));
}

#[test]
fn near_misses_stand_on_the_console_where_the_report_is_a_file() {
    let ran = Havoc::new()
        .inject("fsync:error=EIO:path=z.db")
        .run(testee::c_static("syncs_in_order"), &[".", "fF"]);
    for line in ["never fired: 0 matches", "near miss: fsync <", "help: did you mean path=x.db?"] {
        assert!(ran.err.contains(line) && ran.log.contains(line), "{line}: {ran:?}");
    }
    let quiet = Havoc::new()
        .options(["-q"])
        .inject("fsync:error=EIO:path=z.db")
        .run(testee::c_static("syncs_in_order"), &[".", "fF"]);
    assert_eq!(quiet.err, "", "{quiet:?}");
}

#[test]
fn the_nearest_of_many_misses_is_told_whenever_it_came() {
    // The loader and the C library open a number of files before.
    for rules in
        [&["openat:error=EIO:path=y.bd"][..], &["openat:error=EIO:path=y.bd", "openat:error=EIO:path=none"]]
    {
        let havoc = rules.iter().fold(Havoc::new(), |havoc, rule| havoc.inject(rule));
        let ran = havoc.run(testee::c("syncs_in_order"), &[".", "f"]);
        assert_eq!(ran.lines_with("near miss: ")[0], "havoc:   near miss: openat <<dir>/y.db>", "{ran:?}");
        assert_eq!(ran.lines_with("did you mean path=y.db?").len(), 1, "{ran:?}");
    }
}

#[test]
fn a_call_that_todays_c_library_does_not_make_leads_to_those_that_it_makes() {
    for (rules, expected) in [
        (
            &["open:error=EIO:path=x.db"][..],
            "C libraries open files by openat, fopen too: write %open instead of open",
        ),
        (&["stat:error=EIO:path=x.db"], "write %%stat instead of stat"),
        // Another rule has seen it.
        (
            &["open:error=EIO:path=x.db", "openat:path=x.db:log"],
            "fopen too; openat was called 4 times: write %open instead of open",
        ),
    ] {
        let havoc = rules.iter().fold(Havoc::new(), |havoc, rule| havoc.inject(rule));
        let ran = havoc.run(testee::c_static("syncs_in_order"), &[".", "f"]);
        if outside::is_aarch64() {
            // It has neither of them.
            assert!(ran.err.contains("; here programs make "), "{rules:?}: {ran:?}");
            continue;
        }
        assert!(ran.lines_with("  help: ")[0].contains(expected), "{rules:?}: {ran:?}");
    }
}

#[test]
fn a_strict_run_tells_how_the_program_ended_as_well() {
    for quiet in [&["--strict"][..], &["--strict", "-q"]] {
        let havoc = Havoc::new().options(quiet).inject("fsync:error=EIO").inject("msync:error=EIO");
        let ran = havoc.run("sh", &["-c", "exit 42"]);
        let expected = "havoc: the program exited with 42\n\
                        havoc: --strict: rules fsync#1, msync#2 never fired; status 123 is havoc's\n";
        assert_eq!(ran.status, 123, "{ran:?}");
        assert!(ran.err.ends_with(expected), "{ran:?}");
        assert_eq!(ran.log.ends_with(expected), quiet.len() == 1, "{ran:?}");
    }
}

#[test]
fn a_rule_whose_calls_another_decided_or_whose_number_never_came_says_so() {
    for (rules, expected) in [
        (
            &["fsync:error=EIO", "fsync:error=ENOSPC:path=x.db"][..],
            "1 match, decided by fsync#1, which comes first",
        ),
        (
            &["fsync:error=EIO:path=x.db", "fsync:error=ENOSPC:path=?.db:when=1"],
            "2 matches, 1 of them decided by fsync#1, which comes first",
        ),
        (&["fsync:error=EIO:when=3"], "2 matches, when=3 not reached"),
        (&["fsync:error=EIO:when=2:per=thread:path=x.db"], "1 match, when=2 not reached in any thread"),
        (&["fsync:error=EIO:chance=1/1000000000000"], "2 matches, none of them drawn by its chance="),
    ] {
        let havoc = rules.iter().fold(Havoc::new(), |havoc, rule| havoc.inject(rule));
        let ran = havoc.run(testee::c_static("syncs_in_order"), &[".", "fF"]);
        let ends = ran.lines_with(" never fired: ");
        assert_eq!(ends.len(), 1, "{rules:?}: {ran:?}");
        assert!(ends[0].ends_with(expected), "{rules:?}: {ran:?}");
    }
}

#[test]
fn calls_outside_of_a_window_are_told_of() {
    let havoc = Havoc::new().inject("fsync:error=EIO:after-time=60s:until=90s");
    let ran = havoc.run(testee::c_static("syncs_in_order"), &[".", "fF"]);
    let line = "havoc:   2 calls that it names were made outside of its after-time=60s and until=90s";
    assert_eq!(ran.lines_with("outside of").first(), Some(&line), "{ran:?}");
    assert!(ran.lines_with("none of the calls").is_empty(), "{ran:?}");
}

#[test]
fn an_error_that_the_manual_does_not_list_is_noted_where_the_rule_fired_and_no_kernel_returns_it() {
    for (rule, noted) in [
        ("msync:error=EIO", false),
        ("msync:error=ENOSPC", false),
        ("msync:error=ENOANO", true),
        ("msync:error=ENOANO:path=none", false),
    ] {
        let ran = Havoc::new().inject(rule).run(testee::c_static("syncs_in_order"), &[".", "m"]);
        assert_eq!(ran.lines_with("the manual does not list").len(), usize::from(noted), "{rule}: {ran:?}");
    }
}

#[test]
fn a_word_that_is_no_program_leads_to_the_option_or_subcommand_that_was_meant() {
    for (word, expected) in [
        ("fsync:error=EIO", "write `havoc --inject 'fsync:error=EIO' -- COMMAND`"),
        ("help", "`havoc --help` lists"),
        ("list", "`havoc syscalls` lists"),
        ("run", "write `havoc [OPTIONS] -- COMMAND`"),
    ] {
        let ran = Havoc::new().run(word, &[]);
        assert!(ran.err.contains(expected), "{word}: {ran:?}");
        assert_eq!(ran.status, 127, "{word}: {ran:?}");
    }
}

#[test]
fn a_level_of_the_diagnostics_that_is_not_known_is_an_error_and_debug_tells_of_every_engine() {
    let havoc = Havoc::new().env("HAVOC_LOG", "verbose").inject("fsync:error=EIO");
    let ran = havoc.run(testee::c_static("syncs_in_order"), &[".", "f"]);
    assert!(
        ran.err.contains("`verbose` is not a level") && ran.err.contains("write HAVOC_LOG=debug"),
        "{ran:?}"
    );
    assert_eq!((ran.status, ran.out.as_str()), (125, ""), "{ran:?}");
    for engine in outside::engines() {
        let havoc = Havoc::under(engine).env("HAVOC_LOG", "debug").inject("fsync:error=EIO");
        let ran = havoc.run(testee::c_static("syncs_in_order"), &[".", "f"]);
        assert!(ran.err.contains(&format!("havoc: debug: engine {engine}")), "{engine}: {ran:?}");
        assert!(ran.err.contains("instructions"), "{engine}: {ran:?}");
    }
}
