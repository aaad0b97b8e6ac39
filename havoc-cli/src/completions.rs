//! `havoc completions`: what a shell has to know in order to complete a command line of havoc.
//!
//! clap knows no command whose first word may be a subcommand or any program; here the subcommands are added to what
//! it does know. Words after COMMAND are completed as file names (bash, fish) or as the program's own (zsh).
use crate::args;
use clap::{Command, CommandFactory, ValueEnum, ValueHint};

/// A shell that there are completions for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Shell {
    /// For a file below bash-completion's `completions/`.
    Bash,
    /// For a file `_havoc` on zsh's `fpath`.
    Zsh,
    /// For a file `havoc.fish` in fish's `completions/`.
    Fish,
}

/// Returns the completions for this shell, in its own language.
pub fn of(shell: Shell) -> Vec<u8> {
    match shell {
        Shell::Bash => generate(clap_complete::Shell::Bash, with_subcommands()),
        Shell::Zsh => {
            let text = String::from_utf8(generate(clap_complete::Shell::Zsh, command()));
            let text = text.expect("our help is UTF-8").replace("_cmdambivalent", "_havoc_words");
            // The first line has to stay the first: it tells zsh what the file is for.
            text.replacen('\n', ZSH_WORDS, 1).into_bytes()
        }
        Shell::Fish => generate(clap_complete::Shell::Fish, with_subcommands()),
    }
}

fn generate(shell: clap_complete::Shell, mut command: Command) -> Vec<u8> {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut command, "havoc", &mut text);
    text
}

/// How zsh completes the words behind the options. clap_complete would offer subcommands as the second word, behind a
/// program.
const ZSH_WORDS: &str = r#"

_havoc_words() {
    if (( CURRENT == 1 )); then
        _alternative 'commands:command of havoc:(demo check syscalls errors completions man)' 'programs:program:_command_names -e'
    elif [[ $words[1] == completions ]]; then
        compadd bash zsh fish
    elif [[ $words[1] == check ]]; then
        _files
    else
        _normal
    fi
}
"#;

fn command() -> Command {
    args::built().mut_args(|argument| match argument.get_id().as_str() {
        "output" | "plan" => argument.value_hint(ValueHint::FilePath),
        "command" => argument.value_hint(ValueHint::CommandWithArguments),
        "io_uring" => argument.value_parser(["deny", "warn", "allow"]),
        "log_style" => argument.value_parser(["havoc", "strace"]),
        "engine" => argument.value_parser(["auto", "ptrace", "notify"]),
        _ => argument,
    })
}

fn with_subcommands() -> Command {
    let shell = args::Completions::command().get_arguments().cloned().collect::<Vec<_>>();
    let files = args::Check::command().mut_arg("files", |files| files.value_hint(ValueHint::FilePath));
    let files = files.get_arguments().cloned().collect::<Vec<_>>();
    command()
        .disable_help_subcommand(true)
        .subcommand(subcommand("demo", &args::Demo::command()))
        .subcommand(subcommand("check", &args::Check::command()).args(files))
        .subcommand(subcommand("syscalls", &args::Syscalls::command()))
        .subcommand(subcommand("errors", &args::Errors::command()))
        .subcommand(subcommand("completions", &args::Completions::command()).args(shell))
        .subcommand(subcommand("man", &args::Man::command()))
}

/// Returns a subcommand of that name without arguments: those of the demo are its own affair.
fn subcommand(name: &'static str, typed: &Command) -> Command {
    Command::new(name).about(typed.get_about().cloned().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use std::process::{Command as Process, Stdio};

    const SHELLS: [Shell; 3] = [Shell::Bash, Shell::Zsh, Shell::Fish];

    fn text(shell: Shell) -> String {
        String::from_utf8(of(shell)).expect("completions are UTF-8")
    }

    #[test]
    fn every_shell_gets_every_option_that_is_built_and_no_other() {
        for shell in SHELLS {
            let text = text(shell);
            // fish writes `-l inject`, the others `--inject`.
            let has =
                |long: &str| text.contains(&format!("--{long}")) || text.contains(&format!("-l {long}"));
            let options: Vec<String> = args::built()
                .get_arguments()
                .filter_map(|option| option.get_long().map(str::to_owned))
                .collect();
            assert!(options.len() > 8);
            for option in options {
                assert!(has(&option), "{shell:?}: {option}");
            }
            for option in ["dry-run", "debug-verify", "program"] {
                assert!(!has(option), "{shell:?}: {option}");
            }
            for word in ["demo", "check", "syscalls", "errors", "completions", "man", "deny", "ptrace"] {
                assert!(text.contains(word), "{shell:?}: {word}");
            }
        }
    }

    #[test]
    fn the_values_that_are_offered_are_the_values_that_are_taken() {
        for option in command().get_arguments() {
            for value in option.get_possible_values().iter().filter(|_| option.get_action().takes_values()) {
                let long = option.get_long().expect("only long options have fixed values");
                // With a rule that either engine can do.
                let option = format!("--{long}={}", value.get_name());
                let words = ["havoc", &option, "--inject", "fsync:error=EIO", "true"].map(Into::into);
                let args::Asked::Run(cli) = args::read(words.into()).expect("a good command line") else {
                    panic!("{long}: not a run");
                };
                assert!(crate::config::read(&cli).is_ok(), "{long} {}", value.get_name());
            }
        }
    }

    #[test]
    fn zsh_completes_the_words_of_the_program_as_the_program_would() {
        let text = text(Shell::Zsh);
        assert!(text.starts_with("#compdef havoc\n"), "{text}");
        assert!(text.contains("'*::command -- The program and its arguments:_havoc_words'"), "{text}");
    }

    /// Gives `script` to bash and returns what it prints.
    fn bash(options: &[&str], script: &[u8]) -> String {
        let pipes = Process::new("bash").args(options).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let mut bash = pipes.expect("bash is there: `cargo xtask setup` sees to it");
        bash.stdin.take().expect("a pipe").write_all(script).expect("bash reads");
        let output = bash.wait_with_output().expect("bash ends");
        assert!(output.status.success(), "{}", output.status);
        String::from_utf8(output.stdout).expect("UTF-8")
    }

    #[test]
    fn bash_finds_no_error_in_its_own() {
        bash(&["-n"], &of(Shell::Bash));
    }

    #[test]
    fn bash_completes_an_option_a_value_and_a_subcommand() {
        for (words, expected) in [
            ("havoc --inj", "--inject"),
            ("havoc --engine p", "ptrace"),
            ("havoc completions z", "zsh"),
            ("havoc de", "demo"),
            ("havoc sys", "syscalls"),
        ] {
            let last = words.split(' ').count() - 1;
            let mut words: Vec<&str> = words.split(' ').collect();
            words.resize(last + 1, "");
            let script = format!(
                "{}\nCOMP_WORDS=({}) COMP_CWORD={last}\n_havoc havoc '{}' '{}'\nprintf '%s ' \"${{COMPREPLY[@]}}\"\n",
                text(Shell::Bash),
                words.join(" "),
                words[last],
                words[last - 1],
            );
            assert_eq!(bash(&["--norc"], script.as_bytes()).trim(), expected, "{words:?}");
        }
    }
}
