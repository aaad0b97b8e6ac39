//! The stages `aarch64` and `kernels`: the tests in virtual machines, on another CPU and on kernels old and new.
use super::run::{Counted, run_once};
use super::{Part, show};
use crate::guest::{self, Boot, Cpu, Setting, Which};
use anyhow::{Context, Result, ensure};
use std::time::Instant;

/// One guest's share of a stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Guest {
    kernel: Which,
    setting: Setting<'static>,
}

const fn guest(name: &'static str, kernel: Which, user: u32, absent: &'static str) -> Guest {
    Guest { kernel, setting: Setting { name, user, absent } }
}

/// Without PTRACE_SET_SYSCALL_INFO and PROCMAP_QUERY, and with both.
pub const AARCH64: [Guest; 2] =
    [guest("aarch64-6.1", Which::Of("bookworm"), 0, ""), guest("aarch64-newest", Which::Newest, 1000, "")];

/// Without either, and with both as if there were neither.
pub const X86_64: [Guest; 3] = [
    guest("x86_64-5.10", Which::Of("bullseye"), 0, ""),
    guest("x86_64-6.1", Which::Of("bookworm"), 1000, ""),
    guest("x86_64-newest-absent", Which::Newest, 0, "procmap-query process-vm set-syscall-info"),
];

/// Tells whether one of the stages has a guest of this name.
pub fn exists(name: &str) -> bool {
    AARCH64.iter().chain(&X86_64).any(|guest| guest.setting.name == name)
}

/// Emulation takes an instruction for twenty, and these machines are slow at times.
const SECONDS: u32 = 1800;

/// Sets up, builds and runs the tests in each guest, or in those that are `wanted` by name. What fails before its tests could
/// run counts as one failure.
///
/// # Errors
/// When something that all guests need is not to be had.
pub fn run(cpu: Cpu, guests: &[Guest], wanted: &[String]) -> Result<Counted> {
    let is_wanted =
        |guest: &&Guest| wanted.is_empty() || wanted.iter().any(|name| name == guest.setting.name);
    let guests: Vec<Guest> = guests.iter().filter(is_wanted).copied().collect();
    ensure!(!guests.is_empty(), "there is no {} guest {}", cpu.name(), wanted.join(" or "));
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
    let mut files = vec![testees.path().to_owned()];
    for test in &tests {
        files.extend(test.surroundings()?);
    }
    part(format!("tests for {}", cpu.name()), None, start);

    let mut total = Counted::default();
    for (guest, kernel) in guests.iter().zip(&kernels) {
        let Setting { name, user, .. } = guest.setting;
        println!("── {name}, uid {user}");
        let start = Instant::now();
        let job = guest::job(&tests, &[], &guest.setting, testees.path());
        let boot = Boot { cpu, cpus: 2, kernel, root: &root, files: files.clone(), job, seconds: SECONDS };
        let counted = run_in(&boot).unwrap_or_else(|error| {
            eprintln!("error: {name}: {error:#}");
            Counted::failure()
        });
        part(format!("{name}, uid {user}"), Some(counted.tally), start);
        total.add(&counted);
    }
    show(&parts);
    Ok(total)
}

fn run_in(boot: &Boot) -> Result<Counted> {
    let work = tempfile::tempdir().context("make a directory for a guest")?;
    let counted = run_once(boot.command(work.path())?, |_| false)?;
    ensure!(counted.tally.passed + counted.tally.failed > 0, "no test has run");
    Ok(counted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guest_is_known_by_its_name() {
        assert!(exists("aarch64-6.1") && exists("x86_64-5.10"));
        assert!(!exists("6.1"));
    }
}
