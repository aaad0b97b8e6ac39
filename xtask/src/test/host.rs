//! The stage `host`: all tests on this machine, in a PID namespace around them.
use super::run::{Counted, run_once};
use crate::namespace::Isolation;
use crate::{cargo, setup};
use anyhow::Result;

/// The tests that run `havoc`, and so notice what its environment holds. Of all packages, since for one alone cargo would build
/// what these depend on once more.
const THAT_RUN_HAVOC: [&str; 3] = ["end_to_end", "differential", "documents"];

/// Sets up, builds and runs the tests.
///
/// # Errors
/// When the run could not begin.
pub fn run(debug_verify: bool, arguments: &[String]) -> Result<Counted> {
    setup::run()?;
    // The end-to-end tests run the built `havoc` and the testees; `cargo test` alone need not build them.
    cargo::build_programs()?;

    let isolation = Isolation::available();
    if isolation == Isolation::Absent {
        eprintln!("warning: no PID namespace to be had here: the tests run without the one around them all");
    }
    let mut total = run_once(isolation.command(&cargo::program(), test_arguments(arguments)), |_| false)?;
    if debug_verify {
        eprintln!("── once more, with HAVOC_DEBUG_VERIFY=1");
        let only = THAT_RUN_HAVOC.iter().flat_map(|name| ["--test", name]);
        let words = test_arguments(arguments);
        let (test, rest) = words.split_first().expect("cargo has a subcommand");
        let words = [*test].into_iter().chain(only).chain(rest.iter().copied());
        let mut command = isolation.command(&cargo::program(), words);
        command.env("HAVOC_DEBUG_VERIFY", "1");
        total.add(&run_once(command, |_| false)?);
    }
    Ok(total)
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
}
