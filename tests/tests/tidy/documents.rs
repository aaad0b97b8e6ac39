//! What the documents say about the repository.
use crate::tree::{Finding, Tree};

/// Paths that a document at the root or below `docs/` names and that do not exist: targets of links, and words in
/// backticks or code blocks that begin with one of our directories.
pub fn missing_paths(tree: &Tree) -> Vec<Finding> {
    let documents =
        tree.with_extension("md").filter(|(file, _)| !file.contains('/') || file.starts_with("docs/"));
    let mut findings = Vec::new();
    for (file, text) in documents {
        let directory = file.rsplit_once('/').map_or("", |(directory, _)| directory);
        let mut is_code_block = false;
        for (index, line) in text.lines().enumerate() {
            if line.trim_start().starts_with("```") {
                is_code_block = !is_code_block;
                continue;
            }
            let code = if is_code_block { vec![line] } else { code_spans(line) };
            let words = code.into_iter().flat_map(str::split_whitespace);
            let mut paths: Vec<String> = words.filter_map(|word| path_of_ours(tree, word)).collect();
            if !is_code_block {
                paths.extend(link_targets(line).into_iter().filter_map(|target| resolve(directory, target)));
            }
            let missing = paths.into_iter().filter(|path| !tree.has(path));
            findings.extend(
                missing.map(|path| Finding::new(file, index + 1, format!("`{path}` does not exist"))),
            );
        }
    }
    findings
}

fn code_spans(line: &str) -> Vec<&str> {
    line.split('`').skip(1).step_by(2).collect()
}

/// Returns the path that a word of code names, if it begins with a directory of ours; up to the first name that is a
/// pattern (`<arch>`, `*`), and without line number or anchor.
fn path_of_ours(tree: &Tree, word: &str) -> Option<String> {
    let word = word.trim_start_matches("./");
    let word = word.split([':', '#']).next()?.trim_end_matches(['.', ',', ';', ')']);
    let (top, _) = word.split_once('/')?;
    if top.is_empty() || !tree.has(&format!("{top}/")) {
        return None;
    }
    let is_plain = |name: &&str| !name.contains(['<', '>', '{', '*', '?', '[', '$', '…']);
    let names: Vec<&str> = word.split('/').take_while(is_plain).collect();
    Some(names.join("/"))
}

/// Returns the targets of `[text](target)` and of `[text]: target` outside of code.
fn link_targets(line: &str) -> Vec<&str> {
    let mut targets = Vec::new();
    for text in line.split('`').step_by(2) {
        let inline = text.split("](").skip(1).filter_map(|rest| rest.split([')', ' ']).next());
        targets.extend(inline);
    }
    if let Some((name, target)) = line.split_once("]: ")
        && name.starts_with('[')
    {
        targets.push(target.trim());
    }
    targets
}

/// Returns the path from the root that a link in a document of `directory` leads to; `None` for addresses elsewhere and
/// anchors of the same document.
fn resolve(directory: &str, target: &str) -> Option<String> {
    let target = target.split('#').next()?.trim_matches(['<', '>']);
    if target.is_empty() || target.contains("://") || target.starts_with("mailto:") {
        return None;
    }
    let mut names: Vec<&str> = directory.split('/').filter(|name| !name.is_empty()).collect();
    for name in target.split('/') {
        match name {
            "" | "." => {}
            ".." => drop(names.pop()),
            name => names.push(name),
        }
    }
    Some(names.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns what is missing, when `text` stands in a document of `docs/`.
    fn missing(text: &str) -> Vec<String> {
        let files = [("docs/a.md", text), ("docs/howto/b.md", ""), ("arch/src/lib.rs", ""), ("LICENSE", "")];
        let found = missing_paths(&Tree::of(&files));
        found.iter().map(|finding| finding.what.trim_end_matches(" does not exist").to_owned()).collect()
    }

    #[test]
    fn a_path_in_backticks_has_to_exist() {
        assert_eq!(missing("see `arch/src/gone.rs` and `docs/howto`"), ["`arch/src/gone.rs`"]);
        assert_eq!(missing("run `cat arch/src/lib.rs:12 arch/none`."), ["`arch/none`"]);
        assert_eq!(missing("```sh\ncat docs/none.md\n```\n"), ["`docs/none.md`"]);
        assert_eq!(missing("`arch/src/<arch>/{mod,regs}.rs` `arch/sources/*.rs`"), ["`arch/sources`"]);
    }

    #[test]
    fn what_only_looks_like_a_path_is_left_alone() {
        assert!(missing("arch/or/prose `read/write` `/arch/none` `src/strace.c` `tests`").is_empty());
    }

    #[test]
    fn a_link_has_to_lead_somewhere() {
        assert_eq!(missing("[a](howto/b.md#top) [b](../LICENSE) [c](howto/c.md)"), ["`docs/howto/c.md`"]);
        assert_eq!(missing("[a]: ../NONE"), ["`NONE`"]);
        assert!(missing("[a](https://example.org/x) [b](#here) `x[1](y)`").is_empty());
    }

    #[test]
    fn a_finding_tells_the_line() {
        let found = missing_paths(&Tree::of(&[("README.md", "\n[a](NONE)\n")]));
        assert_eq!(found, [Finding::new("README.md", 2, "`NONE` does not exist")]);
    }
}
