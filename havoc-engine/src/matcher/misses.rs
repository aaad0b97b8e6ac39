//! The calls of one name that selectors turned away: each of them once, until the run is over.
//!
//! Which of them was the one that a rule was meant for is known only when all have been seen: the first ones are the
//! dynamic loader's in every program. So they are kept, as many as there is room for, and sorted at the end. A call that
//! has been seen before costs a hash of its names, and takes nothing from the heap.
use super::facts::Facts;
use super::tally::{NearMiss, RuleTally};
use crate::plan::Rule;
use havoc_arch::SyscallView;
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

/// How many different misses of one call are kept. What comes later is counted with the rest.
const KEPT: usize = 4096;

/// One of them.
#[derive(Debug)]
struct Miss {
    near_miss: NearMiss,
    /// The places of the rules that turned it away at no time, in order.
    spared: Vec<usize>,
}

/// All of one call.
#[derive(Debug, Default)]
pub(super) struct Misses {
    kept: Vec<Miss>,
    /// Where each is, by the hash of its files. Of two with the same hash, in 2^64, only one is told.
    places: HashMap<u64, usize>,
    /// There was no room for some.
    is_full: bool,
}

impl Misses {
    /// Notes a call that all rules turned away but for the `spared` ones, in order of their places.
    pub(super) fn note(&mut self, view: &SyscallView, facts: &dyn Facts, spared: &[usize]) {
        let found = self.find(facts);
        if let Some(miss) = found {
            miss.spared.retain(|place| spared.binary_search(place).is_ok());
        } else {
            self.add(view, facts, || spared.to_vec());
        }
    }

    /// Notes a call that the rule at `place`, of `count`, turned away, whatever the others did.
    pub(super) fn note_one(&mut self, view: &SyscallView, facts: &dyn Facts, place: usize, count: usize) {
        let found = self.find(facts);
        if let Some(miss) = found {
            miss.spared.retain(|spared| *spared != place);
        } else {
            self.add(view, facts, || (0..count).filter(|other| *other != place).collect());
        }
    }

    fn find(&mut self, facts: &dyn Facts) -> Option<&mut Miss> {
        let place = *self.places.get(&hash(facts))?;
        self.kept.get_mut(place)
    }

    fn add(&mut self, view: &SyscallView, facts: &dyn Facts, spared: impl FnOnce() -> Vec<usize>) {
        if self.kept.len() == KEPT {
            self.is_full = true;
            return;
        }
        self.places.insert(hash(facts), self.kept.len());
        self.kept.push(Miss { near_miss: NearMiss::of(view, facts), spared: spared() });
    }

    /// Adds those that the rule at `place` turned away to what is told of it.
    pub(super) fn tell(&self, place: usize, rule: &Rule, tally: &mut RuleTally) {
        tally.more_near_misses |= self.is_full;
        for miss in self.kept.iter().filter(|miss| miss.spared.binary_search(&place).is_err()) {
            tally.add_near_miss(&miss.near_miss, rule);
        }
    }
}

/// Returns the hash of what makes one miss the same as another.
fn hash(facts: &dyn Facts) -> u64 {
    let mut hasher = DefaultHasher::new();
    NearMiss::identity(facts, |part| part.hash(&mut hasher));
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::super::laws::World;
    use super::super::{Matcher, Moment};
    use super::*;
    use crate::plan::syntax::parse_rules;
    use crate::task::{LogicalPath, Tid};
    use std::path::Path;
    use std::time::Duration;

    /// What each of these rules tells of fsyncs of these files: the file names of its near misses, and how many others there are.
    fn told(rules: &[&str], files: &[String]) -> Vec<(Vec<String>, usize, bool)> {
        let texts: Vec<String> = rules.iter().map(ToString::to_string).collect();
        let plan = parse_rules(&texts, Path::new("/")).expect("good rules");
        let mut matcher = Matcher::new(&plan, 0).indexed();
        let moment = Moment {
            tid: Tid::new(7).expect("a tid"),
            place: &LogicalPath::root(),
            since_exec: Duration::ZERO,
        };
        for file in files {
            let mut world = World::of("fsync", file);
            let view = world.view();
            matcher.decide(&view, &mut world, &moment);
        }
        let names = |tally: &RuleTally| {
            let names =
                tally.near_misses.iter().map(|near| String::from_utf8_lossy(&near.files[0]).into_owned());
            names.collect::<Vec<_>>()
        };
        let tallies = matcher.tallies();
        tallies.iter().map(|tally| (names(tally), tally.other_near_misses, tally.more_near_misses)).collect()
    }

    fn files(names: &[&str]) -> Vec<String> {
        names.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_nearest_of_all_misses_are_told_and_each_once() {
        let calls = files(&[
            "/ld.so",
            "/libc.so.6",
            "/locale",
            "/orders.db",
            "/ld.so",
            "/x/order.db-wal",
            "/orders.db",
        ]);
        let nearest = files(&["/orders.db", "/x/order.db-wal"]);
        let expected = |first: &str| ([nearest.clone(), files(&[first])].concat(), 2, false);
        let told = told(&["fsync:error=EIO:path=order.db"], &calls);
        assert_eq!(told[0].0[..2], nearest);
        assert_eq!(told, [expected(&told[0].0[2])]);
    }

    #[test]
    fn each_rule_is_told_of_what_it_did_not_match_whichever_others_did() {
        let rules = ["fsync:error=EIO:path=b.db", "fsync:log:path=x.db", "fsync:error=EIO:path=a.d"];
        let told = told(&rules, &files(&["/a.db", "/x.db", "/a.db"]));
        assert_eq!(told[0], (files(&["/a.db", "/x.db"]), 0, false));
        assert_eq!(told[1], (files(&["/a.db"]), 0, false));
        assert_eq!(told[2], (files(&["/a.db", "/x.db"]), 0, false));
    }

    #[test]
    fn more_than_there_is_room_for_are_counted_as_more() {
        let names: Vec<String> = (0..KEPT + 7).map(|nth| format!("/f{nth}")).collect();
        let told = told(&["fsync:error=EIO:path=order.db"], &names);
        assert_eq!((told[0].1, told[0].2), (KEPT - 3, true));
    }
}
