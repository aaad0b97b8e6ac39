//! What happened in a run, one value an event, before anybody decides how to write it.
use super::Token;
use super::decode::Argument;
use crate::kernel::{Ended, SignalInfo};
use crate::signal::Signal;
use crate::task::{LogicalPath, Tid};
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
    Call(Box<CallRecord>),
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
    Ended {
        /// How.
        ended: Ended,
        /// Whether that is written.
        logged: bool,
    },
    /// Something that belongs to this task's place in the log.
    Note(String),
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
    /// Which rule decided what becomes of it.
    pub injection: Option<InjectionRecord>,
    /// Delays and signals, which add up.
    pub sides: Vec<SideRecord>,
    /// What a rule would have done to it and did not.
    pub left_alone: Option<LeftAlone>,
    /// When it was entered, since the session began.
    pub entered: Duration,
}

/// A delay, or a signal, or both, of one rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SideRecord {
    /// The rule's name.
    pub rule: String,
    /// How long the call was held before its entry.
    pub delay_enter: Option<Duration>,
    /// How long its answer was.
    pub delay_exit: Option<Duration>,
    /// What was sent.
    pub signal: Option<Signal>,
}

/// A call to which a rule could not do all that it does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftAlone {
    /// The rule's name.
    pub rule: String,
    /// Why.
    pub reason: String,
}

/// What a rule did to a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InjectionRecord {
    /// The rule's name; of what havoc does for its own sake, the option that rules it, or `havoc`.
    pub rule: String,
    /// What it did: how it gave a result ("instead", "after"), and what it changed.
    pub manner: Vec<String>,
    /// Whether the first of these is how it gave a result.
    pub gives: bool,
    /// Whether one of these is that memory was written.
    pub pokes: bool,
    /// With "after": what the kernel returned.
    pub kernel_returned: Option<Vec<Token>>,
    /// What was written was read back and equal.
    pub verified: bool,
    /// `fd 7 stays open`, and the like.
    pub remark: Option<String>,
}
