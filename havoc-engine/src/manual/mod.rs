//! The manual: which errors it documents for which call.
//!
//! The table is made from the pages of section 2 by `cargo xtask manual`, and is of one release, whatever kernel runs: a
//! filesystem or a driver may return what no page lists, and no page lists what it took from a file of its own.
mod table;
pub mod unlisted;

use crate::plan::syntax::did_you_mean;
use havoc_arch::{Abi, Errno, names};

/// Which manual this is: its name and release.
pub const SOURCE: &str = table::SOURCE;

/// What the manual documents for one or several calls.
#[derive(Debug, PartialEq, Eq)]
pub struct Page {
    /// The calls, by the kernel's names, in alphabetical order.
    pub calls: &'static [&'static str],
    /// The page, as `fsync(2)`.
    pub page: &'static str,
    /// The pages whose errors these calls have as well, because that page says so or because they are about single
    /// operations of the call; a `*` stands for several.
    pub with: &'static [&'static str],
    /// The names of the errors, in alphabetical order; second names (EWOULDBLOCK) as the first. None at all: the manual
    /// says that the calls always succeed.
    errors: &'static [&'static str],
}

impl Page {
    /// Returns the errors, in the order of their names.
    pub fn errors(&self) -> impl Iterator<Item = Errno> {
        self.errors.iter().filter_map(|name| Errno::from_name(name))
    }
}

/// Returns what the manual documents for a call, by the kernel's name, or `None` if it says nothing about its errors.
#[must_use]
pub fn errors_of(call: &str) -> Option<&'static Page> {
    all().find(|page| page.calls.contains(&call))
}

/// Tells whether the manual documents this error for a call, by the kernel's name. `None`: it says nothing about the
/// call's errors.
#[must_use]
pub fn documents(call: &str, errno: Errno) -> Option<bool> {
    errors_of(call).map(|page| page.errors().any(|documented| documented == errno))
}

/// A name that no call has, of whatever architecture.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown syscall `{name}`{}", .suggestion.as_ref().map(|text| format!("; {text}")).unwrap_or_default())]
pub struct Unknown {
    name: String,
    /// `did you mean …?`
    suggestion: Option<String>,
}

/// Tells whether there is a call of this name, with or without a page.
///
/// # Errors
/// When there is none.
pub fn check(call: &str) -> Result<(), Unknown> {
    let known = || Abi::ALL.into_iter().flat_map(|abi| names::all(abi).map(|(_, name)| name));
    if known().any(|name| name == call) {
        return Ok(());
    }
    let lower = call.to_ascii_lowercase();
    Err(Unknown { name: call.to_owned(), suggestion: did_you_mean(&lower, known()) })
}

/// Returns all that the manual documents, in the order of the calls. A call is in one of them alone.
pub fn all() -> impl Iterator<Item = &'static Page> {
    table::PAGES.iter()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn names_of(call: &str) -> Vec<&'static str> {
        errors_of(call).unwrap_or_else(|| panic!("{call} has a page")).errors.to_vec()
    }

    #[test]
    fn every_call_is_one_of_some_abi_and_stands_once() {
        let mut seen = BTreeSet::new();
        for call in all().flat_map(|page| page.calls) {
            let known = Abi::ALL.into_iter().any(|abi| names::number_of(abi, call).is_some());
            assert!(known, "{call}");
            assert!(seen.insert(call), "{call} stands twice");
        }
        assert!(seen.len() > 400, "{}", seen.len());
    }

    #[test]
    fn every_error_is_known_by_its_first_name_and_stands_once() {
        for page in all() {
            for name in page.errors {
                assert_eq!(Errno::from_name(name).and_then(Errno::name), Some(*name), "{:?}", page.calls);
            }
            assert_eq!(page.errors().count(), page.errors.len());
        }
    }

    #[test]
    fn the_table_is_sorted() {
        let ascends = |names: &[&str]| names.windows(2).all(|pair| pair[0] < pair[1]);
        assert!(all().is_sorted_by_key(|page| page.calls));
        for page in all() {
            assert!(!page.calls.is_empty() && ascends(page.calls) && ascends(page.errors), "{page:?}");
            for page in [&[page.page], page.with].concat() {
                let is_page = page.ends_with("(2)") || page.ends_with("(3)") || page.ends_with("(2const)");
                assert!(is_page, "{page}");
            }
        }
    }

    #[test]
    fn well_known_calls_have_the_errors_of_their_pages() {
        assert_eq!(names_of("msync"), ["EBUSY", "EINVAL", "ENOMEM"]);
        let fsync = ["EBADF", "EDQUOT", "EINTR", "EINVAL", "EIO", "ENOSPC", "EROFS"];
        assert_eq!(names_of("fsync"), fsync);
        assert_eq!(names_of("fdatasync"), fsync);
        for error in ["EACCES", "EEXIST", "EMFILE", "ENFILE", "ENOENT", "ENOSPC"] {
            for call in ["open", "openat", "openat2", "creat"] {
                assert!(names_of(call).contains(&error), "{call} {error}");
            }
        }
    }

    #[test]
    fn a_page_of_several_calls_tells_them_apart() {
        assert!(names_of("mkdirat").contains(&"EBADF") && !names_of("mkdir").contains(&"EBADF"));
        assert!(names_of("clone3").contains(&"E2BIG") && !names_of("clone").contains(&"E2BIG"));
        assert!(names_of("accept").contains(&"ENOSR") && !names_of("accept4").contains(&"ENOSR"));
        assert!(names_of("shmat").contains(&"EACCES") && !names_of("shmdt").contains(&"EACCES"));
    }

    #[test]
    fn what_a_page_says_of_another_counts() {
        for (call, other) in
            [("pread64", "read"), ("pwritev2", "lseek"), ("execveat", "execve"), ("vfork", "fork")]
        {
            let has = names_of(call);
            assert!(names_of(other).iter().all(|error| has.contains(error)), "{call} {other}");
            let other = errors_of(other).unwrap().page;
            assert!(errors_of(call).unwrap().with.contains(&other), "{call} {other}");
        }
        assert_eq!(errors_of("futex").unwrap().with, ["FUTEX_*(2const)"]);
    }

    #[test]
    fn calls_of_32_bit_programs_share_the_errors_of_what_they_stand_for() {
        for (call, other) in [
            ("fcntl64", "fcntl"),
            ("fstatat64", "newfstatat"),
            ("ftruncate64", "ftruncate"),
            ("futex_time64", "futex"),
            ("pselect6_time64", "pselect6"),
            ("rt_sigtimedwait_time64", "rt_sigtimedwait"),
            ("chown32", "chown"),
        ] {
            assert_eq!(errors_of(call), errors_of(other), "{call}");
        }
    }

    #[test]
    fn silence_is_not_a_no() {
        let error = |name| Errno::from_name(name).unwrap();
        assert_eq!(documents("msync", error("EBUSY")), Some(true));
        assert_eq!(documents("msync", error("EIO")), Some(false));
        assert_eq!(documents("msync", error("ENOANO")), Some(false));
        assert_eq!(documents("getpid", error("EIO")), Some(false), "it always succeeds");
        assert_eq!(documents("read", error("EWOULDBLOCK")), Some(true));
        assert_eq!(documents("write", Errno::new(4095).unwrap()), Some(false));
        for call in ["restart_syscall", "rt_sigreturn", "mysnc", ""] {
            assert_eq!(documents(call, error("EIO")), None, "{call}");
        }
    }
}
