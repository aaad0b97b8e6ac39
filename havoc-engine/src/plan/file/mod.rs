//! Plan files: TOML text → words, as the lexer of rules makes them, and a plan → TOML text.
//!
//! ```text
//! text ── document ──► tables ── table, shape ──► Lexed ── syntax::read_rule ──► Rule ── print ──► text
//!            └────────────┴────── errors ────────────┴───────────┘
//! ```
//!
//! Only the form is judged here. What words mean, and what makes no sense, is for the rules' own reader, so that a plan
//! file has the same errors as `--inject`, at the same words. serde was no choice: it stops at the first error, and
//! would hide where a byte of a value stood.
mod document;
mod print;
mod shape;
mod string;
mod table;

#[cfg(test)]
mod tests;

use super::syntax::Span;
use super::syntax::error::{Errors, did_you_mean};
use super::syntax::lexer::Lexed;
use document::{Document, Entry, Kind, Value};

/// The one key that a plan file has.
const RULE: &str = "rule";

/// A plan file, as far as it is TOML.
pub(super) struct File {
    document: Document,
}

/// Reads `text` as TOML; adds what is none to `errors`.
pub(super) fn read(text: &str, errors: &mut Errors) -> File {
    File { document: Document::read(text, errors) }
}

impl File {
    /// Tells whether some of the lines of `span` are no TOML, so that nothing else is to be said about them.
    pub fn is_broken(&self, span: &Span) -> bool {
        self.document.is_broken(span)
    }

    /// Returns the words of each rule, in order; adds what is not of the form of a plan to `errors`.
    pub fn rules(&self, errors: &mut Errors) -> Vec<Lexed> {
        let mut rules = Vec::new();
        for entry in &self.document.entries {
            match (&*entry.key.text, &entry.value.kind) {
                (RULE, Kind::List(tables)) => self.tables(tables, &mut rules, errors),
                (RULE, _) => errors.add_help(
                    entry.value.span.clone(),
                    format!("a rule is a table in a list of tables, and this is {}", entry.value.kind.name()),
                    "begin each rule with `[[rule]]`",
                ),
                _ => unknown(entry, errors),
            }
        }
        rules
    }

    fn tables(&self, tables: &[Value], rules: &mut Vec<Lexed>, errors: &mut Errors) {
        for (index, value) in tables.iter().enumerate() {
            let Kind::Table(entries) = &value.kind else {
                errors.add_help(
                    value.span.clone(),
                    format!("a rule is a table, and this is {}", value.kind.name()),
                    "begin each rule with `[[rule]]`",
                );
                continue;
            };
            let end = tables.get(index + 1).map_or(usize::MAX, |next| next.span.start);
            let is_whole = !self.document.is_broken(&(value.span.start..end.saturating_sub(1)));
            rules.push(table::words(entries, value.span.clone(), is_whole, errors));
        }
    }
}

fn unknown(entry: &Entry, errors: &mut Errors) {
    let key = &entry.key.text;
    let help = did_you_mean(key, [RULE].into_iter())
        .unwrap_or_else(|| "a plan file has rules alone, each begins with `[[rule]]`".to_owned());
    errors.add_help(entry.key.span.clone(), format!("unknown key `{key}`"), help);
}
