//! Structs of calls on processes, signals and users, as strace writes them.
use super::structure::packed;
use super::*;

const ZERO: Returned = Returned::Value(0);

#[test]
fn clone3_shows_what_its_flags_read_and_then_what_it_wrote() {
    let arguments = packed(
        88,
        &[(0, 8, 0x10_1000), (8, 8, 0x2000), (16, 8, 5), (24, 8, 0x2004), (32, 8, 17), (56, 8, 9)],
    );
    let ids = packed(8, &[(0, 4, 5), (4, 4, 4712)]);
    // strace 6.1: clone3({flags=CLONE_PIDFD|CLONE_PARENT_SETTID, pidfd=0x7ffc892fdbc8, parent_tid=0x7ffc892fdbcc,
    // exit_signal=SIGCHLD, stack=NULL, stack_size=0} => {pidfd=[19], parent_tid=[31925]}, 88) = 31925
    let shown = "{flags=CLONE_PIDFD|CLONE_PARENT_SETTID, pidfd=&0x2000, parent_tid=&0x2004, \
                 exit_signal=SIGCHLD, stack=NULL, stack_size=0}";
    for abi in [Abi::X86_64, Abi::Aarch64, Abi::I386] {
        let task = Task::new().with(0x1000, &arguments).with(0x2000, &ids);
        check_on(abi, &task, "clone3", &[0x1000, 88], &format!("BEGUN {shown}, 88"));
        let wrote = format!("{shown} => {{pidfd=[5<pipe:[7]>], parent_tid=[t:4712]}}, 88");
        check_exit_on(abi, &task, "clone3", &[0x1000, 88], Returned::Value(4712), &wrote);
        check_exit_on(abi, &task, "clone3", &[0x1000, 88], error(11), &format!("{shown}, 88"));
        check_on(abi, &task, "clone3", &[0x1000, 63], "&0x1000, 63");
        check_on(abi, &task, "clone3", &[0x9000, 88], "&0x9000, 88");
    }
    let thread = packed(64, &[(0, 8, 0x0128_0000), (16, 8, 5), (40, 8, 6), (48, 8, 0x1000), (56, 8, 9)]);
    let task = Task::new().with(0x1000, &thread);
    let shown = "{flags=CLONE_SETTLS|CLONE_CHILD_CLEARTID|CLONE_CHILD_SETTID, child_tid=&0x5, exit_signal=0, \
                 stack=&0x6, stack_size=0x1000, tls=&0x9}, 64";
    check_exit(&task, "clone3", &[0x1000, 64], Returned::Value(1), shown);
}

/// kernel/fork.c refuses an exit_signal that is no signal as a whole, and finds a signal in none of its halves.
#[test]
fn a_field_of_64_bits_is_no_signal_by_its_low_half() {
    let clone3 = |flags: u64, signal: u64, cgroup: u64, shown: &str| {
        let task = Task::new().with(0x1000, &packed(88, &[(0, 8, flags), (32, 8, signal), (80, 8, cgroup)]));
        check_exit(&task, "clone3", &[0x1000, 88], error(22), &format!("{{{shown}}}, 88"));
    };
    let rest = "stack=NULL, stack_size=0";
    clone3(0, 17, 0, &format!("flags=0, exit_signal=SIGCHLD, {rest}"));
    clone3(0, 0xdead_face_0000_0011, 0, &format!("flags=0, exit_signal=0xdeadface00000011, {rest}"));
    // A cgroup without the flag for it is shown as the number that it is, with it as a descriptor.
    clone3(0, 0, 3, &format!("flags=0, exit_signal=0, {rest}, cgroup=3"));
    clone3(
        0x2_0000_0000,
        0,
        3,
        &format!("flags=CLONE_INTO_CGROUP, exit_signal=0, {rest}, cgroup=3</data/a>"),
    );
}

#[test]
fn a_wait_status_is_told_by_the_macros_of_wait() {
    let status = |status: u32, returned, shown: &str| {
        let task = Task::new().with(0x1000, &status.to_ne_bytes());
        check_exit(&task, "wait4", &[7, 0x1000, 0, 0], returned, &format!("t:7, {shown}, 0, NULL"));
    };
    let seven = Returned::Value(7);
    status(0x300, seven, "[{WIFEXITED(s) && WEXITSTATUS(s) == 3}]");
    status(9, seven, "[{WIFSIGNALED(s) && WTERMSIG(s) == SIGKILL}]");
    status(0x8b, seven, "[{WIFSIGNALED(s) && WTERMSIG(s) == SIGSEGV && WCOREDUMP(s)}]");
    status(0x137f, seven, "[{WIFSTOPPED(s) && WSTOPSIG(s) == SIGSTOP}]");
    status(0x857f, seven, "[{WIFSTOPPED(s) && WSTOPSIG(s) == SIGTRAP | 0x80}]");
    status(0x6_057f, seven, "[{WIFSTOPPED(s) && WSTOPSIG(s) == SIGTRAP}|PTRACE_EVENT_EXIT<<16]");
    status(0xffff, seven, "[{WIFCONTINUED(s)}]");
    status(0xff, seven, "[0xff]");
    // WNOHANG and nothing to tell: nothing was written.
    status(0x300, ZERO, "&0x1000");
    status(0x300, error(10), "&0x1000");
}

#[test]
fn what_is_known_of_a_child_depends_on_how_it_ended() {
    let info = |abi: Abi, fields: &[(usize, u64)]| {
        // Behind the code the union begins at a word.
        let base = if abi.is_64_bit() { 16 } else { 12 };
        let all: Vec<_> = fields
            .iter()
            .map(|&(offset, value)| (if offset < 12 { offset } else { base + offset - 12 }, 4, value))
            .collect();
        Task::new().with(0x1000, &packed(128, &all))
    };
    for abi in [Abi::X86_64, Abi::I386] {
        let wait = |fields: &[(usize, u64)], shown: &str| {
            let shown = format!("P_PID, t:7, {shown}, WEXITED, NULL");
            check_exit_on(abi, &info(abi, fields), "waitid", &[1, 7, 0x1000, 4, 0], ZERO, &shown);
        };
        // strace 6.1: {si_signo=SIGCHLD, si_code=CLD_KILLED, si_pid=31926, si_uid=0, si_status=SIGKILL, si_utime=0,
        // si_stime=0}
        let child = |code, status| [(0, 17), (8, code), (12, 7), (16, 5), (20, status)];
        let tail = "si_utime=~0, si_stime=~0}";
        let start = |code: &str| format!("{{si_signo=SIGCHLD, si_code={code}, si_pid=t:7, si_uid=5");
        let trapped = [(0, 31), (8, 1), (20, 110), (24, 0xc000_003e)];
        if abi.is_64_bit() {
            let shown = "{si_signo=SIGSYS, si_code=SYS_SECCOMP, si_call_addr=NULL, si_syscall=110, si_arch=0xc000003e}";
            wait(&trapped, shown);
        }
        wait(&child(2, 9), &format!("{}, si_status=SIGKILL, {tail}", start("CLD_KILLED")));
        wait(&child(1, 3), &format!("{}, si_status=3, {tail}", start("CLD_EXITED")));
        wait(&[], "{}");
    }
}

#[test]
fn a_queued_signal_shows_its_value_and_a_fault_its_address() {
    let queue = |fields: &[(usize, usize, u64)], shown: &str| {
        let task = Task::new().with(0x1000, &packed(128, fields));
        check(&task, "rt_sigqueueinfo", &[7, 12, 0x1000], &format!("t:7, SIGUSR2, {shown}"));
    };
    let minus_one = 0xffff_ffff;
    // strace 6.1: {si_signo=SIGUSR2, si_code=SI_QUEUE, si_pid=31918, si_uid=0, si_int=5, si_ptr=0x5}
    queue(
        &[(0, 4, 12), (8, 4, minus_one), (16, 4, 7), (24, 8, 5)],
        "{si_signo=SIGUSR2, si_code=SI_QUEUE, si_pid=t:7, si_uid=0, si_int=5, si_ptr=&0x5}",
    );
    queue(
        &[(0, 4, 12), (8, 4, 0), (16, 4, 7), (20, 4, 5)],
        "{si_signo=SIGUSR2, si_code=SI_USER, si_pid=t:7, si_uid=5}",
    );
    queue(
        &[(0, 4, 11), (4, 4, 1), (8, 4, 1), (16, 8, 0x1234)],
        "{si_signo=SIGSEGV, si_code=SEGV_MAPERR, si_errno=EPERM, si_addr=&0x1234}",
    );
}

#[test]
fn signal_actions_have_the_kernels_layout() {
    // strace 6.1: {sa_handler=0x55a12482d649, sa_mask=[INT], sa_flags=SA_RESTORER|SA_RESTART, sa_restorer=0x7f18dc7a7050}
    let shown = "{sa_handler=&0x5000, sa_mask=[INT], sa_flags=SA_RESTORER|SA_RESTART, sa_restorer=&0x6000}";
    let wide = packed(32, &[(0, 8, 0x5000), (8, 8, 0x1400_0000), (16, 8, 0x6000), (24, 8, 2)]);
    let narrow = packed(20, &[(0, 4, 0x5000), (4, 4, 0x1400_0000), (8, 4, 0x6000), (12, 8, 2)]);
    let old = packed(16, &[(0, 4, 0x5000), (4, 4, 2), (8, 4, 0x1400_0000), (12, 4, 0x6000)]);
    let ignored = "{sa_handler=SIG_IGN, sa_mask=[], sa_flags=0}";
    for (abi, name, bytes, tail) in [
        (Abi::X86_64, "rt_sigaction", wide, ", 8"),
        (Abi::I386, "rt_sigaction", narrow, ", 8"),
        (Abi::I386, "sigaction", old, ""),
    ] {
        let former = packed(bytes.len(), &[(0, 4, 1)]);
        let task = Task::new().with(0x1000, &bytes).with(0x2000, &former);
        let given = [10, 0x1000, 0x2000, 8];
        check_exit_on(abi, &task, name, &given, ZERO, &format!("SIGUSR1, {shown}, {ignored}{tail}"));
        check_exit_on(abi, &task, name, &given, error(22), &format!("SIGUSR1, {shown}, &0x2000{tail}"));
    }
}

#[test]
fn sets_of_signals_that_the_call_writes_are_shown() {
    let task = Task::new().with_words(0x1000, &[1 << 11]).with_words(0x2000, &[0]);
    // strace 6.1: rt_sigprocmask(SIG_BLOCK, [USR2], [], 8) = 0
    check_exit(&task, "rt_sigprocmask", &[0, 0x1000, 0x2000, 8], ZERO, "SIG_BLOCK, [USR2], [], 8");
    check_exit(&task, "rt_sigpending", &[0x1000, 8], ZERO, "[USR2], 8");
    check_exit_on(Abi::I386, &task, "sigpending", &[0x1000], ZERO, "[USR2]");
}

#[test]
fn limits_are_products_of_1024_and_have_the_width_of_the_call() {
    // strace 6.1: {rlim_cur=8192*1024, rlim_max=RLIM64_INFINITY}
    let task = Task::new().with_words(0x1000, &[8 << 20, u64::MAX]).with_words(0x2000, &[1000, 1024]);
    let given = [0, 3, 0x2000, 0x1000];
    let shown = "t:0, RLIMIT_STACK, {rlim_cur=1000, rlim_max=1024}, \
                 {rlim_cur=8192*1024, rlim_max=RLIM64_INFINITY}";
    for abi in [Abi::X86_64, Abi::I386] {
        check_exit_on(abi, &task, "prlimit64", &given, ZERO, shown);
    }
    let narrow = Task::new().with(0x1000, &packed(8, &[(0, 4, 8 << 20), (4, 4, 0xffff_ffff)]));
    for name in ["getrlimit", "ugetrlimit"] {
        let shown = "RLIMIT_STACK, {rlim_cur=8192*1024, rlim_max=RLIM_INFINITY}";
        check_exit_on(Abi::I386, &narrow, name, &[3, 0x1000], ZERO, shown);
    }
}

#[test]
fn ids_and_stacks_are_shown() {
    let task = Task::new()
        .with(0x1000, &packed(12, &[(0, 4, 1000), (4, 4, 1001), (8, 4, 0xffff_ffff)]))
        .with(0x2000, &packed(24, &[(0, 8, 0x5000), (8, 4, 2), (16, 8, 8192)]))
        .with(0x3000, &packed(12, &[(0, 4, 0x5000), (4, 4, 2), (8, 4, 8192)]));
    check_exit(&task, "getresuid", &[0x1000, 0x1004, 0x1008], ZERO, "[1000], [1001], [-1]");
    check_exit(&task, "getgroups", &[3, 0x1000], Returned::Value(2), "3, [1000, 1001]");
    check_exit(&task, "getgroups", &[0, 0], Returned::Value(2), "0, NULL");
    check(&task, "setgroups", &[2, 0x1000], "2, [1000, 1001]");
    // strace 6.1: sigaltstack({ss_sp=0x55a15b1db2a0, ss_flags=0, ss_size=65536}, …)
    let stack = "{ss_sp=&0x5000, ss_flags=SS_DISABLE, ss_size=8192}, NULL";
    check(&task, "sigaltstack", &[0x2000, 0], stack);
    check_on(Abi::I386, &task, "sigaltstack", &[0x3000, 0], stack);
    check_exit(&task, "sched_getparam", &[0, 0x1000], ZERO, "t:0, {sched_priority=1000}");
}

#[test]
fn an_array_shows_as_much_as_a_string() {
    let ids: Vec<u8> = (0..40_u32).flat_map(u32::to_ne_bytes).collect();
    let task = Task::new().with(0x1000, &ids);
    let listed = |ids: std::ops::Range<u32>| ids.map(|id| id.to_string()).collect::<Vec<_>>().join(", ");
    check(&task, "setgroups", &[40, 0x1000], &format!("40, [{}, ...]", listed(0..32)));
    // Memory ends before the array does.
    check(&task, "setgroups", &[32, 0x1000 + 36], &format!("32, [{}, ... /* &0x10a0 */]", listed(9..40)));
    let whole = task.with_style(32, false);
    check(&whole, "setgroups", &[40, 0x1000], &format!("40, [{}]", listed(0..40)));
}
