//! `corrupt`: what is on the disk, what the program was given, and that its own memory is as before.
use havoc_tests::havoc::{Havoc, Ran};
use havoc_tests::testee;
use std::collections::BTreeMap;

const SEED: [&str; 2] = ["--seed", "3"];

fn moved(corrupt: &str) -> Ran {
    let all = "read,pread64,readv,recvmsg,pwrite64,writev,write";
    let rule = format!("{all}:corrupt={corrupt}:fd!=1:caller!=**/ld-*");
    Havoc::new().options(SEED).inject(&rule).run(testee::c("moves_bytes"), &["."])
}

/// What the program says of each call: `returned 8, 0102030405060708`.
fn said(ran: &Ran) -> BTreeMap<&str, &str> {
    ran.out.lines().filter_map(|line| line.split_once(": ")).collect()
}

const DATA: &str = "0102030405060708";
const ZEROS: &str = "0000000000000000";

#[test]
fn what_is_written_is_another_on_the_disk_and_as_before_in_the_programs_memory() {
    for (corrupt, of_eight) in
        [("fill/0xAA", "aa".repeat(8)), ("fill/7", "07".repeat(8)), ("zero", ZEROS.to_owned())]
    {
        let ran = moved(corrupt);
        let said = said(&ran);
        for call in ["write", "pwrite64", "writev"] {
            assert_eq!(said[call], format!("returned 8, {DATA}"), "{corrupt}: {ran:?}");
            assert_eq!(said[format!("file {call}").as_str()], of_eight, "{corrupt}: {ran:?}");
        }
        // One buffer, given twice.
        assert_eq!(said["twice"], format!("returned 16, {DATA}"), "{corrupt}: {ran:?}");
        assert_eq!(said["file twice"], of_eight.repeat(2), "{corrupt}: {ran:?}");
    }
}

#[test]
fn what_is_read_is_another_and_no_byte_more_than_was_read() {
    for (corrupt, byte) in [("fill/0xAA", "aa"), ("zero", "00"), ("flip/64", "ff")] {
        let ran = moved(corrupt);
        let said = said(&ran);
        for call in ["read", "readv"] {
            assert_eq!(said[call], format!("returned 8, {}", byte.repeat(8)), "{corrupt}: {ran:?}");
        }
        assert_eq!(said["pread64"], format!("returned 4, {}05060708", byte.repeat(4)), "{corrupt}: {ran:?}");
        let received = if corrupt == "flip/64" { "fefdfcfbfaf9f8f7".to_owned() } else { byte.repeat(8) };
        assert_eq!(said["recvmsg"], format!("returned 8, {received}"), "{corrupt}: {ran:?}");
        // The file of zeros is what it was.
        assert_eq!(ran.injected(), 8, "{ran:?}");
    }
}

/// How many bits two texts of hexadecimal digits differ in.
fn differ(one: &str, other: &str) -> u32 {
    let number = |text| u64::from_str_radix(text, 16).expect("sixteen digits");
    (number(one) ^ number(other)).count_ones()
}

#[test]
fn so_many_bits_are_flipped_others_in_every_call_and_in_every_run_the_same() {
    for bits in [1, 3, 20] {
        let ran = moved(&format!("flip/{bits}"));
        let said = said(&ran);
        for call in ["file write", "file pwrite64", "file writev"] {
            assert_eq!(differ(said[call], DATA), bits, "{call}: {ran:?}");
        }
        for (call, original) in [("read", ZEROS), ("readv", ZEROS), ("recvmsg", DATA)] {
            let got = said[call].strip_prefix("returned 8, ").unwrap_or_else(|| panic!("{ran:?}"));
            assert_eq!(differ(got, original), bits, "{call}: {ran:?}");
        }
        assert!(said["file write"] != said["file pwrite64"] || bits == 1, "{ran:?}");
        assert_eq!(said["write"], format!("returned 8, {DATA}"), "{ran:?}");
        assert_eq!(moved(&format!("flip/{bits}")).out, ran.out);
    }
    let rule = "write:corrupt=flip/3:fd!=1";
    let by_seed = |seed: &str| {
        Havoc::new().options(["--seed", seed]).inject(rule).run(testee::c("moves_bytes"), &["."]).out
    };
    assert_ne!(by_seed("3"), by_seed("4"));
}

#[test]
fn a_buffer_that_others_share_is_left_alone_and_the_report_says_so() {
    let ran = moved("zero");
    let said = said(&ran);
    assert_eq!((said["shared"], said["file shared"]), ("returned 8, 0102030405060708", DATA), "{ran:?}");
    let why = "its buffer is a shared mapping, whose other users would see the change";
    assert_eq!(
        ran.lines_with(&format!("(LEFT ALONE) (read,pread64,readv,recvmsg,pwrite64,writev,write#1: {why})"))
            .len(),
        1,
        "{ran:?}"
    );
    assert_eq!(ran.lines_with(&format!("1 call left alone: {why}")).len(), 1, "{ran:?}");
}

#[test]
fn bytes_that_the_program_cannot_write_itself_are_corrupt_on_the_disk_too() {
    // They are constants of the program.
    let havoc = Havoc::new().inject("write:corrupt=fill/0x21:path=a.bin");
    let ran = havoc.run(testee::c("three_writes"), &["."]);
    assert!(ran.printed("write 3: ok") && ran.printed("9 bytes"), "{ran:?}");
    assert_eq!(std::fs::read(havoc.directory().join("a.bin")).expect("a file"), b"!!!!!!!!!", "{ran:?}");
}
