//! One run of one command: what it says of itself, or how long it took.
use nix::sys::signal::{Signal, killpg};
use nix::sys::wait::{Id, WaitPidFlag, waitid};
use nix::unistd::Pid;
use std::fs::File;
use std::io::{self, Read, Seek};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

/// What a command is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// What it prints: a number, how many operations there were, and how many of them failed.
    ItsOwn,
    /// How long it takes from start to end, in nanoseconds: the median of so many runs.
    Duration(usize),
}

/// How many of a workload's calls fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failing {
    /// Every one: the rule names it.
    All,
    /// Not one.
    None,
    /// Nobody knows: a peer's command is the user's.
    Unknown,
}

/// Runs a command, the words of which are given, and returns the number asked for.
///
/// # Errors
/// Why there is none: one line.
pub fn take(words: &[String], asked: Asked, failing: Failing, limit: Duration) -> Result<f64, String> {
    match asked {
        Asked::ItsOwn => read_own(&once(words, limit)?.output, failing),
        Asked::Duration(times) => {
            let runs: Result<Vec<f64>, String> =
                (0..times).map(|_| Ok(once(words, limit)?.duration.as_nanos() as f64)).collect();
            Ok(super::rounds::median(&runs?))
        }
    }
}

fn read_own(output: &str, failing: Failing) -> Result<f64, String> {
    let words: Vec<&str> = output.split_whitespace().collect();
    let numbers: Option<Vec<f64>> = words.iter().map(|word| word.parse().ok()).collect();
    let [value, made, failed] = numbers.as_deref().unwrap_or_default() else {
        return Err(format!("prints `{}` and no three numbers", output.trim_end()));
    };
    let is_right = match failing {
        Failing::All => failed == made,
        Failing::None => *failed == 0.0,
        Failing::Unknown => true,
    };
    if is_right && *made > 0.0 { Ok(*value) } else { Err(format!("{failed} of {made} operations failed")) }
}

struct Finished {
    duration: Duration,
    output: String,
}

fn once(words: &[String], limit: Duration) -> Result<Finished, String> {
    let files = || Ok((tempfile::tempfile()?, tempfile::tempfile()?));
    let (mut output, mut errors): (File, File) =
        files().map_err(|error: io::Error| format!("make a file for its output: {error}"))?;
    let mut command = Command::new(&words[0]);
    // Files, for a pipe would wake us beside the run. A group of its own, to be ended as a whole.
    command.args(&words[1..]).stdin(Stdio::null()).process_group(0);
    let streams = || Ok((output.try_clone()?, errors.try_clone()?));
    let (to, errors_to) = streams().map_err(|error: io::Error| format!("copy a descriptor: {error}"))?;
    command.stdout(to).stderr(errors_to);
    let begin = Instant::now();
    let child = command.spawn().map_err(|error| format!("start {}: {error}", words[0]))?;
    let (status, end) = wait(child, limit).map_err(|error| format!("wait: {error}"))?;
    let Some(status) = status else {
        return Err(format!("took longer than {} s", limit.as_secs()));
    };
    if !status.success() {
        return Err(format!("{status}: {}", last_line(&read(&mut errors))));
    }
    Ok(Finished { duration: end - begin, output: read(&mut output) })
}

/// Waits for the child, and ends its group when the time is over. `None` means that it was.
fn wait(mut child: Child, limit: Duration) -> io::Result<(Option<ExitStatus>, Instant)> {
    let pid = i32::try_from(child.id()).expect("a pid is positive");
    // Group 1 would be everybody's where that is init's.
    assert!(pid > 1, "a child is never the first process");
    let group = Pid::from_raw(pid);
    let (is_over, over) = mpsc::channel::<()>();
    let ended = thread::scope(|scope| {
        let watchdog = scope.spawn(move || {
            let is_late = over.recv_timeout(limit) == Err(RecvTimeoutError::Timeout);
            // Nobody has reaped the child yet, so that the number is still its own.
            is_late && killpg(group, Signal::SIGKILL).is_ok()
        });
        let flags = WaitPidFlag::WEXITED | WaitPidFlag::WNOWAIT;
        let waited = waitid(Id::Pid(group), flags);
        let end = Instant::now();
        drop(is_over);
        let was_late = watchdog.join().expect("the watchdog does not panic");
        waited.map(|_| (end, was_late))
    });
    let status = child.wait()?;
    let (end, was_late) = ended?;
    Ok(((!was_late).then_some(status), end))
}

fn read(file: &mut File) -> String {
    let mut bytes = Vec::new();
    // What cannot be read is missing from a message, or no number.
    let _ = file.rewind().and_then(|()| file.read_to_end(&mut bytes));
    String::from_utf8_lossy(&bytes).into_owned()
}

fn last_line(text: &str) -> &str {
    text.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("it says nothing")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Vec<String> {
        ["sh", "-c", script].map(str::to_owned).to_vec()
    }

    const LIMIT: Duration = Duration::from_secs(30);

    #[test]
    fn a_workload_is_believed_only_if_as_many_calls_failed_as_should() {
        assert_eq!(read_own("12.5 100 100\n", Failing::All), Ok(12.5));
        assert_eq!(read_own("12.5 100 0\n", Failing::None), Ok(12.5));
        assert_eq!(read_own("12.5 100 3\n", Failing::Unknown), Ok(12.5));
        let refused = Err("3 of 100 operations failed".to_owned());
        assert_eq!(read_own("12.5 100 3\n", Failing::All), refused);
        assert_eq!(read_own("12.5 100 3\n", Failing::None), refused);
        assert_eq!(read_own("12.5 0 0\n", Failing::All), Err("0 of 0 operations failed".to_owned()));
        assert_eq!(read_own("oops\n", Failing::None), Err("prints `oops` and no three numbers".to_owned()));
    }

    #[test]
    fn a_command_that_fails_is_told_with_its_last_line() {
        let failed =
            take(&shell("echo one >&2; echo two >&2; exit 3"), Asked::Duration(1), Failing::None, LIMIT);
        assert_eq!(failed, Err("exit status: 3: two".to_owned()));
        let absent = take(&["/no/such/program".to_owned()], Asked::Duration(1), Failing::None, LIMIT);
        assert!(absent.unwrap_err().starts_with("start /no/such/program: "));
    }

    #[test]
    fn a_command_that_does_not_end_is_ended_with_its_children() {
        let hanging =
            take(&shell("sleep 1000 & wait"), Asked::ItsOwn, Failing::None, Duration::from_millis(50));
        assert_eq!(hanging, Err("took longer than 0 s".to_owned()));
    }

    #[test]
    fn a_number_is_read_or_taken() {
        assert_eq!(take(&shell("echo 7 1 0"), Asked::ItsOwn, Failing::None, LIMIT), Ok(7.0));
        assert!(take(&shell(":"), Asked::Duration(3), Failing::None, LIMIT).unwrap() > 0.0);
    }
}
