//! The text log, in strace's manner: a line when a call ends.
use super::decode::Argument;
use super::signal_text::signal_text;
use super::sink::is_failure;
use super::token::{escape_name, quote};
use super::wording::{Wording, Words};
use super::{CallRecord, Event, InjectionRecord, SideRecord, Sink, Stamps, Token, What};
use crate::kernel::Ended;
use crate::plan;
use crate::task::Tid;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::{self, Write};
use std::time::{Duration, SystemTime};

/// How long a call blocks before another line may overtake it as `<unfinished ...>`.
const OVERTAKEN: Duration = Duration::from_secs(1);

/// Renders what may differ from run to run. The text log shows it as it is, the stable log by names.
pub(super) trait Naming {
    /// A task, process or process group id.
    fn task(&mut self, raw: i32) -> String;
    /// An address with the mappings it stands for.
    fn address(&mut self, value: u64, mappings: &[crate::resource::Mapping]) -> String;
    /// The name of a descriptor's file, as it stands between `<` and `>`; `None` leaves it out.
    fn file(&mut self, name: &[u8]) -> Option<String>;
    /// A path or string of the program's, not yet quoted.
    fn string(&mut self, bytes: &[u8]) -> Vec<u8>;
    /// What is not the same in two runs that did the same.
    fn varying(&mut self, shown: &str) -> String;
}

/// Everything as it is.
#[derive(Debug, Default)]
pub(super) struct Plain;

impl Naming for Plain {
    fn task(&mut self, raw: i32) -> String {
        raw.to_string()
    }

    fn address(&mut self, value: u64, mappings: &[crate::resource::Mapping]) -> String {
        let mut text = format!("{value:#x}");
        for mapping in mappings.iter().filter(|mapping| mapping.is_file) {
            let Some(name) = &mapping.name else { continue };
            // Of a mapping that begins before the address, the offset at the address; else its first byte.
            let offset = mapping.offset + value.saturating_sub(mapping.range.start);
            let _ = write!(text, "<{}+{offset:#x}>", escape_name(name));
        }
        text
    }

    fn file(&mut self, name: &[u8]) -> Option<String> {
        Some(escape_name(name))
    }

    fn string(&mut self, bytes: &[u8]) -> Vec<u8> {
        bytes.to_vec()
    }

    fn varying(&mut self, shown: &str) -> String {
        shown.to_owned()
    }
}

pub(super) fn render(tokens: &[Token], naming: &mut dyn Naming) -> String {
    let mut text = String::new();
    for token in tokens {
        match token {
            Token::Text(plain) => text.push_str(plain),
            Token::Task(raw) => text.push_str(&naming.task(*raw)),
            Token::Varying(shown) => text.push_str(&naming.varying(shown)),
            Token::Address { value, mappings } => text.push_str(&naming.address(*value, mappings)),
            Token::Descriptor { number, name } => {
                let _ = write!(text, "{number}");
                if let Some(name) = name.as_ref().and_then(|name| naming.file(name)) {
                    let _ = write!(text, "<{name}>");
                }
            }
            Token::Quoted { bytes, truncated } => {
                let _ =
                    write!(text, "{}{}", quote(&naming.string(bytes)), if *truncated { "..." } else { "" });
            }
        }
    }
    text
}

pub(super) fn call_head(call: &CallRecord, naming: &mut dyn Naming) -> String {
    let arguments: Vec<String> = call
        .arguments
        .iter()
        .map(|argument| match argument {
            Argument::Known(tokens) | Argument::Begun { tokens, .. } => render(tokens, naming),
            Argument::Pending => "...".to_owned(),
        })
        .collect();
    format!("{}({}", call.name, arguments.join(", "))
}

/// What follows the `=` of a call.
pub(super) fn call_result(call: &CallRecord, naming: &mut dyn Naming) -> String {
    call.result.as_ref().map_or_else(|| "?".to_owned(), |result| render(result, naming))
}

/// What havoc says of a call behind its result.
pub(super) fn call_remarks(call: &CallRecord, naming: &mut dyn Naming) -> String {
    let mut text = String::new();
    if let Some(injection) = &call.injection {
        text.push_str(&injection_text(injection, naming));
    }
    for side in &call.sides {
        text.push_str(&side_text(side));
    }
    if let Some(left_alone) = &call.left_alone {
        let _ = write!(text, " (LEFT ALONE) ({}: {})", left_alone.rule, left_alone.reason);
    }
    text
}

fn side_text(side: &SideRecord) -> String {
    let delays = side.delay_enter.is_some() || side.delay_exit.is_some();
    let mut parts = Vec::new();
    parts.extend(side.delay_enter.map(|delay| format!("delay_enter {}", plan::Span(delay))));
    parts.extend(side.delay_exit.map(|delay| format!("delay_exit {}", plan::Span(delay))));
    parts.extend(side.signal.map(|signal| format!("signal {signal}")));
    format!(" ({}) ({} {})", if delays { "DELAYED" } else { "INJECTED" }, side.rule, parts.join(", "))
}

fn injection_text(injection: &InjectionRecord, naming: &mut dyn Naming) -> String {
    let mut text = format!(" (INJECTED) ({} {}", injection.rule, injection.manner.join(", "));
    if let Some(returned) = &injection.kernel_returned {
        let _ = write!(text, ", kernel returned {}", render(returned, naming));
    }
    if let Some(remark) = &injection.remark {
        let _ = write!(text, ", {remark}");
    }
    if !injection.verified {
        text.push_str(", NOT VERIFIED");
    }
    text.push(')');
    text
}

pub(super) fn ended_text(ended: Ended) -> String {
    match ended {
        Ended::Exited(code) => format!("+++ exited with {code} +++"),
        Ended::Killed { signal, core_dumped: false } => format!("+++ killed by {signal} +++"),
        Ended::Killed { signal, core_dumped: true } => format!("+++ killed by {signal} (core dumped) +++"),
    }
}

/// Writes each event as a line, at once, with one write each: nothing is lost if havoc dies.
pub struct TextSink<W> {
    /// `None` when no more can be written.
    out: Option<W>,
    failed: bool,
    /// Calls that are being executed, and whether their head has been written.
    running: HashMap<Tid, (Event, bool)>,
    stamps: Stamps,
    words: Words,
    /// When the last line began.
    last: Option<Duration>,
}

impl<W: Write> TextSink<W> {
    /// Writes to `out`, unbuffered.
    pub fn new(out: W) -> TextSink<W> {
        TextSink {
            out: Some(out),
            failed: false,
            running: HashMap::new(),
            stamps: Stamps::default(),
            words: Words::default(),
            last: None,
        }
    }

    /// Puts these times into every line.
    #[must_use]
    pub fn stamped(self, stamps: Stamps) -> TextSink<W> {
        TextSink { stamps, ..self }
    }

    /// Writes the lines in this wording.
    #[must_use]
    pub fn worded(self, wording: Wording) -> TextSink<W> {
        TextSink { words: Words::of(wording), ..self }
    }

    /// Writes a line about what began at `time`, where it is now `now`.
    fn line(&mut self, tid: Tid, text: &str, time: Duration, now: Duration) {
        self.led(tid, time, now, |_, leader| format!("{leader}{text}"));
    }

    /// Writes the line that `whole` makes of what stands at its beginning.
    fn led(&mut self, tid: Tid, time: Duration, now: Duration, whole: impl FnOnce(&Words, &str) -> String) {
        if self.out.is_none() {
            return;
        }
        let since = time.saturating_sub(self.last.unwrap_or(time));
        self.last = Some(time);
        let mut leader = self.words.leader(tid);
        if self.stamps.absolute.is_some() || self.stamps.relative.is_some() {
            leader.push_str(&self.stamps.before(SystemTime::now(), now.saturating_sub(time), since));
        }
        let line = whole(&self.words, &leader) + "\n";
        self.write(|out| out.write_all(line.as_bytes()));
    }

    fn write(&mut self, write: impl FnOnce(&mut W) -> io::Result<()>) {
        if let Some(Err(error)) = self.out.as_mut().map(write) {
            self.failed = is_failure(&error);
            self.out = None;
        }
    }

    /// Shows the calls that have blocked for long as unfinished, since `now` something else is written.
    fn overtake(&mut self, now: Duration, by: Tid) {
        let mut overtaken: Vec<Tid> = self
            .running
            .iter()
            .filter(|(tid, (event, shown))| {
                **tid != by && !shown && now.saturating_sub(event.time) > OVERTAKEN
            })
            .map(|(tid, _)| *tid)
            .collect();
        overtaken.sort_by_key(|tid| self.running[tid].0.time);
        for tid in overtaken {
            let Some((event, shown)) = self.running.get_mut(&tid) else { continue };
            *shown = true;
            let time = event.time;
            if let What::Call(call) = &event.what {
                let text = format!("{} <unfinished ...>", call_head(call, &mut self.words.naming()));
                self.line(tid, &text, time, now);
            }
        }
    }

    fn call(&mut self, tid: Tid, call: &CallRecord, now: Duration) {
        let shown = self.running.remove(&tid).is_some_and(|(_, shown)| shown);
        let mut naming = self.words.naming();
        let head = match (shown, &call.result) {
            (true, _) => format!("<... {} resumed>)", call.name),
            (false, None) if !call.name.starts_with("exit") => {
                format!("{} <unfinished ...>)", call_head(call, &mut naming))
            }
            (false, _) => call_head(call, &mut naming) + ")",
        };
        let took = call.result.as_ref().map(|_| now.saturating_sub(call.entered));
        let took = took.map(|took| self.stamps.behind(took)).unwrap_or_default();
        let remarks = self.words.remarks(call, || call_remarks(call, &mut Plain));
        let result = call_result(call, &mut naming) + &remarks + &took;
        let time = if shown { now } else { call.entered };
        self.led(tid, time, now, |words, leader| words.call(leader, &head, &result));
    }
}

impl<W: Write> Sink for TextSink<W> {
    fn began_call(&mut self, tid: Tid, event: &Event) {
        self.running.insert(tid, (event.clone(), false));
    }

    fn take(&mut self, event: Event) {
        let (tid, now) = (event.tid, event.time);
        if !matches!(event.what, What::Ended { logged: false, .. }) {
            self.overtake(now, tid);
        }
        match &event.what {
            What::Began(_) => {}
            What::Call(call) => self.call(tid, call, now),
            What::Signal(info) => self.line(tid, &signal_text(info, &mut Plain), now, now),
            What::GroupStop(signal) => self.line(tid, &format!("--- stopped by {signal} ---"), now, now),
            What::Exec { former: None, .. } => {}
            What::Exec { former: Some(former), logged } => {
                if let Some(running) = self.running.remove(former) {
                    self.running.insert(tid, running);
                }
                if *logged {
                    self.line(tid, &format!("+++ superseded by execve in pid {former} +++"), now, now);
                }
            }
            What::Ended { logged: false, .. } => {}
            What::Ended { ended, .. } => self.line(tid, &ended_text(*ended), now, now),
            What::Note(text) => self.line(tid, text, now, now),
        }
        self.words.after(&event);
    }

    fn flush(&mut self) {
        self.write(W::flush);
    }

    fn failed(&self) -> bool {
        self.failed
    }
}
