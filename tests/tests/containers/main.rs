//! havoc in containers, as the engine runs them: as the first process, in an image of its own, without capabilities, under
//! a profile that forbids what it needs. `cargo xtask test --stage containers` builds the images and runs this.
#![deny(unsafe_code)]

mod first_process;
mod release;
mod snippets;

use std::ffi::OsStr;
use std::io::Write;
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

/// The image with havoc alone.
const HAVOC: &str = "havoc";
/// An image with a shell and the usual programs, and havoc where the tests have it.
const TESTS: &str = "havoc-test-c:bookworm";
const HAVOC_IN_TESTS: &str = "/havoc/target/debug/havoc";

/// How long the engine may take for anything: it builds images too. In seconds.
const LIMIT: u32 = 300;

/// Returns a call of the engine's client, bounded in time.
fn docker<S: AsRef<OsStr>>(words: impl IntoIterator<Item = S>) -> Command {
    let mut command = havoc_tests::apart::bounded_by(LIMIT, "docker");
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

impl Ran {
    fn of(output: &Output) -> Ran {
        Ran {
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
            status: output.status.code(),
        }
    }
}

fn run(mut command: Command) -> Ran {
    Ran::of(&command.output().expect("docker runs"))
}

/// A container by its name: it is removed when the test ends, whichever way. The client that is killed leaves it running.
struct Container(String);

impl Container {
    fn new() -> Container {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let next = NEXT.fetch_add(1, Ordering::Relaxed);
        Container(format!("havoc-test-{}-{next}", std::process::id()))
    }
}

impl Drop for Container {
    fn drop(&mut self) {
        run(docker(["rm", "--force", &self.0]));
    }
}

/// Runs a container of `image` to its end.
fn contain(options: &[&str], image: &str, words: &[&str]) -> Ran {
    let container = Container::new();
    let head = ["run", "--rm", "--network", "none", "--name", &container.0];
    run(docker([&head, options, &[image], words].concat()))
}

/// Runs havoc as the first process of a container of the tests' image.
fn havoc_first(options: &[&str], words: &[&str]) -> Ran {
    contain(&[&["--entrypoint", HAVOC_IN_TESTS], options].concat(), TESTS, words)
}

/// An image that a test has built: it is removed when the test ends.
struct Image(&'static str);

impl Drop for Image {
    fn drop(&mut self) {
        run(docker(["image", "rm", "--force", self.0]));
    }
}

/// Builds an image of a Dockerfile that needs no files.
fn build(tag: &'static str, dockerfile: &str) -> Image {
    let image = Image(tag);
    let mut command = docker(["build", "--tag", tag, "-"]);
    let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = piped.spawn().expect("docker starts");
    let mut input = child.stdin.take().expect("standard input is a pipe");
    input.write_all(dockerfile.as_bytes()).expect("docker reads");
    drop(input);
    let ran = Ran::of(&child.wait_with_output().expect("docker runs"));
    assert_eq!(ran.status, Some(0), "{ran:?}");
    image
}
