//! The kernels of guests: Debian's, the image alone.
use super::{Cpu, directory, once};
use crate::archive::Archive;
use anyhow::{Context, Result};
use clap::ValueEnum;
use std::fs;
use std::path::{Path, PathBuf};

/// Which of Debian's kernels. The releases have 5.10, 6.1 and 6.12.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Which {
    /// That of Debian 11
    Bullseye,
    /// That of Debian 12
    Bookworm,
    /// That of Debian 13
    Trixie,
    /// The newest in the archive
    Newest,
}

impl Which {
    /// Returns where to look for it. The newest may be in either place: each is ahead of the other at times.
    fn releases(self) -> &'static [&'static str] {
        match self {
            Which::Bullseye => &["bullseye"],
            Which::Bookworm => &["bookworm"],
            Which::Trixie => &["trixie"],
            Which::Newest => &["trixie-backports", "sid"],
        }
    }

    /// Returns the image of the kernel, which is downloaded when it is not here yet.
    ///
    /// # Errors
    /// When it cannot be had.
    pub fn provide(self, cpu: Cpu) -> Result<PathBuf> {
        let name = self.to_possible_value().expect("no kernel is hidden").get_name().to_owned();
        let image = directory().join("kernels").join(format!("{}-{name}", cpu.name()));
        once(&image, |image| download(cpu, self.releases(), image))
            .with_context(|| format!("get the {name} kernel"))?;
        Ok(image)
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
    fs::copy(&found, image).with_context(|| format!("copy {}", found.display())).map(drop)
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
