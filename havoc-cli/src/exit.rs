//! What havoc's own exit status says.
use havoc_engine::kernel::Ended;
use havoc_engine::kernel::linux::SpawnError;
use havoc_engine::session::{Report, RuleReport};
use havoc_engine::signal::Signal;

/// `--strict` was violated.
pub const STRICT: u8 = 123;
/// `--timeout` ended the program.
pub const TIMED_OUT: u8 = 124;
/// havoc itself failed; a bad command line or plan is a failure too.
pub const FAILED: u8 = 125;
/// The command was found and cannot be executed.
pub const NOT_EXECUTABLE: u8 = 126;
/// The command was not found.
pub const NOT_FOUND: u8 = 127;

/// How havoc ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// With this status.
    Status(u8),
    /// By the signal that ended the program.
    Signal(Signal),
}

/// Returns the status for a program that could not be started.
pub fn of_spawn(error: &SpawnError) -> u8 {
    match error {
        SpawnError::NotFound { .. } => NOT_FOUND,
        SpawnError::NotExecutable { .. } => NOT_EXECUTABLE,
        SpawnError::NotPermitted { .. }
        | SpawnError::Proc(_)
        | SpawnError::NoListener(_)
        | SpawnError::Filter(_)
        | SpawnError::Own { .. } => FAILED,
    }
}

/// Why a run ends with a status of havoc's own, and which; `None` leaves the program's.
pub fn of_havoc(report: &Report, strict: bool) -> Option<(u8, String)> {
    if report.timed_out {
        return Some((TIMED_OUT, "the time limit ended the program".to_owned()));
    }
    if let Some(why) = &report.lost {
        return Some((FAILED, format!("havoc failed: {why}")));
    }
    if report.log_failed {
        return Some((FAILED, "havoc failed: the trace log could not be written".to_owned()));
    }
    if !strict {
        return None;
    }
    let named = |is: &dyn Fn(&RuleReport) -> bool| {
        let names: Vec<&str> =
            report.rules.iter().filter(|rule| is(rule)).map(|rule| rule.name.as_str()).collect();
        (!names.is_empty()).then(|| (listed(&names), if names.len() == 1 { "is" } else { "are" }))
    };
    let unverified = named(&|rule| rule.tally.unverified > 0);
    let uncounted = named(&|rule| rule.uncounted);
    let silent = named(&|rule| !rule.uncounted && rule.tally.unverified == 0 && !rule.fired());
    let why: Vec<String> = [
        unverified.map(|(rules, _)| format!("an injection of {rules} is not verified")),
        uncounted.map(|(rules, verb)| format!("{rules} {verb} not counted")),
        silent.map(|(rules, _)| format!("{rules} never fired")),
    ]
    .into_iter()
    .flatten()
    .collect();
    (!why.is_empty()).then(|| (STRICT, format!("--strict: {}", why.join(", "))))
}

/// How many rules are named at most.
const NAMED: usize = 5;

fn listed(names: &[&str]) -> String {
    match names {
        [only] => format!("rule {only}"),
        few if few.len() <= NAMED => format!("rules {}", few.join(", ")),
        many => format!("rules {} and {} more", many[..NAMED].join(", "), many.len() - NAMED),
    }
}

/// Returns how havoc ends after a run.
pub fn of_run(report: &Report, strict: bool) -> Exit {
    match (of_havoc(report, strict), report.root) {
        (Some((status, _)), _) => Exit::Status(status),
        (None, Some(Ended::Exited(status))) => Exit::Status(status),
        (None, Some(Ended::Killed { signal, .. })) => Exit::Signal(signal),
        (None, None) => Exit::Status(FAILED),
    }
}
