//! Strings, buffers and vectors in the task's memory.
use super::value::varying;
use super::{Decoder, Rest, list, number, text};
use crate::bytes::{number_at, word_at};
use crate::record::Token;
use crate::signature::names::structure;

/// PATH_MAX of include/uapi/linux/limits.h without the NUL, which it counts: no path is longer.
pub(super) const PATH_LIMIT: usize = 4095;
/// How many strings of an environment are counted before it is given up.
const COUNTED: usize = 65_536;
/// How many bytes of directory entries are looked at: libc asks for 32 KiB.
const ENTRIES_LIMIT: usize = 1 << 20;

/// What is to be seen of the buffers of a vector.
#[derive(Clone, Copy)]
pub(super) enum Content {
    /// All bytes: the call reads them.
    Whole,
    /// As many bytes, over all buffers: the call wrote them.
    First(u64),
    /// None, the call wrote nothing: where the buffers lie.
    Addresses,
    /// None: where they lie in another process.
    Elsewhere,
}

impl Decoder<'_> {
    /// A NUL-terminated string.
    pub(super) fn string(self, address: u64, limit: usize) -> Token {
        match self.look.string(address, limit) {
            Some((bytes, ended)) if address != 0 => Token::Quoted { bytes, truncated: !ended },
            _ => self.address(address),
        }
    }

    /// The beginning of `length` bytes. No bytes are an empty string wherever they lie; what cannot be read whole is an
    /// address, which is what one looks for where a call fails with EFAULT.
    pub(super) fn buffer(self, address: u64, length: u64) -> Token {
        if length == 0 && address != 0 {
            return Token::Quoted { bytes: Vec::new(), truncated: false };
        }
        let limit = self.style.string_limit;
        let shown = usize::try_from(length).map_or(limit, |length| length.min(limit));
        // Of no bytes the address would be asked for nothing.
        match self.look.bytes(address, shown.max(1)) {
            Some(mut bytes) if address != 0 && bytes.len() >= shown => {
                bytes.truncate(shown);
                let truncated = (bytes.len() as u64) < length;
                Token::Quoted { bytes, truncated }
            }
            _ => self.address(address),
        }
    }

    /// `count` iovecs.
    pub(super) fn vector(self, address: u64, count: u64, content: Content) -> Vec<Token> {
        if count == 0 && address != 0 {
            return vec![text("[]")];
        }
        let shown = usize::try_from(count).unwrap_or(usize::MAX).min(self.items_shown().max(1));
        // struct iovec: a pointer and a size, include/uapi/linux/uio.h.
        let size = 2 * self.view.abi.word_size();
        let Some(entries) =
            self.look.bytes(address, shown * size).filter(|bytes| bytes.len() >= size && address != 0)
        else {
            return vec![self.address(address)];
        };
        let mut content = content;
        let mut tokens = Vec::new();
        for (index, entry) in entries.chunks_exact(size).enumerate() {
            let (base, length) = entry.split_at(size / 2);
            let (base, length) = (word_at(base, 0), word_at(length, 0));
            tokens.push(text(if index == 0 { "[{iov_base=" } else { ", {iov_base=" }));
            tokens.push(match &mut content {
                Content::Whole => self.buffer(base, length),
                Content::First(left) => {
                    let filled = length.min(*left);
                    *left -= filled;
                    self.buffer(base, filled)
                }
                Content::Addresses => self.address(base),
                Content::Elsewhere => match base {
                    0 => text("NULL"),
                    value => Token::Address { value, mappings: Vec::new() },
                },
            });
            tokens.push(text(format!(", iov_len={length}}}")));
        }
        let read = entries.len() / size;
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        tokens.extend(match self.rest(address, read, shown, count, size) {
            Rest::Nothing => vec![text("]")],
            rest => [vec![text(", ")], rest.tokens(), vec![text("]")]].concat(),
        });
        tokens
    }

    /// A vector of strings that NULL ends: `["ls", "-l"]`.
    pub(super) fn strings(self, address: u64) -> Vec<Token> {
        let most = self.items_shown();
        let Some(pointers) = self.pointers(address, most + 1) else { return vec![self.address(address)] };
        let strings = pointers.addresses.iter().take(most);
        let strings = strings.map(|&pointer| vec![self.string(pointer, self.style.string_limit)]);
        list(
            strings,
            match pointers.unreadable {
                Some(hole) if pointers.addresses.len() <= most => Rest::Unreadable(self.address(hole)),
                _ if pointers.ended && pointers.addresses.len() <= most => Rest::Nothing,
                _ => Rest::More,
            },
        )
    }

    /// A vector of strings that NULL ends, as its address and their number.
    pub(super) fn string_count(self, address: u64) -> Vec<Token> {
        let mut tokens = vec![self.address(address)];
        if let Some(pointers) = self.pointers(address, COUNTED) {
            let count = pointers.addresses.len();
            let plural = if count == 1 { "" } else { "s" };
            let unterminated = if pointers.ended { "" } else { ", unterminated" };
            tokens.push(text(format!(" /* {count} var{plural}{unterminated} */")));
        }
        tokens
    }

    /// `length` bytes of directory entries, struct linux_dirent64 of include/linux/dirent.h: abbreviated as their number.
    pub(super) fn entries(self, address: u64, length: u64) -> Vec<Token> {
        const NAME: usize = 19;
        let length = usize::try_from(length).unwrap_or(0).min(ENTRIES_LIMIT);
        if address == 0 {
            return vec![self.address(address)];
        }
        let bytes =
            if length == 0 { Vec::new() } else { self.look.bytes(address, length).unwrap_or_default() };
        let mut entries = Vec::new();
        let mut rest = &bytes[..];
        while rest.len() > NAME {
            let size = number_at(rest, 16, 2) as usize;
            let Some(entry) = rest.get(..size).filter(|entry| entry.len() > NAME) else { break };
            entries.push(entry);
            rest = &rest[size..];
        }
        if self.style.abbreviate {
            return vec![self.address(address), text(format!(" /* {} entries */", entries.len()))];
        }
        let mut tokens = vec![text("[")];
        for (index, entry) in entries.iter().enumerate() {
            let end = entry[NAME..].iter().position(|&byte| byte == 0).map_or(entry.len(), |end| NAME + end);
            tokens.push(text(if index == 0 { "{d_ino=" } else { ", {d_ino=" }));
            tokens.push(varying(text(number_at(entry, 0, 8).to_string())));
            tokens.push(text(", d_off="));
            tokens.push(varying(text(number_at(entry, 8, 8).to_string())));
            let kind = number::one_of(number_at(entry, 18, 1), structure::ENTRY_TYPE);
            tokens.push(text(format!(", d_reclen={}, d_type={kind}, d_name=", entry.len())));
            tokens.push(Token::Quoted { bytes: entry[NAME..end].to_vec(), truncated: false });
            tokens.push(text("}"));
        }
        tokens.push(text("]"));
        tokens
    }

    /// The CPUs in a mask of `length` bytes: `[0 1]`.
    pub(super) fn cpus(self, address: u64, length: u64) -> Vec<Token> {
        // More CPUs no kernel has: CONFIG_NR_CPUS, arch/x86/Kconfig.
        const LONGEST: u64 = 8192 / 8;
        let Some(mask) = self.whole(address, length.min(LONGEST) as usize) else {
            return vec![self.address(address)];
        };
        let has = |cpu: &usize| mask[cpu / 8] & 1 << (cpu % 8) != 0;
        let cpus: Vec<String> = (0..mask.len() * 8).filter(has).map(|cpu| cpu.to_string()).collect();
        vec![text(format!("[{}]", cpus.join(" ")))]
    }

    /// Reads up to `limit` pointers before NULL, a part at a time: most vectors are short.
    fn pointers(self, address: u64, limit: usize) -> Option<Pointers> {
        const PART: usize = 64;
        if address == 0 {
            return None;
        }
        let size = self.view.abi.word_size();
        let mut addresses = Vec::new();
        while addresses.len() < limit {
            let wanted = PART.min(limit - addresses.len());
            let at = address.checked_add((addresses.len() * size) as u64)?;
            let bytes = self.look.bytes(at, wanted * size).unwrap_or_default();
            if bytes.len() < size {
                // Nothing at all is no vector; a vector that runs into a hole is shown as far as it goes.
                return (!addresses.is_empty()).then_some(Pointers {
                    addresses,
                    ended: false,
                    unreadable: Some(at),
                });
            }
            for entry in bytes.chunks_exact(size) {
                match word_at(entry, 0) {
                    0 => return Some(Pointers { addresses, ended: true, unreadable: None }),
                    pointer => addresses.push(pointer),
                }
            }
        }
        Some(Pointers { addresses, ended: false, unreadable: None })
    }
}

/// What stands in a vector of pointers.
struct Pointers {
    addresses: Vec<u64>,
    /// Whether NULL was seen.
    ended: bool,
    /// Where memory ended before NULL.
    unreadable: Option<u64>,
}
