//! The text of the repository, and what a check finds in it.
use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::Path;
use std::process::Command;

/// Something to mend.
#[derive(Debug, PartialEq, Eq)]
pub struct Finding {
    pub file: String,
    /// From 1.
    pub line: usize,
    pub what: String,
}

impl Finding {
    pub fn new(file: &str, line: usize, what: impl Into<String>) -> Finding {
        Finding { file: file.to_owned(), line, what: what.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}: {}", self.file, self.line, self.what)
    }
}

/// Files by their path from the root of the repository, with `/` between names. Binary files are left out.
pub struct Tree {
    files: BTreeMap<String, String>,
}

impl Tree {
    /// Reads what git tracks, or is about to (not ignored); without git, all but what is built.
    pub fn of_repository() -> Tree {
        let names = tracked(root()).unwrap_or_else(|| walk(root()));
        let read = |name: String| {
            let text = String::from_utf8(fs::read(root().join(&name)).ok()?).ok()?;
            (!text.contains('\0')).then_some((name, text))
        };
        let files: BTreeMap<String, String> = names.into_iter().filter_map(read).collect();
        assert!(
            files.contains_key("tests/tests/tidy/tree.rs"),
            "not the root of havoc: {}",
            root().display()
        );
        Tree { files }
    }

    /// Makes a tree of samples, for the tests of the checks.
    pub fn of(files: &[(&str, &str)]) -> Tree {
        let own = |&(name, text): &(&str, &str)| (name.to_owned(), text.to_owned());
        Tree { files: files.iter().map(own).collect() }
    }

    pub fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().map(|(name, text)| (name.as_str(), text.as_str()))
    }

    pub fn with_extension(&self, extension: &str) -> impl Iterator<Item = (&str, &str)> {
        self.files().filter(move |(name, _)| Path::new(name).extension().is_some_and(|own| own == extension))
    }

    pub fn text(&self, name: &str) -> Option<&str> {
        self.files.get(name).map(String::as_str)
    }

    /// Tells whether this is a file, or a directory with files in it.
    pub fn has(&self, path: &str) -> bool {
        let directory = format!("{}/", path.trim_end_matches('/'));
        self.files.contains_key(path) || self.files().any(|(name, _)| name.starts_with(&directory))
    }
}

pub fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

fn tracked(root: &Path) -> Option<Vec<String>> {
    let arguments = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
    let output = Command::new("git").args(arguments).current_dir(root).output().ok()?;
    let names = String::from_utf8(output.stdout).ok()?;
    let names: Vec<String> = names.split_terminator('\0').map(str::to_owned).collect();
    (output.status.success() && !names.is_empty()).then_some(names)
}

/// Returns the files below `root`, without what git or cargo keep there.
pub fn walk(root: &Path) -> Vec<String> {
    let mut directories = vec![root.to_owned()];
    let mut files = Vec::new();
    while let Some(directory) = directories.pop() {
        let entries = fs::read_dir(&directory).into_iter().flatten().flatten();
        for path in entries.map(|entry| entry.path()) {
            if path.is_symlink() || path.ends_with(".git") || is_built(&path) {
                continue;
            }
            if path.is_dir() {
                directories.push(path);
            } else if let Some(name) = path.strip_prefix(root).ok().and_then(Path::to_str) {
                files.push(name.to_owned());
            }
        }
    }
    files
}

/// Tells whether this is a target directory. cargo tags those that it made itself.
fn is_built(directory: &Path) -> bool {
    directory == root().join("target") || directory.join("CACHEDIR.TAG").exists()
}

#[test]
fn a_walk_finds_what_git_tracks() {
    let walked = walk(root());
    for name in tracked(root()).unwrap_or_default() {
        assert!(walked.contains(&name) || !root().join(&name).is_file(), "{name}");
    }
}

#[test]
fn a_directory_is_there_if_it_has_files() {
    let tree = Tree::of(&[("docs/a.md", "")]);
    assert!(tree.has("docs/a.md") && tree.has("docs") && tree.has("docs/"));
    assert!(!tree.has("doc") && !tree.has("docs/a"));
}

/// Asserts that `check` finds just these lines in these files.
pub fn assert_finds(check: impl Fn(&Tree) -> Vec<Finding>, files: &[(&str, &str)], expected: &[&str]) {
    let found: Vec<String> = check(&Tree::of(files)).iter().map(Finding::to_string).collect();
    assert_eq!(found, expected);
}
