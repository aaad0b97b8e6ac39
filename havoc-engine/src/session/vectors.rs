//! Where the data of a call lies in its task's memory: struct iovec, struct msghdr and struct mmsghdr in both widths.
use super::Session;
use crate::bytes::word_at;
use crate::kernel::{Kernel, LookError};
use crate::signature::Extent;
use crate::task::Tid;
use havoc_arch::{Abi, SyscallView};

/// UIO_MAXIOV of include/uapi/linux/uio.h.
const MAX_VECTORS: u64 = 1024;
/// MAX_RW_COUNT of include/linux/fs.h, with pages of 4 KiB: no call moves more.
pub(super) const MOST: u64 = 0x7fff_f000;

/// A piece of memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    /// Its address.
    pub(super) address: u64,
    /// Its length in bytes.
    pub(super) length: u64,
}

/// An array of struct iovec, where its length stands, and what it says.
#[derive(Clone, Debug)]
pub(super) struct Vectors {
    /// The address of the array.
    pub(super) address: u64,
    /// What it says.
    pub(super) pieces: Vec<Piece>,
}

/// Offsets of the members of struct msghdr, uapi/linux/socket.h: name, namelen, iov, iovlen, control, controllen, flags.
struct MessageLayout {
    vectors: u64,
    count: u64,
    /// The size of the struct, after which msg_len of a struct mmsghdr stands.
    size: u64,
    /// The size of struct mmsghdr.
    entry: u64,
}

fn layout(abi: Abi) -> MessageLayout {
    if abi.is_64_bit() {
        MessageLayout { vectors: 16, count: 24, size: 56, entry: 64 }
    } else {
        MessageLayout { vectors: 8, count: 12, size: 28, entry: 32 }
    }
}

/// The address of the number of iovecs of a struct msghdr at `message`.
pub(super) fn count_of_message(abi: Abi, message: u64) -> u64 {
    message + layout(abi).count
}

/// The address of the length of entry `index` of an array of struct iovec.
pub(super) fn length_of_vector(abi: Abi, array: u64, index: usize) -> u64 {
    let word = abi.word_size() as u64;
    array + index as u64 * 2 * word + word
}

/// Cuts pieces off behind `length` bytes in all.
pub(super) fn first(pieces: &[Piece], length: u64) -> Vec<Piece> {
    let mut left = length;
    let mut cut = Vec::new();
    for piece in pieces {
        let length = piece.length.min(left);
        if length > 0 {
            cut.push(Piece { length, ..*piece });
        }
        left -= length;
    }
    cut
}

/// Returns how much a call that is asked to move these pieces is asked to move.
pub(super) fn total(pieces: &[Piece]) -> u64 {
    pieces.iter().fold(0u64, |sum, piece| sum.saturating_add(piece.length)).min(MOST)
}

impl<K: Kernel> Session<'_, K> {
    fn word(&mut self, tid: Tid, abi: Abi, address: u64) -> Result<u64, LookError> {
        let mut bytes = [0; 8];
        let width = abi.word_size();
        let length = self.kernel.read_memory(tid, address, &mut bytes[..width])?;
        if length < width {
            return Err(LookError::new("read memory", tid, std::io::Error::from_raw_os_error(libc::EFAULT)));
        }
        Ok(word_at(&bytes[..width], 0))
    }

    /// Reads an array of `count` struct iovec.
    pub(super) fn vectors(
        &mut self,
        tid: Tid,
        abi: Abi,
        address: u64,
        count: u64,
    ) -> Result<Vectors, LookError> {
        let width = abi.word_size();
        let bad = || LookError::new("read vectors", tid, std::io::Error::from_raw_os_error(libc::EFAULT));
        // The kernel refuses such a call, and so it must be left to do.
        if count > MAX_VECTORS {
            return Err(bad());
        }
        let mut bytes = vec![0; count as usize * 2 * width];
        let length = self.kernel.read_memory(tid, address, &mut bytes)?;
        if length < bytes.len() {
            return Err(bad());
        }
        let words: Vec<u64> = bytes[..length].chunks_exact(width).map(|word| word_at(word, 0)).collect();
        let pieces: Vec<Piece> =
            words.chunks_exact(2).map(|pair| Piece { address: pair[0], length: pair[1] }).collect();
        let longest = if width == 8 { i64::MAX.cast_unsigned() } else { u64::from(i32::MAX.cast_unsigned()) };
        if pieces.iter().any(|piece| piece.length > longest) {
            return Err(bad());
        }
        Ok(Vectors { address, pieces })
    }

    /// Reads the vectors of a struct msghdr at `message`.
    pub(super) fn message(&mut self, tid: Tid, abi: Abi, message: u64) -> Result<Vectors, LookError> {
        let layout = layout(abi);
        let address = self.word(tid, abi, message + layout.vectors)?;
        let count = self.word(tid, abi, message + layout.count)?;
        self.vectors(tid, abi, address, count)
    }

    /// Returns the pieces of memory that a call reads from or writes to, as it is asked to. `moved` is what it returned, of
    /// a call that has been executed: then only what it moved.
    pub(super) fn pieces(
        &mut self,
        tid: Tid,
        view: &SyscallView,
        extent: Extent,
        moved: Option<u64>,
    ) -> Result<Vec<Piece>, LookError> {
        let abi = view.abi;
        let pieces = match extent {
            Extent::Count { buffer: None, .. } => Vec::new(),
            Extent::Count { count, buffer: Some(buffer) } => {
                vec![Piece { address: view.args[buffer], length: view.args[count].min(MOST) }]
            }
            Extent::Vector { vector, count } => {
                self.vectors(tid, abi, view.args[vector], view.args[count])?.pieces
            }
            Extent::Message { message } => self.message(tid, abi, view.args[message])?.pieces,
            Extent::Messages { messages, count } => {
                return self.pieces_of_messages(tid, view, view.args[messages], view.args[count], moved);
            }
        };
        let length = moved.unwrap_or(MOST);
        Ok(first(&pieces, length))
    }

    /// Of several messages each has its own length, which stands behind it when it has been moved.
    fn pieces_of_messages(
        &mut self,
        tid: Tid,
        view: &SyscallView,
        address: u64,
        count: u64,
        moved: Option<u64>,
    ) -> Result<Vec<Piece>, LookError> {
        let layout = layout(view.abi);
        let mut pieces = Vec::new();
        for index in 0..moved.unwrap_or(count).min(count).min(MAX_VECTORS) {
            let message = address + index * layout.entry;
            let of_message = self.message(tid, view.abi, message)?.pieces;
            let length = match moved {
                None => MOST,
                // msg_len is an unsigned int.
                Some(_) => {
                    let mut bytes = [0; 4];
                    self.kernel.read_memory(tid, message + layout.size, &mut bytes)?;
                    u64::from(u32::from_ne_bytes(bytes))
                }
            };
            pieces.extend(first(&of_message, length));
        }
        Ok(pieces)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(lengths: &[u64]) -> Vec<Piece> {
        lengths.iter().map(|length| Piece { address: 0x1000, length: *length }).collect()
    }

    #[test]
    fn the_first_bytes_of_pieces_end_in_one_of_them() {
        let lengths = |length| -> Vec<u64> {
            first(&pieces(&[4, 0, 6, 2]), length).iter().map(|piece| piece.length).collect()
        };
        assert_eq!(lengths(0), [0; 0]);
        assert_eq!(lengths(3), [3]);
        assert_eq!(lengths(4), [4]);
        assert_eq!(lengths(5), [4, 1]);
        assert_eq!(lengths(99), [4, 6, 2]);
    }

    #[test]
    fn no_call_moves_more_than_the_kernel_lets_it() {
        assert_eq!(total(&pieces(&[1, 2])), 3);
        assert_eq!(total(&pieces(&[u64::MAX, u64::MAX])), MOST);
    }

    #[test]
    fn the_count_of_a_message_and_the_length_of_a_vector_lie_where_the_width_puts_them() {
        assert_eq!(count_of_message(Abi::X86_64, 0x100), 0x118);
        assert_eq!(count_of_message(Abi::I386, 0x100), 0x10c);
        assert_eq!(length_of_vector(Abi::X86_64, 0x100, 1), 0x118);
        assert_eq!(length_of_vector(Abi::I386, 0x100, 1), 0x10c);
    }
}
