//! What a call costs: exactly 0 stops if no rule names it, 1 if it is skipped or left alone, 2 if its result is wanted.
use crate::engines::are_both_here;
use havoc_tests::havoc::{Havoc, Ran, verifies};
use havoc_tests::{apart, outside, testee};
use std::path::{Path, PathBuf};
use std::process::Command;

/// With `--debug-verify` havoc awaits the exit of skipped calls as well.
fn stops_of_a_skipped_call() -> u64 {
    if verifies() { 2 } else { 1 }
}

#[track_caller]
fn assert_stops(options: &[&str], program: &Path, call: &str, expected: (u64, u64)) {
    let havoc = Havoc::new().options(["-C"]).options(options.iter().copied());
    let ran = havoc.run(program, &["."]);
    assert_eq!(ran.summary(call), expected, "{options:?}: {ran:?}");
    assert_eq!(ran.status, 0);
}

#[test]
fn a_skipped_call_and_one_on_another_file_take_one_stop_each() {
    let instead = stops_of_a_skipped_call();
    let rule = ["--inject", "msync:error=EIO:path=a.bin"];
    // Ten flushes of each file.
    assert_stops(&rule, &testee::rust("mapped_files"), "msync", (20, 10 * instead + 10));
    // Four tasks, one msync of each file.
    assert_stops(&rule, &testee::c("forker"), "msync", (8, 4 * instead + 4));
    assert_stops(&rule, &testee::c_static("forker"), "msync", (8, 4 * instead + 4));
    let other = ["--inject", "msync:error=EIO:path=c.bin"];
    assert_stops(&other, &testee::c("forker"), "msync", (8, 8));
}

#[test]
fn a_call_whose_result_is_replaced_or_logged_takes_two_stops() {
    let program = testee::rust("mapped_files");
    assert_stops(&["--inject", "msync:error=EIO:path=a.bin:after"], &program, "msync", (20, 10 * 2 + 10));
    assert_stops(&["--inject", "msync:path=a.bin:log"], &program, "msync", (20, 10 * 2 + 10));
    assert_stops(&["--trace", "msync"], &program, "msync", (20, 20 * 2));
    assert_stops(&["--inject", "msync:log"], &testee::c("forker"), "msync", (8, 8 * 2));
    // Logged because of --trace, and skipped: still one stop, for a made-up result is known at once.
    let both = ["--trace", "msync", "--inject", "msync:error=EIO:path=a.bin"];
    assert_stops(&both, &program, "msync", (20, 10 * stops_of_a_skipped_call() + 10 * 2));
}

#[test]
fn a_match_that_is_not_picked_takes_one_stop() {
    let expected = (20, 19 + stops_of_a_skipped_call());
    assert_stops(&["--inject", "msync:error=EIO:when=7"], &testee::rust("mapped_files"), "msync", expected);
}

#[test]
fn calls_that_the_constants_of_every_rule_turn_away_run_without_a_stop() {
    let instead = stops_of_a_skipped_call();
    let program = testee::c("arguments");
    // Of the two calls each, one is meant.
    assert_stops(&["--inject", "fsync:error=ENOANO:fd=-1"], &program, "fsync", (1, instead));
    assert_stops(
        &["--inject", "lseek:error=ENOANO:arg3=SEEK_END:path=a.bin"],
        &program,
        "lseek",
        (1, instead),
    );
    let both = ["--inject", "lseek:log:arg3=SEEK_END", "--inject", "lseek:error=ENOANO:arg2=0x100000005"];
    assert_stops(&both, &program, "lseek", (2, instead + 2));
    // Another rule wants to see them all, or the log does.
    let two = ["--inject", "fsync:error=ENOANO:fd=-1", "--inject", "fsync:error=EIO:path=b.bin"];
    assert_stops(&two, &program, "fsync", (2, instead + 1));
    let traced = ["--inject", "fsync:error=ENOANO:fd=-1", "--trace", "fsync"];
    assert_stops(&traced, &program, "fsync", (2, instead + 2));
}

#[test]
fn a_rule_that_never_fired_says_what_it_was_not_shown() {
    let rules = [
        ("fsync:error=EIO:fd=77", "fd="),
        ("openat:error=EIO:arg3&O_TMPFILE:path=a.bin", "arg3&"),
        ("fsync:error=EIO:fd=3:path=b.bin", "fd="),
    ];
    for (nth, (rule, key)) in rules.into_iter().enumerate() {
        let ran = Havoc::new().inject(rule).run(testee::c("arguments"), &["."]);
        let unseen = format!(
            "havoc:   (calls that its {key} turns away run without a stop and are not counted: --trace shows them)"
        );
        assert!(ran.log.lines().any(|line| line == unseen), "{rule}: {ran:?}");
        let none = format!("havoc:   none of the calls it names was seen to pass its {key}");
        // O_TMPFILE has the bit of O_DIRECTORY; nobody opens directories here.
        assert_eq!(ran.log.lines().any(|line| line == none), nth < 2, "{rule}: {ran:?}");
        assert_eq!(
            ran.lines_with("near miss: fsync <<dir>/a.bin>").len(),
            usize::from(nth == 2),
            "{rule}: {ran:?}"
        );
        // Told of everything, it says what it was shown.
        let ran = Havoc::new()
            .inject(rule)
            .options(["--trace", "fsync,openat"])
            .run(testee::c("arguments"), &["."]);
        assert!(!ran.log.contains("turns away") && ran.log.contains("near miss: "), "{rule}: {ran:?}");
    }
}

fn worker_reads(havoc: &Havoc, program: &Path, count: &str) -> Ran {
    let file = havoc.directory().join("file");
    std::fs::write(&file, "x").expect("write a file");
    havoc.run(program, &["file", count])
}

#[test]
fn calls_that_no_rule_names_never_stop_in_any_thread_or_child() {
    for program in [testee::c("worker_reads"), testee::c_static("worker_reads")] {
        let havoc = Havoc::under("ptrace").inject("fsync:error=EIO").options(["-C"]);
        let ran = worker_reads(&havoc, &program, "20000");
        for who in ["main", "worker", "fork child", "exec child"] {
            assert!(ran.out.contains(&format!("{who}: 20000 reads in ")), "{ran:?}");
        }
        // 1 + 4 + 3 + 2: the program's exec; the events of the thread's clone3, of two forks and of an exec; the first
        // stops of three tasks; two SIGCHLD. And clone3 itself, whose flags might hold CLONE_UNTRACED; where libc makes
        // the thread by clone, the filter sees the flags.
        let expected = |clone3: u64| {
            format!(
                "{} stops in all: 0 of calls, {clone3} of sentinels, 10 of tasks and signals",
                10 + clone3
            )
        };
        // On aarch64 libc took to clone3 later.
        let may_be_clone = outside::is_aarch64() || !outside::has_clone3();
        let said = ran.lines_with("stops in all");
        assert!(
            said == [expected(1)] && outside::has_clone3() || said == [expected(0)] && may_be_clone,
            "{ran:?}"
        );
        assert!(!ran.log.lines().any(|line| line.ends_with(" read") || line.contains("read(")), "{ran:?}");
    }
}

#[test]
fn who_is_not_traced_stops_for_its_exec_alone() {
    if !are_both_here() {
        return;
    }
    for program in [testee::c("worker_reads"), testee::c_static("worker_reads")] {
        let havoc = Havoc::under("notify").options(["-C"]).inject("fsync:error=EIO");
        let ran = worker_reads(&havoc, &program, "20000");
        // The program's exec, twice: when it is tried, and when it is done. And that of its child.
        let expected = "3 stops in all: 0 of calls, 1 of sentinels, 2 of tasks and signals";
        assert_eq!(ran.lines_with("stops in all"), [expected], "{ran:?}");
    }
}

/// The last CPU that we may use, if `taskset` is there to hold programs on it.
fn pinned() -> Vec<String> {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let list = status.lines().find_map(|line| line.strip_prefix("Cpus_allowed_list:")).unwrap_or_default();
    let last = list.trim().rsplit([',', '-']).next().unwrap_or_default().to_owned();
    let works = Command::new("taskset").args(["-c", &last, "true"]).status().is_ok_and(|it| it.success());
    if works { vec!["taskset".to_owned(), "-c".to_owned(), last] } else { Vec::new() }
}

/// Nanoseconds of the reads in the main thread and in the second one.
fn times(out: &str) -> [u64; 2] {
    ["main: ", "worker: "].map(|who| {
        let line = out.lines().find(|line| line.starts_with(who)).unwrap_or_else(|| panic!("{out}"));
        line.split(' ').nth_back(1).and_then(|word| word.parse().ok()).unwrap_or_else(|| panic!("{out}"))
    })
}

#[test]
fn three_hundred_thousand_unnamed_reads_run_within_1_15_of_native() {
    // 60 times 5 000: a few milliseconds each, so that some of them run without being preempted on a busy machine.
    const READS: &str = "5000";
    // Kernels before 5.11 run the filter at every call instead of keeping its answers, and emulation makes that dear.
    let limit = if outside::is_emulated() { 1.5 } else { 1.15 };
    let rounds = outside::scaled(60) as usize;
    let program: PathBuf = testee::c_static("worker_reads");
    let pinned = pinned();
    let mut native = [const { Vec::new() }; 2];
    let mut traced = [const { Vec::new() }; 2];
    let mut ratios = [f64::MAX; 2];
    // In turn, native and traced. A machine that is busy for long gets more rounds.
    for round in 1..=rounds * 10 {
        let havoc = Havoc::new().inject("fsync:error=EIO").started_by(&pinned);
        let of_traced = times(&worker_reads(&havoc, &program, READS).out);
        let words: Vec<_> =
            pinned.iter().map(String::as_str).chain([program.to_str().expect("ASCII")]).collect();
        let output = apart::bounded(words[0])
            .args(&words[1..])
            .args(["file", READS])
            .current_dir(havoc.directory())
            .output()
            .expect("the testee runs");
        let of_native = times(&String::from_utf8_lossy(&output.stdout));
        for thread in 0..2 {
            native[thread].push(of_native[thread]);
            traced[thread].push(of_traced[thread]);
        }
        if round >= rounds {
            ratios = [0, 1].map(|thread| ratio(&traced[thread], &native[thread]));
            if ratios.iter().all(|ratio| *ratio <= limit) {
                return;
            }
        }
    }
    panic!("{ratios:?} times native in the main and the second thread");
}

/// How much slower: of the fastest runs, or in the median of neighbouring runs. Either suffices, for what else the machine
/// does adds time to the one or the other, and what havoc costs is in both.
fn ratio(traced: &[u64], native: &[u64]) -> f64 {
    let fastest = |times: &[u64]| *times.iter().min().expect("a time") as f64;
    let mut pairs: Vec<f64> =
        traced.iter().zip(native).map(|(traced, native)| *traced as f64 / *native as f64).collect();
    pairs.sort_by(f64::total_cmp);
    (fastest(traced) / fastest(native)).min(pairs[pairs.len() / 2])
}

/// Above some hundred tasks a tracer waits in another way, in which a signal for many stops comes once.
#[test]
fn every_call_of_a_crowd_is_seen_once_by_either_engine() {
    let program = testee::c("crowd");
    let (threads, calls) = (320, outside::scaled(20).max(2));
    for engine in outside::engines() {
        let havoc = Havoc::under(engine).options(["-c"]).inject("fsync:error=EIO:path=file");
        let ran = havoc.run(&program, &["file", &threads.to_string(), &calls.to_string()]);
        let all = u64::from(threads * calls);
        assert_eq!(ran.out, format!("{all} failed\n"), "{engine}: {ran:?}");
        assert_eq!(ran.summary("fsync").0, all, "{engine}: {ran:?}");
    }
}
