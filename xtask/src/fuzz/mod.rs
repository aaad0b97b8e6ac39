//! Made-up input for the parsers and decoders, each for a while: `cargo xtask fuzz`.
//!
//! A target is a file in `fuzz/src/bin/`. What libFuzzer finds on its way it keeps below the target directory, so that the
//! next run goes on from there; the seeds in `fuzz/corpus/` it only reads.
mod build;
mod target;

use crate::{cargo, jobs};
use anyhow::{Context, Result, ensure};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use target::{Outcome, Target};

/// What `cargo xtask fuzz` is given.
#[derive(clap::Args)]
pub struct Options {
    /// How long each target runs
    #[arg(long, value_name = "N", default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..))]
    seconds: u32,
    /// How many targets run at a time; as many as there are CPUs without it
    #[arg(long, value_name = "N")]
    jobs: Option<usize>,
    /// Give a single target this input, once, to see what is wrong with it
    #[arg(long, value_name = "FILE")]
    input: Option<PathBuf>,
    /// Which targets; all of them without it
    #[arg(value_name = "TARGET")]
    targets: Vec<String>,
}

/// Builds the targets and runs them, and says what became of each.
///
/// # Errors
/// When there is no such target, or the targets cannot be built. One that fails is no error but the exit status.
pub fn run(options: &Options) -> Result<ExitCode> {
    let names = chosen(&options.targets, &existing(&cargo::root().join("fuzz/src/bin"))?)?;
    let input = options.input.as_deref().map(fs::canonicalize).transpose().context("find the input")?;
    ensure!(input.is_none() || names.len() == 1, "--input is for one target; name it");
    let programs = build::run()?;
    let targets = names.into_iter().map(|name| Target::new(name, &programs)).collect::<Result<Vec<_>>>()?;
    if let Some(input) = input {
        let is_fine = targets[0].try_once(&input)?;
        return Ok(if is_fine { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    let outcomes = jobs::at_a_time(jobs::count(options.jobs), targets, |target| target.run(options.seconds));
    let outcomes = outcomes.into_iter().collect::<Result<Vec<_>>>()?;
    for outcome in &outcomes {
        print!("{outcome}");
    }
    Ok(if outcomes.iter().all(Outcome::is_fine) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Returns the names of the targets in `directory`.
fn existing(directory: &Path) -> Result<Vec<String>> {
    let entries = fs::read_dir(directory).with_context(|| format!("read {}", directory.display()))?;
    let names = entries.flatten().filter_map(|entry| {
        let name = entry.file_name().into_string().ok()?;
        Some(name.strip_suffix(".rs")?.to_owned())
    });
    let mut names: Vec<String> = names.collect();
    names.sort();
    Ok(names)
}

/// Returns the targets that were asked for, if they exist.
fn chosen(asked: &[String], existing: &[String]) -> Result<Vec<String>> {
    for name in asked {
        ensure!(existing.contains(name), "there is no target `{name}`; there are {}", existing.join(", "));
    }
    Ok(if asked.is_empty() { existing.to_vec() } else { asked.to_vec() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_target_runs_unless_some_are_asked_for() {
        let existing = ["glob".to_owned(), "rule".to_owned()];
        assert_eq!(chosen(&[], &existing).unwrap(), existing);
        assert_eq!(chosen(&existing[1..], &existing).unwrap(), existing[1..]);
        let refused = chosen(&["rules".to_owned()], &existing).unwrap_err().to_string();
        assert_eq!(refused, "there is no target `rules`; there are glob, rule");
    }

    #[test]
    fn every_target_of_the_repository_has_seeds_and_every_seed_and_dictionary_a_target() {
        let fuzz = cargo::root().join("fuzz");
        if !fuzz.exists() {
            // The images of the tests are made without it.
            return;
        }
        let targets = existing(&fuzz.join("src/bin")).unwrap();
        assert!(targets.len() >= 6, "{targets:?}");
        for target in &targets {
            let seeds = fs::read_dir(fuzz.join("corpus").join(target)).map_or(0, Iterator::count);
            assert!(seeds > 0, "no seed for {target}");
        }
        for (place, ending) in [("corpus", ""), ("dictionary", ".dict")] {
            for entry in fs::read_dir(fuzz.join(place)).unwrap().flatten() {
                let name = entry.file_name().into_string().unwrap();
                let target = name.strip_suffix(ending).unwrap_or(&name).to_owned();
                assert!(targets.contains(&target), "{place}/{name} is for no target");
            }
        }
    }
}
