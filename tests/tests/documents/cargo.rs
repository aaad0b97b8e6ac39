//! The commands of cargo that documents tell people to type. `havoc_tests::command` judges them.

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
}
