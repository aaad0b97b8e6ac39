//! Which Java is here.
use std::process::{Command, Stdio};

/// The oldest Java that the testees compile with.
const OLDEST: u32 = 17;

/// Tells whether `program` (`java` or `javac`) is here and new enough.
pub fn is_new_enough(program: &str) -> bool {
    let output = Command::new(program).arg("-version").stdin(Stdio::null()).output();
    output.is_ok_and(|output| {
        // java(1) writes its version to standard error, javac(1) to standard output.
        let text = [output.stdout, output.stderr].concat();
        major_version(&String::from_utf8_lossy(&text)).is_some_and(|version| version >= OLDEST)
    })
}

/// Returns 17 of `javac 17.0.18` and of `openjdk version "17.0.18" 2026-01-20`, and 1 of the old `1.8.0`.
fn major_version(text: &str) -> Option<u32> {
    let start = text.find(|character: char| character.is_ascii_digit())?;
    let digits = text[start..].split(|character: char| !character.is_ascii_digit()).next()?;
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_major_version_is_the_first_number() {
        assert_eq!(major_version("javac 17.0.18\n"), Some(17));
        assert_eq!(major_version("openjdk version \"21.0.2\" 2024-01-16\nOpenJDK Runtime\n"), Some(21));
        assert_eq!(major_version("openjdk version \"1.8.0_392\"\n"), Some(1));
        assert_eq!(major_version("command not found"), None);
    }
}
