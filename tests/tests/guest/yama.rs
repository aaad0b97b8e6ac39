//! Yama, a security module: what it permits, havoc does, and what it forbids is told with its remedy.
use crate::assert_is_guest;
use havoc_tests::havoc::{Havoc, Ran};
use havoc_tests::testee;
use std::fs;
use std::os::unix::fs::PermissionsExt;

const SCOPE: &str = "/proc/sys/kernel/yama/ptrace_scope";

fn run_as(user: u32) -> Ran {
    let user = user.to_string();
    let havoc = Havoc::under("ptrace").inject("msync:error=ENOANO:path=a.bin").started_by([
        "setpriv",
        "--reuid",
        &user,
        "--regid",
        &user,
        "--clear-groups",
        "--",
    ]);
    fs::set_permissions(havoc.directory(), fs::Permissions::from_mode(0o777))
        .expect("change a mode of our own");
    havoc.run(testee::c("forker"), &["."])
}

/// Documentation/admin-guide/LSM/Yama.rst. One test: who has set 3 can set nothing else until the next boot.
#[test]
fn what_yama_permits_is_done_and_what_it_forbids_is_told_with_the_remedy() {
    assert_is_guest();
    for (scope, user, remedy) in [
        ("0", 0, None),
        ("0", 1000, None),
        // Our children are our descendants.
        ("1", 0, None),
        ("1", 1000, None),
        ("2", 0, None),
        ("2", 1000, Some("set kernel.yama.ptrace_scope to 1")),
        ("3", 0, Some("boot with a lower ptrace_scope")),
        ("3", 1000, Some("boot with a lower ptrace_scope")),
    ] {
        if fs::read_to_string(SCOPE).expect("Debian's kernels have Yama").trim() != scope {
            fs::write(SCOPE, scope).expect("root may raise it");
        }
        let ran = run_as(user);
        match remedy {
            None => {
                assert_eq!(ran.status, 0, "{scope} {user}: {ran:?}");
                assert!(ran.injected() > 0, "{scope} {user}: {ran:?}");
            }
            Some(remedy) => {
                assert_eq!(ran.status, 125, "{scope} {user}: {ran:?}");
                assert_eq!(ran.out, "", "{scope} {user}: {ran:?}");
                assert!(ran.err.contains(&format!("kernel.yama.ptrace_scope = {scope}")), "{user}: {ran:?}");
                assert!(ran.err.contains(remedy), "{scope} {user}: {ran:?}");
            }
        }
    }
}
