//! One `[[rule]]` → the words of a rule.
use super::super::syntax::Span;
use super::super::syntax::error::{Errors, did_you_mean};
use super::super::syntax::items;
use super::super::syntax::key::{self, Key};
use super::super::syntax::lexer::{Item, Lexed, Operator, Word};
use super::document::{Entry, Kind, Value};
use super::shape::{self, Scalar, Takes};
use super::string;

/// The keys of a rule in a file that are none of the language.
pub(super) const CALLS: &str = "calls";
/// What it holds must not be so.
pub(super) const NOT: &str = "not";
/// Arguments that the call is given.
pub(super) const SET: &str = "set";

/// Returns the words of the rule whose table has `entries` and stands at `place`. Of one that is not `whole` some lines
/// were no TOML.
pub(super) fn words(entries: &[Entry], place: Span, is_whole: bool, errors: &mut Errors) -> Lexed {
    let mut table = Table { items: Vec::new(), understood: is_whole, errors };
    let mut members = None;
    for entry in entries {
        match &*entry.key.text {
            CALLS => members = Some((table.calls(entry), entry.value.span.clone())),
            NOT => table.inner(entry, Table::not),
            SET => table.inner(entry, Table::set),
            _ => table.key(entry),
        }
    }
    if members.is_none() && table.understood {
        table.errors.add_help(place.clone(), "this rule names no calls", "add `calls = [\"msync\"]`");
    }
    let Table { mut items, understood, .. } = table;
    // Of `not.fd` and `not.path` each has its own place among the others, also where they are one table.
    items.sort_by_key(|item| item.span.start);
    let (members, set) = members.unwrap_or_else(|| (Vec::new(), place.clone()));
    Lexed { members, set, items, whole: place, incomplete: !understood }
}

struct Table<'a> {
    items: Vec<Item>,
    /// Whether every key and every form of a value was understood.
    understood: bool,
    errors: &'a mut Errors,
}

impl Table<'_> {
    fn refuse(&mut self, span: Span, message: String, help: impl Into<String>) {
        self.understood = false;
        self.errors.add_help(span, message, help);
    }

    /// Returns the values of a list, or the one value; refuses a list of nothing.
    fn values<'v>(&mut self, entry: &'v Entry) -> &'v [Value] {
        let Kind::List(values) = &entry.value.kind else { return std::slice::from_ref(&entry.value) };
        if values.is_empty() {
            let key = &entry.key.text;
            self.refuse(
                entry.value.span.clone(),
                format!("this list of `{key}` is empty"),
                format!("leave `{key}` out, or give it a value"),
            );
        }
        values
    }

    fn calls(&mut self, entry: &Entry) -> Vec<Word> {
        let mut members = Vec::new();
        for (index, value) in self.values(entry).iter().enumerate() {
            let scalar = self.scalar(CALLS, value, Takes::Several(Scalar::Number), "[\"msync\"]");
            let Some(word) = scalar else { continue };
            let mut start = 0;
            for piece in word.text.split(',') {
                let negation = if index == 0 && start == 0 { "!" } else { "" };
                let name = piece.strip_prefix(negation).unwrap_or(piece);
                // An expression may hold a comma: it reaches to the end of its text.
                if name.strip_prefix('?').unwrap_or(name).starts_with('/') {
                    members.push(word.part(start..word.text.len()));
                    break;
                }
                members.push(word.part(start..start + piece.len()));
                start += piece.len() + 1;
            }
        }
        members
    }

    /// Reads the table `not` or `set`, each entry of it by `read`.
    fn inner(&mut self, entry: &Entry, read: fn(&mut Self, &Entry)) {
        match &entry.value.kind {
            Kind::Table(entries) => entries.iter().for_each(|entry| read(self, entry)),
            other => {
                let (key, what) = (&entry.key.text, other.name());
                let example = if key == NOT { "not.path = \"*.tmp\"" } else { "set.arg3 = 0" };
                self.refuse(
                    entry.value.span.clone(),
                    format!("`{key}` is a table, and this is {what}"),
                    format!("write `{example}`"),
                );
            }
        }
    }

    fn unknown(&mut self, entry: &Entry, known: Vec<&'static str>) {
        let key = &entry.key.text;
        let help = did_you_mean(key, known.into_iter());
        self.understood = false;
        self.errors.add_with(entry.key.span.clone(), format!("unknown key `{key}`"), help);
    }

    fn key(&mut self, entry: &Entry) {
        let Some(key) = key::of(&entry.key.text) else {
            return self.unknown(entry, [CALLS, NOT, SET].into_iter().chain(key::all()).collect());
        };
        let (takes, example) = shape::of(key);
        match takes {
            Takes::Flag => self.flag(entry),
            Takes::One(_) if matches!(entry.value.kind, Kind::List(_)) => {
                self.wrong(&entry.key.text, &entry.value, takes, example);
            }
            Takes::One(_) | Takes::Several(_) => self.several(entry, Operator::Equal, takes, example),
            Takes::List(_) => self.list(entry, takes, example),
            Takes::Tests => self.tests(key, entry, takes, example),
        }
    }

    fn flag(&mut self, entry: &Entry) {
        match entry.value.kind {
            Kind::Boolean(true) => {
                self.items.push(Item { key: entry.key.clone(), value: None, span: entry.span() });
            }
            Kind::Boolean(false) => {}
            _ => self.wrong(&entry.key.text, &entry.value, Takes::Flag, "true"),
        }
    }

    /// Adds an item for each value.
    fn several(&mut self, entry: &Entry, operator: Operator, takes: Takes, example: &str) {
        for value in self.values(entry) {
            if let Some(word) = self.scalar(&entry.key.text, value, takes, example) {
                self.item(entry, value, operator, word);
            }
        }
    }

    fn item(&mut self, entry: &Entry, value: &Value, operator: Operator, word: Word) {
        let is_listed = matches!(entry.value.kind, Kind::List(_));
        let span = if is_listed { value.span.clone() } else { entry.span() };
        self.items.push(Item { key: entry.key.clone(), value: Some((operator, word)), span });
    }

    /// Adds one item for all values, with commas between them.
    fn list(&mut self, entry: &Entry, takes: Takes, example: &str) {
        let mut words = Vec::new();
        for value in self.values(entry) {
            words.extend(self.scalar(&entry.key.text, value, takes, example));
        }
        if !words.is_empty() {
            let word = Word::join(words, ',', entry.value.span.clone());
            let value = Some((Operator::Equal, word));
            self.items.push(Item { key: entry.key.clone(), value, span: entry.span() });
        }
    }

    /// Adds an item for each comparison, whose operator stands in its text.
    fn tests(&mut self, key: Key, entry: &Entry, takes: Takes, example: &str) {
        for value in self.values(entry) {
            let Some(word) = self.scalar(&entry.key.text, value, takes, example) else { continue };
            let written = Operator::ALL.iter().find(|(_, text)| word.text.starts_with(text));
            let (operator, length) =
                written.map_or((Operator::Equal, 0), |(operator, text)| (*operator, text.len()));
            if operator == Operator::Assign || !items::operators(key).contains(&operator) {
                let key = &entry.key.text;
                self.refuse(
                    word.span_of(0..length),
                    format!("`{key}` is compared, and `:=` is no comparison"),
                    format!("write `set.{key} = …` for what the call is to be given"),
                );
                continue;
            }
            let operand = word.part(length..word.text.len());
            self.item(entry, value, operator, operand);
        }
    }

    /// Reads one entry of `not`.
    fn not(&mut self, entry: &Entry) {
        let negated = |key: &Key| items::operators(*key).contains(&Operator::NotEqual);
        match key::of(&entry.key.text) {
            None => self.unknown(
                entry,
                key::all().filter(|text| key::of(text).is_some_and(|key| negated(&key))).collect(),
            ),
            Some(key @ (Key::Argument(_) | Key::Result)) => self.refuse(
                entry.key.span.clone(),
                format!("`{0}` does not stand in `not`: its value says how it is compared", key.text()),
                format!("write `{} = \"!=…\"`", key.text()),
            ),
            Some(key) if negated(&key) => {
                let (takes, example) = shape::of(key);
                self.several(entry, Operator::NotEqual, takes, example);
            }
            Some(key) => self.refuse(
                entry.key.span.clone(),
                format!("`{}` does not stand in `not`", key.text()),
                "`not` has selectors that must not fit: `not.path = \"*.tmp\"`",
            ),
        }
    }

    /// Reads one entry of `set`.
    fn set(&mut self, entry: &Entry) {
        match key::of(&entry.key.text) {
            Some(Key::Argument(_)) => {
                let takes = Takes::One(Scalar::AnyBase);
                if let Some(word) = self.scalar(&entry.key.text, &entry.value, takes, "0") {
                    self.item(entry, &entry.value, Operator::Assign, word);
                }
            }
            _ => {
                let arguments = key::all().filter(|text| matches!(key::of(text), Some(Key::Argument(_))));
                self.unknown(entry, arguments.collect());
            }
        }
    }

    /// Returns a value that is no list as a word; refuses what `takes` does not take.
    fn scalar(&mut self, key: &str, value: &Value, takes: Takes, example: &str) -> Option<Word> {
        let any_base = matches!(takes, Takes::Tests | Takes::One(Scalar::AnyBase));
        match &value.kind {
            Kind::Text(word) if word.text.contains('\0') => {
                self.refuse(
                    word.span.clone(),
                    format!("`{key}` holds a NUL"),
                    "no name of the kernel's and no word of a command line has one",
                );
                None
            }
            Kind::Text(word) => Some(word.clone()),
            Kind::Number { written, decimal } if takes.numbers() => {
                Some(string::whole(if any_base { written } else { decimal }, value.span.clone()))
            }
            _ => {
                self.wrong(key, value, takes, example);
                None
            }
        }
    }

    fn wrong(&mut self, key: &str, value: &Value, takes: Takes, example: &str) {
        let what = value.kind.name();
        self.refuse(
            value.span.clone(),
            format!("`{key}` takes {}, and this is {what}", takes.text()),
            format!("write `{key} = {example}`"),
        );
    }
}
