//! Syscall numbers and names, of every ABI, on every host. The tables are those of the `syscalls` crate.
use crate::Abi;

/// Returns the name of `number` in `abi`, or `None` if the table knows none or the ABI has no table.
#[must_use]
pub fn name_of(abi: Abi, number: u32) -> Option<&'static str> {
    let number = number as usize;
    match abi {
        Abi::X86_64 => syscalls::x86_64::Sysno::new(number).map(|sysno| sysno.name()),
        Abi::Aarch64 => syscalls::aarch64::Sysno::new(number).map(|sysno| sysno.name()),
        Abi::I386 => syscalls::x86::Sysno::new(number).map(|sysno| sysno.name()),
        Abi::X32 | Abi::Arm => None,
    }
}

/// Returns the number of `name` in `abi`.
#[must_use]
pub fn number_of(abi: Abi, name: &str) -> Option<u32> {
    let number = match abi {
        Abi::X86_64 => name.parse::<syscalls::x86_64::Sysno>().ok()?.id(),
        Abi::Aarch64 => name.parse::<syscalls::aarch64::Sysno>().ok()?.id(),
        Abi::I386 => name.parse::<syscalls::x86::Sysno>().ok()?.id(),
        Abi::X32 | Abi::Arm => return None,
    };
    u32::try_from(number).ok()
}

/// Returns every number and name of `abi`, in the order of the numbers.
pub fn all(abi: Abi) -> impl Iterator<Item = (u32, &'static str)> {
    (0..1024).filter_map(move |number| Some((number, name_of(abi, number)?)))
}
