//! `short`: the kernel is asked to move less than the program asked for, and moves it for real.
use super::Session;
use super::act::{Done, SHORT};
use super::tracee::{Call, Undo};
use super::vectors::{self, Vectors};
use crate::kernel::{Kernel, KernelError, LookError, Stopped};
use crate::plan::Short;
use crate::resource::DescriptorKind;
use crate::signature::{self, Extent};
use crate::task::Tid;

impl<K: Kernel> Session<'_, K> {
    /// Makes the call that is about to be executed come short.
    pub(super) fn shorten(
        &mut self,
        stopped: &Stopped,
        call: &mut Call,
        short: Short,
    ) -> Result<Done, KernelError> {
        let tid = stopped.tid();
        let Some(transfer) = call.view.name().and_then(signature::transfer) else {
            return Ok(Done::Not("it moves no data".to_owned()));
        };
        for index in transfer.descriptors {
            if let Some(reason) = self.cannot_come_short(tid, call.view.args[*index] as i32) {
                return Ok(Done::Not(reason));
            }
        }
        match transfer.extent {
            Extent::Count { count, .. } => {
                let asked = call.view.args[count].min(vectors::MOST);
                let Some(most) = short.of(asked) else { return Ok(too_little(asked)) };
                self.change_argument(stopped, call, count, most)?;
                call.effect.most = Some(most);
                Ok(shortened(most, asked))
            }
            Extent::Vector { vector, count } => {
                let vectors = self.vectors(tid, call.view.abi, call.view.args[vector], call.view.args[count]);
                let Some(vectors) = read(vectors) else { return Ok(Done::Not(UNREADABLE.to_owned())) };
                let (cut, done) = cut(&vectors, short);
                let Some(cut) = cut else { return Ok(done) };
                if !self.cut_last(tid, call, &vectors, &cut) {
                    return Ok(Done::Not(UNWRITABLE.to_owned()));
                }
                self.change_argument(stopped, call, count, cut.count as u64)?;
                call.effect.most = Some(cut.most);
                Ok(done)
            }
            Extent::Message { message } => {
                let message = call.view.args[message];
                Ok(self.shorten_message(tid, call, message, short))
            }
            Extent::Messages { messages, count } => {
                let message = call.view.args[messages];
                let done = self.shorten_message(tid, call, message, short);
                // It returns messages, not bytes.
                call.effect.most = None;
                // The others come later: as many messages as were moved is what the call returns.
                if matches!(done, Done::Yes(_)) && call.view.args[count] > 1 {
                    self.change_argument(stopped, call, count, 1)?;
                }
                Ok(done)
            }
        }
    }

    /// Returns why what moves through a descriptor cannot come short; `None` if it can. A short read of an eventfd is an
    /// error, one of a datagram loses the rest, and one with O_DIRECT is not aligned.
    fn cannot_come_short(&mut self, tid: Tid, descriptor: i32) -> Option<String> {
        match self.kernel.descriptor_kind(tid, descriptor) {
            Ok(Some(DescriptorKind::Other(what))) => Some(format!("{what} does not come short")),
            Ok(Some(_)) => None,
            Ok(None) | Err(LookError::Vanished(_)) => Some("its descriptor is not open".to_owned()),
            Err(_) => Some("its descriptor cannot be looked at".to_owned()),
        }
    }

    fn shorten_message(&mut self, tid: Tid, call: &mut Call, message: u64, short: Short) -> Done {
        let abi = call.view.abi;
        let Some(vectors) = read(self.message(tid, abi, message)) else {
            return Done::Not(UNREADABLE.to_owned());
        };
        let (cut, done) = cut(&vectors, short);
        let Some(cut) = cut else { return done };
        let count_at = vectors::count_of_message(abi, message);
        if !self.cut_last(tid, call, &vectors, &cut)
            || !self.change_word(tid, call, count_at, vectors.pieces.len() as u64, cut.count as u64)
        {
            return Done::Not(UNWRITABLE.to_owned());
        }
        call.effect.most = Some(cut.most);
        done
    }

    /// Shortens the last vector that is left.
    fn cut_last(&mut self, tid: Tid, call: &mut Call, vectors: &Vectors, cut: &Cut) -> bool {
        let last = cut.count - 1;
        let was = vectors.pieces[last].length;
        was == cut.last || {
            let at = vectors::length_of_vector(call.view.abi, vectors.address, last);
            self.change_word(tid, call, at, was, cut.last)
        }
    }

    /// Changes a word in the task's memory for the time of the call.
    fn change_word(&mut self, tid: Tid, call: &mut Call, address: u64, was: u64, value: u64) -> bool {
        let width = call.view.abi.word_size();
        // Noted before: of a write that fails a part may have been done.
        call.undo.push(Undo::Memory { address, bytes: was.to_ne_bytes()[..width].to_vec() });
        matches!(self.kernel.write_memory(tid, address, &value.to_ne_bytes()[..width]), Ok(all) if all == width)
    }
}

const UNREADABLE: &str = "its vectors cannot be read";
const UNWRITABLE: &str = "its vectors cannot be written";

fn read(vectors: Result<Vectors, LookError>) -> Option<Vectors> {
    vectors.ok().filter(|vectors| !vectors.pieces.is_empty())
}

fn too_little(asked: u64) -> Done {
    let bytes = if asked == 1 { "byte" } else { "bytes" };
    Done::Not(format!("it asks for {asked} {bytes}"))
}

fn shortened(most: u64, asked: u64) -> Done {
    Done::Yes(format!("{SHORT}{most} of {asked}"))
}

/// What is left of vectors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Cut {
    /// How many.
    count: usize,
    /// The length of the last.
    last: u64,
    /// How many bytes that are.
    most: u64,
}

fn cut(vectors: &Vectors, short: Short) -> (Option<Cut>, Done) {
    let asked = vectors::total(&vectors.pieces);
    let Some(most) = short.of(asked) else { return (None, too_little(asked)) };
    let mut left = most;
    for (index, piece) in vectors.pieces.iter().enumerate() {
        if piece.length >= left {
            return (Some(Cut { count: index + 1, last: left, most }), shortened(most, asked));
        }
        left -= piece.length;
    }
    (None, too_little(asked))
}

#[cfg(test)]
mod tests {
    use super::vectors::Piece;
    use super::*;

    #[test]
    fn vectors_are_cut_where_the_bytes_end() {
        let of = |lengths: &[u64], most| {
            let pieces = lengths.iter().map(|length| Piece { address: 0, length: *length }).collect();
            cut(&Vectors { address: 0, pieces }, Short::Bytes(most)).0
        };
        assert_eq!(of(&[4, 4], 1), Some(Cut { count: 1, last: 1, most: 1 }));
        assert_eq!(of(&[4, 4], 4), Some(Cut { count: 1, last: 4, most: 4 }));
        assert_eq!(of(&[4, 4], 5), Some(Cut { count: 2, last: 1, most: 5 }));
        assert_eq!(of(&[0, 4], 1), Some(Cut { count: 2, last: 1, most: 1 }));
        assert_eq!(of(&[4, 4], 8), None);
        assert_eq!(of(&[0, 0], 1), None);
    }
}
