//! `testees DIR [c|rust|java]...`: builds the testees, of all languages or some, into DIR, in the form that `HAVOC_TESTEES`
//! reads: for machines without compilers.
#![deny(unsafe_code)]

use havoc_tests::testee::{Language, build_all};
use std::path::PathBuf;
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut words = std::env::args_os().skip(1);
    let directory = words.next().map(PathBuf::from);
    let named: Option<Vec<Language>> = words
        .map(|word| Language::ALL.into_iter().find(|(name, _)| word == *name).map(|(_, language)| language))
        .collect();
    let (Some(directory), Some(mut languages)) = (directory, named) else {
        eprintln!("usage: testees DIR [c|rust|java]...");
        return ExitCode::from(2);
    };
    if languages.is_empty() {
        languages = Language::ALL.map(|(_, language)| language).to_vec();
    }
    for language in languages {
        build_all(language, &directory);
    }
    ExitCode::SUCCESS
}
