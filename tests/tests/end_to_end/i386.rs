//! 32-bit programs on x86_64, and 32-bit calls of 64-bit ones: traced, followed and faulted by the names of their own table.
use crate::blind::assert_registers_survive;
use crate::changed::assert_registers_are_kept;
use crate::engines::{are_both_here, assert_same};
use crate::short::assert_all_is_moved;
use havoc_tests::havoc::{Havoc, Ran, verifies};
use havoc_tests::skip::skip;
use havoc_tests::{outside, testee};
use std::path::PathBuf;

/// The 32-bit program of this name, unless this kernel runs none: the test is skipped then.
fn program(name: &str) -> Option<PathBuf> {
    if !outside::runs_i386() {
        skip("this kernel runs no 32-bit programs");
        return None;
    }
    Some(testee::c_i386(name))
}

#[track_caller]
fn assert_all_is_judged(ran: &Ran) {
    assert_eq!(ran.lines_with("not judged"), [""; 0], "{ran:?}");
    assert_eq!(ran.lines_with("NOT VERIFIED"), [""; 0], "{ran:?}");
}

#[test]
fn the_second_write_of_a_32_bit_program_fails() {
    let Some(program) = program("three_writes") else { return };
    for (at, length, how) in [("", "6 bytes", "instead"), (":after", "9 bytes", "after, kernel returned 3")] {
        let ran = Havoc::new().inject(&format!("write:error=EIO:when=2{at}")).run(&program, &["."]);
        assert_eq!(
            ran.out,
            format!("write 1: ok\nwrite 2: EIO\nwrite 3: ok\nfsync: ok\n{length}\n"),
            "{ran:?}"
        );
        let line = format!(
            "write@i386(3<<dir>/a.bin>, \"abc\", 3) = -1 EIO (Input/output error) (INJECTED) (write#1 {how})"
        );
        assert!(ran.lines_with("write@i386(")[0].ends_with(&line), "{ran:?}");
        assert_eq!(ran.injected(), 1, "{ran:?}");
        assert_all_is_judged(&ran);
    }
}

#[test]
fn a_32_bit_open_fails_by_its_path() {
    let Some(program) = program("three_writes") else { return };
    let ran = Havoc::new().inject("openat,open:error=EACCES:path=a.bin").run(&program, &["."]);
    assert_eq!(ran.out, "open: EACCES\n", "{ran:?}");
    let head = "openat@i386(AT_FDCWD, \"./a.bin\", O_RDWR|O_CREAT|O_TRUNC|O_CLOEXEC, 0644)";
    assert_eq!(ran.lines_with(head).len(), 1, "{ran:?}");
    let ran = Havoc::new().inject("openat,open:error=EACCES:path=b.bin").run(&program, &["."]);
    assert!(ran.printed("write 3: ok") && ran.injected() == 0, "{ran:?}");
    assert_all_is_judged(&ran);
}

#[test]
fn one_rule_hits_every_task_of_a_32_bit_program_by_the_file_that_is_mapped() {
    let Some(program) = program("forker") else { return };
    for (at, how) in [("", "(msync#1 instead)"), (":after", "(msync#1 after, kernel returned 0)")] {
        let ran = Havoc::new().inject(&format!("msync:error=EIO:path=a.bin{at}")).run(&program, &["."]);
        for who in ["parent", "fork child", "vfork child", "thread"] {
            assert!(ran.printed(&format!("{who}: msync a.bin: Input/output error")), "{who}: {ran:?}");
            assert!(ran.printed(&format!("{who}: msync b.bin: ok")), "{who}: {ran:?}");
        }
        assert!(ran.printed("vfork child: swapped: yes"), "{ran:?}");
        let injected = ran.lines_with(how);
        assert_eq!(injected.len(), 4, "{ran:?}");
        assert!(injected.iter().all(|line| line.contains("msync@i386(0x")), "{ran:?}");
        assert!(injected.iter().all(|line| line.contains("<<dir>/a.bin+0x0>, 65536, MS_SYNC)")), "{ran:?}");
        assert_all_is_judged(&ran);
    }
}

#[test]
fn children_that_a_32_bit_program_makes_by_clone_are_followed() {
    let Some(program) = program("clone_children") else { return };
    let ran = Havoc::new().inject("msync:error=ENOANO:path=a.bin").run(&program, &["."]);
    for who in ["copy", "sharing", "silent"] {
        assert!(ran.printed(&format!("{who}: msync a.bin: No anode")), "{ran:?}");
        assert!(ran.printed(&format!("{who}: msync b.bin: ok")), "{ran:?}");
    }
    for name in ["clone_untraced", "clone3_untraced"] {
        if name == "clone3_untraced" && !outside::has_clone3() {
            continue;
        }
        let ran =
            Havoc::under("ptrace").inject("msync:error=ENOANO:path=a.bin").run(testee::c_i386(name), &["."]);
        let expected =
            "child: msync a.bin: No anode\nchild: msync b.bin: ok\nchild: fsync c.bin: ok\nexited 6\n";
        assert_eq!(ran.out, expected, "{ran:?}");
        assert_eq!(ran.lines_with("1 CLONE_UNTRACED taken out").len(), 1, "{ran:?}");
    }
}

/// An argument is changed before the call and put back after it; what 64-bit code has above it stays.
#[test]
fn the_high_half_of_a_register_survives_what_is_done_to_an_argument_of_32_bits() {
    if !outside::runs_i386() {
        return skip("this kernel makes no 32-bit calls");
    }
    let ran =
        Havoc::under("ptrace").inject("msync:error=ENOANO:path=a.bin").run(testee::c("int80_clone"), &["."]);
    let expected = "child: msync a.bin: No anode\nchild: msync b.bin: ok\nexited 6\nrbx: kept\n";
    assert_eq!(ran.out, expected, "{ran:?}");
    assert_eq!(ran.lines_with("1 CLONE_UNTRACED taken out").len(), 1, "{ran:?}");
}

#[test]
fn a_32_bit_call_of_64_bit_code_is_judged_by_the_i386_table() {
    if !outside::runs_i386() {
        return skip("this kernel makes no 32-bit calls");
    }
    // 118 is fsync on i386 and getresuid on x86_64; 4 is write and stat, 20 is getpid and writev.
    let own = "fsync:error=EIO:path=file";
    let twins = "getresuid,stat,writev:error=EPERM";
    for at in ["", ":after"] {
        let ran = Havoc::new()
            .inject(&format!("{own}{at}"))
            .inject("write:error=ENOSPC:when=2")
            .inject(twins)
            .inject("118:error=EPERM")
            .run(testee::c("int80"), &["file"]);
        assert_eq!(ran.out, "getpid: the same\nwrite: ENOSPC\nfsync: EIO\n", "{ran:?}");
        let [write, fsync] = ran.lines_with("(INJECTED)")[..] else { panic!("{ran:?}") };
        assert!(
            write.contains("write@i386(1<") && write.contains("\"write by int 0x80\\n\", 18)"),
            "{ran:?}"
        );
        assert!(fsync.contains("fsync@i386(3<<dir>/file>) = -1 EIO"), "{ran:?}");
        for rule in ["getresuid,stat,writev#3", "118#4"] {
            assert!(
                ran.lines_with(&format!("rule {rule} ("))[0].contains("never fired: 0 matches"),
                "{ran:?}"
            );
        }
        assert_all_is_judged(&ran);
    }
    // And no 64-bit call by an i386 number.
    let ran =
        Havoc::new().inject("getpid:error=EIO:log").options(["--trace", "all"]).run(testee::c("int80"), &[]);
    assert_eq!(ran.lines_with("] getpid@i386() = -1 EIO").len(), 1, "{ran:?}");
    assert_eq!(ran.lines_with("] getpid() = -1 EIO").len(), 1, "{ran:?}");
}

#[test]
fn a_rule_holds_over_execs_from_64_to_32_and_back_to_64_bits() {
    let Some(of_32) = program("exec_chain") else { return };
    let of_64 = testee::c("exec_chain");
    let path = |program: &PathBuf| program.to_str().expect("a path that is text").to_owned();
    for (first, chain) in [(&of_64, [&of_32, &of_64]), (&of_32, [&of_64, &of_32])] {
        let words = chain.map(path);
        let arguments = [".", &words[0], &words[1]];
        let havoc = Havoc::new().inject("fsync:error=ENOANO:path=a.bin").options(["--trace", "execve", "-C"]);
        let ran = havoc.run(first, &arguments);
        let widths = if first == &of_64 { ["64", "32", "64"] } else { ["32", "64", "32"] };
        let expected: Vec<String> = widths
            .iter()
            .flat_map(|bits| {
                [("a", "ENOANO"), ("b", "ok")]
                    .map(|(file, how)| format!("{bits} bits: fsync {file}.bin: {how}"))
            })
            .collect();
        assert_eq!(ran.out.lines().collect::<Vec<_>>(), expected, "{ran:?}");
        // The first execve is havoc's own; each is told to have succeeded.
        let execs = ran.lines_with("] execve");
        let by_32_bits: Vec<bool> = execs.iter().map(|line| line.contains("execve@i386(")).collect();
        assert_eq!(by_32_bits, [false, widths[0] == "32", widths[1] == "32"], "{ran:?}");
        assert!(execs.iter().all(|line| line.ends_with(" = 0")), "{ran:?}");
        assert_eq!(ran.injected(), 3, "{ran:?}");
        assert_eq!(ran.summary("fsync"), (6, if verifies() { 9 } else { 6 }), "{ran:?}");
        assert_all_is_judged(&ran);
    }
}

#[test]
fn a_32_bit_call_takes_as_many_stops_as_any_other() {
    let Some(program) = program("forker") else { return };
    let instead = if verifies() { 2 } else { 1 };
    for (options, expected) in [
        (["--inject", "msync:error=EIO:path=a.bin"], 4 * instead + 4),
        (["--inject", "msync:error=EIO:path=c.bin"], 8),
        (["--inject", "msync:error=EIO:path=a.bin:after"], 4 * 2 + 4),
        (["--trace", "msync"], 8 * 2),
    ] {
        let ran = Havoc::new().options(["-C"]).options(options).run(&program, &["."]);
        assert_eq!(ran.summary("msync"), (8, expected), "{options:?}: {ran:?}");
    }
}

#[test]
fn calls_that_no_rule_names_never_stop_in_a_32_bit_program() {
    let Some(program) = program("worker_reads") else { return };
    let havoc = Havoc::new().inject("fsync:error=EIO").options(["-C"]);
    std::fs::write(havoc.directory().join("file"), "x").expect("write a file");
    let ran = havoc.run(&program, &["file", "20000"]);
    for who in ["main", "worker", "fork child", "exec child"] {
        assert!(ran.out.contains(&format!("{who}: 20000 reads in ")), "{ran:?}");
    }
    let stops = &ran.lines_with("stops in all")[0];
    assert!(stops.contains(": 0 of calls, "), "{ran:?}");
    assert!(!ran.log.lines().any(|line| line.ends_with(" read") || line.contains("read(")), "{ran:?}");
}

#[test]
fn a_32_bit_read_that_signals_interrupt_is_one_read_whatever_the_frame_of_the_handler() {
    let Some(program) = program("restarted_read") else { return };
    for arguments in [&["restart"][..], &["restart", "siginfo"], &["storm"], &["storm", "siginfo"]] {
        let ran = Havoc::new().inject("read:error=ENOANO:when=2").run(&program, arguments);
        assert_eq!(ran.failed_by("No anode"), ["read 2"], "{arguments:?}: {ran:?}");
        assert!(ran.log.contains("3 matches, 1 injected"), "{arguments:?}: {ran:?}");
        let ran = Havoc::new().inject("read:retval=1:after:when=2").run(&program, arguments);
        assert!(ran.printed("read 2: returned 1, interrupted: yes"), "{arguments:?}: {ran:?}");
        assert!(ran.log.contains("3 matches, 1 injected"), "{arguments:?}: {ran:?}");
    }
}

#[test]
fn a_32_bit_read_that_a_handler_ends_is_over_whatever_the_frame_of_the_handler() {
    let Some(program) = program("restarted_read") else { return };
    for arguments in [&["eintr"][..], &["eintr", "siginfo"]] {
        let ran = Havoc::new().inject("read:error=EIO:when=4").run(&program, arguments);
        assert!(ran.printed("read 2 again: Input/output error"), "{arguments:?}: {ran:?}");
        let ran = Havoc::new().inject("read:error=EIO:after:when=3").options(["-C"]).run(&program, arguments);
        assert!(ran.printed("read 2: Interrupted system call"), "{arguments:?}: {ran:?}");
        let note = "read@i386: a signal handler ended it with EINTR, so (read#1 after) is dropped";
        assert_eq!(ran.lines_with(note).len(), 1, "{arguments:?}: {ran:?}");
        assert_eq!((ran.summary("read").0, ran.injected()), (6, 0), "{arguments:?}: {ran:?}");
    }
}

#[test]
fn every_register_of_a_32_bit_program_survives_every_way_of_acting() {
    let Some(program) = program("registers") else { return };
    assert_registers_survive(&program);
}

#[test]
fn values_of_64_bits_in_two_registers_are_one_and_structs_have_the_programs_width() {
    let Some(program) = program("wide_values") else { return };
    let ran = Havoc::new().options(["--stable", "--trace", "all"]).run(&program, &["."]);
    for line in [
        "pwrite64@i386(3<<dir>/a.bin>, \"x\", 1, 5368709120) = 1",
        "pread64@i386(3<<dir>/a.bin>, \"x\", 1, 5368709120) = 1",
        "fallocate@i386(3<<dir>/a.bin>, FALLOC_FL_KEEP_SIZE, 5368709120, 4096) = ",
        "ftruncate64@i386(3<<dir>/a.bin>, 5368709133) = 0",
        "_llseek@i386(3<<dir>/a.bin>, 0, [5368709133], SEEK_END) = 0",
        "writev@i386(3<<dir>/a.bin>, [{iov_base=\"ab\", iov_len=2}, {iov_base=\"c\", iov_len=1}], 2) = 3",
        "{tv_sec=0, tv_nsec=1000000}, @stack) = 0",
        "F_SETLK64, {l_type=F_WRLCK, l_whence=SEEK_SET, l_start=5368709120, l_len=8}) = 0",
        "execve(",
    ] {
        assert_eq!(ran.lines_with(line).len(), 1, "{line}: {ran:?}");
    }
    let rule = "pwrite64,_llseek,fcntl64,writev:error=ENOANO:path=a.bin";
    let ran = Havoc::new().inject(rule).run(&program, &["."]);
    for call in ["pwrite", "writev", "lock"] {
        assert!(ran.printed(&format!("{call}: ENOANO")), "{ran:?}");
    }
    assert_all_is_judged(&ran);
}

#[test]
fn a_result_that_has_more_than_32_bits_is_cut_and_the_log_shows_what_the_program_was_told() {
    let Some(program) = program("registers") else { return };
    for at in ["", ":after"] {
        let ran = Havoc::new().inject(&format!("fsync:retval=0x100000003{at}")).run(&program, &[]);
        assert!(ran.printed("fsync: ok, preserved"), "{ran:?}");
        assert_eq!(ran.lines_with(") = 3 (INJECTED)").len(), 1, "{ran:?}");
        assert_all_is_judged(&ran);
    }
}

#[test]
fn a_call_that_socketcall_carries_is_judged_as_its_own_and_the_carrier_can_be_named() {
    let Some(program) = program("connects") else { return };
    let ran = Havoc::new().inject("connect:error=EIO:arg3=110").run(&program, &["."]);
    assert!(ran.printed("connect: EIO"), "{ran:?}");
    assert_eq!(ran.lines_with("connect@i386(3<").len(), 1, "{ran:?}");
    assert_all_is_judged(&ran);
    // Nothing of a name is left: EINVAL. The program's memory is as it was.
    let ran = Havoc::new().inject("connect:arg3:=1").run(&program, &["."]);
    assert!(ran.printed("connect: EINVAL"), "{ran:?}");
    let ran = Havoc::new().inject("connect,socketcall:log").run(&program, &["."]);
    assert_eq!(ran.lines_with("socketcall@i386(SYS_CONNECT, 0x").len(), 1, "{ran:?}");
    assert_eq!(ran.lines_with("not seen").len(), 0, "{ran:?}");
    let ran = Havoc::new().inject("connect:error=EIO").run(testee::c("connects"), &["."]);
    assert!(ran.printed("connect: EIO") && ran.lines_with("not seen").is_empty(), "{ran:?}");
}

/// The registers are of 64 bits and so is the frame of the handler, while the call is one of i386.
#[test]
fn a_32_bit_read_of_64_bit_code_is_one_read_until_a_handler_ends_it() {
    if !outside::runs_i386() {
        return skip("this kernel makes no 32-bit calls");
    }
    for (mode, first) in [("eintr", "EINTR"), ("restart", "ok")] {
        let program = testee::c_static("int80_read");
        let ran = Havoc::new().inject("read:error=EIO:when=2").run(&program, &[mode]);
        assert_eq!(ran.out, format!("read 1: {first}\nread 2: EIO\n"), "{mode}: {ran:?}");
        let ran = Havoc::new().inject("read:error=EIO:after:when=1").run(&program, &[mode]);
        let told = if mode == "eintr" { "EINTR" } else { "EIO" };
        assert_eq!(ran.out, format!("read 1: {told}\nread 2: ok\n"), "{mode}: {ran:?}");
        let note = "read@i386: a signal handler ended it with EINTR, so (read#1 after) is dropped";
        assert_eq!(ran.lines_with(note).len(), usize::from(mode == "eintr"), "{mode}: {ran:?}");
        assert!(ran.log.contains("2 matches"), "{mode}: {ran:?}");
    }
}

#[test]
fn calls_of_x32_have_no_table_and_are_left_alone_and_counted() {
    let ran = Havoc::new().inject("fsync,getpid:error=EIO").run(testee::c("x32"), &[]);
    // Most kernels know no x32 and answer ENOSYS to the number.
    assert!(["fsync: EBADF\n", "fsync: ENOSYS\n"].contains(&ran.out.as_str()), "{ran:?}");
    assert_eq!(ran.lines_with("not seen: "), ["havoc: not seen: 1 call of ABI x32 not judged"], "{ran:?}");
    assert_eq!(ran.injected(), 0, "{ran:?}");
}

#[test]
fn every_register_of_a_32_bit_program_is_as_before_after_every_action() {
    let Some(program) = program("registers_kept") else { return };
    assert_registers_are_kept(&program);
}

#[test]
fn data_of_a_32_bit_program_is_corrupted_in_every_piece_and_put_back() {
    let Some(program) = program("moves_bytes") else { return };
    let ran = Havoc::new().inject("pread64,readv,writev:corrupt=fill/0xAA").run(&program, &["."]);
    for line in [
        "file twice: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "twice: returned 16, 0102030405060708",
        "file writev: aaaaaaaaaaaaaaaa",
        "writev: returned 8, 0102030405060708",
        "readv: returned 8, aaaaaaaaaaaaaaaa",
        "pread64: returned 4, aaaaaaaa05060708",
    ] {
        assert!(ran.printed(line), "{line}: {ran:?}");
    }
    assert_all_is_judged(&ran);
}

/// Its C library makes some calls by socketcall, which carries their arguments in memory.
#[test]
fn calls_of_a_32_bit_program_move_all_of_their_data_in_pieces() {
    let Some(program) = program("short_io") else { return };
    assert_all_is_moved(&program, &[]);
}

#[test]
fn both_engines_do_the_same_to_programs_of_32_bits() {
    let Some(narrow) = program("exec_chain") else { return };
    if !are_both_here() {
        return;
    }
    assert_same(&["msync:error=ENOANO:path=a.bin"], testee::c_i386("forker"), &["."]);
    assert_same(&["write:error=EIO:path=a.bin"], testee::c_i386("three_writes"), &["."]);
    assert_same(&["msync:error=ENOMEM:path=b.bin"], testee::c_i386("ranges"), &["."]);
    assert_same(&["connect:error=ECONNREFUSED"], testee::c_i386("connects"), &["."]);
    let wide = testee::c("exec_chain");
    let narrow = narrow.to_str().expect("a path of ASCII");
    assert_same(
        &["fsync:error=EIO:path=b.bin"],
        &wide,
        &[".", narrow, wide.to_str().expect("a path of ASCII")],
    );
}
