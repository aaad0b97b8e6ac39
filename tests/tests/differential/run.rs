//! Runs a case under strace and under havoc, and compares.
use crate::case::{Case, Relation, Side};
use crate::log;
use havoc_tests::apart::apart;
use havoc_tests::{havoc, testee};
use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::Command;

/// What came of one run.
#[derive(Debug)]
struct Ran {
    status: i32,
    out: String,
    err: String,
    log: String,
}

/// Checks a case.
///
/// # Errors
/// With what is wrong.
pub fn check(case: &Case) -> Result<(), String> {
    let strace = run(case, Path::new("strace"), &[]);
    // The summary tells of rules; a log that is compared has none.
    let has_summary = !matches!(case.relation, Relation::SameLog(_));
    let mut options: Vec<&str> = has_summary.then_some("-C").into_iter().collect();
    if havoc::verifies() {
        options.push("--debug-verify");
    }
    let absent: Vec<String> =
        havoc::absent().iter().map(|feature| format!("--debug-absent={feature}")).collect();
    options.extend(absent.iter().map(String::as_str));
    let havoc = run(case, &havoc::binary(), &options);
    compare(case, &strace, &havoc).map_err(|what| {
        format!(
            "── {} ── {}\n{what}\nstrace ({}):\n{}{}havoc ({}):\n{}{}",
            case.options,
            case.steps,
            strace.status,
            strace.out,
            strace.err,
            havoc.status,
            havoc.out,
            havoc.err
        )
    })
}

fn compare(case: &Case, strace: &Ran, havoc: &Ran) -> Result<(), String> {
    match &case.relation {
        Relation::Same(expected) => same(strace, havoc, *expected, havoc.tampered_by_havoc()),
        Relation::SameLog(expected) => {
            same(strace, havoc, *expected, havoc.tampered_in_strace_s_words())?;
            let (by_strace, by_havoc) = (log::compared(case, &strace.log), log::compared(case, &havoc.log));
            if by_strace == by_havoc {
                return Ok(());
            }
            Err(format!("strace's log:\n{}\nhavoc's:\n{}", by_strace.join("\n"), by_havoc.join("\n")))
        }
        Relation::BothRefuse => {
            if strace.status != 1 || havoc.status != 125 || !(strace.out.clone() + &havoc.out).is_empty() {
                return Err("both were to refuse".to_owned());
            }
            if havoc.err.contains("error: ") { Ok(()) } else { Err("havoc does not say why".to_owned()) }
        }
        Relation::Differ { strace: expected_of_strace, havoc: expected_of_havoc, .. } => {
            strace.is(expected_of_strace, 1).map_err(|what| format!("strace {what}"))?;
            havoc.is(expected_of_havoc, 125).map_err(|what| format!("havoc {what}"))
        }
    }
}

/// Checks that the program saw the same, and that so many calls were tampered with.
fn same(strace: &Ran, havoc: &Ran, expected: usize, by_havoc: usize) -> Result<(), String> {
    if strace.out != havoc.out || strace.status != havoc.status {
        return Err("the program saw something else".to_owned());
    }
    let by_strace = strace.tampered_in_strace_s_words();
    if by_strace == 0 {
        return Err("strace tampered with nothing".to_owned());
    }
    if (by_strace, by_havoc) != (expected, expected) {
        return Err(format!("of {expected} calls strace tampered with {by_strace}, havoc with {by_havoc}"));
    }
    Ok(())
}

impl Ran {
    /// Tells what a log in strace's words says that was tampered with. It has no word for a call that was sent a signal.
    fn tampered_in_strace_s_words(&self) -> usize {
        let noted = self.log.lines().filter(|line| line.contains("(INJECTED") || line.contains("(DELAYED)"));
        match noted.count() {
            // Of the kernel's own signals none comes here. SIGKILL is never delivered.
            0 => {
                let sent = ["si_code=SI_KERNEL", "+++ killed by SIGKILL"];
                self.log.lines().filter(|line| sent.iter().any(|text| line.contains(text))).count()
            }
            count => count,
        }
    }

    /// Tells what havoc's summary says: the sum over all rules.
    fn tampered_by_havoc(&self) -> usize {
        let rules = self.log.lines().skip_while(|line| !line.ends_with("missed  rule")).skip(1);
        rules
            .take_while(|line| !line.starts_with("havoc: "))
            .filter_map(|line| line.split_whitespace().nth(1)?.parse::<usize>().ok())
            .sum()
    }

    fn is(&self, side: &Side, refusal: i32) -> Result<(), String> {
        match side {
            Side::Prints(lines) => {
                let printed: Vec<&str> = self.out.lines().collect();
                if printed.join("; ") == *lines { Ok(()) } else { Err(format!("was to print `{lines}`")) }
            }
            Side::Refuses(said)
                if self.status == refusal && self.out.is_empty() && self.err.contains(said) =>
            {
                Ok(())
            }
            Side::Refuses(said) => Err(format!("was to refuse: `{said}`")),
        }
    }
}

fn run(case: &Case, tracer: &Path, options: &[&str]) -> Ran {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let log = directory.path().with_extension("log");
    for file in ["a", "b", "c"] {
        fs::write(directory.path().join(file), "").expect("write a file");
    }
    let mut command: Command = apart(tracer);
    command.args(options).arg("-o").arg(&log).args(case.options.split_whitespace());
    command.arg(testee::c_static("calls")).args(case.steps.split_whitespace()).current_dir(directory.path());
    let output = command.output().expect("a tracer runs");
    let ran = Ran {
        status: output.status.code().or(output.status.signal().map(|signal| 128 + signal)).unwrap_or(-1),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
        log: String::from_utf8_lossy(&fs::read(&log).unwrap_or_default()).into_owned(),
    };
    let _ = fs::remove_file(&log);
    ran
}
