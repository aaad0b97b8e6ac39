//! Which files a rule picks: by every name, through every descriptor.
use havoc_tests::havoc::{Havoc, Ran};
use havoc_tests::skip::skip;
use havoc_tests::{outside, testee};

/// Runs odd_names under `msync,fsync:SELECTORS` and asserts which of its files fail, in which calls.
#[track_caller]
fn assert_synced_files(selectors: &str, expected: &[&str]) {
    let havoc = Havoc::new();
    let selectors = selectors.replace("<dir>", havoc.directory().to_str().expect("ASCII"));
    let ran =
        havoc.inject(&format!("msync,fsync:error=ENOANO:{selectors}")).run(testee::c("odd_names"), &["."]);
    assert_eq!(ran.failed_by("No anode"), expected, "{selectors}: {ran:?}");
    assert_eq!(ran.injected(), expected.len(), "{selectors}: {ran:?}");
    assert_eq!(ran.status, 0, "{ran:?}");
}

#[test]
fn a_file_is_picked_by_its_name_in_any_spelling_of_the_pattern() {
    for pattern in [
        "plain.bin",
        "<dir>/plain.bin",
        "**/plain.bin",
        "./plain.bin",
        "{plain,simple}.bin",
        "[o-q]lain.bin",
        "p*n",
        "?????.bin",
        "\"plain.bin\"",
        "pl\"ain.b\"in",
        "pl\\ain.bin",
    ] {
        assert_synced_files(&format!("path={pattern}"), &["plain.bin: msync", "plain.bin: fsync"]);
    }
    for pattern in ["plain", "Plain.bin", "lain.bin", "/plain.bin", "sub/plain.bin", "<dir>/*/plain.bin"] {
        assert_synced_files(&format!("path={pattern}"), &[]);
    }
}

#[test]
fn names_with_blanks_newlines_backslashes_and_bytes_that_are_no_text_are_names() {
    for (selector, name) in [
        ("path=\"with space\"", "with space"),
        ("path=with space", "with space"),
        ("path=with\nnewline", r"with\nnewline"),
        ("path=back\\\\slash", r"back\x5cslash"),
        ("path=\"back\\\\\\\\slash\"", r"back\x5cslash"),
        // The file's name is two bytes that are no UTF-8: two question marks.
        ("path=??", r"\xff\xfe"),
    ] {
        assert_synced_files(selector, &[&format!("{name}: msync"), &format!("{name}: fsync")]);
    }
}

#[test]
fn a_deleted_file_keeps_its_name_and_a_renamed_one_has_its_new() {
    assert_synced_files("path=gone", &["gone: msync", "gone: fsync"]);
    assert_synced_files("path=\"new name\"", &["old name: msync", "old name: fsync"]);
    assert_synced_files("path=\"old name\"", &[]);
}

#[test]
fn deleted_in_parentheses_may_be_part_of_a_name() {
    assert_synced_files("path=\"really (deleted)\"", &["really (deleted): msync", "really (deleted): fsync"]);
    assert_synced_files("path=really", &[]);
    assert_synced_files("path=\"gone (deleted)\"", &["gone (deleted): msync", "gone (deleted): fsync"]);
}

#[test]
fn a_call_can_be_picked_by_mapping_by_descriptor_and_by_what_it_does_not_touch() {
    const PLAIN: [&str; 2] = ["plain.bin: msync", "plain.bin: fsync"];
    assert_synced_files("path=plain.bin:mapped=*", &PLAIN[..1]);
    assert_synced_files("mapped=plain.bin", &PLAIN[..1]);
    assert_synced_files("path=plain.bin:mapped!=*", &PLAIN[1..]);
    assert_synced_files("path=plain.bin:fd=3", &PLAIN[1..]);
    assert_synced_files("path=plain.bin:fd!=3", &PLAIN[..1]);
    assert_synced_files("path=plain.bin:fd=4", &[]);
    // Any of the two and none of the three.
    assert_synced_files("path=plain.bin:path=gone", &[PLAIN[0], PLAIN[1], "gone: msync", "gone: fsync"]);
    assert_synced_files("path=p*:path=gone*:path!=gone:path!=gone?*", &PLAIN);
    let others = [r"with\nnewline", r"\xff\xfe", r"back\x5cslash", "old name"];
    let others: Vec<_> =
        others.iter().flat_map(|name| [format!("{name}: msync"), format!("{name}: fsync")]).collect();
    let others: Vec<_> = others.iter().map(String::as_str).collect();
    assert_synced_files("path!=plain.bin:path!=\"with space\":path!=\"*gone*\":path!=really*", &others);
}

/// Runs odd_names under `openat:SELECTORS` and asserts which of its opens fail.
#[track_caller]
fn assert_opens(selectors: &str, expected: &[&str]) {
    let havoc = Havoc::new();
    let selectors = selectors.replace("<dir>", havoc.directory().to_str().expect("ASCII"));
    let ran = havoc.inject(&format!("openat:error=ENOANO:{selectors}")).run(testee::c("odd_names"), &["."]);
    assert_eq!(ran.failed_by("No anode"), expected, "{selectors}: {ran:?}");
    assert_eq!(ran.injected(), expected.len(), "{selectors}: {ran:?}");
}

#[test]
fn a_path_argument_is_made_absolute_folded_and_resolved() {
    let every_way = [
        "open relative",
        "open with dots",
        "open symbolic link",
        "openat directory",
        "open after chdir",
        "open above",
        "open absolute",
    ];
    // The first match is the file's creation.
    for pattern in
        ["file", "sub/file", "./sub/file", "<dir>/sub/file", "**/sub/file", "<dir>/*/file", "s*/f*"]
    {
        assert_opens(&format!("path={pattern}:when=2+"), &every_way);
    }
    let below = [&every_way[..], &["open what is not there"]].concat();
    assert_opens("path=sub/:path!=sub:when=2+", &below);
    assert_opens("path=<dir>/sub/**:when=2+", &below);
}

#[test]
fn a_link_is_picked_by_its_own_name_too_and_a_hard_link_by_its_own_name_only() {
    assert_opens("path=link", &["open symbolic link"]);
    assert_opens("path=<dir>/link", &["open symbolic link"]);
    assert_opens("path=\"hard link\"", &["open hard link"]);
}

#[test]
fn a_file_that_does_not_exist_can_be_picked() {
    assert_opens("path=missing", &["open what is not there"]);
    assert_opens("path=<dir>/sub/missing", &["open what is not there"]);
    assert_opens("path=sub/missing", &["open what is not there"]);
}

#[test]
fn every_way_to_a_descriptor_leads_to_its_file() {
    let ways = [
        "opened",
        "dup",
        "dup2",
        "fcntl",
        "received",
        "pidfd_getfd",
        "opened in a thread",
        "with high bits",
        "deleted",
    ];
    let run = |selector: &str| -> Ran {
        let havoc = Havoc::new().inject(&format!("fsync:error=ENOANO:{selector}"));
        havoc.run(testee::c("descriptors"), &["."])
    };
    let ran = run("path=a.bin");
    assert_eq!(ran.failed_by("ENOANO"), ways, "{ran:?}");
    assert_eq!(ran.injected(), ways.len(), "{ran:?}");
    for line in
        ["same number, other file: ok", "closed: EBADF", "out of a set: EBADF", "pipe: EINVAL", "memfd: ok"]
    {
        assert!(ran.printed(line), "{line}: {ran:?}");
    }
    assert_eq!(run("path=b.bin").failed_by("ENOANO"), ["same number, other file"]);
    assert_eq!(run("fd=50").failed_by("ENOANO"), ["dup2", "same number, other file"]);
    assert_eq!(run("fd=50:path=a.bin").failed_by("ENOANO"), ["dup2"]);
    assert_eq!(run("fd=3").failed_by("ENOANO"), ["opened", "with high bits", "deleted"]);
    assert_eq!(run("fd=-1").failed_by("ENOANO"), ["out of a set"]);
    assert_eq!(run("path=\"pipe:*\"").failed_by("ENOANO"), ["pipe"]);
    assert_eq!(run("path=\"memfd:*\"").failed_by("ENOANO"), ["memfd"]);
    assert_eq!(run("mapped=a.bin").failed_by("ENOANO"), [""; 0]);
}

#[test]
fn a_file_gets_its_directory_by_its_own_name() {
    let havoc = Havoc::new();
    let rule = format!("fsync:error=ENOANO:path={}", havoc.directory().display());
    let ran = havoc.inject(&rule).run(testee::c("descriptors"), &["."]);
    assert_eq!(ran.failed_by("ENOANO"), ["directory"], "{ran:?}");
}

#[test]
fn files_are_looked_up_in_the_thread_that_makes_the_call() {
    if !outside::has_unshare() {
        return skip("unshare is not permitted here");
    }
    let run = |rule: &str| Havoc::new().inject(rule).run(testee::c("thread_unshared"), &["."]);
    for (place, who) in [("there", "thread (there)"), ("here", "main (here)")] {
        let ran = run(&format!("fsync:error=ENOANO:path=**/{place}/file.bin"));
        assert_eq!(ran.failed_by("No anode"), [format!("{who}: fsync 20")], "{ran:?}");
        // Its first open makes the file, as `./file.bin`.
        let ran = run(&format!("openat:error=ENOANO:path={place}/file.bin:when=2+"));
        assert_eq!(ran.failed_by("No anode"), [format!("{who}: open file.bin")], "{ran:?}");
    }
}

#[test]
fn files_are_looked_up_when_the_leader_of_the_process_is_gone() {
    let run = |rule: &str| {
        let ran = Havoc::new().inject(rule).run(testee::c("leader_exits_first"), &["."]);
        assert!(ran.printed("leader: gone"), "{ran:?}");
        assert_eq!(ran.status, 7, "{ran:?}");
        ran
    };
    let failed = |rule: &str| run(rule).failed_by("No anode").join(", ");
    assert_eq!(failed("msync:error=ENOANO:path=b.bin"), "worker: msync b.bin");
    assert_eq!(failed("fsync:error=ENOANO:path=c.bin"), "worker: fsync c.bin");
    assert_eq!(failed("openat:error=ENOANO:path=./relative.txt"), "worker: open relative.txt");
}
