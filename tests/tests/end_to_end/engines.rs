//! Both engines under one list: whatever a plan of entries does, the program sees the same, and so does the reader of the log.
use havoc_tests::apart::is_root;
use havoc_tests::havoc::{Havoc, Ran};
use havoc_tests::skip::skip;
use havoc_tests::{outside, testee};
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::Path;

/// Skips the test where one of the engines is not to be had.
pub fn are_both_here() -> bool {
    let here = outside::has_notify();
    if !here {
        skip("no engine `notify` here");
    }
    here
}

/// The program, run under each engine, and what both must have in common.
#[track_caller]
pub fn assert_same(rules: &[&str], program: impl AsRef<OsStr>, arguments: &[&str]) -> [Ran; 2] {
    assert_same_with(|havoc| havoc, rules, program, arguments)
}

#[track_caller]
fn assert_same_with(
    prepared: impl Fn(Havoc) -> Havoc,
    rules: &[&str],
    program: impl AsRef<OsStr>,
    arguments: &[&str],
) -> [Ran; 2] {
    let program = Path::new(program.as_ref());
    let runs = ["ptrace", "notify"].map(|engine| {
        let havoc = rules.iter().fold(Havoc::under(engine), |havoc, rule| havoc.inject(rule));
        let ran = prepared(havoc).options(["-C"]).run(program, arguments);
        assert_eq!(ran.lines_with("engine "), [format!("engine {engine}")], "{rules:?}: {ran:?}");
        ran
    });
    let [ptrace, notify] = &runs;
    let what = format!("{rules:?} {}", program.display());
    assert_eq!(notify.status, ptrace.status, "{what}: {ptrace:?} {notify:?}");
    let sorted = |text: &str| {
        let mut lines: Vec<String> = text.lines().map(without_numbers).collect();
        lines.sort_unstable();
        lines
    };
    assert_eq!(sorted(&notify.out), sorted(&ptrace.out), "{what}: {ptrace:?} {notify:?}");
    assert_eq!(sorted(&told(notify)), sorted(&told(ptrace)), "{what}: {ptrace:?} {notify:?}");
    assert_eq!(counts(notify), counts(ptrace), "{what}: {ptrace:?} {notify:?}");
    runs
}

/// The log and the report, but for the table between them, which tells of the engine.
fn told(ran: &Ran) -> String {
    let is_told = |line: &&str| line.starts_with("[pid ") || line.starts_with("havoc: ");
    ran.log.lines().filter(is_told).fold(String::new(), |text, line| text + line + "\n")
}

/// Calls, errors and injected calls by name, of the table of calls.
fn counts(ran: &Ran) -> BTreeMap<&str, [&str; 3]> {
    let rows = ran.log.lines().skip_while(|line| !line.ends_with("  call")).skip(1);
    rows.take_while(|line| !line.contains(" stops in all"))
        .filter_map(|line| {
            let words: Vec<&str> = line.split_whitespace().collect();
            Some((*words.get(5)?, [words[0], words[1], words[2]]))
        })
        .collect()
}

/// Ids and addresses are others in each run.
fn without_numbers(line: &str) -> String {
    let mut text = String::new();
    let mut rest = line;
    while let Some(at) =
        ["[pid ", "0x", "socket:["].iter().filter_map(|start| rest.find(start).map(|at| (at, *start))).min()
    {
        let (at, start) = at;
        text.push_str(&rest[..at + start.len()]);
        text.push('N');
        rest = rest[at + start.len()..].trim_start_matches(|it: char| it.is_ascii_hexdigit());
    }
    text + rest
}

#[test]
fn rules_on_files_and_mappings_do_the_same() {
    if !are_both_here() {
        return;
    }
    let forker = [testee::c("forker"), testee::c_static("forker"), testee::c_musl("forker")];
    for program in &forker {
        assert_same(&["msync:error=ENOANO:path=a.bin"], program, &["."]);
        assert_same(&["msync:error=EIO:when=2+3", "msync:error=ENOANO:path=b.bin"], program, &["."]);
    }
    assert_same(
        &["%persist:error=EIO:path=x.db:when=2"],
        testee::c("syncs_in_order"),
        &[".", "fdmsFDMSfdms"],
    );
    assert_same(&["msync,munmap,madvise:error=ENOMEM:path=b.bin"], testee::c("ranges"), &["."]);
    assert_same(&["fsync:error=EIO:path=a.bin"], testee::c("descriptors"), &["."]);
    assert_same(&["fsync,msync:error=ENOANO"], testee::c("odd_names"), &["."]);
    assert_same(&["fsync:error=EIO:path=**/there/*"], testee::c("thread_unshared"), &["."]);
    assert_same(&["msync,fsync:error=ENOANO:path=a.bin"], testee::c("undumpable"), &["."]);
    assert_same(&["msync,fsync:error=ENOANO:path=[ac].bin"], testee::c("leader_exits_first"), &["."]);
}

#[test]
fn rules_on_other_calls_do_the_same() {
    if !are_both_here() {
        return;
    }
    let writes = testee::c("three_writes");
    for rule in [
        "write:error=ENOSPC:path=a.bin",
        "write:retval=1:path=a.bin",
        "write:retval=0:path=a.bin:arg3=3",
        "openat:error=EMFILE:path=a.bin",
        "openat:error=EACCES:path=a.bin:uncounted",
        "fsync:error=EIO:delay_enter=1ms:delay_exit=1ms",
        "fsync:error=EIO:comm=three_writes:pid!=1:exe=**/three_writes",
        "fsync:error=EIO:fd=3",
        "fsync:error=EIO:after-time=3600s",
        "fsync:error=EIO:caller=**/nobody",
    ] {
        assert_same(&[rule], &writes, &["."]);
    }
    assert_same(&["read:error=EIO:path=/dev/zero"], testee::c_static("readers"), &["3", "4"]);
    assert_same(
        &["fsync:error=EIO:comm=second", "fsync:error=ENOSPC:caller=**/by_names"],
        testee::c("by_names"),
        &["."],
    );
    assert_same(&["connect:error=ECONNREFUSED:sock=unix/**"], testee::c("connects"), &["."]);
    let ends = ["@havoc/engines/a", "@havoc/engines/b"];
    assert_same(
        &["sendmsg,write:error=ECONNRESET:sock=unix/@havoc/engines/b"],
        testee::c("sockets"),
        &["unix", ends[0], ends[1]],
    );
    assert_same(
        &["execve:error=EACCES:path=**/true"],
        "sh",
        &["-c", "true; /bin/true; echo $?; exec /bin/true"],
    );
    assert_same(&["unlinkat:error=EPERM"], "sh", &["-c", "echo > a; rm a; echo $?; ls"]);
}

#[test]
fn programs_that_exec_do_the_same() {
    if !are_both_here() {
        return;
    }
    let chain = testee::c("exec_chain");
    let next = chain.to_str().expect("a path of ASCII");
    assert_same(&["fsync:error=EIO:path=b.bin"], &chain, &[".", next, next]);
    assert_same(&["msync:error=ENOANO:path=a.bin"], testee::c("exec_from_thread"), &["."]);
    // Who calls the execve is looked for in the mappings of the program before; after vfork in those of the parent.
    assert_same(
        &["execve:error=EPERM:caller=/nobody", "msync:error=ENOANO:path=a.bin"],
        testee::c("forker"),
        &["."],
    );
    for delay in ["delay_enter", "delay_exit"] {
        // The thread that execs gets the id of the one that is held; and is held itself.
        let rules = [50_000, 5].map(|time| format!("fsync:error=EIO:{delay}={time}ms"));
        let rules = [format!("{}:path=a.bin", rules[0]), format!("{}:path=b.bin", rules[1])];
        let rules = rules.each_ref().map(String::as_str);
        let [_, notify] = assert_same(&rules, testee::c("exec_beside_a_call"), &["."]);
        assert_eq!(notify.out, "b.bin: EIO\nc.bin: ok\n", "{rules:?}: {notify:?}");
    }
}

#[test]
fn a_call_that_is_made_under_the_number_of_a_task_that_has_ended_is_judged() {
    if !are_both_here() {
        return;
    }
    for rule in ["msync:error=ENOANO:path=a.bin", "fsync:error=EIO:path=b.bin"] {
        let runs = assert_same_with(Havoc::apart, &[rule], testee::c("same_number"), &["."]);
        if !runs.iter().all(|ran| ran.printed("the same number: yes")) {
            return skip("the next process's number cannot be chosen here");
        }
        for ran in &runs {
            assert_eq!(ran.injected(), 3, "{ran:?}");
        }
    }
}

#[test]
fn a_program_in_java_sees_the_same() {
    if !are_both_here() {
        return;
    }
    let classes = testee::java("Force");
    let classes = classes.to_str().expect("a path of ASCII");
    assert_same(&["msync:error=ENOANO:path=a.bin"], "java", &["-cp", classes, "Force", "."]);
}

#[test]
fn delays_hold_one_task_and_are_told_the_same() {
    if !are_both_here() {
        return;
    }
    let delayed = testee::c("delayed");
    for delay in ["delay_enter=1s", "delay_exit=1s"] {
        let [_, notify] =
            assert_same(&[&format!("fsync:error=EIO:path=2:{delay}")], &delayed, &["four", "."]);
        assert!(notify.printed("2: EIO, late") && notify.printed("1: ok, in time"), "{delay}: {notify:?}");
    }
    for delay in ["delay_enter=50s", "delay_exit=50s"] {
        let rule = format!("fsync:error=EIO:path=1:{delay}");
        let [_, killed] = assert_same_with(Havoc::apart, &[&rule], &delayed, &["killed", "."]);
        assert_eq!(killed.out, "child: 137\nbefore the end: in time\n", "{rule}: {killed:?}");
        let [_, ended] = assert_same(&[&rule], &delayed, &["ends", "."]);
        assert_eq!((ended.out.as_str(), ended.status), ("before the end: in time\n", 7), "{rule}: {ended:?}");
    }
}

#[test]
fn ends_are_told_the_same() {
    if !are_both_here() {
        return;
    }
    let exits = testee::c("exits");
    let rule = ["fsync:error=EIO"];
    for (how, number, status) in [
        ("code", "0", 0),
        ("code", "7", 7),
        ("signal", "15", 143),
        ("signal", "9", 137),
        ("signal", "11", 139),
    ] {
        let runs = assert_same_with(Havoc::apart, &rule, &exits, &[how, number]);
        assert_eq!(runs[1].status, status, "{how} {number}: {runs:?}");
    }
    for engine in ["ptrace", "notify"] {
        for (program, status) in
            [("./nobody", 127), ("nobody-has-this-name", 127), (".", 126), ("/dev/null", 126)]
        {
            let ran = Havoc::under(engine).inject(rule[0]).run(program, &[]);
            assert_eq!(ran.status, status, "{engine} {program}: {ran:?}");
            assert!(ran.err.starts_with("havoc: cannot "), "{engine} {program}: {ran:?}");
        }
    }
}

/// The kernel hides what /proc has of a task that has changed its ids, but not from root.
#[test]
fn programs_that_go_elsewhere_do_the_same() {
    if !are_both_here() {
        return;
    }
    const BECOME: &str = "setpriv --reuid 65534 --regid 65534 --clear-groups";
    let ways = match (is_root(), outside::has_cap_sys_ptrace()) {
        (true, true) => &[BECOME, "chroot ."][..],
        // In a container: what has changed its ids is hidden from this root, and so from havoc.
        (true, false) => &["chroot ."],
        (false, _) => &["unshare --user --map-root-user chroot ."],
    };
    let syncs = testee::c_static("syncs_in_order");
    for words in ways {
        let script = format!("cp {} ./it; mkdir -m 777 d; {words} ./it d fmFM", syncs.display());
        let [_, notify] = assert_same(&["%persist:error=EIO:path=x.db"], "sh", &["-c", &script]);
        if !is_root() && notify.err.contains("unshare: ") {
            return skip("no user namespace to be had, and no chroot without");
        }
        assert_eq!(notify.injected(), 2, "{words}: {notify:?}");
    }
}

#[test]
fn programs_in_a_namespace_of_pids_of_their_own_do_the_same() {
    if !are_both_here() {
        return;
    }
    if !havoc_tests::apart::has_namespace() {
        return skip("no PID namespace to be had inside a container");
    }
    let syncs = testee::c("syncs_in_order");
    let arguments =
        ["--pid", "--fork", "--kill-child", syncs.to_str().expect("a path of ASCII"), ".", "fmFM"];
    let [_, notify] =
        assert_same_with(Havoc::apart, &["%persist:error=EIO:path=x.db"], "unshare", &arguments);
    assert_eq!(notify.injected(), 2, "{notify:?}");
}
