//! The place of each byte of a TOML string.
//!
//! The toml crate says where a string stood, not where each of its characters did; an error in the third name of
//! `"EIO,ENOSPC,EIOO"` is to be pointed at. So the escapes are undone here once more, only to follow them:
//! <https://toml.io/en/v1.1.0#string>.
use super::super::syntax::Span;
use super::super::syntax::lexer::Word;

/// Returns `value`, which the string or bare key at `span` of `text` stands for, with the place of each of its bytes;
/// `None` if the two do not belong together.
pub(super) fn word(value: &str, text: &str, span: &Span) -> Option<Word> {
    let raw = text.get(span.clone())?;
    let (body, quoting) = body(raw)?;
    let start = span.start + body.start;
    let mut word = Vec::with_capacity(value.len());
    let mut places = Vec::with_capacity(value.len() + 1);
    let mut rest = &raw[body.clone()];
    while let Some(character) = rest.chars().next() {
        let at = start + (body.len() - rest.len());
        let (meant, length) = match character {
            '\\' if quoting.has_escapes() => escaped(rest, quoting)?,
            _ => (Some(character), character.len_utf8()),
        };
        if let Some(meant) = meant {
            let mut bytes = [0; 4];
            let bytes = meant.encode_utf8(&mut bytes).as_bytes();
            word.extend_from_slice(bytes);
            // An escape is one place, whatever it stands for.
            places.extend((0..bytes.len()).map(|byte| if length == bytes.len() { at + byte } else { at }));
        }
        rest = &rest[length..];
    }
    places.push(start + body.len());
    let body = start..start + body.len();
    (word == value.as_bytes()).then(|| Word::new(value.to_owned(), body, places))
}

/// Returns `value` as a word of which each part stood at the whole of `span`.
pub(super) fn whole(value: &str, span: Span) -> Word {
    let mut places = vec![span.start; value.len()];
    places.push(span.end);
    Word::new(value.to_owned(), span, places)
}

/// Tells whether the quotes that `raw` begins with are closed at its end.
pub(super) fn is_closed(raw: &str) -> bool {
    body(raw).is_some()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Quoting {
    Bare,
    Literal,
    Basic,
    MultilineLiteral,
    MultilineBasic,
}

impl Quoting {
    fn has_escapes(self) -> bool {
        matches!(self, Quoting::Basic | Quoting::MultilineBasic)
    }
}

/// Returns what stands between the quotes.
fn body(raw: &str) -> Option<(Span, Quoting)> {
    for (quotes, quoting) in [
        ("\"\"\"", Quoting::MultilineBasic),
        ("'''", Quoting::MultilineLiteral),
        ("\"", Quoting::Basic),
        ("'", Quoting::Literal),
    ] {
        // `""` begins with one quote, and `"""` with three.
        let Some(inner) = raw.strip_prefix(quotes) else { continue };
        let inner = inner.strip_suffix(quotes)?;
        let mut start = quotes.len();
        if quotes.len() == 3 {
            // A newline at once is none of the text's.
            start += if inner.starts_with("\r\n") { 2 } else { usize::from(inner.starts_with('\n')) };
        }
        let end = quotes.len() + inner.len();
        let backslashes = inner.bytes().rev().take_while(|byte| *byte == b'\\').count();
        let is_closed = !quoting.has_escapes() || backslashes % 2 == 0;
        return is_closed.then_some((start..end, quoting));
    }
    Some((0..raw.len(), Quoting::Bare))
}

/// Returns what the escape at the beginning of `rest` stands for, and its length. The end of a line stands for nothing.
fn escaped(rest: &str, quoting: Quoting) -> Option<(Option<char>, usize)> {
    let digits = |count: usize| {
        let value = u32::from_str_radix(rest.get(2..2 + count)?, 16).ok()?;
        Some((Some(char::from_u32(value)?), 2 + count))
    };
    let simple = |meant: char| Some((Some(meant), 2));
    match rest[1..].chars().next()? {
        'b' => simple('\u{8}'),
        't' => simple('\t'),
        'n' => simple('\n'),
        'f' => simple('\u{c}'),
        'r' => simple('\r'),
        'e' => simple('\u{1b}'),
        '"' => simple('"'),
        '\\' => simple('\\'),
        'x' => digits(2),
        'u' => digits(4),
        'U' => digits(8),
        ' ' | '\t' | '\r' | '\n' if quoting == Quoting::MultilineBasic => {
            let after = rest[1..].trim_start_matches([' ', '\t', '\r', '\n']);
            Some((None, rest.len() - after.len()))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use toml::de::DeValue;

    /// Returns the pieces of text that the characters of a string stood at, with `|` between them.
    fn pieces(raw: &str) -> String {
        let value = DeValue::parse(raw).unwrap_or_else(|error| panic!("{raw}: {error}"));
        let value = value.get_ref().as_str().expect("a string");
        let word = word(value, raw, &(0..raw.len())).unwrap_or_else(|| panic!("{raw}"));
        let one = |(start, character): (usize, char)| {
            raw[word.span_of(start..start + character.len_utf8())].to_owned()
        };
        // Of one character the span is the whole word's.
        value.char_indices().map(one).collect::<Vec<_>>().join("|")
    }

    #[test]
    fn each_character_points_at_what_was_written_for_it() {
        for (raw, expected) in [
            (r#""ab""#, "a|b"),
            ("'a\\nb'", r"a|\|n|b"),
            (r#""a\"\\bä\u00e4\x41\U0001F980c""#, r#"a|\"|\\|b|ä|\u00e4|\x41|\U0001F980|c"#),
            ("\"\"\"\nab\\\n   cd\"\"\"", "a|b\\\n   |c|d"),
            ("'''\nab\"'c'''", "a|b|\"|'|c"),
        ] {
            assert_eq!(pieces(raw), expected, "{raw}");
        }
    }

    #[test]
    fn a_string_that_is_not_closed_is_told() {
        for raw in ["\"", "\"x", r#""x\""#, "'", "'''x'", "\"\"\"x\"\"", "\"\"\"\""] {
            assert!(!is_closed(raw), "{raw}");
        }
        for raw in ["\"\"", "''", r#""x\\""#, r"'x\'", "''''''", "\"\"\"\"\"\"\""] {
            assert!(is_closed(raw), "{raw}");
        }
    }

    proptest! {
        #[test]
        fn every_string_that_the_parser_takes_is_followed(
            raw in r#"("([a-zä ]|\\["\\btnfre]|\\x[0-7][0-9a-f]|\\u00[0-9a-f]{2}){0,9}"|'[a-z\\"ä]{0,9}'|"""(\r?\n)?([a-z"' ]|\\\\|\\ *\n *){0,9}x"""|'''\n?[a-z"\\\n]{0,9}x''')"#
        ) {
            if let Ok(value) = DeValue::parse(&raw) {
                let value = value.get_ref().as_str().expect("a string").to_owned();
                prop_assert!(word(&value, &raw, &(0..raw.len())).is_some(), "{raw:?}");
            }
        }

        #[test]
        fn nothing_panics(raw in any::<String>(), value in any::<String>()) {
            let _ = word(&value, &raw, &(0..raw.len()));
            let _ = is_closed(&raw);
        }
    }
}
