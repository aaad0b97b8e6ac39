//! Addresses of sockets that a call is given in memory: struct sockaddr_un, sockaddr_in and sockaddr_in6.
use crate::bytes::word_at;
use crate::kernel::Kernel;
use crate::plan::{Endpoint, Transport};
use crate::signature::{self, Kind};
use crate::task::Tid;
use havoc_arch::{Abi, SyscallView};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// sizeof(struct sockaddr_storage); the kernel takes no more, net/socket.c.
const LONGEST: u64 = 128;

/// Returns the addresses that a call is given. `transport` is that of the socket: an address does not say it.
pub(super) fn given<K: Kernel>(
    kernel: &mut K,
    tid: Tid,
    view: &SyscallView,
    transport: Option<Transport>,
) -> Vec<Endpoint> {
    let Some(signature) = signature::of_call(view.abi, view.number) else { return Vec::new() };
    let mut places = Vec::new();
    for (index, kind) in signature.arguments.iter().enumerate() {
        if let Kind::SocketAddress { length } = kind {
            places.push((view.args[index], view.args[usize::from(*length)]));
        }
    }
    if signature.name == "sendmsg" {
        places.extend(name_of_message(kernel, tid, view.abi, view.args[1]));
    }
    places
        .into_iter()
        .filter(|(address, _)| *address != 0)
        .filter_map(|(address, length)| {
            let mut bytes = vec![0; u64::from(length as u32).min(LONGEST) as usize];
            let read = kernel.read_memory(tid, address, &mut bytes).ok()?;
            parse(&bytes[..read], transport)
        })
        .collect()
}

/// msg_name and msg_namelen of struct msghdr, uapi/linux/socket.h.
fn name_of_message<K: Kernel>(kernel: &mut K, tid: Tid, abi: Abi, message: u64) -> Option<(u64, u64)> {
    let width = abi.word_size();
    let mut bytes = vec![0; 2 * width];
    let read = kernel.read_memory(tid, message, &mut bytes).ok()?;
    let length = u32::from_ne_bytes(bytes[width..width + 4].try_into().ok()?);
    (read == bytes.len()).then(|| (word_at(&bytes[..width], 0), length.into()))
}

/// Reads a socket address; `None` for one of another family.
pub(crate) fn parse(bytes: &[u8], transport: Option<Transport>) -> Option<Endpoint> {
    let (family, data) = bytes.split_at_checked(2)?;
    let internet = |address: IpAddr| {
        let port = u16::from_be_bytes([data[0], data[1]]);
        Some(Endpoint::Internet { transport: transport?, address: address.to_canonical(), port })
    };
    match i32::from(u16::from_ne_bytes([family[0], family[1]])) {
        libc::AF_UNIX => match data {
            [] => None,
            // An abstract name is as long as the address, unix(7).
            [0, name @ ..] => Some(Endpoint::Unix([b"@", name].concat())),
            path => {
                let end = path.iter().position(|byte| *byte == 0).unwrap_or(path.len());
                Some(Endpoint::Unix(path[..end].to_vec()))
            }
        },
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

#[cfg(test)]
mod tests {
    use super::*;

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
        assert_eq!(text(b"\x01\0/run/x\0zz", None).as_deref(), Some("unix//run/x"));
        assert_eq!(text(b"\x01\0\0bus", None).as_deref(), Some("unix/@bus"));
        for cut in [&b""[..], b"\x01", b"\x01\0", &v4[..7], &v6[..23], b"\x10\0abc"] {
            assert_eq!(parse(cut, tcp), None);
        }
    }
}
