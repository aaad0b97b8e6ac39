//! Writing to what may be full for a moment and says so: a terminal or pipe is non-blocking for everybody who has it as soon as
//! one of them, the program perhaps, sets O_NONBLOCK (fcntl(2)).
use super::again::again;
use nix::poll::{PollFd, PollFlags, PollTimeout};
use std::io::{self, ErrorKind, Write};
use std::os::fd::AsFd;

/// A writer that waits where the one below gives EAGAIN.
#[derive(Debug)]
pub struct Patient<W>(pub W);

impl<W: Write + AsFd> Write for Patient<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        loop {
            match self.0.write(bytes) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    let mut descriptors = [PollFd::new(self.0.as_fd(), PollFlags::POLLOUT)];
                    again(|| nix::poll::poll(&mut descriptors, PollTimeout::NONE))?;
                }
                written => return written,
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nix::fcntl::{FcntlArg, OFlag, fcntl};
    use std::fs::File;
    use std::io::Read;
    use std::os::fd::OwnedFd;

    #[test]
    fn more_than_a_pipe_holds_is_written_though_it_does_not_block() {
        let (mut read, write) = io::pipe().expect("a pipe");
        let write = File::from(OwnedFd::from(write));
        fcntl(&write, FcntlArg::F_SETFL(OFlag::O_NONBLOCK)).expect("a flag");
        let text = vec![b'x'; 1 << 20];
        let error = (&write).write_all(&text).expect_err("it is full");
        assert_eq!(error.kind(), ErrorKind::WouldBlock);
        std::thread::scope(|scope| {
            let reader = scope.spawn(move || {
                let mut all = Vec::new();
                read.read_to_end(&mut all).map(|_| all.len())
            });
            Patient(write).write_all(&text).expect("written");
            assert!(reader.join().expect("a reader").expect("read") >= text.len());
        });
    }
}
