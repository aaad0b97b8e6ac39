//! Any call of any task: its arguments and result are decoded and written, on one line of bounded length, whatever its
//! registers and its memory hold. The layout of the input is told in src/task.rs.
#![no_main]
#![deny(unsafe_code)]

use havoc_engine::record::decode::{Argument, at_entry, at_exit, result, signal_code};
use havoc_engine::record::{CallRecord, Event, LogicalPath, Sink, StableSink, TextSink, What};
use havoc_engine::task::Tid;
use havoc_fuzz::task::Call;
use libfuzzer_sys::fuzz_target;
use std::time::Duration;

/// Longest line: the pieces of memory that a task of task.rs answers for, each with the files mapped there. Where nothing is
/// abbreviated, 64 pieces of at most seven pages, of which directory entries become the longest text.
const LONGEST: usize = 8 << 20;

fuzz_target!(|input: &[u8]| {
    let Call { view, returned, task } = Call::of(input);
    let mut arguments = at_entry(&view, &task);
    assert!(arguments.len() <= view.args.len());
    let entered = arguments.clone();
    at_exit(&mut arguments, &view, returned, &task);
    for (before, after) in entered.iter().zip(&arguments) {
        assert!(matches!(after, Argument::Known(_)), "{view:x?}: {after:?}");
        assert!(!matches!(before, Argument::Known(_)) || before == after, "{view:x?}");
    }
    let name = view.name().unwrap_or("syscall_");
    let record = CallRecord {
        name: name.to_owned(),
        arguments,
        result: Some(result(&view, returned, &task)),
        injection: None,
        sides: Vec::new(),
        left_alone: None,
        entered: Duration::ZERO,
    };
    let (mut plain, mut stable) = (Vec::new(), Vec::new());
    write_to(&mut TextSink::new(&mut plain), &record);
    write_to(&mut StableSink::new(&mut stable), &record);
    for line in [plain, stable] {
        let is_printable = |&byte: &u8| (b' '..=b'~').contains(&byte);
        let text = line.strip_suffix(b"\n").expect("a line");
        assert!(text.iter().all(is_printable), "{}", line.escape_ascii());
        assert!(line.len() <= LONGEST, "{} bytes: {}", line.len(), line[..1000].escape_ascii());
    }
    assert!(!signal_code(view.args[0] as i32, view.args[1] as i32).is_empty());
});

fn write_to(sink: &mut dyn Sink, record: &CallRecord) {
    let tid = Tid::new(4711).expect("an id is above 0");
    for what in [What::Began(LogicalPath::default()), What::Call(record.clone().into())] {
        sink.take(Event { time: Duration::ZERO, tid, what });
    }
    sink.finish();
    assert!(!sink.failed());
}
