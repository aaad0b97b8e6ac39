//! What may be typed behind the name of a subcommand.
use crate::completions::Shell;
use clap::Parser;
use std::path::PathBuf;

/// `havoc demo`.
#[derive(Debug, Parser)]
#[command(
    name = "havoc demo",
    bin_name = "havoc demo",
    about = "Run an embedded program of which one of two files fails"
)]
pub struct Demo {
    /// Be the embedded program: map two files, store and sync each three times.
    #[arg(long)]
    pub program: bool,
    /// Where the program makes its files; a new directory, removed at the end, by default.
    #[arg(value_name = "DIR", requires = "program")]
    pub directory: Option<PathBuf>,
}

/// `havoc check`.
#[derive(Debug, Parser)]
#[command(
    name = "havoc check",
    bin_name = "havoc check",
    about = "Tell everything that is wrong with plan files, or print their rules in normal form"
)]
pub struct Check {
    /// Plan files, as --plan takes them, in this order; `-` is standard input.
    #[arg(value_name = "PLAN.toml", required = true)]
    pub files: Vec<PathBuf>,
}

/// `havoc syscalls`.
#[derive(Debug, Parser)]
#[command(
    name = "havoc syscalls",
    bin_name = "havoc syscalls",
    about = "Print the calls that a set stands for, with their numbers; or all classes of calls"
)]
pub struct Syscalls {
    /// Calls as --trace and rules name them.
    pub set: Option<String>,
}

/// `havoc errors`.
#[derive(Debug, Parser)]
#[command(
    name = "havoc errors",
    bin_name = "havoc errors",
    about = "Print the errors that the manual documents for a system call"
)]
pub struct Errors {
    /// Names of system calls; every one that the manual covers, a line each, if none is given.
    #[arg(value_name = "SYSCALL")]
    pub calls: Vec<String>,
}

/// `havoc completions`.
#[derive(Debug, Parser)]
#[command(
    name = "havoc completions",
    bin_name = "havoc completions",
    about = "Print the completions of havoc for a shell"
)]
pub struct Completions {
    /// For which shell.
    pub shell: Shell,
}

/// `havoc man`.
#[derive(Debug, Parser)]
#[command(
    name = "havoc man",
    bin_name = "havoc man",
    about = "Print the manual page, as roff; to read it: havoc man | man -l -"
)]
pub struct Man {}
