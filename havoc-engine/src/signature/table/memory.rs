//! Calls on the address space.
use super::call;
use crate::signature::names::memory::*;
use crate::signature::{Kind, Kind::*, ResultKind, Signature};

/// The rows of this family. A `Range` is what a path selector looks up; mmap and mremap have further conditions, which
/// the roles know.
pub(super) const CALLS: &[Signature] = &[
    call("mmap", &[Range { length: 1 }, Size, Flags(PROTECTION), MAP_FLAGS, Fd, Hex])
        .gives(ResultKind::Address),
    call("mremap", &[Range { length: 1 }, Size, Size, Flags(MREMAP), Address]).gives(ResultKind::Address),
    call("remap_file_pages", &[Range { length: 1 }, Size, Flags(PROTECTION), Size, MAP_FLAGS]),
    call("munmap", &[Range { length: 1 }, Size]),
    call("msync", &[Range { length: 1 }, Size, Flags(MSYNC)]),
    call("mprotect", &[Range { length: 1 }, Size, Flags(PROTECTION)]),
    call("pkey_mprotect", &[Range { length: 1 }, Size, Flags(PROTECTION), Int]),
    call("madvise", &[Range { length: 1 }, Size, OneOf(MADVISE)]),
    call("mlock", &[Range { length: 1 }, Size]),
    call("mlock2", &[Range { length: 1 }, Size, Flags(MLOCK2)]),
    call("munlock", &[Range { length: 1 }, Size]),
    call("mlockall", &[Flags(MLOCKALL)]),
    call("munlockall", &[]),
    call("mincore", &[Range { length: 1 }, Size, Address]),
    call("mseal", &[Range { length: 1 }, Size, Flags(&[])]),
    call("process_madvise", &[Fd, VectorElsewhere { count: 2 }, Size, OneOf(MADVISE), Flags(&[])]),
    call("process_mrelease", &[Fd, Flags(&[])]),
    call("brk", &[Address]).gives(ResultKind::Address),
    call("map_shadow_stack", &[Address, Size, Hex]).gives(ResultKind::Address),
    call("memfd_create", &[Text, Flags(MEMFD)]).gives(ResultKind::Fd),
    call("memfd_secret", &[OpenBits]).gives(ResultKind::Fd),
    call("userfaultfd", &[Flags(USERFAULT)]).gives(ResultKind::Fd),
    call("pkey_alloc", &[Flags(&[]), Flags(PKEY)]),
    call("pkey_free", &[Int]),
    // nodes of memory
    call("mbind", &[Range { length: 1 }, Size, POLICY, Address, Size, Flags(MBIND)]),
    call("set_mempolicy", &[POLICY, Address, Size]),
    call("get_mempolicy", &[Address, Address, Size, Address, Flags(GET_POLICY)]),
    call("set_mempolicy_home_node", &[Range { length: 1 }, Size, Size, Flags(&[])]),
    call("migrate_pages", &[Task, Size, Address, Address]),
    call("move_pages", &[Task, Size, Address, Address, Address, Flags(MBIND)]),
    // another process's memory
    call(
        "process_vm_readv",
        &[Task, VectorOut { count: 2 }, Size, VectorElsewhere { count: 4 }, Size, Flags(&[])],
    ),
    call(
        "process_vm_writev",
        &[Task, VectorIn { count: 2 }, Size, VectorElsewhere { count: 4 }, Size, Flags(&[])],
    ),
    call("membarrier", &[OneOf(MEMBARRIER), Flags(MEMBARRIER_FLAGS), Int]),
];

pub(super) const MAP_FLAGS: Kind = Masked { mask: 0xf, value: MAP_TYPE, bits: MAP };
const POLICY: Kind = Masked { mask: 0xfff, value: MEMORY_POLICY, bits: MEMORY_POLICY_FLAGS };
