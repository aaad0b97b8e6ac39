//! Every key and flag of the rule language, built or not, and the names of the classes.
//!
//! What is in here but not built is refused by its name, so that nobody takes it for a typing error, and never
//! silently accepted.

use crate::class;

/// What a key or flag of the language is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    /// `path=`
    Path,
    /// `mapped=`
    Mapped,
    /// `fd=`
    Descriptor,
    /// `when=`
    When,
    /// `error=`
    Error,
    /// `retval=`
    Retval,
    /// `name=`
    Name,
    /// `instead`
    Instead,
    /// `after`
    After,
    /// `log`
    Log,
    /// Promised, not there yet: chooses calls.
    UnbuiltSelector,
    /// Promised, not there yet: does something, so that the rule does not lack an action.
    UnbuiltAction,
}

/// How each is written.
const KEYS: &[(&str, Key)] = &[
    ("path", Key::Path),
    ("mapped", Key::Mapped),
    ("fd", Key::Descriptor),
    ("when", Key::When),
    ("error", Key::Error),
    ("retval", Key::Retval),
    ("name", Key::Name),
    ("instead", Key::Instead),
    ("after", Key::After),
    ("log", Key::Log),
    ("sock", Key::UnbuiltSelector),
    ("arg1", Key::UnbuiltSelector),
    ("arg2", Key::UnbuiltSelector),
    ("arg3", Key::UnbuiltSelector),
    ("arg4", Key::UnbuiltSelector),
    ("arg5", Key::UnbuiltSelector),
    ("arg6", Key::UnbuiltSelector),
    ("comm", Key::UnbuiltSelector),
    ("exe", Key::UnbuiltSelector),
    ("thread", Key::UnbuiltSelector),
    ("pid", Key::UnbuiltSelector),
    ("caller", Key::UnbuiltSelector),
    ("ret", Key::UnbuiltSelector),
    ("per", Key::UnbuiltSelector),
    ("chance", Key::UnbuiltSelector),
    ("after-time", Key::UnbuiltSelector),
    ("until", Key::UnbuiltSelector),
    ("short", Key::UnbuiltAction),
    ("corrupt", Key::UnbuiltAction),
    ("delay_enter", Key::UnbuiltAction),
    ("delay_exit", Key::UnbuiltAction),
    ("signal", Key::UnbuiltAction),
    ("kill", Key::UnbuiltAction),
    ("poke_enter", Key::UnbuiltAction),
    ("poke_exit", Key::UnbuiltAction),
    ("syscall", Key::UnbuiltAction),
    ("uncounted", Key::UnbuiltSelector),
];

/// Returns the key that `text` writes.
pub(super) fn of(text: &str) -> Option<Key> {
    KEYS.iter().find(|(name, _)| *name == text).map(|(_, key)| *key)
}

/// Returns every key and flag as it is written.
pub(super) fn all() -> impl Iterator<Item = &'static str> {
    KEYS.iter().map(|(name, _)| *name)
}

/// Returns the classes of the language, without their `%`.
pub(super) fn classes() -> impl Iterator<Item = &'static str> {
    class::all().map(|class| class.name)
}
