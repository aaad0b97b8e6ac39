//! What kind of thing a descriptor of a task is open on.
use super::proc::TaskDirectory;
use super::stat;
use crate::kernel::look_error::LookError;
use crate::resource::DescriptorKind;
use nix::errno::Errno;
use nix::fcntl::AtFlags;
use nix::sys::stat::SFlag;

const LOOK: &str = "look at a descriptor";

/// TTY_MAJOR, TTYAUX_MAJOR and UNIX98_PTY_SLAVE_MAJOR with its seven followers (include/uapi/linux/major.h); ttyACM,
/// ttyUSB, ttyS and ttyAMA of boards, and hvc (Documentation/admin-guide/devices.txt).
const TERMINALS: [std::ops::RangeInclusive<u32>; 6] =
    [4..=5, 136..=143, 166..=166, 188..=188, 204..=204, 229..=229];

/// O_DIRECT differs by CPU; that of this build is the machine's own.
const O_DIRECT: i32 = libc::O_DIRECT;

impl TaskDirectory {
    /// Returns what kind of thing the descriptor is open on; `None` if it is closed.
    ///
    /// # Errors
    ///
    /// If the task has ended or may not be looked at.
    pub fn descriptor_kind(&self, descriptor: i32) -> Result<Option<DescriptorKind>, LookError> {
        if descriptor < 0 {
            return Ok(None);
        }
        // Following the link looks at the file without opening it.
        let number = descriptor.to_string();
        let stat = |directory: &_| stat::at(directory, number.as_str(), AtFlags::empty());
        let Some(stat) = self.in_descriptors(LOOK, stat)? else { return Ok(None) };
        let other = |what: &str| Ok(Some(DescriptorKind::Other(what.to_owned())));
        match SFlag::from_bits_truncate(stat.mode & SFlag::S_IFMT.bits()) {
            SFlag::S_IFREG if self.has_flag(descriptor, O_DIRECT)? => other("a file opened with O_DIRECT"),
            SFlag::S_IFREG => Ok(Some(DescriptorKind::Regular)),
            // pipe2(2): with O_DIRECT each write is a packet.
            SFlag::S_IFIFO if self.has_flag(descriptor, O_DIRECT)? => other("a pipe of packets"),
            SFlag::S_IFIFO => Ok(Some(DescriptorKind::Pipe)),
            SFlag::S_IFCHR if TERMINALS.iter().any(|range| range.contains(&stat.special[0])) => {
                Ok(Some(DescriptorKind::Terminal))
            }
            SFlag::S_IFCHR | SFlag::S_IFBLK => other("a device"),
            SFlag::S_IFDIR => other("a directory"),
            SFlag::S_IFSOCK if self.is_stream_socket(descriptor)? => Ok(Some(DescriptorKind::Stream)),
            SFlag::S_IFSOCK => other("a socket of datagrams"),
            // Anonymous inodes have no type: fs/anon_inodes.c.
            _ => {
                let name = self.descriptor_name(descriptor)?.map(|file| file.name).unwrap_or_default();
                other(&String::from_utf8_lossy(&name))
            }
        }
    }

    /// Tells whether the open file has this status flag. proc_pid_fdinfo(5).
    fn has_flag(&self, descriptor: i32, flag: i32) -> Result<bool, LookError> {
        let text = self
            .contents(&format!("fdinfo/{descriptor}"))
            .map_err(|error| self.error(LOOK, Errno::from_raw(error.raw_os_error().unwrap_or(libc::EIO))))?;
        let line = text.split(|&byte| byte == b'\n').find_map(|line| line.strip_prefix(b"flags:"));
        let flags = line
            .and_then(|line| std::str::from_utf8(line).ok())
            .and_then(|digits| i32::from_str_radix(digits.trim(), 8).ok());
        Ok(flags.is_some_and(|flags| flags & flag != 0))
    }
}
