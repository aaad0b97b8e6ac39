//! Each testee by itself, with nobody tracing it: what it prints is right before any fault is.

mod acted_on;
mod calls;
mod files;
mod signals;
mod tasks;

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Output};

use havoc_tests::apart::{apart, bounded};

/// What a program printed and how it ended, ready for one comparison.
#[derive(Debug, PartialEq)]
struct Ran {
    lines: Vec<String>,
    status: Option<i32>,
}

impl Ran {
    fn of(output: &Output) -> Self {
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(errors.is_empty(), "standard error: {errors}");
        let text = String::from_utf8(output.stdout.clone()).expect("testees escape what is not text");
        Self { lines: text.lines().map(str::to_owned).collect(), status: output.status.code() }
    }

    #[track_caller]
    fn prints(&self, lines: &[&str]) -> &Self {
        assert_eq!(self.lines, lines);
        self
    }

    /// Compares lines that are the same but for their numbers, which are all `N` then.
    #[track_caller]
    fn prints_with_numbers(&self, lines: &[&str]) -> &Self {
        let lettered: Vec<String> = self
            .lines
            .iter()
            .map(|line| {
                line.split(' ')
                    .map(|word| if word.parse::<u64>().is_ok() { "N" } else { word })
                    .collect::<Vec<_>>()
            })
            .map(|words| words.join(" "))
            .collect();
        assert_eq!(lettered, lines);
        self
    }

    #[track_caller]
    fn has(&self, line: &str) -> &Self {
        assert!(self.lines.iter().any(|it| it == line), "no line {line:?} in {:#?}", self.lines);
        self
    }

    #[track_caller]
    fn exits(&self, status: i32) -> &Self {
        assert_eq!(self.status, Some(status), "{:?}", self.lines);
        self
    }
}

/// Runs a program that signals nobody.
fn run<A: AsRef<OsStr>>(program: impl AsRef<Path>, arguments: &[A]) -> Ran {
    finish(bounded(program).args(arguments))
}

/// Runs a program that signals, if only itself.
fn run_apart<A: AsRef<OsStr>>(program: impl AsRef<Path>, arguments: &[A]) -> Ran {
    finish(apart(program).args(arguments))
}

fn finish(command: &mut Command) -> Ran {
    let output = command.output().unwrap_or_else(|error| {
        panic!("start {:?}: {error}; `cargo xtask setup` installs what the tests need", command.get_program())
    });
    Ran::of(&output)
}

const NOTHING: &[&str] = &[];

fn directory() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary directory")
}
