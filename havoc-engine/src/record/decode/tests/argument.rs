//! Arguments that need no memory but for a path.
use super::*;

#[test]
fn paths_and_descriptors_are_named() {
    let task = Task::new().with(0x1000, b"a\nb\0");
    check(&task, "openat", &[AT_FDCWD, 0x1000, 0], r#"AT_FDCWD, "a\nb", O_RDONLY"#);
    check(&task, "openat", &[0xffff_ff9c, 0x1000, 0], r#"AT_FDCWD, "a\nb", O_RDONLY"#);
    check(&task, "openat", &[3, 0x1000, 1], r#"3</data/a>, "a\nb", O_WRONLY"#);
    check(&task, "openat", &[9, 0x2000, 2], "fd:9, &0x2000, O_RDWR");
    check(&task, "openat", &[MINUS_ONE, 0, 3], "fd:-1, NULL, O_ACCMODE");
    check(&task, "close", &[3], "3</data/a>");
    check(&task, "symlinkat", &[0x1000, 4, 0x1000], r#""a\nb", 4</data/b>, "a\nb""#);
}

#[test]
fn the_mode_of_open_is_shown_only_where_a_file_may_be_created() {
    let task = Task::new().with(0x1000, b"f\0");
    check(&task, "open", &[0x1000, 0o1101, 0o644], r#""f", O_WRONLY|O_CREAT|O_TRUNC, 0644"#);
    check(&task, "open", &[0x1000, 0o1001, 0o644], r#""f", O_WRONLY|O_TRUNC"#);
    check(&task, "open", &[0x1000, 0o22_200_202, 0o600], r#""f", O_RDWR|O_EXCL|O_CLOEXEC|O_TMPFILE, 0600"#);
    check(&task, "creat", &[0x1000, 0], r#""f", 000"#);
}

#[test]
fn open_flags_are_those_of_the_abi() {
    let task = Task::new().with(0x1000, b"f\0");
    let given = |flags| [AT_FDCWD, 0x1000, flags];
    check(&task, "openat", &given(0o200_000), r#"AT_FDCWD, "f", O_RDONLY|O_DIRECTORY"#);
    check(&task, "openat", &given(0o640_000), r#"AT_FDCWD, "f", O_RDONLY|O_DIRECT|O_NOFOLLOW|O_DIRECTORY"#);
    let arm = |flags, expected| check_on(Abi::Aarch64, &task, "openat", &given(flags), expected);
    arm(0o200_000, r#"AT_FDCWD, "f", O_RDONLY|O_DIRECT"#);
    arm(0o40_000, r#"AT_FDCWD, "f", O_RDONLY|O_DIRECTORY"#);
    arm(0o500_000, r#"AT_FDCWD, "f", O_RDONLY|O_LARGEFILE|O_NOFOLLOW"#);
    arm(0o20_040_002, r#"AT_FDCWD, "f", O_RDWR|O_TMPFILE, 000"#);
    check(&task, "pipe2", &[0x10, 0o2_044_000], "PENDING, O_NONBLOCK|O_DIRECT|O_CLOEXEC");
    check_on(Abi::Aarch64, &task, "pipe2", &[0x10, 0o2_200_000], "PENDING, O_DIRECT|O_CLOEXEC");
}

#[test]
fn sync_flags_of_open_are_one_name_each() {
    let task = Task::new();
    check(&task, "open", &[0, 0o4_010_001], "NULL, O_WRONLY|O_SYNC");
    check(&task, "open", &[0, 0o10_001], "NULL, O_WRONLY|O_DSYNC");
    check(&task, "open", &[0, 0x8000_0003], "NULL, O_ACCMODE|0x80000000");
}

#[test]
fn flags_without_a_name_are_hexadecimal() {
    let task = Task::new();
    check(&task, "msync", &[0x1000, 4096, 4], "&0x1000, 4096, MS_SYNC");
    check(&task, "msync", &[0x1000, 4096, 0x44], "&0x1000, 4096, MS_SYNC|0x40");
    check(&task, "msync", &[0x1000, 4096, 0x40], "&0x1000, 4096, 0x40");
    check(&task, "msync", &[0x1000, 4096, 0], "&0x1000, 4096, 0");
    check(&task, "mprotect", &[0x1000, 4096, 0], "&0x1000, 4096, PROT_NONE");
    check(&task, "mprotect", &[0x1000, 4096, 3], "&0x1000, 4096, PROT_READ|PROT_WRITE");
    check(&task, "access", &[0, 0], "NULL, F_OK");
    check(&task, "access", &[0, 6], "NULL, R_OK|W_OK");
    check(&task, "madvise", &[0x1000, 1, 4], "&0x1000, 1, MADV_DONTNEED");
    check(&task, "madvise", &[0x1000, 1, 999], "&0x1000, 1, 0x3e7");
    check(&task, "madvise", &[0x1000, 1, -5_i64 as u64], "&0x1000, 1, 0xfffffffb");
    check(&task, "lseek", &[3, -5_i64 as u64, 2], "3</data/a>, -5, SEEK_END");
}

#[test]
fn mmap_shows_its_type_first() {
    let task = Task::new();
    let mmap = |flags| [0, 4096, 3, flags, MINUS_ONE, 0];
    let shown = |flags| format!("NULL, 4096, PROT_READ|PROT_WRITE, {flags}, fd:-1, 0");
    check(&task, "mmap", &mmap(0x22), &shown("MAP_PRIVATE|MAP_ANONYMOUS"));
    check(&task, "mmap", &mmap(0x812), &shown("MAP_PRIVATE|MAP_FIXED|MAP_DENYWRITE"));
    check(&task, "mmap", &mmap(0x20), &shown("MAP_FILE|MAP_ANONYMOUS"));
    check(&task, "mmap", &mmap(0x8003), &shown("MAP_SHARED_VALIDATE|MAP_POPULATE"));
    check(&task, "mmap", &[0, 1, 1, 1, 3, 0x2000], "NULL, 1, PROT_READ, MAP_SHARED, 3</data/a>, 0x2000");
}

#[test]
fn mremap_shows_a_new_address_only_where_it_is_read() {
    let task = Task::new();
    check(&task, "mremap", &[0x1000, 1, 2, 1, 5], "&0x1000, 1, 2, MREMAP_MAYMOVE");
    check(&task, "mremap", &[0x1000, 1, 2, 3, 0x2000], "&0x1000, 1, 2, MREMAP_MAYMOVE|MREMAP_FIXED, &0x2000");
}

#[test]
fn a_call_without_a_signature_shows_six_words() {
    let task = Task::new();
    let unknown = SyscallView { number: 0x1bd0, ..view(Abi::X86_64, "getpid", &[1, 2, 0, 0, 0, MINUS_ONE]) };
    assert_eq!(line(&at_entry(&unknown, &task)), "0x1, 0x2, 0, 0, 0, 0xffffffffffffffff");
    let foreign = SyscallView { abi: Abi::I386, ..unknown };
    assert_eq!(at_entry(&foreign, &task).len(), 6);
    assert_eq!(rendered(&result(&unknown, Returned::Value(7), &task)), "7");
}

#[test]
fn modes_are_octal_and_devices_have_two_parts() {
    let task = Task::new();
    check(&task, "chmod", &[0, 0o4755], "NULL, 04755");
    check(&task, "chmod", &[0, 0o22], "NULL, 022");
    check(&task, "mkdirat", &[3, 0, 0o777], "3</data/a>, NULL, 0777");
    check(&task, "mknod", &[0, 0o010_644, 5], "NULL, S_IFIFO|0644");
    check(&task, "mknod", &[0, 0o020_644, 0x801], "NULL, S_IFCHR|0644, makedev(0x8, 0x1)");
    check(
        &task,
        "mknodat",
        &[3, 0, 0o060_600, 0x10_0834],
        "3</data/a>, NULL, S_IFBLK|0600, makedev(0x8, 0x134)",
    );
    check(&task, "mknod", &[0, 0o644, 0x801], "NULL, 0644");
    check(&task, "chown", &[0, 0xffff_ffff, 5], "NULL, -1, 5");
}

#[test]
fn signals_have_names_real_time_ones_too() {
    let task = Task::new();
    check(&task, "kill", &[7, 9], "t:7, SIGKILL");
    check(&task, "kill", &[MINUS_ONE, 0], "t:-1, 0");
    check(&task, "tgkill", &[7, 8, 34], "t:7, t:8, SIGRT_2");
    check(&task, "tkill", &[7, 32], "t:7, SIGRTMIN");
    check(&task, "tkill", &[7, 64], "t:7, SIGRT_32");
    check(&task, "kill", &[7, 66], "t:7, 66");
}

#[test]
fn fcntl_shows_what_its_command_reads() {
    let task = Task::new().with_words(0x1000, &[1, 0, 100, 7]);
    check(&task, "fcntl", &[3, 0, 10], "3</data/a>, F_DUPFD, 10");
    check(&task, "fcntl", &[3, 1, 10], "3</data/a>, F_GETFD");
    check(&task, "fcntl", &[3, 2, 1], "3</data/a>, F_SETFD, FD_CLOEXEC");
    check(&task, "fcntl", &[3, 4, 0o4002], "3</data/a>, F_SETFL, O_RDWR|O_NONBLOCK");
    check(&task, "fcntl", &[3, 77, 5], "3</data/a>, 0x4d, 0x5");
    let lock = "3</data/a>, F_SETLK, {l_type=F_WRLCK, l_whence=SEEK_SET, l_start=0, l_len=100}";
    check(&task, "fcntl", &[3, 6, 0x1000], lock);
    check(&task, "fcntl", &[3, 5, 0x1000], "3</data/a>, F_GETLK, PENDING");
    let held = "3</data/a>, F_GETLK, {l_type=F_WRLCK, l_whence=SEEK_SET, l_start=0, l_len=100, l_pid=t:7}";
    check_exit(&task, "fcntl", &[3, 5, 0x1000], Returned::Value(0), held);
    check_exit(&task, "fcntl", &[3, 5, 0x1000], error(9), "3</data/a>, F_GETLK, &0x1000");
    check_result("fcntl", &[3, 0], Returned::Value(4), "4</data/b>");
    check_result("fcntl", &[3, 3], Returned::Value(0x8800), "0x8800 (flags O_RDONLY|O_NONBLOCK|O_LARGEFILE)");
    check_result("fcntl", &[3, 1], Returned::Value(1), "0x1 (flags FD_CLOEXEC)");
    check_result("fcntl", &[3, 1], Returned::Value(0), "0");
}

#[test]
fn futex_shows_what_its_operation_reads() {
    let task = Task::new().with_words(0x1000, &[1, 500]);
    check(&task, "futex", &[0x10, 0x80, 5, 0x1000], "&0x10, FUTEX_WAIT_PRIVATE, 5, {tv_sec=1, tv_nsec=500}");
    check(&task, "futex", &[0x10, 0x81, 5, 9], "&0x10, FUTEX_WAKE_PRIVATE, 5");
    check(
        &task,
        "futex",
        &[0x10, 0x189, 5, 0, 0, 0xffff_ffff],
        "&0x10, FUTEX_WAIT_BITSET_PRIVATE|FUTEX_CLOCK_REALTIME, 5, NULL, FUTEX_BITSET_MATCH_ANY",
    );
    check(&task, "futex", &[0x10, 3, 1, 2, 0x20], "&0x10, FUTEX_REQUEUE, 1, 2, &0x20");
}

#[test]
fn prctl_shows_what_its_option_reads() {
    let task = Task::new().with(0x1000, b"name\0");
    check(&task, "prctl", &[15, 0x1000], r#"PR_SET_NAME, "name""#);
    check(&task, "prctl", &[38, 1], "PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0");
    check(&task, "prctl", &[1, 9], "PR_SET_PDEATHSIG, SIGKILL");
    check(&task, "prctl", &[3], "PR_GET_DUMPABLE");
}

#[test]
fn socket_types_and_options_have_names() {
    let task = Task::new().with_words(0x1000, &[1]);
    check(
        &task,
        "socket",
        &[2, 0o2_004_002, 17],
        "AF_INET, SOCK_DGRAM|SOCK_CLOEXEC|SOCK_NONBLOCK, IPPROTO_UDP",
    );
    check(&task, "socket", &[99, 0x63, 99], "0x63, SOCK_RAW|0x60, 99");
    check(&task, "setsockopt", &[3, 1, 2, 0x1000, 4], "3</data/a>, SOL_SOCKET, SO_REUSEADDR, [1], 4");
    check(&task, "setsockopt", &[3, 6, 1, 0x1000, 8], "3</data/a>, SOL_TCP, TCP_NODELAY, &0x1000, 8");
    check(&task, "setsockopt", &[3, 0, 9, 0, 0], "3</data/a>, SOL_IP, IP_PKTOPTIONS, NULL, 0");
    check(&task, "setsockopt", &[3, 41, 26, 0, 0], "3</data/a>, SOL_IPV6, IPV6_V6ONLY, NULL, 0");
    check(&task, "setsockopt", &[3, 99, 9, 0, 0], "3</data/a>, 0x63, 9, NULL, 0");
    check(&task, "setsockopt", &[3, 1, 26, 0, 0], "3</data/a>, SOL_SOCKET, SO_ATTACH_FILTER, NULL, 0");
    check(&task, "getsockopt", &[3, 1, 26, 0, 0], "3</data/a>, SOL_SOCKET, SO_GET_FILTER, NULL, NULL");
    check(&task, "getsockopt", &[3, 0, 26, 0, 0], "3</data/a>, SOL_IP, IP_RECVERR_RFC4884, NULL, NULL");
    check(
        &task,
        "sendto",
        &[3, 0, 0, 0x4040, 0, 0],
        "3</data/a>, NULL, 0, MSG_DONTWAIT|MSG_NOSIGNAL, NULL, 0",
    );
}

#[test]
fn clone_shows_its_signal_last_and_no_argument_that_its_flags_do_not_read() {
    let task = Task::new();
    let given = |flags| [flags, 0, 0, 0, 0];
    check(
        &task,
        "clone",
        &given(0x0120_0011),
        "CLONE_CHILD_CLEARTID|CLONE_CHILD_SETTID|SIGCHLD, NULL, NULL, NULL, NULL",
    );
    check(&task, "clone", &given(0x4111), "CLONE_VM|CLONE_VFORK|SIGCHLD, NULL");
    check(&task, "clone", &given(0x10_0011), "CLONE_PARENT_SETTID|SIGCHLD, NULL, NULL");
    check(&task, "clone", &given(0), "0, NULL");
    check(&task, "unshare", &[0x80], "CLONE_NEWTIME");
}

#[test]
fn ipc_shows_flags_before_the_mode() {
    let task = Task::new();
    check(&task, "shmget", &[0, 4096, 0o1600], "IPC_PRIVATE, 4096, IPC_CREAT|0600");
    check(&task, "semget", &[5, 1, 0], "0x5, 1, 000");
}

#[test]
fn statx_shows_how_it_synchronizes_first() {
    let task = Task::new().with(0x1000, b"\0");
    check(
        &task,
        "statx",
        &[AT_FDCWD, 0x1000, 0x1000, 0x7ff, 0],
        r#"AT_FDCWD, "", AT_STATX_SYNC_AS_STAT|AT_EMPTY_PATH, STATX_BASIC_STATS, NULL"#,
    );
    check(
        &task,
        "statx",
        &[AT_FDCWD, 0x1000, 0x2000, 0xfff, 0],
        r#"AT_FDCWD, "", AT_STATX_FORCE_SYNC, STATX_ALL, NULL"#,
    );
}

/// strace 6.1, of socket(FAMILY, SOCK_RAW, PROTOCOL).
#[test]
fn a_protocol_has_the_name_that_its_family_gives_it() {
    for (family, protocol, shown) in [
        (0, 1, "AF_UNSPEC, SOCK_RAW, 1"),
        (1, 1, "AF_UNIX, SOCK_RAW, 1"),
        (2, 1, "AF_INET, SOCK_RAW, IPPROTO_ICMP"),
        (2, 0xface_feed_0000_0006, "AF_INET, SOCK_RAW, IPPROTO_TCP"),
        (10, 0xff, "AF_INET6, SOCK_RAW, IPPROTO_RAW"),
        (16, 6, "AF_NETLINK, SOCK_RAW, NETLINK_XFRM"),
        (16, 99, "AF_NETLINK, SOCK_RAW, 0x63"),
        (17, 0x0300, "AF_PACKET, SOCK_RAW, htons(ETH_P_ALL)"),
        (17, 0x0008, "AF_PACKET, SOCK_RAW, htons(ETH_P_IP)"),
        (29, 1, "AF_CAN, SOCK_RAW, CAN_RAW"),
        (31, 1, "AF_BLUETOOTH, SOCK_RAW, BTPROTO_HCI"),
        (38, 1, "AF_ALG, SOCK_RAW, 1"),
        (40, 1, "AF_VSOCK, SOCK_RAW, 1"),
    ] {
        check(&Task::new(), "socket", &[family, 3, protocol], shown);
        check(&Task::new(), "socketpair", &[family, 3, protocol, 0], &format!("{shown}, NULL"));
    }
}

/// The upper half of an int's register is none of the value: strace 6.1 prints what the kernel reads.
#[test]
fn flags_and_constants_are_shown_as_the_kernel_reads_them() {
    const HIGH: u64 = 0xface_feed_0000_0000;
    let task = Task::new().with(0x1000, b"ab");
    check(&task, "madvise", &[0x1000, 1, HIGH | 1], "&0x1000, 1, MADV_RANDOM");
    check(&task, "dup3", &[3, 4, HIGH | 0o2_000_000], "3</data/a>, 4</data/b>, O_CLOEXEC");
    check(&task, "getdents64", &[3, 0, HIGH | 64], "3</data/a>, NULL, 64");
    check(&task, "semop", &[5, 0, HIGH | 2], "5, NULL, 2");
    check(&task, "sethostname", &[0x1000, HIGH | 2], r#""ab", 2"#);
    check(&task, "fcntl", &[HIGH | 3, HIGH | 3, 0], "3</data/a>, F_GETFL");
    check(&task, "kill", &[HIGH | 7, HIGH | 9], "t:7, SIGKILL");
    check(&task, "flock", &[3, HIGH | 6], "3</data/a>, LOCK_EX|LOCK_NB");
    check(&task, "wait4", &[MINUS_ONE, 0, HIGH | 1, 0], "t:-1, NULL, WNOHANG, NULL");
    check(&task, "clock_settime", &[HIGH | 1, 0], "CLOCK_MONOTONIC, NULL");
    check(&task, "lseek", &[3, HIGH, HIGH | 2], "3</data/a>, -374081425164468224, SEEK_END");
    // These are longs.
    check(&task, "mprotect", &[0x1000, 1, HIGH | 1], "&0x1000, 1, PROT_READ|0xfacefeed00000000");
}

/// fs/namespace.c: with the magic number in it the upper half of the flags is taken away.
#[test]
fn the_magic_number_of_mount_is_no_flag() {
    let task = Task::new().with(0x1000, b"size=1m\0");
    let mount = |flags, shown: &str| {
        check(&task, "mount", &[0, 0, 0, flags, 0x1000], &format!("NULL, NULL, NULL, {shown}, \"size=1m\""));
    };
    mount(0xc0ed_0000, "MS_MGC_VAL");
    mount(0xc0ed_1001, "MS_MGC_VAL|MS_RDONLY|MS_BIND");
    mount(0x4_4000, "MS_REC|MS_PRIVATE");
    mount(0x4_0001, "MS_RDONLY|MS_PRIVATE");
    mount(0, "0");
}

#[test]
fn the_directory_that_a_path_is_relative_to_is_named_where_that_is_asked_for() {
    let task = || Task::new().with(0x1000, b"a\0");
    check(&task(), "openat", &[AT_FDCWD, 0x1000, 0], r#"AT_FDCWD, "a", O_RDONLY"#);
    let named = r#"AT_FDCWD</data/\74x\76>, "a", O_RDONLY"#;
    check(&task().with_names(false), "openat", &[AT_FDCWD, 0x1000, 0], named);
    check(&task().with_names(false), "openat", &[3, 0x1000, 0], r#"3</data/a>, "a", O_RDONLY"#);
    check(&task().with_names(true), "unlinkat", &[AT_FDCWD, 0x1000, 0], r#"AT_FDCWD</data/\74x\76>, "a", 0"#);
}
