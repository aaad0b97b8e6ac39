//! `havoc check`: what is wrong with plan files, or what they say.
use crate::config::BadInput;
use crate::sources;
use havoc_engine::plan::Plan;
use std::fmt::Write;
use std::path::PathBuf;

/// Returns the rules of these files as one plan file in normal form; what the report will say of each rule, and the same
/// plan as a command line, stand in comments.
///
/// # Errors
/// Every error of every file.
pub fn text(files: &[PathBuf]) -> Result<String, BadInput> {
    sources::plan(files, &[]).map(|plan| shown(&plan))
}

fn shown(plan: &Plan) -> String {
    if plan.rules.is_empty() {
        return "# no rules\n".to_owned();
    }
    let mut text = String::new();
    for rule in &plan.rules {
        for remark in rule.remarks() {
            let _ = writeln!(text, "# {remark}");
        }
        let _ = writeln!(text, "{}", rule.to_toml());
    }
    let _ = writeln!(text, "# as a command line:\n# {} -- COMMAND", plan.command_line());
    text
}

#[cfg(test)]
mod tests {
    use std::fs;

    fn of(text: &str) -> String {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let file = directory.path().join("plan.toml");
        fs::write(&file, text).expect("write a file");
        super::text(&[file]).expect("a good plan")
    }

    #[test]
    fn what_is_shown_is_a_plan_file_that_shows_the_same() {
        let shown = of("[[rule]]\ncalls = ['%persist', 'fsync']\nerror = 'ENOANO'\npath = \"it's\"\n\
             [[rule]]\ncalls = 'fsync'\nerror = ['ENOANO']\n");
        assert_eq!(
            shown,
            r#"# left out: sync (it touches no file)
[[rule]]
calls = ["%persist", "fsync"]
path = "it's"
error = "ENOANO"

# note: the manual does not list ENOANO for fsync
[[rule]]
calls = "fsync"
error = "ENOANO"

# as a command line:
# havoc --inject '%persist,fsync:path=it'\''s:error=ENOANO' --inject 'fsync:error=ENOANO' -- COMMAND
"#
        );
        assert_eq!(of(&shown), shown);
    }

    #[test]
    fn a_plan_without_rules_says_so() {
        assert_eq!(of("# nothing yet\n"), "# no rules\n");
    }
}
