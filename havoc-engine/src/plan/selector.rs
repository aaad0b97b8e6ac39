//! Which of the named calls a rule means.
use super::{NumberTest, PathPattern, SocketPattern};

/// `=` or `!=`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `=`: any of the repeated values.
    AnyOf,
    /// `!=`: none of the repeated values.
    NoneOf,
}

/// Names that a pattern is compared with, one for each key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Name {
    /// `path=`: any file the call touches, by descriptor, path argument or mapping.
    Path,
    /// `-P`: as [`Name::Path`], and the directory whose descriptor a relative path argument begins at. It has no word in the
    /// language of rules.
    Traced,
    /// `mapped=`: only by mapping.
    Mapped,
    /// `comm=`: the process's name.
    Comm,
    /// `exe=`: the process's program.
    Exe,
    /// `thread=`: the thread's name.
    Thread,
    /// `caller=`: the file that is mapped at the calling instruction.
    Caller,
}

impl Name {
    /// Every name that the language of rules has a key for.
    pub const ALL: [Name; 6] = [Name::Path, Name::Mapped, Name::Comm, Name::Exe, Name::Thread, Name::Caller];

    /// Returns the key; of [`Name::Traced`] the option.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Name::Path => "path",
            Name::Traced => "-P",
            Name::Mapped => "mapped",
            Name::Comm => "comm",
            Name::Exe => "exe",
            Name::Thread => "thread",
            Name::Caller => "caller",
        }
    }

    /// Tells whether it is about the files that the call touches.
    #[must_use]
    pub const fn is_of_touched_file(self) -> bool {
        matches!(self, Name::Path | Name::Traced | Name::Mapped)
    }
}

/// One selector; all the values of one key with one comparison are gathered into one selector.
#[derive(Clone, Debug, PartialEq)]
pub enum Selector {
    /// A name against patterns.
    Name(Name, Comparison, Vec<PathPattern>),
    /// `fd=`: only by descriptor number (low 32 bits, signed).
    Descriptor(Comparison, Vec<i32>),
    /// `sock=`: an address, the peer's or its own, of a socket that the call touches.
    Socket(Comparison, Vec<SocketPattern>),
    /// `pid=`: the process, as havoc's PID namespace numbers it.
    Pid(Comparison, Vec<i32>),
    /// `arg1` to `arg6`: index from 0.
    Argument(usize, NumberTest),
    /// `ret`: the result of the kernel; judged at the exit.
    Result(NumberTest),
    /// The program's first thread alone: `-e` without `-f`. It has no word in the language of rules.
    FirstTask,
}

impl Selector {
    /// Tells whether only the exit can show it.
    #[must_use]
    pub const fn is_late(&self) -> bool {
        matches!(self, Selector::Result(_))
    }
}
