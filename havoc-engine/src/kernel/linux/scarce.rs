//! Limits that havoc itself may meet at the start: which error means which, and how to raise it.
use nix::errno::Errno;
use nix::sys::resource::{Resource, getrlimit};
use std::io;
use std::os::fd::OwnedFd;

/// Returns the limit that an error of fork, clone, or a call that makes a descriptor stands for, and how to raise it, to be
/// put behind the error; `None` if it stands for none.
pub(super) fn remedy(error: &io::Error) -> Option<&'static str> {
    Some(match Errno::from_raw(error.raw_os_error()?) {
        // open(2), getrlimit(2)
        Errno::EMFILE => "; the limit is RLIMIT_NOFILE: raise it by `ulimit -n`",
        Errno::ENFILE => "; the limit is the system's: raise it by `sysctl fs.file-max`",
        // fork(2), pthread_create(3), cgroups(7)
        Errno::EAGAIN => {
            "; the limit is RLIMIT_NPROC (`ulimit -u`), pids.max of a control group, or `sysctl kernel.threads-max`"
        }
        _ => return None,
    })
}

/// Checks that `count` more descriptors can be opened.
///
/// # Errors
/// EMFILE if the limit is lower.
pub(super) fn check_descriptors(count: usize) -> nix::Result<()> {
    // With many to be had nothing is tried; those that the caller was started with are mostly three.
    const MANY: u64 = 256;
    if getrlimit(Resource::RLIMIT_NOFILE).is_ok_and(|(soft, _)| soft >= MANY) {
        return Ok(());
    }
    let mut tried: Vec<OwnedFd> = Vec::with_capacity(count);
    for _ in 0..count {
        tried.push(nix::unistd::dup(std::io::stderr())?);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_for_want_of_something_name_their_limit_and_others_none() {
        let of = |errno: Errno| remedy(&io::Error::from(errno)).unwrap_or_default();
        assert!(of(Errno::EMFILE).contains("RLIMIT_NOFILE"));
        assert!(of(Errno::ENFILE).contains("fs.file-max"));
        assert!(of(Errno::EAGAIN).contains("RLIMIT_NPROC"));
        assert_eq!([Errno::EPERM, Errno::EINVAL, Errno::ENOSYS].map(of), [""; 3]);
        assert_eq!(remedy(&io::Error::other("odd")), None);
    }

    #[test]
    fn descriptors_that_can_be_had_are_not_missed() {
        assert_eq!(check_descriptors(8), Ok(()));
    }
}
