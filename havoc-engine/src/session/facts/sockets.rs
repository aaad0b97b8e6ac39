//! The addresses of the sockets that a call touches: those that they have, and those that it gives.
use super::TaskFacts;
use crate::kernel::{Kernel, LookError};
use crate::matcher::{Facts, Sockets};
use crate::session::addresses;

impl<K: Kernel> TaskFacts<'_, K> {
    /// Looks up all of them.
    pub(super) fn look_up_sockets(&mut self) -> Sockets {
        let mut sockets = Sockets::default();
        let mut transport = None;
        for descriptor in self.descriptors() {
            match self.kernel.socket(self.tid, descriptor) {
                Ok(Some(socket)) => {
                    transport = transport.or(socket.transport);
                    sockets.endpoints.extend(socket.endpoints);
                }
                Ok(None) | Err(LookError::Vanished(_)) => {}
                Err(LookError::Denied { .. } | LookError::Failed { .. }) => sockets.hidden = true,
            }
        }
        sockets.endpoints.extend(addresses::given(self.kernel, self.tid, self.view, transport));
        sockets
    }
}
