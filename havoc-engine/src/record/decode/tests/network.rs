//! Addresses, options and messages of sockets, as strace 6.1 writes them.
use super::structure::packed;
use super::*;
use crate::plan::{Endpoint, Transport};

const ZERO: Returned = Returned::Value(0);

/// 127.0.0.1 and this port.
fn inet(port: u16) -> Vec<u8> {
    let mut bytes = packed(16, &[(0, 2, 2)]);
    bytes[2..4].copy_from_slice(&port.to_be_bytes());
    bytes[4..8].copy_from_slice(&[127, 0, 0, 1]);
    bytes
}

/// Decodes at the entry over one memory and at the exit over another.
#[track_caller]
fn check_both(
    abi: Abi,
    name: &str,
    given: &[u64],
    before: &Task,
    after: &Task,
    returned: Returned,
    expected: &str,
) {
    let view = view(abi, name, given);
    let mut arguments = at_entry(&view, before);
    at_exit(&mut arguments, &view, returned, after);
    assert_eq!(line(&arguments), expected, "{name}");
}

#[test]
fn an_address_that_the_kernel_gives_is_as_long_as_it_says() {
    let task = |length: u32, port| Task::new().with(0x1000, &inet(port)).with(0x2000, &length.to_ne_bytes());
    let given = [3, 0x1000, 0x2000, 0];
    for abi in [Abi::X86_64, Abi::I386] {
        let exit = |before, after, returned, shown: &str| {
            let (before, after) = (task(before, 80), task(after, 80));
            check_both(abi, "accept4", &given, &before, &after, returned, &format!("3</data/a>, {shown}, 0"));
        };
        let shown = r#"{sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("127.0.0.1")}"#;
        // strace: {sa_family=AF_INET, …}, [128 => 16]
        exit(128, 16, Returned::Value(4), &format!("{shown}, [128 => 16]"));
        exit(16, 16, Returned::Value(4), &format!("{shown}, [16]"));
        // strace: getpeername(13, {sa_family=AF_INET, sa_data="\2127"}, [4 => 16])
        exit(4, 16, Returned::Value(4), r#"{sa_family=AF_INET, sa_data="\0P"}, [4 => 16]"#);
        exit(16, 0, Returned::Value(4), "&0x1000, [16 => 0]");
        exit(128, 16, error(22), "&0x1000, [128]");
    }
    check_exit(&task(16, 80), "accept", &[3, 0, 0], Returned::Value(4), "3</data/a>, NULL, NULL");
    check_exit(&task(16, 80), "getsockname", &[3, 0x1000, 0x9000], ZERO, "3</data/a>, &0x1000, &0x9000");
    // A port of chance differs by run.
    let shown = r#"{sa_family=AF_INET, sin_port=htons(~40000), sin_addr=inet_addr("127.0.0.1")}, [16]"#;
    check_exit(&task(16, 40000), "getsockname", &[3, 0x1000, 0x2000], ZERO, &format!("3</data/a>, {shown}"));
    let chosen =
        r#"3</data/a>, {sa_family=AF_INET, sin_port=htons(40000), sin_addr=inet_addr("127.0.0.1")}, 16"#;
    check(&task(16, 40000), "bind", &[3, 0x1000, 16], chosen);
}

#[test]
fn a_received_datagram_shows_who_sent_it() {
    let task =
        Task::new().with(0x1000, b"hello").with(0x2000, b"\x01\0/run/x\0").with(0x3000, &9_u32.to_ne_bytes());
    let given = [3, 0x1000, 8, 0x40, 0x2000, 0x3000];
    let start = "3</data/a>, ";
    let shown = r#""hello", 8, MSG_DONTWAIT, {sa_family=AF_UNIX, sun_path="/run/x"}, [9]"#;
    check_exit(&task, "recvfrom", &given, Returned::Value(5), &format!("{start}{shown}"));
    let failed = "&0x1000, 8, MSG_DONTWAIT, &0x2000, [9]";
    check_exit(&task, "recvfrom", &given, error(11), &format!("{start}{failed}"));
}

#[test]
fn socket_options_have_their_own_form() {
    let option = |option: u64, bytes: &[u8], shown: &str| {
        let length = bytes.len() as u32;
        let task = Task::new().with(0x1000, bytes).with(0x2000, &length.to_ne_bytes());
        let shown = format!("3</data/a>, SOL_SOCKET, {shown}, [{length}]");
        check_exit(&task, "getsockopt", &[3, 1, option, 0x1000, 0x2000], ZERO, &shown);
        check_exit_on(Abi::I386, &task, "getsockopt", &[3, 1, option, 0x1000, 0x2000], ZERO, &shown);
    };
    option(4, &0_u32.to_ne_bytes(), "SO_ERROR, [0]");
    option(4, &111_u32.to_ne_bytes(), "SO_ERROR, [ECONNREFUSED]");
    option(3, &1_u32.to_ne_bytes(), "SO_TYPE, [1]");
    option(13, &packed(8, &[(0, 4, 1), (4, 4, 30)]), "SO_LINGER, {l_onoff=1, l_linger=30}");
    option(17, &packed(12, &[(0, 4, 77), (4, 4, 5), (8, 4, 6)]), "SO_PEERCRED, {pid=t:77, uid=5, gid=6}");
    option(3, &[0; 7], "SO_TYPE, &0x1000");
    let task = Task::new().with(0x1000, &packed(8, &[(0, 4, 1), (4, 4, 30)]));
    let shown = "3</data/a>, SOL_SOCKET, SO_LINGER, {l_onoff=1, l_linger=30}, 8";
    check(&task, "setsockopt", &[3, 1, 13, 0x1000, 8], shown);
}

/// A task with a struct msghdr at 0x1000: an address at 0x2000, two buffers, and control data at 0x5000.
fn with_message(abi: Abi, name_length: u64, control: &[u8]) -> Task {
    let word = abi.word_size();
    let at = |words: usize| words * word;
    let message = packed(
        at(7),
        &[
            (0, word, 0x2000),
            (at(1), 4, name_length),
            (at(2), word, 0x3000),
            (at(3), word, 2),
            (at(4), word, 0x5000),
            (at(5), word, control.len() as u64),
            (at(6), 4, 0x4000),
        ],
    );
    let vector =
        packed(at(4), &[(0, word, 0x4000), (at(1), word, 3), (at(2), word, 0x4010), (at(3), word, 4)]);
    Task::new()
        .with(0x1000, &message)
        .with(0x2000, b"\x01\0/run/x\0")
        .with(0x3000, &vector)
        .with(0x4000, b"abc")
        .with(0x4010, b"defg")
        .with(0x5000, control)
}

#[test]
fn a_message_shows_its_address_buffers_and_descriptors() {
    for (abi, header) in [(Abi::X86_64, 16), (Abi::I386, 12)] {
        let (level, kind) = (header - 8, header - 4);
        let length = header + 8;
        let rights = packed(
            length,
            &[(0, 4, length as u64), (level, 4, 1), (kind, 4, 1), (header, 4, 3), (header + 4, 4, 77)],
        );
        let control = format!(
            "msg_control=[{{cmsg_len={length}, cmsg_level=SOL_SOCKET, cmsg_type=SCM_RIGHTS, \
             cmsg_data=[3</data/a>, fd:77]}}], msg_controllen={length}, msg_flags=MSG_NOSIGNAL"
        );
        let name = r#"msg_name={sa_family=AF_UNIX, sun_path="/run/x"}"#;
        let vector = r#"msg_iov=[{iov_base="abc", iov_len=3}, {iov_base="defg", iov_len=4}], msg_iovlen=2"#;
        let task = with_message(abi, 9, &rights);
        let shown = format!("3</data/a>, {{{name}, msg_namelen=9, {vector}, {control}}}, 0");
        check_on(abi, &task, "sendmsg", &[3, 0x1000, 0], &shown);
        // What recvmsg fills ends with its result, and the address with its own length.
        let vector = r#"msg_iov=[{iov_base="abc", iov_len=3}, {iov_base="d", iov_len=4}], msg_iovlen=2"#;
        let shown = format!("3</data/a>, {{{name}, msg_namelen=110 => 9, {vector}, {control}}}, 0");
        let before = with_message(abi, 110, &[]);
        check_both(abi, "recvmsg", &[3, 0x1000, 0], &before, &task, Returned::Value(4), &shown);
        // strace: recvmsg(16, {msg_namelen=110}, MSG_DONTWAIT) = -1 EAGAIN
        let failed = "3</data/a>, {msg_namelen=110}, 0";
        check_both(abi, "recvmsg", &[3, 0x1000, 0], &before, &task, error(11), failed);
        check_on(abi, &task, "sendmsg", &[3, 0x9000, 0], "3</data/a>, &0x9000, 0");
        check_exit_on(abi, &task, "recvmsg", &[3, 0x9000, 0], error(14), "3</data/a>, &0x9000, 0");
    }
}

#[test]
fn a_message_shows_no_more_descriptors_than_the_kernel_takes_with_one() {
    // Two headers of 200 descriptors each, and one of 2: only 253 are asked about (SCM_MAX_FD).
    let rights = |count: usize| {
        let length = 16 + 4 * count;
        packed(length, &[(0, 8, length as u64), (8, 4, 1), (12, 4, 1)])
    };
    let task = with_message(Abi::X86_64, 0, &[rights(200), rights(200), rights(2)].concat());
    let shown = line(&at_entry(&view(Abi::X86_64, "sendmsg", &[3, 0x1000, 0]), &task));
    assert_eq!(shown.matches("fd:0").count(), 253, "{shown}");
    assert!(shown.contains("fd:0, ...]}, {cmsg_len=24, "), "{shown}");
    assert!(shown.contains("cmsg_type=SCM_RIGHTS, cmsg_data=[...]}]"), "{shown}");
}

#[test]
fn a_message_shows_as_many_control_messages_as_things_of_an_array() {
    let header = packed(16, &[(0, 8, 16), (8, 4, 1), (12, 4, 2)]);
    for (limit, shown, end) in
        [(32, 32, "}, ...], msg_controllen"), (100, 40, "}], msg_controllen"), (0, 0, "=[...], ")]
    {
        let task = with_message(Abi::X86_64, 0, &header.repeat(40)).with_style(limit, true);
        let line = line(&at_entry(&view(Abi::X86_64, "sendmsg", &[3, 0x1000, 0]), &task));
        assert_eq!(line.matches("{cmsg_len=16, ").count(), shown, "{line}");
        assert!(line.contains(end), "{line}");
    }
}

#[test]
fn a_message_without_control_data_does_not_mention_them() {
    let task = with_message(Abi::X86_64, 0, &[]);
    let vector = r#"msg_iov=[{iov_base="abc", iov_len=3}, {iov_base="defg", iov_len=4}], msg_iovlen=2"#;
    let shown = format!(
        "3</data/a>, {{msg_name=&0x2000, msg_namelen=0, {vector}, msg_controllen=0, msg_flags=MSG_NOSIGNAL}}, 0"
    );
    check(&task, "sendmsg", &[3, 0x1000, 0], &shown);
}

#[test]
fn control_messages_stand_one_behind_the_other_and_may_be_torn() {
    let one = packed(32, &[(0, 8, 28), (8, 4, 1), (12, 4, 2), (16, 4, 77), (20, 4, 5), (24, 4, 6)]);
    let other = packed(24, &[(0, 8, 20), (8, 4, 41), (12, 4, 50), (16, 4, 0x6463_6261)]);
    let task = with_message(Abi::X86_64, 0, &[one, other].concat());
    let shown = at_entry(&view(Abi::X86_64, "sendmsg", &[3, 0x1000, 0]), &task);
    let line = line(&shown);
    let control = "msg_control=[{cmsg_len=28, cmsg_level=SOL_SOCKET, cmsg_type=SCM_CREDENTIALS, \
                   cmsg_data={pid=t:77, uid=5, gid=6}}, {cmsg_len=20, cmsg_level=SOL_IPV6, cmsg_type=0x32, \
                   cmsg_data=\"abcd\"}]";
    assert!(line.contains(control), "{line}");
    for length in [0, 3, 17, u64::MAX] {
        let torn = with_message(Abi::X86_64, 0, &packed(40, &[(0, 8, length), (8, 4, 1), (12, 4, 1)]));
        let line = super::line(&at_entry(&view(Abi::X86_64, "sendmsg", &[3, 0x1000, 0]), &torn));
        assert!(line.contains(&format!("msg_control=[{{cmsg_len={length}, ")), "{line}");
    }
}

#[test]
fn of_several_messages_those_are_shown_that_went_through() {
    let word = 8;
    let message = |length: u64| {
        packed(64, &[(2 * word, 8, 0x3000), (3 * word, 8, 1), (6 * word, 4, 0), (7 * word, 4, length)])
    };
    let task = Task::new()
        .with(0x1000, &[message(3), message(2), message(0)].concat())
        .with_words(0x3000, &[0x4000, 4])
        .with(0x4000, b"abcd");
    let header = |text: &str| {
        format!(
            "{{msg_hdr={{msg_name=NULL, msg_namelen=0, msg_iov=[{{iov_base=\"{text}\", iov_len=4}}], \
             msg_iovlen=1, msg_controllen=0, msg_flags=0}}, msg_len={}}}",
            text.len()
        )
    };
    let shown = format!("3</data/a>, [{}, {}], 3, 0, NULL", header("abc"), header("ab"));
    check_exit(&task, "recvmmsg", &[3, 0x1000, 3, 0, 0], Returned::Value(2), &shown);
    check_exit(&task, "recvmmsg", &[3, 0x1000, 3, 0, 0], error(11), "3</data/a>, &0x1000, 3, 0, NULL");
}

#[test]
fn vectors_of_another_process_are_addresses_without_this_ones_mappings() {
    let task = Task::new()
        .with_words(0x1000, &[0x4000, 3])
        .with_words(0x2000, &[0x4000, 3, 0, 0])
        .with(0x4000, b"abc")
        .with_mapping(0x4000, 0x1000, Some("/data/m"), true);
    let local = r#"t:77, [{iov_base="abc", iov_len=3}], 1"#;
    let remote = "[{iov_base=&0x4000, iov_len=3}, {iov_base=NULL, iov_len=0}], 2, 0";
    let given = [77, 0x1000, 1, 0x2000, 2, 0];
    check(&task, "process_vm_writev", &given, &format!("{local}, {remote}"));
    check_exit(&task, "process_vm_readv", &given, Returned::Value(3), &format!("{local}, {remote}"));
    let advice = "3</data/a>, [{iov_base=&0x4000, iov_len=3}], 1, MADV_COLD, 0";
    check(&task, "process_madvise", &[3, 0x1000, 1, 20, 0], advice);
}

/// Of an address that did not fit the kernel says the whole length, and writes what there was room for.
#[test]
fn an_address_of_several_messages_ends_where_its_room_did() {
    let message =
        |length: u64| packed(64, &[(0, 8, 0x2000), (8, 4, length), (16, 8, 0x3000), (24, 8, 1), (56, 4, 1)]);
    let task = |lengths: [u64; 2]| {
        Task::new()
            .with(0x1000, &[message(lengths[0]), message(lengths[1])].concat())
            .with(0x2000, b"\x01\0a-ZZZZZZZZ\0")
            .with_words(0x3000, &[0x4000, 1])
            .with(0x4000, b"x")
    };
    let shown = |name: &str, length: &str| {
        format!(
            "{{msg_hdr={{msg_name={{sa_family=AF_UNIX, sun_path=\"{name}\"}}, msg_namelen={length}, \
             msg_iov=[{{iov_base=\"x\", iov_len=1}}], msg_iovlen=1, msg_controllen=0, msg_flags=0}}, msg_len=1}}"
        )
    };
    let both = format!("[{}, {}]", shown("a-", "4 => 110"), shown("a-ZZ", "6"));
    let expected = format!("3</data/a>, {both}, 2, 0, NULL");
    let (before, after) = (task([4, 6]), task([110, 6]));
    check_both(
        Abi::X86_64,
        "recvmmsg",
        &[3, 0x1000, 2, 0, 0],
        &before,
        &after,
        Returned::Value(2),
        &expected,
    );
}

/// strace 6.1: sendto(4<TCP:[127.0.0.1:47616->127.0.0.1:80]>, "x", 1, 0, NULL, 0)
#[test]
fn a_socket_shows_its_addresses_where_they_are_asked_for() {
    let internet = |transport, address: &str, port| Endpoint::Internet {
        transport,
        address: address.parse().expect("an address"),
        port,
    };
    let unix = |name: &str| Endpoint::Unix(name.as_bytes().to_vec());
    let shown = |is_stream, endpoints: &[Endpoint], expected: &str| {
        let task = Task::new().with_socket(is_stream, endpoints);
        check(&task, "fsync", &[6], "6<socket:[9]>");
        check(&task.with_names(false), "fsync", &[6], "6<socket:[9]>");
        let task = Task::new().with_socket(is_stream, endpoints).with_names(true);
        check(&task, "fsync", &[6], expected);
        check_exit(&task, "accept", &[3, 0, 0], Returned::Value(6), "3</data/a>, NULL, NULL");
        assert_eq!(rendered(&result(&view(Abi::X86_64, "dup", &[6]), Returned::Value(6), &task)), expected);
    };
    let tcp = |address, port| internet(Transport::Tcp, address, port);
    // A port of chance differs by run.
    shown(true, &[tcp("127.0.0.1", 40000), tcp("127.0.0.1", 80)], "6<TCP:[127.0.0.1:~40000->127.0.0.1:80]>");
    shown(true, &[tcp("::1", 443)], "6<TCPv6:[[::1]:443]>");
    shown(false, &[internet(Transport::Udp, "10.0.0.7", 53)], "6<UDP:[10.0.0.7:53]>");
    shown(true, &[unix("/run/x")], r#"6<UNIX-STREAM:["/run/x"]>"#);
    shown(false, &[unix("@bus")], r#"6<UNIX:["@bus"]>"#);
    shown(true, &[], "6<socket:[9]>");
    check(&Task::new().with_names(true), "fsync", &[3], "3</data/a>");
    check(&Task::new().with_names(true), "fsync", &[MINUS_ONE], "fd:-1");
}
