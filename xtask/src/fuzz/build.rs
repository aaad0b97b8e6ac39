//! The programs that libFuzzer drives.
use crate::apt::succeed;
use crate::cargo;
use crate::setup::{self, Need, What};
use anyhow::Result;
use std::path::PathBuf;
use std::process::Stdio;

/// libFuzzer itself is compiled with the first target.
const NEEDS: &[Need] = &[Need { what: What::Command("c++"), packages: &["g++"] }];

/// Builds all targets, and returns the directory that holds them.
///
/// # Errors
/// When there is no C++ compiler and none to be had, or something does not build.
pub fn run() -> Result<PathBuf> {
    setup::provide(NEEDS)?;
    let directory = cargo::target().join("fuzz");
    let mut build = cargo::command(&["build", "--release", "--locked", "--bins"]);
    build.arg("--manifest-path").arg(cargo::root().join("fuzz/Cargo.toml"));
    build.arg("--target-dir").arg(&directory);
    build.env("RUSTC_WRAPPER", cargo::root().join("fuzz/rustc")).stdin(Stdio::null());
    succeed(&mut build)?;
    Ok(directory.join("release"))
}
