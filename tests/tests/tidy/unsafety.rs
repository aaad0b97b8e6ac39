//! Where unsafe code is, and what proves it.
use crate::tokens::{lines, tokens_of};
use crate::tree::{Finding, Tree};

/// How the paths begin where unsafe code may be. The testees do what no careful program does: that is their use.
const PLACES: [&str; 2] = ["havoc-engine/src/kernel/linux", "testees/"];

fn may_be_unsafe(file: &str) -> bool {
    PLACES.iter().any(|place| file.starts_with(place))
}

/// Unsafe code, or the permission for it, outside its places.
pub fn elsewhere(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (file, text) in tree.with_extension("rs").filter(|(file, _)| !may_be_unsafe(file)) {
        let tokens = tokens_of(file, text);
        for word in ["unsafe", "allow ( unsafe_code", "expect ( unsafe_code"] {
            let what = format!("`{}` belongs to {}", word.replace(' ', ""), PLACES.join(" or "));
            findings.extend(lines(&tokens, word).iter().map(|&line| Finding::new(file, line, &*what)));
        }
    }
    findings
}

/// Crate roots that do not begin with `#![deny(unsafe_code)]`.
pub fn undenied(tree: &Tree) -> Vec<Finding> {
    let roots = tree.with_extension("rs").filter(|(file, _)| is_crate_root(file) && !may_be_unsafe(file));
    let undenied = roots.filter(|(file, text)| {
        let tokens = tokens_of(file, text);
        let is_said = |attribute| !lines(&tokens, attribute).is_empty();
        !is_said("# ! [ deny ( unsafe_code ) ]") && !is_said("# ! [ forbid ( unsafe_code ) ]")
    });
    undenied.map(|(file, _)| Finding::new(file, 1, "a crate root without `#![deny(unsafe_code)]`")).collect()
}

fn is_crate_root(file: &str) -> bool {
    let parts: Vec<&str> = file.split('/').collect();
    matches!(
        parts[..],
        [_, "src", "lib.rs" | "main.rs"] | [_, "src", "bin", _] | [_, "src", "bin", _, "main.rs"]
    )
}

/// Unsafe blocks and impls without a `// SAFETY:` comment above them or their statement.
pub fn unproved(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (file, text) in tree.with_extension("rs") {
        let tokens = tokens_of(file, text);
        let above: Vec<&str> = text.lines().map(str::trim).collect();
        for pattern in ["unsafe {", "unsafe impl"] {
            let places = lines(&tokens, pattern);
            let unproved = places.into_iter().filter(|line| !has_proof(&above[..line - 1]));
            let what = format!("`{pattern}` without a `// SAFETY:` comment above");
            findings.extend(unproved.map(|line| Finding::new(file, line, &*what)));
        }
    }
    findings
}

/// Tells whether the comment nearest to the end of `above` is a proof. Lines that begin the same statement may stand
/// between, such as `let result =`.
fn has_proof(above: &[&str]) -> bool {
    let is_comment = |line: &&&str| line.starts_with("//");
    let goes_on =
        |line: &&&str| !line.is_empty() && !line.ends_with([';', '{', '}', ',']) && !is_comment(line);
    let mut above = above.iter().rev().skip_while(goes_on).take_while(is_comment);
    above.any(|line| line.starts_with("// SAFETY:"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::assert_finds;

    #[test]
    fn unsafe_code_elsewhere_is_found() {
        let bad = "// unsafe\n#![expect(unsafe_code, reason = \"r\")]\nunsafe fn a() {}\n";
        let expected = [
            "havoc-cli/src/a.rs:3: `unsafe` belongs to havoc-engine/src/kernel/linux or testees/",
            "havoc-cli/src/a.rs:2: `expect(unsafe_code` belongs to havoc-engine/src/kernel/linux or testees/",
        ];
        assert_finds(elsewhere, &[("havoc-cli/src/a.rs", bad)], &expected);
        assert_finds(
            elsewhere,
            &[("havoc-engine/src/kernel/linux/a.rs", bad), ("testees/src/a.rs", bad)],
            &[],
        );
    }

    #[test]
    fn a_crate_root_that_denies_nothing_is_found() {
        let files = [
            ("a/src/lib.rs", "#![deny(unsafe_code)]\n"),
            ("b/src/main.rs", "//! #![deny(unsafe_code)]\n"),
            ("c/src/bin/tool.rs", "#![warn(unsafe_code)]\n"),
            ("d/src/module.rs", ""),
            ("testees/src/bin/writer.rs", ""),
        ];
        let expected = [
            "b/src/main.rs:1: a crate root without `#![deny(unsafe_code)]`",
            "c/src/bin/tool.rs:1: a crate root without `#![deny(unsafe_code)]`",
        ];
        assert_finds(undenied, &files, &expected);
    }

    #[test]
    fn a_block_without_its_proof_is_found() {
        let proofs = [
            "// SAFETY: a\n// goes on.\nunsafe { f() }",
            "// SAFETY: a.\nlet b =\n    unsafe { f() };",
            "// SAFETY: a.\n#[cold]\nunsafe impl Send for A {}",
        ];
        let without = [
            "// SAFETY: a.\nlet b = 1;\nunsafe { f() }",
            "// Parameters are valid.\nlet b = \nunsafe { f() }",
            "// SAFETY: a.\n\n#[cold]\nunsafe impl Send for A {}",
            "a(\"// SAFETY:\");\n\nunsafe { f() }",
        ];
        let is_proved = |text| unproved(&Tree::of(&[("a.rs", text)])).is_empty();
        for text in proofs {
            assert!(is_proved(text), "{text}");
        }
        for text in without {
            assert!(!is_proved(text), "{text}");
        }
    }
}
