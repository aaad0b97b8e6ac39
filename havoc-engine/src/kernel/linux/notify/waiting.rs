//! Who waits for an answer, and what it is to be.
use super::listener::{Answer, Notification};
use crate::task::Tid;
use std::collections::BTreeMap;

/// A call that waits.
#[derive(Clone, Copy, Debug)]
pub(super) struct Call {
    pub(super) notification: Notification,
    pub(super) answer: Answer,
    /// When it was heard of, in ticks of what is kept.
    pub(super) tick: u64,
}

/// All calls that wait. Almost every one is answered before the next is heard of, so the last needs no place in the tree.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    last: Option<(Tid, Call)>,
    others: BTreeMap<Tid, Call>,
}

impl Waiting {
    /// Adds a call. A task waits in one alone: what it was in before is over.
    pub(super) fn add(&mut self, tid: Tid, call: Call) {
        if let Some((tid, last)) = self.last.replace((tid, call)) {
            self.others.insert(tid, last);
        }
        if !self.others.is_empty() {
            self.others.remove(&tid);
        }
    }

    /// Returns the call of a task that waits.
    pub(super) fn get(&self, tid: Tid) -> Option<&Call> {
        match &self.last {
            Some((last, call)) if *last == tid => Some(call),
            _ => self.others.get(&tid),
        }
    }

    /// Returns the same, to be changed.
    pub(super) fn get_mut(&mut self, tid: Tid) -> Option<&mut Call> {
        match &mut self.last {
            Some((last, call)) if *last == tid => Some(call),
            _ => self.others.get_mut(&tid),
        }
    }

    /// Takes the call of a task, which waits no more.
    pub(super) fn remove(&mut self, tid: Tid) -> Option<Call> {
        match self.last.take_if(|(last, _)| *last == tid) {
            Some((_, call)) => Some(call),
            None => self.others.remove(&tid),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(id: u64) -> Call {
        let notification =
            Notification { id, tid: None, audit_arch: 0, number: 0, args: [0; 6], instruction_pointer: 0 };
        Call { notification, answer: Answer::Continue, tick: 0 }
    }

    #[test]
    fn every_task_has_the_call_that_it_made_last_until_that_is_taken() {
        let tid = |number| Tid::new(number).expect("a tid");
        let mut waiting = Waiting::default();
        let id = |waiting: &Waiting, of| waiting.get(tid(of)).map(|call| call.notification.id);
        waiting.add(tid(1), call(10));
        waiting.add(tid(2), call(20));
        waiting.add(tid(1), call(11));
        assert_eq!([1, 2, 3].map(|of| id(&waiting, of)), [Some(11), Some(20), None]);
        waiting.get_mut(tid(2)).expect("it waits").answer = Answer::Result(5);
        assert_eq!(waiting.remove(tid(1)).map(|call| call.notification.id), Some(11));
        assert_eq!(waiting.remove(tid(2)).map(|call| call.answer), Some(Answer::Result(5)));
        assert!([1, 2].iter().all(|of| waiting.remove(tid(*of)).is_none()));
        waiting.add(tid(3), call(30));
        waiting.add(tid(3), call(31));
        assert_eq!(waiting.remove(tid(3)).map(|call| call.notification.id), Some(31));
        assert!(waiting.remove(tid(3)).is_none());
    }
}
