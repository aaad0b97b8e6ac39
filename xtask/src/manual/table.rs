//! From pages to the table: each call of the kernel with its page and errors.
use super::hand;
use super::page::{Page, Pages};
use super::section::{self, Errors};
use anyhow::{Result, bail, ensure};
use std::collections::{BTreeMap, BTreeSet};

/// What the manual says of a call.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Row {
    /// The page.
    pub page: String,
    /// Pages that it refers to, and those of the call's operations.
    pub with: BTreeSet<String>,
    /// The errors, by their first names.
    pub errors: BTreeSet<&'static str>,
}

/// What the kernel has.
pub struct Known {
    /// Names of calls, of any architecture.
    pub calls: BTreeSet<&'static str>,
    /// Names of errors, second ones too, with the first.
    pub errors: BTreeMap<&'static str, &'static str>,
}

/// Functions, each with its page and what the ERRORS of that say.
pub struct Manual<'a> {
    known: &'a Known,
    functions: BTreeMap<&'a str, (&'a Page, Errors)>,
    /// Functions that no page names, but a file: its name and the page.
    files: BTreeMap<&'a str, (&'a Page, Errors)>,
    /// By call: pages of single operations, as FUTEX_WAIT(2const) for futex.
    operations: BTreeMap<&'a str, Vec<(&'a Page, Errors)>>,
}

impl<'a> Manual<'a> {
    /// Sorts the pages by the calls that they are about.
    pub fn new(pages: &'a Pages, known: &'a Known) -> Manual<'a> {
        let errors = |page: &Page| {
            let lines = page.errors.as_deref().unwrap_or_default();
            section::read(lines, &page.functions, |word| known.errors.contains_key(word))
        };
        let says = |errors: &Errors| errors.always_succeeds || !errors.entries.is_empty();
        let mut manual =
            Manual { known, functions: BTreeMap::new(), files: BTreeMap::new(), operations: BTreeMap::new() };
        for page in pages.pages.values() {
            let is_about_calls = page.name.ends_with("(2)") || page.name.ends_with("(3)");
            for function in page.functions.iter().filter(|_| is_about_calls) {
                let errors = errors(page);
                let better = manual.functions.get(function.as_str()).is_none_or(|(_, other)| !says(other));
                if better {
                    manual.functions.insert(function, (page, errors));
                }
            }
            if page.functions.iter().all(|function| !known.calls.contains(function.as_str())) {
                for call in page.called.iter().filter(|call| known.calls.contains(call.as_str())) {
                    manual.operations.entry(call).or_default().push((page, errors(page)));
                }
            }
        }
        for (file, page) in &pages.files {
            let page = &pages.pages[page];
            manual.files.insert(file, (page, errors(page)));
        }
        manual
    }

    /// Returns the table, for all calls that the manual says something about.
    ///
    /// # Errors
    /// When a table made by hand has become wrong.
    pub fn table(&self) -> Result<BTreeMap<&'static str, Row>> {
        for (call, function) in hand::SAME {
            ensure!(!self.functions.contains_key(call), "{call} has a page: take it out of SAME");
            ensure!(
                self.functions.contains_key(function),
                "{function} has no page, {call} is the same in SAME"
            );
        }
        let named = hand::AS_OTHERS.iter().map(|(call, _)| call);
        for call in named.chain(hand::IN_PROSE.iter().flat_map(|(calls, ..)| *calls)) {
            ensure!(self.known.calls.contains(call), "{call} is no call, and stands in a table made by hand");
        }
        let mut table = BTreeMap::new();
        for call in &self.known.calls {
            if let Some(row) = self.row(call)? {
                table.insert(*call, row);
            }
        }
        Ok(table)
    }

    /// Returns what the manual says of a call or a function.
    fn row(&self, call: &str) -> Result<Option<Row>> {
        let Some((function, (page, errors))) = self.find(call)? else { return Ok(None) };
        let mut row = Row { page: page.name.clone(), ..Row::default() };
        let mut says = errors.always_succeeds || !errors.entries.is_empty();
        let entries = errors.entries.iter();
        let own = entries.filter(|entry| entry.of.is_empty() || entry.of.contains(function));
        row.errors.extend(own.map(|entry| self.known.errors[entry.error.as_str()]));
        for (page, errors) in self.operations.get(function).into_iter().flatten() {
            says = true;
            row.errors.extend(errors.entries.iter().map(|entry| self.known.errors[entry.error.as_str()]));
            if !errors.entries.is_empty() {
                row.with.insert(page.name.clone());
            }
        }
        let is_same = |other: &str| other == call || other == function;
        for (_, others) in hand::AS_OTHERS.iter().filter(|(name, _)| is_same(name)) {
            for other in *others {
                let Some(other) = self.row(other)? else { bail!("{other} has no page, {call} refers to it") };
                says = true;
                row.errors.extend(other.errors);
                row.with.insert(other.page);
                row.with.extend(other.with);
            }
        }
        for (_, errors, _) in hand::IN_PROSE.iter().filter(|(calls, ..)| calls.contains(&call)) {
            says = true;
            row.errors.extend(errors.iter().map(|error| self.known.errors[error]));
        }
        row.with.remove(&row.page);
        Ok(says.then_some(row))
    }

    /// Finds the function that a call is told of under, and its page.
    fn find(&self, call: &str) -> Result<Option<(&str, &(&'a Page, Errors))>> {
        let shorter = ["_time64", "64", "32"].into_iter().filter_map(|end| call.strip_suffix(end));
        for name in [call].into_iter().chain(shorter).flat_map(|name| [Some(name), same(name)]).flatten() {
            if let Some((function, found)) = self.functions.get_key_value(name) {
                return Ok(Some((function, found)));
            }
        }
        let Some((file, found)) = self.files.get_key_value(call) else { return Ok(None) };
        let (page, errors) = found;
        let is_told_apart = errors.entries.iter().any(|entry| !entry.of.is_empty());
        ensure!(!is_told_apart, "which function of {} is {call}? SAME has no word for it", page.name);
        Ok(Some((file, found)))
    }
}

/// Returns the function that SAME has for a call.
fn same(call: &str) -> Option<&'static str> {
    hand::SAME.iter().find(|(name, _)| *name == call).map(|(_, same)| *same)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manual::roff;
    use std::path::PathBuf;

    const KNOWN: [&str; 5] = ["read", "readv", "write", "writev", "futex"];

    /// Returns the table of pages that are given by their name, their functions, what they call, and the ERRORS.
    fn table(pages: &[(&str, &str, &str, &str)]) -> BTreeMap<&'static str, String> {
        let words = |text: &str| text.split(' ').map(str::to_owned).collect();
        let page = |&(name, functions, called, errors): &(&str, &str, &str, &str)| {
            let errors = (!errors.is_empty()).then(|| roff::lines(errors));
            let (functions, called) = (words(functions), words(called));
            let page = Page { name: name.to_owned(), source: String::new(), functions, called, errors };
            (PathBuf::from(name), page)
        };
        let pages = Pages { pages: pages.iter().map(page).collect(), files: BTreeMap::new() };
        let errors = ["EIO", "EINVAL", "EAGAIN"].map(|error| (error, error));
        let errors = errors.into_iter().chain([("EWOULDBLOCK", "EAGAIN")]).collect();
        let known = Known { calls: KNOWN.into(), errors };
        let manual = Manual::new(&pages, &known);
        let told = |call: &&'static str| {
            let row = manual.row(call).expect("a good manual")?;
            let words = [vec![row.page.as_str()], row.with.iter().map(String::as_str).collect()].concat();
            Some((*call, format!("{}: {}", words.join("+"), Vec::from_iter(row.errors).join(" "))))
        };
        KNOWN.iter().filter_map(told).collect()
    }

    const EIO: &str = ".TP\n.B EIO\nNo.\n";

    #[test]
    fn a_call_has_the_errors_of_its_page_under_their_first_names() {
        let errors = format!("{EIO}.TP\n.B EWOULDBLOCK\nLater.\n");
        let table = table(&[("read(2)", "read", "read", &errors)]);
        assert_eq!(table, [("read", "read(2): EAGAIN EIO".to_owned())].into());
    }

    #[test]
    fn a_call_has_those_of_others_where_its_page_says_so() {
        let pages = [
            ("read(2)", "read", "read", EIO),
            ("write(2)", "write", "write", ""),
            ("readv(2)", "readv", "readv", ".TP\n.B EINVAL\nNo.\n"),
        ];
        let table = table(&pages);
        assert_eq!(table["readv"], "readv(2)+read(2): EINVAL EIO");
        assert!(!table.contains_key("write"), "the page says nothing");
    }

    #[test]
    fn pages_of_single_operations_add_theirs() {
        let pages = [
            ("futex(2)", "futex", "futex", ".TP\n.B EINVAL\nNo.\n"),
            ("FUTEX_WAIT(2const)", "FUTEX_WAIT", "futex syscall", ".TP\n.B EAGAIN\nNo.\n"),
            ("FUTEX_FD(2const)", "FUTEX_FD", "futex syscall", "See futex.\n"),
        ];
        assert_eq!(table(&pages)["futex"], "futex(2)+FUTEX_WAIT(2const): EAGAIN EINVAL");
    }

    #[test]
    fn a_call_that_always_succeeds_is_told_of() {
        let table = table(&[("read(2)", "read write", "read", "read() always succeeds.\n")]);
        assert_eq!(table["write"], "read(2): ");
    }
}
