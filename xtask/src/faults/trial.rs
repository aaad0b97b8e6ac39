//! One run of havoc under strace, in a PID namespace of its own: what everybody said, and who was left.
use crate::namespace::Isolation;
use anyhow::{Context, Result, ensure};
use std::collections::BTreeMap;
use std::fmt::{self, Display, Formatter};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A call of havoc's that fails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The call.
    pub call: &'static str,
    /// The error.
    pub error: &'static str,
    /// Which of these calls it is, from 1.
    pub when: usize,
}

impl Display for Fault {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} when={}", self.call, self.error, self.when)
    }
}

/// What is run.
pub struct Subject {
    /// havoc.
    pub havoc: PathBuf,
    /// The program under it.
    pub program: PathBuf,
    /// havoc's rules for it.
    pub rules: &'static [&'static str],
}

/// What came of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// havoc's exit status, 128 + n where a signal ended it; nothing if the run took too long.
    pub status: Option<i32>,
    /// What the program printed.
    pub out: String,
    /// What havoc wrote to standard error.
    pub err: String,
    /// Log and report.
    pub log: String,
    /// What strace wrote: havoc's own calls.
    pub strace: String,
    /// The processes that were left, by name.
    pub left: Vec<String>,
}

impl Outcome {
    /// Returns how often havoc made each call.
    pub fn calls(&self) -> BTreeMap<&str, usize> {
        let mut calls = BTreeMap::new();
        for (name, _) in self.strace.lines().filter_map(|line| line.split_once('(')) {
            // Signals and the end have other lines.
            if name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_') {
                *calls.entry(name).or_default() += 1;
            }
        }
        calls
    }

    /// Returns the call that failed, as strace has it; none if havoc never came so far.
    pub fn injected(&self) -> Option<&str> {
        self.strace.lines().find(|line| line.ends_with("(INJECTED)"))
    }
}

/// How many seconds a run may take. It takes a quarter of one.
const SECONDS: u32 = 20;

/// Run in the namespace, below its first process, in the run's directory; its words are the command. Prints the status, if
/// there is one, and who lives on two seconds later.
const SCRIPT: &str = r#"
seconds=$1
shift
timeout -s KILL "$seconds" "$@" < /dev/null > out 2> err
status=$?
[ $SECONDS -lt "$seconds" ] && echo "status $status"
# Forks nothing, so that it does not see itself.
living() {
    names=
    for process in /proc/[0-9]*; do
        case ${process#/proc/} in 1 | $$) continue ;; esac
        { read -r stat < "$process/stat"; } 2> /dev/null || continue
        state=${stat##*) }
        case $state in [ZX]*) continue ;; esac
        name=${stat#*\(}
        names="$names${name%)*}"$'\n'
    done
    [ -n "$names" ]
}
tries=0
while living && [ $tries -lt 40 ]; do
    tries=$((tries + 1))
    sleep 0.05
done
printf '%s' "$names"
"#;

/// Runs the program under havoc under strace, which has the fault happen, if one is given, and follows nobody.
///
/// # Errors
/// When the run could not begin, or its namespace broke.
pub fn run(isolation: Isolation, subject: &Subject, engine: &str, fault: Option<&Fault>) -> Result<Outcome> {
    let directory = tempfile::tempdir().context("make a directory for a run")?;
    let program = subject.program.to_string_lossy().into_owned();
    let seconds = SECONDS.to_string();
    let mut words: Vec<String> =
        ["-c", SCRIPT, "run", &seconds, "strace", "-qq", "-o", "strace"].map(str::to_owned).to_vec();
    if let Some(Fault { call, error, when }) = fault {
        words.extend(["-e".into(), format!("trace={call}"), "-e".into()]);
        words.push(format!("inject={call}:error={error}:when={when}"));
    }
    words.push(subject.havoc.to_string_lossy().into_owned());
    words.extend(["--engine", engine, "-o", "log"].map(str::to_owned));
    words.extend(subject.rules.iter().flat_map(|rule| ["--inject".to_owned(), (*rule).to_owned()]));
    words.extend(["--".to_owned(), program]);
    let mut command: Command = isolation.command("bash", words);
    command.current_dir(directory.path()).stdin(Stdio::null());
    let output = command.output().context("start a run")?;
    ensure!(
        output.status.success(),
        "a run's namespace ended with {}: {}",
        output.status,
        String::from_utf8_lossy(&output.stderr).trim()
    );
    let read = |name: &str| read(&directory.path().join(name));
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let (status, left) = parts(&said);
    Ok(Outcome { status, left, out: read("out"), err: read("err"), log: read("log"), strace: read("strace") })
}

/// Reads what the script says.
fn parts(said: &str) -> (Option<i32>, Vec<String>) {
    let mut lines = said.lines().peekable();
    let status = lines.peek().and_then(|line| line.strip_prefix("status ")).and_then(|it| it.parse().ok());
    if status.is_some() {
        lines.next();
    }
    (status, lines.map(str::to_owned).collect())
}

/// Returns what a file holds; a file that was not made holds nothing.
fn read(path: &Path) -> String {
    fs::read(path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_status_and_who_was_left_are_read() {
        assert_eq!(parts("status 7\n"), (Some(7), vec![]));
        assert_eq!(parts("status 137\nhavoc\nsleep\n"), (Some(137), vec!["havoc".into(), "sleep".into()]));
        assert_eq!(parts("sleep\n"), (None, vec!["sleep".into()]));
    }

    #[test]
    fn calls_are_counted_and_the_one_that_failed_is_found() {
        let strace = "read(3, \"\", 9) = 0\nwait4(-1, NULL, 0, NULL) = -1 EINTR (Interrupted system call) (INJECTED)\n\
                      --- SIGURG {si_signo=SIGURG} ---\nread(3, \"\", 9) = 0\n+++ exited with 7 +++\n";
        let outcome = Outcome { strace: strace.into(), ..Outcome::default() };
        assert_eq!(outcome.calls(), BTreeMap::from([("read", 2), ("wait4", 1)]));
        assert!(outcome.injected().unwrap().starts_with("wait4("));
    }
}
