//! `-e`, and the long options that are expressions too, in the order in which they were typed: strace lets the later one count.
//!
//! `--inject` and `--trace` are options of both. Beside `-e`, `-f` or `-P` they are strace's, if strace accepts all that they
//! say: a command line that runs under strace means here what it means there. A rule with a key, a class or a pattern that
//! only havoc has is havoc's.
use crate::args::Cli;
use clap::{ArgMatches, Args, Command, FromArgMatches};
use havoc_engine::plan::syntax::strace::{Surroundings, parse_expressions};

/// The options whose values are expressions: their id in the command line, how they are shown, and the expression's name.
const SOURCES: &[(&str, &str, &str)] = &[
    ("expression", "-e", ""),
    ("fault", "--fault", "fault="),
    ("signal", "--signal", "signal="),
    ("status", "--status", "status="),
    ("decode_fds", "--decode-fds", "decode-fds="),
];

/// The options that havoc has as well.
const OF_BOTH: &[(&str, &str, &str)] = &[("inject", "--inject", "inject="), ("trace", "--trace", "trace=")];

/// An expression, and the option that it was typed with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expression {
    /// `-e`, `--fault`.
    pub option: &'static str,
    /// As it would stand behind `-e`.
    pub text: String,
}

/// What was typed of these options, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Typed {
    strace: Vec<(usize, Expression)>,
    of_both: Vec<(usize, Expression)>,
}

/// What `--inject` and `--trace` mean in a command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// strace's expressions, theirs too if they are strace's.
    pub expressions: Vec<Expression>,
    /// Whether they are strace's.
    pub are_straces: bool,
}

impl Typed {
    /// Returns whether strace's options say which calls are meant, beside `--inject` and `--trace`.
    fn is_strace(&self, cli: &Cli) -> bool {
        !self.strace.is_empty() || cli.strace.follow > 0 || !cli.strace.path.is_empty()
    }

    /// Returns whose `--inject` and `--trace` are, and all expressions that are strace's.
    pub fn reading(&self, cli: &Cli) -> Reading {
        let are_straces = self.is_strace(cli)
            && !self.of_both.is_empty()
            && self.of_both.iter().all(|(_, expression)| {
                parse_expressions(std::slice::from_ref(&expression.text), &Surroundings::default()).is_ok()
            });
        let mut all = self.strace.clone();
        if are_straces {
            all.extend(self.of_both.iter().cloned());
        }
        all.sort_by_key(|(index, _)| *index);
        Reading { expressions: all.into_iter().map(|(_, expression)| expression).collect(), are_straces }
    }
}

fn typed(matches: &ArgMatches, sources: &[(&'static str, &'static str, &str)]) -> Vec<(usize, Expression)> {
    let mut typed = Vec::new();
    for (id, option, name) in sources {
        let texts = matches.get_many::<String>(id).into_iter().flatten();
        let indices = matches.indices_of(id).into_iter().flatten();
        typed.extend(
            indices
                .zip(texts)
                .map(|(index, text)| (index, Expression { option, text: format!("{name}{text}") })),
        );
    }
    typed
}

/// No options of its own: it reads those of others before their fields take them.
impl Args for Typed {
    fn augment_args(command: Command) -> Command {
        command
    }

    fn augment_args_for_update(command: Command) -> Command {
        command
    }
}

impl FromArgMatches for Typed {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Typed, clap::Error> {
        Ok(Typed { strace: typed(matches, SOURCES), of_both: typed(matches, OF_BOTH) })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Typed::from_arg_matches(matches)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    fn reading(words: &[&str]) -> (Vec<String>, bool) {
        let words = std::iter::once("havoc").chain(words.iter().copied()).chain(["true"]);
        let cli = Cli::try_parse_from(words).expect("words that clap takes");
        let reading = cli.typed.reading(&cli);
        (reading.expressions.into_iter().map(|expression| expression.text).collect(), reading.are_straces)
    }

    #[test]
    fn expressions_come_in_the_order_in_which_they_were_typed() {
        let words = ["--fault=read", "-e", "inject=read:error=EIO", "--signal", "none", "-e", "fsync"];
        let (texts, are_straces) = reading(&words);
        assert_eq!(texts, ["fault=read", "inject=read:error=EIO", "signal=none", "fsync"]);
        assert!(!are_straces, "there is neither --inject nor --trace");
        assert_eq!(reading(&["--status=failed", "--decode-fd=path"]).0, ["status=failed", "decode-fds=path"]);
    }

    #[test]
    fn inject_and_trace_are_straces_beside_its_options_if_strace_accepts_them() {
        let rule = "--inject=fsync:error=EIO:when=1";
        for beside in
            [&["-f"][..], &["-e", "trace=fsync"], &["-P", "a"], &["--fault=close"], &["--signal=none"]]
        {
            let words = [beside, &[rule, "--trace=%file"]].concat();
            let (texts, are_straces) = reading(&words);
            assert!(are_straces, "{words:?}");
            assert!(texts.contains(&"inject=fsync:error=EIO:when=1".to_owned()), "{texts:?}");
            assert!(texts.contains(&"trace=%file".to_owned()), "{texts:?}");
        }
        assert_eq!(
            reading(&["--inject=read:error=EIO", "-e", "inject=read:error=EPERM", "--trace", "read"]).0,
            ["inject=read:error=EIO", "inject=read:error=EPERM", "trace=read"]
        );
    }

    #[test]
    fn inject_and_trace_are_havocs_otherwise() {
        for words in [
            &["--inject=fsync:error=EIO:when=1"][..],
            &["-o", "log", "-q", "-tt", "-T", "-s", "9", "-y", "-c", "--trace=fsync"],
            &["-f", "--inject=fsync:error=EIO:path=*.db"],
            &["-f", "--inject=fsync:error=EIO:per=thread"],
            &["-f", "--inject=%persist:error=EIO"],
            &["-f", "--inject=fsync:error=EIO", "--inject=write:short=1"],
            &["-e", "trace=fsync", "--trace=%persist"],
        ] {
            let (texts, are_straces) = reading(words);
            assert!(!are_straces, "{words:?}");
            assert!(!texts.iter().any(|text| text.starts_with("inject=")), "{texts:?}");
        }
    }
}
