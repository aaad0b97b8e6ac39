//! Standard output, for everything that havoc prints itself.
use crate::exit::Exit;
use anyhow::{Context, Result};
use havoc_engine::kernel::linux::Patient;
use std::io::{self, ErrorKind, Write};

/// Prints `text`, all that was asked for. A reader that closes the pipe before the end (`havoc man | head`) is not a failure.
///
/// # Errors
/// When it cannot be written: the disk is full.
pub fn print(text: &[u8]) -> Result<Exit> {
    part(text).map(|_| Exit::Status(0))
}

/// Prints `text`, a part of the output, and returns whether there is still a reader.
///
/// # Errors
/// As [`print()`].
pub fn part(text: &[u8]) -> Result<bool> {
    let mut out = Patient(io::stdout().lock());
    is_read(out.write_all(text).and_then(|()| out.flush()))
}

/// Returns whether there is still a reader, given the result of printing.
///
/// # Errors
/// As [`print()`].
pub fn is_read(printed: io::Result<()>) -> Result<bool> {
    match printed {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(error).context("write to standard output"),
    }
}
