//! havoc in containers, as the engine runs them: as the first process, in an image of its own, without capabilities, under
//! a profile that forbids what it needs. `cargo xtask test --stage containers` builds the images and runs this.
#![deny(unsafe_code)]

mod first_process;
mod release;
mod snippets;

use std::ffi::OsStr;
use std::io::Write;
use std::process::{Command, Output, Stdio};

/// The image with havoc alone.
const HAVOC: &str = "havoc";
/// An image with a shell and the usual programs, and havoc where the tests have it.
const TESTS: &str = "havoc-test-c:bookworm";
const HAVOC_IN_TESTS: &str = "/havoc/target/debug/havoc";

/// Returns a call of the engine's client, bounded in time.
fn docker<S: AsRef<OsStr>>(words: impl IntoIterator<Item = S>) -> Command {
    let mut command = havoc_tests::apart::bounded("docker");
    command.args(words).stdin(Stdio::null());
    command
}

/// What a command printed and how it ended.
#[derive(Debug)]
struct Ran {
    out: String,
    err: String,
    status: Option<i32>,
}

fn run(mut command: Command) -> Ran {
    let Output { status, stdout, stderr } = command.output().expect("docker runs");
    Ran {
        out: String::from_utf8_lossy(&stdout).into_owned(),
        err: String::from_utf8_lossy(&stderr).into_owned(),
        status: status.code(),
    }
}

/// Runs havoc as the first process of a container of the tests' image.
fn havoc_first(options: &[&str], words: &[&str]) -> Ran {
    let head =
        [&["run", "--rm", "--network", "none", "--entrypoint", HAVOC_IN_TESTS], options, &[TESTS]].concat();
    run(docker(head.iter().chain(words)))
}

/// Builds an image of the Dockerfile that is given to standard input.
fn build(tag: &str, dockerfile: &str) -> Ran {
    let mut command = docker(["build", "--tag", tag, "-"]);
    let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = piped.spawn().expect("docker starts");
    let mut input = child.stdin.take().expect("standard input is a pipe");
    input.write_all(dockerfile.as_bytes()).expect("docker reads");
    drop(input);
    let output = child.wait_with_output().expect("docker runs");
    Ran {
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
        status: output.status.code(),
    }
}
