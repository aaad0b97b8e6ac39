//! What havoc was started with, noted before Rust's start-up code changes it, and given to the program as it was.
//!
//! Rust's runtime ignores SIGPIPE and opens /dev/null on closed standard descriptors before `main`
//! (library/std/src/sys/pal/unix/mod.rs, `init`). A function in `.init_array` runs earlier than that.
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};

/// Bit n: standard descriptor n was closed.
static CLOSED: AtomicU8 = AtomicU8::new(0);
static SIGPIPE_IGNORED: AtomicBool = AtomicBool::new(false);

#[used]
#[unsafe(link_section = ".init_array")]
static NOTE: extern "C" fn() = note;

extern "C" fn note() {
    for descriptor in 0..3 {
        // SAFETY: F_GETFD takes no third argument and touches no memory.
        if unsafe { libc::fcntl(descriptor, libc::F_GETFD) } < 0 {
            CLOSED.fetch_or(1 << descriptor, Ordering::Relaxed);
        }
    }
    SIGPIPE_IGNORED.store(is_ignored(libc::SIGPIPE), Ordering::Relaxed);
}

/// Tells whether this process ignores `signal` now.
pub(super) fn is_ignored(signal: i32) -> bool {
    // SAFETY: sigaction is plain data for which all zeroes is a value.
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    // SAFETY: a null new action only asks; action is live and writable.
    let result = unsafe { libc::sigaction(signal, std::ptr::null(), &raw mut action) };
    result == 0 && action.sa_sigaction == libc::SIG_IGN
}

/// Tells whether SIGPIPE was ignored when havoc was started.
pub(super) fn sigpipe_was_ignored() -> bool {
    SIGPIPE_IGNORED.load(Ordering::Relaxed)
}

/// Tells whether standard descriptor `descriptor` (0…2) was closed when havoc was started.
pub(super) fn was_closed(descriptor: i32) -> bool {
    CLOSED.load(Ordering::Relaxed) & (1 << descriptor) != 0
}

/// Lets go of standard input and output, which are the program's: who reads the one to its end, or writes to the other,
/// must not wait for havoc as well. To be called when the program has been spawned.
pub fn leave_streams_to_program() {
    leave_streams(false);
}

/// Lets go of standard error as well.
pub(super) fn leave_all_streams_to_program() {
    leave_streams(true);
}

fn leave_streams(all: bool) {
    let null = std::fs::OpenOptions::new().read(true).write(true).open("/dev/null");
    let left = null.and_then(|null| {
        nix::unistd::dup2_stdin(&null)?;
        nix::unistd::dup2_stdout(&null)?;
        if all {
            nix::unistd::dup2_stderr(&null)?;
        }
        Ok(())
    });
    if let Err(error) = left {
        log::debug!("let go of the standard streams: {error}");
    }
}
