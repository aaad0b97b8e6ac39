//! What the house promises about its own text: directions, words that a room never says, sizes, paths that exist.
//!
//! Each check is a function from a [`tree::Tree`] to findings, and stands beside tests that show it a bad sample: a
//! check that cannot fail does not exist.
#![deny(unsafe_code)]

mod architectures;
mod dependencies;
mod documents;
mod files;
mod tokens;
mod tree;
mod unsafety;
mod words;

use tree::{Finding, Tree};

/// Fails with every finding of `check` in this repository.
fn assert_none(check: impl Fn(&Tree) -> Vec<Finding>) {
    let findings = check(&Tree::of_repository());
    let lines: Vec<String> = findings.iter().map(Finding::to_string).collect();
    assert!(lines.is_empty(), "{} to mend:\n{}", lines.len(), lines.join("\n"));
}

#[test]
fn crates_depend_in_one_direction_only() {
    assert_none(dependencies::direction);
}

#[test]
fn each_crate_shuns_the_dependencies_that_belong_to_another() {
    assert_none(dependencies::shunned);
}

#[test]
fn each_crate_shuns_the_words_that_belong_to_another() {
    assert_none(words::shunned);
}

#[test]
fn every_ignored_test_and_every_allowed_lint_has_its_reason() {
    assert_none(words::without_reason);
}

#[test]
fn unsafe_code_is_only_where_the_kernel_is_called() {
    assert_none(unsafety::elsewhere);
}

#[test]
fn every_crate_root_denies_unsafe_code() {
    assert_none(unsafety::undenied);
}

#[test]
fn every_unsafe_block_has_its_proof() {
    assert_none(unsafety::unproved);
}

#[test]
fn no_file_is_longer_than_one_idea() {
    assert_none(files::too_long);
}

#[test]
fn no_snapshot_waits_for_its_review() {
    assert_none(|_| files::unreviewed(tree::root()));
}

#[test]
fn no_file_names_a_place_on_somebodys_machine() {
    assert_none(files::private_paths);
}

#[test]
fn every_path_that_a_document_names_exists() {
    assert_none(documents::missing_paths);
}

#[test]
fn every_abi_and_architecture_stands_in_every_place_that_the_howto_names() {
    assert_none(architectures::missing);
}

#[test]
fn the_howto_names_every_place_that_tells_abis_apart() {
    assert_none(architectures::unnamed);
}
