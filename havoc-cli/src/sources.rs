//! Plan files and inline rules → one plan, or everything that is wrong with them.
use crate::config::BadInput;
use crate::diagnostics;
use havoc_engine::plan::{self, Plan, Source};
use std::fs;
use std::io::{ErrorKind, IsTerminal};
use std::path::{Path, PathBuf};

/// Reads the rules of `files`, and then those of `inject`.
///
/// # Errors
/// Every file that cannot be read, and every error of those that can and of the rules.
pub fn plan(files: &[PathBuf], inject: &[String]) -> Result<Plan, BadInput> {
    // Without a cwd only patterns that are joined to it suffer; they then match nothing.
    let cwd = std::env::current_dir().unwrap_or_else(|_| PathBuf::from("/"));
    let mut errors = Vec::new();
    let mut sources = Vec::new();
    // Where each comes from, and its text.
    let mut origins = Vec::new();
    for file in files {
        match text(file) {
            Ok(text) => {
                origins.push((file.display().to_string(), text.clone()));
                sources.push(Source::File(text));
            }
            Err(error) => errors.push(error),
        }
    }
    for rule in inject {
        origins.push(("--inject".to_owned(), rule.clone()));
        sources.push(Source::Rule(rule.clone()));
    }
    match plan::parse(&sources, &cwd) {
        Ok(plan) if errors.is_empty() => return Ok(plan),
        Ok(_) => {}
        Err(found) => {
            errors.push(diagnostics::render(&origins, &found, std::io::stderr().is_terminal()));
        }
    }
    Err(BadInput(errors.join("\n")))
}

/// Returns the text of a plan file, or what is wrong with it, rendered.
fn text(file: &Path) -> Result<String, String> {
    let name = file.display();
    let bytes = fs::read(file).map_err(|error| {
        let help = match error.kind() {
            ErrorKind::NotFound => "the path of a plan file is relative to the directory that havoc runs in",
            ErrorKind::IsADirectory => "name the files in it one by one",
            _ => "havoc reads plan files before it runs anything",
        };
        diagnostics::plain(&format!("cannot read plan file `{name}`: {error}"), help)
    })?;
    String::from_utf8(bytes).map_err(|error| {
        let good = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = 1 + good.iter().filter(|byte| **byte == b'\n').count();
        let message = format!("plan file `{name}` is not UTF-8: see line {line}");
        diagnostics::plain(
            &message,
            "TOML is UTF-8; in patterns `?` and `*` match the bytes of a name that is not",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_files(texts: &[&[u8]], inject: &[&str]) -> Result<Plan, String> {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let mut files = Vec::new();
        for (index, text) in texts.iter().enumerate() {
            let file = directory.path().join(format!("{index}.toml"));
            fs::write(&file, text).expect("write a file");
            files.push(file);
        }
        let inject: Vec<String> = inject.iter().map(ToString::to_string).collect();
        let directory = format!("{}/", directory.path().display());
        plan(&files, &inject).map_err(|BadInput(text)| text.replace(&directory, ""))
    }

    #[test]
    fn files_come_in_their_order_and_before_inline_rules() {
        let one = b"[[rule]]\ncalls = 'read'\nlog = true\n[[rule]]\ncalls = 'write'\nlog = true\n";
        let two = b"[[rule]]\ncalls = 'fsync'\nlog = true\n";
        let plan = in_files(&[one, two], &["msync:log"]).expect("a good plan");
        let names: Vec<&str> = plan.rules.iter().map(|rule| rule.name.as_str()).collect();
        assert_eq!(names, ["read#1", "write#2", "fsync#3", "msync#4"]);
    }

    #[test]
    fn every_error_is_told_with_its_file_line_and_column() {
        let text = in_files(&[b"[[rule]]\ncalls = ['mysnc']\nlog = true\n", b"x = 1\n"], &["fysnc:log"])
            .expect_err("a bad plan");
        let text = crate::diagnostics::without_colours(&text);
        for expected in [
            " --> 0.toml:2:11\n",
            " --> 1.toml:1:1\n",
            " --> --inject:1:1\n",
            "2 | calls = ['mysnc']\n  |           ^^^^^\n",
        ] {
            assert!(text.contains(expected), "{expected}\n{text}");
        }
    }

    #[test]
    fn a_file_that_cannot_be_read_is_one_error_among_others() {
        let missing = Path::new("/nowhere/plan.toml").to_owned();
        let BadInput(text) =
            plan(&[missing, PathBuf::from("/")], &["fysnc:log".to_owned()]).expect_err("no such file");
        assert!(
            text.contains("cannot read plan file `/nowhere/plan.toml`: No such file or directory"),
            "{text}"
        );
        assert!(text.contains("cannot read plan file `/`: Is a directory"), "{text}");
        assert!(text.contains("unknown syscall `fysnc`"), "{text}");
        let text = in_files(&[b"# one\n# \xff\n"], &[]).expect_err("not UTF-8");
        assert!(text.starts_with("error: plan file `0.toml` is not UTF-8: see line 2\n"), "{text}");
    }
}
