//! What differs from run to run, in the output that a document shows, as wildcards of trycmd.
use regex::Regex;
use std::sync::LazyLock;

/// Pattern and what takes its place; `[..]` stands for anything within a line, `[CWD]` for the example's directory.
const LOOSE: &[(&str, &str)] = &[
    (r"\[pid [0-9]+\]", "[pid [..]]"),
    // strace's text in a file: the pid and blanks up to the sixth column.
    (r"^[0-9]{4}  ", "[..] "),
    (r"\b(si_pid|si_uid)=[0-9]+", "$1=[..]"),
    (r"\bkill\([0-9]+", "kill([..]"),
    (r"0x[0-9a-f]{9,}", "0x[..]"),
    (r"<(pipe|socket):\[[0-9]+\]>", "<$1:[..]>"),
    // The directory that the documents' reader has cloned havoc into.
    (r"[^ ]*/havoc demo --program", "[..]/havoc demo --program"),
    (r"/tmp/havoc-demo-[0-9]+/", "[..]/havoc-demo-[..]/"),
    (r"/home/you/havoc", "[CWD]"),
    ("…", "[..]"),
    // trycmd takes every `\` of the output for a separator of paths.
    (r"\\", "/"),
];

/// Returns a line of output with wildcards for what is not the same everywhere.
pub fn line(line: &str) -> String {
    static PATTERNS: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
        let compiled = LOOSE.iter().map(|(pattern, loose)| (Regex::new(pattern).expect("a pattern"), *loose));
        compiled.collect()
    });
    PATTERNS
        .iter()
        .fold(line.to_owned(), |line, (pattern, loose)| pattern.replace_all(&line, *loose).into_owned())
}

#[cfg(test)]
mod tests {
    use super::line;

    #[test]
    fn ids_addresses_and_places_are_loose_and_nothing_else() {
        for (shown, expected) in [
            (
                "[pid 4711] msync(0x7f1c2a000000</home/you/havoc/a+0x0>, 4096) = 0",
                "[pid [..]] msync(0x[..]<[CWD]/a+0x0>, 4096) = 0",
            ),
            ("4711  fsync(3) = 0", "[..] fsync(3) = 0"),
            ("8 stops in all", "8 stops in all"),
            ("{si_pid=4712, si_uid=1000, si_status=0}", "{si_pid=[..], si_uid=[..], si_status=0}"),
            ("write(1<pipe:[8120]>, 6)", "write(1<pipe:[..]>, 6)"),
            ("</tmp/havoc-demo-4711/orders.bin+0x0>", "<[..]/havoc-demo-[..]/orders.bin+0x0>"),
            ("-- /home/you/havoc/target/release/havoc demo --program", "-- [..]/havoc demo --program"),
            (r#"read(3, "a\n", 2)"#, r#"read(3, "a/n", 2)"#),
            ("… calls (why)", "[..] calls (why)"),
            ("[pid t1] read(3</etc/x>, 0x10) = -1 EIO", "[pid t1] read(3</etc/x>, 0x10) = -1 EIO"),
        ] {
            assert_eq!(line(shown), expected);
        }
    }
}
