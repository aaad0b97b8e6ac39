//! How near a pattern comes to the name of a file that it does not match: most rules that never fire have a slip in it.
//!
//! It is asked at the end of a run alone, and of names that were kept until then.
use super::PathPattern;
use super::pattern::parts;

/// How a name is related to a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// The pattern matches it.
    Matched,
    /// What the pattern says of the file matches it, and what it says of the directory does not.
    OtherDirectory,
    /// The pattern matches the name of a directory above the file.
    Below,
    /// The pattern's text is a part of the file's name.
    Longer,
    /// The names differ by so little that one was probably meant for the other.
    Slip,
    /// None of these.
    Other,
}

/// The relation of a name to a pattern, and how far it is away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Likeness {
    /// What it is.
    pub relation: Relation,
    /// How many changes would make a match: 2 for each character, 1 for one in the other case. It is for comparing alone.
    pub distance: usize,
}

/// Compares no more than the last bytes of a name: NAME_MAX is 255, and what differs is seen before.
const LONGEST: usize = 96;
/// A part of a name that is shorter than this is in most names by chance.
const SHORTEST_PART: usize = 3;

/// Returns how `name`, an absolute path or a name of the kernel's, is like what `pattern` matches.
#[must_use]
pub fn likeness(pattern: &PathPattern, name: &[u8]) -> Likeness {
    let is = |relation, distance| Likeness { relation, distance };
    if pattern.matches(name) {
        return is(Relation::Matched, 0);
    }
    let (file_name, path) = parts(name);
    let directories = || {
        let above = path.map_or(&[][..], |path| &path[..path.len() - file_name.len()]);
        above.split(|byte| *byte == b'/').filter(|directory| !directory.is_empty())
    };
    let mut components = pattern.text().rsplit('/').map(units).skip_while(|units| literal(units).is_empty());
    let Some(last) = components.next() else { return is(Relation::Other, usize::MAX) };
    // `/srv/` and `**/wal/**` are about what lies below a directory.
    let is_of_directory =
        pattern.text().rsplit('/').next().is_some_and(|last| literal(&units(last)).is_empty());
    if is_of_directory {
        let nearest = directories().map(|directory| distance(&last, directory)).min();
        return match nearest {
            Some(0) => is(Relation::OtherDirectory, 1),
            Some(far) if is_slip(&last, far) => is(Relation::Slip, far),
            far => is(Relation::Other, far.unwrap_or(usize::MAX)),
        };
    }
    let far = distance(&last, file_name);
    let text = literal(&last);
    if far == 0 {
        is(Relation::OtherDirectory, 1)
    } else if directories().any(|directory| distance(&last, directory) == 0) {
        is(Relation::Below, 2)
    } else if far <= 2 || text.eq_ignore_ascii_case(file_name) {
        is(Relation::Slip, far)
    } else if text.len() >= SHORTEST_PART && holds(file_name, &text) || lacks_extension(file_name, &text) {
        is(Relation::Longer, 3)
    } else if is_slip(&last, far) {
        is(Relation::Slip, far)
    } else {
        is(Relation::Other, far)
    }
}

/// Tells whether so few changes are a slip: of one character in a short name, of one in three in a longer one.
fn is_slip(pattern: &[Unit], distance: usize) -> bool {
    distance <= 2 * 1.max(literal(pattern).len().div_ceil(3))
}

/// Tells whether the name is this one and an extension.
fn lacks_extension(name: &[u8], text: &[u8]) -> bool {
    !text.is_empty() && name.strip_prefix(text).is_some_and(|rest| rest.first() == Some(&b'.'))
}

fn holds(name: &[u8], part: &[u8]) -> bool {
    name.windows(part.len()).any(|window| window.eq_ignore_ascii_case(part))
}

/// One piece of a component of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unit {
    /// This byte.
    Byte(u8),
    /// Any one.
    One,
    /// Any number of any.
    Any,
}

/// Cuts a component of a pattern into its pieces; of alternatives nothing is compared.
fn units(component: &str) -> Vec<Unit> {
    let mut units = Vec::new();
    let mut bytes = component.bytes();
    while let Some(byte) = bytes.next() {
        units.push(match byte {
            b'\\' => bytes.next().map_or(Unit::Byte(b'\\'), Unit::Byte),
            b'?' => Unit::One,
            b'[' => {
                // A `]` in the first place is one of the class.
                let first = bytes.next();
                let negates = matches!(first, Some(b'!' | b'^'));
                if negates {
                    bytes.next();
                }
                bytes.by_ref().find(|byte| *byte == b']');
                Unit::One
            }
            b'{' => {
                bytes.by_ref().find(|byte| *byte == b'}');
                Unit::Any
            }
            b'*' => Unit::Any,
            byte => Unit::Byte(byte),
        });
    }
    units.dedup_by(|later, before| (*later, *before) == (Unit::Any, Unit::Any));
    units
}

/// Returns the bytes that stand for themselves.
fn literal(units: &[Unit]) -> Vec<u8> {
    let byte = |unit: &Unit| if let Unit::Byte(byte) = unit { Some(*byte) } else { None };
    units.iter().filter_map(byte).collect()
}

/// Returns how many changes make a name of a pattern's component: the distance of Levenshtein, with 2 for a byte that is
/// added, left out, changed or exchanged with its neighbour, and 1 for one in the other case.
fn distance(pattern: &[Unit], name: &[u8]) -> usize {
    let name = &name[name.len().saturating_sub(LONGEST)..];
    let pattern = &pattern[pattern.len().saturating_sub(LONGEST)..];
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=name.len()).map(|length| 2 * length).collect();
    for (row, unit) in pattern.iter().enumerate() {
        let skipped = if *unit == Unit::Any { last[0] } else { last[0] + 2 };
        let mut next = vec![skipped];
        for (column, byte) in name.iter().enumerate() {
            let left_out = last[column + 1] + if *unit == Unit::Any { 0 } else { 2 };
            let added = next[column] + if *unit == Unit::Any { 0 } else { 2 };
            let changed = last[column]
                + match unit {
                    Unit::One | Unit::Any => 0,
                    Unit::Byte(wanted) if wanted == byte => 0,
                    Unit::Byte(wanted) if wanted.eq_ignore_ascii_case(byte) => 1,
                    Unit::Byte(_) => 2,
                };
            let mut best = left_out.min(added).min(changed);
            if row > 0
                && column > 0
                && *unit == Unit::Byte(name[column - 1])
                && pattern[row - 1] == Unit::Byte(*byte)
            {
                best = best.min(before[column - 1] + 2);
            }
            next.push(best);
        }
        before = std::mem::replace(&mut last, next);
    }
    last.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn of(pattern: &str, name: &str) -> Likeness {
        likeness(&PathPattern::new(pattern, Path::new("/srv")).expect(pattern), name.as_bytes())
    }

    #[test]
    fn a_name_is_related_to_a_pattern_as_its_reader_would_say() {
        for (pattern, name, relation) in [
            ("order.db", "/x/order.db", Relation::Matched),
            ("order.db", "/x/orders.db", Relation::Slip),
            ("Orders.DB", "/x/orders.db", Relation::Slip),
            ("oders.db", "/x/orders.db", Relation::Slip),
            ("order.db", "/etc/ld.so.cache", Relation::Other),
            ("/data/orders.db", "/srv/orders.db", Relation::OtherDirectory),
            ("~/ledger.bin", "/home/you/ledger.bin", Relation::OtherDirectory),
            ("data/*.db", "/other/a.db", Relation::OtherDirectory),
            ("pg_wal", "/pg/pg_wal/0001", Relation::Below),
            ("config.json", "/x/config.json.x1y2z3", Relation::Longer),
            ("ledger", "/x/ledger.bin", Relation::Longer),
            ("x", "/x/x.db", Relation::Below),
            ("x", "/y/x.db", Relation::Longer),
            ("'save.py'", "/x/save.py", Relation::Slip),
            ("**/pg_val/**", "/pg/pg_wal/0001", Relation::Slip),
            ("/tmp/pg_wal/", "/pg/pg_wal/0001", Relation::OtherDirectory),
            ("*.log", "/x/notes.txt", Relation::Other),
            ("*.sqlite", "/x/a.sqlit", Relation::Slip),
            ("a.db", "pipe:[12]", Relation::Other),
            ("*", "pipe:[12]", Relation::Matched),
        ] {
            assert_eq!(of(pattern, name).relation, relation, "{pattern} {name}");
        }
    }

    #[test]
    fn what_is_nearer_has_the_smaller_distance() {
        let names = ["/etc/ld.so.cache", "/x/lib.so", "/x/order.db-journal", "/x/orders.db", "/y/Order.db"];
        let mut sorted = names;
        sorted.sort_by_key(|name| of("order.db", name).distance);
        assert_eq!(sorted[..3], ["/y/Order.db", "/x/orders.db", "/x/order.db-journal"]);
    }

    #[test]
    fn wildcards_cost_nothing() {
        for (pattern, name, expected) in [
            ("a*z", "abcz", 0),
            ("a?z", "abz", 0),
            ("[a-c]x", "bx", 0),
            ("[]a]x", "]x", 0),
            ("[!a]x", "bx", 0),
            ("{a,b}.bin", "b.bin", 0),
            (r"a\*", "a*", 0),
            ("abc", "acb", 2),
            ("abc", "ab", 2),
            ("abc", "abcd", 2),
            ("abc", "aBc", 1),
            ("", "ab", 4),
        ] {
            assert_eq!(distance(&units(pattern), name.as_bytes()), expected, "{pattern} {name}");
        }
    }

    #[test]
    fn a_very_long_name_is_compared_by_its_end() {
        let long = format!("/x/{}orders.db", "y".repeat(4000));
        assert!(of("order.db", &long).distance < 2 * LONGEST + 2);
    }
}
