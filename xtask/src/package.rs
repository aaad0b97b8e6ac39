//! What people install: an archive and a Debian package, each with the manual page and the completions, and checksums.
//!
//! Everything ends up in `package/` of the target directory. What the Debian package holds is written in
//! havoc-cli/Cargo.toml, since that is where cargo-deb reads it.
use crate::apt::succeed;
use crate::cargo;
use crate::containers::engine::Engine;
use crate::containers::{compose, images};
use crate::tool::Tool;
use anyhow::{Context, Result, ensure};
use clap::ValueEnum;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

// Without its default features it needs no C library; it then compresses by gzip.
const CARGO_DEB: Tool = Tool { name: "cargo-deb", version: "3.8.0", options: &["--no-default-features"] };

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Where the manual page and the completions are put for cargo-deb, beside the program.
const PAGES: &str = "havoc-package";

/// What `cargo xtask package` is given.
#[derive(clap::Args)]
pub struct Options {
    /// What to make, in this order; archive, deb and checksums unless some are named
    #[arg(value_enum)]
    what: Vec<What>,
    /// For which target, such as x86_64-unknown-linux-musl, whose program is static; by default for this machine
    #[arg(long, value_name = "TRIPLE")]
    target: Option<String>,
    /// Fail unless this is the tag of the version that is packaged, `v` and the version
    #[arg(long)]
    tag: Option<String>,
    /// Where the trial takes place: a Debian or Ubuntu
    #[arg(long, default_value = "debian:bookworm-slim")]
    image: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
enum What {
    /// havoc-VERSION-TARGET.tar.gz
    Archive,
    /// havoc_VERSION-1_ARCHITECTURE.deb
    Deb,
    /// The container image `havoc`, also as havoc-VERSION-CPU-image.tar.gz, for `docker load`
    Image,
    /// SHA256SUMS of what is there
    Checksums,
    /// Install the Debian package in a container, run the demo, remove it, and look for what is left
    Trial,
}

/// Makes what is wanted.
///
/// # Errors
/// When one of the steps fails; those after it are not done.
pub fn run(options: &Options) -> Result<()> {
    if let Some(tag) = &options.tag {
        ensure!(*tag == format!("v{VERSION}"), "this is version {VERSION}, and its tag would be v{VERSION}");
    }
    let package = Package::new(options.target.as_deref())?;
    for what in wanted(&options.what) {
        match what {
            What::Archive => package.archive()?,
            What::Deb => package.deb()?,
            What::Image => package.image()?,
            What::Checksums => checksums(&package.output)?,
            What::Trial => package.trial(&options.image)?,
        }
    }
    Ok(())
}

fn wanted(typed: &[What]) -> Vec<What> {
    let mut wanted =
        if typed.is_empty() { vec![What::Archive, What::Deb, What::Checksums] } else { typed.to_vec() };
    wanted.sort_unstable();
    wanted.dedup();
    wanted
}

/// A target, and where things of it lie.
struct Package {
    /// As it was asked for: cargo then has a directory of its own for it.
    target: Option<String>,
    triple: String,
    /// Where cargo puts the program.
    release: PathBuf,
    /// Where packages are put.
    output: PathBuf,
}

impl Package {
    fn new(target: Option<&str>) -> Result<Package> {
        let directory = cargo::target();
        let output = directory.join("package");
        fs::create_dir_all(&output).with_context(|| format!("make {}", output.display()))?;
        Ok(Package {
            target: target.map(str::to_owned),
            triple: target.map_or_else(host, |target| Ok(target.to_owned()))?,
            release: directory.join(target.unwrap_or_default()).join("release"),
            output,
        })
    }

    /// Builds the program and has it write its own manual page and completions.
    fn build(&self) -> Result<()> {
        let mut build = cargo::command(&["build", "--release", "--locked", "--package", "havoc-cli"]);
        if let Some(target) = &self.target {
            build.args(["--target", target]);
        }
        // Function names stay, for backtraces; debug information is most of the size.
        succeed(build.env("CARGO_PROFILE_RELEASE_STRIP", "debuginfo"))?;

        let pages = self.release.join(PAGES);
        fs::create_dir_all(&pages).with_context(|| format!("make {}", pages.display()))?;
        for (name, arguments) in PRINTED {
            let file = pages.join(name);
            let output = File::create(&file).with_context(|| format!("make {}", file.display()))?;
            succeed(Command::new(self.release.join("havoc")).args(*arguments).stdout(output)).with_context(
                || format!("let the built havoc write {name} (it has to run on this machine)"),
            )?;
        }
        // cargo-deb packs manual pages by itself, but for those below the target directory, which it takes for programs.
        succeed(
            Command::new("gzip")
                .args(["--keep", "--force", "--best", "--no-name"])
                .arg(pages.join("havoc.1")),
        )
    }

    fn archive(&self) -> Result<()> {
        self.build()?;
        let name = format!("havoc-{VERSION}-{}", self.triple);
        let staging = tempfile::tempdir().context("make a directory for the archive")?;
        let top = staging.path().join(&name);
        fs::create_dir(&top).context("make the archive's directory")?;
        let pages = self.release.join(PAGES);
        let printed = PRINTED.iter().map(|(name, _)| pages.join(name));
        let ours = ["README.md", "CHANGELOG.md", "LICENSE-APACHE", "LICENSE-MIT", "docs/plan.schema.json"]
            .map(|name| cargo::root().join(name));
        for file in printed.chain(ours).chain([self.release.join("havoc")]) {
            let name = file.file_name().expect("a file has a name");
            // A copy has the permissions of its source.
            fs::copy(&file, top.join(name)).with_context(|| format!("copy {}", file.display()))?;
        }
        let archive = self.output.join(format!("{name}.tar.gz"));
        let time = format!("--mtime=@{}", time_of_the_source());
        let options = ["--sort=name", "--owner=0", "--group=0", "--numeric-owner", "--mode=u+w,go-w,a+rX"];
        let mut tar = Command::new("tar");
        tar.args(options).arg(time).arg("-czf").arg(&archive).arg("-C").arg(staging.path()).arg(name);
        succeed(&mut tar)?;
        tell(&archive)
    }

    fn deb(&self) -> Result<()> {
        let cargo_deb = CARGO_DEB.program()?;
        self.build()?;
        let mut deb = Command::new(cargo_deb);
        deb.current_dir(cargo::root()).env("SOURCE_DATE_EPOCH", time_of_the_source());
        deb.args(["--package", "havoc-cli", "--no-build", "--no-strip", "--locked", "--output"])
            .arg(self.deb_file());
        if let Some(target) = &self.target {
            deb.args(["--target", target]);
        }
        succeed(&mut deb)?;
        tell(&self.deb_file())
    }

    fn deb_file(&self) -> PathBuf {
        self.output.join(format!("havoc_{VERSION}-1_{}.deb", debian_architecture(&self.triple)))
    }

    fn image(&self) -> Result<()> {
        let engine = Engine::running()?;
        images::provide(&engine, images::RELEASES[0])?;
        compose::provide()?;
        images::release(&engine, images::Linked::AsOne)?;
        let tag = format!("{}:{VERSION}", images::HAVOC);
        succeed(&mut engine.docker(&["tag", images::HAVOC, &tag]))?;
        // The image has this machine's CPU, and a C library of its own: of the triple only the CPU means anything.
        let (cpu, own) = (cpu(&self.triple), host()?);
        ensure!(
            cpu == self::cpu(&own),
            "an image for {cpu} is made on a machine of that kind, and this is {own}"
        );
        let archive = self.output.join(format!("havoc-{VERSION}-{cpu}-image.tar.gz"));
        // Under another name until it is whole.
        let unfinished = archive.with_extension("unfinished");
        let output = File::create(&unfinished).with_context(|| format!("make {}", unfinished.display()))?;
        let mut save = engine.docker(&["save", images::HAVOC, &tag]);
        let mut save = save.stdout(Stdio::piped()).spawn().context("start docker save")?;
        let saved = save.stdout.take().expect("standard output is a pipe");
        succeed(Command::new("gzip").args(["--best", "--no-name"]).stdin(saved).stdout(output))?;
        ensure!(save.wait().context("wait for docker save")?.success(), "docker save failed");
        fs::rename(&unfinished, &archive).with_context(|| format!("make {}", archive.display()))?;
        tell(&archive)
    }

    fn trial(&self, image: &str) -> Result<()> {
        let package = File::open(self.deb_file()).with_context(|| {
            format!("open {}: `cargo xtask package deb` makes it", self.deb_file().display())
        })?;
        let engine = Engine::running()?;
        if let Some(release) = images::RELEASES.into_iter().find(|release| images::base(release) == image) {
            images::provide(&engine, release)?;
        }
        // By its standard input: an engine may run elsewhere, and then sees no directory of ours.
        let words = ["run", "--rm", "--interactive", image, "bash", "-euo", "pipefail", "-c", TRIAL];
        succeed(engine.docker(&words).stdin(package))
    }
}

/// What the program prints about itself, under the names that the shells look for.
const PRINTED: &[(&str, &[&str])] = &[
    ("havoc.1", &["man"]),
    ("havoc.bash", &["completions", "bash"]),
    ("_havoc", &["completions", "zsh"]),
    ("havoc.fish", &["completions", "fish"]),
];

/// Installs the package of its standard input, tries it, and removes it.
const TRIAL: &str = r#"
cat > /tmp/havoc.deb
# Slim images leave out manual pages and documents of what is installed.
rm -f /etc/dpkg/dpkg.cfg.d/*
apt-get -qq update
DEBIAN_FRONTEND=noninteractive apt-get -qq install --yes --no-install-recommends man-db >/dev/null 2>&1
files() { find / -xdev '(' -path /tmp -o -path /var/cache -o -path /var/log -o -path '/var/lib/dpkg/*-old' ')' -prune -o -print | sort; }
files > /tmp/before

dpkg --install /tmp/havoc.deb
dpkg --status havoc | grep -E '^(Version|Architecture|Depends|Installed-Size):'
dpkg --listfiles havoc
havoc demo > /tmp/demo 2>&1 || { cat /tmp/demo; exit 1; }
cat /tmp/demo
grep -q '^orders.bin: sync 3: Input/output error' /tmp/demo
grep -q '^ledger.bin: sync 3: ok' /tmp/demo
MANPAGER=cat man havoc | head -n 5
for file in bash-completion/completions/havoc zsh/vendor-completions/_havoc fish/vendor_completions.d/havoc.fish; do
    test -s "/usr/share/$file"
done
bash -n /usr/share/bash-completion/completions/havoc
test -s /usr/share/doc/havoc/copyright
test -s /usr/share/havoc/plan.schema.json

dpkg --purge havoc
files > /tmp/after
diff /tmp/before /tmp/after
echo 'removed: nothing is left'
"#;

/// Writes SHA256SUMS of all packages in a directory, for `sha256sum --check`.
fn checksums(directory: &Path) -> Result<()> {
    let mut names = Vec::new();
    for entry in fs::read_dir(directory).with_context(|| format!("read {}", directory.display()))? {
        let name = entry.context("read a directory")?.file_name().to_string_lossy().into_owned();
        names.extend((name.starts_with("havoc") && !name.ends_with(".unfinished")).then_some(name));
    }
    ensure!(
        !names.is_empty(),
        "there is nothing in {}: `cargo xtask package archive deb`",
        directory.display()
    );
    names.sort();
    let sums = directory.join("SHA256SUMS");
    let output = File::create(&sums).with_context(|| format!("make {}", sums.display()))?;
    succeed(Command::new("sha256sum").args(&names).current_dir(directory).stdout(output))?;
    print!("{}", fs::read_to_string(&sums).context("read the checksums")?);
    Ok(())
}

/// Returns the triple of this machine.
fn host() -> Result<String> {
    let output = Command::new("rustc").arg("-vV").output().context("start rustc")?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).context("rustc -vV names no host")
}

/// Returns the CPU of a triple.
fn cpu(triple: &str) -> &str {
    triple.split('-').next().unwrap_or_default()
}

/// Returns Debian's name for the CPU of a triple.
fn debian_architecture(triple: &str) -> &str {
    match cpu(triple) {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        cpu => cpu,
    }
}

/// Returns when the last commit was made, in seconds since 1970, so that the same source gives the same package.
fn time_of_the_source() -> String {
    let given = std::env::var("SOURCE_DATE_EPOCH").ok();
    given.unwrap_or_else(|| {
        let log = Command::new("git").args(["log", "-1", "--format=%ct"]).current_dir(cargo::root()).output();
        let time = log.ok().map(|log| String::from_utf8_lossy(&log.stdout).trim().to_owned());
        time.filter(|time| !time.is_empty()).unwrap_or_else(|| "0".to_owned())
    })
}

fn tell(file: &Path) -> Result<()> {
    let size = file.metadata().with_context(|| format!("look at {}", file.display()))?.len();
    println!("{} ({size} bytes)", file.display());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_is_made_but_the_trial_and_in_an_order_that_works() {
        assert_eq!(wanted(&[]), [What::Archive, What::Deb, What::Checksums]);
        assert_eq!(
            wanted(&[What::Trial, What::Checksums, What::Image, What::Deb, What::Deb]),
            [What::Deb, What::Image, What::Checksums, What::Trial]
        );
    }

    #[test]
    fn debian_has_its_own_names_for_cpus() {
        assert_eq!(debian_architecture("x86_64-unknown-linux-musl"), "amd64");
        assert_eq!(debian_architecture("aarch64-unknown-linux-gnu"), "arm64");
        assert_eq!(debian_architecture("riscv64-unknown-linux-gnu"), "riscv64");
    }

    #[test]
    fn checksums_name_files_without_their_directory() {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("havoc-1.tar.gz"), "a").unwrap();
        fs::write(directory.path().join("other"), "b").unwrap();
        checksums(directory.path()).unwrap();
        let text = fs::read_to_string(directory.path().join("SHA256SUMS")).unwrap();
        assert_eq!(
            text,
            "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb  havoc-1.tar.gz\n"
        );
    }

    #[test]
    fn checksums_of_nothing_are_an_error() {
        let directory = tempfile::tempdir().unwrap();
        assert!(checksums(directory.path()).unwrap_err().to_string().contains("cargo xtask package"));
    }

    #[test]
    fn everything_that_the_program_prints_is_in_the_debian_package() {
        let manifest = fs::read_to_string(cargo::root().join("havoc-cli/Cargo.toml")).unwrap();
        for (name, _) in PRINTED {
            assert!(manifest.contains(&format!("\"target/release/{PAGES}/{name}")), "{name}");
        }
    }

    #[test]
    fn a_tag_of_another_version_is_refused() {
        let options =
            Options { what: vec![], target: None, tag: Some("v999.0.0".to_owned()), image: String::new() };
        assert!(run(&options).unwrap_err().to_string().contains(&format!("v{VERSION}")));
    }
}
