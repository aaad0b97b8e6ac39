//! What havoc says of the kernel it runs on.
use crate::assert_is_guest;
use havoc_tests::havoc::{Havoc, Ran, absent};
use havoc_tests::{outside, testee};
use std::fs;

/// The version as two numbers. Tests may compare it; havoc asks the kernel instead.
fn version() -> (u32, u32) {
    let release = fs::read_to_string("/proc/sys/kernel/osrelease").expect("/proc");
    let mut numbers =
        release.split(|letter: char| !letter.is_ascii_digit()).map(|word| word.parse().unwrap_or(0));
    (numbers.next().expect("a version"), numbers.next().expect("a patch level"))
}

#[test]
fn the_summary_tells_which_ways_this_kernel_leaves() {
    assert_is_guest();
    let run = |engine: &str| {
        let havoc = Havoc::under(engine).inject("msync:error=ENOANO:path=a.bin").options(["-C"]);
        let ran = havoc.run(testee::c("forker"), &["."]);
        assert!(ran.injected() > 0, "{ran:?}");
        ran
    };
    let lacks = |feature: &str| absent().iter().any(|it| it == feature);
    let maps = match version() >= (6, 11) && !lacks("procmap-query") {
        true => "mapped files by PROCMAP_QUERY",
        false => "mapped files by the text of /proc/TID/maps, without PROCMAP_QUERY (Linux 6.11)",
    };
    // The archive's newest; an older one would be taken for it if a list of packages could not be had.
    let guest = std::env::var("HAVOC_GUEST").unwrap_or_default();
    assert!(!guest.contains("newest") || version() >= (7, 0), "{guest} runs Linux {:?}", version());
    let results = match version() >= (6, 16) && !lacks("set-syscall-info") {
        true => "results by registers, beside PTRACE_SET_SYSCALL_INFO",
        false => "results by registers, without PTRACE_SET_SYSCALL_INFO (Linux 6.16)",
    };
    let memory = match lacks("process-vm") {
        true => "memory by /proc/TID/mem, without process_vm_readv",
        false => "memory by process_vm_readv",
    };
    let sockets = match version() >= (5, 6) && !lacks("pidfd-getfd") {
        true => "sockets by pidfd_getfd",
        false => "sockets by /proc/TID/net and sock_diag, without pidfd_getfd (Linux 5.6)",
    };
    let tells = |ran: &Ran, lines: &[&str]| {
        for line in lines {
            assert!(ran.log.lines().any(|it| it == *line), "no `{line}`: {ran:?}");
        }
    };
    tells(&run("ptrace"), &["engine ptrace", maps, memory, sockets, results]);
    // With WAIT_KILLABLE_RECV (Linux 5.19).
    let has_notify = version() >= (5, 19);
    assert_eq!(outside::has_notify(), has_notify, "Linux {:?}", version());
    if has_notify {
        let answers = match version() >= (6, 6) {
            true => "answers on the CPU of the call",
            false => "answers on any CPU, without SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP (Linux 6.6)",
        };
        tells(&run("notify"), &["engine notify", answers, maps, memory, sockets]);
    }
    println!("Linux {:?}: {maps}; {results}; engine notify: {has_notify}", version());
}
