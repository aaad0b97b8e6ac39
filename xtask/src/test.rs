//! The tests, as everybody runs them: CI and contributors alike.
use crate::namespace::Isolation;
use crate::tally::{Reader, Tally, skips_of};
use crate::{cargo, setup};
use anyhow::{Context, Result, ensure};
use clap::ValueEnum;
use std::fs;
use std::io::{BufRead, BufReader, Write, stdout};
use std::process::{Command, ExitCode, Stdio};

/// What `cargo xtask test` is given.
#[derive(clap::Args)]
pub struct Options {
    /// Where the tests run
    #[arg(long, value_enum, value_name = "NAME", default_value = "host")]
    stage: Stage,
    /// Run the end-to-end tests once more with HAVOC_DEBUG_VERIFY=1, so that havoc verifies each injection at an exit
    /// stop of its own; the closing line counts both runs
    #[arg(long)]
    debug_verify: bool,
    /// Arguments of `cargo test`, such as `-p havoc-engine` or a part of a test's name
    #[arg(last = true, value_name = "ARGS")]
    arguments: Vec<String>,
}

/// A place to run the tests in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Stage {
    /// On this machine, in a PID namespace
    Host,
}

/// Sets up, builds, runs the tests and prints the closing line.
///
/// # Errors
/// When the run could not begin. A failed test is no error but the exit status.
pub fn run(options: &Options) -> Result<ExitCode> {
    match options.stage {
        Stage::Host => on_host(options),
    }
}

fn on_host(options: &Options) -> Result<ExitCode> {
    setup::run()?;
    // The end-to-end tests run the built `havoc` and the testees; `cargo test` alone need not build them.
    let build = cargo::command(&["build", "--workspace", "--bins"]).stdin(Stdio::null()).status();
    ensure!(build.context("start cargo build")?.success(), "the workspace does not build");

    let isolation = Isolation::available();
    if isolation == Isolation::Absent {
        eprintln!("warning: no PID namespace to be had here: the tests run without the one around them all");
    }
    let mut total = run_once(isolation.command(&cargo::program(), test_arguments(&options.arguments)))?;
    if options.debug_verify {
        eprintln!("── once more, with HAVOC_DEBUG_VERIFY=1");
        let end_to_end = ["test", "--no-fail-fast", "--package", "havoc-tests"];
        let arguments = end_to_end.into_iter().chain(options.arguments.iter().map(String::as_str));
        let mut command = isolation.command(&cargo::program(), arguments);
        command.env("HAVOC_DEBUG_VERIFY", "1");
        total.add(run_once(command)?);
    }
    Ok(close(total, is_ci()))
}

/// Returns the arguments of cargo: all packages, unless the user names some.
fn test_arguments(arguments: &[String]) -> Vec<&str> {
    let ours = arguments.iter().take_while(|argument| *argument != "--");
    let mut names = ours.filter(|argument| {
        argument.starts_with("-p") || argument.starts_with("--package") || *argument == "--workspace"
    });
    let mut all = vec!["test", "--no-fail-fast"];
    if names.next().is_none() {
        all.push("--workspace");
    }
    all.extend(arguments.iter().map(String::as_str));
    all
}

/// Runs a `cargo test`, passes its output through as it comes, and counts.
fn run_once(mut command: Command) -> Result<Tally> {
    let skips = tempfile::NamedTempFile::new().context("make the file of skips")?;
    command.current_dir(cargo::root()).env("HAVOC_SKIPS", skips.path());
    // No test may depend on a terminal, and CI has none.
    command.stdin(Stdio::null()).stdout(Stdio::piped());
    let mut child = command.spawn().context("start cargo test")?;
    let output = child.stdout.take().expect("standard output is a pipe");

    let mut reader = Reader::default();
    pass_through(BufReader::new(output), &mut stdout().lock(), &mut reader)
        .context("read the output of cargo test")?;
    let status = child.wait().context("wait for cargo test")?;
    let mut tally = reader.end(status.success());

    let text = fs::read(skips.path()).context("read the file of skips")?;
    let skips = skips_of(&String::from_utf8_lossy(&text));
    for skip in &skips {
        eprintln!("{skip}");
    }
    tally.move_to_skipped(&skips);
    Ok(tally)
}

/// Copies lines as they come; they need not be UTF-8.
fn pass_through(mut from: impl BufRead, to: &mut impl Write, reader: &mut Reader) -> std::io::Result<()> {
    let mut line = Vec::new();
    while from.read_until(b'\n', &mut line)? > 0 {
        to.write_all(&line)?;
        to.flush()?;
        reader.read(String::from_utf8_lossy(&line).trim_end());
        line.clear();
    }
    Ok(())
}

fn is_ci() -> bool {
    std::env::var("CI").is_ok_and(|value| !matches!(value.as_str(), "" | "0" | "false"))
}

/// Prints the closing line, the last of all, and judges the run.
fn close(total: Tally, is_ci: bool) -> ExitCode {
    let too_many_skips = is_ci && total.skipped > 0;
    if too_many_skips {
        eprintln!("error: in CI every test has to run, and {} did not", total.skipped);
    }
    println!("{total}");
    if total.failed > 0 || too_many_skips { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments(words: &[&str]) -> String {
        let words: Vec<String> = words.iter().map(ToString::to_string).collect();
        test_arguments(&words).join(" ")
    }

    #[test]
    fn all_packages_are_tested_unless_some_are_named() {
        assert_eq!(arguments(&[]), "test --no-fail-fast --workspace");
        assert_eq!(arguments(&["msync"]), "test --no-fail-fast --workspace msync");
        assert_eq!(arguments(&["-p", "xtask"]), "test --no-fail-fast -p xtask");
        assert_eq!(arguments(&["--package=xtask"]), "test --no-fail-fast --package=xtask");
    }

    #[test]
    fn what_follows_two_dashes_is_for_the_test_binaries() {
        assert_eq!(arguments(&["--", "-p"]), "test --no-fail-fast --workspace -- -p");
    }

    #[test]
    fn a_failure_fails_and_a_skip_only_in_ci() {
        let tally = |passed, failed, skipped| Tally { passed, failed, skipped };
        assert_eq!(close(tally(3, 0, 0), true), ExitCode::SUCCESS);
        assert_eq!(close(tally(3, 0, 1), false), ExitCode::SUCCESS);
        assert_eq!(close(tally(3, 0, 1), true), ExitCode::FAILURE);
        assert_eq!(close(tally(3, 1, 0), false), ExitCode::FAILURE);
    }

    #[test]
    fn output_that_is_no_utf8_is_read_to_its_end() {
        let mut reader = Reader::default();
        let output = b"\xff\xfe\ntest result: ok. 1 passed; 0 failed; 0 ignored; 0 measured\n";
        let mut copy = Vec::new();
        pass_through(&output[..], &mut copy, &mut reader).unwrap();
        assert_eq!(copy, output);
        assert_eq!(reader.end(true).passed, 1);
    }
}
