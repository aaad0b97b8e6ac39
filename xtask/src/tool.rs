//! Programs that come from crates.io: built once per version, below the target directory, and in nobody's PATH.
use crate::cargo;
use anyhow::{Context, Result, ensure};
use std::path::PathBuf;

/// A program of crates.io.
#[derive(Clone, Copy, Debug)]
pub struct Tool {
    /// Its crate, which is also the program's name.
    pub name: &'static str,
    /// Which release. Dependabot does not see these: look when something else changes.
    pub version: &'static str,
    /// What else `cargo install` is told.
    pub options: &'static [&'static str],
}

impl Tool {
    /// Returns the path of the program. Builds it if it is not there, which takes minutes.
    ///
    /// # Errors
    /// When it cannot be built.
    pub fn program(&self) -> Result<PathBuf> {
        let root = cargo::target().join("tools").join(format!("{}-{}", self.name, self.version));
        let program = root.join("bin").join(self.name);
        if !program.exists() {
            eprintln!("{} {} is not here yet: it is built, once", self.name, self.version);
            let mut install = cargo::command(&["install", "--locked", self.name, "--version", self.version]);
            install.arg("--root").arg(&root).args(self.options);
            let status = install.status().with_context(|| format!("start cargo install {}", self.name))?;
            ensure!(status.success(), "cargo install {} ended with {status}", self.name);
        }
        Ok(program)
    }
}
