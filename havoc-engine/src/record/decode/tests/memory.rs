//! What stands in memory: strings, buffers, vectors, structs, mappings.
use super::*;

#[test]
fn a_string_without_an_end_is_cut() {
    let long = vec![b'x'; 5000];
    let task = Task::new().with(0x1000, &long);
    check(&task, "chdir", &[0x1000], &format!("\"{}\"...", "x".repeat(4095)));
}

#[test]
fn what_cannot_be_read_whole_is_its_address_and_no_empty_string() {
    // Neither has memory behind it, nor a NUL before its end.
    let task = Task::new()
        .with(0x1000, b"/")
        .with(0x2000, b"ab")
        .with_words(0x3000, &[0x1000, 0x9000, 0])
        .with_words(0x4000, &[0x2000, 2, 0x2000, 3, 0x9000, 1]);
    check(&task, "chdir", &[0x9000], "&0x9000");
    check(&task, "chdir", &[0x1000], "&0x1000");
    check(&task, "write", &[3, 0x9000, 3], "3</data/a>, &0x9000, 3");
    check(&task, "write", &[3, 0x2000, 3], "3</data/a>, &0x2000, 3");
    check(&task, "write", &[3, 0x2000, 2], r#"3</data/a>, "ab", 2"#);
    check(&task, "execve", &[0x9000, 0x3000, 0], "&0x9000, [&0x1000, &0x9000], NULL");
    let parts = r#"{iov_base="ab", iov_len=2}, {iov_base=&0x2000, iov_len=3}, {iov_base=&0x9000, iov_len=1}"#;
    check(&task, "writev", &[3, 0x4000, 3], &format!("3</data/a>, [{parts}], 3"));
}

#[test]
fn of_very_many_mapped_files_the_first_are_named_and_the_others_counted() {
    let mut task = Task::new();
    for nth in 0..100 {
        task = task.with_mapping(0x10000 + nth * 0x2000, 0x1000, Some(&format!("/m{nth}")), true);
        task = task.with_mapping(0x11000 + nth * 0x2000, 0x1000, None, false);
    }
    let shown: String = (0..32).map(|nth| format!("</m{nth}>")).collect();
    let expected = format!("&0x10000{shown} /* and 68 more */, {}, MS_SYNC", 100 * 0x2000);
    check(&task, "msync", &[0x10000, 100 * 0x2000, 4], &expected);
}

#[test]
fn a_range_names_every_file_in_it_and_an_address_its_own_mapping() {
    let task = Task::new()
        .with_mapping(0x10000, 0x1000, Some("/data/a"), true)
        .with_mapping(0x11000, 0x1000, Some("[heap]"), false)
        .with_mapping(0x12000, 0x1000, Some("/data/b"), true);
    check(&task, "msync", &[0x10000, 0x3000, 4], "&0x10000</data/a></data/b>, 12288, MS_SYNC");
    check(&task, "msync", &[0x10000, 0, 4], "&0x10000</data/a>, 0, MS_SYNC");
    check(&task, "munmap", &[0x11000, 0x1000], "&0x11000<[heap]>, 4096");
    check(&task, "munmap", &[0x13000, 0x1000], "&0x13000, 4096");
    check_exit(&task, "stat", &[0, 0x11008], error(2), "NULL, &0x11008<[heap]>");
}

#[test]
fn a_word_is_an_address_where_something_is_mapped() {
    let task = Task::new().with_mapping(0x7000_0000, 0x1000, Some("[stack]"), false);
    check(&task, "ioctl", &[3, 0x5401, 0x7000_0010], "3</data/a>, TCGETS, &0x70000010<[stack]>");
    check(&task, "ioctl", &[3, 0x1234, 5], "3</data/a>, 0x1234, 0x5");
    check(&task, "ioctl", &[3, 0x4004_9409, 4], "3</data/a>, FICLONE, 4</data/b>");
    check(&task, "ioctl", &[3, 0x5451, 99], "3</data/a>, FIOCLEX");
    check(&task, "_sysctl", &[1, 0x7000_0000], "0x1, &0x70000000<[stack]>, 0, 0, 0, 0");
}

#[test]
fn buffers_show_32_bytes() {
    let task = Task::new().with(0x1000, b"hello\0\x015w\xff\x7f\tabcdefghijklmnopqrstuvwxyz0123456789");
    let shown = r#"3</data/a>, "hello\0\0015w\377\177\tabcdefghijklmnopqrst"..., 46"#;
    check(&task, "write", &[3, 0x1000, 46], shown);
    check(&task, "write", &[3, 0x1000, 5], r#"3</data/a>, "hello", 5"#);
    check(&task, "write", &[3, 0x1000, 0], r#"3</data/a>, "", 0"#);
    check(&task, "write", &[3, 0, 5], "3</data/a>, NULL, 5");
    check(&task, "write", &[3, 0x8, 5], "3</data/a>, &0x8, 5");
    let whole = Task::new().with(0x1000, b"12345678901234567890123456789012");
    check(&whole, "write", &[3, 0x1000, 32], r#"3</data/a>, "12345678901234567890123456789012", 32"#);
}

#[test]
fn what_a_call_writes_is_shown_at_its_exit_and_no_more_than_it_wrote() {
    let task = Task::new().with(0x1000, b"hello, world");
    check(&task, "read", &[3, 0x1000, 100], "3</data/a>, PENDING, 100");
    let read = |returned, expected| check_exit(&task, "read", &[3, 0x1000, 100], returned, expected);
    read(Returned::Value(5), r#"3</data/a>, "hello", 100"#);
    read(Returned::Value(0), r#"3</data/a>, "", 100"#);
    read(error(5), "3</data/a>, &0x1000, 100");
    read(Returned::Restart(Restart::Sys), "3</data/a>, &0x1000, 100");
    check_exit(&task, "read", &[3, 0x1000, 4], Returned::Value(1_000_000), r#"3</data/a>, "hell", 4"#);
    check_exit(&task, "read", &[3, 0x9000, 4], Returned::Value(4), "3</data/a>, &0x9000, 4");
}

#[test]
fn getcwd_and_readlink_show_the_path() {
    let task = Task::new().with(0x1000, b"/tmp/w\0rest");
    check_exit(&task, "getcwd", &[0x1000, 100], Returned::Value(7), r#""/tmp/w", 100"#);
    check_exit(&task, "getcwd", &[0x1000, 1], error(34), "&0x1000, 1");
    check_exit(&task, "readlink", &[0, 0x1000, 9], Returned::Value(4), r#"NULL, "/tmp", 9"#);
}

#[test]
fn a_pipe_shows_both_ends_at_its_exit() {
    let pair = [4_i32.to_ne_bytes(), 5_i32.to_ne_bytes()].concat();
    let task = Task::new().with(0x1000, &pair);
    check_exit(&task, "pipe", &[0x1000], Returned::Value(0), "[4</data/b>, 5<pipe:[7]>]");
    check_exit(&task, "pipe", &[0x1000], error(24), "&0x1000");
    check_exit(&task, "socketpair", &[1, 1, 0, 0x8], error(14), "AF_UNIX, SOCK_STREAM, 0, &0x8");
}

#[test]
fn vectors_show_each_part() {
    let task =
        Task::new().with(0x1000, b"abc").with(0x1100, b"defg").with_words(0x2000, &[0x1000, 3, 0x1100, 4]);
    let both = r#"3</data/a>, [{iov_base="abc", iov_len=3}, {iov_base="defg", iov_len=4}], 2"#;
    check(&task, "writev", &[3, 0x2000, 2], both);
    check(&task, "writev", &[3, 0x2000, 0], "3</data/a>, [], 0");
    check(&task, "writev", &[3, 0x8, 2], "3</data/a>, &0x8, 2");
    check(
        &task,
        "writev",
        &[3, 0x2000, 3],
        r#"3</data/a>, [{iov_base="abc", iov_len=3}, {iov_base="defg", iov_len=4}, ... /* &0x2020 */], 3"#,
    );
    let readv = |returned, expected| check_exit(&task, "readv", &[3, 0x2000, 2], returned, expected);
    readv(Returned::Value(7), both);
    readv(Returned::Value(4), r#"3</data/a>, [{iov_base="abc", iov_len=3}, {iov_base="d", iov_len=4}], 2"#);
    readv(error(14), "3</data/a>, [{iov_base=&0x1000, iov_len=3}, {iov_base=&0x1100, iov_len=4}], 2");
    readv(Returned::Value(0), r#"3</data/a>, [{iov_base="", iov_len=3}, {iov_base="", iov_len=4}], 2"#);
}

#[test]
fn an_unused_register_is_left_out_in_the_middle() {
    let task = Task::new().with(0x1000, b"abc").with_words(0x2000, &[0x1000, 3]);
    let given = [3, 0x2000, 1, 5, 99, 2];
    check(&task, "pwritev2", &given, r#"3</data/a>, [{iov_base="abc", iov_len=3}], 1, 5, RWF_DSYNC"#);
    check_exit(
        &task,
        "preadv2",
        &given,
        Returned::Value(2),
        r#"3</data/a>, [{iov_base="ab", iov_len=3}], 1, 5, RWF_DSYNC"#,
    );
}

#[test]
fn execve_shows_its_arguments_and_counts_its_environment() {
    let task = Task::new()
        .with(0x1000, b"/bin/ls\0")
        .with(0x1100, b"ls\0")
        .with(0x1200, b"-l\0")
        .with_words(0x2000, &[0x1100, 0x1200, 0])
        .with_words(0x3000, &[0x1200, 0])
        .with_words(0x4000, &[0])
        .with_words(0x5000, &[0x1100, 0x1200]);
    check(&task, "execve", &[0x1000, 0x2000, 0x2000], r#""/bin/ls", ["ls", "-l"], &0x2000 /* 2 vars */"#);
    check(&task, "execve", &[0x1000, 0x4000, 0x3000], r#""/bin/ls", [], &0x3000 /* 1 var */"#);
    check(&task, "execve", &[0x1000, 0, 0x4000], r#""/bin/ls", NULL, &0x4000 /* 0 vars */"#);
    check(&task, "execve", &[0x1000, 0x8, 0], r#""/bin/ls", &0x8, NULL"#);
    check(
        &task,
        "execve",
        &[0x1000, 0x5000, 0x5000],
        r#""/bin/ls", ["ls", "-l", ... /* &0x5010 */], &0x5000 /* 2 vars, unterminated */"#,
    );
}

#[test]
fn execve_shows_32_arguments() {
    let mut pointers = vec![0x1000; 40];
    pointers.push(0);
    let task = Task::new().with(0x1000, b"x\0").with_words(0x2000, &pointers);
    let shown = format!("NULL, [{}, ...], &0x2000 /* 40 vars */", [r#""x""#; 32].join(", "));
    check(&task, "execve", &[0, 0x2000, 0x2000], &shown);
    let mut pointers = vec![0x1000; 32];
    pointers.push(0);
    let task = Task::new().with(0x1000, b"x\0").with_words(0x2000, &pointers);
    check(&task, "execve", &[0, 0x2000, 0], &format!("NULL, [{}], NULL", [r#""x""#; 32].join(", ")));
}

#[test]
fn an_environment_of_many_parts_is_counted_whole() {
    let mut pointers = vec![0x1000; 200];
    pointers.push(0);
    let task = Task::new().with_words(0x2000, &pointers);
    check(&task, "execve", &[0, 0, 0x2000], "NULL, NULL, &0x2000 /* 200 vars */");
}

#[test]
fn sets_of_signals_are_shown_the_shorter_way() {
    let set = |bits: u64| Task::new().with_words(0x1000, &[bits]);
    let check = |bits: u64, shown: &str| {
        check(&set(bits), "rt_sigprocmask", &[0, 0x1000, 0, 8], &format!("SIG_BLOCK, {shown}, NULL, 8"));
    };
    check(0, "[]");
    check(1 << 16 | 1 << 36, "[CHLD RT_5]");
    check(!0, "~[]");
    check(!(1 << 1 | 1 << 31 | 1 << 32), "~[INT RTMIN RT_1]");
}

#[test]
fn times_are_shown_with_their_fields() {
    let task = Task::new().with_words(0x1000, &[1, 500]);
    check(&task, "nanosleep", &[0x1000, 0], "{tv_sec=1, tv_nsec=500}, NULL");
    check(&task, "nanosleep", &[0x8, 0], "&0x8, NULL");
    let absolute = "CLOCK_MONOTONIC, TIMER_ABSTIME, {tv_sec=1, tv_nsec=500}, NULL";
    check(&task, "clock_nanosleep", &[1, 1, 0x1000, 0], absolute);
    check(&task, "clock_gettime", &[-6_i64 as u64, 0], "0xfffffffa, NULL");
}

#[test]
fn socket_addresses_are_shown_by_family() {
    let address = |family: u16, data: &[u8]| {
        let bytes = [&family.to_ne_bytes()[..], data].concat();
        (Task::new().with(0x1000, &bytes), bytes.len() as u64)
    };
    let check = |family: u16, data: &[u8], shown: &str| {
        let (task, length) = address(family, data);
        check(&task, "connect", &[3, 0x1000, length], &format!("3</data/a>, {shown}, {length}"));
    };
    check(1, b"/run/x\0\0\0", r#"{sa_family=AF_UNIX, sun_path="/run/x"}"#);
    check(1, b"\0name", r#"{sa_family=AF_UNIX, sun_path=@"name"}"#);
    check(1, b"", "{sa_family=AF_UNIX}");
    check(
        2,
        &[0, 53, 127, 0, 0, 1, 0, 0],
        r#"{sa_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr("127.0.0.1")}"#,
    );
    let mut six = [0; 26];
    (six[1], six[21]) = (80, 1);
    check(
        10,
        &six,
        concat!(
            "{sa_family=AF_INET6, sin6_port=htons(80), sin6_flowinfo=htonl(0), ",
            r#"inet_pton(AF_INET6, "::1", &sin6_addr), sin6_scope_id=0}"#
        ),
    );
    check(99, b"\x005", r#"{sa_family=0x63, sa_data="\0005"}"#);
    let nothing = Task::new();
    super::check(&nothing, "connect", &[3, 0, 16], "3</data/a>, NULL, 16");
    super::check(&nothing, "connect", &[3, 0x8, 16], "3</data/a>, &0x8, 16");
}
