//! Who makes a call: process, thread, program, and the file of the calling instruction.
use super::TaskFacts;
use crate::kernel::Kernel;
use crate::matcher::Fact;
use crate::resource::AddressRange;
use crate::task::{Pid, Tid};

impl<K: Kernel> TaskFacts<'_, K> {
    /// Looks up the name of the process, that of its first thread.
    pub(super) fn look_up_process_name(&mut self) -> Fact<Vec<u8>> {
        match self.look_up_process() {
            Fact::Is(process) => {
                let leader = Tid::new(process.get()).expect("a process has its first task's id");
                let name = self.kernel.thread_name(leader).map(Some);
                self.told(name)
            }
            Fact::Nothing => Fact::Nothing,
            Fact::Hidden => Fact::Hidden,
        }
    }

    /// Looks up the name of the thread.
    pub(super) fn look_up_thread_name(&mut self) -> Fact<Vec<u8>> {
        let name = self.kernel.thread_name(self.tid).map(Some);
        self.told(name)
    }

    /// Looks up the file of the program.
    pub(super) fn look_up_program(&mut self) -> Fact<Vec<u8>> {
        let program = self.kernel.program(self.tid);
        self.told(program)
    }

    /// Looks up the process.
    pub(super) fn look_up_process(&mut self) -> Fact<Pid> {
        let process = self.kernel.process_of_stopped(self.tid);
        self.told(process.map(Some))
    }

    /// Looks up whether it has havoc's root directory.
    pub(super) fn look_up_root(&mut self) -> Fact<bool> {
        let shares = self.kernel.shares_root(self.tid);
        self.told(shares.map(Some))
    }

    /// Looks up the name of what is mapped at the calling instruction.
    pub(super) fn look_up_caller(&mut self) -> Fact<Vec<u8>> {
        // The instruction pointer is behind the calling instruction, which may be the last of its mapping.
        let range = AddressRange::new(self.view.instruction_pointer.saturating_sub(1), 1);
        let mappings = self.kernel.mappings(self.tid, range);
        self.told(mappings.map(|mappings| mappings.into_iter().next().and_then(|mapping| mapping.name)))
    }
}
