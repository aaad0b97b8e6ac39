//! A task's root, a directory and a path, a line each, as a task's memory and /proc may hold them: nothing panics, what is
//! folded stays as it is, what is cut off can be put back, and the log's form of a name stands for that name only.
#![no_main]
#![deny(unsafe_code)]

use havoc_engine::record::{escape_name, quote};
use havoc_engine::resource::path::{file_name, fold, strip_deleted, strip_root};
use havoc_fuzz::escape::bytes_of;
use havoc_fuzz::lines::parts;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let [root, base, path] = parts(input);
    folded(base, path);
    cut(&fold(b"/", root), path);
    written(path);
});

fn folded(base: &[u8], path: &[u8]) {
    let folded = fold(base, path);
    assert_eq!(fold(&folded, b""), folded, "{}", folded.escape_ascii());
    // What stands before the first `/` of the base is a mark of the kernel's, or a name that is no path.
    let mark = base.iter().position(|&byte| byte == b'/').unwrap_or(base.len());
    let mark = if path.first() == Some(&b'/') { 0 } else { mark };
    assert_eq!(folded[..mark], base[..mark]);
    let mut parts = folded[mark..].split(|&byte| byte == b'/').skip(1).peekable();
    let is_root = folded[mark..] == *b"/";
    let is_plain = |part: &[u8]| !matches!(part, b"" | b"." | b"..");
    assert!(is_root || parts.all(is_plain), "{}", folded.escape_ascii());
    if path.first() == Some(&b'/') {
        assert_eq!(fold(b"/elsewhere", path), folded, "{}", path.escape_ascii());
    }
}

fn cut(root: &[u8], name: &[u8]) {
    match strip_root(root, name) {
        Some(inside) if name.first() == Some(&b'/') => {
            assert_eq!(inside.first(), Some(&b'/'));
            let back = match (root, &inside[..]) {
                (b"/", _) => inside,
                (_, b"/") if name == root => root.to_vec(),
                _ => [root, &inside].concat(),
            };
            assert_eq!(back, name, "{} below {}", name.escape_ascii(), root.escape_ascii());
        }
        Some(inside) => assert_eq!(inside, name),
        None => assert!(!name.starts_with(&[root, b"/"].concat()), "{}", name.escape_ascii()),
    }
    for is_part in [false, true] {
        let file = strip_deleted(name, |_| is_part);
        let back = [&file.name[..], if file.deleted { b" (deleted)" } else { b"" }].concat();
        assert_eq!(back, name);
        let seen = file_name(root, name, |_, _| is_part);
        assert_eq!(seen.deleted, file.deleted);
        assert!(seen.name.ends_with(&strip_root(root, &file.name).unwrap_or(file.name)));
    }
}

fn written(name: &[u8]) {
    assert_eq!(bytes_of(&escape_name(name), b"<>"), name, "{}", escape_name(name));
    let quoted = quote(name);
    let inside = quoted.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).expect("it is in quotes");
    assert_eq!(bytes_of(inside, b"\""), name, "{quoted}");
}
