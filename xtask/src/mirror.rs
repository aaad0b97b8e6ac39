//! Where this machine's Debian packages come from, and packages of another release from there, without a change to this one.
use crate::apt::succeed;
use anyhow::{Context, Result, ensure};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where this machine gets packages from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mirror {
    /// The archive.
    archive: String,
    /// The security updates.
    security: String,
}

const SOURCES: [&str; 2] = ["/etc/apt/sources.list", "/etc/apt/sources.list.d"];
const KEYRING: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";

impl Mirror {
    /// Reads apt's sources.
    ///
    /// # Errors
    /// When they name no archive of Debian: this may be another distribution.
    pub fn of_this_machine() -> Result<Mirror> {
        let mut text = String::new();
        for place in SOURCES {
            let files = match fs::read_dir(place) {
                Ok(entries) => entries.flatten().map(|entry| entry.path()).collect(),
                Err(_) => vec![PathBuf::from(place)],
            };
            let ours = files.iter().filter(|file| {
                file.extension().is_some_and(|extension| extension == "list" || extension == "sources")
            });
            ours.for_each(|file| text += &fs::read_to_string(file).unwrap_or_default());
        }
        ensure!(Path::new(KEYRING).exists(), "there is no {KEYRING}: install debian-archive-keyring");
        Mirror::from_text(&text).context("apt's sources name no archive of Debian: pull debian:bookworm-slim and debian:trixie-slim yourself")
    }

    /// Finds the addresses in either form of apt's sources, sources.list(5): the archive is the first one whose name
    /// ends in `/debian`, that of security updates in `/debian-security`.
    fn from_text(text: &str) -> Option<Mirror> {
        let lines = text.lines().filter(|line| line.starts_with("URIs:") || line.starts_with("deb "));
        let mut addresses = lines
            .flat_map(str::split_whitespace)
            .filter(|word| word.contains("://"))
            .map(|word| word.trim_end_matches('/'));
        let archive = addresses.clone().find(|address| address.ends_with("/debian"))?.to_owned();
        let security = addresses.find(|address| address.ends_with("/debian-security"));
        let security = security.map_or_else(|| format!("{archive}-security"), str::to_owned);
        Some(Mirror { archive, security })
    }

    /// Returns the sources of a release, updates included, as lines of sources.list(5).
    pub fn sources(&self, release: &str) -> [String; 3] {
        let line = |address: &str, suite: &str| format!("deb [signed-by={KEYRING}] {address} {suite} main");
        [
            line(&self.archive, release),
            line(&self.archive, &format!("{release}-updates")),
            line(&self.security, &format!("{release}-security")),
        ]
    }

    /// Downloads packages of `release` and unpacks them below `directory`: nothing is installed, and apt's own sources
    /// and lists stay as they are.
    ///
    /// # Errors
    /// When one of them cannot be had.
    pub fn unpack(&self, release: &str, packages: &[&str], directory: &Path) -> Result<()> {
        let private = directory.join("apt");
        for part in
            ["etc/apt/sources.list.d", "etc/apt/preferences.d", "etc/apt/apt.conf.d", "etc/apt/trusted.gpg.d"]
                .into_iter()
                .chain([
                    "var/lib/apt/lists/partial",
                    "var/cache/apt/archives/partial",
                    "var/lib/dpkg",
                    "download",
                ])
        {
            let part = private.join(part);
            fs::create_dir_all(&part).with_context(|| format!("make {}", part.display()))?;
        }
        let write = |name: &str, text: String| {
            let file = private.join(name);
            fs::write(&file, text).with_context(|| format!("write {}", file.display()))
        };
        write("etc/apt/sources.list", self.sources(release).join("\n") + "\n")?;
        write("var/lib/dpkg/status", String::new())?;
        let apt = |words: &[&str]| {
            let mut command = Command::new("apt-get");
            command.arg("-o").arg(format!("Dir={}", private.display()));
            command
                .arg("-o")
                .arg(format!("Dir::State::status={}", private.join("var/lib/dpkg/status").display()));
            command.args(["-qq", "-o", "APT::Sandbox::User=root", "-o", "Acquire::Languages=none"]);
            command.args(words).current_dir(private.join("download")).stdout(std::io::stderr());
            succeed(&mut command)
        };
        eprintln!("setup: {} of Debian {release}, unpacked and not installed", packages.join(", "));
        apt(&["update"])?;
        apt(&[&["download"], packages].concat())?;
        for entry in fs::read_dir(private.join("download")).context("read the downloads")?.flatten() {
            succeed(Command::new("dpkg-deb").arg("--extract").arg(entry.path()).arg(directory))?;
        }
        fs::remove_dir_all(&private).context("remove what apt-get left")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_of_apt_s_sources_name_a_mirror() {
        let expected = Mirror {
            archive: "http://mirror.example/debian".to_owned(),
            security: "http://mirror.example/debian-security".to_owned(),
        };
        let new = "Types: deb\nURIs: http://mirror.example/debian/\nSuites: bookworm\n\n\
                   Types: deb\nURIs: http://mirror.example/debian-security\nSuites: bookworm-security\n";
        assert_eq!(Mirror::from_text(new), Some(expected.clone()));
        let old = "# deb http://other.example/debian sid main\n\
                   deb [arch=amd64] http://mirror.example/debian bookworm main\n";
        assert_eq!(Mirror::from_text(old), Some(expected));
        assert_eq!(Mirror::from_text("URIs: http://mirror.example/ubuntu\n"), None);
    }

    #[test]
    fn a_release_has_its_updates_and_security_updates() {
        let mirror =
            Mirror { archive: "http://m/debian".to_owned(), security: "http://s/security".to_owned() };
        let sources = mirror.sources("trixie").join("\n");
        for expected in
            ["http://m/debian trixie main", "trixie-updates main", "http://s/security trixie-security"]
        {
            assert!(sources.contains(expected), "{sources}");
        }
    }
}
