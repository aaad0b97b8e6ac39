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

/// Returns the names of signals 1 to 31, in order.
pub fn names() -> impl Iterator<Item = &'static str> {
    NAMES.into_iter()
}

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
    /// Timer of alarm(2).
    pub const ALRM: Signal = Signal(14);
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

    /// Returns the signal of this name, as it is written or without `SIG`; also `RTMIN+2` and `SIGRT_2` for 34, as the
    /// kernel counts real-time signals, and the second names of signal(7).
    #[must_use]
    pub fn from_name(name: &str) -> Option<Signal> {
        const ALIASES: [(&str, &str); 3] = [("IOT", "ABRT"), ("POLL", "IO"), ("CLD", "CHLD")];
        let bare = name.strip_prefix("SIG").unwrap_or(name);
        let bare = ALIASES.iter().find(|(alias, _)| *alias == bare).map_or(bare, |(_, name)| name);
        let real_time = bare.strip_prefix("RTMIN+").or_else(|| bare.strip_prefix("RT_"));
        if let Some(offset) = real_time {
            let offset = offset.parse::<i32>().ok().filter(|_| offset.as_bytes()[0].is_ascii_digit())?;
            return Signal::new(offset.checked_add(32)?);
        }
        (1..=64).filter_map(Signal::new).find(|signal| signal.to_string().strip_prefix("SIG") == Some(bare))
    }

    const fn bit(self) -> u64 {
        1 << (self.0 - 1)
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

/// A set of signals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignalSet(u64);

impl SignalSet {
    /// Every signal.
    pub const ALL: SignalSet = SignalSet(u64::MAX);
    /// No signal.
    pub const NONE: SignalSet = SignalSet(0);

    /// Tells whether `signal` is in it.
    #[must_use]
    pub const fn contains(self, signal: Signal) -> bool {
        self.0 & signal.bit() != 0
    }

    /// Returns the set with `signal` in it.
    #[must_use]
    pub const fn with(self, signal: Signal) -> SignalSet {
        SignalSet(self.0 | signal.bit())
    }

    /// Returns the set of all others.
    #[must_use]
    pub const fn inverted(self) -> SignalSet {
        SignalSet(!self.0)
    }
}

impl Default for SignalSet {
    fn default() -> SignalSet {
        SignalSet::ALL
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
    fn every_signal_is_found_by_its_name() {
        for raw in 1..=64 {
            let signal = Signal::new(raw).expect("in range");
            let name = signal.to_string();
            assert_eq!(Signal::from_name(&name), Some(signal), "{name}");
            assert_eq!(Signal::from_name(&name[3..]), Some(signal), "{name}");
        }
        assert_eq!(Signal::from_name("RTMIN+2"), Signal::new(34));
        assert_eq!(Signal::from_name("SIGPOLL"), Signal::new(29));
        assert_eq!(["", "SIG", "sigio", "RT_99", "RT_-1", "RT_"].map(Signal::from_name), [None; 6]);
    }

    #[test]
    fn numbers_outside_1_to_64_are_no_signals() {
        assert_eq!([0, -1, 65, i32::MIN].map(Signal::new), [None; 4]);
    }
}
