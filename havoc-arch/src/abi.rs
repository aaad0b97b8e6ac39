//! The ABIs a system call can come in by.

/// The ABI of one system call. It belongs to the call, not to the process: a 64-bit x86 process may do `int 0x80`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Abi {
    /// 64-bit x86, `syscall` instruction.
    X86_64,
    /// The 32-bit-pointer ABI of x86_64: AUDIT_ARCH_X86_64 with bit 0x4000_0000 set in the number.
    X32,
    /// 32-bit x86.
    I386,
    /// 64-bit Arm.
    Aarch64,
    /// 32-bit Arm (EABI).
    Arm,
}

/// `__X32_SYSCALL_BIT` of arch/x86/include/uapi/asm/unistd.h.
pub const X32_SYSCALL_BIT: u64 = 0x4000_0000;

impl Abi {
    /// Every ABI there is a name for.
    pub const ALL: [Abi; 5] = [Abi::X86_64, Abi::X32, Abi::I386, Abi::Aarch64, Abi::Arm];

    /// Returns the ABI of a call that the kernel reports with this AUDIT_ARCH value and number, or `None` for an
    /// architecture that havoc does not know.
    #[must_use]
    pub fn of_call(audit_arch: u32, number: u64) -> Option<Abi> {
        match audit_arch {
            0xC000_003E if number & X32_SYSCALL_BIT != 0 && number as u32 != u32::MAX => Some(Abi::X32),
            0xC000_003E => Some(Abi::X86_64),
            0x4000_0003 => Some(Abi::I386),
            0xC000_00B7 => Some(Abi::Aarch64),
            0x4000_0028 => Some(Abi::Arm),
            _ => None,
        }
    }

    /// Returns the AUDIT_ARCH value (include/uapi/linux/audit.h).
    #[must_use]
    pub const fn audit_arch(self) -> u32 {
        match self {
            Abi::X86_64 | Abi::X32 => 0xC000_003E,
            Abi::I386 => 0x4000_0003,
            Abi::Aarch64 => 0xC000_00B7,
            Abi::Arm => 0x4000_0028,
        }
    }

    /// Returns the name users know it by.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Abi::X86_64 => "x86_64",
            Abi::X32 => "x32",
            Abi::I386 => "i386",
            Abi::Aarch64 => "aarch64",
            Abi::Arm => "arm",
        }
    }

    /// Tells whether calls of this ABI are judged by rules. The others are left alone, counted and reported.
    #[must_use]
    pub const fn is_judged(self) -> bool {
        matches!(self, Abi::X86_64 | Abi::Aarch64)
    }
}
