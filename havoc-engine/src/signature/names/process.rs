//! The flag words of calls on processes, signals, time and the system. Names as strace spells them, values of the kernel's UAPI headers.
use super::Names;

/// Makes the table of the flags that clone(2) and clone3(2) share, and of those that are given. uapi/linux/sched.h.
macro_rules! clone_flags {
    [$($more:tt)*] => {
        &[
            (0x100, "CLONE_VM"),
            (0x200, "CLONE_FS"),
            (0x400, "CLONE_FILES"),
            (0x800, "CLONE_SIGHAND"),
            (0x1000, "CLONE_PIDFD"),
            (0x2000, "CLONE_PTRACE"),
            (0x4000, "CLONE_VFORK"),
            (0x8000, "CLONE_PARENT"),
            (0x1_0000, "CLONE_THREAD"),
            (0x2_0000, "CLONE_NEWNS"),
            (0x4_0000, "CLONE_SYSVSEM"),
            (0x8_0000, "CLONE_SETTLS"),
            (0x10_0000, "CLONE_PARENT_SETTID"),
            (0x20_0000, "CLONE_CHILD_CLEARTID"),
            (0x40_0000, "CLONE_DETACHED"),
            (0x80_0000, "CLONE_UNTRACED"),
            (0x100_0000, "CLONE_CHILD_SETTID"),
            (0x200_0000, "CLONE_NEWCGROUP"),
            (0x400_0000, "CLONE_NEWUTS"),
            (0x800_0000, "CLONE_NEWIPC"),
            (0x1000_0000, "CLONE_NEWUSER"),
            (0x2000_0000, "CLONE_NEWPID"),
            (0x4000_0000, "CLONE_NEWNET"),
            (0x8000_0000, "CLONE_IO"),
            $($more)*
        ]
    };
}
pub(super) use clone_flags;

/// Flags of clone, without the signal in the low byte.
pub const CLONE: Names = clone_flags![];

/// Flags of unshare and setns, where the low byte is no signal. uapi/linux/sched.h.
pub const UNSHARE: Names = &[
    (0x80, "CLONE_NEWTIME"),
    (0x100, "CLONE_VM"),
    (0x200, "CLONE_FS"),
    (0x400, "CLONE_FILES"),
    (0x800, "CLONE_SIGHAND"),
    (0x1_0000, "CLONE_THREAD"),
    (0x2_0000, "CLONE_NEWNS"),
    (0x4_0000, "CLONE_SYSVSEM"),
    (0x200_0000, "CLONE_NEWCGROUP"),
    (0x400_0000, "CLONE_NEWUTS"),
    (0x800_0000, "CLONE_NEWIPC"),
    (0x1000_0000, "CLONE_NEWUSER"),
    (0x2000_0000, "CLONE_NEWPID"),
    (0x4000_0000, "CLONE_NEWNET"),
];

/// Options of wait4 and waitid. uapi/linux/wait.h; WSTOPPED is WUNTRACED.
pub const WAIT: Names = &[
    (1, "WNOHANG"),
    (2, "WSTOPPED"),
    (4, "WEXITED"),
    (8, "WCONTINUED"),
    (0x100_0000, "WNOWAIT"),
    (0x2000_0000, "__WNOTHREAD"),
    (0x4000_0000, "__WALL"),
    (0x8000_0000, "__WCLONE"),
];

/// Whom waitid waits for. uapi/linux/wait.h.
pub const WAIT_FOR: Names = &[(0, "P_ALL"), (1, "P_PID"), (2, "P_PGID"), (3, "P_PIDFD")];

/// Operations of futex, with FUTEX_PRIVATE_FLAG or without. uapi/linux/futex.h.
pub const FUTEX: Names = &[
    (0, "FUTEX_WAIT"),
    (1, "FUTEX_WAKE"),
    (2, "FUTEX_FD"),
    (3, "FUTEX_REQUEUE"),
    (4, "FUTEX_CMP_REQUEUE"),
    (5, "FUTEX_WAKE_OP"),
    (6, "FUTEX_LOCK_PI"),
    (7, "FUTEX_UNLOCK_PI"),
    (8, "FUTEX_TRYLOCK_PI"),
    (9, "FUTEX_WAIT_BITSET"),
    (0xa, "FUTEX_WAKE_BITSET"),
    (0xb, "FUTEX_WAIT_REQUEUE_PI"),
    (0xc, "FUTEX_CMP_REQUEUE_PI"),
    (0xd, "FUTEX_LOCK_PI2"),
    (0x80, "FUTEX_WAIT_PRIVATE"),
    (0x81, "FUTEX_WAKE_PRIVATE"),
    (0x83, "FUTEX_REQUEUE_PRIVATE"),
    (0x84, "FUTEX_CMP_REQUEUE_PRIVATE"),
    (0x85, "FUTEX_WAKE_OP_PRIVATE"),
    (0x86, "FUTEX_LOCK_PI_PRIVATE"),
    (0x87, "FUTEX_UNLOCK_PI_PRIVATE"),
    (0x88, "FUTEX_TRYLOCK_PI_PRIVATE"),
    (0x89, "FUTEX_WAIT_BITSET_PRIVATE"),
    (0x8a, "FUTEX_WAKE_BITSET_PRIVATE"),
    (0x8b, "FUTEX_WAIT_REQUEUE_PI_PRIVATE"),
    (0x8c, "FUTEX_CMP_REQUEUE_PI_PRIVATE"),
    (0x8d, "FUTEX_LOCK_PI2_PRIVATE"),
];

/// What may be added to a futex operation. uapi/linux/futex.h.
pub const FUTEX_BITS: Names = &[(0x100, "FUTEX_CLOCK_REALTIME")];

/// The set of bits that fits every waiter. uapi/linux/futex.h.
pub const FUTEX_BITSET: Names = &[(0xffff_ffff, "FUTEX_BITSET_MATCH_ANY")];

/// Flags of futex_wait, futex_wake and futex_waitv's words. uapi/linux/futex.h.
pub const FUTEX2: Names = &[
    (3, "FUTEX2_SIZE_U64"),
    (1, "FUTEX2_SIZE_U16"),
    (2, "FUTEX2_SIZE_U32"),
    (4, "FUTEX2_NUMA"),
    (0x80, "FUTEX2_PRIVATE"),
];

/// Clocks. uapi/linux/time.h.
pub const CLOCK: Names = &[
    (0, "CLOCK_REALTIME"),
    (1, "CLOCK_MONOTONIC"),
    (2, "CLOCK_PROCESS_CPUTIME_ID"),
    (3, "CLOCK_THREAD_CPUTIME_ID"),
    (4, "CLOCK_MONOTONIC_RAW"),
    (5, "CLOCK_REALTIME_COARSE"),
    (6, "CLOCK_MONOTONIC_COARSE"),
    (7, "CLOCK_BOOTTIME"),
    (8, "CLOCK_REALTIME_ALARM"),
    (9, "CLOCK_BOOTTIME_ALARM"),
    (0xa, "CLOCK_SGI_CYCLE"),
    (0xb, "CLOCK_TAI"),
];

/// Flags of clock_nanosleep and timer_settime. uapi/linux/time.h.
pub const TIMER: Names = &[(1, "TIMER_ABSTIME")];

/// Flags of timerfd_create. uapi/linux/timerfd.h.
pub const TIMERFD: Names = &[(0x8_0000, "TFD_CLOEXEC"), (0x800, "TFD_NONBLOCK")];

/// Flags of timerfd_settime. uapi/linux/timerfd.h.
pub const TIMERFD_SET: Names = &[(1, "TFD_TIMER_ABSTIME"), (2, "TFD_TIMER_CANCEL_ON_SET")];

/// Timers of setitimer. uapi/linux/time.h.
pub const INTERVAL_TIMER: Names = &[(0, "ITIMER_REAL"), (1, "ITIMER_VIRTUAL"), (2, "ITIMER_PROF")];

/// What rt_sigprocmask does. uapi/asm-generic/signal-defs.h.
pub const SIGNAL_MASK: Names = &[(0, "SIG_BLOCK"), (1, "SIG_UNBLOCK"), (2, "SIG_SETMASK")];

/// Flags of signalfd4. uapi/linux/signalfd.h.
pub const SIGNALFD: Names = &[(0x8_0000, "SFD_CLOEXEC"), (0x800, "SFD_NONBLOCK")];

/// Flags of pidfd_open. uapi/linux/pidfd.h.
pub const PIDFD: Names = &[(0x800, "PIDFD_NONBLOCK"), (0x80, "PIDFD_THREAD")];

/// Flags of pidfd_send_signal. uapi/linux/pidfd.h.
pub const PIDFD_SIGNAL: Names =
    &[(1, "PIDFD_SIGNAL_THREAD"), (2, "PIDFD_SIGNAL_THREAD_GROUP"), (4, "PIDFD_SIGNAL_PROCESS_GROUP")];

/// Options of prctl. uapi/linux/prctl.h.
pub const PRCTL: Names = &[
    (1, "PR_SET_PDEATHSIG"),
    (2, "PR_GET_PDEATHSIG"),
    (3, "PR_GET_DUMPABLE"),
    (4, "PR_SET_DUMPABLE"),
    (5, "PR_GET_UNALIGN"),
    (6, "PR_SET_UNALIGN"),
    (7, "PR_GET_KEEPCAPS"),
    (8, "PR_SET_KEEPCAPS"),
    (9, "PR_GET_FPEMU"),
    (0xa, "PR_SET_FPEMU"),
    (0xb, "PR_GET_FPEXC"),
    (0xc, "PR_SET_FPEXC"),
    (0xd, "PR_GET_TIMING"),
    (0xe, "PR_SET_TIMING"),
    (0xf, "PR_SET_NAME"),
    (0x10, "PR_GET_NAME"),
    (0x13, "PR_GET_ENDIAN"),
    (0x14, "PR_SET_ENDIAN"),
    (0x15, "PR_GET_SECCOMP"),
    (0x16, "PR_SET_SECCOMP"),
    (0x17, "PR_CAPBSET_READ"),
    (0x18, "PR_CAPBSET_DROP"),
    (0x19, "PR_GET_TSC"),
    (0x1a, "PR_SET_TSC"),
    (0x1b, "PR_GET_SECUREBITS"),
    (0x1c, "PR_SET_SECUREBITS"),
    (0x1d, "PR_SET_TIMERSLACK"),
    (0x1e, "PR_GET_TIMERSLACK"),
    (0x1f, "PR_TASK_PERF_EVENTS_DISABLE"),
    (0x20, "PR_TASK_PERF_EVENTS_ENABLE"),
    (0x21, "PR_MCE_KILL"),
    (0x22, "PR_MCE_KILL_GET"),
    (0x23, "PR_SET_MM"),
    (0x24, "PR_SET_CHILD_SUBREAPER"),
    (0x25, "PR_GET_CHILD_SUBREAPER"),
    (0x26, "PR_SET_NO_NEW_PRIVS"),
    (0x27, "PR_GET_NO_NEW_PRIVS"),
    (0x28, "PR_GET_TID_ADDRESS"),
    (0x29, "PR_SET_THP_DISABLE"),
    (0x2a, "PR_GET_THP_DISABLE"),
    (0x2b, "PR_MPX_ENABLE_MANAGEMENT"),
    (0x2c, "PR_MPX_DISABLE_MANAGEMENT"),
    (0x2d, "PR_SET_FP_MODE"),
    (0x2e, "PR_GET_FP_MODE"),
    (0x2f, "PR_CAP_AMBIENT"),
    (0x32, "PR_SVE_SET_VL"),
    (0x33, "PR_SVE_GET_VL"),
    (0x34, "PR_GET_SPECULATION_CTRL"),
    (0x35, "PR_SET_SPECULATION_CTRL"),
    (0x36, "PR_PAC_RESET_KEYS"),
    (0x37, "PR_SET_TAGGED_ADDR_CTRL"),
    (0x38, "PR_GET_TAGGED_ADDR_CTRL"),
    (0x39, "PR_SET_IO_FLUSHER"),
    (0x3a, "PR_GET_IO_FLUSHER"),
    (0x3b, "PR_SET_SYSCALL_USER_DISPATCH"),
    (0x3c, "PR_PAC_SET_ENABLED_KEYS"),
    (0x3d, "PR_PAC_GET_ENABLED_KEYS"),
    (0x3e, "PR_SCHED_CORE"),
    (0x3f, "PR_SME_SET_VL"),
    (0x40, "PR_SME_GET_VL"),
    (0x41, "PR_SET_MDWE"),
    (0x42, "PR_GET_MDWE"),
    (0x43, "PR_SET_MEMORY_MERGE"),
    (0x44, "PR_GET_MEMORY_MERGE"),
    (0x5356_4d41, "PR_SET_VMA"),
    (0x4155_5856, "PR_GET_AUXV"),
    (0x5961_6d61, "PR_SET_PTRACER"),
];

/// Codes of arch_prctl. arch/x86/include/uapi/asm/prctl.h.
pub const ARCH_PRCTL: Names = &[
    (0x1001, "ARCH_SET_GS"),
    (0x1002, "ARCH_SET_FS"),
    (0x1003, "ARCH_GET_FS"),
    (0x1004, "ARCH_GET_GS"),
    (0x1011, "ARCH_GET_CPUID"),
    (0x1012, "ARCH_SET_CPUID"),
    (0x1021, "ARCH_GET_XCOMP_SUPP"),
    (0x1022, "ARCH_GET_XCOMP_PERM"),
    (0x1023, "ARCH_REQ_XCOMP_PERM"),
    (0x1024, "ARCH_GET_XCOMP_GUEST_PERM"),
    (0x1025, "ARCH_REQ_XCOMP_GUEST_PERM"),
    (0x2001, "ARCH_MAP_VDSO_X32"),
    (0x2002, "ARCH_MAP_VDSO_32"),
    (0x2003, "ARCH_MAP_VDSO_64"),
    (0x4001, "ARCH_GET_UNTAG_MASK"),
    (0x4002, "ARCH_ENABLE_TAGGED_ADDR"),
    (0x4003, "ARCH_GET_MAX_TAG_BITS"),
    (0x4004, "ARCH_FORCE_TAGGED_SVA"),
    (0x5001, "ARCH_SHSTK_ENABLE"),
    (0x5002, "ARCH_SHSTK_DISABLE"),
    (0x5003, "ARCH_SHSTK_LOCK"),
    (0x5004, "ARCH_SHSTK_UNLOCK"),
    (0x5005, "ARCH_SHSTK_STATUS"),
];

/// Requests of ptrace. uapi/linux/ptrace.h.
pub const PTRACE: Names = &[
    (0, "PTRACE_TRACEME"),
    (1, "PTRACE_PEEKTEXT"),
    (2, "PTRACE_PEEKDATA"),
    (3, "PTRACE_PEEKUSER"),
    (4, "PTRACE_POKETEXT"),
    (5, "PTRACE_POKEDATA"),
    (6, "PTRACE_POKEUSER"),
    (7, "PTRACE_CONT"),
    (8, "PTRACE_KILL"),
    (9, "PTRACE_SINGLESTEP"),
    (0xc, "PTRACE_GETREGS"),
    (0xd, "PTRACE_SETREGS"),
    (0xe, "PTRACE_GETFPREGS"),
    (0xf, "PTRACE_SETFPREGS"),
    (0x10, "PTRACE_ATTACH"),
    (0x11, "PTRACE_DETACH"),
    (0x18, "PTRACE_SYSCALL"),
    (0x4200, "PTRACE_SETOPTIONS"),
    (0x4201, "PTRACE_GETEVENTMSG"),
    (0x4202, "PTRACE_GETSIGINFO"),
    (0x4203, "PTRACE_SETSIGINFO"),
    (0x4204, "PTRACE_GETREGSET"),
    (0x4205, "PTRACE_SETREGSET"),
    (0x4206, "PTRACE_SEIZE"),
    (0x4207, "PTRACE_INTERRUPT"),
    (0x4208, "PTRACE_LISTEN"),
    (0x4209, "PTRACE_PEEKSIGINFO"),
    (0x420a, "PTRACE_GETSIGMASK"),
    (0x420b, "PTRACE_SETSIGMASK"),
    (0x420c, "PTRACE_SECCOMP_GET_FILTER"),
    (0x420d, "PTRACE_SECCOMP_GET_METADATA"),
    (0x420e, "PTRACE_GET_SYSCALL_INFO"),
    (0x4212, "PTRACE_SET_SYSCALL_INFO"),
    (0x420f, "PTRACE_GET_RSEQ_CONFIGURATION"),
    (0x4210, "PTRACE_SET_SYSCALL_USER_DISPATCH_CONFIG"),
    (0x4211, "PTRACE_GET_SYSCALL_USER_DISPATCH_CONFIG"),
];

/// Limits of prlimit64. uapi/asm-generic/resource.h.
pub const RESOURCE: Names = &[
    (0, "RLIMIT_CPU"),
    (1, "RLIMIT_FSIZE"),
    (2, "RLIMIT_DATA"),
    (3, "RLIMIT_STACK"),
    (4, "RLIMIT_CORE"),
    (5, "RLIMIT_RSS"),
    (6, "RLIMIT_NPROC"),
    (7, "RLIMIT_NOFILE"),
    (8, "RLIMIT_MEMLOCK"),
    (9, "RLIMIT_AS"),
    (0xa, "RLIMIT_LOCKS"),
    (0xb, "RLIMIT_SIGPENDING"),
    (0xc, "RLIMIT_MSGQUEUE"),
    (0xd, "RLIMIT_NICE"),
    (0xe, "RLIMIT_RTPRIO"),
    (0xf, "RLIMIT_RTTIME"),
];

/// Whose usage getrusage tells. uapi/linux/resource.h.
pub const USAGE_OF: Names = &[
    (0, "RUSAGE_SELF"),
    (0xffff_ffff, "RUSAGE_CHILDREN"),
    (0xffff_fffe, "RUSAGE_BOTH"),
    (1, "RUSAGE_THREAD"),
];

/// Whose priority getpriority tells. uapi/linux/resource.h.
pub const PRIORITY_OF: Names = &[(0, "PRIO_PROCESS"), (1, "PRIO_PGRP"), (2, "PRIO_USER")];

/// Whose I/O priority ioprio_get tells. uapi/linux/ioprio.h.
pub const IO_PRIORITY_OF: Names =
    &[(1, "IOPRIO_WHO_PROCESS"), (2, "IOPRIO_WHO_PGRP"), (3, "IOPRIO_WHO_USER")];

/// Scheduling policies. uapi/linux/sched.h.
pub const SCHEDULER: Names = &[
    (0, "SCHED_OTHER"),
    (1, "SCHED_FIFO"),
    (2, "SCHED_RR"),
    (3, "SCHED_BATCH"),
    (4, "SCHED_ISO"),
    (5, "SCHED_IDLE"),
    (6, "SCHED_DEADLINE"),
    (7, "SCHED_EXT"),
];

/// What may be added to a scheduling policy. uapi/linux/sched.h.
pub const SCHEDULER_BITS: Names = &[(0x4000_0000, "SCHED_RESET_ON_FORK")];

/// Operations of seccomp. uapi/linux/seccomp.h.
pub const SECCOMP: Names = &[
    (0, "SECCOMP_SET_MODE_STRICT"),
    (1, "SECCOMP_SET_MODE_FILTER"),
    (2, "SECCOMP_GET_ACTION_AVAIL"),
    (3, "SECCOMP_GET_NOTIF_SIZES"),
];

/// Flags of SECCOMP_SET_MODE_FILTER. uapi/linux/seccomp.h.
pub const SECCOMP_FLAGS: Names = &[
    (1, "SECCOMP_FILTER_FLAG_TSYNC"),
    (2, "SECCOMP_FILTER_FLAG_LOG"),
    (4, "SECCOMP_FILTER_FLAG_SPEC_ALLOW"),
    (8, "SECCOMP_FILTER_FLAG_NEW_LISTENER"),
    (0x10, "SECCOMP_FILTER_FLAG_TSYNC_ESRCH"),
    (0x20, "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"),
];

/// What kcmp compares. uapi/linux/kcmp.h.
pub const KCMP: Names = &[
    (0, "KCMP_FILE"),
    (1, "KCMP_VM"),
    (2, "KCMP_FILES"),
    (3, "KCMP_FS"),
    (4, "KCMP_SIGHAND"),
    (5, "KCMP_IO"),
    (6, "KCMP_SYSVSEM"),
    (7, "KCMP_EPOLL_TFD"),
];

/// Flags of execveat. uapi/linux/fcntl.h.
pub const EXEC_AT: Names =
    &[(0x100, "AT_SYMLINK_NOFOLLOW"), (0x1000, "AT_EMPTY_PATH"), (0x1_0000, "AT_EXECVE_CHECK")];

/// Flags of getrandom. uapi/linux/random.h.
pub const RANDOM: Names = &[(1, "GRND_NONBLOCK"), (2, "GRND_RANDOM"), (4, "GRND_INSECURE")];

/// Flags of rseq. uapi/linux/rseq.h.
pub const RSEQ: Names = &[(1, "RSEQ_FLAG_UNREGISTER")];

/// Flags of finit_module. uapi/linux/module.h.
pub const MODULE: Names = &[
    (1, "MODULE_INIT_IGNORE_MODVERSIONS"),
    (2, "MODULE_INIT_IGNORE_VERMAGIC"),
    (4, "MODULE_INIT_COMPRESSED_FILE"),
];

/// Flags of delete_module. kernel/module/main.c.
pub const MODULE_DELETE: Names = &[(0x800, "O_NONBLOCK"), (0x200, "O_TRUNC")];

/// Flags of kexec_file_load. uapi/linux/kexec.h.
pub const KEXEC_FILE: Names = &[
    (1, "KEXEC_FILE_UNLOAD"),
    (2, "KEXEC_FILE_ON_CRASH"),
    (4, "KEXEC_FILE_NO_INITRAMFS"),
    (8, "KEXEC_FILE_DEBUG"),
];

/// Flags of kexec_load, without the architecture in the high half. uapi/linux/kexec.h.
pub const KEXEC: Names = &[(1, "KEXEC_ON_CRASH"), (2, "KEXEC_PRESERVE_CONTEXT")];

/// First key of reboot. uapi/linux/reboot.h.
pub const REBOOT_MAGIC_1: Names = &[(0xfee1_dead, "LINUX_REBOOT_MAGIC1")];

/// Second key of reboot. uapi/linux/reboot.h.
pub const REBOOT_MAGIC_2: Names = &[
    (0x2812_1969, "LINUX_REBOOT_MAGIC2"),
    (0x512_1996, "LINUX_REBOOT_MAGIC2A"),
    (0x1604_1998, "LINUX_REBOOT_MAGIC2B"),
    (0x2011_2000, "LINUX_REBOOT_MAGIC2C"),
];

/// Commands of reboot. uapi/linux/reboot.h.
pub const REBOOT: Names = &[
    (0x123_4567, "LINUX_REBOOT_CMD_RESTART"),
    (0xcdef_0123, "LINUX_REBOOT_CMD_HALT"),
    (0x89ab_cdef, "LINUX_REBOOT_CMD_CAD_ON"),
    (0, "LINUX_REBOOT_CMD_CAD_OFF"),
    (0x4321_fedc, "LINUX_REBOOT_CMD_POWER_OFF"),
    (0xa1b2_c3d4, "LINUX_REBOOT_CMD_RESTART2"),
    (0xd000_fce2, "LINUX_REBOOT_CMD_SW_SUSPEND"),
    (0x4558_4543, "LINUX_REBOOT_CMD_KEXEC"),
];

/// Commands of bpf. uapi/linux/bpf.h.
pub const BPF: Names = &[
    (0, "BPF_MAP_CREATE"),
    (1, "BPF_MAP_LOOKUP_ELEM"),
    (2, "BPF_MAP_UPDATE_ELEM"),
    (3, "BPF_MAP_DELETE_ELEM"),
    (4, "BPF_MAP_GET_NEXT_KEY"),
    (5, "BPF_PROG_LOAD"),
    (6, "BPF_OBJ_PIN"),
    (7, "BPF_OBJ_GET"),
    (8, "BPF_PROG_ATTACH"),
    (9, "BPF_PROG_DETACH"),
    (0xa, "BPF_PROG_TEST_RUN"),
    (0xb, "BPF_PROG_GET_NEXT_ID"),
    (0xc, "BPF_MAP_GET_NEXT_ID"),
    (0xd, "BPF_PROG_GET_FD_BY_ID"),
    (0xe, "BPF_MAP_GET_FD_BY_ID"),
    (0xf, "BPF_OBJ_GET_INFO_BY_FD"),
    (0x10, "BPF_PROG_QUERY"),
    (0x11, "BPF_RAW_TRACEPOINT_OPEN"),
    (0x12, "BPF_BTF_LOAD"),
    (0x13, "BPF_BTF_GET_FD_BY_ID"),
    (0x14, "BPF_TASK_FD_QUERY"),
    (0x15, "BPF_MAP_LOOKUP_AND_DELETE_ELEM"),
    (0x16, "BPF_MAP_FREEZE"),
    (0x17, "BPF_BTF_GET_NEXT_ID"),
    (0x18, "BPF_MAP_LOOKUP_BATCH"),
    (0x19, "BPF_MAP_LOOKUP_AND_DELETE_BATCH"),
    (0x1a, "BPF_MAP_UPDATE_BATCH"),
    (0x1b, "BPF_MAP_DELETE_BATCH"),
    (0x1c, "BPF_LINK_CREATE"),
    (0x1d, "BPF_LINK_UPDATE"),
    (0x1e, "BPF_LINK_GET_FD_BY_ID"),
    (0x1f, "BPF_LINK_GET_NEXT_ID"),
    (0x20, "BPF_ENABLE_STATS"),
    (0x21, "BPF_ITER_CREATE"),
    (0x22, "BPF_LINK_DETACH"),
    (0x23, "BPF_PROG_BIND_MAP"),
    (0x24, "BPF_TOKEN_CREATE"),
];

/// Flags of perf_event_open. uapi/linux/perf_event.h.
pub const PERF: Names = &[
    (1, "PERF_FLAG_FD_NO_GROUP"),
    (2, "PERF_FLAG_FD_OUTPUT"),
    (4, "PERF_FLAG_PID_CGROUP"),
    (8, "PERF_FLAG_FD_CLOEXEC"),
];

/// Operations of keyctl. uapi/linux/keyctl.h.
pub const KEYCTL: Names = &[
    (0, "KEYCTL_GET_KEYRING_ID"),
    (1, "KEYCTL_JOIN_SESSION_KEYRING"),
    (2, "KEYCTL_UPDATE"),
    (3, "KEYCTL_REVOKE"),
    (4, "KEYCTL_CHOWN"),
    (5, "KEYCTL_SETPERM"),
    (6, "KEYCTL_DESCRIBE"),
    (7, "KEYCTL_CLEAR"),
    (8, "KEYCTL_LINK"),
    (9, "KEYCTL_UNLINK"),
    (0xa, "KEYCTL_SEARCH"),
    (0xb, "KEYCTL_READ"),
    (0xc, "KEYCTL_INSTANTIATE"),
    (0xd, "KEYCTL_NEGATE"),
    (0xe, "KEYCTL_SET_REQKEY_KEYRING"),
    (0xf, "KEYCTL_SET_TIMEOUT"),
    (0x10, "KEYCTL_ASSUME_AUTHORITY"),
    (0x11, "KEYCTL_GET_SECURITY"),
    (0x12, "KEYCTL_SESSION_TO_PARENT"),
    (0x13, "KEYCTL_REJECT"),
    (0x14, "KEYCTL_INSTANTIATE_IOV"),
    (0x15, "KEYCTL_INVALIDATE"),
    (0x16, "KEYCTL_GET_PERSISTENT"),
];

/// Commands of syslog. include/linux/syslog.h.
pub const SYSLOG: Names = &[
    (0, "SYSLOG_ACTION_CLOSE"),
    (1, "SYSLOG_ACTION_OPEN"),
    (2, "SYSLOG_ACTION_READ"),
    (3, "SYSLOG_ACTION_READ_ALL"),
    (4, "SYSLOG_ACTION_READ_CLEAR"),
    (5, "SYSLOG_ACTION_CLEAR"),
    (6, "SYSLOG_ACTION_CONSOLE_OFF"),
    (7, "SYSLOG_ACTION_CONSOLE_ON"),
    (8, "SYSLOG_ACTION_CONSOLE_LEVEL"),
    (9, "SYSLOG_ACTION_SIZE_UNREAD"),
    (0xa, "SYSLOG_ACTION_SIZE_BUFFER"),
];

/// Flags of landlock_create_ruleset. uapi/linux/landlock.h.
pub const LANDLOCK_CREATE: Names =
    &[(1, "LANDLOCK_CREATE_RULESET_VERSION"), (2, "LANDLOCK_CREATE_RULESET_ERRATA")];

/// Rule types of landlock_add_rule. uapi/linux/landlock.h.
pub const LANDLOCK_RULE: Names = &[(1, "LANDLOCK_RULE_PATH_BENEATH"), (2, "LANDLOCK_RULE_NET_PORT")];

/// Where a policy of the scheduler stands among its bits.
pub const SCHEDULER_MASK: u64 = 0xfff_ffff;
