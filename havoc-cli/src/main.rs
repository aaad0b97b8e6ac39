//! The command line of havoc.
#![deny(unsafe_code)]
mod args;
mod check;
mod completions;
mod config;
mod demo;
mod diagnostics;
mod errors;
mod exit;
mod man;
mod meant;
mod print;
mod report;
mod run;
mod sources;
mod strace;
mod syscalls;

use anyhow::Result;
use args::{Asked, Cli};
use clap::error::{ContextKind, ContextValue};
use exit::Exit;
use havoc_engine::kernel::linux::{Content, Patient};
use havoc_engine::record::Wording;
use havoc_engine::resource::path::shown;
use print::print;
use run::{Log, Output};
use std::io::Write;
use std::process::ExitCode;

/// The environment variable that says how much havoc tells of itself.
const HAVOC_LOG: &str = "HAVOC_LOG";

fn main() -> ExitCode {
    if let Err(bad) = log_to_stderr() {
        refuse(&bad);
        return ExitCode::from(exit::FAILED);
    }
    let result = match args::read(std::env::args_os().collect()) {
        Ok(asked) => act(asked),
        Err(error) if error.use_stderr() => Ok(typed_wrong(error)),
        // Help and version are no errors.
        Err(asked) => print::is_read(asked.print()).map(|_| Exit::Status(0)),
    };
    let exit = result.unwrap_or_else(|error| {
        log::error!("{error:#}");
        Exit::Status(exit::FAILED)
    });
    match exit {
        Exit::Status(status) => ExitCode::from(status),
        Exit::Signal(signal) => {
            havoc_engine::kernel::linux::die_by(signal);
            // It did not end us: a stop signal, or we are the init of a PID namespace.
            ExitCode::from(u8::try_from(128 + signal.number()).unwrap_or(exit::FAILED))
        }
    }
}

fn act(asked: Asked) -> Result<Exit> {
    match asked {
        Asked::Run(cli) => run_program(&cli),
        Asked::Demo(args::Demo { program: false, .. }) => demo::show(),
        Asked::Demo(args::Demo { program: true, directory }) => demo::program(directory.as_deref()),
        Asked::Check(files) => match check::text(&files) {
            Ok(text) => print(text.as_bytes()),
            Err(bad) => Ok(refuse(&bad)),
        },
        Asked::Syscalls(set) => match syscalls::text(set.as_deref()) {
            Ok(text) => print(text.as_bytes()),
            Err(bad) => Ok(refuse(&bad)),
        },
        Asked::Errors(calls) => match errors::of(&calls) {
            Ok(text) => print(text.as_bytes()),
            Err(unknown) => {
                unknown.iter().for_each(|unknown| log::error!("{unknown}"));
                Ok(Exit::Status(exit::FAILED))
            }
        },
        Asked::Completions(shell) => print(&completions::of(shell)),
        Asked::Man => print(&man::page()),
    }
}

fn run_program(cli: &Cli) -> Result<Exit> {
    let meant = match config::read(cli) {
        Ok(meant) => meant,
        Err(bad) => return Ok(refuse(&bad)),
    };
    let log = match (cli.summary_only, cli.stable) {
        (true, _) => Log::Off,
        (false, true) => Log::Stable,
        (false, false) => Log::Text,
    };
    let quiet = meant.quiet.attach || meant.quiet.personality;
    if !quiet {
        meant.notes.iter().for_each(|note| log::warn!("{note}"));
    }
    // strace has no report.
    let has_report = cli.report || !quiet && meant.wording == Wording::Havoc;
    let output = Output {
        file: cli.output.clone(),
        content: if cli.strace.output_append_mode > 0 { Content::Kept } else { Content::Emptied },
        log,
        stamps: meant.stamps,
        wording: meant.wording,
        quiet: !has_report,
        hints: !quiet && !has_report,
        summary: cli.summary || cli.summary_only,
        strict: cli.strict,
        engine: meant.engine,
    };
    run::run(&meant.config, &cli.command, &output, &cli.debug_absent)
}

/// Tells what is wrong with what was typed.
fn refuse(config::BadInput(text): &config::BadInput) -> Exit {
    let _ = Patient(std::io::stderr()).write_all(text.as_bytes());
    Exit::Status(exit::FAILED)
}

/// clap ends with 2 on errors; ours is 125.
fn typed_wrong(mut error: clap::Error) -> Exit {
    let words: Vec<(ContextKind, String)> = error
        .context()
        .filter_map(|(kind, value)| match value {
            ContextValue::String(word) => Some((kind, shown(word.as_bytes()))),
            _ => None,
        })
        .collect();
    for (kind, word) in words {
        error.insert(kind, ContextValue::String(word));
    }
    let _ = error.print();
    Exit::Status(exit::FAILED)
}

/// havoc's own diagnostics: standard error, one line each, ruled by HAVOC_LOG, since RUST_LOG is the program's.
///
/// # Errors
/// What is wrong with the variable: a level that is not known would else show nothing.
fn log_to_stderr() -> Result<(), config::BadInput> {
    const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];
    let asked = std::env::var_os(HAVOC_LOG).unwrap_or_default().to_string_lossy().into_owned();
    // `module=level`, or a level alone.
    let levels = asked.split(',').map(|word| word.rsplit('=').next().unwrap_or(word).trim());
    for level in levels.filter(|level| !level.is_empty()) {
        if !LEVELS.iter().any(|known| level.eq_ignore_ascii_case(known)) {
            return Err(config::BadInput(diagnostics::plain(
                &format!("{HAVOC_LOG}={asked}: `{level}` is not a level"),
                &format!("write {HAVOC_LOG}=debug; the levels are {}", LEVELS.join(", ")),
            )));
        }
    }
    env_logger::Builder::new()
        .target(env_logger::Target::Pipe(Box::new(Patient(std::io::stderr()))))
        .filter_level(log::LevelFilter::Warn)
        .parse_env(HAVOC_LOG)
        .format(|line, record| {
            // It may hold names of files and words of the user's, with anything in them.
            let text = shown(record.args().to_string().as_bytes());
            match record.level() {
                log::Level::Error | log::Level::Warn => writeln!(line, "havoc: {text}"),
                level => writeln!(line, "havoc: {}: {text}", level.as_str().to_lowercase()),
            }
        })
        .init();
    Ok(())
}
