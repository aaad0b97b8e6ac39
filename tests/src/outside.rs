//! What surroundings forbid: the seccomp filter of a container answers some calls itself, and no filter below it is asked.

use crate::apart::bounded;
use crate::{havoc, testee};
use nix::sys::uio::{RemoteIoVec, process_vm_readv};
use nix::unistd::Pid;
use std::fs;
use std::io::IoSliceMut;
use std::path::Path;
use std::sync::OnceLock;

/// Tells whether somebody else's seccomp filter lies over us, a container's. Docker's answers ENOSYS to numbers that it
/// does not know.
pub fn has_filter() -> bool {
    let status = fs::read_to_string("/proc/self/status").expect("/proc");
    status.lines().any(|line| line == "Seccomp:\t2")
}

/// Tells whether a program can call clone3 here. Docker's default profile answers ENOSYS, so that libc makes threads by
/// clone instead.
///
/// # Panics
/// If the testee cannot be built or run.
pub fn has_clone3() -> bool {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let output = bounded(testee::c("clone3_child")).arg(directory.path()).output().expect("the testee runs");
    !output.stdout.starts_with(b"clone3: ")
}

/// Tells whether the engine `notify` is to be had: SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV came with Linux 5.19, and whoever lies
/// above us may listen already.
///
/// # Panics
/// If havoc has not been built, or says something else.
#[must_use]
pub fn has_notify() -> bool {
    static HAS: OnceLock<bool> = OnceLock::new();
    *HAS.get_or_init(starts_notify)
}

fn starts_notify() -> bool {
    let options = ["--engine", "notify", "-q", "--inject", "fsync:error=EIO", "--", "true"];
    let output = bounded(havoc::binary()).args(options).output().expect("havoc runs");
    if output.status.success() {
        return true;
    }
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("cannot listen for the program's calls"), "{said}");
    false
}

/// Returns the engines that are to be had here.
///
/// # Panics
/// As [`has_notify`] does.
#[must_use]
pub fn engines() -> &'static [&'static str] {
    if has_notify() { &["ptrace", "notify"] } else { &["ptrace"] }
}

/// Tells whether the files in a directory are a server's (FUSE), as those of a container are whose engine keeps them so.
///
/// # Panics
/// If that cannot be found out.
#[must_use]
pub fn is_served(directory: &Path) -> bool {
    let found = bounded("stat").args(["--file-system", "--format=%T"]).arg(directory).output();
    String::from_utf8_lossy(&found.expect("stat runs").stdout).starts_with("fuse")
}

/// Tells whether there is this program, one that tells its version.
#[must_use]
pub fn has_program(name: &str) -> bool {
    // Of what `timeout` cannot start it says so by 126 or 127.
    bounded(name).arg("--version").output().is_ok_and(|output| output.status.success())
}

/// Tells whether this is 64-bit Arm, whose kernel has none of the older calls.
#[must_use]
pub fn is_aarch64() -> bool {
    std::env::consts::ARCH == "aarch64"
}

/// Tells whether this is one of the virtual machines of `cargo xtask test --stage aarch64` and `kernels`.
#[must_use]
pub fn is_guest() -> bool {
    std::env::var_os("HAVOC_GUEST").is_some()
}

/// Tells whether every instruction is emulated here, as the guests of `cargo xtask test` say by `HAVOC_EMULATED`.
#[must_use]
pub fn is_emulated() -> bool {
    std::env::var_os("HAVOC_EMULATED").is_some()
}

/// Returns `count`, or a tenth of it where every instruction is emulated.
#[must_use]
pub fn scaled(count: u32) -> u32 {
    if is_emulated() { count / 10 } else { count }
}

/// Returns a set of calls without those that this architecture does not have: the kernel gave the newer ones only what is
/// general, openat and no open, and libc makes the old calls by them.
#[must_use]
pub fn calls_here(set: &str) -> String {
    const NOT_ON_AARCH64: [&str; 3] = ["alarm", "pause", "vfork"];
    let is_here = |call: &&str| !is_aarch64() || !NOT_ON_AARCH64.contains(call);
    set.split(',').filter(is_here).collect::<Vec<_>>().join(",")
}

/// Tells whether 32-bit programs run here: on x86_64, if its kernel has CONFIG_IA32_EMULATION and was not booted without.
///
/// # Panics
/// If the testee cannot be built.
#[must_use]
pub fn runs_i386() -> bool {
    runs(&testee::c_i386("exits"))
}

/// Tells whether programs of 32-bit Arm run here: on aarch64, if its CPU has the instructions.
///
/// # Panics
/// If the testee cannot be built.
#[must_use]
pub fn runs_arm() -> bool {
    runs(&testee::c_arm("exits"))
}

fn runs(exits: &Path) -> bool {
    bounded(exits).args(["code", "7"]).status().is_ok_and(|status| status.code() == Some(7))
}

/// Tells whether we have CAP_SYS_PTRACE. It is bit 19: include/uapi/linux/capability.h.
///
/// # Panics
/// If there is no /proc.
#[must_use]
pub fn has_cap_sys_ptrace() -> bool {
    let status = fs::read_to_string("/proc/self/status").expect("/proc");
    let effective =
        status.lines().find_map(|line| line.strip_prefix("CapEff:")).expect("a set of capabilities");
    u64::from_str_radix(effective.trim(), 16).expect("a number") & (1 << 19) != 0
}

/// Tells whether process_vm_readv may be called here. Docker's profiles up to 20.10 refuse it without CAP_SYS_PTRACE.
pub fn has_process_vm_readv() -> bool {
    let (from, mut to) = ([7_u8], [0_u8]);
    let remote = [RemoteIoVec { base: from.as_ptr() as usize, len: 1 }];
    process_vm_readv(Pid::this(), &mut [IoSliceMut::new(&mut to)], &remote).is_ok()
}

/// Tells whether a thread may leave what it shares with others, by unshare(2).
///
/// # Panics
/// If the testee cannot be built or run.
pub fn has_unshare() -> bool {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let output =
        bounded(testee::c("thread_unshared")).arg(directory.path()).output().expect("the testee runs");
    !output.stderr.starts_with(b"unshare: ")
}
