//! The stages `aarch64` and `kernels`: the tests in virtual machines, on another CPU and on kernels old and new.
use super::ledger::Ledger;
use super::run::{Counted, run_once};
use super::skips::{Lack, may_skip};
use crate::guest::{self, Boot, Cpu, Setting, Which};
use anyhow::{Context, Result, ensure};

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
    [guest("aarch64-6.1", Which::Bookworm, 0, ""), guest("aarch64-newest", Which::Newest, 1000, "")];

/// Without either, and with both as if there were neither.
pub const X86_64: [Guest; 3] = [
    guest("x86_64-5.10", Which::Bullseye, 0, ""),
    guest("x86_64-6.1", Which::Bookworm, 1000, ""),
    guest("x86_64-newest-absent", Which::Newest, 0, "procmap-query process-vm pidfd-getfd set-syscall-info"),
];

/// Returns the names of these guests.
pub fn names(guests: &[Guest]) -> Vec<&'static str> {
    guests.iter().map(|guest| guest.setting.name).collect()
}

/// Tells whether one of the stages has a guest of this name.
pub fn exists(name: &str) -> bool {
    AARCH64.iter().chain(&X86_64).any(|guest| guest.setting.name == name)
}

impl Guest {
    /// Returns what it lacks that some tests need.
    fn lacks(&self) -> Vec<Lack> {
        let mut lacks = vec![Lack::Debugger, Lack::Serving];
        if self.kernel == Which::Bullseye {
            lacks.push(Lack::Notify);
        }
        if self.setting.user != 0 {
            lacks.push(Lack::Root);
        }
        lacks
    }
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
    let mut ledger = Ledger::default();
    let (root, kernels) = ledger.prepare(&format!("parts of {} guests", cpu.name()), || {
        cpu.provide()?;
        let kernels = guests.iter().map(|guest| guest.kernel.provide(cpu)).collect::<Result<Vec<_>>>()?;
        Ok((guest::root(cpu)?, kernels))
    })?;
    let work = tempfile::tempdir().context("make a directory for what is tested")?;
    let files = work.path().join("files.cpio");
    let (tests, testees) = ledger.prepare(&format!("tests for {}", cpu.name()), || {
        let tests = guest::build_tests(cpu)?;
        let testees = guest::testees(cpu, tests.first().context("there is no test")?.profile())?;
        guest::pack(&tests, testees.path(), &files)?;
        Ok((tests, testees))
    })?;
    for (guest, kernel) in guests.iter().zip(&kernels) {
        let Setting { name, user, .. } = guest.setting;
        let job = guest::job(&tests, &[], &guest.setting, testees.path());
        let boot = Boot { cpu, cpus: 2, kernel, root: &root, files: &files, job, seconds: SECONDS };
        let may_skip = |test: &str| may_skip(test, &guest.lacks());
        ledger.run(&format!("{name}, uid {user}"), || Ok(Counted::or_failure(run_in(&boot, may_skip))))?;
    }
    Ok(ledger.close())
}

fn run_in(boot: &Boot, may_skip: impl Fn(&str) -> bool) -> Result<Counted> {
    let work = tempfile::tempdir().context("make a directory for a guest")?;
    let counted = run_once(boot.command(work.path())?, may_skip)?;
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

    #[test]
    fn a_guest_lacks_what_its_kernel_and_its_user_do() {
        let [oldest, newer] = [&X86_64[0], &X86_64[1]];
        assert_eq!(oldest.lacks(), [Lack::Debugger, Lack::Serving, Lack::Notify]);
        assert_eq!(newer.lacks(), [Lack::Debugger, Lack::Serving, Lack::Root]);
    }
}
