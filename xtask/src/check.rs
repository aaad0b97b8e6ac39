//! What can be said about the code without running it.
use crate::cargo;
use anyhow::{Context, Result};
use std::process::{Command, ExitCode};
use std::time::Instant;

/// Runs every check, also after one has failed, and says how long each took.
///
/// # Errors
/// When cargo cannot be started.
pub fn run() -> Result<ExitCode> {
    let mut report = String::new();
    let mut failed = false;
    for (name, mut command) in checks() {
        eprintln!("── {name}");
        let start = Instant::now();
        let status = command.status().with_context(|| format!("start cargo for {name}"))?;
        let verdict = if status.success() { "ok" } else { "FAILED" };
        failed |= !status.success();
        report += &format!("{name:<14}{verdict:<8}{:>6.1} s\n", start.elapsed().as_secs_f64());
    }
    print!("{report}");
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn checks() -> [(&'static str, Command); 5] {
    let mut doc = cargo::command(&["doc", "--workspace", "--no-deps", "--document-private-items"]);
    let flags = std::env::var("RUSTDOCFLAGS").unwrap_or_default();
    doc.env("RUSTDOCFLAGS", format!("{flags} -D warnings").trim());
    [
        ("fmt", cargo::command(&["fmt", "--all", "--check"])),
        (
            "clippy",
            cargo::command(&[
                "clippy",
                "--workspace",
                "--all-targets",
                "--all-features",
                "--",
                "-D",
                "warnings",
            ]),
        ),
        ("doc", doc),
        ("fmt, fuzz", of_fuzz(&["fmt", "--check"])),
        // Without libFuzzer, whose C++ clippy has nothing to say about.
        ("clippy, fuzz", of_fuzz(&["clippy", "--no-default-features", "--", "-D", "warnings"])),
    ]
}

/// Returns a call of cargo for the fuzz targets, which are a workspace of their own.
fn of_fuzz(arguments: &[&str]) -> Command {
    let mut command = cargo::command(arguments);
    command.current_dir(cargo::root().join("fuzz")).env("CARGO_TARGET_DIR", cargo::target().join("fuzz"));
    command
}
