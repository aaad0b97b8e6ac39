//! The structs and values that calls read and write. What is shown of them, and in which order, is strace's choice;
//! offsets are those of the kernel's UAPI headers, and for i386 those of its compat structs.
//!
//! What is not the same in two runs that did the same (times, inode numbers, free memory) is [`Kind::Varying`].
mod file;
mod ipc;
mod network;
mod process;
mod stat;
mod time;

pub use file::*;
pub use ipc::*;
pub use network::*;
pub use process::*;
pub use stat::*;
pub use time::*;

use super::Kind;

/// Numbers that differ by run, decimal.
const VARYING: Kind = Kind::Varying(&Kind::Size);
/// The same, signed.
const VARYING_SIGNED: Kind = Kind::Varying(&Kind::Signed);

#[cfg(test)]
mod tests;
