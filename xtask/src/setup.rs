//! What the tests need beside Rust, and how a Debian machine gets it.
use crate::java;
use anyhow::{Context, Result, bail, ensure};
use std::env;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};

/// Something that a test runs or compiles with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Need {
    what: What,
    /// Debian packages that hold it, the preferred one first.
    packages: &'static [&'static str],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    /// A command on PATH.
    Command(&'static str),
    /// A command of the JDK on PATH, of Java 17 or later.
    Java(&'static str),
    /// A file.
    File(&'static str),
}

const JDK: &[&str] = &["openjdk-17-jdk-headless", "default-jdk-headless"];

const NEEDS: &[Need] = &[
    Need { what: What::Command("bash"), packages: &["bash"] },
    Need { what: What::Command("gcc"), packages: &["gcc"] },
    // gcc only recommends it.
    Need { what: What::File("/usr/include/stdio.h"), packages: &["libc6-dev"] },
    Need { what: What::Command("musl-gcc"), packages: &["musl-tools"] },
    Need { what: What::Java("javac"), packages: JDK },
    Need { what: What::Java("java"), packages: JDK },
    Need { what: What::Command("strace"), packages: &["strace"] },
    Need { what: What::Command("setpriv"), packages: &["util-linux"] },
    Need { what: What::Command("timeout"), packages: &["coreutils"] },
    Need { what: What::Command("unshare"), packages: &["util-linux"] },
];

/// Sees to it that everything the tests need is here; installs what is missing if this is Debian and we may.
///
/// # Errors
/// When something is missing and cannot be installed. The message names it and its packages.
pub fn run() -> Result<()> {
    let missing = missing_of(NEEDS, is_here);
    if missing.is_empty() {
        return Ok(());
    }
    let Some(apt) = Apt::usable() else {
        bail!("{}", instructions(&missing));
    };
    apt.install(&missing)?;
    let missing = missing_of(NEEDS, is_here);
    ensure!(missing.is_empty(), "even after apt-get: {}", instructions(&missing));
    Ok(())
}

fn missing_of(needs: &[Need], is_here: impl Fn(What) -> bool) -> Vec<Need> {
    needs.iter().filter(|need| !is_here(need.what)).copied().collect()
}

fn is_here(what: What) -> bool {
    match what {
        What::Command(name) => is_on_path(name),
        What::Java(name) => java::is_new_enough(name),
        What::File(path) => Path::new(path).exists(),
    }
}

fn is_on_path(name: &str) -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).any(|directory| {
        let file = directory.join(name).metadata();
        file.is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0)
    })
}

/// Returns each missing thing with the package that holds it, then the command that installs them all.
fn instructions(missing: &[Need]) -> String {
    let mut text = String::from("the tests need what is not here:\n");
    for need in missing {
        let name = match need.what {
            What::Command(name) => name.to_owned(),
            What::Java(name) => format!("{name} of Java 17 or later"),
            What::File(path) => path.to_owned(),
        };
        text += &format!("    {name:<26} Debian package {}\n", need.packages.join(" or "));
    }
    let packages = packages_of(missing, |_| true).join(" ");
    text + &format!(
        "install them, on Debian as root with:\n    apt-get install --no-install-recommends {packages}"
    )
}

/// Returns for each need its first package that `is_known`, or else its first, each package once.
fn packages_of(needs: &[Need], is_known: impl Fn(&str) -> bool) -> Vec<&'static str> {
    let mut packages = Vec::new();
    for need in needs {
        let known = need.packages.iter().find(|package| is_known(package));
        packages.push(*known.unwrap_or(&need.packages[0]));
    }
    packages.sort_unstable();
    packages.dedup();
    packages
}

/// An apt-get that we may use.
struct Apt {
    /// What has to stand before a command: nothing for root, else sudo.
    prefix: &'static [&'static str],
}

impl Apt {
    fn usable() -> Option<Apt> {
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

    fn command(&self, words: &[&str]) -> Command {
        let mut all = self.prefix.iter().chain(words);
        let mut command = Command::new(all.next().expect("a command has a first word"));
        command.args(all).stdin(Stdio::null());
        command
    }

    fn install(&self, missing: &[Need]) -> Result<()> {
        self.succeed(&["apt-get", "update"])?;
        // The JDK's postinst fails where slim images have removed the manual pages with their directories.
        self.succeed(&["mkdir", "-p", "/usr/share/man/man1"])?;
        let packages = packages_of(missing, |package| self.knows(package));
        let install = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "--yes"];
        self.succeed(&[&install[..], &["--no-install-recommends"], &packages].concat())
    }

    fn knows(&self, package: &str) -> bool {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_missing_where_everything_is_here() {
        assert_eq!(missing_of(NEEDS, |_| true), []);
    }

    #[test]
    fn what_is_missing_is_named_with_its_package_and_the_command_that_installs_it() {
        let missing = missing_of(NEEDS, |what| !matches!(what, What::Java(_) | What::Command("strace")));
        let text = instructions(&missing);
        assert!(
            text.contains("javac of Java 17 or later  Debian package openjdk-17-jdk-headless or"),
            "{text}"
        );
        assert!(text.ends_with("--no-install-recommends openjdk-17-jdk-headless strace"), "{text}");
    }

    #[test]
    fn a_release_without_java_17_gets_its_own_default() {
        let java = missing_of(NEEDS, |what| what != What::Java("java"));
        assert_eq!(packages_of(&java, |_| true), ["openjdk-17-jdk-headless"]);
        assert_eq!(packages_of(&java, |package| package.starts_with("default")), ["default-jdk-headless"]);
        assert_eq!(packages_of(&java, |_| false), ["openjdk-17-jdk-headless"]);
    }

    #[test]
    fn a_command_is_looked_for_on_path() {
        assert!(is_on_path("sh"));
        assert!(!is_on_path("no-such-command-anywhere"));
    }
}
