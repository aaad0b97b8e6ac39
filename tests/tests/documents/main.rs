//! The examples of README.md and `docs/`, run as a reader would run them.
//!
//! Every block that is fenced as `console` is a case of its own: its commands run one after the other in a fresh
//! directory, and must write what the document shows and end as it says. trycmd does that; what is done here is to
//! cut the documents into cases ([`example`]) and to loosen what differs from run to run ([`loose`]), so that readers see
//! pids and addresses and not wildcards.
#![deny(unsafe_code)]

mod cargo;
mod example;
mod loose;

use example::Example;
use havoc_tests::apart;
use havoc_tests::command;
use havoc_tests::havoc::binary;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::time::Duration;
use trycmd::schema::Bin;

/// What examples may run beside havoc.
const PROGRAMS: &[&str] = &["bash", "cat", "echo", "javac", "ls", "mv", "rm", "sh"];

/// Returns the root of the repository.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ lies in the repository")
}

/// Returns the documents, as paths from the root with their texts.
fn documents() -> Vec<(String, String)> {
    let mut found = vec![PathBuf::from("README.md"), PathBuf::from("CONTRIBUTING.md")];
    let mut directories = vec![PathBuf::from("docs")];
    while let Some(directory) = directories.pop() {
        for entry in fs::read_dir(root().join(&directory)).expect("a directory").flatten() {
            let path = directory.join(entry.file_name());
            if entry.path().is_dir() {
                directories.push(path);
            } else if path.extension() == Some(OsStr::new("md")) {
                found.push(path);
            }
        }
    }
    found.sort();
    let read = |path: PathBuf| {
        let text = fs::read_to_string(root().join(&path)).expect("a readable document");
        (path.to_str().expect("our names are UTF-8").to_owned(), text)
    };
    found.into_iter().map(read).collect()
}

#[test]
fn every_example_does_what_the_document_shows() {
    let documents = documents();
    let examples: Vec<Example> =
        documents.iter().flat_map(|(file, text)| example::examples(file, text)).collect();
    assert!(examples.len() > 20, "where are the examples? {} were found", examples.len());
    let strangers: Vec<String> = examples
        .iter()
        .flat_map(|example| example.strangers(&[PROGRAMS, &["havoc", "cargo"]].concat()))
        .collect();
    assert!(strangers.is_empty(), "not among the programs of this test: {strangers:#?}");

    let directory = tempfile::tempdir().expect("a temporary directory");
    // The names of files in the log have no links in them.
    let directory = directory.path().canonicalize().expect("it exists");
    let cases = directory.join("cases");
    fs::create_dir(&cases).expect("a new directory");
    for example in examples.iter().filter(|example| example.has_commands()) {
        let case = cases.join(example.case_name());
        fs::write(&case, example.case()).expect("write a case");
        // trycmd runs NAME.md in NAME.in.
        furnish(&case.with_extension("in"), example.files());
    }

    let cases_of_trycmd = trycmd::TestCases::new();
    for program in PROGRAMS {
        cases_of_trycmd.register_bin(*program, Bin::Path(on_path(program)));
    }
    cases_of_trycmd.register_bin("havoc", Bin::Path(isolated(&directory)));
    cases_of_trycmd.env("LC_ALL", "C").env("PATH", with_havoc(&directory)).timeout(Duration::from_secs(90));
    cases_of_trycmd.case(cases.join("*.md")).run();
}

/// Returns where a program is. trycmd does not look along PATH.
fn on_path(program: &str) -> PathBuf {
    let directories = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&directories)
        .map(|directory| directory.join(program))
        .find(|file| file.is_file());
    found.unwrap_or_else(|| {
        panic!("no `{program}` on this machine; `cargo xtask setup` installs what the tests need")
    })
}

/// Makes the directory that examples find themselves in; docs/rules.md tells of it.
fn furnish(directory: &Path, files: &[(String, String)]) {
    fs::create_dir(directory).expect("a new directory");
    for (name, text) in files {
        fs::write(directory.join(name), text).expect("write a file");
    }
    fs::write(directory.join("notes.txt"), "one\ntwo\nthree\n").expect("write a file");
    fs::write(directory.join("orders.db"), "order 1\n").expect("write a file");
    symlink("notes.txt", directory.join("latest")).expect("make a link");
    symlink(root().join("testees"), directory.join("testees")).expect("make a link");
}

/// Makes a program that runs havoc in a PID namespace of its own: examples may end what they run.
fn isolated(directory: &Path) -> PathBuf {
    let command = apart::apart(binary());
    let words = [command.get_program()].into_iter().chain(command.get_args());
    let words: Vec<String> =
        words.map(|word| format!("'{}'", word.to_str().expect("our names are UTF-8"))).collect();
    let script = directory.join("havoc");
    fs::write(&script, format!("#!/bin/sh\nexec {} \"$@\"\n", words.join(" "))).expect("write a script");
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).expect("make it a program");
    script
}

/// Returns a PATH that begins with the built havoc, for examples that run `havoc demo --program` under havoc.
fn with_havoc(directory: &Path) -> String {
    let programs = directory.join("bin");
    fs::create_dir(&programs).expect("a new directory");
    symlink(binary(), programs.join("havoc")).expect("make a link");
    format!("{}:{}", programs.display(), std::env::var("PATH").unwrap_or_default())
}

#[test]
fn every_cargo_command_of_the_documents_exists() {
    let mut findings = Vec::new();
    for (file, text) in documents() {
        for (line, command) in cargo::commands(&text) {
            if let Err(what) = command::check(&command) {
                findings.push(format!("{file}:{line}: `{command}`: {what}"));
            }
        }
    }
    assert!(findings.is_empty(), "{}", findings.join("\n"));
}
