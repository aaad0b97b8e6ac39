//! What an argument or a result is.
use super::names::Names;
use super::object::{Layout, Object};

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
    /// An unsigned decimal number of 32 bits.
    Uint,
    /// A signed decimal number, as wide as a long (offsets).
    Long,
    /// An unsigned decimal number, as wide as a long (lengths).
    Size,
    /// A signed decimal number of 64 bits in two registers of 32.
    Split {
        /// Index of the low half.
        low: u8,
        /// Index of the high half.
        high: u8,
    },
    /// Points to the call's real arguments; what they are nobody looks up, so the files that they mean stay hidden.
    Block,
    /// Hexadecimal.
    Hex,
    /// A number or an address, which only another argument tells apart: an address if something is mapped there, else
    /// hexadecimal.
    Word,
    /// Octal permission bits.
    Mode,
    /// Octal permission bits that count only if the flags of open(2) just before have O_CREAT or O_TMPFILE.
    CreateMode,
    /// The type of a file and its permission bits (mknod).
    FileType,
    /// A device number.
    Device,
    /// A register that the kernel does not look at, not shown.
    Unused,
    /// A user or group id; −1 means "leave it".
    Id,
    /// The same in 16 bits, __kernel_old_uid_t.
    Id16,
    /// An offset in pages of 4096 bytes, shown in bytes.
    Pages,
    /// A task, process or process group id.
    Task,
    /// A signal number.
    Signal,
    /// Bits by name.
    Flags(Names),
    /// One value by name.
    OneOf(Names),
    /// The value under `mask` by name, then the other bits.
    Masked {
        /// The bits that are one value.
        mask: u64,
        /// Names of that value.
        value: Names,
        /// Names of the other bits.
        bits: Names,
    },
    /// Octal permission bits under 0o777, after the other bits by name (System V IPC).
    FlagsAndMode(Names),
    /// The flags of clone(2): bits, then the signal in the low byte.
    CloneFlags,
    /// The flags of open(2): access mode, then bits.
    OpenFlags,
    /// Flags of open(2) without an access mode (pipe2, dup3).
    OpenBits,
    /// Points to a socket option's value; its length is argument `length`.
    OptionValue {
        /// Index of the length.
        length: u8,
    },
    /// An option of setsockopt(2); its name depends on the level just before.
    SocketOption {
        /// What this call names otherwise, of level SOL_SOCKET.
        own: Names,
    },
    /// A protocol of socket(2); its name depends on the family, argument 0.
    Protocol,
    /// Bytes that the call reads; the length is argument `length`.
    BufferIn {
        /// Index of the length.
        length: u8,
    },
    /// Bytes that the call writes; as many as its result says.
    BufferOut,
    /// Points to iovecs whose bytes the call reads; their number is argument `count`.
    VectorIn {
        /// Index of the number of iovecs.
        count: u8,
    },
    /// Points to iovecs that the call fills, with as many bytes as its result says.
    VectorOut {
        /// Index of the number of iovecs.
        count: u8,
    },
    /// Points to iovecs of another process's memory; their number is argument `count`.
    VectorElsewhere {
        /// Index of the number of iovecs.
        count: u8,
    },
    /// Points to a struct timespec that the call reads, in the width that the call's name tells.
    Timespec,
    /// Points to a socket address that the call reads; its length is argument `length`.
    SocketAddress {
        /// Index of the length.
        length: u8,
    },
    /// Points to a path that the call writes (getcwd), NUL-terminated.
    PathOut,
    /// NULL-terminated vector of strings (argv).
    Strings,
    /// NULL-terminated vector of strings, shown as a count (envp).
    StringCount,
    /// Points to what the call reads.
    In(&'static Object),
    /// Points to what the call writes if it succeeds.
    Out(&'static Object),
    /// Points to what the call writes if its result is above 0.
    OutIfPositive(&'static Object),
    /// Points to what the call writes if a signal interrupts it.
    OutIfInterrupted(&'static Object),
    /// Points to what the call reads and changes: `[0 => 4096]`.
    InOut(&'static Object),
    /// Points to a socket address that the call writes; argument `length` points to its length.
    SocketAddressOut {
        /// Index of the pointer to the length.
        length: u8,
    },
    /// Points to a socket option's value that the call writes; argument `length` points to its length.
    OptionValueOut {
        /// Index of the pointer to the length.
        length: u8,
    },
    /// Points to a struct msghdr that the call fills.
    Message,
    /// Points to as many struct mmsghdr as argument `most` says, of which the call fills those that its result counts.
    Messages {
        /// Index of their number.
        most: u8,
    },
    /// Points to the struct clone_args of clone3(2), which tell where the call writes ids.
    CloneArgs,
    /// Points to a socket's ancillary data; their length is argument `length`.
    Control {
        /// Index of the length.
        length: u8,
    },
    /// Points to directory entries that the call writes, as many bytes as its result says.
    Entries,
    /// Points to a set of descriptors (select); their number is argument `count`.
    FdSet {
        /// Index of the number of descriptors.
        count: u8,
    },
    /// Points to a mask of CPUs; argument `length` has its bytes.
    Cpus {
        /// Index of the length.
        length: u8,
    },
    /// Points to a mask of CPUs that the call writes, as many bytes as its result says.
    CpusOut,
    // What only fields of structs are.
    /// A signed decimal number of the field's width.
    Signed,
    /// Octal permission bits in 64 bits, all of which are shown.
    WideMode,
    /// Shown like this, but not the same in two runs that did the same.
    Varying(&'static Kind),
    /// A struct in the struct.
    Struct(&'static Layout),
    /// An array in the struct.
    List(&'static Object),
    /// An array of characters that a NUL ends.
    Characters,
    /// A set of signals.
    SignalBits,
    /// A signal's handler.
    Handler,
    /// Why a signal was sent; its number is field `signal`.
    SignalCode {
        /// Index of the signal.
        signal: u8,
    },
    /// An error number.
    Errno,
    /// How a child ended.
    WaitStatus,
    /// A resource limit.
    Limit {
        /// The value that is none.
        infinity: u64,
    },
    /// The length of a socket address that the call may have changed: `128 => 16`.
    NameLength,
    /// The type of a control message; its level is field `level`.
    ControlType {
        /// Index of the level.
        level: u8,
    },
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
    /// Hexadecimal bits.
    Hex,
    /// Octal permission bits (umask).
    Mode,
    /// A policy of the scheduler, by number and name.
    Policy,
    /// A signal, by number and name.
    Signal,
    /// What fcntl(2) gives: a descriptor, flags or a number, by its command.
    Fcntl,
    /// A number of descriptors that are ready, and which of argument 0, an array of struct pollfd.
    Polled,
    /// A number of descriptors that are ready, and which of arguments 1 to 3, sets of descriptors.
    Selected,
    /// Never returns, or has no result.
    None,
}
