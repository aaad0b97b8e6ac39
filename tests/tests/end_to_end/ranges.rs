//! Which files a call on a range of memory touches: every one that is mapped in it.
use havoc_tests::havoc::{Havoc, Ran};
use havoc_tests::{outside, testee};

const CALLS: [&str; 9] =
    ["msync", "madvise", "mprotect", "pkey_mprotect", "mlock", "mlock2", "munlock", "mincore", "mbind"];

fn ranges(rule: &str) -> Ran {
    let ran = Havoc::new().inject(rule).run(testee::c("ranges"), &["."]);
    assert_eq!(ran.status, 0, "{ran:?}");
    ran
}

/// Asserts that under the rule just these lines say ENOANO, and all others what they say without havoc's doing.
#[track_caller]
fn assert_fails(rule: &str, expected: &[String]) {
    let untouched = ranges("fsync:error=EIO");
    let ran = ranges(rule);
    let expected = if is_out_of_reach(&ran) { &[] } else { expected };
    assert_eq!(ran.failed_by("ENOANO"), expected, "{rule}: {ran:?}");
    assert_eq!(ran.injected(), expected.len(), "{rule}: {ran:?}");
    for (line, before) in ran.out.lines().zip(untouched.out.lines()) {
        // A call that was not made may leave the mapping in pieces, which move one by one before Linux 6.17.
        let stays = line.starts_with("mremap ") && line.ends_with(": EFAULT");
        assert!(line == before || stays || line.ends_with(": ENOANO"), "{rule}: {line:?} was {before:?}");
    }
}

/// Tells whether a filter above us answers the rule's call: then it never reaches ours, and the report says that it was
/// not seen, though the program made it.
fn is_out_of_reach(ran: &Ran) -> bool {
    outside::has_filter() && ran.log.contains("none of the calls it names was seen")
}

#[test]
fn a_range_across_two_files_matches_either_and_length_0_the_page_at_the_address() {
    for call in CALLS {
        let lines =
            |what: &[&str]| -> Vec<String> { what.iter().map(|what| format!("{call} {what}")).collect() };
        let mut of_a = lines(&["a.bin", "a.bin and b.bin", "nothing at a.bin"]);
        let mut of_b = lines(&["b.bin", "a.bin and b.bin", "b.bin and a hole"]);
        if call == "msync" {
            of_a.push("msync a.bin moved".to_owned());
            of_b.push("msync b.bin moved".to_owned());
        }
        assert_fails(&format!("{call}:error=ENOANO:path=a.bin"), &of_a);
        assert_fails(&format!("{call}:error=ENOANO:mapped=b.bin"), &of_b);
    }
}

#[test]
fn a_mapping_that_moves_or_goes_is_looked_up_where_it_was() {
    for call in ["mremap", "munmap"] {
        for file in ["a.bin", "b.bin"] {
            assert_fails(&format!("{call}:error=ENOANO:path={file}"), &[format!("{call} {file}")]);
        }
    }
}

#[test]
fn anonymous_memory_and_holes_match_nothing() {
    for call in CALLS {
        // Without a loader, which protects its libraries; but libc protects the program itself.
        let rule = format!("{call}:error=ENOANO:mapped=**:mapped!=ranges");
        let ran = Havoc::new().inject(&rule).run(testee::c_static("ranges"), &["."]);
        for what in ["anonymous", "a hole"] {
            let line = format!("{call} {what}: ");
            let line = ran.out.lines().find(|it| it.starts_with(&line)).unwrap_or_else(|| panic!("{ran:?}"));
            assert!(!line.ends_with("ENOANO"), "{rule}: {ran:?}");
        }
        assert!(ran.printed(&format!("{call} a.bin: ENOANO")) || is_out_of_reach(&ran), "{rule}: {ran:?}");
    }
    let ran = Havoc::new().inject("msync:error=ENOANO:mapped!=**").run(testee::c("ranges"), &["."]);
    assert_eq!(ran.failed_by("ENOANO"), ["msync anonymous", "msync a hole"], "{ran:?}");
}

#[test]
fn calls_that_name_ranges_in_ways_of_their_own_are_matched() {
    for (call, file, expected) in [
        // A hint is no range: the kernel takes it only if nothing is there.
        ("mmap", "a.bin", &["mmap over a.bin"][..]),
        ("mremap", "a.bin", &["mremap onto a.bin", "mremap grows a.bin"]),
        ("remap_file_pages", "a.bin", &["remap_file_pages a.bin"]),
        ("process_madvise", "a.bin", &["process_madvise a.bin", "process_madvise b.bin and a.bin"]),
        ("process_madvise", "b.bin", &["process_madvise b.bin", "process_madvise b.bin and a.bin"]),
        ("mseal", "a.bin", &["mseal a.bin"]),
        ("mseal", "b.bin", &[]),
        ("msync", "a.bin", &["private a.bin", "part of a page of a.bin", "last of ten maps"]),
        ("msync", "b.bin", &["eighth of ten maps"]),
        ("msync", "\"memfd:*\"", &["memfd"]),
        ("msync", "/dev/zero", &["shared anonymous"]),
    ] {
        let rule = format!("{call}:error=ENOANO:mapped={file}");
        let ran = Havoc::new().inject(&rule).run(testee::c("more_ranges"), &["."]);
        assert_eq!(ran.status, 0, "{rule}: {ran:?}");
        let expected = if is_out_of_reach(&ran) { &[] } else { expected };
        assert_eq!(ran.failed_by("ENOANO"), expected, "{rule}: {ran:?}");
    }
}

#[test]
fn the_log_names_every_file_in_the_range() {
    let ran = ranges("msync:error=ENOANO:path=b.bin");
    let across = ran.lines_with("/a.bin+0x3000><<dir>/b.bin+0x0>, 8192, MS_SYNC) = -1 ENOANO");
    assert_eq!(across.len(), 1, "{ran:?}");
}
