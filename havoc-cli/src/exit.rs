//! What havoc's own exit status says.
use havoc_engine::kernel::Ended;
use havoc_engine::kernel::linux::SpawnError;
use havoc_engine::session::Report;
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
    let violation = report.rules.iter().find_map(|rule| match rule {
        rule if rule.tally.unverified > 0 => {
            Some(format!("an injection of rule {} is not verified", rule.name))
        }
        rule if rule.uncounted => Some(format!("rule {} is not counted", rule.name)),
        rule if !rule.fired() => Some(format!("rule {} never fired", rule.name)),
        _ => None,
    });
    violation.filter(|_| strict).map(|why| (STRICT, format!("--strict: {why}")))
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
