//! The commands that documents and workflows tell people and machines to run. They are not run, but they have to exist.
use crate::havoc::built;
use std::path::Path;
use std::process::Command;

/// Tells whether `cargo xtask` understands the command, values of options included, and whether the packages exist that
/// it names. The rest is cargo's own.
///
/// # Errors
/// With what is wrong.
///
/// # Panics
/// If xtask has not been built.
pub fn check(command: &str) -> Result<(), String> {
    let words: Vec<&str> = command.split_whitespace().collect();
    if let ["cargo", "xtask", ours @ ..] = &words[..] {
        understood(ours.iter().copied().take_while(|word| *word != "--"))?;
    }
    let packages = words.windows(2).filter(|pair| matches!(pair[0], "-p" | "--package")).map(|pair| pair[1]);
    for package in packages {
        // The folder has the package's name, but for the tests and testees.
        let folder = package
            .strip_prefix("havoc-")
            .filter(|rest| ["tests", "testees"].contains(rest))
            .unwrap_or(package);
        let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
        if !root.join(folder).join("Cargo.toml").exists() {
            return Err(format!("there is no package {package}"));
        }
    }
    Ok(())
}

/// Asks xtask itself. `--help` at the end has it do nothing, and it comes to that only when all before it is right.
fn understood<'a>(words: impl Iterator<Item = &'a str>) -> Result<(), String> {
    let output = Command::new(built("xtask")).args(words).arg("--help").output().expect("xtask runs");
    if output.status.success() {
        return Ok(());
    }
    let error = String::from_utf8_lossy(&output.stderr);
    let what = error.lines().next().unwrap_or("it fails").trim_start_matches("error: ");
    Err(format!("`cargo xtask` says: {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_exist_is_told() {
        for (command, expected) in [
            ("cargo xtask nosuch", "'nosuch'"),
            ("cargo xtask test --nosuch", "'--nosuch'"),
            ("cargo xtask test --stage nosuch", "'nosuch'"),
            ("cargo xtask package nosuch", "'nosuch'"),
            ("cargo test -p havoc-attic", "no package"),
        ] {
            let what = check(command).unwrap_err();
            assert!(what.contains(expected), "{command}: {what}");
        }
    }

    #[test]
    fn what_exists_is_fine() {
        for good in [
            "cargo xtask test --debug-verify -- --nosuch",
            "cargo xtask package archive --target any",
            "cargo test -p havoc-tests",
            "cargo fmt",
        ] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
    }
}
