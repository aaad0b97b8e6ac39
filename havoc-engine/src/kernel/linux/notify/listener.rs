//! The descriptor on which the filter's notifications come. seccomp_unotify(2), include/uapi/linux/seccomp.h.
use crate::kernel::linux::again::again;
use crate::task::Tid;
use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout};
use nix::sys::ioctl::ioctl_num_type;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};

/// `SECCOMP_USER_NOTIF_FLAG_CONTINUE`: let the kernel execute the call.
const CONTINUE: u32 = 1;
/// `SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP`, Linux 6.6.
const SYNC_WAKE_UP: libc::c_ulong = 1;

const MAGIC: u8 = b'!';

// The request holds the size of the struct, so a kernel with another struct refuses it.
nix::ioctl_readwrite!(notif_recv, MAGIC, 0, libc::seccomp_notif);
nix::ioctl_readwrite!(notif_send, MAGIC, 1, libc::seccomp_notif_resp);
nix::ioctl_write_ptr!(notif_id_valid, MAGIC, 2, u64);
/// `SECCOMP_IOCTL_NOTIF_SET_FLAGS`: the request says a number of 64 bits, which is passed by value nevertheless.
const SET_FLAGS: ioctl_num_type = nix::request_code_write!(MAGIC, 4, size_of::<u64>());

/// A call that waits for an answer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Notification {
    /// The kernel's name for it.
    pub(super) id: u64,
    /// Who makes the call: a thread, though the struct's member is called `pid`. `None` for one outside of havoc's PID
    /// namespace.
    pub(super) tid: Option<Tid>,
    /// AUDIT_ARCH.
    pub(super) audit_arch: u32,
    /// The number, sign-extended as PTRACE_GET_SYSCALL_INFO has it.
    pub(super) number: u64,
    pub(super) args: [u64; 6],
    pub(super) instruction_pointer: u64,
}

/// What becomes of a call that waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// The kernel executes it.
    Continue,
    /// It is not executed, and gives this.
    Result(i64),
}

/// The listening end.
#[derive(Debug)]
pub(super) struct Listener {
    descriptor: OwnedFd,
    wakes_on_same_cpu: bool,
}

impl Listener {
    /// Listens on `descriptor`, the one that seccomp(2) gave.
    pub(super) fn new(descriptor: OwnedFd) -> Listener {
        // Answered tasks run on the CPU of the answer, and questions wake us on that of the asking task: another CPU that has
        // to wake up costs ten times the call. Where the kernel cannot, it is slower and no more.
        // SAFETY: the request takes a number, and the descriptor is open.
        let set = Errno::result(unsafe { libc::ioctl(descriptor.as_raw_fd(), SET_FLAGS, SYNC_WAKE_UP) });
        if let Err(errno) = set {
            log::debug!("wake up on the same CPU: {errno}");
        }
        Listener { descriptor, wakes_on_same_cpu: set.is_ok() }
    }

    /// Says where a task that is answered goes on, and why where that may be another CPU.
    pub(super) fn way(&self) -> &'static str {
        if self.wakes_on_same_cpu {
            "answers on the CPU of the call"
        } else {
            "answers on any CPU, without SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP (Linux 6.6)"
        }
    }

    /// Waits for the next call.
    ///
    /// # Errors
    /// EINTR after a signal to this thread; ENOENT if the task has died meanwhile, or nobody is left who could call.
    pub(super) fn receive(&self) -> nix::Result<Notification> {
        // SAFETY: the struct is plain data, and the kernel wants it zeroed.
        let mut raw: libc::seccomp_notif = unsafe { std::mem::zeroed() };
        // SAFETY: raw is live, writable, and of the size that the request says.
        unsafe { notif_recv(self.descriptor.as_raw_fd(), &raw mut raw) }?;
        Ok(Notification {
            id: raw.id,
            tid: Tid::new(raw.pid as i32),
            audit_arch: raw.data.arch,
            number: i64::from(raw.data.nr).cast_unsigned(),
            args: raw.data.args,
            instruction_pointer: raw.data.instruction_pointer,
        })
    }

    /// Answers.
    ///
    /// # Errors
    /// ENOENT if the task has died meanwhile.
    pub(super) fn answer(&self, id: u64, answer: Answer) -> nix::Result<()> {
        let (flags, result) = match answer {
            Answer::Continue => (CONTINUE, 0),
            Answer::Result(result) => (0, result),
        };
        let (error, val) = if (-4095..0).contains(&result) { (result as i32, 0) } else { (0, result) };
        let mut response = libc::seccomp_notif_resp { id, val, error, flags };
        // It takes a lock that a signal interrupts the wait for, and has done nothing then: kernel/seccomp.c,
        // seccomp_notify_send.
        // SAFETY: response is live, and of the size that the request says.
        again(|| unsafe { notif_send(self.descriptor.as_raw_fd(), &raw mut response) }).map(drop)
    }

    /// Tells whether the task of a notification still waits for its answer. If it does, what was looked up by its id before
    /// was its own: an id is given to another task only after the first has ended. Only ENOENT means that it does not; the wait
    /// for the kernel's lock may be interrupted as in [`Listener::answer`].
    pub(super) fn still_waits(&self, id: u64) -> bool {
        // SAFETY: id is live, and of the size that the request says.
        let valid = again(|| unsafe { notif_id_valid(self.descriptor.as_raw_fd(), &raw const id) });
        valid != Err(Errno::ENOENT)
    }

    /// Tells whether nobody is left who could call.
    pub(super) fn has_hung_up(&self) -> bool {
        let mut descriptors = [PollFd::new(self.descriptor.as_fd(), PollFlags::POLLIN)];
        matches!(again(|| nix::poll::poll(&mut descriptors, PollTimeout::ZERO)), Ok(1..))
            && descriptors[0].revents().is_some_and(|events| events.contains(PollFlags::POLLHUP))
    }

    /// Waits, at most until `timeout`, for a call or for something on `other`.
    pub(super) fn wait_beside(&self, other: impl AsFd, timeout: PollTimeout) -> Result<Ready, Errno> {
        let mut descriptors = [
            PollFd::new(self.descriptor.as_fd(), PollFlags::POLLIN),
            PollFd::new(other.as_fd(), PollFlags::POLLIN),
        ];
        nix::poll::poll(&mut descriptors, timeout)?;
        let [call, other] = descriptors.map(|descriptor| descriptor.any().unwrap_or(false));
        Ok(Ready { call, other })
    }
}

impl AsFd for Listener {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.descriptor.as_fd()
    }
}

/// What there is to be read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ready {
    pub(super) call: bool,
    pub(super) other: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_are_set_by_the_request_of_the_kernels_header() {
        // SECCOMP_IOW(4, __u64), which a kernel without it answers like any other number.
        assert_eq!(SET_FLAGS, 0x4008_2104);
    }
}
