//! `struct user_pt_regs` of arch/arm64/include/uapi/asm/ptrace.h.

/// The NT_PRSTATUS register set.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the kernel's names")]
pub struct UserPtRegs {
    pub regs: [u64; 31],
    pub sp: u64,
    pub pc: u64,
    pub pstate: u64,
}

const _: () = assert!(size_of::<UserPtRegs>() == 272);

impl UserPtRegs {
    pub(super) fn from_bytes(bytes: &[u8]) -> Option<UserPtRegs> {
        if bytes.len() < size_of::<UserPtRegs>() {
            return None;
        }
        let word = |index: usize| {
            u64::from_ne_bytes(bytes[index * 8..index * 8 + 8].try_into().expect("a slice of 8 bytes"))
        };
        Some(UserPtRegs { regs: core::array::from_fn(word), sp: word(31), pc: word(32), pstate: word(33) })
    }
}
