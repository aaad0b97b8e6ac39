//! exec, by the leader and by other threads.
use super::*;
use crate::kernel::{LostPrivilege, Privilege};
use std::collections::BTreeSet;

/// A process with two more threads.
fn three_threads() -> Script {
    Script::begun().clones(100, 101).traps(101).clones(100, 102).traps(102)
}

#[test]
fn a_thread_that_execs_takes_the_leaders_place_in_the_tree() {
    let script = three_threads().exits(102, 0).execs_from(100, 101).forks(100, 200).traps(200);
    let ran = Case::default().trace("fsync").play(script.exits(200, 0).exits(100, 7));
    assert_eq!(
        ran.place(200),
        place(&[3]),
        "the third child of the root, not the first of its second thread"
    );
    assert_eq!(ran.report.root, Some(crate::kernel::Ended::Exited(7)));
    assert_eq!(
        ran.log,
        [
            "[pid 102] +++ exited with 0 +++",
            "[pid 100] +++ superseded by execve in pid 101 +++",
            "[pid 200] +++ exited with 0 +++",
            "[pid 100] +++ exited with 7 +++"
        ]
    );
}

#[test]
fn the_call_of_a_thread_that_execs_ends_under_the_leaders_id() {
    let script = three_threads().calls(101, "execve", &[]).exits(102, 0).execs_from(100, 101).returns(100, 0);
    let ran = Case::default().trace("execve").play(script.exits(100, 0));
    assert_eq!(ran.did()[5..], ["101 to exit", "100 to exit", "100 runs"]);
    assert_eq!(ran.counted("execve"), (1, 2));
    assert!(
        ran.log.iter().any(|line| line.starts_with("[pid 100] execve(") && line.ends_with("= 0")),
        "{:?}",
        ran.log
    );
}

#[test]
fn of_two_threads_that_exec_at_once_one_is_left_unfinished() {
    let script = three_threads().calls(101, "execve", &[]).calls(102, "execve", &[]).exits(101, 0);
    let ran = Case::default().trace("execve").play(script.execs_from(100, 102).returns(100, 0).exits(100, 0));
    assert_eq!(ran.log.iter().filter(|line| line.contains("<unfinished ...>")).count(), 1);
    assert_eq!(ran.counted("execve"), (2, 3));
}

#[test]
fn the_call_that_the_leader_was_in_is_unfinished() {
    let script = three_threads().calls(100, "read", &[3]).calls(101, "execve", &[]).exits(102, 0);
    let ran =
        Case::default().trace("read,execve").play(script.execs_from(100, 101).returns(100, 0).exits(100, 0));
    let read: Vec<&String> = ran.log.iter().filter(|line| line.contains("read(")).collect();
    assert_eq!(read, ["[pid 100] read(3, ..., 0 <unfinished ...>) = ?"]);
    assert_eq!((ran.counted("read"), ran.counted("execve")), ((1, 1), (1, 2)));
}

#[test]
fn threads_that_an_exec_takes_away_without_an_end_are_not_waited_for() {
    let script = three_threads().calls(102, "read", &[3]).vanishes_unreported(102).execs_from(100, 101);
    let ran = Case::default().trace("read").play(script.exits(100, 4));
    assert_eq!((ran.report.root, ran.report.lost), (Some(crate::kernel::Ended::Exited(4)), None));
    assert!(ran.log[0].starts_with("[pid 102] read(3, ..., 0 <unfinished ...>)"), "{:?}", ran.log);
}

#[test]
fn a_thread_killed_in_its_exec_ends_under_the_id_of_its_leader() {
    let script = three_threads().calls(101, "execve", &[]).exits(102, 0).vanishes_unreported(101);
    let ran = Case::default().trace("execve").play(script.killed(100, Signal::KILL));
    assert_eq!(ran.report.lost, None);
    assert_eq!(ran.log.iter().filter(|line| line.contains("<unfinished ...>")).count(), 1);
}

#[test]
fn the_program_begins_though_the_kernel_does_not_say_who_made_the_exec() {
    let script = Script::new().execs(100).calls(100, "fsync", &[3]).exits(100, 0);
    let kernel = ScriptedKernel::new(script).with_mishap(0, crate::kernel::script::Mishap::Refused);
    let ran = Case::rules(&["fsync:error=EIO"]).play_on(kernel);
    assert_eq!(ran.kernel.requests()[0], "event_task");
    assert_eq!(ran.rule(0), (1, 1));
}

#[test]
fn an_exec_that_succeeds_keeps_its_exit_stop() {
    let script = Script::new().calls(100, "execve", &[]).execs(100).returns(100, 0);
    let ran = Case::default().trace("execve").play(script.exits(100, 0));
    assert_eq!(ran.did(), ["100 to exit", "100 to exit", "100 runs"]);
    assert_eq!(ran.counted("execve"), (1, 2));
}

#[test]
fn an_exec_that_fails_is_a_call_like_any_other() {
    let script = Script::begun().calls(100, "execve", &[]).returns(100, -2).exits(100, 0);
    let ran = Case::default().trace("execve").play(script);
    assert!(ran.log[0].ends_with("= -1 ENOENT (No such file or directory)"), "{:?}", ran.log);
}

#[test]
fn a_program_whose_exec_fails_never_began() {
    let script = Script::new().calls(100, "execve", &[]).returns(100, -2).exits(100, 127);
    let ran = Case::default().trace("execve").play(script);
    assert!(ran.report.never_began);
    assert!(ran.log.is_empty());
}

#[test]
fn what_is_kept_of_a_task_is_forgotten_at_its_exec_and_of_nobody_else() {
    let script = Script::begun().vforks(100, 200).traps(200).execs(200).calls(100, "fsync", &[3]);
    let ran = Case::rules(&["fsync:error=EIO"]).play(script.exits(200, 0).exits(100, 0));
    let forgotten: Vec<&String> = ran.acts.iter().filter(|act| act.ends_with("forgotten")).collect();
    assert_eq!(forgotten, ["100 is forgotten", "200 is forgotten", "200 is forgotten", "100 is forgotten"]);
}

#[test]
fn what_is_kept_of_the_former_thread_is_forgotten_too() {
    let ran =
        Case::default().play(Script::begun().clones(100, 101).traps(101).execs_from(100, 101).exits(100, 0));
    assert!(ran.acts.iter().any(|act| act == "101 is forgotten"));
}

#[test]
fn after_vfork_and_exec_the_childs_own_mappings_are_judged() {
    let script = Script::begun().with(|world| world.map(100, 0x7000, 0x8000, "/data/a")).vforks(100, 200);
    let script = script.traps(200).with(|world| world.map(200, 0x7000, 0x8000, "/data/a")).execs(200);
    let script = script.then(|world| {
        world.unmap(200);
        world.map(200, 0x7000, 0x8000, "/data/b");
    });
    let script = script.calls(200, "msync", &[0x7000, 4096, 4]).calls(100, "msync", &[0x7000, 4096, 4]);
    let ran = Case::rules(&["msync:error=EIO:path=**/b"]).play(script.exits(200, 0).exits(100, 0));
    assert_eq!(ran.written(), ["200 skips: -5"]);
}

#[test]
fn a_call_interrupted_before_an_exec_is_not_the_same_call_in_the_new_program() {
    let script =
        Script::begun().calls(100, "read", &[3]).returns(100, -512).execs(100).calls(100, "read", &[3]);
    let ran = Case::default().trace("read").play(script.returns(100, 0).exits(100, 0));
    assert_eq!(ran.counted("read"), (2, 4));
}

#[test]
fn a_program_without_what_its_file_gives_is_reported() {
    for privilege in [Privilege::SetId, Privilege::Capabilities] {
        let script = Script::begun().with(|world| world.lost(200, "/bin/su", privilege));
        let script = script.forks(100, 200).traps(200).execs(200);
        let ran = Case::default().play(script.exits(200, 0).exits(100, 0));
        let lost = LostPrivilege { program: b"/bin/su".to_vec(), privilege };
        assert_eq!(ran.report.blind.lost_privileges, BTreeSet::from([lost]));
    }
}
