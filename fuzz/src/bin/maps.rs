//! The text of /proc/TID/maps: no bytes make the parser panic, text that comes in pieces is read like the whole, and a
//! mapping that is written as the kernel would is read as it was.
#![no_main]
#![deny(unsafe_code)]

use havoc_engine::resource::maps_text::{RawMapping, escape, parse, parse_line};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &[u8]| {
    let (mappings, taken) = parse(text);
    assert!(taken <= text.len() && !text[taken..].contains(&b'\n'), "{taken} of {}", text.len());
    for mapping in &mappings {
        assert!(mapping.range.start < mapping.range.end, "{mapping:?}");
        let line = line_of(mapping);
        assert_eq!(parse_line(&line).as_ref(), Some(mapping), "{}", line.escape_ascii());
    }
    let (mut pieces, first) = parse(&text[..text.len() / 2]);
    let (second, rest) = parse(&text[first..]);
    pieces.extend(second);
    assert_eq!((pieces, first + rest), (mappings, taken), "{}", text.escape_ascii());
});

/// As fs/proc/task_mmu.c, `show_map_vma`, writes it; of the permissions havoc reads the last alone.
fn line_of(mapping: &RawMapping) -> Vec<u8> {
    let RawMapping { range, offset, device: (major, minor), inode, name, is_shared } = mapping;
    let kind = if *is_shared { 's' } else { 'p' };
    let head = format!(
        "{:08x}-{:08x} rw-{kind} {offset:08x} {major:02x}:{minor:02x} {inode} ",
        range.start, range.end
    );
    let mut line = head.into_bytes();
    if let Some(name) = name {
        line.resize(line.len().max(73), b' ');
        line.extend_from_slice(&escape(name));
    }
    line
}
