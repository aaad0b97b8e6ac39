//! What a system call returned.
use crate::Errno;

/// The kernel's private restart codes (include/linux/errno.h): the call is about to be entered again, or to
/// become EINTR when a handler without SA_RESTART runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Restart {
    /// ERESTARTSYS (512): again, unless a handler without SA_RESTART runs.
    Sys,
    /// ERESTARTNOINTR (513): always again.
    NoIntr,
    /// ERESTARTNOHAND (514): again if no handler runs.
    NoHand,
    /// ERESTART_RESTARTBLOCK (516): again as `restart_syscall` if no handler runs.
    Block,
}

/// The decoded result register of a call that the kernel has finished.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Returned {
    /// A value; addresses and counts are read as signed.
    Value(i64),
    /// An error, −4095…−1 without the restart codes.
    Error(Errno),
    /// Not an end yet.
    Restart(Restart),
}

impl Returned {
    /// Decodes a result register. −1…−4095 are errors (MAX_ERRNO, include/linux/err.h). So are the kernel's other
    /// private numbers, ENOIOCTLCMD (515) and 517 upwards: they do not restart anything, and if one gets out, the
    /// program sees it as the error that it is.
    #[must_use]
    pub fn from_raw(raw: i64) -> Returned {
        match raw {
            -512 => Returned::Restart(Restart::Sys),
            -513 => Returned::Restart(Restart::NoIntr),
            -514 => Returned::Restart(Restart::NoHand),
            -516 => Returned::Restart(Restart::Block),
            -4095..=-1 => match Errno::new((-raw) as u16) {
                Some(errno) => Returned::Error(errno),
                None => Returned::Value(raw),
            },
            _ => Returned::Value(raw),
        }
    }

    /// Returns the register value that encodes this result.
    #[must_use]
    pub fn to_raw(self) -> i64 {
        match self {
            Returned::Value(value) => value,
            Returned::Error(errno) => -i64::from(errno.number()),
            Returned::Restart(Restart::Sys) => -512,
            Returned::Restart(Restart::NoIntr) => -513,
            Returned::Restart(Restart::NoHand) => -514,
            Returned::Restart(Restart::Block) => -516,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_result_is_decoded_and_encoded_again(raw in prop_oneof![any::<i64>(), -5000..5000_i64]) {
            prop_assert_eq!(Returned::from_raw(raw).to_raw(), raw);
        }
    }

    #[test]
    fn errors_are_the_4095_numbers_below_zero_without_the_restart_codes() {
        for raw in -5000..5000_i64 {
            let is_error = matches!(Returned::from_raw(raw), Returned::Error(_));
            let restarts = [-512, -513, -514, -516].contains(&raw);
            assert_eq!(is_error, (-4095..=-1).contains(&raw) && !restarts, "{raw}");
            assert_eq!(matches!(Returned::from_raw(raw), Returned::Restart(_)), restarts, "{raw}");
        }
    }

    #[test]
    fn restart_codes_are_told_apart() {
        let codes = [-512, -513, -514, -516].map(Returned::from_raw);
        let expected = [Restart::Sys, Restart::NoIntr, Restart::NoHand, Restart::Block];
        assert_eq!(codes, expected.map(Returned::Restart));
    }

    #[test]
    fn the_ends_of_the_range_are_values() {
        for raw in [i64::MIN, -4096, 0, i64::MAX] {
            assert_eq!(Returned::from_raw(raw), Returned::Value(raw));
        }
    }
}
