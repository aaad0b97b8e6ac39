//! What may come into the dependency tree, as deny.toml rules it.
use crate::cargo;
use crate::tool::Tool;
use anyhow::{Context, Result};
use std::process::{Command, ExitCode};

const CARGO_DENY: Tool = Tool { name: "cargo-deny", version: "0.20.2", options: &[] };

/// The workspaces, by their manifests.
const MANIFESTS: [&str; 2] = ["Cargo.toml", "fuzz/Cargo.toml"];

/// What `cargo xtask deny` is given.
#[derive(clap::Args)]
pub struct Options {
    /// Leave out the advisories, which are fetched from the network
    #[arg(long)]
    offline: bool,
}

/// Runs cargo-deny for each workspace, also after one has failed.
///
/// # Errors
/// When there is no cargo-deny, and none to be had.
pub fn run(options: &Options) -> Result<ExitCode> {
    let program = CARGO_DENY.program()?;
    let mut failed = false;
    for manifest in MANIFESTS {
        let mut deny = Command::new(&program);
        deny.current_dir(cargo::root()).args(["--manifest-path", manifest, "--config", "deny.toml"]);
        let checks: &[&str] = if options.offline { &["bans", "licenses", "sources"] } else { &[] };
        deny.arg("--workspace").args(options.offline.then_some("--offline"));
        deny.arg("check").args(checks);
        failed |= !deny.status().context("start cargo-deny")?.success();
    }
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
