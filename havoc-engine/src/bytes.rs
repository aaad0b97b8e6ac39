//! Numbers in a task's memory: havoc and its tasks share the byte order.

/// Reads eight bytes at `offset`. Missing bytes are 0.
pub(crate) fn word_at(bytes: &[u8], offset: usize) -> u64 {
    let mut word = [0; 8];
    for (to, from) in word.iter_mut().zip(bytes.iter().skip(offset)) {
        *to = *from;
    }
    u64::from_ne_bytes(word)
}

/// Reads a signed number of `width` bytes, 4 or 8, at `offset`.
pub(crate) fn signed_at(bytes: &[u8], offset: usize, width: usize) -> i64 {
    let word = word_at(&bytes[..offset + width], offset);
    if width == 4 { i64::from(word as i32) } else { word.cast_signed() }
}

/// Reads an unsigned number of `width` bytes, 8 at most, at `offset`. Missing bytes are 0.
pub(crate) fn number_at(bytes: &[u8], offset: usize, width: usize) -> u64 {
    let end = bytes.len().min(offset.saturating_add(width));
    word_at(&bytes[..end], offset)
}
