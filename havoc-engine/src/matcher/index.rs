//! All path patterns of a plan in one automaton: which rules' patterns match a file is found in one pass over its name,
//! however many rules there are.
use super::facts::Files;
use crate::plan::{self, Comparison, Rule, Selector};
use regex::bytes::{RegexSet, RegexSetBuilder};

/// From so many rules on one pass is cheaper than a look at each.
pub(super) const WORTHWHILE: usize = 8;

/// The patterns of all rules that only a touched file's name can make match.
#[derive(Debug)]
pub(super) struct Index {
    names: Patterns,
    paths: Patterns,
    rules: usize,
}

#[derive(Debug)]
struct Patterns {
    set: RegexSet,
    /// Of each expression the rule that it belongs to.
    rules: Vec<usize>,
}

/// Tells whether a rule matches only if a pattern of it matches a touched file.
pub(super) fn is_gated(rule: &Rule) -> bool {
    rule.selectors.iter().any(is_gate)
}

fn is_gate(selector: &Selector) -> bool {
    matches!(selector, Selector::Name(name, Comparison::AnyOf, _) if name.is_of_touched_file())
}

impl Index {
    /// Builds the index; `None` if it is not worthwhile, or would be too large.
    pub(super) fn new(rules: &[Rule]) -> Option<Index> {
        if rules.iter().filter(|rule| is_gated(rule)).count() < WORTHWHILE {
            return None;
        }
        let mut names = Vec::new();
        let mut paths = Vec::new();
        for (index, rule) in rules.iter().enumerate() {
            // One gate is enough: who passes it is judged by all selectors.
            let Some(Selector::Name(_, _, patterns)) =
                rule.selectors.iter().find(|selector| is_gate(selector))
            else {
                continue;
            };
            for pattern in patterns {
                let (name, path) = pattern.sources();
                names.extend(name.map(|source| (index, source)));
                paths.extend(path.map(|source| (index, source)));
            }
        }
        Some(Index { names: Patterns::new(&names)?, paths: Patterns::new(&paths)?, rules: rules.len() })
    }

    /// Returns for each rule whether its gate is open for these files.
    pub(super) fn open_for(&self, files: &Files) -> Vec<bool> {
        let mut open = vec![false; self.rules];
        for name in files.touched.iter().flat_map(|touched| &touched.names) {
            let (file_name, path) = plan::parts(name);
            self.names.mark(file_name, &mut open);
            if let Some(path) = path {
                self.paths.mark(path, &mut open);
            }
        }
        open
    }
}

impl Patterns {
    fn new(sources: &[(usize, &str)]) -> Option<Patterns> {
        let set = RegexSetBuilder::new(sources.iter().map(|(_, source)| source))
            .unicode(false)
            .dot_matches_new_line(true)
            .size_limit(64 << 20)
            .build()
            .map_err(|error| log::debug!("patterns are not put together: {error}"))
            .ok()?;
        Some(Patterns { set, rules: sources.iter().map(|(rule, _)| *rule).collect() })
    }

    fn mark(&self, name: &[u8], open: &mut [bool]) {
        for index in self.set.matches(name).iter() {
            open[self.rules[index]] = true;
        }
    }
}
