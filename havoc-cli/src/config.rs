//! The typed words → a session's configuration, or every error at once.
use crate::args::Cli;
use crate::{diagnostics, sources};
use havoc_engine::plan::syntax::{Diagnostic, parse_set};
use havoc_engine::plan::{CallSet, Plan};
use havoc_engine::session::{Config, IoUring, Logging};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::IsTerminal;
use std::time::Duration;

/// Everything that is wrong with a command line, ready to be printed.
#[derive(Debug)]
pub struct BadInput(pub String);

/// Reads the words of a run.
///
/// # Errors
/// All errors of all options and rules, each with the text that it is about.
pub fn read(cli: &Cli) -> Result<Config, BadInput> {
    let mut errors = Errors::default();
    for option in cli.later.typed() {
        errors.plain(format!("`{option}` is not built yet"), "see `havoc --help` for what is");
    }
    let plan = sources::plan(&cli.plan, &cli.inject).unwrap_or_else(|BadInput(text)| {
        errors.0.push(text);
        Plan::default()
    });
    let trace = cli.trace.as_ref().and_then(|text| {
        parse_set(text)
            .map_err(|diagnostics| errors.pointing("--trace", std::slice::from_ref(text), &diagnostics))
            .ok()
    });
    let timeout = cli.timeout.as_deref().and_then(|text| errors.value("--timeout", text, duration(text)));
    let io_uring = cli.io_uring.as_deref().and_then(|text| errors.value("--io-uring", text, io_uring(text)));
    if let Some(text) = cli.engine.as_deref() {
        errors.value("--engine", text, engine(text));
    }
    if cli.command.is_empty() {
        errors.plain("no COMMAND given".to_owned(), "havoc [OPTIONS] [--] COMMAND [ARG]..., or `havoc demo`");
    }
    errors.none()?;
    let no_rule_and_no_trace = plan.rules.is_empty() && cli.trace.is_none();
    Ok(Config {
        io_uring: io_uring.unwrap_or_else(|| IoUring::default_for(&plan)),
        plan,
        logging: Logging {
            calls: if no_rule_and_no_trace { Some(CallSet::all()) } else { trace },
            ..Logging::default()
        },
        seed: cli.seed.unwrap_or_else(drawn_seed),
        timeout,
        kill_on_exit: cli.kill_on_exit,
        debug_verify: cli.debug_verify,
    })
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
        self.0.push(diagnostics::render(&sources, found, std::io::stderr().is_terminal()));
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

fn engine(text: &str) -> Result<(), (String, String)> {
    match text {
        "auto" | "ptrace" => Ok(()),
        "notify" => Err(("`--engine notify` is not built yet".to_owned(), "use auto or ptrace".to_owned())),
        _ => Err((format!("unknown engine `{text}`"), "one of auto, ptrace".to_owned())),
    }
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
            read(&cli).expect("a good command line")
        };
        assert_eq!(config(&["true"]).logging.calls, Some(CallSet::all()));
        assert_eq!(config(&["--inject", "fsync:error=EIO", "true"]).logging.calls, None);
        assert_eq!(config(&["--inject", "fsync:error=EIO", "true"]).io_uring, IoUring::Deny);
        assert_eq!(config(&["true"]).io_uring, IoUring::Warn);
    }

    #[test]
    fn a_bare_number_is_seconds() {
        assert_eq!(duration("3").ok(), Some(Duration::from_secs(3)));
        assert_eq!(duration("500ms").ok(), Some(Duration::from_millis(500)));
        assert!(duration("0").is_err() && duration("-1").is_err());
    }
}
