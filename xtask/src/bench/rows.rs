//! The rows: what is measured, against what, and how good it should be.
//!
//! One rule holds for most of them, `msync:error=EIO:path=a.bin`; what they differ in is what the program does under it.
use super::builder::{Bounds, Builder, NATIVE, STRACE_FILTERED as FILTERED};
use super::row::Row;
use super::tools::{Tools, text};

/// What a row may take, as a multiple of its least loop.
const CALL: f64 = 1.05;
/// The same for a start of havoc, most of which is no call of the program's.
const START: f64 = 1.6;

const MSYNC: &str = "msync:error=EIO:path=a.bin";
/// What strace does for the same fault. It cannot tell files apart here: all of them fail.
const INJECT: [&str; 4] = ["-e", "trace=msync", "-e", "inject=msync:error=EIO"];
/// What strace does for a call that is looked at and left alone.
const TRACE: [&str; 2] = ["-e", "trace=msync"];

/// Returns all rows, those of the table of goals first.
pub fn all(tools: &Tools) -> Vec<Row> {
    [calls(tools), crowds(tools), programs(tools), many_rules(tools), others(tools)].concat()
}

/// One call, again and again.
fn calls(tools: &Tools) -> Vec<Row> {
    let new = |what: &str| Builder::new(tools, what);
    let other_file = ["msync", "b.bin", "a.bin"];
    let this_file = ["msync", "a.bin", "b.bin"];
    let after = "msync:error=EIO:after:path=a.bin";
    let fsync = "fsync:error=EIO:path=a.bin";
    let by_path = ["-P", &tools.file("a.bin"), "-e", "trace=fsync", "-e", "inject=fsync:error=EIO"];
    vec![
        new("call that no rule names, main thread")
            .calls(&["getpid", "a.bin"])
            .everybody(MSYNC, &INJECT)
            .least(&[])
            .within(CALL)
            .beside(NATIVE),
        new("call that no rule names, another thread")
            .calls(&["-w", "getpid", "a.bin"])
            .everybody(MSYNC, &INJECT)
            .least(&[])
            .within(CALL)
            .beside(NATIVE)
            .beside(FILTERED),
        new("fault instead, path rule")
            .calls(&this_file)
            .failing()
            .everybody(MSYNC, &INJECT)
            .least(&["-m", "-s"])
            .within(CALL)
            .beside(FILTERED),
        new("named call on another file")
            .calls(&other_file)
            .everybody(MSYNC, &TRACE)
            .least(&["-m"])
            .within(CALL)
            .beside(FILTERED),
        new("executed, then replaced")
            .calls(&this_file)
            .failing()
            .native()
            .havoc_with("ptrace", &[after])
            .straces(&INJECT)
            .peers()
            .least_ptrace(&["-m", "-a"])
            .within(CALL)
            .beside(FILTERED),
        new("fsync with a path rule")
            .calls(&["fsync", "a.bin", "b.bin"])
            .failing()
            .everybody(fsync, &by_path)
            .least(&["-d", "-s"])
            .within(CALL)
            .beside(FILTERED),
        new("signal delivery")
            .calls(&["signal", "a.bin"])
            .everybody(MSYNC, &INJECT)
            .least(&[])
            .within(CALL)
            .beside(NATIVE),
        new("unconditional error, uncounted")
            .calls(&this_file)
            .failing()
            .everybody("msync:error=EIO:uncounted", &INJECT)
            .ratio(NATIVE, Bounds::both(1.0)),
    ]
}

/// The same with many mappings or threads around.
fn crowds(tools: &Tools) -> Vec<Row> {
    let new = |what: &str| Builder::new(tools, what);
    let idle = ["-i", "2000", "msync", "b.bin", "a.bin"];
    let ancestor = std::process::id().to_string();
    vec![
        new("20 000 mappings against none")
            .calls(&["msync", "b.bin", "a.bin"])
            .havoc(&[MSYNC])
            .calls(&["-m", "20000", "msync", "b.bin", "a.bin"])
            .havoc_named(", 20 000 mappings", &[MSYNC])
            .against_plain(", 20 000 mappings", Bounds::both(1.10)),
        new("2 000 idle traced threads against none")
            .calls(&["msync", "b.bin", "a.bin"])
            .havoc(&[MSYNC])
            .least(&["-m"])
            .calls(&idle)
            .havoc_named(", 2 000 threads", &[MSYNC])
            .least_named(", 2 000 threads", &["-m"])
            .within_named(", 2 000 threads", CALL)
            .beside_plain(", 2 000 threads"),
        new("8 threads faulting on two cores")
            .cpus(2)
            .calls(&["-t", "8", "msync", "a.bin", "b.bin"])
            .failing()
            .everybody(MSYNC, &INJECT)
            .least(&["-m", "-s"])
            .least_of_two(&["-m", "-s"])
            .within(CALL)
            .beside(FILTERED),
        new("1 thread faulting on two cores")
            .cpus(2)
            .calls(&["msync", "a.bin", "b.bin"])
            .failing()
            .everybody(MSYNC, &INJECT)
            .least(&["-m", "-s"])
            .least_of_two(&["-m", "-s"])
            .within(CALL)
            .beside(FILTERED),
        new("memory of havoc with 2 000 traced threads")
            .memory()
            .calls(&[&["-a", &ancestor], &idle[..]].concat())
            .havoc(&[MSYNC])
            .alone(Bounds::both(16.0 * 1024.0 * 1024.0)),
    ]
}

/// Whole programs.
fn programs(tools: &Tools) -> Vec<Row> {
    let new = |what: &str| Builder::new(tools, what);
    let forces = tools.java.as_ref().map(|directory| text(directory)).map_err(Clone::clone);
    let forces = forces.map(|directory| {
        ["java", "-cp", &directory, "Forces", &tools.file("b.bin")].map(str::to_owned).to_vec()
    });
    let three_hundred = "i=0; while [ $i -lt 300 ]; do /bin/true; i=$((i+1)); done";
    vec![
        new("JVM start")
            .program(&["java", "-version"], 3)
            .everybody(MSYNC, &INJECT)
            .least(&["-m"])
            .within(CALL)
            .beside(NATIVE),
        new("Java force(), no match")
            .timed_program(forces)
            .everybody(MSYNC, &TRACE)
            .least(&["-m"])
            .within(CALL)
            .beside(NATIVE),
        new("300 × /bin/true")
            .program(&["sh", "-c", three_hundred], 1)
            .everybody(MSYNC, &INJECT)
            .least(&["-m"])
            .within(CALL)
            .beside(NATIVE),
        new("havoc on /bin/true")
            .program(&["/bin/true"], 20)
            .everybody(MSYNC, &INJECT)
            .least(&["-m"])
            .within(START)
            .over(NATIVE),
    ]
}

/// A plan of 200 rules against one of a single rule, for calls that match none of them.
fn many_rules(tools: &Tools) -> Vec<Row> {
    // 0x10000 is nobody's descriptor, and fsync(2) has no second argument.
    type Selector = (&'static str, fn(usize) -> String);
    let selectors: [Selector; 7] = [
        ("path", |n| format!("path=x{n}.db")),
        ("fd", |n| format!("fd={}", 0x10000 + n)),
        ("arg1", |n| format!("arg1={}", 0x10000 + n)),
        ("comm", |n| format!("comm=x{n}")),
        ("exe", |n| format!("exe=**/x{n}")),
        ("thread", |n| format!("thread=x{n}")),
        ("caller", |n| format!("caller=**/x{n}.so")),
    ];
    let row = |(key, selector): Selector| {
        let rules: Vec<String> = (0..200).map(|n| format!("fsync:error=EIO:{}", selector(n))).collect();
        let rules: Vec<&str> = rules.iter().map(String::as_str).collect();
        Builder::new(tools, &format!("200 rules by {key} against one"))
            .calls(&["fsync", "a.bin"])
            .havoc(&rules[..1])
            .havoc_named(", 200 rules", &rules)
            .against_plain(", 200 rules", Bounds::both(1.10))
    };
    selectors.map(row).to_vec()
}

/// What has no goal of its own, and is good to know.
fn others(tools: &Tools) -> Vec<Row> {
    let new = |what: &str| Builder::new(tools, what);
    let table = "PRAGMA synchronous=FULL; DROP TABLE IF EXISTS t; CREATE TABLE t(n);";
    let inserts = format!("{table}{}", "INSERT INTO t VALUES(1);".repeat(200));
    let fsync = "fsync,fdatasync:error=EIO:path=a.bin";
    let trace_fsync = ["-e", "trace=fsync,fdatasync"];
    let compile = ["gcc", "-O2", "-c", "-o", "/dev/null", &text(&tools.source)];
    let rows = [
        new("pread, which no rule names").calls(&["pread", "a.bin"]).everybody(MSYNC, &INJECT),
        new("thread, created and joined").calls(&["thread", "a.bin"]).everybody(MSYNC, &INJECT),
        new("posix_spawn of /bin/true").calls(&["spawn", "a.bin"]).everybody(MSYNC, &INJECT),
        new("sqlite3, 200 transactions, another file named")
            .program(&["sqlite3", &tools.file("b.db"), &inserts], 1)
            .everybody(fsync, &trace_fsync),
        new("find /usr/include")
            .program(&["find", "/usr/include", "-newer", "/bin/true"], 1)
            .everybody(MSYNC, &INJECT),
        new("gcc, one file").program(&compile, 1).everybody(MSYNC, &INJECT),
    ];
    rows.into_iter().map(|row| row.told(NATIVE)).collect()
}
