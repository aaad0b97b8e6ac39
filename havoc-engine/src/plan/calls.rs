//! The set of system calls that a rule or `--trace` names.
use crate::class::Class;
use havoc_arch::{Abi, names};
use regex::bytes::Regex;
use std::collections::BTreeSet;

/// The width of an ABI, as strace's `@64` and `@32` tell ABIs apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Width {
    /// The machine's own ABI of 64 bits.
    Bits64,
    /// Its companion of 32 bits.
    Bits32,
}

impl Width {
    /// Returns the suffix behind `@`.
    #[must_use]
    pub const fn suffix(self) -> &'static str {
        match self {
            Width::Bits64 => "64",
            Width::Bits32 => "32",
        }
    }

    fn is_of(self, abi: Abi) -> bool {
        abi.is_64_bit() == (self == Width::Bits64)
    }
}

/// A regular expression that is searched for in the names of calls.
#[derive(Clone, Debug)]
pub struct CallRegex(Regex);

impl CallRegex {
    /// Compiles `text`.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn new(text: &str) -> Result<CallRegex, String> {
        let compiled = regex::bytes::RegexBuilder::new(text).unicode(false).build();
        compiled.map(CallRegex).map_err(|error| match error {
            regex::Error::Syntax(text) => text.lines().last().unwrap_or_default().trim().to_owned(),
            other => other.to_string(),
        })
    }

    /// Returns it as it was written.
    #[must_use]
    pub fn text(&self) -> &str {
        self.0.as_str()
    }

    /// Tells whether it is found in this name.
    #[must_use]
    pub fn is_in(&self, name: &str) -> bool {
        self.0.is_match(name.as_bytes())
    }
}

impl PartialEq for CallRegex {
    fn eq(&self, other: &CallRegex) -> bool {
        self.text() == other.text()
    }
}

impl Eq for CallRegex {}

/// What one member of a set stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Names {
    /// A call.
    Name(String),
    /// A number, as the machine's own ABI counts; no call of a companion, which counts otherwise.
    Number(u32),
    /// `%class`.
    Class(&'static Class),
    /// `/regex`.
    Regex(CallRegex),
    /// `all`.
    All,
}

/// One member of a set as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// What it stands for.
    pub names: Names,
    /// `?`: it may stand for nothing here.
    pub optional: bool,
    /// `@64` or `@32`: in these ABIs alone.
    pub only: Option<Width>,
}

impl From<Names> for Member {
    /// In every ABI where there is such a call.
    fn from(names: Names) -> Member {
        Member { names, optional: false, only: None }
    }
}

impl Member {
    /// Returns the member that a call's name is, in every ABI that has it.
    #[must_use]
    pub fn name(name: &str) -> Member {
        Names::Name(name.to_owned()).into()
    }

    /// Tells whether it is one call, by its name or number: what makes no sense for it is an error, and not left out.
    #[must_use]
    pub fn is_one_call(&self) -> bool {
        matches!(self.names, Names::Name(_) | Names::Number(_))
    }

    /// Returns the number that one call has in `abi`, whatever its width.
    fn one_number(&self, abi: Abi) -> Option<u32> {
        match &self.names {
            Names::Name(name) => names::number_of(abi, name),
            Names::Number(number) => Some(*number),
            Names::Class(_) | Names::Regex(_) | Names::All => None,
        }
    }

    fn holds(&self, abi: Abi, number: u32) -> bool {
        if self.only.is_some_and(|width| !width.is_of(abi)) {
            return false;
        }
        let name = || names::name_of(abi, number);
        match &self.names {
            Names::Name(wanted) => name() == Some(wanted),
            Names::Number(wanted) => abi.is_native() && *wanted == number,
            Names::Class(class) => name().is_some_and(|name| class.contains(name)),
            Names::Regex(regex) => name().is_some_and(|name| regex.is_in(name)),
            Names::All => true,
        }
    }
}

/// A set of system calls. Names resolve per ABI.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CallSet {
    /// `!`: all calls but these.
    pub negated: bool,
    /// The members, in the order they were written.
    pub members: Vec<Member>,
}

impl CallSet {
    /// Returns the set of these members.
    #[must_use]
    pub fn of(members: Vec<Member>) -> CallSet {
        CallSet { negated: false, members }
    }

    /// Returns the set of every call.
    #[must_use]
    pub fn all() -> CallSet {
        CallSet::of(vec![Names::All.into()])
    }

    /// Tells whether the set holds every call, also those without a name.
    #[must_use]
    pub fn is_all(&self) -> bool {
        !self.negated && self.members.iter().any(|member| member.names == Names::All && member.only.is_none())
    }

    /// Tells whether the set holds this call.
    #[must_use]
    pub fn contains(&self, abi: Abi, number: u32) -> bool {
        self.members.iter().any(|member| member.holds(abi, number)) != self.negated
    }

    /// Returns the numbers the set stands for in `abi`: of those that have a name, and of those that were written as
    /// numbers.
    #[must_use]
    pub fn numbers(&self, abi: Abi) -> BTreeSet<u32> {
        let mut candidates: Vec<u32> =
            self.members.iter().filter_map(|member| member.one_number(abi)).collect();
        // A set of single calls, as most rules have it, is not looked for among all calls.
        if self.negated || !self.members.iter().all(Member::is_one_call) {
            candidates.extend(names::all(abi).map(|(number, _)| number));
        }
        candidates.into_iter().filter(|number| self.contains(abi, *number)).collect()
    }

    /// Returns those of them that have a name, with it.
    pub fn named(&self, abi: Abi) -> impl Iterator<Item = (u32, &'static str)> {
        self.numbers(abi).into_iter().filter_map(move |number| Some((number, names::name_of(abi, number)?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(negated: bool, members: Vec<Member>) -> CallSet {
        CallSet { negated, members }
    }

    #[test]
    fn a_negated_set_holds_all_others_also_those_without_a_name() {
        let but_msync = set(true, vec![Member::name("msync")]);
        assert!(!but_msync.contains(Abi::X86_64, 26) && but_msync.contains(Abi::X86_64, 27));
        assert!(but_msync.contains(Abi::X86_64, 9999) && !but_msync.numbers(Abi::X86_64).contains(&9999));
        assert!(!but_msync.is_all());
        assert!(set(true, vec![Names::All.into()]).numbers(Abi::X86_64).is_empty());
    }

    #[test]
    fn a_width_is_of_its_abis_alone() {
        let write = |only| set(false, vec![Member { only, ..Member::name("write") }]);
        assert!(write(Some(Width::Bits64)).contains(Abi::X86_64, 1));
        assert!(!write(Some(Width::Bits64)).contains(Abi::I386, 4));
        assert!(write(Some(Width::Bits32)).contains(Abi::I386, 4));
        assert!(write(None).contains(Abi::I386, 4) && write(None).contains(Abi::X86_64, 1));
    }

    #[test]
    fn a_regex_is_searched_for_in_names() {
        let regex = |text| set(false, vec![Names::Regex(CallRegex::new(text).unwrap()).into()]);
        let names = |set: &CallSet| -> Vec<_> {
            set.numbers(Abi::X86_64)
                .into_iter()
                .filter_map(|number| names::name_of(Abi::X86_64, number))
                .collect()
        };
        assert_eq!(names(&regex("^f.*sync$")), ["fsync", "fdatasync"]);
        assert_eq!(names(&regex("msync")), ["msync"]);
        assert_eq!(CallRegex::new("(").unwrap_err(), "error: unclosed group");
    }
}
