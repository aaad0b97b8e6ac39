//! The file that a log is written to. A name that means one of havoc's own descriptors (`/dev/stdout`, `/dev/fd/3`,
//! `/proc/self/fd/3`, a link to one of them) is that descriptor. Opening it again would empty the caller's file, and write from
//! its beginning over the program's output.
use nix::errno::Errno;
use nix::fcntl::{FcntlArg, OFlag, fcntl};
use std::fs::{self, File};
use std::io;
use std::os::fd::{BorrowedFd, OwnedFd, RawFd};
use std::path::{Path, PathBuf};

/// More links than this are not followed: path_resolution(7).
const MOST_LINKS: usize = 40;

/// What becomes of what a file holds already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Content {
    /// It is gone.
    #[default]
    Emptied,
    /// The log goes on behind it: strace's `-A`.
    Kept,
}

/// Opens `path` for a log: a file is created if there is none; a descriptor is written to at its present offset.
///
/// # Errors
/// When it cannot be opened, or the descriptor is not open for writing.
pub fn open_log(path: &Path, content: Content) -> io::Result<File> {
    match (own_descriptor(path), content) {
        (Some(number), _) => Ok(duplicate(number)?.into()),
        (None, Content::Emptied) => File::create(path),
        (None, Content::Kept) => File::options().create(true).append(true).open(path),
    }
}

/// Returns the descriptor of this process that a name stands for.
fn own_descriptor(path: &Path) -> Option<RawFd> {
    let own =
        [format!("/proc/{}/fd", std::process::id()), format!("/proc/{0}/task/{0}/fd", std::process::id())];
    let mut path = PathBuf::from(path);
    for _ in 0..MOST_LINKS {
        let directory = match path.parent()? {
            here if here.as_os_str().is_empty() => Path::new("."),
            directory => directory,
        };
        let directory = fs::canonicalize(directory).ok()?;
        if own.iter().any(|own| directory == Path::new(own)) {
            return path.file_name()?.to_str()?.parse().ok();
        }
        path = directory.join(fs::read_link(&path).ok()?);
    }
    None
}

fn duplicate(number: RawFd) -> nix::Result<OwnedFd> {
    if number < 0 {
        return Err(Errno::EBADF);
    }
    // SAFETY: no descriptor that is open here is closed while this function runs, for there is one thread; and of one that is not
    // open, the calls below say EBADF.
    let borrowed = unsafe { BorrowedFd::borrow_raw(number) };
    let flags = OFlag::from_bits_retain(fcntl(borrowed, FcntlArg::F_GETFL)?);
    if flags & OFlag::O_ACCMODE == OFlag::O_RDONLY || flags.contains(OFlag::O_PATH) {
        return Err(Errno::EBADF);
    }
    borrowed
        .try_clone_to_owned()
        .map_err(|error| Errno::from_raw(error.raw_os_error().unwrap_or(libc::EBADF)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use std::os::fd::AsRawFd;

    #[test]
    fn a_name_of_a_descriptor_goes_on_where_that_stands() {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let path = directory.path().join("file");
        let mut file = File::create(&path).expect("a file");
        file.write_all(b"before, ").expect("write");
        let number = file.as_raw_fd();
        let link = directory.path().join("link");
        std::os::unix::fs::symlink(format!("/dev/fd/{number}"), &link).expect("a link");
        let names =
            [format!("/dev/fd/{number}"), format!("/proc/self/fd/{number}"), link.display().to_string()];
        for name in &names {
            open_log(Path::new(name), Content::Emptied)
                .and_then(|mut log| log.write_all(b"log, "))
                .expect(name);
        }
        file.write_all(b"after").expect("write");
        assert_eq!(fs::read_to_string(&path).expect("read"), "before, log, log, log, after");
    }

    #[test]
    fn any_other_name_is_a_file_that_is_emptied_first_or_appended_to() {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let path = directory.path().join("1");
        for _ in 0..2 {
            open_log(&path, Content::Emptied).and_then(|mut log| log.write_all(b"log")).expect("write");
        }
        assert_eq!(fs::read_to_string(&path).expect("read"), "log");
        for _ in 0..2 {
            open_log(&path, Content::Kept).and_then(|mut log| log.write_all(b", more")).expect("write");
        }
        assert_eq!(fs::read_to_string(&path).expect("read"), "log, more, more");
        assert_eq!(own_descriptor(Path::new("/dev/null")), None);
        assert_eq!(own_descriptor(Path::new("1")), None);
    }

    #[test]
    fn a_descriptor_that_takes_no_log_is_refused() {
        let errno = |name: &str| open_log(Path::new(name), Content::Emptied).expect_err(name).raw_os_error();
        let reader = File::open("/dev/null").expect("a device");
        assert_eq!(errno(&format!("/dev/fd/{}", reader.as_raw_fd())), Some(libc::EBADF));
        assert_eq!(errno("/proc/self/fd/999999"), Some(libc::EBADF));
    }
}
