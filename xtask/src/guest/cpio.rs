//! Archives that the kernel unpacks into its root: Documentation/driver-api/early-userspace/buffer-format.rst. Several in a
//! row are one, and a later file takes the place of an earlier one.
use anyhow::{Context, Result, ensure};
use std::collections::BTreeSet;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Writes an archive of everything below `directory`, as the guest's root.
///
/// # Errors
/// When cpio fails.
pub fn of_directory(directory: &Path, archive: &Path) -> Result<()> {
    let list = Command::new("find").arg(".").arg("-print0").current_dir(directory).output();
    let list = list.context("start find")?;
    ensure!(list.status.success(), "find in {} ended with {}", directory.display(), list.status);
    write(directory, &list.stdout, archive)
}

/// Writes an archive of these files, and of all that lies below those that are directories. In the guest each has the
/// path that it has here.
///
/// # Errors
/// When one of them cannot be read.
pub fn of_files(files: &[PathBuf], archive: &Path) -> Result<()> {
    let mut all = BTreeSet::new();
    for file in files {
        // Before a file the directories above it: the kernel makes none by itself.
        all.extend(file.ancestors().skip(1).map(Path::to_owned));
        let below = Command::new("find").arg(file).arg("-print0").output().context("start find")?;
        ensure!(below.status.success(), "{} is not there", file.display());
        let below = String::from_utf8(below.stdout).context("a path is no UTF-8")?;
        all.extend(below.split_terminator('\0').map(PathBuf::from));
    }
    let relative = all.iter().filter_map(|path| path.strip_prefix("/").ok());
    let names: Vec<String> =
        relative.map(|path| path.display().to_string()).filter(|name| !name.is_empty()).collect();
    write(Path::new("/"), names.join("\0").as_bytes(), archive)
}

fn write(root: &Path, names: &[u8], archive: &Path) -> Result<()> {
    let file = File::create(archive).with_context(|| format!("write {}", archive.display()))?;
    let mut cpio = Command::new("cpio");
    // Whoever makes them, in the guest they are root's.
    cpio.args(["--create", "--format=newc", "--null", "--quiet", "--owner=+0:+0"]).current_dir(root);
    let mut cpio = cpio.stdin(Stdio::piped()).stdout(file).spawn().context("start cpio")?;
    cpio.stdin.take().expect("standard input is a pipe").write_all(names).context("write to cpio")?;
    let status = cpio.wait().context("wait for cpio")?;
    ensure!(status.success(), "cpio ended with {status}");
    Ok(())
}
