//! Calls that have a number and no implementation (any more), or whose arguments nobody uses. All six are shown.
use super::call;
use crate::signature::{Kind, Kind::*, Signature};

const RAW: &[Kind] = &[Word; 6];

/// The rows of this family.
pub(super) const CALLS: &[Signature] = &[
    call("_sysctl", RAW),
    call("afs_syscall", RAW),
    call("create_module", RAW),
    call("epoll_ctl_old", RAW),
    call("epoll_wait_old", RAW),
    call("get_kernel_syms", RAW),
    call("getpmsg", RAW),
    call("nfsservctl", RAW),
    call("putpmsg", RAW),
    call("query_module", RAW),
    call("security", RAW),
    call("sysfs", RAW),
    call("tuxcall", RAW),
    call("uselib", &[Path]),
    call("vserver", RAW),
];
