//! Patterns of many rules as one automaton: which of them match a name is found in one pass over it.
use crate::plan::{self, PathPattern};
use regex::bytes::{RegexSet, RegexSetBuilder};

/// Patterns, and whose they are.
#[derive(Debug)]
pub(super) struct Patterns {
    names: Set,
    paths: Set,
}

#[derive(Debug)]
struct Set {
    set: RegexSet,
    /// Of each expression the rule that it belongs to.
    rules: Vec<usize>,
}

impl Patterns {
    /// Puts patterns together, each with its rule; `None` if the automaton would be too large.
    pub(super) fn new(patterns: &[(usize, &PathPattern)]) -> Option<Patterns> {
        let mut names = Vec::new();
        let mut paths = Vec::new();
        for (rule, pattern) in patterns {
            let (name, path) = pattern.sources();
            names.extend(name.map(|source| (*rule, source)));
            paths.extend(path.map(|source| (*rule, source)));
        }
        Some(Patterns { names: Set::new(&names)?, paths: Set::new(&paths)? })
    }

    /// Adds the rules that have a pattern for `name`.
    pub(super) fn find(&self, name: &[u8], found: &mut Vec<usize>) {
        let (file_name, path) = plan::parts(name);
        self.names.find(file_name, found);
        if let Some(path) = path {
            self.paths.find(path, found);
        }
    }
}

impl Set {
    fn new(sources: &[(usize, &str)]) -> Option<Set> {
        let set = RegexSetBuilder::new(sources.iter().map(|(_, source)| source))
            .unicode(false)
            .dot_matches_new_line(true)
            .size_limit(64 << 20)
            .build()
            .map_err(|error| log::debug!("patterns are not put together: {error}"))
            .ok()?;
        Some(Set { set, rules: sources.iter().map(|(rule, _)| *rule).collect() })
    }

    fn find(&self, name: &[u8], found: &mut Vec<usize>) {
        // Most names match nothing, and that is told without a list.
        if !self.rules.is_empty() && self.set.is_match(name) {
            found.extend(self.set.matches(name).iter().map(|index| self.rules[index]));
        }
    }
}
