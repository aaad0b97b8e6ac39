//! Tests that cannot run here: said aloud, and counted by `cargo xtask test`.

use std::fs::OpenOptions;
use std::io::Write;

/// Notes that the running test is skipped, and why. The caller returns after it.
///
/// # Panics
/// If the file that `HAVOC_SKIPS` names cannot be written.
pub fn skip(reason: &str) {
    let thread = std::thread::current();
    // The test harness names the thread after the test.
    let name = thread.name().unwrap_or("a test without a name");
    eprintln!("SKIPPED: {name}: {reason}");
    let Some(file) = std::env::var_os("HAVOC_SKIPS") else { return };
    let mut file = OpenOptions::new().append(true).open(file).expect("the file of skips");
    file.write_all(format!("{name}: {reason}\n").as_bytes()).expect("write the file of skips");
}
