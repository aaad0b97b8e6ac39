//! The tests, as everybody runs them: CI and contributors alike.
mod containers;
mod guests;
mod host;
mod ledger;
mod run;
pub mod skips;
mod tally;

use crate::containers::matrix::{self, CELLS};
use crate::faults;
use crate::guest::Cpu;
use anyhow::{Result, ensure};
use clap::ValueEnum;
use ledger::Ledger;
use run::Counted;
use std::process::ExitCode;
use std::str::FromStr;
use std::time::Duration;

/// What `cargo xtask test` is given.
#[derive(clap::Args)]
pub struct Options {
    /// Where the tests run; may be repeated
    #[arg(long = "stage", value_enum, value_name = "NAME", default_value = "host")]
    stages: Vec<Stage>,
    /// Run the end-to-end tests of the host's stage once more with HAVOC_DEBUG_VERIFY=1, so that havoc verifies each
    /// injection at an exit stop of its own; the closing line counts both runs
    #[arg(long)]
    debug_verify: bool,
    /// Leave the images that the containers' stage has made, so that its next run is shorter
    #[arg(long)]
    keep_images: bool,
    /// Start a container engine for the containers' stage, even where one runs. That takes root; it ends with the stage
    #[arg(long)]
    private_engine: bool,
    /// Which cells of the containers' stage, such as bookworm-user: only the end-to-end tests in these; all of the stage without
    /// it; may be repeated
    #[arg(long = "cell", value_name = "NAME")]
    cells: Vec<String>,
    /// Which guests of the stages `aarch64` and `kernels`, such as aarch64-6.1; all of them without it; may be repeated
    #[arg(long = "guest", value_name = "NAME")]
    guests: Vec<String>,
    /// Something that took so long before, for the table of times at the end; may be repeated
    #[arg(long = "before", value_name = "NAME=SECONDS")]
    before: Vec<Before>,
    /// Show the stages, with cells and guests, and run nothing
    #[arg(long)]
    list: bool,
    /// Arguments of `cargo test` on the host, such as `-p havoc-engine` or a part of a test's name
    #[arg(last = true, value_name = "ARGS")]
    arguments: Vec<String>,
}

/// A place to run the tests in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Stage {
    /// On this machine, in a PID namespace
    Host,
    /// On this machine, while system calls of havoc itself fail; `cargo xtask faults` has options for it
    Faults,
    /// The end-to-end tests in containers: users, capabilities, C libraries; and havoc as a container's first process
    Containers,
    /// In virtual machines with 64-bit Arm, on kernels old and new
    Aarch64,
    /// In virtual machines with x86_64, on kernels old and new
    Kernels,
}

/// What took so long before these stages began.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Before {
    name: String,
    time: Duration,
}

impl FromStr for Before {
    type Err = String;

    /// Reads `NAME=SECONDS`.
    fn from_str(text: &str) -> Result<Before, String> {
        let parts = text.split_once('=').and_then(|(name, seconds)| Some((name, seconds.parse().ok()?)));
        let (name, seconds) = parts.ok_or("expected NAME=SECONDS, such as check=95")?;
        Ok(Before { name: name.to_owned(), time: Duration::from_secs(seconds) })
    }
}

impl Stage {
    /// Returns its name on the command line.
    fn name(self) -> String {
        self.to_possible_value().expect("no stage is hidden").get_name().to_owned()
    }

    /// Returns the option that chooses some of its parts, and their names; nothing of a stage that has none.
    fn parts(self) -> Option<(&'static str, Vec<&'static str>)> {
        match self {
            Stage::Host | Stage::Faults => None,
            Stage::Containers => Some(("--cell", CELLS.map(|cell| cell.name).to_vec())),
            Stage::Aarch64 => Some(("--guest", guests::names(&guests::AARCH64))),
            Stage::Kernels => Some(("--guest", guests::names(&guests::X86_64))),
        }
    }
}

/// Returns a line for each stage that has no parts, and for each part of one that has, as the command line names it.
fn list() -> String {
    let mut text = String::new();
    for stage in Stage::value_variants() {
        let name = stage.name();
        match stage.parts() {
            None => text += &format!("--stage {name}\n"),
            Some((option, parts)) => {
                parts.iter().for_each(|part| text += &format!("--stage {name} {option} {part}\n"));
            }
        }
    }
    text
}

/// Runs the stages, one after the other, and prints the closing line.
///
/// # Errors
/// When options do not fit the stages. A stage that could not begin, or a failed test, is no error but the exit status.
pub fn run(options: &Options) -> Result<ExitCode> {
    options.check()?;
    if options.list {
        print!("{}", list());
        return Ok(ExitCode::SUCCESS);
    }
    let mut ledger = Ledger::default();
    for Before { name, time } in &options.before {
        ledger.took(name, *time);
    }
    for stage in &options.stages {
        let run = || match stage {
            Stage::Host => host::run(options.debug_verify, &options.arguments),
            Stage::Faults => faults::count(&faults::Options::default()).map(Counted::from),
            Stage::Containers => containers::run(options.private_engine, options.keep_images, &options.cells),
            Stage::Aarch64 => guests::run(Cpu::Aarch64, &guests::AARCH64, &options.guests),
            Stage::Kernels => guests::run(Cpu::X86_64, &guests::X86_64, &options.guests),
        };
        ledger.count(&stage.name(), || Ok(Counted::or_failure(run())))?;
    }
    Ok(close(&ledger.close(), is_ci()))
}

impl Options {
    /// Refuses options that would be passed over.
    fn check(&self) -> Result<()> {
        let of_host = self.debug_verify || !self.arguments.is_empty();
        let of_containers = self.keep_images || self.private_engine || !self.cells.is_empty();
        matrix::chosen(&self.cells)?;
        ensure!(
            !of_host || self.stages.contains(&Stage::Host),
            "--debug-verify and arguments of `cargo test` are for the stage `host`; add --stage host"
        );
        let has_guests = self.stages.iter().any(|stage| matches!(stage, Stage::Aarch64 | Stage::Kernels));
        ensure!(
            self.guests.is_empty() || has_guests,
            "--guest is for the stages `aarch64` and `kernels`; add one of them"
        );
        for name in &self.guests {
            ensure!(
                guests::exists(name),
                "there is no guest `{name}`; docs/howto/other-machines.md names them"
            );
        }
        let is_x86_64 = std::env::consts::ARCH == "x86_64";
        ensure!(
            is_x86_64 || !self.stages.contains(&Stage::Kernels),
            "the stage `kernels` runs programs of this machine in guests with x86_64; this is another CPU"
        );
        ensure!(
            !of_containers || self.stages.contains(&Stage::Containers),
            "--cell, --keep-images and --private-engine are for the stage `containers`; add --stage containers"
        );
        Ok(())
    }
}

fn is_ci() -> bool {
    std::env::var("CI").is_ok_and(|value| !matches!(value.as_str(), "" | "0" | "false"))
}

/// Prints the closing line, the last of all, and judges the run.
fn close(total: &Counted, is_ci: bool) -> ExitCode {
    let too_many_skips = is_ci && total.unexpected_skips > 0;
    if too_many_skips {
        eprintln!("error: in CI every test has to run, and {} did not", total.unexpected_skips);
    }
    println!("{}", total.tally);
    if total.tally.failed > 0 || too_many_skips { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

#[cfg(test)]
mod tests {
    use super::tally::Tally;
    use super::*;

    #[test]
    fn options_of_a_stage_that_is_not_run_are_refused() {
        let options = |stages: &[Stage], keep_images, arguments: &[&str]| Options {
            stages: stages.to_vec(),
            debug_verify: false,
            keep_images,
            private_engine: false,
            cells: Vec::new(),
            guests: Vec::new(),
            before: Vec::new(),
            list: false,
            arguments: arguments.iter().map(ToString::to_string).collect(),
        };
        assert!(options(&[Stage::Host], false, &["msync"]).check().is_ok());
        assert!(options(&[Stage::Containers, Stage::Host], true, &["msync"]).check().is_ok());
        assert!(options(&[Stage::Containers], false, &["msync"]).check().is_err());
        assert!(options(&[Stage::Host], true, &[]).check().is_err());
        let cell =
            |stage, name: &str| Options { cells: vec![name.to_owned()], ..options(&[stage], false, &[]) };
        assert!(cell(Stage::Containers, "trixie-user").check().is_ok());
        assert!(cell(Stage::Containers, "sid-user").check().is_err());
        assert!(cell(Stage::Host, "trixie-user").check().is_err());
    }

    #[test]
    fn every_cell_and_every_guest_is_listed_as_the_command_line_names_it() {
        let listed = list();
        for line in
            ["--stage host", "--stage containers --cell trixie-user", "--stage kernels --guest x86_64-5.10"]
        {
            assert!(listed.lines().any(|listed| listed == line), "{line}: {listed}");
        }
        assert_eq!(listed.lines().count(), 2 + CELLS.len() + guests::AARCH64.len() + guests::X86_64.len());
    }

    #[test]
    fn what_took_time_before_is_a_name_and_seconds() {
        let before = Before { name: "check".to_owned(), time: Duration::from_secs(95) };
        assert_eq!("check=95".parse(), Ok(before));
        for wrong in ["check", "check=", "check=soon"] {
            assert!(wrong.parse::<Before>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_failure_fails_and_an_unexpected_skip_only_in_ci() {
        let counted = |failed, skipped, unexpected_skips| Counted {
            tally: Tally { passed: 3, failed, skipped },
            unexpected_skips,
        };
        assert_eq!(close(&counted(0, 0, 0), true), ExitCode::SUCCESS);
        assert_eq!(close(&counted(0, 1, 1), false), ExitCode::SUCCESS);
        assert_eq!(close(&counted(0, 1, 1), true), ExitCode::FAILURE);
        assert_eq!(close(&counted(0, 1, 0), true), ExitCode::SUCCESS);
        assert_eq!(close(&counted(1, 0, 0), false), ExitCode::FAILURE);
    }
}
