//! What decoders may ask about a stopped task.
use crate::kernel::Kernel;
use crate::record::{Look, Style};
use crate::resource::{AddressRange, Mapping};
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

impl<K: Kernel> Look for TaskLook<'_, K> {
    fn bytes(&self, address: u64, length: usize) -> Option<Vec<u8>> {
        let mut buffer = vec![0; length];
        let read = self.kernel.borrow_mut().read_memory(self.tid, address, &mut buffer).ok()?;
        buffer.truncate(read);
        Some(buffer)
    }

    fn string(&self, address: u64, limit: usize) -> Option<(Vec<u8>, bool)> {
        self.kernel.borrow_mut().read_string(self.tid, address, limit).ok()
    }

    fn descriptor_name(&self, descriptor: i32) -> Option<Vec<u8>> {
        let mut name = Vec::new();
        let is_open = self.kernel.borrow_mut().descriptor_name(self.tid, descriptor, &mut name).ok()?;
        // Logs keep it, and its room is for the longest.
        is_open.then(|| name.as_slice().to_vec())
    }

    fn mappings(&self, address: u64, length: u64) -> Vec<Mapping> {
        self.kernel.borrow_mut().mappings(self.tid, AddressRange::new(address, length)).unwrap_or_default()
    }

    fn style(&self) -> Style {
        self.style
    }
}
