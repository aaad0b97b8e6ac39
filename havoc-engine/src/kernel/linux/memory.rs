//! The memory of a task: process_vm_readv(2), and /proc/TID/mem where that is missing or forbidden.
//!
//! process_vm_readv is ENOSYS without CONFIG_CROSS_MEMORY_ATTACH, and EPERM under the seccomp profile of a container
//! that still permits /proc/TID/mem. Nothing here holds other threads back: what is read may change before the kernel
//! reads it.
use std::io::{IoSlice, IoSliceMut};
use std::os::fd::{AsFd, OwnedFd};
use std::sync::atomic::{AtomicBool, Ordering};

use nix::errno::Errno;
use nix::fcntl::OFlag;
use nix::sys::uio::{RemoteIoVec, pread, process_vm_readv, process_vm_writev, pwrite};

use super::procfs;
use crate::kernel::look_error::LookError;
use crate::task::Tid;

const READ: &str = "read memory";
const WRITE: &str = "write memory";

/// Pages are a multiple of this on every architecture, so that a piece that does not cross it lies in one page.
const SMALLEST_PAGE: u64 = 4096;

/// A string of a task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskString {
    /// Its bytes, without the NUL.
    pub bytes: Vec<u8>,
    /// Whether the NUL was found: within the limit, and before unreadable memory.
    pub complete: bool,
}

/// The way to the memory of tasks, which it finds out by itself.
#[derive(Debug, Default)]
pub struct Memory {
    /// Whether process_vm_readv has proved useless where /proc/TID/mem works.
    by_file: AtomicBool,
}

impl Memory {
    /// Returns a way that has not yet met a refusal.
    #[must_use]
    pub fn new() -> Memory {
        Memory::default()
    }

    /// Returns one that uses /proc/TID/mem from the start.
    #[must_use]
    pub fn by_file() -> Memory {
        Memory { by_file: AtomicBool::new(true) }
    }

    /// Tells whether /proc/TID/mem has become the way.
    #[must_use]
    pub fn is_by_file(&self) -> bool {
        self.by_file.load(Ordering::Relaxed)
    }

    /// Fills `buffer` from `address` on and returns how many bytes could be read: fewer at the edge of unreadable
    /// memory, 0 if already the first is.
    ///
    /// # Errors
    ///
    /// If the task has ended or hides its memory.
    pub fn read(&self, tid: Tid, address: u64, buffer: &mut [u8]) -> Result<usize, LookError> {
        filled(tid, address, buffer, |at, rest| self.read_once(tid, at, rest))
    }

    /// Returns the string at `address`, of at most `limit` bytes. It may end at the edge of unreadable memory.
    ///
    /// # Errors
    ///
    /// If the task has ended or hides its memory.
    #[cfg(test)]
    pub fn read_string(&self, tid: Tid, address: u64, limit: usize) -> Result<TaskString, LookError> {
        string(address, limit, |at, buffer| self.read(tid, at, buffer))
    }

    /// Writes `bytes` to `address` on and returns how many were written: fewer at the edge of unmapped memory, 0 if
    /// already the first is.
    ///
    /// Read-only private memory is written too: what process_vm_writev refuses goes by way of /proc/TID/mem, that is by
    /// FOLL_FORCE as with PTRACE_POKEDATA. By that way PROT_NONE is no edge for `read` either.
    ///
    /// # Errors
    ///
    /// If the task has ended or hides its memory.
    pub fn write(&self, tid: Tid, address: u64, bytes: &[u8]) -> Result<usize, LookError> {
        let mut done = 0;
        while done < bytes.len() {
            let Some(at) = address.checked_add(done as u64) else { break };
            match transferred(WRITE, tid, self.write_once(tid, at, &bytes[done..]))? {
                0 => break,
                length => done += length,
            }
        }
        Ok(done)
    }

    fn read_once(&self, tid: Tid, address: u64, buffer: &mut [u8]) -> Result<usize, Errno> {
        let mut refused = None;
        if !self.by_file.load(Ordering::Relaxed) {
            match read_by_number(tid, address, buffer) {
                Err(errno @ (Errno::EPERM | Errno::ENOSYS)) => refused = Some(errno),
                other => return other,
            }
        }
        let file = self.open_file(tid, OFlag::O_RDONLY, refused)?;
        read_file(file, address, buffer)
    }

    fn write_once(&self, tid: Tid, address: u64, bytes: &[u8]) -> Result<usize, Errno> {
        let mut refused = None;
        if !self.by_file.load(Ordering::Relaxed) {
            let remote = [remote(address, bytes.len())?];
            match process_vm_writev(raw(tid), &[IoSlice::new(bytes)], &remote) {
                Err(errno @ (Errno::EPERM | Errno::ENOSYS)) => refused = Some(errno),
                // Memory that the task itself cannot write, constants for one: the file goes by FOLL_FORCE.
                Err(Errno::EFAULT) => {}
                other => return other,
            }
        }
        let file = self.open_file(tid, OFlag::O_WRONLY, refused)?;
        alive(pwrite(file, bytes, address.try_into().map_err(|_| Errno::EFAULT)?))
    }

    /// Opens /proc/TID/mem for this one time: a kept one would outlive the address space. If that works although
    /// process_vm_readv was `refused`, the file is the way from now on. An undumpable task refuses both, and changes
    /// nothing for others.
    fn open_file(&self, tid: Tid, flags: OFlag, refused: Option<Errno>) -> Result<OwnedFd, Errno> {
        let file = procfs::root()?.open_below(&format!("{tid}/mem"), flags)?;
        if let Some(errno) = refused
            && !self.by_file.swap(true, Ordering::Relaxed)
        {
            log::debug!("process_vm_readv: {errno}; memory goes through /proc/TID/mem from now on");
        }
        Ok(file)
    }
}

/// Fills `buffer` as [`Memory::read`] does, of memory that may have to be waited for. Where process_vm_readv(2) is refused, as Yama
/// does to all but ancestors, the memory is read through `file`, an open /proc/TID/mem.
///
/// # Errors
///
/// If the task has ended or hides its memory. EIO for what `file` does not give: it does not wait for userfaultfd(2), since it
/// faults without FAULT_FLAG_ALLOW_RETRY (mm/memory.c, `__access_remote_vm`), and so that is no proof that nothing can be read.
pub(super) fn read_and_wait(
    tid: Tid,
    file: impl AsFd,
    address: u64,
    buffer: &mut [u8],
) -> Result<usize, LookError> {
    let read = filled(tid, address, buffer, |at, rest| read_by_number(tid, at, rest));
    let is_refused = match &read {
        Err(LookError::Denied { .. }) => true,
        Err(LookError::Failed { source, .. }) => source.raw_os_error() == Some(libc::ENOSYS),
        _ => false,
    };
    if !is_refused {
        return read;
    }
    read_wholly(tid, file, address, buffer)
}

fn read_wholly(tid: Tid, file: impl AsFd, address: u64, buffer: &mut [u8]) -> Result<usize, LookError> {
    match filled(tid, address, buffer, |at, rest| read_file(&file, at, rest))? {
        length if length < buffer.len() => Err(LookError::new(READ, tid, Errno::EIO)),
        length => Ok(length),
    }
}

fn read_by_number(tid: Tid, address: u64, buffer: &mut [u8]) -> Result<usize, Errno> {
    let remote = [remote(address, buffer.len())?];
    process_vm_readv(raw(tid), &mut [IoSliceMut::new(buffer)], &remote)
}

fn read_file(file: impl AsFd, address: u64, buffer: &mut [u8]) -> Result<usize, Errno> {
    alive(pread(file, buffer, address.try_into().map_err(|_| Errno::EFAULT)?))
}

fn filled(
    tid: Tid,
    address: u64,
    buffer: &mut [u8],
    mut read_once: impl FnMut(u64, &mut [u8]) -> Result<usize, Errno>,
) -> Result<usize, LookError> {
    let mut done = 0;
    while done < buffer.len() {
        let Some(at) = address.checked_add(done as u64) else { break };
        match transferred(READ, tid, read_once(at, &mut buffer[done..]))? {
            0 => break,
            length => done += length,
        }
    }
    Ok(done)
}

/// Returns the string at `address`, of at most `limit` bytes, of memory that is read by `read`. It may end at the edge of unreadable memory.
///
/// # Errors
///
/// As `read` says.
pub(super) fn string(
    address: u64,
    limit: usize,
    mut read: impl FnMut(u64, &mut [u8]) -> Result<usize, LookError>,
) -> Result<TaskString, LookError> {
    let mut bytes = Vec::new();
    // One byte more than the limit, for the NUL.
    while bytes.len() <= limit {
        let Some(at) = address.checked_add(bytes.len() as u64) else { break };
        let to_edge = SMALLEST_PAGE - at % SMALLEST_PAGE;
        let wanted = (limit + 1 - bytes.len()).min(to_edge as usize);
        let begin = bytes.len();
        bytes.resize(begin + wanted, 0);
        let length = read(at, &mut bytes[begin..])?;
        bytes.truncate(begin + length);
        if let Some(end) = bytes[begin..].iter().position(|&byte| byte == 0) {
            bytes.truncate(begin + end);
            return Ok(TaskString { bytes, complete: true });
        }
        if length < wanted {
            break;
        }
    }
    bytes.truncate(limit);
    Ok(TaskString { bytes, complete: false })
}

fn raw(tid: Tid) -> nix::unistd::Pid {
    nix::unistd::Pid::from_raw(tid.get())
}

fn remote(address: u64, len: usize) -> Result<RemoteIoVec, Errno> {
    Ok(RemoteIoVec { base: address.try_into().map_err(|_| Errno::EFAULT)?, len })
}

/// /proc/TID/mem gives 0 bytes exactly if the address space is gone. fs/proc/base.c, `mem_rw`.
fn alive(result: Result<usize, Errno>) -> Result<usize, Errno> {
    match result {
        Ok(0) => Err(Errno::ESRCH),
        other => other,
    }
}

/// Takes the answer of one transfer; unreadable memory is 0 bytes.
fn transferred(operation: &'static str, tid: Tid, result: Result<usize, Errno>) -> Result<usize, LookError> {
    match result {
        // EFAULT is process_vm_readv's word for it, EIO that of /proc/TID/mem.
        Err(Errno::EFAULT | Errno::EIO) => Ok(0),
        other => other.map_err(|errno| LookError::new(operation, tid, errno)),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::num::NonZeroUsize;
    use std::os::unix::process::CommandExt;
    use std::process::Command;
    use std::ptr::NonNull;

    use nix::sys::mman::{MapFlags, ProtFlags, mmap};

    use super::*;
    use crate::kernel::linux::guest::{self, Guest, own_tid};

    const PAGE: usize = 65536;

    /// Two areas of memory, of which the second cannot be read by anybody: it lies behind the end of its file. (A mere
    /// PROT_NONE would be read through /proc/TID/mem, and a hole would be filled by the next test.)
    struct Edge {
        start: NonNull<libc::c_void>,
    }

    impl Edge {
        #[expect(unsafe_code, reason = "memory of which a part cannot be read")]
        fn new() -> Edge {
            let size = NonZeroUsize::new(2 * PAGE).expect("not 0");
            let file = tempfile::tempfile().expect("a file");
            file.set_len(PAGE as u64).expect("resize");
            let writable = ProtFlags::PROT_READ | ProtFlags::PROT_WRITE;
            // SAFETY: no address is asked for, so the new mapping replaces nothing. Its bytes are never referred to:
            // only the kernel reads and writes them.
            let start = unsafe { mmap(None, size, writable, MapFlags::MAP_SHARED, &file, 0) };
            Edge { start: start.expect("memory") }
        }

        fn address(&self) -> u64 {
            self.start.as_ptr() as u64 + PAGE as u64
        }

        /// Writes text that ends exactly at the edge and returns its address.
        fn put(&self, memory: &Memory, text: &[u8]) -> u64 {
            let address = self.address() - text.len() as u64;
            assert_eq!(memory.write(own_tid(), address, text).expect("own memory"), text.len());
            address
        }
    }

    /// Runs a test by both ways to memory.
    fn by_both_ways(test: impl Fn(&Memory)) {
        test(&Memory::new());
        test(&Memory::by_file());
    }

    fn string(bytes: &[u8], complete: bool) -> TaskString {
        TaskString { bytes: bytes.to_vec(), complete }
    }

    #[test]
    fn a_string_ending_at_an_unreadable_page_comes_out() {
        by_both_ways(|memory| {
            let address = Edge::new().put(memory, b"/srv/orders.bin\0");
            let found = memory.read_string(own_tid(), address, 4096).expect("own memory");
            assert_eq!(found, string(b"/srv/orders.bin", true));
        });
    }

    #[test]
    fn a_string_cut_by_an_unreadable_page_is_incomplete() {
        by_both_ways(|memory| {
            let edge = Edge::new();
            let address = edge.put(memory, b"/srv/ord");
            let found = memory.read_string(own_tid(), address, 4096).expect("own memory");
            assert_eq!(found, string(b"/srv/ord", false));
            let found = memory.read_string(own_tid(), edge.address(), 4096).expect("own memory");
            assert_eq!(found, string(b"", false));
        });
    }

    #[test]
    fn what_an_open_file_of_memory_does_not_give_is_no_answer() {
        let mem = std::fs::File::open("/proc/self/mem").expect("our own");
        let edge = Edge::new();
        let address = edge.put(&Memory::new(), b"name\0");
        let mut buffer = [0; 5];
        assert_eq!(read_wholly(own_tid(), &mem, address, &mut buffer).expect("our own"), 5);
        assert_eq!(&buffer, b"name\0");
        let behind = read_wholly(own_tid(), &mem, edge.address() - 1, &mut buffer);
        assert!(matches!(behind, Err(LookError::Failed { .. })), "{behind:?}");
        // Where it is not refused, the other way tells that nothing can be read.
        assert_eq!(read_and_wait(own_tid(), &mem, edge.address(), &mut buffer).expect("our own"), 0);
    }

    #[test]
    fn a_string_longer_than_the_limit_is_cut_there() {
        by_both_ways(|memory| {
            let text = [&[b'x'; 10_000][..], b"\0"].concat();
            let address = text.as_ptr() as u64;
            for (limit, complete) in [(0, false), (1, false), (9_999, false), (10_000, true), (20_000, true)]
            {
                let found = memory.read_string(own_tid(), address, limit).expect("own memory");
                assert_eq!((found.bytes.len(), found.complete), (limit.min(10_000), complete));
            }
        });
    }

    #[test]
    fn an_empty_string_is_complete_even_at_limit_zero() {
        by_both_ways(|memory| {
            let found = memory.read_string(own_tid(), c"".as_ptr() as u64, 0).expect("own memory");
            assert_eq!(found, string(b"", true));
        });
    }

    #[test]
    fn reading_stops_at_the_edge_and_says_how_far_it_came() {
        by_both_ways(|memory| {
            let edge = Edge::new();
            let address = edge.put(memory, &[7; 9000]);
            let mut buffer = vec![0; 20_000];
            assert_eq!(memory.read(own_tid(), address, &mut buffer).expect("own memory"), 9000);
            assert_eq!(buffer[..9000], [7; 9000]);
            assert_eq!(memory.read(own_tid(), edge.address(), &mut buffer).expect("own memory"), 0);
        });
    }

    #[test]
    fn addresses_that_nothing_can_have_are_unreadable_and_no_error() {
        by_both_ways(|memory| {
            for address in [0, 8, 1 << 63, u64::MAX - 3, u64::MAX] {
                let mut buffer = [0; 16];
                assert_eq!(memory.read(own_tid(), address, &mut buffer).expect("no error"), 0);
                assert_eq!(memory.write(own_tid(), address, &buffer).expect("no error"), 0);
                assert_eq!(memory.read_string(own_tid(), address, 9).expect("no error"), string(b"", false));
            }
        });
    }

    #[test]
    fn nothing_read_or_written_is_nothing_asked() {
        let gone = Tid::new(i32::MAX).expect("above zero");
        assert_eq!(Memory::new().read(gone, 4096, &mut []).expect("nothing asked"), 0);
        assert_eq!(Memory::new().write(gone, 4096, &[]).expect("nothing asked"), 0);
    }

    #[test]
    fn a_task_that_does_not_exist_is_vanished() {
        by_both_ways(|memory| {
            let gone = Tid::new(i32::MAX).expect("above zero");
            assert!(matches!(memory.read(gone, 4096, &mut [0]), Err(LookError::Vanished(_))));
            assert!(matches!(memory.write(gone, 4096, &[0]), Err(LookError::Vanished(_))));
        });
    }

    #[test]
    fn what_is_written_to_a_child_is_read_back() {
        by_both_ways(|memory| {
            let guest = Guest::start("buffer");
            let address = guest.word.parse().expect("an address");
            assert_eq!(memory.write(guest.tid(), address, b"changed\0").expect("a child"), 8);
            let found = memory.read_string(guest.tid(), address, 100).expect("a child");
            assert_eq!(found, string(b"changed", true));
            assert!(guest.finish().contains("buffer: changed"), "the guest did not see it");
        });
    }

    /// Constants of the program, for one. A kernel may grant that to the tracer alone: `proc_mem.force_override=ptrace`,
    /// Documentation/admin-guide/kernel-parameters.txt, since Linux 6.12.
    #[test]
    fn read_only_memory_of_a_tracee_is_written_all_the_same() {
        by_both_ways(|memory| {
            let guest = Guest::start("wait");
            crate::kernel::linux::ptrace::seize(guest.tid()).expect("a child may be seized");
            let maps = std::fs::read_to_string(format!("/proc/{}/maps", guest.tid())).expect("a child's");
            let page = maps.lines().find(|line| line.contains(" r--p ")).expect("read-only memory");
            let start = page.split('-').next().expect("two addresses");
            let address = u64::from_str_radix(start, 16).expect("an address");
            assert_eq!(memory.write(guest.tid(), address, b"soft\0").expect("a tracee"), 5);
            let found = memory.read_string(guest.tid(), address, 100).expect("a tracee");
            assert_eq!(found, string(b"soft", true));
        });
    }

    #[test]
    fn an_undumpable_task_is_denied_to_another_without_privilege() {
        // Only root can start a helper as uid 65534.
        if !guest::is_root() {
            return;
        }
        // Cargo's directory may be closed to that user.
        let directory = tempfile::tempdir().expect("a directory");
        let program = directory.path().join("guest");
        std::fs::copy(std::env::current_exe().expect("own path"), &program).expect("copy");
        let open = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(directory.path(), open).expect("open to all");
        let mut command = Command::new(&program);
        command.uid(65534).gid(65534).current_dir("/");
        let said = Guest::start_by(command, "look_at_undumpable").finish();
        assert!(said.contains("denied everywhere"), "{said}");
    }

    /// The role of the helper above.
    pub fn look_at_undumpable() {
        use crate::kernel::linux::{maps::Maps, proc::TaskDirectory};
        use crate::resource::Base;

        let guest = Guest::start("undumpable");
        let address = guest.word.parse().expect("an address");
        guest::ready("");
        let memory = Memory::new();
        let read = memory.read(guest.tid(), address, &mut [0; 4]);
        assert!(matches!(read, Err(LookError::Denied { .. })), "{read:?}");
        assert!(!memory.is_by_file(), "one task's refusal is nobody else's");
        let task = TaskDirectory::open_for(guest.tid()).expect("the directory is visible");
        let name = task.descriptor_name(0);
        assert!(matches!(name, Err(LookError::Denied { .. })), "{name:?}");
        assert!(matches!(task.cwd(), Err(LookError::Denied { .. })));
        assert!(matches!(task.exe(), Err(LookError::Denied { .. })));
        assert!(matches!(task.shares_root_and_mounts(), Err(LookError::Denied { .. })));
        let maps = Maps::open(&task);
        assert!(matches!(maps, Err(LookError::Denied { .. })), "{maps:?}");
        for path in [&b"/etc/passwd"[..], b"x"] {
            let path = task.resolved(Base::Cwd, path, crate::resource::LastLink::Followed);
            assert!(matches!(path, Err(LookError::Denied { .. })), "{path:?}");
        }
        assert!(task.comm().is_ok() && task.status().is_ok());
        println!("denied everywhere");
    }
}
