//! Starting the program: fork, the child waits, PTRACE_SEIZE, the filter, exec. No SIGSTOP handshake.
use super::again::again;
use super::signals::Original;
use super::{inherited, install, ptrace, scarce};
use crate::filter::Instruction;
use crate::kernel::KernelError;
use crate::resource::path;
use crate::task::Tid;
use nix::fcntl::OFlag;
use nix::poll::{PollFd, PollFlags, PollTimeout};
use std::ffi::{CStr, CString, OsStr, OsString, c_char};
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, AsRawFd, OwnedFd, RawFd};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// A program with its arguments, found and ready to be executed.
#[derive(Clone, Debug)]
pub struct Command {
    path: CString,
    arguments: Vec<CString>,
}

/// Why the program was not started.
#[derive(Debug, thiserror::Error)]
pub enum SpawnError {
    /// No such file.
    #[error("cannot run `{}`: {reason}", shown(program))]
    NotFound {
        /// As it was typed.
        program: PathBuf,
        /// What was looked for, and where.
        reason: String,
    },
    /// A file that the kernel does not execute.
    #[error("cannot execute `{}`: {source}", shown(program))]
    NotExecutable {
        /// As it was found.
        program: PathBuf,
        /// The kernel's answer.
        source: io::Error,
    },
    /// havoc may not trace.
    #[error("cannot trace the program: {source}; {cause}")]
    NotPermitted {
        /// The kernel's answer.
        source: KernelError,
        /// The probable cause and its remedy.
        cause: String,
    },
    /// /proc is not the one of havoc's PID namespace.
    #[error("cannot trace the program: {0}")]
    Proc(&'static str),
    /// No filter that notifies could be installed: another engine can be taken.
    #[error("cannot listen for the program's calls: {0}")]
    NoListener(String),
    /// The filter was not taken.
    #[error("cannot install the seccomp filter: {0}{cause}", cause = scarce::remedy(.0).unwrap_or(NO_FILTER))]
    Filter(io::Error),
    /// Something havoc needs itself was refused.
    #[error("cannot start the program: {operation}: {source}{cause}", cause = scarce::remedy(.source).unwrap_or_default())]
    Own {
        /// What was asked.
        operation: &'static str,
        /// The kernel's answer.
        source: io::Error,
    },
}

/// Why a filter is refused that is not short of anything.
const NO_FILTER: &str =
    "; the kernel needs CONFIG_SECCOMP_FILTER, and a container's profile must allow seccomp(2)";

fn shown(program: &Path) -> String {
    path::shown(program.as_os_str().as_bytes())
}

impl SpawnError {
    /// Returns what makes such an error of a refusal: what was asked is `operation`.
    pub(super) fn own(operation: &'static str) -> impl Fn(nix::Error) -> SpawnError {
        move |errno| SpawnError::Own { operation, source: errno.into() }
    }

    /// Returns the same while nothing of the program has been started: for want of descriptors or processes another engine can
    /// be taken, which needs fewer.
    pub(super) fn before_the_program(operation: &'static str) -> impl Fn(nix::Error) -> SpawnError {
        move |errno| {
            let source = io::Error::from(errno);
            match scarce::remedy(&source) {
                Some(remedy) => SpawnError::NoListener(format!("{operation}: {source}{remedy}")),
                None => SpawnError::Own { operation, source },
            }
        }
    }
}

impl Command {
    /// Returns the file that is executed.
    pub(super) fn path(&self) -> &CStr {
        &self.path
    }

    /// Finds `words[0]` as execvp(3) would, along PATH if it holds no `/`.
    ///
    /// # Errors
    /// When there is no such file, or none that can be executed.
    ///
    /// # Panics
    /// If `words` is empty.
    pub fn find(words: &[OsString]) -> Result<Command, SpawnError> {
        let program = Path::new(&words[0]);
        let path = search(program)?;
        let to_c = |text: &OsStr| {
            CString::new(text.as_bytes()).map_err(|_| SpawnError::Own {
                operation: "read the command line",
                source: io::Error::from_raw_os_error(libc::EINVAL),
            })
        };
        Ok(Command {
            path: to_c(path.as_os_str())?,
            arguments: words.iter().map(|word| to_c(word)).collect::<Result<_, _>>()?,
        })
    }
}

fn search(program: &Path) -> Result<PathBuf, SpawnError> {
    if program.as_os_str().as_bytes().contains(&b'/') {
        return match executable(program) {
            Ok(()) => Ok(program.to_owned()),
            Err(error) if matches!(error.raw_os_error(), Some(libc::ENOENT | libc::ENOTDIR)) => {
                Err(SpawnError::NotFound { program: program.to_owned(), reason: error.to_string() })
            }
            Err(source) => Err(SpawnError::NotExecutable { program: program.to_owned(), source }),
        };
    }
    // execvp(3): without PATH the C library's default.
    let paths = std::env::var_os("PATH").unwrap_or_else(|| OsString::from("/bin:/usr/bin"));
    let mut refused = None;
    if !program.as_os_str().is_empty() {
        for directory in std::env::split_paths(&paths) {
            // An empty element of PATH is the working directory.
            let candidate = if directory.as_os_str().is_empty() {
                Path::new(".").join(program)
            } else {
                directory.join(program)
            };
            match executable(&candidate) {
                Ok(()) => return Ok(candidate),
                Err(error) if error.raw_os_error() == Some(libc::EACCES) && candidate.exists() => {
                    refused.get_or_insert((candidate, error));
                }
                Err(_) => {}
            }
        }
    }
    Err(match refused {
        Some((program, source)) => SpawnError::NotExecutable { program, source },
        None => SpawnError::NotFound {
            program: program.to_owned(),
            reason: "no such program in any directory of PATH".to_owned(),
        },
    })
}

fn executable(path: &Path) -> io::Result<()> {
    let metadata = std::fs::metadata(path)?;
    if metadata.is_dir() {
        return Err(io::Error::from_raw_os_error(libc::EACCES));
    }
    let flags = nix::fcntl::AtFlags::AT_EACCESS;
    Ok(nix::unistd::faccessat(nix::fcntl::AT_FDCWD, path, nix::unistd::AccessFlags::X_OK, flags)?)
}

/// What the child could not do, through a pipe that closes at the exec.
#[derive(Debug)]
pub(super) struct StartReport {
    pipe: std::fs::File,
    program: PathBuf,
}

const AT_FILTER: u8 = 1;
const AT_EXEC: u8 = 2;

impl StartReport {
    /// Returns a report and the end that the child writes to.
    ///
    /// # Errors
    /// When the kernel refuses.
    pub(super) fn new(command: &Command) -> nix::Result<(StartReport, OwnedFd)> {
        let (read, write) = nix::unistd::pipe2(OFlag::O_CLOEXEC)?;
        let program = PathBuf::from(OsStr::from_bytes(command.path.as_bytes()));
        Ok((StartReport { pipe: read.into(), program }, write))
    }

    /// Tells whether there is something to be read, be it the end that an exec brings.
    pub(super) fn is_ready(&self) -> bool {
        let mut descriptors = [PollFd::new(self.pipe.as_fd(), PollFlags::POLLIN)];
        matches!(again(|| nix::poll::poll(&mut descriptors, PollTimeout::ZERO)), Ok(1..))
    }

    /// Returns another descriptor of the reading end.
    ///
    /// # Errors
    /// When there is none to be had.
    pub(super) fn another(&self) -> io::Result<OwnedFd> {
        self.pipe.try_clone().map(OwnedFd::from)
    }

    /// Returns why the program never began, once the child has ended or its exec has succeeded.
    pub(super) fn failure(&mut self) -> Option<SpawnError> {
        let mut report = [0; 5];
        self.pipe.read_exact(&mut report).ok()?;
        let errno = i32::from_le_bytes([report[1], report[2], report[3], report[4]]);
        let source = io::Error::from_raw_os_error(errno);
        let program = self.program.clone();
        Some(match (report[0], errno) {
            (AT_FILTER, _) => SpawnError::Filter(source),
            (_, libc::ENOENT) => SpawnError::NotFound {
                program,
                reason: "it, or the interpreter or loader that it names, does not exist".to_owned(),
            },
            (AT_EXEC, _) => SpawnError::NotExecutable { program, source },
            _ => SpawnError::Own { operation: "prepare the child", source },
        })
    }
}

/// Starts `command` under `filter`, seized, running to its exec.
pub(super) fn spawn(
    command: &Command,
    filter: &[Instruction],
    original: &Original,
) -> Result<(Tid, StartReport), SpawnError> {
    let (go_read, go_write) = nix::unistd::pipe2(OFlag::O_CLOEXEC).map_err(SpawnError::own("pipe2"))?;
    let (report, report_write) = StartReport::new(command).map_err(SpawnError::own("pipe2"))?;
    let gate = Gate { go: go_read.as_raw_fd(), unwanted: go_write.as_raw_fd() };
    let tid = fork(command, filter, original, Tie::Gate(gate), report_write.as_raw_fd())
        .map_err(|source| SpawnError::Own { operation: "fork", source })?;
    drop(go_read);
    drop(report_write);
    let mut go = std::fs::File::from(go_write);
    if let Err(source) = ptrace::seize(tid) {
        let cause = super::permission::explain(tid);
        // The child ends by itself when it reads the end of the pipe.
        drop(go);
        reap(tid);
        return Err(SpawnError::NotPermitted { source, cause });
    }
    if let Err(source) = go.write_all(b"!") {
        drop(go);
        reap(tid);
        return Err(SpawnError::Own { operation: "release the child", source });
    }
    Ok((tid, report))
}

/// Forks a child that executes `command` under `filter`, and has a `tie` to whoever starts it. It writes to `report` why it
/// could not.
///
/// # Errors
/// When the kernel makes no child.
pub(super) fn fork(
    command: &Command,
    filter: &[Instruction],
    original: &Original,
    tie: Tie,
    report: RawFd,
) -> io::Result<Tid> {
    let mut arguments: Vec<*const c_char> = command.arguments.iter().map(|word| word.as_ptr()).collect();
    arguments.push(std::ptr::null());
    // SAFETY: the child calls only async-signal-safe functions (see Child::run) and leaves by execve or _exit; every
    // string and vector it needs was built before.
    let forked = unsafe { libc::fork() };
    if forked == 0 {
        let (path, arguments) = (command.path.as_ptr(), arguments.as_ptr());
        Child { path, arguments, filter, original, tie, report }.run();
    }
    // A −1 must go no further: it would mean everybody to any later kill.
    Tid::new(forked).ok_or_else(io::Error::last_os_error)
}

/// What keeps the child from going on without whoever starts it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Tie {
    /// It waits for its tracer, and ends with it by PTRACE_O_EXITKILL.
    Gate(Gate),
    /// It is killed when this parent is gone, with the thread that has forked it. The kernel forgets that at an exec of a set-uid
    /// program, and no child inherits it: PR_SET_PDEATHSIG in prctl(2).
    ToParent(nix::unistd::Pid),
}

/// What holds the child back until its tracer has it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Gate {
    /// A byte comes here.
    go: RawFd,
    /// The other end, of which the child has a copy.
    unwanted: RawFd,
}

fn reap(tid: Tid) {
    let _ = again(|| nix::sys::wait::waitpid(nix::unistd::Pid::from_raw(tid.get()), None));
}

unsafe extern "C" {
    /// environ(7).
    static environ: *const *const c_char;
}

/// The child between fork and exec. Nothing here allocates, locks or panics.
struct Child<'a> {
    path: *const c_char,
    arguments: *const *const c_char,
    filter: &'a [Instruction],
    original: &'a Original,
    tie: Tie,
    report: RawFd,
}

impl Child<'_> {
    fn run(&self) -> ! {
        match self.tie {
            Tie::Gate(gate) => self.wait_at(gate),
            Tie::ToParent(parent) => self.die_with(parent),
        }
        self.original.restore();
        for descriptor in 0..3 {
            if inherited::was_closed(descriptor) {
                // SAFETY: close takes a number; Rust's start-up opened /dev/null there.
                unsafe { libc::close(descriptor) };
            }
        }
        if !self.filter.is_empty()
            && let Err(errno) = install::install(self.filter)
        {
            self.fail(AT_FILTER, errno);
        }
        // SAFETY: environ is set up by the C library before main and not changed by havoc.
        let environment = unsafe { environ };
        // SAFETY: path and arguments are NUL-terminated and live in the parent's copied memory; the vector ends with null.
        unsafe { libc::execve(self.path, self.arguments, environment) };
        self.fail(AT_EXEC, nix::errno::Errno::last_raw());
    }

    fn wait_at(&self, gate: Gate) {
        // Our own copy of the writing end would keep the pipe open if havoc dies before it seizes us.
        // SAFETY: close takes a number.
        unsafe { libc::close(gate.unwanted) };
        let mut byte = 0_u8;
        loop {
            // SAFETY: byte is live and writable, one byte long.
            let count = unsafe { libc::read(gate.go, (&raw mut byte).cast(), 1) };
            if count == 1 {
                return;
            }
            if count == 0 || nix::errno::Errno::last_raw() != libc::EINTR {
                self.leave();
            }
        }
    }

    fn die_with(&self, parent: nix::unistd::Pid) {
        // SAFETY: takes numbers alone.
        unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL) };
        // It may have died before that. A rule that the filter obeys by itself may fail this very call, which fails else never.
        let now = nix::unistd::getppid().as_raw();
        if now >= 0 && now != parent.as_raw() {
            self.leave();
        }
    }

    fn fail(&self, stage: u8, errno: i32) -> ! {
        let bytes = errno.to_le_bytes();
        let report = [stage, bytes[0], bytes[1], bytes[2], bytes[3]];
        // SAFETY: report is live, five bytes long.
        let write = || unsafe { libc::write(self.report, report.as_ptr().cast(), report.len()) };
        while write() < 0 && nix::errno::Errno::last_raw() == libc::EINTR {}
        self.leave();
    }

    fn leave(&self) -> ! {
        // SAFETY: _exit takes a number and runs nothing of Rust's or the C library's.
        unsafe { libc::_exit(125) }
    }
}
