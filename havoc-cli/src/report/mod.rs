//! The closing report and the summary, as text.
mod silent;

use crate::exit;
use havoc_engine::kernel::{Ended, LostPrivilege, Privilege};
use havoc_engine::record::escape_name;
use havoc_engine::session::{BlindSpots, Report, RuleReport};
use std::fmt::Write as _;

/// Returns the closing report: what each rule did, what could not be seen, and whose the exit status is.
pub fn closing(report: &Report, strict: bool) -> String {
    let mut lines: Vec<String> = report.rules.iter().flat_map(|rule| rule_lines(report, rule)).collect();
    lines.extend(report.seed.map(|seed| format!("seed {seed} (--seed {seed} repeats its choices)")));
    lines.extend(blind_spots(&report.blind).into_iter().map(|line| format!("not seen: {line}")));
    lines.extend(end(report, strict));
    lines.iter().fold(String::new(), |mut text, line| {
        let _ = writeln!(text, "havoc: {line}");
        text
    })
}

/// Returns what the report says of the rules that never fired, a line each.
pub fn silent(report: &Report) -> Vec<String> {
    let silent: Vec<&RuleReport> =
        report.rules.iter().filter(|rule| !rule.fired() && !rule.uncounted).collect();
    let told = silent
        .iter()
        .take(RULES_ON_CONSOLE)
        .flat_map(|rule| std::iter::once(head(report, rule)).chain(silent::why(report, rule)));
    let more = silent.len().saturating_sub(RULES_ON_CONSOLE);
    let more = (more > 0).then(|| format!("and {} that never fired", plural(more as u64, "rule", "rules")));
    told.chain(more).collect()
}

/// Of so many rules that never fired the console tells everything, where the report is a file.
const RULES_ON_CONSOLE: usize = 8;

/// Tells whether the report holds something that a user who reads only the program's output must be told of.
pub fn needs_attention(report: &Report) -> bool {
    report.rules.iter().any(|rule| !rule.fired() || rule.tally.unverified > 0)
        || !blind_spots(&report.blind).is_empty()
}

fn plural(count: u64, one: &str, many: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {many}") }
}

fn head(report: &Report, rule: &RuleReport) -> String {
    let tally = &rule.tally;
    let mut head = format!("rule {} ({})", rule.name, rule.text);
    let matches = plural(tally.matches, "match", "matches");
    match (rule.fired(), rule.injects) {
        _ if rule.uncounted => return head + ": not counted",
        (true, true) => {
            let _ = write!(head, ": {matches}, {} injected", tally.injected);
        }
        (true, false) => {
            let _ = write!(head, ": {matches}");
        }
        (false, _) => {
            let _ = write!(head, " never fired: {matches}");
        }
    }
    if tally.unverified > 0 {
        let _ = write!(head, ", {} not verified", tally.unverified);
    }
    if !rule.fired()
        && let Some(why) = silent::unpicked(report, rule)
    {
        let _ = write!(head, ", {why}");
    }
    head
}

fn rule_lines(report: &Report, rule: &RuleReport) -> Vec<String> {
    let tally = &rule.tally;
    let mut lines = vec![head(report, rule)];
    if rule.uncounted {
        lines.extend(notes(rule));
        return lines;
    }
    if !rule.fired() {
        lines.extend(silent::why(report, rule));
    }
    if tally.hidden > 0 {
        let calls = plural(tally.hidden, "call", "calls");
        lines.push(format!("  {calls} could not be judged, since what they touch could not be looked up (undumpable tasks hide it, or a file system does not answer)"));
    }
    if tally.unfit > 0 {
        let calls = plural(tally.unfit, "call of a 32-bit program was", "calls of 32-bit programs were");
        lines.push(format!("  {calls} left alone, since the low 32 bits of the value are an error to them"));
    }
    for (reason, count) in &tally.left_alone {
        lines.push(format!("  {} left alone: {reason}", plural(*count, "call", "calls")));
    }
    lines.extend(notes(rule));
    lines
}

/// A note about what a rule does is for one that did it.
fn notes(rule: &RuleReport) -> impl Iterator<Item = String> {
    let of_deeds = rule.notes.iter().filter(|_| rule.fired() || rule.uncounted);
    let notes = rule.vdso.iter().chain(of_deeds).map(|note| format!("  note: {note}"));
    rule.left_out.iter().map(|note| format!("  {note}")).chain(notes)
}

fn blind_spots(blind: &BlindSpots) -> Vec<String> {
    let mut lines = Vec::new();
    for (abi, count) in &blind.unjudged {
        lines.push(format!("{} of ABI {} not judged", plural(*count, "call", "calls"), abi.name()));
    }
    let mut add = |count: u64, one: &str, many: &str| {
        if count > 0 {
            lines.push(plural(count, one, many));
        }
    };
    add(blind.unknown_abi, "call of an unknown ABI", "calls of an unknown ABI");
    add(
        blind.carried,
        "call that a 32-bit program made by socketcall or ipc; a rule reaches it by these names alone",
        "calls that a 32-bit program made by socketcall or ipc; a rule reaches them by these names alone",
    );
    add(
        blind.io_uring_denied,
        "io_uring_setup refused with ENOSYS (--io-uring=allow lets it through, unseen)",
        "io_uring_setup calls refused with ENOSYS (--io-uring=allow lets them through, unseen)",
    );
    add(
        blind.io_uring_seen.made,
        "io_uring instance, whose I/O makes no system calls (--io-uring=deny refuses it)",
        "io_uring instances, whose I/O makes no system calls (--io-uring=deny refuses them)",
    );
    add(
        blind.io_uring_seen.asked,
        "call of io_uring_setup, whose result was not seen; a ring's I/O makes no system calls (--io-uring=deny refuses it)",
        "calls of io_uring_setup, whose results were not seen; a ring's I/O makes no system calls (--io-uring=deny refuses them)",
    );
    add(blind.kernel_aio.made, "context of kernel AIO (io_setup)", "contexts of kernel AIO (io_setup)");
    add(
        blind.kernel_aio.asked,
        "call of io_setup, for kernel AIO, whose result was not seen",
        "calls of io_setup, for kernel AIO, whose results were not seen",
    );
    add(
        blind.own_filters.made,
        "seccomp filter of the program's own; what it forbids never reaches a rule",
        "seccomp filters of the program's own; what they forbid never reaches a rule",
    );
    add(
        blind.own_filters.asked,
        "call that asks for a seccomp filter of the program's own, whose result was not seen; what such a filter forbids never reaches a rule",
        "calls that ask for seccomp filters of the program's own, whose results were not seen; what such a filter forbids never reaches a rule",
    );
    add(
        blind.untraced_clones,
        "CLONE_UNTRACED taken out, so that the child is followed",
        "CLONE_UNTRACED flags taken out, so that the children are followed",
    );
    add(blind.failed_requests, "request that the kernel refused", "requests that the kernel refused");
    for LostPrivilege { program, privilege } in &blind.lost_privileges {
        let lost = match privilege {
            Privilege::SetId => "its set-uid or set-gid bit",
            Privilege::Capabilities => "the capabilities of its file",
        };
        lines.push(format!(
            "{} ran without {lost}, as under any tracer; run havoc as root to keep that",
            escape_name(program)
        ));
    }
    lines.extend(own_calls(blind));
    lines
}

/// Calls of the program's own that want what havoc has: who made the first of them, and what can be done.
fn own_calls(blind: &BlindSpots) -> Vec<String> {
    let kinds = [
        (&blind.tracers_of_havoc, "which havoc refused with EPERM, since it was to trace havoc itself"),
        (&blind.own_tracers, "which fails where havoc traces (--engine notify traces nobody)"),
        (
            &blind.refused_listeners,
            "which fails with EBUSY where havoc listens (--engine ptrace listens to nobody)",
        ),
        (&blind.refused_strict, "which fails with EINVAL since there is a seccomp filter, havoc's"),
        (&blind.own_listeners, "whose filter outranks havoc's: what it asks about never reaches a rule"),
    ];
    let mut lines = Vec::new();
    for (calls, why) in kinds {
        let Some(first) = &calls.first else { continue };
        let process = first.process.map_or_else(String::new, |process| format!(" (pid {process})"));
        let more = match calls.count {
            0 | 1 => String::new(),
            count => format!(", the first of {count} such calls"),
        };
        lines.push(format!("{} of {}{process}{more}, {why}", first.what, escape_name(&first.name)));
    }
    lines
}

/// Returns how the program ended, and if havoc ends otherwise, why and how.
pub fn end(report: &Report, strict: bool) -> Vec<String> {
    let own = exit::of_havoc(report, strict);
    let program = match report.root {
        Some(Ended::Exited(status)) => Some(format!("the program exited with {status}")),
        Some(Ended::Killed { signal, core_dumped }) => Some(format!(
            "the program was killed by {signal}{}",
            if core_dumped { " (core dumped)" } else { "" }
        )),
        None => own.is_none().then(|| "the program was not seen to end".to_owned()),
    };
    let own = own.map(|(status, why)| format!("{why}; status {status} is havoc's"));
    program.into_iter().chain(own).collect()
}

/// Returns the table of `-c` and `-C`.
pub fn summary(report: &Report) -> String {
    let mut text = format!(
        "{:>10} {:>10} {:>10} {:>10} {:>10}  call\n",
        "calls", "errors", "injected", "stops", "stops/call"
    );
    for (name, stats) in &report.calls {
        let per_call = if stats.calls == 0 { 0.0 } else { stats.stops as f64 / stats.calls as f64 };
        let _ = writeln!(
            text,
            "{:>10} {:>10} {:>10} {:>10} {:>10.2}  {name}",
            stats.calls, stats.errors, stats.injected, stats.stops, per_call
        );
    }
    let named: u64 = report.calls.values().map(|stats| stats.stops).sum();
    let _ = writeln!(
        text,
        "{} stops in all: {named} of calls, {} of sentinels, {} of tasks and signals",
        report.stops,
        report.sentinel_stops,
        report.stops.saturating_sub(named + report.sentinel_stops)
    );
    for way in &report.ways {
        let _ = writeln!(text, "{way}");
    }
    if !report.rules.is_empty() {
        let _ = writeln!(text, "{:>10} {:>10} {:>10}  rule", "matches", "injected", "missed");
        for rule in &report.rules {
            let tally = &rule.tally;
            let _ = writeln!(
                text,
                "{:>10} {:>10} {:>10}  {}",
                tally.matches, tally.injected, tally.missed, rule.name
            );
        }
    }
    text
}
