//! Which of the named calls a rule means.
use super::PathPattern;

/// `=` or `!=`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `=`: any of the repeated values.
    AnyOf,
    /// `!=`: none of the repeated values.
    NoneOf,
}

/// One selector; all the values of one key with one comparison are gathered into one selector.
#[derive(Clone, Debug, PartialEq)]
pub enum Selector {
    /// `path=`: any file the call touches, by descriptor, path argument or mapping.
    Path(Comparison, Vec<PathPattern>),
    /// `mapped=`: only by mapping.
    Mapped(Comparison, Vec<PathPattern>),
    /// `fd=`: only by descriptor number (low 32 bits, signed).
    Descriptor(Comparison, Vec<i32>),
}
