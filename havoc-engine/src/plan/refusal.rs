//! Faults that make no sense, and calls that a rule will hardly see.
use super::{Action, At, Selector};

/// Calls whose result register means something else than a result.
const NO_RESULT: &[(&str, &str)] = &[("rt_sigreturn", RESTORES), ("sigreturn", RESTORES)];

const RESTORES: &str =
    "it restores the registers of the interrupted code; a result would overwrite one of them";

const SPAWNS: &str = "the child would run although its creator is told that there is none";
const EXECS: &str = "once it has succeeded, the program that called is gone";
const ENDS: &str = "it never returns";
const MAPS: &str = "the address space would not be as the program is told";

/// Calls whose effect leaves nobody, or nothing sound, to give another result to.
const NOT_AFTER: &[(&str, &str)] = &[
    ("exit", ENDS),
    ("exit_group", ENDS),
    ("execve", EXECS),
    ("execveat", EXECS),
    ("fork", SPAWNS),
    ("vfork", SPAWNS),
    ("clone", SPAWNS),
    ("clone3", SPAWNS),
    ("mmap", MAPS),
    ("mmap2", MAPS),
    ("brk", MAPS),
];

/// Calls that user space mostly answers by itself, vdso(7). clock_getres is answered so as well; getrandom since
/// Linux 6.11. The vDSO of 32-bit programs: arch/x86/entry/vdso/vdso32/vdso32.lds.S.
const VDSO: &[&str] = &[
    "clock_getres",
    "clock_getres_time64",
    "clock_gettime",
    "clock_gettime64",
    "getcpu",
    "getrandom",
    "gettimeofday",
    "time",
];

/// Why a rule makes no sense on a call, and which part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    /// What cannot be: "`after` on execve".
    pub what: Refused,
    /// Why, as a clause.
    pub reason: &'static str,
}

/// What cannot be done to a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// Any result of ours.
    Result,
    /// A result of ours after its own.
    After,
    /// Telling by the file.
    Files,
}

/// Returns why a rule with `action` and `selectors` makes no sense on `name`, or `None` if it does.
pub(super) fn of(
    name: &str,
    action: &Action,
    selectors: &[Selector],
    touches_files: fn(&str) -> bool,
) -> Option<Refusal> {
    let reason_in = |table: &[(&str, &'static str)]| {
        table.iter().find(|(listed, _)| *listed == name).map(|(_, reason)| *reason)
    };
    if action.outcome.is_some() {
        if let Some(reason) = reason_in(NO_RESULT) {
            return Some(Refusal { what: Refused::Result, reason });
        }
        if action.at == At::After
            && let Some(reason) = reason_in(NOT_AFTER)
        {
            return Some(Refusal { what: Refused::After, reason });
        }
    }
    let by_file = selectors.iter().any(|selector| match selector {
        Selector::Path(..) | Selector::Mapped(..) => true,
        Selector::Descriptor(..) => false,
    });
    (by_file && !touches_files(name))
        .then_some(Refusal { what: Refused::Files, reason: "it touches no file" })
}

/// Returns those of `names` that the vDSO answers mostly, as a note for the report.
pub(super) fn vdso_note<'a>(names: impl Iterator<Item = &'a str>) -> Option<String> {
    let mut answered: Vec<&str> = names.filter(|name| VDSO.contains(name)).collect();
    answered.sort_unstable();
    answered.dedup();
    (!answered.is_empty())
        .then(|| format!("the vDSO answers most calls of {}; they are never seen", answered.join(", ")))
}
