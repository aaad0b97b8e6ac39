//! Magic links of /proc, read without more than their text: this is done at every call that a rule with a path names.
use nix::errno::Errno;
use std::ffi::CStr;
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, AsRawFd};

/// PATH_MAX of include/uapi/linux/limits.h: the kernel has no longer text for a link (fs/proc/base.c, `do_proc_readlink`).
const LONGEST: usize = 4096;

/// Returns the text of a link in `directory`.
///
/// # Errors
/// When it cannot be read; ENAMETOOLONG if it is too long to be told.
pub(super) fn text(directory: impl AsFd, name: &CStr) -> Result<Vec<u8>, Errno> {
    let mut buffer = [MaybeUninit::uninit(); LONGEST];
    read(directory, name, &mut buffer).map(<[u8]>::to_vec)
}

/// Puts it into `text`, in the place of what is there; so whoever asks again and again needs no more room than once.
///
/// # Errors
/// As [`text`] says; then nothing is there.
pub(super) fn text_into(directory: impl AsFd, name: &CStr, text: &mut Vec<u8>) -> Result<(), Errno> {
    text.clear();
    text.reserve(LONGEST);
    let length = read(directory, name, text.spare_capacity_mut())?.len();
    // SAFETY: so many bytes have been written from the beginning of what is spare, which is that of the empty vector.
    unsafe { text.set_len(length) };
    Ok(())
}

fn read<'a>(directory: impl AsFd, name: &CStr, buffer: &'a mut [MaybeUninit<u8>]) -> Result<&'a [u8], Errno> {
    // SAFETY: name ends with NUL, and buffer is writable and as long as is said.
    let length = unsafe {
        libc::readlinkat(
            directory.as_fd().as_raw_fd(),
            name.as_ptr(),
            buffer.as_mut_ptr().cast(),
            buffer.len().min(LONGEST),
        )
    };
    let length = Errno::result(length)? as usize;
    if length == LONGEST {
        return Err(Errno::ENAMETOOLONG);
    }
    // SAFETY: the kernel has written so many bytes.
    Ok(unsafe { std::slice::from_raw_parts(buffer.as_ptr().cast::<u8>(), length) })
}

/// A number as the name of an entry.
#[derive(Clone, Copy, Debug)]
pub(super) struct Number {
    digits: [u8; 12],
    start: usize,
}

impl Number {
    /// Writes a number that is not negative.
    pub(super) fn new(number: u32) -> Number {
        let mut written = Number { digits: [0; 12], start: 11 };
        let mut rest = number;
        loop {
            written.start -= 1;
            written.digits[written.start] = b'0' + (rest % 10) as u8;
            rest /= 10;
            if rest == 0 {
                return written;
            }
        }
    }

    /// Returns it with a NUL behind.
    pub(super) fn name(&self) -> &CStr {
        CStr::from_bytes_until_nul(&self.digits[self.start..]).expect("its last byte is NUL")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::File;

    #[test]
    fn numbers_are_names() {
        for number in [0, 7, 10, 1023, 2_147_483_647, u32::MAX] {
            assert_eq!(Number::new(number).name().to_str(), Ok(number.to_string().as_str()));
        }
    }

    #[test]
    fn a_link_of_proc_is_read_and_one_that_is_not_there_is_none() {
        let descriptors = File::open("/proc/self/fd").expect("own descriptors");
        let null = File::open("/dev/null").expect("the null device");
        let name = Number::new(null.as_raw_fd().cast_unsigned());
        assert_eq!(text(&descriptors, name.name()), Ok(b"/dev/null".to_vec()));
        assert_eq!(text(&descriptors, c"1000000"), Err(Errno::ENOENT));
        let mut kept = b"what was there".to_vec();
        assert_eq!(text_into(&descriptors, name.name(), &mut kept), Ok(()));
        assert_eq!(kept, b"/dev/null");
        assert_eq!(text_into(&descriptors, c"1000000", &mut kept), Err(Errno::ENOENT));
        assert!(kept.is_empty());
    }
}
