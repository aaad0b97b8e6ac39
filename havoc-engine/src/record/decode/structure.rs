//! The few structs that are worth more than their address.
use super::{Decoder, number, text};
use crate::bytes::{signed_at, word_at};
use crate::record::Token;
use crate::record::token::quote;
use crate::signature::names::{file, network};
use std::fmt::Write as _;
use std::net::{Ipv4Addr, Ipv6Addr};

impl Decoder<'_> {
    /// A struct of `size` bytes as `show` writes it; its address if it cannot be read whole.
    pub(super) fn structure(self, address: u64, size: usize, show: fn(&[u8]) -> String) -> Token {
        match self.look.bytes(address, size) {
            Some(bytes) if address != 0 && bytes.len() == size => text(show(&bytes)),
            _ => self.address(address),
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

    /// Where the members of a struct flock lie that this fcntl or fcntl64 reads. In 32-bit tasks the first three commands
    /// take struct compat_flock, the others struct compat_flock64, which has no padding: include/linux/compat.h.
    fn lock_layout(self) -> LockLayout {
        let first_three = matches!(self.view.args[1] as i32, libc::F_GETLK | libc::F_SETLK | libc::F_SETLKW);
        match (self.view.abi.is_64_bit(), first_three) {
            (true, _) => LockLayout { start: 8, length: 16, task: 24, width: 8 },
            (false, true) => LockLayout { start: 4, length: 8, task: 12, width: 4 },
            (false, false) => LockLayout { start: 4, length: 12, task: 20, width: 8 },
        }
    }

    /// struct flock of uapi/asm-generic/fcntl.h, as the call reads it.
    pub(super) fn file_lock(self, address: u64) -> Vec<Token> {
        let layout = self.lock_layout();
        let size = layout.task + 4;
        let Some(bytes) = self.look.bytes(address, size).filter(|bytes| bytes.len() == size && address != 0)
        else {
            return vec![self.address(address)];
        };
        let half = |offset| u64::from(u16::from_ne_bytes([bytes[offset], bytes[offset + 1]]));
        let mut tokens = vec![text(format!(
            "{{l_type={}, l_whence={}, l_start={}, l_len={}",
            number::one_of(half(0), file::FILE_LOCK),
            number::one_of(half(2), file::WHENCE),
            signed_at(&bytes, layout.start, layout.width),
            signed_at(&bytes, layout.length, layout.width),
        ))];
        // Only F_GETLK writes it, but it may be set.
        let task = word_at(&bytes, layout.task) as i32;
        if task != 0 {
            tokens.extend([text(", l_pid="), Token::Task(task)]);
        }
        tokens.push(text("}"));
        tokens
    }

    /// A socket address of `length` bytes, its family first.
    pub(super) fn socket_address(self, address: u64, length: u64) -> Token {
        // sizeof(struct sockaddr_storage); the kernel takes no more, net/socket.c.
        const LONGEST: u64 = 128;
        let length = u64::from(length as u32).min(LONGEST) as usize;
        match self.look.bytes(address, length) {
            Some(bytes) if address != 0 && bytes.len() >= 2 => text(socket_address(&bytes)),
            _ => self.address(address),
        }
    }
}

/// Offsets of the members of a struct flock behind its type and whence, and how wide start and length are.
struct LockLayout {
    start: usize,
    length: usize,
    task: usize,
    width: usize,
}

/// struct old_timespec32, uapi/linux/time_types.h.
pub(super) fn timespec32(bytes: &[u8]) -> String {
    format!("{{tv_sec={}, tv_nsec={}}}", signed_at(bytes, 0, 4), signed_at(bytes, 4, 4))
}

/// struct timespec, uapi/linux/time_types.h.
pub(super) fn timespec(bytes: &[u8]) -> String {
    format!("{{tv_sec={}, tv_nsec={}}}", signed_at(bytes, 0, 8), signed_at(bytes, 8, 8))
}

/// The value of a socket option that is an int.
pub(super) fn option_value(bytes: &[u8]) -> String {
    format!("[{}]", word_at(bytes, 0) as i32)
}

/// A set of signals: those that are in it, or `~` and those that are not, whichever is shorter.
pub(super) fn signal_set(bytes: &[u8]) -> String {
    let mut set = word_at(bytes, 0);
    let inverted = set.count_ones() > 64 * 2 / 3;
    if inverted {
        set = !set;
    }
    let names: Vec<String> =
        (1..=64).filter(|number| set & (1 << (number - 1)) != 0).filter_map(number::signal_name).collect();
    format!("{}[{}]", if inverted { "~" } else { "" }, names.join(" "))
}

fn socket_address(bytes: &[u8]) -> String {
    let family = u16::from_ne_bytes([bytes[0], bytes[1]]);
    let mut shown = format!("{{sa_family={}", number::one_of(u64::from(family), network::FAMILY));
    let data = &bytes[2..];
    // Writing to a String cannot fail.
    let _ = match i32::from(family) {
        libc::AF_UNIX => unix(data, &mut shown),
        libc::AF_INET if bytes.len() >= 8 => write!(
            shown,
            ", sin_port=htons({}), sin_addr=inet_addr(\"{}\")",
            port(data),
            Ipv4Addr::new(data[2], data[3], data[4], data[5])
        ),
        libc::AF_INET6 if bytes.len() >= 24 => inet6(data, &mut shown),
        _ if data.is_empty() => Ok(()),
        _ => write!(shown, ", sa_data={}", quote(&data[..data.len().min(32)])),
    };
    shown.push('}');
    shown
}

fn port(data: &[u8]) -> u16 {
    u16::from_be_bytes([data[0], data[1]])
}

/// A path ends at its NUL; an abstract name begins with one and is as long as the address. unix(7).
fn unix(path: &[u8], shown: &mut String) -> std::fmt::Result {
    match path {
        [] => Ok(()),
        [0, name @ ..] => write!(shown, ", sun_path=@{}", quote(name)),
        _ => {
            let end = path.iter().position(|&byte| byte == 0).unwrap_or(path.len());
            write!(shown, ", sun_path={}", quote(&path[..end]))
        }
    }
}

/// struct sockaddr_in6, uapi/linux/in6.h; the scope may be missing (SIN6_LEN_RFC2133).
fn inet6(data: &[u8], shown: &mut String) -> std::fmt::Result {
    let mut address = [0; 16];
    address.copy_from_slice(&data[6..22]);
    let flow = u32::from_be_bytes([data[2], data[3], data[4], data[5]]);
    write!(
        shown,
        ", sin6_port=htons({}), sin6_flowinfo=htonl({flow}), inet_pton(AF_INET6, \"{}\", &sin6_addr)",
        port(data),
        Ipv6Addr::from(address)
    )?;
    match data.get(22..26) {
        Some(&[a, b, c, d]) => write!(shown, ", sin6_scope_id={}", u32::from_ne_bytes([a, b, c, d])),
        _ => Ok(()),
    }
}
