//! `havoc demo` shows a rule and a command that anybody can run.
use havoc_tests::{apart, havoc};
use std::process::Command;

/// What both sides said, without what differs from run to run: pids (part of the directory's name too) and addresses.
fn lines(text: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(text).into_owned();
    let pid = text
        .lines()
        .find_map(|line| Some(line.strip_prefix("[pid ")?.split(']').next()?.to_owned()))
        .unwrap_or_else(|| "no pid".to_owned());
    text.lines()
        .map(|line| {
            match line.split_once("(0x").and_then(|(head, rest)| Some((head, rest.split_once('<')?))) {
                Some((head, (_, rest))) => format!("{head}(<address><{rest}"),
                None => line.to_owned(),
            }
        })
        // The pid where it stands for itself: a short one is also somewhere in an address.
        .map(|line| line.replace(&format!("[pid {pid}]"), "[pid <pid>]"))
        .map(|line| line.replace(&format!("havoc-demo-{pid}/"), "havoc-demo-<pid>/"))
        .collect()
}

#[test]
fn a_short_pid_is_replaced_nowhere_else() {
    let line = |pid: &str, address: &str| {
        format!("[pid {pid}] msync({address}</tmp/havoc-demo-{pid}/orders.bin+0x0>, 4096) = -1\n")
    };
    assert_eq!(lines(line("9", "0x7f99c000").as_bytes()), lines(line("4096", "0x7e000000").as_bytes()));
}

fn shell(command: &str) -> Command {
    let mut shell = apart::bounded("sh");
    let bin = havoc::binary();
    let path = format!("{}:/usr/bin:/bin", bin.parent().expect("a directory").display());
    shell.args(["-c", command]).env("PATH", path);
    shell
}

#[test]
fn the_command_that_the_demo_prints_yields_what_the_demo_showed() {
    let demo = shell("havoc demo").output().expect("havoc runs");
    let shown = String::from_utf8_lossy(&demo.stdout).into_owned();
    let command = shown.lines().find_map(|line| line.strip_prefix("    havoc ")).expect("a command");
    assert!(command.starts_with("--inject 'msync:error=EIO:path=orders.bin' -- "), "{shown}");
    let by_hand = shell(&format!("havoc {command}")).output().expect("havoc runs");
    assert_eq!(lines(&demo.stderr), lines(&by_hand.stderr));
    let seen: Vec<_> = shown.lines().filter(|line| line.contains(": sync ")).collect();
    assert_eq!(seen, String::from_utf8_lossy(&by_hand.stdout).lines().collect::<Vec<_>>());
    assert_eq!(seen.len(), 6, "{shown}");
    assert!(seen.contains(&"orders.bin: sync 3: Input/output error (os error 5)"), "{shown}");
    assert!(seen.contains(&"ledger.bin: sync 3: ok"), "{shown}");
    let log = lines(&demo.stderr);
    assert_eq!(
        log.iter().filter(|line| line.contains("orders.bin+0x0>, 4096, MS_SYNC) = -1 EIO")).count(),
        3
    );
}

#[test]
fn the_demo_with_the_other_files_pattern_fails_the_other_file() {
    let demo = shell("havoc demo").output().expect("havoc runs");
    let shown = String::from_utf8_lossy(&demo.stdout).into_owned();
    let command = shown.lines().find(|line| line.starts_with("    havoc ")).expect("a command");
    let other = shell(&command.replace("path=orders.bin", "path=ledger.bin")).output().expect("havoc runs");
    let seen = String::from_utf8_lossy(&other.stdout).into_owned();
    for sync in 1..=3 {
        assert!(seen.contains(&format!("orders.bin: sync {sync}: ok\n")), "{seen}");
        assert!(
            seen.contains(&format!("ledger.bin: sync {sync}: Input/output error (os error 5)\n")),
            "{seen}"
        );
    }
    assert!(!lines(&other.stderr).iter().any(|line| line.contains("orders.bin+")), "{other:?}");
}

#[test]
fn a_reader_may_leave_before_the_end_of_what_is_printed_and_a_full_disk_is_a_failure() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    for command in [
        "demo",
        "demo --program",
        "man",
        "syscalls",
        "syscalls all",
        "errors",
        "completions bash",
        "--help",
        "--version",
        "demo --help",
        "check plan.toml",
    ] {
        std::fs::write(directory.path().join("plan.toml"), "").expect("write a plan");
        // The reader is gone before anything is written.
        let script = format!(
            "exec 3>&1; {{ sleep 0.2; havoc {command} 3>&-; echo status $? >&3; }} | true; havoc {command} > /dev/full; echo full $?"
        );
        let mut shell = shell(&script);
        let output =
            shell.current_dir(directory.path()).env("TMPDIR", directory.path()).output().expect("sh runs");
        let err = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(String::from_utf8_lossy(&output.stdout), "status 0\nfull 125\n", "{command}: {err}");
        assert_eq!(
            err, "havoc: write to standard output: No space left on device (os error 28)\n",
            "{command}"
        );
        let left: Vec<_> = std::fs::read_dir(directory.path()).expect("a directory").flatten().collect();
        assert_eq!(left.len(), 1, "{command}: {left:?}");
    }
}
