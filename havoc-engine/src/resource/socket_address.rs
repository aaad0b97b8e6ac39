//! Addresses of sockets as they lie in memory: struct sockaddr_un, sockaddr_in and sockaddr_in6.
use crate::plan::{Endpoint, Transport};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Reads a socket address; `None` for one of another family, and for none (unix(7), *unnamed*). `transport` is that of the
/// socket: an address does not say it.
#[must_use]
pub fn parse(bytes: &[u8], transport: Option<Transport>) -> Option<Endpoint> {
    let (family, data) = bytes.split_at_checked(2)?;
    let internet =
        |address: IpAddr| Some(super::endpoint(transport?, address, u16::from_be_bytes([data[0], data[1]])));
    match i32::from(u16::from_ne_bytes([family[0], family[1]])) {
        libc::AF_UNIX => unix(data),
        libc::AF_INET if data.len() >= 6 => {
            internet(Ipv4Addr::new(data[2], data[3], data[4], data[5]).into())
        }
        libc::AF_INET6 if data.len() >= 22 => {
            let octets: [u8; 16] = data[6..22].try_into().ok()?;
            internet(Ipv6Addr::from(octets).into())
        }
        _ => None,
    }
}

/// Reads a name: a path up to its NUL, or an abstract name, which is as long as the address. unix(7).
///
/// A NUL of an abstract name becomes `@`, as in /proc/net/unix: no rule could hold it.
fn unix(name: &[u8]) -> Option<Endpoint> {
    let name = match name {
        [] => return None,
        [0, ..] => name.iter().map(|byte| if *byte == 0 { b'@' } else { *byte }).collect(),
        path => path[..path.iter().position(|byte| *byte == 0).unwrap_or(path.len())].to_vec(),
    };
    Some(Endpoint::Unix(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_address_is_read_by_its_family() {
        let text = |bytes: &[u8], transport| parse(bytes, transport).map(|endpoint| endpoint.to_string());
        let tcp = Some(Transport::Tcp);
        let v4 = [2, 0, 0x15, 0x38, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0];
        assert_eq!(text(&v4, tcp).as_deref(), Some("tcp/127.0.0.1/5432"));
        assert_eq!(text(&v4, None), None);
        let mut v6 = [0; 28];
        v6[0] = 10;
        v6[3] = 53;
        v6[23] = 1;
        assert_eq!(text(&v6, Some(Transport::Udp)).as_deref(), Some("udp/[::1]/53"));
        v6[18..24].copy_from_slice(&[0xff, 0xff, 10, 0, 0, 7]);
        assert_eq!(text(&v6, tcp).as_deref(), Some("tcp/10.0.0.7/53"));
        for (name, expected) in [
            (&b"\x01\0/run/x\0zz"[..], "unix//run/x"),
            (b"\x01\0/run/x", "unix//run/x"),
            (b"\x01\0\0bus", "unix/@bus"),
            (b"\x01\0\0a\0b\0", "unix/@a@b@"),
        ] {
            assert_eq!(text(name, None).as_deref(), Some(expected));
        }
        for cut in [&b""[..], b"\x01", b"\x01\0", &v4[..7], &v6[..23], b"\x10\0abc"] {
            assert_eq!(parse(cut, tcp), None);
        }
    }

    proptest! {
        #[test]
        fn no_bytes_are_too_odd(bytes in proptest::collection::vec(any::<u8>(), 0..130), family in 0_u8..12) {
            let bytes = [&[family, 0], &bytes[..]].concat();
            if let Some(Endpoint::Unix(name)) = parse(&bytes, Some(Transport::Udp)) {
                prop_assert!(name.len() + 2 <= bytes.len());
            }
        }
    }
}
