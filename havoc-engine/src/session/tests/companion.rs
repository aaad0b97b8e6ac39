//! Calls of a companion ABI, i386 on x86_64: judged one by one by the table of their own, whatever the task's other calls
//! are. On a machine without companions there is nothing to be seen here.
use super::*;
use crate::kernel::RawCall;
use crate::kernel::script::call;
use crate::matcher::Matcher;
use crate::session::{Engine, sentinel};
use havoc_arch::{Abi, Arch, Native, Restart, names};

fn companions() -> impl Iterator<Item = Abi> {
    Native::ABI.judged().iter().copied().filter(|abi| *abi != Native::ABI)
}

/// A call of `abi` by name.
fn call_of(abi: Abi, name: &str, args: &[u64]) -> RawCall {
    let number = names::number_of(abi, name).expect("a call of every ABI");
    RawCall { audit_arch: abi.audit_arch(), number: number.into(), ..call("fsync", args) }
}

#[test]
fn a_call_is_judged_by_the_table_of_its_own_abi() {
    for abi in companions() {
        let raw = call_of(abi, "fsync", &[3]);
        let twin = names::name_of(Native::ABI, raw.number as u32).expect("a call of the machine's own");
        let script = Script::begun().calls_as(100, raw).calls(100, "fsync", &[3]);
        let ran =
            Case::rules(&["fsync:error=EIO", &format!("{twin}:error=ENOSPC")]).play(script.exits(100, 0));
        assert_eq!(ran.did(), ["100 runs", "100 skips: -5", "100 runs", "100 skips: -5", "100 runs"]);
        assert_eq!([0, 1].map(|rule| ran.rule(rule)), [(2, 2), (0, 0)]);
        let told = "(3) = -1 EIO (Input/output error) (INJECTED) (fsync#1 instead)";
        let expected = [format!("[pid 100] fsync@{}{told}", abi.name()), format!("[pid 100] fsync{told}")];
        assert_eq!(ran.log, expected);
        // In the summary it is one call by its name.
        assert_eq!(ran.counted("fsync"), (2, 2));
        assert!(ran.report.blind.unjudged.is_empty());
    }
}

#[test]
fn a_number_in_a_rule_is_no_number_of_a_companion() {
    for abi in companions() {
        let raw = call_of(abi, "fsync", &[3]);
        let rule = format!("{}:error=EIO", raw.number);
        let ran = Case::rules(&[&rule]).play(Script::begun().calls_as(100, raw).exits(100, 0));
        assert_eq!((ran.did(), ran.rule(0)), (vec!["100 runs", "100 runs"], (0, 0)));
    }
}

#[test]
fn the_filter_stops_what_is_named_and_what_is_watched_in_each_abi() {
    for abi in Native::ABI.judged() {
        let Case(config) = Case::rules(&["nanosleep,fsync:error=EIO"]);
        let (policy, _) =
            sentinel::compiled(&config, Engine::Ptrace, &Matcher::new(&config.plan, 0)).expect("it fits");
        let stops = |name, args: [u64; 6]| {
            let number = names::number_of(*abi, name).expect(name);
            policy.traces(Native::ABI, abi.audit_arch(), number, &args)
        };
        assert!(stops("fsync", [0; 6]) && stops("clone3", [0; 6]), "{abi:?}");
        assert!(stops("clone", [0x80_0011; 6]) && !stops("clone", [0x11; 6]), "{abi:?}");
        assert!(stops("prctl", [22; 6]) && !stops("prctl", [15; 6]), "{abi:?}");
        assert!(stops("restart_syscall", [0; 6]), "{abi:?}");
        assert!(!stops("read", [0; 6]) && !stops("getpid", [0; 6]), "{abi:?}");
    }
}

#[test]
fn results_have_the_width_that_the_program_sees() {
    for abi in companions() {
        let mapped = call_of(abi, "mmap2", &[0, 4096, 3, 0x22, u64::MAX, 0]);
        let script = Script::begun()
            .calls_as(100, call_of(abi, "fsync", &[3]))
            .returns(100, 0xffff_fff7)
            .calls_as(100, mapped)
            .returns(100, 0xf7d0_0000)
            .calls_as(100, call_of(abi, "fdatasync", &[3]))
            .calls_as(100, call_of(abi, "getppid", &[]))
            .returns(100, 77);
        let rules = ["fsync,mmap2:log", "fdatasync:retval=4294967297", "getppid:retval=10737418240:after"];
        let ran = Case::rules(&rules).play(script.exits(100, 0));
        assert_eq!(ran.written(), ["100 skips: 1", "100 is told -2147483648"]);
        let ends =
            ["= -1 EBADF (Bad file descriptor)", "= 0xf7d00000", "= 1 (INJECTED) (fdatasync#2 instead)"];
        for (line, end) in ran.log.iter().zip(ends) {
            assert!(line.ends_with(end), "{line}");
        }
    }
}

#[test]
fn a_value_whose_low_half_is_an_error_is_given_to_64_bit_callers_alone() {
    for abi in companions() {
        for (value, told) in
            [("9223372036854775807", None), ("0xfffffe00", None), ("0x1fffff000", Some(-4096))]
        {
            for at in ["", ":after"] {
                let mut script = Script::begun().calls_as(100, call_of(abi, "fsync", &[3]));
                // Who is left alone takes one stop, as one does whose call is skipped.
                if told.is_some() && !at.is_empty() {
                    script = script.returns(100, 0);
                }
                let ran = Case::rules(&[&format!("fsync:retval={value}{at}")]).play(script.exits(100, 0));
                let tally = &ran.report.rules[0].tally;
                assert_eq!((tally.matches, tally.unfit), (1, u64::from(told.is_none())), "{value}{at}");
                assert_eq!(
                    ran.written().len(),
                    usize::from(told.is_some()),
                    "{value}{at}: {:?}",
                    ran.written()
                );
            }
        }
    }
}

#[test]
fn clone_untraced_is_taken_out_of_a_companions_clone() {
    for abi in companions() {
        let script = Script::begun().calls_as(100, call_of(abi, "clone", &[0x80_0011])).returns(100, 200);
        let ran = Case::rules(&["fsync:error=EIO"]).play(script.exits(100, 0));
        assert_eq!(ran.written(), ["100 argument 0: 0x11", "100 argument 0 back: 0x800011"]);
        assert_eq!((ran.report.blind.untraced_clones, ran.report.sentinel_stops), (1, 2));
    }
}

#[test]
fn a_companions_call_comes_back_as_the_restart_syscall_of_its_own_table() {
    for abi in companions() {
        let again = call_of(abi, "restart_syscall", &[]);
        let script = Script::begun().calls_as(100, call_of(abi, "poll", &[0x5000, 1, 1000]));
        let script = script.signal_inside(100, Signal::HUP, Restart::Block).calls_as(100, again);
        let ran = Case::rules(&["poll:error=EIO:when=2"]).play(script.exits(100, 0));
        assert_eq!((ran.rule(0), ran.counted("poll")), ((1, 0), (1, 2)));
        // A call with that number of the machine's own is another one.
        let script = Script::begun().calls_as(100, call_of(abi, "poll", &[0x5000, 1, 1000]));
        let twin = RawCall { audit_arch: Native::ABI.audit_arch(), ..again };
        let script = script.signal_inside(100, Signal::HUP, Restart::Block).calls_as(100, twin);
        let ran = Case::rules(&["poll:error=EIO", "all:log"]).play(script.returns(100, 0).exits(100, 0));
        assert_eq!(ran.counted("poll"), (1, 1));
    }
}

#[test]
fn arguments_are_those_that_a_call_of_32_bits_sees() {
    for abi in companions() {
        // A descriptor and an address with something in the high halves, as `int 0x80` in 64-bit code may leave there.
        let raw = call_of(abi, "msync", &[0xdead_beef_0000_7000, 0xdead_beef_0000_1000, 4]);
        let script = Script::begun().with(|world| world.map(100, 0x7000, 0x8000, "/data/a"));
        let ran = Case::rules(&["msync:error=EIO:path=**/a"]).play(script.calls_as(100, raw).exits(100, 0));
        assert_eq!(ran.rule(0), (1, 1));
    }
}

#[test]
fn files_whose_descriptor_stands_in_memory_are_not_guessed() {
    for abi in companions() {
        let script = Script::begun().with(|world| world.file(100, 0x3000, "/data/a"));
        let script = script.calls_as(100, call_of(abi, "mmap", &[0x3000])).exits(100, 0);
        let ran = Case::rules(&["mmap:error=EIO:path=**/a", "mmap:error=EIO:path!=**/b"]).play(script);
        assert_eq!(ran.did(), ["100 runs", "100 runs"]);
        assert_eq!([0, 1].map(|rule| ran.report.rules[rule].tally.hidden), [1, 1]);
    }
}

#[test]
fn a_call_that_is_carried_by_another_is_counted_where_something_names_it() {
    if !Native::ABI.judged().contains(&Abi::I386) {
        return;
    }
    // SYS_CONNECT and SYS_LISTEN; SHMAT of version 1.
    const SHMAT: u64 = 1 << 16 | 21;
    let script = || {
        let carriers = [("socketcall", 3), ("socketcall", 4), ("ipc", SHMAT)];
        let script = carriers.iter().fold(Script::begun(), |script, (name, opcode)| {
            script.calls_as(100, call_of(Abi::I386, name, &[*opcode, 0x5000]))
        });
        script.exits(100, 0)
    };
    let stops = |rule: &str, name, opcode: u64| {
        let Case(config) = Case::rules(&[rule]);
        let (policy, _) =
            sentinel::compiled(&config, Engine::Ptrace, &Matcher::new(&config.plan, 0)).expect("it fits");
        let number = names::number_of(Abi::I386, name).expect(name);
        policy.traces(Native::ABI, Abi::I386.audit_arch(), number, &[opcode, 0, 0, 0, 0, 0])
    };
    // Nothing can be read at 0x5000, and semop has no number of its own.
    for (rule, carried, counted) in [
        ("connect:error=EIO", [true, false, false], 1),
        ("accept,listen,semget:error=EIO", [false, true, true], 1),
        ("fsync:error=EIO", [false; 3], 0),
        // Who names the carrier has what there is.
        ("connect,socketcall:error=EIO", [false; 3], 0),
        ("all:error=EIO", [false; 3], 0),
    ] {
        let ran = Case::rules(&[rule]).play(script());
        assert_eq!(ran.report.blind.carried, counted, "{rule}");
        if !rule.contains("socketcall") && !rule.contains("all") {
            let stopped = [("socketcall", 3), ("socketcall", 4), ("ipc", SHMAT)]
                .map(|(name, opcode)| stops(rule, name, opcode));
            assert_eq!(stopped, carried, "{rule}");
        }
    }
}

/// socketcall with this opcode, and 3, 0x6000 and 64 as its arguments in memory.
fn carried(opcode: u64) -> (RawCall, Script) {
    let words: Vec<u8> = [3u32, 0x6000, 64, 0, 0, 0].iter().flat_map(|word| word.to_ne_bytes()).collect();
    let script = Script::begun().with(|world| {
        world.file(100, 3, "socket:[7]");
        world.bytes(100, 0x5000, &words);
    });
    (call_of(Abi::I386, "socketcall", &[opcode, 0x5000]), script)
}

#[test]
fn a_call_that_another_carries_is_judged_and_logged_as_its_own() {
    if !Native::ABI.judged().contains(&Abi::I386) {
        return;
    }
    // SYS_LISTEN and SYS_RECV, which is recvfrom without an address.
    let (listen, script) = carried(4);
    let ran =
        Case::rules(&["listen:error=EIO:arg2=0x6000:fd=3"]).play(script.calls_as(100, listen).exits(100, 0));
    assert_eq!(ran.did(), ["100 runs", "100 skips: -5", "100 runs"]);
    assert_eq!((ran.rule(0), ran.report.blind.carried, ran.counted("listen")), ((1, 1), 0, (1, 1)));
    let line = "[pid 100] listen@i386(3<socket:[7]>, 24576) = -1 EIO (Input/output error) (INJECTED) (listen#1 instead)";
    assert_eq!(ran.log, [line]);
    let (recv, script) = carried(10);
    let ran = Case::rules(&["recvfrom:error=EIO"]).play(script.calls_as(100, recv).exits(100, 0));
    assert_eq!((ran.rule(0), ran.report.blind.carried), ((1, 1), 0));
    // System V IPC has its arguments in registers: SHMCTL.
    let shmctl = call_of(Abi::I386, "ipc", &[24, 7, 2, 0, 0x6000]);
    let script = Script::begun().calls_as(100, shmctl).exits(100, 0);
    let ran = Case::rules(&["shmctl:error=EIO:arg1=7:arg2=2:arg3=0x6000"]).play(script);
    assert_eq!((ran.rule(0), ran.report.blind.carried), ((1, 1), 0));
}

#[test]
fn a_carried_argument_is_changed_where_it_is_and_put_back() {
    if !Native::ABI.judged().contains(&Abi::I386) {
        return;
    }
    let (listen, script) = carried(4);
    let script = script.calls_as(100, listen).returns(100, 0);
    let ran = Case::rules(&["listen:arg2:=1"]).play(script.exits(100, 0));
    assert_eq!(ran.written(), ["100 memory 0x5004: [01, 00, 00, 00]", "100 memory 0x5004: [00, 60, 00, 00]"]);
    let shmctl = call_of(Abi::I386, "ipc", &[24, 7, 2, 0, 0x6000]);
    let script = Script::begun().calls_as(100, shmctl).returns(100, 0).exits(100, 0);
    let ran = Case::rules(&["shmctl:arg3:=0"]).play(script);
    assert_eq!(ran.written(), ["100 argument 4: 0x0", "100 argument 4 back: 0x6000"]);
}

#[test]
fn a_carried_call_that_is_entered_again_is_one_call() {
    if !Native::ABI.judged().contains(&Abi::I386) {
        return;
    }
    // SYS_RECVMSG. One that is let go without an exit stop, and one that is logged.
    for rule in ["recvmsg:error=EIO:when=2", "recvmsg:log"] {
        let (recvmsg, script) = carried(17);
        let script = script.calls_as(100, recvmsg);
        let script = match rule.contains("log") {
            true => script.returns(100, -513).signal(100, Signal::HUP).calls_as(100, recvmsg).returns(100, 0),
            false => script.signal_inside(100, Signal::HUP, Restart::NoIntr).calls_as(100, recvmsg),
        };
        let ran = Case::rules(&[rule]).play(script.exits(100, 0));
        assert_eq!(ran.rule(0).0, 1, "{rule}");
    }
}
