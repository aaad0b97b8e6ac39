//! Calls on the machine: modules, keys, tracing, security modules.
use super::call;
use crate::signature::layout;
use crate::signature::names::process::*;
use crate::signature::{Kind::*, ResultKind, Signature};

/// The rows of this family.
pub(super) const CALLS: &[Signature] = &[
    call("uname", &[Out(&layout::UTSNAME)]),
    call("sysinfo", &[Out(&layout::SYSINFO)]),
    call("sethostname", &[BufferIn { length: 1 }, Int]),
    call("setdomainname", &[BufferIn { length: 1 }, Int]),
    call("getrandom", &[BufferOut, Size, Flags(RANDOM)]),
    call("reboot", &[OneOf(REBOOT_MAGIC_1), OneOf(REBOOT_MAGIC_2), OneOf(REBOOT), Address]),
    call("syslog", &[OneOf(SYSLOG), Address, Int]),
    call("vhangup", &[]),
    call("iopl", &[Int]),
    call("ioperm", &[Hex, Hex, Int]),
    call("modify_ldt", &[Int, Address, Size]),
    call("set_thread_area", &[Address]),
    call("get_thread_area", &[Address]),
    // modules and kernels
    call("init_module", &[Address, Size, Text]),
    call("finit_module", &[Fd, Text, Flags(MODULE)]),
    call("delete_module", &[Text, Flags(MODULE_DELETE)]),
    call("kexec_load", &[Address, Size, Address, Flags(KEXEC)]),
    call("kexec_file_load", &[Fd, Fd, Size, Text, Flags(KEXEC_FILE)]),
    // keys
    call("add_key", &[Text, Text, BufferIn { length: 3 }, Size, Int]),
    call("request_key", &[Text, Text, Text, Int]),
    call("keyctl", &[OneOf(KEYCTL), Word, Word, Word, Word]),
    // tracing
    call("bpf", &[OneOf(BPF), Address, Uint]),
    call("perf_event_open", &[Address, Task, Int, Fd, Flags(PERF)]).gives(ResultKind::Fd),
    call("uprobe", &[]),
    call("uretprobe", &[]),
    call("lookup_dcookie", &[Hex, BufferOut, Size]),
    // security modules
    call("landlock_create_ruleset", &[Address, Size, Flags(LANDLOCK_CREATE)]).gives(ResultKind::Fd),
    call("landlock_add_rule", &[Fd, OneOf(LANDLOCK_RULE), Address, Flags(&[])]),
    call("landlock_restrict_self", &[Fd, Hex]),
    call("lsm_get_self_attr", &[Uint, Address, Address, Hex]),
    call("lsm_set_self_attr", &[Uint, Address, Uint, Hex]),
    call("lsm_list_modules", &[Address, Address, Hex]),
];
