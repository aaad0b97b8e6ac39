//! The facts of one call, read from the stopped task when a selector asks for them, and never kept for the next call.
mod files;
mod sockets;
mod task;

use crate::kernel::{Kernel, LookError};
use crate::matcher::{Fact, Facts, Files, Sockets};
use crate::signature::{self, Role, Roles};
use crate::task::{Pid, Tid};
use havoc_arch::SyscallView;
use smallvec::SmallVec;

/// Room for what is looked up of a call, kept from call to call.
#[derive(Debug, Default)]
pub struct Room {
    files: Files,
    name: Vec<u8>,
}

/// Facts of the call that a stopped task is entering.
pub struct TaskFacts<'a, K> {
    kernel: &'a mut K,
    tid: Tid,
    view: &'a SyscallView,
    room: &'a mut Room,
    has_files: bool,
    sockets: Option<Sockets>,
    descriptors: Option<SmallVec<[i32; 2]>>,
    process_name: Option<Fact<Vec<u8>>>,
    thread_name: Option<Fact<Vec<u8>>>,
    program: Option<Fact<Vec<u8>>>,
    process: Option<Fact<Pid>>,
    caller: Option<Fact<Vec<u8>>>,
    shares_root: Option<Fact<bool>>,
    are_pending: bool,
}

impl<'a, K: Kernel> TaskFacts<'a, K> {
    /// Nothing is read yet.
    pub fn new(kernel: &'a mut K, room: &'a mut Room, tid: Tid, view: &'a SyscallView) -> TaskFacts<'a, K> {
        TaskFacts {
            kernel,
            tid,
            view,
            room,
            has_files: false,
            sockets: None,
            descriptors: None,
            process_name: None,
            thread_name: None,
            program: None,
            process: None,
            caller: None,
            shares_root: None,
            are_pending: false,
        }
    }

    /// Takes what a look has told. A look that tells nothing is no answer: what it was asked for counts as hidden, and its call
    /// as not judged. Only where the task is proved to be gone there is nothing to be hidden.
    fn told<T>(&mut self, found: Result<Option<T>, LookError>) -> Fact<T> {
        match found {
            Ok(Some(found)) => return Fact::Is(found),
            Ok(None) => return Fact::Nothing,
            Err(LookError::Denied { .. }) => {}
            Err(LookError::Pending { .. }) => self.are_pending = true,
            // At its stop a task lives, unless it has been killed there: /proc may be covered, or hidden from us.
            Err(LookError::Vanished(_)) if !self.kernel.is_at_its_stop(self.tid) => return Fact::Nothing,
            // For want of descriptors perhaps.
            Err(error @ (LookError::Vanished(_) | LookError::Failed { .. })) => {
                log::debug!("look at a call of {}: {error}", self.view.name().unwrap_or_default());
            }
        }
        Fact::Hidden
    }

    /// Returns what a slot holds, and fills it first if nobody has asked before.
    fn once<T: Clone>(
        &mut self,
        slot: fn(&mut Self) -> &mut Option<Fact<T>>,
        look_up: fn(&mut Self) -> Fact<T>,
    ) -> Fact<T> {
        if let Some(known) = slot(self) {
            return known.clone();
        }
        let found = look_up(self);
        let found = self.own(found);
        slot(self).insert(found).clone()
    }

    /// Keeps what was found only if it was the task's own: it may have been killed, and its id given away.
    fn own<T: Default>(&mut self, found: T) -> T {
        if self.kernel.were_its_own(self.tid) { found } else { T::default() }
    }

    fn look_up_descriptors(&self) -> SmallVec<[i32; 2]> {
        let roles = self.roles();
        let descriptors = roles.iter().filter_map(|role| match *role {
            Role::Descriptor { argument } => Some(self.view.args[argument] as i32),
            Role::Path { directory, .. } => directory.map(|index| self.view.args[index] as i32),
            // `fd=` is about arguments: the filter compares them.
            Role::Polled { .. } | Role::Set { .. } | Role::Range { .. } | Role::RemoteRanges { .. } => None,
        });
        descriptors.collect()
    }

    fn roles(&self) -> Roles {
        signature::of_call(self.view.abi, self.view.number)
            .map_or_else(Roles::default, |signature| signature.roles(&self.view.args))
    }
}

impl<K: Kernel> Facts for TaskFacts<'_, K> {
    fn files(&mut self) -> &Files {
        if !self.has_files {
            self.look_up_files();
            self.has_files = true;
            if !self.kernel.were_its_own(self.tid) {
                self.room.files.clear();
            }
        }
        &self.room.files
    }

    fn descriptors(&mut self) -> &[i32] {
        if self.descriptors.is_none() {
            self.descriptors = Some(self.look_up_descriptors());
        }
        self.descriptors.as_ref().expect("filled above")
    }

    fn sockets(&mut self) -> &Sockets {
        if self.sockets.is_none() {
            let found = self.look_up_sockets();
            self.sockets = Some(self.own(found));
        }
        self.sockets.as_ref().expect("filled above")
    }

    fn process_name(&mut self) -> Fact<Vec<u8>> {
        self.once(|facts| &mut facts.process_name, Self::look_up_process_name)
    }

    fn thread_name(&mut self) -> Fact<Vec<u8>> {
        self.once(|facts| &mut facts.thread_name, Self::look_up_thread_name)
    }

    fn program(&mut self) -> Fact<Vec<u8>> {
        self.once(|facts| &mut facts.program, Self::look_up_program)
    }

    fn process(&mut self) -> Fact<Pid> {
        self.once(|facts| &mut facts.process, Self::look_up_process)
    }

    fn caller(&mut self) -> Fact<Vec<u8>> {
        self.once(|facts| &mut facts.caller, Self::look_up_caller)
    }

    fn shares_root(&mut self) -> Fact<bool> {
        self.once(|facts| &mut facts.shares_root, Self::look_up_root)
    }

    fn known_files(&self) -> Option<&Files> {
        self.has_files.then_some(&self.room.files)
    }

    fn are_pending(&self) -> bool {
        self.are_pending
    }
}
