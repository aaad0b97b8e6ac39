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
        match_number.checked_sub(self.first).is_some_and(|since_first| since_first.is_multiple_of(self.step))
            && self.last.is_none_or(|last| match_number <= last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picked(when: When, up_to: u64) -> Vec<u64> {
        (0..=up_to).filter(|number| when.picks(*number)).collect()
    }

    #[test]
    fn every_form_picks_its_matches() {
        assert_eq!(picked(When::default(), 3), [1, 2, 3]);
        assert_eq!(picked(When { first: 2, last: Some(2), step: 1 }, 5), [2]);
        assert_eq!(picked(When { first: 2, last: None, step: 3 }, 9), [2, 5, 8]);
        assert_eq!(picked(When { first: 2, last: Some(4), step: 1 }, 9), [2, 3, 4]);
        assert_eq!(picked(When { first: 2, last: Some(7), step: 3 }, 9), [2, 5]);
    }

    #[test]
    fn a_match_before_the_first_is_never_picked() {
        let late = When { first: u64::MAX, last: None, step: 1 };
        assert!(!late.picks(0));
        assert!(!late.picks(1));
        assert!(!late.picks(u64::MAX - 1));
        assert!(late.picks(u64::MAX));
    }

    #[test]
    fn big_numbers_do_not_overflow() {
        let when = When { first: 1, last: Some(u64::MAX), step: u64::MAX - 1 };
        assert!(when.picks(1));
        assert!(when.picks(u64::MAX));
        assert!(!when.picks(u64::MAX - 1));
        // Past strace's 65 535.
        assert!(When { first: 65_536, last: Some(65_536), step: 1 }.picks(65_536));
    }

    #[test]
    fn match_0_does_not_exist() {
        assert!(!When::default().picks(0));
    }
}
