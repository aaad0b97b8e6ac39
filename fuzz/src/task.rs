//! A made-up task, and a call of it, out of bytes.
//!
//! ```text
//! byte 0     1..5     5..13    13..61            61…
//!   ABI    number   result   six arguments    memory
//! ```
//!
//! Two bits of the first byte say how much is shown. Numbers are little-endian. The memory begins anew wherever it ends, and every eighth page is not mapped: nearly any
//! address is then good for a structure, and any range ends.
use havoc_arch::{Abi, Returned, SyscallView};
use havoc_engine::plan::Endpoint;
use havoc_engine::record::{Look, Style};
use havoc_engine::resource::{AddressRange, Mapping, Socket};
use std::cell::Cell;

const PAGE: u64 = 4096;
/// Which part of the pages is not mapped.
const HOLES: u64 = 8;
/// How many bytes one question may ask for: a task must not make havoc read all of its memory. The most are directory
/// entries.
const MOST_BYTES: usize = 1 << 20;
/// How many questions one call may need: a vector of 65 536 pointers, read in parts of 64, or 32 messages of 32 parts each
/// with some for its address and its control data.
const MOST_QUESTIONS: usize = 4096;
/// Where nothing is abbreviated, a thousand messages of a thousand parts each are shown, on a line of tens of megabytes. No
/// more questions than these are answered there.
const MOST_ANSWERS: usize = 64;
/// How many descriptors one call may have: the three sets of select, of 16 384 each, and a few.
const MOST_DESCRIPTORS: usize = 3 * 16_384 + 64;
/// How many are open at most: the usual RLIMIT_NOFILE.
const MOST_OPEN: i32 = 1024;

/// A call, what it returned, and the task that made it.
#[derive(Debug)]
pub struct Call<'a> {
    /// The call.
    pub view: SyscallView,
    /// What the kernel returned.
    pub returned: Returned,
    /// Whom to ask.
    pub task: Task<'a>,
}

impl Call<'_> {
    /// Reads them from the input; what is missing at its end is 0.
    #[must_use]
    pub fn of(input: &[u8]) -> Call<'_> {
        let judged: Vec<Abi> = Abi::ALL.into_iter().filter(|abi| abi.is_judged()).collect();
        let (head, memory) = input.split_at(input.len().min(61));
        let byte = |at: usize| head.get(at).copied().unwrap_or(0);
        let word = |at: usize| u64::from_le_bytes(std::array::from_fn(|index| byte(at + index)));
        let abi = judged[usize::from(byte(0) & 0x3f) % judged.len()];
        let style = [
            Style::default(),
            Style { string_limit: 0, ..Style::default() },
            Style { string_limit: 7, ..Style::default() },
            Style { abbreviate: false, directory: true, addresses: true, ..Style::default() },
        ][usize::from(byte(0) >> 6)];
        let view = SyscallView {
            abi,
            number: word(1) as u32,
            args: std::array::from_fn(|index| abi.argument(word(13 + 8 * index))),
            instruction_pointer: 0,
            stack_pointer: 0,
        };
        let returned = Returned::from_raw(abi.result(word(5).cast_signed()));
        Call {
            view,
            returned,
            task: Task { memory, style, questions: Cell::new(0), descriptors: Cell::new(0) },
        }
    }
}

/// Whom the decoders ask.
#[derive(Debug)]
pub struct Task<'a> {
    memory: &'a [u8],
    style: Style,
    questions: Cell<usize>,
    descriptors: Cell<usize>,
}

impl Task<'_> {
    /// Counts a question, and tells whether it is answered.
    fn answers(&self) -> bool {
        self.questions.set(self.questions.get() + 1);
        if !self.style.abbreviate {
            return self.questions.get() <= MOST_ANSWERS;
        }
        assert!(self.questions.get() <= MOST_QUESTIONS, "more than {MOST_QUESTIONS} questions for one call");
        true
    }

    /// The memory from `address` up to where its page ends, or where the memory begins anew.
    fn piece(&self, address: u64) -> Option<&[u8]> {
        let is_hole = address / PAGE % HOLES == HOLES - 1;
        let length = u64::try_from(self.memory.len()).ok().filter(|length| *length > 0 && !is_hole)?;
        let start = address % length;
        let end = length.min(start + (PAGE - address % PAGE));
        self.memory.get(start as usize..end as usize)
    }
}

impl Look for Task<'_> {
    fn bytes(&self, address: u64, length: usize) -> Option<Vec<u8>> {
        assert!(length <= MOST_BYTES, "{length} bytes at once");
        if !self.answers() {
            return None;
        }
        let (mut bytes, mut next) = (Vec::new(), Some(address));
        while let Some(piece) = next.filter(|_| bytes.len() < length).and_then(|address| self.piece(address))
        {
            let piece = &piece[..piece.len().min(length - bytes.len())];
            bytes.extend_from_slice(piece);
            next = next.and_then(|address| address.checked_add(piece.len() as u64));
        }
        (!bytes.is_empty()).then_some(bytes)
    }

    fn string(&self, address: u64, limit: usize) -> Option<(Vec<u8>, bool)> {
        let mut bytes = self.bytes(address, limit.checked_add(1)?)?;
        let end = bytes.iter().position(|&byte| byte == 0);
        // Memory may end before either comes.
        let is_string = end.is_some() || bytes.len() >= limit;
        bytes.truncate(end.unwrap_or(bytes.len()).min(limit));
        is_string.then_some((bytes, end.is_some()))
    }

    fn descriptor_name(&self, descriptor: i32) -> Option<Vec<u8>> {
        self.descriptors.set(self.descriptors.get() + 1);
        let is_within = self.descriptors.get() <= MOST_DESCRIPTORS;
        assert!(is_within || !self.style.abbreviate, "more than {MOST_DESCRIPTORS} descriptors in one call");
        assert!(descriptor >= 0, "descriptor {descriptor} cannot be open");
        // Any bytes but NUL may be in a name.
        let name = || self.memory.iter().copied().filter(|&byte| byte != 0).take(64).collect();
        let name = || if descriptor % 3 == 1 { b"socket:[7]".to_vec() } else { name() };
        (is_within && descriptor < MOST_OPEN && descriptor % 3 != 0).then(name)
    }

    fn working_directory(&self) -> Option<Vec<u8>> {
        Some(self.memory.iter().copied().filter(|&byte| byte != 0).take(64).collect())
    }

    fn socket(&self, descriptor: i32) -> Option<Socket> {
        let is_stream = descriptor % 2 == 0;
        let endpoints = vec![Endpoint::Unix(self.memory.iter().copied().take(64).collect())];
        Some(Socket { is_stream, transport: None, endpoints, incomplete: false })
    }

    fn mappings(&self, address: u64, length: u64) -> Vec<Mapping> {
        if !self.answers() {
            return Vec::new();
        }
        let asked = AddressRange::new(address, length);
        let pages = (0..4).map_while(|index| {
            Some(asked.start / PAGE * PAGE).and_then(|start| start.checked_add(index * PAGE))
        });
        let inside = pages.filter(|start| *start < asked.end && self.piece(*start).is_some());
        inside
            .map(|start| Mapping {
                range: AddressRange::new(start, PAGE),
                // A driver's file may have any (drivers/char/mem.c, FMODE_UNSIGNED_OFFSET).
                offset: (start ^ !0xfff).rotate_left(12) & !(PAGE - 1),
                name: (!(start / PAGE).is_multiple_of(3)).then(|| b"/data/<m>\n(deleted)".to_vec()),
                is_shared: start / PAGE % 3 == 1,
                is_file: start / PAGE % 3 == 1,
            })
            .collect()
    }

    fn style(&self) -> Style {
        self.style
    }
}
