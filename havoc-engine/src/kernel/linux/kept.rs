//! The descriptors of /proc that are kept open, one set per task, and when they are dropped.
use std::cell::OnceCell;

use nix::sys::resource::{Resource, getrlimit};

use super::maps::Maps;
use super::proc::TaskDirectory;
use crate::kernel::look_error::LookError;
use crate::recent::RecentMap;
use crate::resource::{AddressRange, Mapping};
use crate::task::{Pid, Tid};

/// Descriptors that one task may occupy: its directory, its `fd` and its `maps`.
const PER_TASK: u64 = 3;

/// What is kept open for tasks, within a half of the descriptors that havoc may have.
///
/// The limit itself is not raised: programs inherit it.
#[derive(Debug)]
pub struct Kept {
    tasks: RecentMap<Tid, KeptTask>,
    limit: usize,
    /// Whether mappings are read as text, without PROCMAP_QUERY.
    maps_as_text: bool,
    /// Whether the addresses of sockets are looked for in lists, without pidfd_getfd.
    sockets_by_lists: bool,
    /// Whether all tasks have havoc's root directory.
    own_root: bool,
    /// How many times [`Kept::tick`] was called.
    ticks: u64,
    /// Whether [`Kept::ids_may_move`] was called.
    ids_move: bool,
}

#[derive(Debug)]
struct KeptTask {
    directory: TaskDirectory,
    maps: OnceCell<Maps>,
    process: OnceCell<Pid>,
    /// The tick at which the directory was opened.
    since: u64,
}

impl Default for Kept {
    fn default() -> Kept {
        Kept::new()
    }
}

impl Kept {
    /// Returns an empty set, sized after RLIMIT_NOFILE.
    #[must_use]
    pub fn new() -> Kept {
        let (soft, _hard) = getrlimit(Resource::RLIMIT_NOFILE).unwrap_or((1024, 1024));
        let limit = (soft / 2 / PER_TASK).clamp(1, 4096);
        Kept::with_limit(limit as usize)
    }

    /// Returns an empty set that keeps at most `limit` tasks.
    #[must_use]
    pub fn with_limit(limit: usize) -> Kept {
        Kept {
            tasks: RecentMap::default(),
            limit: limit.max(1),
            maps_as_text: false,
            sockets_by_lists: false,
            own_root: false,
            ticks: 0,
            ids_move: false,
        }
    }

    /// Returns the same, which reads mappings as text.
    #[must_use]
    pub fn with_maps_as_text(self) -> Kept {
        Kept { maps_as_text: true, ..self }
    }

    /// Tells whether mappings are read as text.
    #[must_use]
    pub fn reads_maps_as_text(&self) -> bool {
        self.maps_as_text
    }

    /// Returns the same, which looks for the addresses of sockets in lists.
    #[must_use]
    pub fn with_sockets_by_lists(self) -> Kept {
        Kept { sockets_by_lists: true, ..self }
    }

    /// Returns the same for tasks that all have havoc's root directory, as far as one is told
    /// ([`Kept::roots_may_differ`]): it is not asked for.
    #[must_use]
    pub fn with_own_roots(self) -> Kept {
        Kept { own_root: true, ..self }
    }

    /// From now on every task is asked for its root directory.
    pub fn roots_may_differ(&mut self) {
        if self.own_root {
            self.own_root = false;
            self.tasks.clear();
        }
    }

    /// Tells whether the addresses of sockets are looked for in lists.
    #[must_use]
    pub fn finds_sockets_by_lists(&self) -> bool {
        self.sockets_by_lists
    }

    /// Returns the directory of a task, opened at the first time.
    ///
    /// # Errors
    ///
    /// `Vanished` if there is no such task.
    pub fn task(&mut self, tid: Tid) -> Result<&TaskDirectory, LookError> {
        self.entry(tid).map(|kept| &kept.directory)
    }

    /// Looks something up in the directory of a task. What was kept of another one that had this id and has ended is
    /// dropped.
    ///
    /// # Errors
    ///
    /// As `look` says, or `Vanished` if there is no such task.
    pub fn look<T>(
        &mut self,
        tid: Tid,
        mut look: impl FnMut(&TaskDirectory) -> Result<T, LookError>,
    ) -> Result<T, LookError> {
        self.ask(tid, |kept| look(kept.task(tid)?))
    }

    /// Asks about a task, and again if all that was kept is of one that has ended.
    fn ask<T>(
        &mut self,
        tid: Tid,
        mut question: impl FnMut(&mut Kept) -> Result<T, LookError>,
    ) -> Result<T, LookError> {
        let is_kept = self.tasks.contains(tid);
        match question(self) {
            Err(LookError::Vanished(_)) if is_kept => {
                self.forget(tid);
                question(self)
            }
            found => found,
        }
    }

    /// Returns the mappings of a task that `range` touches, by rising address.
    ///
    /// # Errors
    ///
    /// If the task has ended or may not be looked at.
    pub fn mappings(&mut self, tid: Tid, range: AddressRange) -> Result<Vec<Mapping>, LookError> {
        self.with_maps(tid, |task, maps| maps.in_range(task, range))
    }

    /// Asks about the mappings of a task; again if what was kept of them is of an address space that is gone.
    ///
    /// # Errors
    ///
    /// As `look` says, or if the task has ended or may not be looked at.
    pub fn with_maps<T>(
        &mut self,
        tid: Tid,
        mut look: impl FnMut(&TaskDirectory, &Maps) -> Result<T, LookError>,
    ) -> Result<T, LookError> {
        self.ask(tid, |kept| kept.with_kept_maps(tid, &mut look))
    }

    fn with_kept_maps<T>(
        &mut self,
        tid: Tid,
        look: &mut impl FnMut(&TaskDirectory, &Maps) -> Result<T, LookError>,
    ) -> Result<T, LookError> {
        let as_text = self.maps_as_text;
        let kept = self.entry(tid)?;
        if let Some(maps) = kept.maps.get() {
            match look(&kept.directory, maps) {
                // The address space of then is gone, but perhaps not the task.
                Err(LookError::Vanished(_)) => kept.maps = OnceCell::new(),
                other => return other,
            }
        }
        let maps = Maps::open(&kept.directory)?;
        let maps = if as_text { maps.with_text_fallback() } else { maps };
        look(&kept.directory, kept.maps.get_or_init(|| maps))
    }

    /// Returns the process of a task that lives: of one that has ended it may still be told.
    ///
    /// # Errors
    ///
    /// If it was not known in time.
    pub fn process(&mut self, tid: Tid) -> Result<Pid, LookError> {
        if let Some(kept) = self.tasks.get(tid) {
            if !kept.directory.is_there() {
                self.forget(tid);
            } else if let Some(process) = kept.process.get() {
                return Ok(*process);
            }
        }
        let kept = self.entry(tid)?;
        let process = kept.directory.status()?.process;
        Ok(*kept.process.get_or_init(|| process))
    }

    /// Begins a new time, and returns it.
    pub fn tick(&mut self) -> u64 {
        self.ticks += 1;
        self.ticks
    }

    /// Tells whether the directory of this task was open before `tick`. Whatever it tells is told by a living task that has
    /// had its id all the time since then: so if that id was named at `tick`, this very task was. Never so once ids may have
    /// moved.
    #[must_use]
    pub fn is_older(&self, tid: Tid, tick: u64) -> bool {
        !self.ids_move && self.tasks.get(tid).is_some_and(|kept| kept.since < tick)
    }

    /// From now on some task may take over the id of another, and with it what stands for that in /proc: a thread that is not
    /// its process's first has called execve, after which it is (fs/exec.c, de_thread).
    pub fn ids_may_move(&mut self) {
        self.ids_move = true;
    }

    /// Drops everything about a task that has ended, or has left its address space: to be called at PTRACE_EVENT_EXEC too,
    /// for the tid that the task has *after* it. A kept descriptor of a vforked child would go on answering for its
    /// parent.
    pub fn forget(&mut self, tid: Tid) {
        self.tasks.remove(tid);
    }

    fn entry(&mut self, tid: Tid) -> Result<&mut KeptTask, LookError> {
        if !self.tasks.contains(tid) {
            if self.tasks.len() >= self.limit {
                // All of them at once: which of some hundred tasks calls next is anybody's guess, and opening costs
                // a few microseconds.
                self.tasks.clear();
            }
            let mut directory = TaskDirectory::open_for(tid)?;
            if self.sockets_by_lists {
                directory = directory.with_sockets_by_lists();
            }
            if self.own_root {
                directory = directory.with_own_root();
            }
            let (maps, process) = (OnceCell::new(), OnceCell::new());
            self.tasks.insert(tid, KeptTask { directory, maps, process, since: self.ticks });
        }
        self.tasks.get_mut(tid).ok_or(LookError::Vanished(tid))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::linux::guest::{Guest, own_tid};

    const EVERYWHERE: AddressRange = AddressRange { start: 0, end: u64::MAX };

    #[test]
    fn no_more_tasks_are_kept_than_the_limit_allows() {
        let guests: Vec<Guest> = (0..5).map(|_| Guest::start("wait")).collect();
        let mut kept = Kept::with_limit(2);
        for guest in &guests {
            let name = kept.task(guest.tid()).expect("a child").exe().expect("readable");
            assert!(!name.deleted);
            assert!(kept.tasks.len() <= 2);
        }
    }

    #[test]
    fn a_task_that_has_ended_is_vanished_although_it_was_kept() {
        let mut kept = Kept::new();
        let guest = Guest::start("wait");
        let tid = guest.tid();
        assert!(!kept.mappings(tid, EVERYWHERE).expect("a child's mappings").is_empty());
        kept.task(tid).expect("kept").descriptor_name(0).expect("a child's descriptors");
        drop(guest);
        let task = kept.task(tid).expect("still kept");
        assert!(matches!(task.descriptor_name(0), Err(LookError::Vanished(_))));
        assert!(matches!(task.cwd(), Err(LookError::Vanished(_))));
        assert!(matches!(task.comm(), Err(LookError::Vanished(_))));
        assert!(matches!(task.status(), Err(LookError::Vanished(_))));
        assert!(matches!(kept.mappings(tid, EVERYWHERE), Err(LookError::Vanished(_))));
        assert!(matches!(kept.task(tid), Err(LookError::Vanished(_))));
    }

    #[test]
    fn after_exec_the_new_program_is_seen() {
        let mut kept = Kept::new();
        let mut guest = Guest::start("exec");
        let maps_own_program = |kept: &mut Kept, guest: &Guest| {
            let program = kept.task(guest.tid()).expect("a child").exe().expect("readable");
            let mappings = kept.mappings(guest.tid(), EVERYWHERE).expect("readable");
            (mappings.iter().any(|mapping| mapping.name.as_ref() == Some(&program.name)), program.name)
        };
        let (maps_itself, before) = maps_own_program(&mut kept, &guest);
        assert!(maps_itself);
        guest.go_on();
        guest.wait_for_cat();
        // Without `forget`: fork + exec leaves a dead address space, which is noticed.
        let (maps_itself, after) = maps_own_program(&mut kept, &guest);
        assert!(maps_itself);
        assert_ne!(before, after);
        kept.forget(guest.tid());
        assert_eq!(maps_own_program(&mut kept, &guest), (true, after));
    }

    #[test]
    fn a_directory_is_older_than_the_ticks_after_it_was_opened() {
        let mut kept = Kept::new();
        let first = kept.tick();
        assert!(!kept.is_older(own_tid(), first));
        kept.task(own_tid()).expect("ourselves");
        assert!(!kept.is_older(own_tid(), first));
        let second = kept.tick();
        assert!(kept.is_older(own_tid(), second));
        assert!(!kept.is_older(own_tid(), first));
        kept.forget(own_tid());
        kept.task(own_tid()).expect("ourselves");
        assert!(!kept.is_older(own_tid(), second));
        let third = kept.tick();
        assert!(kept.is_older(own_tid(), third));
        kept.ids_may_move();
        assert!(!kept.is_older(own_tid(), third));
    }

    #[test]
    fn own_mappings_are_kept_under_the_thread_that_was_asked_for() {
        let mut kept = Kept::new();
        assert!(!kept.mappings(own_tid(), EVERYWHERE).expect("readable").is_empty());
        assert!(kept.tasks.get(own_tid()).is_some_and(|kept| kept.maps.get().is_some()));
    }
}
