//! Calls on processes, threads and who they are.
use super::call;
use crate::signature::layout;
use crate::signature::names::process::*;
use crate::signature::{Kind, Kind::*, ResultKind, Signature};

/// The rows of this family.
pub(super) const CALLS: &[Signature] = &[
    // start and end
    call("fork", &[]).gives(ResultKind::Task),
    call("vfork", &[]).gives(ResultKind::Task),
    // The order of the last two differs: x86_64 has child_tid before tls, aarch64 (CONFIG_CLONE_BACKWARDS) after it.
    // Both are addresses.
    call("clone", &[CloneFlags, Address, Address, Address, Address]).gives(ResultKind::Task),
    call("clone3", &[CloneArgs, Size]).gives(ResultKind::Task),
    call("execve", &[Path, Strings, StringCount]),
    call("execveat", &[DirFd, Path, Strings, StringCount, Flags(EXEC_AT)]),
    call("exit", &[Int]).gives(ResultKind::None),
    call("exit_group", &[Int]).gives(ResultKind::None),
    call("wait4", &[Task, OutIfPositive(&layout::WAIT_STATUS), Flags(WAIT), Address]).gives(ResultKind::Task),
    call("waitid", &[OneOf(WAIT_FOR), Task, Out(&layout::SIGINFO), Flags(WAIT), Address]),
    call("unshare", &[Flags(UNSHARE)]),
    call("setns", &[Fd, Flags(UNSHARE)]),
    call("set_tid_address", &[Address]).gives(ResultKind::Task),
    call("pidfd_open", &[Task, Flags(PIDFD)]).gives(ResultKind::Fd),
    call("pidfd_getfd", &[Fd, Int, Flags(&[])]).gives(ResultKind::Fd),
    call("kcmp", &[Task, Task, OneOf(KCMP), Hex, Hex]),
    call("ptrace", &[OneOf(PTRACE), Task, Word, Word]),
    call("prctl", &[OneOf(PRCTL), Word, Word, Word, Word]),
    call("arch_prctl", &[OneOf(ARCH_PRCTL), Word]),
    call("seccomp", &[OneOf(SECCOMP), Flags(SECCOMP_FLAGS), Address]),
    call("personality", &[Hex]).gives(ResultKind::Hex),
    // who it is
    call("getpid", &[]).gives(ResultKind::Task),
    call("gettid", &[]).gives(ResultKind::Task),
    call("getppid", &[]).gives(ResultKind::Task),
    call("getpgid", &[Task]).gives(ResultKind::Task),
    call("getpgrp", &[]).gives(ResultKind::Task),
    call("getsid", &[Task]).gives(ResultKind::Task),
    call("setpgid", &[Task, Task]),
    call("setsid", &[]).gives(ResultKind::Task),
    call("getuid", &[]),
    call("geteuid", &[]),
    call("getgid", &[]),
    call("getegid", &[]),
    call("getresuid", &[Out(&layout::ID), Out(&layout::ID), Out(&layout::ID)]),
    call("getresgid", &[Out(&layout::ID), Out(&layout::ID), Out(&layout::ID)]),
    call("getgroups", &[Int, Out(&layout::GROUPS_OUT)]),
    call("setuid", &[Id]),
    call("setgid", &[Id]),
    call("setreuid", &[Id, Id]),
    call("setregid", &[Id, Id]),
    call("setresuid", &[Id, Id, Id]),
    call("setresgid", &[Id, Id, Id]),
    call("setfsuid", &[Id]),
    call("setfsgid", &[Id]),
    call("setgroups", &[Int, In(&layout::GROUPS)]),
    call("capget", &[Address, Address]),
    call("capset", &[Address, Address]),
    // limits and scheduling
    call("getrlimit", &[OneOf(RESOURCE), Out(&layout::RLIMIT64)]),
    call("setrlimit", &[OneOf(RESOURCE), In(&layout::RLIMIT64)]),
    call("prlimit64", &[Task, OneOf(RESOURCE), In(&layout::RLIMIT64), Out(&layout::RLIMIT64)]),
    call("getrusage", &[OneOf(USAGE_OF), Address]),
    call("getpriority", &[OneOf(PRIORITY_OF), Task]),
    call("setpriority", &[OneOf(PRIORITY_OF), Task, Int]),
    call("ioprio_get", &[OneOf(IO_PRIORITY_OF), Task]).gives(ResultKind::Hex),
    call("ioprio_set", &[OneOf(IO_PRIORITY_OF), Task, Hex]),
    call("sched_yield", &[]),
    call("sched_setscheduler", &[Task, POLICY, In(&layout::SCHED_PARAM)]),
    call("sched_getscheduler", &[Task]).gives(ResultKind::Policy),
    call("sched_setparam", &[Task, In(&layout::SCHED_PARAM)]),
    call("sched_getparam", &[Task, Out(&layout::SCHED_PARAM)]),
    call("sched_setattr", &[Task, Address, Flags(&[])]),
    call("sched_getattr", &[Task, Address, Uint, Flags(&[])]),
    call("sched_setaffinity", &[Task, Uint, Cpus { length: 1 }]),
    call("sched_getaffinity", &[Task, Uint, CpusOut]),
    call("sched_get_priority_max", &[POLICY]),
    call("sched_get_priority_min", &[POLICY]),
    call("sched_rr_get_interval", &[Task, Out(&layout::TIMESPEC)]),
    call("sched_rr_get_interval_time64", &[Task, Out(&layout::TIMESPEC64)]),
    call("getcpu", &[Out(&layout::CPU), Out(&layout::CPU), Address]),
    // waiting on memory
    call("futex", &[Address, FUTEX_OPERATION, Uint, Word, Address, Uint]),
    call("futex_time64", &[Address, FUTEX_OPERATION, Uint, Word, Address, Uint]),
    call("futex_wait", &[Address, Hex, Hex, Flags(FUTEX2), Timespec, OneOf(CLOCK)]),
    call("futex_wake", &[Address, Hex, Int, Flags(FUTEX2)]),
    call("futex_requeue", &[Address, Flags(&[]), Int, Int]),
    call("futex_waitv", &[Address, Uint, Flags(&[]), Timespec, OneOf(CLOCK)]),
    call("set_robust_list", &[Address, Size]),
    call("get_robust_list", &[Task, Address, Address]),
    call("rseq", &[Address, Uint, Flags(RSEQ), Hex]),
    call("rseq_slice_yield", &[]),
];

const POLICY: Kind = Masked { mask: SCHEDULER_MASK, value: SCHEDULER, bits: SCHEDULER_BITS };
/// The operation of futex(2).
pub(in crate::signature) const FUTEX_OPERATION: Kind = Masked { mask: 0xff, value: FUTEX, bits: FUTEX_BITS };
