//! Runs programs where they cannot harm: for a bounded time, and those that signal in a PID namespace of their own.
//!
//! A container is such a namespace, and permits none inside. Where `HAVOC_APART=reaper` says so, what a test starts is
//! held together by the program `reaper` instead.

use crate::havoc::built;
use crate::outside;
use std::env;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::Command;

/// Returns a command that runs `program` and kills it after a minute.
pub fn bounded(program: impl AsRef<Path>) -> Command {
    bounded_by(60, program)
}

/// As [`bounded`], with another limit than a minute.
pub fn bounded_by(seconds: u32, program: impl AsRef<Path>) -> Command {
    let mut command = Command::new("timeout");
    command.args(["-s", "KILL", &here(seconds).to_string()]).arg(program.as_ref());
    command
}

/// Returns so much time, or more of it where every instruction is emulated.
fn here(seconds: u32) -> u32 {
    if outside::is_emulated() { 4 * seconds } else { seconds }
}

/// Returns a command that runs `program` in a PID namespace of its own with a /proc to match, and kills everything in
/// it after a minute: a signal that goes astray reaches nobody else.
///
/// The first process of the namespace is `timeout`, not the program: a pid 1 ignores its own signals. Who is
/// not root becomes it in a user namespace. Without a namespace ([`has_namespace`]) the program's parent is the reaper,
/// and nobody becomes root.
pub fn apart(program: impl AsRef<Path>) -> Command {
    apart_within(60, program)
}

/// As [`apart`], with another limit than a minute.
pub fn apart_within(seconds: u32, program: impl AsRef<Path>) -> Command {
    if !has_namespace() {
        let mut command = bounded_by(seconds, built("reaper"));
        command.arg(program.as_ref());
        return command;
    }
    let mut command = bounded_by(seconds, "unshare");
    if !is_root() {
        command.args(["--user", "--map-root-user"]);
    }
    command.args(["--pid", "--fork", "--kill-child", "--mount-proc", "--"]);
    command.args(["timeout", "-s", "KILL", &here(seconds).to_string()]).arg(program.as_ref());
    command
}

/// Tells whether [`apart`] makes a PID namespace; not in a container, which says so by `HAVOC_APART=reaper`.
///
/// # Panics
/// If the variable has another value, or this is no container of ours.
pub fn has_namespace() -> bool {
    let Some(value) = env::var_os("HAVOC_APART") else { return true };
    assert!(value == "reaper", "HAVOC_APART is {}; it may only be `reaper`", value.display());
    // What goes astray must not reach a machine: the first process here is the entry point of an image of ours.
    let first = fs::read_to_string("/proc/1/comm").unwrap_or_default();
    assert_eq!(first.trim(), "run-tests", "HAVOC_APART=reaper is for containers that docker/run-tests began");
    false
}

/// Tells whether the tests run as root.
pub fn is_root() -> bool {
    fs::metadata("/proc/self").map_or(0, |process| process.uid()) == 0
}
