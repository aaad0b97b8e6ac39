//! The addresses of the sockets that a call touches: those that they have, and those that it gives.
use super::TaskFacts;
use crate::kernel::Kernel;
use crate::matcher::{Fact, Facts, Sockets};
use crate::session::addresses;

impl<K: Kernel> TaskFacts<'_, K> {
    /// Looks up all of them.
    pub(super) fn look_up_sockets(&mut self) -> Sockets {
        let mut sockets = Sockets::default();
        let mut transport = None;
        let mut incomplete = false;
        for descriptor in self.descriptors().to_vec() {
            let socket = self.kernel.socket(self.tid, descriptor);
            match self.told(socket) {
                Fact::Is(socket) => {
                    transport = transport.or(socket.transport);
                    sockets.endpoints.extend(socket.endpoints);
                    incomplete |= socket.incomplete;
                }
                Fact::Nothing => {}
                Fact::Hidden => sockets.hidden = true,
            }
        }
        let mut given = Sockets::default();
        for error in addresses::given(self.kernel, self.tid, self.view, transport, &mut given) {
            given.hidden |= self.told::<()>(Err(error)) == Fact::Hidden;
        }
        // A call that is given an address is about that: a connect, a bind, a send to somebody. What the socket may have
        // beside it (it was bound, and the kernel does not list that) would else leave most connects without a judgement.
        sockets.hidden |= given.hidden || (incomplete && given.endpoints.is_empty());
        sockets.endpoints.extend(given.endpoints);
        sockets
    }
}
