//! A path pattern in the first line, a file's name in the rest: nothing panics, and the laws of docs/rules.md hold.
#![no_main]
#![deny(unsafe_code)]

use havoc_engine::plan::PathPattern;
use havoc_fuzz::lines::parts;
use libfuzzer_sys::{Corpus, fuzz_target};
use std::path::Path;

/// Longest name, PATH_MAX of include/uapi/linux/limits.h.
const LONGEST: usize = 4096;

fuzz_target!(|input: &[u8]| -> Corpus {
    let [text, name] = parts(input);
    let Ok(text) = std::str::from_utf8(text) else { return Corpus::Reject };
    if name.len() > LONGEST {
        return Corpus::Reject;
    }
    if let Ok(pattern) = PathPattern::new(text, Path::new("/srv/data")) {
        any_pattern(text, &pattern, name);
    }
    if let Ok(name) = std::str::from_utf8(name) {
        itself(name);
    }
    Corpus::Keep
});

fn any_pattern(text: &str, pattern: &PathPattern, name: &[u8]) {
    let elsewhere = PathPattern::new(text, Path::new("/srv/elsewhere"));
    assert_eq!(pattern.text(), text);
    if !pattern.is_relative() {
        assert_eq!(elsewhere.as_ref(), Ok(pattern), "{text:?} depends on the directory");
    }
    let matches = pattern.matches(name);
    if !text.contains('/') && name.first() == Some(&b'/') {
        let file_name = name.rsplit(|&byte| byte == b'/').next().unwrap_or_default();
        let moved = [b"/else/where/", file_name].concat();
        assert_eq!(pattern.matches(&moved), matches, "{text:?} is no file name's: {}", name.escape_ascii());
    }
    if text.contains('/') && name.first() != Some(&b'/') {
        assert!(!matches || text.contains('{'), "{text:?} on {}, which is no path", name.escape_ascii());
    }
}

/// Asserts that a name in which all that is special is escaped matches itself.
fn itself(name: &str) {
    let special = |character: char| "*?[]{}\\,!^-".contains(character);
    let escaped: String = name
        .chars()
        .flat_map(|character| special(character).then_some('\\').into_iter().chain([character]))
        .collect();
    // The kernel's names have no such parts, and patterns are rid of them.
    let is_folded = |path: &str| path.split('/').all(|part| !matches!(part, "" | "." | ".."));
    let is_possible = name.strip_prefix('/').map_or(!name.contains('/') && is_folded(name), is_folded);
    if !is_possible || escaped.len() > LONGEST {
        return;
    }
    let pattern = PathPattern::new(&escaped, Path::new("/srv/data"))
        .unwrap_or_else(|error| panic!("{escaped:?} is refused: {error}"));
    assert!(
        !pattern.is_relative() && pattern.matches(name.as_bytes()),
        "{escaped:?} does not match {name:?}"
    );
    assert!(!pattern.matches(format!("{name}x").as_bytes()), "{escaped:?} matches {name:?} and more");
    let below = format!("/srv/x{}{name}", if name.starts_with('/') { "" } else { "/" });
    assert_eq!(pattern.matches(below.as_bytes()), !name.starts_with('/'), "{escaped:?} on {below:?}");
}
