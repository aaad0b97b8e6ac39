//! What a task may do: the seccomp filters over it, and what the file of a program would give whoever executes it (set-uid,
//! set-gid, capabilities), and whether the program has got it. Under "no new privileges", and under a tracer without
//! CAP_SYS_PTRACE, the kernel gives none of it. execve(2), capabilities(7).
use super::mounts::{self, Kind};
use super::proc::{TaskDirectory, place};
use super::status::{last_word, second_number};
use super::{attribute, procfs, stat};
use crate::kernel::{LookError, LostPrivilege, Privilege};
use nix::errno::Errno;
use nix::fcntl::{AT_FDCWD, AtFlags, OFlag, openat, readlinkat};
use nix::sys::stat::Mode;
use nix::sys::statvfs::{FsFlags, fstatvfs};
use std::ffi::{CStr, CString};
use std::io::Read;
use std::os::fd::{AsFd, AsRawFd};
use std::os::unix::ffi::OsStringExt;
use std::sync::OnceLock;

/// include/uapi/linux/capability.h.
const CAP_SYS_PTRACE: u64 = 1 << 19;
const CAP_SYS_ADMIN: u64 = 1 << 21;

/// What a file gives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Given {
    user: Option<u32>,
    group: Option<u32>,
    /// Permitted ones, by their bits.
    capabilities: u64,
}

impl Given {
    /// Returns what the file gives to which `link` in `directory` leads, a link of /proc. Its attributes are not asked for where
    /// that `may_wait` for a server: the set-uid and set-gid bits are known since it was looked up.
    fn by(directory: impl AsFd, link: &CStr, may_wait: bool) -> Result<Given, Errno> {
        let directory = directory.as_fd();
        let stat = stat::at(directory, link, AtFlags::empty())?;
        // Set-gid without the group's execute bit marks mandatory locking. fs/exec.c, bprm_fill_uid.
        let set_gid_bits = libc::S_ISGID | libc::S_IXGRP;
        Ok(Given {
            user: (stat.mode & libc::S_ISUID != 0).then_some(stat.user),
            group: (stat.mode & set_gid_bits == set_gid_bits).then_some(stat.group),
            capabilities: if may_wait { 0 } else { capabilities(directory, link)? },
        })
    }

    /// Returns what of it a task lacks that executes the file, or is about to: `status` is its /proc/TID/status.
    fn lacked(&self, status: &[u8]) -> Option<Privilege> {
        let bits = |key: &[u8]| last_word(status, key).and_then(|word| u64::from_str_radix(word, 16).ok());
        let differs = |wanted: Option<u32>, key: &[u8]| {
            wanted.is_some_and(|wanted| second_number(status, key).is_some_and(|own| own != wanted))
        };
        if differs(self.user, b"Uid:") || differs(self.group, b"Gid:") {
            return Some(Privilege::SetId);
        }
        // P'(permitted) has F(permitted) & P(bounding): capabilities(7), "Transformation of capabilities during execve()".
        let (permitted, bounding) = bits(b"CapPrm:").zip(bits(b"CapBnd:"))?;
        (self.capabilities & bounding & !permitted != 0).then_some(Privilege::Capabilities)
    }
}

/// Returns the permitted capabilities of a file: `security.capability`, a struct vfs_cap_data of
/// include/uapi/linux/capability.h. One of revision 3 is shown where it is another user namespace's: it gives nothing here.
fn capabilities(directory: impl AsFd, link: &CStr) -> Result<u64, Errno> {
    let mut data = [0_u8; 24];
    match attribute::read(directory, link, c"security.capability", &mut data) {
        Ok(length) => Ok(permitted(&data[..length])),
        // It has none, or its file system has no such thing.
        Err(Errno::ENODATA | Errno::EOPNOTSUPP) => Ok(0),
        Err(errno) => Err(errno),
    }
}

/// Returns the permitted capabilities of a struct vfs_cap_data: a revision, then pairs of permitted and inheritable words.
fn permitted(data: &[u8]) -> u64 {
    let word_at = |at: usize| {
        let bytes = data.get(at..at + 4).and_then(|bytes| bytes.try_into().ok());
        bytes.map_or(0, u32::from_le_bytes)
    };
    match word_at(0) >> 24 {
        1 => u64::from(word_at(4)),
        2 => u64::from(word_at(4)) | u64::from(word_at(12)) << 32,
        _ => 0,
    }
}

/// Tells whether havoc costs nobody anything: it can install a filter without "no new privileges", and its tracing is no
/// reason to drop what a file gives.
fn keeps_everything() -> bool {
    static KEEPS: OnceLock<bool> = OnceLock::new();
    *KEEPS.get_or_init(|| {
        let status = procfs::read("self/status").unwrap_or_default();
        let effective = last_word(&status, b"CapEff:").and_then(|word| u64::from_str_radix(word, 16).ok());
        let wanted = CAP_SYS_PTRACE | CAP_SYS_ADMIN;
        effective.is_some_and(|effective| effective & wanted == wanted)
    })
}

impl TaskDirectory {
    /// Returns /proc/TID/status.
    ///
    /// # Errors
    ///
    /// If the task has ended or may not be looked at.
    pub(super) fn status_text(&self) -> Result<Vec<u8>, LookError> {
        self.contents("status").map_err(|error| LookError::new("read status", self.tid(), error))
    }

    /// Returns how many seccomp filters lie over the task; `None` before Linux 5.10.
    ///
    /// # Errors
    ///
    /// If the task has ended or may not be looked at.
    pub(super) fn seccomp_filters(&self) -> Result<Option<u32>, LookError> {
        let status = self.status_text()?;
        Ok(last_word(&status, b"Seccomp_filters:").and_then(|word| word.parse().ok()))
    }

    /// At an exec: returns what of its file's privileges the program has not got, since havoc is there.
    ///
    /// # Errors
    ///
    /// If the task has ended or may not be looked at.
    pub(super) fn lost_privilege(&self) -> Result<Option<LostPrivilege>, LookError> {
        if keeps_everything() {
            return Ok(None);
        }
        let failed = |errno| self.error("look at program", errno);
        let exe = self.open("exe", place(OFlag::empty())).map_err(failed)?;
        let is_remote = matches!(mounts::kind(self, &exe).map_err(failed)?, Kind::Remote(_));
        let given = Given::by(&self.directory, c"exe", is_remote).map_err(failed)?;
        if given == Given::default() || mounts::is_without_privileges(self, &exe).map_err(failed)? {
            return Ok(None);
        }
        let status = self.status_text()?;
        let Some(privilege) = given.lacked(&status) else { return Ok(None) };
        Ok(Some(LostPrivilege { program: self.exe()?.name, privilege }))
    }
}

/// A program that is going to be executed, and what its file gives.
#[derive(Debug)]
pub(super) struct Program {
    name: Vec<u8>,
    given: Given,
}

impl Program {
    /// Looks at the file of a program; `None` if it gives nothing. A script gives nothing, whatever its bits.
    pub(super) fn at(path: &CStr) -> Option<Program> {
        let file = openat(AT_FDCWD, path, place(OFlag::empty()), Mode::empty()).ok()?;
        let link = CString::new(format!("self/fd/{}", file.as_raw_fd())).ok()?;
        let proc = procfs::root().ok()?;
        // The program has not begun: whoever waits here waits for its file, as without havoc.
        let given = Given::by(proc, &link, false).ok().filter(|given| *given != Given::default())?;
        if is_script(path) || fstatvfs(&file).ok()?.flags().contains(FsFlags::ST_NOSUID) {
            return None;
        }
        let name = readlinkat(proc, link.as_c_str()).ok()?;
        Some(Program { name: name.into_vec(), given })
    }

    /// Returns what a task will not get that is about to execute it, by its /proc/TID/status. Without "no new privileges", and
    /// untraced, it gets everything.
    pub(super) fn loses(&self, status: &[u8]) -> Option<LostPrivilege> {
        let is_kept = last_word(status, b"NoNewPrivs:") != Some("1");
        let privilege = self.given.lacked(status).filter(|_| !is_kept)?;
        Some(LostPrivilege { program: self.name.clone(), privilege })
    }
}

/// A file that may be executed and not read is none.
fn is_script(path: &CStr) -> bool {
    let mut first = [0; 2];
    let file = openat(AT_FDCWD, path, OFlag::O_RDONLY | OFlag::O_CLOEXEC, Mode::empty());
    file.is_ok_and(|file| std::fs::File::from(file).read_exact(&mut first).is_ok() && first == *b"#!")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A task of user and group 1000 with CAP_NET_BIND_SERVICE (bit 10), and all capabilities but one in its bounding set.
    const STATUS: &[u8] =
        b"Uid:\t1000\t1000\t1000\t1000\nGid:\t1000\t1000\t1000\t1000\nCapPrm:\t0000000000000400\n\
        CapBnd:\t000001fffffffffe\nNoNewPrivs:\t1\n";

    #[test]
    fn capabilities_are_read_in_each_revision() {
        let words = |words: &[u32]| words.iter().flat_map(|word| word.to_le_bytes()).collect::<Vec<u8>>();
        // setcap cap_net_raw+ep, and one beyond the first word.
        assert_eq!(permitted(&words(&[0x0200_0001, 1 << 13, 0, 0, 0])), 1 << 13);
        assert_eq!(permitted(&words(&[0x0200_0000, 0, 0, 1 << 6, 0])), 1 << 38);
        assert_eq!(permitted(&words(&[0x0100_0001, 1 << 13, 0])), 1 << 13);
        assert_eq!(permitted(&words(&[0x0300_0001, 1 << 13, 0, 0, 0, 1000])), 0, "another namespace's");
        assert_eq!((permitted(b""), permitted(&[1, 2])), (0, 0));
    }

    #[test]
    fn what_a_task_has_or_could_not_have_is_not_lacked() {
        let user = |user| Given { user: Some(user), ..Given::default() };
        let capability = |bit: u32| Given { capabilities: 1 << bit, ..Given::default() };
        for (given, expected) in [
            (Given::default(), None),
            (user(1000), None),
            (user(0), Some(Privilege::SetId)),
            (Given { group: Some(5), ..Given::default() }, Some(Privilege::SetId)),
            (capability(10), None),
            (capability(13), Some(Privilege::Capabilities)),
            // It is in no bounding set.
            (capability(0), None),
        ] {
            assert_eq!(given.lacked(STATUS), expected, "{given:?}");
        }
    }

    #[test]
    fn a_task_that_may_gain_privileges_loses_none() {
        let program =
            Program { name: b"/bin/su".to_vec(), given: Given { user: Some(0), ..Given::default() } };
        let lost = LostPrivilege { program: b"/bin/su".to_vec(), privilege: Privilege::SetId };
        assert_eq!(program.loses(STATUS), Some(lost));
        let text = String::from_utf8_lossy(STATUS).replace("NoNewPrivs:\t1", "NoNewPrivs:\t0");
        assert_eq!(program.loses(text.as_bytes()), None);
    }

    #[test]
    fn an_ordinary_program_gives_nothing() {
        assert!(Program::at(c"/proc/self/exe").is_none());
        assert!(Program::at(c"/nonexistent").is_none());
    }
}
