//! A plan as the words of a command line, for a shell.
use super::Plan;
use std::fmt::Write;

impl Plan {
    /// Returns `havoc --inject RULE…` as a shell reads it, in one line.
    #[must_use]
    pub fn command_line(&self) -> String {
        let mut line = String::from("havoc");
        for rule in &self.rules {
            let _ = write!(line, " --inject {}", quoted(&rule.to_string()));
        }
        line
    }
}

/// Returns one word of a shell. Only control characters need quotes that are younger than others: `$'…'`, POSIX.1-2024, 2.2.4.
fn quoted(word: &str) -> String {
    if !word.contains(char::is_control) {
        return format!("'{}'", word.replace('\'', r"'\''"));
    }
    let mut quoted = String::from("$'");
    for character in word.chars() {
        match character {
            '\'' | '\\' => quoted.extend(['\\', character]),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            control if control.is_control() => {
                let mut bytes = [0; 4];
                for byte in control.encode_utf8(&mut bytes).bytes() {
                    // Of octal digits there are three at most, so that a digit that follows is itself.
                    let _ = write!(quoted, "\\{byte:03o}");
                }
            }
            other => quoted.push(other),
        }
    }
    quoted.push('\'');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    #[test]
    fn a_shell_reads_every_word_back() {
        for word in ["a b", "it's", "a\\*$x`y`!", "\"", "a\nb'\\\t\u{1b}1\u{85}", "ä", ""] {
            let script = format!("printf %s {}", quoted(word));
            let output = Command::new("bash").args(["-c", &script]).output().expect("bash is there");
            assert_eq!(String::from_utf8_lossy(&output.stdout), word, "{script}");
        }
        assert!(!quoted("a\nb").contains('\n'));
    }
}
