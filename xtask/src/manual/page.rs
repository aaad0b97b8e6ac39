//! The pages of a manual: their names, the calls of their synopsis, and their ERRORS.
use super::roff::{self, Line};
use anyhow::{Context, Result, ensure};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// One page.
#[derive(Debug)]
pub struct Page {
    /// `fsync(2)`.
    pub name: String,
    /// What stands at its foot: `Linux man-pages 6.20`.
    pub source: String,
    /// The names of its first section.
    pub functions: BTreeSet<String>,
    /// What its synopsis calls, by name or as `SYS_name`.
    pub called: BTreeSet<String>,
    /// Its section ERRORS, if it has one.
    pub errors: Option<Vec<Line>>,
}

/// The pages below one directory.
#[derive(Debug)]
pub struct Pages {
    /// By their files, links followed.
    pub pages: BTreeMap<PathBuf, Page>,
    /// The files that lead to them, without section: `fdatasync`.
    pub files: BTreeMap<String, PathBuf>,
}

/// Reads a directory such as man2/. Links and `.so` lead to another page, of another section too.
///
/// # Errors
/// When it cannot be read or holds no pages.
pub fn all(directory: &Path) -> Result<Pages> {
    let mut found = Pages { pages: BTreeMap::new(), files: BTreeMap::new() };
    let entries = fs::read_dir(directory).with_context(|| format!("read {}", directory.display()))?;
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    files.sort();
    for file in files {
        let (stem, _) = name_and_section(&file)?;
        let (file, text) = follow(file)?;
        if !found.pages.contains_key(&file) {
            found.pages.insert(file.clone(), page(&file, &text)?);
        }
        found.files.entry(stem).or_insert(file);
    }
    ensure!(!found.pages.is_empty(), "{} holds no pages", directory.display());
    Ok(found)
}

/// Returns the file that this one leads to, and its text.
fn follow(file: PathBuf) -> Result<(PathBuf, String)> {
    let file = file.canonicalize().with_context(|| format!("find {}", file.display()))?;
    let text = text(&file)?;
    let Some(other) = text.strip_prefix(".so ") else { return Ok((file, text)) };
    let other = other.trim();
    let manual = file.parent().and_then(Path::parent).context("a page lies in a section")?;
    let packed = manual.join(format!("{other}.gz"));
    follow(if packed.exists() { packed } else { manual.join(other) })
}

fn text(file: &Path) -> Result<String> {
    let bytes = if file.extension().is_some_and(|extension| extension == "gz") {
        let unpacked = Command::new("gzip").arg("-dc").arg(file).output().context("run gzip")?;
        ensure!(unpacked.status.success(), "gzip cannot read {}", file.display());
        unpacked.stdout
    } else {
        fs::read(file).with_context(|| format!("read {}", file.display()))?
    };
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Takes `fsync.2.gz` apart.
fn name_and_section(file: &Path) -> Result<(String, String)> {
    let name = file.file_name().and_then(|name| name.to_str()).context("a name in UTF-8")?;
    let name = name.strip_suffix(".gz").unwrap_or(name);
    let (stem, section) = name.rsplit_once('.').with_context(|| format!("{name} is no page"))?;
    Ok((stem.to_owned(), section.to_owned()))
}

fn page(file: &Path, text: &str) -> Result<Page> {
    let (stem, section) = name_and_section(file)?;
    let lines = roff::lines(text);
    // .TH title section date source
    let title = text.lines().find(|line| line.starts_with(".TH ")).unwrap_or_default();
    let source =
        title.split('"').rev().find(|piece| piece.starts_with("Linux man-pages")).unwrap_or_default();
    let names = section_of(&lines, "NAME").unwrap_or_default();
    let names = texts(names).join(" ");
    let names = names.split(" - ").next().unwrap_or_default();
    let functions = names.split([',', ' ']).filter(|name| !name.is_empty()).map(str::to_owned).collect();
    let synopsis = texts(section_of(&lines, "SYNOPSIS").unwrap_or_default()).join("\n");
    let errors = section_of(&lines, "ERRORS").map(<[Line]>::to_vec);
    Ok(Page {
        name: format!("{stem}({section})"),
        source: source.to_owned(),
        functions,
        called: called(&synopsis),
        errors,
    })
}

fn section_of<'a>(lines: &'a [Line], heading: &str) -> Option<&'a [Line]> {
    let is_heading = |line: &Line| matches!(line, Line::Request(name, _) if name == "SH");
    let starts = |line: &Line| matches!(line, Line::Request(name, text) if name == "SH" && text == heading);
    let rest = &lines[lines.iter().position(starts)? + 1..];
    Some(&rest[..rest.iter().position(is_heading).unwrap_or(rest.len())])
}

fn texts(lines: &[Line]) -> Vec<&str> {
    let text = lines.iter().filter_map(|line| match line {
        Line::Text(text) => Some(text.as_str()),
        Line::Request(..) => None,
    });
    text.collect()
}

/// Returns the names before an opening parenthesis, and those behind `SYS_`.
fn called(synopsis: &str) -> BTreeSet<String> {
    let is_word = |character: char| character.is_ascii_alphanumeric() || character == '_';
    let mut names = BTreeSet::new();
    for (end, _) in synopsis.match_indices('(') {
        let before = &synopsis[..end];
        names.insert(before[before.trim_end_matches(is_word).len()..].to_owned());
    }
    for (start, prefix) in synopsis.match_indices("SYS_") {
        let behind = &synopsis[start + prefix.len()..];
        names.insert(
            behind[..behind.find(|character| !is_word(character)).unwrap_or(behind.len())].to_owned(),
        );
    }
    names.remove("");
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIG: &str = ".TH dig 2 2026-01-01 \"Linux man-pages 9.1\"\n.SH NAME\ndig, digat \\- dig a hole\n.SH SYNOPSIS\n\
        .BI \"int dig(int \" depth );\n.BI \"int syscall(SYS_digat, int \" fd );\n.SH ERRORS\n.TP\n.B EBUSY\nNo.\n.SH SEE ALSO\n";

    #[test]
    fn a_page_has_names_calls_and_errors() {
        let page = page(Path::new("man2/dig.2"), DIG).unwrap();
        assert_eq!((page.name.as_str(), page.source.as_str()), ("dig(2)", "Linux man-pages 9.1"));
        assert_eq!(Vec::from_iter(page.functions), ["dig", "digat"]);
        assert_eq!(Vec::from_iter(page.called), ["dig", "digat", "syscall"]);
        assert_eq!(page.errors.map(|errors| errors.len()), Some(3));
    }

    #[test]
    fn links_and_references_lead_to_one_page() {
        let manual = tempfile::tempdir().unwrap();
        let directory = manual.path().join("man2");
        fs::create_dir(&directory).unwrap();
        fs::write(directory.join("dig.2"), DIG).unwrap();
        fs::write(directory.join("digat.2"), ".so man2/dig.2\n").unwrap();
        std::os::unix::fs::symlink("dig.2", directory.join("olddig.2")).unwrap();
        let found = all(&directory).unwrap();
        assert_eq!(found.pages.len(), 1);
        assert_eq!(found.files.keys().collect::<Vec<_>>(), ["dig", "digat", "olddig"]);
        assert!(all(manual.path()).is_err(), "it holds a directory and no page");
    }
}
