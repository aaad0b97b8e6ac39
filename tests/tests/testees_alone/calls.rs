//! Calls of an unusual kind.

use std::ffi::OsStr;

use havoc_tests::{outside, testee};

use super::{NOTHING, directory, run, run_apart};

#[test]
fn own_filter_answers_as_it_was_told() {
    let directory = directory();
    let program = testee::c("own_filter");
    let ran = |mode: &str| run_apart(&program, &[OsStr::new(mode), directory.path().as_os_str()]);
    ran("errno").prints(&["msync: ok", "fsync: ok", "openat: EACCES"]).exits(0);
    ran("trap")
        .prints(&["msync: ok", "fsync: ok", "openat: EPERM", "SIGSYS handled: 1, call openat: yes"])
        .exits(0);
    // 128 + SIGSYS, as timeout(1) and unshare(1) pass it on.
    ran("kill").prints(&["msync: ok", "fsync: ok"]).exits(128 + 31);
    ran("survive").prints(&["msync: ok", "fsync: ok", "survived"]).exits(0);
}

#[test]
fn sockets_reach_both_of_their_ports_and_names() {
    let listeners = [(); 2].map(|()| std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a port"));
    let ports = [0, 1].map(|index| listeners[index].local_addr().expect("bound").port().to_string());
    run(testee::c("sockets"), &["connect", "127.0.0.1", &ports[0], &ports[1]])
        .prints(&["connect 0: ok", "write 0: 4 bytes", "connect 1: ok", "write 1: 4 bytes"])
        .exits(0);
    let receiver = std::net::UdpSocket::bind(("127.0.0.1", 0)).expect("a port");
    let port = receiver.local_addr().expect("bound").port().to_string();
    run(testee::c("sockets"), &["send", "127.0.0.1", &port])
        .prints(&["sendto 0: 4 bytes", "sendmsg 0: 4 bytes", "write 0: 4 bytes"])
        .exits(0);
    let directory = directory();
    let path = directory.path().join("a.sock");
    run(testee::c("sockets"), &[OsStr::new("unix"), path.as_os_str()])
        .prints(&[
            "unaccepted write 0: 4 bytes",
            "client write 0: 4 bytes",
            "client sendto 0: 4 bytes",
            "server sendmsg 0: 4 bytes",
        ])
        .exits(0);
}

/// What a program says that makes calls which only x86_64 has.
fn on_x86_64<'a>(lines: &'a [&'a str]) -> &'a [&'a str] {
    if std::env::consts::ARCH == "x86_64" { lines } else { &["unsupported"] }
}

#[test]
fn int80_makes_32_bit_calls() {
    let directory = directory();
    let lines = ["getpid: the same", "write by int 0x80", "write: ok", "fsync: ok"];
    run(testee::c("int80"), &[directory.path().join("file")]).prints(on_x86_64(&lines)).exits(0);
}

#[test]
fn int80_clone_keeps_what_stands_above_its_arguments() {
    let directory = directory();
    let lines = ["child: msync a.bin: ok", "child: msync b.bin: ok", "exited 6", "rbx: kept"];
    run(testee::c("int80_clone"), &[directory.path()]).prints(on_x86_64(&lines)).exits(0);
}

#[test]
fn int80_read_is_ended_or_restarted_as_its_handler_says() {
    for (mode, first) in [("eintr", "read 1: EINTR"), ("restart", "read 1: ok")] {
        let ran = run_apart(testee::c("int80_read"), &[mode]);
        ran.prints(on_x86_64(&[first, "read 2: ok"])).exits(0);
    }
}

#[test]
fn x32_makes_a_call_of_another_abi() {
    let ran = run(testee::c("x32"), NOTHING);
    // Most kernels know no x32.
    let answers = on_x86_64(&["fsync: EBADF", "fsync: ENOSYS"]);
    assert!(answers.contains(&ran.lines[0].as_str()), "{ran:?}");
    ran.exits(0);
}

#[test]
fn real_enosys_is_the_kernels_own() {
    run(testee::c("real_enosys"), NOTHING)
        .prints(&[
            "syscall 9999: ENOSYS",
            "syscall -1: ENOSYS",
            "syscall -2: ENOSYS",
            "nfsservctl: ENOSYS",
            "getppid: right",
            "fsync -1: EBADF",
            "mixed: 3000 ENOSYS, 1000 EBADF, 1000 parents",
        ])
        .exits(0);
}

#[test]
fn registers_are_preserved() {
    run(testee::c("registers"), NOTHING)
        .prints(&[
            "fsync: EBADF, preserved",
            "msync: EINVAL, preserved",
            "pread64: EINVAL, preserved",
            "readv: EBADF, preserved",
            "getppid: ok, preserved",
        ])
        .exits(0);
}

#[test]
fn seccomp_mode_asks_and_goes_into_strict_mode() {
    run(testee::c("seccomp_mode"), &["questions"])
        .prints(&["strict with flags: EINVAL", "TSYNC: EFAULT", "LOG: EFAULT", "NEW_LISTENER: EFAULT"])
        .exits(0);
    // Where a filter lies over us all, there is no strict mode.
    let strict = if outside::has_filter() { "strict: EINVAL" } else { "strict: ok" };
    run(testee::c("seccomp_mode"), &["strict"]).prints(&[strict]).exits(0);
}

#[test]
fn io_uring_setup_tells_the_result_or_the_error() {
    // Containers and sysctls refuse it: the answer is theirs, the form is ours.
    let ran = run(testee::c("io_uring_setup"), NOTHING);
    let is_one = |line: &str, call: &str| {
        ["ok", "ENOSYS", "EPERM"].iter().any(|answer| line == format!("{call}: {answer}"))
    };
    assert!(is_one(&ran.lines[0], "io_uring_setup"), "{:?}", ran.lines);
    assert!(is_one(&ran.lines[1], "io_setup"), "{:?}", ran.lines);
    ran.exits(0);
}

#[test]
fn vdso_time_is_always_told() {
    run(testee::c("vdso_time"), NOTHING)
        .prints(&["clock_gettime: ok", "gettimeofday: ok", "time: ok", "getcpu: ok", "raw clock_gettime: ok"])
        .exits(0);
}

#[test]
fn three_writes_tells_of_each_and_of_the_length() {
    let directory = directory();
    run(testee::c("three_writes"), &[directory.path()])
        .prints(&["write 1: ok", "write 2: ok", "write 3: ok", "fsync: ok", "9 bytes"])
        .exits(0);
}

#[test]
fn wide_values_reach_beyond_32_bits() {
    let directory = directory();
    run(testee::c("wide_values"), &[directory.path()])
        .prints(&[
            "pwrite: ok",
            "pread: ok",
            "fallocate: ok",
            "ftruncate: ok",
            "lseek: 5368709133",
            "writev: ok",
            "clock_nanosleep: ok",
            "lock: ok",
        ])
        .exits(0);
}

#[test]
fn exec_chain_goes_on_with_the_next_program() {
    let directory = directory();
    let program = testee::c("exec_chain");
    run(&program, &[directory.path(), &program])
        .prints(&["64 bits: fsync a.bin: ok", "64 bits: fsync b.bin: ok"].repeat(2))
        .exits(0);
}

#[test]
fn connects_finds_nobody() {
    let directory = directory();
    run(testee::c("connects"), &[directory.path()]).prints(&["connect: ENOENT"]).exits(0);
}

#[test]
fn does_not_block_says_nothing() {
    run(testee::c("does_not_block"), &["3"]).prints(NOTHING).exits(7);
}
