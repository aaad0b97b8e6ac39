//! Short transfers, corrupted data, other arguments, bytes poked: what is changed, and what is put back.
use super::*;
use crate::kernel::script::call;
use crate::resource::DescriptorKind;

fn words(words: &[u64]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_ne_bytes()).collect()
}

fn begun() -> Script {
    Script::begun().with(|world| {
        world.file(100, 3, "/data/a");
        world.bytes(100, 0x6000, b"0123456789");
    })
}

#[test]
fn a_short_read_asks_the_kernel_for_less_and_puts_the_count_back() {
    let script = begun().calls(100, "read", &[3, 0x6000, 10]).returns(100, 4).exits(100, 0);
    let ran = Case::rules(&["read:short=4"]).play(script);
    assert_eq!(
        ran.did(),
        ["100 runs", "100 argument 2: 0x4", "100 to exit", "100 argument 2 back: 0xa", "100 runs"]
    );
    assert_eq!(ran.log, ["[pid 100] read(3</data/a>, \"0123\", 10) = 4 (INJECTED) (read#1 short, 4 of 10)"]);
}

#[test]
fn what_cannot_come_short_is_left_alone_and_told() {
    let script = begun()
        .with(|world| {
            world.file(100, 4, "anon_inode:[eventfd]");
            world.kind(100, 4, DescriptorKind::Other("anon_inode:[eventfd]".to_owned()));
        })
        .calls(100, "read", &[4, 0x6000, 8])
        .returns(100, 8)
        .calls(100, "read", &[3, 0x6000, 1])
        .returns(100, 1)
        .calls(100, "read", &[9, 0x6000, 8])
        .returns(100, -9)
        .exits(100, 0);
    let ran = Case::rules(&["read:short=4"]).play(script);
    assert!(ran.written().is_empty(), "{:?}", ran.written());
    assert_eq!(ran.rule(0), (3, 0));
    let reasons: Vec<_> = ran.report.rules[0].tally.left_alone.iter().collect();
    assert_eq!(
        reasons,
        [
            (&"anon_inode:[eventfd] does not come short".to_owned(), &1),
            (&"it asks for 1 byte".to_owned(), &1),
            (&"its descriptor is not open".to_owned(), &1)
        ]
    );
    assert!(
        ran.log[0].ends_with("= 8 (LEFT ALONE) (read#1: anon_inode:[eventfd] does not come short)"),
        "{:?}",
        ran.log
    );
}

#[test]
fn a_vector_is_cut_and_its_last_length_put_back() {
    let vector = words(&[0x6000, 4, 0x6004, 6]);
    let script = begun()
        .with(|world| world.bytes(100, 0x5000, &vector))
        .calls(100, "writev", &[3, 0x5000, 2])
        .returns(100, 1)
        .exits(100, 0);
    let ran = Case::rules(&["writev:short=1"]).play(script);
    assert_eq!(
        ran.did(),
        [
            "100 runs",
            "100 memory 0x5008: [01, 00, 00, 00, 00, 00, 00, 00]",
            "100 argument 2: 0x1",
            "100 to exit",
            "100 argument 2 back: 0x2",
            "100 memory 0x5008: [04, 00, 00, 00, 00, 00, 00, 00]",
            "100 runs"
        ]
    );

    let script = begun()
        .with(|world| world.bytes(100, 0x5000, &vector))
        .calls(100, "writev", &[3, 0x5000, 2])
        .returns(100, 4)
        .exits(100, 0);
    let ran = Case::rules(&["writev:short=4"]).play(script);
    assert_eq!(
        ran.did(),
        ["100 runs", "100 argument 2: 0x1", "100 to exit", "100 argument 2 back: 0x2", "100 runs"]
    );
}

#[test]
fn a_message_is_cut_in_memory() {
    let script = begun()
        .with(|world| {
            world.bytes(100, 0x5000, &words(&[0x6000, 4, 0x6004, 6]));
            world.bytes(100, 0x5100, &words(&[0, 0, 0x5000, 2, 0, 0, 0]));
        })
        .calls(100, "sendmsg", &[3, 0x5100, 0])
        .returns(100, 5)
        .exits(100, 0);
    let ran = Case::rules(&["sendmsg:short=5"]).play(script);
    assert_eq!(
        ran.written(),
        [
            // Of the second vector one byte is left; both are there still.
            "100 memory 0x5018: [01, 00, 00, 00, 00, 00, 00, 00]",
            "100 memory 0x5118: [02, 00, 00, 00, 00, 00, 00, 00]",
            "100 memory 0x5118: [02, 00, 00, 00, 00, 00, 00, 00]",
            "100 memory 0x5018: [06, 00, 00, 00, 00, 00, 00, 00]"
        ]
    );
    assert_eq!(ran.rule(0), (1, 1));
}

#[test]
fn what_is_written_is_corrupted_for_the_time_of_the_call() {
    let script = begun().calls(100, "write", &[3, 0x6000, 10]).returns(100, 10).exits(100, 0);
    let ran = Case::rules(&["write:corrupt=fill/0x2a"]).play(script);
    assert_eq!(
        ran.written(),
        [
            format!("100 memory 0x6000: {:02x?}", [0x2a; 10]),
            format!("100 memory 0x6000: {:02x?}", b"0123456789")
        ]
    );
    assert_eq!(
        ran.log,
        ["[pid 100] write(3</data/a>, \"0123456789\", 10) = 10 \
          (INJECTED) (write#1 10 bytes filled with 0x2a)"]
    );
}

#[test]
fn a_buffer_that_a_write_is_given_twice_is_put_back_to_what_it_was_first() {
    let vector = |length: u64| [0x2000u64.to_ne_bytes(), length.to_ne_bytes()].concat();
    let script = Script::begun()
        .with(|world| {
            world.bytes(ROOT, 0x1000, &[vector(2), vector(2)].concat());
            world.bytes(ROOT, 0x2000, b"ab");
        })
        .calls(100, "writev", &[3, 0x1000, 2])
        .returns(100, 4)
        .exits(100, 0);
    let ran = Case::rules(&["writev:corrupt=fill/0xAA"]).play(script);
    let memory = |bytes: &str| format!("100 memory 0x2000: [{bytes}]");
    assert_eq!(ran.written(), [memory("aa, aa"), memory("aa, aa"), memory("aa, aa"), memory("61, 62")]);
    assert!(ran.log[0].ends_with("(writev#1 4 bytes filled with 0xaa)"), "{:?}", ran.log);
    assert_eq!(ran.rule(0), (1, 1));
}

#[test]
fn what_was_read_is_corrupted_at_the_exit_as_far_as_it_was_read() {
    let script = begun().calls(100, "read", &[3, 0x6000, 10]).returns(100, 3).exits(100, 0);
    let ran = Case::rules(&["read:corrupt=zero"]).play(script);
    assert_eq!(ran.did()[1..3], ["100 to exit", "100 memory 0x6000: [00, 00, 00]"]);
    let failed = begun().calls(100, "read", &[3, 0x6000, 10]).returns(100, -5).exits(100, 0);
    let ran = Case::rules(&["read:corrupt=zero"]).play(failed);
    assert!(ran.written().is_empty());
    assert!(ran.log[0].ends_with("(LEFT ALONE) (read#1: there is no data)"), "{:?}", ran.log);
}

#[test]
fn a_shared_mapping_is_not_corrupted_under_its_other_users() {
    let script = begun()
        .with(|world| world.map(100, 0x6000, 0x7000, "/data/map"))
        .calls(100, "write", &[3, 0x6000, 10])
        .returns(100, 10)
        .exits(100, 0);
    let ran = Case::rules(&["write:corrupt=zero"]).play(script);
    assert!(ran.written().is_empty());
    assert!(ran.log[0].contains("(LEFT ALONE) (write#1: its buffer is a shared mapping"), "{:?}", ran.log);
}

#[test]
fn an_argument_is_changed_for_the_time_of_the_call() {
    let script = begun().calls(100, "write", &[3, 0x6000, 10]).returns(100, 2).exits(100, 0);
    let ran = Case::rules(&["write:arg3:=2:error=ENOSPC:after"]).play(script);
    assert_eq!(
        ran.did(),
        [
            "100 runs",
            "100 argument 2: 0x2",
            "100 to exit",
            "100 argument 2 back: 0xa",
            "100 is told -28",
            "100 runs"
        ]
    );
    assert!(
        ran.log[0].ends_with("(INJECTED) (write#1 after, arg3:=2, was 0xa, kernel returned 2)"),
        "{:?}",
        ran.log
    );
}

#[test]
fn a_restarted_call_is_changed_again_and_counted_once() {
    let script = begun()
        .calls(100, "read", &[3, 0x6000, 10])
        .returns(100, -512)
        .signal(100, Signal::ALRM)
        .calls(100, "read", &[3, 0x6000, 10])
        .returns(100, 4)
        .exits(100, 0);
    let ran = Case::rules(&["read:short=4:when=1"]).play(script);
    assert_eq!(ran.rule(0), (1, 1));
    let changed = ran.did().into_iter().filter(|act| *act == "100 argument 2: 0x4").count();
    assert_eq!(changed, 2);
}

#[test]
fn bytes_are_poked_before_and_behind_the_call() {
    let script = begun().calls(100, "read", &[3, 0x6000, 10]).returns(100, 3).exits(100, 0);
    let ran = Case::rules(&["read:poke_enter=@arg2=aabb:poke_exit=@arg2=cc"]).play(script);
    assert_eq!(ran.did()[1..4], ["100 memory 0x6000: [aa, bb]", "100 to exit", "100 memory 0x6000: [cc]"]);
    let nowhere = begun().calls(100, "read", &[3, 0x1000, 10]).returns(100, 3).exits(100, 0);
    let ran = Case::rules(&["read:poke_enter=@arg2=aabb"]).play(nowhere);
    assert!(ran.log[0].contains("(LEFT ALONE) (read#1: nothing can be written where arg2 points)"));
}

#[test]
fn a_poke_that_memory_cuts_short_is_counted_and_says_how_far_it_came() {
    let script = begun().calls(100, "read", &[3, 0x6008, 2]).returns(100, 2).exits(100, 0);
    let ran = Case::rules(&["read:poke_enter=@arg2=aabbccdd"]).play(script);
    assert_eq!(ran.did()[1], "100 memory 0x6008: [aa, bb]");
    assert_eq!(ran.rule(0), (1, 1));
    assert!(ran.log[0].contains("2 of 4 bytes poked at arg2, where memory ends"), "{:?}", ran.log);
    assert!(!ran.log[0].contains("LEFT ALONE"), "{:?}", ran.log);
}

#[test]
fn what_memory_cuts_short_is_counted_as_far_as_it_was_filled() {
    let script = begun().calls(100, "write", &[3, 0x6006, 8]).returns(100, 8).exits(100, 0);
    let ran = Case::rules(&["write:corrupt=zero"]).play(script);
    assert!(ran.log[0].contains("4 bytes filled with 0x00"), "{:?}", ran.log);
}

#[test]
fn another_call_is_executed_in_its_place() {
    let number = call("getpid", &[]).number;
    let script = begun().calls(100, "fsync", &[3]).returns(100, 100).exits(100, 0);
    let ran = Case::rules(&["fsync:syscall=getpid:retval=0"]).play(script);
    assert_eq!(
        ran.did(),
        ["100 runs", format!("100 calls {number}").as_str(), "100 to exit", "100 is told 0", "100 runs"]
    );
    assert_eq!(
        ran.log,
        ["[pid 100] fsync(3</data/a>) = 0 \
          (INJECTED) (fsync#1 instead, getpid executed instead, kernel returned 100)"]
    );
}

#[test]
fn an_exec_that_succeeds_has_nothing_to_put_back() {
    let script = begun().calls(100, "execve", &[0x6000, 0, 0x7000]).execs(100).returns(100, 0).exits(100, 0);
    let ran = Case::rules(&["execve:arg3:=0"]).play(script);
    assert_eq!(ran.written(), ["100 argument 2: 0x0"]);
}

#[test]
fn a_transfer_that_ends_by_itself_before_has_not_come_short() {
    let script = begun().calls(100, "read", &[3, 0x6000, 10]).returns(100, 3).exits(100, 0);
    let ran = Case::rules(&["read:short=4"]).play(script);
    assert_eq!(ran.rule(0), (1, 0));
    assert!(ran.log[0].ends_with("= 3 (LEFT ALONE) (read#1: it moved no more by itself)"), "{:?}", ran.log);
}

#[test]
fn vectors_that_the_kernel_refuses_are_left_to_it() {
    let one = words(&[0x6000, 4]);
    for (vectors, count) in [(one.repeat(1100), 1100), (words(&[0x6000, u64::MAX]), 1), (one, 2)] {
        let script = begun()
            .with(|world| world.bytes(100, 0x5000, &vectors))
            .calls(100, "writev", &[3, 0x5000, count])
            .returns(100, -22)
            .exits(100, 0);
        let ran = Case::rules(&["writev:short=1"]).play(script);
        assert!(ran.written().is_empty(), "{count}: {:?}", ran.written());
        assert!(ran.log[0].contains("its vectors cannot be read"), "{:?}", ran.log);
    }
}

#[test]
fn data_that_cannot_be_changed_is_not_said_to_be() {
    let script = begun().calls(100, "write", &[3, 0x9000, 10]).returns(100, -14).exits(100, 0);
    let ran = Case::rules(&["write:corrupt=zero"]).play(script);
    assert_eq!(ran.rule(0), (1, 0));
    assert!(ran.log[0].contains("(LEFT ALONE) (write#1: its data cannot be changed)"), "{:?}", ran.log);
}
