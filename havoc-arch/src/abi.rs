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

/// The first 32-bit word that is a negative number to the kernel.
pub const FIRST_NEGATIVE_NUMBER: u32 = 1 << 31;

impl Abi {
    /// Every ABI there is a name for.
    pub const ALL: [Abi; 5] = [Abi::X86_64, Abi::X32, Abi::I386, Abi::Aarch64, Abi::Arm];

    /// Returns the ABI of a call that the kernel reports with this AUDIT_ARCH value and number, or `None` for an
    /// architecture that havoc does not know.
    ///
    /// A number is an `int` to the kernel (`syscall_get_nr`, include/asm-generic/syscall.h). A negative one has the x32 bit
    /// set as well, and is a call of no table: −1 is what a tracer writes to skip a call.
    #[must_use]
    pub fn of_call(audit_arch: u32, number: u64) -> Option<Abi> {
        let is_negative = number as u32 >= FIRST_NEGATIVE_NUMBER;
        match audit_arch {
            0xC000_003E if number & X32_SYSCALL_BIT != 0 && !is_negative => Some(Abi::X32),
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

    /// Returns the kernel's name of the AUDIT_ARCH value (include/uapi/linux/audit.h).
    #[must_use]
    pub const fn audit_arch_name(self) -> &'static str {
        match self {
            Abi::X86_64 | Abi::X32 => "AUDIT_ARCH_X86_64",
            Abi::I386 => "AUDIT_ARCH_I386",
            Abi::Aarch64 => "AUDIT_ARCH_AARCH64",
            Abi::Arm => "AUDIT_ARCH_ARM",
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

    /// Returns the ABIs whose calls are judged by rules where this one is the machine's own: itself, first, and its
    /// companions. Calls of others are left alone, counted and reported. Nothing for an ABI that no machine of ours has
    /// as its own.
    #[must_use]
    pub const fn judged(self) -> &'static [Abi] {
        match self {
            Abi::X86_64 => &[Abi::X86_64, Abi::I386],
            Abi::Aarch64 => &[Abi::Aarch64],
            Abi::X32 | Abi::I386 | Abi::Arm => &[],
        }
    }

    /// Tells whether calls of this ABI are judged by rules, on one machine or another.
    #[must_use]
    pub fn is_judged(self) -> bool {
        Abi::ALL.into_iter().any(|native| native.judged().contains(&self))
    }

    /// Tells whether this is some machine's own ABI: the one that a number without an ABI belongs to.
    #[must_use]
    pub const fn is_native(self) -> bool {
        !self.judged().is_empty()
    }

    /// Tells whether pointers and `long` have 64 bits.
    #[must_use]
    pub const fn is_64_bit(self) -> bool {
        matches!(self, Abi::X86_64 | Abi::Aarch64)
    }

    /// Returns the size of a pointer and of a `long` in a task's memory, in bytes.
    #[must_use]
    pub const fn word_size(self) -> usize {
        if self.is_64_bit() { 8 } else { 4 }
    }

    /// Tells whether a call's registers have 64 bits. x32 has them, with pointers of 32.
    const fn has_64_bit_registers(self) -> bool {
        match self {
            Abi::X86_64 | Abi::Aarch64 | Abi::X32 => true,
            Abi::I386 | Abi::Arm => false,
        }
    }

    /// Returns an argument as the call reads it, from the register. The registers of the 32-bit ABIs have 32 bits, though
    /// x86_64 may show more of them.
    #[must_use]
    pub const fn argument(self, register: u64) -> u64 {
        if self.has_64_bit_registers() { register } else { register as u32 as u64 }
    }

    /// Returns a result as the program sees it, from the kernel's register: in the 32-bit ABIs the low half, as a signed
    /// number.
    #[must_use]
    pub const fn result(self, register: i64) -> i64 {
        if self.has_64_bit_registers() { register } else { register as i32 as i64 }
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
        assert_eq!(Abi::of_call(Abi::X86_64.audit_arch(), 0x7FFF_FFFF), Some(Abi::X32));
        assert_eq!(Abi::of_call(Abi::X86_64.audit_arch(), 0x3FFF_FFFF), Some(Abi::X86_64));
        assert_eq!(Abi::of_call(Abi::X86_64.audit_arch(), 0x8000_0000), Some(Abi::X86_64));
        for abi in [Abi::I386, Abi::Aarch64, Abi::Arm] {
            assert_eq!(Abi::of_call(abi.audit_arch(), 0x4000_0000), Some(abi));
        }
    }

    #[test]
    fn a_negative_number_is_the_machines_own_in_either_width() {
        for number in [-1, -2, -1000, i64::from(i32::MIN)] {
            for seen in [number.cast_unsigned(), u64::from(number as u32)] {
                for abi in [Abi::X86_64, Abi::I386, Abi::Aarch64, Abi::Arm] {
                    assert_eq!(Abi::of_call(abi.audit_arch(), seen), Some(abi), "{number}");
                }
            }
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
    fn what_some_machine_judges_is_judged() {
        for abi in Abi::ALL {
            let judged_somewhere = [Abi::X86_64, Abi::I386, Abi::Aarch64].contains(&abi);
            assert_eq!(abi.is_judged(), judged_somewhere, "{abi:?}");
            assert!(abi.judged().first().is_none_or(|first| *first == abi), "{abi:?}");
        }
    }

    #[test]
    fn a_32_bit_call_has_arguments_of_32_bits_and_a_signed_result() {
        for abi in [Abi::I386, Abi::Arm] {
            assert_eq!(abi.argument(0xdead_beef_ffff_ff9c), 0xffff_ff9c);
            assert_eq!([0xffff_fffb, -5, 0x1_0000_0003, 7].map(|raw| abi.result(raw)), [-5, -5, 3, 7]);
        }
        for abi in [Abi::X86_64, Abi::Aarch64] {
            assert_eq!(abi.argument(0xdead_beef_ffff_ff9c), 0xdead_beef_ffff_ff9c);
            assert_eq!(abi.result(0xffff_fffb), 0xffff_fffb);
        }
    }

    #[test]
    fn names_are_all_different() {
        let mut names = Abi::ALL.map(Abi::name);
        names.sort_unstable();
        assert!(names.windows(2).all(|pair| pair[0] != pair[1]));
    }
}
