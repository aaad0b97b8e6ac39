//! What the tests need beside Rust, and how a Debian machine gets it.
use crate::apt::{Apt, is_on_path};
use crate::java;
use anyhow::{Result, bail, ensure};
use std::path::Path;

/// Something that a test runs or compiles with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Need {
    /// What it is.
    pub what: What,
    /// Debian packages that hold it, the preferred one first.
    pub packages: &'static [&'static str],
}

/// The kinds of what can be needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
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
    Need { what: What::Command("killall"), packages: &["psmisc"] },
    Need { what: What::Command("pkill"), packages: &["procps"] },
    // Not for everybody on PATH.
    Need { what: What::File("/usr/sbin/setcap"), packages: &["libcap2-bin"] },
    Need { what: What::Command("sqlite3"), packages: &["sqlite3"] },
    Need { what: What::Command("strace"), packages: &["strace"] },
    Need { what: What::Command("gdb"), packages: &["gdb"] },
    Need { what: What::Command("setpriv"), packages: &["util-linux"] },
    Need { what: What::Command("timeout"), packages: &["coreutils"] },
    Need { what: What::Command("unshare"), packages: &["util-linux"] },
];

/// Programs of 32 bits, on x86_64. Not gcc-multilib: it cannot be installed beside other cross compilers.
const NEEDS_ON_X86_64: &[Need] = &[
    Need { what: What::Command("i686-linux-gnu-gcc"), packages: &["gcc-i686-linux-gnu"] },
    Need { what: What::File("/usr/i686-linux-gnu/include/stdio.h"), packages: &["libc6-dev-i386-cross"] },
];

/// Programs of 32 bits, on aarch64, and for guests with it.
pub const NEEDS_ON_AARCH64: &[Need] = &[
    Need { what: What::Command("arm-linux-gnueabihf-gcc"), packages: &["gcc-arm-linux-gnueabihf"] },
    Need {
        what: What::File("/usr/arm-linux-gnueabihf/include/stdio.h"),
        packages: &["libc6-dev-armhf-cross"],
    },
];

/// Sees to it that everything the tests need is here; installs what is missing if this is Debian and we may.
///
/// # Errors
/// When something is missing and cannot be installed. The message names it and its packages.
pub fn run() -> Result<()> {
    let companions = match std::env::consts::ARCH {
        "x86_64" => NEEDS_ON_X86_64,
        "aarch64" => NEEDS_ON_AARCH64,
        _ => &[],
    };
    provide(&[NEEDS, companions].concat())
}

/// Sees to it that these are here, as [`run`] does.
///
/// # Errors
/// As [`run`] has.
pub fn provide(needs: &[Need]) -> Result<()> {
    let missing = missing_of(needs, is_here);
    if missing.is_empty() {
        return Ok(());
    }
    let Some(apt) = Apt::usable() else {
        bail!("{}", instructions(&missing));
    };
    apt.update()?;
    apt.install(&packages_of(&missing, |package| apt.knows(package)))?;
    let missing = missing_of(needs, is_here);
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
}
