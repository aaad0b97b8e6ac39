//! Errors in rules, shown where they are.
use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use havoc_engine::plan::syntax::Diagnostic;
use havoc_engine::resource::path;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// Renders every error with the text it points at and its remedy, one block each, with an empty line between them.
/// `sources` are the texts that were parsed, each with where it came from (`--inject`), as `Diagnostic::source` counts.
pub fn render(sources: &[(String, String)], diagnostics: &[Diagnostic], color: bool) -> String {
    let renderer = if color { Renderer::styled() } else { Renderer::plain() }.decor_style(DecorStyle::Ascii);
    let blocks: Vec<String> =
        diagnostics.iter().map(|diagnostic| renderer.render(&[group(sources, diagnostic)])).collect();
    let mut text = blocks.join("\n\n");
    if !text.is_empty() {
        text.push('\n');
    }
    text
}

/// Returns a path as messages show it: on one line, whatever is in it.
pub fn shown(path: &Path) -> String {
    path::shown(path.as_os_str().as_bytes())
}

/// Renders an error that is about no text, in the same form.
pub fn plain(message: &str, help: &str) -> String {
    format!("error: {}\n  = help: {help}\n", path::shown(message.as_bytes()))
}

fn group<'a>(sources: &'a [(String, String)], diagnostic: &'a Diagnostic) -> Group<'a> {
    let message = path::shown(diagnostic.message.as_bytes());
    let mut group = Group::with_title(Level::ERROR.primary_title(message));
    if let Some((origin, text)) = sources.get(diagnostic.source) {
        let annotation = AnnotationKind::Primary.span(diagnostic.span.clone());
        group = group.element(Snippet::source(text.as_str()).path(origin.as_str()).annotation(annotation));
    }
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    group
}

/// Returns what was rendered without its colours, which are there if the test's standard error is a terminal.
#[cfg(test)]
pub fn without_colours(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, sequence)) = rest.split_once("\u{1b}[") {
        plain.push_str(before);
        rest = sequence.split_once('m').map_or("", |(_, behind)| behind);
    }
    plain + rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use havoc_engine::plan::syntax::parse_rules;
    use std::path::Path;

    fn rendered(texts: &[&str]) -> String {
        let texts: Vec<String> = texts.iter().map(ToString::to_string).collect();
        let diagnostics = parse_rules(&texts, Path::new("/")).unwrap_err();
        let sources: Vec<_> = texts.into_iter().map(|text| ("--inject".to_owned(), text)).collect();
        render(&sources, &diagnostics, false)
    }

    #[test]
    fn each_error_points_at_its_text_and_tells_the_remedy() {
        assert_eq!(
            rendered(&["mysnc:error=EIOO", "fsync:log:when=0"]),
            "\
error: unknown syscall `mysnc`
 --> --inject:1:1
  |
1 | mysnc:error=EIOO
  | ^^^^^
  |
  = help: did you mean `msync`?

error: unknown error name `EIOO`
 --> --inject:1:13
  |
1 | mysnc:error=EIOO
  |             ^^^^
  |
  = help: did you mean `EIO`?

error: matches are counted from 1
 --> --inject:1:16
  |
1 | fsync:log:when=0
  |                ^
  |
  = help: write `2`, `2+`, `2+3`, `2..9` or `2..9+3`
"
        );
    }

    #[test]
    fn an_error_at_the_end_of_the_text_points_behind_it() {
        assert!(rendered(&["msync,"]).contains("1 | msync,\n  |       ^\n"), "{}", rendered(&["msync,"]));
    }

    #[test]
    fn colour_is_for_those_who_ask() {
        let sources = [("--inject".to_owned(), "x".to_owned())];
        let diagnostics =
            [Diagnostic { source: 0, span: 0..1, message: "m".to_owned(), help: Some("h".to_owned()) }];
        assert!(render(&sources, &diagnostics, true).contains("\u{1b}["));
        assert!(!render(&sources, &diagnostics, false).contains("\u{1b}["));
    }

    #[test]
    fn any_text_and_span_is_rendered() {
        for text in ["", "é:log:", "a\n\u{1b}[31m:log", "msync:path=\"ä", "\t\u{1F980},:x"] {
            let shown = rendered(&[text]);
            assert!(shown.contains("error: "), "{text:?}");
            assert!(!shown.contains('\u{1b}'), "{shown:?}");
            assert!(shown.lines().nth(1).is_some_and(|line| line.trim().starts_with("-->")), "{shown:?}");
        }
    }

    #[test]
    fn nothing_wrong_is_nothing_to_show() {
        assert_eq!(render(&[], &[], false), "");
    }
}
