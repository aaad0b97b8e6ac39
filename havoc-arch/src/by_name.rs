//! Names that are looked up: their order is found when havoc is compiled, so that tables may stand in the order that people
//! read them in, and a start builds nothing.
use std::cmp::Ordering;

/// Names at places, and which place has a name. The empty name is none.
#[derive(Debug)]
pub struct ByName<const N: usize> {
    names: [&'static str; N],
    /// The places, in the order of their names.
    order: [u16; N],
}

impl<const N: usize> ByName<N> {
    /// Returns a table of these names; for use in constants. Of equal names any is found.
    ///
    /// # Panics
    /// If there are more names than `u16` can count.
    #[must_use]
    pub const fn new(names: [&'static str; N]) -> ByName<N> {
        assert!(N <= u16::MAX as usize);
        let order = order(&names);
        ByName { names, order }
    }

    /// Returns the name at `place`; `None` if there is none, or no such place.
    #[must_use]
    pub const fn name_at(&self, place: usize) -> Option<&'static str> {
        if place >= N || self.names[place].is_empty() {
            return None;
        }
        Some(self.names[place])
    }

    /// Returns the place that has this name.
    #[must_use]
    pub const fn place_of(&self, name: &str) -> Option<usize> {
        if name.is_empty() {
            return None;
        }
        let (mut start, mut end) = (0, N);
        while start < end {
            let middle = start.midpoint(end);
            let place = self.order[middle] as usize;
            match compare(self.names[place], name) {
                Ordering::Less => start = middle + 1,
                Ordering::Greater => end = middle,
                Ordering::Equal => return Some(place),
            }
        }
        None
    }
}

/// Returns how many rows the tables have together.
#[must_use]
pub const fn total<T>(tables: &[&[T]]) -> usize {
    let (mut table, mut count) = (0, 0);
    while table < tables.len() {
        count += tables[table].len();
        table += 1;
    }
    count
}

/// Returns the rows of all tables, one table behind the other; for use in constants.
///
/// # Panics
/// If N is not how many there are together, or the first table has none.
#[must_use]
pub const fn joined<T, const N: usize>(tables: &'static [&'static [T]]) -> [&'static T; N] {
    let mut rows = [&tables[0][0]; N];
    let (mut table, mut place) = (0, 0);
    while table < tables.len() {
        let mut row = 0;
        while row < tables[table].len() {
            rows[place] = &tables[table][row];
            place += 1;
            row += 1;
        }
        table += 1;
    }
    assert!(place == N);
    rows
}

/// Returns the places of the names, in the order of the names.
const fn order<const N: usize>(names: &[&str; N]) -> [u16; N] {
    let mut places = [0; N];
    let mut place = 0;
    while place < N {
        places[place] = place as u16;
        place += 1;
    }
    // Heapsort: few steps, since the compiler interprets them.
    let mut root = N / 2;
    while root > 0 {
        root -= 1;
        sift(names, &mut places, root, N);
    }
    let mut end = N;
    while end > 1 {
        end -= 1;
        let greatest = places[0];
        places[0] = places[end];
        places[end] = greatest;
        sift(names, &mut places, 0, end);
    }
    places
}

/// Lets the place at `root` sink to where none below it, before `end`, has a greater name.
const fn sift<const N: usize>(names: &[&str; N], places: &mut [u16; N], mut root: usize, end: usize) {
    loop {
        let mut child = 2 * root + 1;
        if child >= end {
            return;
        }
        if child + 1 < end && is_less(names[places[child] as usize], names[places[child + 1] as usize]) {
            child += 1;
        }
        if !is_less(names[places[root] as usize], names[places[child] as usize]) {
            return;
        }
        let sunk = places[root];
        places[root] = places[child];
        places[child] = sunk;
        root = child;
    }
}

const fn is_less(one: &str, other: &str) -> bool {
    matches!(compare(one, other), Ordering::Less)
}

/// As `cmp` does, which is not for constants yet.
const fn compare(one: &str, other: &str) -> Ordering {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    let mut index = 0;
    loop {
        if index == one.len() {
            return if index == other.len() { Ordering::Equal } else { Ordering::Less };
        }
        if index == other.len() || one[index] > other[index] {
            return Ordering::Greater;
        }
        if one[index] < other[index] {
            return Ordering::Less;
        }
        index += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static TABLE: ByName<9> =
        ByName::new(["read", "", "readv", "write", "_llseek", "open", "", "z", "\u{e9}"]);

    #[test]
    fn names_lead_to_their_places_and_back() {
        for (place, name) in TABLE.names.into_iter().enumerate().filter(|(_, name)| !name.is_empty()) {
            assert_eq!(TABLE.name_at(place), Some(name));
            assert_eq!(TABLE.place_of(name), Some(place), "{name}");
        }
    }

    #[test]
    fn what_is_not_there_is_not_found() {
        for name in ["", "a", "rea", "reads", "zz", "\u{e8}", "\u{ea}"] {
            assert_eq!(TABLE.place_of(name), None, "{name}");
        }
        for place in [1, 6, 9, usize::MAX] {
            assert_eq!(TABLE.name_at(place), None);
        }
        assert_eq!(ByName::new([]).place_of("read"), None);
    }

    #[test]
    fn tables_are_joined_in_their_order() {
        const TABLES: [&[u8]; 3] = [&[3, 1], &[], &[2]];
        assert_eq!(total(&TABLES), 3);
        assert_eq!(joined::<_, 3>(&TABLES), [&3, &1, &2]);
    }

    #[test]
    fn the_order_is_that_of_strings() {
        let in_order = TABLE.order.map(|place| TABLE.names[usize::from(place)]);
        assert!(in_order.is_sorted(), "{in_order:?}");
    }
}
