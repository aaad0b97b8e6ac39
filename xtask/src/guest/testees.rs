//! The testees, built here for a guest, which has no compiler.
use super::{Cpu, Cross, directory};
use crate::apt::succeed;
use crate::cargo;
use crate::setup;
use anyhow::{Context, Result};
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// Builds those in C and Java for guests with this CPU, and takes those in Rust from `programs`, where cargo has put them.
/// Returns the directory that `HAVOC_TESTEES` is to name, to be kept as long as guests are made of it.
///
/// # Errors
/// When one of them cannot be built.
pub fn provide(cpu: Cpu, programs: &Path) -> Result<TempDir> {
    setup::run()?;
    let builder = cargo::target().join("debug/testees");
    let mut build = cargo::command(&["build", "--quiet", "--package", "havoc-tests", "--bin", "testees"]);
    // It is for this machine, also when it is a cargo that builds for another one that has called us.
    build.arg("--target-dir").arg(cargo::target()).env_remove("RUSTC").env_remove("RUSTDOC");
    succeed(&mut build)?;
    fs::create_dir_all(directory()).with_context(|| format!("make {}", directory().display()))?;
    // One for each run: two of them may go on at once.
    let testees =
        tempfile::Builder::new().prefix("testees-").tempdir_in(directory()).context("make a directory")?;
    let mut build = Command::new(builder);
    build.arg(testees.path()).args(["c", "java"]).stdin(Stdio::null());
    if cpu == Cpu::Aarch64 {
        build.envs(Cross::c_compilers()?);
    }
    succeed(&mut build)?;
    let sources = cargo::root().join("testees/src/bin");
    for source in fs::read_dir(&sources).with_context(|| format!("read {}", sources.display()))?.flatten() {
        let name = source.path().file_stem().expect("a source has a name").to_owned();
        let program = programs.join(&name);
        fs::copy(&program, testees.path().join(&name))
            .with_context(|| format!("copy {}", program.display()))?;
    }
    Ok(testees)
}
