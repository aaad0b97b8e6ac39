//! The kernels of guests: Debian's, the image alone.
use super::{Cpu, directory};
use crate::archive::Archive;
use anyhow::{Context, Result};
use std::fs;
use std::path::{Path, PathBuf};

/// Which of Debian's kernels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// That of a release.
    Of(&'static str),
    /// The newest in the archive.
    Newest,
}

/// Where the newest kernel may be: either is ahead of the other at times.
const NEWEST: [&str; 2] = ["trixie-backports", "sid"];

/// A kernel that a guest can boot.
#[derive(Clone, Debug)]
pub struct Kernel {
    /// Its image.
    pub image: PathBuf,
}

impl Which {
    /// Returns the kernel, which is downloaded when it is not here yet.
    ///
    /// # Errors
    /// When it cannot be had.
    pub fn provide(self, cpu: Cpu) -> Result<Kernel> {
        let (name, releases) = match self {
            Which::Of(release) => (release, vec![release]),
            Which::Newest => ("newest", NEWEST.to_vec()),
        };
        let image = directory().join("kernels").join(format!("{}-{name}", cpu.name()));
        if !image.exists() {
            download(cpu, &releases, &image).with_context(|| format!("get the {name} kernel"))?;
        }
        Ok(Kernel { image })
    }
}

fn download(cpu: Cpu, releases: &[&str], image: &Path) -> Result<()> {
    let unpacked = tempfile::tempdir().context("make a directory for a package")?;
    let archive = Archive::open(releases, cpu.debian(), &unpacked.path().join("apt"))?;
    // An empty package that depends on the one with the image, whose name holds its version.
    let newest = format!("linux-image-{}", cpu.debian());
    let version = archive.newest(&newest)?;
    let dependencies = archive.dependencies(&newest, &version)?;
    let package = dependencies.iter().find(|name| name.starts_with("linux-image-"));
    let package = package.with_context(|| format!("{newest} {version} depends on no image"))?;
    let content = unpacked.path().join("content");
    // Since 6.16 or so the image lies in a package of its own.
    let binary = package.replacen("linux-image-", "linux-binary-", 1);
    let in_binary = archive.newest(&binary).is_ok();
    archive.unpack(&[if in_binary { &binary } else { package }], &content)?;
    let found = find_image(&content).with_context(|| format!("there is no kernel in {package}"))?;
    let directory = image.parent().expect("an image lies in a directory");
    fs::create_dir_all(directory).with_context(|| format!("make {}", directory.display()))?;
    // Whoever is interrupted leaves no half of an image.
    let unfinished = tempfile::NamedTempFile::new_in(directory).context("make a file for an image")?;
    fs::copy(&found, unfinished.path()).with_context(|| format!("copy {}", found.display()))?;
    unfinished.persist(image).with_context(|| format!("write {}", image.display())).map(drop)
}

/// Returns the file `vmlinuz…` below a directory.
fn find_image(directory: &Path) -> Option<PathBuf> {
    let mut entries: Vec<PathBuf> =
        fs::read_dir(directory).ok()?.flatten().map(|entry| entry.path()).collect();
    entries.sort();
    entries.into_iter().find_map(|entry| {
        if entry.is_dir() && !entry.is_symlink() {
            return find_image(&entry);
        }
        let name = entry.file_name()?.to_string_lossy().into_owned();
        (name.starts_with("vmlinuz") && entry.is_file()).then_some(entry)
    })
}
