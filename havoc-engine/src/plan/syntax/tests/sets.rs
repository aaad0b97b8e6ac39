//! Sets of calls.
use super::*;

fn names(text: &str) -> Vec<&'static str> {
    let numbers = rule(text).numbers(Abi::X86_64);
    numbers.into_iter().filter_map(|number| names::name_of(Abi::X86_64, number)).collect()
}

#[test]
fn a_class_an_expression_and_a_negation_stand_for_their_calls() {
    assert_eq!(names("%lock:log"), ["flock"]);
    assert_eq!(names("/^f.*sync$:log"), ["fsync", "fdatasync"]);
    assert_eq!(names("fsync,/^msync$:log"), ["msync", "fsync"]);
    let others = names("!%file,msync:log");
    assert!(others.contains(&"fsync") && !others.contains(&"open") && !others.contains(&"msync"));
    assert!(rule("\"/^(fsync|msync){1,2}$\":log").calls.contains(Abi::X86_64, 26));
}

#[test]
fn a_call_that_may_not_exist_is_taken_with_a_question_mark() {
    assert_eq!(rule("?open,?from_the_future,msync:log").numbers(Abi::X86_64), [2, 26].into());
    refuses("?open-at:log", &["open-at: unknown syscall `open-at`"]);
    refuses_on(Abi::Aarch64, "open:log", &["open: `open` does not exist on aarch64"]);
}

#[test]
fn a_width_is_asked_for_behind_an_at() {
    let only_32 = rule("write@32:log");
    assert!(only_32.numbers(Abi::X86_64).is_empty());
    assert_eq!(only_32.numbers(Abi::I386), [4].into());
    assert!(rule("%lock@64:log").numbers(Abi::I386).is_empty());
    refuses("write@x32:log", &["@x32: calls of x32 are not judged"]);
    refuses("write@16:log", &["@16: `@16` is no width; write `@64` or `@32`"]);
}

#[test]
fn sets_that_mean_nothing_are_refused() {
    refuses("%persits:log", &["%persits: unknown class `%persits`; did you mean `%persist`?"]);
    refuses("/(:log", &["/(: this is no regular expression; error: unclosed group"]);
    refuses("/zzzz:log", &["/zzzz: no call's name holds `zzzz`"]);
    refuses("/:log", &["/: an expression is missing"]);
    refuses("!all:log", &["!all: nothing is left of all calls"]);
    refuses("!:log", &[": a name is missing"]);
}

#[test]
fn what_came_by_a_class_is_left_out_where_the_rule_makes_no_sense_and_what_is_named_is_refused() {
    let process = rule("%process:error=EPERM:after");
    assert!(process.left_out.iter().any(|(name, _)| name == "fork"));
    assert!(process.numbers(Abi::X86_64).contains(&61), "wait4 is there");
    refuses("%process,fork:error=EPERM:after", &["fork: `fork` cannot be given another result"]);
    let negated = rule("!msync:error=EPERM:after");
    assert!(negated.left_out.iter().any(|(name, _)| name == "execve"));
}

#[test]
fn a_set_prints_as_it_was_written() {
    for text in [
        "%persist:log",
        "!%file,msync:log",
        "?open,?%lock,write@32,26,all@64:log",
        "/^f.*sync$:log",
        "\"/^(fsync|msync){1,2}$\":log",
        "%%stat:log",
    ] {
        assert_eq!(rule(text).to_string(), text);
    }
}
