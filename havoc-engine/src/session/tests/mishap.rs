//! Any request may fail: because the task has died, as it may at any moment, or because the kernel refuses.
//!
//! Whatever fails, nobody is left frozen, every other task goes on to its end, and every signal arrives: the scripted
//! kernel sees to that.
use super::*;
use crate::kernel::script::Mishap;
use havoc_arch::Restart;

fn case() -> Case {
    let rules = ["fsync,msync:error=EIO:path=**/a", "write:error=EIO:after", "read:error=EIO:when=9"];
    Case::rules(&rules).trace("openat,execve,clone").with(|config| config.io_uring = IoUring::Deny)
}

/// Makes every request of the session at every kind of stop.
fn script() -> Script {
    let begun = Script::new().with(|world| {
        for task in [100, 101, 200, 300] {
            world.file(task, 3, "/data/a");
            world.bytes(task, 0x6000, b"name\0");
            world.bytes(task, 0x5000, &0x80_0000_u64.to_le_bytes());
        }
        world.handles(100, Signal::HUP);
    });
    let begun = begun.calls(100, "execve", &[0x6000]).execs(100).returns(100, 0);
    let root = begun
        .calls(100, "fsync", &[3])
        .calls(100, "msync", &[0x7000, 4096, 4])
        .calls(100, "write", &[3, 0x6000, 4])
        .returns(100, 4)
        .calls(100, "read", &[3])
        .signal_inside(100, Signal::HUP, Restart::NoHand)
        .calls(100, "openat", &[0xffff_ff9c, 0x6000])
        .returns(100, -512)
        .signal(100, Signal::TERM)
        .group(100, Signal::TSTP)
        .traps(100)
        .calls(100, "io_uring_setup", &[8])
        .calls(100, "clone", &[0x80_0011])
        .forks(100, 200)
        .traps(200)
        .returns(100, 200)
        .unknown(100, 99);
    let child = root
        .calls(200, "clone3", &[0x5000, 88])
        .forks(200, 300)
        .traps(300)
        .returns(200, 300)
        .calls(300, "fsync", &[3])
        .execs(200)
        .calls(200, "fsync", &[3]);
    let threads = child
        .clones(100, 101)
        .traps(101)
        .calls(101, "execve", &[0x6000])
        .execs_from(100, 101)
        .returns(100, 0)
        .calls(100, "fsync", &[3]);
    threads.exits(300, 0).exits(200, 0).exits(100, 0)
}

/// All that rules can do beside giving a result, with every request that it takes.
fn doing_case() -> Case {
    let rules = [
        "read:short=2:corrupt=zero:poke_exit=@arg2=aa:comm=program",
        "write:corrupt=flip/1:signal=HUP:delay_enter=1ms:delay_exit=1ms:exe=/bin/*",
        "fsync:syscall=getpid:retval=0:thread=program",
        "pwrite64:ret>0:log",
        "pwrite64:arg3:=1",
        "sendto:sock!=unix/*:delay_enter=1ms:caller!=*",
        "msync:kill",
    ];
    Case::rules(&rules)
}

fn doing_script() -> Script {
    let begun = Script::new().with(|world| {
        for task in [100, 101, 200] {
            world.file(task, 3, "/data/a");
            world.bytes(task, 0x6000, b"0123456789");
        }
    });
    let begun = begun.execs(100).clones(100, 101).traps(101).forks(100, 200).traps(200);
    let done = begun
        .calls(100, "read", &[3, 0x6000, 4])
        .returns(100, 2)
        .calls(101, "write", &[3, 0x6000, 4])
        .passes(5)
        .returns(101, 4)
        .passes(5)
        .signal(101, Signal::HUP)
        .calls(100, "fsync", &[3])
        .returns(100, 100)
        .calls(200, "pwrite64", &[3, 0x6000, 4, 0])
        .returns(200, 1)
        .calls(200, "sendto", &[3, 0x6000, 4, 0, 0, 0])
        .passes(5)
        .returns(200, 4);
    let dying = done.calls(100, "msync", &[0x6000, 4096, 4]).traps(101).traps(200);
    dying.passes(2000).killed(101, Signal::KILL).killed(200, Signal::KILL).killed(100, Signal::KILL)
}

fn play_with(case: &Case, index: usize, mishap: Mishap) -> Option<Ran> {
    let ran = case.play_on(ScriptedKernel::new(script()).with_mishap(index, mishap));
    (index < ran.kernel.requests().len()).then_some(ran)
}

fn do_with(case: &Case, index: usize, mishap: Mishap) -> Option<Ran> {
    let ran = case.play_on(ScriptedKernel::new(doing_script()).with_mishap(index, mishap));
    (index < ran.kernel.requests().len()).then_some(ran)
}

#[test]
fn whatever_a_rule_does_may_meet_death_or_a_refusal() {
    let (case, mut asked) = (doing_case(), std::collections::BTreeSet::new());
    for mishap in [Mishap::Vanishes, Mishap::Refused] {
        for index in 0.. {
            let Some(ran) = do_with(&case, index, mishap) else { break };
            let request = ran.kernel.requests()[index];
            asked.insert(request);
            let refused = ran.kernel.has_refused_a_resume();
            assert_eq!(ran.report.lost.is_some(), refused, "request {index}, {request}, {mishap:?}");
            if !refused {
                ran.kernel.check();
            }
        }
    }
    for expected in [
        "descriptor_kind",
        "disown_signal",
        "interrupt",
        "mappings",
        "program",
        "restore_argument",
        "set_argument",
        "set_number",
        "signal",
        "socket",
        "thread_name",
        "write_memory",
    ] {
        assert!(asked.contains(expected), "the script makes no request {expected}: {asked:?}");
    }
}

#[test]
fn a_task_may_die_before_any_request() {
    let (case, mut asked) = (case(), std::collections::BTreeSet::new());
    let count = (0..).map_while(|index| play_with(&case, index, Mishap::Vanishes).map(|ran| (index, ran)));
    for (index, ran) in count {
        let request = ran.kernel.requests()[index];
        asked.insert(request);
        assert_eq!(ran.report.lost, None, "request {index}, {request}");
        ran.kernel.check();
    }
    let expected = [
        "descriptor_name",
        "event_task",
        "interrupted_call",
        "mappings",
        "read_memory",
        "read_string",
        "restore_argument",
        "resume",
        "set_argument",
        "set_result",
        "signal_info",
        "skip",
        "syscall_info",
        "write_memory",
    ];
    assert_eq!(asked.into_iter().collect::<Vec<_>>(), expected, "the script makes every request");
}

#[test]
fn the_kernel_may_refuse_any_request() {
    let case = case();
    let count = (0..).map_while(|index| play_with(&case, index, Mishap::Refused).map(|ran| (index, ran)));
    for (index, ran) in count {
        let request = ran.kernel.requests()[index];
        // A task that cannot be resumed is frozen: the run is given up, and the kernel ends the program with havoc.
        assert_eq!(
            ran.report.lost.is_some(),
            ran.kernel.has_refused_a_resume(),
            "request {index}, {request}"
        );
        if ran.report.lost.is_none() {
            ran.kernel.check();
        }
    }
}

#[test]
fn a_signal_is_delivered_though_its_siginfo_is_refused() {
    let script = Script::begun().signal(100, Signal::TERM).exits(100, 0);
    let kernel = ScriptedKernel::new(script).with_mishap(2, Mishap::Refused);
    let ran = Case::default().trace("fsync").play_on(kernel);
    assert_eq!(ran.kernel.requests()[2], "signal_info");
    assert_eq!(ran.did(), ["100 runs", "100 gets SIGTERM"]);
    assert_eq!(ran.report.blind.failed_requests, 1);
}

#[test]
fn a_group_stop_holds_though_the_registers_are_refused() {
    let script = Script::begun().calls(100, "read", &[3]).group(100, Signal::STOP).traps(100).exits(100, 0);
    let kernel = ScriptedKernel::new(script).with_mishap(4, Mishap::Refused);
    let ran = Case::rules(&["read:error=EIO:when=2"]).play_on(kernel);
    assert_eq!(ran.kernel.requests()[4], "interrupted_call");
    assert_eq!(ran.did(), ["100 runs", "100 runs", "100 listens", "100 runs"]);
}

#[test]
fn a_task_that_dies_between_its_result_and_the_way_on_was_never_told_it() {
    for (rule, before) in [("fsync:error=EIO", "skip"), ("fsync:retval=7:after", "set_result")] {
        let case = Case::rules(&[rule]);
        let script = || {
            let called = Script::begun().calls(100, "fsync", &[3]);
            let over = if before == "skip" { called } else { called.returns(100, 0) };
            over.killed(100, Signal::KILL)
        };
        let whole = case.play_on(ScriptedKernel::new(script()));
        assert_eq!(whole.rule(0), (1, 1), "{rule}");
        let asked = whole.kernel.requests();
        let given = asked.iter().position(|request| *request == before).expect(before);
        let resumed =
            given + asked[given..].iter().position(|request| *request == "resume").expect("resumed");
        let ran = case.play_on(ScriptedKernel::new(script()).with_mishap(resumed, Mishap::Vanishes));
        assert_eq!(ran.rule(0), (1, 0), "{rule}");
        assert_eq!(ran.report.calls["fsync"].injected, 0, "{rule}");
    }
}
