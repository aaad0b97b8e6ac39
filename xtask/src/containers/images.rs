//! The images that ours begin with: from a registry, or, where none can be reached, made of Debian's packages.
use crate::apt::succeed;
use crate::containers::compose;
use crate::containers::engine::Engine;
use crate::containers::matrix::CELLS;
use crate::mirror::Mirror;
use crate::mmdebstrap;
use anyhow::{Context, Result, ensure};
use std::process::Stdio;

/// The Debians that the tests run in: two C libraries, two JDKs. The first is what compose.yaml takes by itself.
pub const RELEASES: [&str; 2] = ["bookworm", "trixie"];

/// The image of a release of havoc, and the service of compose.yaml that builds it.
pub const HAVOC: &str = "havoc";

/// What `cargo xtask images` is given.
#[derive(clap::Args)]
pub struct Options {
    /// Which Debians
    #[arg(value_name = "RELEASE", default_values = RELEASES)]
    releases: Vec<String>,
}

/// Sees to it that base images and Compose are here: `docker compose run` does the rest.
///
/// # Errors
/// When there is no engine, no base to be had, or no Compose.
pub fn run(options: &Options) -> Result<()> {
    let engine = Engine::running()?;
    for release in &options.releases {
        provide(&engine, release)?;
    }
    compose::provide()
}

/// Returns the tag of the base image of a Debian, by which registries and our Dockerfiles know it.
pub fn base(release: &str) -> String {
    format!("debian:{release}-slim")
}

/// Sees to it that the base image of this Debian is here.
///
/// # Errors
/// When it can be neither pulled nor made.
pub fn provide(engine: &Engine, release: &str) -> Result<()> {
    let tag = base(release);
    if engine.has_image(&tag) {
        eprintln!("{tag} is here");
        return Ok(());
    }
    let mut pull = engine.docker(&["pull", "--quiet", &tag]);
    let output = pull.stdin(Stdio::null()).output().context("start docker pull")?;
    if output.status.success() {
        eprintln!("{tag} was pulled");
        return Ok(());
    }
    let why = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    eprintln!(
        "{tag} cannot be pulled ({}); it is made of Debian's packages",
        why.lines().last().unwrap_or("?")
    );
    make(engine, release, &tag)?;
    eprintln!("{tag} was made: {} bytes", engine.size_of(&tag)?);
    Ok(())
}

/// Run by mmdebstrap, with the new root as `$1`. No package starts a service in a container; and where this machine
/// reaches its registries through somebody who signs by himself, containers do so too, or cargo refuses.
const HOOKS: [&str; 4] = [
    r#"--customize-hook=printf '#!/bin/sh\nexit 101\n' > "$1/usr/sbin/policy-rc.d""#,
    r#"--customize-hook=chmod 755 "$1/usr/sbin/policy-rc.d""#,
    r#"--customize-hook=for certificate in /usr/local/share/ca-certificates/*.crt; do [ ! -e "$certificate" ] || cp "$certificate" "$1/usr/local/share/ca-certificates/"; done"#,
    r#"--customize-hook=chroot "$1" update-ca-certificates >&2"#,
];

fn make(engine: &Engine, release: &str, tag: &str) -> Result<()> {
    let mut make = mmdebstrap::command("minbase")?;
    let mirror = Mirror::of_this_machine()?;
    make.arg("--include=ca-certificates").args(HOOKS).args([release, "-"]).args(mirror.sources(release));
    let mut make = make.stdout(Stdio::piped()).spawn().context("start mmdebstrap")?;
    let archive = make.stdout.take().expect("standard output is a pipe");
    let mut import = engine.docker(&["import", "--change", "CMD [\"bash\"]", "-", tag]);
    succeed(import.stdin(archive).stdout(Stdio::null()))?;
    let status = make.wait().context("wait for mmdebstrap")?;
    if !status.success() {
        // Whatever came through is half an image.
        let _ = engine.docker(&["image", "rm", tag]).stdout(Stdio::null()).status();
    }
    ensure!(status.success(), "mmdebstrap ended with {status}");
    Ok(())
}

/// How the program of an image of havoc is linked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Linked {
    /// As a release is: as one unit, which takes minutes.
    AsOne,
    /// In parts, for those who try the image and not its speed.
    InParts,
}

/// Builds the image of a release of havoc, and says how large it is.
///
/// # Errors
/// When it cannot be built.
pub fn release(engine: &Engine, linked: Linked) -> Result<()> {
    let linked = match linked {
        Linked::AsOne => "as-one",
        Linked::InParts => "in-parts",
    };
    CELLS[0].build(engine, &[HAVOC], &[("HAVOC_LINKED", linked)])?;
    println!("image {HAVOC} ({} bytes)", engine.size_of(HAVOC)?);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cargo;

    #[test]
    fn compose_takes_the_first_release_by_itself_and_the_images_begin_with_it() {
        let read = |name: &str| std::fs::read_to_string(cargo::root().join(name)).unwrap();
        assert!(read("compose.yaml").contains(&format!("${{HAVOC_DEBIAN:-{}}}", RELEASES[0])));
        for name in ["docker/tests.Dockerfile", "docker/release.Dockerfile"] {
            assert!(read(name).contains(&format!("ARG BASE=debian:{}-slim\n", RELEASES[0])), "{name}");
        }
    }
}
