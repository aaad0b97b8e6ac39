//! Actions, and what they exclude.
use super::*;
use crate::plan::{Corrupt, Poke, Short};
use crate::signal::Signal;
use std::time::Duration;

#[test]
fn every_action_is_read_and_prints_in_normal_form() {
    for (text, normal) in [
        ("read:error=EIO,ENOSPC,5", "read:error=EIO,ENOSPC,EIO"),
        ("read:short=7", "read:short=7"),
        ("read:short=50%:corrupt=flip/3", "read:short=50%:corrupt=flip/3"),
        ("write:corrupt=fill/170", "write:corrupt=fill/0xaa"),
        ("write:corrupt=fill/0", "write:corrupt=zero"),
        ("write:kill", "write:kill"),
        ("write:after:kill", "write:kill:after"),
        ("write:arg3:=2:arg1:=1", "write:arg3:=2:arg1:=1"),
        ("openat:arg3:=O_RDONLY", "openat:arg3:=O_RDONLY"),
        ("fsync:syscall=getpid:retval=0", "fsync:retval=0:syscall=getpid"),
        ("read:poke_exit=@arg2=00FF:retval=2", "read:retval=2:poke_exit=@arg2=00ff"),
        ("read:poke_enter=@arg2=01,@arg1=02", "read:poke_enter=@arg2=01,@arg1=02"),
        ("read:delay_enter=1500:delay_exit=2s", "read:delay_enter=1500us:delay_exit=2s"),
        ("read:signal=USR1", "read:signal=SIGUSR1"),
        ("read:signal=34", "read:signal=SIGRT_2"),
        ("read:error=EIO:uncounted", "read:error=EIO:uncounted"),
    ] {
        assert_eq!(rule(text).to_string(), normal, "{text}");
        assert_eq!(Rule { text: text.into(), ..rule(normal) }, rule(text), "{text}");
    }
}

#[test]
fn several_actions_of_a_rule_are_kept_apart() {
    let action =
        rule("write:short=1:corrupt=flip/2:poke_enter=@arg2=ab:delay_enter=1ms:signal=TERM:log").action;
    assert_eq!(
        action,
        Action {
            short: Some(Short::Bytes(1)),
            corrupt: Some(Corrupt::Flip(2)),
            poke_enter: vec![Poke { index: 1, bytes: vec![0xab] }],
            delay_enter: Some(Duration::from_millis(1)),
            signal: Some(Signal::TERM),
            log: true,
            ..Action::default()
        }
    );
}

#[test]
fn actions_that_exclude_each_other_are_refused() {
    refuses("read:error=EIO:short=1", &["short=1: `short` and `error` exclude each other"]);
    refuses("read:kill:retval=0", &["retval=0: `retval` and `kill` exclude each other"]);
    refuses("read:kill:delay_exit=1", &["delay_exit=1: `delay_exit` and `kill` exclude each other"]);
    refuses("write:kill:after:poke_exit=@arg2=00", &["poke_exit=@arg2=00: `poke_exit` and `kill` exclude"]);
    refuses("read:syscall=getpid:arg1:=5", &["syscall=getpid: a call that is never executed needs no other"]);
    refuses("read:syscall=getpid:short=1", &["short=1: `short` and `syscall` exclude each other"]);
    refuses("read:short=1:short=2", &["short=2: `short` is there twice"]);
    refuses("read:arg3:=1:arg3:=2", &["arg3:=2: `arg3` is given two values; keep one"]);
    refuses(
        "read:arg3:=1:error=EIO",
        &["error=EIO: a call that is never executed needs no other arguments; leave one"],
    );
    assert!(parse(&["read:arg3:=1:error=EIO:after"]).is_ok());
}

/// A torn write, and then the crash: what is written at the end of a machine's life.
#[test]
fn the_last_call_may_be_changed_before_it_is_executed_but_not_if_it_never_is() {
    for change in
        ["arg3:=3", "short=3", "short=50%", "corrupt=flip/1", "short=3:corrupt=zero", "poke_enter=@arg2=00"]
    {
        for text in [format!("write:{change}:kill:after"), format!("write:kill:after:{change}")] {
            assert!(parse(&[&text]).is_ok(), "{text}");
        }
    }
    refuses(
        "read:kill:arg1:=5",
        &[
            "kill: a call that is never executed needs no other arguments; leave one of the two out, or write `kill:after`",
        ],
    );
    for change in ["short=3", "corrupt=zero", "poke_enter=@arg2=00"] {
        let complaint = format!(
            "{change}: with `kill` the call is never executed, so that this changes nothing; leave it out, or write `kill:after`"
        );
        refuses(&format!("write:{change}:kill"), &[&complaint]);
        refuses(&format!("write:instead:kill:{change}"), &[&complaint]);
    }
}

#[test]
fn values_of_actions_that_mean_nothing_are_refused() {
    refuses(
        "read:short=0",
        &["0: a transfer of 0 bytes is no short one; nothing at all would mean the end of the file"],
    );
    refuses("read:short=0%", &["0%: a transfer of 0% is no short one"]);
    refuses("read:short=100%", &["100%: `100%` is no part of the whole"]);
    refuses("read:short=-1", &["-1: `-1` is no number of bytes"]);
    refuses("read:corrupt=flip", &["flip: `flip` is no way to corrupt data"]);
    refuses("read:corrupt=flip/0", &["flip/0: `0` is no number of bits"]);
    refuses("read:corrupt=fill/256", &["fill/256: `256` is no byte"]);
    refuses("read:corrupt=fill/0x+1", &["fill/0x+1: `0x+1` is no byte"]);
    refuses("read:signal=SIGFOO", &["SIGFOO: unknown signal `SIGFOO`"]);
    refuses("read:signal=TREM", &["TREM: unknown signal `TREM`; did you mean `SIGTERM`?"]);
    refuses("read:signal=65", &["65: `65` is no signal number"]);
    refuses("read:delay_enter=1m", &["1m: `1m` is no time; write `60s`"]);
    refuses(
        "read:delay_enter=soon",
        &["soon: `soon` is no time; write `2s`, `100ms`, `50us` or `10ns`; a bare number"],
    );
    refuses("read:poke_enter=arg1=00", &["arg1=00: `arg1` is none of `@arg1` to `@arg6`"]);
    refuses("read:poke_enter=@arg1=0", &["@arg1=0: `0` is no row of bytes"]);
    refuses("read:poke_enter=@arg1=00,@arg1=11", &["@arg1=11: what `arg1` points to is written twice"]);
    refuses("read:kill=yes", &["kill=yes: `kill` takes no value; write `kill` alone, or `kill:after`"]);
    refuses("read:syscall=getpit", &["getpit: unknown syscall `getpit`; did you mean `getpid`?"]);
    refuses("read:syscall=unlink", &["unlink: `unlink` cannot stand in for another call"]);
    refuses("read:error=EIO,ENOTHING", &["ENOTHING: unknown error name `ENOTHING`"]);
}

#[test]
fn actions_that_a_call_cannot_have_are_refused() {
    refuses("fsync:short=1", &["fsync: `fsync` cannot come short: it moves no data"]);
    refuses("sendfile:corrupt=zero", &["sendfile: nothing of `sendfile` can be corrupted"]);
    refuses(
        "exit_group:kill:after",
        &["exit_group: nothing can be done when `exit_group` has been executed"],
    );
    refuses(
        "exit_group:delay_exit=1s",
        &["exit_group: nothing can be done when `exit_group` has been executed"],
    );
    refuses("execve:poke_exit=@arg2=00", &["execve: nothing can be done when `execve` has been executed"]);
    refuses("rt_sigreturn:error=EINTR", &["rt_sigreturn: `rt_sigreturn` cannot be given a result"]);
    refuses("rt_sigreturn:syscall=getpid", &["rt_sigreturn: `rt_sigreturn` cannot be given a result"]);
    for harmless in ["signal=TERM", "delay_enter=1ms", "delay_exit=1ms", "kill", "kill:after", "log"] {
        assert!(parse(&[&format!("rt_sigreturn:{harmless}")]).is_ok(), "{harmless} gives no result");
    }
    refuses("fsync:arg2:=1", &["fsync: `fsync` has no `arg2`: it has fewer"]);
    assert!(rule("%desc:short=1").left_out.iter().any(|(name, _)| name == "fsync"));
}

#[test]
fn what_is_not_counted_can_neither_be_logged_nor_picked_by_number() {
    refuses("read:error=EIO:uncounted:log", &["log: what is `uncounted` is not logged"]);
    refuses("read:error=EIO:uncounted:when=2", &["when=2: `when` counts, and `uncounted` does not"]);
    refuses("read:error=EIO:uncounted:chance=5%", &["chance=5%: `chance` counts, and `uncounted` does not"]);
    refuses(
        "read:error=EIO:signal=TERM:uncounted",
        &["uncounted: `uncounted` goes with `error` or `retval` alone"],
    );
    refuses("read:delay_enter=1:uncounted", &["uncounted: `uncounted` goes with `error` or `retval` alone"]);
}

#[test]
fn an_error_that_the_manual_does_not_list_is_noted_where_the_call_is_named() {
    assert_eq!(rule("fsync:error=ENOANO").notes, ["the manual does not list ENOANO for fsync"]);
    assert!(rule("fsync:error=EIO").notes.is_empty());
    assert!(rule("%persist:error=ENOANO").notes.is_empty());
}
