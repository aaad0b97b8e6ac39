//! `reaper PROGRAM [ARG]...`: runs the program, and when it has ended kills all that it left behind.
//!
//! What a PID namespace does for a test, as far as it can be done without one: a container permits none inside. Orphans
//! are handed to the reaper (PR_SET_CHILD_SUBREAPER, prctl(2)), so that everything the program ever started is below it.
#![deny(unsafe_code)]

use nix::sys::prctl::set_child_subreaper;
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::waitpid;
use nix::unistd::Pid;
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, ExitCode};

/// What a shell says of a program that it cannot find.
const NOT_FOUND: u8 = 127;

fn main() -> ExitCode {
    let mut words = std::env::args_os().skip(1);
    let Some(program) = words.next() else {
        eprintln!("usage: reaper PROGRAM [ARG]...");
        return ExitCode::from(2);
    };
    if let Err(error) = set_child_subreaper(true) {
        eprintln!("reaper: become the one who gets the orphans: {error}");
        return ExitCode::from(2);
    }
    // Orphans that end before the program does stay zombies, as they do in the namespace.
    let status = match Command::new(&program).args(words).status() {
        Ok(status) => status,
        Err(error) => {
            eprintln!("reaper: start {}: {error}", program.display());
            return ExitCode::from(NOT_FOUND);
        }
    };
    if let Err(error) = end_all() {
        eprintln!("reaper: end what the program has left: {error}");
        return ExitCode::from(2);
    }
    let code = status.code().or(status.signal().map(|signal| 128 + signal)).unwrap_or(2);
    ExitCode::from(u8::try_from(code).unwrap_or(u8::MAX))
}

/// Kills and reaps children until there is none: those of a child that was killed become ours.
fn end_all() -> std::io::Result<()> {
    loop {
        let children = children()?;
        if children.is_empty() {
            return Ok(());
        }
        for child in children {
            // A child that nobody has waited for keeps its id, so it is nobody else's. Never 1 or less: that is everybody.
            if child.as_raw() > 1 {
                let _ = kill(child, Signal::SIGKILL);
            }
        }
        let _ = waitpid(None, None);
    }
}

/// Returns the children, dead ones too. proc(5); the kernel needs CONFIG_PROC_CHILDREN.
fn children() -> std::io::Result<Vec<Pid>> {
    let own = std::process::id();
    let list = std::fs::read_to_string(format!("/proc/{own}/task/{own}/children"))?;
    Ok(list.split_whitespace().filter_map(|id| id.parse().ok()).map(Pid::from_raw).collect())
}
