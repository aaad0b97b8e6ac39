//! The pieces of a log line. What `--stable` must rename (tasks, addresses, inode numbers of pipes) is a piece of its
//! own, never text that must be parsed again.
use crate::resource::{Mapping, Socket};

/// One piece of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Token {
    /// Text that is the same in every run. Bytes that are no printable ASCII are already escaped.
    Text(String),
    /// A task, process or process group id as the call has it.
    Task(i32),
    /// An address, and the mappings of the range it stands for, in order.
    Address {
        /// The address.
        value: u64,
        /// One `<file+offset>` each, where a file is mapped.
        mappings: Vec<Mapping>,
    },
    /// A descriptor with the name of its file.
    Descriptor {
        /// The number.
        number: i32,
        /// The name /proc gives it, as the task's root sees it; `None` for AT_FDCWD or a closed one.
        name: Option<Vec<u8>>,
    },
    /// Text that is not the same in two runs that did the same: a time, an inode number, free memory.
    Varying(String),
    /// A path or string out of the task's memory, not yet escaped and without quotes.
    Quoted {
        /// The bytes.
        bytes: Vec<u8>,
        /// Whether more followed than was read; shown as `"…"...`.
        truncated: bool,
    },
}

/// What a decoder may ask about the stopped task. Every answer may be missing: memory that cannot be read is shown as
/// an address, never an error.
pub trait Look {
    /// Reads up to `length` bytes at `address`; fewer where the memory ends; `None` if nothing can be read.
    fn bytes(&self, address: u64, length: usize) -> Option<Vec<u8>>;
    /// Reads the bytes of a NUL-terminated string without its NUL, and whether the NUL came within `limit` bytes; `None` if
    /// the memory ends before either.
    fn string(&self, address: u64, limit: usize) -> Option<(Vec<u8>, bool)>;
    /// Returns the name of a descriptor's file.
    fn descriptor_name(&self, descriptor: i32) -> Option<Vec<u8>>;
    /// Returns the name of the task's working directory.
    fn working_directory(&self) -> Option<Vec<u8>>;
    /// Returns what is known of a descriptor that is a socket.
    fn socket(&self, descriptor: i32) -> Option<Socket>;
    /// Returns the mappings in `length` bytes (0: one page) from `address`.
    fn mappings(&self, address: u64, length: u64) -> Vec<Mapping>;
    /// Returns how much is wanted.
    fn style(&self) -> Style {
        Style::default()
    }
}

/// How much of strings, arrays, structs and descriptors is shown: strace's `-s`, `-v` and `-y`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// So many bytes of a buffer or string, but paths whole; and so many things of an array that is abbreviated.
    pub string_limit: usize,
    /// Whether long structs are shown in part, directory entries and environments as their number, and arrays up to the
    /// limit.
    pub abbreviate: bool,
    /// Whether AT_FDCWD has the directory that it stands for. The files of descriptors are always shown.
    pub directory: bool,
    /// Whether descriptors of sockets have their addresses.
    pub addresses: bool,
}

impl Default for Style {
    fn default() -> Style {
        Style { string_limit: 32, abbreviate: true, directory: false, addresses: false }
    }
}

/// Returns the bytes as a string literal of C in quotes, escaped as strace does: `\n` and its kind by letter, other bytes
/// that are no printable ASCII in octal, as short as the next character allows.
#[must_use]
pub fn quote(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() + 2);
    text.push('"');
    escape(bytes, b"\"\\", &mut text);
    text.push('"');
    text
}

/// Returns the name of a file as it stands between `<` and `>`: escaped like a string, but `<` and `>` are escaped and
/// `"` is not, so that the name's end is unmistakable.
#[must_use]
pub fn escape_name(name: &[u8]) -> String {
    let mut text = String::with_capacity(name.len());
    escape(name, b"<>\\", &mut text);
    text
}

fn escape(bytes: &[u8], special: &[u8], text: &mut String) {
    for (index, &byte) in bytes.iter().enumerate() {
        match byte {
            b'"' | b'\\' if special.contains(&byte) => {
                text.push('\\');
                text.push(char::from(byte));
            }
            b'\n' => text.push_str("\\n"),
            b'\t' => text.push_str("\\t"),
            b'\r' => text.push_str("\\r"),
            0x0b => text.push_str("\\v"),
            0x0c => text.push_str("\\f"),
            b' '..=b'~' if !special.contains(&byte) => text.push(char::from(byte)),
            // A digit that follows would be read as part of the number.
            _ if bytes.get(index + 1).is_some_and(u8::is_ascii_digit) => {
                text.push_str(&format!("\\{byte:03o}"))
            }
            _ => text.push_str(&format!("\\{byte:o}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn printable_bytes_are_left_alone() {
        assert_eq!(quote(b"hello, world ~'<>"), r#""hello, world ~'<>""#);
        assert_eq!(quote(b""), r#""""#);
        assert_eq!(escape_name(b"/data/a b\"c"), r#"/data/a b"c"#);
    }

    #[test]
    fn quotes_and_backslashes_are_escaped() {
        assert_eq!(quote(br#"a"b\c"#), r#""a\"b\\c""#);
        assert_eq!(escape_name(br"a\b"), r"a\\b");
    }

    #[test]
    fn control_bytes_have_letters() {
        assert_eq!(quote(b"\n\t\r\x0b\x0c"), r#""\n\t\r\v\f""#);
        assert_eq!(escape_name(b"a\nb"), r"a\nb");
    }

    #[test]
    fn other_bytes_are_octal_as_short_as_the_next_byte_allows() {
        assert_eq!(quote(b"hello\0\x015w\xff\x7f\t"), r#""hello\0\0015w\377\177\t""#);
        assert_eq!(quote(b"\x01"), r#""\1""#);
        assert_eq!(quote(b"\x019"), r#""\0019""#);
        assert_eq!(quote("ä".as_bytes()), r#""\303\244""#);
    }

    #[test]
    fn a_name_cannot_end_its_brackets() {
        assert_eq!(escape_name(b"/a>b<c"), r"/a\76b\74c");
        assert_eq!(escape_name(b"/a>1"), r"/a\0761");
        assert_eq!(escape_name(b"pipe:[12]"), "pipe:[12]");
    }
}
