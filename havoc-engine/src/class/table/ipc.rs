//! System V IPC and POSIX message queues.
use super::*;

/// The rows of this family.
pub(super) const CALLS: &[Row] = &[
    row("shmget", IPC, NONE),
    row("shmat", MEMORY | IPC, MAP),
    row("shmdt", MEMORY | IPC, MAP),
    row("shmctl", IPC, NONE),
    row("semget", IPC, NONE),
    // Like futex: who posts a semaphore calls the same.
    row("semop", IPC, WAIT),
    row("semtimedop", IPC, WAIT),
    row("semtimedop_time64", IPC, WAIT),
    row("semctl", IPC, NONE),
    row("msgget", IPC, NONE),
    // No descriptor: `read-data` and `write-data` are about what goes through one, as POSIX queues below do.
    row("msgsnd", IPC, NONE),
    row("msgrcv", IPC, NONE),
    row("msgctl", IPC, NONE),
    row("mq_open", DESC, OPEN | FD_BUDGET),
    row("mq_unlink", NONE, NAME_CHANGE),
    row("mq_timedsend", DESC, WRITE_DATA),
    row("mq_timedsend_time64", DESC, WRITE_DATA),
    row("mq_timedreceive", DESC, READ_DATA),
    row("mq_timedreceive_time64", DESC, READ_DATA),
    row("mq_notify", DESC, NONE),
    row("mq_getsetattr", DESC, NONE),
];
