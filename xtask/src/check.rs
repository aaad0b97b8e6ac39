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
        report += &format!("{name:<8}{verdict:<8}{:>6.1} s\n", start.elapsed().as_secs_f64());
    }
    print!("{report}");
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn checks() -> [(&'static str, Command); 3] {
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
    ]
}
