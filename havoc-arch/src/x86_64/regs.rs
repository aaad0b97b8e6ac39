//! `struct user_regs_struct` of arch/x86/include/asm/user_64.h.
use crate::i386::UserRegsStruct32;
use core::mem::offset_of;

/// The NT_PRSTATUS register set.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the kernel's names")]
pub struct UserRegsStruct {
    pub r15: u64,
    pub r14: u64,
    pub r13: u64,
    pub r12: u64,
    pub rbp: u64,
    pub rbx: u64,
    pub r11: u64,
    pub r10: u64,
    pub r9: u64,
    pub r8: u64,
    pub rax: u64,
    pub rcx: u64,
    pub rdx: u64,
    pub rsi: u64,
    pub rdi: u64,
    pub orig_rax: u64,
    pub rip: u64,
    pub cs: u64,
    pub eflags: u64,
    pub rsp: u64,
    pub ss: u64,
    pub fs_base: u64,
    pub gs_base: u64,
    pub ds: u64,
    pub es: u64,
    pub fs: u64,
    pub gs: u64,
}

const _: () = assert!(size_of::<UserRegsStruct>() == 27 * 8);

pub(super) const RAX: usize = offset_of!(UserRegsStruct, rax);
pub(super) const ORIG_RAX: usize = offset_of!(UserRegsStruct, orig_rax);

/// Where the six arguments lie: rdi, rsi, rdx, r10, r8, r9 (syscall(2), "Architecture calling conventions").
pub(super) const ARGUMENTS: [usize; 6] = [
    offset_of!(UserRegsStruct, rdi),
    offset_of!(UserRegsStruct, rsi),
    offset_of!(UserRegsStruct, rdx),
    offset_of!(UserRegsStruct, r10),
    offset_of!(UserRegsStruct, r8),
    offset_of!(UserRegsStruct, r9),
];

/// Where those of a 32-bit call lie: ebx, ecx, edx, esi, edi, ebp.
pub(super) const I386_ARGUMENTS: [usize; 6] = [
    offset_of!(UserRegsStruct, rbx),
    offset_of!(UserRegsStruct, rcx),
    offset_of!(UserRegsStruct, rdx),
    offset_of!(UserRegsStruct, rsi),
    offset_of!(UserRegsStruct, rdi),
    offset_of!(UserRegsStruct, rbp),
];

impl UserRegsStruct {
    pub(super) fn from_bytes(bytes: &[u8]) -> Option<UserRegsStruct> {
        if bytes.len() < size_of::<UserRegsStruct>() {
            return None;
        }
        let mut words =
            bytes.chunks_exact(8).map(|word| u64::from_ne_bytes(word.try_into().expect("8 bytes")));
        let mut next = || words.next().expect("27 words were counted above");
        Some(UserRegsStruct {
            r15: next(),
            r14: next(),
            r13: next(),
            r12: next(),
            rbp: next(),
            rbx: next(),
            r11: next(),
            r10: next(),
            r9: next(),
            r8: next(),
            rax: next(),
            rcx: next(),
            rdx: next(),
            rsi: next(),
            rdi: next(),
            orig_rax: next(),
            rip: next(),
            cs: next(),
            eflags: next(),
            rsp: next(),
            ss: next(),
            fs_base: next(),
            gs_base: next(),
            ds: next(),
            es: next(),
            fs: next(),
            gs: next(),
        })
    }
}

impl From<&UserRegsStruct32> for UserRegsStruct {
    /// Returns the registers of a task in 32-bit mode as its `struct user` has them. The segments' bases are not in its
    /// set; they stay 0.
    fn from(registers: &UserRegsStruct32) -> UserRegsStruct {
        UserRegsStruct {
            rbx: registers.ebx.into(),
            rcx: registers.ecx.into(),
            rdx: registers.edx.into(),
            rsi: registers.esi.into(),
            rdi: registers.edi.into(),
            rbp: registers.ebp.into(),
            rax: sign_extended(registers.eax),
            ds: registers.ds.into(),
            es: registers.es.into(),
            fs: registers.fs.into(),
            gs: registers.gs.into(),
            orig_rax: sign_extended(registers.orig_eax),
            rip: registers.eip.into(),
            cs: registers.cs.into(),
            eflags: registers.eflags.into(),
            rsp: registers.esp.into(),
            ss: registers.ss.into(),
            ..UserRegsStruct::default()
        }
    }
}

const fn sign_extended(word: u32) -> u64 {
    word.cast_signed() as i64 as u64
}
