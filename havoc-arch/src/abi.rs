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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_abi_is_found_by_its_audit_arch() {
        for abi in Abi::ALL {
            let number = if abi == Abi::X32 { X32_SYSCALL_BIT | 1 } else { 1 };
            assert_eq!(Abi::of_call(abi.audit_arch(), number), Some(abi));
        }
    }

    #[test]
    fn the_x32_bit_makes_a_call_x32_on_x86_64_only() {
        assert_eq!(Abi::of_call(Abi::X86_64.audit_arch(), 0x4000_0000), Some(Abi::X32));
        assert_eq!(Abi::of_call(Abi::X86_64.audit_arch(), 0xFFFF_FFFE), Some(Abi::X32));
        assert_eq!(Abi::of_call(Abi::X86_64.audit_arch(), 0x3FFF_FFFF), Some(Abi::X86_64));
        assert_eq!(Abi::of_call(Abi::X86_64.audit_arch(), 0x8000_0000), Some(Abi::X86_64));
        for abi in [Abi::I386, Abi::Aarch64, Abi::Arm] {
            assert_eq!(Abi::of_call(abi.audit_arch(), 0x4000_0000), Some(abi));
        }
    }

    #[test]
    fn minus_one_is_not_x32_in_either_width() {
        for number in [u64::from(u32::MAX), u64::MAX] {
            assert_eq!(Abi::of_call(Abi::X86_64.audit_arch(), number), Some(Abi::X86_64));
        }
    }

    #[test]
    fn an_architecture_that_havoc_does_not_know_has_no_abi() {
        // 0, 64-bit RISC-V, aarch64 with the wrong endianness.
        for audit_arch in [0, 0xC000_00F3, 0x8000_00B7] {
            assert_eq!(Abi::of_call(audit_arch, 0), None);
        }
    }

    #[test]
    fn names_are_all_different() {
        let mut names = Abi::ALL.map(Abi::name);
        names.sort_unstable();
        assert!(names.windows(2).all(|pair| pair[0] != pair[1]));
    }
}
