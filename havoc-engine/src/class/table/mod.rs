//! The rows, a file for each family of calls, the same families as in `signature/table/`.
//!
//! A name means the same call on every ABI, and one row serves all. strace's column is strace 7.2's
//! (src/linux/*/syscallent*.h), which knows every call up to 471. The column of purposes is ours; [`NONE`] says that a
//! call has been thought about and serves none of them. It is in the class of what it is mainly for: where a purpose
//! comes only with some arguments, the row says how that was decided.
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

use havoc_arch::by_name::{self, ByName};

/// The classes of one call, as bits.
pub(super) struct Row {
    pub name: &'static str,
    pub strace: u32,
    pub purposes: u32,
}

const fn row(name: &'static str, strace: u32, purposes: u32) -> Row {
    Row { name, strace, purposes }
}

/// Every family of calls.
const FAMILIES: [&[Row]; 11] = [
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
    i386::CALLS,
];

/// How many calls they have together.
const COUNT: usize = by_name::total(&FAMILIES);

/// The rows of all families.
pub(super) static ROWS: [&Row; COUNT] = IN_ORDER;

const IN_ORDER: [&Row; COUNT] = by_name::joined(&FAMILIES);

/// Where the row of each call is.
pub(super) static BY_NAME: ByName<COUNT> = {
    let mut names = [""; COUNT];
    let mut place = 0;
    while place < COUNT {
        names[place] = IN_ORDER[place].name;
        place += 1;
    }
    ByName::new(names)
};

/// In no class, after some thought.
pub(super) const NONE: u32 = 0;

// strace's.
pub(super) const FILE: u32 = 1 << 0;
pub(super) const DESC: u32 = 1 << 1;
pub(super) const MEMORY: u32 = 1 << 2;
pub(super) const NETWORK: u32 = 1 << 3;
pub(super) const PROCESS: u32 = 1 << 4;
pub(super) const SIGNAL: u32 = 1 << 5;
pub(super) const IPC: u32 = 1 << 6;
pub(super) const CREDS: u32 = 1 << 7;
pub(super) const CLOCK: u32 = 1 << 8;
pub(super) const PURE: u32 = 1 << 9;
pub(super) const STAT: u32 = 1 << 10;
pub(super) const LSTAT: u32 = 1 << 11;
pub(super) const FSTAT: u32 = 1 << 12;
pub(super) const STAT_LIKE: u32 = 1 << 13;
pub(super) const STATFS: u32 = 1 << 14;
pub(super) const FSTATFS: u32 = 1 << 15;
pub(super) const STATFS_LIKE: u32 = 1 << 16;

// By purpose.
pub(super) const PERSIST: u32 = 1 << 17;
pub(super) const READ_DATA: u32 = 1 << 18;
pub(super) const WRITE_DATA: u32 = 1 << 19;
pub(super) const OPEN: u32 = 1 << 20;
pub(super) const NAME_CHANGE: u32 = 1 << 21;
pub(super) const MAP: u32 = 1 << 22;
pub(super) const LOCK: u32 = 1 << 23;
pub(super) const METADATA: u32 = 1 << 24;
pub(super) const NET_OPEN: u32 = 1 << 25;
pub(super) const SPAWN: u32 = 1 << 26;
pub(super) const WAIT: u32 = 1 << 27;
pub(super) const FD_BUDGET: u32 = 1 << 28;
