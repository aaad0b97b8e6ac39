//! Packages of another release or another architecture, from where this machine gets its own: downloaded and unpacked,
//! never installed. apt's own sources and lists stay as they are.
use crate::apt::succeed;
use crate::mirror::Mirror;
use anyhow::{Context, Result, ensure};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The packages of some releases for one architecture, with an apt of their own below a directory.
#[derive(Debug)]
pub struct Archive {
    directory: PathBuf,
    architecture: String,
}

/// Everything that apt looks for below its directory.
const DIRECTORIES: [&str; 8] = [
    "etc/apt/apt.conf.d",
    "etc/apt/preferences.d",
    "etc/apt/sources.list.d",
    "etc/apt/trusted.gpg.d",
    "var/cache/apt/archives/partial",
    "var/lib/apt/lists/partial",
    "var/lib/dpkg",
    "download",
];

impl Archive {
    /// Reads the lists of `releases` for `architecture`, both as Debian names them, into `directory`.
    ///
    /// # Errors
    /// When a list cannot be had.
    pub fn open(releases: &[&str], architecture: &str, directory: &Path) -> Result<Archive> {
        let archive = Archive { directory: directory.to_owned(), architecture: architecture.to_owned() };
        for part in DIRECTORIES {
            let part = directory.join(part);
            fs::create_dir_all(&part).with_context(|| format!("make {}", part.display()))?;
        }
        let mirror = Mirror::of_this_machine()?;
        let sources: Vec<String> = releases.iter().flat_map(|release| mirror.sources(release)).collect();
        let write = |name: &str, text: String| {
            let file = directory.join(name);
            fs::write(&file, text).with_context(|| format!("write {}", file.display()))
        };
        write("etc/apt/sources.list", sources.join("\n") + "\n")?;
        write("var/lib/dpkg/status", String::new())?;
        eprintln!("setup: the lists of Debian {} for {architecture}", releases.join(", "));
        succeed(archive.apt("apt-get").arg("update").stdout(std::io::stderr()))?;
        Ok(archive)
    }

    fn apt(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        let options = [
            format!("Dir={}", self.directory.display()),
            format!("Dir::State::status={}", self.directory.join("var/lib/dpkg/status").display()),
            format!("APT::Architecture={}", self.architecture),
            format!("APT::Architectures={}", self.architecture),
            "APT::Sandbox::User=root".to_owned(),
            "Acquire::Languages=none".to_owned(),
            "Acquire::Retries=3".to_owned(),
            // A list that cannot be had is no list without the packages in it.
            "APT::Update::Error-Mode=any".to_owned(),
            // A release that is no longer maintained does not renew its lists.
            "Acquire::Check-Valid-Until=false".to_owned(),
        ];
        command.arg("-qq");
        for option in options {
            command.arg("-o").arg(option);
        }
        command.stdin(Stdio::null());
        command
    }

    fn ask(&self, words: &[&str]) -> Result<String> {
        let output = self.apt("apt-cache").args(words).output().context("start apt-cache")?;
        ensure!(output.status.success(), "`apt-cache {}` ended with {}", words.join(" "), output.status);
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Returns the newest version of a package in any of the releases.
    ///
    /// # Errors
    /// When there is none.
    pub fn newest(&self, package: &str) -> Result<String> {
        // Newest first: apt-cache(8), madison. `linux-image-arm64 | 6.1.140-1 | http://… bookworm/main arm64 Packages`
        let text = self.ask(&["madison", package])?;
        let version = text.lines().next().and_then(|line| line.split('|').nth(1));
        version
            .map(|version| version.trim().to_owned())
            .with_context(|| format!("there is no package {package}"))
    }

    /// Returns the names of the packages that this version of a package depends on.
    ///
    /// # Errors
    /// When there is no such package.
    pub fn dependencies(&self, package: &str, version: &str) -> Result<Vec<String>> {
        let text = self.ask(&["show", &format!("{package}={version}")])?;
        Ok(dependencies_of(&text))
    }

    /// Downloads packages, each a name or `name=version`, and unpacks them below `target`.
    ///
    /// # Errors
    /// When one of them cannot be had.
    pub fn unpack(&self, packages: &[&str], target: &Path) -> Result<()> {
        let download = self.directory.join("download");
        eprintln!("setup: {} for {}, unpacked and not installed", packages.join(", "), self.architecture);
        let mut get = self.apt("apt-get");
        get.arg("download").args(packages).current_dir(&download).stdout(std::io::stderr());
        succeed(&mut get)?;
        for entry in fs::read_dir(&download).context("read the downloads")?.flatten() {
            succeed(Command::new("dpkg-deb").arg("--extract").arg(entry.path()).arg(target))?;
            fs::remove_file(entry.path()).context("remove a download")?;
        }
        Ok(())
    }
}

/// Returns how Debian calls this machine's architecture: amd64, arm64.
///
/// # Errors
/// When there is no dpkg.
pub fn native_architecture() -> Result<String> {
    let output = Command::new("dpkg").arg("--print-architecture").output().context("start dpkg")?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Returns the names in the first field `Depends:` of what `apt-cache show` prints.
fn dependencies_of(text: &str) -> Vec<String> {
    let field = text.lines().find_map(|line| line.strip_prefix("Depends:")).unwrap_or_default();
    field
        .split([',', '|'])
        .filter_map(|dependency| dependency.split_whitespace().next())
        .map(|name| name.split(':').next().unwrap_or(name).to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dependencies_are_names_without_versions() {
        let text = "Package: linux-image-arm64\nVersion: 6.1.1\nDepends: linux-image-6.1.0-1-arm64 (= 6.1.1), \
                    a:any | b\nDescription: x\n\nDepends: of-another\n";
        assert_eq!(dependencies_of(text), ["linux-image-6.1.0-1-arm64", "a", "b"]);
        assert_eq!(dependencies_of("Package: nothing\n"), [""; 0]);
    }
}
