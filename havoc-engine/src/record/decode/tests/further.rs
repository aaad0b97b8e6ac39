//! What sleeps, waits and is scheduled, as strace 6.1 writes it: structs of semaphores, queues, timers and masks.
use super::structure::packed;
use super::*;

const ZERO: Returned = Returned::Value(0);

/// Both widths of a word.
fn each(test: impl Fn(Abi, usize)) {
    for abi in [Abi::X86_64, Abi::I386] {
        test(abi, abi.word_size());
    }
}

#[test]
fn pselect_shows_the_set_of_signals_and_its_size() {
    each(|abi, word| {
        let pair = |set| packed(2 * word, &[(0, word, set), (word, word, 8)]);
        let task = Task::new().with(0x1000, &pair(0x2000)).with(0x1100, &pair(0)).with_words(0x2000, &[2]);
        let shown = |set: &str| format!("0, NULL, NULL, NULL, NULL, {{sigmask={set}, sigsetsize=8}}");
        check_on(abi, &task, "pselect6", &[0, 0, 0, 0, 0, 0x1000], &shown("[INT]"));
        check_on(abi, &task, "pselect6", &[0, 0, 0, 0, 0, 0x1100], &shown("NULL"));
        check_on(abi, &task, "pselect6", &[0, 0, 0, 0, 0, 0x9000], "0, NULL, NULL, NULL, NULL, &0x9000");
    });
}

#[test]
fn semop_shows_its_operations() {
    let operations = packed(12, &[(2, 2, 0xffff), (4, 2, 0x1800), (6, 2, 1), (8, 2, 2)]);
    let task = Task::new().with(0x1000, &operations);
    let shown = "[{sem_num=0, sem_op=-1, sem_flg=SEM_UNDO|IPC_NOWAIT}, {sem_num=1, sem_op=2, sem_flg=0}]";
    let waits = format!("5, {shown}, 2, NULL");
    check(&task, "semtimedop", &[5, 0x1000, 2, 0], &waits);
    check_on(Abi::I386, &task, "semtimedop_time64", &[5, 0x1000, 2, 0], &waits);
    check(&task, "semop", &[5, 0x1000, 2], &format!("5, {shown}, 2"));
    check(&task, "semop", &[5, 0x9000, 2], "5, &0x9000, 2");
}

#[test]
fn a_message_queue_shows_its_attributes() {
    each(|abi, word| {
        let attributes = packed(8 * word, &[(0, word, 0o4000), (word, word, 10), (2 * word, word, 8192)]);
        let task = Task::new().with(0x1000, &attributes).with(0x2000, b"q\0");
        let shown = "{mq_flags=O_NONBLOCK, mq_maxmsg=10, mq_msgsize=8192, mq_curmsgs=0}";
        let opened = format!(r#""q", O_RDWR|O_CREAT, 0600, {shown}"#);
        check_on(abi, &task, "mq_open", &[0x2000, 0o102, 0o600, 0x1000], &opened);
        let changed = format!("3</data/a>, {shown}, {shown}");
        check_exit_on(abi, &task, "mq_getsetattr", &[3, 0x1000, 0x1000], ZERO, &changed);
    });
}

#[test]
fn a_timer_shows_how_it_notifies() {
    each(|abi, word| {
        let event =
            |notify: u64| packed(64, &[(0, 4, 7), (word, 4, 14), (word + 4, 4, notify), (word + 8, 4, 4711)]);
        let shown = |notify, expected: &str| {
            let task = Task::new().with(0x1000, &event(notify));
            let value = "sigev_value={sival_int=7, sival_ptr=&0x7}";
            let expected = format!("CLOCK_MONOTONIC, {{{value}, {expected}}}, NULL");
            check_on(abi, &task, "timer_create", &[1, 0x1000, 0], &expected);
        };
        shown(0, "sigev_signo=SIGALRM, sigev_notify=SIGEV_SIGNAL");
        shown(1, "sigev_signo=14, sigev_notify=SIGEV_NONE");
        shown(4, "sigev_signo=SIGALRM, sigev_notify=SIGEV_THREAD_ID, sigev_notify_thread_id=t:4711");
    });
}

#[test]
fn a_mask_of_cpus_lists_them() {
    let task = Task::new().with(0x1000, &[0b11, 0, 0, 0, 0, 0, 0, 0x80]);
    check(&task, "sched_setaffinity", &[7, 8, 0x1000], "t:7, 8, [0 1 63]");
    check(&task, "sched_setaffinity", &[7, 1, 0x1000], "t:7, 1, [0 1]");
    check(&task, "sched_setaffinity", &[7, 9, 0x1000], "t:7, 9, &0x1000");
    check_exit(&task, "sched_getaffinity", &[7, 128, 0x1000], Returned::Value(8), "t:7, 128, [0 1 63]");
    check_exit(&task, "sched_getaffinity", &[7, 1, 0x1000], error(22), "t:7, 1, &0x1000");
}

#[test]
fn utime_shows_its_times() {
    each(|abi, word| {
        let task = Task::new().with(0x1000, &packed(2 * word, &[(0, word, 5), (word, word, 6)]));
        check_on(abi, &task, "utime", &[0, 0x1000], "NULL, {actime=5, modtime=6}");
    });
}

#[test]
fn a_policy_and_a_signal_that_a_call_gives_have_their_name() {
    check_result("sched_getscheduler", &[0], ZERO, "0 (SCHED_OTHER)");
    let marked = Returned::Value(0x4000_0001);
    check_result("sched_getscheduler", &[0], marked, "1073741825 (SCHED_FIFO|SCHED_RESET_ON_FORK)");
    check_result("rt_sigtimedwait", &[0, 0, 0, 8], Returned::Value(14), "14 (SIGALRM)");
}

#[test]
fn a_file_type_stands_before_the_bits_above_its_permissions() {
    let shown = "NULL, S_IFREG|S_ISUID|S_ISGID|S_ISVTX|0755";
    check(&Task::new(), "mknod", &[0, 0o107_755, 0], shown);
}
