//! Raw arguments and results → [`Token`]s.
//!
//! What an argument is comes from the table of signatures; here is how it is written. Nothing fails: memory that
//! cannot be read is shown as its address, a value without a name as a number.
mod memory;
mod number;
mod outcome;
mod structure;

use super::{Look, Token};
use crate::signature::{self, Kind};
use havoc_arch::{Returned, SyscallView};
use memory::Content;

pub use outcome::{result, signal_code};

/// An argument as far as it is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Argument {
    /// Decoded at the entry.
    Known(Vec<Token>),
    /// What the call writes; decoded at the exit.
    Pending,
}

/// Decodes the arguments at the entry, in strace's manner. Arguments that this very call does not read are left out;
/// a call without a signature shows all six.
#[must_use]
pub fn at_entry(view: &SyscallView, look: &dyn Look) -> Vec<Argument> {
    let decoder = Decoder { view, look };
    shown(view)
        .map(|(index, kind)| match kind {
            Kind::BufferOut | Kind::VectorOut { .. } | Kind::PathOut | Kind::FdPairOut => Argument::Pending,
            _ => Argument::Known(decoder.known(index, kind)),
        })
        .collect()
}

/// Decodes at the exit what was pending. Where the call wrote nothing, the address is shown.
pub fn at_exit(arguments: &mut [Argument], view: &SyscallView, returned: Returned, look: &dyn Look) {
    let decoder = Decoder { view, look };
    for (argument, (index, kind)) in arguments.iter_mut().zip(shown(view)) {
        if *argument == Argument::Pending {
            *argument = Argument::Known(decoder.written(index, kind, returned));
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
    look: &'a dyn Look,
}

impl Decoder<'_> {
    /// Decodes what is known at the entry.
    fn known(self, index: usize, kind: Kind) -> Vec<Token> {
        let value = self.view.args[index];
        let of = |other: u8| self.view.args[usize::from(other)];
        let token = match kind {
            Kind::Fd => self.descriptor(value as i32),
            Kind::DirFd if value as i32 == libc::AT_FDCWD => text("AT_FDCWD"),
            Kind::DirFd => self.descriptor(value as i32),
            Kind::Task => Token::Task(value as i32),
            Kind::Path | Kind::Text => self.string(value, memory::PATH_LIMIT),
            Kind::Range { length } => self.range(value, of(length)),
            Kind::Address
            | Kind::BufferOut
            | Kind::VectorOut { .. }
            | Kind::PathOut
            | Kind::FdPairOut
            | Kind::Block
            | Kind::Unused => self.address(value),
            Kind::Word => self.word(value),
            Kind::BufferIn { length } => self.buffer(value, of(length)),
            Kind::VectorIn { count } => return self.vector(value, of(count), Content::Whole),
            Kind::Strings => return self.strings(value),
            Kind::StringCount => return self.string_count(value),
            Kind::Timespec if self.has_64_bit_time() => self.structure(value, 16, structure::timespec),
            Kind::Timespec => self.structure(value, 8, structure::timespec32),
            Kind::SignalSet => self.structure(value, 8, structure::signal_set),
            Kind::FileLock => return self.file_lock(value),
            Kind::SocketAddress { length } => self.socket_address(value, of(length)),
            Kind::OptionValue { length } if of(length) as u32 == 4 => {
                self.structure(value, 4, structure::option_value)
            }
            Kind::OptionValue { .. } => self.address(value),
            Kind::SocketOption => text(number::socket_option(self.view.args[index - 1], value)),
            Kind::Int => text((value as i32).to_string()),
            Kind::Uint => text((value as u32).to_string()),
            Kind::Long => text(self.view.abi.result(value.cast_signed()).to_string()),
            Kind::Split { low, high } => text((of(high) << 32 | of(low)).cast_signed().to_string()),
            Kind::Size => text(value.to_string()),
            Kind::Hex => text(number::hex(value)),
            Kind::Id if value as u32 == u32::MAX => text("-1"),
            Kind::Id => text((value as u32).to_string()),
            Kind::Mode | Kind::CreateMode => text(number::mode(value)),
            Kind::FileType => text(number::file_type(value)),
            Kind::Device => text(number::device(value)),
            Kind::Signal => text(number::signal(value)),
            Kind::Flags(names) => text(number::flags(value, names)),
            Kind::OneOf(names) => text(number::one_of(value, names)),
            Kind::Masked { mask, value: names, bits } => text(number::masked(value, mask, names, bits)),
            Kind::FlagsAndMode(names) => text(number::flags_and_mode(value, names)),
            Kind::CloneFlags => text(number::clone_flags(value)),
            Kind::OpenFlags => text(number::open_flags(value, self.view.abi)),
            Kind::OpenBits => text(number::open_bits(value, self.view.abi)),
        };
        vec![token]
    }

    /// Decodes what the call wrote.
    fn written(self, index: usize, kind: Kind, returned: Returned) -> Vec<Token> {
        let value = self.view.args[index];
        let written = match returned {
            Returned::Value(count) => u64::try_from(count).ok(),
            Returned::Error(_) | Returned::Restart(_) => None,
        };
        match (kind, written) {
            (Kind::VectorOut { count }, _) => {
                let content = written.map_or(Content::Addresses, Content::First);
                self.vector(value, self.view.args[usize::from(count)], content)
            }
            // The size that follows bounds what a made-up result claims.
            (Kind::BufferOut, Some(count)) => {
                let size = self.view.args.get(index + 1).copied().unwrap_or(0);
                vec![self.buffer(value, count.min(size))]
            }
            (Kind::PathOut, Some(_)) => vec![self.string(value, memory::PATH_LIMIT)],
            (Kind::FdPairOut, Some(_)) => self.descriptor_pair(value),
            _ => vec![self.address(value)],
        }
    }

    fn descriptor(self, number: i32) -> Token {
        // Asking for a negative one would only fail.
        let name = if number < 0 { None } else { self.look.descriptor_name(number) };
        Token::Descriptor { number, name }
    }

    fn address(self, value: u64) -> Token {
        match value {
            0 => text("NULL"),
            _ => Token::Address { value, mappings: self.look.mappings(value, 0) },
        }
    }

    /// An address that stands for `length` bytes: with the files mapped there, or else with the mapping it lies in.
    fn range(self, value: u64, length: u64) -> Token {
        if value == 0 {
            return text("NULL");
        }
        let mut mappings = self.look.mappings(value, length);
        if mappings.iter().any(|mapping| mapping.is_file) {
            mappings.retain(|mapping| mapping.is_file);
        } else {
            mappings.truncate(1);
        }
        Token::Address { value, mappings }
    }

    fn word(self, value: u64) -> Token {
        // The first page is never mapped by default (vm.mmap_min_addr), and small numbers are common.
        let mappings = if value < 0x1_0000 { Vec::new() } else { self.look.mappings(value, 0) };
        if mappings.is_empty() { text(number::hex(value)) } else { Token::Address { value, mappings } }
    }
}

fn text(text: impl Into<String>) -> Token {
    Token::Text(text.into())
}

#[cfg(test)]
mod tests;
