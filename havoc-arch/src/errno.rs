//! Error numbers as a system call returns them.

/// An error number, 1–4095 (MAX_ERRNO, include/linux/err.h).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Errno(u16);

impl Errno {
    /// Returns the error number, or `None` outside 1–4095.
    #[must_use]
    pub const fn new(number: u16) -> Option<Errno> {
        if number >= 1 && number <= 4095 { Some(Errno(number)) } else { None }
    }

    /// Returns the error that `name` (`EIO`, case counts) stands for on x86_64 and aarch64.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Errno> {
        (1..=133).filter_map(Errno::new).find(|errno| errno.name() == Some(name))
    }

    /// Returns the number.
    #[must_use]
    pub const fn number(self) -> u16 {
        self.0
    }

    /// Returns its name (`EIO`), or `None` for a number without one.
    #[must_use]
    pub fn name(self) -> Option<&'static str> {
        (self.0 <= 133).then(|| syscalls::Errno::new(i32::from(self.0)).name()).flatten()
    }
}

impl core::fmt::Debug for Errno {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self.name() {
            Some(name) => formatter.write_str(name),
            None => write!(formatter, "errno {}", self.0),
        }
    }
}
