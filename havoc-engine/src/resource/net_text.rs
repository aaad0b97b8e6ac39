//! The text of /proc/TID/net/tcp, tcp6, udp, udp6 and unix, read as bytes: names of sockets need not be text.
use crate::plan::{Endpoint, Transport};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// One of the files tcp, tcp6, udp, udp6.
///
/// Listed are sockets that have a port, of tcp(7) those alone that listen or are connected: one that was bound, and
/// no more, is missing (net/ipv4/tcp_ipv4.c, `tcp_seq_next`).
#[derive(Clone, Copy, Debug)]
pub struct InternetText<'a> {
    text: &'a [u8],
    transport: Transport,
}

impl<'a> InternetText<'a> {
    /// Takes the text of one of these files.
    #[must_use]
    pub const fn new(text: &'a [u8], transport: Transport) -> InternetText<'a> {
        InternetText { text, transport }
    }

    /// Returns the addresses of a socket, its own before its peer's; `None` if it is not listed.
    #[must_use]
    pub fn endpoints(&self, inode: u64) -> Option<Vec<Endpoint>> {
        // The first line names the columns. proc_pid_net(5), net/ipv4/tcp_ipv4.c, `get_tcp4_sock`.
        self.text.split(|&byte| byte == b'\n').skip(1).find_map(|line| {
            let line = std::str::from_utf8(line).ok()?;
            let mut columns = line.split_ascii_whitespace();
            let (own, peer) = (columns.nth(1)?, columns.next()?);
            if columns.nth(6)?.parse() != Ok(inode) {
                return None;
            }
            let (own, peer) = (address(own)?, address(peer)?);
            let both = [own, peer].into_iter();
            // Port 0 stands where there is none.
            let endpoints = both.filter(|(_, port)| *port != 0);
            Some(endpoints.map(|(address, port)| super::endpoint(self.transport, address, port)).collect())
        })
    }
}

/// Reads `0100007F:1538`: the words of the address as the machine holds them, each written as a number.
fn address(text: &str) -> Option<(IpAddr, u16)> {
    let (address, port) = text.split_once(':')?;
    let mut octets = [0; 16];
    for (index, octets) in octets.chunks_exact_mut(4).enumerate().take(address.len() / 8) {
        let word = address.get(8 * index..8 * index + 8)?;
        octets.copy_from_slice(&u32::from_str_radix(word, 16).ok()?.to_ne_bytes());
    }
    let address = match address.len() {
        8 => Ipv4Addr::new(octets[0], octets[1], octets[2], octets[3]).into(),
        32 => Ipv6Addr::from(octets).into(),
        _ => return None,
    };
    Some((address, u16::from_str_radix(port, 16).ok()?))
}

/// The file unix: all sockets of a network namespace, with their own names.
#[derive(Clone, Copy, Debug)]
pub struct UnixText<'a>(pub &'a [u8]);

/// A line of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnixSocket {
    /// SOCK_STREAM, and not SOCK_DGRAM or SOCK_SEQPACKET.
    pub is_stream: bool,
    /// Its name; `None` if it was never bound.
    pub name: Option<Vec<u8>>,
}

impl UnixText<'_> {
    /// Returns a socket; `None` if it is not listed: it is of another network namespace.
    ///
    /// A name with a newline goes on in the next line, which is no line of a socket: nothing is escaped
    /// (net/unix/af_unix.c, `unix_seq_show`). One that contains the text of such a line deceives us.
    #[must_use]
    pub fn find(&self, inode: u64) -> Option<UnixSocket> {
        let mut found: Option<UnixSocket> = None;
        // The last line ends too.
        let text = self.0.strip_suffix(b"\n").unwrap_or(self.0);
        for line in text.split(|&byte| byte == b'\n').skip(1) {
            match (unix_line(line), &mut found) {
                (Some(_), Some(_)) => break,
                (Some((number, socket)), None) if number == inode => found = Some(socket),
                (None, Some(UnixSocket { name: Some(name), .. })) => {
                    name.push(b'\n');
                    name.extend_from_slice(line);
                }
                (Some(_) | None, None) | (None, Some(_)) => {}
            }
        }
        found
    }
}

/// Reads `000000003a1b5c1d: 00000002 00000000 00010000 0001 01 21731 /run/x`: after the address there are the counter,
/// protocol, flags, type, state and inode, each with one blank before it, the inode perhaps with more.
fn unix_line(line: &[u8]) -> Option<(u64, UnixSocket)> {
    let colon = line.iter().position(|&byte| byte == b':')?;
    let mut rest = line.get(colon + 1..)?;
    let mut column = || {
        let start = rest.iter().position(|&byte| byte != b' ').filter(|&start| start > 0)?;
        let end = rest[start..].iter().position(|&byte| byte == b' ').map_or(rest.len(), |end| start + end);
        let (column, after) = (&rest[start..end], &rest[end..]);
        rest = after;
        std::str::from_utf8(column).ok()
    };
    let numbers = [column()?, column()?, column()?, column()?, column()?];
    let numbers = numbers.map(|number| u32::from_str_radix(number, 16).ok());
    let inode = column()?.parse().ok()?;
    let [Some(_), Some(_), Some(_), Some(kind), Some(_)] = numbers else { return None };
    let name = rest.strip_prefix(b" ").map(<[u8]>::to_vec);
    // SOCK_STREAM is 1 on every architecture of ours: include/linux/net.h.
    Some((inode, UnixSocket { is_stream: kind == 1, name }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TCP: &[u8] = b"  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000:07E8 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1172 1 00000000e142083f 100 0 0 10 0
   1: 0100007F:1538 0200007F:ECA4 01 00000000:00000000 00:00000000 00000000  1000        0 21734 1 0000000000000000 20 4 30 10 -1
   2: 0100007F:1538 0200007F:ECA6 06 00000000:00000000 03:00000EF1 00000000     0        0 0 3 0000000000000000
";
    const UDP6: &[u8] = b"  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
  271: 00000000000000000000000001000000:0035 00000000000000000000000000000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 31 2 0 0
  272: 0000000000000000FFFF00000100007F:0036 0000000000000000FFFF00000100007F:0037 01 00000000:00000000 00:00000000 00000000     0        0 32 2 0 0
";
    const UNIX: &[u8] = b"Num       RefCount Protocol Flags    Type St Inode Path
0000000036ff07c6: 00000002 00000000 00010000 0001 01  3584 /var/run/two  words.sock
00000000d659caba: 00000002 00000000 00010000 0001 01 12891 @/abstract@name@
0000000000000000: 00000003 00000000 00000000 0001 03 12892
0000000000000000: 00000002 00000000 00000000 0002 01 12893 \xff\n\n1: 2\nx
0000000000000000: 00000002 00000000 00000000 0005 01 12894 relative
";

    fn in_words(text: &[u8], transport: Transport, inode: u64) -> Option<Vec<String>> {
        let endpoints = InternetText::new(text, transport).endpoints(inode)?;
        Some(endpoints.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn internet_sockets_are_found_by_their_inode() {
        // The text is that of a machine with the small end first.
        if cfg!(target_endian = "big") {
            return;
        }
        use Transport::{Tcp, Udp};
        for (text, transport, inode, expected) in [
            (TCP, Tcp, 1172, Some(vec!["tcp/0.0.0.0/2024"])),
            (TCP, Tcp, 21734, Some(vec!["tcp/127.0.0.1/5432", "tcp/127.0.0.2/60580"])),
            (TCP, Tcp, 5, None),
            (UDP6, Udp, 31, Some(vec!["udp/[::1]/53"])),
            (UDP6, Udp, 32, Some(vec!["udp/127.0.0.1/54", "udp/127.0.0.1/55"])),
            (UDP6, Udp, 271, None),
            (b"", Udp, 31, None),
        ] {
            let expected = expected.map(|all| all.into_iter().map(str::to_owned).collect());
            assert_eq!(in_words(text, transport, inode), expected, "{inode}");
        }
    }

    #[test]
    fn names_of_unix_sockets_come_out_byte_for_byte() {
        for (inode, is_stream, name) in [
            (3584, true, Some(&b"/var/run/two  words.sock"[..])),
            (12891, true, Some(b"@/abstract@name@")),
            (12892, true, None),
            (12893, false, Some(b"\xff\n\n1: 2\nx")),
            (12894, false, Some(b"relative")),
        ] {
            let expected = UnixSocket { is_stream, name: name.map(<[u8]>::to_vec) };
            assert_eq!(UnixText(UNIX).find(inode), Some(expected), "{inode}");
        }
        assert_eq!(UnixText(UNIX).find(0), None);
        assert_eq!(UnixText(b"").find(12891), None);
    }

    proptest! {
        #[test]
        fn no_bytes_are_too_odd(bytes in proptest::collection::vec(any::<u8>(), 0..200), inode in 0_u64..3) {
            let endpoints = InternetText::new(&bytes, Transport::Tcp).endpoints(inode);
            prop_assert!(endpoints.is_none_or(|endpoints| endpoints.len() <= 2));
            let name = UnixText(&bytes).find(inode).and_then(|socket| socket.name);
            prop_assert!(name.is_none_or(|name| name.len() < bytes.len()));
        }

        #[test]
        fn no_text_is_too_odd(lines in "(sl\n)?([0-9A-F: \u{e9}\n]{0,40}\n){0,5}") {
            let endpoints = InternetText::new(lines.as_bytes(), Transport::Udp).endpoints(0);
            prop_assert!(endpoints.is_none_or(|endpoints| endpoints.len() <= 2));
            let name = UnixText(lines.as_bytes()).find(0).and_then(|socket| socket.name);
            prop_assert!(name.is_none_or(|name| name.len() < lines.len()));
        }
    }
}
