//! Calls that move data: how much they are asked to move, from where, and to where. What can come short, and what can be
//! corrupted.

/// Which way data goes, as the program sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Into the program's memory.
    Read,
    /// Out of it.
    Write,
    /// From file to file, past it.
    Within,
}

/// How a call says where in memory the data lies, and how much of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// So many bytes, at a buffer if there is one.
    Count {
        /// Index of the number of bytes.
        count: usize,
        /// Index of the buffer's address.
        buffer: Option<usize>,
    },
    /// An array of struct iovec.
    Vector {
        /// Index of its address.
        vector: usize,
        /// Index of the number of its members.
        count: usize,
    },
    /// A struct msghdr.
    Message {
        /// Index of its address.
        message: usize,
    },
    /// An array of struct mmsghdr.
    Messages {
        /// Index of its address.
        messages: usize,
        /// Index of the number of its members.
        count: usize,
    },
}

/// How one call moves data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transfer {
    /// The call.
    pub name: &'static str,
    /// Which way.
    pub direction: Direction,
    /// How much, and where.
    pub extent: Extent,
    /// Indices of the descriptors that it moves data of; all must be of a kind that may come short.
    pub descriptors: &'static [usize],
}

const fn row(
    name: &'static str,
    direction: Direction,
    extent: Extent,
    descriptors: &'static [usize],
) -> Transfer {
    Transfer { name, direction, extent, descriptors }
}

const BUFFER: Extent = Extent::Count { count: 2, buffer: Some(1) };
const VECTOR: Extent = Extent::Vector { vector: 1, count: 2 };
const MESSAGE: Extent = Extent::Message { message: 1 };
const MESSAGES: Extent = Extent::Messages { messages: 1, count: 2 };

const fn bytes(count: usize) -> Extent {
    Extent::Count { count, buffer: None }
}

/// The indices are the same in all ABIs: what i386 splits over two registers comes behind them.
const TRANSFERS: &[Transfer] = &[
    row("read", Direction::Read, BUFFER, &[0]),
    row("pread64", Direction::Read, BUFFER, &[0]),
    row("readv", Direction::Read, VECTOR, &[0]),
    row("preadv", Direction::Read, VECTOR, &[0]),
    row("preadv2", Direction::Read, VECTOR, &[0]),
    row("recvfrom", Direction::Read, BUFFER, &[0]),
    row("recvmsg", Direction::Read, MESSAGE, &[0]),
    row("recvmmsg", Direction::Read, MESSAGES, &[0]),
    row("recvmmsg_time64", Direction::Read, MESSAGES, &[0]),
    row("write", Direction::Write, BUFFER, &[0]),
    row("pwrite64", Direction::Write, BUFFER, &[0]),
    row("writev", Direction::Write, VECTOR, &[0]),
    row("pwritev", Direction::Write, VECTOR, &[0]),
    row("pwritev2", Direction::Write, VECTOR, &[0]),
    row("sendto", Direction::Write, BUFFER, &[0]),
    row("sendmsg", Direction::Write, MESSAGE, &[0]),
    row("sendmmsg", Direction::Write, MESSAGES, &[0]),
    row("sendfile", Direction::Within, bytes(3), &[0, 1]),
    row("sendfile64", Direction::Within, bytes(3), &[0, 1]),
    row("copy_file_range", Direction::Within, bytes(4), &[0, 2]),
    row("splice", Direction::Within, bytes(4), &[0, 2]),
    row("tee", Direction::Within, bytes(2), &[0, 1]),
];

/// Returns how `name` moves data; `None` for a call that moves none.
#[must_use]
pub fn transfer(name: &str) -> Option<&'static Transfer> {
    TRANSFERS.iter().find(|transfer| transfer.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signature::{Kind, all};

    #[test]
    fn every_row_points_at_what_the_signature_has_there() {
        for transfer in TRANSFERS {
            for signature in all().filter(|signature| signature.name == transfer.name) {
                let kind = |index: usize| signature.arguments[index];
                for index in transfer.descriptors {
                    assert_eq!(kind(*index), Kind::Fd, "{}", transfer.name);
                }
                let counts = |index| matches!(kind(index), Kind::Size | Kind::Uint | Kind::Int);
                match transfer.extent {
                    Extent::Count { count, buffer } => {
                        assert!(counts(count), "{}", transfer.name);
                        let points = buffer
                            .is_none_or(|at| matches!(kind(at), Kind::BufferIn { .. } | Kind::BufferOut));
                        assert!(points, "{}", transfer.name);
                    }
                    Extent::Vector { vector, count } => {
                        assert!(counts(count), "{}", transfer.name);
                        let points = matches!(kind(vector), Kind::VectorIn { .. } | Kind::VectorOut { .. });
                        assert!(points, "{}", transfer.name);
                    }
                    Extent::Messages { count, .. } => assert!(counts(count), "{}", transfer.name),
                    Extent::Message { .. } => {}
                }
            }
        }
    }

    #[test]
    fn calls_that_move_no_data_have_none() {
        assert_eq!([transfer("fsync"), transfer("mmap"), transfer("")], [None; 3]);
    }
}
