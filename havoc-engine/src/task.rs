//! Who is traced: thread and process ids that cannot be confused, nor be zero or negative.
use crate::bytes::{FNV1A, fnv1a};
use std::fmt;
use std::hash::{Hash, Hasher};
use std::num::NonZeroI32;
use std::sync::Arc;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(NonZeroI32);

        impl $name {
            /// Returns the id, or `None` below 1: 0 and negative numbers mean groups and everybody to kill(2).
            #[must_use]
            pub const fn new(raw: i32) -> Option<Self> {
                match NonZeroI32::new(raw) {
                    Some(id) if raw > 0 => Some(Self(id)),
                    _ => None,
                }
            }

            /// Returns the number, at least 1.
            #[must_use]
            pub const fn get(self) -> i32 {
                self.0.get()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, formatter)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(formatter, "{} {}", stringify!($name), self.0)
            }
        }
    };
}

id! {
    /// A task (thread) id, as havoc's PID namespace numbers it. ptrace, descriptors, cwd and root belong to the task.
    Tid
}
id! {
    /// A process (thread group) id. The address space belongs to the process.
    Pid
}

/// A task's place in the tree: the numbers of the children that lead to it. The root's is empty.
///
/// It shares its creator's, so that generations take as much memory as there are of them, and not the square.
#[derive(Clone, Default)]
pub struct LogicalPath(Option<Arc<Step>>);

/// The last number of a place, and what leads to it.
struct Step {
    creator: LogicalPath,
    number: u32,
    fingerprint: u64,
}

impl LogicalPath {
    /// Returns the place of this task's `number`-th child, counted from 1.
    #[must_use]
    pub fn child(&self, number: u32) -> LogicalPath {
        let fingerprint = fnv1a(self.fingerprint(), number.to_le_bytes());
        LogicalPath(Some(Arc::new(Step { creator: self.clone(), number, fingerprint })))
    }

    /// Returns the root's.
    #[must_use]
    pub const fn root() -> LogicalPath {
        LogicalPath(None)
    }

    /// Returns the place of the creator, and which of its children this is; `None` for the root.
    #[must_use]
    pub fn creator(&self) -> Option<(&LogicalPath, u32)> {
        self.0.as_ref().map(|step| (&step.creator, step.number))
    }

    /// Returns the 64 bits of FNV-1a over the numbers, the root's first child's first, as little-endian bytes. They stay the
    /// same in later versions.
    #[must_use]
    pub fn fingerprint(&self) -> u64 {
        self.0.as_ref().map_or(FNV1A, |step| step.fingerprint)
    }

    /// Tells whether this is the root.
    #[must_use]
    pub fn is_root(&self) -> bool {
        self.0.is_none()
    }
}

impl PartialEq for LogicalPath {
    fn eq(&self, other: &LogicalPath) -> bool {
        let (mut this, mut other) = (self, other);
        loop {
            match (&this.0, &other.0) {
                (Some(one), Some(two)) if Arc::ptr_eq(one, two) => return true,
                (Some(one), Some(two)) if (one.fingerprint, one.number) == (two.fingerprint, two.number) => {
                    (this, other) = (&one.creator, &two.creator);
                }
                (one, two) => return one.is_none() && two.is_none(),
            }
        }
    }
}

impl Eq for LogicalPath {}

impl Hash for LogicalPath {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.fingerprint());
    }
}

impl fmt::Debug for LogicalPath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut numbers: Vec<u32> = std::iter::successors(self.creator(), |(creator, _)| creator.creator())
            .map(|(_, number)| number)
            .collect();
        numbers.reverse();
        formatter.debug_tuple("LogicalPath").field(&numbers).finish()
    }
}

impl Drop for LogicalPath {
    /// One after the other: a long line of generations is deeper than the stack.
    fn drop(&mut self) {
        while let Some(mut step) = self.0.take().and_then(Arc::into_inner) {
            self.0 = step.creator.0.take();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(numbers: &[u32]) -> LogicalPath {
        numbers.iter().fold(LogicalPath::root(), |place, number| place.child(*number))
    }

    #[test]
    fn places_are_equal_if_the_same_numbers_lead_to_them() {
        let all = [&[][..], &[1], &[2], &[1, 2], &[2, 1], &[1, 2, 3], &[1, 1, 2, 3]];
        for (one, numbers) in all.iter().enumerate() {
            for (two, others) in all.iter().enumerate() {
                assert_eq!(place(numbers) == place(others), one == two, "{numbers:?} {others:?}");
            }
            assert_eq!(format!("{:?}", place(numbers)), format!("LogicalPath({numbers:?})"));
        }
        let shared = place(&[1, 2]);
        assert_eq!(shared.child(3), shared.child(3));
        assert_eq!(shared.child(3).creator(), Some((&shared, 3)));
    }

    #[test]
    fn a_place_has_the_fingerprint_of_its_numbers() {
        assert_eq!(LogicalPath::root().fingerprint(), FNV1A);
        let bytes = [2, 0, 0, 0, 1, 0, 0, 0];
        assert_eq!(place(&[2, 1]).fingerprint(), fnv1a(FNV1A, bytes));
    }

    #[test]
    fn a_million_generations_are_made_compared_and_dropped() {
        let line = || (0..1_000_000).fold(LogicalPath::root(), |place, _| place.child(1));
        assert_eq!(line(), line());
    }
}
