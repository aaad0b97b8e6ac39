//! Times in the text log: strace's `-t`, `-r` and `-T`.
use std::fmt::Write;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// So many digits behind the point: none, 3, 6 or 9.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Digits(pub u8);

impl Digits {
    /// As seconds.
    pub const SECONDS: Digits = Digits(0);
    /// As microseconds.
    pub const MICROSECONDS: Digits = Digits(6);

    fn of(self, time: Duration) -> String {
        let digits = format!("{:09}", time.subsec_nanos());
        match usize::from(self.0.min(9)) {
            0 => String::new(),
            wanted => format!(".{}", &digits[..wanted]),
        }
    }
}

/// The time of day, or seconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Absolute {
    /// `14:05:09`, where havoc runs.
    Day(Digits),
    /// `1700000000`.
    Unix(Digits),
}

/// Which times stand in a line.
#[derive(Clone, Copy, Debug)]
pub struct Stamps {
    /// When it began.
    pub absolute: Option<Absolute>,
    /// How long after the line before it.
    pub relative: Option<Digits>,
    /// How long the call took, at its end.
    pub duration: Option<Digits>,
    /// Returns hours, minutes and seconds of the local time of so many seconds since 1970; only the kernel's side can ask.
    pub local: fn(u64) -> [u8; 3],
}

impl Default for Stamps {
    /// None.
    fn default() -> Stamps {
        Stamps { absolute: None, relative: None, duration: None, local: |_| [0; 3] }
    }
}

impl Stamps {
    /// Returns what stands before a line: it began `ago` before `now`, and `since` after the one before it.
    #[must_use]
    pub fn before(&self, now: SystemTime, ago: Duration, since: Duration) -> String {
        let mut text = String::new();
        let time = now.duration_since(UNIX_EPOCH).unwrap_or_default().saturating_sub(ago);
        match self.absolute {
            None => {}
            Some(Absolute::Day(digits)) => {
                let [hours, minutes, seconds] = (self.local)(time.as_secs());
                let _ = write!(text, "{hours:02}:{minutes:02}:{seconds:02}{} ", digits.of(time));
            }
            Some(Absolute::Unix(digits)) => {
                let _ = write!(text, "{}{} ", time.as_secs(), digits.of(time));
            }
        }
        if let Some(digits) = self.relative {
            let time = format!("{:6}{}", since.as_secs(), digits.of(since));
            let _ =
                if self.absolute.is_some() { write!(text, "(+{time}) ") } else { write!(text, "{time} ") };
        }
        text
    }

    /// Returns what stands behind a call that took so long.
    #[must_use]
    pub fn behind(&self, took: Duration) -> String {
        self.duration.map_or_else(String::new, |digits| format!(" <{}{}>", took.as_secs(), digits.of(took)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stamps(absolute: Option<Absolute>, relative: Option<Digits>) -> Stamps {
        Stamps { absolute, relative, duration: None, local: |seconds| [1, 2, (seconds % 60) as u8] }
    }

    #[test]
    fn times_are_written_as_strace_writes_them() {
        let now = UNIX_EPOCH + Duration::from_micros(100_000_007);
        let (ago, since) = (Duration::from_secs(1), Duration::from_micros(1_000_250));
        let micro = Digits::MICROSECONDS;
        for (absolute, relative, expected) in [
            (None, None, ""),
            (Some(Absolute::Day(Digits::SECONDS)), None, "01:02:39 "),
            (Some(Absolute::Day(micro)), None, "01:02:39.000007 "),
            (Some(Absolute::Unix(micro)), None, "99.000007 "),
            (Some(Absolute::Unix(Digits(9))), None, "99.000007000 "),
            (None, Some(micro), "     1.000250 "),
            (None, Some(Digits(3)), "     1.000 "),
            (Some(Absolute::Unix(Digits::SECONDS)), Some(micro), "99 (+     1.000250) "),
        ] {
            assert_eq!(stamps(absolute, relative).before(now, ago, since), expected);
        }
    }

    #[test]
    fn the_time_in_a_call_is_put_in_angle_brackets() {
        let took = Duration::from_nanos(1_234_567);
        let behind = |digits| Stamps { duration: Some(digits), ..Stamps::default() }.behind(took);
        assert_eq!(behind(Digits::MICROSECONDS), " <0.001234>");
        assert_eq!(behind(Digits::SECONDS), " <0>");
        assert_eq!(Stamps::default().behind(took), "");
    }
}
