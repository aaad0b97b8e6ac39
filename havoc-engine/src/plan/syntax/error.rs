//! What is wrong with a rule, and where.

/// A half-open range of bytes in a rule's text.
pub type Span = std::ops::Range<usize>;

/// One error in a rule's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Index of the text that holds the error.
    pub source: usize,
    /// The bytes it points at.
    pub span: Span,
    /// What is wrong: "unknown syscall `mysnc`".
    pub message: String,
    /// What to do: "did you mean `msync`?".
    pub help: Option<String>,
}
