//! What the arguments of each system call are: a table, for matching and for the log.

/// What an argument is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A file descriptor that the call acts on.
    Fd,
    /// A descriptor or AT_FDCWD that the next `Path` is relative to.
    DirFd,
    /// A path argument: relative to the `DirFd` just before it, else to the task's cwd.
    Path,
    /// A string that is no path of an existing or new file (symlink target, xattr name…).
    Text,
    /// Start of an address range whose files the call acts on; the length is argument `length` (0…5).
    Range {
        /// Index of the length.
        length: u8,
    },
    /// An address, shown with its file.
    Address,
    /// A signed decimal number of 32 bits.
    Int,
    /// A signed decimal number of 64 bits (offsets).
    Long,
    /// An unsigned decimal number of 64 bits (lengths).
    Size,
    /// Hexadecimal.
    Hex,
    /// Octal permission bits.
    Mode,
    /// A task, process or process group id.
    Task,
    /// A signal number.
    Signal,
    /// Bits by name.
    Flags(&'static [(u64, &'static str)]),
    /// One value by name.
    OneOf(&'static [(u64, &'static str)]),
    /// The flags of open(2): access mode, then bits.
    OpenFlags,
    /// Bytes that the call reads; the length is argument `length`.
    BufferIn {
        /// Index of the length.
        length: u8,
    },
    /// Bytes that the call writes; as many as its result says.
    BufferOut,
    /// NULL-terminated vector of strings (argv).
    Strings,
    /// NULL-terminated vector of strings, shown as a count (envp).
    StringCount,
    /// Two descriptors that the call writes (pipe).
    FdPairOut,
}

/// What the result is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum ResultKind {
    /// A decimal number.
    #[default]
    Number,
    /// A new descriptor.
    Fd,
    /// An address.
    Address,
    /// A task id, or 0.
    Task,
    /// Never returns, or has no result.
    None,
}

/// The arguments and result of one call, the same on every 64-bit ABI.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signature {
    /// The syscall's name.
    pub name: &'static str,
    /// Its arguments in order.
    pub arguments: &'static [Kind],
    /// Its result.
    pub result: ResultKind,
}

/// Where a call names a file: what `path=` looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Argument `argument` is a descriptor.
    Descriptor {
        /// Index of the argument.
        argument: usize,
    },
    /// Argument `path` points to a path, relative to the descriptor in argument `directory`, else to the cwd.
    Path {
        /// Index of the directory descriptor.
        directory: Option<usize>,
        /// Index of the path.
        path: usize,
    },
    /// The range from argument `address`, as long as argument `length` says.
    Range {
        /// Index of the address.
        address: usize,
        /// Index of the length.
        length: usize,
    },
    /// `count` iovecs at argument `vector` are ranges in the process that the pidfd in argument `pidfd` means.
    RemoteRanges {
        /// Index of the pidfd.
        pidfd: usize,
        /// Index of the vector.
        vector: usize,
        /// Index of the count.
        count: usize,
    },
}

/// Returns the signature of `name`, or `None` for a call that the table lacks.
#[must_use]
pub fn of(name: &str) -> Option<&'static Signature> {
    let _ = name;
    None
}

/// Returns where this call names files. Looks at the argument values where a role depends on them (mmap's MAP_FIXED
/// and MAP_ANONYMOUS, mremap's MREMAP_FIXED).
#[must_use]
pub fn roles(name: &str, arguments: &[u64; 6]) -> Vec<Role> {
    let _ = (name, arguments);
    Vec::new()
}

/// Tells whether `name` can touch a file at all, so that a path selector makes sense on it.
#[must_use]
pub fn touches_files(name: &str) -> bool {
    let _ = name;
    false
}
