//! Which engine is taken: `auto` takes the one that can do what the plan asks, and `notify` says what it cannot.
use crate::engines::are_both_here;
use havoc_tests::apart::is_root;
use havoc_tests::havoc::{Havoc, Ran, verifies};
use havoc_tests::skip::skip;
use havoc_tests::testee;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;

/// Options that need a tracer, and why.
const NEED_PTRACE: [(&[&str], &str); 22] = [
    (&["--inject=fsync:error=EIO:after"], "acts after the call"),
    (&["--inject=fsync:retval=0:after"], "acts after the call"),
    (&["--inject=fsync:kill"], "stops the whole tree"),
    (&["--inject=fsync:kill:after"], "stops the whole tree"),
    (&["--inject=write:short=1"], "changes the call"),
    (&["--inject=write:corrupt=zero"], "changes the call"),
    (&["--inject=write:arg3:=1"], "changes the call"),
    (&["--inject=fsync:syscall=getpid"], "changes the call"),
    (&["--inject=fsync:signal=URG"], "sends a signal"),
    (&["--inject=fsync:error=EIO:signal=URG"], "sends a signal"),
    (&["--inject=fsync:delay_enter=1ms"], "logs results of the kernel"),
    (&["--inject=fsync:delay_exit=1ms"], "logs results of the kernel"),
    (&["--inject=fsync:log"], "logs results of the kernel"),
    (&["--inject=fsync:error=EIO:after:ret=0"], "acts after the call"),
    (&["--inject=fsync:error=EIO,ENOSPC"], "draws by the task's place in the tree"),
    (&["--inject=fsync:error=EIO:chance=50%"], "draws by the task's place in the tree"),
    (&["--inject=fsync:error=EIO:when=1:per=thread"], "counts by task"),
    (&["--inject=write:error=EIO:when=1"], "counts `write`, which the kernel may enter again after a signal"),
    (&["--trace=fsync"], "the results of calls are logged"),
    (&["--inject=fsync:error=EIO", "--trace=fsync"], "the results of calls are logged"),
    (&["--inject=fsync:error=EIO", "--stable"], "a `--stable` log names tasks by their place in the tree"),
    (&["-e", "inject=fsync:error=EIO"], "the results of calls are logged"),
];

const CAN_DO_WITHOUT: [&str; 6] = [
    "fsync:error=EIO",
    "fsync:error=EIO:path=a.bin:when=1",
    "fsync:retval=0:delay_enter=1ms:delay_exit=1ms",
    "write:error=ENOSPC:path=a.bin:arg3=3",
    "fsync:error=EIO:uncounted:path=a.bin",
    "fsync:error=EIO:comm=three_writes:after-time=0s",
];

/// The engine that the table of `-C` names.
fn engine(ran: &Ran) -> Option<&str> {
    ran.log.lines().find_map(|line| line.strip_prefix("engine "))
}

#[test]
fn a_plan_that_needs_a_tracer_gets_one_by_auto_and_is_refused_by_notify_with_the_reason() {
    let program = testee::c("three_writes");
    for (options, why) in NEED_PTRACE {
        let ran = Havoc::under("notify").options(options.iter().copied()).run(&program, &["."]);
        assert_eq!((ran.status, ran.out.as_str()), (125, ""), "{options:?}: {ran:?}");
        let said = ran.err.lines().next().unwrap_or_default();
        assert!(said.starts_with("error: `--engine notify` cannot do this: "), "{options:?}: {ran:?}");
        assert!(said.contains(why), "{options:?}: {said}");
        assert!(ran.err.contains("say `--engine ptrace`"), "{options:?}: {ran:?}");
        for auto in [Havoc::new(), Havoc::new().options(["--engine", "auto"])] {
            let ran = auto.options(["-C"]).options(options.iter().copied()).apart().run(&program, &["."]);
            assert_eq!(engine(&ran), Some("ptrace"), "{options:?}: {ran:?}");
        }
    }
}

#[test]
fn a_plan_of_entries_needs_no_tracer_and_auto_takes_none() {
    if !are_both_here() {
        return;
    }
    let program = testee::c("three_writes");
    for rule in CAN_DO_WITHOUT {
        for (havoc, expected) in [
            (Havoc::under("auto"), if verifies() { "ptrace" } else { "notify" }),
            (Havoc::under("notify"), "notify"),
            (Havoc::under("ptrace"), "ptrace"),
        ] {
            let ran = havoc.inject(rule).options(["-C"]).run(&program, &["."]);
            assert_eq!((ran.status, engine(&ran)), (0, Some(expected)), "{rule}: {ran:?}");
        }
    }
}

/// Somebody who listens above havoc, as a container's supervisor may, leaves it the tracer alone.
#[test]
fn under_somebody_elses_listener_auto_takes_ptrace_and_notify_says_why_it_cannot() {
    for (engine_option, expected) in [("auto", Some("ptrace")), ("notify", None)] {
        let ran = Havoc::under(engine_option)
            .started_by([testee::c("under_listener")])
            .inject("msync:error=ENOANO:path=a.bin")
            .options(["-C"])
            .run(testee::c("clone_children"), &["."]);
        assert_eq!(engine(&ran), expected, "{ran:?}");
        assert_eq!(ran.status, if expected.is_some() { 0 } else { 125 }, "{ran:?}");
        assert_eq!(
            ran.err.contains("cannot listen for the program's calls: "),
            expected.is_none(),
            "{ran:?}"
        );
    }
}

#[test]
fn for_want_of_descriptors_or_processes_the_other_engine_is_taken_and_the_limit_is_named() {
    if !are_both_here() {
        return;
    }
    let program = testee::c("three_writes");
    // Of dash, the limit of processes has another letter.
    let few_descriptors = ["bash", "-c", "ulimit -n 12; exec \"$@\"", "bash"];
    // A user without other processes; the limit does not hold for root.
    let another = ["setpriv", "--reuid=65131", "--regid=65131", "--clear-groups"];
    let few_processes = [&another[..], &["bash", "-c", "ulimit -u 3; exec \"$@\"", "bash"]].concat();
    for (few, limit) in [(&few_descriptors[..], "RLIMIT_NOFILE"), (&few_processes, "RLIMIT_NPROC")] {
        let by_uid = few.starts_with(&another);
        if by_uid && !is_root() {
            skip("only root can be another user");
            continue;
        }
        let run = |engine: &str| {
            let havoc = Havoc::under(engine).started_by(few.iter().copied()).options(["-C", "--timeout=20s"]);
            if by_uid {
                fs::set_permissions(havoc.directory(), Permissions::from_mode(0o777)).expect("our directory");
            }
            havoc.inject("fsync:error=EIO").run(&program, &["."])
        };
        let refused = run("notify");
        assert_eq!((refused.status, refused.out.as_str()), (125, ""), "{limit}: {refused:?}");
        assert!(
            refused.err.starts_with("havoc: cannot listen for the program's calls: "),
            "{limit}: {refused:?}"
        );
        assert!(refused.err.contains(limit), "{limit}: {refused:?}");
        let ran = run("auto");
        assert_eq!(engine(&ran), Some("ptrace"), "{limit}: {ran:?}");
        assert_eq!((ran.status, ran.injected()), (0, 1), "{limit}: {ran:?}");
    }
}
