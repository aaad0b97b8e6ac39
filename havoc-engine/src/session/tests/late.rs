//! Rules that only the result can judge, signals of rules, counters of threads and processes, chance.
use super::*;

#[test]
fn a_rule_on_the_result_is_judged_and_counted_at_the_exit() {
    let script = Script::begun()
        .calls(100, "fsync", &[3])
        .returns(100, -5)
        .calls(100, "fsync", &[3])
        .returns(100, 0)
        .calls(100, "fsync", &[3])
        .returns(100, 0)
        .exits(100, 0);
    let ran = Case::rules(&["fsync:ret=0:error=ENOSPC:after:when=2"]).play(script);
    assert_eq!(ran.rule(0), (2, 1));
    assert_eq!(ran.written(), ["100 is told -28"]);
    assert_eq!(ran.log.len(), 1, "only what a rule acted on: {:?}", ran.log);
}

#[test]
fn of_two_rules_that_replace_a_result_the_first_decides_also_if_it_is_the_late_one() {
    let script = Script::begun().calls(100, "fsync", &[3]).returns(100, 0).exits(100, 0);
    let ran = Case::rules(&["fsync:ret=0:error=ENOSPC:after", "fsync:error=EIO:after"]).play(script);
    assert_eq!(ran.written(), ["100 is told -28"]);
    let script = Script::begun().calls(100, "fsync", &[3]).exits(100, 0);
    let ran = Case::rules(&["fsync:ret=0:error=ENOSPC:after", "fsync:error=EIO"]).play(script);
    assert_eq!(ran.written(), ["100 skips: -5"], "what is never executed has no result");
}

#[test]
fn a_signal_of_a_rule_is_delivered_as_the_kernels() {
    let script = Script::begun()
        .calls(100, "fsync", &[3])
        .returns(100, 0)
        .signal(100, Signal::HUP)
        .signal(100, Signal::HUP)
        .exits(100, 0);
    let ran = Case::rules(&["fsync:signal=HUP"]).play(script);
    assert_eq!(
        ran.did(),
        [
            "100 runs",
            "100/100 is sent SIGHUP",
            "100 to exit",
            "100 runs",
            "100 has it from the kernel",
            "100 gets SIGHUP",
            // The second is somebody else's.
            "100 gets SIGHUP"
        ]
    );
    assert_eq!(ran.rule(0), (1, 1));
    assert_eq!(ran.log, ["[pid 100] fsync(3) = 0 (INJECTED) (fsync#1 signal SIGHUP)"]);
}

fn three_each() -> Script {
    let mut script = Script::begun().clones(100, 101).traps(101).forks(100, 200).traps(200);
    for _ in 0..3 {
        for task in [100, 101, 200] {
            script = script.calls(task, "fsync", &[3]);
        }
    }
    script.exits(200, 0).exits(101, 0).exits(100, 0)
}

#[test]
fn matches_are_counted_by_program_process_or_thread() {
    for (per, told) in [
        ("program", vec!["101 skips: -5"]),
        ("process", vec!["101 skips: -5", "200 skips: -5"]),
        ("thread", vec!["100 skips: -5", "101 skips: -5", "200 skips: -5"]),
    ] {
        let rule = format!("fsync:error=EIO:when=2:per={per}");
        let rule = if per == "program" { rule.replace("when=2", "when=5") } else { rule };
        let ran = Case::rules(&[&rule]).play(three_each());
        assert_eq!(ran.written(), told, "{rule}");
        assert_eq!(ran.rule(0).0, 9);
    }
}

/// The process of one that makes a call cannot be looked up.
fn of_no_known_process() -> Script {
    let begun = Script::begun().with(crate::kernel::script::World::notifies);
    begun.calls(200, "fsync", &[3]).vanishes_unreported(200).exits(100, 0)
}

#[test]
fn where_every_match_is_picked_none_is_counted_by_process() {
    assert_eq!(Case::rules(&["fsync:error=EIO:per=process"]).play(of_no_known_process()).rule(0), (1, 1));
}

#[test]
fn a_match_that_cannot_be_counted_by_process_is_not_judged() {
    let ran = Case::rules(&["fsync:error=EIO:per=process:when=1"]).play(of_no_known_process());
    assert_eq!(ran.rule(0), (0, 0));
    assert_eq!(ran.report.rules[0].tally.hidden, 1);
}

#[test]
fn an_exec_keeps_the_counter_of_its_thread() {
    let script = Script::begun()
        .clones(100, 101)
        .traps(101)
        .calls(101, "fsync", &[3])
        .execs_from(100, 101)
        .calls(100, "fsync", &[3])
        .exits(100, 0);
    let ran = Case::rules(&["fsync:error=EIO:when=2:per=thread"]).play(script);
    assert_eq!(ran.written(), ["100 skips: -5"]);
}

#[test]
fn chance_does_not_depend_on_what_other_threads_do() {
    let failed = |script: Script, task: i32, seed| -> Vec<bool> {
        let ran = Case::rules(&["fsync:error=EIO:chance=50%"])
            .with(|config| config.seed = seed)
            .play_on(ScriptedKernel::new(script));
        let skips = format!("{task} skips");
        ran.acts
            .windows(2)
            .filter(|pair| pair[1] == format!("{task} runs") || pair[1].starts_with(&skips))
            .map(|pair| pair[1].starts_with(&skips))
            .collect()
    };
    let alone = |task: i32| {
        let begun = Script::begun().clones(100, 101).traps(101);
        let script = (0..20).fold(begun, |script, _| script.calls(task, "fsync", &[3]));
        script.exits(101, 0).exits(100, 0)
    };
    let beside = |task: i32| {
        let begun = Script::begun().clones(100, 101).traps(101);
        let script = (0..20)
            .fold(begun, |script, _| script.calls(201 - task, "fsync", &[3]).calls(task, "fsync", &[3]));
        script.exits(101, 0).exits(100, 0)
    };
    assert_eq!(failed(alone(101), 101, 7), failed(beside(101), 101, 7));
    assert_ne!(failed(alone(101), 101, 7), failed(alone(101), 101, 8));
}

#[test]
fn a_window_counts_only_what_comes_in_it() {
    let script = Script::begun()
        .calls(100, "fsync", &[3])
        .passes(10)
        .calls(100, "fsync", &[3])
        .passes(10)
        .calls(100, "fsync", &[3])
        .exits(100, 0);
    let ran = Case::rules(&["fsync:error=EIO:after-time=5ms:until=15ms"]).play(script);
    assert_eq!(ran.rule(0), (1, 1));
}

#[test]
fn what_is_uncounted_is_neither_logged_nor_counted() {
    let script = Script::begun().calls(100, "fsync", &[3]).exits(100, 0);
    let ran = Case::rules(&["fsync:error=EIO:uncounted"]).play(script);
    assert_eq!(ran.did(), ["100 runs", "100 skips: -5", "100 runs"]);
    assert!(ran.log.is_empty() && ran.report.calls.is_empty());
    assert!(ran.report.rules[0].uncounted && !ran.report.rules[0].fired());
}

#[test]
fn a_call_that_was_changed_already_stays_with_the_rule_that_changed_it() {
    let script = Script::begun()
        .with(|world| world.file(100, 3, "/data/a"))
        .calls(100, "read", &[3, 0, 10])
        .returns(100, 4)
        .exits(100, 0);
    let ran = Case::rules(&["read:ret>0:error=EIO:after:signal=HUP", "read:short=4"]).play(script);
    assert_eq!([ran.rule(0), ran.rule(1)], [(1, 1), (1, 1)]);
    assert!(ran.written().iter().all(|act| !act.contains("told")), "{:?}", ran.written());
    assert!(ran.log[0].contains("(INJECTED) (read#2 short, 4 of 10)"), "{:?}", ran.log);
}
