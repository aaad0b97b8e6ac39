//! Which of a rule's matches are picked.

/// `when=`: a selection among a rule's logical matches, which are counted from 1. strace's grammar:
/// `F`, `F+`, `F+S`, `F..L`, `F..L+S`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct When {
    /// The first match picked, at least 1.
    pub first: u64,
    /// The last match that can be picked; `None` is no limit.
    pub last: Option<u64>,
    /// Every how-many-th match from `first` on, at least 1.
    pub step: u64,
}

impl Default for When {
    fn default() -> When {
        When { first: 1, last: None, step: 1 }
    }
}

impl When {
    /// Tells whether the `match_number`-th match, counted from 1, is picked.
    #[must_use]
    pub fn picks(self, match_number: u64) -> bool {
        match_number >= self.first
            && self.last.is_none_or(|last| match_number <= last)
            && (match_number - self.first).is_multiple_of(self.step)
    }
}
