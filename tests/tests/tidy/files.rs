//! Files as such: how long they are, what they must not name, which must not be there.
use crate::tree::{self, Finding, Tree};
use std::path::Path;

const LONGEST: usize = 500;
const LONGEST_TABLE: usize = 900;
const TABLES: &str = "havoc-engine/src/signature/";

/// Rust files that hold more than one idea.
pub fn too_long(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (file, text) in tree.with_extension("rs") {
        let limit = if file.starts_with(TABLES) { LONGEST_TABLE } else { LONGEST };
        let length = text.lines().count();
        if length > limit {
            let what = format!("{length} lines, {limit} are the most: which ideas are in it?");
            findings.push(Finding::new(file, length, what));
        }
    }
    findings
}

/// Snapshots below `root` that nobody has accepted yet. git ignores them, so they are looked for on the disk.
pub fn unreviewed(root: &Path) -> Vec<Finding> {
    let files = tree::walk(root).into_iter().filter(|file| file.ends_with(".snap.new"));
    files
        .map(|file| Finding::new(&file, 1, "read it, then accept or delete it (`cargo insta review`)"))
        .collect()
}

/// Directories that exist on one machine only. In pieces, so that this file does not name them.
const PRIVATE: [&str; 3] = [concat!("/wo", "rk/"), concat!("/ro", "ot/"), concat!("/tmp", "/w/")];

/// Absolute paths of a developer's machine.
pub fn private_paths(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (file, text) in tree.files() {
        for (index, line) in text.lines().enumerate() {
            for private in PRIVATE.into_iter().filter(|private| names(line, private)) {
                findings.push(Finding::new(
                    file,
                    index + 1,
                    format!("names {private}, a place on one machine"),
                ));
            }
        }
    }
    findings
}

/// Tells whether `line` names `directory` as an absolute path, not as the end of another (`/proc/TID/root/`).
fn names(line: &str, directory: &str) -> bool {
    let goes_on = |before: char| before.is_alphanumeric() || "_-.*~)]}>/".contains(before);
    line.match_indices(directory).any(|(start, _)| !line[..start].ends_with(goes_on))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::assert_finds;

    #[test]
    fn a_file_of_too_many_ideas_is_found() {
        let long = "\n".repeat(LONGEST + 1);
        let longer = "\n".repeat(LONGEST_TABLE + 1);
        let expected = ["a/src/a.rs:501: 501 lines, 500 are the most: which ideas are in it?"];
        assert_finds(
            too_long,
            &[("a/src/a.rs", &long), ("havoc-engine/src/signature/file.rs", &long)],
            &expected,
        );
        assert_finds(too_long, &[("a/src/a.rs", &long[1..])], &[]);
        let expected =
            ["havoc-engine/src/signature/a.rs:901: 901 lines, 900 are the most: which ideas are in it?"];
        assert_finds(too_long, &[("havoc-engine/src/signature/a.rs", &longer)], &expected);
    }

    #[test]
    fn a_snapshot_that_nobody_read_is_found() {
        let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("unreviewed");
        std::fs::create_dir_all(directory.join("snapshots")).unwrap();
        std::fs::write(directory.join("snapshots/a.snap.new"), "").unwrap();
        std::fs::write(directory.join("snapshots/b.snap"), "").unwrap();
        let found: Vec<String> = unreviewed(&directory).into_iter().map(|finding| finding.file).collect();
        std::fs::remove_dir_all(&directory).unwrap();
        assert_eq!(found, ["snapshots/a.snap.new"]);
    }

    #[test]
    fn a_private_path_is_found_wherever_it_begins() {
        for private in PRIVATE {
            for before in ["", "see ", "\"", "(", "=", "file:"] {
                let text = format!("fine\n{before}{private}a\n");
                let expected = format!("a.md:2: names {private}, a place on one machine");
                assert_finds(private_paths, &[("a.md", &text)], &[&expected]);
            }
            for before in ["/proc/4711", "/proc/{tid}", "**", "."] {
                assert_finds(private_paths, &[("a.md", &format!("{before}{private}a\n"))], &[]);
            }
        }
    }
}
