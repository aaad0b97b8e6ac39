//! Calls of i386: pointers and longs of 32 bits, and 64-bit values in two registers.
use super::*;

#[track_caller]
fn i386(task: &Task, name: &str, given: &[u64], expected: &str) {
    check_on(Abi::I386, task, name, given, expected);
}

#[track_caller]
fn i386_exit(task: &Task, name: &str, given: &[u64], returned: i64, expected: &str) {
    check_exit_on(Abi::I386, task, name, given, Returned::Value(returned), expected);
}

fn words(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_ne_bytes()).collect()
}

#[test]
fn a_64_bit_value_in_two_registers_is_one_number() {
    let task = Task::new();
    i386(&task, "ftruncate64", &[3, 5, 1], "3</data/a>, 4294967301");
    i386(&task, "ftruncate64", &[3, 0xffff_ffff, 0xffff_ffff], "3</data/a>, -1");
    i386(&task, "fallocate", &[3, 0, 4096, 0, 0, 1], "3</data/a>, 0, 4096, 4294967296");
    i386(&task, "pread64", &[3, 0x1000, 8, 7, 0], "3</data/a>, PENDING, 8, 7");
    i386(&task, "sync_file_range", &[3, 0, 1, 9, 0, 2], "3</data/a>, 4294967296, 9, SYNC_FILE_RANGE_WRITE");
    // The high half comes first here, and the result goes to memory.
    i386(&task, "_llseek", &[3, 1, 2, 0, 0], "3</data/a>, 4294967298, NULL, SEEK_SET");
}

#[test]
fn a_long_is_as_wide_as_a_register() {
    let task = Task::new();
    i386(&task, "lseek", &[3, 0xffff_fffe, 1], "3</data/a>, -2, SEEK_CUR");
    check(&task, "lseek", &[3, 0xffff_fffe, 1], "3</data/a>, 4294967294, SEEK_CUR");
}

#[test]
fn pointers_in_memory_have_four_bytes() {
    let task = Task::new()
        .with(0x1000, &words(&[0x2000, 3, 0x2010, 1]))
        .with(0x2000, b"abc")
        .with(0x2010, b"d")
        .with(0x3000, &words(&[0x4000, 0x4010, 0]))
        .with(0x4000, b"ls\0")
        .with(0x4010, b"-l\0");
    let vector = r#"[{iov_base="abc", iov_len=3}, {iov_base="d", iov_len=1}]"#;
    i386(&task, "writev", &[3, 0x1000, 2], &format!("3</data/a>, {vector}, 2"));
    i386(&task, "execve", &[0x4000, 0x3000, 0x3000], r#""ls", ["ls", "-l"], &0x3000 /* 2 vars */"#);
}

#[test]
fn times_have_the_width_that_the_call_says() {
    let task = Task::new().with(0x1000, &words(&[1, 5])).with(0x2000, &words(&[1, 1, 5, 0]));
    i386(&task, "nanosleep", &[0x1000, 0], "{tv_sec=1, tv_nsec=5}, NULL");
    let long = "CLOCK_REALTIME, 0, {tv_sec=4294967297, tv_nsec=5}, NULL";
    i386(&task, "clock_nanosleep_time64", &[0, 0, 0x2000, 0], long);
    i386(&task, "clock_nanosleep", &[0, 0, 0x1000, 0], "CLOCK_REALTIME, 0, {tv_sec=1, tv_nsec=5}, NULL");
}

#[test]
fn locks_have_the_layout_that_the_command_says() {
    let task =
        Task::new().with(0x1000, &words(&[1, 10, 20, 77])).with(0x2000, &words(&[1, 10, 1, 20, 0, 77]));
    let short = "3</data/a>, F_SETLK, {l_type=F_WRLCK, l_whence=SEEK_SET, l_start=10, l_len=20}";
    i386(&task, "fcntl64", &[3, 6, 0x1000], short);
    i386(&task, "fcntl", &[3, 6, 0x1000], short);
    let place = "l_type=F_WRLCK, l_whence=SEEK_SET, l_start=4294967306, l_len=20";
    for (command, name) in [(13, "F_SETLK64"), (37, "F_OFD_SETLK")] {
        i386(&task, "fcntl64", &[3, command, 0x2000], &format!("3</data/a>, {name}, {{{place}}}"));
    }
    for (command, name) in [(12, "F_GETLK64"), (36, "F_OFD_GETLK")] {
        let held = format!("3</data/a>, {name}, {{{place}, l_pid=t:77}}");
        i386_exit(&task, "fcntl64", &[3, command, 0x2000], 0, &held);
    }
    let held = "3</data/a>, F_GETLK, {l_type=F_WRLCK, l_whence=SEEK_SET, l_start=10, l_len=20, l_pid=t:77}";
    i386_exit(&task, "fcntl64", &[3, 5, 0x1000], 0, held);
}

#[test]
fn calls_that_carry_others_show_which() {
    let task = Task::new();
    i386(&task, "socketcall", &[3, 0x7000], "SYS_CONNECT, &0x7000");
    i386(&task, "mmap", &[0x7000], "&0x7000");
}

#[test]
fn an_address_from_two_gibibytes_on_is_no_negative_number() {
    let view = view(Abi::I386, "mmap2", &[0, 4096, 3, 0x22, 0xffff_ffff, 0]);
    let raw = Abi::I386.result(0xf7d0_0000);
    assert_eq!(rendered(&result(&view, Returned::from_raw(raw), &Task::new())), "&0xf7d00000");
}

#[test]
fn ids_of_16_bits_are_read_as_such() {
    let ids: Vec<u8> = [5_u16, 0xffff, 7].iter().flat_map(|id| id.to_ne_bytes()).collect();
    let task = Task::new().with(0x1000, &ids);
    i386(&task, "chown", &[0, 0xffff, 0x1_0005], "NULL, -1, 5");
    i386(&task, "fchown", &[3, 5, 0xffff_ffff], "3</data/a>, 5, -1");
    i386(&task, "setresuid", &[0xffff, 1, 2], "-1, 1, 2");
    i386(&task, "chown32", &[0, 0xffff, 0xffff_ffff], "NULL, 65535, -1");
    i386(&task, "setgroups", &[3, 0x1000], "3, [5, -1, 7]");
    i386_exit(&task, "getgroups", &[8, 0x1000], 2, "8, [5, -1]");
    i386_exit(&task, "getresuid", &[0x1000, 0x1000, 0x1004], 0, "[5], [5], [7]");
}

#[test]
fn the_offset_of_mmap2_is_in_bytes() {
    let task = Task::new();
    let shown = "NULL, 4096, PROT_READ, MAP_SHARED, 3</data/a>, 0x3000";
    i386(&task, "mmap2", &[0, 4096, 1, 1, 3, 3], shown);
}
