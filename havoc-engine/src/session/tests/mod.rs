//! Scripted sessions: each test is a situation that the kernel can bring about, and what must come of it.
//!
//! A script says what the kernel reports; the test asserts what the session did, in order, what the log says and what
//! the report counts. The scripted kernel itself fails every test that leaves a task frozen.
mod attempt;
mod birth;
mod blind;
mod call;
mod companion;
mod control;
mod crash;
mod delay;
mod elsewhere;
mod exec;
mod interleaving;
mod kinds;
mod late;
mod leaf;
mod mishap;
mod restart;
mod signals;
mod sockets;
mod strace;
mod sweep;
mod transfer;
mod verify;

use super::{Config, IoUring, Logging, Report, Session};
use crate::kernel::script::{ROOT, Script, ScriptedKernel, tid};
use crate::plan::syntax::{parse_rules, parse_set};
use crate::record::{Event, LogicalPath, Sink, TextSink, What};
use crate::signal::Signal;
use crate::task::Tid;
use std::path::Path;

/// A configuration to play scripts under.
#[derive(Clone, Default)]
struct Case(Config);

/// What came of a script.
struct Ran {
    report: Report,
    acts: Vec<String>,
    log: Vec<String>,
    /// Who came into the tree, and at which place.
    born: Vec<(Tid, LogicalPath)>,
    kernel: ScriptedKernel,
}

impl Case {
    fn rules(rules: &[&str]) -> Case {
        let rules: Vec<String> = rules.iter().map(|rule| (*rule).to_owned()).collect();
        let plan = parse_rules(&rules, Path::new("/work")).expect("the rules of a test are good");
        Case(Config { plan, ..Config::default() })
    }

    fn trace(mut self, set: &str) -> Case {
        self.0.logging =
            Logging { calls: Some(parse_set(set).expect("the set of a test is good")), ..Logging::default() };
        self
    }

    fn with(mut self, change: impl FnOnce(&mut Config)) -> Case {
        change(&mut self.0);
        self
    }

    fn play(&self, script: Script) -> Ran {
        let ran = self.play_on(ScriptedKernel::new(script));
        ran.kernel.check();
        ran
    }

    /// Plays without a check of how the tasks were left.
    fn play_on(&self, mut kernel: ScriptedKernel) -> Ran {
        let mut log = Vec::new();
        let mut sink = Watching { text: TextSink::new(&mut log), born: Vec::new() };
        let report = Session::new(&mut kernel, &mut sink, &self.0, tid(ROOT)).run();
        let born = sink.born;
        let log = String::from_utf8(log).expect("the log of a test is ASCII");
        let log = log.lines().map(str::to_owned).collect();
        Ran { report, acts: kernel.acts().to_vec(), log, born, kernel }
    }
}

impl Ran {
    /// What was done, without what was forgotten.
    fn did(&self) -> Vec<&str> {
        self.acts.iter().map(String::as_str).filter(|act| !act.ends_with("is forgotten")).collect()
    }

    /// Calls and stops of one system call.
    fn counted(&self, name: &str) -> (u64, u64) {
        self.report.calls.get(name).map_or((0, 0), |stats| (stats.calls, stats.stops))
    }

    /// Matches and injections of the rule at this place of the plan.
    fn rule(&self, index: usize) -> (u64, u64) {
        let tally = &self.report.rules[index].tally;
        (tally.matches, tally.injected)
    }

    /// The place of a task in the tree, as numbers of children.
    fn place(&self, raw: i32) -> Option<LogicalPath> {
        self.born.iter().find(|(of, _)| *of == tid(raw)).map(|(_, place)| place.clone())
    }

    /// What was written into tasks.
    fn written(&self) -> Vec<&str> {
        self.did().into_iter().filter(|act| act.contains(':') || act.contains("told")).collect()
    }
}

/// The text log, and who came into the tree.
struct Watching<W> {
    text: TextSink<W>,
    born: Vec<(Tid, LogicalPath)>,
}

impl<W: std::io::Write> Sink for Watching<W> {
    fn take(&mut self, event: Event) {
        if let What::Began(place) = &event.what {
            self.born.push((event.tid, place.clone()));
        }
        self.text.take(event);
    }

    fn began_call(&mut self, tid: Tid, event: &Event) {
        self.text.began_call(tid, event);
    }
}

/// The place that these numbers of children lead to.
fn place(numbers: &[u32]) -> Option<LogicalPath> {
    Some(numbers.iter().fold(LogicalPath::default(), |place, number| place.child(*number)))
}
