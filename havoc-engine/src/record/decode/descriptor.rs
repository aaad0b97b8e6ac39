//! Descriptors: with the name of their file, or with the addresses of their socket.
use super::socket::port;
use super::{Decoder, text};
use crate::plan::{Endpoint, Transport};
use crate::record::{Token, escape_name};
use crate::resource::Socket;
use std::net::IpAddr;

impl Decoder<'_> {
    /// A descriptor and what it is open on.
    pub(super) fn descriptor(self, number: i32) -> Vec<Token> {
        // Asking for a negative one would only fail.
        let name = if number < 0 { None } else { self.look.descriptor_name(number) };
        let is_socket = name.as_ref().is_some_and(|name| name.starts_with(b"socket:["));
        let socket = (is_socket && self.style.addresses).then(|| self.look.socket(number)).flatten();
        match socket.and_then(|socket| addresses(&socket)) {
            Some(addresses) => {
                [vec![text(format!("{number}<"))], addresses, vec![text(">")]].into_iter().flatten().collect()
            }
            None => vec![Token::Descriptor { number, name }],
        }
    }

    /// A descriptor that paths are relative to, or AT_FDCWD.
    pub(super) fn directory(self, number: i32) -> Vec<Token> {
        if number != libc::AT_FDCWD {
            return self.descriptor(number);
        }
        match self.style.directory.then(|| self.look.working_directory()).flatten() {
            Some(name) => vec![text(format!("AT_FDCWD<{}>", escape_name(&name)))],
            None => vec![text("AT_FDCWD")],
        }
    }
}

/// A socket in strace's manner: `TCP:[127.0.0.1:41234->127.0.0.1:80]`, its own address before its peer's. `None` for one
/// without addresses, and of a protocol without a name.
fn addresses(socket: &Socket) -> Option<Vec<Token>> {
    let first = socket.endpoints.first()?;
    let mut tokens = vec![text(format!("{}:[", protocol(first, socket)))];
    for (index, endpoint) in socket.endpoints.iter().enumerate() {
        if index > 0 {
            tokens.push(text("->"));
        }
        match endpoint {
            Endpoint::Unix(name) => tokens.push(Token::Quoted { bytes: name.clone(), truncated: false }),
            Endpoint::Internet { address, port: number, .. } => {
                tokens.push(text(match address {
                    IpAddr::V4(address) => format!("{address}:"),
                    IpAddr::V6(address) => format!("[{address}]:"),
                }));
                tokens.push(port(*number, true));
            }
        }
    }
    tokens.push(text("]"));
    Some(tokens)
}

fn protocol(endpoint: &Endpoint, socket: &Socket) -> &'static str {
    match endpoint {
        Endpoint::Unix(_) if socket.is_stream => "UNIX-STREAM",
        Endpoint::Unix(_) => "UNIX",
        Endpoint::Internet { transport: Transport::Tcp, address: IpAddr::V4(_), .. } => "TCP",
        Endpoint::Internet { transport: Transport::Tcp, .. } => "TCPv6",
        Endpoint::Internet { transport: Transport::Udp, address: IpAddr::V4(_), .. } => "UDP",
        Endpoint::Internet { transport: Transport::Udp, .. } => "UDPv6",
    }
}
