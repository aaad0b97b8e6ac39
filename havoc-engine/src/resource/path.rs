//! Paths as bytes: made absolute and folded, cut at the task's root, freed of the kernel's ` (deleted)`.
//!
//! Nothing here asks the kernel. What a name means at this moment is `kernel::linux`'s to find out.

/// What the kernel appends to the name of a file that has none any more. fs/d_path.c, `path_with_deleted`.
const DELETED: &[u8] = b" (deleted)";

/// What getcwd(2) puts before a path outside the task's root. We do the same, for any name.
const UNREACHABLE: &[u8] = b"(unreachable)";

/// The present name of a file, as the task's root sees it.
///
/// Names that are no path (`pipe:[7]`, `anon_inode:[eventfd]`) stay as the kernel writes them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileName {
    /// The name; without ` (deleted)`, and behind `(unreachable)` if the task's root does not reach it.
    pub name: Vec<u8>,
    /// Whether the file has lost that name; true for every memfd.
    pub deleted: bool,
}

/// Where a relative path begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Base {
    /// The task's working directory: `AT_FDCWD`, and every call without a directory descriptor.
    Cwd,
    /// A directory descriptor of the task.
    Descriptor(i32),
}

/// What becomes of a link that is the last component.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LastLink {
    /// It is followed, as open(2) and stat(2) do, and the file that a dangling link would create is named.
    Followed,
    /// It is what the call is about: unlink(2), rename(2), lstat(2), O_NOFOLLOW.
    Kept,
}

/// Returns a name, or another text of the user's, as messages show it: on one line, and with nothing in it that a terminal would
/// obey. Control characters and bytes that are not UTF-8 are escaped as Rust and bash (`$'…'`) write them.
#[must_use]
pub fn shown(name: &[u8]) -> String {
    let mut text = String::with_capacity(name.len());
    for chunk in name.utf8_chunks() {
        for character in chunk.valid().chars() {
            match character {
                '\n' => text.push_str("\\n"),
                '\t' => text.push_str("\\t"),
                '\r' => text.push_str("\\r"),
                '\0'..' ' | '\x7f' => text.push_str(&format!("\\x{:02x}", u32::from(character))),
                // Of another 32 controls, and of those that turn the direction of what follows.
                '\u{80}'..='\u{9f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
                    text.push_str(&format!("\\u{:04x}", u32::from(character)));
                }
                _ => text.push(character),
            }
        }
        chunk.invalid().iter().for_each(|byte| text.push_str(&format!("\\x{byte:02x}")));
    }
    text
}

/// Returns `path` made absolute with `base`, with `.`, `..` and repeated `/` folded by the letter.
///
/// Symbolic links are not considered: `/link/..` becomes `/`. An `(unreachable)` before `base` stays, and `..` does not
/// lead above it. A trailing `/` is dropped. An empty path means `base` itself (`AT_EMPTY_PATH`).
#[must_use]
pub fn fold(base: &[u8], path: &[u8]) -> Vec<u8> {
    let base = if path.first() == Some(&b'/') { &[][..] } else { base };
    let prefix = base.iter().position(|&byte| byte == b'/').unwrap_or(base.len());
    let mut folded = base[..prefix].to_vec();
    let components = base[prefix..].split(|&byte| byte == b'/').chain(path.split(|&byte| byte == b'/'));
    for component in components {
        match component {
            b"" | b"." => {}
            b".." => {
                let parent = folded[prefix..].iter().rposition(|&byte| byte == b'/').unwrap_or(0);
                folded.truncate(prefix + parent);
            }
            _ => {
                folded.push(b'/');
                folded.extend_from_slice(component);
            }
        }
    }
    if folded.len() == prefix && (prefix == 0 || !path.is_empty() || base.len() > prefix) {
        folded.push(b'/');
    }
    folded
}

/// Returns `name` as a task sees it whose root directory is `root`; `None` if it lies outside.
///
/// A name that does not begin with `/` has no place in the tree, and is returned as it is.
#[must_use]
pub fn strip_root(root: &[u8], name: &[u8]) -> Option<Vec<u8>> {
    if root == b"/" || name.first() != Some(&b'/') {
        return Some(name.to_vec());
    }
    match name.strip_prefix(root)? {
        b"" => Some(b"/".to_vec()),
        rest if rest.first() == Some(&b'/') => Some(rest.to_vec()),
        _ => None,
    }
}

/// Cuts ` (deleted)` off `text`, unless `is_part_of_name` says that it belongs to the name.
///
/// The question is asked only if the text ends so. The right answer is whether the whole text, looked up, is the very
/// file in question: a link count of 0 would not do, because an unlinked file may live on under another name.
pub fn strip_deleted(text: &[u8], is_part_of_name: impl FnOnce(&[u8]) -> bool) -> FileName {
    match text.strip_suffix(DELETED) {
        Some(name) if !is_part_of_name(text) => FileName { name: name.to_vec(), deleted: true },
        _ => FileName { name: text.to_vec(), deleted: false },
    }
}

/// Tells whether a text ends as the kernel marks the names of unlinked files, be it by chance.
pub fn may_be_deleted(text: &[u8]) -> bool {
    text.ends_with(DELETED)
}

/// Returns the file name that a kernel text stands for: both cuts in one, with `(unreachable)` before a name outside
/// the task's root.
///
/// `is_part_of_name` gets the text and, where the task can reach it, its form below the root.
pub fn file_name(
    root: &[u8],
    text: &[u8],
    is_part_of_name: impl FnOnce(&[u8], Option<&[u8]>) -> bool,
) -> FileName {
    let file = strip_deleted(text, |whole| is_part_of_name(whole, strip_root(root, whole).as_deref()));
    let name = match strip_root(root, &file.name) {
        Some(name) => name,
        None if file.deleted && is_made_by_kernel(&file.name) => file.name,
        None => [UNREACHABLE, &file.name].concat(),
    };
    FileName { name, deleted: file.deleted }
}

/// Tells whether the name looks like a path but lies in no tree: such files live on mounts of the kernel's own, and
/// are shown without any root before them. mm/memfd.c, mm/shmem.c, ipc/shm.c, fs/aio.c, fs/hugetlbfs.
fn is_made_by_kernel(name: &[u8]) -> bool {
    const MADE: [&[u8]; 5] = [b"/memfd:", b"/SYSV", b"/dev/zero", b"/anon_hugepage", b"/[aio]"];
    MADE.iter().any(|prefix| name.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text(bytes: Vec<u8>) -> String {
        String::from_utf8(bytes).expect("the table is ASCII")
    }

    #[test]
    fn a_message_shows_any_name_on_one_line() {
        for (name, expected) in [
            (&b"/data/a b"[..], "/data/a b"),
            ("/ä/🦀".as_bytes(), "/ä/🦀"),
            (b"a\nb\tc\rd", r"a\nb\tc\rd"),
            (b"\x1b[31m\x7f\0", r"\x1b[31m\x7f\x00"),
            (b"\xffx\xc3", r"\xffx\xc3"),
            ("\u{9b}1m\u{202e}".as_bytes(), r"\u009b1m\u202e"),
        ] {
            assert_eq!(shown(name), expected);
        }
    }

    #[test]
    fn folding_is_by_the_letter() {
        for (base, path, expected) in [
            ("/", "", "/"),
            ("/", "a", "/a"),
            ("/a/b", "", "/a/b"),
            ("/a/b", "c", "/a/b/c"),
            ("/a/b", "./c//d/", "/a/b/c/d"),
            ("/a/b", "../c", "/a/c"),
            ("/a/b", "../../../../c", "/c"),
            ("/a/b", "..", "/a"),
            ("/a/b", "../..", "/"),
            ("/a/b", "/c/./d/../e", "/c/e"),
            ("/a/b", "//c", "/c"),
            ("/a/b", "...", "/a/b/..."),
            ("/a/b", ".c", "/a/b/.c"),
            ("/a//b/", "c", "/a/b/c"),
            ("(unreachable)/a", "../../b", "(unreachable)/b"),
            ("(unreachable)/a", "..", "(unreachable)/"),
            ("(unreachable)/a", "/b", "/b"),
            ("pipe:[7]", "", "pipe:[7]"),
            ("pipe:[7]", "x", "pipe:[7]/x"),
        ] {
            assert_eq!(text(fold(base.as_bytes(), path.as_bytes())), expected, "{base:?} + {path:?}");
        }
    }

    #[test]
    fn folding_keeps_bytes_that_are_no_text() {
        assert_eq!(fold(b"/\xff", b"\n \xc3/../\\x"), b"/\xff/\\x");
    }

    #[test]
    fn the_root_is_cut_off_at_a_component_only() {
        for (root, name, expected) in [
            ("/", "/a", Some("/a")),
            ("/jail", "/jail/a", Some("/a")),
            ("/jail", "/jail", Some("/")),
            ("/jail", "/jailed/a", None),
            ("/jail", "/a", None),
            ("/jail", "/", None),
            ("/jail", "pipe:[7]", Some("pipe:[7]")),
            ("/jail", "(unreachable)/jail/a", Some("(unreachable)/jail/a")),
        ] {
            let stripped = strip_root(root.as_bytes(), name.as_bytes()).map(text);
            assert_eq!(stripped.as_deref(), expected, "{root:?} off {name:?}");
        }
    }

    #[test]
    fn deleted_is_cut_off_once_and_only_if_it_is_no_part_of_the_name() {
        for (name, is_part, expected, deleted) in [
            ("/a", false, "/a", false),
            ("/a (deleted)", false, "/a", true),
            ("/a (deleted)", true, "/a (deleted)", false),
            ("/a (deleted) (deleted)", false, "/a (deleted)", true),
            ("/a (deleted)x", false, "/a (deleted)x", false),
            ("/memfd:m (deleted)", false, "/memfd:m", true),
        ] {
            let file = strip_deleted(name.as_bytes(), |_| is_part);
            assert_eq!((text(file.name), file.deleted), (expected.to_owned(), deleted), "{name:?}");
        }
    }

    #[test]
    fn nothing_is_asked_about_a_name_without_the_mark() {
        assert!(!strip_deleted(b"/a", |_| panic!("asked")).deleted);
    }

    #[test]
    fn names_outside_the_root_say_so_except_those_that_lie_nowhere() {
        for (root, name, expected) in [
            ("/jail", "/jail/a (deleted)", "/a"),
            ("/jail", "/log/a (deleted)", "(unreachable)/log/a"),
            ("/jail", "/log/a", "(unreachable)/log/a"),
            ("/jail", "/memfd:m (deleted)", "/memfd:m"),
            ("/jail", "/SYSV0000002a (deleted)", "/SYSV0000002a"),
            ("/jail", "/dev/zero (deleted)", "/dev/zero"),
            ("/jail", "/dev/zero", "(unreachable)/dev/zero"),
            ("/jail", "anon_inode:[eventfd]", "anon_inode:[eventfd]"),
        ] {
            let file = file_name(root.as_bytes(), name.as_bytes(), |_, _| false);
            assert_eq!(text(file.name), expected, "{root:?}, {name:?}");
        }
    }

    #[test]
    fn the_question_about_the_mark_carries_both_forms_of_the_name() {
        let file = file_name(b"/jail", b"/jail/a (deleted)", |whole, inside| {
            assert_eq!((whole, inside), (&b"/jail/a (deleted)"[..], Some(&b"/a (deleted)"[..])));
            true
        });
        assert_eq!(file, FileName { name: b"/a (deleted)".to_vec(), deleted: false });
    }

    proptest! {
        #[test]
        fn folding_any_bytes_gives_an_absolute_path_that_folds_to_itself(path: Vec<u8>, base: Vec<u8>) {
            let base = [b"/", &base[..]].concat();
            let folded = fold(&base, &path);
            prop_assert_eq!(folded.first(), Some(&b'/'));
            prop_assert_eq!(&fold(&folded, b""), &folded);
            prop_assert!(folded.split(|&byte| byte == b'/').all(|part| part != b"." && part != b".."));
        }
    }
}
