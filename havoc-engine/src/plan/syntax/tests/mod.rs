//! Whole rules, good and bad.
mod actions;
mod companion;
pub(in crate::plan) mod generator;
mod property;
mod selectors;
mod sets;

use super::*;
use crate::plan::{Action, CallSet, Comparison, Gives, Member, Name, Names, PathPattern, Selector, Trigger};
use havoc_arch::Errno;

/// A judge for whom every call but these touches files.
pub(in crate::plan) fn judge(native: Abi) -> Judge {
    Judge { native, touches_files: |name| !matches!(name, "getpid" | "getppid" | "") }
}

fn parse(texts: &[&str]) -> Result<Plan, Vec<Diagnostic>> {
    parse_by(&judge(Abi::X86_64), texts)
}

fn parse_by(judge: &Judge, texts: &[&str]) -> Result<Plan, Vec<Diagnostic>> {
    let sources: Vec<Source> = texts.iter().map(|text| Source::Rule((*text).to_owned())).collect();
    source::parse_by(judge, &sources, Path::new("/work"))
}

fn rule(text: &str) -> Rule {
    let mut plan = parse(&[text]).unwrap_or_else(|errors| panic!("{text}: {errors:#?}"));
    assert_eq!(plan.rules.len(), 1);
    plan.rules.remove(0)
}

fn pattern(text: &str) -> PathPattern {
    PathPattern::new(text, Path::new("/work")).unwrap()
}

/// Writes each error as `text it points at: message; help`.
fn shown(texts: &[&str], errors: &[Diagnostic]) -> Vec<String> {
    let one = |error: &Diagnostic| {
        let place = &texts[error.source][error.span.clone()];
        match &error.help {
            Some(help) => format!("{place}: {}; {help}", error.message),
            None => format!("{place}: {}", error.message),
        }
    };
    errors.iter().map(one).collect()
}

/// Parses a bad rule: each expected text is the beginning of one error, in order, and there are no others.
fn refuses_on(native: Abi, text: &str, expected: &[&str]) {
    let errors = parse_by(&judge(native), &[text]).expect_err(text);
    let errors = shown(&[text], &errors);
    let all_begin = errors.iter().zip(expected).all(|(error, beginning)| error.starts_with(beginning));
    assert!(errors.len() == expected.len() && all_begin, "{text}\n{errors:#?}\n{expected:#?}");
}

fn refuses(text: &str, expected: &[&str]) {
    refuses_on(Abi::X86_64, text, expected);
}

#[test]
fn the_rule_that_havoc_was_born_for_is_read() {
    let rule = rule("msync:error=EIO:path=**/orders.bin");
    assert_eq!(rule.name, "msync#1");
    assert_eq!(rule.text, "msync:error=EIO:path=**/orders.bin");
    assert_eq!(rule.calls, CallSet::of(vec![Member::name("msync")]));
    assert_eq!(
        rule.selectors,
        [Selector::Name(Name::Path, Comparison::AnyOf, vec![pattern("**/orders.bin")])]
    );
    assert_eq!(rule.trigger, Trigger::default());
    let gives = Errno::from_name("EIO").map(|errno| Gives::Error(vec![errno]));
    assert_eq!(rule.action, Action { gives, ..Action::default() });
    assert!(rule.left_out.is_empty());
    // msync(2) does not list EIO, and the kernel returns it when the pages could not be written.
    assert_eq!(rule.notes, [""; 0]);
}

#[test]
fn repeated_selectors_are_gathered_by_key_and_comparison() {
    let rule = rule("all:path=a:fd=3:path!=b:path=c,d:mapped=e:fd=-100:path!=\"f:g\":log");
    assert_eq!(
        rule.selectors,
        [
            Selector::Name(Name::Path, Comparison::AnyOf, vec![pattern("a"), pattern("c,d")]),
            Selector::Descriptor(Comparison::AnyOf, vec![3, -100]),
            Selector::Name(Name::Path, Comparison::NoneOf, vec![pattern("b"), pattern("f:g")]),
            Selector::Name(Name::Mapped, Comparison::AnyOf, vec![pattern("e")]),
        ]
    );
}

#[test]
fn every_good_rule_prints_in_normal_form_and_reads_back() {
    for (text, normal) in [
        ("msync:error=5", "msync:error=EIO"),
        ("26:error=EIO", "26:error=EIO"),
        ("msync,26,all:error=200:instead", "msync,26,all:error=200"),
        ("msync:error=ENOTSUP", "msync:error=EOPNOTSUPP"),
        ("msync:error=EWOULDBLOCK", "msync:error=EAGAIN"),
        ("msync:error=4095", "msync:error=4095"),
        ("msync:after:log:error=EIO", "msync:error=EIO:after:log"),
        ("msync:retval=0x10", "msync:retval=16"),
        ("msync:retval=-0x1000", "msync:retval=-4096"),
        ("msync:retval=0x8000000000000000", "msync:retval=-9223372036854775808"),
        ("msync:retval=-9223372036854775808", "msync:retval=-9223372036854775808"),
        ("msync:retval=0xffffffffffff0000", "msync:retval=-65536"),
        ("msync:log:when=2", "msync:when=2:log"),
        ("msync:log:when=1+", "msync:log"),
        ("msync:log:when=2+", "msync:when=2+:log"),
        ("msync:log:when=2+1", "msync:when=2+:log"),
        ("msync:log:when=2+3", "msync:when=2+3:log"),
        ("msync:log:when=2..2", "msync:when=2:log"),
        ("msync:log:when=2..9", "msync:when=2..9:log"),
        ("msync:log:when=2..9+", "msync:when=2..9:log"),
        ("msync:log:when=2..9+3", "msync:when=2..9+3:log"),
        ("msync:log:when=70000", "msync:when=70000:log"),
        ("msync:name=x:log:path=a\":\"b", "msync:path=\"a:b\":log:name=x"),
        ("msync:log:path=\"a\\\"b\\\\*\"", "msync:path=\"a\\\"b\\\\*\":log"),
        ("msync:log:path=\"a\\\\b\"", "msync:path=a\\b:log"),
        ("open,fork:log", "open,fork:log"),
        ("rt_sigreturn,execve:log", "rt_sigreturn,execve:log"),
        ("exit,mmap:error=EIO", "exit,mmap:error=EIO"),
        ("getpid:fd=3:log", "getpid:fd=3:log"),
    ] {
        let first = rule(text);
        assert_eq!(first.to_string(), normal, "{text}");
        assert_eq!(Rule { text: text.into(), ..rule(normal) }, first, "{text}");
    }
}

#[test]
fn names_and_numbers_that_mean_nothing_are_refused() {
    refuses("mysnc:log", &["mysnc: unknown syscall `mysnc`; did you mean `msync`?"]);
    refuses("al:log", &["al: unknown syscall `al`; did you mean `all`?"]);
    refuses("msync,qwertyuiop:log", &["qwertyuiop: unknown syscall `qwertyuiop`"]);
    refuses("4294967296:log", &["4294967296: `4294967296` is no syscall number"]);
    refuses("1073741824:log", &["1073741824: `1073741824` is no syscall number; they are below"]);
    refuses("5x:log", &["5x: `5x` is no syscall number"]);
    refuses(":log", &[": the set of calls is empty"]);
    refuses("", &[": the set of calls is empty", ": a rule needs an action"]);
    refuses("msync,:log", &[": a name is missing"]);
    refuses("msync,,fsync:log", &[": a name is missing"]);
    refuses("error=EIO:log", &["error=EIO: `error=EIO` is no syscall; a rule begins with"]);
}

#[test]
fn a_call_of_another_judged_abi_alone_is_refused_and_told_where_it_exists() {
    refuses_on(
        Abi::Aarch64,
        "open:log",
        &["open: `open` does not exist on aarch64, only on x86_64; `?open` means it where it exists"],
    );
}

#[test]
fn unknown_and_malformed_items_are_refused() {
    refuses("msync:eror=EIO:after", &["eror: unknown key `eror`; did you mean `error`?"]);
    refuses("msync:log:xyzzy", &["xyzzy: unknown key `xyzzy`"]);
    refuses("msync", &["msync: a rule needs an action; "]);
    refuses("msync:path=x", &["msync:path=x: a rule needs an action"]);
    refuses("msync:log:", &[":: nothing follows this `:`"]);
    refuses("msync:log=1", &["log=1: `log` takes no value"]);
    refuses("msync:log:path", &["path: `path` needs a value; write `path=…`"]);
    refuses("msync:log:path=", &["path=: `path=` has no value"]);
    refuses("msync:log:path<x", &["<: `path` does not go with `<`; write `path=` or `path!=`"]);
    refuses("msync:error!=EIO", &["!=: `error` does not go with `!=`; write `error=`"]);
    refuses("msync:log:path=\"x", &["\"x: this quote is never closed"]);
    refuses("msync:log:path=a[b", &["a[b: this is no path pattern; `[` without `]`"]);
    refuses("msync:log:fd=x", &["x: `x` is no descriptor number"]);
    refuses("msync:log:fd=2147483648", &["2147483648: `2147483648` is no descriptor number"]);
}

#[test]
fn what_is_there_twice_or_contradicts_is_refused() {
    refuses("msync:error=EIO:error=EIO", &["error=EIO: `error` is there twice"]);
    refuses("msync:log:log", &["log: `log` is there twice"]);
    refuses("msync:log:when=1:when=2", &["when=2: `when` is there twice"]);
    refuses("msync:error=EIO:retval=0", &["retval=0: `retval` and `error` exclude each other"]);
    refuses("msync:error=EIO:instead:after", &["after: `after` and `instead` exclude each other"]);
    refuses("msync:log:after", &["after: `after` needs a result to give, or `kill`"]);
    refuses("msync:instead", &["instead: `instead` needs a result to give, or `kill`"]);
}

#[test]
fn results_that_no_kernel_gives_are_refused() {
    refuses("msync:error=EIOO", &["EIOO: unknown error name `EIOO`; did you mean `EIO`?"]);
    refuses("msync:error=eio", &["eio: unknown error name `eio`; did you mean `EIO`?"]);
    refuses("msync:error=0", &["0: `0` is no error number; they are 1–4095"]);
    refuses("msync:error=4096", &["4096: `4096` is no error number"]);
    refuses("msync:error=-5", &["-5: `-5` is no error number"]);
    refuses("msync:error=512", &["512: `512` is one of the kernel's private restart codes"]);
    refuses("msync:error=531", &["531: `531` is one of the kernel's private restart codes"]);
    refuses("msync:error=ERESTARTSYS", &["ERESTARTSYS: `ERESTARTSYS` is one of the kernel's private"]);
    refuses("msync:retval=-5", &["-5: a result of -5 is an error: that is `error=`; write `error=EIO`"]);
    refuses(
        "msync:retval=-4095",
        &["-4095: a result of -4095 is an error: that is `error=`; write `error=4095`"],
    );
    refuses("msync:retval=0xffffffffffffffff", &["0xffffffffffffffff: a result of -1 is an error"]);
    refuses("msync:retval=0x", &["0x: `0x` is no number"]);
    refuses("msync:retval=-+5", &["-+5: `-+5` is no number"]);
    refuses(
        "msync:retval=99999999999999999999",
        &["99999999999999999999: `99999999999999999999` does not fit"],
    );
    refuses(
        "msync:retval=-9223372036854775809",
        &["-9223372036854775809: `-9223372036854775809` does not fit"],
    );
}

#[test]
fn a_when_that_picks_nothing_is_refused() {
    refuses("msync:log:when=0", &["0: matches are counted from 1"]);
    refuses("msync:log:when=5..3", &["5..3: this range is empty"]);
    refuses("msync:log:when=1+0", &["0: a step is at least 1"]);
    refuses("msync:log:when=0..0+0", &["0: matches", "0: matches", "0: a step"]);
    refuses("msync:log:when=x", &["x: `x` is no number; write `2`,"]);
    refuses("msync:log:when=..3", &[": a number is missing"]);
    refuses("msync:log:when=3..", &[": a number is missing"]);
    refuses("msync:log:when=1+2+3", &["2+3: `2+3` is no number"]);
    refuses(
        "msync:log:when=99999999999999999999",
        &["99999999999999999999: `99999999999999999999` does not fit"],
    );
}

#[test]
fn a_name_is_one_word_and_given_once() {
    refuses("msync:log:name=a b", &["a b: a name has no ` `"]);
    refuses("msync:log:name=msync#2", &["msync#2: a name has no `#`"]);
    let texts = ["msync:log:name=x", "fsync:log", "msync:log:name=x"];
    let errors = parse(&texts).unwrap_err();
    assert_eq!(errors[0].source, 2);
    assert_eq!(shown(&texts, &errors), ["x: rule 1 is already named `x`; give each rule a name of its own"]);
}

#[test]
fn a_rule_without_a_name_is_its_set_and_its_place_in_the_plan() {
    let plan = parse(&["msync:log:name=x", "fsync,\"26\":log"]).unwrap();
    let names: Vec<_> = plan.rules.iter().map(|rule| rule.name.as_str()).collect();
    assert_eq!(names, ["x", "fsync,26#2"]);
    assert_eq!(plan.to_string(), "msync:log:name=x\nfsync,26:log\n");
}

#[test]
fn all_errors_of_all_rules_come_at_once_in_the_order_of_the_text() {
    let texts = ["mysnc,x:eror=EIO:when=0", "msync:log", "fsync:retval=-5:path=[:"];
    let errors = shown(&texts, &parse(&texts).unwrap_err());
    let begin: Vec<_> = errors.iter().map(|error| error.split(';').next().unwrap()).collect();
    assert_eq!(
        begin,
        [
            "mysnc: unknown syscall `mysnc`",
            "x: unknown syscall `x`",
            "eror: unknown key `eror`",
            "0: matches are counted from 1",
            "-5: a result of -5 is an error: that is `error=`",
            "[: this is no path pattern",
            ":: nothing follows this `:`",
        ]
    );
}

#[test]
fn a_senseless_fault_on_a_named_call_is_refused_with_its_reason() {
    refuses(
        "rt_sigreturn:error=EIO",
        &["rt_sigreturn: `rt_sigreturn` cannot be given a result: it restores"],
    );
    refuses("15:retval=0", &["15: `15` cannot be given a result"]);
    for name in
        ["exit", "exit_group", "execve", "execveat", "fork", "vfork", "clone", "clone3", "mmap", "brk"]
    {
        let expected = format!("{name}: `{name}` cannot be given another result after it was done: ");
        refuses(&format!("msync,{name}:error=EIO:after"), &[&expected]);
    }
    refuses("getpid,msync:log:path=x", &["getpid: `getpid` has no file to be chosen by: it touches no file"]);
    refuses("getpid:log:mapped!=x", &["getpid: `getpid` has no file"]);
    refuses("9999:log:path=x", &["9999: `9999` has no file"]);
}

#[test]
fn calls_that_came_by_all_are_left_out_where_the_rule_makes_no_sense() {
    let after = rule("all:error=EIO:after");
    let names: Vec<_> = after.left_out.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        [
            "brk",
            "clone",
            "clone3",
            "execve",
            "execveat",
            "exit",
            "exit_group",
            "fork",
            "mmap",
            "mmap2",
            "rt_sigreturn",
            "sigreturn",
            "vfork"
        ]
    );
    let numbers = after.numbers(Abi::X86_64);
    assert!(numbers.contains(&26) && !numbers.contains(&59) && !numbers.contains(&15));
    assert!(after.numbers(Abi::Aarch64).contains(&227) && !after.numbers(Abi::Aarch64).contains(&221));
    assert_eq!(after.calls.numbers(Abi::X86_64).len(), numbers.len() + 11);

    let by_path = rule("all:log:path=x");
    assert_eq!(
        by_path.left_out_note(Abi::X86_64).as_deref(),
        Some("left out: getpid, getppid (it touches no file)")
    );
    assert!(rule("all:log").left_out.is_empty());
    assert_eq!(rule("all:log").left_out_note(Abi::X86_64), None);
    let note = after.left_out_note(Abi::Aarch64).unwrap();
    assert!(note.contains("exit, exit_group (it never returns)") && !note.contains("vfork"), "{note}");
}

#[test]
fn calls_that_the_vdso_may_answer_get_a_note_and_only_those_that_it_has() {
    let note = |text: &str, has: fn(&str) -> bool| rule(text).vdso_note(Abi::X86_64, has).unwrap_or_default();
    let any = |_: &str| true;
    assert_eq!(
        note("time,msync,clock_gettime:error=EIO", any),
        "the vDSO may answer calls of clock_gettime, time; those are never seen"
    );
    assert_eq!(note("318:log", any), "the vDSO may answer calls of getrandom; those are never seen");
    assert!(note("all:log", any).contains("clock_getres, clock_getres_time64, clock_gettime"));
    assert_eq!(note("msync:log", any), "");
    assert_eq!(note("getrandom:log", |name| name != "getrandom"), "");
    assert_eq!(
        note("getrandom,getcpu:log", |name| name != "getrandom"),
        "the vDSO may answer calls of getcpu; those are never seen"
    );
}

#[test]
fn a_set_of_its_own_is_read_for_trace() {
    assert_eq!(parse_set("all"), Ok(CallSet::all()));
    assert_eq!(parse_set("msync,26"), Ok(CallSet::of(vec![Member::name("msync"), Names::Number(26).into()])));
    let errors = parse_set("mysnc:log").unwrap_err();
    assert_eq!(
        shown(&["mysnc:log"], &errors),
        [
            "mysnc: unknown syscall `mysnc`; did you mean `msync`?",
            "log: a set has no items; what is to happen to the calls is for `--inject`"
        ]
    );
}
