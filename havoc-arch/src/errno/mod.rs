//! Error numbers as a system call returns them.
mod table;

/// An error number, 1–4095 (MAX_ERRNO, include/linux/err.h).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Errno(u16);

impl Errno {
    /// Returns the error number, or `None` outside 1–4095.
    #[must_use]
    pub const fn new(number: u16) -> Option<Errno> {
        if number >= 1 && number <= 4095 { Some(Errno(number)) } else { None }
    }

    /// Returns the error that `name` (`EIO`, case counts) stands for on x86_64 and aarch64. Second names (EWOULDBLOCK)
    /// count.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Errno> {
        let first = table::ALIASES.iter().find(|(alias, _)| *alias == name).map_or(name, |(_, first)| first);
        table::ERRORS.iter().find(|(_, known, _)| *known == first).map(|&(number, _, _)| Errno(number))
    }

    /// Returns the number.
    #[must_use]
    pub const fn number(self) -> u16 {
        self.0
    }

    /// Returns its name (`EIO`), or `None` for a number without one.
    #[must_use]
    pub fn name(self) -> Option<&'static str> {
        self.row().map(|(_, name, _)| name)
    }

    /// Returns what glibc says to it (`Input/output error`), or `None` for a number without a name.
    #[must_use]
    pub fn description(self) -> Option<&'static str> {
        self.row().map(|(_, _, description)| description)
    }

    fn row(self) -> Option<(u16, &'static str, &'static str)> {
        let index = table::ERRORS.binary_search_by_key(&self.0, |row| row.0).ok()?;
        Some(table::ERRORS[index])
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

#[cfg(test)]
mod tests {
    use super::*;

    fn errno(number: u16) -> Errno {
        Errno::new(number).unwrap()
    }

    #[test]
    fn every_number_to_133_but_two_has_a_name_and_a_description() {
        for number in 1..=133 {
            let known = number != 41 && number != 58;
            assert_eq!(errno(number).name().is_some(), known, "{number}");
            assert_eq!(errno(number).description().is_some_and(|text| !text.is_empty()), known, "{number}");
        }
        assert_eq!(errno(134).name(), None);
        assert_eq!(errno(4095).description(), None);
    }

    #[test]
    fn a_name_leads_back_to_its_number() {
        for number in (1..=133).filter_map(Errno::new) {
            if let Some(name) = number.name() {
                assert_eq!(Errno::from_name(name), Some(number));
            }
        }
        assert_eq!(Errno::from_name("eio"), None);
        assert_eq!(Errno::from_name("ENOSUCH"), None);
    }

    #[test]
    fn second_names_stand_for_the_same_number() {
        assert_eq!(Errno::from_name("EWOULDBLOCK"), Some(errno(11)));
        assert_eq!(Errno::from_name("EDEADLOCK"), Some(errno(35)));
        assert_eq!(Errno::from_name("ENOTSUP"), Some(errno(95)));
        assert_eq!(errno(95).name(), Some("EOPNOTSUPP"));
    }

    #[test]
    fn descriptions_are_those_of_glibc_and_not_of_the_header() {
        assert_eq!(errno(5).description(), Some("Input/output error"));
        assert_eq!(errno(9).description(), Some("Bad file descriptor"));
        assert_eq!(errno(55).description(), Some("No anode"));
        assert_eq!(errno(133).description(), Some("Memory page has hardware error"));
    }

    #[test]
    fn names_agree_with_the_table_of_the_syscalls_crate() {
        for number in 1..=133 {
            assert_eq!(errno(number).name(), syscalls::Errno::new(i32::from(number)).name(), "{number}");
        }
    }

    #[test]
    fn numbers_are_1_to_4095() {
        assert_eq!(Errno::new(0), None);
        assert_eq!(Errno::new(4096), None);
        assert_eq!(format!("{:?} {:?}", errno(5), errno(600)), "EIO errno 600");
    }
}
