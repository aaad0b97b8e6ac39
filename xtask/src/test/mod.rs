//! The tests, as everybody runs them: CI and contributors alike.
mod containers;
mod guests;
mod host;
mod ledger;
mod run;
mod tally;

use crate::guest::Cpu;
use anyhow::{Result, ensure};
use clap::ValueEnum;
use ledger::Ledger;
use run::Counted;
use std::process::ExitCode;

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
    /// Which guests of the stages `aarch64` and `kernels`, such as aarch64-6.1; all of them without it; may be repeated
    #[arg(long = "guest", value_name = "NAME")]
    guests: Vec<String>,
    /// Arguments of `cargo test` on the host, such as `-p havoc-engine` or a part of a test's name
    #[arg(last = true, value_name = "ARGS")]
    arguments: Vec<String>,
}

/// A place to run the tests in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Stage {
    /// On this machine, in a PID namespace
    Host,
    /// The end-to-end tests in containers: users, capabilities, C libraries; and havoc as a container's first process
    Containers,
    /// In virtual machines with 64-bit Arm, on kernels old and new
    Aarch64,
    /// In virtual machines with x86_64, on kernels old and new
    Kernels,
}

/// Runs the stages, one after the other, and prints the closing line.
///
/// # Errors
/// When options do not fit the stages. A stage that could not begin, or a failed test, is no error but the exit status.
pub fn run(options: &Options) -> Result<ExitCode> {
    options.check()?;
    let mut ledger = Ledger::default();
    for stage in &options.stages {
        let run = || match stage {
            Stage::Host => host::run(options.debug_verify, &options.arguments),
            Stage::Containers => containers::run(options.private_engine, options.keep_images),
            Stage::Aarch64 => guests::run(Cpu::Aarch64, &guests::AARCH64, &options.guests),
            Stage::Kernels => guests::run(Cpu::X86_64, &guests::X86_64, &options.guests),
        };
        let name = stage.to_possible_value().expect("no stage is hidden").get_name().to_owned();
        ledger.count(&name, || Ok(Counted::or_failure(run())))?;
    }
    Ok(close(&ledger.close(), is_ci()))
}

impl Options {
    /// Refuses options that would be passed over.
    fn check(&self) -> Result<()> {
        let of_host = self.debug_verify || !self.arguments.is_empty();
        let of_containers = self.keep_images || self.private_engine;
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
            "--keep-images and --private-engine are for the stage `containers`; add --stage containers"
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
            guests: Vec::new(),
            arguments: arguments.iter().map(ToString::to_string).collect(),
        };
        assert!(options(&[Stage::Host], false, &["msync"]).check().is_ok());
        assert!(options(&[Stage::Containers, Stage::Host], true, &["msync"]).check().is_ok());
        assert!(options(&[Stage::Containers], false, &["msync"]).check().is_err());
        assert!(options(&[Stage::Host], true, &[]).check().is_err());
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
