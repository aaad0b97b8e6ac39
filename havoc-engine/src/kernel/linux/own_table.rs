//! A table of descriptors for one thread alone.
//!
//! While two threads share a table, the kernel counts a reference to the open file at every call that takes a descriptor, so
//! that the other may close it meanwhile: `fdget` in include/linux/file.h. Of the calls that a stop takes each is then longer
//! by the time of two atomic operations, and a thread that only waits is worth that to nobody.
use nix::errno::Errno;
use std::os::fd::{AsRawFd, BorrowedFd};

/// `CLOSE_RANGE_UNSHARE` of include/uapi/linux/close_range.h, Linux 5.9: leave the shared table first.
const UNSHARE: u32 = 1 << 1;

/// Gives this thread a table with no more than the descriptors that are `kept`; nobody else's change. unshare(2) would do
/// too, but containers forbid it.
///
/// # Errors
/// When the kernel refuses, as those before Linux 5.9 do. The table is mostly the shared one then, of which nothing is closed.
pub(super) fn leave(kept: &[BorrowedFd]) -> nix::Result<()> {
    let mut kept: Vec<u32> = kept.iter().map(|descriptor| descriptor.as_raw_fd().cast_unsigned()).collect();
    kept.sort_unstable();
    close_all(kept.last().map_or(0, |last| last + 1), u32::MAX)?;
    let mut next = 0;
    for descriptor in kept {
        if descriptor > next {
            close_all(next, descriptor - 1)?;
        }
        next = descriptor + 1;
    }
    Ok(())
}

/// Closes all but the descriptors that are `kept`, in a process that has no other thread.
pub(super) fn keep(kept: &[BorrowedFd]) {
    if leave(kept).is_ok() {
        return;
    }
    // Before Linux 5.9.
    let limit = nix::sys::resource::getrlimit(nix::sys::resource::Resource::RLIMIT_NOFILE);
    let limit = limit.map_or(1024, |(soft, _)| soft.min(1 << 16)) as i32;
    for number in (0..limit).filter(|number| kept.iter().all(|kept| kept.as_raw_fd() != *number)) {
        // SAFETY: close takes a number. Whoever held it never runs again: this process does what its caller does, and ends.
        unsafe { libc::close(number) };
    }
}

/// Closes the descriptors from `first` to `last` in a table that is this thread's own; where it is so already, that costs
/// nothing.
fn close_all(first: u32, last: u32) -> nix::Result<()> {
    // SAFETY: takes numbers alone, and closes nothing in a table that is another thread's too.
    let result = unsafe { libc::syscall(libc::SYS_close_range, first, last, UNSHARE) };
    Errno::result(result).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use nix::fcntl::{FcntlArg, fcntl};
    use std::io::{Read, Write};
    use std::os::fd::AsFd;

    #[test]
    fn a_thread_keeps_what_it_needs_and_closes_nothing_for_others() {
        let (mut read, write) = std::io::pipe().unwrap();
        let (mut other, other_write) = std::io::pipe().unwrap();
        let is_open = |descriptor: BorrowedFd| fcntl(descriptor, FcntlArg::F_GETFD).is_ok();
        std::thread::scope(|scope| {
            let apart = scope.spawn(|| {
                leave(&[write.as_fd(), other.as_fd()]).unwrap();
                [write.as_fd(), other.as_fd(), read.as_fd(), other_write.as_fd()].map(is_open)
            });
            assert_eq!(apart.join().unwrap(), [true, true, false, false]);
        });
        assert!([read.as_fd(), other_write.as_fd()].into_iter().all(is_open));
        // And what is closed here is closed for good: nobody keeps the other end.
        for (from, to) in [(&mut read, write), (&mut other, other_write)] {
            (&to).write_all(b"x").unwrap();
            drop(to);
            let mut read = Vec::new();
            from.read_to_end(&mut read).unwrap();
            assert_eq!(read, b"x");
        }
    }
}
