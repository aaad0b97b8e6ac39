//! Results and the reasons of signals.
use super::*;

#[test]
fn results_are_shown_by_kind() {
    check_result("write", &[], Returned::Value(7), "7");
    check_result("lseek", &[], Returned::Value(-5000), "-5000");
    check_result("openat", &[], Returned::Value(3), "3</data/a>");
    check_result("openat", &[], Returned::Value(77), "fd:77");
    check_result("mmap", &[], Returned::Value(0x7000), "&0x7000</data/m>");
    check_result("brk", &[], Returned::Value(0), "NULL");
    check_result("fork", &[], Returned::Value(12), "t:12");
    check_result("fork", &[], Returned::Value(0), "t:0");
    check_result("exit_group", &[], Returned::Value(0), "?");
    check_result("umask", &[], Returned::Value(0o22), "022");
    check_result("personality", &[], Returned::Value(0x4_0000), "0x40000");
}

#[test]
fn errors_have_their_name_and_description() {
    check_result("msync", &[], error(5), "-1 EIO (Input/output error)");
    check_result("openat", &[], error(2), "-1 ENOENT (No such file or directory)");
    check_result("msync", &[], error(600), "-1 (errno 600)");
}

#[test]
fn restarts_tell_when_they_will_be() {
    for (restart, shown) in [
        (Restart::Sys, "? ERESTARTSYS (To be restarted if SA_RESTART is set)"),
        (Restart::NoIntr, "? ERESTARTNOINTR (To be restarted)"),
        (Restart::NoHand, "? ERESTARTNOHAND (To be restarted if no handler)"),
        (Restart::Block, "? ERESTART_RESTARTBLOCK (Interrupted by signal)"),
    ] {
        check_result("read", &[], Returned::Restart(restart), shown);
    }
}

#[test]
fn the_reason_of_a_signal_belongs_to_the_signal() {
    for (signal, code, name) in [
        (libc::SIGSEGV, 1, "SEGV_MAPERR"),
        (libc::SIGCHLD, 1, "CLD_EXITED"),
        (libc::SIGBUS, 2, "BUS_ADRERR"),
        (libc::SIGTERM, 0, "SI_USER"),
        (libc::SIGCHLD, -6, "SI_TKILL"),
        (libc::SIGUSR1, 0x80, "SI_KERNEL"),
        (libc::SIGUSR1, 1, "1"),
    ] {
        assert_eq!(signal_code(signal, code), name);
    }
}

#[test]
fn no_call_of_any_abi_panics_whatever_its_arguments() {
    let task = Task::new().with(0x1000, &[0xff; 64]);
    for abi in Abi::ALL {
        for number in 0..1024 {
            for value in [0, 1, 0x1000, 0x1030, 0x8000_0000, u64::MAX] {
                let view =
                    SyscallView { abi, number, args: [value; 6], instruction_pointer: 0, stack_pointer: 0 };
                let mut arguments = at_entry(&view, &task);
                for returned in
                    [Returned::Value(0), Returned::Value(i64::MAX), Returned::Value(-5000), error(1)]
                {
                    let mut arguments = arguments.clone();
                    at_exit(&mut arguments, &view, returned, &task);
                    assert!(!arguments.contains(&Argument::Pending));
                    let _ = result(&view, returned, &task);
                }
                at_exit(&mut arguments, &view, Returned::Restart(Restart::Sys), &task);
            }
        }
    }
}
