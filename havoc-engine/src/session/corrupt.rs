//! `corrupt`: data that was read is changed before the program sees it; data that is about to be written is changed for the
//! time of the call, and the program's own buffer is as before afterwards.
use super::Session;
use super::act::Done;
use super::tracee::{Call, Undo};
use super::vectors::{self, Piece};
use crate::kernel::Kernel;
use crate::matcher::{Injection, chance};
use crate::plan::Corrupt;
use crate::resource::AddressRange;
use crate::signature::{self, Direction};
use crate::task::{LogicalPath, Tid};
use std::collections::BTreeMap;

const UNCHANGED: &str = "its data cannot be changed";

/// Most bytes of one write that are changed and put back: they are all kept meanwhile.
const MOST: u64 = 64 << 20;
/// So many bytes are filled at once: what a call has read may be 2 GiB, of which nothing is kept.
const AT_ONCE: u64 = 1 << 20;

impl<K: Kernel> Session<'_, K> {
    /// Changes what the call is about to write.
    pub(super) fn corrupt_written(
        &mut self,
        tid: Tid,
        call: &mut Call,
        injection: &Injection,
        corrupt: Corrupt,
    ) -> Option<Done> {
        let transfer = call.view.name().and_then(signature::transfer)?;
        if transfer.direction != Direction::Write {
            return None;
        }
        let Ok(pieces) = self.pieces(tid, &call.view, transfer.extent, None) else {
            return Some(Done::Not("its data cannot be read".to_owned()));
        };
        let total = vectors::total(&pieces);
        if total > MOST {
            return Some(Done::Not(format!(
                "it writes more than {} MiB, which are too many to keep",
                MOST >> 20
            )));
        }
        for piece in &pieces {
            match self.is_shared(tid, piece) {
                Some(false) => {}
                Some(true) => {
                    return Some(Done::Not(
                        "its buffer is a shared mapping, whose other users would see the change".to_owned(),
                    ));
                }
                None => return Some(Done::Not("its mappings cannot be looked at".to_owned())),
            }
        }
        let mut undo = Vec::new();
        let done = self.corrupt(tid, &pieces, injection, corrupt, Some(&mut undo));
        // In the order of the changes: the last is put back first, since one buffer may be given twice.
        call.undo.append(&mut undo);
        Some(done)
    }

    /// Changes what the call has read, `returned` as it says.
    pub(super) fn corrupt_read(
        &mut self,
        tid: Tid,
        call: &Call,
        injection: &Injection,
        corrupt: Corrupt,
        returned: u64,
    ) -> Option<Done> {
        let transfer = call.view.name().and_then(signature::transfer)?;
        if transfer.direction != Direction::Read {
            return None;
        }
        Some(match self.pieces(tid, &call.view, transfer.extent, Some(returned)) {
            Ok(pieces) => self.corrupt(tid, &pieces, injection, corrupt, None),
            Err(_) => Done::Not("its data cannot be read".to_owned()),
        })
    }

    /// Tells whether what is stored there reaches others; `None` if that cannot be found out.
    fn is_shared(&mut self, tid: Tid, piece: &Piece) -> Option<bool> {
        let range = AddressRange::new(piece.address, piece.length);
        self.kernel.is_shared_memory(tid, range).ok()
    }

    fn corrupt(
        &mut self,
        tid: Tid,
        pieces: &[Piece],
        injection: &Injection,
        corrupt: Corrupt,
        undo: Option<&mut Vec<Undo>>,
    ) -> Done {
        let total = vectors::total(pieces);
        if total == 0 {
            return Done::Not("there is no data".to_owned());
        }
        match corrupt {
            Corrupt::Fill(byte) => match self.fill(tid, pieces, byte, undo) {
                0 => Done::Not(UNCHANGED.to_owned()),
                filled => Done::Yes(format!("{filled} bytes filled with {byte:#04x}")),
            },
            Corrupt::Flip(bits) => {
                match self.flip(tid, pieces, injection, u64::from(bits).min(total * 8), undo) {
                    0 => Done::Not(UNCHANGED.to_owned()),
                    1 => Done::Yes(format!("1 bit of {total} bytes flipped")),
                    flipped => Done::Yes(format!("{flipped} bits of {total} bytes flipped")),
                }
            }
        }
    }

    /// Fills what can be filled, and returns how many bytes that are.
    fn fill(&mut self, tid: Tid, pieces: &[Piece], byte: u8, mut undo: Option<&mut Vec<Undo>>) -> u64 {
        let mut filled = 0;
        let longest = pieces.iter().map(|piece| piece.length.min(AT_ONCE)).max().unwrap_or(0) as usize;
        let (mut before, fill) = (vec![0; longest], vec![byte; longest]);
        for piece in pieces.iter().flat_map(parts) {
            let before = &mut before[..piece.length as usize];
            // Only what can be read is filled: a hole in it is passed over.
            let Ok(length) = self.kernel.read_memory(tid, piece.address, before) else { continue };
            if let Some(undo) = undo.as_deref_mut() {
                // Noted before: of a write that fails a part may have been done.
                undo.push(Undo::Memory { address: piece.address, bytes: before[..length].to_vec() });
            }
            if length > 0
                && let Ok(written) = self.kernel.write_memory(tid, piece.address, &fill[..length])
            {
                filled += written as u64;
            }
        }
        filled
    }

    /// Flips what can be flipped, and returns how many bits that are.
    fn flip(
        &mut self,
        tid: Tid,
        pieces: &[Piece],
        injection: &Injection,
        bits: u64,
        mut undo: Option<&mut Vec<Undo>>,
    ) -> u32 {
        let place = self.tracees.place(tid).cloned().unwrap_or_default();
        let mut flipped = 0;
        for (address, mask) in self.chosen_bits(pieces, injection, &place, bits) {
            let mut byte = [0];
            if matches!(self.kernel.read_memory(tid, address, &mut byte), Ok(1))
                && self.kernel.write_memory(tid, address, &[byte[0] ^ mask]).is_ok()
            {
                if let Some(undo) = undo.as_deref_mut() {
                    undo.push(Undo::Memory { address, bytes: byte.to_vec() });
                }
                flipped += mask.count_ones();
            }
        }
        flipped
    }

    /// Chooses that many different bits, as a mask for each byte by its address.
    fn chosen_bits(
        &self,
        pieces: &[Piece],
        injection: &Injection,
        place: &LogicalPath,
        bits: u64,
    ) -> BTreeMap<u64, u8> {
        let mut numbers = self.matcher.random(injection, place);
        let total = vectors::total(pieces) * 8;
        let mut masks = BTreeMap::new();
        // Floyd's way to draw a set: each of the last `bits` places draws from those up to itself, and stands for itself if
        // that one is taken.
        for last in total - bits..total {
            let drawn = chance::below(&mut numbers, last + 1);
            let (address, mask) = bit_at(pieces, drawn);
            let taken: &mut u8 = masks.entry(address).or_default();
            if *taken & mask == 0 {
                *taken |= mask;
            } else {
                let (address, mask) = bit_at(pieces, last);
                *masks.entry(address).or_default() |= mask;
            }
        }
        masks
    }
}

/// Cuts a piece into parts that are filled at once.
fn parts(piece: &Piece) -> impl Iterator<Item = Piece> + use<> {
    let Piece { address, length } = *piece;
    (0..length).step_by(AT_ONCE as usize).map(move |begin| Piece {
        address: address.saturating_add(begin),
        length: (length - begin).min(AT_ONCE),
    })
}

/// Returns the address of the `index`-th bit of pieces, and its mask.
fn bit_at(pieces: &[Piece], index: u64) -> (u64, u8) {
    let mut byte = index / 8;
    for piece in pieces {
        if byte < piece.length {
            return (piece.address + byte, 1 << (index % 8));
        }
        byte -= piece.length;
    }
    (pieces.last().map_or(0, |piece| piece.address), 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_piece_is_cut_into_parts_without_gap_or_overlap() {
        let of = |length| -> Vec<(u64, u64)> {
            let piece = Piece { address: 0x1000, length };
            parts(&piece).map(|part| (part.address - 0x1000, part.length)).collect()
        };
        assert_eq!(of(0), []);
        assert_eq!(of(AT_ONCE), [(0, AT_ONCE)]);
        assert_eq!(of(2 * AT_ONCE + 5), [(0, AT_ONCE), (AT_ONCE, AT_ONCE), (2 * AT_ONCE, 5)]);
    }

    #[test]
    fn bits_are_numbered_over_all_pieces() {
        let pieces = [Piece { address: 0x100, length: 2 }, Piece { address: 0x200, length: 1 }];
        assert_eq!(bit_at(&pieces, 0), (0x100, 1));
        assert_eq!(bit_at(&pieces, 15), (0x101, 0x80));
        assert_eq!(bit_at(&pieces, 16), (0x200, 1));
        assert_eq!(bit_at(&pieces, 23), (0x200, 0x80));
    }
}
