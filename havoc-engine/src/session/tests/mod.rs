//! Scripted sessions: each test is a situation that the kernel can bring about, and what must come of it.
//!
//! A script says what the kernel reports; the test asserts what the session did, in order, what the log says and what
//! the report counts. The scripted kernel itself fails every test that leaves a task frozen.
mod call;

use super::{Config, Logging, Report, Session};
use crate::kernel::script::{ROOT, Script, ScriptedKernel, tid};
use crate::plan::syntax::{parse_rules, parse_set};
use crate::record::TextSink;
use std::path::Path;

/// A configuration to play scripts under.
#[derive(Clone, Default)]
struct Case(Config);

/// What came of a script.
struct Ran {
    report: Report,
    acts: Vec<String>,
    log: Vec<String>,
    kernel: ScriptedKernel,
}

impl Case {
    fn rules(rules: &[&str]) -> Case {
        let rules: Vec<String> = rules.iter().map(|rule| (*rule).to_owned()).collect();
        let plan = parse_rules(&rules, Path::new("/work")).expect("the rules of a test are good");
        Case(Config { plan, ..Config::default() })
    }

    fn trace(mut self, set: &str) -> Case {
        self.0.logging = Logging { calls: Some(parse_set(set).expect("the set of a test is good")) };
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
        let mut sink = TextSink::new(&mut log);
        let report = Session::new(&mut kernel, &mut sink, &self.0, tid(ROOT)).run();
        let log = String::from_utf8(log).expect("the log of a test is ASCII");
        Ran { report, acts: kernel.acts().to_vec(), log: log.lines().map(str::to_owned).collect(), kernel }
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
}
