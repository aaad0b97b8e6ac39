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
    let first = set(filter);
    if first != Err(libc::EACCES) {
        return first;
    }
    // seccomp(2): without CAP_SYS_ADMIN in the user namespace NO_NEW_PRIVS is required. Set only then: set-uid
    // programs lose their bit by it.
    // SAFETY: PR_SET_NO_NEW_PRIVS takes four numbers.
    unsafe { libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) };
    set(filter)
}

fn set(filter: &[Instruction]) -> Result<(), i32> {
    let program = Program { length: filter.len() as u16, instructions: filter.as_ptr() };
    // SAFETY: program describes exactly the slice, whose elements have the layout of struct sock_filter; the kernel
    // copies it.
    let result =
        unsafe { libc::syscall(libc::SYS_seccomp, libc::SECCOMP_SET_MODE_FILTER, 0, &raw const program) };
    if result == 0 { Ok(()) } else { Err(nix::errno::Errno::last_raw()) }
}
