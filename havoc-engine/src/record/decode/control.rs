//! Ancillary data of sockets: a row of headers, each with data behind it. cmsg(3).
use super::{Decoder, Moment, Rest, list, text};
use crate::bytes::number_at;
use crate::record::Token;
use crate::signature::layout;

/// The kernel takes no more than net.core.optmem_max, which is this by default; what a program claims may be anything.
const MOST: u64 = 128 * 1024;
const SOL_SOCKET: u64 = 1;
const SCM_RIGHTS: u64 = 1;
const SCM_CREDENTIALS: u64 = 2;
/// How many descriptors the kernel takes or gives with one message, whatever its headers say: SCM_MAX_FD, include/net/scm.h.
/// Each is a question to the kernel.
const SCM_MAX_FD: usize = 253;

impl Decoder<'_> {
    /// The control messages in `length` bytes.
    pub(super) fn control(self, address: u64, length: u64) -> Vec<Token> {
        let abi = self.view.abi;
        let header = layout::CMSGHDR.size(abi);
        let bytes = self.look.bytes(address, length.min(MOST) as usize).unwrap_or_default();
        if address == 0 || bytes.len() < header {
            return vec![self.address(address)];
        }
        let (mut messages, mut room) = (Vec::new(), SCM_MAX_FD);
        let mut rest = &bytes[..];
        while rest.len() >= header && messages.len() < self.items_shown() {
            let [length, level, kind] = [0, 1, 2].map(|index: usize| {
                let (offset, width) = layout::CMSGHDR.fields[index].place.of(abi);
                number_at(rest, offset, width)
            });
            let mut message = self.fields(&layout::CMSGHDR, &rest[..header], Moment::Entry);
            // Data come before the brace.
            message.pop();
            let end = usize::try_from(length).unwrap_or(usize::MAX).min(rest.len());
            let data = rest.get(header..end).unwrap_or_default();
            message.extend(self.control_data(level, kind, data, &mut room));
            message.push(text("}"));
            messages.push(message);
            // CMSG_ALIGN: the next one begins at a whole word.
            let next = end.next_multiple_of(abi.word_size());
            rest = if end < header { &[] } else { rest.get(next..).unwrap_or_default() };
        }
        list(messages, if rest.len() < header { Rest::Nothing } else { Rest::More })
    }

    /// What follows a header; of descriptors as many as there is still `room` for.
    fn control_data(self, level: u64, kind: u64, data: &[u8], room: &mut usize) -> Vec<Token> {
        if data.is_empty() {
            return Vec::new();
        }
        let mut tokens = vec![text(", cmsg_data=")];
        match (level, kind) {
            (SOL_SOCKET, SCM_RIGHTS) => {
                let descriptors = data.chunks_exact(4);
                let shown = descriptors.len().min(*room);
                *room -= shown;
                let rest = if shown == descriptors.len() { Rest::Nothing } else { Rest::More };
                let descriptors = descriptors.take(shown).map(|bytes| number_at(bytes, 0, 4) as i32);
                tokens.extend(list(descriptors.map(|number| self.descriptor(number)), rest));
            }
            (SOL_SOCKET, SCM_CREDENTIALS) => {
                let crate::signature::object::Item::Struct(credentials) = &layout::UCRED.item else {
                    return Vec::new();
                };
                tokens.extend(self.fields(credentials, data, Moment::Entry));
            }
            _ => {
                let shown = data.len().min(self.style.string_limit);
                tokens.push(Token::Quoted { bytes: data[..shown].to_vec(), truncated: shown < data.len() });
            }
        }
        tokens
    }
}
