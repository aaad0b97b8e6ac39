//! The root of guests: Debian's programs, unpacked and not configured, so that nothing of the guest's CPU has to run here.
use super::{Cpu, cpio, directory, once};
use crate::apt::succeed;
use crate::cargo;
use crate::mirror::{self, Mirror};
use crate::mmdebstrap;
use anyhow::{Context, Result};
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

/// What the tests call, and a Java.
const PACKAGES: &str = "base-files,bash,bsdutils,busybox-static,coreutils,dash,diffutils,findutils,gawk,grep,hostname,libc-bin,libc6,\
                        libcap2-bin,libgcc-s1,mount,default-jre-headless,procps,psmisc,sed,sqlite3,strace,util-linux";

/// What is left out besides.
const LEFT_OUT: [&str; 2] =
    ["--dpkgopt=path-exclude=/usr/share/zoneinfo/*", "--dpkgopt=path-exclude=/usr/lib/*/perl-base/*"];

/// What maintainer scripts would have made. The first name is the link.
const LINKS: [(&str, &str); 3] =
    [("usr/bin/awk", "gawk"), ("usr/bin/sh", "dash"), ("usr/bin/java", "../lib/jvm/default-java/bin/java")];

const FILES: [(&str, &str); 3] = [
    (
        "etc/passwd",
        "root:x:0:0:root:/root:/bin/bash\nuser:x:1000:1000:user:/tmp:/bin/bash\nnobody:x:65534:65534:nobody:/:/bin/false\n",
    ),
    ("etc/group", "root:x:0:\nuser:x:1000:\nnogroup:x:65534:\n"),
    ("etc/hostname", "guest\n"),
];

/// The first process, and how it ends qemu.
const SOURCES: [&str; 2] = ["guest/init", "guest/semihosting_exit.c"];

/// Returns the archive with the root of guests with this CPU. It is made when it is not here yet.
///
/// # Errors
/// When it cannot be made.
pub fn provide(cpu: Cpu) -> Result<PathBuf> {
    let release = mirror::release_of_this_machine()?;
    // Whoever changes the recipe gets another root.
    let mut hasher = DefaultHasher::new();
    (PACKAGES, mmdebstrap::LEFT_OUT, LEFT_OUT, LINKS, FILES).hash(&mut hasher);
    for source in SOURCES {
        fs::read(cargo::root().join(source)).with_context(|| format!("read {source}"))?.hash(&mut hasher);
    }
    let name = format!("root-{}-{release}-{:016x}.cpio", cpu.name(), hasher.finish());
    let archive = directory().join(name);
    // The programs that are tested were linked with this machine's C library: the guest has the same one.
    once(&archive, |archive| make(cpu, &release, archive))
        .with_context(|| format!("make the root of an {} guest", cpu.name()))?;
    remove_others(&archive)?;
    Ok(archive)
}

/// Removes the roots of former recipes: each takes some 300 MB.
fn remove_others(archive: &Path) -> Result<()> {
    let name = archive.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let (kind, _) = name.rsplit_once('-').expect("a name ends in a hash");
    for entry in fs::read_dir(directory()).context("read the directory of guests")?.flatten() {
        let other = entry.file_name().to_string_lossy().into_owned();
        if other != name && other.starts_with(kind) && other.ends_with(".cpio") {
            fs::remove_file(entry.path()).with_context(|| format!("remove {}", entry.path().display()))?;
        }
    }
    Ok(())
}

fn make(cpu: Cpu, release: &str, archive: &Path) -> Result<()> {
    let work = tempfile::tempdir().context("make a directory for a root")?;
    let root = work.path().join("root");
    eprintln!(
        "setup: a root for {} of Debian {release}'s packages, unpacked and not configured",
        cpu.debian()
    );
    let mut make = mmdebstrap::command("extract")?;
    make.arg("--mode=root").arg(format!("--architectures={}", cpu.debian()));
    make.arg(format!("--include={PACKAGES}")).args(LEFT_OUT);
    // As in an installed Debian /bin is /usr/bin.
    make.arg("--hook-dir=/usr/share/mmdebstrap/hooks/merged-usr");
    make.arg(release).arg(&root).args(Mirror::of_this_machine()?.sources(release));
    succeed(make.stdout(std::io::stderr()))?;

    for directory in ["dev", "proc", "sys", "tmp", "root", "run", "var/tmp"] {
        let directory = root.join(directory);
        let _ = fs::remove_dir_all(&directory);
        fs::create_dir_all(&directory).with_context(|| format!("make {}", directory.display()))?;
    }
    for directory in ["var/lib/apt", "var/lib/dpkg", "var/cache/apt"] {
        let _ = fs::remove_dir_all(root.join(directory));
    }
    for (link, to) in LINKS {
        let link = root.join(link);
        let _ = fs::remove_file(&link);
        symlink(to, &link).with_context(|| format!("make {}", link.display()))?;
    }
    for (file, text) in FILES {
        let file = root.join(file);
        fs::write(&file, text).with_context(|| format!("write {}", file.display()))?;
    }
    let init = root.join("init");
    fs::copy(cargo::root().join(SOURCES[0]), &init).with_context(|| format!("copy {}", SOURCES[0]))?;
    fs::set_permissions(&init, fs::Permissions::from_mode(0o755)).context("make /init a program")?;
    if cpu == Cpu::Aarch64 {
        let mut compile = Command::new("aarch64-linux-gnu-gcc");
        compile.args(["-O1", "-static", "-o"]).arg(root.join("usr/bin/semihosting-exit"));
        succeed(compile.arg(cargo::root().join(SOURCES[1])))?;
    }
    cpio::of_directory(&root, archive)
}
