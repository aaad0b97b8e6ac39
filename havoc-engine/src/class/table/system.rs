//! Calls on the machine: modules, keys, tracing, security modules.
use super::*;

/// The rows of this family.
pub(super) const CALLS: &[Row] = &[
    row("uname", NONE, NONE),
    row("sysinfo", NONE, NONE),
    row("sethostname", NONE, NONE),
    row("setdomainname", NONE, NONE),
    row("getrandom", NONE, NONE),
    row("reboot", NONE, NONE),
    row("syslog", NONE, NONE),
    row("vhangup", NONE, NONE),
    row("iopl", NONE, NONE),
    row("ioperm", NONE, NONE),
    row("modify_ldt", NONE, NONE),
    row("set_thread_area", NONE, NONE),
    row("get_thread_area", NONE, NONE),
    row("init_module", NONE, NONE),
    row("finit_module", DESC, NONE),
    row("delete_module", NONE, NONE),
    row("kexec_load", NONE, NONE),
    row("kexec_file_load", DESC, NONE),
    row("add_key", NONE, NONE),
    row("request_key", NONE, NONE),
    row("keyctl", NONE, NONE),
    // Some commands give a descriptor (BPF_MAP_CREATE, BPF_PROG_LOAD), most act on one.
    row("bpf", DESC, NONE),
    row("perf_event_open", DESC, FD_BUDGET),
    // Since Linux 6.18, not in strace 7.2: no argument, as uretprobe.
    row("uprobe", NONE, NONE),
    row("uretprobe", NONE, NONE),
    row("lookup_dcookie", NONE, NONE),
    row("landlock_create_ruleset", DESC, FD_BUDGET),
    row("landlock_add_rule", DESC, NONE),
    row("landlock_restrict_self", DESC, NONE),
    row("lsm_get_self_attr", NONE, NONE),
    row("lsm_set_self_attr", NONE, NONE),
    row("lsm_list_modules", NONE, NONE),
];
