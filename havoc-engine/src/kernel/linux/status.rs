//! The few lines of /proc/TID/status that matter here, read as bytes: a thread's name need not be text.
//!
//! The procfs crate reads the file as UTF-8 and refuses it whole over one such name; its list of mappings does likewise,
//! and cannot ask for a range.
use crate::signal::Signal;
use crate::task::{Pid, Tid};

/// Who a task is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// Its process, as havoc's PID namespace numbers it.
    pub process: Pid,
    /// Its parent; `None` if that lies outside havoc's PID namespace.
    pub parent: Option<Pid>,
    /// Its tracer; `None` if it has none.
    pub tracer: Option<Tid>,
    /// Its process as its own, innermost PID namespace numbers it. Equal to `process` before Linux 4.1.
    pub process_inside: Pid,
    /// Its own id as its innermost PID namespace numbers it, if the kernel says so (since Linux 4.1).
    pub task_inside: Option<Tid>,
    /// Bit n − 1: signal n has a handler.
    caught: u64,
}

impl Status {
    /// Returns what the file says; `None` if it is not such a file.
    #[must_use]
    pub fn parse(text: &[u8]) -> Option<Status> {
        let process = Pid::new(last_number(text, b"Tgid:")?)?;
        Some(Status {
            process,
            parent: last_number(text, b"PPid:").and_then(Pid::new),
            tracer: last_number(text, b"TracerPid:").and_then(Tid::new),
            process_inside: last_number(text, b"NStgid:").and_then(Pid::new).unwrap_or(process),
            task_inside: last_number(text, b"NSpid:").and_then(Tid::new),
            caught: last_word(text, b"SigCgt:")
                .and_then(|word| u64::from_str_radix(word, 16).ok())
                .unwrap_or(0),
        })
    }

    /// Tells whether the task has a handler for `signal`.
    #[must_use]
    pub fn catches(&self, signal: Signal) -> bool {
        self.caught & (1 << (signal.number() - 1)) != 0
    }
}

/// Returns the last number of the line that begins with `key`. Newlines in the name of the task cannot forge a line:
/// the kernel escapes them (fs/proc/array.c, `proc_task_name`).
fn last_number(text: &[u8], key: &[u8]) -> Option<i32> {
    last_word(text, key)?.parse().ok()
}

pub(super) fn last_word<'a>(text: &'a [u8], key: &[u8]) -> Option<&'a str> {
    words(text, key)?.next_back()
}

/// Returns the second number of a line: of `Uid:` and `Gid:` the effective one. proc_pid_status(5).
pub(super) fn second_number(text: &[u8], key: &[u8]) -> Option<u32> {
    words(text, key)?.nth(1)?.parse().ok()
}

fn words<'a>(text: &'a [u8], key: &[u8]) -> Option<impl DoubleEndedIterator<Item = &'a str>> {
    let line = text.split(|&byte| byte == b'\n').find_map(|line| line.strip_prefix(key))?;
    Some(std::str::from_utf8(line).ok()?.split_ascii_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_no_text_does_not_hide_the_rest() {
        let text = b"Name:\t\xff\xfe\\nTgid:\t7\nTgid:\t12\nPid:\t13\nPPid:\t1\nTracerPid:\t0\nNStgid:\t12\t2\nNSpid:\t13\t3\n";
        let status = Status::parse(text).expect("a status");
        assert_eq!(status.process, Pid::new(12).expect("above zero"));
        assert_eq!((status.parent, status.tracer), (Pid::new(1), None));
        assert_eq!((Some(status.process_inside), status.task_inside), (Pid::new(2), Tid::new(3)));
    }

    #[test]
    fn a_kernel_without_namespace_lines_is_understood() {
        let status = Status::parse(b"Tgid:\t12\nPPid:\t0\nTracerPid:\t9\n").expect("a status");
        assert_eq!((status.process_inside, status.task_inside), (status.process, None));
        assert_eq!((status.parent, status.tracer), (None, Tid::new(9)));
    }

    #[test]
    fn handlers_and_effective_ids_are_read() {
        let text = b"Tgid:\t12\nUid:\t1\t2\t3\t4\nGid:\t5\t6\t7\t8\nSigCgt:\t8000000000000002\n";
        let status = Status::parse(text).expect("a status");
        assert_eq!((second_number(text, b"Uid:"), second_number(text, b"Gid:")), (Some(2), Some(6)));
        let caught: Vec<i32> =
            (1..=64).filter(|&raw| status.catches(Signal::new(raw).expect("in range"))).collect();
        assert_eq!(caught, [2, 64]);
    }

    #[test]
    fn another_file_is_refused() {
        assert_eq!(Status::parse(b""), None);
        assert_eq!(Status::parse(b"Tgid:\tx\n"), None);
    }
}
