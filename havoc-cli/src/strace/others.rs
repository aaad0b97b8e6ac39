//! strace's options that havoc does not have: what changes no more than the log's text or order is taken and ignored, with a
//! note; what does something is refused, with what to type instead. docs/strace.md shows this table.
use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches};

/// An option of strace.
struct Other {
    /// Its short name, as it is typed; empty if it has none.
    short: &'static str,
    /// Its long name, if it has one, and further ones.
    long: &'static [&'static str],
    value: Value,
    fate: Fate,
}

/// Whether a value follows.
#[derive(Clone, Copy)]
enum Value {
    None,
    Required,
    /// Only with a `=`.
    Optional,
}

/// What becomes of it here.
#[derive(Clone, Copy)]
enum Fate {
    /// It changes no more than the text of the log, or the order of the summary.
    Ignored,
    /// It does something that havoc does not do; what to type instead.
    Refused(&'static str),
}

use Fate::{Ignored, Refused};

const fn other(short: &'static str, long: &'static [&'static str], value: Value, fate: Fate) -> Other {
    Other { short, long, value, fate }
}

/// src/strace.c of strace 6.1, `longopts`; from `--arg-names` on, later versions up to 6.19.
const OTHERS: &[Other] = &[
    other(
        "-b",
        &["detach-on"],
        Value::Required,
        Refused(
            "leave it out: a task that is let go would find each named call to be ENOSYS; `exe=` in a rule of `--inject` tells programs apart",
        ),
    ),
    other("-d", &["debug"], Value::None, Ignored),
    other(
        "-D",
        &["daemonize", "daemonised", "daemonized"],
        Value::Optional,
        Refused(
            "leave it out: havoc stays the program's parent, and ends as it ends; `&` puts both into the background",
        ),
    ),
    other(
        "-E",
        &["env"],
        Value::Required,
        Refused("env(1) before COMMAND: `env A=b COMMAND`, `env -u A COMMAND`"),
    ),
    other("-F", &[], Value::None, Refused("`-f`, which follows vfork too")),
    other("-i", &["instruction-pointer"], Value::None, Ignored),
    other(
        "-I",
        &["interruptible"],
        Value::Required,
        Refused("leave it out: docs/limits.md says what becomes of a signal to havoc"),
    ),
    other("-k", &["stack-traces"], Value::None, Ignored),
    other("-n", &["syscall-number"], Value::None, Ignored),
    other(
        "",
        &["output-separately"],
        Value::None,
        Refused("`-f`: the log is one file, and its lines begin with the pid"),
    ),
    other("-O", &["summary-syscall-overhead"], Value::Required, Ignored),
    other("-S", &["summary-sort-by"], Value::Required, Ignored),
    other(
        "-u",
        &["user"],
        Value::Required,
        Refused("setpriv(1) before COMMAND: `setpriv --reuid USER --init-groups COMMAND`"),
    ),
    other("-U", &["summary-columns"], Value::Required, Ignored),
    other("-w", &["summary-wall-clock"], Value::None, Ignored),
    other("-x", &["strings-in-hex"], Value::Optional, Ignored),
    other("-X", &["const-print-style"], Value::Required, Ignored),
    other("-Y", &["decode-pids", "pidns-translation"], Value::Optional, Ignored),
    other("", &["abbrev"], Value::Required, Ignored),
    other("", &["verbose"], Value::Required, Ignored),
    other("", &["raw"], Value::Required, Ignored),
    other("", &["read"], Value::Required, Ignored),
    other("", &["write"], Value::Required, Ignored),
    other("", &["kvm"], Value::Required, Ignored),
    other("", &["secontext"], Value::Optional, Ignored),
    other("", &["tips"], Value::Optional, Ignored),
    other("-N", &["arg-names"], Value::None, Ignored),
    other("", &["argv0"], Value::Required, Refused("a shell that does it: `bash -c 'exec -a NAME COMMAND'`")),
    other("", &["namespace"], Value::Optional, Ignored),
    other("", &["stack-trace"], Value::Optional, Ignored),
    other("", &["stack-trace-frame-limit"], Value::Required, Ignored),
    other(
        "",
        &["syscall-limit"],
        Value::Required,
        Refused("leave it out: nothing is let go; `--timeout` ends a run, and `when=` bounds a rule"),
    ),
    other("", &["trace-fds"], Value::Required, Refused("a rule of `--inject` with `fd=` and `log`")),
];

impl Other {
    /// Returns it as it is typed: `-x`, or `--output-separately` where there is no short name.
    fn name(&self) -> String {
        match self.long.first() {
            Some(long) if self.short.is_empty() => format!("--{long}"),
            _ => self.short.to_owned(),
        }
    }

    /// Returns its short form and its long one, for of an optional value strace's short form has none.
    fn arguments(&self) -> impl Iterator<Item = Arg> {
        let valued = |argument: Arg| match self.value {
            Value::None => argument.action(ArgAction::Count),
            Value::Required => argument.action(ArgAction::Append).allow_hyphen_values(true),
            Value::Optional => argument.action(ArgAction::Append).num_args(0..=1).require_equals(true),
        };
        let short = self.short.chars().nth(1).map(|short| {
            let argument = Arg::new(self.short).short(short);
            match self.value {
                Value::Optional => argument.action(ArgAction::Count),
                Value::None | Value::Required => valued(argument),
            }
        });
        let long = self
            .long
            .split_first()
            .map(|(long, aliases)| valued(Arg::new(*long).long(*long).aliases(aliases.iter().copied())));
        short.into_iter().chain(long).map(|argument| argument.hide(true))
    }

    fn is_typed(&self, matches: &ArgMatches) -> bool {
        self.arguments().any(|argument| {
            matches.value_source(argument.get_id().as_str()) == Some(ValueSource::CommandLine)
        })
    }
}

/// Which of these options were typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Others {
    /// Those that are ignored, as they are typed.
    pub ignored: Vec<String>,
    /// Those that are refused, and what to type instead.
    pub refused: Vec<(String, &'static str)>,
}

impl Args for Others {
    fn augment_args(command: Command) -> Command {
        command.args(OTHERS.iter().flat_map(Other::arguments))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Others::augment_args(command)
    }
}

impl FromArgMatches for Others {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Others, clap::Error> {
        let mut typed = Others::default();
        for other in OTHERS.iter().filter(|other| other.is_typed(matches)) {
            match other.fate {
                Ignored => typed.ignored.push(other.name()),
                Refused(instead) => typed.refused.push((other.name(), instead)),
            }
        }
        Ok(typed)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Others::from_arg_matches(matches)?;
        Ok(())
    }
}

/// Returns what docs/strace.md says of an option of this table, as it is typed there: `ignored`, or `absent: ` and what to
/// type instead.
#[cfg(test)]
pub fn documented(option: &str) -> Option<String> {
    let is_it = |other: &&Other| {
        other.short == option || option.strip_prefix("--").is_some_and(|long| other.long.contains(&long))
    };
    OTHERS.iter().find(is_it).map(|other| match other.fate {
        Ignored => "ignored".to_owned(),
        Refused(instead) => format!("absent: {instead}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::Cli;
    use clap::Parser;

    fn typed(words: &str) -> Others {
        let words = std::iter::once("havoc").chain(words.split(' ')).chain(["true"]);
        let cli = Cli::try_parse_from(words).expect("words that clap takes");
        assert_eq!(cli.command, ["true"]);
        cli.others
    }

    #[test]
    fn what_changes_the_text_alone_is_ignored_in_every_form_that_strace_takes() {
        for (words, ignored) in [
            ("-xx", "-x"),
            ("-x -x", "-x"),
            ("--strings-in-hex", "-x"),
            ("--strings-in-hex=non-ascii-chars", "-x"),
            ("-X raw", "-X"),
            ("-Xverbose", "-X"),
            ("--const-print-style=abbrev", "-X"),
            ("-k", "-k"),
            ("-n", "-n"),
            ("-i", "-i"),
            ("-S time -c", "-S"),
            ("-wc", "-w"),
            ("-Y", "-Y"),
            ("--pidns-translation", "-Y"),
            ("--decode-pids=comm", "-Y"),
            ("--abbrev=none", "--abbrev"),
            ("--raw all", "--raw"),
            ("--tips=full", "--tips"),
            ("-d", "-d"),
        ] {
            let found = typed(words);
            assert_eq!((found.ignored, found.refused), (vec![ignored.to_owned()], vec![]), "{words}");
        }
        assert_eq!(typed("-f -o log"), Others::default());
    }

    #[test]
    fn what_does_something_is_refused_with_what_to_type_instead() {
        for (words, refused, instead) in [
            ("-D", "-D", "leave it out"),
            ("-DDD", "-D", "leave it out"),
            ("--daemonize=pgroup", "-D", "leave it out"),
            ("-I 2", "-I", "leave it out"),
            ("--interruptible=never", "-I", "leave it out"),
            ("-b execve", "-b", "leave it out"),
            ("-u root", "-u", "setpriv"),
            ("--user=root", "-u", "setpriv"),
            ("-E A=b", "-E", "env A=b COMMAND"),
            ("--env A=b", "-E", "env A=b COMMAND"),
            ("-F", "-F", "`-f`"),
            ("--output-separately", "--output-separately", "`-f`"),
            ("--syscall-limit=9", "--syscall-limit", "--timeout"),
        ] {
            let found = typed(words);
            assert_eq!(found.ignored, [""; 0], "{words}");
            let (name, help) = found.refused.first().expect(words);
            assert_eq!((name.as_str(), found.refused.len()), (refused, 1), "{words}");
            assert!(help.contains(instead), "{words}: {help}");
        }
    }
}
