//! Who is traced: thread and process ids that cannot be confused, nor be zero or negative.
use std::fmt;
use std::num::NonZeroI32;

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
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LogicalPath(Vec<u32>);

impl LogicalPath {
    /// Returns the place of this task's `number`-th child, counted from 1.
    #[must_use]
    pub fn child(&self, number: u32) -> LogicalPath {
        let mut path = self.0.clone();
        path.push(number);
        LogicalPath(path)
    }

    /// Returns the root's.
    #[must_use]
    pub const fn root() -> LogicalPath {
        LogicalPath(Vec::new())
    }

    /// Returns the numbers, the root's first child's being the first.
    #[must_use]
    pub fn numbers(&self) -> &[u32] {
        &self.0
    }

    /// Tells whether this is the root.
    #[must_use]
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }
}
