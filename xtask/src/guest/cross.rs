//! Building for aarch64 on another CPU.
//!
//! A toolchain with the standard library of that target is taken as it is (`rustup target add
//! aarch64-unknown-linux-gnu`). Elsewhere it is Debian's rustc, with the library of the same version unpacked beside it:
//! nothing of another architecture is installed, and the toolchain that this machine uses stays the one it is.
use super::{Cpu, directory, once};
use crate::archive::Archive;
use crate::cargo;
use crate::mirror;
use crate::setup::{self, Need, What};
use anyhow::{Context, Result, ensure};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The target's name.
pub const TARGET: &str = "aarch64-unknown-linux-gnu";
const LINKER: &str = "aarch64-linux-gnu-gcc";

const RUSTC: &str = "/usr/bin/rustc";
const RUSTDOC: &str = "/usr/bin/rustdoc";
/// Debian's newer rustc, which its browsers are built with.
const PACKAGE: &str = "rustc-web";
const LIBRARY: &str = "libstd-rust-web-dev";
const NEEDS: &[Need] = &[Need { what: What::File(RUSTC), packages: &[PACKAGE] }];

const MUSL: [&str; 2] = ["musl-dev", "musl-tools"];

/// What builds for aarch64.
#[derive(Clone, Debug)]
pub struct Cross {
    /// Debian's rustc needs to be told where the library is.
    sysroot: Option<PathBuf>,
}

impl Cross {
    /// Finds or gets it.
    ///
    /// # Errors
    /// When there is none to be had.
    pub fn provide() -> Result<Cross> {
        if has_library("rustc") {
            return Ok(Cross { sysroot: None });
        }
        setup::provide(NEEDS)?;
        let version =
            Command::new("dpkg-query").args(["--show", "--showformat=${Version}", PACKAGE]).output();
        let version = version.context("start dpkg-query")?;
        ensure!(
            version.status.success(),
            "{RUSTC} is not of {PACKAGE}, whose library for {TARGET} could be had"
        );
        let version = String::from_utf8_lossy(&version.stdout).into_owned();
        let name = version.replace(|letter: char| !letter.is_ascii_alphanumeric() && letter != '.', "-");
        let root = directory().join(format!("std-{name}"));
        // Libraries of two versions do not fit together, not even by a patch level.
        unpack_once(&[&format!("{LIBRARY}={version}")], &root)?;
        Ok(Cross { sysroot: Some(root.join("usr")) })
    }

    /// Returns what the environment of cargo has to hold.
    pub fn environment(&self) -> Vec<(String, String)> {
        let variable = |name: &str| format!("CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_{name}");
        let mut variables = vec![(variable("LINKER"), LINKER.to_owned())];
        if let Some(sysroot) = &self.sysroot {
            let flag = format!("--sysroot={}", sysroot.display());
            variables.push(("RUSTC".to_owned(), RUSTC.to_owned()));
            variables.push(("RUSTDOC".to_owned(), RUSTDOC.to_owned()));
            variables.push((variable("RUSTFLAGS"), flag.clone()));
            variables.push((variable("RUSTDOCFLAGS"), flag));
        }
        variables
    }

    /// Returns the directory for what is built, apart from what another compiler builds.
    pub fn target_directory() -> PathBuf {
        cargo::target().join("cross")
    }

    /// Returns the compilers of C for the testees, by the variables that name them.
    ///
    /// # Errors
    /// When musl cannot be had.
    pub fn c_compilers() -> Result<Vec<(String, String)>> {
        let musl = musl()?.display().to_string();
        Ok(vec![("CC".to_owned(), LINKER.to_owned()), ("MUSL_CC".to_owned(), musl)])
    }
}

/// Tells whether this rustc has the target's library.
fn has_library(rustc: &str) -> bool {
    let output = Command::new(rustc).args(["--print", "target-libdir", "--target", TARGET]).output();
    output.is_ok_and(|output| Path::new(String::from_utf8_lossy(&output.stdout).trim()).is_dir())
}

/// Unpacks packages for arm64 of this machine's release, if `root` is not there yet.
fn unpack_once(packages: &[&str], root: &Path) -> Result<()> {
    once(root, |root| {
        let lists = tempfile::tempdir().context("make a directory for apt")?;
        let release = mirror::release_of_this_machine()?;
        Archive::open(&[&release], Cpu::Aarch64.debian(), lists.path())?.unpack(packages, root)
    })
}

/// Returns a compiler that links with musl: what Debian's musl-gcc is on its own CPU, the gcc with other specs.
fn musl() -> Result<PathBuf> {
    let root = directory().join("musl-arm64");
    unpack_once(&MUSL, &root)?;
    let specs = root.join("usr/lib/aarch64-linux-musl/musl-gcc.specs");
    let text = fs::read_to_string(&specs).with_context(|| format!("read {}", specs.display()))?;
    let ours = root.join("musl-gcc.specs");
    let text = text.replace("/usr/", &format!("{}/usr/", root.display()));
    fs::write(&ours, text).with_context(|| format!("write {}", ours.display()))?;
    let compiler = root.join("musl-gcc");
    let script = format!("#!/bin/sh\nexec {LINKER} -specs '{}' \"$@\"\n", ours.display());
    fs::write(&compiler, script).with_context(|| format!("write {}", compiler.display()))?;
    fs::set_permissions(&compiler, fs::Permissions::from_mode(0o755)).context("make it a program")?;
    Ok(compiler)
}
