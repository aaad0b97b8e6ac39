//! Which processes there are, by /proc: those that descend from this one, or that it traces.
//!
//! It is also taken when the main thread is held up for good, perhaps inside of the allocator or with a lock: a census that has
//! room for a fixed number of processes neither allocates nor locks anything.
use super::procfs;
use super::signals;
use super::socket_calls::{self, Whose};
use crate::kernel::{KernelError, SignalTarget};
use crate::signal::Signal;
use crate::task::{Pid, Tid};
use nix::errno::Errno;
use nix::fcntl::{OFlag, openat};
use nix::sys::stat::Mode;
use std::fmt::Write as _;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};

/// A process, told from another that has had its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Process {
    pub(super) pid: Pid,
    /// In clock ticks since the boot. proc_pid_stat(5).
    pub(super) started: u64,
}

/// What /proc/PID/stat says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stat {
    pub(super) process: Process,
    parent: i32,
    /// It has ended, and only waits for its parent to hear of it.
    pub(super) is_dead: bool,
    /// Its first thread sleeps in the kernel where no signal reaches it.
    pub(super) is_stuck: bool,
    is_found: bool,
}

/// Which processes are looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Of<'a> {
    /// The descendants of this process, but these and theirs.
    Descent(&'a [Process]),
    /// Those that this process traces.
    Tracing,
}

/// Room for a look at all processes.
#[derive(Debug)]
pub(super) struct Census {
    stats: Vec<Stat>,
    /// What getdents64(2) fills.
    entries: Box<[u8]>,
    grows: bool,
}

impl Census {
    /// Takes room for as many processes as there are.
    pub(super) fn new() -> Census {
        Census { stats: Vec::new(), entries: vec![0; 8192].into_boxed_slice(), grows: true }
    }

    /// Takes room for `most` processes, and never asks for more: others are not seen.
    pub(super) fn of_at_most(most: usize) -> Census {
        Census { stats: Vec::with_capacity(most), grows: false, ..Census::new() }
    }

    /// Looks at all processes, and returns those that are looked for, dead ones too.
    pub(super) fn take(&mut self, of: Of) -> &[Stat] {
        self.stats.clear();
        let Ok(root) = procfs::root() else { return &[] };
        let Ok(directory) =
            openat(root, c".", OFlag::O_RDONLY | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC, Mode::empty())
        else {
            return &[];
        };
        let (stats, grows) = (&mut self.stats, self.grows);
        each_number(&directory, &mut self.entries, |pid| {
            if (grows || stats.len() < stats.capacity())
                && let Some(stat) = stat(pid)
            {
                stats.push(stat);
            }
        });
        let own = std::process::id().cast_signed();
        match of {
            Of::Descent(spared) => find_descendants(&mut self.stats, own, spared),
            Of::Tracing => self.stats.iter_mut().for_each(|stat| stat.is_found = is_traced_by(stat, own)),
        }
        self.stats.retain(|stat| stat.is_found);
        &self.stats
    }

    /// Calls `each` with the tasks of a process that sleep in the kernel where no signal reaches them.
    pub(super) fn each_stuck_task(&mut self, process: Process, mut each: impl FnMut(Tid)) {
        let mut name = Text::<48>::new();
        let _ = write!(name, "{}/task", process.pid);
        let Some(directory) = open(&name, OFlag::O_DIRECTORY) else { return };
        each_number(&directory, &mut self.entries, |tid| {
            if stat(tid).is_some_and(|stat| stat.is_stuck) {
                Tid::new(tid).map(&mut each);
            }
        });
    }
}

/// Sends a signal to a process if it is still the one that was found.
///
/// # Errors
/// When the kernel refuses.
pub(super) fn send(process: Process, signal: Signal) -> Result<(), KernelError> {
    // The descriptor is bound to whoever has the id now; if that is who was found, the id can go to nobody else any more.
    let Some(leader) = Tid::new(process.pid.get()) else { return Ok(()) };
    let is_still_there = || stat(process.pid.get()).is_some_and(|stat| stat.process == process);
    match socket_calls::pidfd_open(leader, Whose::Process) {
        Ok(pidfd) if is_still_there() => signals::send_by_pidfd(&pidfd, process.pid, signal),
        // A container's profile may know no pidfds. Better the id, looked at just before, than a process that outlives us.
        Err(Errno::EPERM | Errno::ENOSYS | Errno::EMFILE | Errno::ENFILE) if is_still_there() => {
            SignalTarget::process(process.pid).map_or(Ok(()), |target| signals::send(target, signal))
        }
        _ => Ok(()),
    }
}

/// Returns the process that has this id now; `None` if there is none.
pub(super) fn process(pid: i32) -> Option<Process> {
    stat(pid).map(|stat| stat.process)
}

/// Calls `each` with the names in a directory that are numbers.
fn each_number(directory: &OwnedFd, room: &mut [u8], mut each: impl FnMut(i32)) {
    loop {
        // SAFETY: room is writable and as long as is said; the descriptor is open.
        let read = unsafe {
            libc::syscall(libc::SYS_getdents64, directory.as_raw_fd(), room.as_mut_ptr(), room.len())
        };
        let Ok(mut left @ 1..) = usize::try_from(read) else { return };
        let mut entries = &room[..];
        while left > NAME_AT {
            // struct linux_dirent64 of include/linux/dirent.h: inode, offset, length, type, name.
            let length = usize::from(u16::from_ne_bytes([entries[16], entries[17]]));
            let name = entries[NAME_AT..length].split(|byte| *byte == 0).next().unwrap_or_default();
            if let Some(number) = std::str::from_utf8(name).ok().and_then(|name| name.parse().ok()) {
                each(number);
            }
            entries = &entries[length..];
            left -= length;
        }
    }
}

/// Where the name lies in a struct linux_dirent64.
const NAME_AT: usize = 19;

/// A text of at most `N` bytes; what is longer is cut off.
#[derive(Debug)]
pub(super) struct Text<const N: usize> {
    bytes: [u8; N],
    length: usize,
}

impl<const N: usize> Text<N> {
    pub(super) fn new() -> Text<N> {
        Text { bytes: [0; N], length: 0 }
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.length]
    }
}

impl<const N: usize> std::fmt::Write for Text<N> {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        let room = &mut self.bytes[self.length..];
        let length = text.len().min(room.len());
        room[..length].copy_from_slice(&text.as_bytes()[..length]);
        self.length += length;
        Ok(())
    }
}

fn open<const N: usize>(name: &Text<N>, flags: OFlag) -> Option<OwnedFd> {
    let root = procfs::root().ok()?;
    openat(root, name.as_bytes(), flags | OFlag::O_CLOEXEC, Mode::empty()).ok()
}

/// Reads the beginning of a file of /proc/ID, without an allocation.
pub(super) fn read_into<'a>(id: i32, file: &str, buffer: &'a mut [u8]) -> Option<&'a [u8]> {
    let mut name = Text::<48>::new();
    let _ = write!(name, "{id}/{file}");
    let length = nix::unistd::read(open(&name, OFlag::O_RDONLY)?.as_fd(), buffer).ok()?;
    Some(&buffer[..length])
}

fn stat(pid: i32) -> Option<Stat> {
    parse(pid, read_into(pid, "stat", &mut [0; 1024])?)
}

fn is_traced_by(stat: &Stat, tracer: i32) -> bool {
    let mut buffer = [0; 4096];
    let Some(text) = read_into(stat.process.pid.get(), "status", &mut buffer) else { return false };
    let line = text.split(|byte| *byte == b'\n').find_map(|line| line.strip_prefix(b"TracerPid:\t"));
    line.and_then(|number| std::str::from_utf8(number).ok()?.parse().ok()) == Some(tracer)
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
        is_stuck: state == "D",
        is_found: false,
    })
}

/// Marks those that descend from `ancestor`, but `spared` and theirs.
fn find_descendants(stats: &mut [Stat], ancestor: i32, spared: &[Process]) {
    stats.sort_unstable_by_key(|stat| stat.process.pid);
    loop {
        let mut is_new = false;
        for at in 0..stats.len() {
            let Stat { process, parent, is_found, .. } = stats[at];
            if is_found || process.pid.get() == ancestor || spared.contains(&process) {
                continue;
            }
            let parents = Pid::new(parent)
                .and_then(|parent| stats.binary_search_by_key(&parent, |stat| stat.process.pid).ok());
            if parent == ancestor || parents.is_some_and(|parent| stats[parent].is_found) {
                stats[at].is_found = true;
                is_new = true;
            }
        }
        // Children mostly have greater numbers than their parents, so that one round finds almost all.
        if !is_new {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn of(pid: i32, parent: i32) -> Stat {
        let process = Process { pid: Pid::new(pid).expect("above zero"), started: 7 };
        Stat { process, parent, is_dead: false, is_stuck: false, is_found: false }
    }

    fn below(all: &[Stat], ancestor: i32, spared: &[Process]) -> BTreeSet<i32> {
        let mut all = all.to_vec();
        find_descendants(&mut all, ancestor, spared);
        all.iter().filter(|stat| stat.is_found).map(|stat| stat.process.pid.get()).collect()
    }

    #[test]
    fn descendants_are_found_at_any_depth_and_the_spared_are_left_out_with_theirs() {
        // One has a smaller number than its parent.
        let all = [of(2, 1), of(10, 2), of(11, 10), of(9, 11), of(20, 2), of(21, 20), of(30, 1)];
        assert_eq!(below(&all, 2, &[]), BTreeSet::from([9, 10, 11, 20, 21]));
        assert_eq!(below(&all, 2, &[all[4].process]), BTreeSet::from([9, 10, 11]));
    }

    #[test]
    fn a_circle_of_parents_ends() {
        let all = [of(10, 12), of(12, 10), of(13, 2)];
        assert_eq!(below(&all, 2, &[]), BTreeSet::from([13]));
        assert_eq!(below(&all, 10, &[]), BTreeSet::from([12]));
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
    fn a_child_is_counted_and_one_that_has_no_room_is_not() {
        let mut child = std::process::Command::new("sleep").arg("20").spawn().expect("a child");
        let pid = child.id().cast_signed();
        let has = |census: &mut Census| {
            census.take(Of::Descent(&[])).iter().any(|stat| stat.process.pid.get() == pid && !stat.is_dead)
        };
        assert!(has(&mut Census::new()));
        assert!(!has(&mut Census::of_at_most(0)));
        assert!(Census::new().take(Of::Tracing).is_empty());
        child.kill().expect("our child");
        child.wait().expect("our child");
        assert!(!has(&mut Census::new()));
    }

    #[test]
    fn this_very_process_has_a_stat() {
        let own = std::process::id().cast_signed();
        assert!(stat(own).is_some_and(|stat| !stat.is_dead && stat.process.started > 0));
    }
}
