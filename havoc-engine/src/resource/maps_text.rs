//! The text of /proc/TID/maps, for kernels that cannot be asked for one mapping (before Linux 6.11).
//!
//! `start-end perms offset major:minor inode      name`, where the kernel writes a newline in a name as `\012` and
//! leaves a backslash as it is (fs/proc/task_mmu.c, `seq_path(m, path, "\n")`). A name that holds `\012` is therefore
//! ambiguous. [`RawMapping::name`] takes it for a newline; who can look files up may try [`escape`] of it too.
//! PROCMAP_QUERY has neither this weakness nor the cost, 0.1 to 10 ms for the whole file.
use super::{AddressRange, FileName, Mapping};

/// A mapping as the kernel describes it, before anything is cut off its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RawMapping<Name = Vec<u8>> {
    /// Where it lies.
    pub range: AddressRange,
    /// Offset in the file of the first byte, in bytes.
    pub offset: u64,
    /// Major and minor number of the file's superblock; on btrfs and overlayfs not what stat(2) says. (0, 0) if
    /// there is no file.
    pub device: (u32, u32),
    /// The file's inode number; 0 if there is no file.
    pub inode: u64,
    /// Whether it was mapped with MAP_SHARED.
    pub is_shared: bool,
    /// The kernel's text, with a possible ` (deleted)`, as the *reader's* root sees it; `None` for unnamed memory.
    pub name: Option<Name>,
}

impl<Name: AsRef<[u8]>> RawMapping<Name> {
    /// Tells whether the name is a file's. `[anon_shmem:…]` is a name for memory, although a file is behind it.
    #[must_use]
    pub fn is_file(&self) -> bool {
        match self.name.as_ref().map(AsRef::as_ref) {
            Some([b'/', ..]) => true,
            Some([b'[', ..]) | None => false,
            // `anon_inode:[io_uring]`, `socket:[7]`
            Some(_) => self.inode != 0,
        }
    }

    /// Returns the same with a name of its own.
    pub fn to_owned(&self) -> RawMapping {
        let RawMapping { range, offset, device, inode, is_shared, ref name } = *self;
        let name = name.as_ref().map(|name| name.as_ref().to_vec());
        RawMapping { range, offset, device, inode, is_shared, name }
    }
}

impl RawMapping {
    /// Returns the mapping under the name that `file_name` makes of the kernel's text, which it is asked for files only.
    pub fn named<E>(
        self,
        file_name: impl FnOnce(&RawMapping, &[u8]) -> Result<FileName, E>,
    ) -> Result<Mapping, E> {
        let is_file = self.is_file();
        let name = match &self.name {
            Some(text) if is_file => Some(file_name(&self, text)?.name),
            _ => self.name,
        };
        Ok(Mapping { range: self.range, offset: self.offset, name, is_file, is_shared: self.is_shared })
    }
}

/// Returns the mapping of one line without its newline; `None` if it is not such a line.
#[must_use]
pub fn parse_line(line: &[u8]) -> Option<RawMapping> {
    let (range, rest) = split(line, b' ')?;
    let (permissions, rest) = split(rest, b' ')?;
    let (offset, rest) = split(rest, b' ')?;
    let (device, rest) = split(rest, b' ')?;
    let (inode, name) = split(rest, b' ').unwrap_or((rest, b""));

    let (start, end) = split(range, b'-')?;
    let range = AddressRange { start: number(start, 16)?, end: number(end, 16)? };
    let (major, minor) = split(device, b':')?;
    let device = (number(major, 16)?.try_into().ok()?, number(minor, 16)?.try_into().ok()?);
    // Padding stands before the name only, and no name begins with a space: it is a path or a word of the kernel's.
    let padding = name.iter().take_while(|&&byte| byte == b' ').count();
    let name = &name[padding..];
    (range.start < range.end).then_some(())?;
    Some(RawMapping {
        range,
        // `s` may share, `p` is private. proc_pid_maps(5).
        is_shared: permissions.get(3) == Some(&b's'),
        offset: number(offset, 16)?,
        device,
        inode: number(inode, 10)?,
        name: (!name.is_empty()).then(|| unescape(name)),
    })
}

/// Returns the mappings of all lines in `text` that end with a newline, and how many bytes they took.
#[must_use]
pub fn parse(text: &[u8]) -> (Vec<RawMapping>, usize) {
    let complete = text.iter().rposition(|&byte| byte == b'\n').map_or(0, |last| last + 1);
    let lines = text[..complete].split(|&byte| byte == b'\n');
    (lines.filter_map(parse_line).collect(), complete)
}

/// Returns the name as the text shows it: each newline as `\012`.
#[must_use]
pub fn escape(name: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(name.len());
    for &byte in name {
        match byte {
            b'\n' => text.extend_from_slice(br"\012"),
            _ => text.push(byte),
        }
    }
    text
}

fn unescape(mut text: &[u8]) -> Vec<u8> {
    let mut name = Vec::with_capacity(text.len());
    while let Some((&first, rest)) = text.split_first() {
        let (byte, behind) = match text.strip_prefix(br"\012") {
            Some(behind) => (b'\n', behind),
            None => (first, rest),
        };
        name.push(byte);
        text = behind;
    }
    name
}

fn split(bytes: &[u8], at: u8) -> Option<(&[u8], &[u8])> {
    let place = bytes.iter().position(|&byte| byte == at)?;
    Some((&bytes[..place], &bytes[place + 1..]))
}

fn number(digits: &[u8], radix: u32) -> Option<u64> {
    // from_str_radix would let a sign pass.
    digits.iter().all(u8::is_ascii_alphanumeric).then_some(())?;
    u64::from_str_radix(std::str::from_utf8(digits).ok()?, radix).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn named(name: &[u8]) -> RawMapping {
        let head = b"7f0000000000-7f0000002000 rw-s 00001000 fe:00 4711                       ";
        parse_line(&[head, name].concat()).expect("a line of the kernel's form")
    }

    #[test]
    fn every_field_of_a_line_is_read() {
        let mapping = named(b"/srv/orders.bin");
        assert_eq!(mapping.range, AddressRange { start: 0x7f00_0000_0000, end: 0x7f00_0000_2000 });
        assert_eq!((mapping.offset, mapping.device, mapping.inode), (0x1000, (0xfe, 0), 4711));
        assert_eq!(mapping.name.as_deref(), Some(&b"/srv/orders.bin"[..]));
        assert!(mapping.is_file());
    }

    #[test]
    fn memory_without_a_name_has_none() {
        for line in
            [&b"7f0000000000-7f0000002000 rw-p 00000000 00:00 0 "[..], b"1000-2000 ---p 00000000 00:00 0"]
        {
            let mapping = parse_line(line).expect("a line of the kernel's form");
            assert_eq!((mapping.name.as_deref(), mapping.is_file()), (None, false));
        }
    }

    #[test]
    fn odd_names_come_out_byte_for_byte() {
        for (text, name) in [
            (&b"/two  words "[..], &b"/two  words "[..]),
            (br"/new\012line", b"/new\nline"),
            (br"/back\slash\\", br"/back\slash\\"),
            (b"/\xff\xfe", b"/\xff\xfe"),
            (b"/a (deleted)", b"/a (deleted)"),
            (b"/tab\there", b"/tab\there"),
        ] {
            let mapping = named(text);
            assert_eq!(mapping.name.as_deref(), Some(name));
            assert_eq!(escape(name), text);
        }
    }

    #[test]
    fn names_of_memory_are_told_from_names_of_files() {
        for (name, is_file) in [
            (&b"[heap]"[..], false),
            (b"[anon:glibc: malloc]", false),
            (b"[anon_shmem:ring]", false),
            (b"/memfd:x (deleted)", true),
            (b"/SYSV00000000 (deleted)", true),
            (b"/dev/zero (deleted)", true),
            (b"anon_inode:[io_uring]", true),
        ] {
            assert_eq!(named(name).is_file(), is_file, "{}", name.escape_ascii());
        }
    }

    #[test]
    fn an_unfinished_line_is_left_for_the_next_piece() {
        let text = b"1000-2000 r--p 0 00:00 0 \n2000-3000 r--p 0 00:00 0 \n3000-40";
        let (mappings, taken) = parse(text);
        assert_eq!((mappings.len(), &text[taken..]), (2, &b"3000-40"[..]));
    }

    #[test]
    fn lines_of_another_form_are_refused() {
        for line in [
            &b""[..],
            b"1000-2000",
            b"1000 2000 r--p 0 00:00 0",
            b"2000-1000 r--p 0 00:00 0",
            b"-1000-2000 r--p 0 00:00 0",
            b"1000-+2000 r--p 0 00:00 0",
            b"1000-2000 r--p 0 0000 0",
            b"1000-2000 r--p 0 00:00 x",
            b"1000-20000000000000000 r--p 0 00:00 0",
        ] {
            assert_eq!(parse_line(line), None, "{}", line.escape_ascii());
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_parser_panic(text: Vec<u8>) {
            let (_, taken) = parse(&text);
            prop_assert!(taken <= text.len());
        }

        #[test]
        fn any_name_of_the_kernel_survives_the_text(name in "/[^\\\\\0]{0,60}") {
            let mapping = named(&escape(name.as_bytes()));
            prop_assert_eq!(mapping.name.as_deref(), Some(name.as_bytes()));
        }
    }
}
