//! Words of code: those that a crate leaves to another, and those that want a reason.
use crate::tokens::{Token, lines, occurrences, tokens_of};
use crate::tree::{Finding, Tree};

/// A part of the house and the code that must not occur in it. Comments and texts for people may say anything.
struct Ban {
    /// How the paths begin.
    place: &'static str,
    /// How the paths of the exceptions begin.
    but: &'static [&'static str],
    /// Tokens with blanks between them.
    words: &'static [&'static str],
    why: &'static str,
}

const BANS: &[Ban] = &[
    Ban {
        place: "havoc-arch/src/",
        but: &[],
        words: &["Pid", "Tid", "ptrace", "Rule", "Plan", "std : : fs", "fs : :"],
        why: "an architecture knows no processes, no rules and no files",
    },
    Ban {
        place: "havoc-engine/src/",
        but: &[],
        words: &["env : : args", "env : : args_os", "ExitCode"],
        why: "argv and exit codes belong to havoc-cli",
    },
    Ban {
        place: "havoc-engine/src/",
        but: &["havoc-engine/src/kernel/linux"],
        words: &["process : : exit"],
        why: "a library returns; only the child between fork and exec may end",
    },
    Ban {
        place: "havoc-cli/src/",
        but: &[],
        words: &["havoc_arch", "nix", "libc", "ptrace : :"],
        why: "registers and ptrace belong to the engine",
    },
    Ban {
        place: "",
        // Programs of 32 bits run on x86_64 alone.
        but: &["havoc-arch/src/lib.rs", "testees/", "tests/tests/end_to_end/main.rs"],
        words: &["target_arch"],
        why: "only the alias `Native` is chosen by the target; if it does not suffice, `Arch` is missing a word",
    },
];

/// Code that says a word which belongs to another crate.
pub fn shunned(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (file, text) in tree.with_extension("rs") {
        let bans = BANS.iter().filter(|ban| file.starts_with(ban.place));
        let bans: Vec<&Ban> = bans.filter(|ban| !ban.but.iter().any(|but| file.starts_with(but))).collect();
        let tokens = tokens_of(file, text);
        for ban in bans {
            for word in ban.words {
                let what = format!("`{}`: {}", word.replace(' ', ""), ban.why);
                findings.extend(lines(&tokens, word).iter().map(|&line| Finding::new(file, line, &*what)));
            }
        }
    }
    findings
}

/// Ignored tests, and lints allowed or expected, that do not say why.
pub fn without_reason(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (file, text) in tree.with_extension("rs") {
        let tokens = tokens_of(file, text);
        let ignored = lines(&tokens, "[ ignore ]");
        findings
            .extend(ignored.iter().map(|&line| Finding::new(file, line, "`ignore` without `= \"reason\"`")));
        for attribute in ["allow", "expect"] {
            for place in occurrences(&tokens, &format!("[ {attribute} (")) {
                if !has_reason(&tokens[place..]) {
                    let what = format!("`{attribute}` without `reason = \"…\"`");
                    findings.push(Finding::new(file, tokens[place].line, what));
                }
            }
        }
    }
    findings
}

/// Tells whether the attribute that begins here gives its reason.
fn has_reason(attribute: &[Token]) -> bool {
    let inside = attribute.iter().take_while(|token| token.text != "]");
    inside.into_iter().any(|token| token.text == "reason")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::assert_finds;

    fn assert_shuns(file: &str, code: &str, word: &str) {
        let found = shunned(&Tree::of(&[(file, code)]));
        let is_found = found.iter().any(|finding| finding.what.starts_with(&format!("`{word}`:")));
        assert!(is_found, "{file}: {code}: {found:?}");
    }

    #[test]
    fn every_ban_catches_its_words() {
        for ban in BANS {
            for word in ban.words {
                let file = format!("{}sample.rs", ban.place);
                let code = word.replace(' ', "");
                assert_shuns(&file, &format!("\nuse a::{{b::{code}::c}};\n"), &code);
            }
        }
    }

    #[test]
    fn exceptions_comments_and_texts_are_fine() {
        let exit = "fn child() { std::process::exit(1) }\n";
        assert_finds(shunned, &[("havoc-engine/src/kernel/linux/spawn.rs", exit)], &[]);
        let text = "// ptrace::attach, havoc_arch\nconst A: &str = \"no permission to ptrace::attach\";\n";
        assert_finds(shunned, &[("havoc-cli/src/main.rs", text)], &[]);
        assert_finds(shunned, &[("testees/src/lib.rs", "#[cfg(target_arch = \"x86_64\")]\nmod a;\n")], &[]);
        let expected =
            ["havoc-engine/src/session/a.rs:1: `process::exit`: a library returns; only the child between \
                         fork and exec may end"];
        assert_finds(shunned, &[("havoc-engine/src/session/a.rs", exit)], &expected);
    }

    #[test]
    fn reasons_are_asked_for() {
        let bad = "#![allow(dead_code)]\n#[expect(unused)]\n#[test]\n#[ignore]\nfn a() {}\n";
        let expected = [
            "a.rs:4: `ignore` without `= \"reason\"`",
            "a.rs:1: `allow` without `reason = \"…\"`",
            "a.rs:2: `expect` without `reason = \"…\"`",
        ];
        assert_finds(without_reason, &[("a.rs", bad)], &expected);
        let good =
            "#![allow(dead_code, reason = \"r\")]\n#[ignore = \"slow\"]\nfn allow(expect: [u8; 1]) {}\n";
        assert_finds(without_reason, &[("a.rs", good)], &[]);
    }
}
