//! Input of several parts, with a newline between them, so that seeds are text that people can read.

/// Returns `N` parts; the last holds all the rest, newlines included, and what is missing is empty.
#[must_use]
pub fn parts<const N: usize>(input: &[u8]) -> [&[u8]; N] {
    let mut parts = input.splitn(N, |&byte| byte == b'\n');
    std::array::from_fn(|_| parts.next().unwrap_or_default())
}
