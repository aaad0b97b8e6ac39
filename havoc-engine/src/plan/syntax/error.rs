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

/// Collects the errors of one text, so that all of them are told at once.
#[derive(Debug)]
pub(in crate::plan) struct Errors {
    source: usize,
    found: Vec<Diagnostic>,
}

impl Errors {
    /// Begins an empty collection for the text with this index.
    pub fn of_source(source: usize) -> Errors {
        Errors { source, found: Vec::new() }
    }

    /// Adds an error that needs no remedy beyond its message.
    pub fn add(&mut self, span: Span, message: impl Into<String>) {
        self.add_with(span, message, None);
    }

    /// Adds an error with its remedy.
    pub fn add_help(&mut self, span: Span, message: impl Into<String>, help: impl Into<String>) {
        self.add_with(span, message, Some(help.into()));
    }

    /// Adds an error with its remedy, if there is one.
    pub fn add_with(&mut self, span: Span, message: impl Into<String>, help: Option<String>) {
        self.found.push(Diagnostic { source: self.source, span, message: message.into(), help });
    }

    /// Tells whether nothing was wrong.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// Takes over the errors of the same text that are to be told.
    pub fn adopt(&mut self, others: Errors, is_told: impl Fn(&Span) -> bool) {
        self.found.extend(others.found.into_iter().filter(|diagnostic| is_told(&diagnostic.span)));
    }

    /// Returns the errors in the order of the text.
    pub fn into_sorted(mut self) -> Vec<Diagnostic> {
        self.found.sort_by_key(|diagnostic| (diagnostic.span.start, diagnostic.span.end));
        self.found
    }
}

/// Returns "did you mean `…`?" with the candidate that is nearest to `word`, if one is near enough to be meant.
pub(crate) fn did_you_mean<'a>(word: &str, candidates: impl Iterator<Item = &'a str>) -> Option<String> {
    // One typing error in a short word, one for each three letters in a longer one.
    let length = word.chars().count();
    let most = 1.max((length + 1) / 3);
    candidates
        // A character more or less is an error each, and is found much faster than the distance.
        .filter(|candidate| candidate.chars().count().abs_diff(length) <= most)
        .map(|candidate| (strsim::osa_distance(word, candidate), candidate))
        .filter(|(distance, _)| *distance <= most)
        // The first of several nearest ones.
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| format!("did you mean `{candidate}`?"))
}
