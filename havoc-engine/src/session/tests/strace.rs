//! strace's expressions in a run: who is touched, who counts, and what is logged.
use super::*;
use crate::plan::syntax::strace::{Surroundings, parse_expressions};
use crate::plan::{CallSet, PathPattern};

/// What `-e` with these expressions means, `-f` before them or not.
fn expressions(follows: bool, texts: &[&str]) -> Case {
    with_paths(follows, &[], texts)
}

fn with_paths(follows: bool, paths: &[PathPattern], texts: &[&str]) -> Case {
    let texts: Vec<String> = texts.iter().map(ToString::to_string).collect();
    let surroundings = Surroundings { paths, follows, rules_before: 0 };
    let asked = parse_expressions(&texts, &surroundings).expect("the expressions of a test are good");
    Case::default().with(|config| {
        config.plan.rules = asked.rules;
        config.logging = Logging {
            calls: Some(asked.trace.unwrap_or_else(CallSet::all)),
            selectors: asked.selectors,
            statuses: asked.statuses.unwrap_or_default(),
            signals: asked.signals,
            ..Logging::default()
        };
    })
}

/// Calls that fail instead of being executed, by task.
fn failed(ran: &Ran) -> Vec<&str> {
    ran.log.iter().map(String::as_str).filter(|line| line.contains("(INJECTED)")).collect()
}

#[test]
fn each_thread_counts_each_call_by_itself() {
    let calls = |script: Script, tid, names: &[&str]| {
        names.iter().fold(script, |script, name| script.calls(tid, name, &[]).returns(tid, 0))
    };
    // A call that a rule skips has no exit.
    let skipped = |script: Script, tid, name: &str| script.calls(tid, name, &[]);
    let script = calls(Script::begun(), 100, &["getuid", "geteuid"]);
    let script = script.clones(100, 101).traps(101);
    let script = calls(script, 101, &["geteuid", "getuid"]);
    let script = skipped(skipped(script, 101, "getuid"), 100, "getuid");
    let script = calls(script, 100, &["getuid"]);
    let script = skipped(skipped(script, 100, "geteuid"), 101, "geteuid");
    let ran = expressions(true, &["getuid,geteuid", "inject=getuid,geteuid:error=EIO:when=2"])
        .play(script.exits(101, 0).exits(100, 0));
    let tasks: Vec<&str> = failed(&ran).into_iter().map(|line| line.split('(').next().unwrap()).collect();
    assert_eq!(tasks, ["[pid 101] getuid", "[pid 100] getuid", "[pid 100] geteuid", "[pid 101] geteuid"]);
    assert_eq!(ran.rule(0), (9, 4));
}

#[test]
fn a_child_begins_anew_and_an_exec_goes_on() {
    let script = Script::begun().calls(100, "getuid", &[]).returns(100, 0).forks(100, 200).traps(200);
    let script = script.calls(200, "getuid", &[]).returns(200, 0).execs(100).calls(100, "getuid", &[]);
    let ran = expressions(true, &["getuid", "fault=getuid:when=2"]).play(script.exits(200, 0).exits(100, 0));
    assert_eq!(failed(&ran).len(), 1);
    assert!(failed(&ran)[0].starts_with("[pid 100] getuid() = -1 ENOSYS"), "{:?}", ran.log);
}

#[test]
fn without_f_children_are_followed_and_neither_touched_nor_logged() {
    let script =
        Script::begun().forks(100, 200).traps(200).calls(200, "getuid", &[]).signal(200, Signal::HUP);
    let script = script.exits(200, 3).calls(100, "getuid", &[]).exits(100, 0);
    let ran = expressions(false, &["getuid", "inject=getuid:retval=7"]).play(script);
    let of_root = ["[pid 100] getuid() = 7 (INJECTED) (getuid#1 instead)", "[pid 100] +++ exited with 0 +++"];
    assert_eq!(ran.log, of_root);
    assert_eq!(ran.rule(0), (1, 1));
}

#[test]
fn only_calls_of_the_file_are_counted_and_logged() {
    let script = Script::begun().with(|world| {
        world.file(100, 3, "/a");
        world.file(100, 4, "/b");
    });
    let script = script.calls(100, "fsync", &[4]).calls(100, "fsync", &[3]).returns(100, 0);
    let script = script.calls(100, "getuid", &[]).calls(100, "fsync", &[3]).exits(100, 0);
    let paths = [PathPattern::literal(b"/a", Path::new("/")).unwrap()];
    let ran = with_paths(false, &paths, &["inject=all:error=EIO:when=2"]).play(script);
    assert_eq!(
        ran.log,
        [
            "[pid 100] fsync(3</a>) = 0",
            "[pid 100] fsync(3</a>) = -1 EIO (Input/output error) (INJECTED) (all#1 instead)",
            "[pid 100] +++ exited with 0 +++"
        ]
    );
}

/// Plays calls of task 100, which has /a, /b and the directory /d as descriptors 3, 4 and 5, and returns how many a rule on
/// `path` in these words has matched.
fn matches_of(path: &str, call: &str, calls: &[&[u64]], memory: &[(u64, &[u8])]) -> u64 {
    let script = || {
        let script = Script::begun().with(|world| {
            for (descriptor, name) in [(3, "/a"), (4, "/b"), (5, "/d")] {
                world.file(100, descriptor, name);
            }
            for (address, bytes) in memory {
                world.bytes(100, *address, bytes);
            }
        });
        let script = calls.iter().fold(script, |script, arguments| script.calls(100, call, arguments));
        script.exits(100, 0)
    };
    let paths = [PathPattern::literal(path.as_bytes(), Path::new("/")).unwrap()];
    with_paths(true, &paths, &[&format!("inject={call}:error=EIO")]).play(script()).rule(0).0
}

/// A descriptor of struct pollfd, with its events.
fn pollfd(descriptor: i32) -> Vec<u8> {
    [descriptor.to_ne_bytes(), [1, 0, 0, 0]].concat()
}

#[test]
fn p_selects_calls_that_wait_for_the_files_descriptor_in_memory() {
    let both = [pollfd(-1), pollfd(4), pollfd(3)].concat();
    // The 90th struct comes in the second piece that is read.
    let many = [vec![pollfd(4); 89], vec![pollfd(3)]].concat().concat();
    let memory: &[(u64, &[u8])] =
        &[(0x5000, &both), (0x6000, &many), (0x7000, &[0x10, 0]), (0x7100, &[0x08, 0])];
    let calls = |path, call, calls: &[&[u64]]| matches_of(path, call, calls, memory);
    assert_eq!(calls("/a", "ppoll", &[&[0x5000, 3], &[0x5000, 2], &[0x5000, 0xbeef_0000_0003]]), 2);
    assert_eq!(calls("/a", "ppoll", &[&[0x6000, 90], &[0x6000, 89], &[0x9000, 3]]), 1);
    // A set of 5 descriptors holds 4, one of 4 holds 3.
    assert_eq!(calls("/b", "pselect6", &[&[5, 0x7000], &[4, 0x7000], &[5, 0, 0x7100, 0x7000]]), 2);
    assert_eq!(calls("/a", "pselect6", &[&[5, 0x7000], &[5, 0, 0, 0x7100], &[-1i64 as u64, 0x7100]]), 1);
}

#[test]
fn p_selects_what_is_done_below_a_directory_by_its_descriptor() {
    let memory: &[(u64, &[u8])] = &[(0x5000, b"x\0"), (0x6000, b"/d/x\0")];
    let calls = |path, calls: &[&[u64]]| matches_of(path, "unlinkat", calls, memory);
    let at_cwd = i64::from(libc::AT_FDCWD).cast_unsigned();
    let all: &[&[u64]] = &[&[5, 0x5000], &[at_cwd, 0x6000], &[4, 0x5000]];
    assert_eq!(calls("/d", all), 1);
    assert_eq!(calls("/d/x", all), 2);
}

#[test]
fn in_havoc_s_language_a_file_below_a_directory_is_not_the_directory() {
    let script = Script::begun().with(|world| {
        world.file(100, 5, "/d");
        world.bytes(100, 0x5000, b"x\0");
    });
    let script = script.calls(100, "unlinkat", &[5, 0x5000]).exits(100, 0);
    let ran = Case::rules(&[
        "unlinkat:error=EIO:path=/d",
        "unlinkat:error=EIO:path!=/d/x",
        "unlinkat:error=EIO:path!=/d",
    ])
    .play(script);
    assert_eq!([0, 1, 2].map(|rule| ran.rule(rule)), [(0, 0), (0, 0), (1, 1)]);
}

#[test]
fn what_is_shown_is_chosen_by_status_and_signal() {
    let script = || {
        let script = Script::begun().calls(100, "fsync", &[3]).returns(100, 0).signal(100, Signal::HUP);
        let script = script.calls(100, "fsync", &[3]).returns(100, -5).signal(100, Signal::INT);
        script.calls(100, "fsync", &[3]).killed(100, Signal::KILL)
    };
    let shown = |expression: &str| {
        let ran = expressions(false, &["fsync", expression]).play(script());
        let kind = |line: &String| match line {
            line if line.contains("= 0") => "0",
            line if line.contains("EIO") => "EIO",
            line if line.contains("unfinished") => "?",
            line if line.contains("SIGHUP {") => "HUP",
            line if line.contains("SIGINT {") => "INT",
            line if line.contains("+++ killed by SIGKILL") => "KILL",
            line => panic!("{line}"),
        };
        ran.log.iter().map(kind).collect::<Vec<_>>().join(" ")
    };
    for (expression, expected) in [
        ("status=all", "0 HUP EIO INT ? KILL"),
        ("status=successful", "0 HUP INT KILL"),
        ("status=failed", "HUP EIO INT KILL"),
        ("status=unfinished", "HUP INT ? KILL"),
        ("status=!unfinished", "0 HUP EIO INT KILL"),
        ("status=detached", "HUP INT KILL"),
        ("signal=INT", "0 EIO INT ?"),
        ("signal=!INT", "0 HUP EIO ? KILL"),
        ("signal=none", "0 EIO ?"),
    ] {
        assert_eq!(shown(expression), expected, "{expression}");
    }
}

#[test]
fn a_call_that_a_rule_acted_on_is_shown_whatever_its_status() {
    let script = Script::begun().calls(100, "fsync", &[3]).exits(100, 0);
    let ran = expressions(false, &["fsync", "status=successful", "inject=fsync:error=EIO"]).play(script);
    assert_eq!(failed(&ran).len(), 1, "{:?}", ran.log);
}

#[test]
fn nothing_is_written_through_an_argument_that_the_call_does_not_have() {
    let script = Script::begun().calls(100, "fsync", &[3]).exits(100, 0);
    let ran = expressions(false, &["fsync", "inject=fsync:retval=0:poke_exit=@arg2=00:poke_enter=@arg7=00"])
        .play(script);
    assert!(ran.log[0].contains("(LEFT ALONE) (fsync#1: it has no arg2)"), "{:?}", ran.log);
    assert_eq!(ran.did()[1..], ["100 skips: 0", "100 runs"]);
}
