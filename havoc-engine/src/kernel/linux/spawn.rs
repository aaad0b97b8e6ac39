//! Starting the program: fork, the child waits, PTRACE_SEIZE, the filter, exec. No SIGSTOP handshake.
use super::signals::Original;
use super::{inherited, install, ptrace};
use crate::filter::Instruction;
use crate::kernel::KernelError;
use crate::task::Tid;
use nix::fcntl::OFlag;
use std::ffi::{CString, OsStr, OsString, c_char};
use std::io::{self, Read, Write};
use std::os::fd::AsRawFd;
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
    #[error("cannot run `{}`: {reason}", program.display())]
    NotFound {
        /// As it was typed.
        program: PathBuf,
        /// What was looked for, and where.
        reason: String,
    },
    /// A file that the kernel does not execute.
    #[error("cannot execute `{}`: {source}", program.display())]
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
    /// The filter was not taken.
    #[error(
        "cannot install the seccomp filter: {0}; the kernel needs CONFIG_SECCOMP_FILTER, and a container's profile must allow seccomp(2)"
    )]
    Filter(io::Error),
    /// Something havoc needs itself was refused.
    #[error("cannot start the program: {operation}: {source}")]
    Own {
        /// What was asked.
        operation: &'static str,
        /// The kernel's answer.
        source: io::Error,
    },
}

impl Command {
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
    let own = |operation| move |errno: nix::Error| SpawnError::Own { operation, source: errno.into() };
    let (go_read, go_write) = nix::unistd::pipe2(OFlag::O_CLOEXEC).map_err(own("pipe2"))?;
    let (report_read, report_write) = nix::unistd::pipe2(OFlag::O_CLOEXEC).map_err(own("pipe2"))?;
    let mut arguments: Vec<*const c_char> = command.arguments.iter().map(|word| word.as_ptr()).collect();
    arguments.push(std::ptr::null());

    // SAFETY: the child calls only async-signal-safe functions (see Child::run) and leaves by execve or _exit; every
    // string and vector it needs was built above.
    let forked = unsafe { libc::fork() };
    if forked == 0 {
        let child = Child {
            path: command.path.as_ptr(),
            arguments: arguments.as_ptr(),
            filter,
            original,
            go: go_read.as_raw_fd(),
            unwanted: go_write.as_raw_fd(),
            report: report_write.as_raw_fd(),
        };
        child.run();
    }
    // A −1 must go no further: it would mean everybody to any later kill.
    let Some(tid) = Tid::new(forked) else {
        return Err(SpawnError::Own { operation: "fork", source: io::Error::last_os_error() });
    };
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
    let program = PathBuf::from(OsStr::from_bytes(command.path.as_bytes()));
    Ok((tid, StartReport { pipe: report_read.into(), program }))
}

fn reap(tid: Tid) {
    let _ = nix::sys::wait::waitpid(nix::unistd::Pid::from_raw(tid.get()), None);
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
    go: i32,
    unwanted: i32,
    report: i32,
}

impl Child<'_> {
    fn run(&self) -> ! {
        // Our own copy of the writing end would keep the pipe open if havoc dies before it seizes us.
        // SAFETY: close takes a number.
        unsafe { libc::close(self.unwanted) };
        let mut byte = 0_u8;
        loop {
            // SAFETY: byte is live and writable, one byte long.
            let count = unsafe { libc::read(self.go, (&raw mut byte).cast(), 1) };
            if count == 1 {
                break;
            }
            if count == 0 || nix::errno::Errno::last_raw() != libc::EINTR {
                self.leave();
            }
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

    fn fail(&self, stage: u8, errno: i32) -> ! {
        let bytes = errno.to_le_bytes();
        let report = [stage, bytes[0], bytes[1], bytes[2], bytes[3]];
        // SAFETY: report is live, five bytes long.
        unsafe { libc::write(self.report, report.as_ptr().cast(), report.len()) };
        self.leave();
    }

    fn leave(&self) -> ! {
        // SAFETY: _exit takes a number and runs nothing of Rust's or the C library's.
        unsafe { libc::_exit(125) }
    }
}
