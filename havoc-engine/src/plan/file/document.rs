//! TOML text → values with their places, and what of it is no TOML.
//!
//! The toml crate goes on after an error and takes for a value whatever stood there. One mistake may then give several
//! errors: those are told as one, and a line that has one is said nothing else about.
use super::super::syntax::Span;
use super::super::syntax::error::Errors;
use super::super::syntax::lexer::Word;
use super::string;
use toml::de::{DeInteger, DeTable, DeValue};

/// A plan file as a tree.
pub(super) struct Document {
    /// The keys of the top level, in the order of the text.
    pub entries: Vec<Entry>,
    /// Lines that are no TOML, each from its first byte to the one behind its last.
    broken: Vec<Span>,
}

/// A key with its value.
pub(super) struct Entry {
    /// The key; of `a.b` there is an entry of `b` in one of `a`.
    pub key: Word,
    /// What it is given.
    pub value: Value,
}

impl Entry {
    /// Returns where it stands, from the key to the value's end.
    pub fn span(&self) -> Span {
        self.key.span.start..self.value.span.end.max(self.key.span.end)
    }
}

/// A value with its place.
pub(super) struct Value {
    /// What it is.
    pub kind: Kind,
    /// Where it stands, quotes and brackets included; of a table that has a header, the header.
    pub span: Span,
}

/// What a value is.
pub(super) enum Kind {
    /// A string.
    Text(Word),
    /// An integer as it was written, without its `+` and `_`, and the same in decimal.
    Number {
        /// `0xff`
        written: String,
        /// `255`
        decimal: String,
    },
    /// `true` or `false`.
    Boolean(bool),
    /// A list, of tables too.
    List(Vec<Value>),
    /// A table.
    Table(Vec<Entry>),
    /// What no key takes: a float, a date.
    Other(&'static str),
}

impl Kind {
    /// Returns what it is called, with its article.
    pub fn name(&self) -> &'static str {
        match self {
            Kind::Text(_) => "text",
            Kind::Number { .. } => "a number",
            Kind::Boolean(_) => "a boolean",
            Kind::List(_) => "a list",
            Kind::Table(_) => "a table",
            Kind::Other(name) => name,
        }
    }
}

impl Document {
    /// Reads `text`; adds what is no TOML to `errors`.
    pub fn read(text: &str, errors: &mut Errors) -> Document {
        let (root, found) = DeTable::parse_recoverable(text);
        let mut reader = Reader { text, explained: Vec::new(), errors };
        let entries = reader.entries(root.get_ref());
        let mut broken: Vec<Span> = reader.explained.iter().map(|span| lines(text, span)).collect();
        let mut found: Vec<_> = found
            .iter()
            .map(|error| (within(text, error.span().unwrap_or(text.len()..text.len())), error.message()))
            .filter(|(span, _)| !reader.explained.iter().any(|explained| touch(explained, span)))
            .collect();
        found.sort_by_key(|(span, _)| (span.start, span.end));
        for (span, message) in found {
            let lines = lines(text, &span);
            // One mistake makes several errors in a line, and the first one is nearest to it.
            if !broken.contains(&lines) {
                let (message, help) = match message.split_once(", expected ") {
                    Some((message, expected)) => (message, Some(format!("expected here: {expected}"))),
                    None => (message, None),
                };
                errors.add_with(span, format!("this is no TOML: {message}"), help);
                broken.push(lines);
            }
        }
        // What follows a header that was not understood stands in some other table.
        for lines in &mut broken {
            if text[lines.clone()].trim_start().starts_with('[') {
                let after = &text[lines.end..];
                lines.end += after.find("\n[").unwrap_or(after.len());
            }
        }
        Document { entries, broken }
    }

    /// Tells whether some of the lines of `span` are no TOML.
    pub fn is_broken(&self, span: &Span) -> bool {
        self.broken.iter().any(|lines| touch(lines, span))
    }
}

/// Returns the part of `span` that lies in `text`, at the edges of its characters.
fn within(text: &str, span: Span) -> Span {
    let edge = |at: usize| (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let start = edge(span.start);
    start..edge(span.end).max(start)
}

fn touch(one: &Span, other: &Span) -> bool {
    one.start <= other.end && other.start <= one.end
}

/// Returns the lines that `span` is in, without the last one's end.
fn lines(text: &str, span: &Span) -> Span {
    let start = text[..span.start].rfind('\n').map_or(0, |end| end + 1);
    let end = text[span.end..].find('\n').map_or(text.len(), |length| span.end + length);
    start..end
}

struct Reader<'a> {
    text: &'a str,
    /// What an error was told about here, so that the parser's own need not be.
    explained: Vec<Span>,
    errors: &'a mut Errors,
}

impl Reader<'_> {
    fn explain(&mut self, span: Span, place: Span, message: &str, help: String) {
        self.explained.push(span);
        self.errors.add_help(place, message, help);
    }

    fn entries(&mut self, table: &DeTable) -> Vec<Entry> {
        // A map of the crate is in the order of the keys.
        let mut keys: Vec<_> = table.iter().collect();
        keys.sort_by_key(|(key, _)| key.span().start);
        let mut entries = Vec::with_capacity(keys.len());
        for (key, value) in keys {
            let key_span = within(self.text, key.span());
            let key = string::word(key.get_ref(), self.text, &key_span)
                .unwrap_or_else(|| string::whole(key.get_ref(), key_span));
            let value = self.value(value.get_ref(), within(self.text, value.span()));
            entries.push(Entry { key, value });
        }
        entries
    }

    fn value(&mut self, value: &DeValue, span: Span) -> Value {
        let raw = &self.text[span.clone()];
        let kind = match value {
            DeValue::String(text) => Kind::Text(self.string(text, raw, &span)),
            DeValue::Integer(number) => integer(number),
            DeValue::Boolean(value) => Kind::Boolean(*value),
            DeValue::Float(_) => Kind::Other("a float"),
            DeValue::Datetime(_) => Kind::Other("a date or time"),
            DeValue::Table(table) => Kind::Table(self.entries(table)),
            DeValue::Array(values) => {
                // A list of tables that have headers stands where the first header does.
                let has_headers = values.first().is_some_and(|first| first.span() == span);
                if !has_headers && !raw.ends_with(']') {
                    let place = span.start..span.start + 1;
                    self.explain(span.clone(), place, "this list is never closed", "end it with `]`".into());
                    return Value { kind: Kind::List(Vec::new()), span };
                }
                let values = values.iter();
                Kind::List(
                    values
                        .map(|value| self.value(value.get_ref(), within(self.text, value.span())))
                        .collect(),
                )
            }
        };
        Value { kind, span }
    }

    fn string(&mut self, text: &str, raw: &str, span: &Span) -> Word {
        if raw.is_empty() {
            self.explain(
                span.clone(),
                span.clone(),
                "a value is missing",
                "a key is given one: `log = true`".into(),
            );
        } else if !raw.starts_with(['"', '\'']) {
            let help = format!("write `\"{raw}\"`");
            self.explain(span.clone(), span.clone(), "text stands in quotes", help);
        } else if !string::is_closed(raw) {
            let quote = &raw[..1];
            let help = format!("end the text with `{quote}`");
            self.explain(span.clone(), span.clone(), "this quote is never closed", help);
        } else if let Some(word) = string::word(text, self.text, span) {
            return word;
        }
        string::whole(text, span.clone())
    }
}

fn integer(number: &DeInteger) -> Kind {
    let digits = number.as_str().trim_start_matches('+');
    match i128::from_str_radix(digits, number.radix()) {
        Ok(value) => {
            let decimal = value.to_string();
            let written = match number.radix() {
                16 => format!("0x{digits}"),
                8 => format!("0o{digits}"),
                _ => decimal.clone(),
            };
            Kind::Number { written, decimal }
        }
        // Whoever reads it says that it is too large, or, of an error of TOML, nothing.
        Err(_) => Kind::Number { written: digits.to_owned(), decimal: digits.to_owned() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Writes each error as `text it points at: message; help`.
    fn errors(text: &str) -> Vec<String> {
        let mut errors = Errors::of_source(0);
        Document::read(text, &mut errors);
        let shown = errors.into_sorted().into_iter().map(|error| {
            let help = error.help.map_or_else(String::new, |help| format!("; {help}"));
            format!("{}: {}{help}", &text[error.span], error.message)
        });
        shown.collect()
    }

    #[test]
    fn one_mistake_is_one_error() {
        for (text, expected) in [
            ("a = \n", ": a value is missing; a key is given one: `log = true`"),
            ("a = EIO\n", "EIO: text stands in quotes; write `\"EIO\"`"),
            ("a = \"x\nb = 1\n", "\"x: this quote is never closed; end the text with `\"`"),
            ("a = 'x\nb = 1\n", "'x: this quote is never closed; end the text with `'`"),
            ("a = [1,\n b = 2\n[[rule]]\nc = tru\n", "[: this list is never closed; end it with `]`"),
            ("a = tru\n", "tru: this is no TOML: invalid boolean; expected here: `true`"),
            ("a = 1\na = 2\n", "a: this is no TOML: duplicate key"),
            ("a b\n", ": this is no TOML: key with no value; expected here: `=`"),
            ("[[rule]\na = 1\n", ": this is no TOML: unclosed array table; expected here: `]`"),
            ("a = 007\n", "0: this is no TOML: unexpected leading zero; expected here: nothing"),
        ] {
            assert_eq!(errors(text), [expected], "{text}");
        }
    }

    #[test]
    fn several_mistakes_are_several_errors() {
        let text = "a = EIO\nb = \nc = 'x\nd = [tru, fals]\ne e\n";
        let begin: Vec<_> =
            errors(text).iter().map(|error| error.split(';').next().unwrap_or_default().to_owned()).collect();
        assert_eq!(
            begin,
            [
                "EIO: text stands in quotes",
                ": a value is missing",
                "'x: this quote is never closed",
                "tru: this is no TOML: invalid boolean",
                ": this is no TOML: key with no value",
            ]
        );
    }

    #[test]
    fn lines_with_errors_are_broken_and_others_are_not() {
        let text = "a = 1\nb = x\nc = 2\n[[d]\ne = 3\n[f]\ng = 4\n";
        let document = Document::read(text, &mut Errors::of_source(0));
        let broken = |word: &str| {
            let at = text.find(word).unwrap();
            document.is_broken(&(at..at + 1))
        };
        let found: Vec<_> =
            ["a", "b", "c", "[[d", "e =", "f]", "g"].into_iter().filter(|word| broken(word)).collect();
        assert_eq!(found, ["b", "[[d", "e ="]);
    }

    #[test]
    fn numbers_are_read_in_every_base_of_toml() {
        let document =
            Document::read("a = +5_0\nb = 0xFF\nc = 0b11\nd = -7\ne = 0o17\n", &mut Errors::of_source(0));
        let numbers: Vec<_> = document
            .entries
            .iter()
            .map(|entry| match &entry.value.kind {
                Kind::Number { written, decimal } => (&**written, &**decimal),
                other => panic!("{}", other.name()),
            })
            .collect();
        assert_eq!(numbers, [("50", "50"), ("0xFF", "255"), ("3", "3"), ("-7", "-7"), ("0o17", "15")]);
    }
}
