//! `cargo xtask manual`: the errors that the Linux man-pages document for each call, as the table that
//! havoc-engine/src/manual/ looks them up in. Facts only: names of calls, pages and errors.
mod hand;
mod page;
mod roff;
mod section;
mod table;

use anyhow::{Context, Result, ensure};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use table::{Known, Manual, Row};

/// Where the table goes.
const TABLE: &str = "havoc-engine/src/manual/table.rs";

/// What `cargo xtask manual` is given.
#[derive(clap::Args)]
pub struct Options {
    /// The directory of section 2, with pages as they are installed (`man2/fsync.2.gz`, links) or as they are released
    #[arg(value_name = "DIR")]
    directory: PathBuf,
}

/// Writes the table anew.
///
/// # Errors
/// When the pages cannot be read, or are not those that the tables made by hand were made for.
pub fn run(options: &Options) -> Result<()> {
    let pages = page::all(&options.directory)?;
    let sources: BTreeSet<&str> = pages.pages.values().map(|page| page.source.as_str()).collect();
    let source =
        sources.iter().find(|source| !source.is_empty()).context("no page says what release it is of")?;
    ensure!(
        sources.iter().all(|other| other.is_empty() || other == source),
        "pages of several releases: {sources:?}"
    );
    let known = known();
    let table = Manual::new(&pages, &known).table()?;
    let silent: Vec<&str> = known.calls.iter().copied().filter(|call| !table.contains_key(call)).collect();
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name(TABLE);
    fs::write(&file, written(source, &table)).with_context(|| format!("write {}", file.display()))?;
    println!("{source}: errors of {} calls; it says nothing about {}", table.len(), silent.join(" "));
    Ok(())
}

/// Returns the names of calls and errors, as the `syscalls` crate has them.
fn known() -> Known {
    let calls = (0..1024).flat_map(|number| {
        [
            syscalls::x86_64::Sysno::new(number).map(|call| call.name()),
            syscalls::aarch64::Sysno::new(number).map(|call| call.name()),
            syscalls::x86::Sysno::new(number).map(|call| call.name()),
        ]
    });
    let errors = (1..=133).filter_map(|number| syscalls::Errno::new(number).name());
    let second = [("EWOULDBLOCK", "EAGAIN"), ("EDEADLOCK", "EDEADLK"), ("ENOTSUP", "EOPNOTSUPP")];
    Known {
        // The crate's `fstatat` is in no kernel header, and it cannot write `break`, a keyword, as it is.
        calls: calls
            .flatten()
            .filter(|call| *call != "fstatat" && !call.contains('#'))
            .chain(["break"])
            .collect(),
        errors: errors.map(|error| (error, error)).chain(second).collect(),
    }
}

/// Returns the table as Rust: calls that are told the same on the same pages share a row.
fn written(source: &str, table: &BTreeMap<&'static str, Row>) -> String {
    let mut rows: BTreeMap<&Row, Vec<&str>> = BTreeMap::new();
    for (call, row) in table {
        rows.entry(row).or_default().push(call);
    }
    let mut rows: Vec<(&Row, Vec<&str>)> = rows.into_iter().collect();
    rows.sort_by(|(_, one), (_, other)| one.cmp(other));
    let mut text = format!(
        "//! The errors that {source} document for each call: names alone. Made by `cargo xtask manual`, which\n\
         //! xtask/src/manual/ holds; do not edit.\nuse super::Page;\n\n\
         pub(super) const SOURCE: &str = \"{source}\";\n\n\
         // A row a line: rustfmt would make thousands of them.\n#[rustfmt::skip]\npub(super) const PAGES: &[Page] = &[\n"
    );
    for (row, calls) in rows {
        let with = family(&row.with);
        let _ = writeln!(
            text,
            "    Page {{ calls: &{calls:?}, page: {:?}, with: &{with:?}, errors: &{:?} }},",
            row.page,
            Vec::from_iter(&row.errors)
        );
    }
    text + "];\n"
}

/// Shortens the names of pages: those in section 2const to one with a star, for what they have in common.
fn family(pages: &BTreeSet<String>) -> Vec<String> {
    const CONSTANTS: &str = "(2const)";
    let (constants, mut others): (Vec<&String>, Vec<String>) = (
        pages.iter().filter(|page| page.ends_with(CONSTANTS)).collect(),
        pages.iter().filter(|page| !page.ends_with(CONSTANTS)).cloned().collect(),
    );
    if constants.len() < 2 {
        others.extend(constants.into_iter().cloned());
        return others;
    }
    let prefix = |name: &str| name.split_once('_').map(|(prefix, _)| format!("{prefix}_"));
    let first = prefix(constants[0]);
    let shared = constants.iter().all(|page| prefix(page) == first);
    others.push(format!("{}*{CONSTANTS}", first.filter(|_| shared).unwrap_or_default()));
    others
}
