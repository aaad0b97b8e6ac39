//! Whose text the lines of the log have: havoc's, which names tasks and rules in each, or strace's, which scripts read.
//!
//! strace's is that of strace 6.1: `printleader` in src/strace.c (who a line is about), `tabto` (the column of the result),
//! and `print_injected_note` in src/syscall.c (what was tampered with).
use super::text::{Naming, Plain};
use super::{CallRecord, Event, What};
use crate::resource::Mapping;
use crate::task::Tid;
use std::collections::HashSet;

/// Whose text the lines have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Wording {
    /// havoc's: each line begins with its task, each injection names its rule.
    #[default]
    Havoc,
    /// strace's, as these options of strace ask for it.
    Strace(StraceText),
}

/// strace's options on which its text depends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StraceText {
    /// `-f`: tasks are told apart.
    pub follows: bool,
    /// `-o`: the id of a task has no brackets.
    pub to_file: bool,
    /// `--always-show-pid`: also where there is one task.
    pub always_shows_pid: bool,
    /// `-y`: descriptors have the names of their files.
    pub names_files: bool,
    /// `-a`: the column of a result's `=`, counted from 0.
    pub column: usize,
}

impl StraceText {
    /// The column of the result where `-a` says nothing: `DEFAULT_ACOLUMN` in src/strace.c.
    pub const COLUMN: usize = 40;

    /// Returns what stands at the beginning of a line about `tid`, of which `several` tasks are alive.
    fn leader(self, tid: Tid, several: bool) -> String {
        let tid = tid.get();
        match self.to_file {
            true if self.follows || self.always_shows_pid => format!("{tid:<5} "),
            false if self.follows && several || self.always_shows_pid => format!("[pid {tid:>5}] "),
            true | false => String::new(),
        }
    }
}

/// Writes the words of lines in one wording; keeps which tasks are alive where that matters.
#[derive(Debug, Default)]
pub(super) struct Words {
    wording: Wording,
    alive: HashSet<Tid>,
}

impl Words {
    pub(super) fn of(wording: Wording) -> Words {
        Words { wording, alive: HashSet::new() }
    }

    /// Notes who is alive after this event, whose line is written.
    pub(super) fn after(&mut self, event: &Event) {
        if self.wording == Wording::Havoc {
            return;
        }
        match &event.what {
            What::Began(_) => {
                self.alive.insert(event.tid);
            }
            What::Ended { .. } => {
                self.alive.remove(&event.tid);
            }
            // The thread goes on as its process's first.
            What::Exec { former: Some(former), .. } => {
                self.alive.remove(former);
                self.alive.insert(event.tid);
            }
            What::Call(_)
            | What::Signal(_)
            | What::GroupStop(_)
            | What::Exec { former: None, .. }
            | What::Note(_) => {}
        }
    }

    /// Returns what stands at the beginning of a line about `tid`.
    pub(super) fn leader(&self, tid: Tid) -> String {
        match self.wording {
            Wording::Havoc => format!("[pid {tid}] "),
            Wording::Strace(strace) => strace.leader(tid, self.alive.len() > 1),
        }
    }

    /// Returns how tasks, addresses and files are written.
    pub(super) fn naming(&self) -> impl Naming + use<> {
        match self.wording {
            Wording::Havoc => Worded { mappings: true, files: true },
            Wording::Strace(strace) => Worded { mappings: false, files: strace.names_files },
        }
    }

    /// Returns the line of a call of which `head` is written, to its `)`, and `result` is what follows the `=`.
    pub(super) fn call(&self, leader: &str, head: &str, result: &str) -> String {
        match self.wording {
            Wording::Havoc => format!("{leader}{head} = {result}"),
            Wording::Strace(strace) => {
                let written = leader.len() + head.len();
                let blanks = strace.column.saturating_sub(written).max(1);
                format!("{leader}{head}{:blanks$}= {result}", "")
            }
        }
    }

    /// Returns what is said behind the result about what was done to the call; `by_havoc` is what havoc itself says.
    pub(super) fn remarks(&self, call: &CallRecord, by_havoc: impl FnOnce() -> String) -> String {
        match self.wording {
            Wording::Havoc => by_havoc(),
            Wording::Strace(_) => tampered(call),
        }
    }
}

/// `(INJECTED)`, `(INJECTED: args)`, `(INJECTED: args, retval)`, and `(DELAYED)`.
fn tampered(call: &CallRecord) -> String {
    let mut text = String::new();
    if let Some(injection) = &call.injection {
        text.push_str(match (injection.pokes, injection.gives) {
            (true, true) => " (INJECTED: args, retval)",
            (true, false) => " (INJECTED: args)",
            (false, _) => " (INJECTED)",
        });
        // strace has no word for it, and nobody may take such a call for a fault that happened.
        if !injection.verified {
            text.push_str(" (NOT VERIFIED)");
        }
    }
    if call.sides.iter().any(|side| side.delay_enter.is_some() || side.delay_exit.is_some()) {
        text.push_str(" (DELAYED)");
    }
    text
}

/// Everything as it is, but without what is not wanted.
struct Worded {
    /// What is mapped at addresses.
    mappings: bool,
    /// The names of descriptors' files.
    files: bool,
}

impl Naming for Worded {
    fn task(&mut self, raw: i32) -> String {
        Plain.task(raw)
    }

    fn address(&mut self, value: u64, mappings: &[Mapping]) -> String {
        Plain.address(value, if self.mappings { mappings } else { &[] })
    }

    fn file(&mut self, name: &[u8]) -> Option<String> {
        if self.files { Plain.file(name) } else { None }
    }

    fn string(&mut self, bytes: &[u8]) -> Vec<u8> {
        Plain.string(bytes)
    }

    fn varying(&mut self, shown: &str) -> String {
        Plain.varying(shown)
    }
}

#[cfg(test)]
mod tests {
    use super::super::decode::Argument;
    use super::super::{InjectionRecord, SideRecord, Sink, TextSink, Token};
    use super::*;
    use crate::kernel::Ended;
    use crate::task::LogicalPath;
    use std::time::Duration;

    const ALONE: StraceText = StraceText {
        follows: false,
        to_file: true,
        always_shows_pid: false,
        names_files: false,
        column: StraceText::COLUMN,
    };

    fn tid(raw: i32) -> Tid {
        Tid::new(raw).expect("above 0")
    }

    fn text(of: &str) -> Vec<Token> {
        vec![Token::Text(of.to_owned())]
    }

    /// fsync of a file, which fails.
    fn fsync() -> CallRecord {
        let descriptor = Token::Descriptor { number: 3, name: Some(b"/a".to_vec()) };
        CallRecord {
            name: "fsync".to_owned(),
            arguments: vec![Argument::Known(vec![descriptor])],
            result: Some(text("-1 EIO")),
            injection: Some(InjectionRecord {
                rule: "fsync#1".to_owned(),
                manner: vec!["instead".to_owned()],
                gives: true,
                pokes: false,
                kernel_returned: None,
                verified: true,
                remark: None,
            }),
            sides: Vec::new(),
            left_alone: None,
            entered: Duration::ZERO,
        }
    }

    /// The log of a call of each task, of which the second begins and ends meanwhile.
    fn log(wording: Wording, logged: bool) -> Vec<String> {
        let mut log = Vec::new();
        let mut sink = TextSink::new(&mut log).worded(wording);
        let call = || What::Call(Box::new(fsync()));
        for (of, what) in [
            (7, What::Began(LogicalPath::default())),
            (7, call()),
            (8, What::Began(LogicalPath::default().child(1))),
            (8, call()),
            (8, What::Ended { ended: Ended::Exited(1), logged }),
            (7, call()),
            (7, What::Ended { ended: Ended::Exited(0), logged }),
        ] {
            sink.take(Event { time: Duration::ZERO, tid: tid(of), what });
        }
        String::from_utf8(log).expect("ASCII").lines().map(str::to_owned).collect()
    }

    #[test]
    fn a_line_has_a_pid_where_tasks_are_followed_and_there_are_several() {
        let call = "fsync(3)                                = -1 EIO (INJECTED)";
        let on_terminal = StraceText { to_file: false, ..ALONE };
        let shorter = "fsync(3)                    = -1 EIO (INJECTED)";
        assert_eq!(
            log(Wording::Strace(StraceText { follows: true, ..on_terminal }), true),
            [
                call.to_owned(),
                format!("[pid     8] {shorter}"),
                "[pid     8] +++ exited with 1 +++".to_owned(),
                call.to_owned(),
                "+++ exited with 0 +++".to_owned(),
            ]
        );
        assert_eq!(log(Wording::Strace(on_terminal), true)[1], call);
        let always = StraceText { always_shows_pid: true, ..on_terminal };
        assert!(log(Wording::Strace(always), true).iter().all(|line| line.starts_with("[pid     ")));
    }

    #[test]
    fn an_end_that_is_not_written_is_an_end_nevertheless() {
        let lines = log(Wording::Strace(StraceText { follows: true, to_file: false, ..ALONE }), false);
        let begins: Vec<&str> = lines.iter().map(|line| &line[..5]).collect();
        assert_eq!(begins, ["fsync", "[pid ", "fsync"]);
        assert_eq!(log(Wording::Havoc, false).len(), 3);
    }

    #[test]
    fn in_a_file_each_line_has_a_pid_if_tasks_are_followed() {
        assert!(
            log(Wording::Strace(ALONE), true)
                .iter()
                .all(|line| line.starts_with("fsync(3)") || line.starts_with("+++"))
        );
        let lines = log(Wording::Strace(StraceText { follows: true, ..ALONE }), true);
        assert_eq!(lines[0], "7     fsync(3)                          = -1 EIO (INJECTED)");
        assert_eq!(lines[2], "8     +++ exited with 1 +++");
    }

    #[test]
    fn havoc_s_text_names_task_file_and_rule_in_each_line() {
        let lines = log(Wording::Havoc, true);
        assert_eq!(lines[1], "[pid 8] fsync(3</a>) = -1 EIO (INJECTED) (fsync#1 instead)");
        assert_eq!(lines[4], "[pid 7] +++ exited with 0 +++");
    }

    #[test]
    fn the_column_and_the_names_of_files_are_as_asked_for() {
        let line = |column, names_files| {
            log(Wording::Strace(StraceText { column, names_files, ..ALONE }), true)[0].clone()
        };
        assert_eq!(line(10, false), "fsync(3)  = -1 EIO (INJECTED)");
        assert_eq!(line(0, false), "fsync(3) = -1 EIO (INJECTED)");
        assert_eq!(line(0, true), "fsync(3</a>) = -1 EIO (INJECTED)");
    }

    #[test]
    fn what_was_tampered_with_is_said_in_strace_s_words() {
        let side = |delay: Option<Duration>| SideRecord {
            rule: "fsync#1".to_owned(),
            delay_enter: None,
            delay_exit: delay,
            signal: None,
        };
        let delayed = side(Some(Duration::from_micros(1)));
        for (pokes, gives, sides, expected) in [
            (false, true, vec![], " (INJECTED)"),
            (true, false, vec![], " (INJECTED: args)"),
            (true, true, vec![], " (INJECTED: args, retval)"),
            // strace has no word for another call, nor for a signal.
            (false, false, vec![], " (INJECTED)"),
            (false, true, vec![side(None)], " (INJECTED)"),
            (false, true, vec![delayed.clone()], " (INJECTED) (DELAYED)"),
        ] {
            let mut call = CallRecord { sides, ..fsync() };
            let injection = call.injection.as_mut().expect("it was injected");
            (injection.pokes, injection.gives) = (pokes, gives);
            assert_eq!(tampered(&call), expected);
        }
        assert_eq!(tampered(&CallRecord { injection: None, sides: vec![delayed], ..fsync() }), " (DELAYED)");
        let mut call = fsync();
        call.injection.as_mut().expect("it was injected").verified = false;
        assert_eq!(tampered(&call), " (INJECTED) (NOT VERIFIED)");
    }
}
