//! What a selector may ask about a call.
use crate::plan::Endpoint;
use crate::task::{LogicalPath, Pid, Tid};
use std::time::Duration;

/// How a call touches a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Touch {
    /// Through this descriptor.
    Descriptor(i32),
    /// Through a path argument.
    Path,
    /// Because it is mapped in the range that the call names.
    Mapping,
}

/// One file that a call touches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Touched {
    /// How.
    pub by: Touch,
    /// Its names as the program sees them: for a path argument as written, made absolute, and with its links resolved.
    pub names: Vec<Vec<u8>>,
}

/// All files of a call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Files {
    /// The files, in the order of the arguments.
    pub touched: Vec<Touched>,
    /// Some of them could not be looked up: the kernel hides them, or something havoc needs was refused.
    pub hidden: bool,
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
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact<T> {
    /// This.
    Is(T),
    /// There is no such thing.
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
    /// Tells whether the task has havoc's root and mount namespace, so that patterns relative to havoc's cwd make sense
    /// for it.
    fn shares_root(&mut self) -> bool;
    /// Tells whether [`Facts::files`] was asked, so that its answer costs nothing more.
    fn known_files(&self) -> Option<&Files>;
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
