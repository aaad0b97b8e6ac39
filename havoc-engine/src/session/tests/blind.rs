//! What is not the program's, what cannot be seen, and what opens a hole.
use super::*;
use crate::kernel::script::HAVOC;
use crate::task::Pid;

#[test]
fn calls_of_havocs_own_child_are_neither_counted_nor_faulted() {
    let script = Script::new().calls(100, "fsync", &[3]).calls(100, "write", &[3]).execs(100).exits(100, 0);
    let ran = Case::rules(&["all:error=EIO"]).trace("all").play(script);
    assert_eq!(ran.did(), ["100 runs", "100 runs", "100 runs"]);
    assert_eq!((ran.rule(0), ran.counted("fsync"), ran.counted("write")), ((0, 0), (0, 0), (0, 0)));
    assert_eq!(ran.log, ["[pid 100] +++ exited with 0 +++"]);
}

#[test]
fn the_first_exec_is_logged_and_never_faulted() {
    let script = Script::new().calls(100, "execve", &[]).execs(100).returns(100, 0).exits(100, 0);
    let ran = Case::rules(&["execve:error=ENOENT"]).trace("execve").play(script);
    assert_eq!(ran.rule(0), (0, 0));
    assert!(ran.log[0].starts_with("[pid 100] execve("), "{:?}", ran.log);
}

#[test]
fn a_task_that_hides_its_files_does_not_match_and_is_counted() {
    let script = Script::begun().with(|world| {
        world.file(100, 3, "/data/a");
        world.hide(100);
    });
    let rules = ["fsync:error=EIO:path=**/a", "fsync:error=EIO:path!=**/b"];
    let ran = Case::rules(&rules).play(script.calls(100, "fsync", &[3]).exits(100, 0));
    assert_eq!(ran.did(), ["100 runs", "100 runs"]);
    assert_eq!([0, 1].map(|rule| ran.report.rules[rule].tally.hidden), [1, 1]);
}

#[test]
fn files_are_those_of_the_calling_task_when_its_leader_is_gone() {
    let script = Script::begun().clones(100, 101).traps(101).with(|world| {
        world.file(101, 3, "/data/a");
        world.map(101, 0x7000, 0x8000, "/data/a");
    });
    let script = script.calls(101, "fsync", &[3]).calls(101, "msync", &[0x7000, 4096, 4]);
    let ran = Case::rules(&["fsync,msync:error=EIO:path=**/a"]).play(script.exits(101, 0).exits(100, 0));
    assert_eq!(ran.written(), ["101 skips: -5", "101 skips: -5"]);
}

#[test]
fn a_tracer_of_havoc_itself_is_refused_and_one_of_others_is_not() {
    let script = Script::begun()
        .calls(100, "ptrace", &[16, HAVOC as u64])
        .calls(100, "ptrace", &[0x4206, 0x7_0000_0000 | HAVOC as u64])
        .calls(100, "ptrace", &[16, HAVOC as u64 + 1])
        .returns(100, -1)
        .calls(100, "ptrace", &[0, HAVOC as u64])
        .returns(100, -1);
    let ran = Case::rules(&["fsync:error=EIO"]).play(script.exits(100, 0));
    assert_eq!(ran.written(), ["100 skips: -1"; 2]);
    let blind = ran.report.blind;
    assert_eq!((blind.tracers_of_havoc.count, blind.own_tracers.count), (2, 2));
    let first = blind.tracers_of_havoc.first.expect("the first");
    assert_eq!((first.what, first.process), ("ptrace(PTRACE_ATTACH)", Pid::new(100)));
}

#[test]
fn a_filter_above_the_program_is_told() {
    for above in [false, true] {
        let script = Script::begun().with(|world| {
            if above {
                world.filter_above();
            }
        });
        let ran = Case::rules(&["fsync:error=EIO"]).play(script.exits(100, 0));
        assert_eq!(ran.report.filter_above, above);
    }
}

#[test]
fn the_vdso_is_noted_where_it_has_the_function() {
    for (has, is_noted) in [(&["getcpu"][..], false), (&["getrandom", "time"], true)] {
        let script = Script::begun().with(|world| world.vdso(has)).exits(100, 0);
        let ran = Case::rules(&["getrandom:error=EAGAIN"]).play(script);
        let note = "the vDSO may answer calls of getrandom; those are never seen";
        assert_eq!(ran.report.rules[0].vdso.as_deref(), is_noted.then_some(note));
    }
}

#[test]
fn a_refused_sentinel_does_not_cost_a_call_its_rules() {
    use crate::kernel::script::Mishap;
    let script = Script::begun().calls(100, "clone", &[0x80_0011]).returns(100, 200).exits(100, 0);
    let kernel = ScriptedKernel::new(script).with_mishap(3, Mishap::Refused);
    let ran = Case::default().trace("clone").play_on(kernel);
    assert_eq!(ran.kernel.requests()[3], "set_argument");
    assert_eq!((ran.did().len(), ran.log.len()), (3, 2));
}

#[test]
fn a_call_whose_exit_could_not_be_looked_at_is_unfinished() {
    let script = Script::begun().calls(100, "read", &[3]).returns(100, 1).enters(100, "read", &[4]);
    let script = script.calls(100, "read", &[4]).returns(100, 1).exits(100, 0);
    let kernel = ScriptedKernel::new(script).with_mishap(5, crate::kernel::script::Mishap::Refused);
    let ran = Case::default().trace("read").play_on(kernel);
    assert_eq!(ran.kernel.requests()[5], "syscall_info");
    assert_eq!(ran.log[0], "[pid 100] read(3, ..., 0 <unfinished ...>) = ?");
    assert_eq!(ran.counted("read"), (2, 3));
}
