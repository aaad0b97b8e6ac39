//! Installing a seccomp filter in the calling thread. Async-signal-safe: it runs between fork and exec.
use crate::filter::Instruction;

/// `struct sock_fprog` of include/uapi/linux/filter.h.
#[repr(C)]
struct Program {
    length: u16,
    instructions: *const Instruction,
}

// The kernel reads an array of struct sock_filter.
const _: () = assert!(size_of::<Instruction>() == 8);

/// Installs `filter`; NO_NEW_PRIVS only where the kernel wants it.
///
/// # Errors
/// The error number that seccomp(2) gave.
pub(super) fn install(filter: &[Instruction]) -> Result<(), i32> {
    install_as(filter, 0).map(drop)
}

/// Installs `filter` and returns the descriptor on which its notifications come: seccomp_unotify(2).
///
/// A signal does not take back a notification that was received, unless it is fatal: without that a call would be decided
/// twice that is interrupted while its decision is made.
///
/// # Errors
/// The error number that seccomp(2) gave: EBUSY if somebody above listens already.
pub(super) fn install_with_listener(filter: &[Instruction]) -> Result<i32, i32> {
    install_as(filter, LISTENING)
}

const LISTENING: libc::c_ulong =
    libc::SECCOMP_FILTER_FLAG_NEW_LISTENER | libc::SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV;

/// Tells whether this kernel can install a filter that notifies, without one being installed.
pub(super) fn can_listen() -> bool {
    // The flags are looked at first, then the program is fetched: kernel/seccomp.c, seccomp_set_mode_filter.
    // SAFETY: the program is at no address, which the kernel refuses.
    let result = unsafe {
        libc::syscall(
            libc::SYS_seccomp,
            libc::SECCOMP_SET_MODE_FILTER,
            LISTENING,
            std::ptr::null::<Program>(),
        )
    };
    result < 0 && nix::errno::Errno::last() == nix::errno::Errno::EFAULT
}

fn install_as(filter: &[Instruction], flags: libc::c_ulong) -> Result<i32, i32> {
    let first = set(filter, flags);
    if first != Err(libc::EACCES) {
        return first;
    }
    // seccomp(2): without CAP_SYS_ADMIN in the user namespace NO_NEW_PRIVS is required. Set only then: set-uid
    // programs lose their bit by it.
    // SAFETY: PR_SET_NO_NEW_PRIVS takes four numbers.
    unsafe { libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) };
    set(filter, flags)
}

fn set(filter: &[Instruction], flags: libc::c_ulong) -> Result<i32, i32> {
    let program = Program { length: filter.len() as u16, instructions: filter.as_ptr() };
    // SAFETY: program describes exactly the slice, whose elements have the layout of struct sock_filter; the kernel
    // copies it.
    let result =
        unsafe { libc::syscall(libc::SYS_seccomp, libc::SECCOMP_SET_MODE_FILTER, flags, &raw const program) };
    if result >= 0 { Ok(result as i32) } else { Err(nix::errno::Errno::last_raw()) }
}
