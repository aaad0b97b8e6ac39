//! What files say, in the language of rules.
use super::super::shape::SHAPES;
use super::*;

/// Rules in a file, and the same as `--inject` takes them.
pub(super) const GOOD: &[(&str, &str)] = &[
    ("calls = 'msync'\nerror = 'EIO'", "msync:error=EIO"),
    ("calls = ['msync', 26, '%file']\nlog = true", "msync,26,%file:log"),
    ("calls = 'msync,?fork2,%file'\nlog = true", "msync,?fork2,%file:log"),
    ("calls = 26\nlog = true", "26:log"),
    ("calls = '!%file'\nlog = true", "!%file:log"),
    ("calls = ['!%file', 'read']\nlog = true", "!%file,read:log"),
    ("calls = ['/^.{3,4}$', 'all@32']\nlog = true", "\"/^.{3,4}$\",all@32:log"),
    ("calls = '!read,?/^.{3,4}$'\nlog = true", "!read,\"?/^.{3,4}$\":log"),
    ("calls = 'read'\npath = ['a:b', './c']\nlog = true", "read:path=\"a:b\":path=./c:log"),
    ("calls = 'read'\nnot = { path = ['a', 'b'], fd = 3 }\nlog = true", "read:path!=a:path!=b:fd!=3:log"),
    ("calls = 'read'\nlog = true\n[rule.not]\nexe = '**/ls'", "read:exe!=**/ls:log"),
    // The order of selectors is that of the text, of `not` as well.
    ("not.fd = 1\ncalls = 'read'\npath = 'a'\nnot.path = 'b'\nlog = true", "read:fd!=1:path=a:path!=b:log"),
    ("calls = 'read'\nfd = [3, '4', 0x10]\npid = 7\nlog = true", "read:fd=3:fd=4:fd=16:pid=7:log"),
    ("calls = 'msync'\narg3 = '&MS_SYNC'\nlog = true", "msync:arg3&MS_SYNC:log"),
    ("calls = 'read'\narg3 = ['>=4096', '<0x10000']\nlog = true", "read:arg3>=4096:arg3<0x10000:log"),
    (
        "calls = 'read'\narg3 = [0x10, 2, '=0o7', '!=1']\nlog = true",
        "read:arg3=0x10:arg3=2:arg3=0o7:arg3!=1:log",
    ),
    ("calls = 'read'\nret = ['<0', '!=-EIO']\nlog = true", "read:ret<0:ret!=-EIO:log"),
    ("calls = 'msync'\nset = { arg3 = 'MS_SYNC', arg2 = 1 }", "msync:arg3:=MS_SYNC:arg2:=1"),
    ("calls = 'read'\nset.arg3 = 1\nset.arg2 = '0x10'", "read:arg3:=1:arg2:=0x10"),
    (
        "calls = 'read'\nsock = 'tcp/[::1]/80'\ncomm = 'java'\nthread = 'w*'\ncaller = 'libc.so.6'\nmapped = 'x'\nlog = true",
        "read:sock=\"tcp/[::1]/80\":comm=java:thread=w*:caller=libc.so.6:mapped=x:log",
    ),
    (
        "calls = 'read'\nwhen = 2\nper = 'thread'\nchance = '5%'\nafter-time = '1s'\nuntil = '2s'\nlog = true",
        "read:when=2:per=thread:chance=5%:after-time=1s:until=2s:log",
    ),
    (
        "calls = 'read'\nwhen = '2..9+3'\nerror = ['EIO', 28, 'ENOTSUP']\nafter = true",
        "read:when=2..9+3:error=EIO,ENOSPC,EOPNOTSUPP:after",
    ),
    ("calls = 'read'\nerror = 'EIO,ENOSPC'\ninstead = true", "read:error=EIO,ENOSPC"),
    ("calls = 'read'\nretval = 0xffffffffffff0000\nuncounted = true", "read:retval=-65536:uncounted"),
    ("calls = 'read'\nshort = 1_000\ncorrupt = 'flip/3'", "read:short=1000:corrupt=flip/3"),
    (
        "calls = 'read'\nshort = '50%'\ndelay_enter = 1500\ndelay_exit = '2s'\nsignal = 10",
        "read:short=50%:delay_enter=1500us:delay_exit=2s:signal=SIGUSR1",
    ),
    ("calls = 'write'\nkill = true\nafter = true\nlog = false", "write:kill:after"),
    (
        "calls = 'read'\npoke_exit = ['@arg2=00ff', '@arg1=01']\npoke_enter = '@arg2=00'",
        "read:poke_enter=@arg2=00:poke_exit=@arg2=00ff,@arg1=01",
    ),
    (
        "calls = 'fsync'\nsyscall = 'getpid'\nretval = 0\nname = 'slow'",
        "fsync:retval=0:syscall=getpid:name=slow",
    ),
];

#[test]
fn every_form_says_what_a_rule_says() {
    for (text, expected) in GOOD {
        assert_eq!(inline(text), *expected, "{text}");
    }
}

#[test]
fn the_example_of_every_key_is_taken() {
    for (key, _, example) in SHAPES {
        let key = key.text();
        let action = match key {
            "instead" | "after" | "uncounted" => "error = 'EIO'",
            "ret" => "delay_exit = 1",
            "log" => "",
            _ => "log = true",
        };
        let text = inline(&format!("calls = 'all'\n{action}\n{key} = {example}"));
        // `instead` is the default.
        assert!(text.contains(key) || key == "instead", "{key}: {text}");
    }
}

#[test]
fn a_file_of_no_rules_is_an_empty_plan() {
    for text in ["", "# nothing\n", "\u{feff}", "rule = []\n"] {
        assert_eq!(plan(text), Plan::default(), "{text:?}");
    }
}

#[test]
fn rules_may_stand_in_a_list_and_lines_may_end_as_on_windows() {
    assert_eq!(
        plan("rule = [{ calls = 'read', log = true }, { calls = 26, log = true }]").to_string(),
        "read:log\n26:log\n"
    );
    assert_eq!(plan("[[rule]]\r\ncalls = 'read'\r\nlog = true\r\n").to_string(), "read:log\n");
}

#[test]
fn names_and_places_are_over_the_whole_plan() {
    let two = "[[rule]]\ncalls = 'read'\nlog = true\n[[rule]]\ncalls = 'write'\nlog = true\nname = 'w'\n";
    let plan = parse(&[file(two), rule("fsync:log"), file(two.replace("'w'", "'v'").as_str())]).unwrap();
    let names: Vec<&str> = plan.rules.iter().map(|rule| rule.name.as_str()).collect();
    assert_eq!(names, ["read#1", "w", "fsync#3", "read#4", "v"]);
    let texts: Vec<&str> = plan.rules.iter().map(|rule| rule.text.as_str()).collect();
    assert_eq!(texts, ["read:log", "write:log:name=w", "fsync:log", "read:log", "write:log:name=v"]);
}

#[test]
fn the_normal_form_is_a_file_and_a_command_line() {
    let plan = parse(&[
        file("[[rule]]\nerror = ['EIO', 'ENOSPC']\ncalls = ['!read', '/a{1,2}']\nnot = { fd = [3, 4] }\narg1 = ['>0', 7]\nset.arg2 = 0x10\nafter = true\nname = \"it's\"\n"),
        rule(r#"msync:path="a:\"\\*":arg2<=0x1000:log"#),
    ])
    .unwrap();
    assert_eq!(
        plan.to_toml(),
        r#"[[rule]]
name = "it's"
calls = ["!read", "/a{1,2}"]
not.fd = [3, 4]
arg1 = [">0", 7]
error = ["EIO", "ENOSPC"]
set.arg2 = "0x10"
after = true

[[rule]]
calls = "msync"
path = 'a:"\*'
arg2 = "<=0x1000"
log = true
"#
    );
    assert_eq!(
        plan.command_line(),
        r#"havoc --inject '!read,"/a{1,2}":fd!=3:fd!=4:arg1>0:arg1=7:error=EIO,ENOSPC:arg2:=0x10:after:name=it'\''s' --inject 'msync:path="a:\"\\*":arg2<=0x1000:log'"#
    );
}
