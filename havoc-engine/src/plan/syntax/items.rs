//! ITEMs → the parts of a rule.
use super::error::Errors;
use super::key::{self, Key};
use super::lexer::{Item, Lexed, Operator, Word};
use super::number::Constants;
use super::{Span, action, mistaken, number, selector, value};
use crate::plan::{Action, At, Selector, Trigger};
use std::path::Path;

/// The items of one rule, as far as they were right.
#[derive(Debug, Default)]
pub(super) struct Parts {
    /// Selectors, gathered by key and comparison.
    pub selectors: Vec<Selector>,
    /// Which matches are picked.
    pub trigger: Trigger,
    /// What happens.
    pub action: Action,
    /// `name=` and where it stands.
    pub name: Option<(String, Span)>,
    /// Whether an action was meant, also one that was wrong.
    pub acts: bool,
    /// Keys that were there, with their places.
    pub seen: Vec<(Key, Span)>,
}

/// Reads all items.
pub(super) fn read(lexed: &Lexed, cwd: &Path, constants: &Constants, errors: &mut Errors) -> Parts {
    let mut reader = Reader { cwd, constants, errors, unknown: lexed.incomplete, parts: Parts::default() };
    for item in &lexed.items {
        reader.item(item);
    }
    // What is missing may be what was not understood; one complaint is enough.
    reader.parts.acts |= reader.unknown;
    if !reader.unknown {
        reader.needs_outcome();
        reader.needs_execution();
    }
    reader.needs_time();
    reader.needs_counting();
    reader.parts
}

struct Reader<'a> {
    cwd: &'a Path,
    constants: &'a Constants<'a>,
    errors: &'a mut Errors,
    /// Whether something was not understood, such as a key: it may have been meant as any other.
    unknown: bool,
    parts: Parts,
}

const EQUALITY: &[Operator] = &[Operator::Equal, Operator::NotEqual];
const COMPARISONS: &[Operator] = &[
    Operator::Equal,
    Operator::NotEqual,
    Operator::Less,
    Operator::LessEqual,
    Operator::Greater,
    Operator::GreaterEqual,
    Operator::AnyBits,
];
const OF_ARGUMENTS: &[Operator] = &[
    Operator::Equal,
    Operator::NotEqual,
    Operator::Less,
    Operator::LessEqual,
    Operator::Greater,
    Operator::GreaterEqual,
    Operator::AnyBits,
    Operator::Assign,
];

/// Returns what may stand between a key and its value.
pub(in crate::plan) fn operators(key: Key) -> &'static [Operator] {
    match key {
        Key::Name(_) | Key::Descriptor | Key::Socket | Key::Pid => EQUALITY,
        Key::Argument(_) => OF_ARGUMENTS,
        Key::Result => COMPARISONS,
        _ => &[Operator::Equal],
    }
}

impl Reader<'_> {
    fn item(&mut self, item: &Item) {
        let Some(key) = key::of(&item.key.text) else {
            let value = item.value.as_ref().map(|(_, word)| word.text.as_str());
            let help = mistaken::key(&item.key.text, value);
            self.errors.add_help(item.key.span.clone(), format!("unknown key `{}`", item.key.text), help);
            self.unknown = true;
            return;
        };
        let assigns = matches!(item.value, Some((Operator::Assign, _)));
        self.parts.acts |= key.acts() || assigns;
        self.once(key, item);
        if key.is_flag() {
            self.flag(key, item);
        } else {
            self.valued(key, item);
        }
        self.parts.seen.push((key, item.span.clone()));
    }

    fn flag(&mut self, key: Key, item: &Item) {
        if item.value.is_some() {
            let flag = &item.key.text;
            self.errors.add_help(
                item.span.clone(),
                format!("`{flag}` takes no value"),
                match key {
                    Key::Kill => "write `kill` alone, or `kill:after` for after the call".to_owned(),
                    _ => format!("write `{flag}` alone"),
                },
            );
            return;
        }
        let action = &mut self.parts.action;
        match key {
            Key::Kill => action.kill = true,
            Key::Log => action.log = true,
            Key::Uncounted => action.uncounted = true,
            Key::After => action.at = At::After,
            _ => action.at = At::Instead,
        }
    }

    /// Refuses a second one of what there can be only one of, and pairs that contradict each other.
    fn once(&mut self, key: Key, item: &Item) {
        if key.repeats() {
            return;
        }
        let name = &item.key.text;
        let mut seen = self.parts.seen.iter().map(|(seen, _)| *seen);
        let excluded = seen.clone().find(|seen| key.excludes(*seen));
        if seen.any(|seen| seen == key) {
            self.errors.add_help(
                item.span.clone(),
                format!("`{name}` is there twice"),
                "keep one of them, or write a second rule",
            );
        } else if let Some(other) = excluded {
            self.errors.add_help(
                item.span.clone(),
                format!("`{name}` and `{}` exclude each other", other.text()),
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
            self.errors.add_help(
                item.span.clone(),
                format!("`{key}{}` has no value", operator.text()),
                format!("write the value behind it, or leave `{key}` out"),
            );
            return None;
        }
        Some((*operator, word))
    }

    fn valued(&mut self, key: Key, item: &Item) {
        let Some((operator, word)) = self.value(item, operators(key)) else { return };
        let (parts, errors) = (&mut self.parts, &mut *self.errors);
        let (trigger, action) = (&mut parts.trigger, &mut parts.action);
        match key {
            Key::Name(name) => selector::name(name, operator, word, self.cwd, &mut parts.selectors, errors),
            Key::Descriptor => selector::descriptor(operator, word, &mut parts.selectors, errors),
            Key::Socket => selector::socket(operator, word, &mut parts.selectors, errors),
            Key::Pid => selector::pid(operator, word, &mut parts.selectors, errors),
            Key::Argument(index) if operator == Operator::Assign => {
                let known = |name: &str| self.constants.of_argument(index, name);
                if let Some(operand) = number::operand(word, 0..word.text.len(), &known, errors) {
                    action::assign(index, operand, item, action, errors);
                }
            }
            Key::Argument(index) => {
                let known = |name: &str| self.constants.of_argument(index, name);
                selector::argument(index, operator, word, &known, &mut parts.selectors, errors);
            }
            Key::Result => selector::result(operator, word, &mut parts.selectors, errors),
            Key::When => trigger.when = value::when(word, errors).unwrap_or_default(),
            Key::Per => trigger.per = value::per(word, errors).unwrap_or_default(),
            Key::Chance => trigger.chance = value::chance(word, errors),
            Key::AfterTime => trigger.after = value::time(word, errors),
            Key::Until => trigger.until = value::time(word, errors),
            Key::Error => action.gives = action::errors(word, errors),
            Key::Retval => action.gives = action::retval(word, errors),
            Key::Short => action.short = action::short(word, errors),
            Key::Corrupt => action.corrupt = action::corrupt(word, errors),
            Key::Syscall => action.syscall = action::syscall(word, errors),
            Key::PokeEnter => action.poke_enter = action::pokes(word, errors),
            Key::PokeExit => action.poke_exit = action::pokes(word, errors),
            Key::DelayEnter => action.delay_enter = value::delay(word, errors),
            Key::DelayExit => action.delay_exit = value::delay(word, errors),
            Key::Signal => action.signal = action::signal(word, errors),
            Key::RuleName => {
                parts.name = value::name(word, errors).map(|name| (name, word.span.clone()));
            }
            Key::Kill | Key::Instead | Key::After | Key::Log | Key::Uncounted => {}
        }
    }

    /// `instead` and `after` say when something is done that can be done at either time: without it they mean nothing.
    fn needs_outcome(&mut self) {
        let seen = &self.parts.seen;
        if seen.iter().any(|(key, _)| matches!(key, Key::Error | Key::Retval | Key::Kill)) {
            return;
        }
        for (key, span) in seen {
            let flag = match key {
                Key::Instead => "instead",
                Key::After => "after",
                _ => continue,
            };
            self.parts.acts = true;
            self.errors.add_help(
                span.clone(),
                format!("`{flag}` needs a result to give, or `kill`"),
                "add `error=` or `retval=`",
            );
        }
    }

    /// What changes the call means nothing if it is never executed. What else excludes each other was refused before.
    fn needs_execution(&mut self) {
        let action = &self.parts.action;
        let dies_before = action.kill && action.at == At::Instead;
        let place = |key: &dyn Fn(&Key) -> bool| {
            self.parts.seen.iter().find(|(seen, _)| key(seen)).map(|(_, span)| span.clone())
        };
        if (action.skips() || action.syscall.is_some() || dies_before) && !action.arguments.is_empty() {
            let given = |key: &Key| matches!(key, Key::Error | Key::Retval | Key::Syscall | Key::Kill);
            if let Some(span) = place(&given) {
                let help = match dies_before {
                    true => "leave one of the two out, or write `kill:after`: then it is executed first",
                    false => {
                        "leave one of the two out, or give a result with `after`: then it is executed first"
                    }
                };
                self.errors.add_help(span, "a call that is never executed needs no other arguments", help);
            }
        }
        let changed = |key: &Key| matches!(key, Key::Short | Key::Corrupt | Key::PokeEnter);
        if dies_before && let Some(span) = place(&changed) {
            self.errors.add_help(
                span,
                "with `kill` the call is never executed, so that this changes nothing",
                "leave it out, or write `kill:after`: then the call is executed first",
            );
        }
    }

    /// What is not counted cannot be picked by a number, and nothing is said of it.
    fn needs_counting(&mut self) {
        let Some((_, place)) = self.parts.seen.iter().find(|(key, _)| *key == Key::Uncounted) else { return };
        if !self.unknown {
            let given = |(key, _): &(Key, Span)| matches!(key, Key::Error | Key::Retval);
            let more = |(key, _): &(Key, Span)| {
                key.acts() && !matches!(key, Key::Error | Key::Retval | Key::Log) || *key == Key::After
            };
            if !self.parts.seen.iter().any(given) || self.parts.seen.iter().any(more) {
                self.errors.add_help(
                    place.clone(),
                    "`uncounted` goes with `error` or `retval` alone",
                    "leave it out: what else a rule does is counted and logged",
                );
            }
        }
        for (key, span) in &self.parts.seen {
            let message = match key {
                Key::When | Key::Per | Key::Chance => {
                    format!("`{}` counts, and `uncounted` does not", key.text())
                }
                Key::Log => "what is `uncounted` is not logged".to_owned(),
                _ => continue,
            };
            self.errors.add_help(span.clone(), message, "leave one of the two out");
        }
    }

    fn needs_time(&mut self) {
        let trigger = &self.parts.trigger;
        if trigger.until.is_some_and(|until| until.is_zero())
            && let Some((_, span)) = self.parts.seen.iter().rfind(|(key, _)| *key == Key::Until)
        {
            self.errors.add_help(span.clone(), "this window is never open", "it begins with the program");
        } else if let (Some(after), Some(until)) = (trigger.after, trigger.until)
            && until <= after
            && let Some((_, span)) = self.parts.seen.iter().rfind(|(key, _)| *key == Key::Until)
        {
            self.errors.add_help(
                span.clone(),
                "this window ends before it begins",
                "`until` is counted from the program's start, as `after-time` is",
            );
        }
    }
}
