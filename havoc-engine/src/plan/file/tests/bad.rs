//! Mistakes, and where they are pointed at.
use super::*;

/// Parses a bad file: each expected text is the beginning of one error, in order, and there are no others.
fn refuses(text: &str, expected: &[&str]) {
    let sources = [file(text)];
    let errors = shown(&sources, &parse(&sources).expect_err(text));
    let all_begin = errors.iter().zip(expected).all(|(error, beginning)| error.starts_with(beginning));
    assert!(errors.len() == expected.len() && all_begin, "{text}\n{errors:#?}\n{expected:#?}");
}

/// The same, for a rule with these lines beside others that are good.
fn refuses_in_rule(lines: &str, expected: &[&str]) {
    refuses(&format!("[[rule]]\ncalls = 'read'\nerror = 'EIO'\n{lines}\n"), expected);
}

#[test]
fn keys_that_do_not_exist_are_refused() {
    refuses("rules = 1\n", &["rules: unknown key `rules`; did you mean `rule`?"]);
    refuses("version = 1\n", &["version: unknown key `version`; a plan file has rules alone"]);
    refuses_in_rule("pth = 'x'", &["pth: unknown key `pth`; did you mean `path`?"]);
    refuses_in_rule("call = 'x'", &["call: unknown key `call`; did you mean `calls`?"]);
    refuses_in_rule("not.pth = 'x'", &["pth: unknown key `pth`; did you mean `path`?"]);
    refuses_in_rule("not.calls = 'x'", &["calls: unknown key `calls`"]);
    refuses_in_rule("set.arg7 = 1", &["arg7: unknown key `arg7`; did you mean `arg1`?"]);
    refuses_in_rule("set.path = 1", &["path: unknown key `path`"]);
}

#[test]
fn values_of_another_type_are_refused() {
    refuses(
        "[rule]\ncalls = 'read'\n",
        &["[rule]: a rule is a table in a list of tables, and this is a table; begin each"],
    );
    refuses("rule = 'read:log'\n", &["'read:log': a rule is a table in a list of tables, and this is text"]);
    refuses("rule = ['read:log']\n", &["'read:log': a rule is a table, and this is text"]);
    refuses_in_rule(
        "path = 3",
        &["3: `path` takes text or a list of texts, and this is a number; write `path = \"*.db\"`"],
    );
    refuses_in_rule(
        "path = ['a', true, ['b']]",
        &["true: `path` takes text or", "['b']: `path` takes text or"],
    );
    refuses_in_rule(
        "log = 'yes'",
        &["'yes': `log` takes `true` or `false`, and this is text; write `log = true`"],
    );
    refuses_in_rule("after = 1", &["1: `after` takes `true` or `false`, and this is a number"]);
    refuses_in_rule(
        "chance = 0.5",
        &["0.5: `chance` takes text, and this is a float; write `chance = \"5%\"`"],
    );
    refuses_in_rule(
        "when = [1, 2]",
        &["[1, 2]: `when` takes a number or text, and this is a list; write `when = "],
    );
    refuses_in_rule(
        "fd = 1979-05-27",
        &["1979-05-27: `fd` takes a number, text, or a list of these, and this is a date or"],
    );
    refuses_in_rule("not = 'x'", &["'x': `not` is a table, and this is text; write `not.path = \"*.tmp\"`"]);
    refuses_in_rule("set = 1", &["1: `set` is a table, and this is a number; write `set.arg3 = 0`"]);
    refuses_in_rule("fd = []", &["[]: this list of `fd` is empty; leave `fd` out"]);
    refuses_in_rule(
        "path = { a = 1 }",
        &["{ a = 1 }: `path` takes text or a list of texts, and this is a table"],
    );
    refuses(
        "[[rule]]\ncalls = true\nlog = true\n",
        &["true: `calls` takes a number, text, or a list of these, and this is a bool"],
    );
    refuses("[[rule]]\ncalls = []\nlog = true\n", &["[]: this list of `calls` is empty"]);
}

#[test]
fn a_piece_of_a_value_is_pointed_at() {
    refuses_in_rule("signal = 'SIGTREM'", &["SIGTREM: unknown signal `SIGTREM`; did you mean `SIGTERM`?"]);
    refuses(
        "[[rule]]\ncalls = ['read', \"\\u006dysnc\"]\nlog = true\n",
        &["\\u006dysnc: unknown syscall `mysnc`; did you mean `msync`?"],
    );
    refuses("[[rule]]\ncalls = 'read,mysnc,write'\nlog = true\n", &["mysnc: unknown syscall `mysnc`"]);
    refuses(
        "[[rule]]\ncalls = ['read', '!write']\nlog = true\n",
        &["!write: `!write` is no syscall; a `!` stands once, before the first"],
    );
    refuses(
        "[[rule]]\ncalls = 'read'\nerror = ['EIO', 'EIOO', 'ENOSPC,EIOP']\n",
        &["EIOO: unknown error name `EIOO`; did you mean `EIO`?", "EIOP: unknown error"],
    );
    refuses(
        "[[rule]]\ncalls = 'read'\nerror = 0x200\n",
        &["0x200: `512` is one of the kernel's private restart codes"],
    );
    refuses("[[rule]]\ncalls = 'read'\nlog = true\nwhen = '5..3+1'\n", &["5..3: this range is empty"]);
    refuses("[[rule]]\ncalls = 'read'\nlog = true\nwhen = 0\n", &["0: matches are counted from 1"]);
    refuses(
        "[[rule]]\ncalls = 'read'\nlog = true\narg3 = '&O_FOO|1'\n",
        &["O_FOO: no constant `O_FOO` is known here"],
    );
    refuses("[[rule]]\ncalls = 'read'\nlog = true\narg3 = '>='\n", &["arg3 = '>=': `arg3>=` has no value"]);
    refuses(
        "[[rule]]\ncalls = 'read'\nlog = true\narg3 = ':=5'\n",
        &[":=: `arg3` is compared, and `:=` is no comparison; write `set.arg3 = …`"],
    );
    refuses(
        "[[rule]]\ncalls = 'read'\nlog = true\nfd = [3, 99999999999]\n",
        &["99999999999: `99999999999` is no descriptor number"],
    );
    refuses(
        "[[rule]]\ncalls = 'read'\npoke_enter = ['@arg2=00', '@arg9=1']\n",
        &["@arg9=1: `@arg9` is none of `@arg1` to `@arg6`"],
    );
    refuses(
        "[[rule]]\ncalls = 'read'\nlog = true\npath = \"a\\u0000b\"\n",
        &["a\\u0000b: `path` holds a NUL"],
    );
    refuses(
        "[[rule]]\ncalls = 'read'\nretval = 99999999999999999999\n",
        &["99999999999999999999: `99999999999999999999` does not fit"],
    );
}

#[test]
fn what_stands_in_the_wrong_table_is_refused() {
    refuses_in_rule("not.error = 'EIO'", &["error: `error` does not stand in `not`; `not` has selectors"]);
    refuses_in_rule("not.log = true", &["log: `log` does not stand in `not`"]);
    refuses_in_rule(
        "not.arg1 = 3",
        &["arg1: `arg1` does not stand in `not`: its value says how it is compared; write `arg1 = \"!=…\"`"],
    );
}

#[test]
fn what_makes_no_sense_is_refused_as_in_a_rule() {
    refuses("[[rule]]\ncalls = 'read'\n", &["[[rule]]: a rule needs an action"]);
    refuses("[[rule]]\nlog = true\n", &["[[rule]]: this rule names no calls; add `calls = [\"msync\"]`"]);
    refuses("[[rule]]\n", &["[[rule]]: this rule names no calls", "[[rule]]: a rule needs an action"]);
    refuses_in_rule("retval = 0", &["retval = 0: `retval` and `error` exclude each other"]);
    refuses(
        "[[rule]]\ncalls = ['msync', 'execve']\nerror = 'EIO'\nafter = true\n",
        &["execve: `execve` cannot be given another result after it was done"],
    );
    refuses(
        "[[rule]]\ncalls = 'getpid'\nlog = true\nnot.path = 'x'\n",
        &["getpid: `getpid` has no file to be chosen by"],
    );
    refuses(
        "[[rule]]\ncalls = 'read'\nret = '<0'\nerror = 'EIO'\n",
        &["ret = '<0': `ret` is known when the call has been executed, too late for"],
    );
}

#[test]
fn a_name_that_another_file_has_given_is_refused() {
    let one = "[[rule]]\ncalls = 'read'\nlog = true\nname = 'x'\n";
    let sources = [file(one), rule("fsync:log:name=y"), file(one), rule("fsync:log:name=y")];
    let errors = parse(&sources).unwrap_err();
    assert_eq!(errors.iter().map(|error| error.source).collect::<Vec<_>>(), [2, 3]);
    assert_eq!(
        shown(&sources, &errors),
        [
            "x: rule 1 is already named `x`; give each rule a name of its own",
            "y: rule 2 is already named `y`; give each rule a name of its own"
        ]
    );
}

#[test]
fn mistakes_of_every_kind_are_told_at_once_each_alone() {
    refuses(
        "[[rule]]\ncalls = ['mysnc']\npth = 'a'\nerror = EIO\nwhen = 0\n\n[[rule]]\ncalls = 'execve'\nafter = true\nretval = '0\nlog = 1\n\n[[rule]]\ncalls = 'fsync'\nlog = tru\n",
        &[
            "mysnc: unknown syscall `mysnc`",
            "pth: unknown key `pth`",
            "EIO: text stands in quotes; write `\"EIO\"`",
            "0: matches are counted from 1",
            "execve: `execve` cannot be given another result after it was done",
            "'0: this quote is never closed",
            "1: `log` takes `true` or `false`",
            "tru: this is no TOML: invalid boolean",
        ],
    );
}

#[test]
fn a_header_that_is_not_closed_hides_its_own_rule_alone() {
    refuses(
        "[[rule]]\ncalls = 'raed'\nlog = true\n[[rule]\ncalls = 'wriet'\nlgo = true\n[[rule]]\ncalls = 'fysnc'\nlog = true\n",
        &["raed: unknown syscall", ": this is no TOML: unclosed array table", "fysnc: unknown syscall"],
    );
}
