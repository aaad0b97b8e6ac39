//! System V and POSIX message queues, semaphores and shared memory.
use super::call;
use crate::signature::layout;
use crate::signature::names::network::*;
use crate::signature::{Kind::*, ResultKind, Signature};

/// The rows of this family.
pub(super) const CALLS: &[Signature] = &[
    call("shmget", &[OneOf(IPC_KEY), Size, FlagsAndMode(SHM_GET)]),
    call("shmat", &[Int, Address, Flags(SHM_AT)]).gives(ResultKind::Address),
    call("shmdt", &[Address]),
    call("shmctl", &[Int, OneOf(SHM_COMMAND), Address]),
    call("semget", &[OneOf(IPC_KEY), Int, FlagsAndMode(IPC)]),
    call("semop", &[Int, In(&layout::SEMAPHORE_OPERATIONS), Uint]),
    call("semtimedop", &[Int, In(&layout::SEMAPHORE_OPERATIONS), Uint, Timespec]),
    call("semtimedop_time64", &[Int, In(&layout::SEMAPHORE_OPERATIONS), Uint, Timespec]),
    call("semctl", &[Int, Int, OneOf(SEM_COMMAND), Word]),
    call("msgget", &[OneOf(IPC_KEY), FlagsAndMode(IPC)]),
    call("msgsnd", &[Int, Address, Size, Flags(MSG_QUEUE)]),
    call("msgrcv", &[Int, Address, Size, Long, Flags(MSG_QUEUE)]),
    call("msgctl", &[Int, OneOf(MSG_COMMAND), Address]),
    // The names of POSIX queues are no paths of the task: they live in a file system of their own, mq_overview(7).
    call("mq_open", &[Text, OpenFlags, CreateMode, In(&layout::QUEUE)]).gives(ResultKind::Fd),
    call("mq_unlink", &[Text]),
    call("mq_timedsend", &[Fd, BufferIn { length: 2 }, Size, Uint, Timespec]),
    call("mq_timedsend_time64", &[Fd, BufferIn { length: 2 }, Size, Uint, Timespec]),
    call("mq_timedreceive", &[Fd, BufferOut, Size, Address, Timespec]),
    call("mq_timedreceive_time64", &[Fd, BufferOut, Size, Address, Timespec]),
    call("mq_notify", &[Fd, In(&layout::SIGEVENT)]),
    call("mq_getsetattr", &[Fd, In(&layout::QUEUE), Out(&layout::QUEUE)]),
];
