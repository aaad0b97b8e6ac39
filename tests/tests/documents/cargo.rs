//! The commands of cargo that documents tell people to type. They are not run, but they have to exist.
use havoc_tests::havoc::binary;
use std::collections::HashMap;
use std::process::Command;
use std::sync::Mutex;

/// Returns the commands of cargo in code, each with its line: whole lines of blocks and words in backticks.
pub fn commands(text: &str) -> Vec<(usize, String)> {
    let mut commands = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let whole = line.trim_start().trim_start_matches("$ ");
        let spans = line.split('`').skip(1).step_by(2);
        let is_code = line.starts_with("    ") || line.starts_with("$ ");
        for code in spans.chain(is_code.then_some(whole)) {
            let command = code.split("  #").next().unwrap_or(code).trim();
            if command.starts_with("cargo ") {
                commands.push((index + 1, command.to_owned()));
            }
        }
    }
    commands
}

/// Tells what is wrong about a command; only `cargo xtask` and packages are judged, the rest is cargo's own.
pub fn check(command: &str) -> Result<(), String> {
    let words: Vec<&str> = command.split_whitespace().collect();
    if let ["cargo", "xtask", subcommand, rest @ ..] = &words[..] {
        let help = help_of(subcommand)?;
        let options = rest.iter().take_while(|word| **word != "--").filter(|word| word.starts_with("--"));
        for option in options {
            let name = option.split('=').next().unwrap_or(option);
            if !help.split_whitespace().any(|word| word.trim_end_matches(',') == name) {
                return Err(format!("`cargo xtask {subcommand}` has no `{name}`"));
            }
        }
    }
    let packages = words.windows(2).filter(|pair| matches!(pair[0], "-p" | "--package")).map(|pair| pair[1]);
    for package in packages {
        // The folder has the package's name, but for the tests and testees.
        let folder = package
            .strip_prefix("havoc-")
            .filter(|rest| ["tests", "testees"].contains(rest))
            .unwrap_or(package);
        if !crate::root().join(folder).join("Cargo.toml").exists() {
            return Err(format!("there is no package {package}"));
        }
    }
    Ok(())
}

/// Returns what `cargo xtask SUBCOMMAND --help` says.
fn help_of(subcommand: &str) -> Result<String, String> {
    static HELP: Mutex<Option<HashMap<String, Result<String, String>>>> = Mutex::new(None);
    let mut known = HELP.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let known = known.get_or_insert_default();
    known.entry(subcommand.to_owned()).or_insert_with(|| ask(subcommand)).clone()
}

fn ask(subcommand: &str) -> Result<String, String> {
    let xtask = binary().with_file_name("xtask");
    assert!(xtask.exists(), "{} is missing: `cargo build --workspace` first", xtask.display());
    let output = Command::new(xtask).args([subcommand, "--help"]).output().expect("xtask runs");
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        Err(format!("`cargo xtask` has no `{subcommand}`"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_found_in_code_only() {
        let text =
            "run `cargo xtask test` or cargo xtask none\n\n    cargo test -p xtask   # why\n$ cargo build\n";
        let expected = [(1, "cargo xtask test"), (3, "cargo test -p xtask"), (4, "cargo build")];
        assert_eq!(commands(text), expected.map(|(line, command)| (line, command.to_owned())));
    }

    #[test]
    fn what_does_not_exist_is_told() {
        assert!(check("cargo xtask nosuch").unwrap_err().contains("has no `nosuch`"));
        assert!(check("cargo xtask test --nosuch").unwrap_err().contains("has no `--nosuch`"));
        assert!(check("cargo test -p havoc-attic").unwrap_err().contains("no package"));
        for good in ["cargo xtask test --debug-verify -- --nosuch", "cargo test -p havoc-tests", "cargo fmt"]
        {
            assert_eq!(check(good), Ok(()));
        }
    }
}
