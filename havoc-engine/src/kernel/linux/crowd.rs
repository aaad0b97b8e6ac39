//! Waiting among many tasks. wait4(-1) looks at every traced task, some 20 ns each, at every stop; from some hundred tasks
//! on it is cheaper to be told by SIGCHLD who has stopped, and to wait for that one.
//!
//! SIGCHLD is one signal, however many stop meanwhile: the others are found by a look at all, once in a millisecond; more
//! seldom where such looks find nobody.
use super::signals;
use super::wait::{self, Patience};
use crate::kernel::{KernelError, Stop, Waited};
use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// From so many tasks on signals are cheaper.
const LARGE: usize = 200;
/// Down to so many they are kept, so that the way to wait does not change at every thread.
const SMALL: usize = 100;
/// How long a stop goes unseen at least whose signal was lost on another's.
const SHORT_PAUSE: Duration = Duration::from_millis(1);
/// And how long at most.
const LONG_PAUSE: Duration = Duration::from_millis(8);
/// More stops than this are not collected at once.
const AT_ONCE: usize = 256;

/// How many tasks there are, and how they are waited for.
#[derive(Debug)]
pub(super) struct Crowd {
    tasks: usize,
    is_large: bool,
    looked: Instant,
    pause: Duration,
}

impl Crowd {
    /// One task.
    pub(super) fn new() -> Crowd {
        Crowd { tasks: 1, is_large: false, looked: Instant::now(), pause: SHORT_PAUSE }
    }

    /// Tells whether [`Crowd::wait`] is the way to wait.
    pub(super) fn is_large(&self) -> bool {
        self.is_large
    }

    /// Counts who is born and who has ended.
    pub(super) fn note(&mut self, waited: &Waited) {
        match waited {
            Waited::Stopped(stopped) if matches!(stopped.stop(), Stop::NewTask(_)) => self.tasks += 1,
            Waited::Ended(..) => self.tasks = self.tasks.saturating_sub(1),
            _ => return,
        }
        let is_large = self.tasks > if self.is_large { SMALL } else { LARGE };
        if is_large == self.is_large {
            return;
        }
        match signals::hear_of_stops(is_large) {
            Ok(()) => {
                self.is_large = is_large;
                // Whoever stopped before has sent no signal.
                self.pause = Duration::ZERO;
            }
            Err(errno) => log::debug!("hear of stops by signals: {errno}"),
        }
    }

    /// Waits for any task. `Woken` stands for EINTR.
    ///
    /// # Errors
    /// When waiting itself fails.
    pub(super) fn wait(&mut self, collected: &mut VecDeque<Waited>) -> Result<Waited, KernelError> {
        loop {
            let timeout = match self.pause.checked_sub(self.looked.elapsed()) {
                Some(left) => Some(left),
                None => {
                    if let Some(waited) = self.look_at_all(collected)? {
                        return Ok(waited);
                    }
                    // Who stops from now on sends a signal that none is pending before.
                    None
                }
            };
            match signals::next_child(timeout) {
                Ok(Some(tid)) => match wait::poll_for(tid)? {
                    // Seen before, or somebody's child whom nobody traces.
                    Waited::Woken | Waited::NoTask => {}
                    waited => return Ok(waited),
                },
                Ok(None) => {}
                Err(_) => return Ok(Waited::Woken),
            }
        }
    }

    fn look_at_all(&mut self, collected: &mut VecDeque<Waited>) -> Result<Option<Waited>, KernelError> {
        // What is pending stands for somebody whom this look finds.
        let _ = signals::next_child(Some(Duration::ZERO));
        while collected.len() < AT_ONCE {
            match wait::wait_any(Patience::Poll)? {
                Waited::Woken => break,
                Waited::NoTask if collected.is_empty() => return Ok(Some(Waited::NoTask)),
                Waited::NoTask => break,
                waited => collected.push_back(waited),
            }
        }
        self.looked = Instant::now();
        self.pause = match collected.is_empty() {
            true => (self.pause * 2).clamp(SHORT_PAUSE, LONG_PAUSE),
            false => SHORT_PAUSE,
        };
        Ok(collected.pop_front())
    }
}
