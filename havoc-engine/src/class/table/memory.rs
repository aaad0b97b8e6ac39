//! Calls on the address space.
use super::*;

/// The rows of this family.
pub(super) const CALLS: &[Row] = &[
    row("mmap", DESC | MEMORY, MAP),
    row("mremap", MEMORY, MAP),
    row("remap_file_pages", MEMORY, MAP),
    row("munmap", MEMORY, MAP),
    // Also with MS_ASYNC, by which the kernel does nothing (since Linux 2.6.19): it is what the program meant.
    row("msync", MEMORY, PERSIST),
    row("mprotect", MEMORY, MAP),
    row("pkey_mprotect", MEMORY, MAP),
    row("madvise", MEMORY, MAP),
    row("mlock", MEMORY, MAP),
    row("mlock2", MEMORY, MAP),
    row("munlock", MEMORY, MAP),
    row("mlockall", MEMORY, MAP),
    row("munlockall", MEMORY, MAP),
    // It asks, and changes nothing.
    row("mincore", MEMORY, NONE),
    row("mseal", MEMORY, MAP),
    row("process_madvise", DESC, MAP),
    row("process_mrelease", DESC, NONE),
    row("brk", MEMORY, MAP),
    row("map_shadow_stack", MEMORY, MAP),
    row("memfd_create", DESC, OPEN | FD_BUDGET),
    row("memfd_secret", DESC, OPEN | FD_BUDGET),
    row("userfaultfd", DESC, FD_BUDGET),
    row("pkey_alloc", NONE, NONE),
    row("pkey_free", NONE, NONE),
    row("mbind", MEMORY, MAP),
    row("set_mempolicy", MEMORY, NONE),
    row("get_mempolicy", MEMORY, NONE),
    row("set_mempolicy_home_node", MEMORY, MAP),
    row("migrate_pages", MEMORY, NONE),
    row("move_pages", MEMORY, NONE),
    // Memory to memory: no file, pipe or socket has a part in it.
    row("process_vm_readv", NONE, NONE),
    row("process_vm_writev", NONE, NONE),
    row("membarrier", NONE, NONE),
];
