//! Numbers, flags and constants by name: values that need no look at the task.
use crate::signal::Signal;
use crate::signature::names::{Names, file, network, open, process, structure};
use havoc_arch::{Abi, Errno};

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
    open_parts(value & !3, abi, &mut parts);
    parts.join("|")
}

/// Returns flags of open(2) that come without an access mode.
pub(super) fn open_bits(value: u64, abi: Abi) -> String {
    let mut parts = Vec::new();
    open_parts(value, abi, &mut parts);
    joined(parts)
}

fn open_parts(value: u64, abi: Abi, parts: &mut Vec<String>) {
    let names = open::of(abi);
    let mut rest = value;
    take(&mut rest, names, parts);
    push_rest(rest, parts);
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
    let mut rest = value;
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
    named(value, names).map_or_else(|| hex(value), str::to_owned)
}

/// Returns the name of what is under the mask, then the names of the other bits. Bits may lie under the mask, too: they
/// count where the whole has no name (mount's magic number).
pub(super) fn masked(value: u64, mask: u64, names: Names, bits: Names) -> String {
    let mut parts = Vec::new();
    let mut rest = value & !mask;
    if let Some(name) = named(value & mask, names) {
        parts.push(name.to_owned());
    } else {
        let known = bits.iter().fold(0, |known, (bit, _)| known | bit);
        push_rest(value & mask & !known, &mut parts);
        rest |= value & mask & known;
    }
    take(&mut rest, bits, &mut parts);
    push_rest(rest, &mut parts);
    joined(parts)
}

/// Returns the names of the bits above 0o777, then the permission bits.
pub(super) fn flags_and_mode(value: u64, names: Names) -> String {
    let mut rest = value & !0o777;
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

/// Returns the name of a signal without `SIG`, real-time ones as the kernel counts them; `None` outside 1–64.
pub(super) fn signal_name(number: u64) -> Option<String> {
    let signal = Signal::new(i32::try_from(number).ok()?)?;
    Some(signal.to_string().trim_start_matches("SIG").to_owned())
}

/// Returns a signal's name, or the number for what is none (0 too). What is more than an int is in hexadecimal: the kernel
/// finds no signal in the low half of a field of 64 bits, kernel/fork.c.
#[must_use]
pub fn signal(value: u64) -> String {
    let number = value as i32;
    if value != u64::from(value as u32) && value != i64::from(number).cast_unsigned() {
        return hex(value);
    }
    u64::try_from(number)
        .ok()
        .and_then(signal_name)
        .map_or_else(|| number.to_string(), |name| format!("SIG{name}"))
}

/// Returns the name of a socket option; names belong to the level, and `own` are other ones of SOL_SOCKET.
pub(super) fn socket_option(level: u64, option: u64, own: Names) -> String {
    const SOL_SOCKET: u64 = 1;
    let level = u64::from(level as u32);
    let names = network::SOCKET_OPTIONS.iter().find(|(known, _)| *known == level).map(|(_, names)| *names);
    match (names, named(option, own)) {
        (Some(_), Some(name)) if level == SOL_SOCKET => name.to_owned(),
        (Some(names), _) => one_of(option, names),
        (None, _) => (option as i32).to_string(),
    }
}

/// Returns the name of a protocol; names belong to the family.
pub(super) fn protocol(family: u64, protocol: u64) -> String {
    const AF_PACKET: u64 = 17;
    let family = u64::from(family as u32);
    if family == AF_PACKET {
        // It is a __be16.
        let in_order = u64::from((protocol as u16).swap_bytes());
        return format!("htons({})", one_of(in_order, network::ETHERNET_PROTOCOL));
    }
    let names = network::PROTOCOLS.iter().find(|(known, _)| *known == family).map(|(_, names)| *names);
    names.map_or_else(|| (protocol as u32).to_string(), |names| one_of(u64::from(protocol as u32), names))
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
    let Some(name) = named(value & 0o170_000, file::FILE_TYPE) else { return mode(value) };
    let mut parts = vec![name.to_owned()];
    let mut rest = value & 0o7777;
    take(&mut rest, file::MODE_BITS, &mut parts);
    parts.push(mode(rest));
    parts.join("|")
}

/// Returns a device number's parts. include/linux/kdev_t.h, new_decode_dev.
pub(super) fn device(value: u64) -> String {
    let device = value as u32;
    let major = (device & 0xf_ff00) >> 8;
    let minor = (device & 0xff) | ((device >> 12) & 0xf_ff00);
    format!("makedev({}, {})", hex(u64::from(major)), hex(u64::from(minor)))
}

/// Returns permission bits in octal, all 64.
pub(super) fn wide_mode(value: u64) -> String {
    let digits = format!("{value:03o}");
    if digits.starts_with('0') { digits } else { format!("0{digits}") }
}

/// Returns a set of signals: those that are in it, or `~` and those that are not, whichever is shorter.
pub(super) fn signal_set(set: u64) -> String {
    let inverted = set.count_ones() > 64 * 2 / 3;
    let listed = if inverted { !set } else { set };
    let names: Vec<String> =
        (1..=64).filter(|number| listed & (1 << (number - 1)) != 0).filter_map(signal_name).collect();
    format!("{}[{}]", if inverted { "~" } else { "" }, names.join(" "))
}

/// Returns the name of what is no handler of the program's own. uapi/asm-generic/signal-defs.h.
pub(super) fn handler(value: i64) -> Option<&'static str> {
    match value {
        0 => Some("SIG_DFL"),
        1 => Some("SIG_IGN"),
        -1 => Some("SIG_ERR"),
        _ => None,
    }
}

/// Returns the name of an error number, 0 and unknown ones as they are.
pub(super) fn errno(value: u64) -> String {
    let number = value as i32;
    u16::try_from(number)
        .ok()
        .and_then(Errno::new)
        .and_then(Errno::name)
        .map_or_else(|| number.to_string(), str::to_owned)
}

/// Returns a resource limit: strace writes whole KiB as a product.
pub(super) fn limit(value: u64, infinity: u64) -> String {
    match value {
        _ if value == infinity && infinity == u64::MAX => "RLIM64_INFINITY".to_owned(),
        _ if value == infinity => "RLIM_INFINITY".to_owned(),
        1025.. if value.is_multiple_of(1024) => format!("{}*1024", value / 1024),
        _ => value.to_string(),
    }
}

/// Returns what a wait status says, by the macros of wait(2).
pub(super) fn wait_status(status: u32) -> String {
    let [low, code] = [status & 0xff, status >> 8 & 0xff];
    let (shown, rest) = match low & 0x7f {
        0 => (format!("{{WIFEXITED(s) && WEXITSTATUS(s) == {code}}}"), status & !0xff00),
        0x7f if status & 0xffff == 0xffff => ("{WIFCONTINUED(s)}".to_owned(), status & !0xffff),
        // A syscall-stop under PTRACE_O_TRACESYSGOOD has the bit above.
        0x7f if low == 0x7f => {
            let mark = if code & 0x80 == 0 { "" } else { " | 0x80" };
            let name = signal(u64::from(code & 0x7f));
            (format!("{{WIFSTOPPED(s) && WSTOPSIG(s) == {name}{mark}}}"), status & !0xffff)
        }
        0x7f => return hex(u64::from(status)),
        number => {
            let dumped = if low & 0x80 == 0 { "" } else { " && WCOREDUMP(s)" };
            (
                format!("{{WIFSIGNALED(s) && WTERMSIG(s) == {}{dumped}}}", signal(u64::from(number))),
                status & !0xff,
            )
        }
    };
    let mut parts = vec![shown];
    if rest >> 16 != 0 {
        parts.push(format!("{}<<16", one_of(u64::from(rest >> 16), structure::PTRACE_EVENT)));
    }
    push_rest(u64::from(rest & 0xffff), &mut parts);
    parts.join("|")
}

/// Returns the name of a control message's type; names belong to the level.
pub(super) fn control_type(level: u64, value: u64) -> String {
    match level as u32 {
        1 => one_of(value, structure::CONTROL_TYPE),
        _ => hex(value),
    }
}
