//! Every key and flag of the rule language.
use crate::plan::Name;

/// What a key or flag of the language is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::plan) enum Key {
    /// `path=` and the others that are patterns for names
    Name(Name),
    /// `fd=`
    Descriptor,
    /// `sock=`
    Socket,
    /// `pid=`
    Pid,
    /// `arg1` to `arg6`, here from 0
    Argument(usize),
    /// `ret`
    Result,
    /// `when=`
    When,
    /// `per=`
    Per,
    /// `chance=`
    Chance,
    /// `after-time=`
    AfterTime,
    /// `until=`
    Until,
    /// `error=`
    Error,
    /// `retval=`
    Retval,
    /// `short=`
    Short,
    /// `corrupt=`
    Corrupt,
    /// `kill`
    Kill,
    /// `syscall=`
    Syscall,
    /// `poke_enter=`
    PokeEnter,
    /// `poke_exit=`
    PokeExit,
    /// `delay_enter=`
    DelayEnter,
    /// `delay_exit=`
    DelayExit,
    /// `signal=`
    Signal,
    /// `instead`
    Instead,
    /// `after`
    After,
    /// `log`
    Log,
    /// `uncounted`
    Uncounted,
    /// `name=`
    RuleName,
}

/// How each is written.
const KEYS: &[(&str, Key)] = &[
    ("path", Key::Name(Name::Path)),
    ("mapped", Key::Name(Name::Mapped)),
    ("fd", Key::Descriptor),
    ("sock", Key::Socket),
    ("arg1", Key::Argument(0)),
    ("arg2", Key::Argument(1)),
    ("arg3", Key::Argument(2)),
    ("arg4", Key::Argument(3)),
    ("arg5", Key::Argument(4)),
    ("arg6", Key::Argument(5)),
    ("comm", Key::Name(Name::Comm)),
    ("exe", Key::Name(Name::Exe)),
    ("thread", Key::Name(Name::Thread)),
    ("pid", Key::Pid),
    ("caller", Key::Name(Name::Caller)),
    ("ret", Key::Result),
    ("when", Key::When),
    ("per", Key::Per),
    ("chance", Key::Chance),
    ("after-time", Key::AfterTime),
    ("until", Key::Until),
    ("error", Key::Error),
    ("retval", Key::Retval),
    ("instead", Key::Instead),
    ("after", Key::After),
    ("short", Key::Short),
    ("corrupt", Key::Corrupt),
    ("delay_enter", Key::DelayEnter),
    ("delay_exit", Key::DelayExit),
    ("signal", Key::Signal),
    ("kill", Key::Kill),
    ("poke_enter", Key::PokeEnter),
    ("poke_exit", Key::PokeExit),
    ("syscall", Key::Syscall),
    ("name", Key::RuleName),
    ("log", Key::Log),
    ("uncounted", Key::Uncounted),
];

/// Of these there is at most one in a rule, but for the pairs below: each says what becomes of the call.
const OUTCOMES: &[Key] = &[Key::Error, Key::Retval, Key::Short, Key::Corrupt, Key::Kill];

/// Of the outcomes, those that go together: data may be cut and corrupted, and a call that is changed may be the last
/// (`kill:after`).
const TOGETHER: &[(Key, Key)] =
    &[(Key::Short, Key::Corrupt), (Key::Short, Key::Kill), (Key::Corrupt, Key::Kill)];

impl Key {
    /// Tells whether it may be repeated: selectors, of which each repetition adds a value, and changes of arguments.
    pub fn repeats(self) -> bool {
        matches!(
            self,
            Key::Name(_) | Key::Descriptor | Key::Socket | Key::Pid | Key::Argument(_) | Key::Result
        )
    }

    /// Tells whether it takes no value.
    pub fn is_flag(self) -> bool {
        matches!(self, Key::Instead | Key::After | Key::Kill | Key::Log | Key::Uncounted)
    }

    /// Tells whether `self` and `other` contradict each other in one rule.
    pub fn excludes(self, other: Key) -> bool {
        let pair = |one, two| (self, other) == (one, two) || (other, self) == (one, two);
        let is_outcome = |key| OUTCOMES.contains(&key);
        self != other
            && (is_outcome(self) && is_outcome(other) && !TOGETHER.iter().any(|(one, two)| pair(*one, *two))
                || pair(Key::Instead, Key::After)
                || [Key::Short, Key::Corrupt, Key::Kill].iter().any(|key| pair(*key, Key::Syscall))
                // Whoever is killed is told nothing any more.
                || [Key::PokeExit, Key::DelayExit].iter().any(|key| pair(*key, Key::Kill)))
    }

    /// Tells whether a rule with it has an action. `argN` has one with `:=` alone.
    pub fn acts(self) -> bool {
        match self {
            Key::Error
            | Key::Retval
            | Key::Short
            | Key::Corrupt
            | Key::Kill
            | Key::Syscall
            | Key::PokeEnter
            | Key::PokeExit
            | Key::DelayEnter
            | Key::DelayExit
            | Key::Signal
            | Key::Log => true,
            Key::Name(_)
            | Key::Descriptor
            | Key::Socket
            | Key::Pid
            | Key::Argument(_)
            | Key::Result
            | Key::When
            | Key::Per
            | Key::Chance
            | Key::AfterTime
            | Key::Until
            | Key::Instead
            | Key::After
            | Key::Uncounted
            | Key::RuleName => false,
        }
    }

    /// Returns how it is written.
    pub fn text(self) -> &'static str {
        KEYS.iter().find(|(_, key)| *key == self).map_or("", |(text, _)| text)
    }
}

/// Returns the key that `text` writes.
pub(in crate::plan) fn of(text: &str) -> Option<Key> {
    KEYS.iter().find(|(name, _)| *name == text).map(|(_, key)| *key)
}

/// Returns every key and flag as it is written.
pub(in crate::plan) fn all() -> impl Iterator<Item = &'static str> {
    KEYS.iter().map(|(name, _)| *name)
}
