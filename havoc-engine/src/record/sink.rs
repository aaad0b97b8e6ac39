//! Where events go.
use super::Event;
use crate::task::Tid;
use std::io;

/// Takes events in the order in which they happened. A sink never fails the program: what cannot be written is kept as
/// the sink's failure, and told at the end.
pub trait Sink {
    /// Tells whether calls are wanted at all; decoding one that nobody writes would only cost.
    fn wants_calls(&self) -> bool {
        true
    }

    /// Takes one event.
    fn take(&mut self, event: Event);

    /// Notes that a call of `tid` that will be logged has begun, so that it can be shown as unfinished when others
    /// overtake it.
    fn began_call(&mut self, tid: Tid, event: &Event) {
        let _ = (tid, event);
    }

    /// Writes out what is held back, since havoc is about to stop itself or to end.
    fn flush(&mut self) {}

    /// Ends the log: the run is over, or was given up.
    fn finish(&mut self) {
        self.flush();
    }

    /// Tells whether something could not be written.
    fn failed(&self) -> bool {
        false
    }
}

/// Says in havoc's own diagnostics why the rest of a log cannot be written, and returns whether that is a failure. A pipe whose
/// reader has closed it (`havoc COMMAND 2>&1 | head`) is not.
pub(super) fn is_failure(error: &io::Error) -> bool {
    if error.kind() == io::ErrorKind::BrokenPipe {
        log::debug!("the reader of the trace log is gone; the program runs on without it");
        return false;
    }
    log::error!("write the trace log: {error}; the program runs on without it");
    true
}

/// A sink that keeps nothing.
#[derive(Debug, Default)]
pub struct Discard;

impl Sink for Discard {
    fn wants_calls(&self) -> bool {
        false
    }

    fn take(&mut self, _event: Event) {}
}
