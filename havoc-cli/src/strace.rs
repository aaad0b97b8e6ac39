//! strace's options that say how a line of the log begins and ends, and how much is shown.
mod expressions;
mod others;
pub mod style;

pub use expressions::{Reading, Typed};
pub use others::Others;

use crate::args::Strace;
use havoc_engine::kernel::linux::local_time;
use havoc_engine::plan::syntax::strace::{Quiet, parse_quiet};
use havoc_engine::record::{Absolute, Digits, Stamps, StraceText, Style};

/// An error and its remedy, about the value of an option.
pub struct BadValue {
    /// As it is typed.
    pub option: &'static str,
    /// The value.
    pub text: String,
    pub message: String,
    pub help: &'static str,
}

const PRECISIONS: &str = "a precision is one of s, ms, us, ns";

/// Reads the times that are to stand in each line.
pub fn stamps(typed: &Strace, errors: &mut Vec<BadValue>) -> Stamps {
    let mut digits_of = |option, short: bool, long: &Option<Option<String>>| match long {
        Some(Some(text)) => {
            let digits = precision(text);
            if digits.is_none() {
                let message = format!("`{text}` is no precision");
                errors.push(BadValue { option, text: text.clone(), message, help: PRECISIONS });
            }
            digits
        }
        Some(None) => Some(Digits::MICROSECONDS),
        None => short.then_some(Digits::MICROSECONDS),
    };
    let relative = digits_of("--relative-timestamps", typed.relative > 0, &typed.relative_timestamps);
    let duration = digits_of("--syscall-times", typed.times > 0, &typed.syscall_times);
    let absolute = match typed.time {
        0 => absolute(&typed.absolute_timestamps).unwrap_or_else(|(text, message)| {
            errors.push(BadValue {
                option: "--absolute-timestamps",
                text: text.to_owned(),
                message,
                help: "write `time`, `unix` or `none`, a precision (s, ms, us, ns), or both with a `,` between",
            });
            None
        }),
        1 => Some(Absolute::Day(Digits::SECONDS)),
        2 => Some(Absolute::Day(Digits::MICROSECONDS)),
        _ => Some(Absolute::Unix(Digits::MICROSECONDS)),
    };
    Stamps { absolute, relative, duration, local: local_time }
}

/// How a time is written with some digits.
type Format = fn(Digits) -> Absolute;

/// `[format:]time,[precision:]us`, as often as it was typed: a format and a precision hold until there is another.
/// src/strace.c of strace 6.1, `parse_ts_arg`. Of a bad text it returns that with what is wrong.
fn absolute(texts: &[String]) -> Result<Option<Absolute>, (&str, String)> {
    let mut digits = Digits::SECONDS;
    let mut format: Option<Format> = None;
    for text in texts {
        // Also after a `none` that was typed before.
        format.get_or_insert(Absolute::Day);
        for word in text.split(',').filter(|word| !word.is_empty()) {
            let lower = word.to_ascii_lowercase();
            let (is_format, is_precision, value) = match lower.split_once(':') {
                Some(("format", value)) => (true, false, value),
                Some(("precision", value)) => (false, true, value),
                _ => (true, true, lower.as_str()),
            };
            match (value, precision(value)) {
                ("none", _) if is_format => format = None,
                ("time", _) if is_format => format = Some(Absolute::Day),
                ("unix", _) if is_format => format = Some(Absolute::Unix),
                (_, Some(found)) if is_precision => digits = found,
                _ => return Err((text, format!("`{word}` is neither a format nor a precision"))),
            }
        }
    }
    Ok(format.map(|format| format(digits)))
}

fn precision(text: &str) -> Option<Digits> {
    match text.to_ascii_lowercase().as_str() {
        "s" => Some(Digits::SECONDS),
        "ms" => Some(Digits(3)),
        "us" => Some(Digits::MICROSECONDS),
        "ns" => Some(Digits(9)),
        _ => None,
    }
}

/// Reads how much of strings, structs and descriptors is shown.
pub fn style(typed: &Strace, errors: &mut Vec<BadValue>) -> Style {
    let default = Style::default();
    // strace's largest: an unsigned int, of which each byte may take four characters.
    let largest = (u32::MAX / 4) as usize;
    let limit = typed.string_limit.as_ref().and_then(|text| {
        let limit = text.parse().ok().filter(|limit| *limit <= largest);
        if limit.is_none() {
            errors.push(BadValue {
                option: "-s",
                text: text.clone(),
                message: format!("`{text}` is no number of bytes"),
                help: "write a number such as `200`",
            });
        }
        limit
    });
    Style {
        string_limit: limit.unwrap_or(default.string_limit),
        abbreviate: typed.no_abbrev == 0,
        directory: typed.files > 0,
        addresses: typed.files > 1,
    }
}

/// Reads in which column of strace's text results stand.
pub fn column(typed: &Strace, errors: &mut Vec<BadValue>) -> usize {
    let Some(text) = &typed.column else { return StraceText::COLUMN };
    // strace takes whatever an int holds; further than this no line goes.
    text.parse::<u16>().map(usize::from).unwrap_or_else(|_| {
        errors.push(BadValue {
            option: "-a",
            text: text.clone(),
            message: format!("`{text}` is not a column"),
            help: "write a number such as `80`",
        });
        StraceText::COLUMN
    })
}

/// Returns whether any of these options is there, but `-q`, which says nothing of what is meant.
pub fn is_used(typed: &Strace) -> bool {
    let counts = [
        typed.follow,
        typed.time,
        typed.relative,
        typed.times,
        typed.no_abbrev,
        typed.files,
        typed.seccomp_bpf,
        typed.always_show_pid,
        typed.output_append_mode,
    ];
    let flags = [
        !typed.expression.is_empty(),
        !typed.fault.is_empty(),
        !typed.signal.is_empty(),
        !typed.status.is_empty(),
        !typed.decode_fds.is_empty(),
        !typed.path.is_empty(),
        !typed.absolute_timestamps.is_empty(),
        typed.relative_timestamps.is_some(),
        typed.syscall_times.is_some(),
        typed.string_limit.is_some(),
        typed.column.is_some(),
        typed.successful_only,
        typed.failed_only,
    ];
    counts.iter().any(|count| *count > 0) || flags.contains(&true)
}

/// Returns what is not said: `-q`, `--quiet`, or `-e quiet=` which is given as `by_expression`.
pub fn quiet(typed: &Strace, by_expression: Option<Quiet>, errors: &mut Vec<BadValue>) -> Quiet {
    let some = Quiet { attach: true, personality: true, ..Quiet::default() };
    match (&typed.quiet_set, typed.quiet) {
        (Some(None), _) => some,
        (Some(Some(text)), _) => parse_quiet(text).unwrap_or_else(|found| {
            errors.extend(found.into_iter().map(|found| BadValue {
                option: "--quiet",
                text: text.clone(),
                message: found.message,
                help: "messages are attach, exit, path-resolution, personality, thread-execve",
            }));
            Quiet::default()
        }),
        (None, 0) => by_expression.unwrap_or_default(),
        (None, 1) => some,
        (None, 2) => Quiet { exit: true, ..some },
        (None, _) => Quiet::ALL,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::{self, Cli};
    use clap::{CommandFactory, Parser};

    fn typed(words: &[&str]) -> Strace {
        let words = std::iter::once("havoc").chain(words.iter().copied()).chain(["true"]);
        Cli::try_parse_from(words).expect("words that clap takes").strace
    }

    fn read<T>(words: &[&str], read: fn(&Strace, &mut Vec<BadValue>) -> T) -> (T, Vec<&'static str>) {
        let mut errors = Vec::new();
        let value = read(&typed(words), &mut errors);
        (value, errors.into_iter().map(|error| error.option).collect())
    }

    /// docs/strace.md tells of each of strace's options what it is here.
    #[test]
    fn every_option_is_what_the_document_says() {
        let document = include_str!("../../docs/strace.md");
        let table = document.split("## Every option of strace").nth(1).expect("the table");
        let (built, typed) = (args::built(), Cli::command());
        let has = |command: &clap::Command, option: &str| {
            // clap adds these by itself.
            matches!(option, "--help" | "-h" | "--version" | "-V")
                || command.get_arguments().any(|argument| match option.strip_prefix("--") {
                    Some(long) => {
                        argument.get_long() == Some(long)
                            || argument.get_all_aliases().is_some_and(|aliases| aliases.contains(&long))
                    }
                    None => argument.get_short() == option.chars().nth(1),
                })
        };
        let mut states = [0; 5];
        for row in table.lines().filter(|line| line.starts_with("| `-")) {
            let cells: Vec<&str> = row.split(" | ").collect();
            for option in cells[0].split('`').skip(1).step_by(2) {
                let state = ["as there", "other", "not built", "absent", "ignored"]
                    .iter()
                    .position(|state| cells[1].starts_with(state))
                    .unwrap_or_else(|| panic!("what is {option}? {row}"));
                let expected =
                    [(true, true), (true, true), (false, true), (false, true), (false, true)][state];
                assert_eq!((has(&built, option), has(&typed, option)), expected, "{option}");
                let cell = cells[1].trim_end_matches(" |");
                let said = others::documented(option);
                assert_eq!(said.as_deref(), (state > 2).then_some(cell), "{option}");
                states[state] += 1;
            }
        }
        assert!(states.iter().all(|count| *count > 1) && states.iter().sum::<i32>() > 70, "{states:?}");
    }

    #[test]
    fn times_are_asked_for_as_in_strace() {
        let micro = Digits::MICROSECONDS;
        for (words, absolute, relative, duration) in [
            (&[][..], None, None, None),
            (&["-t"], Some(Absolute::Day(Digits::SECONDS)), None, None),
            (&["-tt"], Some(Absolute::Day(micro)), None, None),
            (&["-t", "-t", "-t"], Some(Absolute::Unix(micro)), None, None),
            (&["-rT"], None, Some(micro), Some(micro)),
            (&["--relative-timestamps=NS"], None, Some(Digits(9)), None),
            (&["--syscall-times"], None, None, Some(micro)),
            (&["--absolute-timestamps"], Some(Absolute::Day(Digits::SECONDS)), None, None),
            (&["--timestamps=unix"], Some(Absolute::Unix(Digits::SECONDS)), None, None),
            (&["--timestamps=precision:ms,format:unix"], Some(Absolute::Unix(Digits(3))), None, None),
            (&["--timestamps=none"], None, None, None),
            // The last holds, and of a time both that are said.
            (&["--timestamps=unix", "--timestamps=ns"], Some(Absolute::Unix(Digits(9))), None, None),
            (&["--timestamps=ns", "--timestamps"], Some(Absolute::Day(Digits(9))), None, None),
            (&["--timestamps=unix,ns", "--timestamps=none"], None, None, None),
            (&["--timestamps=none", "--timestamps=ms"], Some(Absolute::Day(Digits(3))), None, None),
            (&["--timestamps=none,ms"], None, None, None),
            (&["--relative-timestamps=ns", "--relative-timestamps=ms"], None, Some(Digits(3)), None),
            (&["--relative-timestamps=ns", "-r"], None, Some(Digits(6)), None),
            (&["-rr", "--relative-timestamps=ns"], None, Some(Digits(9)), None),
            (&["--syscall-times=ns", "--syscall-times"], None, None, Some(Digits(6))),
            (&["-T", "--syscall-times=ms"], None, None, Some(Digits(3))),
            (&["--syscall-times=ms", "-T"], None, None, Some(Digits(6))),
        ] {
            let (stamps, errors) = read(words, stamps);
            assert_eq!((stamps.absolute, stamps.relative, stamps.duration), (absolute, relative, duration));
            assert!(errors.is_empty(), "{words:?}: {errors:?}");
        }
        for word in ["--timestamps=format:us", "--syscall-times=m", "--relative-timestamps="] {
            assert_eq!(read(&[word], stamps).1.len(), 1, "{word}");
        }
    }

    #[test]
    fn how_much_is_shown_is_asked_for_as_in_strace() {
        assert_eq!(read(&[], style).0, Style::default());
        let all = Style { string_limit: 200, abbreviate: false, ..Style::default() };
        assert_eq!(read(&["-s", "7", "-vs200"], style), (all, vec![]));
        let named = |options: &[&str]| read(options, style).0;
        assert_eq!(named(&["-y"]), Style { directory: true, ..Style::default() });
        assert_eq!(named(&["-yy"]), Style { directory: true, addresses: true, ..Style::default() });
        assert_eq!(read(&["--string-limit=x"], style).1, ["-s"]);
        assert_eq!(read(&["-s", "4294967295"], style).1, ["-s"]);
    }

    #[test]
    fn more_q_is_less_said() {
        let quiet = |words: &[&str]| read(words, |typed, errors| quiet(typed, None, errors));
        assert_eq!(quiet(&[]).0, Quiet::default());
        assert_eq!(quiet(&["-q"]).0, quiet(&["--quiet"]).0);
        assert!(!quiet(&["-q"]).0.exit && quiet(&["-qq"]).0.exit);
        assert_eq!(quiet(&["-qqq"]).0, Quiet::ALL);
        assert_eq!(quiet(&["--silent=exit"]).0, Quiet { exit: true, ..Quiet::default() });
        assert_eq!(quiet(&["--quiet=odd"]).1, ["--quiet"]);
    }
}
