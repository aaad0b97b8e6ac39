//! Another name for a process that was forked and not executed: what ends programs by name must not meet the guard when it
//! means havoc, for both gone at once leave the program behind.
use crate::kernel::linux::procfs;

/// What the guard is called: by ps(1) and pkill(1) in /proc/PID/comm, by `pkill -f` in /proc/PID/cmdline. At most 15 bytes,
/// PR_SET_NAME in prctl(2).
const NAME: &std::ffi::CStr = c"tree-guard";

/// Gives this process the guard's name. What is not possible is left: its name is a convenience of havoc's end by force alone.
///
/// # Safety
/// No other thread runs, and nothing reads the words that the process was started with any more, but as copies.
pub(super) unsafe fn take() {
    let _ = nix::sys::prctl::set_name(NAME);
    let Some((start, end)) = procfs::read("self/stat").ok().and_then(|text| words_lie_at(&text)) else {
        return log::debug!("find the guard's words; it is still called like havoc");
    };
    let (name, length) = (NAME.to_bytes(), end.saturating_sub(start));
    if length <= name.len() {
        return;
    }
    let words = start as *mut u8;
    // The NUL at the end is what tells /proc/PID/cmdline that the words have not been extended into the environment:
    // fs/proc/base.c, get_mm_cmdline.
    // SAFETY: the kernel says that the words are these `length` bytes of this process's stack, which is writable; the caller
    // promises that nobody else looks at them.
    unsafe { std::ptr::write_bytes(words, 0, length) };
    // SAFETY: as above; the name is shorter than `length`, and lies elsewhere.
    unsafe { std::ptr::copy_nonoverlapping(name.as_ptr(), words, name.len()) };
}

/// Returns where the words of the command line begin and end: fields 48 and 49 of /proc/PID/stat, Linux 3.5. proc_pid_stat(5).
fn words_lie_at(stat: &[u8]) -> Option<(usize, usize)> {
    let end = stat.iter().rposition(|byte| *byte == b')')?;
    // The next word is field 3.
    let mut words = std::str::from_utf8(&stat[end + 1..]).ok()?.split_ascii_whitespace().skip(48 - 3);
    let (start, end) = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
    (start != 0 && start < end).then_some((start, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_this_process_are_found() {
        let stat = procfs::read("self/stat").expect("own stat");
        let (start, end) = words_lie_at(&stat).expect("two addresses");
        let words = procfs::read("self/cmdline").expect("own command line");
        assert_eq!(end - start, words.len());
    }

    #[test]
    fn a_stat_without_addresses_has_none() {
        let before = "11 (a) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36 \
             37 38 39 40 41 42 43 44";
        assert_eq!(words_lie_at(before.as_bytes()), None);
        // To a stranger the kernel says 0.
        assert_eq!(words_lie_at(format!("{before} 0 0 0 0 0").as_bytes()), None);
        assert_eq!(words_lie_at(format!("{before} 700 800 0 0 0").as_bytes()), Some((700, 800)));
    }
}
