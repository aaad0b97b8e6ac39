//! The container engine: the one that runs, or a private one that ends with us.
use crate::apt::{is_on_path, succeed};
use crate::setup::{self, Need, What};
use anyhow::{Context, Result, bail, ensure};
use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::MetadataExt;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const CLIENT: &[Need] = &[Need { what: What::Command("docker"), packages: &["docker.io", "docker-cli"] }];
const DAEMON: &[Need] = &[
    Need { what: What::Command("docker"), packages: &["docker.io", "docker-cli"] },
    Need { what: What::Command("dockerd"), packages: &["docker.io"] },
];

/// Where the system's engine listens.
const SOCKET: &str = "/var/run/docker.sock";

/// What leads a client elsewhere than DOCKER_HOST does, or Compose to other files than ours.
const MISLEADING: [&str; 5] =
    ["DOCKER_CONTEXT", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH", "COMPOSE_FILE", "COMPOSE_PROJECT_NAME"];

/// Directories of private engines are called so.
const PREFIX: &str = "havoc-engine-";
/// Where they are: on a disk, unlike /tmp at times, and with a short name, for that of a socket is limited.
const PLACE: &str = "/var/tmp";

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
        match engine.answers() {
            Ok(()) => Ok(engine),
            Err(why) => {
                bail!("no container engine answers: {why}; start one, or join the group that may use it")
            }
        }
    }

    /// Returns the engine that runs, or starts one that ends when this value does.
    ///
    /// # Errors
    /// When one runs and does not answer us, and when there is none and none can be started.
    pub fn running_or_private() -> Result<Engine> {
        let engine = Engine { private: None };
        if is_on_path("docker") {
            let Err(why) = engine.answers() else { return Ok(engine) };
            // Somebody's choice, or somebody's engine: not ours to pass over.
            let chosen =
                std::env::var_os("DOCKER_HOST").is_some() || std::env::var_os("DOCKER_CONTEXT").is_some();
            ensure!(
                !chosen && !somebody_listens(),
                "the container engine does not answer: {why}; start it, or join the group that may use it"
            );
        }
        let started = Engine::private();
        // A package may start an engine when it is installed.
        if started.is_err() && engine.answers().is_ok() { Ok(engine) } else { started }
    }

    /// Starts an engine of our own, which has no network: images are built with the machine's.
    ///
    /// # Errors
    /// When we are not root, or it does not start.
    pub fn private() -> Result<Engine> {
        let is_root = fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0);
        ensure!(is_root, "only root can start a container engine: start one, or run this as root");
        setup::provide(DAEMON)?;
        sweep();
        let mut engine = Engine { private: Some(Daemon::start()?) };
        let end = Instant::now() + PATIENCE;
        while let Err(why) = engine.answers() {
            let daemon = engine.private.as_mut().expect("it was started");
            let ended = daemon.process.try_wait().context("wait for dockerd")?;
            ensure!(
                ended.is_none() && Instant::now() < end,
                "the private engine does not start: {why}\n{}",
                daemon.last_words()
            );
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

    /// Leads whatever program asks an engine to this one, and Compose to our files.
    pub fn lead(&self, command: &mut Command) {
        for variable in MISLEADING.iter().filter(|name| self.private.is_some() || name.starts_with("COMPOSE"))
        {
            command.env_remove(variable);
        }
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

    /// Returns why it does not answer, if so.
    fn answers(&self) -> Result<(), String> {
        let output = self.docker(&["info", "--format", "{{.ServerVersion}}"]).output();
        let output = output.map_err(|error| format!("start docker: {error}"))?;
        // An old client ends with 0 also without an engine.
        if output.status.success() && !output.stdout.trim_ascii().is_empty() {
            return Ok(());
        }
        let error = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        Err(error.lines().last().unwrap_or("docker info says nothing").to_owned())
    }
}

/// Tells whether an engine is behind the system's socket, one that we may not ask perhaps. What a dead one has left
/// refuses connections.
fn somebody_listens() -> bool {
    match UnixStream::connect(SOCKET) {
        Ok(_) => true,
        Err(error) => !matches!(error.kind(), ErrorKind::NotFound | ErrorKind::ConnectionRefused),
    }
}

/// A dockerd with all that it keeps in a directory of its own.
struct Daemon {
    process: Child,
    directory: PathBuf,
}

impl Daemon {
    fn start() -> Result<Daemon> {
        let directory = tempfile::Builder::new().prefix(PREFIX).tempdir_in(PLACE);
        let directory = directory.context("make a directory for the engine")?.keep();
        eprintln!("setup: an engine of our own, in {}", directory.display());
        let log = fs::File::create(directory.join("log")).context("make the engine's log")?;
        // The machine's own configuration would be read, and may contradict these options.
        fs::write(directory.join("daemon.json"), "{}").context("write the engine's configuration")?;
        // dockerd ends when we die: setpriv(1) asks the kernel for that signal. In a process group of its own, so that
        // Ctrl-C reaches it by way of us alone.
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "TERM", "--", "dockerd"]);
        for (option, name) in [
            ("--config-file", "daemon.json"),
            ("--data-root", "data"),
            ("--exec-root", "exec"),
            ("--pidfile", "pid"),
            ("--host", "socket"),
        ] {
            let scheme = if option == "--host" { "unix://" } else { "" };
            command.arg(option).arg(format!("{scheme}{}", directory.join(name).display()));
        }
        // No bridge and no packet filter: those of the machine, and of another engine, stay as they are.
        command.args(["--bridge=none", "--iptables=false", "--ip-forward=false", "--ip-masq=false"]);
        let process = command.process_group(0).stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).spawn();
        Ok(Daemon { process: process.context("start dockerd")?, directory })
    }

    fn address(&self) -> String {
        format!("unix://{}", self.directory.join("socket").display())
    }

    fn last_words(&self) -> String {
        let text = fs::read_to_string(self.directory.join("log")).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(5)..].join("\n")
    }

    fn end(&mut self) -> Result<()> {
        let ended = self.stop();
        clear(&self.directory)?;
        ended
    }

    fn stop(&mut self) -> Result<()> {
        if self.process.try_wait().context("wait for dockerd")?.is_some() {
            return Ok(());
        }
        let pid = self.process.id();
        ensure!(pid > 1, "no process is signalled by the id {pid}");
        succeed(Command::new("kill").args(["-TERM", &pid.to_string()]))?;
        let end = Instant::now() + PATIENCE;
        while self.process.try_wait().context("wait for dockerd")?.is_none() {
            if Instant::now() > end {
                self.process.kill().context("kill dockerd")?;
                self.process.wait().context("wait for dockerd")?;
                bail!("dockerd had to be killed");
            }
            std::thread::sleep(Duration::from_millis(100));
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

/// Removes what private engines have left whose run was interrupted: dockerd ends with us, its directory does not.
fn sweep() {
    let entries = fs::read_dir(PLACE).into_iter().flatten().flatten();
    for directory in entries.map(|entry| entry.path()) {
        let name = directory.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let pid = fs::read_to_string(directory.join("pid")).unwrap_or_default();
        let lives = !pid.trim().is_empty() && Path::new("/proc").join(pid.trim()).exists();
        if name.starts_with(PREFIX)
            && !lives
            && let Err(error) = clear(&directory)
        {
            eprintln!("warning: {error:#}");
        }
    }
}

/// Unmounts all that is mounted below a directory, and removes it.
fn clear(directory: &Path) -> Result<()> {
    for mounted in mounts_below(directory) {
        succeed(Command::new("umount").arg(mounted))?;
    }
    fs::remove_dir_all(directory).with_context(|| format!("remove {}", directory.display()))
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
