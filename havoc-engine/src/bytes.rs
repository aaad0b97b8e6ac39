//! Numbers in a task's memory: havoc and its tasks share the byte order. And bytes as a number that keeps them apart.

/// What [`fnv1a`] begins with.
pub(crate) const FNV1A: u64 = 0xcbf2_9ce4_8422_2325;

/// FNV-1a of 64 bits, gone on with from `hash`. The same in every version, which a hasher of the standard library is not.
pub(crate) fn fnv1a(hash: u64, bytes: impl IntoIterator<Item = u8>) -> u64 {
    bytes.into_iter().fold(hash, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

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
