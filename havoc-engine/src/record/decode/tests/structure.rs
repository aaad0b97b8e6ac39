//! Structs of calls on files, descriptors and clocks. Expectations are strace's lines, but for what `--stable` must
//! know: `~` stands before what differs by run, `fd:` and names behind descriptors.
use super::*;

/// A struct put together field by field: offset, width, value.
pub(super) fn packed(size: usize, fields: &[(usize, usize, u64)]) -> Vec<u8> {
    let mut bytes = vec![0; size];
    for &(offset, width, value) in fields {
        bytes[offset..offset + width].copy_from_slice(&value.to_ne_bytes()[..width]);
    }
    bytes
}

const ZERO: Returned = Returned::Value(0);

#[test]
fn stat_is_abbreviated_as_strace_does() {
    // strace 6.1: fstat(3, {st_mode=S_IFREG|0644, st_size=11, ...}) = 0
    let on = |abi, name: &str, bytes: &[u8], shown: &str| {
        let task = Task::new().with(0x1000, bytes);
        check_exit_on(abi, &task, name, &[3, 0x1000], ZERO, &format!("3</data/a>, {shown}"));
        check_exit_on(abi, &task, name, &[3, 0x1000], error(9), "3</data/a>, &0x1000");
    };
    let file = "{st_mode=S_IFREG|0644, st_size=11, ...}";
    on(Abi::X86_64, "fstat", &packed(144, &[(24, 4, 0o100_644), (48, 8, 11), (40, 8, 0x103)]), file);
    on(Abi::Aarch64, "fstat", &packed(128, &[(16, 4, 0o100_644), (48, 8, 11)]), file);
    on(Abi::I386, "fstat64", &packed(96, &[(16, 4, 0o100_644), (44, 8, 11)]), file);
    on(Abi::I386, "fstat", &packed(64, &[(8, 2, 0o100_644), (20, 4, 11)]), file);
    // strace 6.1: {st_mode=S_IFCHR|0666, st_rdev=makedev(0x1, 0x3), ...}
    let device = "{st_mode=S_IFCHR|0666, st_rdev=makedev(0x1, 0x3), ...}";
    on(Abi::X86_64, "fstat", &packed(144, &[(24, 4, 0o020_666), (48, 8, 11), (40, 8, 0x103)]), device);
    on(Abi::Aarch64, "fstat", &packed(128, &[(16, 4, 0o020_666), (32, 8, 0x103)]), device);
    on(Abi::I386, "fstat64", &packed(96, &[(16, 4, 0o020_666), (32, 8, 0x103)]), device);
    on(Abi::I386, "fstat", &packed(64, &[(8, 2, 0o020_666), (16, 4, 0x103)]), device);
}

#[test]
fn stat_is_whole_where_nothing_is_abbreviated() {
    let fields = [(0, 8, 0x801), (8, 8, 77), (16, 8, 2), (24, 4, 0o100_600), (28, 4, 5), (32, 4, 6)];
    let mut bytes = packed(144, &fields);
    bytes[48..].copy_from_slice(&packed(
        96,
        &[(0, 8, 9), (8, 8, 4096), (16, 8, 8), (24, 8, 1), (32, 8, 2), (40, 8, 3), (48, 8, 4), (56, 8, 5)],
    ));
    let task = Task::new().with(0x1000, &bytes).with_style(32, false);
    check_exit(
        &task,
        "fstat",
        &[3, 0x1000],
        ZERO,
        concat!(
            "3</data/a>, {st_dev=~makedev(0x8, 0x1), st_ino=~77, st_mode=S_IFREG|0600, st_nlink=2, ",
            "st_uid=5, st_gid=6, st_blksize=4096, st_blocks=~8, st_size=9, st_atime=~1, st_atime_nsec=~2, ",
            "st_mtime=~3, st_mtime_nsec=~4, st_ctime=~5, st_ctime_nsec=~0}"
        ),
    );
}

#[test]
fn statx_shows_what_its_mask_says() {
    // strace 6.1: {stx_mask=STATX_BASIC_STATS|STATX_MNT_ID, stx_attributes=0, stx_mode=S_IFREG|0644, stx_size=11, ...}
    let given = [AT_FDCWD, 0, 0, 0x7ff, 0x1000];
    let start = "AT_FDCWD, NULL, AT_STATX_SYNC_AS_STAT, STATX_BASIC_STATS, ";
    for abi in [Abi::X86_64, Abi::Aarch64, Abi::I386] {
        let bytes = packed(256, &[(0, 4, 0x17ff), (28, 2, 0o100_644), (40, 8, 11)]);
        let task = Task::new().with(0x1000, &bytes);
        let shown = "{stx_mask=STATX_BASIC_STATS|STATX_MNT_ID, stx_attributes=0, stx_mode=S_IFREG|0644, \
                     stx_size=11, ...}";
        check_exit_on(abi, &task, "statx", &given, ZERO, &format!("{start}{shown}"));
        let task = Task::new().with(0x1000, &packed(256, &[(8, 8, 0x10)]));
        let shown = "{stx_mask=0, stx_attributes=STATX_ATTR_IMMUTABLE, ...}";
        check_exit_on(abi, &task, "statx", &given, ZERO, &format!("{start}{shown}"));
    }
}

#[test]
fn statfs_is_whole() {
    // strace 6.1: statfs("/proc", {f_type=PROC_SUPER_MAGIC, f_bsize=4096, f_blocks=0, f_bfree=0, f_bavail=0, f_files=0,
    // f_ffree=0, f_fsid={val=[0x15, 0]}, f_namelen=255, f_frsize=4096, f_flags=ST_VALID|ST_RELATIME})
    let shown = "{f_type=PROC_SUPER_MAGIC, f_bsize=4096, f_blocks=~0, f_bfree=~0, f_bavail=~7, f_files=~0, \
                 f_ffree=~0, f_fsid={val=[~0x15, ~0]}, f_namelen=255, f_frsize=4096, \
                 f_flags=ST_VALID|ST_RELATIME}";
    let wide = packed(
        120,
        &[
            (0, 8, 0x9fa0),
            (8, 8, 4096),
            (32, 8, 7),
            (56, 4, 0x15),
            (64, 8, 255),
            (72, 8, 4096),
            (80, 8, 0x1020),
        ],
    );
    let task = Task::new().with(0x1000, &wide);
    for abi in [Abi::X86_64, Abi::Aarch64] {
        check_exit_on(abi, &task, "fstatfs", &[3, 0x1000], ZERO, &format!("3</data/a>, {shown}"));
    }
    let narrow = packed(
        64,
        &[
            (0, 4, 0x9fa0),
            (4, 4, 4096),
            (16, 4, 7),
            (28, 4, 0x15),
            (36, 4, 255),
            (40, 4, 4096),
            (44, 4, 0x1020),
        ],
    );
    let task = Task::new().with(0x1000, &narrow);
    check_exit_on(Abi::I386, &task, "fstatfs", &[3, 0x1000], ZERO, &format!("3</data/a>, {shown}"));
    let long = packed(
        84,
        &[
            (0, 4, 0x9fa0),
            (4, 4, 4096),
            (24, 8, 7),
            (48, 4, 0x15),
            (56, 4, 255),
            (60, 4, 4096),
            (64, 4, 0x1020),
        ],
    );
    let task = Task::new().with(0x1000, &long);
    check_exit_on(Abi::I386, &task, "fstatfs64", &[3, 84, 0x1000], ZERO, &format!("3</data/a>, 84, {shown}"));
}

#[test]
fn open_how_shows_a_mode_where_it_is_read_or_wrong() {
    let check = |words: [u64; 3], size: u64, shown: &str| {
        for abi in [Abi::X86_64, Abi::I386] {
            let task = Task::new().with_words(0x1000, &words);
            let shown = format!("AT_FDCWD, NULL, {shown}, {size}");
            check_on(abi, &task, "openat2", &[AT_FDCWD, 0, 0x1000, size], &shown);
        }
    };
    // strace 6.1: {flags=O_RDWR|O_CREAT, mode=0600, resolve=RESOLVE_BENEATH}
    check([0o102, 0o600, 8], 24, "{flags=O_RDWR|O_CREAT, mode=0600, resolve=RESOLVE_BENEATH}");
    check([0, 0, 8], 24, "{flags=O_RDONLY, resolve=RESOLVE_BENEATH}");
    check([0, 0o1_000_000, 0x100], 24, "{flags=O_RDONLY, mode=01000000, resolve=0x100}");
    check([0, 0, 8], 16, "&0x1000");
}

#[test]
fn times_of_a_file_have_two_special_values() {
    // strace 6.1, but for its comments: [{tv_sec=1, tv_nsec=2}, UTIME_OMIT]
    let task = Task::new().with_words(0x1000, &[1, 2, 0, 0x3fff_fffe, 0, 0x3fff_ffff]);
    check(&task, "utimensat", &[3, 0, 0x1000, 0], "3</data/a>, NULL, [{tv_sec=1, tv_nsec=2}, UTIME_OMIT], 0");
    check(&task, "utimensat", &[3, 0, 0x1020, 0], "3</data/a>, NULL, &0x1020, 0");
    check(&task, "utimensat", &[3, 0, 0, 0], "3</data/a>, NULL, NULL, 0");
    check(&task, "utimes", &[0, 0x1000], "NULL, [{tv_sec=1, tv_usec=2}, {tv_sec=0, tv_usec=1073741822}]");
}

#[test]
fn poll_shows_what_is_waited_for_and_in_its_result_what_was_found() {
    let entry = |fd: i32, events: u64, found: u64| {
        packed(8, &[(0, 4, u64::from(fd.cast_unsigned())), (4, 2, events), (6, 2, found)])
    };
    let bytes = [entry(3, 1, 0x11), entry(-1, 1, 0), entry(77, 4, 0x20)].concat();
    let task = Task::new().with(0x1000, &bytes);
    // strace 6.1 -y: poll([{fd=6<pipe:[31679]>, events=POLLIN}, {fd=-1}], 2, 10) = 1 ([{fd=6, revents=POLLIN}])
    let shown = "[{fd=3</data/a>, events=POLLIN}, {fd=fd:-1}, {fd=fd:77, events=POLLOUT}], 3, 10";
    check(&task, "poll", &[0x1000, 3, 10], shown);
    check_on(Abi::I386, &task, "poll", &[0x1000, 3, 10], shown);
    let result = |returned, shown: &str| {
        let view = view(Abi::X86_64, "poll", &[0x1000, 3, 10]);
        assert_eq!(rendered(&result(&view, returned, &task)), shown);
    };
    result(Returned::Value(2), "2 ([{fd=fd:3, revents=POLLIN|POLLHUP}, {fd=fd:77, revents=POLLNVAL}])");
    result(Returned::Value(0), "0 (Timeout)");
    result(error(4), "-1 EINTR (Interrupted system call)");
    check(&task, "poll", &[0, 0, 10], "NULL, 0, 10");
    check(&task, "poll", &[0x9000, 1, 10], "&0x9000, 1, 10");
}

#[test]
fn sets_of_descriptors_show_their_members_and_the_result_which_are_ready() {
    for (abi, name) in [(Abi::X86_64, "select"), (Abi::I386, "_newselect")] {
        let task = Task::new().with_words(0x1000, &[0b1_1000]).with_words(0x2000, &[0b10_0000]);
        // strace 6.1: pselect6(8, [3 6], [7], NULL, …) = 3 (in [3 6], out [7], left …)
        let given = [6, 0x1000, 0x2000, 0, 0];
        check_on(abi, &task, name, &given, "6, [3</data/a> 4</data/b>], [5<pipe:[7]>], NULL, NULL");
        let result = |returned| rendered(&result(&view(abi, name, &given), Returned::Value(returned), &task));
        assert_eq!(result(3), "3 (in [fd:3 fd:4], out [fd:5])");
        assert_eq!(result(0), "0 (Timeout)");
        check_on(abi, &task, name, &[4, 0x1000, 0, 0, 0], "4, [3</data/a>], NULL, NULL, NULL");
        check_on(abi, &task, name, &[0, 0x1000, 0, 0, 0], "0, &0x1000, NULL, NULL, NULL");
        check_on(abi, &task, name, &[MINUS_ONE, 0, 0, 0, 0], "-1, NULL, NULL, NULL, NULL");
    }
}

#[test]
fn epoll_events_are_packed_on_x86_only() {
    for (abi, at) in [(Abi::X86_64, 4), (Abi::I386, 4), (Abi::Aarch64, 8)] {
        let size = 8 + at;
        let event = packed(size, &[(0, 4, 0x8000_0001), (at, 8, 0x1234_5678)]);
        let task = Task::new().with(0x1000, &[event.clone(), event].concat());
        let shown = "{events=EPOLLIN|EPOLLET, data=0x12345678}";
        let control = |operation: u64, name: &str, event: &str| {
            let shown = format!("3</data/a>, {name}, 4</data/b>, {event}");
            check_on(abi, &task, "epoll_ctl", &[3, operation, 4, 0x1000], &shown);
        };
        control(1, "EPOLL_CTL_ADD", shown);
        control(2, "EPOLL_CTL_DEL", "&0x1000");
        let wait = |returned, most: u64, shown: &str| {
            let shown = format!("3</data/a>, {shown}, {most}, 0, NULL, 8");
            check_exit_on(abi, &task, "epoll_pwait", &[3, 0x1000, most, 0, 0, 8], returned, &shown);
        };
        wait(Returned::Value(1), 4, &format!("[{shown}]"));
        wait(Returned::Value(2), 4, &format!("[{shown}, {shown}]"));
        wait(Returned::Value(900), 2, &format!("[{shown}, {shown}]"));
        wait(ZERO, 4, "[]");
        wait(error(4), 4, "&0x1000");
    }
}

#[test]
fn directory_entries_are_counted_or_listed() {
    let entry = |inode: u64, kind: u8, name: &[u8]| {
        let mut entry = packed(24, &[(0, 8, inode), (8, 8, 1), (16, 2, 24), (18, 1, u64::from(kind))]);
        entry[19..19 + name.len()].copy_from_slice(name);
        entry
    };
    let bytes = [entry(9, 4, b"."), entry(10, 8, b"a\n")].concat();
    let task = Task::new().with(0x1000, &bytes);
    // strace 6.1: getdents64(9, 0x7ffc892fe2f0 /* 3 entries */, 4096) = 72
    let given = [3, 0x1000, 4096];
    let exit = |task: &Task, returned, shown: &str| {
        check_exit(task, "getdents64", &given, returned, &format!("3</data/a>, {shown}, 4096"));
    };
    exit(&task, Returned::Value(48), "&0x1000 /* 2 entries */");
    exit(&task, Returned::Value(24), "&0x1000 /* 1 entries */");
    exit(&task, ZERO, "&0x1000 /* 0 entries */");
    exit(&task, error(20), "&0x1000");
    let whole = "[{d_ino=~9, d_off=~1, d_reclen=24, d_type=DT_DIR, d_name=\".\"}, \
                 {d_ino=~10, d_off=~1, d_reclen=24, d_type=DT_REG, d_name=\"a\\n\"}]";
    exit(&task.with_style(32, false), Returned::Value(48), whole);
    let torn = Task::new().with(0x1000, &packed(24, &[(16, 2, 5)]));
    exit(&torn, Returned::Value(24), "&0x1000 /* 0 entries */");
}

#[test]
fn an_offset_that_the_call_moves_is_shown_before_and_after() {
    let before = Task::new().with_words(0x1000, &[2]);
    let view_of = |abi| view(abi, "sendfile", &[4, 3, 0x1000, 3]);
    for (abi, after) in [(Abi::X86_64, 5_u64), (Abi::I386, 5)] {
        let mut arguments = at_entry(&view_of(abi), &before);
        assert_eq!(line(&arguments), "4</data/b>, 3</data/a>, BEGUN [2], 3");
        let failed = {
            let mut arguments = arguments.clone();
            at_exit(&mut arguments, &view_of(abi), error(5), &before);
            line(&arguments)
        };
        assert_eq!(failed, "4</data/b>, 3</data/a>, [2], 3");
        let task = Task::new().with_words(0x1000, &[after]);
        at_exit(&mut arguments, &view_of(abi), Returned::Value(3), &task);
        assert_eq!(line(&arguments), "4</data/b>, 3</data/a>, [2 => 5], 3");
    }
    check(&before, "sendfile", &[4, 3, 0, 3], "4</data/b>, 3</data/a>, NULL, 3");
    // strace 6.1: copy_file_range(3, [0], 4, [0], 5, 0) = 5
    let given = [3, 0x1000, 4, 0, 5, 0];
    check(&before, "copy_file_range", &given, "3</data/a>, [2], 4</data/b>, NULL, 5, 0");
    check(&before, "splice", &given, "3</data/a>, [2], 4</data/b>, NULL, 5, 0");
}

#[test]
fn clocks_and_timers_show_what_they_gave_as_something_that_differs_by_run() {
    let task = Task::new().with_words(0x1000, &[1, 2, 3, 4]);
    let exit = |name: &str, given: &[u64], returned, shown: &str| {
        check_exit(&task, name, given, returned, shown);
    };
    exit("clock_gettime", &[1, 0x1000], ZERO, "CLOCK_MONOTONIC, {tv_sec=~1, tv_nsec=~2}");
    exit("clock_getres", &[1, 0x1000], ZERO, "CLOCK_MONOTONIC, {tv_sec=1, tv_nsec=2}");
    exit("gettimeofday", &[0x1000, 0], ZERO, "{tv_sec=~1, tv_usec=~2}, NULL");
    let timer = "{it_interval={tv_sec=1, tv_usec=2}, it_value={tv_sec=3, tv_usec=4}}";
    let left = "{it_interval={tv_sec=1, tv_usec=2}, it_value={tv_sec=~3, tv_usec=~4}}";
    exit("setitimer", &[0, 0x1000, 0x1000], ZERO, &format!("ITIMER_REAL, {timer}, {left}"));
    exit("getitimer", &[0, 0x1000], ZERO, &format!("ITIMER_REAL, {left}"));
    let timer = "{it_interval={tv_sec=1, tv_nsec=2}, it_value={tv_sec=3, tv_nsec=4}}";
    exit(
        "timerfd_settime",
        &[3, 1, 0x1000, 0],
        ZERO,
        &format!("3</data/a>, TFD_TIMER_ABSTIME, {timer}, NULL"),
    );
    // What is left of a sleep is written only if a signal ended it.
    let sleep = "{tv_sec=1, tv_nsec=2}";
    exit("nanosleep", &[0x1000, 0x1010], ZERO, &format!("{sleep}, &0x1010"));
    exit("nanosleep", &[0x1000, 0x1010], error(22), &format!("{sleep}, &0x1010"));
    let interrupted = Returned::Restart(Restart::Block);
    // With an absolute time nothing is left over, and what lies there is the program's.
    let absolute = format!("CLOCK_MONOTONIC, TIMER_ABSTIME, {sleep}, &0x1010");
    exit("clock_nanosleep", &[1, 1, 0x1000, 0x1010], Returned::Restart(Restart::NoHand), &absolute);
    exit("nanosleep", &[0x1000, 0x1010], interrupted, &format!("{sleep}, {{tv_sec=~3, tv_nsec=~4}}"));
}

#[test]
fn the_machine_is_described() {
    let mut bytes = vec![0; 390];
    for (offset, text) in
        [(0, "Linux"), (65, "vm"), (130, "6.1"), (195, "one"), (260, "x86_64"), (325, "(none)")]
    {
        bytes[offset..offset + text.len()].copy_from_slice(text.as_bytes());
    }
    let task = Task::new().with(0x1000, &bytes);
    // strace 6.1: uname({sysname="Linux", nodename="vm", ...}) = 0
    check_exit(&task, "uname", &[0x1000], ZERO, r#"{sysname="Linux", nodename=~"vm", ...}"#);
    let whole = r#"{sysname="Linux", nodename=~"vm", release="6.1", version="one", machine="x86_64", domainname="(none)"}"#;
    check_exit(&task.with_style(32, false), "uname", &[0x1000], ZERO, whole);
    let shown = "{uptime=~9, loads=[~1, ~0, ~0], totalram=~0, freeram=~0, sharedram=~0, bufferram=~0, \
                 totalswap=~0, freeswap=~0, procs=~128, totalhigh=~0, freehigh=~0, mem_unit=1}";
    let wide = packed(112, &[(0, 8, 9), (8, 8, 1), (80, 2, 128), (104, 4, 1)]);
    check_exit(&Task::new().with(0x1000, &wide), "sysinfo", &[0x1000], ZERO, shown);
    let narrow = packed(64, &[(0, 4, 9), (4, 4, 1), (40, 2, 128), (52, 4, 1)]);
    check_exit_on(Abi::I386, &Task::new().with(0x1000, &narrow), "sysinfo", &[0x1000], ZERO, shown);
}

#[test]
fn the_limit_of_strings_holds_for_buffers_arrays_and_arguments() {
    let task = Task::new().with(0x1000, b"abcdefgh\0").with_words(0x2000, &[0x1000, 0x1000, 0x1000, 0]);
    let short = task.with_style(2, true);
    check(&short, "write", &[3, 0x1000, 8], r#"3</data/a>, "ab"..., 8"#);
    check(&short, "chdir", &[0x1000], r#""abcdefgh""#);
    check(
        &short,
        "execve",
        &[0x1000, 0x2000, 0x2000],
        r#""abcdefgh", ["ab"..., "ab"..., ...], &0x2000 /* 3 vars */"#,
    );
    let whole = short.with_style(3, false);
    let strings = r#"["abc"..., "abc"..., "abc"...]"#;
    check(&whole, "execve", &[0, 0x2000, 0x2000], &format!("NULL, {strings}, {strings}"));
    let nothing = whole.with_style(0, true);
    check(&nothing, "write", &[3, 0x1000, 8], r#"3</data/a>, ""..., 8"#);
}
