//! Calls of x86_64 that no kernel of ours executes any more, or ever did.
use super::*;

/// The rows of this family.
pub(super) const CALLS: &[Row] = &[
    row("_sysctl", NONE, NONE),
    row("afs_syscall", NONE, NONE),
    row("create_module", NONE, NONE),
    row("epoll_ctl_old", NONE, NONE),
    row("epoll_wait_old", NONE, WAIT),
    row("get_kernel_syms", NONE, NONE),
    row("getpmsg", NETWORK, NONE),
    row("nfsservctl", NONE, NONE),
    row("putpmsg", NETWORK, NONE),
    row("query_module", NONE, NONE),
    row("security", NONE, NONE),
    row("sysfs", NONE, NONE),
    row("tuxcall", NONE, NONE),
    // It maps a library. CONFIG_USELIB.
    row("uselib", FILE, MAP),
    row("vserver", NONE, NONE),
];
