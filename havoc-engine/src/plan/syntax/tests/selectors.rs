//! Selectors and triggers.
use super::*;
use crate::plan::{NumberOperator, NumberTest, Operand};

fn test(operator: NumberOperator, operands: &[(&str, i128)]) -> NumberTest {
    let operands =
        operands.iter().map(|(text, value)| Operand { text: (*text).to_owned(), value: *value }).collect();
    NumberTest { operator, operands }
}

#[test]
fn arguments_are_compared_with_numbers_and_with_constants_that_they_know() {
    assert_eq!(
        rule("msync:log:arg3&MS_SYNC:arg2>=4096:arg1=1:arg1=0x2").selectors,
        [
            Selector::Argument(2, test(NumberOperator::AnyBits, &[("MS_SYNC", 4)])),
            Selector::Argument(1, test(NumberOperator::GreaterEqual, &[("4096", 4096)])),
            Selector::Argument(0, test(NumberOperator::AnyOf, &[("1", 1), ("0x2", 2)])),
        ]
    );
    let flags = rule("openat:log:arg3&O_CREAT|O_EXCL:arg1!=AT_FDCWD:arg4=0o644");
    assert_eq!(
        flags.selectors[0],
        Selector::Argument(2, test(NumberOperator::AnyBits, &[("O_CREAT|O_EXCL", 0o300)]))
    );
    assert_eq!(
        flags.selectors[1],
        Selector::Argument(0, test(NumberOperator::NoneOf, &[("AT_FDCWD", -100)]))
    );
    // Two bounds are a range, not a choice.
    assert_eq!(rule("read:log:arg3>1:arg3>2").selectors.len(), 2);
}

#[test]
fn numbers_that_mean_nothing_are_refused() {
    refuses(
        "msync:log:arg3&MS_SINC",
        &["MS_SINC: no constant `MS_SINC` is known here; did you mean `MS_SYNC`?"],
    );
    refuses("msync:log:arg3&O_CREAT", &["O_CREAT: no constant `O_CREAT` is known here; write `42`"]);
    refuses("msync:log:arg3&0", &["0: no bit of 0 is ever set"]);
    refuses("msync:log:arg2=0644", &["0644: `0644` might be octal or decimal; write `0o644` or `644`"]);
    refuses("msync:log:arg2=0x", &["0x: `0x` is no number"]);
    refuses("msync:log:arg2=1|x|2", &["x: no constant `x`"]);
    refuses(
        "msync:log:arg2=18446744073709551616",
        &["18446744073709551616: `18446744073709551616` does not fit"],
    );
    refuses("msync:log:arg4=1", &["msync: `msync` has no `arg4`: it has fewer"]);
    refuses("msync:log:arg7=1", &["arg7: unknown key `arg7`; did you mean `arg1`?"]);
}

#[test]
fn tasks_are_chosen_by_name_program_and_id() {
    for text in [
        "msync:comm=java:comm=sh:log",
        "msync:thread!=GC*:log",
        "msync:exe=/usr/bin/*:log",
        "msync:caller!=**/ld-*:log",
        "msync:pid=4711:pid!=1:log",
    ] {
        assert_eq!(rule(text).to_string(), text);
    }
    refuses("msync:log:comm=/usr/bin/java", &["/usr/bin/java: `comm` is a name, and no path"]);
    refuses("msync:log:pid=0", &["0: `0` is no process id"]);
    refuses("msync:log:exe=a[b", &["a[b: this is no path pattern"]);
}

#[test]
fn sockets_are_chosen_where_a_call_has_one() {
    let text = "connect,write:sock=tcp/127.0.0.1/5432:sock!=unix/*:log";
    assert_eq!(rule(text).to_string(), text);
    refuses(
        "connect:log:sock=tcp/localhost/80",
        &["tcp/localhost/80: this is no socket; `localhost` is no address"],
    );
    refuses("getpid:log:sock=*/*/*", &["getpid: `getpid` has no socket to be chosen by"]);
}

#[test]
fn a_result_is_judged_where_there_is_one() {
    assert_eq!(
        rule("read:ret=-EAGAIN:ret=-4:log").selectors,
        [Selector::Result(test(NumberOperator::AnyOf, &[("-EAGAIN", -11), ("-4", -4)]))]
    );
    assert!(rule("read:ret>0:error=EIO:after").is_late());
    refuses(
        "read:ret>0:error=EIO",
        &["ret>0: `ret` is known when the call has been executed, too late for a result"],
    );
    refuses("read:ret>0:kill", &["ret>0: `ret` is known"]);
    refuses("read:ret>0:short=1", &["ret>0: `ret` is known"]);
    refuses(
        "read:ret=EIO:log",
        &["EIO: `EIO` is no result: one that is an error is negative; write `ret=-EIO`"],
    );
    refuses("read:ret=-EIO|EPERM:log", &["-EIO|EPERM: `-EIO|EPERM` is no result"]);
    assert!(parse(&["read:ret=-EWOULDBLOCK:log"]).is_ok());
    refuses("exit:ret=0:log", &["exit: nothing can be done when `exit` has been executed: it never returns"]);
    refuses("read:ret=-EAGIAN:log", &["EAGIAN: no constant `EAGIAN` is known here; did you mean `EAGAIN`?"]);
}

#[test]
fn triggers_are_read() {
    for (text, normal) in [
        ("read:per=thread:when=3:log", "read:when=3:per=thread:log"),
        ("read:per=program:log", "read:log"),
        ("read:chance=5%:log", "read:chance=5%:log"),
        ("read:chance=0.5%:log", "read:chance=5/1000:log"),
        ("read:chance=1/1000:log", "read:chance=1/1000:log"),
        ("read:chance=100%:log", "read:chance=100%:log"),
        ("read:after-time=1500ms:until=3s:log", "read:after-time=1500ms:until=3s:log"),
        ("read:after-time=0s:until=1000us:log", "read:after-time=0s:until=1ms:log"),
    ] {
        assert_eq!(rule(text).to_string(), normal, "{text}");
        assert_eq!(Rule { text: text.into(), ..rule(normal) }, rule(text), "{text}");
    }
}

#[test]
fn triggers_that_never_come_are_refused() {
    refuses("read:log:per=task", &["task: `task` counts no matches; write `per=program`"]);
    refuses("read:log:chance=0%", &["0%: with a chance of 0 the rule never acts"]);
    refuses("read:log:chance=101%", &["101%: `101%` is more than always"]);
    refuses("read:log:chance=2/1", &["2/1: `2/1` is more than always"]);
    refuses("read:log:chance=1/0", &["1/0: `1/0` is more than always"]);
    refuses("read:log:chance=often", &["often: `often` is no chance; write `5%`"]);
    refuses("read:log:chance=.%", &[".%: `.%` is no chance"]);
    refuses("read:log:after-time=1", &["1: `1` is no time; write `2s`"]);
    refuses("read:log:until=1h", &["1h: `1h` is no time"]);
    refuses(
        "read:log:until=99999999999999s",
        &["99999999999999s: `99999999999999s` is longer than 584 years"],
    );
    refuses("read:log:after-time=2s:until=2s", &["until=2s: this window ends before it begins"]);
}
