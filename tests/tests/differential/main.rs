//! The same expressions given to strace and to havoc, on the same program: it must see the same.
//!
//! The oracle is strace without `--seccomp-bpf`, which would lose `signal=`. strace's log tells how many calls it tampered
//! with, so that no case passes because nothing happened. Where havoc is meant to be different, a case names the section of
//! docs/strace.md that says so, and what either side comes to.
#![deny(unsafe_code)]

mod case;
mod document;
mod log;
mod run;
mod table;

use case::{Case, Relation};
use havoc_tests::outside;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Runs cases in as many threads as there are processors, and tells all that went wrong. Where every instruction is emulated
/// they would take a quarter of an hour: there it is every fifth.
fn check(cases: &[Case]) {
    let every = if outside::is_emulated() { 5 } else { 1 };
    let cases: Vec<&Case> = cases.iter().step_by(every).collect();
    let next = AtomicUsize::new(0);
    let wrong = Mutex::new(Vec::new());
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Err(what) = run::check(case) {
                        wrong.lock().expect("nobody panics with it").push(what);
                    }
                }
            });
        }
    });
    let wrong = wrong.into_inner().expect("nobody panicked with it");
    assert!(wrong.is_empty(), "{} of {} cases:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

#[test]
fn errors_and_results_are_those_of_strace() {
    check(&table::results());
}

#[test]
fn every_form_of_when_picks_the_calls_that_strace_picks() {
    check(&table::whens());
}

#[test]
fn signals_delays_and_pokes_are_those_of_strace() {
    check(&table::effects());
}

#[test]
fn sets_and_their_overlaps_mean_what_they_mean_to_strace() {
    check(&table::sets());
}

#[test]
fn processes_and_threads_are_told_apart_as_by_strace() {
    check(&table::tasks());
}

#[test]
fn command_lines_of_scripts_run_unchanged_and_their_logs_say_the_same() {
    assert!(table::scripts().len() >= 30);
    check(&table::scripts());
}

#[test]
fn what_strace_refuses_is_refused() {
    check(&table::refused());
}

#[test]
fn what_is_meant_to_be_different_is() {
    check(&table::different());
}

/// Acceptance asks for at least 150 cases that tamper with something.
#[test]
fn the_table_is_large_and_no_case_is_there_twice() {
    let cases = table::all();
    let tampering = cases.iter().filter(|case| !matches!(case.relation, Relation::BothRefuse));
    assert!(tampering.count() >= 150);
    let mut seen: Vec<_> = cases.iter().map(|case| (&case.options, &case.steps)).collect();
    seen.sort();
    let twice: Vec<_> = seen.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]).collect();
    assert!(twice.is_empty(), "{twice:?}");
}

#[test]
fn a_case_in_which_strace_tampers_with_nothing_would_fail() {
    let case = Case::same("-e inject=fsync:error=EIO", "getuid", 0);
    let told = run::check(&case).expect_err("nothing is faulted");
    assert!(told.contains("tampered with nothing"), "{told}");
}
