//! Who makes a call: process, thread, program, and the file of the calling instruction.
use super::TaskFacts;
use crate::kernel::{Kernel, LookError};
use crate::matcher::Fact;
use crate::resource::AddressRange;
use crate::task::{Pid, Tid};

impl<K: Kernel> TaskFacts<'_, K> {
    /// Looks up the name of the process, that of its first thread.
    pub(super) fn look_up_process_name(&mut self) -> Fact<Vec<u8>> {
        match self.kernel.process_of_stopped(self.tid).and_then(|process| Tid::new(process.get())) {
            Some(leader) => fact(self.kernel.thread_name(leader).map(Some)),
            None => Fact::Nothing,
        }
    }

    /// Looks up the name of the thread.
    pub(super) fn look_up_thread_name(&mut self) -> Fact<Vec<u8>> {
        fact(self.kernel.thread_name(self.tid).map(Some))
    }

    /// Looks up the file of the program.
    pub(super) fn look_up_program(&mut self) -> Fact<Vec<u8>> {
        fact(self.kernel.program(self.tid))
    }

    /// Looks up the process.
    pub(super) fn look_up_process(&mut self) -> Fact<Pid> {
        self.kernel.process_of_stopped(self.tid).map_or(Fact::Nothing, Fact::Is)
    }

    /// Looks up the name of what is mapped at the calling instruction.
    pub(super) fn look_up_caller(&mut self) -> Fact<Vec<u8>> {
        // The instruction pointer is behind the calling instruction, which may be the last of its mapping.
        let range = AddressRange::new(self.view.instruction_pointer.saturating_sub(1), 1);
        fact(
            self.kernel
                .mappings(self.tid, range)
                .map(|mappings| mappings.into_iter().next().and_then(|mapping| mapping.name)),
        )
    }
}

fn fact<T>(found: Result<Option<T>, LookError>) -> Fact<T> {
    match found {
        Ok(Some(found)) => Fact::Is(found),
        Ok(None) | Err(LookError::Vanished(_)) => Fact::Nothing,
        Err(LookError::Denied { .. } | LookError::Failed { .. }) => Fact::Hidden,
    }
}
