//! An interactive shell on a terminal of its own, in a PID namespace of its own: what somebody types and reads there.

use crate::apart::apart;
use crate::havoc::binary;
use nix::fcntl::OFlag;
use nix::pty::{grantpt, posix_openpt, ptsname_r, unlockpt};
use nix::sys::termios::{LocalFlags, SetArg, tcgetattr, tcsetattr};
use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(20);

/// The terminal, seen from outside.
#[derive(Debug)]
pub struct Terminal {
    keyboard: File,
    screen: Receiver<Vec<u8>>,
    /// All that was shown.
    shown: String,
    /// How much of it was read.
    read: usize,
    shell: Child,
    _directory: tempfile::TempDir,
}

impl Terminal {
    /// Starts bash, which has a variable for havoc and for each of the programs, named after their files, and an empty
    /// directory. What is typed is not shown.
    ///
    /// # Panics
    /// If there is no terminal to be had, or no bash or setsid.
    pub fn open(programs: &[PathBuf]) -> Terminal {
        let (master, slave) = pair();
        let mut settings = tcgetattr(&slave).expect("its settings");
        settings.local_flags.remove(LocalFlags::ECHO);
        tcsetattr(&slave, SetArg::TCSANOW, &settings).expect("its settings are taken");
        let directory = tempfile::tempdir().expect("a temporary directory");

        // `timeout`, the first process of the namespace, leads its group, so setsid need not fork.
        let mut command = apart("setsid");
        command.args(["--ctty", "bash", "--norc", "--noprofile", "--noediting", "-i"]);
        let copy = || Stdio::from(slave.try_clone().expect("a descriptor"));
        command.stdin(copy()).stdout(copy()).stderr(copy()).current_dir(directory.path());
        command.env("PS1", "$ ").env("LC_ALL", "C").env("TERM", "dumb").env("havoc", binary());
        for program in programs {
            command.env(program.file_name().expect("a program has a name"), program);
        }
        let shell = command.spawn().expect("`cargo xtask setup` installs what the tests need");
        drop(command);
        drop(slave);

        let keyboard = master;
        let (sender, screen) = mpsc::channel();
        let screen_side = keyboard.try_clone().expect("a descriptor");
        std::thread::spawn(move || read_all(screen_side, &sender));
        let mut terminal =
            Terminal { keyboard, screen, shown: String::new(), read: 0, shell, _directory: directory };
        terminal.shows("$ ");
        terminal
    }

    /// Types `text` and no key more.
    ///
    /// # Panics
    /// If the terminal is gone.
    pub fn keys(&mut self, text: &str) {
        self.keyboard.write_all(text.as_bytes()).expect("somebody has the terminal open");
    }

    /// Types a line.
    ///
    /// # Panics
    /// As [`Terminal::keys`] does.
    pub fn line(&mut self, text: &str) {
        self.keys(&format!("{text}\n"));
    }

    /// Waits until `text` is shown, behind what was waited for before, and returns what came before it.
    ///
    /// # Panics
    /// If it is not shown in time.
    #[track_caller]
    pub fn shows(&mut self, text: &str) -> String {
        let end = Instant::now() + PATIENCE;
        loop {
            if let Some(at) = self.shown[self.read..].find(text) {
                let before = self.shown[self.read..self.read + at].to_owned();
                self.read += at + text.len();
                return before;
            }
            match self.screen.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(bytes) => self.shown.push_str(&String::from_utf8_lossy(&bytes).replace('\r', "")),
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                    panic!("`{text}` was not shown, but:\n{}", self.shown)
                }
            }
        }
    }

    /// Leaves the shell.
    ///
    /// # Panics
    /// If it does not end.
    pub fn close(mut self) {
        // A shell with stopped jobs warns at the first.
        self.line("exit 3");
        self.line("exit 3");
        let end = Instant::now() + PATIENCE;
        while Instant::now() < end {
            if let Some(status) = self.shell.try_wait().expect("it is our child") {
                assert_eq!(status.code(), Some(3), "{}", self.shown);
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("the shell does not end:\n{}", self.shown);
    }
}

/// Both sides of a new terminal. Not openpty(3): its descriptors would be inherited by whatever other tests start.
fn pair() -> (File, File) {
    let flags = OFlag::O_RDWR | OFlag::O_NOCTTY;
    let master = posix_openpt(flags | OFlag::O_CLOEXEC).expect("a terminal");
    grantpt(&master).expect("grantpt");
    unlockpt(&master).expect("unlockpt");
    let slave = ptsname_r(&master).expect("its name");
    let slave = OpenOptions::new().read(true).write(true).custom_flags(OFlag::O_NOCTTY.bits()).open(slave);
    (File::from(OwnedFd::from(master)), slave.expect("the terminal can be opened"))
}

fn read_all(mut master: File, sender: &Sender<Vec<u8>>) {
    let mut buffer = [0; 4096];
    // EIO, when the last who has the terminal open closes it.
    while let Ok(length @ 1..) = master.read(&mut buffer) {
        if sender.send(buffer[..length].to_vec()).is_err() {
            return;
        }
    }
}
