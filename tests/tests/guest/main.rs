//! What can be tried only in a guest of `cargo xtask test --stage aarch64` or `kernels`: what a machine is set to, and
//! what cannot be set back.
#![deny(unsafe_code)]

mod kernel;
mod yama;

use std::fs;

/// Fails where these tests would change somebody's machine.
fn assert_is_guest() {
    let first = fs::read_to_string("/proc/1/cmdline").unwrap_or_default();
    assert!(
        first.contains("/init"),
        "these tests change the machine: `cargo xtask test --stage kernels` runs them"
    );
    assert!(fs::exists("/job").unwrap_or(false), "this is no guest of cargo xtask");
}
