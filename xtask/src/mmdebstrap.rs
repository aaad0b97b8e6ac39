//! mmdebstrap: roots of Debian's packages, for images and for guests.
use crate::setup::{self, Need, What};
use anyhow::Result;
use std::process::{Command, Stdio};

const NEEDS: &[Need] = &[Need { what: What::Command("mmdebstrap"), packages: &["mmdebstrap"] }];

/// What slim images leave out, and no test looks at.
pub const LEFT_OUT: [&str; 4] = [
    "--aptopt=Acquire::Languages \"none\"",
    "--dpkgopt=path-exclude=/usr/share/doc/*",
    "--dpkgopt=path-exclude=/usr/share/man/*",
    "--dpkgopt=path-exclude=/usr/share/locale/*",
];

/// Returns a call that makes a root of this variant, which mmdebstrap(1) tells; the release, the place for it and the
/// sources are still to come.
///
/// # Errors
/// When there is no mmdebstrap and none can be installed.
pub fn command(variant: &str) -> Result<Command> {
    setup::provide(NEEDS)?;
    let mut command = Command::new("mmdebstrap");
    command.arg("--quiet").arg(format!("--variant={variant}")).args(LEFT_OUT).stdin(Stdio::null());
    Ok(command)
}
