//! Programs that see another tree of files than havoc does, or whose files the kernel hides.
use havoc_tests::apart::{bounded, has_namespace, is_root};
use havoc_tests::havoc::{Havoc, binary, copy_program};
use havoc_tests::scene::Scene;
use havoc_tests::skip::skip;
use havoc_tests::{outside, testee};
use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Stdio;

/// Words that start a program with the rights of root, in a mount namespace of its own.
const UNSHARE: [&str; 4] = ["unshare", "--user", "--map-root-user", "--mount"];

/// Tells whether a program that is started by these words starts.
fn works(words: &[&str]) -> bool {
    let mut command = bounded(words[0]);
    command.args(&words[1..]).arg("true").stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// Copies a program without a loader to where it can be run from.
fn copy_to(directory: &Path, name: &str) {
    fs::create_dir_all(directory).expect("make a directory");
    copy_program(testee::c_static(name), directory.join(name));
}

#[test]
fn paths_are_those_of_the_program_in_a_root_of_its_own() {
    // Root needs no namespace for it, and in a container it gets none.
    let rights: &[&str] = if works(&UNSHARE) { &UNSHARE } else { &["env"] };
    if !works(&[rights, &["chroot", "/"]].concat()) {
        return skip("no user namespace to be had, and no chroot without");
    }
    for (pattern, hits) in [
        ("a.bin", true),
        ("/data/a.bin", true),
        ("**/data/a.bin", true),
        ("./jail/data/a.bin", false),
        ("<dir>/jail/data/a.bin", false),
    ] {
        let havoc = Havoc::new();
        copy_to(&havoc.directory().join("jail"), "clone_untraced");
        fs::create_dir(havoc.directory().join("jail/data")).expect("make a directory");
        let pattern = pattern.replace("<dir>", havoc.directory().to_str().expect("ASCII"));
        let rule = format!("msync:error=ENOANO:path={pattern}");
        let words = [&rights[1..], &["chroot", "jail", "/clone_untraced", "/data"]].concat();
        let ran = havoc.inject(&rule).run(rights[0], &words);
        let expected: &[&str] = if hits { &["child: msync a.bin"] } else { &[] };
        assert_eq!(ran.failed_by("No anode"), expected, "{rule}: {ran:?}");
        assert!(ran.printed("child: msync b.bin: ok"), "{rule}: {ran:?}");
        if hits {
            assert_eq!(ran.lines_with("</data/a.bin+0x0>, 65536").len(), 1, "{rule}: {ran:?}");
        }
    }
}

#[test]
fn programs_and_callers_are_told_by_the_paths_of_a_root_of_their_own() {
    let rights: &[&str] = if works(&UNSHARE) { &UNSHARE } else { &["env"] };
    if !works(&[rights, &["chroot", "/"]].concat()) {
        return skip("no user namespace to be had, and no chroot without");
    }
    for (selector, hits) in [
        ("exe=/clone_untraced", true),
        ("exe=clone_untraced", true),
        ("exe=**/jail/clone_untraced", false),
        ("exe!=/clone_untraced", false),
        ("caller=/clone_untraced", true),
        ("caller=**/jail/*", false),
        ("caller!=/clone_untraced", false),
        ("mapped=/data/a.bin", true),
        ("mapped=**/jail/**", false),
    ] {
        let havoc = Havoc::new();
        copy_to(&havoc.directory().join("jail"), "clone_untraced");
        fs::create_dir(havoc.directory().join("jail/data")).expect("make a directory");
        let rule = format!("msync:error=ENOANO:{selector}:when=1");
        let words = [&rights[1..], &["chroot", "jail", "/clone_untraced", "/data"]].concat();
        let ran = havoc.inject(&rule).run(rights[0], &words);
        let expected: &[&str] = if hits { &["child: msync a.bin"] } else { &[] };
        assert_eq!(ran.failed_by("No anode"), expected, "{rule}: {ran:?}");
    }
}

#[test]
fn paths_are_those_of_the_program_in_a_mount_namespace_of_its_own() {
    if !works(&UNSHARE) {
        return skip("no user namespace to be had");
    }
    for (call, of_program) in [("msync", "clone3 child: msync a.bin"), ("openat", "")] {
        for (pattern, hits) in
            [("here/a.bin", false), ("<dir>/here/a.bin", true), ("<dir>/there/a.bin", false), ("a.bin", true)]
        {
            let havoc = Havoc::new();
            for name in ["here", "there"] {
                fs::create_dir(havoc.directory().join(name)).expect("make a directory");
            }
            copy_to(&havoc.directory().join("bin"), "clone3_child");
            let pattern = pattern.replace("<dir>", havoc.directory().to_str().expect("ASCII"));
            let rule = format!("{call}:error=ENOANO:path={pattern}");
            let script = "mount --bind there here && exec bin/clone3_child here";
            let words = [&UNSHARE[1..], &["sh", "-c", script]].concat();
            let ran = havoc.inject(&rule).run(UNSHARE[0], &words);
            assert_eq!(ran.injected(), usize::from(hits), "{rule}: {ran:?}");
            if call == "msync" {
                let expected: &[&str] = if hits { &[of_program] } else { &[] };
                assert_eq!(ran.failed_by("No anode"), expected, "{rule}: {ran:?}");
            }
        }
    }
}

#[test]
fn a_file_that_the_kernel_hides_is_no_match_and_is_counted() {
    // Nothing is hidden from root.
    let as_nobody: &[&str] =
        if is_root() { &["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"] } else { &[] };
    for (rule, expected) in [
        ("msync,fsync,openat:error=ENOANO:path=a.bin:when=3+", &[][..]),
        ("fsync:error=ENOANO:fd=3", &["fsync a.bin"]),
        ("msync:error=ENOANO", &["msync a.bin"]),
        ("msync,fsync:error=ENOANO:path!=b.bin", &[]),
    ] {
        let havoc = Havoc::new().inject(rule);
        let directory = havoc.directory().to_owned();
        fs::set_permissions(&directory, fs::Permissions::from_mode(0o777)).expect("let everybody write");
        // Where the testees are built need not be open to all.
        copy_to(&directory, "undumpable");
        copy_program(binary(), directory.join("havoc"));
        let ran = havoc
            .program(directory.join("havoc"))
            .started_by(as_nobody.iter().copied())
            .run("./undumpable", &["."]);
        assert!(ran.printed("dumpable: 0"), "{rule}: {ran:?}");
        assert_eq!(ran.failed_by("No anode"), expected, "{rule}: {ran:?}");
        assert_eq!(ran.status, 0, "{rule}: {ran:?}");
        let hides = ran.log.contains("could not be judged, since what they touch could not be looked up");
        assert_eq!(hides, rule.contains("path"), "{rule}: {ran:?}");
    }
}

#[test]
fn what_the_kernel_hides_is_looked_into_by_root_with_the_capability() {
    let havoc = Havoc::new().inject("msync,fsync:error=ENOANO:path=a.bin");
    let ran = havoc.run(testee::c("undumpable"), &["."]);
    assert!(ran.printed("dumpable: 0"), "{ran:?}");
    let expected: &[&str] = if outside::has_cap_sys_ptrace() { &["fsync a.bin", "msync a.bin"] } else { &[] };
    let mut failed = ran.failed_by("No anode");
    failed.sort_unstable();
    assert_eq!(failed, expected, "{ran:?}");
}

#[test]
fn memory_is_read_in_another_way_where_process_vm_readv_is_forbidden_and_a_debug_line_says_so() {
    let havoc = Havoc::new().env("HAVOC_LOG", "debug").inject("openat:error=ENOANO:path=a.bin");
    let ran = havoc.run(testee::c("clone_untraced"), &["."]);
    assert!(ran.err.contains("open ./a.bin: No anode"), "{ran:?}");
    let debug =
        "process_vm_readv: EPERM: Operation not permitted; memory goes through /proc/TID/mem from now on";
    let told = ran.err.lines().filter(|line| line.contains(debug)).count();
    assert_eq!(told, usize::from(!outside::has_process_vm_readv()), "{ran:?}");
}

#[test]
fn pids_are_those_of_havocs_namespace_and_paths_those_of_the_program_in_namespaces_of_its_own() {
    let new = ["unshare", "--user", "--map-root-user", "--pid", "--mount", "--mount-proc", "--fork"];
    if !works(&new) {
        return skip("no user namespace to be had");
    }
    let havoc = Havoc::new();
    copy_to(&havoc.directory().join("bin"), "clone_untraced");
    for name in ["here", "there"] {
        fs::create_dir(havoc.directory().join(name)).expect("make a directory");
    }
    let rule = format!("msync:error=ENOANO:path={}/here/a.bin", havoc.directory().display());
    // The shell is the first process of its namespace, and its child the second.
    let script = "echo \"shell: $$\"; mount --bind there here; (exec bin/clone_untraced here); true";
    let ran = havoc
        .inject(&rule)
        .options(["--trace", "clone"])
        .run(new[0], &[&new[1..], &["sh", "-c", script]].concat());
    assert!(ran.printed("shell: 1"), "{ran:?}");
    assert_eq!(ran.failed_by("No anode"), ["child: msync a.bin"], "{ran:?}");
    let injected = ran.lines_with("(INJECTED) (msync#1");
    assert_eq!(injected.len(), 1, "{ran:?}");
    assert!(injected[0].contains("<<dir>/here/a.bin+0x0>"), "{ran:?}");

    // What unshare itself forked is the shell, by the number that unshare sees: ours.
    let pid = |line: &str| -> i32 {
        let number = line.strip_prefix("[pid ").and_then(|rest| rest.split(']').next());
        number.and_then(|number| number.parse().ok()).unwrap_or_else(|| panic!("{ran:?}"))
    };
    let result = |line: &str| line.rsplit("= ").next()?.split(' ').next()?.parse::<i32>().ok();
    let forks = ran.lines_with("clone(CLONE_CHILD_CLEARTID");
    let of_unshare = forks[0];
    // In there the shell is told that its second child is 3, and the program that its own is 4; their lines have our
    // numbers.
    let of_shell = *forks.iter().find(|line| result(line) == Some(3)).unwrap_or_else(|| panic!("{ran:?}"));
    let of_program = ran.lines_with("clone(CLONE_UNTRACED")[0];
    assert_eq!(result(of_unshare), Some(pid(of_shell)), "{ran:?}");
    assert_eq!(result(of_program), Some(4), "{ran:?}");
    let pids = [of_unshare, of_shell, of_program, injected[0]].map(pid);
    assert!(pids.iter().all(|pid| *pid > 4), "{ran:?}");
    assert_eq!(BTreeSet::from(pids).len(), 4, "{ran:?}");
}

#[test]
fn a_program_that_unmounts_proc_can_and_its_files_are_still_found() {
    if !has_namespace() {
        return skip("a container mounts nothing");
    }
    for engine in outside::engines() {
        let played = Scene::new().variable("engine", *engine).play(
            r#"echo hello > a.txt; echo hello > b.txt
            unshare --mount sh -c 'mount -t proc proc /proc && exec "$havoc" -q -o log --engine $engine \
                --inject openat:error=ENOANO:path=a.txt -- sh -c "umount /proc && cat b.txt && cat a.txt"' 2> err
            echo "status $?"; grep -o "No anode" err"#,
        );
        assert_eq!(played.out, "hello\nstatus 1\nNo anode\n", "{engine}: {played:?}");
    }
}
