//! Where this machine's Debian packages come from.
use anyhow::{Context, Result, ensure};
use std::fs;
use std::path::{Path, PathBuf};

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
        Mirror::from_text(&text).context("apt's sources name no archive of Debian: they have to be a Debian's, in /etc/apt/sources.list or /etc/apt/sources.list.d")
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

    /// Returns the sources of a release, updates included, as lines of sources.list(5). Backports (`trixie-backports`)
    /// and `sid` have no updates beside them.
    pub fn sources(&self, release: &str) -> Vec<String> {
        let line = |address: &str, suite: &str| format!("deb [signed-by={KEYRING}] {address} {suite} main");
        let mut sources = vec![line(&self.archive, release)];
        if release != "sid" && !release.ends_with("-backports") {
            sources.push(line(&self.archive, &format!("{release}-updates")));
            sources.push(line(&self.security, &format!("{release}-security")));
        }
        sources
    }
}

/// Returns the code name of this machine's Debian, such as `bookworm`: os-release(5).
///
/// # Errors
/// When it has none.
pub fn release_of_this_machine() -> Result<String> {
    let text = fs::read_to_string("/etc/os-release").context("read /etc/os-release")?;
    let name = text.lines().find_map(|line| line.strip_prefix("VERSION_CODENAME="));
    name.map(|name| name.trim_matches('"').to_owned()).context("this is a Debian without a code name")
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
        assert_eq!(mirror.sources("trixie-backports").len(), 1);
        assert_eq!(mirror.sources("sid").len(), 1);
    }
}
