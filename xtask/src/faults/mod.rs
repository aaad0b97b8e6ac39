//! Faults in havoc itself: `cargo xtask faults`.
//!
//! strace has one system call of havoc's main thread fail, another one in each run, while a program runs whose result is
//! known. havoc may then fail and say so, or go on and say what it could not see. It must not hang, leave processes behind,
//! or be wrong and say nothing.
mod table;
mod trial;
mod verdict;

use crate::apt::succeed;
use crate::namespace::Isolation;
use crate::setup::{self, Need, What};
use crate::{cargo, jobs};
use anyhow::{Context, Result, bail, ensure};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;
use trial::{Fault, Outcome, Subject};
use verdict::Wrong;

/// What `cargo xtask faults` is given.
#[derive(clap::Args)]
pub struct Options {
    /// Which havoc; without it the one that is built for the tests
    #[arg(long, value_name = "FILE")]
    havoc: Option<PathBuf>,
    /// Under which engines; may be repeated
    #[arg(long = "engine", value_name = "NAME", default_values = ENGINES, value_parser = ENGINES)]
    engines: Vec<String>,
    /// How many of havoc's calls of each name fail, one in each run: the first ones
    #[arg(long, value_name = "N", default_value_t = MOST)]
    most: usize,
    /// How many runs go on at a time; as many as there are CPUs without it
    #[arg(long, value_name = "N")]
    jobs: Option<usize>,
    /// Show the table of calls and errors, with what gives them, and run nothing
    #[arg(long)]
    list: bool,
    /// Which calls; all of the table without it
    #[arg(value_name = "CALL")]
    calls: Vec<String>,
}

const ENGINES: [&str; 2] = ["ptrace", "notify"];

/// How many calls of each name fail. havoc has come to every kind of stop by then.
const MOST: usize = 40;

const NEEDS: &[Need] = &[
    Need { what: What::Command("bash"), packages: &["bash"] },
    Need { what: What::Command("gcc"), packages: &["gcc"] },
    Need { what: What::Command("setpriv"), packages: &["util-linux"] },
    Need { what: What::Command("strace"), packages: &["strace"] },
    Need { what: What::Command("timeout"), packages: &["coreutils"] },
    Need { what: What::Command("unshare"), packages: &["util-linux"] },
];

/// What a look-up is needed for, of each kind.
const RULES: &[&str] = &[
    "fsync,msync,truncate:error=EIO:path=a.bin",
    "fdatasync:error=EIO:path!=b.bin",
    "getsockopt:error=ENOBUFS:sock=unix/a.sock",
    "getpgid:error=EPERM:thread=worker",
    "getsid:error=EPERM:exe=**/program",
    "getpriority:error=EPERM:caller=**/libc.so*",
];

/// What the program sees under these rules, and its status.
const EXPECTED: (&str, i32) = (
    "\
thread: fsync 2 0, fdatasync 2 0, msync 2 0, truncate 2 0, getsockopt 2 0, getpgid 2, getsid 2, getpriority 2
child: fsync 2 0, fdatasync 2 0, msync 2 0, truncate 2 0, getsockopt 2 0, getpgid 0, getsid 2, getpriority 2
first: fsync 2 0, fdatasync 2 0, msync 2 0, truncate 2 0, getsockopt 2 0, getpgid 0, getsid 2, getpriority 2
",
    7,
);

/// How many runs were right, and how many wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Right ones.
    pub right: usize,
    /// Wrong ones, and calls of havoc's that are in no table.
    pub wrong: usize,
}

impl Default for Options {
    /// All of it.
    fn default() -> Options {
        let engines = ENGINES.map(str::to_owned).to_vec();
        Options { havoc: None, engines, most: MOST, jobs: None, list: false, calls: Vec::new() }
    }
}

/// Does as `cargo xtask faults` is told.
///
/// # Errors
/// As [`count`] has. A run that was wrong is no error but the exit status.
pub fn run(options: &Options) -> Result<ExitCode> {
    if options.list {
        print!("{}", table::shown());
        return Ok(ExitCode::SUCCESS);
    }
    let begin = Instant::now();
    let Count { right, wrong } = count(options)?;
    println!("{right} right, {wrong} wrong, in {} s", begin.elapsed().as_secs());
    Ok(if wrong == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Builds, runs, prints a line for each run that was wrong, and counts.
///
/// # Errors
/// When there is no such call, something is missing, or the program does not do without a fault what it should.
pub fn count(options: &Options) -> Result<Count> {
    let known = |name: &String| table::CALLS.iter().any(|call| call.name == name);
    if let Some(name) = options.calls.iter().find(|name| !known(name)) {
        bail!("no call `{name}` is in the table; --list shows it");
    }
    let subject = provide(options.havoc.as_deref())?;
    let isolation = Isolation::available();
    // What is killed by mistake must be nobody else's.
    ensure!(isolation != Isolation::Absent, "this takes a PID namespace, and none is permitted here");
    let mut count = Count::default();
    for engine in &options.engines {
        let expected = trial::run(isolation, &subject, engine, None)?;
        check(&expected).with_context(|| format!("run without a fault under engine {engine}"))?;
        let calls = expected.calls();
        for name in calls.keys().filter(|name| table::errors(name).is_none()) {
            println!("{engine}: havoc calls {name}, which xtask/src/faults/table.rs does not have");
            count.wrong += 1;
        }
        let faults = faults(&calls, &options.calls, options.most);
        println!("── {engine}: {} faults in {} calls", faults.len(), distinct(&faults));
        let judged = jobs::at_a_time(jobs::count(options.jobs), faults, |fault| {
            let run = trial::run(isolation, &subject, engine, Some(&fault))?;
            Ok(Judged { wrong: verdict::judge(&expected, &run), fault, run })
        });
        tell(engine, &judged.into_iter().collect::<Result<Vec<_>>>()?, &mut count);
    }
    Ok(count)
}

/// A run with its fault, and what is wrong with it.
struct Judged {
    fault: Fault,
    run: Outcome,
    wrong: Option<Wrong>,
}

/// Prints the runs that were wrong, and counts all but those whose fault no kernel gives, or that never came to the call.
fn tell(engine: &str, judged: &[Judged], count: &mut Count) {
    let mut kinds = BTreeMap::<&str, usize>::new();
    let mut add = |kind| *kinds.entry(kind).or_default() += 1;
    for Judged { fault, run, wrong } in judged {
        let injected = run.injected().unwrap_or("");
        // Who hangs may have been killed before strace wrote the line.
        let is_hang = *wrong == Some(Wrong::Hang);
        if table::is_never_given(fault.call, fault.error, injected) {
            add("with an error that no kernel gives");
        } else if injected.is_empty() && !is_hang {
            add("that never came to the call");
        } else if let Some(wrong) = wrong {
            add(wrong.kind());
            println!("{engine} {fault}: {}: {wrong}\n    {injected}", wrong.kind());
            count.wrong += 1;
        } else {
            add("right");
            count.right += 1;
        }
    }
    let counts: Vec<String> = kinds.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
    println!("{engine}: {}", counts.join(", "));
}

/// Returns the faults for calls that were made so often: each error of each, at each of the first `most`.
fn faults(made: &BTreeMap<&str, usize>, wanted: &[String], most: usize) -> Vec<Fault> {
    let is_wanted = |name: &str| wanted.is_empty() || wanted.iter().any(|wanted| wanted == name);
    let mut faults = Vec::new();
    for call in table::CALLS.iter().filter(|call| is_wanted(call.name)) {
        let count = made.get(call.name).copied().unwrap_or(0).min(most);
        for error in call.errors {
            faults.extend((1..=count).map(|when| Fault { call: call.name, error, when }));
        }
    }
    faults
}

fn distinct(faults: &[Fault]) -> usize {
    faults.iter().map(|fault| fault.call).collect::<BTreeSet<_>>().len()
}

/// Holds a run without a fault against what it should be.
fn check(run: &Outcome) -> Result<()> {
    let (out, status) = EXPECTED;
    ensure!(
        run.out == out && run.status == Some(status) && run.left.is_empty(),
        "expected status {status} and\n{out}found {run:?}"
    );
    Ok(())
}

/// Builds havoc, if none is given, and the program.
fn provide(havoc: Option<&Path>) -> Result<Subject> {
    setup::provide(NEEDS)?;
    let havoc = match havoc {
        Some(path) => path.canonicalize().with_context(|| format!("find {}", path.display()))?,
        None => {
            cargo::build_programs()?;
            cargo::target().join("debug/havoc")
        }
    };
    let directory = cargo::target().join("faults");
    fs::create_dir_all(&directory).with_context(|| format!("make {}", directory.display()))?;
    let program = directory.join("program");
    let source = cargo::root().join("xtask/src/faults/program.c");
    succeed(
        Command::new("gcc").args(["-O1", "-pthread", "-o"]).args([&program, &source]).stdin(Stdio::null()),
    )?;
    Ok(Subject { havoc, program, rules: RULES })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_of_a_call_comes_at_each_of_the_first_calls() {
        let made = BTreeMap::from([("poll", 3), ("brk", 9)]);
        let fault = |error, when| Fault { call: "poll", error, when };
        let expected = [fault("EINTR", 1), fault("EINTR", 2), fault("ENOMEM", 1), fault("ENOMEM", 2)];
        assert_eq!(faults(&made, &[], 2), expected);
        assert_eq!(faults(&made, &["poll".to_owned()], 2), expected);
        assert_eq!(faults(&made, &["read".to_owned()], 2), []);
    }

    #[test]
    fn a_run_without_a_fault_has_to_be_as_it_should() {
        let (out, status) = EXPECTED;
        let run = Outcome { status: Some(status), out: out.to_owned(), ..Outcome::default() };
        assert!(check(&run).is_ok());
        assert!(check(&Outcome { status: None, ..run.clone() }).is_err());
        assert!(check(&Outcome { left: vec!["program".to_owned()], ..run }).is_err());
    }
}
