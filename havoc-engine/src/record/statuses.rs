//! Which calls are shown, by what came of them: strace's `-e status=`.
use havoc_arch::Returned;

/// What may come of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Statuses {
    /// It returned no error.
    pub successful: bool,
    /// It returned an error, or was interrupted and is to be restarted.
    pub failed: bool,
    /// Its task ended in it.
    pub unfinished: bool,
}

impl Statuses {
    /// Whatever comes of it.
    pub const ALL: Statuses = Statuses { successful: true, failed: true, unfinished: true };
    /// Nothing.
    pub const NONE: Statuses = Statuses { successful: false, failed: false, unfinished: false };

    /// Tells whether a call is shown that returned this; `None` is no return at all.
    #[must_use]
    pub const fn shows(self, returned: Option<Returned>) -> bool {
        match returned {
            Some(Returned::Value(_)) => self.successful,
            Some(Returned::Error(_) | Returned::Restart(_)) => self.failed,
            None => self.unfinished,
        }
    }

    /// Tells whether every call is shown.
    #[must_use]
    pub fn is_all(self) -> bool {
        self == Statuses::ALL
    }
}

impl Default for Statuses {
    fn default() -> Statuses {
        Statuses::ALL
    }
}
