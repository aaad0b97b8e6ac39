//! What the rows are run with: havoc and its engines, the workloads, and the peers that are here.
use super::peer::Peer;
use crate::apt::{is_on_path, succeed};
use crate::{cargo, java};
use anyhow::{Context, Result};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// Engines by the names that `--engine` takes, in the order of the tables.
const ENGINES: [&str; 2] = ["ptrace", "notify"];

/// What each engine could do at best on this machine: contenders, and the programs that they are. They do nothing but what
/// the kernel demands.
pub const LEAST: [(&str, &str); 2] = [("least ptrace", "least_ptrace"), ("least notify", "least_notify")];

/// The programs, all of them built, and the files that the workloads use.
pub struct Tools {
    /// havoc, as a release has it.
    pub havoc: PathBuf,
    /// Which engines this havoc has; or why one of them cannot be had, in its own words.
    pub engines: Vec<(&'static str, Result<(), String>)>,
    /// The workload in C.
    pub workload: PathBuf,
    /// Its source, which is also something to compile.
    pub source: PathBuf,
    /// The directory of the workload in Java; or why there is none.
    pub java: Result<PathBuf, String>,
    /// The least loop for each engine, [`LEAST`]; or why it cannot be built here.
    pub least: Vec<(&'static str, Result<PathBuf, String>)>,
    /// Where the workloads' files are.
    pub files: TempDir,
    /// Commands that the user has given.
    pub peers: Vec<Peer>,
}

impl Tools {
    /// Builds what is to be built, below the target directory.
    ///
    /// # Errors
    /// When havoc or the workload in C cannot be built, or there is no place for files.
    pub fn provide(peers: Vec<Peer>) -> Result<Tools> {
        succeed(cargo::command(&["build", "--release", "--package", "havoc-cli"]).stdin(Stdio::null()))?;
        let havoc = cargo::target().join("release/havoc");
        let directory = cargo::target().join("bench");
        fs::create_dir_all(&directory).with_context(|| format!("make {}", directory.display()))?;
        let sources = cargo::root().join("xtask/src/bench").canonicalize().context("find the workloads")?;
        let workload = directory.join("workload");
        let source = sources.join("workload.c");
        compile_c(&source, &workload)?;
        let least = LEAST.map(|(name, file)| {
            let program = directory.join(file);
            // One for a CPU that has no such registers is no reason to measure nothing.
            let done = compile_c(&sources.join(file).with_extension("c"), &program);
            (name, done.map(|()| program).map_err(|error| format!("{error:#}")))
        });
        let files = tempfile::Builder::new().prefix("havoc-bench-").tempdir_in(place_of_files());
        Ok(Tools {
            engines: engines(&havoc),
            havoc,
            workload,
            source,
            least: least.to_vec(),
            java: compile_java(&sources, &directory),
            files: files.context("make a directory for the workloads' files")?,
            peers,
        })
    }

    /// Returns the path of a file of the workloads.
    pub fn file(&self, name: &str) -> String {
        text(&self.files.path().join(name))
    }
}

/// Returns a path as a word of a command line.
pub fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// In memory, where that is to be had: a disk's own time would hide what a tracer costs.
fn place_of_files() -> PathBuf {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() }
}

/// Tries each engine on a program that does nothing.
fn engines(havoc: &Path) -> Vec<(&'static str, Result<(), String>)> {
    let try_one = |engine: &str| -> Result<(), String> {
        let mut command = Command::new(havoc);
        command.args(["--engine", engine, "-q", "-c", "-o", "/dev/null"]);
        command.args(["--inject", "msync:error=EIO:path=a.bin", "--", "true"]);
        let output = command.stdin(Stdio::null()).output().map_err(|error| error.to_string())?;
        let said = String::from_utf8_lossy(&output.stderr);
        let first = said.lines().next().unwrap_or("it says nothing");
        let reason = first.strip_prefix("error: ").unwrap_or(first).to_owned();
        if output.status.success() { Ok(()) } else { Err(reason) }
    };
    ENGINES.map(|engine| (engine, try_one(engine))).to_vec()
}

fn compile_c(source: &Path, program: &Path) -> Result<()> {
    let mut compile = Command::new("cc");
    compile.args(["-O2", "-pthread", "-o"]).args([program, source]).stdin(Stdio::null());
    succeed(&mut compile)
}

fn compile_java(sources: &Path, directory: &Path) -> Result<PathBuf, String> {
    if !is_on_path("javac") || !java::is_new_enough("javac") || !is_on_path("java") {
        return Err("no JDK, or an old one".into());
    }
    let mut compile = Command::new("javac");
    compile.arg("-d").arg(directory).arg(sources.join("Forces.java")).stdin(Stdio::null());
    succeed(&mut compile).map_err(|error| format!("{error:#}"))?;
    Ok(directory.to_owned())
}
