//! The pieces of a log line. What `--stable` must rename (tasks, addresses, inode numbers of pipes) is a piece of its
//! own, never text that must be parsed again.
use crate::resource::Mapping;

/// One piece of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Token {
    /// Text that is the same in every run. Bytes that are no printable ASCII are already escaped.
    Text(String),
    /// A task, process or process group id as the call has it.
    Task(i32),
    /// An address, and the mappings of the range it stands for, in order.
    Address {
        /// The address.
        value: u64,
        /// One `<file+offset>` each, where a file is mapped.
        mappings: Vec<Mapping>,
    },
    /// A descriptor with the name of its file.
    Descriptor {
        /// The number.
        number: i32,
        /// The name /proc gives it, as the task's root sees it; `None` for AT_FDCWD or a closed one.
        name: Option<Vec<u8>>,
    },
    /// A path or string out of the task's memory, not yet escaped and without quotes.
    Quoted {
        /// The bytes.
        bytes: Vec<u8>,
        /// Whether more followed than was read; shown as `"…"...`.
        truncated: bool,
    },
}

/// What a decoder may ask about the stopped task. Every answer may be missing: memory that cannot be read is shown as
/// an address, never an error.
pub trait Look {
    /// Reads up to `length` bytes at `address`; fewer where the memory ends; `None` if nothing can be read.
    fn bytes(&self, address: u64, length: usize) -> Option<Vec<u8>>;
    /// Reads the bytes of a NUL-terminated string without its NUL, and whether the NUL came within `limit` bytes.
    fn string(&self, address: u64, limit: usize) -> Option<(Vec<u8>, bool)>;
    /// Returns the name of a descriptor's file.
    fn descriptor_name(&self, descriptor: i32) -> Option<Vec<u8>>;
    /// Returns the mappings in `length` bytes (0: one page) from `address`.
    fn mappings(&self, address: u64, length: u64) -> Vec<Mapping>;
}
