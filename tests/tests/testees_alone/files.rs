//! Files, mapped and opened, by every name.

use std::ffi::OsStr;
use std::time::Duration;

use havoc_tests::scene::Scene;
use havoc_tests::skip::skip;
use havoc_tests::testee;

use super::{directory, run};

#[test]
fn mapped_files_flushes_each_ten_times() {
    let directory = directory();
    let expected: Vec<String> =
        (1..=10).flat_map(|n| ["a", "b"].map(|file| format!("{file}.bin flush {n}: ok"))).collect();
    let ran = run(testee::rust("mapped_files"), &[directory.path()]);
    assert_eq!(ran.lines, expected);
    ran.exits(0);
}

#[test]
fn force_forces_both_files() {
    let directory = directory();
    let classes = testee::java("Force");
    let arguments =
        [OsStr::new("-cp"), classes.as_os_str(), OsStr::new("Force"), directory.path().as_os_str()];
    run("java", &arguments)
        .prints(&["a.bin force 1: ok", "b.bin force 1: ok", "a.bin force 2: ok", "b.bin force 2: ok"])
        .exits(0);
}

#[test]
fn odd_names_reaches_every_file() {
    let directory = directory();
    let mut expected = Vec::new();
    for name in [
        "plain.bin",
        "with space",
        r"with\nnewline",
        r"\xff\xfe",
        r"back\x5cslash",
        "gone",
        "really (deleted)",
        "gone (deleted)",
        "old name",
    ] {
        expected.push(format!("{name}: msync: ok"));
        expected.push(format!("{name}: fsync: ok"));
    }
    for how in [
        "open relative",
        "open with dots",
        "open symbolic link",
        "open hard link",
        "openat directory",
        "open after chdir",
        "open above",
        "open absolute",
    ] {
        expected.push(format!("{how}: ok"));
    }
    expected.push("open what is not there: No such file or directory".to_owned());
    let ran = run(testee::c("odd_names"), &[directory.path()]);
    assert_eq!(ran.lines, expected);
    ran.exits(0);
}

#[test]
fn ranges_makes_each_call_on_each_range() {
    let directory = directory();
    let mut expected = Vec::new();
    // mbind is left out: a kernel without NUMA has none, and a container's profile may refuse it.
    for call in ["msync", "madvise", "mprotect", "pkey_mprotect", "mlock", "mlock2", "munlock", "mincore"] {
        for range in ["a.bin", "b.bin", "a.bin and b.bin", "anonymous", "nothing at a.bin"] {
            expected.push(format!("{call} {range}: ok"));
        }
        expected.push(format!("{call} a hole: ENOMEM"));
        expected.push(format!("{call} b.bin and a hole: ENOMEM"));
    }
    for line in ["mremap a.bin", "mremap b.bin", "mremap anonymous", "msync a.bin moved", "msync b.bin moved"]
    {
        expected.push(format!("{line}: ok"));
    }
    for range in ["a.bin", "b.bin", "anonymous"] {
        expected.push(format!("munmap {range}: ok"));
    }
    let mut ran = run(testee::c("ranges"), &[directory.path()]);
    // Without protection keys there may be no such call: on aarch64 before Linux 6.12.
    let has_keys = !ran.lines.contains(&"pkey_mprotect a.bin: ENOSYS".to_owned());
    // Where the calls before have left it in pieces, it could not be moved as one before Linux 6.17.
    let is_left_out = |line: &String| {
        line.starts_with("mbind ")
            || line == "mremap anonymous: EFAULT"
            || (!has_keys && line.starts_with("pkey_mprotect "))
    };
    if ran.lines.contains(&"mremap anonymous: EFAULT".to_owned()) {
        expected.retain(|line| line != "mremap anonymous: ok");
    }
    expected.retain(|line| !is_left_out(line));
    ran.lines.retain(|line| !is_left_out(line));
    assert_eq!(ran.lines, expected);
    ran.exits(0);
}

#[test]
fn thread_unshared_has_its_own_descriptors_and_directory() {
    let directory = directory();
    run(testee::c("thread_unshared"), &[directory.path()])
        .prints(&[
            "thread (there): fsync 20: ok",
            "thread (there): open file.bin: ok",
            "main (here): fsync 20: ok",
            "main (here): open file.bin: ok",
        ])
        .exits(0);
    assert!(
        directory.path().join("here/file.bin").exists() && directory.path().join("there/file.bin").exists()
    );
}

#[test]
fn daemonizes_outlives_its_root() {
    let directory = directory();
    let file = directory.path().join("file");
    run(testee::c("daemonizes"), &[&file]).prints(&[]).exits(5);
    assert!(!file.exists(), "the daemon sleeps before it writes");
    let mut text = String::new();
    for _ in 0..500 {
        text = std::fs::read_to_string(&file).unwrap_or_default();
        if text.ends_with("ok\n") {
            break;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(text, "daemon: written\ndaemon: fsync: ok\n");
}

#[test]
fn undumpable_syncs_its_file() {
    let directory = directory();
    run(testee::c("undumpable"), &[directory.path()])
        .prints(&["dumpable: 0", "msync a.bin: ok", "fsync a.bin: ok", "open a.bin: ok"])
        .exits(0);
}

#[test]
fn descriptors_reaches_the_file_by_every_way() {
    let directory = directory();
    run(testee::c("descriptors"), &[directory.path()])
        .prints(&[
            "opened: ok",
            "dup: ok",
            "dup2: ok",
            "fcntl: ok",
            "received: ok",
            "pidfd_getfd: ok",
            "opened in a thread: ok",
            "same number, other file: ok",
            "closed: EBADF",
            "out of a set: EBADF",
            "with high bits: ok",
            "directory: ok",
            "pipe: EINVAL",
            "memfd: ok",
            "deleted: ok",
        ])
        .exits(0);
}

#[test]
fn more_ranges_makes_its_calls() {
    let directory = directory();
    let ran = run(testee::c("more_ranges"), &[directory.path()]);
    for line in ["mmap over a.bin: ok", "mremap onto a.bin: ok", "private a.bin: ok", "last of ten maps: ok"]
    {
        ran.has(line);
    }
    ran.exits(0);
}

#[test]
fn fuse_hangs_lets_nobody_go_who_asks_until_it_ends() {
    let played = Scene::new().with(testee::c("fuse_hangs")).play(
        r#"mkdir hung
        "$fuse_hangs" hung > server & server=$!
        tries=0; until [ -s server ] || [ $tries = 200 ]; do tries=$((tries + 1)); sleep 0.05; done
        cat server; grep -q ready server || exit 77
        cat hung/file 2> err & asker=$!
        # It may be interrupted until the server has read its request, and then no more.
        sleep 0.5; kill -KILL $asker; until_it_is $asker D; sleep 0.2; until_it_is $asker D
        [ $server -gt 1 ] && kill -KILL $server; wait $asker 2> killed; echo "asker: $?"; nobody_is_left"#,
    );
    if played.status == 77 {
        return skip(played.out.trim());
    }
    played.says(&["ready", "asker: 137", "nobody is left"]);
}
