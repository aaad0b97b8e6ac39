//! A PID namespace around the whole test run: whatever a test signals by mistake, `kill(-1, …)` included, stays
//! inside, and nothing that a test leaves behind outlives the run.
//!
//! The tests that signal make a namespace of their own as well; this is the belt to those braces.
use std::ffi::OsStr;
use std::process::{Command, Stdio};

/// Why there is a bash: as the namespace's PID 1 it reaps orphans, which cargo does not, and cargo keeps the default
/// action of SIGINT, which the kernel denies to a PID 1. pid_namespaces(7).
const INIT: [&str; 4] = ["bash", "-c", "\"$@\"; exit $?", "init"];

/// Why there is a setpriv: when xtask dies (Ctrl-C), unshare gets SIGKILL, and its `--kill-child` ends the rest.
/// Without it the namespace would run on, for unshare waits with SIGINT ignored.
const WITH_US: [&str; 4] = ["setpriv", "--pdeathsig", "KILL", "--"];

const UNSHARE: [&str; 5] = ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc"];

/// A way to start a program so that its signals reach nobody else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Isolation {
    /// In a new PID namespace, as CAP_SYS_ADMIN allows.
    Namespace,
    /// In a new PID namespace that a new user namespace owns. The user stays the same one.
    UserNamespace,
    /// Not at all: neither is permitted.
    Absent,
}

impl Isolation {
    /// Returns the first way that works here.
    pub fn available() -> Isolation {
        let ways = [Isolation::Namespace, Isolation::UserNamespace];
        ways.into_iter().find(|way| way.works()).unwrap_or(Isolation::Absent)
    }

    fn works(self) -> bool {
        let mut probe = self.command("true", ["ignored"]);
        probe.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        probe.status().is_ok_and(|status| status.success())
    }

    /// Returns a call of `program`, isolated this way.
    pub fn command<A: AsRef<OsStr>>(self, program: &str, arguments: impl IntoIterator<Item = A>) -> Command {
        let mut words = self.words();
        words.push(program);
        let mut command = Command::new(words[0]);
        command.args(&words[1..]).args(arguments);
        command
    }

    fn words(self) -> Vec<&'static str> {
        let user: &[&str] = match self {
            Isolation::Namespace => &[],
            Isolation::UserNamespace => &["--user", "--map-current-user"],
            Isolation::Absent => return Vec::new(),
        };
        [&WITH_US[..], &UNSHARE, user, &["--"], &INIT].concat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn the_exit_status_passes_through() {
        for way in [Isolation::available(), Isolation::Absent] {
            let status = way.command("sh", ["-c", "exit 7"]).status().unwrap();
            assert_eq!(status.code(), Some(7), "{way:?}");
        }
    }

    #[test]
    fn the_program_is_a_child_of_pid_1_in_a_namespace_of_its_own() {
        let way = Isolation::available();
        let parent = way.command("sh", ["-c", "echo $PPID"]).output().unwrap();
        let is_one = parent.stdout == b"1\n";
        assert_eq!(is_one, way != Isolation::Absent || std::process::id() == 1, "{way:?}: {parent:?}");
    }

    #[test]
    fn the_namespace_ends_with_its_program() {
        let way = Isolation::available();
        if way == Isolation::Absent {
            return skip(
                "namespace::tests::the_namespace_ends_with_its_program",
                "no PID namespace to be had",
            );
        }
        // The orphan holds standard output open: without the kill this would wait for it.
        let start = std::time::Instant::now();
        let output = way.command("sh", ["-c", "sleep 60 & echo started"]).output().unwrap();
        assert_eq!(output.stdout, b"started\n");
        assert!(start.elapsed().as_secs() < 30, "an orphan outlived the namespace");
    }

    fn skip(name: &str, reason: &str) {
        let Some(file) = std::env::var_os("HAVOC_SKIPS") else { return };
        let mut file = std::fs::OpenOptions::new().append(true).open(file).unwrap();
        file.write_all(format!("{name}: {reason}\n").as_bytes()).unwrap();
    }
}
