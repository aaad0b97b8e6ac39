//! Patterns for sockets of many rules.
use super::patterns::Patterns;
use crate::plan::{Endpoint, PathPattern, SocketPattern};
use std::collections::HashMap;

/// Patterns for sockets, and whose they are.
#[derive(Debug)]
pub(super) struct Sockets {
    /// unix(7).
    globs: Patterns,
    /// tcp(7) and udp(7), by port.
    by_port: HashMap<u16, Vec<usize>>,
    /// Those for any port.
    of_any_port: Vec<(SocketPattern, usize)>,
}

impl Sockets {
    /// Puts patterns together, each with its rule; `None` if an automaton would be too large.
    pub(super) fn new(patterns: &[(usize, &SocketPattern)]) -> Option<Sockets> {
        let mut globs: Vec<(usize, &PathPattern)> = Vec::new();
        let mut by_port: HashMap<u16, Vec<usize>> = HashMap::new();
        let mut of_any_port = Vec::new();
        for (rule, pattern) in patterns {
            match (pattern.glob(), pattern.port()) {
                (Some(glob), _) => globs.push((*rule, glob)),
                (None, Some(port)) => by_port.entry(port).or_default().push(*rule),
                (None, None) => of_any_port.push(((*pattern).clone(), *rule)),
            }
        }
        Some(Sockets { globs: Patterns::new(&globs)?, by_port, of_any_port })
    }

    /// Adds the rules that may have a pattern for `endpoint`.
    pub(super) fn find(&self, endpoint: &Endpoint, found: &mut Vec<usize>) {
        match endpoint {
            Endpoint::Unix(name) => {
                self.globs.find(name, found);
                // As `SocketPattern::matches` compares a relative name, and an abstract one.
                let bare = name.strip_prefix(b"@").unwrap_or(name);
                let slashes = bare.iter().take_while(|&&byte| byte == b'/').count();
                self.globs.find(&[b"/", &bare[slashes..]].concat(), found);
            }
            Endpoint::Internet { port, .. } => {
                found.extend(self.by_port.get(port).into_iter().flatten());
                let passing = self.of_any_port.iter().filter(|(pattern, _)| pattern.matches(endpoint));
                found.extend(passing.map(|(_, rule)| *rule));
            }
        }
    }
}
