//! What a run with a fault is worth, beside one without.
use super::trial::Outcome;
use std::fmt::{self, Display, Formatter};

/// What is wrong with a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// It did not come to an end.
    Hang,
    /// Processes were left.
    Left(Vec<String>),
    /// The program saw something else than without the fault, or ended otherwise, and havoc says nothing of it.
    Silent(String),
    /// The program saw what it should, and the report counts something else.
    Report(String),
}

impl Wrong {
    /// Returns its kind, in a word.
    pub fn kind(&self) -> &'static str {
        match self {
            Wrong::Hang => "hang",
            Wrong::Left(_) => "left",
            Wrong::Silent(_) => "silent",
            Wrong::Report(_) => "report",
        }
    }
}

impl Display for Wrong {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Wrong::Hang => f.write_str("did not end"),
            Wrong::Left(names) => f.write_str(&names.join(", ")),
            Wrong::Silent(what) | Wrong::Report(what) => f.write_str(what),
        }
    }
}

/// What the report says where something could not be done or seen.
const ADMISSIONS: [&str; 6] = [
    "could not be judged",
    "not judged",
    "not verified",
    "that the kernel refused",
    "not seen to end",
    "havoc failed",
];

/// What havoc says on standard error of a report that holds one of these, or a rule that did not fire: no admission by itself.
const HINT: &str = "some rules did not fire";

/// Judges a run by the one without a fault; nothing is wrong with it if there is nothing.
pub fn judge(expected: &Outcome, run: &Outcome) -> Option<Wrong> {
    let Some(status) = run.status else { return Some(Wrong::Hang) };
    if !run.left.is_empty() {
        return Some(Wrong::Left(run.left.clone()));
    }
    if admits(run) || is_not_started(status, run) {
        return None;
    }
    if run.out != expected.out {
        return Some(Wrong::Silent(difference(&expected.out, &run.out)));
    }
    if run.status != expected.status {
        return Some(Wrong::Silent(format!("status {status}")));
    }
    let (told, rules) = (rules(&run.log), rules(&expected.log));
    (told != rules).then(|| Wrong::Report(difference(&rules, &told)))
}

/// Tells whether havoc says that something went wrong.
fn admits(run: &Outcome) -> bool {
    // What the report says of rules that did not fire stands on the console as well.
    let is_told = |line: &str| run.log.lines().any(|told| told == line);
    let mut said = run.err.lines().filter(|line| !line.trim().is_empty());
    let on_stderr = said.any(|line| !line.contains(HINT) && !is_told(line));
    let report = run.log.lines().filter(|line| line.starts_with("havoc: "));
    on_stderr || report.into_iter().any(|line| ADMISSIONS.iter().any(|words| line.contains(words)))
}

/// Tells whether havoc ended before the program began, and its status says so: the dynamic loader may do that without a word.
fn is_not_started(status: i32, run: &Outcome) -> bool {
    status >= 125 && run.out.is_empty() && run.log.is_empty()
}

/// Returns the report's lines with counts.
fn rules(log: &str) -> String {
    let lines = log.lines().filter_map(|line| line.strip_prefix("havoc: rule "));
    lines.fold(String::new(), |text, line| text + line + "\n")
}

/// Returns the first lines that differ, as far as they do: what was expected is behind it.
fn difference(expected: &str, got: &str) -> String {
    let mut pairs = expected.lines().map(Some).chain([None]).zip(got.lines().map(Some).chain([None]));
    let Some((expected, got)) = pairs.find(|(expected, got)| expected != got) else {
        return "nothing differs".to_owned();
    };
    let (expected, got) = (expected.unwrap_or("no more"), got.unwrap_or("no more"));
    let parts = |line: &str| line.split(", ").map(str::to_owned).collect::<Vec<_>>();
    let (expected_parts, got_parts) = (parts(expected), parts(got));
    if expected_parts.len() != got_parts.len() {
        return format!("`{got}`, not `{expected}`");
    }
    let differing = expected_parts.iter().zip(&got_parts).filter(|(expected, got)| expected != got);
    differing.map(|(expected, got)| format!("`{got}`, not `{expected}`")).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const OUT: &str = "child: fsync 2 0, msync 2 0\nfirst: fsync 2 0, msync 2 0\n";
    const LOG: &str =
        "havoc: rule fsync#1 (fsync:error=EIO): 4 matches, 4 injected\nhavoc: the program exited with 7\n";

    fn run(status: i32, out: &str, err: &str, log: &str) -> Outcome {
        Outcome {
            status: Some(status),
            out: out.into(),
            err: err.into(),
            log: log.into(),
            ..Outcome::default()
        }
    }

    fn judged(run: &Outcome) -> Option<Wrong> {
        judge(&super::tests::run(7, OUT, "", LOG), run)
    }

    #[test]
    fn a_run_as_without_the_fault_is_right() {
        assert_eq!(judged(&run(7, OUT, "", LOG)), None);
    }

    #[test]
    fn another_result_is_wrong_unless_havoc_says_so() {
        let other = OUT.replacen("msync 2 0", "msync 1 0", 1);
        assert_eq!(
            judged(&run(7, &other, "", LOG)),
            Some(Wrong::Silent("`msync 1 0`, not `msync 2 0`".into()))
        );
        // That is said of every rule that did not fire.
        let hint = "havoc: some rules did not fire, or something could not be seen: the end of log tells\n";
        assert!(matches!(judged(&run(7, &other, hint, LOG)), Some(Wrong::Silent(_))));
        let told = format!("{LOG}havoc: rule msync#2 (msync:error=EIO) never fired: 0 matches\n");
        let on_console = format!("havoc: rule msync#2 (msync:error=EIO) never fired: 0 matches\n{hint}");
        assert!(matches!(judged(&run(7, &other, &on_console, &told)), Some(Wrong::Silent(_))));
        let admitted = format!("{LOG}havoc:   1 call could not be judged, since …\n");
        assert_eq!(judged(&run(7, &other, hint, &admitted)), None);
        // The program's own words in the log are no admission.
        let fake = format!("[pid 7] write(1, \"not judged\", 10) = 10\n{LOG}");
        assert!(matches!(judged(&run(7, &other, "", &fake)), Some(Wrong::Silent(_))));
    }

    #[test]
    fn an_error_of_havocs_own_needs_its_message() {
        assert_eq!(judged(&run(125, "", "havoc: error: start the program: out of memory\n", "")), None);
        assert_eq!(judged(&run(139, "", "", "")), None);
        let silent = judged(&run(0, "", "", ""));
        assert!(
            matches!(&silent, Some(Wrong::Silent(what)) if what.starts_with("`no more`, not `child: ")),
            "{silent:?}"
        );
        assert_eq!(judged(&run(139, OUT, "", LOG)), Some(Wrong::Silent("status 139".into())));
    }

    #[test]
    fn a_report_that_counts_otherwise_than_the_program_is_wrong() {
        let log = LOG.replace("4 matches, 4", "3 matches, 3");
        let wrong = judged(&run(7, OUT, "", &log)).expect("it is wrong");
        assert_eq!(wrong.kind(), "report");
        assert!(wrong.to_string().contains("3 injected`, not `4 injected"), "{wrong}");
    }

    #[test]
    fn who_hangs_or_leaves_processes_is_wrong_whatever_is_said() {
        let hung = Outcome { status: None, err: "havoc: error\n".into(), ..Outcome::default() };
        assert_eq!(judged(&hung), Some(Wrong::Hang));
        let left = Outcome { left: vec!["program".into()], ..run(125, "", "havoc: error\n", "") };
        assert_eq!(judged(&left), Some(Wrong::Left(vec!["program".into()])));
    }
}
