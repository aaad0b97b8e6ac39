//! ITEMs → the parts of a rule.
use super::Span;
use super::error::{Errors, did_you_mean};
use super::key::{self, Key};
use super::lexer::{Item, Operator, Word};
use super::value;
use crate::plan::{Action, At, Comparison, Outcome, PathPattern, Selector, When};
use std::path::Path;

/// The items of one rule, as far as they were right.
#[derive(Debug, Default)]
pub(super) struct Parts {
    /// Selectors, gathered by key and comparison.
    pub selectors: Vec<Selector>,
    /// `when=`.
    pub when: When,
    /// What happens.
    pub action: Action,
    /// `name=` and where it stands.
    pub name: Option<(String, Span)>,
    /// Whether an action was meant, also one that was wrong or is not built.
    pub acts: bool,
}

/// Reads all items.
pub(super) fn read(items: &[Item], cwd: &Path, errors: &mut Errors) -> Parts {
    let mut reader = Reader { cwd, errors, seen: Vec::new(), unknown: false, parts: Parts::default() };
    for item in items {
        reader.item(item);
    }
    // What is missing may be what was not understood; one complaint is enough.
    reader.parts.acts |= reader.unknown;
    if !reader.unknown {
        reader.needs_outcome();
    }
    reader.parts
}

struct Reader<'a> {
    cwd: &'a Path,
    errors: &'a mut Errors,
    /// Keys that were there, with their places.
    seen: Vec<(Key, Span)>,
    /// Whether a key was unknown: it may have been meant as any other.
    unknown: bool,
    parts: Parts,
}

impl Reader<'_> {
    fn item(&mut self, item: &Item) {
        let Some(key) = key::of(&item.key.text) else {
            let help = did_you_mean(&item.key.text, key::all());
            self.errors.add_with(item.key.span.clone(), format!("unknown key `{}`", item.key.text), help);
            self.unknown = true;
            return;
        };
        self.parts.acts |= acts(key);
        self.once(key, item);
        match key {
            Key::UnbuiltSelector | Key::UnbuiltAction => {
                let operator = item.value.as_ref().map_or("", |(operator, _)| operator.text());
                self.errors.add_not_built(item.span.clone(), &format!("{}{operator}", item.key.text));
            }
            Key::Instead | Key::After | Key::Log => {
                if item.value.is_some() {
                    let flag = &item.key.text;
                    self.errors.add_help(
                        item.span.clone(),
                        format!("`{flag}` takes no value"),
                        format!("write `{flag}` alone"),
                    );
                } else if key == Key::Log {
                    self.parts.action.log = true;
                } else {
                    self.parts.action.at = if key == Key::After { At::After } else { At::Instead };
                }
            }
            Key::Path | Key::Mapped | Key::Descriptor => self.selector(key, item),
            Key::When | Key::Error | Key::Retval | Key::Name => self.setting(key, item),
        }
        self.seen.push((key, item.span.clone()));
    }

    /// Refuses a second one of what there can be only one of, and pairs that contradict each other.
    fn once(&mut self, key: Key, item: &Item) {
        if matches!(
            key,
            Key::Path | Key::Mapped | Key::Descriptor | Key::UnbuiltSelector | Key::UnbuiltAction
        ) {
            return;
        }
        let seen = |key: Key| self.seen.iter().any(|(seen, _)| *seen == key);
        let against = match key {
            Key::Error => Some((Key::Retval, "retval")),
            Key::Retval => Some((Key::Error, "error")),
            Key::Instead => Some((Key::After, "after")),
            Key::After => Some((Key::Instead, "instead")),
            _ => None,
        };
        let name = &item.key.text;
        if seen(key) {
            self.errors.add_help(
                item.span.clone(),
                format!("`{name}` is there twice"),
                "keep one of them, or write a second rule",
            );
        } else if let Some((other, other_name)) = against
            && seen(other)
        {
            self.errors.add_help(
                item.span.clone(),
                format!("`{name}` and `{other_name}` exclude each other"),
                "keep one of them, or write a second rule",
            );
        }
    }

    /// Returns the value of an item whose key takes `operators`, if it has one.
    fn value<'item>(&mut self, item: &'item Item, operators: &[Operator]) -> Option<(Operator, &'item Word)> {
        let key = &item.key.text;
        let Some((operator, word)) = &item.value else {
            self.errors.add_help(
                item.span.clone(),
                format!("`{key}` needs a value"),
                format!("write `{key}=…`"),
            );
            return None;
        };
        if !operators.contains(operator) {
            let taken: Vec<_> =
                operators.iter().map(|operator| format!("`{key}{}`", operator.text())).collect();
            self.errors.add_help(
                item.key.span.end..word.span.start,
                format!("`{key}` does not go with `{}`", operator.text()),
                format!("write {}", taken.join(" or ")),
            );
            return None;
        }
        if word.text.is_empty() {
            self.errors.add(item.span.clone(), format!("`{key}{}` has no value", operator.text()));
            return None;
        }
        Some((*operator, word))
    }

    fn selector(&mut self, key: Key, item: &Item) {
        let Some((operator, word)) = self.value(item, &[Operator::Equal, Operator::NotEqual]) else {
            return;
        };
        let comparison = if operator == Operator::Equal { Comparison::AnyOf } else { Comparison::NoneOf };
        if key == Key::Descriptor {
            if let Some(number) = value::descriptor(word, self.errors) {
                self.add_descriptor(comparison, number);
            }
            return;
        }
        match PathPattern::new(&word.text, self.cwd) {
            Ok(pattern) => self.add_pattern(key, comparison, pattern),
            Err(error) => {
                self.errors.add_help(word.span.clone(), "this is no path pattern", error.to_string());
            }
        }
    }

    fn add_descriptor(&mut self, comparison: Comparison, number: i32) {
        let gathered = self.parts.selectors.iter_mut().find_map(|selector| match selector {
            Selector::Descriptor(with, numbers) if *with == comparison => Some(numbers),
            _ => None,
        });
        match gathered {
            Some(numbers) => numbers.push(number),
            None => self.parts.selectors.push(Selector::Descriptor(comparison, vec![number])),
        }
    }

    fn add_pattern(&mut self, key: Key, comparison: Comparison, pattern: PathPattern) {
        let by_mapping = key == Key::Mapped;
        let gathered = self.parts.selectors.iter_mut().find_map(|selector| match selector {
            Selector::Path(with, patterns) if !by_mapping && *with == comparison => Some(patterns),
            Selector::Mapped(with, patterns) if by_mapping && *with == comparison => Some(patterns),
            _ => None,
        });
        match gathered {
            Some(patterns) => patterns.push(pattern),
            None if by_mapping => self.parts.selectors.push(Selector::Mapped(comparison, vec![pattern])),
            None => self.parts.selectors.push(Selector::Path(comparison, vec![pattern])),
        }
    }

    fn setting(&mut self, key: Key, item: &Item) {
        let Some((_, word)) = self.value(item, &[Operator::Equal]) else {
            return;
        };
        let parts = &mut self.parts;
        match key {
            Key::When => parts.when = value::when(word, self.errors).unwrap_or_default(),
            Key::Name => {
                parts.name = value::name(word, self.errors).map(|name| (name, word.span.clone()));
            }
            Key::Error => parts.action.outcome = value::error(word, self.errors).map(Outcome::Error),
            Key::Retval => parts.action.outcome = value::retval(word, self.errors).map(Outcome::Value),
            Key::Path
            | Key::Mapped
            | Key::Descriptor
            | Key::Instead
            | Key::After
            | Key::Log
            | Key::UnbuiltSelector
            | Key::UnbuiltAction => {}
        }
    }

    /// `instead` and `after` say when a result is given: without one they mean nothing.
    fn needs_outcome(&mut self) {
        if self.seen.iter().any(|(key, _)| matches!(key, Key::Error | Key::Retval | Key::UnbuiltAction)) {
            return;
        }
        for (key, span) in &self.seen {
            let flag = match key {
                Key::Instead => "instead",
                Key::After => "after",
                _ => continue,
            };
            self.parts.acts = true;
            self.errors.add_help(
                span.clone(),
                format!("`{flag}` needs a result to give"),
                "add `error=` or `retval=`",
            );
        }
    }
}

/// Tells whether `key` is an action.
fn acts(key: Key) -> bool {
    match key {
        Key::Error | Key::Retval | Key::Log | Key::UnbuiltAction => true,
        Key::Path
        | Key::Mapped
        | Key::Descriptor
        | Key::When
        | Key::Name
        | Key::Instead
        | Key::After
        | Key::UnbuiltSelector => false,
    }
}
