//! `havoc syscalls`: which calls a set stands for, and which classes there are.
use crate::config::BadInput;
use crate::diagnostics;
use havoc_engine::class::{self, Origin};
use havoc_engine::plan::Expansion;
use havoc_engine::plan::syntax::parse_set;
use std::fmt::Write;
use std::io::IsTerminal;

/// Returns the calls of a set with their numbers and classes, or without a set every class.
///
/// # Errors
/// Every error of the set, with its place.
pub fn text(set: Option<&str>) -> Result<String, BadInput> {
    let Some(set) = set else { return Ok(classes()) };
    match parse_set(set) {
        Ok(set) => Ok(table(&set.expansion())),
        Err(found) => {
            let sources = [("SET".to_owned(), set.to_owned())];
            Err(BadInput(diagnostics::render(&sources, &found, std::io::stderr().is_terminal())))
        }
    }
}

/// One line for each call: its name, its number on each ABI, its classes.
fn table(expansion: &Expansion) -> String {
    let name_width = expansion.calls.iter().map(|call| call.name.len()).max().unwrap_or_default();
    let mut text = format!("{:name_width$}", "");
    for abi in &expansion.abis {
        let _ = write!(text, "  {abi}");
    }
    text.push('\n');
    for call in &expansion.calls {
        let _ = write!(text, "{:name_width$}", call.name);
        for (abi, number) in expansion.abis.iter().zip(&call.numbers) {
            let number = number.map_or_else(|| "-".to_owned(), |number| number.to_string());
            let _ = write!(text, "  {number:>width$}", width = abi.len());
        }
        for (index, class) in class::of_call(&call.name).enumerate() {
            let _ = write!(text, "{}%{}", if index == 0 { "  " } else { " " }, class.name);
        }
        text.push('\n');
    }
    text
}

fn classes() -> String {
    let width = class::all().map(|class| class.name.len()).max().unwrap_or_default();
    let mut text = String::new();
    for (origin, heading) in [
        (Origin::Purpose, "Classes by what calls are for:"),
        (Origin::Strace, "strace's classes, by what calls take and give:"),
    ] {
        let _ = writeln!(text, "{heading}");
        for class in class::all().filter(|class| class.origin == origin) {
            let _ = writeln!(text, "  %{:width$}  {}", class.name, class.about);
        }
        text.push('\n');
    }
    text.push_str("`havoc syscalls SET` shows the calls of a set.\n");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_is_shown_with_numbers_and_classes() {
        // Names that there are on every machine of ours: others would be refused on some.
        assert_eq!(
            text(Some("msync,getpid,fsync,openat")).expect("a good set"),
            "        x86_64  aarch64  i386
fsync       74       82   118  %persist %desc
getpid      39      172    20  %pure
msync       26      227   144  %persist %memory
openat     257       56   295  %open %fd-budget %file %desc
"
        );
    }

    #[test]
    fn a_call_that_is_not_everywhere_has_a_dash_there() {
        let all = text(Some("all")).expect("a good set");
        let line = |name: &str| all.lines().find(|line| line.split(' ').next() == Some(name)).expect(name);
        let words = |name| line(name).split_whitespace().collect::<Vec<_>>();
        assert_eq!(words("stat64"), ["stat64", "-", "-", "195", "%metadata", "%file", "%stat", "%%stat"]);
        assert_eq!(words("fork"), ["fork", "57", "-", "2", "%spawn", "%process"]);
        assert!(all.lines().all(|line| line == line.trim_end()), "{all}");
    }

    #[test]
    fn without_a_set_every_class_is_told() {
        let shown = text(None).expect("nothing to be wrong");
        for class in class::all() {
            let line = shown.lines().find(|line| line.trim().starts_with(&format!("%{} ", class.name)));
            assert!(line.is_some_and(|line| line.ends_with(class.about)), "{shown}");
        }
        assert!(shown.lines().all(|line| line.len() <= 100 && line == line.trim_end()), "{shown}");
    }

    #[test]
    fn a_bad_set_is_pointed_at() {
        let BadInput(shown) = text(Some("fsync,mysnc")).expect_err("a bad set");
        assert_eq!(
            crate::diagnostics::without_colours(&shown),
            "\
error: unknown syscall `mysnc`
 --> SET:1:7
  |
1 | fsync,mysnc
  |       ^^^^^
  |
  = help: did you mean `msync`?
"
        );
    }
}
