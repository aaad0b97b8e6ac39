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
        let mut incomplete = false;
        for descriptor in self.descriptors().to_vec() {
            match self.kernel.socket(self.tid, descriptor) {
                Ok(Some(socket)) => {
                    transport = transport.or(socket.transport);
                    sockets.endpoints.extend(socket.endpoints);
                    incomplete |= socket.incomplete;
                }
                Ok(None) | Err(LookError::Vanished(_)) => {}
                Err(LookError::Denied { .. } | LookError::Failed { .. }) => sockets.hidden = true,
            }
        }
        let given = addresses::given(self.kernel, self.tid, self.view, transport);
        // A call that is given an address is about that: a connect, a bind, a send to somebody. What the socket may have
        // beside it (it was bound, and the kernel does not list that) would else leave most connects without a judgement.
        sockets.hidden |= given.hidden || (incomplete && given.endpoints.is_empty());
        sockets.endpoints.extend(given.endpoints);
        sockets
    }
}
