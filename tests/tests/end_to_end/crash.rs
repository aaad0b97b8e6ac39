//! `kill`: the whole tree ends at one point in time, before the call or after it.
use havoc_tests::havoc::{Havoc, Ran};
use havoc_tests::scene::Scene;
use havoc_tests::testee;
use std::fs;
use std::path::Path;

fn assert_killed(ran: &Ran, manner: &str) {
    assert_eq!(ran.status, 128 + 9, "{ran:?}");
    assert_eq!(ran.lines_with(&format!("(INJECTED) (write#1 {manner}")).len(), 1, "{ran:?}");
    assert!(ran.lines_with("rule write#1 (")[0].ends_with("1 injected"), "{ran:?}");
    assert!(ran.log.ends_with("havoc: the program was killed by SIGKILL\n"), "{ran:?}");
}

#[test]
fn before_a_write_nothing_of_it_is_in_the_file_and_after_it_all_is() {
    for (rule, manner, expected) in [
        ("write:kill:path=a.bin", "kill before the call)", &b""[..]),
        ("write:kill:path=a.bin:when=2", "kill before the call)", b"abc"),
        ("write:kill:after:path=a.bin", "kill after the call, kernel returned 3)", b"abc"),
        ("write:kill:after:path=a.bin:when=3", "kill after the call, kernel returned 3)", b"abcabcabc"),
    ] {
        let havoc = Havoc::new().inject(rule).apart();
        let ran = havoc.run(testee::c("three_writes"), &["."]);
        assert_killed(&ran, manner);
        assert_eq!(ran.out, "", "{rule}: {ran:?}");
        let file = fs::read(havoc.directory().join("a.bin")).expect("a file");
        assert_eq!(file, expected, "{rule}: {ran:?}");
    }
}

#[test]
fn of_a_torn_write_the_part_that_was_written_is_in_the_file() {
    for (rule, expected) in [
        ("write:arg3:=2:kill:after:path=a.bin", &b"ab"[..]),
        ("write:short=2:kill:after:path=a.bin:when=2", b"abcab"),
        ("write:corrupt=fill/0x2a:kill:after:path=a.bin", b"***"),
        ("write:poke_enter=@arg2=2a:kill:after:path=a.bin", b"*bc"),
    ] {
        let havoc = Havoc::new().inject(rule).apart();
        let ran = havoc.run(testee::c("three_writes"), &["."]);
        let returned = if expected.len() == 3 { 3 } else { 2 };
        assert_killed(&ran, "kill after the call, ");
        assert_eq!(ran.lines_with(&format!("kernel returned {returned})")).len(), 1, "{rule}: {ran:?}");
        let file = fs::read(havoc.directory().join("a.bin")).expect("a file");
        assert_eq!(file, expected, "{rule}: {ran:?}");
    }
}

/// The turns that both processes have begun.
fn steps(directory: &Path) -> [i64; 2] {
    let file = fs::read(directory.join("steps")).expect("a file");
    [0, 8].map(|at| i64::from_ne_bytes(file[at..at + 8].try_into().expect("eight bytes")))
}

#[test]
fn a_whole_tree_ends_and_nobody_of_it_sees_another_end() {
    for (at, turn) in [("", 21), (":after", 21), ("", 1), ("", 200)] {
        let scene = Scene::new().with(testee::c("falls_together"));
        let script = format!(
            "\"$havoc\" $verify -o log --inject 'fsync:kill{at}:when={turn}' -- \"$falls_together\" .\n\
             echo \"status $?\"\n\
             nobody_is_left\n\
             [ ! -e saw ] || echo 'somebody saw somebody end'"
        );
        scene.play(&script).says(&["all are here", "status 137", "nobody is left"]);
        // Turn about, the root second: of an odd number of turns the other one has begun one more.
        let [of_root, of_other] = steps(scene.directory());
        assert_eq!(of_root + of_other, turn, "{at}");
        assert_eq!(of_other - of_root, turn % 2, "{at}");
        let log = fs::read_to_string(scene.directory().join("log")).expect("a log");
        let manner = if at.is_empty() { "before" } else { "after" };
        assert_eq!(log.matches(&format!("(INJECTED) (fsync#1 kill {manner} the call")).count(), 1, "{log}");
    }
}
