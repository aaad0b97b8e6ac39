//! docs/strace.md against the table: what it says is shown, and what is shown it says.
use crate::case::Relation;
use crate::table;
use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

/// The sections of the document that a case can show, each a `###` below this heading.
const SHOWN: &str = "## What the program sees otherwise";

fn document() -> String {
    fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/strace.md")).expect("docs/strace.md")
}

#[test]
fn every_option_of_strace_s_help_stands_in_the_document() {
    let help = Command::new("strace").arg("--help").output().expect("strace runs");
    let help = String::from_utf8(help.stdout).expect("strace speaks ASCII");
    let text = document();
    let mut options = 0;
    // Of lines such as `  -o FILE, --output=FILE` the words that begin with a dash.
    for line in help.lines().filter(|line| line.trim_start().starts_with('-')) {
        for word in line.split_whitespace().filter(|word| word.starts_with('-')) {
            let name = word.split(['=', ',', '[']).next().unwrap_or_default();
            // `-qq` is `-q`, and `-tt` is `-t`.
            let name = if name.starts_with("--") { name } else { &name[..2.min(name.len())] };
            assert!(text.contains(&format!("`{name}`")), "{name} of `{line}`");
            options += 1;
        }
    }
    assert!(options > 80, "{options} options");
}

#[test]
fn every_difference_of_the_document_has_a_case_and_every_case_a_difference() {
    let text = document();
    let shown = text.split(SHOWN).nth(1).expect("the section of differences");
    let shown = shown.split("\n## ").next().unwrap_or_default();
    let documented: BTreeSet<&str> = shown.lines().filter_map(|line| line.strip_prefix("### ")).collect();
    let cases = table::all();
    let tabled: BTreeSet<&str> = cases
        .iter()
        .filter_map(|case| match &case.relation {
            Relation::Differ { section, .. } => Some(*section),
            _ => None,
        })
        .collect();
    assert!(documented.len() >= 5, "{documented:?}");
    assert_eq!(documented, tabled);
}
