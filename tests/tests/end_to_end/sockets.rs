//! A rule picks calls by the address of their socket, the program's own or the other side's, by whatever way this kernel
//! leaves to find it out.
use havoc_tests::havoc::{Havoc, Ran};
use havoc_tests::skip::skip;
use havoc_tests::{outside, testee};
use std::net::{Ipv4Addr, Ipv6Addr, TcpListener, UdpSocket};

/// With what the kernel has, and as on one without pidfd_getfd.
fn ways() -> [Havoc; 2] {
    [Havoc::new(), Havoc::new().options(["--debug-absent=pidfd-getfd"])]
}

/// Runs `sockets` both ways, in each with its own rule made of `rule`.
fn ran(rule: &str, arguments: &[&str]) -> [Ran; 2] {
    ways().map(|havoc| {
        let ran = havoc.inject(rule).run(testee::c("sockets"), arguments);
        assert_eq!(ran.status, 0, "{ran:?}");
        assert!(ran.lines_with("could not be judged").is_empty(), "{ran:?}");
        ran
    })
}

/// Two ports that somebody listens at, as long as they are held.
fn listeners(address: &str) -> ([TcpListener; 2], [String; 2]) {
    let listeners = [(); 2].map(|()| TcpListener::bind((address, 0)).expect("a port"));
    let ports = [0, 1].map(|index| listeners[index].local_addr().expect("bound").port().to_string());
    (listeners, ports)
}

/// Two ports that datagrams arrive at.
fn receivers(address: &str) -> ([UdpSocket; 2], [String; 2]) {
    let receivers = [(); 2].map(|()| UdpSocket::bind((address, 0)).expect("a port"));
    let ports = [0, 1].map(|index| receivers[index].local_addr().expect("bound").port().to_string());
    (receivers, ports)
}

#[test]
fn a_connection_is_refused_at_one_port_and_not_at_the_other() {
    let (_listeners, [first, second]) = listeners("127.0.0.1");
    for (spec, failed) in [
        (format!("sock=tcp/127.0.0.1/{second}"), "connect 1"),
        (format!("sock=tcp/*/{first}"), "connect 0"),
        (format!("sock!=tcp/127.0.0.1/{second}"), "connect 0"),
        (format!("sock=\"tcp/[::ffff:127.0.0.1]/{second}\""), "connect 1"),
    ] {
        let rule = format!("connect:error=ECONNREFUSED:{spec}");
        for ran in ran(&rule, &["connect", "127.0.0.1", &first, &second]) {
            assert_eq!(ran.failed_by("ECONNREFUSED"), [failed], "{ran:?}");
            assert_eq!(ran.out.matches("4 bytes").count(), 1, "{ran:?}");
        }
    }
}

#[test]
fn what_is_written_to_a_connection_is_known_by_its_peer() {
    let (_listeners, [first, second]) = listeners("127.0.0.1");
    for (spec, failed) in [
        (format!("sock=tcp/127.0.0.1/{second}"), &["write 1"][..]),
        (format!("sock!=*/*/{second}:sock=*/*/*"), &["write 0"]),
        ("sock=tcp/127.0.0.1/*".to_owned(), &["write 0", "write 1"]),
        (format!("sock=udp/*/{second}"), &[]),
    ] {
        for ran in ran(&format!("write:error=EPIPE:{spec}"), &["connect", "127.0.0.1", &first, &second]) {
            assert_eq!(ran.failed_by("EPIPE"), failed, "{spec}: {ran:?}");
        }
    }
}

#[test]
fn a_datagram_is_known_by_the_address_that_it_is_sent_to() {
    let (_receivers, [first, second]) = receivers("127.0.0.1");
    for (spec, failed) in [
        (format!("sock=udp/127.0.0.1/{second}"), &["sendto 1", "sendmsg 1", "write 1"][..]),
        (format!("sock!=udp/*/{second}:sock=udp/*/*"), &["sendto 0", "sendmsg 0", "write 0"]),
        (format!("sock=tcp/*/{second}"), &[]),
    ] {
        let rule = format!("sendto,sendmsg,write:error=ENOBUFS:{spec}");
        for ran in ran(&rule, &["send", "127.0.0.1", &first, &second]) {
            assert_eq!(ran.failed_by("ENOBUFS"), failed, "{spec}: {ran:?}");
        }
    }
}

#[test]
fn addresses_of_ipv6_are_known_too() {
    if UdpSocket::bind((Ipv6Addr::LOCALHOST, 0)).is_err() {
        skip("this machine has no address ::1");
        return;
    }
    let (_listeners, [first, second]) = listeners("::1");
    let rule = format!("connect,write:error=ENETDOWN:sock=\"tcp/[::1]/{second}\"");
    for ran in ran(&rule, &["connect", "::1", &first, &second]) {
        assert_eq!(ran.failed_by("ENETDOWN"), ["connect 1"], "{ran:?}");
    }
    let (_receivers, [first, second]) = receivers("::1");
    let rule = format!("sendto,write:error=ENETDOWN:sock=\"udp/[::1]/{first}\"");
    for ran in ran(&rule, &["send", "::1", &first, &second]) {
        assert_eq!(ran.failed_by("ENETDOWN"), ["sendto 0", "write 0"], "{ran:?}");
    }
    // A socket of IPv6 that talks IPv4: to the program, and to a rule, that is IPv4.
    let (_listeners, [first, second]) = listeners(&Ipv4Addr::LOCALHOST.to_string());
    let rule = format!("write:error=ENETDOWN:sock=tcp/127.0.0.1/{second}");
    for ran in ran(&rule, &["connect", "::ffff:127.0.0.1", &first, &second]) {
        assert_eq!(ran.failed_by("ENETDOWN"), ["write 1"], "{ran:?}");
    }
}

#[test]
fn client_and_server_of_a_unix_socket_are_known_by_its_path_accepted_or_not() {
    const SENDS: [&str; 4] = ["unaccepted write", "client write", "client sendto", "server sendmsg"];
    for (spec, index) in
        [("sock=unix/**/a.sock", 0), ("sock=unix/b.*", 1), ("sock!=unix/**/b.sock:sock=unix/**", 0)]
    {
        for (havoc, by_lists) in ways().into_iter().zip([false, true]) {
            let [a, b] = ["a", "b"].map(|name| format!("{}/{name}.sock", havoc.directory().display()));
            let rule = format!("write,sendto,sendmsg:error=ECONNRESET:{spec}");
            let ran = havoc.inject(&rule).run(testee::c("sockets"), &["unix", &a, &b]);
            let failed: Vec<String> = SENDS.iter().map(|what| format!("{what} {index}")).collect();
            if by_lists && outside::is_guest() {
                // Its kernel has no module, and one answers for the peers of unix sockets: these calls are not judged, and
                // never taken for those of another socket.
                assert!(!ran.lines_with("could not be judged").is_empty(), "{ran:?}");
                let is_expected = |call: &&str| failed.iter().any(|expected| expected == call);
                assert!(ran.failed_by("ECONNRESET").iter().all(is_expected), "{ran:?}");
                continue;
            }
            assert_eq!(ran.failed_by("ECONNRESET"), failed, "{spec}: {ran:?}");
            assert!(ran.lines_with("could not be judged").is_empty(), "{ran:?}");
        }
    }
}

#[test]
fn an_abstract_name_is_written_with_an_at_sign() {
    for havoc in ways() {
        // Such names are those of the machine: the directory is ours alone.
        let [a, b] = ["a", "b"].map(|name| format!("@{}/{name}", havoc.directory().display()));
        let rule = format!("sendmsg:error=ECONNRESET:sock=unix/{b}");
        let ran = havoc.inject(&rule).run(testee::c("sockets"), &["unix", &a, &b]);
        assert_eq!(ran.failed_by("ECONNRESET"), ["server sendmsg 1"], "{ran:?}");
    }
}

#[test]
fn a_stream_may_come_short_and_a_datagram_is_left_alone() {
    let (_listeners, [first, second]) = listeners("127.0.0.1");
    for ran in ran("write:short=1:sock=tcp/*/*", &["connect", "127.0.0.1", &first, &second]) {
        assert_eq!(ran.out.matches(": 1 bytes").count(), 2, "{ran:?}");
    }
    let (_receivers, [first, second]) = receivers("127.0.0.1");
    for ran in ran("write:short=1:sock=udp/*/*", &["send", "127.0.0.1", &first, &second]) {
        assert_eq!(ran.out.matches(": 4 bytes").count(), 6, "{ran:?}");
        assert_eq!(ran.injected(), 0, "{ran:?}");
        assert!(ran.log.contains("a socket of datagrams"), "{ran:?}");
    }
}

/// As strace writes them. Both ways to the addresses are tried.
#[test]
fn the_log_has_both_addresses_of_a_connection_where_they_are_asked_for() {
    let (_listeners, [first, second]) = listeners("127.0.0.1");
    for asking in [&["-yy"][..], &["-e", "decode-fds=socket"][..]] {
        for havoc in ways() {
            let havoc = havoc.options(["--trace", "write"]).options(asking.iter().copied());
            let ran = havoc.run(testee::c("sockets"), &["connect", "127.0.0.1", &first, &second]);
            for port in [&first, &second] {
                let found = ran.lines_with(&format!("->127.0.0.1:{port}]>, "));
                assert_eq!(found.len(), 1, "{ran:?}");
                assert!(found[0].contains("write(") && found[0].contains("<TCP:[127.0.0.1:"), "{ran:?}");
            }
        }
    }
}
