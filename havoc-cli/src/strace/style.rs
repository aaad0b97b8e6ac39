//! Whose text the log has, and what the user is to know of how strace's options were read.
use super::Reading;
use crate::args::Cli;
use havoc_engine::record::Wording;

/// Whose text `--log-style` asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    Havoc,
    Strace,
}

impl Style {
    /// Returns the one of a command line for which nothing was asked.
    pub fn of(is_straces: bool) -> Style {
        if is_straces { Style::Strace } else { Style::Havoc }
    }
}

/// Reads the value of `--log-style`.
///
/// # Errors
/// With what is wrong, and what helps.
pub fn log_style(text: &str) -> Result<Style, (String, String)> {
    match text {
        "havoc" => Ok(Style::Havoc),
        "strace" => Ok(Style::Strace),
        _ => Err((format!("unknown style `{text}`"), "one of havoc, strace".to_owned())),
    }
}

/// Returns whether the command line would do as one of strace's: options of strace are there, and none that only havoc has.
/// How the log looks and what is written beside it does not count.
pub fn is_straces(cli: &Cli, reading: &Reading) -> bool {
    let has_both = !cli.inject.is_empty() || cli.trace.is_some();
    let only_havoc_has = [
        has_both && !reading.are_straces,
        !cli.plan.is_empty(),
        cli.stable,
        cli.strict,
        cli.timeout.is_some(),
        cli.seed.is_some(),
        cli.io_uring.is_some(),
        cli.engine.is_some(),
        cli.later.is_havocs(),
    ];
    let uses_straces = super::is_used(&cli.strace) || !cli.others.ignored.is_empty();
    uses_straces && !only_havoc_has.contains(&true)
}

/// Says what was ignored, and whose `--inject` and `--trace` are, where they could be either's.
pub fn notes(cli: &Cli, reading: &Reading, by_expression: Vec<String>, wording: Wording) -> Vec<String> {
    let mut notes = Vec::new();
    let mut ignored = cli.others.ignored.clone();
    ignored.extend(by_expression.into_iter().map(|name| format!("-e {name}=")));
    if cli.strace.column.is_some() && wording == Wording::Havoc {
        ignored.push("-a".to_owned());
    }
    if !ignored.is_empty() {
        let names: Vec<String> = ignored.iter().map(|name| format!("`{name}`")).collect();
        notes.push(format!("ignored, for it changes no more than the text of the log: {}", names.join(", ")));
    }
    if reading.are_straces {
        let both = [("`--inject`", !cli.inject.is_empty()), ("`--trace`", cli.trace.is_some())];
        let names: Vec<&str> = both.iter().filter_map(|(name, is)| is.then_some(*name)).collect();
        notes.push(format!(
            "beside `-e`, `-f` or `-P` this is strace's, and counts in each thread: {}; for havoc's leave those out, or write \
             `--plan FILE`",
            names.join(", ")
        ));
    }
    notes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{self, Meant};
    use clap::Parser;

    fn meant(words: &str) -> Meant {
        let words = ["havoc"].into_iter().chain(words.split_whitespace()).chain(["true"]);
        config::read(&Cli::try_parse_from(words).expect("words that clap takes"))
            .expect("a good command line")
    }

    #[test]
    fn the_log_has_strace_s_text_if_only_strace_s_options_are_there() {
        for words in [
            "-e trace=fsync",
            "-f",
            "-P a",
            "-tt -o log",
            "-y",
            "--fault=close",
            "-f --inject=fsync:error=EIO --trace=fsync",
            "-qq -C -e inject=fsync:error=EIO --kill-on-exit",
            "-xx",
            "-e fsync --report",
            "--log-style strace --inject fsync:error=EIO",
            "--log-style strace --timeout 9",
        ] {
            assert_ne!(meant(words).wording, Wording::Havoc, "{words}");
        }
        for words in [
            "",
            "-q -c -o log",
            "--inject fsync:error=EIO",
            "--trace fsync -tt",
            "-f --inject=fsync:error=EIO:path=a",
            "-e trace=fsync --strict",
            "-f --timeout 9",
            "-f --stable",
            "--log-style havoc -f -e inject=fsync:error=EIO",
        ] {
            assert_eq!(meant(words).wording, Wording::Havoc, "{words}");
        }
    }

    #[test]
    fn strace_s_text_is_as_its_options_ask_for_it() {
        let of = |words: &str| match meant(words).wording {
            Wording::Strace(text) => text,
            Wording::Havoc => panic!("{words}"),
        };
        let plain = of("-e fsync");
        assert!(!plain.follows && !plain.to_file && !plain.names_files && plain.column == 40);
        assert!(of("-f -e fsync").follows && of("-e fsync -o log").to_file);
        assert!(of("-f -e decode-fds=path").names_files && of("--decode-fds=socket").names_files);
        assert!(of("-y").names_files && of("-e fsync --always-show-pid").always_shows_pid);
        assert_eq!(of("--columns=80 -e fsync").column, 80);
        // Tasks that are all logged are told apart.
        assert!(of("--log-style strace --inject fsync:error=EIO").follows);
    }

    #[test]
    fn what_was_ignored_or_could_be_read_in_two_ways_is_noted() {
        let notes = |words: &str| meant(words).notes.join("\n");
        assert_eq!(notes("-f -e inject=fsync:error=EIO"), "");
        assert_eq!(
            notes("-xx -k -e abbrev=none -e raw=all"),
            "ignored, for it changes no more than the text of the log: `-k`, `-x`, `-e abbrev=`, `-e raw=`"
        );
        assert!(notes("-a 80 --log-style havoc").contains("`-a`") && notes("-a 80 -f").is_empty());
        assert!(
            notes("-f --inject=fsync:error=EIO")
                .contains("this is strace's, and counts in each thread: `--inject`;")
        );
        assert!(notes("-f --trace=fsync --inject=fsync:error=EIO").contains("`--inject`, `--trace`;"));
        assert_eq!(notes("-f --inject=fsync:error=EIO:path=a"), "");
        assert_eq!(notes("--inject=fsync:error=EIO"), "");
    }
}
