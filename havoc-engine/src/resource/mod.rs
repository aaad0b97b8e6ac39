//! Names, addresses and mappings: what files look like from a task. Nothing here asks the kernel.
mod descriptor;
pub mod maps_text;
pub mod mount_text;
pub mod net_text;
pub mod path;
pub mod socket_address;
pub mod unix_diag;

pub use descriptor::{DescriptorKind, Socket};
pub use maps_text::RawMapping;
pub use path::{Base, FileName, LastLink};

use crate::plan::{Endpoint, Transport};
use std::net::IpAddr;

/// Makes the address of a socket, a mapped one (`::ffff:1.2.3.4`) as IPv4.
fn endpoint(transport: Transport, address: IpAddr, port: u16) -> Endpoint {
    Endpoint::Internet { transport, address: address.to_canonical(), port }
}

/// Half-open range of addresses in a task, in bytes; never wraps around.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AddressRange {
    /// First address.
    pub start: u64,
    /// First address behind it, above `start`.
    pub end: u64,
}

impl AddressRange {
    /// Returns the range of `length` bytes at `start`; length 0 means the one byte (so the page) at `start`.
    #[must_use]
    pub fn new(start: u64, length: u64) -> AddressRange {
        let start = start.min(u64::MAX - 1);
        AddressRange { start, end: start.saturating_add(length.max(1)) }
    }
}

/// What stands behind one mapping of a task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mapping {
    /// Where it lies.
    pub range: AddressRange,
    /// Offset in the file of the first byte, in bytes.
    pub offset: u64,
    /// The name the kernel gives it: a path as the task's root sees it (without ` (deleted)`), `[heap]`, `[stack]`,
    /// `[vdso]`, or `None` for anonymous memory.
    pub name: Option<Vec<u8>>,
    /// Whether `name` is that of a file (also of a deleted one, a memfd, /dev/zero, SysV shm).
    pub is_file: bool,
    /// MAP_SHARED: what is stored here reaches the file, or other processes.
    pub is_shared: bool,
}
