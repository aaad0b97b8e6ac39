//! Classes: sets of system calls that have a name, `%persist`.
//!
//! A program may do one thing by many calls, and which it takes depends on its C library, its architecture and its
//! age. A rule on a class misses none of them. strace's classes go by what a call takes and gives (a path, a
//! descriptor), ours by what it is for. Both are sets of names: which arguments a call has is for selectors to ask.
pub mod family;
mod table;

#[cfg(test)]
mod tests;

/// Whose class it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// strace's, with the members that it has there.
    Strace,
    /// Ours, by what calls are for.
    Purpose,
}

/// A set of calls with a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Class {
    /// The name, without the `%` before it; strace's `%%stat` is `%stat`.
    pub name: &'static str,
    /// What its calls have in common, in a line.
    pub about: &'static str,
    /// Whose it is.
    pub origin: Origin,
    /// Its bit in the rows.
    bit: u32,
}

/// Every class, those by purpose first.
static CLASSES: &[Class] = &[
    ours("persist", table::PERSIST, "make durable what was written"),
    ours("read-data", table::READ_DATA, "take bytes out of a file, pipe, socket or queue"),
    ours(
        "write-data",
        table::WRITE_DATA,
        "put bytes into a file, pipe, socket or queue, or cut off or reserve some",
    ),
    ours("open", table::OPEN, "open a file, or make one, a directory, a node or a link"),
    ours("name-change", table::NAME_CHANGE, "give, change or remove a name in a directory"),
    ours("map", table::MAP, "change what is mapped into memory, and how"),
    ours("lock", table::LOCK, "lock a whole file; locks on parts of it are commands of fcntl"),
    ours("metadata", table::METADATA, "ask or set what is known about a file beside its contents"),
    ours("net-open", table::NET_OPEN, "make, bind, connect and accept sockets"),
    ours("spawn", table::SPAWN, "start a process or thread, or execute a program"),
    ours("wait", table::WAIT, "wait for time, events, children or other threads"),
    ours("fd-budget", table::FD_BUDGET, "give a new descriptor: what fails when there are none left"),
    strace_s("file", table::FILE, "take a path"),
    strace_s("desc", table::DESC, "take or give a descriptor"),
    strace_s("memory", table::MEMORY, "map memory, and what is about mappings"),
    strace_s("network", table::NETWORK, "sockets"),
    strace_s("net", table::NETWORK, "the same as %network"),
    strace_s("process", table::PROCESS, "start, end, signal and await processes"),
    strace_s("signal", table::SIGNAL, "signals"),
    strace_s("ipc", table::IPC, "System V IPC"),
    strace_s("creds", table::CREDS, "user and group ids, and capabilities"),
    strace_s("clock", table::CLOCK, "read or set the system's clocks"),
    strace_s("pure", table::PURE, "take nothing and always succeed"),
    strace_s("stat", table::STAT, "stat in its widths"),
    strace_s("lstat", table::LSTAT, "lstat in its widths"),
    strace_s("fstat", table::FSTAT, "fstat in its widths, fstatat and statx"),
    strace_s("%stat", table::STAT_LIKE, "%stat, %lstat and %fstat together"),
    strace_s("statfs", table::STATFS, "statfs in its widths"),
    strace_s("fstatfs", table::FSTATFS, "fstatfs in its widths"),
    strace_s("%statfs", table::STATFS_LIKE, "%statfs and %fstatfs together, and ustat"),
];

const fn ours(name: &'static str, bit: u32, about: &'static str) -> Class {
    Class { name, about, origin: Origin::Purpose, bit }
}

const fn strace_s(name: &'static str, bit: u32, about: &'static str) -> Class {
    Class { name, about, origin: Origin::Strace, bit }
}

/// What strace also takes without the `%`: "legacy class names" of its src/basic_filters.c. `stat`, for one, is there the
/// call of that name.
const DEPRECATED: &[&str] = &["desc", "file", "memory", "process", "signal", "ipc", "network"];

impl Class {
    /// Tells whether the call of this name is in the class; a name means the same call on every ABI.
    #[must_use]
    pub fn contains(&self, call: &str) -> bool {
        bits(call) & self.bit != 0
    }
}

/// Returns the class of this name, without the `%` before it.
#[must_use]
pub fn of(name: &str) -> Option<&'static Class> {
    CLASSES.iter().find(|class| class.name == name)
}

/// Returns the class that strace, and only strace, also calls by this name without a `%`.
#[must_use]
pub fn deprecated(name: &str) -> Option<&'static Class> {
    of(name).filter(|class| DEPRECATED.contains(&class.name))
}

/// Returns every class, those by purpose first.
pub fn all() -> impl Iterator<Item = &'static Class> {
    CLASSES.iter()
}

/// Returns the classes that the call of this name is in; none for what is no call.
pub fn of_call(call: &str) -> impl Iterator<Item = &'static Class> {
    let bits = bits(call);
    all().filter(move |class| bits & class.bit != 0)
}

/// Returns the bits of every class that the call is in.
fn bits(call: &str) -> u32 {
    table::BY_NAME.place_of(call).map_or(0, |place| table::ROWS[place].strace | table::ROWS[place].purposes)
}
