//! The stages `aarch64` and `kernels`: the tests in virtual machines, on another CPU and on kernels old and new.
use super::run::{Counted, run_once};
use super::{Part, show};
use crate::guest::{self, Boot, Cpu, Which};
use anyhow::{Context, Result, ensure};
use std::time::Instant;

/// One guest's share of a stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Guest {
    /// What it is called.
    name: &'static str,
    /// Its kernel.
    kernel: Which,
    /// Who runs the tests.
    user: u32,
    /// What havoc is told to do without.
    absent: &'static str,
}

/// Without PTRACE_SET_SYSCALL_INFO and PROCMAP_QUERY, and with both.
pub const AARCH64: [Guest; 2] = [
    Guest { name: "aarch64-6.1", kernel: Which::Of("bookworm"), user: 0, absent: "" },
    Guest { name: "aarch64-newest", kernel: Which::Newest, user: 1000, absent: "" },
];

/// Without either, and with both as if there were neither.
pub const X86_64: [Guest; 3] = [
    Guest { name: "x86_64-5.10", kernel: Which::Of("bullseye"), user: 0, absent: "" },
    Guest { name: "x86_64-6.1", kernel: Which::Of("bookworm"), user: 1000, absent: "" },
    Guest {
        name: "x86_64-newest-absent",
        kernel: Which::Newest,
        user: 0,
        absent: "procmap-query process-vm",
    },
];

/// Emulation takes an instruction for twenty, and these machines are slow at times.
const SECONDS: u32 = 1800;

/// Sets up, builds and runs the tests in each guest, or in those that are `wanted` by name. What fails before its tests could run counts as one failure.
///
/// # Errors
/// When something that all guests need is not to be had.
pub fn run(cpu: Cpu, guests: &[Guest], wanted: &[String]) -> Result<Counted> {
    let is_wanted = |guest: &&Guest| wanted.is_empty() || wanted.iter().any(|name| name == guest.name);
    let guests: Vec<Guest> = guests.iter().filter(is_wanted).copied().collect();
    ensure!(!guests.is_empty(), "there is no {} guest {}", cpu.name(), wanted.join(" or "));
    let mut total = Counted::default();
    let mut parts = Vec::new();
    let mut part = |name: String, tally, start: Instant| {
        parts.push(Part { name, tally, time: start.elapsed() });
    };
    let start = Instant::now();
    cpu.provide()?;
    let root = guest::root(cpu)?;
    let kernels = guests.iter().map(|guest| guest.kernel.provide(cpu)).collect::<Result<Vec<_>>>()?;
    part(format!("what {} guests are made of", cpu.name()), None, start);

    let start = Instant::now();
    let tests = guest::build_tests(cpu)?;
    let profile = tests.first().context("there is no test")?.profile();
    let testees = guest::testees(cpu, profile)?;
    let mut files = vec![testees.clone()];
    for test in &tests {
        files.extend(test.surroundings()?);
    }
    part(format!("tests for {}", cpu.name()), None, start);

    for (guest, kernel) in guests.iter().zip(&kernels) {
        let name = format!("{}, uid {}", guest.name, guest.user);
        println!("── {name}");
        let start = Instant::now();
        let job = guest::job(&tests, &[], guest.user, guest.absent, &testees);
        let boot = Boot { cpu, cpus: 2, kernel, root: &root, files: files.clone(), job, seconds: SECONDS };
        let work = tempfile::tempdir().context("make a directory for a guest")?;
        let counted = run_once(boot.command(work.path())?, |_| false)?;
        part(name, Some(counted.tally), start);
        total.add(&counted);
    }
    show(&parts);
    Ok(total)
}
