//! The rows, a file for each family of calls. Kinds follow the kernel's prototypes (include/linux/syscalls.h).
mod descriptor;
mod file;
mod i386;
mod ipc;
mod memory;
mod network;
mod obsolete;
mod process;
mod signal;
mod system;
mod time;

use super::{Kind, Signature};
pub(super) use i386::CALLS as I386;
pub(super) use process::FUTEX_OPERATION;

/// Every family of calls that are the same on all ABIs that have them.
pub(super) const FAMILIES: [&[Signature]; 10] = [
    file::CALLS,
    descriptor::CALLS,
    memory::CALLS,
    process::CALLS,
    signal::CALLS,
    time::CALLS,
    network::CALLS,
    ipc::CALLS,
    system::CALLS,
    obsolete::CALLS,
];

const fn call(name: &'static str, arguments: &'static [Kind]) -> Signature {
    Signature::new(name, arguments)
}
