//! Snapshots of stable logs: what `--stable` leaves as it is, and yet differs from machine to machine.

use crate::havoc::{Havoc, Ran};
use insta::Settings;
use std::path::Path;

/// Returns the settings of every snapshot. What differs from run to run on one machine is havoc's to name; only what
/// differs between machines is replaced here.
#[must_use]
pub fn settings() -> Settings {
    let mut settings = Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    // Where libc keeps a thread's own data within anonymous memory. Files are followed by their name.
    settings.add_filter(r"(@anon\d+\+)0x[0-9a-f]+([^<0-9a-f])", "$1<offset>$2");
    settings.add_filter(r"/\* \d+ vars \*/", "/* <n> vars */");
    settings.add_filter(r"si_uid=\d+", "si_uid=<uid>");
    settings
}

/// Returns the settings of snapshots with calls that libc makes by another name on another architecture: aarch64 has
/// neither vfork nor fork.
#[must_use]
pub fn settings_of_this_architecture() -> Settings {
    let mut settings = settings();
    settings.set_snapshot_suffix(std::env::consts::ARCH);
    settings
}

/// Returns these settings for programs that make a thread: how libc does it is the machine's affair, by clone3, or by
/// clone where that is missing or a container forbids it.
#[must_use]
pub fn with_threads(mut settings: Settings) -> Settings {
    settings.add_filter(
        r"clone(3\(\{flags=CLONE_VM\|[A-Z_|]*\|CLONE_THREAD\|[^{}]*\}( => \{[^{}]*\})?, 88\)|\(CLONE_VM\|[A-Z_|]*\|CLONE_THREAD\|[A-Z_|]*(, @anon\d+\+<offset>){4}\)) = ",
        "<clone or clone3 of a thread> = ",
    );
    settings
}

/// Runs the program by its bare name, found in PATH: where it was built is the machine's affair.
///
/// # Panics
/// If the path has no directory, or havoc cannot be started.
pub fn run_by_name(havoc: Havoc, program: &Path, arguments: &[&str]) -> Ran {
    let (bin, name) = (program.parent().expect("a directory"), program.file_name().expect("a name"));
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap_or_default());
    let mut ran = havoc.env("PATH", &path).run(name, arguments);
    ran.log = ran.log.replace(&bin.display().to_string(), "<bin>");
    ran
}

/// Returns the log, and below it what the program itself wrote.
#[must_use]
pub fn both_sides(ran: &Ran) -> String {
    format!("{}── the program:\n{}", ran.log, ran.out)
}
