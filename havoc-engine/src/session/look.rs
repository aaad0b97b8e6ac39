//! What decoders may ask about a stopped task.
use crate::kernel::Kernel;
use crate::record::{Look, Style};
use crate::resource::{AddressRange, Mapping, Socket};
use crate::task::Tid;
use std::cell::RefCell;

/// A [`Look`] at one task through the kernel. What cannot be read is left out: the log then shows the number.
pub(super) struct TaskLook<'a, K> {
    kernel: RefCell<&'a mut K>,
    tid: Tid,
    style: Style,
}

impl<'a, K: Kernel> TaskLook<'a, K> {
    pub(super) fn new(kernel: &'a mut K, tid: Tid, style: Style) -> TaskLook<'a, K> {
        TaskLook { kernel: RefCell::new(kernel), tid, style }
    }
}

/// So many bytes are read at once.
const AT_ONCE: usize = 1 << 20;

impl<K: Kernel> Look for TaskLook<'_, K> {
    fn bytes(&self, address: u64, length: usize) -> Option<Vec<u8>> {
        let mut kernel = self.kernel.borrow_mut();
        let mut bytes = Vec::new();
        // The length is the program's word: room is made for what is there.
        loop {
            let begin = bytes.len();
            let wanted = (length - begin).min(AT_ONCE);
            bytes.resize(begin + wanted, 0);
            let at = address.checked_add(begin as u64)?;
            let read = match kernel.read_memory(self.tid, at, &mut bytes[begin..]) {
                Ok(read) => read,
                Err(_) if begin > 0 => 0,
                Err(_) => return None,
            };
            bytes.truncate(begin + read);
            if read < wanted || bytes.len() == length {
                // Of unreadable memory the kernel gives no bytes, and no error.
                return (length == 0 || !bytes.is_empty()).then_some(bytes);
            }
        }
    }

    fn string(&self, address: u64, limit: usize) -> Option<(Vec<u8>, bool)> {
        // One byte at least: else an unreadable string and a long one are the same.
        let wanted = limit.max(1);
        let (mut bytes, ended) = self.kernel.borrow_mut().read_string(self.tid, address, wanted).ok()?;
        // It has neither its NUL nor all that was asked for: memory ended first, and the kernel finds no string there either.
        if !ended && bytes.len() < wanted {
            return None;
        }
        let fits = bytes.len() <= limit;
        bytes.truncate(limit);
        Some((bytes, ended && fits))
    }

    fn descriptor_name(&self, descriptor: i32) -> Option<Vec<u8>> {
        let mut name = Vec::new();
        let is_open = self.kernel.borrow_mut().descriptor_name(self.tid, descriptor, &mut name).ok()?;
        // Logs keep it, and its room is for the longest.
        is_open.then(|| name.as_slice().to_vec())
    }

    fn working_directory(&self) -> Option<Vec<u8>> {
        self.kernel.borrow_mut().working_directory(self.tid).ok()
    }

    fn socket(&self, descriptor: i32) -> Option<Socket> {
        self.kernel.borrow_mut().socket(self.tid, descriptor).ok()?
    }

    fn mappings(&self, address: u64, length: u64) -> Vec<Mapping> {
        self.kernel.borrow_mut().mappings(self.tid, AddressRange::new(address, length)).unwrap_or_default()
    }

    fn style(&self) -> Style {
        self.style
    }
}
