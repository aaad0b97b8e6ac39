//! What of two logs in strace's text must be the same.
use crate::case::Case;
use regex::Regex;

/// Of a line, what is not the same in two runs, and what is written for it. What havoc does not show of a signal is left out.
const LOOSE: [(&str, &str); 6] = [
    (r"^\d\d:\d\d:\d\d(\.\d+)? ", "<time> "),
    (r"^\d{10}(\.\d+)? ", "<time> "),
    (r" <\d+\.\d+>$", " <took>"),
    (r", si_[us]time=\d+", ""),
    (r"/tmp/[^/>]*/", "<dir>/"),
    (r"0x[0-9a-f]{8,}", "<address>"),
];

/// Returns the lines that must be the same: all, if `trace=` says which there are, else those that tell of tampering, signals
/// and ends. Tasks come one after the other, by the order of their first lines, and are numbered by it.
pub fn compared(case: &Case, log: &str) -> Vec<String> {
    let is_narrow = ["trace=", "-P"].iter().any(|option| case.options.contains(option));
    let is_told = |line: &&str| {
        is_narrow || ["(INJECTED", "(DELAYED", "--- ", "+++ "].iter().any(|word| line.contains(word))
    };
    let task = Regex::new(r"^(\d{1,7}) +").expect("an expression");
    let loose = LOOSE.map(|(from, to)| (Regex::new(from).expect("an expression"), to));
    let mut tasks: Vec<String> = Vec::new();
    let mut lines: Vec<(usize, String)> = Vec::new();
    for line in log.lines().filter(is_told) {
        let (pid, rest) = match task.captures(line) {
            Some(found) => (found[1].to_owned(), &line[found[0].len()..]),
            None => (String::new(), line),
        };
        let number = tasks.iter().position(|known| *known == pid).unwrap_or_else(|| {
            tasks.push(pid);
            tasks.len() - 1
        });
        let rest =
            loose.iter().fold(rest.to_owned(), |rest, (from, to)| from.replace_all(&rest, *to).into_owned());
        lines.push((number, rest));
    }
    for (_, line) in &mut lines {
        for (number, pid) in tasks.iter().enumerate().filter(|(_, pid)| !pid.is_empty()) {
            *line = line.replace(&format!("pid={pid}"), &format!("pid=<{number}>"));
        }
    }
    lines.sort_by_key(|(number, _)| *number);
    lines.into_iter().map(|(number, line)| format!("<{number}> {line}")).collect()
}
