//! The local time of day.
use std::mem::MaybeUninit;

/// Returns hours, minutes and seconds, as clocks show them where havoc runs, of so many seconds since 1970.
#[must_use]
pub fn local_time(seconds: u64) -> [u8; 3] {
    // A time_t on every CPU of 64 bits, whose name the crate libc warns of for musl.
    let time = i64::try_from(seconds).unwrap_or(i64::MAX);
    let mut parts = MaybeUninit::<libc::tm>::uninit();
    // SAFETY: `time` is a live time_t, and `parts` is a live, writable tm, which localtime_r(3) fills or leaves alone.
    let filled = unsafe { libc::localtime_r(&raw const time, parts.as_mut_ptr()) };
    if filled.is_null() {
        return [0; 3];
    }
    // SAFETY: localtime_r returned its argument, which it has then filled.
    let parts = unsafe { parts.assume_init() };
    [parts.tm_hour, parts.tm_min, parts.tm_sec].map(|part| u8::try_from(part).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minutes_pass_alike_everywhere() {
        let [hour, minute, second] = local_time(1_700_000_000);
        let later = local_time(1_700_000_000 + 61);
        assert!(hour < 24 && minute < 60 && second < 60);
        // No zone has been off by other than whole minutes since 1972.
        assert_eq!((second, later[2]), (20, 21));
        assert_ne!(local_time(0), local_time(3_600));
    }
}
