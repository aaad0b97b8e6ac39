//! `havoc syscalls`, of which nothing is traced.
use havoc_tests::apart::bounded;
use havoc_tests::havoc;
use std::process::{Output, Stdio};

fn syscalls(set: &str) -> Output {
    bounded(havoc::binary()).args(["syscalls", set]).output().expect("havoc runs")
}

#[test]
fn a_set_is_shown_on_standard_output() {
    let shown = syscalls("msync");
    let expected = "       x86_64  aarch64  i386\nmsync      26      227   144  %persist %memory\n";
    assert_eq!((shown.status.code(), shown.stdout.as_slice()), (Some(0), expected.as_bytes()));
    assert_eq!(shown.stderr, b"");
}

#[test]
fn a_bad_set_is_a_failure_of_havoc() {
    let shown = syscalls("mysnc");
    let said = String::from_utf8_lossy(&shown.stderr);
    assert!(said.contains("--> SET:1:1") && said.contains("did you mean `msync`?"), "{said}");
    assert_eq!((shown.status.code(), shown.stdout.len()), (Some(125), 0));
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let mut havoc = bounded(havoc::binary());
    havoc.args(["syscalls", "all"]).stdout(writer).stderr(Stdio::piped());
    let ended = havoc.output().expect("havoc runs");
    assert_eq!((ended.status.code(), ended.stderr.as_slice()), (Some(0), &b""[..]));
}
