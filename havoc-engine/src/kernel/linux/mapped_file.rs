//! A file mapped into memory, for the program that `havoc demo` runs. No reference into the mapping is ever handed out.
use nix::sys::mman::{MapFlags, MsFlags, ProtFlags, mmap, msync, munmap};
use std::ffi::c_void;
use std::fs::File;
use std::io;
use std::num::NonZeroUsize;
use std::path::Path;
use std::ptr::NonNull;

/// A new file, mapped shared and writable as a whole.
#[derive(Debug)]
pub struct MappedFile {
    start: NonNull<c_void>,
    length: NonZeroUsize,
}

impl MappedFile {
    /// Creates (or truncates) the file at `path`, `length` bytes long, and maps it. The descriptor is closed again.
    ///
    /// # Errors
    /// When the file cannot be made or mapped.
    pub fn create(path: &Path, length: NonZeroUsize) -> io::Result<MappedFile> {
        let file = File::options().read(true).write(true).create(true).truncate(true).open(path)?;
        file.set_len(length.get() as u64)?;
        let protection = ProtFlags::PROT_READ | ProtFlags::PROT_WRITE;
        // SAFETY: no address is given, so the kernel chooses one that nothing of ours occupies.
        let start = unsafe { mmap(None, length, protection, MapFlags::MAP_SHARED, &file, 0) }?;
        Ok(MappedFile { start, length })
    }

    /// Stores `bytes` at the start of the file, as many as fit.
    pub fn store(&mut self, bytes: &[u8]) {
        let count = bytes.len().min(self.length.get());
        // SAFETY: count is at most the mapping's length, which is writable; bytes cannot overlap it, because no reference
        // into the mapping exists.
        unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), self.start.as_ptr().cast(), count) };
    }

    /// msync(2) with MS_SYNC, of the whole file.
    ///
    /// # Errors
    /// What the system call returned.
    pub fn sync(&self) -> io::Result<()> {
        // SAFETY: start and length are those of a live mapping; msync changes no memory.
        Ok(unsafe { msync(self.start, self.length.get(), MsFlags::MS_SYNC) }?)
    }
}

impl Drop for MappedFile {
    fn drop(&mut self) {
        // SAFETY: the mapping is ours, unmapped once, and no reference into it exists.
        let _ = unsafe { munmap(self.start, self.length.get()) };
    }
}
