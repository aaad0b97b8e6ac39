//! The names of flag bits and constants. In one table a set of several bits stands before its parts.
pub mod file;
pub mod memory;
pub mod network;
pub mod open;
pub mod process;
pub mod structure;

/// Values and their names, in the order in which they are shown.
pub type Names = &'static [(u64, &'static str)];
