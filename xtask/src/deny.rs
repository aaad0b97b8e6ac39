//! What may come into the dependency tree, as deny.toml rules it.
use crate::cargo;
use crate::tool::Tool;
use anyhow::{Context, Result};
use std::process::{Command, ExitCode};

const CARGO_DENY: Tool = Tool { name: "cargo-deny", version: "0.20.2", options: &[] };

/// What `cargo xtask deny` is given.
#[derive(clap::Args)]
pub struct Options {
    /// Leave out the advisories, which are fetched from the network
    #[arg(long)]
    offline: bool,
}

/// Runs cargo-deny.
///
/// # Errors
/// When there is no cargo-deny, and none to be had.
pub fn run(options: &Options) -> Result<ExitCode> {
    let mut deny = Command::new(CARGO_DENY.program()?);
    deny.current_dir(cargo::root()).arg("--workspace");
    if options.offline {
        deny.args(["--offline", "check", "bans", "licenses", "sources"]);
    } else {
        deny.arg("check");
    }
    let status = deny.status().context("start cargo-deny")?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
