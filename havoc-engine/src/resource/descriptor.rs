//! What stands behind a descriptor, beside its name.
use crate::plan::{Endpoint, Transport};

/// The kind of what a descriptor is open on, as far as it matters to what a short transfer means there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DescriptorKind {
    /// A regular file.
    Regular,
    /// A pipe or FIFO.
    Pipe,
    /// A terminal.
    Terminal,
    /// A stream socket.
    Stream,
    /// Anything else, in words: "a datagram socket", "a file opened with O_DIRECT", `anon_inode:[eventfd]`.
    Other(String),
}

/// A socket.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Socket {
    /// Whether it is a stream of bytes.
    pub is_stream: bool,
    /// tcp(7) or udp(7), if it is one of them.
    pub transport: Option<Transport>,
    /// Its own address and its peer's, as far as it has them.
    pub endpoints: Vec<Endpoint>,
    /// It may have more of them than could be found out.
    pub incomplete: bool,
}
