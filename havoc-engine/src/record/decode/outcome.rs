//! Results of calls, and the reasons of signals.
use super::{Decoder, number, text};
use crate::record::{Look, Token};
use crate::signature::names::{Names, file, process};
use crate::signature::{self, ResultKind};
use havoc_arch::{Errno, Restart, Returned, SyscallView};

/// Decodes a result: the number, `-1 EIO (Input/output error)`, `?` for a call without a result and with its reason for
/// a restart, `0x7f…` for an address, `3</a>` for a descriptor.
#[must_use]
pub fn result(view: &SyscallView, returned: Returned, look: &dyn Look) -> Vec<Token> {
    let kind =
        signature::of_call(view.abi, view.number).map_or(ResultKind::Number, |signature| signature.result);
    match returned {
        Returned::Value(value) => Decoder::new(view, look).returned(value, kind),
        Returned::Error(errno) => vec![text(error(errno))],
        Returned::Restart(restart) => vec![text(restart_text(restart))],
    }
}

impl Decoder<'_> {
    fn returned(self, value: i64, kind: ResultKind) -> Vec<Token> {
        // What a 32-bit program takes for an address is no negative number.
        let bits = self.view.abi.argument(value.cast_unsigned());
        let found = match kind {
            ResultKind::Polled => self.polled(value),
            ResultKind::Selected => self.selected(value),
            _ => Vec::new(),
        };
        let token = match kind {
            ResultKind::Number | ResultKind::Polled | ResultKind::Selected => text(value.to_string()),
            ResultKind::Fd => return self.descriptor(value as i32),
            ResultKind::Address => self.address(bits),
            ResultKind::Task => Token::Task(value as i32),
            ResultKind::Hex => text(number::hex(bits)),
            ResultKind::Mode => text(number::mode(bits)),
            ResultKind::Policy => {
                let policy = number::masked(
                    bits,
                    process::SCHEDULER_MASK,
                    process::SCHEDULER,
                    process::SCHEDULER_BITS,
                );
                text(format!("{value} ({policy})"))
            }
            ResultKind::Signal => text(format!("{value} ({})", number::signal(bits))),
            ResultKind::None => text("?"),
            ResultKind::Fcntl => match self.arguments[1] as i32 {
                libc::F_DUPFD | libc::F_DUPFD_CLOEXEC => return self.descriptor(value as i32),
                libc::F_GETOWN => Token::Task(value as i32),
                libc::F_GETFD if bits != 0 => with_flags(bits, number::flags(bits, file::FD_FLAGS)),
                libc::F_GETFL => with_flags(bits, number::open_flags(bits, self.view.abi)),
                libc::F_GET_SEALS if bits != 0 => with_flags(bits, number::flags(bits, file::SEALS)),
                _ => text(value.to_string()),
            },
        };
        std::iter::once(token).chain(found).collect()
    }
}

fn with_flags(bits: u64, flags: String) -> Token {
    text(format!("{} (flags {flags})", number::hex(bits)))
}

fn error(errno: Errno) -> String {
    match (errno.name(), errno.description()) {
        (Some(name), Some(description)) => format!("-1 {name} ({description})"),
        _ => format!("-1 (errno {})", errno.number()),
    }
}

fn restart_text(restart: Restart) -> &'static str {
    match restart {
        Restart::Sys => "? ERESTARTSYS (To be restarted if SA_RESTART is set)",
        Restart::NoIntr => "? ERESTARTNOINTR (To be restarted)",
        Restart::NoHand => "? ERESTARTNOHAND (To be restarted if no handler)",
        Restart::Block => "? ERESTART_RESTARTBLOCK (Interrupted by signal)",
    }
}

// include/uapi/asm-generic/siginfo.h
const SI_CODES: [(i32, &str); 9] = [
    (0, "SI_USER"),
    (0x80, "SI_KERNEL"),
    (-1, "SI_QUEUE"),
    (-2, "SI_TIMER"),
    (-3, "SI_MESGQ"),
    (-4, "SI_ASYNCIO"),
    (-5, "SI_SIGIO"),
    (-6, "SI_TKILL"),
    (-60, "SI_ASYNCNL"),
];
const ILL_CODES: Names = &[
    (1, "ILL_ILLOPC"),
    (2, "ILL_ILLOPN"),
    (3, "ILL_ILLADR"),
    (4, "ILL_ILLTRP"),
    (5, "ILL_PRVOPC"),
    (6, "ILL_PRVREG"),
    (7, "ILL_COPROC"),
    (8, "ILL_BADSTK"),
];
const TRAP_CODES: Names = &[
    (1, "TRAP_BRKPT"),
    (2, "TRAP_TRACE"),
    (3, "TRAP_BRANCH"),
    (4, "TRAP_HWBKPT"),
    (5, "TRAP_UNK"),
    (6, "TRAP_PERF"),
];
const BUS_CODES: Names =
    &[(1, "BUS_ADRALN"), (2, "BUS_ADRERR"), (3, "BUS_OBJERR"), (4, "BUS_MCEERR_AR"), (5, "BUS_MCEERR_AO")];
const FPE_CODES: Names = &[
    (1, "FPE_INTDIV"),
    (2, "FPE_INTOVF"),
    (3, "FPE_FLTDIV"),
    (4, "FPE_FLTOVF"),
    (5, "FPE_FLTUND"),
    (6, "FPE_FLTRES"),
    (7, "FPE_FLTINV"),
    (8, "FPE_FLTSUB"),
    (14, "FPE_FLTUNK"),
    (15, "FPE_CONDTRAP"),
];
const SEGV_CODES: Names = &[
    (1, "SEGV_MAPERR"),
    (2, "SEGV_ACCERR"),
    (3, "SEGV_BNDERR"),
    (4, "SEGV_PKUERR"),
    (5, "SEGV_ACCADI"),
    (6, "SEGV_ADIDERR"),
    (7, "SEGV_ADIPERR"),
    (8, "SEGV_MTEAERR"),
    (9, "SEGV_MTESERR"),
    (10, "SEGV_CPERR"),
];
const CLD_CODES: Names = &[
    (1, "CLD_EXITED"),
    (2, "CLD_KILLED"),
    (3, "CLD_DUMPED"),
    (4, "CLD_TRAPPED"),
    (5, "CLD_STOPPED"),
    (6, "CLD_CONTINUED"),
];
const POLL_CODES: Names =
    &[(1, "POLL_IN"), (2, "POLL_OUT"), (3, "POLL_MSG"), (4, "POLL_ERR"), (5, "POLL_PRI"), (6, "POLL_HUP")];
const SYS_CODES: Names = &[(1, "SYS_SECCOMP"), (2, "SYS_USER_DISPATCH")];

/// Returns the name of a signal's `si_code` (`CLD_EXITED` with SIGCHLD, `SI_USER` with any), else the number.
#[must_use]
pub fn signal_code(signal: i32, code: i32) -> String {
    let names = match signal {
        libc::SIGILL => ILL_CODES,
        libc::SIGTRAP => TRAP_CODES,
        libc::SIGBUS => BUS_CODES,
        libc::SIGFPE => FPE_CODES,
        libc::SIGSEGV => SEGV_CODES,
        libc::SIGCHLD => CLD_CODES,
        libc::SIGIO => POLL_CODES,
        libc::SIGSYS => SYS_CODES,
        _ => &[],
    };
    let of_signal =
        names.iter().find(|(known, _)| i64::from(code) == known.cast_signed()).map(|(_, name)| *name);
    let of_any = || SI_CODES.iter().find(|(known, _)| *known == code).map(|(_, name)| *name);
    of_signal.or_else(of_any).map_or_else(|| code.to_string(), str::to_owned)
}
