//! The facts of one call, read from the stopped task when a selector asks for them, and never kept for the next call.
use crate::bytes::word_at;
use crate::kernel::{Kernel, LookError};
use crate::matcher::{Fact, Facts, Files, Sockets, Touch, Touched};
use crate::resource::{AddressRange, Base, LastLink, path};
use crate::signature::{self, Kind, Role, Roles};
use crate::task::{Pid, Tid};
use havoc_arch::SyscallView;

/// AT_FDCWD of include/uapi/linux/fcntl.h.
const AT_FDCWD: i32 = -100;
/// PATH_MAX of include/uapi/linux/limits.h, with the NUL.
const PATH_MAX: usize = 4096;
/// UIO_MAXIOV of include/uapi/linux/uio.h.
const MAX_VECTORS: u64 = 1024;

/// Facts of the call that a stopped task is entering.
pub struct TaskFacts<'a, K> {
    kernel: &'a mut K,
    tid: Tid,
    view: &'a SyscallView,
    files: Option<Files>,
    sockets: Option<Sockets>,
}

impl<'a, K: Kernel> TaskFacts<'a, K> {
    /// Nothing is read yet.
    pub fn new(kernel: &'a mut K, tid: Tid, view: &'a SyscallView) -> TaskFacts<'a, K> {
        TaskFacts { kernel, tid, view, files: None, sockets: None }
    }

    fn look_up(&mut self) -> Files {
        let mut files = Files { hidden: self.has_hidden_arguments(), ..Files::default() };
        let name = self.view.name().unwrap_or_default();
        for role in self.roles() {
            let found = match role {
                Role::Descriptor { argument } => self.descriptor(self.view.args[argument] as i32),
                Role::Path { directory, path } => self.path(directory, path),
                Role::Range { address, length } => {
                    let range = AddressRange::new(self.view.args[address], self.view.args[length]);
                    self.range(self.tid, range)
                }
                Role::RemoteRanges { pidfd, vector, count } => self.remote_ranges(pidfd, vector, count),
            };
            match found {
                Ok(touched) => files.touched.extend(touched),
                Err(LookError::Denied { .. }) => files.hidden = true,
                // A closed descriptor, an unmapped address, a bad pointer: the call touches no file by it.
                Err(LookError::Vanished(_)) => {}
                // For want of descriptors perhaps: it might have been the file, so it is not judged, and told.
                Err(error @ LookError::Failed { .. }) => {
                    log::debug!("look up a file of {name}: {error}");
                    files.hidden = true;
                }
            }
        }
        files
    }

    /// The oldest mmap of i386 has its descriptor and its range in memory, where we do not look for them.
    fn has_hidden_arguments(&self) -> bool {
        signature::of_call(self.view.abi, self.view.number)
            .is_some_and(|signature| signature.arguments == [Kind::Block])
    }

    fn roles(&self) -> Roles {
        signature::of_call(self.view.abi, self.view.number)
            .map_or_else(Roles::default, |signature| signature.roles(&self.view.args))
    }

    fn descriptor(&mut self, descriptor: i32) -> Result<Vec<Touched>, LookError> {
        if descriptor < 0 {
            return Ok(Vec::new());
        }
        let Some(file) = self.kernel.descriptor_name(self.tid, descriptor)? else { return Ok(Vec::new()) };
        Ok(vec![Touched { by: Touch::Descriptor(descriptor), names: vec![file.name] }])
    }

    fn path(&mut self, directory: Option<usize>, argument: usize) -> Result<Vec<Touched>, LookError> {
        let (written, complete) = self.kernel.read_string(self.tid, self.view.args[argument], PATH_MAX)?;
        if !complete {
            return Ok(Vec::new());
        }
        let directory = directory.map_or(AT_FDCWD, |index| self.view.args[index] as i32);
        if written.is_empty() {
            // AT_EMPTY_PATH: the descriptor itself is meant.
            return if directory == AT_FDCWD { Ok(Vec::new()) } else { self.descriptor(directory) };
        }
        let (base, base_name) = match (written.first(), directory) {
            (Some(b'/'), _) => (Base::Cwd, b"/".to_vec()),
            (_, AT_FDCWD) => (Base::Cwd, self.kernel.working_directory(self.tid)?),
            (_, descriptor) => match self.kernel.descriptor_name(self.tid, descriptor)? {
                Some(file) => (Base::Descriptor(descriptor), file.name),
                None => return Ok(Vec::new()),
            },
        };
        let last = last_link(self.view);
        let mut names = vec![path::fold(&base_name, &written)];
        if let Some(resolved) = self.kernel.resolve(self.tid, base, &written, last)?
            && resolved != names[0]
        {
            names.push(resolved);
        }
        Ok(vec![Touched { by: Touch::Path, names }])
    }

    fn look_up_sockets(&mut self) -> Sockets {
        let mut sockets = Sockets::default();
        let mut transport = None;
        for descriptor in self.descriptors() {
            match self.kernel.socket(self.tid, descriptor) {
                Ok(Some(socket)) => {
                    transport = transport.or(socket.transport);
                    sockets.endpoints.extend(socket.endpoints);
                }
                Ok(None) | Err(LookError::Vanished(_)) => {}
                Err(LookError::Denied { .. } | LookError::Failed { .. }) => sockets.hidden = true,
            }
        }
        sockets.endpoints.extend(super::addresses::given(self.kernel, self.tid, self.view, transport));
        sockets
    }

    fn range(&mut self, tid: Tid, range: AddressRange) -> Result<Vec<Touched>, LookError> {
        let mappings = self.kernel.mappings(tid, range)?;
        Ok(mappings
            .into_iter()
            .filter(|mapping| mapping.is_file)
            .filter_map(|mapping| Some(Touched { by: Touch::Mapping, names: vec![mapping.name?] }))
            .collect())
    }

    fn remote_ranges(
        &mut self,
        pidfd: usize,
        vector: usize,
        count: usize,
    ) -> Result<Vec<Touched>, LookError> {
        let Some(other) = self.kernel.pidfd_target(self.tid, self.view.args[pidfd] as i32)? else {
            return Ok(Vec::new());
        };
        let count = self.view.args[count].min(MAX_VECTORS) as usize;
        // struct iovec: two words each, as wide as a pointer of the caller's.
        let width = self.view.abi.word_size();
        let mut bytes = vec![0; count * 2 * width];
        let length = self.kernel.read_memory(self.tid, self.view.args[vector], &mut bytes)?;
        let words: Vec<u64> = bytes[..length].chunks_exact(width).map(|word| word_at(word, 0)).collect();
        let mut touched = Vec::new();
        for entry in words.chunks_exact(2) {
            touched.extend(self.range(other, AddressRange::new(entry[0], entry[1]))?);
        }
        Ok(touched)
    }
}

impl<K: Kernel> Facts for TaskFacts<'_, K> {
    fn files(&mut self) -> &Files {
        if self.files.is_none() {
            self.files = Some(self.look_up());
        }
        self.files.as_ref().expect("filled above")
    }

    fn descriptors(&mut self) -> Vec<i32> {
        self.roles()
            .iter()
            .filter_map(|role| match *role {
                Role::Descriptor { argument } => Some(self.view.args[argument] as i32),
                Role::Path { directory, .. } => directory.map(|index| self.view.args[index] as i32),
                Role::Range { .. } | Role::RemoteRanges { .. } => None,
            })
            .collect()
    }

    fn sockets(&mut self) -> &Sockets {
        if self.sockets.is_none() {
            self.sockets = Some(self.look_up_sockets());
        }
        self.sockets.as_ref().expect("filled above")
    }

    fn process_name(&mut self) -> Fact<Vec<u8>> {
        match self.kernel.process_of(self.tid).and_then(|process| Tid::new(process.get())) {
            Some(leader) => fact(self.kernel.thread_name(leader).map(Some)),
            None => Fact::Nothing,
        }
    }

    fn thread_name(&mut self) -> Fact<Vec<u8>> {
        fact(self.kernel.thread_name(self.tid).map(Some))
    }

    fn program(&mut self) -> Fact<Vec<u8>> {
        fact(self.kernel.program(self.tid))
    }

    fn process(&mut self) -> Fact<Pid> {
        self.kernel.process_of(self.tid).map_or(Fact::Nothing, Fact::Is)
    }

    fn caller(&mut self) -> Fact<Vec<u8>> {
        // The instruction pointer is behind the calling instruction, which may be the last of its mapping.
        let range = AddressRange::new(self.view.instruction_pointer.saturating_sub(1), 1);
        fact(
            self.kernel
                .mappings(self.tid, range)
                .map(|mappings| mappings.into_iter().next().and_then(|mapping| mapping.name)),
        )
    }

    fn shares_root(&mut self) -> bool {
        self.kernel.shares_root(self.tid)
    }

    fn known_files(&self) -> Option<&Files> {
        self.files.as_ref()
    }
}

fn fact<T>(found: Result<Option<T>, LookError>) -> Fact<T> {
    match found {
        Ok(Some(found)) => Fact::Is(found),
        Ok(None) | Err(LookError::Vanished(_)) => Fact::Nothing,
        Err(LookError::Denied { .. } | LookError::Failed { .. }) => Fact::Hidden,
    }
}

/// Calls that act on a link itself, not on what it points to.
const KEEP_LAST: &[&str] = &[
    "unlink",
    "unlinkat",
    "rename",
    "renameat",
    "renameat2",
    "rmdir",
    "mkdir",
    "mkdirat",
    "mknod",
    "mknodat",
    "symlink",
    "symlinkat",
    "link",
    "linkat",
    "lstat",
    "readlink",
    "readlinkat",
    "lchown",
    "lchown32",
    "oldlstat",
    "lstat64",
    "lsetxattr",
    "lgetxattr",
    "llistxattr",
    "lremovexattr",
];

/// Calls with AT_SYMLINK_NOFOLLOW (0x100, include/uapi/linux/fcntl.h) in an argument, and its index.
const MAY_KEEP_LAST: &[(&str, usize)] = &[
    ("newfstatat", 3),
    ("fstatat64", 3),
    ("statx", 2),
    ("fchownat", 4),
    ("utimensat", 3),
    ("utimensat_time64", 3),
    ("faccessat2", 3),
    ("fchmodat2", 3),
];

/// O_NOFOLLOW differs: include/uapi/asm-generic/fcntl.h, arch/arm64/include/uapi/asm/fcntl.h.
const fn o_nofollow(abi: havoc_arch::Abi) -> u64 {
    match abi {
        havoc_arch::Abi::Aarch64 | havoc_arch::Abi::Arm => 0o100_000,
        havoc_arch::Abi::X86_64 | havoc_arch::Abi::X32 | havoc_arch::Abi::I386 => 0o400_000,
    }
}

fn last_link(view: &SyscallView) -> LastLink {
    let name = view.name().unwrap_or_default();
    let kept = match name {
        "open" => view.args[1] & o_nofollow(view.abi) != 0,
        "openat" => view.args[2] & o_nofollow(view.abi) != 0,
        _ => {
            KEEP_LAST.contains(&name)
                || MAY_KEEP_LAST.iter().any(|(call, index)| *call == name && view.args[*index] & 0x100 != 0)
        }
    };
    if kept { LastLink::Kept } else { LastLink::Followed }
}
