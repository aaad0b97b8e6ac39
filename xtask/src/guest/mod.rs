//! Virtual machines: the tests on other kernels and another CPU, under software emulation.
//!
//! A guest is a Debian kernel and a root of Debian's packages, all of it in memory: an initramfs that needs no module of
//! the kernel, so that any kernel will do. It runs one job, tells how that ended, and is gone. User-mode emulation
//! would be faster, and has no ptrace.
mod boot;
mod cpio;
mod cpu;
mod cross;
mod job;
mod kernel;
mod root;
mod runner;
mod suite;
mod testees;

pub use boot::Boot;
pub use cpu::Cpu;
pub use job::{Setting, job};
pub use kernel::Which;
pub use root::provide as root;
pub use runner::{Options, print_environment, run};
pub use suite::{build as build_tests, pack};
pub use testees::provide as testees;

use cross::Cross;

use crate::cargo;
use anyhow::{Context, Result};
use std::fs;
use std::path::{Path, PathBuf};

/// Returns the directory that keeps what is downloaded and made for guests.
pub fn directory() -> PathBuf {
    cargo::target().join("guest")
}

/// Makes what `target` names, if it is not there yet: `make` is given another path for it, which then takes its name.
/// Whoever is interrupted leaves no half of it, and of two who make it at once the first one's stays.
fn once(target: &Path, make: impl FnOnce(&Path) -> Result<()>) -> Result<()> {
    if target.exists() {
        return Ok(());
    }
    let parent = target.parent().expect("it lies in our directory");
    fs::create_dir_all(parent).with_context(|| format!("make {}", parent.display()))?;
    let unfinished = tempfile::tempdir_in(parent).context("make a directory for what is not finished")?;
    let made = unfinished.path().join("made");
    make(&made)?;
    let renamed = fs::rename(&made, target);
    renamed
        .or_else(|error| if target.exists() { Ok(()) } else { Err(error) })
        .with_context(|| format!("write {}", target.display()))
}
