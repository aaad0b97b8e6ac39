//! The ptrace requests, one function each. ESRCH becomes [`KernelError::Vanished`] here and nowhere else.
use crate::kernel::{KernelError, RawCall, SyscallInfo};
use crate::signal::Signal;
use crate::task::Tid;
use libc::c_void;
use std::io;

/// What ptrace(2) takes a request as: C libraries differ.
#[cfg(not(target_env = "musl"))]
type Number = libc::c_uint;
#[cfg(target_env = "musl")]
type Number = libc::c_int;

// include/uapi/linux/ptrace.h; the crate libc has them for glibc alone, or not at all.
const PTRACE_GET_SYSCALL_INFO: Number = 0x420e;
const PTRACE_SET_SYSCALL_INFO: Number = 0x4212;
const PTRACE_SYSCALL_INFO_ENTRY: u8 = 1;
const PTRACE_SYSCALL_INFO_EXIT: u8 = 2;
const PTRACE_SYSCALL_INFO_SECCOMP: u8 = 3;

/// What every traced task is seized with. EXITKILL: nothing that carries our filter outlives us.
const OPTIONS: i32 = libc::PTRACE_O_EXITKILL
    | libc::PTRACE_O_TRACESYSGOOD
    | libc::PTRACE_O_TRACEFORK
    | libc::PTRACE_O_TRACEVFORK
    | libc::PTRACE_O_TRACECLONE
    | libc::PTRACE_O_TRACEEXEC
    | libc::PTRACE_O_TRACESECCOMP;

/// One ptrace(2) request whose arguments are numbers or pointers that the caller vouches for.
///
/// # Safety
/// `address` and `data` must be what `request` requires: in particular any pointer must be valid for what the request
/// reads or writes through it.
unsafe fn request(
    request: Number,
    name: &'static str,
    tid: Tid,
    address: usize,
    data: usize,
) -> Result<i64, KernelError> {
    // SAFETY: the caller vouches for address and data; tid is at least 1, and a request to a task that is not ours is
    // refused with ESRCH.
    let result = unsafe { libc::ptrace(request, tid.get(), address as *mut c_void, data as *mut c_void) };
    if result >= 0 {
        return Ok(result);
    }
    let source = io::Error::last_os_error();
    Err(match source.raw_os_error() {
        Some(libc::ESRCH) => KernelError::Vanished(tid),
        _ => KernelError::Refused { operation: name, tid, source },
    })
}

/// PTRACE_SEIZE: attaches without stopping. Since Linux 3.4.
pub(super) fn seize(tid: Tid) -> Result<(), KernelError> {
    // SAFETY: PTRACE_SEIZE takes address 0 and options in data; it follows no pointer.
    unsafe { request(libc::PTRACE_SEIZE, "PTRACE_SEIZE", tid, 0, OPTIONS as usize) }.map(drop)
}

/// PTRACE_CONT with a signal to deliver.
pub(super) fn cont(tid: Tid, signal: Option<Signal>) -> Result<(), KernelError> {
    let signal = signal.map_or(0, Signal::number) as usize;
    // SAFETY: PTRACE_CONT takes a signal number in data; it follows no pointer.
    unsafe { request(libc::PTRACE_CONT, "PTRACE_CONT", tid, 0, signal) }.map(drop)
}

/// PTRACE_SINGLESTEP with a signal to deliver.
pub(super) fn step_with(tid: Tid, signal: Signal) -> Result<(), KernelError> {
    let signal = signal.number() as usize;
    // SAFETY: PTRACE_SINGLESTEP takes a signal number in data; it follows no pointer.
    unsafe { request(libc::PTRACE_SINGLESTEP, "PTRACE_SINGLESTEP", tid, 0, signal) }.map(drop)
}

/// PTRACE_SYSCALL without a signal.
pub(super) fn cont_to_syscall(tid: Tid) -> Result<(), KernelError> {
    // SAFETY: PTRACE_SYSCALL takes a signal number in data; it follows no pointer.
    unsafe { request(libc::PTRACE_SYSCALL, "PTRACE_SYSCALL", tid, 0, 0) }.map(drop)
}

/// PTRACE_LISTEN: keeps a group-stop. nix has no wrapper for it.
pub(super) fn listen(tid: Tid) -> Result<(), KernelError> {
    // SAFETY: PTRACE_LISTEN ignores address and data.
    unsafe { request(libc::PTRACE_LISTEN, "PTRACE_LISTEN", tid, 0, 0) }.map(drop)
}

/// PTRACE_INTERRUPT: a PTRACE_EVENT_STOP follows, unless another stop comes first. Since Linux 3.4.
pub(super) fn interrupt(tid: Tid) -> Result<(), KernelError> {
    // SAFETY: PTRACE_INTERRUPT ignores address and data.
    unsafe { request(libc::PTRACE_INTERRUPT, "PTRACE_INTERRUPT", tid, 0, 0) }.map(drop)
}

/// PTRACE_GETEVENTMSG.
pub(super) fn event_message(tid: Tid) -> Result<u64, KernelError> {
    let mut message: libc::c_ulong = 0;
    // SAFETY: PTRACE_GETEVENTMSG writes one unsigned long through data; message is one, live and writable.
    unsafe { request(libc::PTRACE_GETEVENTMSG, "PTRACE_GETEVENTMSG", tid, 0, &raw mut message as usize) }?;
    Ok(message)
}

/// PTRACE_GETSIGINFO.
pub(super) fn signal_info(tid: Tid) -> Result<libc::siginfo_t, KernelError> {
    // SAFETY: siginfo_t is plain data for which all zeroes is a value.
    let mut info: libc::siginfo_t = unsafe { std::mem::zeroed() };
    // SAFETY: PTRACE_GETSIGINFO writes one siginfo_t through data; info is one, live and writable.
    unsafe { request(libc::PTRACE_GETSIGINFO, "PTRACE_GETSIGINFO", tid, 0, &raw mut info as usize) }?;
    Ok(info)
}

/// PTRACE_SETSIGINFO.
pub(super) fn set_signal_info(tid: Tid, info: &libc::siginfo_t) -> Result<(), KernelError> {
    let info: *const libc::siginfo_t = info;
    // SAFETY: PTRACE_SETSIGINFO reads one siginfo_t through data; info is one, live.
    unsafe { request(libc::PTRACE_SETSIGINFO, "PTRACE_SETSIGINFO", tid, 0, info as usize) }.map(drop)
}

/// `struct ptrace_syscall_info` of include/uapi/linux/ptrace.h, with its union laid flat: the seccomp member is the
/// longest, entry is its beginning, and exit lies over the first two words.
#[repr(C)]
#[derive(Default)]
struct RawSyscallInfo {
    op: u8,
    pad: [u8; 3],
    arch: u32,
    instruction_pointer: u64,
    stack_pointer: u64,
    /// entry, seccomp: number; exit: the result.
    first: u64,
    /// entry, seccomp: arguments; exit: byte 0 of the first is `is_error`.
    args: [u64; 6],
    /// seccomp: SECCOMP_RET_DATA.
    ret_data: u32,
    reserved: u32,
}

const _: () = assert!(size_of::<RawSyscallInfo>() == 88);

/// PTRACE_GET_SYSCALL_INFO. Since Linux 5.3.
fn raw_syscall_info(tid: Tid) -> Result<RawSyscallInfo, KernelError> {
    let mut info = RawSyscallInfo::default();
    // SAFETY: info is a live, writable buffer of exactly size_of::<RawSyscallInfo>() bytes and address passes that size;
    // PTRACE_GET_SYSCALL_INFO writes at most address bytes through data.
    unsafe {
        request(
            PTRACE_GET_SYSCALL_INFO,
            "PTRACE_GET_SYSCALL_INFO",
            tid,
            size_of::<RawSyscallInfo>(),
            &raw mut info as usize,
        )
    }?;
    Ok(info)
}

/// Tells whether PTRACE_SET_SYSCALL_INFO takes back what PTRACE_GET_SYSCALL_INFO gave, at a stop of a system call. Since
/// Linux 6.16; before, EIO.
pub(super) fn has_set_syscall_info(tid: Tid) -> bool {
    let Ok(mut info) = raw_syscall_info(tid) else { return false };
    // SAFETY: info is live and exactly size_of::<RawSyscallInfo>() bytes long, the size that address passes;
    // PTRACE_SET_SYSCALL_INFO only reads through data.
    let set = unsafe {
        request(
            PTRACE_SET_SYSCALL_INFO,
            "PTRACE_SET_SYSCALL_INFO",
            tid,
            size_of::<RawSyscallInfo>(),
            &raw mut info as usize,
        )
    };
    set.is_ok()
}

/// Returns what the kernel says about the call at which the task has stopped.
pub(super) fn syscall_info(tid: Tid) -> Result<SyscallInfo, KernelError> {
    let info = raw_syscall_info(tid)?;
    let call = RawCall {
        audit_arch: info.arch,
        number: info.first,
        args: info.args,
        instruction_pointer: info.instruction_pointer,
        stack_pointer: info.stack_pointer,
    };
    Ok(match info.op {
        PTRACE_SYSCALL_INFO_ENTRY => SyscallInfo::Entry(call),
        PTRACE_SYSCALL_INFO_EXIT => SyscallInfo::Exit(info.first as i64),
        PTRACE_SYSCALL_INFO_SECCOMP => SyscallInfo::Seccomp(call),
        _ => SyscallInfo::None,
    })
}

/// PTRACE_PEEKUSER as the system call has it: the word comes through `data`; glibc's wrapper hides that.
pub(super) fn peek_user(tid: Tid, offset: usize) -> Result<u64, KernelError> {
    // glibc and musl return the word as the result, so −1 is ambiguous: errno must be cleared before.
    nix::errno::Errno::clear();
    // SAFETY: PTRACE_PEEKUSER takes an offset and follows no pointer of ours; the libc wrapper supplies its own buffer.
    let word = unsafe {
        libc::ptrace(libc::PTRACE_PEEKUSER, tid.get(), offset as *mut c_void, std::ptr::null_mut::<c_void>())
    };
    match nix::errno::Errno::last_raw() {
        libc::ESRCH if word == -1 => Err(KernelError::Vanished(tid)),
        0 => Ok(word as u64),
        _ if word != -1 => Ok(word as u64),
        raw => Err(KernelError::Refused {
            operation: "PTRACE_PEEKUSER",
            tid,
            source: io::Error::from_raw_os_error(raw),
        }),
    }
}

/// PTRACE_POKEUSER.
pub(super) fn poke_user(tid: Tid, offset: usize, value: u64) -> Result<(), KernelError> {
    // SAFETY: PTRACE_POKEUSER takes an offset and a word; it follows no pointer.
    unsafe { request(libc::PTRACE_POKEUSER, "PTRACE_POKEUSER", tid, offset, value as usize) }.map(drop)
}

/// NT_PRSTATUS, include/uapi/linux/elf.h.
pub(super) const NT_PRSTATUS: u32 = 1;

const fn get_name(note: u32) -> &'static str {
    if note == NT_PRSTATUS { "PTRACE_GETREGSET NT_PRSTATUS" } else { "PTRACE_GETREGSET NT_ARM_SYSTEM_CALL" }
}

const fn set_name(note: u32) -> &'static str {
    if note == NT_PRSTATUS { "PTRACE_SETREGSET NT_PRSTATUS" } else { "PTRACE_SETREGSET NT_ARM_SYSTEM_CALL" }
}

/// PTRACE_GETREGSET into `buffer`; returns how many bytes the kernel gave.
pub(super) fn get_register_set(tid: Tid, note: u32, buffer: &mut [u8]) -> Result<usize, KernelError> {
    let mut vector = libc::iovec { iov_base: buffer.as_mut_ptr().cast(), iov_len: buffer.len() };
    // SAFETY: vector describes exactly buffer, which is live and writable; the kernel writes at most iov_len bytes there
    // and the new length into vector.
    unsafe { request(libc::PTRACE_GETREGSET, get_name(note), tid, note as usize, &raw mut vector as usize) }?;
    Ok(vector.iov_len)
}

/// PTRACE_SETREGSET from the start of the set; the kernel keeps what lies behind `bytes`.
pub(super) fn set_register_set(tid: Tid, note: u32, bytes: &[u8]) -> Result<(), KernelError> {
    let mut vector = libc::iovec { iov_base: bytes.as_ptr().cast_mut().cast(), iov_len: bytes.len() };
    // SAFETY: vector describes exactly bytes, which is live; PTRACE_SETREGSET only reads through iov_base.
    unsafe { request(libc::PTRACE_SETREGSET, set_name(note), tid, note as usize, &raw mut vector as usize) }
        .map(drop)
}
