//! `struct user_regs_struct32` of arch/x86/include/asm/user32.h.

/// The NT_PRSTATUS register set of a task that is in 32-bit mode.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the kernel's names")]
pub struct UserRegsStruct32 {
    pub ebx: u32,
    pub ecx: u32,
    pub edx: u32,
    pub esi: u32,
    pub edi: u32,
    pub ebp: u32,
    pub eax: u32,
    pub ds: u32,
    pub es: u32,
    pub fs: u32,
    pub gs: u32,
    pub orig_eax: u32,
    pub eip: u32,
    pub cs: u32,
    pub eflags: u32,
    pub esp: u32,
    pub ss: u32,
}

const _: () = assert!(size_of::<UserRegsStruct32>() == 17 * 4);

impl UserRegsStruct32 {
    /// Reads the set from exactly as many bytes as it has: more are the set of a task in 64-bit mode.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<UserRegsStruct32> {
        if bytes.len() != size_of::<UserRegsStruct32>() {
            return None;
        }
        let mut words =
            bytes.chunks_exact(4).map(|word| u32::from_ne_bytes(word.try_into().expect("4 bytes")));
        let mut next = || words.next().expect("17 words were counted above");
        Some(UserRegsStruct32 {
            ebx: next(),
            ecx: next(),
            edx: next(),
            esi: next(),
            edi: next(),
            ebp: next(),
            eax: next(),
            ds: next(),
            es: next(),
            fs: next(),
            gs: next(),
            orig_eax: next(),
            eip: next(),
            cs: next(),
            eflags: next(),
            esp: next(),
            ss: next(),
        })
    }
}
