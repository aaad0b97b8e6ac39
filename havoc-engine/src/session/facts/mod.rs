//! The facts of one call, read from the stopped task when a selector asks for them, and never kept for the next call.
mod files;
mod sockets;
mod task;

use crate::kernel::Kernel;
use crate::matcher::{Fact, Facts, Files, Sockets};
use crate::signature::{self, Role, Roles};
use crate::task::{Pid, Tid};
use havoc_arch::SyscallView;

/// Facts of the call that a stopped task is entering.
pub struct TaskFacts<'a, K> {
    kernel: &'a mut K,
    tid: Tid,
    view: &'a SyscallView,
    files: Option<Files>,
    sockets: Option<Sockets>,
}

impl<'a, K: Kernel> TaskFacts<'a, K> {
    /// Nothing is read yet.
    pub fn new(kernel: &'a mut K, tid: Tid, view: &'a SyscallView) -> TaskFacts<'a, K> {
        TaskFacts { kernel, tid, view, files: None, sockets: None }
    }

    fn roles(&self) -> Roles {
        signature::of_call(self.view.abi, self.view.number)
            .map_or_else(Roles::default, |signature| signature.roles(&self.view.args))
    }
}

impl<K: Kernel> Facts for TaskFacts<'_, K> {
    fn files(&mut self) -> &Files {
        if self.files.is_none() {
            self.files = Some(self.look_up_files());
        }
        self.files.as_ref().expect("filled above")
    }

    fn descriptors(&mut self) -> Vec<i32> {
        self.roles()
            .iter()
            .filter_map(|role| match *role {
                Role::Descriptor { argument } => Some(self.view.args[argument] as i32),
                Role::Path { directory, .. } => directory.map(|index| self.view.args[index] as i32),
                Role::Range { .. } | Role::RemoteRanges { .. } => None,
            })
            .collect()
    }

    fn sockets(&mut self) -> &Sockets {
        if self.sockets.is_none() {
            self.sockets = Some(self.look_up_sockets());
        }
        self.sockets.as_ref().expect("filled above")
    }

    fn process_name(&mut self) -> Fact<Vec<u8>> {
        self.look_up_process_name()
    }

    fn thread_name(&mut self) -> Fact<Vec<u8>> {
        self.look_up_thread_name()
    }

    fn program(&mut self) -> Fact<Vec<u8>> {
        self.look_up_program()
    }

    fn process(&mut self) -> Fact<Pid> {
        self.look_up_process()
    }

    fn caller(&mut self) -> Fact<Vec<u8>> {
        self.look_up_caller()
    }

    fn shares_root(&mut self) -> bool {
        self.kernel.shares_root(self.tid)
    }

    fn known_files(&self) -> Option<&Files> {
        self.files.as_ref()
    }
}
