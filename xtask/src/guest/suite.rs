//! Test programs, and the files that they need in a guest.
use super::{Cpu, Cross, cpio, cross};
use crate::apt::succeed;
use crate::cargo;
use anyhow::{Context, Result, ensure};
use serde_json::Value;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A test program of this workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Test {
    /// What cargo calls it.
    pub name: String,
    /// The program.
    pub program: PathBuf,
    /// The directory of its package, where cargo would run it.
    pub directory: PathBuf,
}

/// What looks at sources, documents and tools, and is the same wherever it runs.
const ONLY_HERE: [&str; 6] = ["documents", "havoc_tests", "testee_builder", "tidy", "workflows", "xtask"];

/// Changes the guest for good, as root.
pub(super) const CHANGES_THE_MACHINE: &str = "guest";

/// Builds all tests for a CPU, and the programs that they start.
///
/// # Errors
/// When something does not build.
pub fn build(cpu: Cpu) -> Result<Vec<Test>> {
    // All packages, as the stage `host` has them: without one the others' dependencies have other features, and are built again.
    let mut of_target: Vec<String> = vec!["--workspace".into()];
    let mut variables = Vec::new();
    if cpu == Cpu::Aarch64 {
        // Nothing is there yet, and nobody runs it in a guest.
        of_target.extend(["--exclude".into(), "xtask".into()]);
        let directory = Cross::target_directory().display().to_string();
        of_target.extend(["--target".into(), cross::TARGET.into(), "--target-dir".into(), directory]);
        variables = Cross::provide()?.environment();
        // Nobody debugs in a guest, and without it building, loading and unpacking take half the time.
        variables.push(("CARGO_PROFILE_DEV_DEBUG".to_owned(), "none".to_owned()));
        // What runs all the time: optimized a little it is emulated in less. The rest would take longer to build than it saves.
        for package in ["havoc-arch", "havoc-engine", "havoc-cli"] {
            of_target.extend(["--config".into(), format!("profile.dev.package.{package}.opt-level=1")]);
        }
    }
    let cargo = |first: &[&str]| {
        let mut command = cargo::command(first);
        command.args(&of_target).envs(variables.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::null());
        command
    };
    succeed(cargo(&["build", "--bins"]).stdout(std::io::stderr()))?;
    let mut build = cargo(&[
        "test",
        "--no-run",
        "--features=havoc-tests/guest",
        "--message-format=json-render-diagnostics",
    ]);
    let output = build.stderr(Stdio::inherit()).output().context("start cargo test")?;
    ensure!(output.status.success(), "the tests do not build for {}", cpu.name());
    let tests = tests_of(&String::from_utf8_lossy(&output.stdout))?;
    let mut tests: Vec<Test> =
        tests.into_iter().filter(|test| !ONLY_HERE.contains(&test.name.as_str())).collect();
    // Last those that change the machine.
    tests.sort_by_key(|test| test.name == CHANGES_THE_MACHINE);
    Ok(tests)
}

/// Reads cargo's messages: The Cargo Book, "External tools", "Artifact messages".
fn tests_of(messages: &str) -> Result<Vec<Test>> {
    let mut tests = Vec::new();
    for line in messages.lines().filter(|line| line.starts_with('{')) {
        let message: Value = serde_json::from_str(line).context("read a message of cargo")?;
        let is_test = message["profile"]["test"] == Value::Bool(true);
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let (Some(program), true) = (text(&message["executable"]), is_test) else { continue };
        // In a guest there are no links on the way.
        let program = fs::canonicalize(&program).unwrap_or_else(|_| program.into());
        let name = text(&message["target"]["name"]).context("a test without a name")?;
        let manifest = text(&message["manifest_path"]).context("a test without a manifest")?;
        let directory = Path::new(&manifest).parent().context("a manifest without a directory")?;
        let directory = fs::canonicalize(directory).unwrap_or_else(|_| directory.to_owned());
        tests.push(Test { name, program, directory });
    }
    Ok(tests)
}

impl Test {
    /// Makes one of the program that cargo runs in the current directory.
    ///
    /// # Errors
    /// When there is no such program.
    pub fn here(program: &Path) -> Result<Test> {
        let program = fs::canonicalize(program).with_context(|| format!("find {}", program.display()))?;
        let name = program.file_name().expect("a file has a name").to_string_lossy().into_owned();
        // cargo puts a hash behind it.
        let name = match name.rsplit_once('-') {
            Some((name, hash)) if hash.len() == 16 && hash.chars().all(|it| it.is_ascii_hexdigit()) => {
                name.to_owned()
            }
            _ => name,
        };
        Ok(Test { name, program, directory: std::env::current_dir().context("find the current directory")? })
    }

    /// Returns the directory of cargo's profile, which holds the programs that tests start.
    pub fn profile(&self) -> &Path {
        let directory = self.program.parent().expect("a program lies in a directory");
        if directory.ends_with("deps") {
            directory.parent().expect("deps lies in a profile")
        } else {
            directory
        }
    }
}

/// Writes an archive of these tests and what they need in a guest: the programs of their profile, the testees, and whatever
/// git knows.
///
/// # Errors
/// When something is not there, or git does not answer.
pub fn pack(tests: &[Test], testees: &Path, archive: &Path) -> Result<()> {
    let mut files: Vec<PathBuf> = tests.iter().map(|test| test.program.clone()).collect();
    files.push(testees.to_owned());
    let profile = tests.first().context("there is no test")?.profile();
    for entry in fs::read_dir(profile).context("read the profile's directory")?.flatten() {
        let metadata = entry.metadata().context("look at a program")?;
        let is_program = metadata.is_file() && metadata.permissions().mode() & 0o111 != 0;
        // Programs, not libraries.
        if is_program && entry.path().extension().is_none() && entry.file_name() != "xtask" {
            files.push(entry.path());
        }
    }
    let root = fs::canonicalize(cargo::root()).context("find the workspace")?;
    let known =
        Command::new("git").args(["ls-files", "-z"]).current_dir(&root).output().context("start git")?;
    ensure!(known.status.success(), "git ls-files: {}", String::from_utf8_lossy(&known.stderr).trim());
    let known = String::from_utf8(known.stdout).context("a file's name is no UTF-8")?;
    files.extend(known.split_terminator('\0').map(|file| root.join(file)).filter(|file| file.exists()));
    cpio::of_files(&files, archive)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn test_programs_are_read_from_cargos_messages() {
        let messages = r#"{"reason":"compiler-artifact","manifest_path":"/w/a/Cargo.toml","target":{"name":"a"},"profile":{"test":true},"executable":"/t/debug/deps/a-1"}
{"reason":"compiler-artifact","manifest_path":"/w/a/Cargo.toml","target":{"name":"a"},"profile":{"test":false},"executable":"/t/debug/a"}
{"reason":"compiler-artifact","manifest_path":"/w/b/Cargo.toml","target":{"name":"b"},"profile":{"test":true},"executable":null}
{"reason":"build-finished","success":true}"#;
        let test = Test { name: "a".into(), program: "/t/debug/deps/a-1".into(), directory: "/w/a".into() };
        assert_eq!(test.profile(), Path::new("/t/debug"));
        assert_eq!(tests_of(messages).unwrap(), [test]);
    }
}
