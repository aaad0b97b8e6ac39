//! Sets of descriptors, and which of them are ready.
use super::{Decoder, number, text};
use crate::bytes::number_at;
use crate::record::Token;
use crate::signature::layout;
use crate::signature::names::structure;

/// More descriptors are not looked at: FD_SETSIZE, sixteen times.
const MOST: u64 = 16 * 1024;

impl Decoder<'_> {
    /// The descriptors below `count` in a set of select(2): `[3 5]`.
    pub(super) fn descriptor_set(self, address: u64, count: u64) -> Vec<Token> {
        let Some(members) = self.members(address, count) else { return vec![self.address(address)] };
        let mut tokens = vec![text("[")];
        for (index, &member) in members.iter().enumerate() {
            if index > 0 {
                tokens.push(text(" "));
            }
            tokens.extend(self.descriptor(member));
        }
        tokens.push(text("]"));
        tokens
    }

    fn members(self, address: u64, count: u64) -> Option<Vec<i32>> {
        let count = if (count as i32) < 0 { 0 } else { u64::from(count as u32).min(MOST) };
        let size = (count as usize).div_ceil(8).next_multiple_of(self.view.abi.word_size());
        if size == 0 {
            return None;
        }
        let bytes = self.whole(address, size)?;
        let has = |member: &i32| bytes[*member as usize / 8] & (1 << (*member % 8)) != 0;
        Some((0..count as i32).filter(has).collect())
    }

    /// What select(2) found: ` (in [3], out [4])`, or ` (Timeout)`.
    pub(super) fn selected(self, ready: i64) -> Vec<Token> {
        if ready == 0 {
            return vec![text(" (Timeout)")];
        }
        let mut tokens = Vec::new();
        for (argument, name) in [(1, "in"), (2, "out"), (3, "except")] {
            let Some(members) = self.members(self.arguments[argument], self.arguments[0]) else { continue };
            if members.is_empty() {
                continue;
            }
            tokens.push(text(format!("{}{name} [", if tokens.is_empty() { " (" } else { ", " })));
            for (index, &number) in members.iter().enumerate() {
                if index > 0 {
                    tokens.push(text(" "));
                }
                tokens.push(Token::Descriptor { number, name: None });
            }
            tokens.push(text("]"));
        }
        if !tokens.is_empty() {
            tokens.push(text(")"));
        }
        tokens
    }

    /// What poll(2) found: ` ([{fd=3, revents=POLLIN}])`, or ` (Timeout)`.
    pub(super) fn polled(self, ready: i64) -> Vec<Token> {
        if ready == 0 {
            return vec![text(" (Timeout)")];
        }
        const ENTRY: usize = 8;
        let count = (self.arguments[1] as u32 as usize).min(MOST as usize);
        let bytes = self.look.bytes(self.arguments[0], count * ENTRY).unwrap_or_default();
        let mut tokens = Vec::new();
        let mut shown = 0;
        for entry in bytes.chunks_exact(ENTRY).filter(|_| self.arguments[0] != 0) {
            let (offset, width) = layout::REVENTS.of(self.view.abi);
            let events = number_at(entry, offset, width);
            if events == 0 {
                continue;
            }
            tokens.push(text(if shown == 0 { " ([" } else { ", " }));
            if shown == self.items_shown() {
                tokens.push(text("..."));
                break;
            }
            shown += 1;
            tokens.push(text("{fd="));
            tokens.push(Token::Descriptor { number: number_at(entry, 0, 4) as i32, name: None });
            tokens.push(text(format!(", revents={}}}", number::flags(events, structure::POLL))));
        }
        if !tokens.is_empty() {
            tokens.push(text("])"));
        }
        tokens
    }
}
