//! What may be typed: the command line of DESIGN's contract, and which of it is built.
mod subcommand;

pub use subcommand::{Check, Completions, Demo, Errors, Man, Syscalls};

use crate::completions::Shell;
use crate::strace::{Others, Typed};
use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{ArgAction, Args, CommandFactory, Parser};
use havoc_engine::kernel::linux::Feature;
use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

/// Run an unmodified Linux program and make single system calls fail, by name, by count, and by the file they touch,
/// also when that file is only mapped into memory.
#[derive(Debug, Parser)]
#[command(
    name = "havoc",
    version,
    override_usage = "havoc [OPTIONS] [--] COMMAND [ARG]...\n       \
        havoc demo\n       havoc check PLAN.toml...\n       havoc syscalls [SET]\n       havoc errors [SYSCALL]...\n       \
        havoc completions bash|zsh|fish\n       havoc man",
    after_help = "Examples:\n  \
        havoc demo\n  \
        havoc --inject 'msync:error=EIO:path=**/orders.bin' -- java -jar service.jar\n  \
        havoc --trace fsync,msync -- make test\n\n\
        Rules: SET[:KEY=VALUE]..., for example fsync,msync:error=EIO:path=*.db:when=2+\n\
        HAVOC_LOG=debug shows what havoc itself does.\n\
        Exit status: the program's own; 123 --strict violated; 124 timed out; 125 havoc failed; 126 cannot execute; \
        127 not found"
)]
pub struct Cli {
    /// strace's expressions in the order in which they were typed; first, since later fields take the words out.
    #[command(flatten)]
    pub typed: Typed,

    /// A rule; may be given several times, order matters.
    #[arg(long, value_name = "RULE")]
    pub inject: Vec<String>,

    /// Rules from a file, in TOML, or from standard input with `-`; may be given several times. They come before those of
    /// --inject.
    #[arg(long, value_name = "FILE")]
    pub plan: Vec<PathBuf>,

    /// Log these calls with their real results: names, numbers, `all`. Without any rule and --trace, all are logged.
    #[arg(long, value_name = "SET", overrides_with = "trace")]
    pub trace: Option<String>,

    /// Write the log and the report to FILE instead of standard error; /dev/stdout or /dev/fd/N is not cut to nothing.
    #[arg(short, long, value_name = "FILE", overrides_with = "output")]
    pub output: Option<PathBuf>,

    /// Write a byte-stable log when the run ends: tasks by their place in the tree, addresses and pids by name.
    #[arg(long)]
    pub stable: bool,

    /// Fail the run (123) if a rule never fired or an injection could not be verified.
    #[arg(long)]
    pub strict: bool,

    /// At the end a table of calls, errors, injections and stops, instead of the log.
    #[arg(short = 'c', long, conflicts_with = "summary", overrides_with = "summary_only")]
    pub summary_only: bool,

    /// The same table, beside the log.
    #[arg(short = 'C', long, overrides_with = "summary")]
    pub summary: bool,

    /// End the tree after this time (`10s`, `500ms`; a bare number is seconds), counted from the program's exec; exit 124.
    #[arg(long, value_name = "DURATION")]
    pub timeout: Option<String>,

    /// End the tree with its root process, for programs that leave daemons behind.
    #[arg(long)]
    pub kill_on_exit: bool,

    /// The seed of every random choice: `chance`, lists of errors, `corrupt=flip`. Drawn and told in the report without it.
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,

    /// Whose text the log has: havoc's, or strace's for scripts that read it. Without it strace's, if no option but strace's
    /// is there.
    #[arg(long, value_name = "havoc|strace")]
    pub log_style: Option<String>,

    /// Write the report also where the log has strace's text, which has none.
    #[arg(long, overrides_with = "report", conflicts_with_all = ["quiet", "quiet_set"])]
    pub report: bool,

    /// What to do about io_uring, which bypasses system calls: deny (default when a rule names a call that a ring could do instead), warn, allow.
    #[arg(long, value_name = "deny|warn|allow")]
    pub io_uring: Option<String>,

    /// Which engine: auto, ptrace or notify.
    #[arg(long, value_name = "ENGINE")]
    pub engine: Option<String>,

    /// Take the exit stop of skipped calls too, and verify there.
    #[arg(long, hide = true)]
    pub debug_verify: bool,

    /// Do without this, as on a kernel that lacks it: procmap-query, process-vm, pidfd-getfd, set-syscall-info;
    /// repeatable.
    #[arg(long, hide = true, value_name = "FEATURE", value_parser = feature)]
    pub debug_absent: Vec<Feature>,

    /// strace's options, with strace's meaning.
    #[command(flatten)]
    pub strace: Strace,

    /// strace's options that do not exist here.
    #[command(flatten)]
    pub others: Others,

    /// Options of the design that are still to come.
    #[command(flatten)]
    pub later: Later,

    /// The program and its arguments.
    #[arg(value_name = "COMMAND", trailing_var_arg = true)]
    pub command: Vec<OsString>,
}

/// Reads the name of a feature.
fn feature(name: &str) -> Result<Feature, String> {
    let found = Feature::ALL.into_iter().find(|feature| feature.name() == name);
    found.ok_or_else(|| format!("it is one of {}", Feature::ALL.map(Feature::name).join(", ")))
}

/// strace's options, with strace's meaning; see docs/strace.md. What strace lets be repeated may be repeated here.
#[derive(Debug, Args)]
pub struct Strace {
    /// strace's expressions: trace=SET, inject=SET:error=EIO:when=2, fault=SET, signal=SET, status=SET, quiet=SET; SET alone
    /// is trace=SET. Repeatable.
    #[arg(short = 'e', value_name = "EXPR")]
    pub expression: Vec<String>,

    /// As -e fault=.
    #[arg(long, value_name = "SET")]
    pub fault: Vec<String>,

    /// As -e signal=.
    #[arg(long, alias = "signals", value_name = "SET")]
    pub signal: Vec<String>,

    /// As -e status=.
    #[arg(long, value_name = "SET")]
    pub status: Vec<String>,

    /// As -e decode-fds=.
    #[arg(long, alias = "decode-fd", value_name = "SET")]
    pub decode_fds: Vec<String>,

    /// With -e: the program's children and threads too; without it they are followed and left alone.
    #[arg(short = 'f', long = "follow-forks", action = ArgAction::Count)]
    pub follow: u8,

    /// With -e: only calls that touch this file, also one that is only mapped into memory. Repeatable.
    #[arg(short = 'P', long = "trace-path", value_name = "PATH")]
    pub path: Vec<OsString>,

    /// No closing report; twice: nor `+++ exited` lines; three times: nor what else can be left out.
    #[arg(short = 'q', action = ArgAction::Count)]
    pub quiet: u8,

    /// The same, by name: attach, exit, path-resolution, personality, thread-execve, all; alone it is -q.
    #[arg(long = "quiet", aliases = ["silent", "silence"], value_name = "SET", num_args = 0..=1,
        require_equals = true, conflicts_with = "quiet", overrides_with = "quiet_set")]
    #[expect(clippy::option_option, reason = "not typed, typed alone, typed with a value")]
    pub quiet_set: Option<Option<String>>,

    /// Begin lines with the time of day; -tt with microseconds; -ttt with seconds since 1970.
    #[arg(short = 't', action = ArgAction::Count)]
    pub time: u8,

    /// The same, by name: none, time or unix, and a precision.
    #[arg(long, alias = "timestamps", value_name = "[FORMAT][,PRECISION]", num_args = 0..=1, require_equals = true,
        default_missing_value = "format:time", conflicts_with = "time")]
    pub absolute_timestamps: Vec<String>,

    /// Begin lines with the time since the one before.
    #[arg(short = 'r', action = ArgAction::Count, overrides_with = "relative_timestamps")]
    pub relative: u8,

    /// The same, with a precision: s, ms, us, ns.
    #[arg(long, value_name = "PRECISION", num_args = 0..=1, require_equals = true, overrides_with = "relative_timestamps")]
    #[expect(clippy::option_option, reason = "not typed, typed alone, typed with a value")]
    pub relative_timestamps: Option<Option<String>>,

    /// End lines with the time spent in the call.
    #[arg(short = 'T', action = ArgAction::Count, overrides_with = "syscall_times")]
    pub times: u8,

    /// The same, with a precision: s, ms, us, ns.
    #[arg(long, value_name = "PRECISION", num_args = 0..=1, require_equals = true, overrides_with = "syscall_times")]
    #[expect(clippy::option_option, reason = "not typed, typed alone, typed with a value")]
    pub syscall_times: Option<Option<String>>,

    /// Show so many bytes of a string; 32 by default.
    #[arg(short = 's', long, value_name = "N", overrides_with = "string_limit")]
    pub string_limit: Option<String>,

    /// Show structs, arrays and environments whole.
    #[arg(short = 'v', long, action = ArgAction::Count)]
    pub no_abbrev: u8,

    /// Show the files of descriptors, which havoc's text always does, and the directory of AT_FDCWD; twice: addresses of sockets, too.
    #[arg(short = 'y', action = ArgAction::Count)]
    pub files: u8,

    /// Stop the program at named calls alone, which is always done.
    #[arg(long, action = ArgAction::Count)]
    pub seccomp_bpf: u8,

    /// In strace's text: the column of results, 40 by default.
    #[arg(short = 'a', long = "columns", value_name = "N", overrides_with = "column")]
    pub column: Option<String>,

    /// In strace's text: begin each line with the pid, also where there is one task.
    #[arg(long, action = ArgAction::Count)]
    pub always_show_pid: u8,

    /// Append to the file of -o.
    #[arg(short = 'A', long, action = ArgAction::Count)]
    pub output_append_mode: u8,

    /// Log only calls that returned no error.
    #[arg(short = 'z', long, overrides_with_all = ["successful_only", "failed_only"])]
    pub successful_only: bool,

    /// Log only calls that returned an error.
    #[arg(short = 'Z', long, alias = "failing-only", overrides_with_all = ["successful_only", "failed_only"])]
    pub failed_only: bool,
}

/// Options that have their place in the command line and are not built yet. None is ignored.
#[derive(Debug, Args)]
pub struct Later {
    #[arg(short = 'p', long = "attach", hide = true, value_name = "PID")]
    attach: Vec<OsString>,
    #[arg(long, hide = true)]
    dry_run: bool,
    #[arg(long, hide = true, value_name = "FORMAT")]
    format: Option<OsString>,
}

impl Later {
    /// Returns whether havoc is to attach, which takes no COMMAND.
    pub fn attaches(&self) -> bool {
        !self.attach.is_empty()
    }

    /// Returns whether what is not strace's was typed.
    pub fn is_havocs(&self) -> bool {
        self.dry_run || self.format.is_some()
    }

    /// Returns those that were typed.
    pub fn typed(&self) -> Vec<&'static str> {
        [
            ("-p/--attach", !self.attach.is_empty()),
            ("--dry-run", self.dry_run),
            ("--format", self.format.is_some()),
        ]
        .into_iter()
        .filter_map(|(name, typed)| typed.then_some(name))
        .collect()
    }
}

/// What the command line asks for.
#[derive(Debug)]
pub enum Asked {
    /// Run a program.
    Run(Box<Cli>),
    /// The demo.
    Demo(Demo),
    /// What is wrong with these plan files, or their rules.
    Check(Vec<PathBuf>),
    /// The calls of a set, or the classes.
    Syscalls(Option<String>),
    /// The documented errors of these calls.
    Errors(Vec<String>),
    /// The completions for a shell.
    Completions(Shell),
    /// The manual page.
    Man,
}

/// Returns the command line as far as it is built, for the manual page and the completions: without what is hidden.
pub fn built() -> clap::Command {
    let typed = Cli::command();
    // An argument cannot be taken out of a clap command, and clap_complete does not skip hidden ones.
    let mut built = clap::Command::new("havoc").version(env!("CARGO_PKG_VERSION"));
    if let Some(about) = typed.get_about() {
        built = built.about(about.clone());
    }
    if let Some(usage) = typed.get_overridden_usage() {
        built = built.override_usage(usage.clone());
    }
    built.args(typed.get_arguments().filter(|argument| !argument.is_hide_set()).cloned())
}

/// Tells whether the first word of a command line, if it is this one, is a subcommand.
pub fn is_subcommand(word: &OsStr) -> bool {
    ["demo", "check", "syscalls", "errors", "completions", "man"].iter().any(|name| word == *name)
}

/// Reads a command line. The first word of all is a subcommand if there is one of that name; behind an option, or `--`, it is
/// a program, whatever its name.
///
/// # Errors
/// clap's error, which may also be the help that was asked for.
pub fn read(arguments: Vec<OsString>) -> Result<Asked, clap::Error> {
    let cli = Cli::try_parse_from(&arguments).map_err(without_wrong_tip)?;
    let is_first = arguments.len() - cli.command.len() == 1;
    match cli.command.first().filter(|word| is_first && is_subcommand(word)) {
        Some(name) => {
            subcommand(&cli.command).map_err(|error| or_the_program(error, &name.to_string_lossy()))
        }
        None => Ok(Asked::Run(Box::new(cli))),
    }
}

/// Takes clap's tip off an option that does not exist: to put `--` before it, which would run a program of that name.
fn without_wrong_tip(mut error: clap::Error) -> clap::Error {
    if error.kind() == ErrorKind::UnknownArgument {
        error.remove(ContextKind::Suggested);
    }
    error
}

/// Reads the words of a subcommand, its name first.
fn subcommand(words: &[OsString]) -> Result<Asked, clap::Error> {
    match words.first().and_then(|word| word.to_str()) {
        Some("demo") => Demo::try_parse_from(words).map(Asked::Demo),
        Some("check") => Check::try_parse_from(words).map(|asked| Asked::Check(asked.files)),
        Some("syscalls") => Syscalls::try_parse_from(words).map(|asked| Asked::Syscalls(asked.set)),
        Some("errors") => Errors::try_parse_from(words).map(|asked| Asked::Errors(asked.calls)),
        Some("completions") => {
            Completions::try_parse_from(words).map(|asked| Asked::Completions(asked.shell))
        }
        _ => Man::try_parse_from(words).map(|Man {}| Asked::Man),
    }
}

/// Adds to the complaint about a subcommand what to type if a program of that name was meant.
fn or_the_program(mut error: clap::Error, name: &str) -> clap::Error {
    if error.use_stderr() {
        let tip = StyledStr::from(format!("to run a program called '{name}', write 'havoc -- {name}'"));
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![tip]));
    }
    error
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn asked(words: &[&str]) -> Asked {
        let words = std::iter::once("havoc").chain(words.iter().copied()).map(OsString::from).collect();
        read(words).expect("a good command line")
    }

    fn command(words: &[&str]) -> Vec<OsString> {
        match asked(words) {
            Asked::Run(cli) => cli.command,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_first_word_that_is_a_subcommand_is_the_subcommand() {
        assert!(matches!(asked(&["demo"]), Asked::Demo(Demo { program: false, directory: None })));
        assert!(
            matches!(asked(&["errors", "fsync", "msync"]), Asked::Errors(calls) if calls == ["fsync", "msync"])
        );
        assert!(matches!(asked(&["errors"]), Asked::Errors(calls) if calls.is_empty()));
    }

    #[test]
    fn a_check_is_of_one_file_or_more() {
        assert!(
            matches!(asked(&["check", "a", "b"]), Asked::Check(files) if files == [Path::new("a"), Path::new("b")])
        );
        for words in [&["check"][..], &["check", "--plan", "a"]] {
            let words = std::iter::once("havoc").chain(words.iter().copied()).map(OsString::from).collect();
            assert!(read(words).expect_err("no file, or an option").use_stderr());
        }
    }

    #[test]
    fn the_calls_of_one_set_are_shown() {
        assert!(matches!(asked(&["syscalls"]), Asked::Syscalls(None)));
        assert!(matches!(asked(&["syscalls", "!%file"]), Asked::Syscalls(Some(set)) if set == "!%file"));
        let words = ["havoc", "syscalls", "read", "write"].map(OsString::from);
        assert!(read(words.into()).expect_err("two sets").use_stderr());
        assert_eq!(command(&["--", "syscalls", "read"]), ["syscalls", "read"]);
    }

    #[test]
    fn what_packagers_ask_for_takes_no_more_words_than_it_has() {
        assert!(matches!(asked(&["man"]), Asked::Man));
        assert!(matches!(asked(&["completions", "zsh"]), Asked::Completions(Shell::Zsh)));
        for words in
            [&["man", "ls"][..], &["completions"], &["completions", "csh"], &["completions", "zsh", "x"]]
        {
            let words = std::iter::once("havoc").chain(words.iter().copied()).map(OsString::from).collect();
            let error = read(words).expect_err("too much or too little");
            assert!(error.use_stderr(), "{error}");
        }
    }

    #[test]
    fn what_is_built_is_what_help_shows() {
        let built = built();
        assert!(built.get_arguments().all(|argument| !argument.is_hide_set()));
        assert!(built.get_arguments().any(|argument| argument.get_long() == Some("inject")));
        assert!(Cli::command().get_arguments().any(clap::Arg::is_hide_set), "else `built` can go");
        assert_eq!(built.get_version(), Cli::command().get_version());
    }

    #[test]
    fn after_two_dashes_it_is_a_program() {
        assert_eq!(command(&["--", "man", "ls"]), ["man", "ls"]);
        assert_eq!(command(&["-q", "--", "demo"]), ["demo"]);
    }

    #[test]
    fn options_end_at_the_first_word_of_the_command() {
        assert_eq!(command(&["-q", "ls", "-q", "--strict", "--", "x"]), ["ls", "-q", "--strict", "--", "x"]);
        assert_eq!(command(&["ls", "--", "demo"]), ["ls", "--", "demo"]);
    }

    #[test]
    fn behind_an_option_a_subcommand_s_name_is_a_program_s() {
        for name in ["demo", "check", "syscalls", "errors", "completions", "man"] {
            assert!(is_subcommand(OsStr::new(name)));
            for options in [&["-q"][..], &["-f", "-e", "inject=fsync:error=EIO", "-o", "log"], &["--strict"]]
            {
                let words: Vec<&str> = options.iter().copied().chain([name, "-x"]).collect();
                assert_eq!(command(&words), [name, "-x"], "{options:?}");
            }
            // No subcommand takes this.
            let error = read(["havoc", name, "--frobnicate"].map(OsString::from).into()).expect_err(name);
            assert!(error.to_string().contains(&format!("havoc -- {name}")), "{error}");
        }
    }

    #[test]
    fn an_option_that_does_not_exist_is_no_command() {
        for word in ["--frobnicate", "--injct", "-j", "--foll"] {
            let words = ["havoc", word, "true"].map(OsString::from);
            let error = read(words.into()).expect_err(word);
            assert_eq!(error.kind(), ErrorKind::UnknownArgument, "{error}");
            assert!(!error.to_string().contains("-- "), "{error}");
        }
        assert_eq!(command(&["--", "-x"]), ["-x"]);
        assert_eq!(command(&["ls", "-x"]), ["ls", "-x"]);
    }

    #[test]
    fn an_option_that_is_not_built_yet_is_seen() {
        match asked(&["--dry-run", "-f", "-p", "7", "true"]) {
            Asked::Run(cli) => assert_eq!(cli.later.typed(), ["-p/--attach", "--dry-run"]),
            other => panic!("{other:?}"),
        }
    }
}
