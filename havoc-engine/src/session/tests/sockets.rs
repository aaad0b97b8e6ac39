//! A rule chooses a call by the addresses of its socket: what the socket has, what the call gives, what is not known.
use super::*;
use crate::kernel::script::World;
use crate::plan::{Endpoint, Transport};
use crate::resource::Socket;
use std::net::{IpAddr, Ipv4Addr};

const ADDRESS: u64 = 0x5000;
const DATABASE: (&str, u16) = ("tcp/127.0.0.1/5432", 5432);

fn tcp(ports: &[u16]) -> Socket {
    let endpoint = |port: &u16| Endpoint::Internet {
        transport: Transport::Tcp,
        address: IpAddr::V4(Ipv4Addr::LOCALHOST),
        port: *port,
    };
    Socket {
        is_stream: true,
        transport: Some(Transport::Tcp),
        endpoints: ports.iter().map(endpoint).collect(),
        incomplete: false,
    }
}

/// struct sockaddr_in of 127.0.0.1.
fn address(port: u16) -> Vec<u8> {
    [&2_u16.to_ne_bytes()[..], &port.to_be_bytes(), &[127, 0, 0, 1], &[0; 8]].concat()
}

/// Plays one call under a rule that fails it, and returns its matches and how often it could not be judged.
fn judged(rule: &str, world: impl FnOnce(&mut World), name: &str, arguments: &[u64]) -> (u64, u64) {
    let script = Script::begun().with(world).calls(100, name, arguments).exits(100, 0);
    let ran = Case::rules(&[rule]).play(script);
    (ran.rule(0).0, ran.report.rules[0].tally.hidden)
}

#[test]
fn either_side_of_a_socket_is_meant_and_none_of_them_by_its_opposite() {
    for (pattern, ports, matches) in [
        ("sock=tcp/*/5432", &[5432][..], 1),
        ("sock=tcp/*/5432", &[60000, 5432], 1),
        ("sock=tcp/*/5432", &[60000, 80], 0),
        ("sock=udp/*/5432", &[5432], 0),
        ("sock=tcp/*/5432", &[], 0),
        ("sock!=tcp/*/5432", &[60000, 5432], 0),
        ("sock!=tcp/*/5432", &[60000, 80], 1),
        ("sock!=tcp/*/5432", &[], 1),
    ] {
        let rule = format!("write:error=EIO:{pattern}");
        let world = |world: &mut World| world.socket(100, 3, tcp(ports));
        assert_eq!(judged(&rule, world, "write", &[3, 0, 1]), (matches, 0), "{rule} {ports:?}");
    }
}

#[test]
fn what_is_no_socket_has_no_address() {
    for (rule, matches) in [("write:error=EIO:sock=*/*/*", 0), ("write:error=EIO:sock!=*/*/*", 1)] {
        let world = |world: &mut World| world.file(100, 3, "/data/a");
        assert_eq!(judged(rule, world, "write", &[3, 0, 1]), (matches, 0), "{rule}");
    }
}

#[test]
fn a_connect_is_chosen_by_the_address_that_it_is_given() {
    for incomplete in [false, true] {
        for (port, equal, unequal) in [(DATABASE.1, 1, 0), (80, 0, 1)] {
            for (operator, matches) in [("=", equal), ("!=", unequal)] {
                let rule = format!("connect:error=ECONNREFUSED:sock{operator}{}", DATABASE.0);
                let world = |world: &mut World| {
                    world.socket(100, 3, Socket { incomplete, ..tcp(&[]) });
                    world.bytes(100, ADDRESS, &address(port));
                };
                let found = judged(&rule, world, "connect", &[3, ADDRESS, 16]);
                assert_eq!(found, (matches, 0), "{rule} {port} {incomplete}");
            }
        }
    }
}

#[test]
fn each_message_of_a_send_may_have_an_address_of_its_own() {
    // struct mmsghdr: struct msghdr of 56 bytes, and msg_len; of 64-bit programs, as all native ones are.
    let message = |name: u64| {
        let mut bytes = [name.to_ne_bytes(), 16_u64.to_ne_bytes()].concat();
        bytes.resize(64, 0);
        bytes
    };
    for (name, arguments) in
        [("sendmsg", [3, 0x6000, 0, 0]), ("sendmmsg", [3, 0x6000, 2, 0]), ("sendmmsg", [3, 0x6000, 1, 0])]
    {
        let world = |world: &mut World| {
            world.socket(100, 3, tcp(&[]));
            world.bytes(100, ADDRESS, &address(80));
            world.bytes(100, 0x5100, &address(5432));
            world.bytes(100, 0x6000, &[message(ADDRESS), message(0x5100)].concat());
        };
        let second = u64::from(name == "sendmmsg" && arguments[2] == 2);
        for (pattern, matches) in [("tcp/*/80", 1), ("tcp/*/5432", second), ("tcp/*/81", 0)] {
            let rule = format!("{name}:error=EIO:sock={pattern}");
            assert_eq!(judged(&rule, world, name, &arguments), (matches, 0), "{rule} {arguments:?}");
        }
    }
}

#[test]
fn what_is_not_wholly_known_is_judged_only_where_it_matches() {
    for (pattern, judgement) in [
        ("sock=tcp/*/80", (1, 0)),
        ("sock=tcp/*/5432", (0, 1)),
        ("sock!=tcp/*/80", (0, 0)),
        ("sock!=tcp/*/5432", (0, 1)),
    ] {
        let rule = format!("write:error=EIO:{pattern}");
        let world = |world: &mut World| world.socket(100, 3, Socket { incomplete: true, ..tcp(&[80]) });
        assert_eq!(judged(&rule, world, "write", &[3, 0, 1]), judgement, "{rule}");
    }
}

#[test]
fn a_task_that_hides_its_sockets_does_not_match_and_is_counted() {
    for rule in ["write:error=EIO:sock=tcp/*/80", "write:error=EIO:sock!=tcp/*/80"] {
        let world = |world: &mut World| {
            world.socket(100, 3, tcp(&[80]));
            world.hide(100);
        };
        assert_eq!(judged(rule, world, "write", &[3, 0, 1]), (0, 1), "{rule}");
    }
}

#[test]
fn an_address_that_is_not_there_matches_nothing() {
    // 0x5000 is not there: the kernel will refuse the call.
    let rule = "connect:error=EIO:sock=tcp/*/80";
    let world = |world: &mut World| world.socket(100, 3, tcp(&[]));
    assert_eq!(judged(rule, world, "connect", &[3, ADDRESS, 16]), (0, 0));
}

#[test]
fn sockets_are_looked_up_for_rules_that_ask_alone() {
    let script = |script: Script| script.calls(100, "write", &[3, 0, 1]).exits(100, 0);
    let begun = || Script::begun().with(|world| world.socket(100, 3, tcp(&[80])));
    let ran = Case::rules(&["write:error=EIO:fd=4"]).play(script(begun()));
    assert!(!ran.kernel.requests().contains(&"socket"), "{:?}", ran.kernel.requests());
    let ran = Case::rules(&["write:error=EIO:sock=tcp/*/81", "write:error=EIO:sock=tcp/*/80"])
        .play(script(begun()));
    let asked = ran.kernel.requests().iter().filter(|request| **request == "socket").count();
    assert_eq!((asked, ran.rule(1)), (1, (1, 1)));
}
