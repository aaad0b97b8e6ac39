//! `havoc man`: the manual page, of which clap knows the options and this file the rest.
use crate::{args, exit};
use clap_mangen::Man;
use clap_mangen::roff::{Inline, Roff, bold, roman};

/// A piece of a section.
enum Piece {
    /// A paragraph.
    Text(&'static str),
    /// What is typed, and what it means.
    Item(&'static str, &'static str),
    /// The same for an exit status.
    Status(u8, &'static str),
    /// Lines of a file.
    Lines(&'static str),
    /// Lines as they are typed, and what they are for.
    Example(&'static str, &'static str),
}
use Piece::{Example, Item, Lines, Status, Text};

const NAME: &str = "run an unmodified Linux program and make single system calls fail";

const DESCRIPTION: &[Piece] = &[
    Text(
        "havoc traces a program and everything that it starts, and picks out single system calls: by name, by count, \
         and by the file they touch, also when that file is only mapped into memory, as for msync(2) and munmap(2). \
         Rules make these calls fail or return what they should not. The log says what the kernel did, what the \
         program was told, and which rule did it; the report at the end names the rules that never fired.",
    ),
    Text(
        "The program itself is left alone otherwise: signals, threads, children and exit status are what they are \
         without havoc. Calls that no rule names and that are not logged run at native speed.",
    ),
    Text("Options end at the first word of COMMAND. With neither a rule nor --trace, every call is logged."),
];

const SECTIONS: &[(&str, &[Piece])] = &[
    (
        "COMMANDS",
        &[
            Text(
                "A first word that is one of these is not a program; after an option, or after --, it is one: havoc -- man ls runs man(1).",
            ),
            Item("demo", "run an embedded program that maps two files, and fail the msync of one of them"),
            Item(
                "check PLAN.toml...",
                "print everything that is wrong with these plan files, each with its place; of good ones the rules in \
                 normal form, and as one command line",
            ),
            Item(
                "syscalls [SET]",
                "print the calls that a set stands for, with their number on each architecture and their classes; \
                 without SET all classes",
            ),
            Item(
                "errors [SYSCALL]...",
                "print the errors that the manual documents for these calls, or for all",
            ),
            Item("completions bash|zsh|fish", "print the completions for that shell"),
            Item("man", "print this page, as roff"),
        ],
    ),
    (
        "RULES",
        &[
            Text(
                "A rule is a set of calls and what is to be done about them: SET[:KEY=VALUE|FLAG]... The set is names, \
                 numbers or all, with commas between them. A value with a colon or a blank stands in \"quotes\". Each \
                 rule needs an action: error, retval or log. Of several rules with an outcome the first one that \
                 matches decides.",
            ),
            Item(
                "path=GLOB",
                "only calls that touch such a file, by descriptor, by path or by a mapping. A pattern without a slash is \
                 compared with the file name alone; one that begins with / or **/ with the whole path; any other is \
                 joined to havoc's directory. Also path!=GLOB",
            ),
            Item("mapped=GLOB", "only calls on memory that such a file is mapped to. Also mapped!=GLOB"),
            Item("fd=N", "only calls on this descriptor. Also fd!=N"),
            Item(
                "when=F, F+, F+S, F..L, F..L+S",
                "only the F-th match, counted from 1; from the F-th on; every S-th of these; up to the L-th",
            ),
            Item("error=E", "the call fails with this error: a name, as EIO, or a number"),
            Item("retval=N", "the call returns this"),
            Item("instead", "the call is not executed at all (the default)"),
            Item("after", "the call is executed, and then its result is replaced"),
            Item("log", "log the call; with no outcome, change nothing"),
            Item("name=ID", "what the log and the report call this rule; SET#N by default"),
        ],
    ),
    (
        "PLAN FILES",
        &[
            Text(
                "A file for --plan is TOML: a table for each rule, with calls and the keys of the language. A key that is \
                 repeated in a rule has a list here; flags are true; what stands with != in a rule has a key of its \
                 own, not.KEY, and argN:= is set.argN. Comparisons of argN and ret stand in the value.",
            ),
            Lines(
                "[[rule]]\ncalls = [\"fsync\", \"fdatasync\"]\npath = \"*.db\"\nnot.comm = \"backup\"\nwhen = \"2+\"\nerror = \"ENOSPC\"",
            ),
        ],
    ),
    (
        "STRACE",
        &[
            Text(
                "The options -e, -P, -f, -o, -q, -r, -s, -t, -T, -v, -y, -z, -Z and --seccomp-bpf mean what they mean in \
                 strace(1), and so do --fault, --signal and --status, so that its command lines for tampering run unchanged. \
                 With -e or -P calls are logged as strace does, of the first thread alone if there is no -f. Beside -e, -f \
                 or -P, --inject and --trace are strace's if strace accepts what they say. If no option is there that only \
                 havoc has, the log has strace's text and no report; --log-style and --report say otherwise. Options that \
                 change no more than the text are ignored, with a note; others do not exist.",
            ),
            Item("-e trace=SET, -e SET", "log these calls; rules of -e act on them alone"),
            Item(
                "-e inject=SET[:error=E|:retval=N][:signal=S][:syscall=CALL][:delay_enter=T][:delay_exit=T]\
                 [:poke_enter=@argN=HEX][:poke_exit=@argN=HEX][:when=F..L+S]",
                "tamper with these calls. Each thread counts each call by itself; a later rule takes over the calls that \
                 it names",
            ),
            Item("-e fault=SET[:error=E][:when=F..L+S]", "the same; ENOSYS without an error"),
            Item(
                "-e signal=SET, -e status=SET, -e quiet=SET",
                "which signals are logged, which calls by what came of them, and what is not told",
            ),
        ],
    ),
    (
        "EXIT STATUS",
        &[
            Text(
                "The program's own. If a signal ended it, havoc dies of the same signal. The statuses below are havoc's; \
                 the last line of the report tells them from a program's own.",
            ),
            Status(exit::STRICT, "--strict was violated"),
            Status(exit::TIMED_OUT, "--timeout ended the program"),
            Status(
                exit::FAILED,
                "havoc itself failed; a bad option or rule is a failure too, and nothing was run",
            ),
            Status(exit::NOT_EXECUTABLE, "COMMAND cannot be executed"),
            Status(exit::NOT_FOUND, "COMMAND was not found"),
        ],
    ),
    (
        "ENVIRONMENT",
        &[Item(
            "HAVOC_LOG",
            "how much havoc says about itself on standard error, in lines that begin with havoc: error, warn (the \
             default), info, debug, trace or off. RUST_LOG is the program's",
        )],
    ),
    ("FILES", &[Text("Those of --plan alone. havoc reads no configuration.")]),
    (
        "EXAMPLES",
        &[
            Example("havoc demo", "See what it does."),
            Example(
                "havoc --inject 'msync:error=EIO:path=**/orders.bin' -- java -jar service.jar",
                "Does the service notice that one of its mapped files did not reach the disk?",
            ),
            Example(
                "havoc --strict --inject 'fsync,fdatasync:error=ENOSPC:path=*.db:when=2+' -- make test",
                "The disk is full from the second sync of a database on; a test run that never syncs twice fails.",
            ),
            Example(
                "havoc --inject 'ftruncate:error=EIO:after' -- ./installer",
                "The file was cut, and the program is told that it was not.",
            ),
            Example(
                "havoc --trace fsync,msync -o calls.log -- make test",
                "Change nothing, log these calls.",
            ),
        ],
    ),
    ("SEE ALSO", &[Text("strace(1), ptrace(2), seccomp(2), msync(2), fsync(2)")]),
];

/// Returns the manual page, as roff(7) with the macros of man(7).
pub fn page() -> Vec<u8> {
    // An empty date would be left out rather than quoted, and all that follows it would move up.
    let man = Man::new(args::built()).title("HAVOC").date(" ").manual("User Commands");
    let mut text = Vec::new();
    let mut written = || -> std::io::Result<()> {
        man.render_title(&mut text)?;
        section("NAME", &[]).text([roman(format!("havoc - {NAME}"))]).to_writer(&mut text)?;
        man.render_synopsis_section(&mut text)?;
        section("DESCRIPTION", DESCRIPTION).to_writer(&mut text)?;
        man.render_options_section(&mut text)?;
        for (heading, pieces) in SECTIONS {
            section(heading, pieces).to_writer(&mut text)?;
        }
        Ok(())
    };
    written().expect("a Vec takes everything");
    text
}

fn section(heading: &str, pieces: &[Piece]) -> Roff {
    let mut roff = Roff::new();
    roff.control("SH", [heading]);
    for piece in pieces {
        match *piece {
            Text(text) => roff.control("PP", []).text([roman(text)]),
            Item(typed, meaning) => item(&mut roff, bold(typed), meaning),
            Status(status, meaning) => item(&mut roff, bold(status.to_string()), meaning),
            Lines(lines) => block(&mut roff, lines),
            Example(typed, meaning) => {
                roff.control("PP", []).text([roman(meaning)]);
                block(&mut roff, typed)
            }
        };
    }
    roff
}

/// Adds an indented block in which nothing is filled.
fn block<'a>(roff: &'a mut Roff, lines: &str) -> &'a mut Roff {
    roff.control("RS", ["4"]).control("nf", []);
    for line in lines.lines() {
        roff.text([bold(line)]);
    }
    roff.control("fi", []).control("RE", [])
}

fn item<'a>(roff: &'a mut Roff, typed: Inline, meaning: &str) -> &'a mut Roff {
    roff.control("TP", []).text([typed]).text([roman(meaning)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use havoc_engine::plan::syntax::parse_rules;
    use havoc_engine::plan::{self, Source};
    use std::path::Path;

    fn text() -> String {
        String::from_utf8(page()).expect("roff is UTF-8")
    }

    /// The page without roff's escapes: as it is typed, fonts left out.
    fn plain() -> String {
        let mut plain = text().replace("\\-", "-").replace("\\*(Aq", "'");
        for escape in ["\\fB", "\\fI", "\\fR", "\\&"] {
            plain = plain.replace(escape, "");
        }
        plain
    }

    #[test]
    fn it_has_the_sections_of_a_manual_page_in_their_order() {
        let text = text();
        let headings: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix(".SH ")).collect();
        let expected = [
            "NAME",
            "SYNOPSIS",
            "DESCRIPTION",
            "OPTIONS",
            "COMMANDS",
            "RULES",
            "\"PLAN FILES\"",
            "STRACE",
            "\"EXIT STATUS\"",
            "ENVIRONMENT",
            "FILES",
            "EXAMPLES",
            "\"SEE ALSO\"",
        ];
        assert_eq!(headings, expected);
        let title = format!(".TH HAVOC 1 \" \" \"havoc {}\" \"User Commands\"", env!("CARGO_PKG_VERSION"));
        assert_eq!(text.lines().filter(|line| line.starts_with(".TH")).collect::<Vec<_>>(), [title]);
        assert!(plain().contains(".SH NAME\nhavoc - run an"), "whatis(1) reads the line after NAME");
    }

    #[test]
    fn only_known_macros_begin_its_lines() {
        let known = ["TH", "SH", "PP", "TP", "RS", "RE", "nf", "fi", "br", "IP", "ie", "el"];
        for line in text().lines() {
            if let Some(rest) = line.strip_prefix('.') {
                let name = rest.split_whitespace().next().unwrap_or_default();
                assert!(known.contains(&name), "{line}");
            }
            assert!(!line.starts_with('\''), "roff takes this for a macro: {line}");
        }
    }

    #[test]
    fn every_option_of_the_help_is_in_it() {
        let plain = plain();
        let mut options = 0;
        for argument in args::built().get_arguments() {
            let long = argument.get_long().map(|long| format!("--{long}"));
            let short = argument.get_short().map(|short| format!("-{short}"));
            for option in long.iter().chain(&short) {
                let header = plain.lines().any(|line| {
                    line.starts_with('-')
                        && line.split([',', ' ', '[']).any(|word| word.trim_end_matches('=') == *option)
                });
                assert!(header, "{option}");
                options += 1;
            }
        }
        assert!(options > 10);
        assert!(!plain.contains("--dry-run") && !plain.contains("--debug-verify"), "not built, or hidden");
    }

    #[test]
    fn every_status_of_havoc_s_own_is_in_it() {
        for status in 123..=127_u8 {
            assert!(plain().contains(&format!(".TP\n{status}\n")), "{status}");
        }
    }

    #[test]
    fn the_rules_of_its_examples_are_good_rules() {
        let examples = SECTIONS.iter().flat_map(|(_, pieces)| *pieces);
        let rules: Vec<String> = examples
            .filter_map(|piece| match piece {
                Example(typed, _) => Some(typed.split('\'').nth(1)?.to_owned()),
                _ => None,
            })
            .collect();
        assert!(rules.len() >= 3);
        parse_rules(&rules, Path::new("/")).expect("good rules");
    }

    #[test]
    fn the_plan_file_in_it_is_a_good_plan() {
        let pieces = SECTIONS.iter().flat_map(|(_, pieces)| *pieces);
        let files = pieces.filter_map(|piece| match piece {
            Lines(lines) => Some(Source::File((*lines).to_owned())),
            _ => None,
        });
        let plan = plan::parse(&files.collect::<Vec<_>>(), Path::new("/")).expect("a good plan");
        assert_eq!(plan.rules.len(), 1);
    }
}
