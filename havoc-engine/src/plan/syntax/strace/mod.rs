//! strace's `-e` expressions, with strace's meaning: an expression is accepted if strace 6.1 accepts it.
//!
//! ```text
//! -e trace=SET ───────────► what is logged, and the only calls that rules act on
//! -e inject=, fault= ─────► rules; a later one replaces an earlier one for the calls that it names
//! -e signal=, status=… ───► what is logged
//! -P PATH, no -f ─────────► selectors of all these rules, and of what is logged
//! ```
//!
//! The differences that are meant are in docs/strace.md.
mod piece;
mod set;
mod signal;
mod tamper;
#[cfg(test)]
mod tests;

use super::error::Errors;
use super::items::Parts;
use super::{Diagnostic, Judge, check};
use crate::plan::{CallSet, Comparison, Name, PathPattern, Per, Rule, Selector, Trigger};
use crate::record::Statuses;
use crate::signal::SignalSet;
use piece::Piece;
use tamper::{Kind, Tamper};

/// What strace's options say beside the expressions.
#[derive(Clone, Copy, Debug, Default)]
pub struct Surroundings<'a> {
    /// `-P`: only calls that touch one of these files.
    pub paths: &'a [PathPattern],
    /// `-f`: children and threads too.
    pub follows: bool,
    /// How many rules of the plan come before.
    pub rules_before: usize,
}

/// What is said without being asked for, and may be left out: `-q`, `-e quiet=`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Quiet {
    /// Who is traced.
    pub attach: bool,
    /// `+++ exited with`.
    pub exit: bool,
    /// What a path of `-P` leads to.
    pub path_resolution: bool,
    /// Whether a program is one of 32 bits.
    pub personality: bool,
    /// `+++ superseded by execve`.
    pub thread_execve: bool,
}

impl Quiet {
    /// Everything.
    pub const ALL: Quiet =
        Quiet { attach: true, exit: true, path_resolution: true, personality: true, thread_execve: true };

    fn inverted(self) -> Quiet {
        Quiet {
            attach: !self.attach,
            exit: !self.exit,
            path_resolution: !self.path_resolution,
            personality: !self.personality,
            thread_execve: !self.thread_execve,
        }
    }
}

/// What is shown of descriptors: `decode-fds=`. The names of files always are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DecodeFds {
    /// `path`: also the directory of AT_FDCWD.
    pub path: bool,
    /// `socket`: the addresses of sockets.
    pub socket: bool,
}

/// What expressions ask for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Asked {
    /// The rules of `inject=` and `fault=`, in their order.
    pub rules: Vec<Rule>,
    /// `trace=`: the calls to log, and the only ones that the rules act on. `None` is all.
    pub trace: Option<CallSet>,
    /// Which calls and signals are logged beside that: the first task's alone, those of a file alone.
    pub selectors: Vec<Selector>,
    /// `signal=`
    pub signals: SignalSet,
    /// `status=`
    pub statuses: Option<Statuses>,
    /// `quiet=`
    pub quiet: Option<Quiet>,
    /// `decode-fds=`
    pub decode_fds: DecodeFds,
    /// The names of expressions that are taken and ignored, since they change no more than the text of the log.
    pub ignored: Vec<String>,
}

/// What an expression is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Subject {
    Trace,
    Signal,
    Status,
    Quiet,
    Tamper(Kind),
    /// Files are always shown; the rest if it is asked for.
    DecodeFds,
    /// Calls on these descriptors alone, since strace 6.16.
    Descriptors,
    /// Of the look of the log alone.
    Ignored,
}

/// strace's `qual_options`. What has no name of these and a `=` is a SET for `trace`.
const OPTIONS: &[(&str, Subject)] = &[
    ("trace", Subject::Trace),
    ("t", Subject::Trace),
    ("signal", Subject::Signal),
    ("signals", Subject::Signal),
    ("s", Subject::Signal),
    ("status", Subject::Status),
    ("quiet", Subject::Quiet),
    ("silent", Subject::Quiet),
    ("silence", Subject::Quiet),
    ("q", Subject::Quiet),
    ("fault", Subject::Tamper(Kind::Fault)),
    ("inject", Subject::Tamper(Kind::Inject)),
    ("decode-fd", Subject::DecodeFds),
    ("decode-fds", Subject::DecodeFds),
    ("abbrev", Subject::Ignored),
    ("a", Subject::Ignored),
    ("verbose", Subject::Ignored),
    ("v", Subject::Ignored),
    ("raw", Subject::Ignored),
    ("x", Subject::Ignored),
    ("read", Subject::Ignored),
    ("reads", Subject::Ignored),
    ("r", Subject::Ignored),
    ("write", Subject::Ignored),
    ("writes", Subject::Ignored),
    ("w", Subject::Ignored),
    ("kvm", Subject::Ignored),
    ("decode-pid", Subject::Ignored),
    ("decode-pids", Subject::Ignored),
    ("secontext", Subject::Ignored),
    // src/filter_qualify.c of strace 6.19.
    ("namespace", Subject::Ignored),
    ("trace-fd", Subject::Descriptors),
    ("trace-fds", Subject::Descriptors),
    ("fd", Subject::Descriptors),
    ("fds", Subject::Descriptors),
];

/// Parses the expressions of a command line, in their order.
///
/// # Errors
/// Every error of every expression; `Diagnostic::source` is the index of its text.
pub fn parse_expressions(texts: &[String], surroundings: &Surroundings) -> Result<Asked, Vec<Diagnostic>> {
    parse_by(&Judge::HERE, texts, surroundings)
}

/// Parses the SET of `--quiet`.
///
/// # Errors
/// Every error of it.
pub fn parse_quiet(text: &str) -> Result<Quiet, Vec<Diagnostic>> {
    let mut errors = Errors::of_source(0);
    let quiet = quiet(Piece::whole(text), &mut errors);
    if errors.is_empty() { Ok(quiet) } else { Err(errors.into_sorted()) }
}

fn parse_by(judge: &Judge, texts: &[String], surroundings: &Surroundings) -> Result<Asked, Vec<Diagnostic>> {
    let mut asked = Asked { selectors: selectors(surroundings), ..Asked::default() };
    let mut tampers: Vec<(&str, Tamper)> = Vec::new();
    let mut diagnostics = Vec::new();
    for (index, text) in texts.iter().enumerate() {
        let mut errors = Errors::of_source(index);
        let (option, value) = option_of(text);
        match option {
            Subject::Trace => asked.trace = Some(set::read(value, judge, &mut errors)),
            Subject::Signal => asked.signals = signal::set(value, &mut errors),
            Subject::Status => asked.statuses = Some(statuses(value, &mut errors)),
            Subject::Quiet => asked.quiet = Some(quiet(value, &mut errors)),
            Subject::Tamper(kind) => tampers.push((text, tamper::read(value, kind, judge, &mut errors))),
            Subject::DecodeFds => asked.decode_fds = decode_fds(value, &mut errors),
            Subject::Descriptors => {
                let name = &text[..value.span().start];
                let help = "a rule chooses by descriptor: `--inject write:error=EIO:fd=1`";
                errors.add_help(0..name.len() - 1, format!("strace's `-e {name}` does not exist here"), help);
            }
            Subject::Ignored => asked.ignored.push(text[..value.span().start - 1].to_owned()),
        }
        diagnostics.extend(errors.into_sorted());
    }
    asked.rules = rules(judge, &tampers, &asked, surroundings);
    if diagnostics.is_empty() { Ok(asked) } else { Err(diagnostics) }
}

fn option_of(text: &str) -> (Subject, Piece<'_>) {
    let whole = Piece::whole(text);
    let named = whole
        .split_once("=")
        .and_then(|(name, value)| Some((OPTIONS.iter().find(|(known, _)| *known == name.text)?.1, value)));
    named.unwrap_or((Subject::Trace, whole))
}

fn selectors(surroundings: &Surroundings) -> Vec<Selector> {
    let mut selectors = Vec::new();
    if !surroundings.follows {
        selectors.push(Selector::FirstTask);
    }
    if !surroundings.paths.is_empty() {
        selectors.push(Selector::Name(Name::Traced, Comparison::AnyOf, surroundings.paths.to_vec()));
    }
    selectors
}

/// Makes the rules. strace runs also what makes no sense, so nothing is refused or left out.
fn rules(judge: &Judge, tampers: &[(&str, Tamper)], asked: &Asked, surroundings: &Surroundings) -> Vec<Rule> {
    let mut rules = Vec::new();
    for (index, (text, tamper)) in tampers.iter().enumerate() {
        let parts = Parts { action: tamper.action.clone(), ..Parts::default() };
        rules.push(Rule {
            name: format!("{}#{}", tamper.set, surroundings.rules_before + index + 1),
            text: format!("-e {text}"),
            calls: tamper.calls.clone(),
            only_in: asked.trace.iter().cloned().collect(),
            not_in: tampers[index + 1..].iter().map(|(_, later)| later.calls.clone()).collect(),
            selectors: asked.selectors.clone(),
            trigger: Trigger { when: tamper.when, per: Per::ThreadAndCall, ..Trigger::default() },
            action: tamper.action.clone(),
            left_out: Vec::new(),
            notes: check::notes(&tamper.calls, &parts, &[], judge),
        });
    }
    rules
}

/// Reads a SET of words: `read` is given each, and whether all but these are meant is returned.
fn words(text: Piece, what: &str, errors: &mut Errors, mut read: impl FnMut(Piece, &mut Errors)) -> bool {
    let (exclamations, words) = text.without_leading('!');
    let negated = exclamations % 2 == 1;
    match words.text {
        "none" => return negated,
        "all" => return !negated,
        _ => {}
    }
    let mut is_empty = true;
    for word in words.tokens(',') {
        is_empty = false;
        read(word, errors);
    }
    if is_empty {
        errors.add_help(text.span(), format!("a {what} is missing"), "or write `all` or `none`");
    }
    negated
}

fn statuses(text: Piece, errors: &mut Errors) -> Statuses {
    let mut set = Statuses::NONE;
    let negated =
        words(text, "status", errors, |word, errors| match word.text.to_ascii_lowercase().as_str() {
            "successful" => set.successful = true,
            "failed" => set.failed = true,
            "unfinished" => set.unfinished = true,
            // A result can always be read, and nothing is ever detached.
            "unavailable" | "detached" => {}
            other => errors.add_help(
                word.span(),
                format!("unknown status `{other}`"),
                "one of successful, failed, unfinished, unavailable, detached",
            ),
        });
    match negated {
        false => set,
        true => Statuses { successful: !set.successful, failed: !set.failed, unfinished: !set.unfinished },
    }
}

fn quiet(text: Piece, errors: &mut Errors) -> Quiet {
    let mut set = Quiet::default();
    let negated =
        words(text, "message", errors, |word, errors| match word.text.to_ascii_lowercase().as_str() {
            "attach" => set.attach = true,
            "exit" | "exits" => set.exit = true,
            "path-resolution" => set.path_resolution = true,
            "personality" => set.personality = true,
            "superseded" | "thread-execve" => set.thread_execve = true,
            other => errors.add_help(
                word.span(),
                format!("unknown message `{other}`"),
                "one of attach, exit, path-resolution, personality, thread-execve",
            ),
        });
    if negated { set.inverted() } else { set }
}

fn decode_fds(text: Piece, errors: &mut Errors) -> DecodeFds {
    let mut set = DecodeFds::default();
    let negated =
        words(text, "detail", errors, |word, errors| match word.text.to_ascii_lowercase().as_str() {
            "path" => set.path = true,
            "socket" => set.socket = true,
            // What is known of these is their file's name.
            "dev" | "pidfd" | "eventfd" | "signalfd" => {}
            other => errors.add_help(
                word.span(),
                format!("unknown detail `{other}`"),
                "one of path, socket, dev, pidfd, eventfd, signalfd",
            ),
        });
    match negated {
        false => set,
        true => DecodeFds { path: !set.path, socket: !set.socket },
    }
}
