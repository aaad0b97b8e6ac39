//! The image of a release: havoc, linked statically, and nothing else.
use crate::{HAVOC, Ran, build, contain, docker, run};

/// The smallest image with a shell is an order of magnitude larger.
const LARGEST: u64 = 16 << 20;

#[track_caller]
fn assert_demo(ran: &Ran) {
    assert_eq!(ran.status, Some(0), "{ran:?}");
    for sync in 1..=3 {
        let line = format!("orders.bin: sync {sync}: Input/output error (os error 5)\n");
        assert!(ran.out.contains(&line), "{ran:?}");
        assert!(ran.out.contains(&format!("ledger.bin: sync {sync}: ok\n")), "{ran:?}");
    }
    assert_eq!(ran.err.matches("(INJECTED) (msync#1 instead)").count(), 3, "{ran:?}");
    assert!(ran.err.ends_with("havoc: the program exited with 0\n"), "{ran:?}");
}

#[test]
fn the_demo_runs_in_it_as_root_and_as_nobody_without_any_capability() {
    assert_demo(&contain(&[], HAVOC, &["demo"]));
    // The "restricted" pod security standard of Kubernetes.
    let restricted = ["--user", "65534:65534", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"];
    let read_only = ["--read-only", "--tmpfs", "/tmp"];
    assert_demo(&contain(&[&restricted[..], &read_only].concat(), HAVOC, &["demo"]));
}

#[test]
fn it_is_small() {
    let ran = run(docker(["image", "inspect", "--format", "{{.Size}}", HAVOC]));
    let size: u64 = ran.out.trim().parse().unwrap_or_else(|_| panic!("{ran:?}"));
    println!("{size} bytes");
    assert!(size < LARGEST, "{size} bytes");
}

#[test]
fn its_program_runs_in_images_with_whatever_c_library() {
    for base in ["debian:bookworm-slim", "debian:trixie-slim"] {
        let dockerfile = format!("FROM {base}\nCOPY --from={HAVOC} /usr/bin/havoc /usr/bin/havoc\n");
        let image = build("havoc-test-copied:latest", &dockerfile);
        let rule = "fsync:error=EIO:path=ledger.db";
        let script = "touch /tmp/ledger.db; sync /tmp/ledger.db";
        let ran = contain(&[], image.0, &["havoc", "--strict", "--inject", rule, "--", "sh", "-c", script]);
        assert_eq!(ran.status, Some(1), "{ran:?}");
        assert!(ran.err.contains("sync: error syncing '/tmp/ledger.db': Input/output error"), "{ran:?}");
        assert!(ran.err.contains("1 match, 1 injected"), "{ran:?}");
    }
    // And where there is none: the image itself has nothing else.
    let files = run(docker(["image", "inspect", "--format", "{{len .RootFS.Layers}}", HAVOC]));
    assert_eq!(files.out, "1\n", "{files:?}");
}
