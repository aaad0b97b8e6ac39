//! Sockets of this very process, looked at both ways.
use super::*;
use crate::kernel::linux::guest::{is_root, not_tested, own_tid, with_thread};
use crate::resource::DescriptorKind;
use nix::sched::{CloneFlags, unshare};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::os::fd::AsRawFd;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr as UnixAddress, UnixDatagram, UnixListener, UnixStream};

/// By a copy and by the lists.
fn both() -> [TaskDirectory; 2] {
    let own = || TaskDirectory::open_for(own_tid()).expect("our own task");
    [own(), own().with_sockets_by_lists()]
}

fn seen(task: &TaskDirectory, socket: &impl AsRawFd) -> Socket {
    task.socket(socket.as_raw_fd()).expect("our own").expect("a socket")
}

/// Expects the same both ways: these addresses, own before peer's, and no more.
#[track_caller]
fn assert_seen(socket: &impl AsRawFd, is_stream: bool, expected: &[String]) {
    for task in both() {
        let by_lists = task.finds_sockets_by_lists();
        let seen = seen(&task, socket);
        let texts: Vec<String> = seen.endpoints.iter().map(ToString::to_string).collect();
        if by_lists && seen.transport.is_none() && !has_unix_diag() {
            // The list has no peers, and nobody can be asked: what is missing must be said to be.
            assert!(texts == expected || seen.incomplete, "{texts:?}");
            assert!(texts.iter().all(|text| expected.contains(text)), "{texts:?}");
        } else {
            assert_eq!(texts, expected, "by lists: {by_lists}");
            assert!(!seen.incomplete, "by lists: {by_lists}");
        }
        assert_eq!(seen.is_stream, is_stream, "by lists: {by_lists}");
        let kind = task.descriptor_kind(socket.as_raw_fd()).expect("our own").expect("open");
        let datagrams = DescriptorKind::Other("a socket of datagrams".to_owned());
        assert_eq!(kind, if is_stream { DescriptorKind::Stream } else { datagrams });
    }
}

/// Tells whether this kernel answers for unix sockets. It is a module of its own, which a virtual machine may lack.
fn has_unix_diag() -> bool {
    let (one, _other) = UnixStream::pair().expect("a pair");
    let inode = nix::sys::stat::fstat(&one).expect("our own").st_ino;
    !matches!(peer_of(inode), Peer::Unknown)
}

fn text(transport: &str, address: SocketAddr) -> String {
    match address {
        SocketAddr::V4(address) => format!("{transport}/{}/{}", address.ip(), address.port()),
        SocketAddr::V6(address) => match address.ip().to_ipv4_mapped() {
            Some(mapped) => format!("{transport}/{mapped}/{}", address.port()),
            None => format!("{transport}/[{}]/{}", address.ip(), address.port()),
        },
    }
}

fn check_tcp(address: impl Into<std::net::IpAddr>) {
    let listener = TcpListener::bind((address.into(), 0)).expect("a port");
    let at = listener.local_addr().expect("bound");
    assert_seen(&listener, true, &[text("tcp", at)]);
    let client = TcpStream::connect(at).expect("it listens");
    let from = client.local_addr().expect("bound");
    assert_seen(&client, true, &[text("tcp", from), text("tcp", at)]);
    let (server, _) = listener.accept().expect("connected");
    assert_seen(&server, true, &[text("tcp", at), text("tcp", from)]);
}

fn has_ipv6() -> bool {
    let has = UdpSocket::bind((Ipv6Addr::LOCALHOST, 0)).is_ok();
    if !has {
        not_tested("this machine has no address ::1");
    }
    has
}

#[test]
fn both_sides_of_a_tcp_connection_have_both_addresses() {
    check_tcp(Ipv4Addr::LOCALHOST);
    if has_ipv6() {
        check_tcp(Ipv6Addr::LOCALHOST);
    }
}

#[test]
fn a_mapped_address_is_ipv4() {
    if !has_ipv6() {
        return;
    }
    let listener = TcpListener::bind((Ipv6Addr::UNSPECIFIED, 0)).expect("a port");
    let port = listener.local_addr().expect("bound").port();
    let client = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).expect("it listens");
    let (server, _) = listener.accept().expect("connected");
    let from = client.local_addr().expect("bound");
    assert_seen(&server, true, &[format!("tcp/127.0.0.1/{port}"), text("tcp", from)]);
}

#[test]
fn udp_has_its_own_address_and_a_peer_when_connected() {
    let mut addresses: Vec<std::net::IpAddr> = vec![Ipv4Addr::LOCALHOST.into()];
    if has_ipv6() {
        addresses.push(Ipv6Addr::LOCALHOST.into());
    }
    for address in addresses {
        let one = UdpSocket::bind((address, 0)).expect("a port");
        let other = UdpSocket::bind((address, 0)).expect("a port");
        let at = one.local_addr().expect("bound");
        assert_seen(&one, false, &[text("udp", at)]);
        one.connect(other.local_addr().expect("bound")).expect("connect");
        assert_seen(&one, false, &[text("udp", at), text("udp", other.local_addr().expect("bound"))]);
    }
}

#[test]
fn unix_streams_have_the_servers_name_on_both_sides_accepted_or_not() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("odd\n\u{e9} name");
    let abstract_name = format!("havoc\0test {}", std::process::id());
    let shown = format!("unix/@{}", abstract_name.replace('\0', "@"));
    let by_path = format!("unix/{}", path.to_str().expect("text").as_bytes().escape_ascii());
    for (address, name) in [
        (UnixAddress::from_pathname(&path).expect("short"), by_path),
        (UnixAddress::from_abstract_name(&abstract_name).expect("short"), shown),
    ] {
        let listener = UnixListener::bind_addr(&address).expect("bind");
        let name = std::slice::from_ref(&name);
        assert_seen(&listener, true, name);
        let client = UnixStream::connect_addr(&address).expect("connect");
        assert_seen(&client, true, name);
        let (server, _) = listener.accept().expect("accept");
        assert_seen(&client, true, name);
        assert_seen(&server, true, name);
    }
}

#[test]
fn unix_datagrams_have_their_names() {
    let directory = tempfile::tempdir().expect("a directory");
    let [a, b] = ["a", "b"].map(|name| directory.path().join(name));
    let names = [&a, &b].map(|path| format!("unix/{}", path.display()));
    let one = UnixDatagram::bind(&a).expect("bind");
    assert_seen(&one, false, &names[..1]);
    let other = UnixDatagram::bind(&b).expect("bind");
    one.connect(&b).expect("connect");
    assert_seen(&one, false, &names);
    assert_seen(&other, false, &names[1..]);
}

#[test]
fn pairs_and_fresh_sockets_have_no_address() {
    let (one, _other) = UnixStream::pair().expect("a pair");
    assert_seen(&one, true, &[]);
    let (one, _other) = UnixDatagram::pair().expect("a pair");
    assert_seen(&one, false, &[]);
    assert_seen(&UnixDatagram::unbound().expect("a socket"), false, &[]);
}

#[test]
fn a_tcp_socket_that_no_list_has_may_be_bound() {
    let [by_copy, by_lists] = both();
    let fresh = raw_socket(libc::AF_INET, libc::SOCK_STREAM);
    let expected = Socket { is_stream: true, transport: Some(Transport::Tcp), ..Socket::default() };
    assert_eq!(seen(&by_copy, &fresh), expected);
    assert_eq!(seen(&by_lists, &fresh), Socket { incomplete: true, ..expected });
}

#[test]
fn sequenced_packets_are_no_stream() {
    let socket = raw_socket(libc::AF_UNIX, libc::SOCK_SEQPACKET);
    assert_seen(&socket, false, &[]);
}

#[test]
fn a_socket_of_another_family_has_no_address_that_a_rule_could_name() {
    let socket = socket_calls::sock_diag().expect("permitted to everybody");
    assert_seen(&socket, false, &[]);
}

#[test]
fn what_is_no_socket_is_none() {
    let (pipe, _writer) = std::io::pipe().expect("a pipe");
    let file = tempfile::tempfile().expect("a file");
    for task in both() {
        for descriptor in [-1, i32::MIN, i32::MAX, 1_000_000, pipe.as_raw_fd(), file.as_raw_fd()] {
            assert_eq!(task.socket(descriptor).expect("no error"), None, "{descriptor}");
        }
    }
}

#[test]
fn a_thread_with_descriptors_of_its_own_is_asked_for_its_own() {
    let (tell, hear) = std::sync::mpsc::channel();
    with_thread(
        || {
            let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
            tell.send((socket.as_raw_fd(), socket.local_addr().expect("bound"))).expect("heard");
            std::mem::forget(socket);
        },
        |tid| {
            let (descriptor, at) = hear.recv().expect("told");
            let task = TaskDirectory::open_for(tid).expect("our thread");
            for task in [task, TaskDirectory::open_for(tid).expect("our thread").with_sockets_by_lists()] {
                let socket = task.socket(descriptor).expect("our thread").expect("a socket");
                let texts: Vec<String> = socket.endpoints.iter().map(ToString::to_string).collect();
                assert_eq!(texts, [text("udp", at)]);
            }
        },
    );
}

#[test]
fn a_peer_that_has_closed_is_not_in_the_lists_and_is_missed() {
    let address =
        UnixAddress::from_abstract_name(format!("havoc gone {}", std::process::id())).expect("short");
    let listener = UnixListener::bind_addr(&address).expect("bind");
    let client = UnixStream::connect_addr(&address).expect("connect");
    drop(listener.accept().expect("accept"));
    let [by_copy, by_lists] = both().map(|task| seen(&task, &client));
    assert_eq!((by_copy.endpoints.len(), by_copy.incomplete), (1, false));
    assert_eq!((by_lists.endpoints.len(), by_lists.incomplete), (0, true));
}

#[test]
fn a_socket_of_another_network_namespace_is_seen_through_a_copy_and_its_peer_by_nothing_else() {
    if !is_root() {
        return;
    }
    let (tell, hear) = std::sync::mpsc::channel();
    let prepare = || {
        unshare(CloneFlags::CLONE_NEWNET).expect("root");
        let address = UnixAddress::from_abstract_name("havoc elsewhere").expect("short");
        let listener = UnixListener::bind_addr(&address).expect("bind");
        let client = UnixStream::connect_addr(&address).expect("connect");
        tell.send([listener.as_raw_fd(), client.as_raw_fd()]).expect("heard");
        std::mem::forget((listener, client));
    };
    with_thread(prepare, |tid| {
        let [listener, client] = hear.recv().expect("told");
        for by_lists in [false, true] {
            let mut task = TaskDirectory::open_for(tid).expect("our thread");
            if by_lists {
                task = task.with_sockets_by_lists();
            }
            let [listener, client] =
                [listener, client].map(|fd| task.socket(fd).expect("our thread").expect("a socket"));
            let name = [Endpoint::Unix(b"@havoc elsewhere".to_vec())];
            // This thread has descriptors of its own, which only a pidfd of a thread leads to: since Linux 6.9.
            let by_lists = by_lists || socket_calls::pidfd_open(tid, Whose::Task).is_err();
            assert_eq!((&listener.endpoints[..], listener.incomplete), (&name[..], by_lists));
            assert_eq!(client.endpoints, if by_lists { &[][..] } else { &name });
            assert_eq!(client.incomplete, by_lists);
        }
    });
}

#[test]
fn names_of_protocols_are_all_different() {
    let mut names: Vec<&[u8]> = PROTOCOLS.iter().chain([&UNIX, &OTHER]).map(|it| it.name).collect();
    names.sort_unstable();
    assert!(names.windows(2).all(|pair| pair[0] != pair[1]));
}

fn raw_socket(family: i32, kind: i32) -> OwnedFd {
    socket_calls::socket(family, kind | libc::SOCK_CLOEXEC, 0).expect("a socket")
}

#[test]
fn an_address_that_may_not_be_asked_for_is_missed_and_a_peer_that_is_not_there_is_none() {
    for error in [Errno::ENOTCONN, Errno::EOPNOTSUPP] {
        assert_eq!(of_answers([Err(error), Err(error)], None), Socket::default(), "{error}");
    }
    for answers in [[Err(Errno::EACCES), Err(Errno::ENOTCONN)], [Err(Errno::EOPNOTSUPP), Err(Errno::ENOMEM)]]
    {
        assert!(of_answers(answers.clone(), None).incomplete, "{answers:?}");
    }
}
