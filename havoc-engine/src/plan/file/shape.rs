//! Which kind of TOML value each key of the language takes.
use super::super::Name;
use super::super::syntax::key::Key;

/// What a key takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Takes {
    /// `true` or `false`.
    Flag,
    /// One of these.
    One(Scalar),
    /// One of these or a list; each is an item of its own.
    Several(Scalar),
    /// One of these or a list, which makes one item with commas in it.
    List(Scalar),
    /// Comparisons, one or a list: numbers, or text with an operator before the number.
    Tests,
}

/// What a value is that is no list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scalar {
    /// Text.
    Text,
    /// Text, which may be written as a TOML integer where it is a decimal number.
    Number,
    /// The same, and hexadecimal is as good as decimal.
    AnyBase,
}

impl Takes {
    /// Returns it in words.
    pub fn text(self) -> &'static str {
        match self {
            Takes::Flag => "`true` or `false`",
            Takes::One(Scalar::Text) => "text",
            Takes::One(_) => "a number or text",
            Takes::Several(Scalar::Text) | Takes::List(Scalar::Text) => "text or a list of texts",
            Takes::Several(_) | Takes::List(_) | Takes::Tests => "a number, text, or a list of these",
        }
    }

    /// Tells whether a TOML integer will do.
    pub fn numbers(self) -> bool {
        match self {
            Takes::Flag => false,
            Takes::One(scalar) | Takes::Several(scalar) | Takes::List(scalar) => scalar != Scalar::Text,
            Takes::Tests => true,
        }
    }
}

/// Every key, what it takes, and a value that it may have in a file.
pub(super) const SHAPES: &[(Key, Takes, &str)] = &[
    (Key::Name(Name::Path), Takes::Several(Scalar::Text), "\"*.db\""),
    (Key::Name(Name::Mapped), Takes::Several(Scalar::Text), "\"*.db\""),
    (Key::Name(Name::Comm), Takes::Several(Scalar::Text), "\"java\""),
    (Key::Name(Name::Exe), Takes::Several(Scalar::Text), "\"**/bin/java\""),
    (Key::Name(Name::Thread), Takes::Several(Scalar::Text), "\"worker-*\""),
    (Key::Name(Name::Caller), Takes::Several(Scalar::Text), "\"**/libc.so.6\""),
    (Key::Descriptor, Takes::Several(Scalar::Number), "3"),
    (Key::Socket, Takes::Several(Scalar::Text), "\"tcp/*/5432\""),
    (Key::Pid, Takes::Several(Scalar::Number), "4711"),
    (Key::Argument(0), Takes::Tests, "3"),
    (Key::Argument(1), Takes::Tests, "\">=4096\""),
    (Key::Argument(2), Takes::Tests, "\">=4096\""),
    (Key::Argument(3), Takes::Tests, "0"),
    (Key::Argument(4), Takes::Tests, "0"),
    (Key::Argument(5), Takes::Tests, "0"),
    (Key::Result, Takes::Tests, "\"<0\""),
    (Key::When, Takes::One(Scalar::Number), "\"2+3\""),
    (Key::Per, Takes::One(Scalar::Text), "\"thread\""),
    (Key::Chance, Takes::One(Scalar::Text), "\"5%\""),
    (Key::AfterTime, Takes::One(Scalar::Text), "\"2s\""),
    (Key::Until, Takes::One(Scalar::Text), "\"5s\""),
    (Key::Error, Takes::List(Scalar::Number), "\"EIO\""),
    (Key::Retval, Takes::One(Scalar::AnyBase), "0"),
    (Key::Instead, Takes::Flag, "true"),
    (Key::After, Takes::Flag, "true"),
    (Key::Short, Takes::One(Scalar::Number), "\"50%\""),
    (Key::Corrupt, Takes::One(Scalar::Text), "\"flip/1\""),
    (Key::DelayEnter, Takes::One(Scalar::Number), "\"10ms\""),
    (Key::DelayExit, Takes::One(Scalar::Number), "\"10ms\""),
    (Key::Signal, Takes::One(Scalar::Number), "\"SIGUSR1\""),
    (Key::Kill, Takes::Flag, "true"),
    (Key::PokeEnter, Takes::List(Scalar::Text), "\"@arg2=00ff\""),
    (Key::PokeExit, Takes::List(Scalar::Text), "\"@arg2=00ff\""),
    (Key::Syscall, Takes::One(Scalar::Text), "\"getpid\""),
    (Key::RuleName, Takes::One(Scalar::Text), "\"disk\""),
    (Key::Log, Takes::Flag, "true"),
    (Key::Uncounted, Takes::Flag, "true"),
];

/// Returns what `key` takes, and an example.
pub(super) fn of(key: Key) -> (Takes, &'static str) {
    let found = SHAPES.iter().find(|(of, _, _)| *of == key);
    found.map_or((Takes::One(Scalar::Text), "\"…\""), |(_, takes, example)| (*takes, example))
}

#[cfg(test)]
mod tests {
    use super::super::super::syntax::key;
    use super::*;

    #[test]
    fn every_key_has_one_shape_and_flags_are_booleans() {
        let keys: Vec<Key> = key::all().filter_map(key::of).collect();
        assert_eq!(keys.len(), SHAPES.len());
        for key in keys {
            let shapes: Vec<_> = SHAPES.iter().filter(|(of, _, _)| *of == key).collect();
            assert_eq!(shapes.len(), 1, "{key:?}");
            assert_eq!(key.is_flag(), shapes[0].1 == Takes::Flag, "{key:?}");
            assert_eq!(key.repeats(), matches!(shapes[0].1, Takes::Several(_) | Takes::Tests), "{key:?}");
        }
    }
}
