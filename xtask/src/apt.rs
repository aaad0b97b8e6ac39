//! apt-get, where it is here and may be used.
use crate::mirror::Mirror;
use anyhow::{Context, Result, bail, ensure};
use std::env;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};

/// An apt-get that we may use.
pub struct Apt {
    /// What has to stand before a command: nothing for root, else sudo.
    prefix: &'static [&'static str],
}

impl Apt {
    /// Returns it, if this is a Debian or the like, and we are root or need no password to be.
    pub fn usable() -> Option<Apt> {
        if !is_on_path("apt-get") {
            return None;
        }
        let prefixes: [&'static [&'static str]; 2] = [&[], &["sudo", "-n"]];
        let mut usable = prefixes.into_iter().map(|prefix| Apt { prefix });
        // The user id as id(1) tells it: 0 directly, or by way of a sudo that asks for no password.
        usable.find(|apt| {
            let id = apt.command(&["id", "-u"]).stderr(Stdio::null()).output();
            id.is_ok_and(|id| id.stdout == b"0\n")
        })
    }

    /// Returns a call of a program as root.
    pub fn command(&self, words: &[&str]) -> Command {
        let mut all = self.prefix.iter().chain(words);
        let mut command = Command::new(all.next().expect("a command has a first word"));
        command.args(all).stdin(Stdio::null());
        command
    }

    /// Brings the lists of packages up to date.
    ///
    /// # Errors
    /// When apt-get fails.
    pub fn update(&self) -> Result<()> {
        self.succeed(&["apt-get", "update"])
    }

    /// Installs these packages, and not what they only recommend.
    ///
    /// # Errors
    /// When apt-get fails.
    pub fn install(&self, packages: &[&str]) -> Result<()> {
        // The JDK's postinst fails where slim images have removed the manual pages with their directories.
        self.succeed(&["mkdir", "-p", "/usr/share/man/man1"])?;
        let install = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "--yes"];
        self.succeed(&[&install[..], &["--no-install-recommends"], packages].concat())
    }

    /// Installs these packages from the backports of `release`, this machine's own. apt's sources stay as they are: this
    /// one is named, with lists of its own, below `directory`, for this call alone.
    ///
    /// # Errors
    /// When apt-get fails, or the directory cannot be written.
    pub fn install_from_backports(&self, release: &str, packages: &[&str], directory: &Path) -> Result<()> {
        let parts = directory.join("sources.list.d");
        let lists = directory.join("lists");
        for part in [&parts, &lists.join("partial")] {
            fs::create_dir_all(part).with_context(|| format!("make {}", part.display()))?;
        }
        // Beside it this machine's own sources: what is installed may depend on what is not in the backports.
        for entry in fs::read_dir("/etc/apt/sources.list.d").context("read apt's sources")?.flatten() {
            let copy = parts.join(entry.file_name());
            fs::copy(entry.path(), &copy).with_context(|| format!("write {}", copy.display()))?;
        }
        let backports = format!("{release}-backports");
        let source = Mirror::of_this_machine()?.sources(&backports).join("\n") + "\n";
        let file = parts.join("backports.list");
        fs::write(&file, source).with_context(|| format!("write {}", file.display()))?;
        let options = [
            format!("Dir::Etc::sourceparts={}", parts.display()),
            format!("Dir::State::lists={}", lists.display()),
        ];
        let with = [
            "env",
            "DEBIAN_FRONTEND=noninteractive",
            "apt-get",
            "-o",
            &options[0],
            "-o",
            &options[1],
            "-o",
            "APT::Update::Error-Mode=any",
        ];
        self.succeed(&[&with[..], &["update"]].concat())?;
        let install = ["install", "--yes", "--no-install-recommends", "-t", &backports];
        self.succeed(&[&with[..], &install, packages].concat())
    }

    /// Tells whether there is a package of this name.
    pub fn knows(&self, package: &str) -> bool {
        let show = self.command(&["apt-cache", "show", package]).stderr(Stdio::null()).output();
        show.is_ok_and(|show| show.status.success())
    }

    fn succeed(&self, words: &[&str]) -> Result<()> {
        eprintln!("setup: {}", words.join(" "));
        // Standard output belongs to the tests.
        let status = self.command(words).stdout(std::io::stderr()).status();
        let status = status.with_context(|| format!("start {}", words[0]))?;
        ensure!(status.success(), "`{}` ended with {status}", words.join(" "));
        Ok(())
    }
}

/// Tells whether a shell would find this program.
pub fn is_on_path(name: &str) -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).any(|directory| {
        let file = directory.join(name).metadata();
        file.is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0)
    })
}

/// Runs a command to its end.
///
/// # Errors
/// When it cannot be started, or fails.
pub fn succeed(command: &mut Command) -> Result<()> {
    let name = command.get_program().to_string_lossy().into_owned();
    let status = command.status().with_context(|| format!("start {name}"))?;
    if !status.success() {
        let words: Vec<_> = command.get_args().map(|word| word.to_string_lossy()).collect();
        bail!("`{name} {}` ended with {status}", words.join(" "));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_looked_for_on_path() {
        assert!(is_on_path("sh"));
        assert!(!is_on_path("no-such-command-anywhere"));
    }
}
