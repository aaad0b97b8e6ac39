//! What happened in a run, one value an event, before anybody decides how to write it.
use super::Token;
use super::decode::Argument;
use crate::kernel::{Ended, SignalInfo};
use crate::plan::At;
use crate::signal::Signal;
use crate::task::Tid;
use std::time::Duration;

/// One thing that happened to one task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Since the session began.
    pub time: Duration,
    /// Which task.
    pub tid: Tid,
    /// What.
    pub what: What,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// The task is one of the tree from now on, with this place in it (0, 0/1, 0/1/2: n-th child of its creator).
    Began(LogicalPath),
    /// A call ended, or its task did.
    Call(CallRecord),
    /// A signal is delivered.
    Signal(SignalInfo),
    /// The task entered a group-stop.
    GroupStop(Signal),
    /// The task executed a new program; it had another id before, if it was not its process's leader.
    Exec {
        /// Its former id.
        former: Option<Tid>,
        /// Whether that is written: as signals and ends of tasks are.
        logged: bool,
    },
    /// The task ended.
    Ended(Ended),
    /// Something that belongs to this task's place in the log.
    Note(String),
}

/// A task's place in the tree: the numbers of the children that lead to it. The root's is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LogicalPath(Vec<u32>);

impl LogicalPath {
    /// Returns the place of this task's `number`-th child, counted from 1.
    #[must_use]
    pub fn child(&self, number: u32) -> LogicalPath {
        let mut path = self.0.clone();
        path.push(number);
        LogicalPath(path)
    }
}

/// A call as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallRecord {
    /// Its name, or `syscall_0x1bd`.
    pub name: String,
    /// Its arguments.
    pub arguments: Vec<Argument>,
    /// What the program was told; `None` if the task died in it.
    pub result: Option<Vec<Token>>,
    /// Which rule did that.
    pub injection: Option<InjectionRecord>,
    /// When it was entered, since the session began.
    pub entered: Duration,
}

/// What a rule did to a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InjectionRecord {
    /// The rule's name.
    pub rule: String,
    /// Whether the call was executed.
    pub at: At,
    /// With [`At::After`]: what the kernel returned.
    pub kernel_returned: Option<Vec<Token>>,
    /// What was written was read back and equal.
    pub verified: bool,
    /// `fd 7 stays open`, and the like.
    pub remark: Option<String>,
}
