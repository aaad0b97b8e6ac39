//! Faults that make no sense, and calls that a rule will hardly see.
use super::{Action, At, Selector};
use crate::class;
use crate::signature::{self, Direction};

const RESTORES: &str =
    "it restores the registers of the interrupted code; a result would overwrite one of them";

/// Calls whose result register means something else than a result. What is written there is written to the interrupted code.
const NO_RESULT: &[(&str, &str)] = &[("rt_sigreturn", RESTORES), ("sigreturn", RESTORES)];

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

/// Calls that have no exit.
const NO_EXIT: &[(&str, &str)] = &[("exit", ENDS), ("exit_group", ENDS)];

/// Calls that user space may answer by itself, vdso(7): what one kernel or another has. clock_getres is answered so as well;
/// getrandom since Linux 6.11. The vDSO of 32-bit programs: arch/x86/entry/vdso/vdso32/vdso32.lds.S.
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
    /// Anything at its exit.
    Exit,
    /// Telling by the file.
    Files,
    /// Telling by the socket.
    Sockets,
    /// Coming short.
    Short,
    /// Corrupting its data.
    Corrupt,
    /// Looking at, changing, or writing through an argument that it does not have.
    Argument(usize),
}

/// Returns why a rule makes no sense on `name`, or `None` if it does.
pub(super) fn of(
    name: &str,
    action: &Action,
    selectors: &[Selector],
    touches_files: fn(&str) -> bool,
) -> Option<Refusal> {
    of_action(name, action).or_else(|| of_selectors(name, selectors, touches_files)).or_else(|| {
        let used = selectors.iter().filter_map(|selector| match selector {
            Selector::Argument(index, _) => Some(*index),
            _ => None,
        });
        let pokes = action.poke_enter.iter().chain(&action.poke_exit).map(|poke| poke.index);
        let changed = action.arguments.iter().map(|assignment| assignment.index);
        let signature = signature::of(name)?;
        let missing = used.chain(pokes).chain(changed).find(|index| *index >= signature.arguments.len())?;
        Some(Refusal { what: Refused::Argument(missing), reason: "it has fewer" })
    })
}

fn of_action(name: &str, action: &Action) -> Option<Refusal> {
    let listed = |table: &[(&str, &'static str)], what| {
        let (_, reason) = table.iter().find(|(listed, _)| *listed == name)?;
        Some(Refusal { what, reason })
    };
    if action.gives.is_some() || action.syscall.is_some() {
        let refusal = listed(NO_RESULT, Refused::Result);
        if refusal.is_some() {
            return refusal;
        }
    }
    if action.gives.is_some() && action.at == At::After {
        let refusal = listed(NOT_AFTER, Refused::After);
        if refusal.is_some() {
            return refusal;
        }
    }
    if action.kill && action.at == At::After || !action.poke_exit.is_empty() || action.delay_exit.is_some() {
        let refusal = listed(NO_EXIT, Refused::Exit);
        if refusal.is_some() {
            return refusal;
        }
    }
    if !action.poke_exit.is_empty() && matches!(name, "execve" | "execveat") {
        return Some(Refusal { what: Refused::Exit, reason: EXECS });
    }
    let transfer = signature::transfer(name);
    if action.short.is_some() && transfer.is_none() {
        return Some(Refusal {
            what: Refused::Short,
            reason: "it moves no data of which less could be moved",
        });
    }
    let has_buffer = transfer.is_some_and(|transfer| transfer.direction != Direction::Within);
    if action.corrupt.is_some() && !has_buffer {
        return Some(Refusal {
            what: Refused::Corrupt,
            reason: "no data of it lies in the program's memory",
        });
    }
    None
}

fn of_selectors(name: &str, selectors: &[Selector], touches_files: fn(&str) -> bool) -> Option<Refusal> {
    let by_file = selectors
        .iter()
        .any(|selector| matches!(selector, Selector::Name(name, ..) if name.is_of_touched_file()));
    if by_file && !touches_files(name) {
        return Some(Refusal { what: Refused::Files, reason: "it touches no file" });
    }
    let by_socket = selectors.iter().any(|selector| matches!(selector, Selector::Socket(..)));
    if by_socket && !signature::touches_sockets(name) {
        return Some(Refusal { what: Refused::Sockets, reason: "it touches no socket" });
    }
    if selectors.iter().any(Selector::is_late)
        && let Some((_, reason)) = NO_EXIT.iter().find(|(listed, _)| *listed == name)
    {
        return Some(Refusal { what: Refused::Exit, reason });
    }
    None
}

/// Returns those of `names` that the vDSO may answer, as a note for the report: `has` says which it has a function for. A
/// program need not ask it; most do not ask it for getrandom.
pub(super) fn vdso_note<'a>(
    names: impl Iterator<Item = &'a str>,
    has: impl Fn(&str) -> bool,
) -> Option<String> {
    let mut answered: Vec<&str> = names.filter(|name| VDSO.contains(name) && has(name)).collect();
    answered.sort_unstable();
    answered.dedup();
    (!answered.is_empty())
        .then(|| format!("the vDSO may answer calls of {}; those are never seen", answered.join(", ")))
}

/// Tells whether a call may be executed in another's stead: it has no arguments and changes nothing, so that what lies in
/// the argument registers does no harm.
pub(super) fn is_harmless(name: &str) -> bool {
    class::of("pure").is_some_and(|pure| pure.contains(name))
}

/// Returns what a rule that only the exit can judge would have to do before; `None` if it all can wait.
pub(super) fn too_early(action: &Action) -> Option<&'static str> {
    [
        (action.gives.is_some() && action.at == At::Instead, "a result without `after`"),
        (action.kill && action.at == At::Instead, "`kill` without `after`"),
        (action.short.is_some(), "`short`"),
        (!action.arguments.is_empty(), "`argN:=`"),
        (action.syscall.is_some(), "`syscall`"),
        (!action.poke_enter.is_empty(), "`poke_enter`"),
        (action.delay_enter.is_some(), "`delay_enter`"),
        (action.uncounted, "`uncounted`"),
    ]
    .into_iter()
    .find_map(|(is_there, what)| is_there.then_some(what))
}
