//! `short`: calls that move less than they are asked to, for real, and programs that go on as if nothing had been.
use havoc_tests::havoc::{Havoc, Ran};
use havoc_tests::{outside, testee};
use std::fs;
use std::path::Path;

/// Writes so many bytes, no two runs of which are alike, and returns them.
fn write_big(directory: &Path, length: usize) -> Vec<u8> {
    let mut state = 1u32;
    let next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    let bytes: Vec<u8> = std::iter::repeat_with(next).take(length).collect();
    fs::write(directory.join("BIG"), &bytes).expect("write a big file");
    bytes
}

/// How long a file is that is moved by `step` bytes: a megabyte, or as much as takes so many stops that the test ends in time
/// where havoc is not optimized, or is emulated.
fn length(step: usize) -> usize {
    let stops = match (outside::is_emulated(), cfg!(debug_assertions)) {
        (true, _) => 500,
        (false, true) => 8_000,
        (false, false) => 150_000,
    };
    1_000_000.min(step * stops)
}

fn assert_never_short_of(ran: &Ran, at_least: usize) {
    assert_eq!(ran.status, 0, "{ran:?}");
    let injected = ran.injected();
    assert!(injected >= at_least, "{injected} of at least {at_least}: {ran:?}");
    assert_eq!(ran.lines_with("NOT VERIFIED"), [""; 0], "{ran:?}");
}

#[test]
fn cat_writes_what_the_file_holds_however_little_it_reads_at_a_time() {
    for (rule, step) in [
        ("read:short=1:path=BIG", 1),
        ("%read-data:short=7:caller!=**/ld-*", 7),
        ("%read-data,%write-data:short=999:caller!=**/ld-*", 999),
    ] {
        let havoc = Havoc::new().inject(rule);
        let length = length(step);
        let bytes = write_big(havoc.directory(), length);
        // Into a pipe: GNU cat copies from file to file by copy_file_range.
        let output = havoc.command("cat", &["BIG"]).output().expect("havoc runs");
        assert_never_short_of(&havoc.ran(&output), length / step - 1);
        assert!(output.stdout == bytes, "{rule}: another copy");
    }
}

#[test]
fn cp_makes_the_same_file_whichever_call_it_copies_by() {
    for options in [&["--sparse=never", "--reflink=never"][..], &["--reflink=never"]] {
        let havoc =
            Havoc::new().inject("%read-data,%write-data:short=1000:caller!=**/ld-*:path=BIG:path=copy");
        let length = length(1000);
        let bytes = write_big(havoc.directory(), length);
        let ran = havoc.run("cp", &[options, &["BIG", "copy"]].concat());
        assert_never_short_of(&ran, length / 1000 - 1);
        assert!(
            fs::read(havoc.directory().join("copy")).expect("a copy") == bytes,
            "{options:?}: another copy"
        );
    }
}

const MOVES: [&str; 23] = [
    "read",
    "pread64",
    "readv",
    "preadv",
    "preadv2",
    "readv by constants",
    "write",
    "pwrite64",
    "writev",
    "pwritev",
    "pwritev2",
    "sendto",
    "sendmsg",
    "sendmmsg",
    "recvfrom",
    "recvmsg",
    "recvmmsg",
    "write to a pipe",
    "read of a pipe",
    "sendfile",
    "copy_file_range",
    "splice into a pipe",
    "splice out of a pipe",
];

#[test]
fn every_call_that_moves_data_moves_all_of_it_in_pieces_and_leaves_its_vectors_as_they_were() {
    for program in [testee::c("short_io"), testee::c_static("short_io")] {
        assert_all_is_moved(&program, &[]);
    }
}

/// Checks the testee `short_io`, of whichever ABI; `whole` are the calls that no rule can name.
#[track_caller]
pub fn assert_all_is_moved(program: &Path, whole: &[&str]) {
    // Of two messages, of four bytes and of the rest, the first is shortened, and the other comes another time.
    for (short, calls, of_messages) in
        [("3", 4, 4), ("1", 10, 10), ("50%", 5, 6), ("99%", 2, 4), ("10", 1, 1)]
    {
        let rule = format!("%read-data,%write-data:short={short}:fd!=1:caller!=**/ld-*");
        let ran = Havoc::new().inject(&rule).run(program, &["."]);
        for call in MOVES {
            let calls = match call {
                _ if whole.contains(&call) => 1,
                "sendmmsg" | "recvmmsg" => of_messages,
                _ => calls,
            };
            let right = format!("{call}: right, {calls} call{}", if calls == 1 { "" } else { "s" });
            assert!(ran.printed(&right), "{rule}: no `{right}`: {ran:?}");
        }
        assert_eq!(ran.out.lines().count(), MOVES.len(), "{ran:?}");
        assert_eq!(ran.lines_with("NOT VERIFIED"), [""; 0], "{ran:?}");
    }
}

#[test]
fn what_cannot_come_short_is_left_alone_and_the_report_says_so() {
    let ran = Havoc::new()
        .inject("%read-data:short=1:fd!=1:caller!=**/ld-*")
        .apart()
        .run(testee::c("not_short"), &["."]);
    let direct = ran.out.lines().last().unwrap_or_default();
    assert_eq!(
        ran.out.lines().take(6).collect::<Vec<_>>(),
        [
            "eventfd: returned 8, 7",
            "timerfd: returned 8, 1",
            "signalfd: whole, signal 10",
            "datagrams: first second",
            "packets: first second",
            "one byte: returned 1",
        ]
    );
    assert!(["O_DIRECT: returned 4096", "O_DIRECT: not here"].contains(&direct), "{ran:?}");
    assert_eq!(ran.injected(), 0, "{ran:?}");
    let report = |reason: &str| ran.lines_with(&format!("left alone: {reason}"));
    for what in ["anon_inode:[eventfd]", "anon_inode:[timerfd]", "anon_inode:[signalfd]"] {
        assert_eq!(report(&format!("{what} does not come short")).len(), 1, "{what}: {ran:?}");
    }
    assert_eq!(report("it asks for 1 byte").len(), 1, "{ran:?}");
    let direct_is_told = report("a file opened with O_DIRECT does not come short").len();
    assert_eq!(direct_is_told, usize::from(direct != "O_DIRECT: not here"), "{ran:?}");
    let never_fired = format!("never fired: {} matches", 8 + direct_is_told);
    assert!(ran.lines_with("rule %read-data#1 (")[0].contains(&never_fired), "{ran:?}");
}
