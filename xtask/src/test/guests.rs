//! The stages `aarch64` and `kernels`: the tests in virtual machines, on another CPU and on kernels old and new.
use super::ledger::Ledger;
use super::run::{Counted, run_once};
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

/// A test for which a guest has no program: a debugger would be most of the root, which lies in memory.
const WITH_A_DEBUGGER: [&str; 1] = ["untraced::gdb_runs_and_stops_a_program_whose_calls_fail"];

/// Tests, or modules of them, that say themselves that they are skipped without the engine `notify`, which the oldest kernel
/// has not: SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV came with Linux 5.19.
const WITH_NOTIFY: [&str; 11] = [
    "blind::a_listener_of_the_programs_own_is_refused_where_havoc_listens_and_told",
    "blind::a_program_that_traces_itself_does_so_where_nobody_is_traced",
    "choice::a_plan_of_entries_needs_no_tracer_and_auto_takes_none",
    "death::nobody_is_left_of_a_program_that_has_mounted_something_over_proc",
    "death::nobody_is_left_of_an_untraced_program_",
    "death::nobody_is_left_when_havoc_is_killed_while_it_starts",
    "engines::",
    "i386::both_engines_do_the_same_to_programs_of_32_bits",
    "stops::who_is_not_traced_",
    "storm::without_a_tracer_",
    "untraced::",
];

/// Tells whether this test may be skipped in this guest.
fn may_skip(guest: &Guest, test: &str) -> bool {
    WITH_A_DEBUGGER.contains(&test)
        || (guest.kernel == Which::Bullseye && WITH_NOTIFY.iter().any(|start| test.starts_with(start)))
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
        let may_skip = |test: &str| may_skip(guest, test);
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
    fn only_what_its_kernel_lacks_may_be_skipped_in_a_guest() {
        let [oldest, newer] = [&X86_64[0], &X86_64[1]];
        let notify = "storm::without_a_tracer_each_call_is_decided_once_in_a_storm_of_signals";
        assert!(may_skip(oldest, notify) && !may_skip(newer, notify));
        assert!(may_skip(oldest, WITH_A_DEBUGGER[0]) && may_skip(newer, WITH_A_DEBUGGER[0]));
        assert!(!may_skip(oldest, "storm::a_tracer_decides_each_call_once"));
    }
}
