//! Numbers, flags and constants by name: values that need no look at the task.
use crate::signature::names::{Names, file, network, open, process};
use havoc_arch::Abi;

// include/uapi/asm-generic/fcntl.h, the same on x86_64 and aarch64.
const O_CREAT: u64 = 0o100;
/// __O_TMPFILE, without the O_DIRECTORY that belongs to it.
const TMPFILE_BIT: u64 = 0o20_000_000;

/// Tells whether open(2) with these flags may create a file, so that it reads the mode.
pub(super) fn creates(flags: u64) -> bool {
    flags & (O_CREAT | TMPFILE_BIT) != 0
}

/// Returns the access mode and the other flags of open(2).
pub(super) fn open_flags(value: u64, abi: Abi) -> String {
    let mode = match value & 3 {
        0 => "O_RDONLY",
        1 => "O_WRONLY",
        2 => "O_RDWR",
        _ => "O_ACCMODE",
    };
    let mut parts = vec![mode.to_owned()];
    open_parts(word(value) & !3, abi, &mut parts);
    parts.join("|")
}

/// Returns flags of open(2) that come without an access mode.
pub(super) fn open_bits(value: u64, abi: Abi) -> String {
    let mut parts = Vec::new();
    open_parts(word(value), abi, &mut parts);
    joined(parts)
}

fn open_parts(value: u64, abi: Abi, parts: &mut Vec<String>) {
    let names = match abi {
        Abi::X86_64 | Abi::X32 | Abi::I386 => open::GENERIC,
        Abi::Aarch64 | Abi::Arm => open::ARM,
    };
    let mut rest = value;
    take(&mut rest, names, parts);
    push_rest(rest, parts);
}

/// Reads a register whose argument is an int or an unsigned int by its low half, and one that is really 64 bits wide in
/// full. Which it is shows in the upper half: nothing but the extension of an int, or more.
fn word(value: u64) -> u64 {
    if i64::from(value as i32).cast_unsigned() == value { u64::from(value as u32) } else { value }
}

/// Moves the names whose bits are all set from `rest` to `parts`.
fn take(rest: &mut u64, names: Names, parts: &mut Vec<String>) {
    for &(bits, name) in names {
        if bits != 0 && *rest & bits == bits {
            parts.push(name.to_owned());
            *rest &= !bits;
        }
    }
}

fn push_rest(rest: u64, parts: &mut Vec<String>) {
    if rest != 0 {
        parts.push(hex(rest));
    }
}

fn joined(parts: Vec<String>) -> String {
    if parts.is_empty() { "0".to_owned() } else { parts.join("|") }
}

fn named(value: u64, names: Names) -> Option<&'static str> {
    names.iter().find(|(known, _)| *known == value).map(|(_, name)| *name)
}

/// Returns the names of the bits, the rest in hexadecimal; for 0 the name of 0 if it has one.
pub(super) fn flags(value: u64, names: Names) -> String {
    let mut rest = word(value);
    if rest == 0 {
        return named(0, names).unwrap_or("0").to_owned();
    }
    let mut parts = Vec::new();
    take(&mut rest, names, &mut parts);
    push_rest(rest, &mut parts);
    joined(parts)
}

/// Returns the name of the value, else the value in hexadecimal.
pub(super) fn one_of(value: u64, names: Names) -> String {
    let value = word(value);
    named(value, names).map_or_else(|| hex(value), str::to_owned)
}

/// Returns the name of what is under the mask, then the names of the other bits.
pub(super) fn masked(value: u64, mask: u64, names: Names, bits: Names) -> String {
    let value = word(value);
    let mut parts = Vec::new();
    match (named(value & mask, names), value & mask) {
        (Some(name), _) => parts.push(name.to_owned()),
        (None, 0) => {}
        (None, unknown) => parts.push(hex(unknown)),
    }
    let mut rest = value & !mask;
    take(&mut rest, bits, &mut parts);
    push_rest(rest, &mut parts);
    joined(parts)
}

/// Returns the names of the bits above 0o777, then the permission bits.
pub(super) fn flags_and_mode(value: u64, names: Names) -> String {
    let mut rest = word(value) & !0o777;
    let mut parts = Vec::new();
    take(&mut rest, names, &mut parts);
    push_rest(rest, &mut parts);
    parts.push(mode(value & 0o777));
    parts.join("|")
}

/// Returns the flags of clone(2), then the signal that the end of the child sends.
pub(super) fn clone_flags(value: u64) -> String {
    let mut rest = value & !0xff;
    let mut parts = Vec::new();
    take(&mut rest, process::CLONE, &mut parts);
    push_rest(rest, &mut parts);
    if value & 0xff != 0 {
        parts.push(signal(value & 0xff));
    }
    joined(parts)
}

/// The names of signals 1 to 31, the same on x86_64 and aarch64. uapi/asm-generic/signal.h.
const SIGNALS: [&str; 31] = [
    "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE",
    "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ",
    "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS",
];

/// Returns the name of a signal without `SIG`, real-time ones as the kernel counts them; `None` outside 1–64.
pub(super) fn signal_name(number: u64) -> Option<String> {
    match number {
        1..=31 => Some(SIGNALS[number as usize - 1].to_owned()),
        32 => Some("RTMIN".to_owned()),
        33..=64 => Some(format!("RT_{}", number - 32)),
        _ => None,
    }
}

/// Returns a signal's name, or the number for what is none (0 too).
pub(super) fn signal(value: u64) -> String {
    let number = value as i32;
    u64::try_from(number)
        .ok()
        .and_then(signal_name)
        .map_or_else(|| number.to_string(), |name| format!("SIG{name}"))
}

/// Returns the name of a socket option; names belong to the level.
pub(super) fn socket_option(level: u64, option: u64) -> String {
    match level as u32 {
        1 => one_of(option, network::SOCKET_OPTION),
        6 => one_of(option, network::TCP_OPTION),
        _ => (option as i32).to_string(),
    }
}

/// Returns hexadecimal with `0x`, but `0` for 0.
pub(super) fn hex(value: u64) -> String {
    if value == 0 { "0".to_owned() } else { format!("{value:#x}") }
}

/// Returns permission bits in octal with a leading 0 and at least three digits. A mode has 16 bits, umode_t.
pub(super) fn mode(value: u64) -> String {
    let digits = format!("{:03o}", value as u16);
    if digits.starts_with('0') { digits } else { format!("0{digits}") }
}

/// Returns the type of a file and its permission bits.
pub(super) fn file_type(value: u64) -> String {
    let value = u64::from(value as u16);
    match (named(value & 0o170_000, file::FILE_TYPE), value & 0o170_000) {
        (Some(name), _) => format!("{name}|{}", mode(value & 0o7777)),
        (None, _) => mode(value),
    }
}

/// Returns a device number's parts. include/linux/kdev_t.h, new_decode_dev.
pub(super) fn device(value: u64) -> String {
    let device = value as u32;
    let major = (device & 0xf_ff00) >> 8;
    let minor = (device & 0xff) | ((device >> 12) & 0xf_ff00);
    format!("makedev({}, {})", hex(u64::from(major)), hex(u64::from(minor)))
}
