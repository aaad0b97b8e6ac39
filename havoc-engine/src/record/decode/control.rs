//! Ancillary data of sockets: a row of headers, each with data behind it. cmsg(3).
use super::{Decoder, Moment, text};
use crate::bytes::number_at;
use crate::record::Token;
use crate::signature::layout;

/// The kernel takes no more than net.core.optmem_max, which is this by default; what a program claims may be anything.
const MOST: u64 = 128 * 1024;
const SOL_SOCKET: u64 = 1;
const SCM_RIGHTS: u64 = 1;
const SCM_CREDENTIALS: u64 = 2;

impl Decoder<'_> {
    /// The control messages in `length` bytes.
    pub(super) fn control(self, address: u64, length: u64) -> Vec<Token> {
        let abi = self.view.abi;
        let header = layout::CMSGHDR.size(abi);
        let bytes = self.look.bytes(address, length.min(MOST) as usize).unwrap_or_default();
        if address == 0 || bytes.len() < header {
            return vec![self.address(address)];
        }
        let mut tokens = vec![text("[")];
        let mut rest = &bytes[..];
        while rest.len() >= header {
            let [length, level, kind] = [0, 1, 2].map(|index: usize| {
                let (offset, width) = layout::CMSGHDR.fields[index].place.of(abi);
                number_at(rest, offset, width)
            });
            if tokens.len() > 1 {
                tokens.push(text(", "));
            }
            let mut message = self.fields(&layout::CMSGHDR, &rest[..header], Moment::Entry);
            // Data come before the brace.
            message.pop();
            tokens.extend(message);
            let end = usize::try_from(length).unwrap_or(usize::MAX).min(rest.len());
            tokens.extend(self.control_data(level, kind, rest.get(header..end).unwrap_or_default()));
            tokens.push(text("}"));
            // CMSG_ALIGN: the next one begins at a whole word.
            let next = end.next_multiple_of(abi.word_size());
            if end < header || next >= rest.len() {
                break;
            }
            rest = &rest[next..];
        }
        tokens.push(text("]"));
        tokens
    }

    fn control_data(self, level: u64, kind: u64, data: &[u8]) -> Vec<Token> {
        if data.is_empty() {
            return Vec::new();
        }
        let mut tokens = vec![text(", cmsg_data=")];
        match (level, kind) {
            (SOL_SOCKET, SCM_RIGHTS) => {
                tokens.push(text("["));
                for (index, descriptor) in data.chunks_exact(4).enumerate() {
                    if index > 0 {
                        tokens.push(text(", "));
                    }
                    tokens.push(self.descriptor(number_at(descriptor, 0, 4) as i32));
                }
                tokens.push(text("]"));
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
