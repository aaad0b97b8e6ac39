//! Raw arguments and results → [`Token`]s.
//!
//! What an argument is comes from the table of signatures; here is how it is written. Nothing fails: memory that
//! cannot be read is shown as its address, a value without a name as a number.
mod control;
mod descriptor;
mod memory;
mod number;
mod object;
mod outcome;
mod ready;
mod socket;
mod value;

use super::{Look, Style, Token};
use crate::signature::{self, Kind};
use havoc_arch::{Restart, Returned, SyscallView};
use memory::Content;

pub use number::signal as signal_or_number;
pub use outcome::{result, signal_code};

/// An argument as far as it is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Argument {
    /// Decoded at the entry.
    Known(Vec<Token>),
    /// What the call writes; decoded at the exit.
    Pending,
    /// What the call reads and changes: decoded at the entry, and completed at the exit.
    Begun {
        /// How it was.
        tokens: Vec<Token>,
        /// The numbers that say what has changed: a length, an offset, flags; of several messages a length each.
        before: Vec<u64>,
    },
}

/// Decodes the arguments at the entry, in strace's manner. Arguments that this very call does not read are left out;
/// a call without a signature shows all six.
#[must_use]
pub fn at_entry(view: &SyscallView, look: &dyn Look) -> Vec<Argument> {
    let decoder = Decoder::new(view, look);
    shown(view)
        .map(|(index, kind)| match kind {
            Kind::BufferOut | Kind::VectorOut { .. } | Kind::PathOut => Argument::Pending,
            Kind::Out(_)
            | Kind::OutIfPositive(_)
            | Kind::OutIfInterrupted(_)
            | Kind::SocketAddressOut { .. }
            | Kind::OptionValueOut { .. }
            | Kind::Entries
            | Kind::CpusOut
                if view.args[index] != 0 =>
            {
                Argument::Pending
            }
            Kind::InOut(_) | Kind::Message | Kind::Messages { .. } | Kind::CloneArgs => {
                decoder.begun(index, kind)
            }
            _ => Argument::Known(decoder.known(index, kind)),
        })
        .collect()
}

/// Decodes at the exit what was pending. Where the call wrote nothing, the address is shown.
pub fn at_exit(arguments: &mut [Argument], view: &SyscallView, returned: Returned, look: &dyn Look) {
    let decoder = Decoder::new(view, look);
    let mut lengths = [None; 6];
    for (argument, (index, _)) in arguments.iter().zip(shown(view)) {
        if let Argument::Begun { before, .. } = argument {
            lengths[index] = before.first().copied();
        }
    }
    for (argument, (index, kind)) in arguments.iter_mut().zip(shown(view)) {
        match argument {
            Argument::Known(_) => {}
            Argument::Pending => {
                *argument = Argument::Known(decoder.written(index, kind, returned, &lengths));
            }
            Argument::Begun { tokens, before } => {
                let tokens = std::mem::take(tokens);
                *argument = Argument::Known(decoder.changed(index, kind, tokens, before, returned));
            }
        }
    }
}

/// The arguments that are shown, by index.
fn shown(view: &SyscallView) -> impl Iterator<Item = (usize, Kind)> {
    let signature = signature::of_call(view.abi, view.number);
    let kinds = signature.map_or(&[Kind::Word; 6][..], |signature| signature.kinds(&view.args));
    // open(2) reads the mode only where it may create a file.
    let creates = move |index: usize| index > 0 && number::creates(view.args[index - 1]);
    kinds
        .iter()
        .copied()
        .enumerate()
        .filter(move |&(index, kind)| kind != Kind::Unused && (kind != Kind::CreateMode || creates(index)))
}

/// One call and what may be asked about its task.
#[derive(Clone, Copy)]
struct Decoder<'a> {
    view: &'a SyscallView,
    /// Its arguments as the kernel reads them: of an int the low half of the register.
    arguments: [u64; 6],
    look: &'a dyn Look,
    style: Style,
}

/// When memory is looked at.
#[derive(Clone, Copy)]
enum Moment {
    /// Before the call: what it is going to read.
    Entry,
    /// After it: what it wrote.
    Exit {
        /// What it returned: a number of bytes or things, as far as it counts any.
        count: u64,
        /// The length that the caller gave for the address in the struct.
        length: Option<u64>,
    },
}

impl<'a> Decoder<'a> {
    fn new(view: &'a SyscallView, look: &'a dyn Look) -> Decoder<'a> {
        let signature = signature::of_call(view.abi, view.number);
        let read = |index| signature::read(signature, &view.args, index, view.abi).value as u64;
        Decoder { view, arguments: std::array::from_fn(read), look, style: look.style() }
    }

    /// Decodes what is known at the entry.
    fn known(self, index: usize, kind: Kind) -> Vec<Token> {
        self.value(kind, self.argument(index))
    }

    /// Decodes what the call reads and is going to change.
    fn begun(self, index: usize, kind: Kind) -> Argument {
        let address = self.arguments[index];
        let begun = match kind {
            Kind::InOut(object) => self
                .number_in(object, address)
                .map(|before| (self.known(index, Kind::In(object)), vec![before])),
            Kind::Message => {
                self.name_length(address).map(|before| (vec![self.address(address)], vec![before]))
            }
            Kind::Messages { most } => self
                .name_lengths(address, self.arguments[usize::from(most)])
                .map(|before| (vec![self.address(address)], before)),
            Kind::CloneArgs => {
                self.clone_flags(address).map(|before| (self.known(index, kind), vec![before]))
            }
            _ => None,
        };
        match begun {
            Some((tokens, before)) => Argument::Begun { tokens, before },
            None => Argument::Known(self.known(index, kind)),
        }
    }

    /// Decodes what the call changed: `tokens` tell how it was.
    fn changed(
        self,
        index: usize,
        kind: Kind,
        tokens: Vec<Token>,
        lengths: &[u64],
        returned: Returned,
    ) -> Vec<Token> {
        let address = self.arguments[index];
        let count = written(returned);
        let before = lengths.first().copied().unwrap_or(0);
        match (kind, count) {
            (Kind::Messages { most }, Some(count)) => {
                self.messages(address, count.min(self.arguments[usize::from(most)]), lengths)
            }
            (Kind::InOut(object), Some(_)) => self.change(object, address, before).unwrap_or(tokens),
            (Kind::Message, Some(count)) => {
                self.message(address, Moment::Exit { count, length: Some(before) })
            }
            (Kind::Message, None) => vec![text(format!("{{msg_namelen={}}}", before as i32))],
            (Kind::CloneArgs, Some(_)) => {
                let mut tokens = tokens;
                tokens.extend(self.clone_results(address, before));
                tokens
            }
            _ => tokens,
        }
    }

    /// Decodes what the call wrote. `lengths` are what the arguments pointed to before it.
    fn written(self, index: usize, kind: Kind, returned: Returned, lengths: &[Option<u64>; 6]) -> Vec<Token> {
        let address = self.arguments[index];
        let exit = |count| Moment::Exit { count, length: None };
        match (kind, written(returned)) {
            (Kind::VectorOut { count }, written) => {
                let content = written.map_or(Content::Addresses, Content::First);
                self.vector(address, self.arguments[usize::from(count)], content)
            }
            // The size that follows bounds what a made-up result claims.
            (Kind::BufferOut, Some(count)) => {
                let size = self.arguments.get(index + 1).copied().unwrap_or(0);
                vec![self.buffer(address, count.min(size))]
            }
            (Kind::PathOut, Some(_)) => vec![self.string(address, memory::PATH_LIMIT)],
            (Kind::Out(object), Some(count)) => self.object(object, address, exit(count)),
            (Kind::OutIfPositive(object), Some(count)) if count > 0 => {
                self.object(object, address, exit(count))
            }
            // With ERESTARTNOHAND, which an absolute time gives, nothing is left and nothing written: kernel/time/hrtimer.c.
            (Kind::OutIfInterrupted(object), None)
                if matches!(returned, Returned::Restart(Restart::Block)) =>
            {
                self.object(object, address, exit(0))
            }
            (Kind::SocketAddressOut { length }, Some(_)) => self.named_length(length, lengths).map_or_else(
                || vec![self.address(address)],
                |length| self.socket_address(address, length, true),
            ),
            (Kind::OptionValueOut { length }, Some(_)) => self
                .named_length(length, lengths)
                .map_or_else(|| vec![self.address(address)], |length| self.option_value(index, length)),
            (Kind::CpusOut, Some(count)) => self.cpus(address, count),
            (Kind::Entries, Some(count)) => self.entries(address, count.min(self.arguments[index + 1])),
            _ => vec![self.address(address)],
        }
    }

    /// The length of what the call wrote, where argument `index` points to it: as long as the call says, but no more
    /// than the caller had room for.
    fn named_length(self, index: u8, lengths: &[Option<u64>; 6]) -> Option<u64> {
        let room = lengths[usize::from(index)]?;
        let bytes = self.look.bytes(self.arguments[usize::from(index)], 4)?;
        let now = u32::from_ne_bytes(bytes.try_into().ok()?);
        Some(u64::from(now).min(u64::from(room as u32)))
    }

    fn address(self, value: u64) -> Token {
        match value {
            0 => text("NULL"),
            _ => Token::Address { value, mappings: self.look.mappings(value, 0) },
        }
    }

    /// An address that stands for `length` bytes: with the files mapped there, or else with the mapping it lies in.
    /// A call may name sixty thousand mappings: the first are shown, and the number of the others.
    fn range(self, value: u64, length: u64) -> Vec<Token> {
        if value == 0 {
            return vec![text("NULL")];
        }
        let mut mappings = self.look.mappings(value, length);
        if mappings.iter().any(|mapping| mapping.is_file) {
            mappings.retain(|mapping| mapping.is_file);
        } else {
            mappings.truncate(1);
        }
        let more = mappings.len().saturating_sub(MAPPINGS_SHOWN);
        mappings.truncate(MAPPINGS_SHOWN);
        mappings.shrink_to_fit();
        let mut tokens = vec![Token::Address { value, mappings }];
        if more > 0 {
            tokens.push(text(format!(" /* and {more} more */")));
        }
        tokens
    }

    fn word(self, value: u64) -> Token {
        // The first page is never mapped by default (vm.mmap_min_addr), and small numbers are common.
        let mappings = if value < 0x1_0000 { Vec::new() } else { self.look.mappings(value, 0) };
        if mappings.is_empty() { text(number::hex(value)) } else { Token::Address { value, mappings } }
    }
}

/// How many of the files that are mapped in a range are shown.
const MAPPINGS_SHOWN: usize = 32;

/// How much the call says that it wrote; `None` if it failed.
fn written(returned: Returned) -> Option<u64> {
    match returned {
        Returned::Value(count) => u64::try_from(count).ok(),
        Returned::Error(_) | Returned::Restart(_) => None,
    }
}

fn text(text: impl Into<String>) -> Token {
    Token::Text(text.into())
}

/// What of an array is not shown.
enum Rest {
    /// It is shown whole.
    Nothing,
    /// More follows than is wanted.
    More,
    /// It goes on in memory that cannot be read, at this address.
    Unreadable(Token),
}

impl Rest {
    fn tokens(self) -> Vec<Token> {
        match self {
            Rest::Nothing => Vec::new(),
            Rest::More => vec![text("...")],
            Rest::Unreadable(address) => vec![text("... /* "), address, text(" */")],
        }
    }
}

/// Items in brackets, and what stands for those that are left out at the end.
fn list(items: impl IntoIterator<Item = Vec<Token>>, rest: Rest) -> Vec<Token> {
    let mut tokens = vec![text("[")];
    for item in items.into_iter().chain([rest.tokens()].into_iter().filter(|rest| !rest.is_empty())) {
        if tokens.len() > 1 {
            tokens.push(text(", "));
        }
        tokens.extend(item);
    }
    tokens.push(text("]"));
    tokens
}

#[cfg(test)]
mod tests;
