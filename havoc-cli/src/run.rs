//! One run: filter, spawn, session, report.
use crate::args;
use crate::diagnostics::shown;
use crate::exit::{self, Exit};
use crate::meant;
use crate::report;
use anyhow::{Context, Result};
use havoc_engine::kernel::Kernel;
use havoc_engine::kernel::linux::{self, Command, Feature, Linux, Notify, Patient, SpawnError};
use havoc_engine::record::{Discard, Sink, StableSink, Stamps, TextSink, Wording};
use havoc_engine::session::{self, Config, Engine, Report, Session};
use havoc_engine::task::Tid;
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Write};
use std::os::fd::OwnedFd;
use std::path::PathBuf;

/// What is written, and where.
#[derive(Clone, Debug, Default)]
pub struct Output {
    /// The file for log and report; standard error without one.
    pub file: Option<PathBuf>,
    /// What becomes of what the file holds already.
    pub content: linux::Content,
    /// What the log looks like.
    pub log: Log,
    /// Whose text it has.
    pub wording: Wording,
    /// Times in the text log.
    pub stamps: Stamps,
    /// No closing report.
    pub quiet: bool,
    /// Without a report, a line on standard error says that it would hold something.
    pub hints: bool,
    /// The table at the end.
    pub summary: bool,
    /// What `--strict` asks.
    pub strict: bool,
    /// The engine; `None` takes the one that disturbs the program least.
    pub engine: Option<Engine>,
}

/// The kinds of log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Log {
    /// A line as each call ends.
    #[default]
    Text,
    /// Byte-stable, at the end.
    Stable,
    /// None.
    Off,
}

/// Runs `words` under `config`, and returns how havoc is to end. What is `absent` is not used, as on a kernel that lacks it.
///
/// # Errors
/// When something of havoc's own fails before the program runs.
pub fn run(config: &Config, words: &[OsString], output: &Output, absent: &[Feature]) -> Result<Exit> {
    let command = match Command::find(words) {
        Ok(command) => command,
        Err(error) => return Ok(not_started(&error)),
    };
    let mut out = Out::open(output)?;
    let mut sink: Box<dyn Sink> = match output.log {
        Log::Text => Box::new(TextSink::new(out.another()?).stamped(output.stamps).worded(output.wording)),
        Log::Stable => Box::new(StableSink::new(out.another()?)),
        Log::Off => Box::new(Discard),
    };
    let started = match start(&command, config, output, &out, absent)? {
        Ok(started) => started,
        Err(error) => return Ok(not_started(&error)),
    };
    linux::leave_streams_to_program();
    let (mut report, failure) = match started {
        Started::Ptrace(mut kernel, root) => {
            (play(kernel.as_mut(), sink.as_mut(), config, root), kernel.start_failure())
        }
        Started::Notify(mut kernel, root) => {
            (play(kernel.as_mut(), sink.as_mut(), config, root), kernel.start_failure())
        }
    };
    if report.never_began {
        return Ok(match failure {
            Some(error) => not_started(&error),
            // A signal ended the child on its way to the exec: that is how it would have ended without us.
            None => exit::of_run(&report, false),
        });
    }
    if output.log == Log::Stable {
        report.blind.leave_out_ids();
    }
    let mut closing = String::new();
    if output.summary {
        closing.push_str(&report::summary(&report));
    }
    if !output.quiet {
        closing.push_str(&report::closing(&report, output.strict));
    }
    if let Err(error) = out.write(&closing)
        && error.kind() != io::ErrorKind::BrokenPipe
    {
        // Said once: a log on the same file has said it already.
        if !report.log_failed {
            log::error!("write the report: {error}");
        }
        report.log_failed = true;
    }
    if let Some(file) = output.file.as_ref().filter(|_| !output.quiet && report::needs_attention(&report)) {
        report::silent(&report).iter().for_each(|line| log::warn!("{line}"));
        log::warn!(
            "some rules did not fire, or something could not be seen: the end of {} tells",
            shown(file)
        );
    }
    if output.hints && report::needs_attention(&report) {
        report::silent(&report).iter().for_each(|line| log::warn!("{line}"));
        log::warn!("some rules did not fire, or something could not be seen: `--report` tells more");
    }
    // That the log could not be written was said when it happened.
    let said = report.log_failed && !report.timed_out && report.lost.is_none();
    let differs = exit::of_havoc(&report, output.strict).is_some();
    if differs && !said && (output.quiet || output.file.is_some()) {
        report::end(&report, output.strict).iter().for_each(|line| log::error!("{line}"));
    }
    Ok(exit::of_run(&report, output.strict))
}

/// A program on its way to its exec, under one of the engines.
enum Started {
    Ptrace(Box<Linux>, Tid),
    Notify(Box<Notify>, Tid),
}

/// Starts the program under the engine that was asked for; without one, under the one that disturbs it least of those that
/// can do what the plan wants here.
fn start(
    command: &Command,
    config: &Config,
    output: &Output,
    out: &Out,
    absent: &[Feature],
) -> Result<Result<Started, SpawnError>> {
    let engine = output.engine;
    let report = || if output.quiet { Ok(None) } else { out.descriptor() };
    if engine != Some(Engine::Ptrace) && config.needs_ptrace().is_none() {
        let filter = session::filter(config, Engine::Notify)?;
        match Notify::spawn(command, &filter, absent, report()?) {
            Ok((kernel, root)) => {
                log::debug!(
                    "engine notify: every rule decides before its call, and the program is not traced"
                );
                tell_of(filter.len());
                kernel.ways().iter().for_each(|way| log::debug!("{way}"));
                return Ok(Ok(Started::Notify(Box::new(kernel), root)));
            }
            Err(SpawnError::NoListener(why)) if engine.is_none() => log::debug!("engine ptrace: {why}"),
            Err(error) => return Ok(Err(error)),
        }
    }
    let filter = session::filter(config, Engine::Ptrace)?;
    tell_of(filter.len());
    Ok(Linux::spawn(command, &filter, absent, report()?)
        .map(|(kernel, root)| Started::Ptrace(Box::new(kernel), root)))
}

fn tell_of(instructions: usize) {
    log::debug!("its filter has {instructions} instructions");
}

fn play<K: Kernel>(kernel: &mut K, sink: &mut dyn Sink, config: &Config, root: Tid) -> Report {
    Session::new(kernel, sink, config, root).run()
}

fn not_started(error: &SpawnError) -> Exit {
    match error {
        SpawnError::NotFound { program, .. } if args::is_subcommand(program.as_os_str()) => {
            let name = program.display();
            log::error!("{error}; to run the subcommand, write `havoc {name}` without options before it");
        }
        SpawnError::NotFound { program, .. } => {
            let tip = meant::by(program.as_os_str());
            log::error!("{error}{}", tip.map_or_else(String::new, |tip| format!("; {tip}")));
        }
        _ => log::error!("{error}"),
    }
    Exit::Status(exit::of_spawn(error))
}

/// Where log and report go.
enum Out {
    Stderr,
    File(File),
}

impl Out {
    fn open(output: &Output) -> Result<Out> {
        Ok(match &output.file {
            None => Out::Stderr,
            Some(path) => Out::File(
                linux::open_log(path, output.content)
                    .with_context(|| format!("cannot write the log to {}", shown(path)))?,
            ),
        })
    }

    /// A second writer to the same place: the file offset is shared.
    fn another(&self) -> Result<Box<dyn Write>> {
        Ok(match self {
            Out::Stderr => Box::new(Patient(io::stderr())),
            Out::File(file) => Box::new(Patient(file.try_clone().context("cannot write the log")?)),
        })
    }

    /// Another descriptor of the file; `None` if there is none but standard error.
    fn descriptor(&self) -> Result<Option<OwnedFd>> {
        match self {
            Out::Stderr => Ok(None),
            Out::File(file) => Ok(Some(file.try_clone().context("cannot write the log")?.into())),
        }
    }

    fn write(&mut self, text: &str) -> io::Result<()> {
        match self {
            Out::Stderr => Patient(io::stderr()).write_all(text.as_bytes()),
            Out::File(file) => Patient(file).write_all(text.as_bytes()),
        }
    }
}
