//! Signal numbers, the real-time ones too: nix's enum has none of them.
use std::fmt;

/// A signal, 1–64.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Signal(u8);

/// The names of 1–31, the same on x86_64 and aarch64 (include/uapi/asm-generic/signal.h).
const NAMES: [&str; 31] = [
    "SIGHUP",
    "SIGINT",
    "SIGQUIT",
    "SIGILL",
    "SIGTRAP",
    "SIGABRT",
    "SIGBUS",
    "SIGFPE",
    "SIGKILL",
    "SIGUSR1",
    "SIGSEGV",
    "SIGUSR2",
    "SIGPIPE",
    "SIGALRM",
    "SIGTERM",
    "SIGSTKFLT",
    "SIGCHLD",
    "SIGCONT",
    "SIGSTOP",
    "SIGTSTP",
    "SIGTTIN",
    "SIGTTOU",
    "SIGURG",
    "SIGXCPU",
    "SIGXFSZ",
    "SIGVTALRM",
    "SIGPROF",
    "SIGWINCH",
    "SIGIO",
    "SIGPWR",
    "SIGSYS",
];

impl Signal {
    /// Hangup.
    pub const HUP: Signal = Signal(1);
    /// Interrupt from the keyboard.
    pub const INT: Signal = Signal(2);
    /// Quit from the keyboard.
    pub const QUIT: Signal = Signal(3);
    /// Trace trap.
    pub const TRAP: Signal = Signal(5);
    /// Kill, which nothing can catch.
    pub const KILL: Signal = Signal(9);
    /// Termination request.
    pub const TERM: Signal = Signal(15);
    /// Continue.
    pub const CONT: Signal = Signal(18);
    /// Stop, which nothing can catch.
    pub const STOP: Signal = Signal(19);
    /// Stop from the keyboard.
    pub const TSTP: Signal = Signal(20);
    /// Read from the terminal in the background.
    pub const TTIN: Signal = Signal(21);
    /// Write to the terminal in the background.
    pub const TTOU: Signal = Signal(22);

    /// Returns the signal, or `None` outside 1–64.
    #[must_use]
    pub const fn new(raw: i32) -> Option<Signal> {
        if raw >= 1 && raw <= 64 { Some(Signal(raw as u8)) } else { None }
    }

    /// Returns the number.
    #[must_use]
    pub const fn number(self) -> i32 {
        self.0 as i32
    }

    /// Tells whether its default action stops the process.
    #[must_use]
    pub const fn stops(self) -> bool {
        matches!(self, Signal::STOP | Signal::TSTP | Signal::TTIN | Signal::TTOU)
    }
}

impl fmt::Display for Signal {
    /// As strace writes it: `SIGTERM`, `SIGRT_2` for the kernel's real-time signal 34.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match NAMES.get(usize::from(self.0) - 1) {
            Some(name) => formatter.write_str(name),
            None if self.0 == 32 => formatter.write_str("SIGRTMIN"),
            None => write!(formatter, "SIGRT_{}", self.0 - 32),
        }
    }
}

impl fmt::Debug for Signal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::Signal;

    #[test]
    fn real_time_signals_are_named_as_strace_names_them() {
        let names: Vec<String> =
            [1, 31, 32, 33, 34, 64].map(|raw| Signal::new(raw).expect("in range").to_string()).into();
        assert_eq!(names, ["SIGHUP", "SIGSYS", "SIGRTMIN", "SIGRT_1", "SIGRT_2", "SIGRT_32"]);
    }

    #[test]
    fn numbers_outside_1_to_64_are_no_signals() {
        assert_eq!([0, -1, 65, i32::MIN].map(Signal::new), [None; 4]);
    }
}
