//! Why a look at a task told nothing.
use std::io;

use thiserror::Error;

use crate::task::Tid;

/// Why a task's names, mappings or memory could not be read.
///
/// Only `Failed` is worth a line to a person; the others are ordinary answers of a live system.
#[derive(Debug, Error)]
pub enum LookError {
    /// The task has ended, or has another address space since an exec. Its end will be reported by wait.
    #[error("look at tid {0}: it is gone")]
    Vanished(Tid),
    /// The kernel hides the task from us (undumpable, Yama, a container's seccomp profile): count the blind spot, and
    /// do not guess.
    #[error("{operation} of tid {tid}: the kernel does not permit it")]
    Denied {
        /// What was tried, such as `read memory`.
        operation: &'static str,
        /// At whom we looked.
        tid: Tid,
    },
    /// The answer cannot be had without a wait for a file system, or for the program itself. It is being looked up
    /// elsewhere, and is there when [`Look::answered`](super::Look::answered) names the task.
    #[error("{operation} of tid {tid}: it is still being looked up")]
    Pending {
        /// What was tried, such as `resolve path`.
        operation: &'static str,
        /// At whom we looked.
        tid: Tid,
    },
    /// Anything else.
    #[error("{operation} of tid {tid}: {source}")]
    Failed {
        /// What was tried, such as `read memory`.
        operation: &'static str,
        /// At whom we looked.
        tid: Tid,
        /// What the kernel answered.
        source: io::Error,
    },
}

impl LookError {
    /// Sorts an answer of /proc or of process_vm_readv(2) about a task.
    ///
    /// ENOENT counts as the task's end, so pass it only where the name asked for always exists.
    #[must_use]
    pub fn new(operation: &'static str, tid: Tid, source: impl Into<io::Error>) -> LookError {
        let source = source.into();
        match source.raw_os_error() {
            Some(libc::ESRCH | libc::ENOENT) => LookError::Vanished(tid),
            Some(libc::EPERM | libc::EACCES) => LookError::Denied { operation, tid },
            _ => LookError::Failed { operation, tid, source },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(errno: i32) -> LookError {
        let tid = Tid::new(4711).expect("above zero");
        LookError::new("read path argument", tid, io::Error::from_raw_os_error(errno))
    }

    #[test]
    fn death_and_refusal_are_values_and_the_rest_keeps_its_source() {
        assert!(matches!(sorted(libc::ESRCH), LookError::Vanished(_)));
        assert!(matches!(sorted(libc::ENOENT), LookError::Vanished(_)));
        assert!(matches!(sorted(libc::EACCES), LookError::Denied { .. }));
        assert_eq!(
            sorted(libc::EPERM).to_string(),
            "read path argument of tid 4711: the kernel does not permit it"
        );
        assert_eq!(
            sorted(libc::EMFILE).to_string(),
            "read path argument of tid 4711: Too many open files (os error 24)"
        );
    }
}
