//! The stage `host`: all tests on this machine, in a PID namespace around them.
use super::run::{Counted, run_once};
use super::skips::{Lack, may_skip};
use crate::namespace::Isolation;
use crate::{cargo, jobs, setup};
use anyhow::Result;
use nix::unistd::geteuid;

/// The tests that run `havoc`, and so notice what its environment holds. Of all packages, since for one alone cargo would build
/// what these depend on once more.
const THAT_RUN_HAVOC: [&str; 3] = ["end_to_end", "differential", "documents"];

/// How many tests of a program run at a time, for libtest, which otherwise takes as many as there are CPUs.
const TEST_THREADS: &str = "RUST_TEST_THREADS";

/// How many that are for each CPU. Most of the time of the end-to-end tests is waiting: with two for each they take half as long.
/// docker/run-tests has the same number.
const PER_CPU: usize = 2;

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
    // The tests run as whoever runs this: on GitHub's runners an ordinary user.
    let lacks = if geteuid().is_root() { vec![] } else { vec![Lack::Root, Lack::Serving] };
    let run = |arguments: Vec<&str>, variables: &[(&str, &str)]| {
        let mut command = isolation.command(&cargo::program(), arguments);
        command.envs(variables.iter().copied());
        if std::env::var_os(TEST_THREADS).is_none() {
            command.env(TEST_THREADS, (PER_CPU * jobs::count(None)).to_string());
        }
        run_once(command, |test| may_skip(test, &lacks))
    };
    let mut total = run(test_arguments(arguments), &[])?;
    if debug_verify {
        eprintln!("── once more, with HAVOC_DEBUG_VERIFY=1");
        total.add(&run(verified_arguments(arguments), &[("HAVOC_DEBUG_VERIFY", "1")])?);
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

/// Returns the arguments of cargo for the run with `HAVOC_DEBUG_VERIFY`: the tests that run `havoc`. Who chooses packages or
/// targets gets those of them that the package of these tests has.
fn verified_arguments(arguments: &[String]) -> Vec<&str> {
    let chooses = arguments.iter().take_while(|argument| *argument != "--").any(|it| it.starts_with('-'));
    let mut all = vec!["test", "--no-fail-fast"];
    if chooses {
        all.extend(["--package", "havoc-tests"]);
    } else {
        all.push("--workspace");
        all.extend(THAT_RUN_HAVOC.iter().flat_map(|name| ["--test", name]));
    }
    all.extend(arguments.iter().map(String::as_str));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strings(words: &[&str]) -> Vec<String> {
        words.iter().map(ToString::to_string).collect()
    }

    fn arguments(words: &[&str]) -> String {
        test_arguments(&strings(words)).join(" ")
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
    fn the_verified_run_has_what_runs_havoc_or_what_the_user_chose_of_its_package() {
        let arguments = |words: &[&str]| verified_arguments(&strings(words)).join(" ");
        let all = "test --no-fail-fast --workspace --test end_to_end --test differential --test documents";
        assert_eq!(arguments(&[]), all);
        assert_eq!(arguments(&["msync", "--", "--nocapture"]), format!("{all} msync -- --nocapture"));
        for words in [&["-p", "xtask"][..], &["--lib"], &["--test", "tidy"]] {
            let chosen = format!("test --no-fail-fast --package havoc-tests {}", words.join(" "));
            assert_eq!(arguments(words), chosen);
        }
    }

    #[test]
    fn every_test_that_runs_havoc_is_run_verified_or_elsewhere() {
        let tests = cargo::root().join("tests/tests");
        // Those of other stages, which run them as their guests and containers want.
        let elsewhere = ["containers", "guest"];
        let runs_havoc = |directory: &std::path::Path| {
            let sources = std::fs::read_dir(directory).into_iter().flatten().flatten();
            sources
                .filter_map(|source| std::fs::read_to_string(source.path()).ok())
                .any(|source| ["Havoc::", "havoc::binary", "trycmd"].iter().any(|word| source.contains(word)))
        };
        for entry in std::fs::read_dir(tests).expect("the tests are here").flatten() {
            let name = entry.file_name().into_string().expect("a name of UTF-8");
            let is_listed = THAT_RUN_HAVOC.contains(&name.as_str()) || elsewhere.contains(&name.as_str());
            assert!(is_listed || !runs_havoc(&entry.path()), "{name} runs havoc, and not verified");
        }
    }
}
