//! Calls that are executed with something changed, or others in their stead; and registers, which are as before after every
//! action.
use havoc_tests::havoc::{Havoc, Ran};
use havoc_tests::testee;
use std::fs;
use std::path::Path;

/// Runs three writes of `abc` to a.bin, and returns what a file of the directory holds then.
fn three_writes(rule: &str, file: &str) -> (Ran, Option<Vec<u8>>) {
    let havoc = Havoc::new().inject(rule);
    let ran = havoc.run(testee::c("three_writes"), &["."]);
    let holds = fs::read(havoc.directory().join(file)).ok();
    (ran, holds)
}

#[test]
fn a_write_that_is_given_another_length_writes_that() {
    let (ran, holds) = three_writes("write:arg3:=2:path=a.bin:when=2", "a.bin");
    assert!(ran.printed("write 2: ok") && ran.printed("8 bytes"), "{ran:?}");
    assert_eq!(holds.as_deref(), Some(&b"abcababc"[..]), "{ran:?}");
    let line = ran.lines_with("(INJECTED) (write#1 arg3:=2, was 0x3)");
    assert!(
        line.len() == 1 && line[0].contains("\"abc\", 3) = 2"),
        "the log has what the program asked for: {ran:?}"
    );
}

#[test]
fn a_descriptor_that_is_changed_is_another_file_or_none() {
    let (ran, holds) = three_writes("write:arg1:=-1:path=a.bin:when=1..2", "a.bin");
    assert!(
        ran.printed("write 1: EBADF") && ran.printed("write 2: EBADF") && ran.printed("write 3: ok"),
        "{ran:?}"
    );
    assert_eq!(holds.as_deref(), Some(&b"abc"[..]), "{ran:?}");
}

#[test]
fn a_path_that_is_poked_is_the_one_that_is_opened() {
    // `./a.bin`
    let (ran, holds) = three_writes("openat:poke_enter=@arg2=2e2f622e62696e:path=a.bin", "b.bin");
    assert!(ran.printed("9 bytes"), "{ran:?}");
    assert_eq!(holds.as_deref(), Some(&b"abcabcabc"[..]), "{ran:?}");
    assert_eq!(ran.lines_with("(INJECTED) (openat#1 7 bytes poked at arg2)").len(), 1, "{ran:?}");
    let (_, holds) = three_writes("openat:poke_enter=@arg2=2e2f622e62696e:path=a.bin", "a.bin");
    assert_eq!(holds, None);
}

#[test]
fn bytes_that_are_poked_after_a_read_are_what_the_program_reads() {
    let ran =
        Havoc::new().inject("read:poke_exit=@arg2=58595a:path=file").run(testee::c("registers_kept"), &["."]);
    assert!(ran.printed("read: returned 16, preserved") && ran.printed("read: XYZdefghijklmnop"), "{ran:?}");
    assert!(ran.printed("readv: abcdefghijklmnop"), "{ran:?}");
}

#[test]
fn another_call_is_executed_in_the_place_of_one() {
    let (ran, holds) = three_writes("write:syscall=getpid:path=a.bin:when=2+", "a.bin");
    assert!(ran.printed("write 3: ok") && ran.printed("3 bytes"), "{ran:?}");
    assert_eq!(holds.as_deref(), Some(&b"abc"[..]), "{ran:?}");
    assert_eq!(ran.lines_with("(INJECTED) (write#1 getpid executed instead)").len(), 2, "{ran:?}");
    let (ran, holds) = three_writes("write:syscall=getpid:error=ENOSPC:path=a.bin:when=2", "a.bin");
    assert!(ran.printed("write 2: ENOSPC") && ran.printed("6 bytes"), "{ran:?}");
    assert_eq!(holds.as_deref(), Some(&b"abcabc"[..]), "{ran:?}");
}

/// Every action, what it makes of the six calls that work, and what of each is said of the data.
struct Effect {
    action: &'static str,
    /// Of [`CALLS`], in their order.
    results: [&'static str; 7],
    read: Option<&'static str>,
    /// How long the file is at the end: what the writev has written.
    length: u64,
}

const CALLS: [&str; 7] = ["read", "readv", "write", "writev", "openat", "fsync", "getppid"];
const MOVED: [&str; 7] = ["returned 16", "returned 16", "returned 16", "returned 16", "ok", "ok", "right"];

const fn harmless(action: &'static str) -> Effect {
    Effect { action, results: MOVED, read: Some("abcdefghijklmnop"), length: 16 }
}

const fn fails(action: &'static str, length: u64) -> Effect {
    Effect {
        action,
        results: [
            "Input/output error",
            "Input/output error",
            "Input/output error",
            "Input/output error",
            "EIO",
            "Input/output error",
            "EIO",
        ],
        read: None,
        length,
    }
}

const SHORT: [&str; 7] = ["returned 7", "returned 7", "returned 7", "returned 7", "ok", "ok", "right"];

const EFFECTS: [Effect; 14] = [
    harmless("log"),
    harmless("log:when=100"),
    harmless("delay_enter=1ms"),
    harmless("delay_exit=1ms"),
    harmless("signal=SIGUSR1"),
    harmless("signal=SIGWINCH"),
    fails("error=EIO", 0),
    fails("error=EIO:after", 16),
    fails("error=EIO:delay_enter=1ms:delay_exit=1ms:signal=SIGUSR1", 0),
    fails("error=EIO:after:delay_enter=1ms:delay_exit=1ms:signal=SIGUSR1", 16),
    fails("error=EIO:syscall=getpid", 0),
    Effect { action: "short=7", results: SHORT, read: Some("abcdefg........."), length: 7 },
    Effect { action: "corrupt=fill/0x78", results: MOVED, read: Some("xxxxxxxxxxxxxxxx"), length: 16 },
    harmless("delay_enter=1ms:delay_exit=1ms:signal=SIGUSR1:log"),
];

fn run(program: &Path, rules: &[&str]) -> (Ran, u64) {
    let havoc = rules.iter().fold(Havoc::new(), |havoc, rule| havoc.inject(rule));
    let ran = havoc.run(program, &["."]);
    let length = fs::metadata(havoc.directory().join("file")).map_or(0, |file| file.len());
    assert_eq!(ran.lines_with("NOT VERIFIED"), [""; 0], "{rules:?}: {ran:?}");
    (ran, length)
}

/// Checks the testee `registers_kept`, of whichever ABI, under every action.
#[track_caller]
pub fn assert_registers_are_kept(program: &Path) {
    for Effect { action, results, read, length } in &EFFECTS {
        let data = format!("read,readv,write,writev:{action}:fd!=1:caller!=**/ld-*");
        // What moves no data can neither come short nor be corrupt; and the open that makes the file is none of these.
        let others =
            [format!("fsync,getppid:{action}"), format!("openat:{action}:path=file:arg3=O_RDONLY|O_CLOEXEC")];
        let moves_alone = action.starts_with("short") || action.starts_with("corrupt");
        let mut rules = vec![data.as_str()];
        rules.extend(others.iter().map(String::as_str).filter(|_| !moves_alone));
        let (ran, is_long) = run(program, &rules);
        for (call, result) in CALLS.iter().zip(results) {
            assert!(ran.printed(&format!("{call}: {result}, preserved")), "{action}: {call}: {ran:?}");
        }
        for line in ["write: buffer as before", "writev: buffer as before", "vectors: as before"] {
            assert!(ran.printed(line), "{action}: {line}: {ran:?}");
        }
        for line in read.iter().flat_map(|read| ["read", "readv"].map(|call| format!("{call}: {read}"))) {
            assert!(ran.printed(&line), "{action}: {line}: {ran:?}");
        }
        assert_eq!(is_long, *length, "{action}: {ran:?}");
    }
    // What is about one argument has one call.
    for (rule, line) in [
        ("read:arg3:=5:path=file", "read: returned 5, preserved"),
        ("write:arg2:=0:path=file", "write: Bad address, preserved"),
        ("openat:poke_enter=@arg2=2e2f:path=file:when=2", "openat: ok, preserved"),
        ("read:poke_exit=@arg2=2e2f:path=file", "read: returned 16, preserved"),
        ("fsync:retval=7", "fsync: returned 7, preserved"),
        ("fsync:retval=7:after", "fsync: returned 7, preserved"),
    ] {
        let (ran, _) = run(program, &[rule]);
        assert!(ran.printed(line), "{rule}: {ran:?}");
        assert_eq!(ran.injected(), 1, "{rule}: {ran:?}");
    }
}

#[test]
fn every_register_is_as_before_after_every_action() {
    assert_registers_are_kept(&testee::c("registers_kept"));
    assert_registers_are_kept(&testee::c_static("registers_kept"));
}
