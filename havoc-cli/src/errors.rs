//! `havoc errors`: which errors the manual documents for a call, for those who look for a fault that can really happen.
use havoc_engine::manual::{self, Page, Unknown};
use std::fmt::Write as _;

/// Returns what is documented for these calls, or for all calls a line each if none is named.
///
/// # Errors
/// All names that are no calls; then nothing is told of the others.
pub fn of(calls: &[String]) -> Result<String, Vec<Unknown>> {
    if calls.is_empty() {
        return Ok(index());
    }
    let unknown: Vec<Unknown> = calls.iter().filter_map(|call| manual::check(call).err()).collect();
    if !unknown.is_empty() {
        return Err(unknown);
    }
    Ok(calls.iter().map(|call| told(call)).collect::<Vec<_>>().join("\n"))
}

/// Returns every call with its errors, a line each.
fn index() -> String {
    let calls = manual::all().flat_map(|page| page.calls.iter().map(move |call| (*call, page)));
    let mut calls: Vec<(&str, &Page)> = calls.collect();
    calls.sort_unstable_by_key(|(call, _)| *call);
    let mut text = format!("Errors by call, from {}\n", manual::SOURCE);
    for (call, page) in calls {
        let names: Vec<&str> = page.errors().filter_map(|errno| errno.name()).collect();
        let names = if names.is_empty() { NONE.to_owned() } else { names.join(" ") };
        let _ = writeln!(text, "{call}: {names}");
    }
    text
}

const NONE: &str = "always succeeds";

/// Returns the errors of one call, a line each, below the pages that they stand on.
fn told(call: &str) -> String {
    let Some(page) = manual::errors_of(call) else {
        return format!("{call}: {} documents no errors of it, nor that it has none\n", manual::SOURCE);
    };
    let with = if page.with.is_empty() { String::new() } else { format!(" with {}", page.with.join(", ")) };
    let none = if page.errors().next().is_none() { format!(": {NONE}") } else { String::new() };
    let mut text = format!("{call}: {}{with}, {}{none}\n", page.page, manual::SOURCE);
    for errno in page.errors() {
        let (name, description) = (errno.name().unwrap_or_default(), errno.description().unwrap_or_default());
        let _ = writeln!(text, "  {name:<15} {:>3}  {description}", errno.number());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(calls: &[&str]) -> String {
        let calls: Vec<String> = calls.iter().map(ToString::to_string).collect();
        of(&calls).expect("known calls").replace(manual::SOURCE, "MANUAL")
    }

    #[test]
    fn each_error_has_its_number_and_text_below_the_page() {
        assert_eq!(
            told(&["msync"]),
            "\
msync: msync(2), MANUAL
  EBUSY            16  Device or resource busy
  EINVAL           22  Invalid argument
  ENOMEM           12  Cannot allocate memory
"
        );
    }

    #[test]
    fn several_calls_have_a_block_each_in_their_order() {
        let text = told(&["pread64", "getpid"]);
        assert!(text.starts_with("pread64: pread(2) with lseek(2), read(2), MANUAL\n  EAGAIN "), "{text}");
        assert!(text.ends_with("\n\ngetpid: getpid(2), MANUAL: always succeeds\n"), "{text}");
    }

    #[test]
    fn a_call_without_documented_errors_is_no_mistake() {
        assert_eq!(
            told(&["restart_syscall"]),
            "restart_syscall: MANUAL documents no errors of it, nor that it has none\n"
        );
    }

    #[test]
    fn without_a_call_every_call_has_its_line() {
        let text = told(&[]);
        let (head, lines) = text.split_once('\n').expect("a heading");
        assert_eq!(head, "Errors by call, from MANUAL");
        assert!(lines.lines().is_sorted_by_key(|line| line.split(':').next()));
        assert_eq!(lines.lines().count(), manual::all().map(|page| page.calls.len()).sum::<usize>());
        assert!(lines.contains("\nmsync: EBUSY EINVAL ENOMEM\n"));
        assert!(lines.contains("\nsync: always succeeds\n"));
    }

    #[test]
    fn all_that_is_no_call_is_told_at_once_with_a_suggestion() {
        let calls = ["mysnc", "fsync", "frobnicate", "FSYNC"].map(str::to_owned);
        let unknown: Vec<String> =
            of(&calls).expect_err("no calls").iter().map(ToString::to_string).collect();
        assert_eq!(
            unknown,
            [
                "unknown syscall `mysnc`; did you mean `msync`?",
                "unknown syscall `frobnicate`",
                "unknown syscall `FSYNC`; did you mean `fsync`?"
            ]
        );
    }
}
