//! Runs havoc as a user would, and gathers what all sides say.

use crate::apart;
use std::ffi::OsString;
use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Returns the `havoc` that belongs to the tests that run.
///
/// # Panics
/// If it has not been built.
pub fn binary() -> PathBuf {
    built("havoc")
}

/// Returns the program of this workspace that was built beside the tests that run.
///
/// # Panics
/// If it has not been built.
pub fn built(name: &str) -> PathBuf {
    let test = std::env::current_exe().expect("a test knows its own file");
    let profile = test.parent().and_then(Path::parent).expect("tests lie in target/PROFILE/deps");
    let program = profile.join(name);
    assert!(
        program.exists(),
        "{} is missing: run the tests by `cargo xtask test`, or `cargo build --workspace --bins` first",
        program.display()
    );
    program
}

/// Copies a program that is going to be executed. By cp(1): what other tests start at this moment would inherit a descriptor that
/// is open for writing here, and nobody can execute the copy as long as one is (ETXTBSY).
///
/// # Panics
/// If it cannot be copied.
pub fn copy_program(from: impl AsRef<Path>, to: impl AsRef<Path>) {
    let (from, to) = (from.as_ref(), to.as_ref());
    let copied = Command::new("cp").arg(from).arg(to).status().expect("cp runs");
    assert!(copied.success(), "copy {} to {}", from.display(), to.display());
}

/// Tells whether havoc is to verify at an exit stop of its own whatever it skips, as `HAVOC_DEBUG_VERIFY` says: all
/// tests that run havoc run once in this way.
#[must_use]
pub fn verifies() -> bool {
    std::env::var_os("HAVOC_DEBUG_VERIFY").is_some_and(|value| !value.is_empty())
}

/// Returns what havoc is to do without: the words of `HAVOC_DEBUG_ABSENT`.
pub fn absent() -> Vec<String> {
    let names = std::env::var("HAVOC_DEBUG_ABSENT").unwrap_or_default();
    names.split_whitespace().map(str::to_owned).collect()
}

/// A command line of havoc in the making.
#[derive(Debug)]
pub struct Havoc {
    options: Vec<OsString>,
    environment: Vec<(OsString, OsString)>,
    directory: tempfile::TempDir,
    in_namespace: bool,
    wrapper: Vec<OsString>,
    binary: PathBuf,
}

/// What came of it.
#[derive(Debug)]
pub struct Ran {
    /// havoc's exit status; of a run in a namespace, 128 + n where a signal ended it.
    pub status: i32,
    /// What the program wrote to its standard output.
    pub out: String,
    /// What the program, and havoc's own diagnostics, wrote to standard error.
    pub err: String,
    /// The log and the report, lossily read as UTF-8.
    pub log: String,
}

impl Default for Havoc {
    fn default() -> Havoc {
        Havoc::new()
    }
}

impl Havoc {
    /// havoc with an empty directory for the program, and the log in a file.
    ///
    /// # Panics
    /// If no temporary directory can be made.
    pub fn new() -> Havoc {
        let mut havoc = Havoc {
            options: Vec::new(),
            environment: Vec::new(),
            directory: tempfile::tempdir().expect("a temporary directory"),
            in_namespace: false,
            wrapper: Vec::new(),
            binary: binary(),
        };
        if verifies() {
            havoc.options.push("--debug-verify".into());
        }
        // This is how it runs as on an older kernel.
        for feature in absent() {
            havoc.options.push(format!("--debug-absent={feature}").into());
        }
        havoc
    }

    /// As [`Havoc::new`], under the engine that `--engine` calls so. The suite's second run asks for exit stops, which `notify`
    /// has none of: there it is as ever.
    ///
    /// # Panics
    /// As [`Havoc::new`] does.
    #[must_use]
    pub fn under(engine: &str) -> Havoc {
        let mut havoc = Havoc::new();
        if engine == "notify" {
            havoc.options.retain(|option| option != "--debug-verify");
        }
        havoc.options(["--engine", engine])
    }

    /// Adds a rule.
    #[must_use]
    pub fn inject(self, rule: &str) -> Havoc {
        self.options(["--inject", rule])
    }

    /// Asks for the byte-stable log of these calls.
    #[must_use]
    pub fn stable(self, trace: &str) -> Havoc {
        self.options(["--stable", "--trace", trace])
    }

    /// Adds options as they are typed.
    #[must_use]
    pub fn options<T: Into<OsString>>(mut self, options: impl IntoIterator<Item = T>) -> Havoc {
        self.options.extend(options.into_iter().map(Into::into));
        self
    }

    /// Sets a variable for havoc and the program.
    #[must_use]
    pub fn env(mut self, name: &str, value: &str) -> Havoc {
        self.environment.push((name.into(), value.into()));
        self
    }

    /// Runs everything in a PID namespace of its own: for whatever signals.
    #[must_use]
    pub fn apart(mut self) -> Havoc {
        self.in_namespace = true;
        self
    }

    /// Lets havoc itself be started by these words: `setpriv --reuid 65534`, `taskset -c 0`.
    #[must_use]
    pub fn started_by<T: Into<OsString>>(mut self, words: impl IntoIterator<Item = T>) -> Havoc {
        self.wrapper.extend(words.into_iter().map(Into::into));
        self
    }

    /// Takes the havoc of another file.
    #[must_use]
    pub fn program(mut self, binary: PathBuf) -> Havoc {
        self.binary = binary;
        self
    }

    /// Returns the directory that belongs to this run.
    pub fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// Returns the command that [`Havoc::run`] would run, the log going to `log` in the directory.
    pub fn command(&self, program: impl AsRef<Path>, arguments: &[&str]) -> Command {
        let mut words = self.wrapper.iter().cloned().chain([self.binary.clone().into_os_string()]);
        let first = words.next().expect("havoc at least");
        let mut command = if self.in_namespace { apart::apart(first) } else { apart::bounded(first) };
        command
            .args(words)
            .args(&self.options)
            .arg("-o")
            .arg(self.log_file())
            .arg("--")
            .arg(program.as_ref())
            .args(arguments)
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .current_dir(self.directory());
        command
    }

    /// Runs the program in the directory, for a minute at most.
    ///
    /// # Panics
    /// If havoc cannot be started at all.
    pub fn run(&self, program: impl AsRef<Path>, arguments: &[&str]) -> Ran {
        let output = self.command(program, arguments).output().expect("havoc runs");
        let ran = self.ran(&output);
        ran.show();
        ran
    }

    /// Gathers what a command of [`Havoc::command`] has left.
    pub fn ran(&self, output: &Output) -> Ran {
        let status = output.status;
        Ran {
            status: status.code().or(status.signal().map(|signal| 128 + signal)).expect("one of both"),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
            log: fs::read(self.log_file()).map_or_else(|_| String::new(), |log| self.without_directory(&log)),
        }
    }

    fn log_file(&self) -> PathBuf {
        self.directory().with_extension("log")
    }

    /// The temporary directory is a random name: `<dir>` in what tests compare.
    fn without_directory(&self, text: &[u8]) -> String {
        String::from_utf8_lossy(text).replace(&self.directory().display().to_string(), "<dir>")
    }
}

impl Drop for Havoc {
    fn drop(&mut self) {
        let _ = fs::remove_file(self.log_file());
    }
}

/// Returns as much of a text as anybody reads.
fn head(text: &str) -> String {
    const LINES: usize = 60;
    let mut head: String = text.split_inclusive('\n').take(LINES).collect();
    let left = text.lines().count().saturating_sub(LINES);
    if left > 0 {
        head.push_str(&format!("… and {left} lines more\n"));
    }
    head
}

impl Ran {
    /// Prints both sides: libtest keeps that for tests that fail, and for `--show-output`.
    fn show(&self) {
        println!("── havoc:\n{}── the program:", head(&self.log));
        println!("{}{}── status {}", head(&self.out), head(&self.err), self.status);
    }

    /// Returns the lines of the log that hold `text`.
    pub fn lines_with(&self, text: &str) -> Vec<&str> {
        self.log.lines().filter(|line| line.contains(text)).collect()
    }

    /// Tells whether the program wrote this line to its standard output.
    pub fn printed(&self, line: &str) -> bool {
        self.out.lines().any(|it| it == line)
    }

    /// Returns what the program says has failed by `error`: of its lines `WHAT: ERROR`, every WHAT, in order.
    pub fn failed_by(&self, error: &str) -> Vec<&str> {
        let end = format!(": {error}");
        self.out.lines().filter_map(|line| line.strip_suffix(&end)).collect()
    }

    /// Returns how many calls the log shows as injected.
    pub fn injected(&self) -> usize {
        self.lines_with("(INJECTED)").len()
    }

    /// Returns the calls and the stops of `call` in the summary that `-C` or `-c` wrote.
    ///
    /// # Panics
    /// If there is no summary or no line of that call.
    pub fn summary(&self, call: &str) -> (u64, u64) {
        let line = self
            .log
            .lines()
            .find(|line| line.split_whitespace().nth(5) == Some(call))
            .unwrap_or_else(|| panic!("no summary of {call} in\n{}", self.log));
        let numbers: Vec<u64> =
            line.split_whitespace().take(4).map(|word| word.parse().expect("a count")).collect();
        (numbers[0], numbers[3])
    }
}
