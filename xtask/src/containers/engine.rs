//! The container engine: the one that runs, or a private one that ends with us.
use crate::apt::{is_on_path, succeed};
use crate::setup::{self, Need, What};
use anyhow::{Context, Result, bail, ensure};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const CLIENT: &[Need] = &[Need { what: What::Command("docker"), packages: &["docker-cli", "docker.io"] }];
const DAEMON: &[Need] = &[
    Need { what: What::Command("docker"), packages: &["docker-cli", "docker.io"] },
    Need { what: What::Command("dockerd"), packages: &["docker.io"] },
    Need { what: What::Command("iptables"), packages: &["iptables"] },
];

/// The bridge that an engine makes for itself.
const BRIDGE: &str = "docker0";

const PATIENCE: Duration = Duration::from_secs(60);

/// An engine that answers.
pub struct Engine {
    private: Option<Daemon>,
}

impl Engine {
    /// Returns the engine that runs.
    ///
    /// # Errors
    /// When none answers.
    pub fn running() -> Result<Engine> {
        setup::provide(CLIENT)?;
        let engine = Engine { private: None };
        ensure!(
            engine.answers(),
            "no container engine answers `docker info`: start one, or join the group that may use it"
        );
        Ok(engine)
    }

    /// Returns the engine that runs, or starts one that ends when this value does.
    ///
    /// # Errors
    /// When there is none and none can be started.
    pub fn running_or_private() -> Result<Engine> {
        let engine = Engine { private: None };
        if is_on_path("docker") && engine.answers() { Ok(engine) } else { Engine::private() }
    }

    /// Starts an engine of our own. It needs root.
    ///
    /// # Errors
    /// When it does not start.
    pub fn private() -> Result<Engine> {
        setup::provide(DAEMON)?;
        let engine = Engine { private: Some(Daemon::start()?) };
        let end = Instant::now() + PATIENCE;
        while !engine.answers() {
            ensure!(Instant::now() < end, "the private engine does not answer: {}", engine.last_words());
            std::thread::sleep(Duration::from_millis(200));
        }
        Ok(engine)
    }

    /// Returns a call of the client.
    pub fn docker(&self, words: &[&str]) -> Command {
        let mut command = Command::new("docker");
        command.args(words);
        self.lead(&mut command);
        command
    }

    /// Leads whatever program asks an engine to this one.
    pub fn lead(&self, command: &mut Command) {
        if let Some(daemon) = &self.private {
            command.env("DOCKER_HOST", daemon.address());
        }
    }

    /// Tells whether there is such an image.
    pub fn has_image(&self, tag: &str) -> bool {
        let mut inspect = self.docker(&["image", "inspect", tag]);
        inspect.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
    }

    /// Returns the size of an image in bytes.
    ///
    /// # Errors
    /// When there is no such image.
    pub fn size_of(&self, tag: &str) -> Result<u64> {
        let output = self.docker(&["image", "inspect", "--format", "{{.Size}}", tag]).output();
        let text = String::from_utf8_lossy(&output.context("start docker")?.stdout).into_owned();
        text.trim().parse().with_context(|| format!("ask for the size of {tag}"))
    }

    fn answers(&self) -> bool {
        let mut info = self.docker(&["info", "--format", "{{.ServerVersion}}"]);
        let output = info.stderr(Stdio::null()).output();
        // An old client ends with 0 also without an engine.
        output.is_ok_and(|output| output.status.success() && !output.stdout.trim_ascii().is_empty())
    }

    fn last_words(&self) -> String {
        let log = self.private.as_ref().map(|daemon| daemon.directory.join("log"));
        let text = log.and_then(|log| fs::read_to_string(log).ok()).unwrap_or_default();
        text.lines().last().unwrap_or("it said nothing").to_owned()
    }
}

/// A dockerd with all that it keeps in a directory of its own.
struct Daemon {
    process: Child,
    directory: PathBuf,
    /// Whether the bridge was there before, and is somebody else's.
    found_bridge: bool,
}

impl Daemon {
    fn start() -> Result<Daemon> {
        // On a disk, unlike /tmp at times; and with a short name, for that of a socket is limited.
        let directory = tempfile::Builder::new().prefix("havoc-engine-").tempdir_in("/var/tmp");
        let directory = directory.context("make a directory for the engine")?.keep();
        eprintln!("setup: an engine of our own, in {}", directory.display());
        let log = fs::File::create(directory.join("log")).context("make the engine's log")?;
        let found_bridge = has_bridge();
        // dockerd ends when we die: setpriv(1) asks the kernel for that signal. In a process group of its own, so that
        // Ctrl-C leaves it alive until we have cleaned up.
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "TERM", "--", "dockerd"]);
        for (option, name) in
            [("--data-root", "data"), ("--exec-root", "exec"), ("--pidfile", "pid"), ("--host", "socket")]
        {
            let scheme = if option == "--host" { "unix://" } else { "" };
            command.arg(option).arg(format!("{scheme}{}", directory.join(name).display()));
        }
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let process = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).spawn();
        Ok(Daemon { process: process.context("start dockerd")?, directory, found_bridge })
    }

    fn address(&self) -> String {
        format!("unix://{}", self.directory.join("socket").display())
    }

    fn end(&mut self) -> Result<()> {
        let pid = self.process.id();
        ensure!(pid > 1, "no process is signalled by the id {pid}");
        succeed(Command::new("kill").args(["-TERM", &pid.to_string()]))?;
        let end = Instant::now() + PATIENCE;
        while self.process.try_wait().context("wait for dockerd")?.is_none() {
            if Instant::now() > end {
                self.process.kill().context("kill dockerd")?;
                bail!("dockerd had to be killed");
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        for mounted in mounts_below(&self.directory) {
            succeed(Command::new("umount").arg(mounted))?;
        }
        fs::remove_dir_all(&self.directory)
            .with_context(|| format!("remove {}", self.directory.display()))?;
        if !self.found_bridge && has_bridge() {
            succeed(Command::new("ip").args(["link", "delete", BRIDGE]))?;
        }
        Ok(())
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        if let Err(error) = self.end() {
            eprintln!("warning: the private engine is not gone without a trace: {error:#}");
        }
    }
}

fn has_bridge() -> bool {
    Path::new("/sys/class/net").join(BRIDGE).exists()
}

/// Returns what is mounted below a directory, the innermost first.
fn mounts_below(directory: &Path) -> Vec<PathBuf> {
    let text = fs::read_to_string("/proc/self/mounts").unwrap_or_default();
    let places = text.lines().filter_map(|line| line.split(' ').nth(1)).map(PathBuf::from);
    let mut below: Vec<PathBuf> = places.filter(|place| place.starts_with(directory)).collect();
    below.sort_by_key(|place| std::cmp::Reverse(place.components().count()));
    below
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_mounted_below_is_found_with_the_innermost_first() {
        let below = mounts_below(Path::new("/"));
        assert!(below.contains(&PathBuf::from("/proc")), "{below:?}");
        assert_eq!(below.last().map(|place| place.components().count()), Some(1), "{below:?}");
        assert!(mounts_below(Path::new("/no/such/place")).is_empty());
    }
}
