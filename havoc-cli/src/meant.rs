//! What may have been meant by a first word that is no program.
use std::ffi::OsStr;

/// Returns what may have been meant by a word that is no program; `None` if nothing is known of it.
pub fn by(word: &OsStr) -> Option<String> {
    let word = word.to_str()?;
    if word.contains('/') {
        return None;
    }
    let is_rule = word.split_once(':').is_some_and(|(set, items)| !set.is_empty() && items.contains('='));
    match word {
        _ if is_rule => Some(format!("to inject by this rule, write `havoc --inject '{word}' -- COMMAND`")),
        "help" | "usage" => Some("`havoc --help` lists the options and subcommands".to_owned()),
        "version" => Some("`havoc --version` prints the version".to_owned()),
        "list" | "ls-syscalls" | "calls" | "syscall" => {
            Some("`havoc syscalls` lists the calls and classes".to_owned())
        }
        "run" | "exec" | "start" | "trace" | "inject" => {
            Some("there is no such subcommand: write `havoc [OPTIONS] -- COMMAND`".to_owned())
        }
        "error" | "errno" => Some("`havoc errors` lists the errors of each call".to_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_and_common_subcommands_lead_to_what_was_meant() {
        let tip = |word: &str| by(OsStr::new(word)).unwrap_or_default();
        assert!(tip("fsync:error=EIO").contains("havoc --inject 'fsync:error=EIO' -- COMMAND"));
        assert!(tip("list").contains("havoc syscalls") && tip("help").contains("--help"));
        for word in ["true", "./a:b=c", "/bin/x", "a:b"] {
            assert_eq!(tip(word), "", "{word}");
        }
    }
}
