//! One value by its kind: an argument, or a field of a struct. What it needs to know beside itself it asks its [`Site`].
use super::memory::{self, Content};
use super::{Decoder, Moment, number, text};
use crate::bytes::number_at;
use crate::record::Token;
use crate::record::token::quote;
use crate::signature::Kind;
use crate::signature::layout;
use crate::signature::object::Layout;
use havoc_arch::Abi;

/// What mmap2(2) counts its offset in, whatever the size of a page: 1 << MMAP_PAGE_UNIT of arch/x86/include/asm/unistd.h.
const PAGE: u64 = 4096;

/// A value and where it stands.
#[derive(Clone, Copy)]
pub(super) struct Site<'a> {
    /// The value.
    pub(super) value: u64,
    /// Which argument or field it is.
    pub(super) index: usize,
    /// The others.
    pub(super) beside: Beside<'a>,
    /// When it is looked at.
    pub(super) moment: Moment,
}

/// What stands beside a value.
#[derive(Clone, Copy)]
pub(super) enum Beside<'a> {
    /// The arguments of a call, as the kernel reads them.
    Arguments([u64; 6]),
    /// The fields of a struct.
    Fields {
        /// Which.
        layout: &'a Layout,
        /// The struct.
        bytes: &'a [u8],
        /// Whose.
        abi: Abi,
    },
    /// Nothing: it is one of an array.
    Nothing,
}

impl Site<'_> {
    /// The value of another argument or field.
    fn of(self, other: u8) -> u64 {
        match self.beside {
            Beside::Arguments(arguments) => arguments[usize::from(other)],
            Beside::Fields { layout, bytes, abi } => {
                layout.fields.get(usize::from(other)).map_or(0, |field| {
                    let (offset, width) = field.place.of(abi);
                    number_at(bytes, offset, width)
                })
            }
            Beside::Nothing => 0,
        }
    }

    /// The argument just before.
    fn previous(self, by: usize) -> u64 {
        self.index
            .checked_sub(by)
            .and_then(|index| u8::try_from(index).ok())
            .map_or(0, |index| self.of(index))
    }
}

impl Decoder<'_> {
    /// An argument of the call, before it is executed.
    pub(super) fn argument(self, index: usize) -> Site<'static> {
        Site {
            value: self.arguments[index],
            index,
            beside: Beside::Arguments(self.arguments),
            moment: Moment::Entry,
        }
    }

    /// Tells whether a struct timespec of this call has 64-bit seconds: in the 64-bit ABIs, and in calls that came when the
    /// end of 32-bit time was in sight (struct __kernel_timespec, include/linux/syscalls.h).
    pub(super) fn has_64_bit_time(self) -> bool {
        let name = self.view.name().unwrap_or_default();
        self.view.abi.is_64_bit()
            || name.ends_with("64")
            || ["epoll_pwait2", "futex_wait", "futex_waitv"].contains(&name)
    }

    /// Shows one value.
    pub(super) fn value(self, kind: Kind, site: Site<'_>) -> Vec<Token> {
        let value = site.value;
        let token = match kind {
            Kind::Fd => return self.descriptor(value as i32),
            Kind::DirFd => return self.directory(value as i32),
            Kind::Task => Token::Task(value as i32),
            Kind::Path | Kind::Text => self.string(value, memory::PATH_LIMIT),
            Kind::Range { length } => return self.range(value, site.of(length)),
            Kind::Address
            | Kind::BufferOut
            | Kind::VectorOut { .. }
            | Kind::PathOut
            | Kind::Out(_)
            | Kind::OutIfPositive(_)
            | Kind::OutIfInterrupted(_)
            | Kind::SocketAddressOut { .. }
            | Kind::OptionValueOut { .. }
            | Kind::Message
            | Kind::Messages { .. }
            | Kind::Entries
            | Kind::CpusOut
            | Kind::Block
            | Kind::Unused => self.address(value),
            Kind::Word => self.word(value),
            Kind::BufferIn { length } => self.buffer(value, site.of(length)),
            Kind::VectorIn { count } => {
                let content = match site.moment {
                    Moment::Entry => Content::Whole,
                    Moment::Exit { count, .. } => Content::First(count),
                };
                return self.vector(value, site.of(count), content);
            }
            Kind::VectorElsewhere { count } => return self.vector(value, site.of(count), Content::Elsewhere),
            Kind::Strings => return self.strings(value),
            Kind::StringCount if self.style.abbreviate => return self.string_count(value),
            Kind::StringCount => return self.strings(value),
            Kind::Timespec if self.has_64_bit_time() => {
                return self.object(&layout::TIMESPEC64, value, site.moment);
            }
            Kind::Timespec => return self.object(&layout::TIMESPEC, value, site.moment),
            Kind::In(object) | Kind::InOut(object) => return self.object(object, value, site.moment),
            Kind::CloneArgs => return self.object(&layout::CLONE_ARGS, value, site.moment),
            Kind::SocketAddress { length } => {
                let length = u64::from(site.of(length) as u32);
                return match site.moment {
                    Moment::Entry => self.socket_address(value, length, false),
                    Moment::Exit { length: room, .. } => {
                        let room = room.map_or(u32::MAX, |room| room as u32);
                        self.socket_address(value, length.min(u64::from(room)), true)
                    }
                };
            }
            Kind::OptionValue { length } => {
                return self.option_value(site.index, u64::from(site.of(length) as u32));
            }
            Kind::Control { length } => return self.control(value, site.of(length)),
            Kind::Cpus { length } => return self.cpus(value, site.of(length)),
            Kind::FdSet { count } => return self.descriptor_set(value, site.of(count)),
            Kind::SocketOption { own } => text(number::socket_option(site.previous(1), value, own)),
            Kind::Protocol => text(number::protocol(site.of(0), value)),
            Kind::Int => text((value as i32).to_string()),
            Kind::Uint => text((value as u32).to_string()),
            Kind::Long => text(self.view.abi.result(value.cast_signed()).to_string()),
            Kind::Size => text(value.to_string()),
            // Both registers are read as one already.
            Kind::Signed | Kind::Split { .. } => text(value.cast_signed().to_string()),
            Kind::Hex => text(number::hex(value)),
            Kind::Pages => text(number::hex(value.wrapping_mul(PAGE))),
            Kind::Id if value as u32 == u32::MAX => text("-1"),
            Kind::Id => text((value as u32).to_string()),
            Kind::Id16 if value as u16 == u16::MAX => text("-1"),
            Kind::Id16 => text((value as u16).to_string()),
            Kind::Mode | Kind::CreateMode => text(number::mode(value)),
            Kind::WideMode => text(number::wide_mode(value)),
            Kind::FileType => text(number::file_type(value)),
            Kind::Device => text(number::device(value)),
            Kind::Signal => text(number::signal(value)),
            Kind::SignalBits => text(number::signal_set(value)),
            Kind::SignalCode { signal } => text(super::signal_code(site.of(signal) as i32, value as i32)),
            Kind::Handler => match number::handler(self.view.abi.result(value.cast_signed())) {
                Some(name) => text(name),
                None => self.address(value),
            },
            Kind::Errno => text(number::errno(value)),
            Kind::WaitStatus => text(number::wait_status(value as u32)),
            Kind::Limit { infinity } => text(number::limit(value, infinity)),
            Kind::NameLength => text(match site.moment {
                Moment::Exit { length: Some(before), .. } if before as u32 != value as u32 => {
                    format!("{} => {}", before as i32, value as i32)
                }
                _ => (value as i32).to_string(),
            }),
            Kind::ControlType { level } => text(number::control_type(site.of(level), value)),
            Kind::Flags(names) => text(number::flags(value, names)),
            Kind::OneOf(names) => text(number::one_of(value, names)),
            Kind::Masked { mask, value: names, bits } => text(number::masked(value, mask, names, bits)),
            Kind::FlagsAndMode(names) => text(number::flags_and_mode(value, names)),
            Kind::CloneFlags => text(number::clone_flags(value)),
            Kind::OpenFlags => text(number::open_flags(value, self.view.abi)),
            Kind::OpenBits => text(number::open_bits(value, self.view.abi)),
            Kind::Varying(kind) => return self.value(*kind, site).into_iter().map(varying).collect(),
            // These are no numbers, and only in structs.
            Kind::Struct(_) | Kind::List(_) | Kind::Characters => text(number::hex(value)),
        };
        vec![token]
    }
}

/// The same, as something that is not the same in every run.
pub(super) fn varying(token: Token) -> Token {
    match token {
        Token::Text(shown) => Token::Varying(shown),
        Token::Quoted { bytes, truncated } => {
            Token::Varying(format!("{}{}", quote(&bytes), if truncated { "..." } else { "" }))
        }
        other => other,
    }
}
