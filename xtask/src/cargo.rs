//! The cargo that started us, at the root of the workspace.
use crate::apt::succeed;
use anyhow::Result;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Returns the name or path of cargo: the one that runs this xtask, if one does.
pub fn program() -> String {
    std::env::var("CARGO").unwrap_or_else(|_| "cargo".into())
}

/// Returns the root of the workspace.
pub fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// Returns the directory that cargo builds in: xtask itself lies in its `debug`.
pub fn target() -> PathBuf {
    let program = std::env::current_exe().ok();
    let directory = program.as_deref().and_then(Path::parent).and_then(Path::parent);
    directory.map_or_else(|| root().join("target"), Path::to_owned)
}

/// Builds every program of the workspace, for this machine.
///
/// # Errors
/// When one does not build.
pub fn build_programs() -> Result<()> {
    succeed(command(&["build", "--workspace", "--bins"]).stdin(Stdio::null()))
}

/// Returns a call of cargo with these arguments, at the root of the workspace.
pub fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(program());
    command.args(arguments).current_dir(root());
    command
}
