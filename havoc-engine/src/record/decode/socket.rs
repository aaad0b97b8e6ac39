//! Addresses, options and messages of sockets.
use super::{Decoder, Moment, list, number, text};
use crate::bytes::number_at;
use crate::record::Token;
use crate::signature::layout;
use crate::signature::names::network;
use crate::signature::object::Item;
use crate::signature::object::Object;
use std::net::{Ipv4Addr, Ipv6Addr};

/// sizeof(struct sockaddr_storage); the kernel takes no more, net/socket.c.
const LONGEST: u64 = 128;
/// The ports that the kernel gives to sockets that have none: net.ipv4.ip_local_port_range as it comes.
const GIVEN_PORTS: std::ops::RangeInclusive<u16> = 32768..=60999;

impl Decoder<'_> {
    /// A socket address of `length` bytes, its family first. One that the call `wrote` may have a port of chance.
    pub(super) fn socket_address(self, address: u64, length: u64, wrote: bool) -> Vec<Token> {
        let length = length.min(LONGEST) as usize;
        match self.look.bytes(address, length) {
            Some(bytes) if address != 0 && bytes.len() >= 2 => socket_address(&bytes, wrote),
            _ => vec![self.address(address)],
        }
    }

    /// The value of a socket option, which is argument `index`, of `length` bytes; level and number are the arguments
    /// before it.
    pub(super) fn option_value(self, index: usize, length: u64) -> Vec<Token> {
        let address = self.arguments[index];
        let [level, option] =
            [2, 1].map(|by| index.checked_sub(by).map_or(0, |at| self.arguments[at] as u32));
        let object: &Object = layout::OPTIONS
            .iter()
            .find(|(of_level, number, _)| (*of_level, *number) == (level, option))
            .map_or(&layout::OPTION, |(_, _, object)| object);
        if length == object.item.size(self.view.abi) as u64 {
            self.object(object, address, Moment::Entry)
        } else {
            vec![self.address(address)]
        }
    }

    /// The length of the address in the struct msghdr at `address`.
    pub(super) fn name_length(self, address: u64) -> Option<u64> {
        let Item::Struct(layout) = &layout::MSGHDR.item else { return None };
        let bytes = self.whole(address, layout.size(self.view.abi))?;
        let (offset, width) = layout.fields[layout::NAME_LENGTH].place.of(self.view.abi);
        Some(number_at(&bytes, offset, width))
    }

    /// The lengths of the addresses in `count` struct mmsghdr at `address`, as many as are shown.
    pub(super) fn name_lengths(self, address: u64, count: u64) -> Option<Vec<u64>> {
        let (Item::Struct(layout), item) = (&layout::MSGHDR.item, &layout::MMSGHDRS.item) else {
            return None;
        };
        let size = item.size(self.view.abi);
        let shown = usize::try_from(count).unwrap_or(usize::MAX).min(self.items_shown());
        // The header stands at the beginning.
        let (offset, width) = layout.fields[layout::NAME_LENGTH].place.of(self.view.abi);
        let bytes = self.look.bytes(address, shown * size).filter(|_| address != 0)?;
        Some(bytes.chunks_exact(size).map(|message| number_at(message, offset, width)).collect())
    }

    /// The `count` struct mmsghdr that the call filled; before it their addresses had these `lengths`.
    pub(super) fn messages(self, address: u64, count: u64, lengths: &[u64]) -> Vec<Token> {
        let item = &layout::MMSGHDRS.item;
        let size = item.size(self.view.abi);
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        let shown = count.min(self.items_shown());
        let bytes = self.look.bytes(address, shown * size).unwrap_or_default();
        if bytes.len() < shown.min(1) * size {
            return vec![self.address(address)];
        }
        let rest = self.rest(address, bytes.len() / size, shown, count, size);
        let messages = bytes.chunks_exact(size).enumerate().map(|(index, message)| {
            self.item(item, message, Moment::Exit { count: 0, length: lengths.get(index).copied() })
        });
        list(messages, rest)
    }

    /// A struct msghdr.
    pub(super) fn message(self, address: u64, moment: Moment) -> Vec<Token> {
        self.object(&layout::MSGHDR, address, moment)
    }
}

fn socket_address(bytes: &[u8], wrote: bool) -> Vec<Token> {
    let family = u16::from_ne_bytes([bytes[0], bytes[1]]);
    let mut tokens =
        vec![text(format!("{{sa_family={}", number::one_of(u64::from(family), network::FAMILY)))];
    let data = &bytes[2..];
    match i32::from(family) {
        libc::AF_UNIX => unix(data, &mut tokens),
        libc::AF_INET if bytes.len() >= 8 => {
            tokens.push(text(", sin_port=htons("));
            tokens.push(port(u16::from_be_bytes([data[0], data[1]]), wrote));
            let address = Ipv4Addr::new(data[2], data[3], data[4], data[5]);
            tokens.push(text(format!("), sin_addr=inet_addr(\"{address}\")")));
        }
        libc::AF_INET6 if bytes.len() >= 24 => inet6(data, wrote, &mut tokens),
        _ if data.is_empty() => {}
        _ => {
            tokens.push(text(", sa_data="));
            tokens.push(Token::Quoted { bytes: data[..data.len().min(32)].to_vec(), truncated: false });
        }
    }
    tokens.push(text("}"));
    tokens
}

/// A port; one of chance, if the kernel may have `given` it.
pub(super) fn port(port: u16, given: bool) -> Token {
    if given && GIVEN_PORTS.contains(&port) {
        Token::Varying(port.to_string())
    } else {
        text(port.to_string())
    }
}

/// A path ends at its NUL; an abstract name begins with one and is as long as the address. unix(7).
fn unix(path: &[u8], tokens: &mut Vec<Token>) {
    let (mark, name) = match path {
        [] => return,
        [0, name @ ..] => ("@", name),
        _ => {
            let end = path.iter().position(|&byte| byte == 0).unwrap_or(path.len());
            ("", &path[..end])
        }
    };
    tokens.push(text(format!(", sun_path={mark}")));
    tokens.push(Token::Quoted { bytes: name.to_vec(), truncated: false });
}

/// struct sockaddr_in6, uapi/linux/in6.h; the scope may be missing (SIN6_LEN_RFC2133).
fn inet6(data: &[u8], wrote: bool, tokens: &mut Vec<Token>) {
    let mut address = [0; 16];
    address.copy_from_slice(&data[6..22]);
    let address = Ipv6Addr::from(address);
    let flow = u32::from_be_bytes([data[2], data[3], data[4], data[5]]);
    tokens.push(text(", sin6_port=htons("));
    tokens.push(port(u16::from_be_bytes([data[0], data[1]]), wrote));
    tokens.push(text(format!(
        "), sin6_flowinfo=htonl({flow}), inet_pton(AF_INET6, \"{address}\", &sin6_addr)"
    )));
    if let Some(&[a, b, c, d]) = data.get(22..26) {
        tokens.push(text(format!(", sin6_scope_id={}", u32::from_ne_bytes([a, b, c, d]))));
    }
}
