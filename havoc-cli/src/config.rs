//! The typed words → a session's configuration, or every error at once.
use crate::args::Cli;
use crate::strace::style::{self, Style};
use crate::strace::{self, Reading};
use crate::{diagnostics, sources};
use havoc_engine::plan::syntax::strace::{Asked, Quiet, Surroundings, parse_expressions};
use havoc_engine::plan::syntax::{Diagnostic, parse_set};
use havoc_engine::plan::{CallSet, PathPattern, Plan};
use havoc_engine::record::{Stamps, Statuses, StraceText, Wording};
use havoc_engine::session::{Config, Engine, IoUring, Logging};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::IsTerminal;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Everything that is wrong with a command line, ready to be printed.
#[derive(Debug)]
pub struct BadInput(pub String);

/// What the words of a run mean.
#[derive(Clone, Debug)]
pub struct Meant {
    /// For the session.
    pub config: Config,
    /// Times in the log.
    pub stamps: Stamps,
    /// What is not said.
    pub quiet: Quiet,
    /// Whose text the log has.
    pub wording: Wording,
    /// What the user is to know of how the words were read.
    pub notes: Vec<String>,
    /// The engine that was asked for, or that alone can do it; `None` leaves the choice.
    pub engine: Option<Engine>,
}

/// Reads the words of a run.
///
/// # Errors
/// All errors of all options and rules, each with the text that it is about.
pub fn read(cli: &Cli) -> Result<Meant, BadInput> {
    let mut errors = Errors::default();
    for option in cli.later.typed() {
        errors.plain(format!("`{option}` is not built yet"), "see `havoc --help` for what is");
    }
    for (option, instead) in &cli.others.refused {
        errors.plain(format!("strace's `{option}` does not exist here"), instead);
    }
    let reading = cli.typed.reading(cli);
    let inject = if reading.are_straces { &[] } else { &cli.inject[..] };
    let mut plan = sources::plan(&cli.plan, inject).unwrap_or_else(|BadInput(text)| {
        errors.0.push(text);
        Plan::default()
    });
    // Without a cwd only paths that are joined to it suffer; they then match nothing.
    let cwd = std::env::current_dir().unwrap_or_else(|_| PathBuf::from("/"));
    let asked = expressions(cli, &reading, &cwd, plan.rules.len(), &mut errors);
    plan.rules.extend(asked.rules.iter().cloned());
    let mut bad = Vec::new();
    let stamps = strace::stamps(&cli.strace, &mut bad);
    let mut style = strace::style(&cli.strace, &mut bad);
    style.directory |= asked.decode_fds.path;
    style.addresses |= asked.decode_fds.socket;
    let names_files = cli.strace.files > 0 || asked.decode_fds.path || asked.decode_fds.socket;
    let quiet = strace::quiet(&cli.strace, asked.quiet, &mut bad);
    let column = strace::column(&cli.strace, &mut bad);
    for strace::BadValue { option, text, message, help } in bad {
        errors.value::<()>(option, &text, Err((message, help.to_owned())));
    }
    clashes(cli, &stamps, &asked, &mut errors);
    let log_style = cli.log_style.as_deref();
    let log_style = log_style.and_then(|text| errors.value("--log-style", text, style::log_style(text)));
    let trace = cli.trace.as_ref().filter(|_| !reading.are_straces).and_then(|text| {
        parse_set(text)
            .map_err(|diagnostics| errors.pointing("--trace", std::slice::from_ref(text), &diagnostics))
            .ok()
    });
    let timeout = cli.timeout.as_deref().and_then(|text| errors.value("--timeout", text, duration(text)));
    let io_uring = cli.io_uring.as_deref().and_then(|text| errors.value("--io-uring", text, io_uring(text)));
    let asked_engine = cli.engine.as_deref().and_then(|text| errors.value("--engine", text, engine(text)));
    if cli.command.is_empty() && !cli.later.attaches() {
        errors.plain("no COMMAND given".to_owned(), "havoc [OPTIONS] [--] COMMAND [ARG]..., or `havoc demo`");
    }
    errors.none()?;
    let has_rules = !plan.rules.is_empty();
    let is_straces = style::is_straces(cli, &reading);
    let ignored = asked.ignored.clone();
    let by_strace = is_straces || !reading.expressions.is_empty() || !cli.strace.path.is_empty();
    let config = Config {
        io_uring: io_uring.unwrap_or_else(|| IoUring::default_for(&plan)),
        plan,
        logging: logging(cli, trace, asked, quiet, (has_rules, by_strace)),
        style,
        seed: cli.seed.unwrap_or_else(drawn_seed),
        timeout,
        kill_on_exit: cli.kill_on_exit,
        debug_verify: cli.debug_verify,
    };
    let engine = chosen(cli, &config, asked_engine)?;
    let follows = !config.logging.is_of_first_task();
    let wording = match log_style.unwrap_or(Style::of(is_straces)) {
        Style::Havoc => Wording::Havoc,
        Style::Strace => Wording::Strace(StraceText {
            follows,
            to_file: cli.output.is_some(),
            always_shows_pid: cli.strace.always_show_pid > 0,
            names_files,
            column,
        }),
    };
    let notes = style::notes(cli, &reading, ignored, wording);
    Ok(Meant { config, stamps, quiet, wording, notes, engine })
}

fn expressions(cli: &Cli, reading: &Reading, cwd: &Path, rules_before: usize, errors: &mut Errors) -> Asked {
    let mut paths = Vec::new();
    for path in &cli.strace.path {
        match PathPattern::literal(path.as_bytes(), cwd) {
            Ok(pattern) => paths.push(pattern),
            Err(error) => errors.plain(error.to_string(), "`-P` takes the path of a file"),
        }
        // strace adds what the path leads to: a descriptor's file has that name.
        let resolved = std::fs::canonicalize(path).ok();
        paths.extend(resolved.and_then(|path| PathPattern::literal(path.as_os_str().as_bytes(), cwd).ok()));
    }
    let surroundings = Surroundings { paths: &paths, follows: cli.strace.follow > 0, rules_before };
    let texts: Vec<String> = reading.expressions.iter().map(|expression| expression.text.clone()).collect();
    parse_expressions(&texts, &surroundings).unwrap_or_else(|diagnostics| {
        let sources = reading.expressions.iter().map(|typed| (typed.option.to_owned(), typed.text.clone()));
        errors.at(&sources.collect::<Vec<_>>(), &diagnostics);
        Asked::default()
    })
}

/// Refuses what does not go together, and what strace can and we cannot.
fn clashes(cli: &Cli, stamps: &Stamps, asked: &Asked, errors: &mut Errors) {
    // Without a file there is one log in strace, too.
    if cli.strace.follow > 1 && cli.output.is_some() {
        errors.plain(
            "`-ff` with `-o` does not exist here: the log is one file".to_owned(),
            "`-f` follows children; each line begins with the pid",
        );
    }
    if cli.stable && cli.log_style.as_deref() == Some("strace") {
        errors.plain(
            "a `--stable` log has no text of strace's".to_owned(),
            "leave `--log-style strace` out: tasks and addresses have names in it",
        );
    }
    let is_command = |path: &PathBuf| matches!(path.as_os_str().as_bytes().first(), Some(b'|' | b'!'));
    if cli.output.as_ref().is_some_and(is_command) {
        errors.plain(
            "`-o` runs no command here: it takes a file".to_owned(),
            "a shell that knows `-o >(COMMAND)` runs it, as bash does; a file of such a name is `./|name`",
        );
    }
    let has_times = stamps.absolute.is_some() || stamps.relative.is_some() || stamps.duration.is_some();
    if cli.stable && has_times {
        errors.plain("a `--stable` log has no times".to_owned(), "leave `-t`, `-r` and `-T` out");
    }
    if asked.statuses.is_some() && (cli.strace.successful_only || cli.strace.failed_only) {
        errors.plain("`-z`, `-Z` and `-e status=` are one and the same".to_owned(), "keep one of them");
    }
}

/// What is logged: by --trace if it is there, else by strace's options if any is, else everything if there is no rule.
fn logging(
    cli: &Cli,
    trace: Option<CallSet>,
    asked: Asked,
    quiet: Quiet,
    (has_rules, by_strace): (bool, bool),
) -> Logging {
    let by_strace = trace.is_none() && by_strace;
    let calls = match trace {
        Some(trace) => Some(trace),
        None if by_strace => Some(asked.trace.unwrap_or_else(CallSet::all)),
        None if has_rules => None,
        None => Some(CallSet::all()),
    };
    let statuses = match (cli.strace.successful_only, cli.strace.failed_only) {
        (true, _) => Statuses { successful: true, ..Statuses::NONE },
        (_, true) => Statuses { failed: true, ..Statuses::NONE },
        _ => asked.statuses.unwrap_or_default(),
    };
    Logging {
        calls,
        selectors: if by_strace { asked.selectors } else { Vec::new() },
        statuses,
        signals: asked.signals,
        exits: !quiet.exit,
        superseded: !quiet.thread_execve,
    }
}

/// Returns a seed that nobody chose. The standard library's hashers are keyed by the system's random numbers.
fn drawn_seed() -> u64 {
    RandomState::new().build_hasher().finish()
}

#[derive(Default)]
struct Errors(Vec<String>);

impl Errors {
    fn pointing(&mut self, option: &str, texts: &[String], found: &[Diagnostic]) {
        let sources: Vec<(String, String)> =
            texts.iter().map(|text| (option.to_owned(), text.clone())).collect();
        self.at(&sources, found);
    }

    /// `sources` are the texts, each with the option that it was typed with.
    fn at(&mut self, sources: &[(String, String)], found: &[Diagnostic]) {
        self.0.push(diagnostics::render(sources, found, std::io::stderr().is_terminal()));
    }

    fn value<T>(&mut self, option: &str, text: &str, value: Result<T, (String, String)>) -> Option<T> {
        match value {
            Ok(value) => Some(value),
            Err((message, help)) => {
                let diagnostic = Diagnostic { source: 0, span: 0..text.len(), message, help: Some(help) };
                self.pointing(option, &[text.to_owned()], &[diagnostic]);
                None
            }
        }
    }

    fn plain(&mut self, message: String, help: &str) {
        self.0.push(diagnostics::plain(&message, help));
    }

    fn none(self) -> Result<(), BadInput> {
        if self.0.is_empty() { Ok(()) } else { Err(BadInput(self.0.join("\n"))) }
    }
}

fn duration(text: &str) -> Result<Duration, (String, String)> {
    let parsed = match text.parse::<u64>() {
        Ok(seconds) => Ok(Duration::from_secs(seconds)),
        Err(_) => humantime::parse_duration(text).map_err(|error| error.to_string()),
    };
    match parsed {
        Ok(duration) if duration.is_zero() => {
            Err(("a time limit of 0 lets nothing run".to_owned(), "give a time such as `10s`".to_owned()))
        }
        Ok(duration) => Ok(duration),
        Err(error) => Err((format!("not a duration: {error}"), "write `10s`, `500ms`, `2min`".to_owned())),
    }
}

fn io_uring(text: &str) -> Result<IoUring, (String, String)> {
    match text {
        "deny" => Ok(IoUring::Deny),
        "warn" => Ok(IoUring::Warn),
        "allow" => Ok(IoUring::Allow),
        _ => Err((format!("unknown way with io_uring `{text}`"), "one of deny, warn, allow".to_owned())),
    }
}

/// Returns `None` for `auto`.
fn engine(text: &str) -> Result<Option<Engine>, (String, String)> {
    match text {
        "auto" => Ok(None),
        "ptrace" => Ok(Some(Engine::Ptrace)),
        "notify" => Ok(Some(Engine::Notify)),
        _ => Err((format!("unknown engine `{text}`"), "one of auto, ptrace, notify".to_owned())),
    }
}

/// Returns the engine to take, `None` if it is to be found out what this kernel has. What was asked for must be able to do it.
fn chosen(cli: &Cli, config: &Config, asked: Option<Option<Engine>>) -> Result<Option<Engine>, BadInput> {
    let asked = asked.flatten();
    let stable = || cli.stable.then(|| "a `--stable` log names tasks by their place in the tree".to_owned());
    let Some(why) = config.needs_ptrace().or_else(stable) else { return Ok(asked) };
    if asked == Some(Engine::Notify) {
        let mut errors = Errors::default();
        errors.plain(
            format!("`--engine notify` cannot do this: {why}"),
            "it decides at the entry of a call and sees no more of it; leave the option out, or say `--engine ptrace`",
        );
        errors.none()?;
    }
    log::debug!("engine ptrace: {why}");
    Ok(Some(Engine::Ptrace))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    fn errors(words: &[&str]) -> String {
        let cli = Cli::try_parse_from(std::iter::once(&"havoc").chain(words)).expect("words that clap takes");
        read(&cli).expect_err("a bad command line").0
    }

    #[test]
    fn all_errors_of_a_command_line_come_at_once() {
        let text = errors(&[
            "--inject",
            "mysnc:error=EIO",
            "--inject",
            "fsync:error=512",
            "--trace",
            "raed",
            "--timeout",
            "soon",
            "--io-uring",
            "maybe",
            "--engine",
            "warp",
            "--dry-run",
        ]);
        for expected in [
            "did you mean `msync`",
            "512",
            "did you mean `read`",
            "not a duration",
            "deny, warn, allow",
            "unknown engine `warp`",
            "`--dry-run` is not built yet",
            "no COMMAND given",
        ] {
            assert!(text.contains(expected), "`{expected}` is missing from\n{text}");
        }
    }

    #[test]
    fn without_rule_and_trace_everything_is_logged() {
        let config = |words: &[&str]| {
            let cli =
                Cli::try_parse_from(std::iter::once(&"havoc").chain(words)).expect("words that clap takes");
            read(&cli).expect("a good command line").config
        };
        assert_eq!(config(&["true"]).logging.calls, Some(CallSet::all()));
        assert_eq!(config(&["--inject", "fsync:error=EIO", "true"]).logging.calls, None);
        assert_eq!(config(&["--inject", "fsync:error=EIO", "true"]).io_uring, IoUring::Deny);
        assert_eq!(config(&["true"]).io_uring, IoUring::Warn);
    }

    #[test]
    fn strace_s_options_say_what_is_logged_unless_trace_does() {
        let logging = |words: &[&str]| {
            let words = ["havoc"].iter().chain(words).chain(&["true"]);
            let meant = read(&Cli::try_parse_from(words).expect("words that clap takes"));
            meant.expect("a good command line").config.logging
        };
        let read_set = parse_set("read").ok();
        let first = logging(&["-e", "read"]);
        assert_eq!((&first.calls, first.is_of_first_task()), (&read_set, true));
        assert!(!logging(&["-f", "-e", "trace=read"]).is_of_first_task());
        assert_eq!(logging(&["-e", "inject=read:error=EIO"]).calls, Some(CallSet::all()));
        assert_eq!(logging(&["-P", "/a"]).selectors.len(), 2);
        // A set that only havoc has is havoc's; any other is strace's, of which the last counts.
        let both = logging(&["--trace", "read,%persist", "-e", "trace=write", "-P", "/a"]);
        assert_eq!((both.calls, both.selectors), (parse_set("read,%persist").ok(), vec![]));
        let both = logging(&["-e", "trace=write", "-P", "/a", "--trace", "read"]);
        assert_eq!((both.calls, both.selectors.len()), (read_set, 2));
        assert_eq!(logging(&["-t"]).calls, logging(&[]).calls);
        assert!(
            logging(&["-t"]).is_of_first_task() && !logging(&["-t", "--timeout", "9"]).is_of_first_task()
        );
        assert!(!logging(&["-qq"]).exits && logging(&["-q"]).exits);
        assert_eq!(logging(&["-z", "-Z"]).statuses, Statuses { failed: true, ..Statuses::NONE });
        assert_eq!(logging(&["-e", "status=failed"]).statuses, logging(&["-Z"]).statuses);
    }

    #[test]
    fn rules_of_expressions_come_last_in_the_plan() {
        let cli = Cli::try_parse_from([
            "havoc",
            "-e",
            "inject=read:error=EIO",
            "--inject",
            "fsync:error=EIO:path=a",
            "-e",
            "fault=write",
            "true",
        ]);
        let plan = read(&cli.expect("words that clap takes")).expect("a good command line").config.plan;
        let names: Vec<&str> = plan.rules.iter().map(|rule| rule.name.as_str()).collect();
        assert_eq!(names, ["fsync#1", "read#2", "write#3"]);
    }

    #[test]
    fn what_strace_can_and_havoc_cannot_is_refused() {
        for (words, expected) in [
            (&["-ff", "-o", "log"][..], "the log is one file"),
            (&["-D"], "strace's `-D` does not exist here\n  = help: leave it out"),
            (&["-u", "root"], "setpriv --reuid USER"),
            (&["--stable", "--log-style", "strace"], "has no text of strace's"),
            (&["--log-style", "bpf"], "unknown style `bpf`"),
            (&["-a", "x"], "is not a column"),
            (&["--fault=close:error=EOI"], "--fault:1:19"),
            (&["-o", "|cat"], "runs no command"),
            (&["-o", "!cat"], "runs no command"),
            (&["--stable", "-r"], "has no times"),
            (&["-z", "-e", "status=failed"], "one and the same"),
            (&["-P", ""], "an empty name"),
            (&["-e", "raed"], "did you mean `read`"),
            (&["--syscall-times=m"], "a precision is one of"),
            (&["-s", "x"], "no number of bytes"),
            (&["--quiet=odd"], "unknown message `odd`"),
        ] {
            let words: Vec<&str> = words.iter().copied().chain(["true"]).collect();
            let text = errors(&words);
            assert!(text.contains(expected), "`{expected}` is missing from\n{text}");
        }
    }

    #[test]
    fn attaching_is_one_error_and_takes_no_command() {
        let text = errors(&["-f", "-e", "inject=read:error=EIO", "-p", "1"]);
        assert_eq!(text.matches("error: ").count(), 1, "{text}");
        assert!(text.contains("is not built yet"), "{text}");
    }

    #[test]
    fn a_bare_number_is_seconds() {
        assert_eq!(duration("3").ok(), Some(Duration::from_secs(3)));
        assert_eq!(duration("500ms").ok(), Some(Duration::from_millis(500)));
        assert!(duration("0").is_err() && duration("-1").is_err());
    }
}
