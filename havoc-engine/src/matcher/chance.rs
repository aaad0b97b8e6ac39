//! Random choices that are the same in every run of the same plan, seed and program: each is a function of the seed, the
//! rule, the task's place in the tree and how many matches that task has had. What other threads do does not move it.
//!
//! The numbers come from ChaCha with 8 rounds, keyed by all of that, so that they stay the same in later versions: the
//! crate `rand_chacha` promises its streams' values, which a hasher of the standard library does not.
use crate::bytes::{FNV1A, fnv1a};
use crate::task::LogicalPath;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};

/// What is chosen. Choices about one call do not depend on each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// Whether the call is picked.
    Chance,
    /// Which error of a list it is given.
    Error,
    /// Which bits of its data are flipped.
    Bits,
}

/// Returns the random numbers for one choice about one match.
#[must_use]
pub fn numbers(seed: u64, rule: &str, place: &LogicalPath, match_number: u64, choice: Choice) -> ChaCha8Rng {
    let mut key = [0; 32];
    key[..8].copy_from_slice(&seed.to_le_bytes());
    // Names and places become a part of the key, and 64 bits keep them apart.
    key[8..16].copy_from_slice(&fnv1a(FNV1A, rule.bytes()).to_le_bytes());
    key[16..24].copy_from_slice(&place.fingerprint().to_le_bytes());
    key[24..].copy_from_slice(&match_number.to_le_bytes());
    let mut numbers = ChaCha8Rng::from_seed(key);
    numbers.set_stream(match choice {
        Choice::Chance => 0,
        Choice::Error => 1,
        Choice::Bits => 2,
    });
    numbers
}

/// Returns a number below `end`, which is at least 1. The bias is below `end` in 2⁶⁴.
pub fn below(numbers: &mut ChaCha8Rng, end: u64) -> u64 {
    ((u128::from(numbers.next_u64()) * u128::from(end)) >> 64) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(seed: u64, rule: &str, place: &LogicalPath, number: u64, choice: Choice) -> u64 {
        numbers(seed, rule, place, number, choice).next_u64()
    }

    #[test]
    fn every_part_of_the_key_matters_and_nothing_else() {
        let root = LogicalPath::default();
        let first = drawn(7, "read#1", &root, 1, Choice::Chance);
        assert_eq!(drawn(7, "read#1", &root, 1, Choice::Chance), first);
        for other in [
            drawn(8, "read#1", &root, 1, Choice::Chance),
            drawn(7, "read#2", &root, 1, Choice::Chance),
            drawn(7, "read#1", &root.child(1), 1, Choice::Chance),
            drawn(7, "read#1", &root, 2, Choice::Chance),
            drawn(7, "read#1", &root, 1, Choice::Error),
        ] {
            assert_ne!(other, first);
        }
    }

    /// A log of one version can be replayed with the next.
    #[test]
    fn the_numbers_are_the_same_in_every_version() {
        let place = LogicalPath::default().child(2).child(1);
        assert_eq!(fnv1a(FNV1A, *b"a"), 0xaf63_dc4c_8601_ec8c);
        assert_eq!(drawn(42, "fsync#1", &place, 3, Choice::Bits), EXPECTED);
    }

    const EXPECTED: u64 = 16_333_586_499_251_676_872;

    #[test]
    fn numbers_below_an_end_are_below_it_and_reach_all() {
        let mut seen = [false; 5];
        for number in 0..200 {
            let mut numbers = numbers(1, "x", &LogicalPath::default(), number, Choice::Error);
            seen[below(&mut numbers, 5) as usize] = true;
        }
        assert_eq!(seen, [true; 5]);
        assert_eq!(below(&mut numbers(1, "x", &LogicalPath::default(), 1, Choice::Error), 1), 0);
    }
}
