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

#[test]
fn a_value_that_a_32_bit_program_would_take_for_an_error_is_refused_where_there_are_such_programs() {
    for value in ["0xfffffffb", "0xfffffe00", "0x1fffff001"] {
        let text = format!("fsync:retval={value}");
        refuses(&text, &[&format!("{value}: a program of i386 would be told the low 32 bits, -")]);
        assert!(parse_rules_by(&judge(Abi::Aarch64), &[text], Path::new("/work")).is_ok());
    }
    // The last that is no error, and a whole one.
    let _fine = rule("fsync:retval=0xfffff000");
    let _fine = rule("fsync:retval=0x100000003");
    refuses("fsync:retval=-5", &["-5: a result of -5 is an error: that is `error=`; write `error=EIO`"]);
}
