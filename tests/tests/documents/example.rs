//! A document → its examples, and the files that they find.
use crate::loose;

/// One block that is fenced as `console`.
#[derive(Debug, PartialEq, Eq)]
pub struct Example {
    file: String,
    /// Of the opening fence, from 1.
    line: usize,
    text: String,
    /// Plans that the document has shown before: blocks that are fenced as `toml` and begin with `# NAME`.
    files: Vec<(String, String)>,
}

/// Returns the examples of a document.
pub fn examples(file: &str, text: &str) -> Vec<Example> {
    let mut examples = Vec::new();
    let mut files = Vec::new();
    let mut open: Option<(&str, Example)> = None;
    for (index, line) in text.lines().enumerate() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(language)) => {
                let (file, text) = (file.to_owned(), String::new());
                open = Some((language.trim(), Example { file, line: index + 1, text, files: Vec::new() }));
            }
            (None, None) => {}
            (Some(_), Some(_)) => match open.take() {
                Some(("console", example)) => examples.push(Example { files: files.clone(), ..example }),
                Some(("toml", Example { text, .. })) => {
                    let name = text.lines().next().and_then(|line| line.strip_prefix("# "));
                    files.extend(name.map(|name| (name.to_owned(), text.clone())));
                }
                _ => {}
            },
            (Some((_, example)), None) => {
                example.text.push_str(line);
                example.text.push('\n');
            }
        }
    }
    examples
}

impl Example {
    /// Returns the name of a file for the case, after where it comes from.
    pub fn case_name(&self) -> String {
        format!("{}-line-{}.md", self.file.trim_end_matches(".md").replace('/', "-"), self.line)
    }

    /// Returns names and texts of the files that it finds beside those of every example.
    pub fn files(&self) -> &[(String, String)] {
        &self.files
    }

    /// Tells whether anything in it is to be run.
    pub fn has_commands(&self) -> bool {
        self.case().lines().any(|line| line.starts_with("$ "))
    }

    /// Returns the text of the case for trycmd: `cargo run` is havoc, other commands of cargo are left out, and what
    /// differs from run to run is loose.
    pub fn case(&self) -> String {
        // trycmd takes the last newline before a command, and before the end, to be the document's and not the output's.
        let mut case = String::from("```console");
        let mut is_left_out = false;
        for line in self.text.lines() {
            if line.starts_with("$ ") {
                let command = line.replace("$ cargo run --release -- ", "$ havoc ");
                is_left_out = command.starts_with("$ cargo ");
                if !is_left_out {
                    case += &format!("\n{command}\n");
                }
            } else if !is_left_out {
                case += &format!("{}\n", loose::line(line));
            }
        }
        case + "\n```\n"
    }

    /// Returns the commands whose program is none of `known`, each with its place.
    pub fn strangers(&self, known: &[&str]) -> Vec<String> {
        let commands = self.text.lines().filter_map(|line| line.strip_prefix("$ "));
        commands
            .filter(|command| {
                command.split_whitespace().next().is_none_or(|program| !known.contains(&program))
            })
            .map(|command| format!("{}:{}: {command}", self.file, self.line))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_blocks_fenced_as_console_are_examples() {
        let text = "a\n```console\n$ havoc x\ny\n```\n```text\n$ z\n```\n\n```console\n$ ls\n```\n";
        let found = examples("docs/a.md", text);
        let texts: Vec<(usize, &str)> = found.iter().map(|found| (found.line, &*found.text)).collect();
        assert_eq!(texts, [(2, "$ havoc x\ny\n"), (10, "$ ls\n")]);
        assert_eq!(found[0].case_name(), "docs-a-line-2.md");
    }

    #[test]
    fn a_plan_that_was_shown_with_its_name_is_a_file_of_later_examples() {
        let text = "```console\n$ ls\n```\n```toml\n# a.toml\n[[rule]]\n```\n```toml\nx = 1\n```\n```console\n$ ls\n```\n";
        let found = examples("a.md", text);
        assert_eq!(found[0].files(), []);
        assert_eq!(found[1].files(), [("a.toml".to_owned(), "# a.toml\n[[rule]]\n".to_owned())]);
    }

    #[test]
    fn cargo_run_is_havoc_and_other_commands_of_cargo_do_not_run() {
        let text = "```console\n$ cargo run --release -- demo\n[pid 7] x\n$ cargo xtask test\n1 passed\n$ ls\na\n```\n";
        let case = examples("a.md", text)[0].case();
        assert_eq!(case, "```console\n$ havoc demo\n[pid [..]] x\n\n$ ls\na\n\n```\n");
    }

    #[test]
    fn an_example_of_nothing_but_cargo_has_no_commands() {
        let has_commands =
            |text: &str| examples("a.md", &format!("```console\n{text}\n```\n"))[0].has_commands();
        assert!(!has_commands("$ cargo xtask test"));
        assert!(has_commands("$ cargo run --release -- demo"));
    }

    #[test]
    fn a_program_that_nobody_registered_is_told() {
        let text = "```console\n$ havoc x\n$ gcc y\n```\n";
        assert_eq!(examples("a.md", text)[0].strangers(&["havoc"]), ["a.md:1: gcc y"]);
    }
}
