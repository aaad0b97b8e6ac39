//! The flag words of calls on memory. Names as strace spells them, values of the kernel's UAPI headers.
use super::Names;

/// Protection of pages. uapi/asm-generic/mman-common.h; PROT_BTI and PROT_MTE of
/// arch/arm64/include/uapi/asm/mman.h.
pub const PROTECTION: Names = &[
    (0, "PROT_NONE"),
    (1, "PROT_READ"),
    (2, "PROT_WRITE"),
    (4, "PROT_EXEC"),
    (8, "PROT_SEM"),
    (0x10, "PROT_BTI"),
    (0x20, "PROT_MTE"),
    (0x100_0000, "PROT_GROWSDOWN"),
    (0x200_0000, "PROT_GROWSUP"),
];

/// The type in the low four bits of mmap's flags. uapi/linux/mman.h.
pub const MAP_TYPE: Names =
    &[(0, "MAP_FILE"), (1, "MAP_SHARED"), (2, "MAP_PRIVATE"), (3, "MAP_SHARED_VALIDATE")];

/// The bits of mmap's flags. uapi/asm-generic/mman-common.h; MAP_32BIT of arch/x86/include/uapi/asm/mman.h.
pub const MAP: Names = &[
    (0x10, "MAP_FIXED"),
    (0x20, "MAP_ANONYMOUS"),
    (0x40, "MAP_32BIT"),
    (0x100, "MAP_GROWSDOWN"),
    (0x800, "MAP_DENYWRITE"),
    (0x1000, "MAP_EXECUTABLE"),
    (0x2000, "MAP_LOCKED"),
    (0x4000, "MAP_NORESERVE"),
    (0x8000, "MAP_POPULATE"),
    (0x1_0000, "MAP_NONBLOCK"),
    (0x2_0000, "MAP_STACK"),
    (0x4_0000, "MAP_HUGETLB"),
    (0x8_0000, "MAP_SYNC"),
    (0x10_0000, "MAP_FIXED_NOREPLACE"),
    (0x400_0000, "MAP_UNINITIALIZED"),
];

/// Flags of mremap. uapi/linux/mman.h.
pub const MREMAP: Names = &[(1, "MREMAP_MAYMOVE"), (2, "MREMAP_FIXED"), (4, "MREMAP_DONTUNMAP")];

/// Flags of msync. uapi/asm-generic/mman-common.h.
pub const MSYNC: Names = &[(1, "MS_ASYNC"), (2, "MS_INVALIDATE"), (4, "MS_SYNC")];

/// Advice of madvise. uapi/asm-generic/mman-common.h.
pub const MADVISE: Names = &[
    (0, "MADV_NORMAL"),
    (1, "MADV_RANDOM"),
    (2, "MADV_SEQUENTIAL"),
    (3, "MADV_WILLNEED"),
    (4, "MADV_DONTNEED"),
    (8, "MADV_FREE"),
    (9, "MADV_REMOVE"),
    (0xa, "MADV_DONTFORK"),
    (0xb, "MADV_DOFORK"),
    (0xc, "MADV_MERGEABLE"),
    (0xd, "MADV_UNMERGEABLE"),
    (0xe, "MADV_HUGEPAGE"),
    (0xf, "MADV_NOHUGEPAGE"),
    (0x10, "MADV_DONTDUMP"),
    (0x11, "MADV_DODUMP"),
    (0x12, "MADV_WIPEONFORK"),
    (0x13, "MADV_KEEPONFORK"),
    (0x14, "MADV_COLD"),
    (0x15, "MADV_PAGEOUT"),
    (0x16, "MADV_POPULATE_READ"),
    (0x17, "MADV_POPULATE_WRITE"),
    (0x18, "MADV_DONTNEED_LOCKED"),
    (0x19, "MADV_COLLAPSE"),
    (0x64, "MADV_HWPOISON"),
    (0x65, "MADV_SOFT_OFFLINE"),
    (0x66, "MADV_GUARD_INSTALL"),
    (0x67, "MADV_GUARD_REMOVE"),
];

/// Flags of mlockall. uapi/asm-generic/mman.h.
pub const MLOCKALL: Names = &[(1, "MCL_CURRENT"), (2, "MCL_FUTURE"), (4, "MCL_ONFAULT")];

/// Flags of mlock2. uapi/asm-generic/mman-common.h.
pub const MLOCK2: Names = &[(1, "MLOCK_ONFAULT")];

/// Flags of memfd_create. uapi/linux/memfd.h.
pub const MEMFD: Names = &[
    (1, "MFD_CLOEXEC"),
    (2, "MFD_ALLOW_SEALING"),
    (4, "MFD_HUGETLB"),
    (8, "MFD_NOEXEC_SEAL"),
    (0x10, "MFD_EXEC"),
];

/// Rights of pkey_alloc. uapi/asm-generic/mman-common.h.
pub const PKEY: Names = &[(1, "PKEY_DISABLE_ACCESS"), (2, "PKEY_DISABLE_WRITE")];

/// Modes of mbind and set_mempolicy. uapi/linux/mempolicy.h.
pub const MEMORY_POLICY: Names = &[
    (0, "MPOL_DEFAULT"),
    (1, "MPOL_PREFERRED"),
    (2, "MPOL_BIND"),
    (3, "MPOL_INTERLEAVE"),
    (4, "MPOL_LOCAL"),
    (5, "MPOL_PREFERRED_MANY"),
    (6, "MPOL_WEIGHTED_INTERLEAVE"),
];

/// Mode flags in the high bits of a memory policy. uapi/linux/mempolicy.h.
pub const MEMORY_POLICY_FLAGS: Names =
    &[(0x8000, "MPOL_F_STATIC_NODES"), (0x4000, "MPOL_F_RELATIVE_NODES"), (0x2000, "MPOL_F_NUMA_BALANCING")];

/// Flags of mbind and move_pages. uapi/linux/mempolicy.h.
pub const MBIND: Names = &[(1, "MPOL_MF_STRICT"), (2, "MPOL_MF_MOVE"), (4, "MPOL_MF_MOVE_ALL")];

/// Flags of get_mempolicy. uapi/linux/mempolicy.h.
pub const GET_POLICY: Names = &[(1, "MPOL_F_NODE"), (2, "MPOL_F_ADDR"), (4, "MPOL_F_MEMS_ALLOWED")];

/// Flags of userfaultfd. uapi/linux/userfaultfd.h.
pub const USERFAULT: Names = &[(0x800, "O_NONBLOCK"), (0x8_0000, "O_CLOEXEC"), (1, "UFFD_USER_MODE_ONLY")];

/// Commands of membarrier. uapi/linux/membarrier.h.
pub const MEMBARRIER: Names = &[
    (0, "MEMBARRIER_CMD_QUERY"),
    (1, "MEMBARRIER_CMD_GLOBAL"),
    (2, "MEMBARRIER_CMD_GLOBAL_EXPEDITED"),
    (4, "MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED"),
    (8, "MEMBARRIER_CMD_PRIVATE_EXPEDITED"),
    (0x10, "MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED"),
    (0x20, "MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE"),
    (0x40, "MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE"),
    (0x80, "MEMBARRIER_CMD_PRIVATE_EXPEDITED_RSEQ"),
    (0x100, "MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_RSEQ"),
    (0x200, "MEMBARRIER_CMD_GET_REGISTRATIONS"),
];

/// Flags of membarrier. uapi/linux/membarrier.h.
pub const MEMBARRIER_FLAGS: Names = &[(1, "MEMBARRIER_CMD_FLAG_CPU")];
