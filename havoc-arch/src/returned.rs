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
    /// Decodes a result register. −1…−4095 are errors (MAX_ERRNO, include/linux/err.h).
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
