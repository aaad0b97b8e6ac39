//! Docker Compose, version 2: `docker compose`, a plug-in of the client.
use crate::apt::succeed;
use crate::archive::{Archive, native_architecture};
use crate::cargo;
use crate::containers::engine::Engine;
use anyhow::{Context, Result, ensure};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The first Debian that has it as a package. The program needs nothing but a C library of 2.34 or later.
const RELEASE: &str = "trixie";
const PACKAGE: &str = "docker-compose";
const PLUG_IN: &str = "usr/libexec/docker/cli-plugins/docker-compose";

/// Sees to it that `docker compose` is here: if not, Debian's goes to where the client looks for the user's plug-ins.
///
/// # Errors
/// When it is not here and cannot be had.
pub fn provide() -> Result<()> {
    if version().is_none() {
        let plug_ins = directory()?;
        fs::create_dir_all(&plug_ins).with_context(|| format!("make {}", plug_ins.display()))?;
        let unpacked = tempfile::tempdir().context("make a directory for a package")?;
        let archive = Archive::open(&[RELEASE], &native_architecture()?, &unpacked.path().join("apt"))?;
        archive.unpack(&[PACKAGE], unpacked.path())?;
        let plug_in = plug_ins.join("docker-compose");
        // A copy has the permissions of its source.
        fs::copy(unpacked.path().join(PLUG_IN), &plug_in)
            .with_context(|| format!("install {}", plug_in.display()))?;
        eprintln!("setup: {} is new; remove it when you want it no more", plug_in.display());
    }
    let version = version().context("`docker compose version` fails, also with Debian's plug-in")?;
    eprintln!("{version}");
    Ok(())
}

fn version() -> Option<String> {
    let output = Command::new("docker").args(["compose", "version"]).stdin(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Where the client looks for the plug-ins of a user.
fn directory() -> Result<PathBuf> {
    let config = std::env::var_os("DOCKER_CONFIG").map(PathBuf::from);
    let config = config.or_else(|| Some(Path::new(&std::env::var_os("HOME")?).join(".docker")));
    Ok(config.context("there is no HOME for Docker's plug-ins")?.join("cli-plugins"))
}

/// A surrounding of the tests in containers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    /// What `--cell` calls it.
    pub name: &'static str,
    /// Which Debian.
    pub release: &'static str,
    /// The user in the container, as compose.yaml has it in `HAVOC_USER`.
    pub user: &'static str,
    /// Whether it has CAP_SYS_PTRACE.
    pub can_ptrace: bool,
    /// Whether havoc confirms every injection at an exit stop of its own.
    pub verifies: bool,
}

impl std::fmt::Display for Cell {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let capability = if self.can_ptrace { "SYS_PTRACE" } else { "no capability added" };
        let verifies = if self.verifies { ", --debug-verify" } else { "" };
        write!(formatter, "{}, user {}, {capability}{verifies}", self.release, self.user)
    }
}

impl Cell {
    /// Returns a call of Compose with these words for this cell.
    pub fn compose(&self, engine: &Engine, words: &[&str]) -> Command {
        let mut command = engine.docker(&["compose", "--file", "compose.yaml"]);
        if self.can_ptrace {
            command.args(["--file", "docker/sys-ptrace.yaml"]);
        }
        self.surround(&mut command);
        command.args(words);
        command
    }

    /// Returns a call of the old Compose, version 1, which is a program of its own.
    pub fn compose_1(&self, engine: &Engine, words: &[&str]) -> Command {
        let mut command = Command::new("docker-compose");
        engine.lead(&mut command);
        self.surround(&mut command);
        command.args(words);
        command
    }

    fn surround(&self, command: &mut Command) {
        command.env("HAVOC_DEBIAN", self.release).env("HAVOC_USER", self.user);
        command.env("HAVOC_DEBUG_VERIFY", if self.verifies { "1" } else { "" });
        command.current_dir(cargo::root()).stdin(Stdio::null());
    }

    /// Builds what services run in; Compose has these variables beside the usual ones.
    ///
    /// # Errors
    /// When that fails.
    pub fn build(&self, engine: &Engine, services: &[&str], variables: &[(&str, &str)]) -> Result<()> {
        let words = [&["build"], services].concat();
        let mut build = self.compose(engine, &words);
        succeed(build.envs(variables.iter().copied()).stdout(std::io::stderr()))
    }
}

/// Tells whether the old Compose is here.
pub fn has_compose_1() -> bool {
    let output = Command::new("docker-compose").arg("version").stdin(Stdio::null()).output();
    output.is_ok_and(|output| String::from_utf8_lossy(&output.stdout).contains("docker-compose version 1."))
}

/// Returns the names of the services, for those who want them all.
///
/// # Errors
/// When Compose does not understand the file.
pub fn services(engine: &Engine, cell: Cell) -> Result<Vec<String>> {
    let output = cell.compose(engine, &["config", "--services"]).output().context("start docker compose")?;
    ensure!(output.status.success(), "docker compose: {}", String::from_utf8_lossy(&output.stderr));
    let mut names: Vec<String> = String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect();
    names.sort();
    Ok(names)
}
