//! Plan files and inline rules → one plan, or everything that is wrong with them.
use crate::config::BadInput;
use crate::diagnostics;
use havoc_engine::plan::{self, Plan, Source};
use std::fs::File;
use std::io::{self, ErrorKind, IsTerminal, Read};
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
    let mut stdin_is_read = false;
    for file in files {
        let text = match is_stdin(file) {
            true if std::mem::replace(&mut stdin_is_read, true) => Err(diagnostics::plain(
                "`-` is named twice as a plan file",
                "standard input can be read once: name it once",
            )),
            true => text("<standard input>", std::io::stdin()),
            false => opened(file),
        };
        match text {
            Ok(text) => {
                origins.push((name(file), text.clone()));
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

/// Longest plan file, in bytes: some ten thousand rules. A device, or another file than was meant, has no end.
const LONGEST: u64 = 4 << 20;

/// Returns whether this means standard input, as with other tools; a file of that name is `./-`.
fn is_stdin(file: &Path) -> bool {
    file == Path::new("-")
}

/// Returns a plan file as messages name it.
fn name(file: &Path) -> String {
    if is_stdin(file) { "<standard input>".to_owned() } else { diagnostics::shown(file) }
}

/// Returns the text of a plan file, or what is wrong with it, rendered.
fn opened(file: &Path) -> Result<String, String> {
    let name = name(file);
    File::open(file).map_err(|error| unreadable(&name, &error)).and_then(|opened| text(&name, opened))
}

fn unreadable(name: &str, error: &io::Error) -> String {
    let help = match error.kind() {
        ErrorKind::NotFound => "the path of a plan file is relative to the directory that havoc runs in",
        ErrorKind::IsADirectory => "name the files in it one by one",
        _ => "havoc reads plan files before it runs anything",
    };
    diagnostics::plain(&format!("cannot read plan file `{name}`: {error}"), help)
}

fn text(name: &str, from: impl Read) -> Result<String, String> {
    let mut bytes = Vec::new();
    from.take(LONGEST + 1).read_to_end(&mut bytes).map_err(|error| unreadable(name, &error))?;
    if bytes.len() as u64 > LONGEST {
        return Err(diagnostics::plain(
            &format!("plan file `{name}` has more than {} MiB", LONGEST >> 20),
            "a plan file is TOML, with one table for each rule: was another file meant? several plan files can be given",
        ));
    }
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
    use std::fs;

    #[test]
    fn a_plan_has_an_end() {
        let BadInput(text) = plan(&[PathBuf::from("/dev/zero")], &[]).expect_err("no end");
        assert!(text.starts_with("error: plan file `/dev/zero` has more than 4 MiB\n"), "{text}");
        let longest = vec![b'\n'; LONGEST as usize];
        assert!(in_files(&[&longest], &[]).expect("empty lines").rules.is_empty());
        assert!(in_files(&[&[&longest[..], b"\n"].concat()], &[]).is_err());
    }

    #[test]
    fn a_file_of_any_name_is_named_on_one_line() {
        let BadInput(text) = plan(&[PathBuf::from("/no\nwhere\x1b[31m")], &[]).expect_err("no such file");
        assert!(text.starts_with(r"error: cannot read plan file `/no\nwhere\x1b[31m`: No such"), "{text}");
        let directory = tempfile::tempdir().expect("a temporary directory");
        let file = directory.path().join("a\nb");
        fs::write(&file, "x = 1\n").expect("write a file");
        let BadInput(text) = plan(&[file], &[]).expect_err("no such key");
        let text = crate::diagnostics::without_colours(&text);
        assert!(text.contains("a\\nb:1:1\n"), "{text}");
    }

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
