//! Whether a place lies in a file system that answers by itself, or in one that asks a server: by the mount that it lies in,
//! since asking the file system itself, fstatfs(2) for one, is what may wait for the server.
//!
//! What is known of mounts is kept by their ids. Those of Linux 6.8 and later are given once; before, they are given again, and
//! so all is dropped when the mounts of havoc's namespace have changed, which poll(2) tells of mountinfo.
use super::proc::TaskDirectory;
use super::procfs;
use super::stat::{self, MountId};
use crate::resource::mount_text;
use nix::errno::Errno;
use nix::fcntl::OFlag;
use nix::poll::{PollFd, PollFlags, PollTimeout};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::os::fd::{AsFd, OwnedFd};

/// What a place is to whoever looks something up below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Memory, or a disk of this machine: it answers, if a disk may be slow.
    Local,
    /// procfs, where names mean something else to each task.
    Proc,
    /// Somebody else answers: a server in the network or a process, and perhaps never. The number is the mount's, and 0 where
    /// it is not known.
    Remote(u64),
}

thread_local! {
    static IS_ANY_REMOTE: Cell<bool> = const { Cell::new(false) };
}

/// Tells whether a place was seen in a file system that asks a server: then files of it may be mapped into memory too.
pub(super) fn is_any_remote() -> bool {
    IS_ANY_REMOTE.get()
}

fn kind_of_type(file_system: &[u8], number: u64) -> Kind {
    if file_system == b"proc" {
        return Kind::Proc;
    }
    match mount_text::asks_a_server(file_system) {
        true => Kind::Remote(number),
        false => Kind::Local,
    }
}

/// How many are kept: programs that mount again and again would else fill the memory.
const MOST: usize = 4096;

#[derive(Default)]
struct Known {
    kinds: HashMap<MountId, Kind>,
    /// havoc's own mountinfo, where ids are given again.
    own: Option<OwnedFd>,
}

thread_local! {
    // What a mount is, is the same to everybody who looks.
    static KNOWN: RefCell<Known> = RefCell::default();
}

/// Returns what a place is. `task` is one that can reach it: its mounts are asked for.
///
/// # Errors
/// When the mounts cannot be read.
pub(super) fn kind(task: &TaskDirectory, place: impl AsFd) -> Result<Kind, Errno> {
    let kind = looked_up(task, place)?;
    if let Kind::Remote(_) = kind {
        IS_ANY_REMOTE.set(true);
    }
    Ok(kind)
}

fn looked_up(task: &TaskDirectory, place: impl AsFd) -> Result<Kind, Errno> {
    let place = place.as_fd();
    let id = match stat::mount_of(place) {
        Ok(id) => id,
        // It is another user's, and of FUSE.
        Err(Errno::EACCES) => return Ok(Kind::Remote(stat::mount_number_of(place)?.unwrap_or(0))),
        Err(errno) => return Err(errno),
    };
    let Some(id) = id else { return kind_by_itself(place) };
    KNOWN.with_borrow_mut(|known| {
        if let MountId::Reused(_) = id {
            known.drop_if_changed()?;
        }
        if let Some(kind) = known.kinds.get(&id) {
            return Ok(*kind);
        }
        let Some(number) = stat::mount_number_of(place)? else { return Ok(Kind::Remote(0)) };
        let kind = of_number(task, number, |mount| kind_of_type(mount.file_system, number))?;
        let Some(kind) = kind else { return Ok(Kind::Remote(number)) };
        if known.kinds.len() >= MOST {
            known.kinds.clear();
        }
        known.kinds.insert(id, kind);
        Ok(kind)
    })
}

/// Tells whether what the files of the mount of a place give to programs counts for nothing: `nosuid`, mount(8).
///
/// # Errors
/// When the mounts cannot be read.
pub(super) fn is_without_privileges(task: &TaskDirectory, place: impl AsFd) -> Result<bool, Errno> {
    let Some(number) = stat::mount_number_of(place)? else { return Ok(false) };
    let options = of_number(task, number, |mount| mount.options.to_vec())?.unwrap_or_default();
    Ok(options.split(|&byte| byte == b',').any(|option| option == b"nosuid"))
}

/// Asks something of the mount of this number; `None` if nobody knows it: it is detached.
fn of_number<T>(
    task: &TaskDirectory,
    number: u64,
    ask: impl Fn(mount_text::Mount) -> T,
) -> Result<Option<T>, Errno> {
    let ask_in = |text: std::io::Result<Vec<u8>>| {
        let text = text.map_err(|error| Errno::from_raw(error.raw_os_error().unwrap_or(libc::EIO)))?;
        Ok(mount_text::mounts(&text).find(|mount| mount.number == number).map(&ask))
    };
    // Each tells of what lies below a root, that of havoc or of the task, which may have another namespace.
    match ask_in(procfs::read("self/mountinfo"))? {
        None => ask_in(task.contents("mountinfo")),
        told => Ok(told),
    }
}

impl Known {
    /// Drops everything if any mount of havoc's namespace has come or gone since.
    fn drop_if_changed(&mut self) -> Result<(), Errno> {
        let own = match &self.own {
            Some(own) => own,
            None => self.own.insert(procfs::root()?.open_below("self/mountinfo", OFlag::O_RDONLY)?),
        };
        let mut asked = [PollFd::new(own.as_fd(), PollFlags::POLLPRI)];
        // proc_pid_mounts(5): POLLPRI and POLLERR, once for each change.
        if nix::poll::poll(&mut asked, PollTimeout::ZERO)? > 0 {
            self.kinds.clear();
        }
        Ok(())
    }
}

/// Before Linux 5.8 a place does not say which mount it lies in, and is asked itself.
fn kind_by_itself(place: impl AsFd) -> Result<Kind, Errno> {
    let is_proc = nix::sys::statfs::fstatfs(place)?.filesystem_type() == nix::sys::statfs::PROC_SUPER_MAGIC;
    Ok(if is_proc { Kind::Proc } else { Kind::Local })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::linux::guest::own_tid;
    use std::fs::File;

    fn kind_at(path: &str) -> Kind {
        let task = TaskDirectory::open_for(own_tid()).expect("ourselves");
        kind(&task, File::open(path).expect("there")).expect("readable")
    }

    #[test]
    fn proc_is_told_from_what_is_local() {
        for _ in 0..2 {
            assert_eq!(kind_at("/proc/self"), Kind::Proc);
            assert_eq!(kind_at("/sys"), Kind::Local);
            assert_eq!(kind_at("/dev"), Kind::Local);
        }
    }

    #[test]
    fn what_is_mounted_nowhere_is_not_taken_for_local() {
        let (pipe, _other) = std::io::pipe().expect("a pipe");
        let task = TaskDirectory::open_for(own_tid()).expect("ourselves");
        assert!(matches!(kind(&task, &pipe), Ok(Kind::Remote(_))));
    }

    #[test]
    fn the_type_decides_and_a_remote_place_has_its_mounts_number() {
        let kinds = ["fuse.sshfs", "ext4", "proc"].map(|name| kind_of_type(name.as_bytes(), 7));
        assert_eq!(kinds, [Kind::Remote(7), Kind::Local, Kind::Proc]);
    }
}
