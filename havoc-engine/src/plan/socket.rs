//! Addresses of sockets, and patterns for them.
use super::{PathPattern, PatternError};
use std::fmt;
use std::net::IpAddr;

/// An address that a socket has, or that a call gives it: its own or the other side's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Endpoint {
    /// unix(7): a path as the program gave it, or `@` and an abstract name.
    Unix(Vec<u8>),
    /// tcp(7) or udp(7).
    Internet {
        /// Which of the two.
        transport: Transport,
        /// The address; a mapped IPv4 one (`::ffff:1.2.3.4`) as IPv4.
        address: IpAddr,
        /// The port.
        port: u16,
    },
}

/// The protocols that have ports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// Streams.
    Tcp,
    /// Datagrams.
    Udp,
}

impl Transport {
    /// Returns its name in a pattern.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Transport::Tcp => "tcp",
            Transport::Udp => "udp",
        }
    }
}

impl fmt::Display for Endpoint {
    /// Writes it as a pattern for it would be written.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Endpoint::Unix(name) => write!(formatter, "unix/{}", name.escape_ascii()),
            Endpoint::Internet { transport, address: IpAddr::V4(address), port } => {
                write!(formatter, "{}/{address}/{port}", transport.name())
            }
            Endpoint::Internet { transport, address: IpAddr::V6(address), port } => {
                write!(formatter, "{}/[{address}]/{port}", transport.name())
            }
        }
    }
}

/// `sock=SPEC`.
#[derive(Clone, Debug, PartialEq)]
pub struct SocketPattern {
    text: String,
    matches: Matches,
}

#[derive(Clone, Debug, PartialEq)]
enum Matches {
    Unix(PathPattern),
    /// A name that begins with `@`, whole: the pattern has a `/` in place of that, and the name is given one.
    Abstract(PathPattern),
    Internet {
        transport: Option<Transport>,
        address: Option<IpAddr>,
        port: Option<u16>,
    },
}

impl SocketPattern {
    /// Reads `unix/GLOB`, `tcp/HOST/PORT`, `udp/HOST/PORT`; HOST and PORT may be `*`, and so may `tcp` or `udp`.
    ///
    /// # Errors
    /// When the text is none of these.
    pub fn new(text: &str) -> Result<SocketPattern, PatternError> {
        let wrong = |why: String| Err(PatternError(why));
        let Some((family, rest)) = text.split_once('/') else {
            return wrong("write `unix/GLOB`, `tcp/HOST/PORT` or `udp/HOST/PORT`".to_owned());
        };
        let transport = match family {
            "unix" => {
                if let Some(name) = rest.strip_prefix('@') {
                    // Abstract names are no paths, though many look like one: `@/tmp/.X11-unix/X0`.
                    let whole = format!("/{}", name.trim_start_matches('/'));
                    let pattern = PathPattern::new(&whole, std::path::Path::new("/"))?;
                    return Ok(SocketPattern { text: text.to_owned(), matches: Matches::Abstract(pattern) });
                }
                // A name that was bound is compared as it was given: nothing is joined to a directory.
                let pattern = PathPattern::new(rest, std::path::Path::new("/"))?;
                if pattern.is_relative() {
                    return wrong("a socket's path begins with `/` or `**/`, or has no `/`".to_owned());
                }
                return Ok(SocketPattern { text: text.to_owned(), matches: Matches::Unix(pattern) });
            }
            "tcp" => Some(Transport::Tcp),
            "udp" => Some(Transport::Udp),
            "*" => None,
            other => return wrong(format!("`{other}` is none of `unix`, `tcp`, `udp`, `*`")),
        };
        let Some((host, port)) = rest.rsplit_once('/') else {
            return wrong(format!("a port is missing: `{family}/HOST/PORT`, each may be `*`"));
        };
        let address = match host {
            "*" => None,
            _ => {
                let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
                match bare.parse::<IpAddr>() {
                    Ok(address) => Some(address.to_canonical()),
                    Err(_) => {
                        return wrong(format!(
                            "`{host}` is no address; names are not looked up: write `127.0.0.1`, `[::1]` or `*`"
                        ));
                    }
                }
            }
        };
        let port = match port {
            "*" => None,
            _ => match port.parse() {
                Ok(port) => Some(port),
                Err(_) => return wrong(format!("`{port}` is no port; they are 0–65535, or `*`")),
            },
        };
        Ok(SocketPattern { text: text.to_owned(), matches: Matches::Internet { transport, address, port } })
    }

    /// Returns the pattern as it was written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the pattern for the path or the abstract name of a unix(7) socket, if it is one for those.
    pub(crate) const fn glob(&self) -> Option<&PathPattern> {
        match &self.matches {
            Matches::Unix(pattern) | Matches::Abstract(pattern) => Some(pattern),
            Matches::Internet { .. } => None,
        }
    }

    /// Returns the port, if it is for one alone.
    pub(crate) const fn port(&self) -> Option<u16> {
        match self.matches {
            Matches::Internet { port, .. } => port,
            Matches::Unix(_) | Matches::Abstract(_) => None,
        }
    }

    /// Tells whether an address matches.
    #[must_use]
    pub fn matches(&self, endpoint: &Endpoint) -> bool {
        match (&self.matches, endpoint) {
            (Matches::Unix(pattern), Endpoint::Unix(name)) => {
                // A path that was bound as a relative one lies in a directory that nobody knows any more.
                let is_relative = !matches!(name.first(), Some(b'/' | b'@'));
                let in_any =
                    || !pattern.text().starts_with('/') && pattern.matches(&[b"/", &name[..]].concat());
                pattern.matches(name) || (is_relative && in_any())
            }
            (Matches::Abstract(pattern), Endpoint::Unix(name)) => {
                let Some(name) = name.strip_prefix(b"@") else { return false };
                let slashes = name.iter().take_while(|&&byte| byte == b'/').count();
                pattern.matches(&[b"/", &name[slashes..]].concat())
            }
            (Matches::Internet { transport, address, port }, Endpoint::Internet { .. }) => {
                let Endpoint::Internet { transport: of, address: at, port: on } = endpoint else {
                    return false;
                };
                transport.is_none_or(|transport| transport == *of)
                    && address.is_none_or(|address| address == *at)
                    && port.is_none_or(|port| port == *on)
            }
            (Matches::Unix(_) | Matches::Abstract(_), Endpoint::Internet { .. })
            | (Matches::Internet { .. }, Endpoint::Unix(_)) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn internet(transport: Transport, address: &str, port: u16) -> Endpoint {
        let address = address.parse::<IpAddr>().expect("an address").to_canonical();
        Endpoint::Internet { transport, address, port }
    }

    #[test]
    fn sockets_match_by_path_or_by_address_and_port() {
        use Transport::{Tcp, Udp};
        let postgres = internet(Tcp, "127.0.0.1", 5432);
        let dns = internet(Udp, "::1", 53);
        let mapped = internet(Tcp, "::ffff:127.0.0.1", 5432);
        let path = Endpoint::Unix(b"/run/db/.s.PGSQL.5432".to_vec());
        let hidden = Endpoint::Unix(b"@dbus".to_vec());
        let relative = Endpoint::Unix(b"run/a.sock".to_vec());
        let x11 = Endpoint::Unix(b"@/tmp/.X11-unix/X0".to_vec());
        for (pattern, endpoint, matches) in [
            ("tcp/127.0.0.1/5432", &postgres, true),
            ("tcp/127.0.0.1/5432", &mapped, true),
            ("tcp/[::ffff:127.0.0.1]/5432", &postgres, true),
            ("tcp/*/5432", &postgres, true),
            ("tcp/*/*", &postgres, true),
            ("*/*/*", &dns, true),
            ("tcp/*/5433", &postgres, false),
            ("tcp/10.0.0.1/*", &postgres, false),
            ("udp/*/*", &postgres, false),
            ("udp/[::1]/53", &dns, true),
            ("udp/::1/53", &dns, true),
            ("unix/*", &path, true),
            ("unix/.s.PGSQL.*", &path, true),
            ("unix//run/**", &path, true),
            ("unix/**/db/*", &path, true),
            ("unix//var/**", &path, false),
            ("unix/@dbus", &hidden, true),
            ("unix/*", &hidden, true),
            ("unix/@d*", &hidden, true),
            ("unix/@db", &hidden, false),
            ("unix/@/tmp/.X11-unix/X0", &x11, true),
            ("unix/@/tmp/*/X?", &x11, true),
            ("unix/@**", &x11, true),
            ("unix/X0", &x11, false),
            ("unix/a.sock", &relative, true),
            ("unix/**/a.sock", &relative, true),
            ("unix/**/run/a.sock", &relative, true),
            ("unix//run/a.sock", &relative, false),
            ("unix/@/tmp/*", &x11, false),
            ("unix//tmp/.X11-unix/X0", &x11, false),
            ("unix/@*", &path, false),
            ("unix/@*", &postgres, false),
            ("unix/**", &postgres, false),
            ("*/*/*", &path, false),
        ] {
            let compiled = SocketPattern::new(pattern).unwrap_or_else(|error| panic!("{pattern}: {error}"));
            assert_eq!(compiled.matches(endpoint), matches, "{pattern} {endpoint}");
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for (text, why) in [
            ("5432", "write `unix/GLOB`"),
            ("tcp/5432", "a port is missing"),
            ("tcp/localhost/80", "`localhost` is no address"),
            ("tcp/*/http", "`http` is no port"),
            ("tcp/*/65536", "`65536` is no port"),
            ("sctp/*/1", "`sctp` is none of"),
            ("unix/", "an empty pattern"),
            ("unix/run/x", "a socket's path begins with `/`"),
        ] {
            let error = SocketPattern::new(text).expect_err(text);
            assert!(error.0.starts_with(why), "{text}: {error}");
        }
    }
}
