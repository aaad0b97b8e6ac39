//! Programs whose files give privileges, which a plain user's havoc costs them: that is told.
use crate::engines::are_both_here;
use havoc_tests::apart::{bounded, is_root};
use havoc_tests::havoc::{Havoc, Ran, binary, copy_program};
use havoc_tests::outside;
use havoc_tests::skip::skip;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

const AS_NOBODY: [&str; 5] = ["setpriv", "--reuid", "65534", "--regid", "65534"];

/// A directory that a plain user can use, with havoc in it.
fn havoc(engine: &str) -> Havoc {
    let havoc = Havoc::under(engine).inject("fsync:error=EIO");
    let directory = havoc.directory().to_owned();
    fs::set_permissions(&directory, fs::Permissions::from_mode(0o755)).expect("let everybody in");
    copy_program(binary(), directory.join("havoc"));
    havoc.program(directory.join("havoc"))
}

/// Copies a program of the system's, and gives the copy these permission bits.
fn copy(directory: &Path, program: &str, mode: u32) {
    let found =
        std::env::split_paths("/usr/bin:/bin").map(|path| path.join(program)).find(|path| path.exists());
    copy_program(found.expect("a program of every system"), directory.join(program));
    fs::set_permissions(directory.join(program), fs::Permissions::from_mode(mode)).expect("set its bits");
}

/// What the program prints for a plain user without havoc.
fn natively(directory: &Path, words: &[&str]) -> String {
    let mut command = bounded(AS_NOBODY[0]);
    command.args(&AS_NOBODY[1..]).arg("--clear-groups").args(words).current_dir(directory);
    String::from_utf8_lossy(&command.output().expect("setpriv runs").stdout).into_owned()
}

fn by_nobody(havoc: Havoc, program: &str, arguments: &[&str]) -> Ran {
    havoc.started_by(AS_NOBODY).started_by(["--clear-groups"]).run(program, arguments)
}

fn told(ran: &Ran) -> Vec<&str> {
    ran.log.lines().filter_map(|line| line.strip_prefix("havoc: not seen: ")).collect()
}

fn assert_told_of_set_uid(engine: &str) {
    if !is_root() {
        return skip("only root makes a program set-uid root");
    }
    for _ in 0..5 {
        let havoc = havoc(engine);
        copy(havoc.directory(), "id", 0o4755);
        if natively(havoc.directory(), &["./id", "-u"]) != "0\n" {
            return skip("set-uid programs do not count here");
        }
        let ran = by_nobody(havoc, "./id", &["-u"]);
        assert_eq!(ran.out, "65534\n", "{ran:?}");
        let line = "<dir>/id ran without its set-uid or set-gid bit, as under any tracer; run havoc as root to keep that";
        assert_eq!(told(&ran), [line], "{engine}: {ran:?}");
    }
}

#[test]
fn a_set_uid_program_without_its_bit_is_told() {
    assert_told_of_set_uid("ptrace");
}

/// It may be gone before anybody can look at it.
#[test]
fn a_set_uid_program_that_nobody_traces_is_told_however_soon_it_ends() {
    if are_both_here() {
        assert_told_of_set_uid("notify");
    }
}

#[test]
fn a_program_without_the_capabilities_of_its_file_is_told() {
    if !is_root() {
        return skip("only root gives a file capabilities");
    }
    for engine in ["auto", "ptrace"] {
        let havoc = havoc(engine);
        copy(havoc.directory(), "cat", 0o755);
        let given = bounded("setcap").args(["cap_net_raw+ep", "cat"]).current_dir(havoc.directory()).output();
        let status = natively(havoc.directory(), &["./cat", "/proc/self/status"]);
        if !given.is_ok_and(|given| given.status.success()) || !status.contains("CapPrm:\t0000000000002000") {
            return skip("no setcap, or capabilities of files do not count here");
        }
        if outside::is_served(havoc.directory()) {
            return skip("a server keeps the files here, and is not asked for capabilities");
        }
        let ran = by_nobody(havoc, "./cat", &["/proc/self/status"]);
        assert!(ran.printed("CapPrm:\t0000000000000000"), "{ran:?}");
        let line = "<dir>/cat ran without the capabilities of its file, as under any tracer; run havoc as root to keep that";
        assert_eq!(told(&ran), [line], "{engine}: {ran:?}");
    }
}

#[test]
fn a_script_and_a_program_that_has_what_its_file_gives_are_not_told_of() {
    if !is_root() {
        return skip("only root makes a program set-uid root");
    }
    for engine in ["auto", "ptrace"] {
        let script = havoc(engine);
        fs::write(script.directory().join("script"), "#!/bin/sh\necho ran\n").expect("write a script");
        let bits = fs::Permissions::from_mode(0o4755);
        fs::set_permissions(script.directory().join("script"), bits).expect("set its bits");
        let ran = by_nobody(script, "./script", &[]);
        assert_eq!((ran.out.as_str(), told(&ran)), ("ran\n", vec![]), "{engine}: {ran:?}");
        let by_root = havoc(engine);
        copy(by_root.directory(), "id", 0o4755);
        let ran = by_root.run("./id", &["-u"]);
        assert_eq!((ran.out.as_str(), told(&ran)), ("0\n", vec![]), "{engine}: {ran:?}");
    }
}
