//! Expressions, good and bad, with strace's meaning.
use super::*;
use crate::plan::{Action, Gives, Outcome, Poke, When};
use crate::signal::Signal;
use havoc_arch::{Abi, Errno, names};
use std::path::Path;
use std::time::Duration;

fn asked_of(native: Abi, texts: &[&str]) -> Result<Asked, Vec<Diagnostic>> {
    let texts: Vec<String> = texts.iter().map(ToString::to_string).collect();
    let judge = Judge { native, touches_files: |_| true };
    parse_by(&judge, &texts, &Surroundings { follows: true, ..Surroundings::default() })
}

fn asked(texts: &[&str]) -> Asked {
    asked_of(Abi::X86_64, texts).unwrap_or_else(|errors| panic!("{texts:?}: {errors:#?}"))
}

fn rule(text: &str) -> Rule {
    asked(&[text]).rules.remove(0)
}

/// The names of x86_64 that a set holds.
fn names_of(set: &CallSet) -> Vec<&'static str> {
    let numbers = set.numbers(Abi::X86_64).into_iter();
    numbers.filter_map(|number| names::name_of(Abi::X86_64, number)).collect()
}

fn trace(text: &str) -> CallSet {
    asked(&[text]).trace.expect("a set")
}

#[test]
fn a_set_is_read_as_strace_reads_it() {
    for (text, expected) in [
        ("trace=read,write", &["read", "write"][..]),
        ("t=read", &["read"]),
        ("read,write", &["read", "write"]),
        ("read,,write,", &["read", "write"]),
        ("trace=none", &[]),
        ("trace=!all", &[]),
        ("none", &[]),
        ("?nosuch,read", &["read"]),
        ("??read", &["read"]),
        ("/^f(data)?sync$", &["fsync", "fdatasync"]),
        ("!!read", &["read"]),
        ("1", &["write"]),
        ("1@64", &["write"]),
        ("read@64,write@32", &["read"]),
        ("write@x32", &[]),
        ("1@x32", &[]),
    ] {
        assert_eq!(names_of(&trace(text)), expected, "{text}");
    }
    for all in ["all", "trace=all", "!none", "!!all"] {
        assert!(trace(all).is_all(), "{all}");
    }
    let but = names_of(&trace("trace=!read,write"));
    assert!(!but.contains(&"read") && !but.contains(&"write") && but.contains(&"close"));
}

#[test]
fn a_number_is_another_call_of_each_abi() {
    let i386 = |text: &str| -> Vec<_> {
        trace(text)
            .numbers(Abi::I386)
            .into_iter()
            .filter_map(|number| names::name_of(Abi::I386, number))
            .collect()
    };
    assert_eq!(i386("1"), ["exit"]);
    assert_eq!(i386("4@32"), ["write"]);
    assert_eq!(i386("4@64"), [""; 0]);
    assert_eq!(i386("write"), ["write"]);
}

#[test]
fn classes_are_strace_s_with_and_without_a_percent_sign() {
    assert_eq!(names_of(&trace("%file")), names_of(&trace("file")));
    assert!(names_of(&trace("%clock")).contains(&"clock_settime"));
    assert_eq!(names_of(&trace("%net")), names_of(&trace("network")));
    // The class, and not the call of that name.
    assert!(names_of(&trace("signal")).contains(&"rt_sigaction"));
    // The call, and not the class of that name.
    assert_eq!(names_of(&trace("stat")), ["stat"]);
}

#[test]
fn the_calls_of_32_bit_programs_are_known_also_where_they_are_not_judged() {
    let open = asked_of(Abi::Aarch64, &["trace=open,openat"]).unwrap().trace.unwrap();
    assert_eq!(open.numbers(Abi::Aarch64).len(), 1);
    assert!(asked_of(Abi::Aarch64, &["write@x32"]).is_err());
    assert!(asked_of(Abi::Aarch64, &["nosuch"]).is_err());
}

#[test]
fn send_and_recv_are_names_on_every_machine_and_stand_for_no_call_of_64_bits() {
    for native in [Abi::X86_64, Abi::Aarch64] {
        for (text, expected) in [
            ("trace=send,recv,sendto", 1),
            ("trace=send", 0),
            ("inject=recv:error=EIO", 0),
            ("trace=/^send$", 0),
            ("trace=/^recv(from)?$", 1),
            ("send@32,sendto@64", 1),
        ] {
            let asked = asked_of(native, &[text]).unwrap_or_else(|errors| panic!("{text}: {errors:#?}"));
            let set = asked.trace.unwrap_or_else(|| asked.rules[0].calls.clone());
            assert_eq!(set.numbers(native).len(), expected, "{text}");
        }
        assert!(asked_of(native, &["trace=sendd"]).is_err());
    }
}

#[test]
fn what_is_wrong_with_an_expression_is_pointed_at() {
    for (text, place, message) in [
        ("trace=mysnc", "mysnc", "unknown syscall `mysnc`"),
        ("raed", "raed", "unknown syscall `raed`"),
        ("trace=", "", "the set of calls is empty"),
        ("!", "!", "the set of calls is empty"),
        ("trace=%nosuch", "%nosuch", "unknown class `%nosuch`"),
        ("trace=%persist", "%persist", "strace has no class `%persist`"),
        ("trace=/nosuchname", "/nosuchname", "no call's name holds `nosuchname`"),
        ("trace=/(", "(", "this is no regular expression"),
        ("trace=99999", "99999", "`99999` is no syscall number"),
        ("trace=read@16", "16", "`@16` is no width"),
        ("trace=stat,%STAT", "%STAT", "unknown class `%STAT`"),
        ("inject=read", "read", "nothing is to happen to the calls"),
        ("inject=read:", "read:", "nothing is to happen to the calls"),
        ("inject=:error=EIO", "", "the set of calls is empty"),
        ("inject=read:syscall=getpid", "read:syscall=getpid", "nothing is to happen to the calls"),
        ("inject=read:when=2", "read:when=2", "nothing is to happen to the calls"),
        ("inject=read:error=EIOO", "EIOO", "unknown error name `EIOO`"),
        ("inject=read:error=0", "0", "`0` is no error number; they are 1–4095"),
        ("inject=read:error=4096", "4096", "`4096` is no error number; they are 1–4095"),
        ("inject=read:error=EWOULDBLOCK", "EWOULDBLOCK", "strace knows no `EWOULDBLOCK`"),
        ("inject=read:error=", "", "an error name is missing"),
        ("inject=read:error=EIO:error=EPERM", "error=EPERM", "`error` is there twice"),
        ("inject=read:error=EIO:retval=1", "retval=1", "`error` and `retval` exclude each other"),
        ("inject=read:retval=x", "x", "`x` is no number of 64 bits"),
        (
            "inject=read:retval=18446744073709551616",
            "18446744073709551616",
            "`18446744073709551616` is no number of 64 bits",
        ),
        ("inject=read:signal=NOSUCH", "NOSUCH", "unknown signal `NOSUCH`"),
        ("inject=read:signal=0", "0", "`0` is no signal number; they are 1–64"),
        ("inject=read:signal=65", "65", "`65` is no signal number; they are 1–64"),
        ("inject=read:delay_enter=soon", "soon", "`soon` is no time"),
        ("inject=read:delay_exit=1m", "1m", "`1m` is no time"),
        ("inject=read:delay_exit=1Ms", "1Ms", "`1Ms` is no time"),
        ("inject=read:delay_exit=-1", "-1", "`-1` is no time"),
        ("inject=read:delay_exit=1:delay_exit=2", "delay_exit=2", "`delay_exit` is there twice"),
        ("inject=read:poke_enter=", "", "nothing is to be written"),
        ("inject=read:poke_enter=@arg8=00", "@arg8=00", "`@arg8` is none of `@arg1` to `@arg6`"),
        (
            "inject=read:poke_enter=@arg1=0",
            "@arg1=0",
            "`0` is no row of bytes: each has two hexadecimal digits",
        ),
        ("inject=read:poke_exit=@arg1=00,@arg1=11", "@arg1=11", "what `arg1` points to is written twice"),
        (
            "inject=read:retval=0:syscall=read",
            "read",
            "`read` cannot stand in for another call: it would take that call's arguments for its own",
        ),
        ("inject=read:retval=0:syscall=nosuch", "nosuch", "`nosuch` is no call of every ABI"),
        ("inject=read:error=EIO:when=0", "0", "calls are counted from 1"),
        ("inject=read:error=EIO:when=1+0", "1+0", "calls are counted from 1"),
        ("inject=read:error=EIO:when=3..2", "3..2", "this range is empty: it ends before it begins"),
        ("inject=read:error=EIO:when=", "", "`` says not which calls"),
        ("inject=read:error=EIO:when=1..", "1..", "`1..` says not which calls"),
        ("inject=read:error=EIO:when=1-2", "1-2", "`1-2` says not which calls"),
        ("inject=read:error=EIO:when=1.2", "1.2", "`1.2` says not which calls"),
        ("inject=read:errr=EIO", "errr", "unknown key `errr`"),
        ("inject=read:error", "error", "`error` needs a value"),
        ("fault=read:retval=1", "retval=1", "`fault=` has no `retval`"),
        ("signal=NOSUCH", "NOSUCH", "unknown signal `NOSUCH`"),
        ("signal=", "", "a signal is missing"),
        ("status=odd", "odd", "unknown status `odd`"),
        ("quiet=odd", "odd", "unknown message `odd`"),
        ("fd=0", "fd", "strace's `-e fd=` does not exist here"),
        ("trace-fds=0,1", "trace-fds", "strace's `-e trace-fds=` does not exist here"),
        ("decode-fds=odd", "odd", "unknown detail `odd`"),
    ] {
        let errors = asked_of(Abi::X86_64, &[text]).expect_err(text);
        let error = &errors[0];
        assert_eq!((error.message.as_str(), &text[error.span.clone()]), (message, place), "{text}");
        assert_eq!(errors.len(), 1, "{text}: {errors:#?}");
    }
}

#[test]
fn all_errors_come_at_once_each_with_its_expression() {
    let errors =
        asked_of(Abi::X86_64, &["raed", "trace=read", "inject=wrote,reed:eror=EIO:when=0"]).unwrap_err();
    let places: Vec<usize> = errors.iter().map(|error| error.source).collect();
    assert_eq!(places, [0, 2, 2, 2, 2]);
}

#[test]
fn restart_codes_are_refused_however_they_are_written() {
    for text in ["error=512", "error=531", "retval=-512", "retval=0xfffffffffffffdff", "error=ERESTARTSYS"] {
        let errors = asked_of(Abi::X86_64, &[&format!("inject=read:{text}")]).expect_err(text);
        assert!(errors[0].message.contains("private restart codes"), "{errors:?}");
    }
    assert!(asked_of(Abi::X86_64, &["inject=read:error=511"]).is_ok());
    assert!(asked_of(Abi::X86_64, &["inject=read:error=532"]).is_ok());
}

#[test]
fn every_action_of_strace_s_is_read() {
    let error = |number| Some(Gives::Error(vec![Errno::new(number).unwrap()]));
    let signal = |number| Signal::new(number);
    let poke = |index, bytes: &[u8]| Poke { index, bytes: bytes.to_vec() };
    let delay = |nanoseconds| Some(Duration::from_nanos(nanoseconds));
    let none = Action::default;
    for (text, expected) in [
        ("error=EIO", Action { gives: error(5), ..none() }),
        ("error=eio", Action { gives: error(5), ..none() }),
        ("error=5", Action { gives: error(5), ..none() }),
        ("error= +5", Action { gives: error(5), ..none() }),
        ("error=4095", Action { gives: error(4095), ..none() }),
        ("retval=7", Action { gives: Some(Gives::Value(7)), ..none() }),
        ("retval=0x7", Action { gives: Some(Gives::Value(7)), ..none() }),
        ("retval=010", Action { gives: Some(Gives::Value(8)), ..none() }),
        ("retval=-4096", Action { gives: Some(Gives::Value(-4096)), ..none() }),
        ("retval=18446744073709551615", Action { gives: error(1), ..none() }),
        ("retval=-5", Action { gives: error(5), ..none() }),
        ("signal=USR1", Action { signal: signal(10), ..none() }),
        ("signal=sigusr1", Action { signal: signal(10), ..none() }),
        ("signal=64", Action { signal: signal(64), ..none() }),
        ("signal=SIGRT_2", Action { signal: signal(34), ..none() }),
        ("delay_enter=5", Action { delay_enter: delay(5_000), ..none() }),
        ("delay_enter=5ns", Action { delay_enter: delay(5), ..none() }),
        ("delay_exit=1.5MS", Action { delay_exit: delay(1_500_000), ..none() }),
        ("delay_exit=1e3us", Action { delay_exit: delay(1_000_000), ..none() }),
        ("delay_exit=2s", Action { delay_exit: delay(2_000_000_000), ..none() }),
        (
            "poke_enter=@arg1=0aFF,,@arg2=00",
            Action { poke_enter: vec![poke(0, &[10, 255]), poke(1, &[0])], ..none() },
        ),
        ("poke_exit=@arg7=00,@arg6=01", Action { poke_exit: vec![poke(5, &[1])], ..none() }),
        (
            "retval=1:syscall=getpid",
            Action { gives: Some(Gives::Value(1)), syscall: Some("getpid".to_owned()), ..none() },
        ),
        // strace executes the call itself if it has no result to give.
        ("signal=1:syscall=getpid", Action { signal: signal(1), ..none() }),
        (":::error=EIO::", Action { gives: error(5), ..none() }),
    ] {
        assert_eq!(rule(&format!("inject=read:{text}")).action, expected, "{text}");
    }
    assert_eq!(rule("fault=read").action.gives, error(38));
    assert_eq!(rule("fault=read:error=EIO").action.gives, error(5));
    let other = rule("fault=read:syscall=getpid").action;
    assert_eq!((other.gives, other.syscall.as_deref()), (error(38), Some("getpid")));
    assert_eq!(Outcome::Value(-4096).to_raw(), -4096);
}

#[test]
fn every_form_of_when_is_read_and_has_no_limit() {
    for (text, first, last, step) in [
        ("2", 2, Some(2), 1),
        ("2+", 2, None, 1),
        ("2+3", 2, None, 3),
        ("2..9", 2, Some(9), 1),
        ("2..9+", 2, Some(9), 1),
        ("2..9+3", 2, Some(9), 3),
        ("65536", 65_536, Some(65_536), 1),
        ("1..100000+70000", 1, Some(100_000), 70_000),
        ("5:when=2", 2, Some(2), 1),
    ] {
        let rule = rule(&format!("inject=read:error=EIO:when={text}"));
        assert_eq!(rule.trigger.when, When { first, last, step }, "{text}");
        assert_eq!(rule.trigger.per, Per::ThreadAndCall);
    }
    assert_eq!(rule("inject=read:error=EIO").trigger.when, When::default());
}

#[test]
fn rules_act_on_traced_calls_and_a_later_one_takes_calls_over() {
    let asked = asked(&[
        "inject=read,write:error=EIO",
        "trace=!close",
        "inject=write,close:error=EPERM",
        "t=!fsync,close",
    ]);
    let numbers =
        |index: usize| -> Vec<u32> { asked.rules[index].numbers(Abi::X86_64).into_iter().collect() };
    assert_eq!((numbers(0), numbers(1)), (vec![0], vec![1]));
    let names: Vec<&str> = asked.rules.iter().map(|rule| rule.name.as_str()).collect();
    assert_eq!(names, ["read,write#1", "write,close#2"]);
    assert_eq!(asked.rules[1].text, "-e inject=write,close:error=EPERM");
}

#[test]
fn nothing_that_strace_runs_is_refused_or_left_out() {
    for text in [
        "inject=rt_sigreturn:error=EPERM",
        "inject=exit_group:poke_exit=@arg1=00:delay_exit=1",
        "inject=all:error=EIO",
        "inject=getpid:poke_enter=@arg3=00",
    ] {
        let rule = rule(text);
        assert_eq!((rule.left_out.len(), rule.is_late()), (0, false), "{text}");
    }
    assert!(rule("inject=all:error=EIO").numbers(Abi::X86_64).contains(&15));
}

#[test]
fn without_f_the_first_task_alone_and_with_a_path_its_calls_alone() {
    let paths = [PathPattern::literal(b"/a", Path::new("/")).unwrap()];
    let texts = ["inject=read:error=EIO".to_owned()];
    let with = |paths, follows| {
        let surroundings = Surroundings { paths, follows, rules_before: 3 };
        parse_expressions(&texts, &surroundings).unwrap()
    };
    let path = Selector::Name(Name::Traced, Comparison::AnyOf, paths.to_vec());
    let first = with(&paths, false);
    assert_eq!(first.rules[0].selectors, [Selector::FirstTask, path.clone()]);
    assert_eq!((first.selectors.len(), first.rules[0].name.as_str()), (2, "read#4"));
    assert_eq!(with(&paths, true).rules[0].selectors, [path]);
    assert_eq!(with(&[], true).rules[0].selectors, []);
}

#[test]
fn what_is_shown_is_read() {
    let signals = |text: &str| {
        let set = asked(&[text]).signals;
        (1..=64)
            .filter_map(Signal::new)
            .filter(|signal| set.contains(*signal))
            .map(Signal::number)
            .collect::<Vec<_>>()
    };
    assert_eq!(signals("signal=SIGUSR1,2"), [2, 10]);
    assert_eq!(signals("s=none"), [0; 0]);
    assert_eq!(signals("signals=200,hup"), [1]);
    assert_eq!(signals("signal=!CHLD").len(), 63);
    assert_eq!(signals("signal=all").len(), 64);
    let statuses = |text: &str| asked(&[text]).statuses.unwrap();
    assert_eq!(statuses("status=failed"), Statuses { failed: true, ..Statuses::NONE });
    assert_eq!(statuses("status=!Failed,detached"), Statuses { failed: false, ..Statuses::ALL });
    assert_eq!(statuses("status=all"), Statuses::ALL);
    let quiet = |text: &str| asked(&[text]).quiet.unwrap();
    assert_eq!(quiet("q=exits,superseded"), Quiet { exit: true, thread_execve: true, ..Quiet::default() });
    assert_eq!(quiet("quiet=all"), Quiet::ALL);
    assert_eq!(quiet("quiet=none"), Quiet::default());
    let names = |text| asked(&[text]).decode_fds;
    assert_eq!(names("decode-fds=all"), DecodeFds { path: true, socket: true });
    assert_eq!(names("decode-fds=path,dev"), DecodeFds { path: true, socket: false });
    assert_eq!(names("decode-fds=!path,pidfd"), DecodeFds { path: false, socket: true });
    assert_eq!(names("decode-fd=eventfd,signalfd"), DecodeFds::default());
    assert_eq!(names("decode-fds=none"), DecodeFds::default());
    assert_eq!(asked(&[]).decode_fds, DecodeFds::default());
}
