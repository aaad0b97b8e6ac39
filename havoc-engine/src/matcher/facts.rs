//! What a selector may ask about a call.
use crate::plan::{Endpoint, Name};
use crate::task::{LogicalPath, Pid, Tid};
use std::time::Duration;

/// How a call touches a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Touch {
    /// Through this descriptor.
    Descriptor(i32),
    /// A path argument begins at the directory that this descriptor means. `-P` alone asks for it: the call acts on a file
    /// below.
    Directory(i32),
    /// Through a path argument.
    Path,
    /// Because it is mapped in the range that the call names.
    Mapping,
}

/// One file that a call touches.
#[derive(Clone, Copy, Debug)]
pub struct Touched<'a> {
    /// How.
    pub by: Touch,
    bytes: &'a [u8],
    ends: &'a [usize],
    start: usize,
}

impl<'a> Touched<'a> {
    /// Returns its names as the program sees them: for a path argument as written, made absolute, and with its links
    /// resolved.
    pub fn names(self) -> impl DoubleEndedIterator<Item = &'a [u8]> {
        (0..self.ends.len()).map(move |nth| {
            let start = if nth == 0 { self.start } else { self.ends[nth - 1] };
            &self.bytes[start..self.ends[nth]]
        })
    }
}

/// How many bytes of names are kept of one call: 65 530 mappings, the default of vm.max_map_count, each of another file.
const ROOM: usize = 16 << 20;

/// All files of a call, in the order of the arguments.
///
/// They are looked up at every call that a rule with a path names, so the room for one call's is used again for the next's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Files {
    /// All names, one behind the other.
    bytes: Vec<u8>,
    /// Where each name ends.
    ends: Vec<usize>,
    /// Of each file how it is touched, and how many names there are before its own.
    touched: Vec<(Touch, usize)>,
    /// Some of them could not be looked up: the kernel hides them, or something havoc needs was refused.
    pub hidden: bool,
}

impl Files {
    /// Makes it empty, and keeps its room.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.ends.clear();
        self.touched.clear();
        self.hidden = false;
    }

    /// Returns how many there are.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "nobody asks whether there are none")]
    pub fn len(&self) -> usize {
        self.touched.len()
    }

    /// Drops all but the first `count`.
    pub fn truncate(&mut self, count: usize) {
        if let Some((_, first)) = self.touched.get(count) {
            self.ends.truncate(*first);
            self.bytes.truncate(self.ends.last().copied().unwrap_or(0));
            self.touched.truncate(count);
        }
    }

    /// Adds a file under one name.
    pub fn add(&mut self, by: Touch, name: &[u8]) {
        self.touched.push((by, self.ends.len()));
        self.add_name(name);
    }

    /// Adds a file that is mapped, unless it is the one that was added last: a file may be mapped in any number of pieces, and
    /// a call may name them all, a thousand times over. When there is no more room, some of them count as hidden.
    pub fn add_mapped(&mut self, name: &[u8]) {
        let start = self.ends.len().checked_sub(2).map_or(0, |before| self.ends[before]);
        let is_last =
            matches!(self.touched.last(), Some((Touch::Mapping, _))) && &self.bytes[start..] == name;
        if is_last {
            return;
        }
        match self.bytes.len() < ROOM {
            true => self.add(Touch::Mapping, name),
            false => self.hidden = true,
        }
    }

    /// Adds another name of the file that was added last.
    pub fn add_name(&mut self, name: &[u8]) {
        self.bytes.extend_from_slice(name);
        self.ends.push(self.bytes.len());
    }

    /// Returns them.
    pub fn touched(&self) -> impl Iterator<Item = Touched<'_>> {
        self.touched.iter().enumerate().map(|(nth, (by, first))| {
            let last = self.touched.get(nth + 1).map_or(self.ends.len(), |(_, first)| *first);
            let start = if *first == 0 { 0 } else { self.ends[first - 1] };
            Touched { by: *by, bytes: &self.bytes, ends: &self.ends[*first..last], start }
        })
    }
}

/// All addresses of the sockets of a call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sockets {
    /// Its own and the other side's, and those that the call is given.
    pub endpoints: Vec<Endpoint>,
    /// Some of them could not be looked up.
    pub hidden: bool,
}

/// What was found out about a task.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Fact<T> {
    /// This.
    Is(T),
    /// There is no such thing.
    #[default]
    Nothing,
    /// The kernel does not tell.
    Hidden,
}

/// The facts of one call, looked up when they are asked for.
pub trait Facts {
    /// Returns the files that the call touches.
    fn files(&mut self) -> &Files;
    /// Returns the descriptors among its arguments: low 32 bits, signed.
    fn descriptors(&mut self) -> &[i32];
    /// Returns the addresses of the sockets that the call touches.
    fn sockets(&mut self) -> &Sockets;
    /// Returns the name of the process, that of its first thread.
    fn process_name(&mut self) -> Fact<Vec<u8>>;
    /// Returns the name of the thread.
    fn thread_name(&mut self) -> Fact<Vec<u8>>;
    /// Returns the file of the program.
    fn program(&mut self) -> Fact<Vec<u8>>;
    /// Returns the process.
    fn process(&mut self) -> Fact<Pid>;
    /// Returns the name of what is mapped at the calling instruction.
    fn caller(&mut self) -> Fact<Vec<u8>>;
    /// Returns what `comm=`, `thread=`, `exe=` or `caller=` is compared with. What files are named by is no fact of the task.
    fn of_task(&mut self, name: Name) -> Fact<Vec<u8>> {
        match name {
            Name::Comm => self.process_name(),
            Name::Thread => self.thread_name(),
            Name::Exe => self.program(),
            Name::Caller => self.caller(),
            Name::Path | Name::Traced | Name::Mapped => Fact::Nothing,
        }
    }
    /// Tells whether the task has havoc's root and mount namespace, so that patterns relative to havoc's cwd make sense
    /// for it.
    fn shares_root(&mut self) -> Fact<bool>;
    /// Tells whether [`Facts::files`] was asked, so that its answer costs nothing more.
    fn known_files(&self) -> Option<&Files>;
    /// Tells whether something that was asked is still being looked up, and was answered as hidden for the time being.
    fn are_pending(&self) -> bool;
}

/// Who makes a call, and when.
#[derive(Clone, Copy, Debug)]
pub struct Moment<'a> {
    /// The task.
    pub tid: Tid,
    /// Its place in the tree.
    pub place: &'a LogicalPath,
    /// Since the program's exec.
    pub since_exec: Duration,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mapped_files_are_kept_once_in_a_row_and_as_far_as_there_is_room() {
        let mut files = Files::default();
        files.add(Touch::Descriptor(3), b"/a");
        for name in ["/a", "/a", "/b", "/b", "/a"] {
            files.add_mapped(name.as_bytes());
        }
        let names: Vec<_> = files.touched().flat_map(Touched::names).collect();
        assert_eq!(names, [&b"/a"[..], b"/a", b"/b", b"/a"]);
        assert!(!files.hidden);
        let long = [[b'x'; 4095], [b'y'; 4095]];
        for nth in 0..2 * ROOM / 4095 {
            files.add_mapped(&long[nth % 2]);
        }
        assert!(files.hidden && files.bytes.len() < ROOM + 4096);
    }

    #[test]
    fn files_are_told_with_all_their_names_in_order() {
        let mut files = Files::default();
        for _ in 0..2 {
            files.clear();
            files.add(Touch::Path, b"/a");
            files.add_name(b"/b/c");
            files.add(Touch::Descriptor(3), b"");
            files.add(Touch::Mapping, b"/d");
            let told: Vec<_> =
                files.touched().map(|file| (file.by, file.names().collect::<Vec<_>>())).collect();
            let expected: [(Touch, Vec<&[u8]>); 3] = [
                (Touch::Path, vec![b"/a", b"/b/c"]),
                (Touch::Descriptor(3), vec![b""]),
                (Touch::Mapping, vec![b"/d"]),
            ];
            assert_eq!(told, expected);
        }
        files.truncate(3);
        assert_eq!(files.len(), 3);
        files.truncate(1);
        files.add(Touch::Mapping, b"/e");
        let names: Vec<_> = files.touched().flat_map(Touched::names).collect();
        assert_eq!(names, [&b"/a"[..], b"/b/c", b"/e"]);
        files.truncate(0);
        assert_eq!(files, Files::default());
        files.hidden = true;
        files.clear();
        assert_eq!(files, Files::default());
    }
}
