//! What a contributor and CI run: `cargo xtask setup`, `cargo xtask check`, `cargo xtask test`, and what a release needs.
#![deny(unsafe_code)]

mod apt;
mod archive;
mod bench;
mod cargo;
mod check;
mod containers;
mod deny;
mod faults;
mod fuzz;
mod guest;
mod java;
mod jobs;
mod manual;
mod mirror;
mod mmdebstrap;
mod namespace;
mod package;
mod schema;
mod setup;
mod test;
mod tool;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

#[derive(Parser)]
#[command(name = "cargo xtask", about)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// What havoc costs, beside the program alone, beside strace, and beside any other command that traces
    Bench(bench::Options),
    /// Install what the tests need (Debian packages, where apt-get may be used), or say what is missing
    Setup,
    /// Formatting, clippy and documentation, each without a warning
    Check,
    /// What `docker compose run` begins with: base images, made of Debian's packages where no registry has them, and
    /// Compose itself
    Images(containers::images::Options),
    /// Dependencies, as deny.toml rules them: licenses, sources, advisories
    Deny(deny::Options),
    /// Have system calls of havoc itself fail, one in each run; fails where havoc hangs, leaves processes behind, or is wrong
    /// and says nothing
    Faults(faults::Options),
    /// Made-up input for the parsers and decoders, a minute each; fails on a crash, and says which input it was
    Fuzz(fuzz::Options),
    /// What `cargo test --target aarch64-unknown-linux-gnu` needs in its environment, for `eval`
    GuestEnv,
    /// Run a test program in a virtual machine with another kernel or CPU: cargo's runner for aarch64
    GuestRun(guest::Options),
    /// The table of documented errors, havoc-engine/src/manual/table.rs, from the pages of section 2 in a directory
    Manual(manual::Options),
    /// An archive, a Debian package and their checksums, for people to install
    Package(package::Options),
    /// The JSON Schema of plan files, docs/plan.schema.json
    Schema,
    /// Set up, build and run the tests; the last line is `N passed, N failed, N skipped`
    Test(test::Options),
}

fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Bench(options) => bench::run(&options),
        Command::Setup => setup::run().map(|()| ExitCode::SUCCESS),
        Command::Check => check::run(),
        Command::Deny(options) => deny::run(&options),
        Command::Faults(options) => faults::run(&options),
        Command::Fuzz(options) => fuzz::run(&options),
        Command::GuestEnv => guest::print_environment().map(|()| ExitCode::SUCCESS),
        Command::GuestRun(options) => guest::run(&options),
        Command::Images(options) => containers::images::run(&options).map(|()| ExitCode::SUCCESS),
        Command::Manual(options) => manual::run(&options).map(|()| ExitCode::SUCCESS),
        Command::Package(options) => package::run(&options).map(|()| ExitCode::SUCCESS),
        Command::Schema => schema::run().map(|()| ExitCode::SUCCESS),
        Command::Test(options) => test::run(&options),
    };
    done.unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::FAILURE
    })
}
