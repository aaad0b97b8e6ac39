//! Which of a rule's matches are picked: by number, by chance, by time.
use super::When;
use std::time::Duration;

/// Whose matches are counted together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Per {
    /// All of the program's.
    #[default]
    Program,
    /// Each process by itself; exec keeps the count.
    Process,
    /// Each thread by itself.
    Thread,
    /// Each thread and each system call by itself: strace's way. It has no word in the language of rules.
    ThreadAndCall,
}

/// `chance=`: a fraction, above 0 and at most 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chance {
    /// At least 1, at most the denominator.
    pub numerator: u64,
    /// At least 1.
    pub denominator: u64,
}

impl Chance {
    /// Tells whether a number drawn evenly from all of 64 bits lies in this part of them.
    #[must_use]
    pub fn holds(self, drawn: u64) -> bool {
        (u128::from(drawn) * u128::from(self.denominator)) >> 64 < u128::from(self.numerator)
    }
}

/// Which of the calls that fit a rule's set and selectors are picked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Trigger {
    /// `when=`.
    pub when: When,
    /// `per=`.
    pub per: Per,
    /// `chance=`; `None` is always.
    pub chance: Option<Chance>,
    /// `after-time=`: since the program's exec.
    pub after: Option<Duration>,
    /// `until=`: since the program's exec.
    pub until: Option<Duration>,
}

impl Trigger {
    /// Tells whether the time since the program's exec matters.
    #[must_use]
    pub fn has_window(&self) -> bool {
        self.after.is_some() || self.until.is_some()
    }

    /// Tells whether a call so long after the program's exec can match at all.
    #[must_use]
    pub fn is_open(&self, since_exec: Duration) -> bool {
        self.after.is_none_or(|after| after <= since_exec)
            && self.until.is_none_or(|until| since_exec < until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chance_is_its_part_of_all_numbers() {
        let half = Chance { numerator: 1, denominator: 2 };
        assert!(half.holds(0) && half.holds(u64::MAX / 2) && !half.holds(u64::MAX / 2 + 1));
        let always = Chance { numerator: 100, denominator: 100 };
        assert!(always.holds(0) && always.holds(u64::MAX));
        let never_quite = Chance { numerator: 1, denominator: u64::MAX };
        assert!(never_quite.holds(1) && !never_quite.holds(2));
    }

    #[test]
    fn a_window_is_open_from_its_beginning_to_before_its_end() {
        let seconds = Duration::from_secs;
        let trigger = Trigger { after: Some(seconds(1)), until: Some(seconds(3)), ..Trigger::default() };
        let open: Vec<u64> = (0..5).filter(|second| trigger.is_open(seconds(*second))).collect();
        assert_eq!(open, [1, 2]);
        assert!(Trigger::default().is_open(Duration::ZERO));
    }
}
