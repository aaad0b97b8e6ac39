//! All that descend from this process, and their end. Where nothing traces them, there is no PTRACE_O_EXITKILL: whoever is
//! the subreaper above them (prctl(2), PR_SET_CHILD_SUBREAPER) finds them by /proc, those too that double-forked. It is the
//! /proc of the beginning, whatever the program mounts over it later.
use super::guard::reap;
use crate::kernel::SignalTarget;
use crate::kernel::linux::socket_calls::{self, Whose};
use crate::kernel::linux::{procfs, signals};
use crate::signal::Signal;
use crate::task::{Pid, Tid};
use nix::dir::Dir;
use nix::errno::Errno;
use nix::fcntl::OFlag;
use nix::sys::stat::Mode;
use std::collections::{BTreeMap, BTreeSet};
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

/// A process, told from another that has had its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Process {
    pid: Pid,
    /// In clock ticks since the boot. proc_pid_stat(5).
    started: u64,
}

/// What /proc/PID/stat says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stat {
    process: Process,
    parent: i32,
    /// It has ended, and only waits for its parent to hear of it.
    is_dead: bool,
}

/// Tasks of a fork bomb are born while they are looked for; after so many rounds what was found is ended.
const ROUNDS: u32 = 64;

/// How long the last of them may take to die: one that sleeps in the kernel where no signal reaches it dies later.
const PATIENCE: Duration = Duration::from_secs(10);

/// Ends all descendants of this process, but `spared` and theirs, and waits until they are gone.
pub(super) fn end(spared: &BTreeSet<Process>) {
    let begun = Instant::now();
    stop_and_kill(spared);
    loop {
        let left = living(spared);
        let _ = reap();
        if left.is_empty() {
            return;
        }
        if begun.elapsed() > PATIENCE {
            log::warn!("some processes of the program are still dying");
            return;
        }
        // A parent that died while its child was born has left one that was not found.
        for process in left {
            send(process, Signal::KILL);
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Stops all descendants of this process, but `spared` and theirs, until a look finds nobody new, and kills them: nobody sees
/// another one die.
pub(super) fn stop_and_kill(spared: &BTreeSet<Process>) {
    let mut stopped = BTreeSet::new();
    for _ in 0..ROUNDS {
        let before = stopped.len();
        for process in living(spared) {
            if stopped.insert(process) {
                send(process, Signal::STOP);
            }
        }
        if stopped.len() == before {
            break;
        }
    }
    for process in living(spared) {
        send(process, Signal::KILL);
    }
}

/// Returns the descendants of this process that live, but `spared` and theirs.
pub(super) fn living(spared: &BTreeSet<Process>) -> Vec<Process> {
    descendants(&stats(), std::process::id() as i32, spared)
        .into_iter()
        .filter(|stat| !stat.is_dead)
        .map(|stat| stat.process)
        .collect()
}

/// Sends a signal to a process if it is still the one that was found.
pub(super) fn send(process: Process, signal: Signal) {
    // The descriptor is bound to whoever has the id now; if that is who was found, the id can go to nobody else any more.
    let Some(leader) = Tid::new(process.pid.get()) else { return };
    let is_still_there = || stat(process.pid.get()).is_some_and(|stat| stat.process == process);
    let sent = match socket_calls::pidfd_open(leader, Whose::Process) {
        Ok(pidfd) if is_still_there() => signals::send_by_pidfd(&pidfd, process.pid, signal),
        // A container's profile may know no pidfds. Better the id, looked at just before, than a process that outlives us.
        Err(Errno::EPERM | Errno::ENOSYS | Errno::EMFILE | Errno::ENFILE) if is_still_there() => {
            SignalTarget::process(process.pid).map_or(Ok(()), |target| signals::send(target, signal))
        }
        _ => return,
    };
    if let Err(error) = sent {
        log::debug!("{error}");
    }
}

/// Returns all processes that can be seen.
fn stats() -> Vec<Stat> {
    let Ok(mut directory) = entries() else { return Vec::new() };
    directory
        .iter()
        .filter_map(|entry| entry.ok()?.file_name().to_str().ok()?.parse::<i32>().ok())
        .filter_map(stat)
        .collect()
}

fn entries() -> Result<Dir, Errno> {
    Dir::openat(procfs::root()?.as_fd(), ".", OFlag::O_DIRECTORY | OFlag::O_CLOEXEC, Mode::empty())
}

fn stat(pid: i32) -> Option<Stat> {
    parse(pid, &procfs::read(&format!("{pid}/stat")).ok()?)
}

/// The name, which stands in parentheses, may hold anything, so what follows the last one counts. proc_pid_stat(5).
fn parse(pid: i32, text: &[u8]) -> Option<Stat> {
    let end = text.iter().rposition(|byte| *byte == b')')?;
    let mut words = std::str::from_utf8(&text[end + 1..]).ok()?.split_ascii_whitespace();
    let state = words.next()?;
    let parent = words.next()?.parse().ok()?;
    let threads: u32 = words.nth(15)?.parse().ok()?;
    let started = words.nth(1)?.parse().ok()?;
    Some(Stat {
        process: Process { pid: Pid::new(pid)?, started },
        parent,
        // The state is that of the leader, and threads may live on when it has left.
        is_dead: matches!(state, "Z" | "X" | "x") && threads <= 1,
    })
}

/// Returns those of `all` that descend from `ancestor`, but `spared` and theirs.
fn descendants(all: &[Stat], ancestor: i32, spared: &BTreeSet<Process>) -> Vec<Stat> {
    let mut children: BTreeMap<i32, Vec<&Stat>> = BTreeMap::new();
    for stat in all {
        children.entry(stat.parent).or_default().push(stat);
    }
    let mut found = Vec::new();
    let mut parents = vec![ancestor];
    while let Some(parent) = parents.pop() {
        // Taken out, so that no circle, which a scan of a changing tree may show, is walked twice.
        for stat in children.remove(&parent).unwrap_or_default() {
            if stat.process.pid.get() != ancestor && !spared.contains(&stat.process) {
                parents.push(stat.process.pid.get());
                found.push(*stat);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(pid: i32, parent: i32) -> Stat {
        let process = Process { pid: Pid::new(pid).expect("above zero"), started: 7 };
        Stat { process, parent, is_dead: false }
    }

    #[test]
    fn descendants_are_found_at_any_depth_and_the_spared_are_left_out_with_theirs() {
        let all = [of(2, 1), of(10, 2), of(11, 10), of(12, 11), of(20, 2), of(21, 20), of(30, 1)];
        let pids = |spared: &[Process]| -> BTreeSet<i32> {
            let spared = spared.iter().copied().collect();
            descendants(&all, 2, &spared).iter().map(|stat| stat.process.pid.get()).collect()
        };
        assert_eq!(pids(&[]), BTreeSet::from([10, 11, 12, 20, 21]));
        assert_eq!(pids(&[all[4].process]), BTreeSet::from([10, 11, 12]));
    }

    #[test]
    fn a_circle_of_parents_ends() {
        let all = [of(10, 12), of(12, 10), of(13, 2)];
        assert_eq!(descendants(&all, 2, &BTreeSet::new()).len(), 1);
        assert_eq!(descendants(&all, 10, &BTreeSet::new()).len(), 1);
    }

    #[test]
    fn neither_a_name_with_parentheses_nor_a_dead_leader_hides_anything() {
        let text = b"11 (a) Z 1 (b) S 10 9 9 0 -1 1 2 3 4 5 6 7 8 9 20 0 1 0 424242 100";
        let stat = parse(11, text).expect("a stat");
        assert_eq!((stat.parent, stat.process.started, stat.is_dead), (10, 424_242, false));
        let dead = |threads: u32| {
            let text = format!("11 (a) Z 10 9 9 0 -1 1 2 3 4 5 6 7 8 9 20 0 {threads} 0 424242 100");
            parse(11, text.as_bytes()).map(|stat| stat.is_dead)
        };
        // Without its leader, but not without its threads.
        assert_eq!((dead(1), dead(2)), (Some(true), Some(false)));
        assert_eq!(parse(11, b"11 (a"), None);
        assert_eq!(parse(11, b"11 (a) S x"), None);
    }

    #[test]
    fn this_very_process_has_a_stat() {
        let own = std::process::id() as i32;
        assert!(stat(own).is_some_and(|stat| !stat.is_dead && stat.process.started > 0));
    }
}
