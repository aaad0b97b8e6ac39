//! Which kind of stop it is, of which ABI, and what it costs.
use super::*;
use crate::kernel::RawCall;
use crate::kernel::script::call;
use havoc_arch::{Abi, Arch, Native};

#[test]
fn entry_and_exit_are_told_by_the_kernel_and_not_by_the_result() {
    // −ENOSYS is what x86_64 shows at an entry, and what a call may really give.
    let unknown = RawCall { number: 9999, ..call("fsync", &[]) };
    let script =
        Script::begun().calls_as(100, unknown).returns(100, -38).calls(100, "fsync", &[3]).returns(100, -38);
    let ran = Case::default().trace("all").play(script.exits(100, 0));
    assert!(ran.log[0].starts_with("[pid 100] syscall_0x270f(0"), "{:?}", ran.log);
    assert!(ran.log[0].ends_with("= -1 ENOSYS (Function not implemented)"), "{:?}", ran.log);
    assert_eq!(ran.log[1], "[pid 100] fsync(3) = -1 ENOSYS (Function not implemented)");
}

#[test]
fn a_named_call_never_takes_three_stops() {
    let script = (0..10).fold(Script::begun(), |script, _| {
        script
            .calls(100, "read", &[3])
            .returns(100, 1)
            .calls(100, "fsync", &[3])
            .calls(100, "write", &[3])
            .returns(100, 1)
    });
    let rules = ["fsync:error=EIO", "write:error=EIO:after"];
    let ran = Case::rules(&rules).trace("read").play(script.exits(100, 0));
    assert_eq!(["read", "fsync", "write"].map(|name| ran.counted(name)), [(10, 20), (10, 10), (10, 20)]);
    assert_eq!(ran.report.stops, 1 + 50);
}

#[test]
fn the_longest_path_has_4095_bytes_and_a_longer_one_names_no_file() {
    let path = |bytes: usize| [vec![b'/'; bytes - 1], b"x\0".to_vec()].concat();
    let script = Script::begun()
        .with(|world| {
            world.bytes(100, 0x10000, &path(4095));
            world.bytes(100, 0x20000, &path(4096));
        })
        .calls(100, "chdir", &[0x10000])
        .calls(100, "chdir", &[0x20000])
        .exits(100, 0);
    let ran = Case::rules(&["chdir:error=EIO:path=x"]).play(script);
    assert_eq!((ran.rule(0), ran.report.rules[0].tally.missed), ((1, 1), 1));
    assert!(ran.log[0].contains("x\") = -1 EIO"), "whole: {:?}", ran.log);
}

#[test]
fn calls_of_another_abi_are_left_alone_and_counted() {
    let others = [
        (Abi::I386, RawCall { audit_arch: 0x4000_0003, number: 118, ..call("fsync", &[3]) }),
        (Abi::X32, RawCall { audit_arch: 0xC000_003E, number: 0x4000_0000 | 74, ..call("fsync", &[3]) }),
        (Abi::Arm, RawCall { audit_arch: 0x4000_0028, number: 118, ..call("fsync", &[3]) }),
    ];
    for (abi, raw) in others.into_iter().filter(|(abi, _)| !Native::ABI.judged().contains(abi)) {
        let script = Script::begun().calls_as(100, raw).calls_as(100, raw).calls(100, "fsync", &[3]);
        let ran = Case::rules(&["all:error=EIO"]).trace("all").play(script.exits(100, 0));
        assert_eq!(ran.did(), ["100 runs", "100 runs", "100 runs", "100 skips: -5", "100 runs"]);
        assert_eq!(ran.report.blind.unjudged.get(&abi), Some(&2));
        assert_eq!(ran.rule(0), (1, 1));
    }
}

#[test]
fn a_call_of_an_architecture_that_nobody_knows_is_left_alone() {
    let script = Script::begun().calls_as(100, RawCall { audit_arch: 0xC000_00F3, ..call("fsync", &[3]) });
    let ran = Case::rules(&["all:error=EIO"]).play(script.exits(100, 0));
    assert_eq!(ran.did(), ["100 runs", "100 runs"]);
    assert_eq!(ran.report.blind.unknown_abi, 1);
}

#[test]
fn an_unknown_event_is_passed_over() {
    let script = Script::begun().unknown(100, 99).calls(100, "read", &[3]).unknown(100, 99).returns(100, 0);
    let ran = Case::default().trace("read").play(script.exits(100, 0));
    assert_eq!(ran.did(), ["100 runs", "100 runs", "100 to exit", "100 to exit", "100 runs"]);
}

#[test]
fn an_event_inside_a_call_keeps_its_exit_awaited() {
    let script = Script::begun().calls(100, "read", &[3]).traps(100).returns(100, 0).exits(100, 0);
    let ran = Case::default().trace("read").play(script);
    assert_eq!(ran.did(), ["100 runs", "100 to exit", "100 to exit", "100 runs"]);
}

#[test]
fn rt_sigreturn_is_never_touched() {
    let ran =
        Case::rules(&["all:error=EIO"]).play(Script::begun().calls(100, "rt_sigreturn", &[]).exits(100, 0));
    assert_eq!(ran.did(), ["100 runs", "100 runs"]);
    assert_eq!(ran.rule(0), (0, 0));
}

#[test]
fn a_call_that_its_task_did_not_survive_is_unfinished() {
    let script = Script::begun().clones(100, 101).traps(101).calls(101, "read", &[3, 0, 8]);
    let ran = Case::default().trace("read").play(script.killed(101, Signal::KILL).killed(100, Signal::KILL));
    assert_eq!(ran.log[0], "[pid 101] read(3, ..., 8 <unfinished ...>) = ?");
    assert_eq!(ran.counted("read"), (1, 1));
}
