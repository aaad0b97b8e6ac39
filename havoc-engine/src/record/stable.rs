//! The byte-stable log: grouped by task, in the order of the tree, with names in place of what differs by run.
use super::signal_text::signal_text;
use super::sink::is_failure;
use super::text::{Naming, call_head, call_remarks, call_result, ended_text};
use super::token::escape_name;
use super::{Event, LogicalPath, Sink, What};
use crate::resource::Mapping;
use std::collections::HashMap;
use std::io::Write;

/// Keeps every event, and writes them when the run ends.
///
/// A tid may be used again by a later task, so a task is known by its place in the tree, and every id is translated
/// when its event arrives.
pub struct StableSink<W> {
    out: W,
    /// In the order in which they began.
    tasks: Vec<Task>,
    /// The index of the task at each place.
    places: HashMap<LogicalPath, usize>,
    /// The index of the task that has each id now.
    current: HashMap<i32, usize>,
    failed: bool,
}

/// A task of the tree.
#[derive(Default)]
struct Task {
    events: Vec<Kept>,
    /// Their numbers and indexes.
    children: Vec<(u32, usize)>,
    /// Its creator is in the tree.
    has_creator: bool,
}

/// An event, and who its ids meant when it happened.
type Kept = (Event, Vec<(i32, usize)>);

impl<W: Write> StableSink<W> {
    /// Writes to `out` at the end.
    pub fn new(out: W) -> StableSink<W> {
        StableSink { out, tasks: Vec::new(), places: HashMap::new(), current: HashMap::new(), failed: false }
    }

    /// Returns the index of the task at `place`, which is added if it is new.
    fn task(&mut self, place: &LogicalPath) -> usize {
        if let Some(known) = self.places.get(place) {
            return *known;
        }
        let index = self.tasks.len();
        self.tasks.push(Task::default());
        self.places.insert(place.clone(), index);
        if let Some((creator, number)) = place.creator()
            && let Some(creator) = self.places.get(creator)
        {
            self.tasks[*creator].children.push((number, index));
            self.tasks[index].has_creator = true;
        }
        index
    }

    /// Returns the tasks in the order of the tree: creators before their children, and these by number.
    fn ordered(&mut self) -> Vec<usize> {
        let mut left: Vec<usize> =
            (0..self.tasks.len()).filter(|index| !self.tasks[*index].has_creator).rev().collect();
        let mut ordered = Vec::with_capacity(self.tasks.len());
        while let Some(next) = left.pop() {
            ordered.push(next);
            let children = &mut self.tasks[next].children;
            children.sort_unstable();
            left.extend(children.iter().rev().map(|(_, index)| *index));
        }
        ordered
    }

    fn text(&mut self) -> String {
        let ordered = self.ordered();
        let mut names = vec![String::new(); ordered.len()];
        for (number, index) in (1..).zip(&ordered) {
            names[*index] = format!("t{number}");
        }
        let mut text = String::new();
        let mut naming = Stable::default();
        for index in ordered {
            for (event, translation) in &self.tasks[index].events {
                naming.tasks = translation.iter().map(|(raw, task)| (*raw, names[*task].clone())).collect();
                if let Some(line) = line(&event.what, &mut naming) {
                    text.push_str(&format!("[pid {}] {line}\n", names[index]));
                }
            }
            naming.end_task();
        }
        text
    }
}

fn line(what: &What, naming: &mut Stable) -> Option<String> {
    Some(match what {
        What::Began(_)
        | What::Exec { former: None, .. }
        | What::Exec { logged: false, .. }
        | What::Ended { logged: false, .. } => return None,
        What::Call(call) => {
            let dies = call.result.is_none() && !call.name.starts_with("exit");
            let head = call_head(call, naming) + if dies { " <unfinished ...>" } else { "" };
            format!("{head}) = {}{}", call_result(call, naming), call_remarks(call, naming))
        }
        What::Signal(info) => signal_text(info, naming),
        What::GroupStop(signal) => format!("--- stopped by {signal} ---"),
        What::Exec { former: Some(former), .. } => {
            format!("+++ took the place of {} by execve +++", naming.task(former.get()))
        }
        What::Ended { ended, .. } => ended_text(*ended),
        What::Note(text) => text.clone(),
    })
}

impl<W: Write> Sink for StableSink<W> {
    fn take(&mut self, mut event: Event) {
        hide_random_bytes(&mut event.what);
        match &event.what {
            What::Ended { logged: false, .. } => return,
            What::Began(path) => {
                let task = self.task(path);
                self.current.insert(event.tid.get(), task);
                return;
            }
            What::Call(_)
            | What::Signal(_)
            | What::GroupStop(_)
            | What::Exec { .. }
            | What::Ended { .. }
            | What::Note(_) => {}
        }
        let Some(task) = self.current.get(&event.tid.get()).copied() else { return };
        let translation =
            ids(&event).into_iter().filter_map(|raw| Some((raw, *self.current.get(&raw)?))).collect();
        self.tasks[task].events.push((event, translation));
    }

    fn finish(&mut self) {
        let text = self.text();
        if let Err(error) = self.out.write_all(text.as_bytes()).and_then(|()| self.out.flush()) {
            self.failed = is_failure(&error);
        }
    }

    fn failed(&self) -> bool {
        self.failed
    }
}

/// What getrandom(2) wrote is never the same twice.
fn hide_random_bytes(what: &mut What) {
    use super::Token;
    use super::decode::Argument;
    if let What::Call(call) = what
        && call.name.split('@').next() == Some("getrandom")
        && let Some(Argument::Known(tokens)) = call.arguments.first_mut()
    {
        for token in tokens.iter_mut().filter(|token| matches!(token, Token::Quoted { .. })) {
            *token = Token::Text("<random>".to_owned());
        }
    }
}

/// Every task id that the event mentions.
fn ids(event: &Event) -> Vec<i32> {
    use super::Token;
    use super::decode::Argument;
    fn of(tokens: &[Token]) -> impl Iterator<Item = i32> + '_ {
        tokens.iter().flat_map(|token| match token {
            Token::Task(raw) => vec![raw.saturating_abs()],
            Token::Descriptor { name: Some(name), .. } | Token::Quoted { bytes: name, .. } => {
                proc_ids(name).into_iter().map(|(_, raw)| raw).collect()
            }
            Token::Text(_) | Token::Varying(_) | Token::Address { .. } | Token::Descriptor { .. } => {
                Vec::new()
            }
        })
    }
    match &event.what {
        What::Call(call) => call
            .arguments
            .iter()
            .filter_map(|argument| match argument {
                Argument::Known(tokens) | Argument::Begun { tokens, .. } => Some(tokens),
                Argument::Pending => None,
            })
            .chain(&call.result)
            .chain(call.injection.iter().filter_map(|injection| injection.kernel_returned.as_ref()))
            .flat_map(|tokens| of(tokens))
            .collect(),
        What::Signal(info) => info.sender.iter().map(|(pid, _)| *pid).collect(),
        What::Exec { former: Some(former), .. } => vec![former.get()],
        What::Began(_)
        | What::GroupStop(_)
        | What::Exec { former: None, .. }
        | What::Ended { .. }
        | What::Note(_) => Vec::new(),
    }
}

/// Where a path under /proc names tasks: `/proc/4711/…`, `/proc/4711/task/4712/…`.
fn proc_ids(name: &[u8]) -> Vec<(std::ops::Range<usize>, i32)> {
    let mut found = Vec::new();
    let mut at = match name.strip_prefix(b"/proc/") {
        Some(_) => 6,
        None => return found,
    };
    loop {
        let digits = name[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        let Some(raw) = std::str::from_utf8(&name[at..at + digits]).ok().and_then(|text| text.parse().ok())
        else {
            return found;
        };
        found.push((at..at + digits, raw));
        match name[at + digits..].strip_prefix(b"/task/") {
            Some(_) => at += digits + 6,
            None => return found,
        }
    }
}

/// Names for what differs by run.
#[derive(Default)]
struct Stable {
    tasks: HashMap<i32, String>,
    /// Mapped files, by name, numbered by first use.
    files: HashMap<Vec<u8>, usize>,
    /// Memory of this task without a file, by where it begins, numbered by first use. Of its own in every task: one
    /// mapping more in one must not renumber those of all others.
    memory: HashMap<u64, usize>,
    /// `pipe:[1]`, `socket:[1]`: by kind and inode.
    inodes: HashMap<(Vec<u8>, Vec<u8>), usize>,
}

impl Stable {
    /// The next task has memory of its own.
    fn end_task(&mut self) {
        self.memory.clear();
    }

    fn file_number(&mut self, name: &[u8]) -> usize {
        let next = self.files.len() + 1;
        *self.files.entry(name.to_vec()).or_insert(next)
    }

    /// Returns the name of a file, with what differs from run to run by number.
    fn renamed(&mut self, name: &[u8]) -> String {
        if !name.starts_with(b"/")
            && let Some(open) = name.windows(2).position(|pair| pair == b":[")
            && name.ends_with(b"]")
            && name[open + 2..name.len() - 1].iter().all(u8::is_ascii_digit)
        {
            let kind = name[..open].to_vec();
            let of_kind = self.inodes.keys().filter(|(other, _)| *other == kind).count();
            let number = *self.inodes.entry((kind.clone(), name.to_vec())).or_insert(of_kind + 1);
            return format!("{}:[{number}]", escape_name(&kind));
        }
        escape_name(&self.string(name))
    }

    fn memory_number(&mut self, start: u64) -> usize {
        let next = self.memory.len() + 1;
        *self.memory.entry(start).or_insert(next)
    }
}

impl Naming for Stable {
    fn task(&mut self, raw: i32) -> String {
        match raw {
            // 0 and -1 have meanings of their own in kill(2) and wait4(2), below that it is a process group.
            ..=-2 => format!("-{}", self.task(raw.saturating_abs())),
            -1..=0 => raw.to_string(),
            _ => self.tasks.get(&raw).cloned().unwrap_or_else(|| "t?".to_owned()),
        }
    }

    fn address(&mut self, value: u64, mappings: &[Mapping]) -> String {
        let Some(first) = mappings.first() else { return "@unmapped".to_owned() };
        let mut text = match (&first.name, first.is_file) {
            (Some(name), true) => {
                let offset = first.offset + value.saturating_sub(first.range.start);
                format!("@map{}+{offset:#x}", self.file_number(name))
            }
            (Some(name), false) if name.starts_with(b"[stack") => "@stack".to_owned(),
            (Some(name), false) if name == b"[heap]" => "@heap".to_owned(),
            (Some(name), false) if name.starts_with(b"[v") => {
                format!("@{}", escape_name(&name[1..name.len() - 1]))
            }
            _ => {
                let offset = value.saturating_sub(first.range.start);
                format!("@anon{}+{offset:#x}", self.memory_number(first.range.start))
            }
        };
        for mapping in mappings.iter().filter(|mapping| mapping.is_file) {
            if let Some(name) = &mapping.name {
                let offset = mapping.offset + value.saturating_sub(mapping.range.start);
                text.push_str(&format!("<{}+{offset:#x}>", self.renamed(name)));
            }
        }
        text
    }

    fn file(&mut self, name: &[u8]) -> Option<String> {
        Some(self.renamed(name))
    }

    fn string(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut stable = bytes.to_vec();
        for (range, raw) in proc_ids(bytes).into_iter().rev() {
            stable.splice(range, self.task(raw).into_bytes());
        }
        stable
    }

    fn varying(&mut self, _: &str) -> String {
        "<varies>".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tasks_are_named_in_the_order_of_the_tree_whenever_they_came() {
        use crate::task::Tid;
        let place =
            |numbers: &[u32]| numbers.iter().fold(LogicalPath::root(), |place, number| place.child(*number));
        let mut log = Vec::new();
        let mut sink = StableSink::new(&mut log);
        let mut take = |tid, what| {
            let tid = Tid::new(tid).expect("a tid");
            sink.take(Event { time: std::time::Duration::ZERO, tid, what });
        };
        let orphan = [u32::MAX - 1];
        for (tid, numbers) in [(5, &[][..]), (9, &orphan), (8, &[2]), (7, &[1]), (6, &[1, 2]), (4, &[1, 1])] {
            take(tid, What::Began(place(numbers)));
        }
        for tid in [9, 8, 7, 6, 5, 4] {
            take(tid, What::Note(format!("was {tid}")));
        }
        // Its id is another's by now.
        take(4, What::Began(place(&[2, 1])));
        take(4, What::Note("was 4 as well".to_owned()));
        sink.finish();
        let lines = [
            "t1] was 5",
            "t2] was 7",
            "t3] was 4",
            "t4] was 6",
            "t5] was 8",
            "t6] was 4 as well",
            "t7] was 9",
        ];
        let expected: String = lines.iter().map(|line| format!("[pid {line}\n")).collect();
        assert_eq!(String::from_utf8_lossy(&log), expected);
    }

    #[test]
    fn paths_under_proc_tell_their_tasks() {
        let ids = |name: &str| proc_ids(name.as_bytes()).into_iter().map(|(_, raw)| raw).collect::<Vec<_>>();
        assert_eq!(ids("/proc/12/maps"), [12]);
        assert_eq!(ids("/proc/12/task/13/fd"), [12, 13]);
        assert_eq!(ids("/proc/self"), [] as [i32; 0]);
        assert_eq!(ids("/data/12"), [] as [i32; 0]);
    }

    #[test]
    fn pipes_are_numbered_by_kind_and_first_use() {
        let mut naming = Stable::default();
        assert_eq!(naming.renamed(b"pipe:[400]"), "pipe:[1]");
        assert_eq!(naming.renamed(b"socket:[401]"), "socket:[1]");
        assert_eq!(naming.renamed(b"pipe:[402]"), "pipe:[2]");
        assert_eq!(naming.renamed(b"pipe:[400]"), "pipe:[1]");
        assert_eq!(naming.renamed(b"anon_inode:[eventfd]"), "anon_inode:[eventfd]");
    }

    #[test]
    fn random_bytes_are_hidden_and_others_are_not() {
        use super::super::{CallRecord, Token};
        use crate::record::decode::Argument;
        for (name, expected) in [("getrandom", "getrandom(<random>"), ("read", "read(\"x\"")] {
            let mut what = What::Call(Box::new(CallRecord {
                sides: Vec::new(),
                left_alone: None,
                name: name.to_owned(),
                arguments: vec![Argument::Known(vec![Token::Quoted {
                    bytes: b"x".to_vec(),
                    truncated: false,
                }])],
                result: None,
                injection: None,
                entered: std::time::Duration::ZERO,
            }));
            hide_random_bytes(&mut what);
            let What::Call(call) = &what else { unreachable!() };
            assert_eq!(call_head(call, &mut Stable::default()), expected);
        }
    }

    #[test]
    fn a_task_outside_the_tree_is_a_question_mark() {
        let mut naming = Stable::default();
        naming.tasks.insert(7, "t1".to_owned());
        assert_eq!(
            [naming.task(7), naming.task(8), naming.task(0), naming.task(-1)],
            ["t1", "t?", "0", "-1"]
        );
    }

    #[test]
    fn a_process_group_goes_by_the_name_of_its_leader() {
        let mut naming = Stable::default();
        naming.tasks.insert(7, "t1".to_owned());
        assert_eq!([naming.task(-7), naming.task(-8), naming.task(i32::MIN)], ["-t1", "-t?", "-t?"]);
    }

    #[test]
    fn a_path_argument_under_proc_names_its_task() {
        let mut naming = Stable::default();
        naming.tasks.insert(4711, "t1".to_owned());
        assert_eq!(naming.string(b"/proc/4711/task/4712/stat"), b"/proc/t1/task/t?/stat");
        assert_eq!(naming.string(b"/data/4711"), b"/data/4711");
        let argument =
            vec![super::super::Token::Quoted { bytes: b"/proc/4711/maps".to_vec(), truncated: false }];
        assert_eq!(super::super::text::render(&argument, &mut naming), "\"/proc/t1/maps\"");
    }

    #[test]
    fn what_differs_by_run_is_not_told() {
        use super::super::Token;
        let text = |text: &str| Token::Text(text.to_owned());
        let time = [text("{tv_sec="), Token::Varying("1795675260".to_owned()), text("}")];
        assert_eq!(super::super::text::render(&time, &mut Stable::default()), "{tv_sec=<varies>}");
    }
}
