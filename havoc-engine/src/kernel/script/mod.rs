//! A kernel that plays a script: stops in a given order, files out of maps, a virtual clock.
//!
//! It knows of every task whether it is stopped, and fails the test where the real kernel would let a task hang, lose
//! a signal, or never report what the session waits for:
//!
//! ```text
//!            stop                       resume
//! Running ──────────▶ Stopped(stop) ──────────────▶ Running(how)
//!    │                     │  (never: frozen)          │
//!    └──────────┬──────────┘                           └─ Run: no syscall stop follows; Listen: only a trap
//!               ▼ ended or vanished
//!             Gone
//! ```
mod answers;
mod event;
mod play;
mod world;

pub use event::{HAVOC, Halt, Planned, ROOT, STACK, Script, call, pid, tid};
pub use world::World;

use crate::kernel::{Request, Resume, Stop};
use crate::task::Tid;
use havoc_arch::SyscallView;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

/// Where a task is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Running(Resume),
    Stopped(Stop),
    /// It died under the session, which has not been told yet.
    Vanished,
    /// Its end has been reported, or an exec has taken its id away.
    Gone,
}

/// How events are chosen.
pub(super) enum Order {
    /// As they are written; one that cannot happen now is a mistake.
    Written,
    /// Any event that can happen now, chosen out of so many; exits that nobody awaits do not happen.
    Chosen(Box<dyn FnMut(usize) -> usize>),
}

/// What goes wrong with one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mishap {
    /// The task dies just before it.
    Vanishes,
    /// The kernel answers EIO, and the task lives.
    Refused,
}

/// The scripted kernel.
pub struct ScriptedKernel {
    events: VecDeque<Planned>,
    world: World,
    order: Order,
    now: Duration,
    limit: Option<Duration>,
    asked: Vec<Request>,
    tasks: BTreeMap<Tid, State>,
    /// The stop that each task is at.
    halts: BTreeMap<Tid, Halt>,
    /// The last call that each task entered.
    entered: BTreeMap<Tid, SyscallView>,
    /// Stops of each task.
    stops: BTreeMap<Tid, u32>,
    acts: Vec<String>,
    requests: Vec<&'static str>,
    mishap: Option<(usize, Mishap)>,
    refused_resume: bool,
    /// Tasks that step into a handler.
    stepping: BTreeSet<Tid>,
}

impl ScriptedKernel {
    /// Plays `script` in the order in which it is written.
    pub fn new(script: Script) -> ScriptedKernel {
        ScriptedKernel {
            events: script.events.into(),
            world: script.world,
            order: Order::Written,
            now: Duration::ZERO,
            limit: None,
            asked: Vec::new(),
            tasks: BTreeMap::from([(tid(ROOT), State::Running(Resume::Run))]),
            halts: BTreeMap::new(),
            entered: BTreeMap::new(),
            stops: BTreeMap::new(),
            acts: Vec::new(),
            requests: Vec::new(),
            mishap: None,
            refused_resume: false,
            stepping: BTreeSet::new(),
        }
    }

    /// Plays the events of different tasks in an order that `choose` makes, out of so many that can happen next. Those
    /// of one task keep their order, and a new task's come after its creator is about to report it.
    pub fn chosen(self, choose: impl FnMut(usize) -> usize + 'static) -> ScriptedKernel {
        ScriptedKernel { order: Order::Chosen(Box::new(choose)), ..self }
    }

    /// Lets the `index`-th request, counted from 0, go wrong. What the script says of a task from then on happens only
    /// if it still can.
    pub fn with_mishap(self, index: usize, mishap: Mishap) -> ScriptedKernel {
        ScriptedKernel { mishap: Some((index, mishap)), ..self.chosen(|_| 0) }
    }

    /// Returns what was done, in order.
    pub fn acts(&self) -> &[String] {
        &self.acts
    }

    /// Returns when the run is to be over, as the session has said it.
    pub fn limit(&self) -> Option<Duration> {
        self.limit
    }

    /// Returns what was asked about stopped tasks, in order, by the names of the methods.
    pub fn requests(&self) -> &[&'static str] {
        &self.requests
    }

    /// Returns how many stops a task has made.
    pub fn stops_of(&self, raw: i32) -> u32 {
        self.stops.get(&tid(raw)).copied().unwrap_or(0)
    }

    /// Fails the test if the session has left a task behind.
    ///
    /// # Panics
    /// If a task is frozen, or the session ended before the script.
    pub fn check(&self) {
        for (tid, state) in &self.tasks {
            assert!(!matches!(state, State::Stopped(_)), "{tid} is left frozen: {state:?}; {:#?}", self.acts);
            assert!(*state == State::Gone, "the session ended before {tid} did: {state:?}; {:#?}", self.acts);
        }
        let left = self.events.iter().filter(|event| {
            !matches!(event, Planned::NoTask | Planned::Passes(_))
                && event.tid().is_none_or(|tid| self.tasks.get(&tid) != Some(&State::Gone))
        });
        let left = left.count();
        assert!(left == 0, "the session ended {left} events before its script; {:#?}", self.acts);
    }

    /// Tells whether a refused resume has left a task frozen, which ends the session.
    pub fn has_refused_a_resume(&self) -> bool {
        self.refused_resume
    }
}
