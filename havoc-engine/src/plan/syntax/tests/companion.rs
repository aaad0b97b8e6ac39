//! Calls of i386 in rules, where its programs run.
use super::*;

#[test]
fn a_call_that_only_i386_has_can_be_named_where_i386_programs_run() {
    let rule = rule("mmap2,socketcall,lchown32:log");
    assert!(rule.numbers(Abi::X86_64).is_empty());
    assert_eq!(rule.numbers(Abi::I386), [102, 192, 198].into());
    refuses_on(Abi::Aarch64, "mmap2:log", &["mmap2: `mmap2` does not exist on aarch64, only on i386; "]);
    refuses("lchwon32:log", &["lchwon32: unknown syscall `lchwon32`; did you mean `lchown32`?"]);
}

#[test]
fn a_number_is_the_machines_own_and_no_call_of_a_companion() {
    let rule = rule("26,mmap2,fsync:log");
    assert_eq!(rule.numbers(Abi::X86_64), [26, 74].into());
    assert_eq!(rule.numbers(Abi::I386), [118, 192].into());
    assert!(!rule.calls.contains(Abi::I386, 26) && rule.calls.contains(Abi::X86_64, 26));
}

#[test]
fn senseless_faults_of_i386_calls_are_refused_by_their_names() {
    refuses("sigreturn:error=EIO", &["sigreturn: `sigreturn` cannot be given a result"]);
    refuses("mmap2:error=EIO:after", &["mmap2: `mmap2` cannot be given another result after it was done"]);
}
