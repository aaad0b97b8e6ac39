//! The text of /proc/TID/mountinfo: proc_pid_mountinfo(5).

/// One mount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mount<'a> {
    /// Its number, which another one may get when it is gone.
    pub number: u64,
    /// The options of the mount itself, separated by commas.
    pub options: &'a [u8],
    /// The type of its file system, such as `ext4` or `fuse.sshfs`.
    pub file_system: &'a [u8],
}

/// Returns the mounts of a text. What is no line of mountinfo is left out.
pub fn mounts(text: &[u8]) -> impl Iterator<Item = Mount<'_>> {
    text.split(|&byte| byte == b'\n').filter_map(parse)
}

/// `36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue`: blanks in names are escaped, and so many
/// optional fields stand before the lone `-` as there are.
fn parse(line: &[u8]) -> Option<Mount<'_>> {
    let mut fields = line.split(|&byte| byte == b' ');
    let number = std::str::from_utf8(fields.next()?).ok()?.parse().ok()?;
    let options = fields.nth(4)?;
    fields.find(|field| *field == b"-")?;
    Some(Mount { number, options, file_system: fields.next()? })
}

/// The types that ask nobody: those of Documentation/filesystems that are made of memory or of a block device, and zfs. All
/// others may ask: FUSE (`fuseblk` too), NFS, CIFS, 9p, Ceph, AFS, autofs, and whatever is new.
#[rustfmt::skip]
const LOCAL: [&str; 54] = [
    "adfs", "affs", "apparmorfs", "bcachefs", "befs", "bfs", "binder", "binfmt_misc", "bpf", "btrfs",
    "cgroup", "cgroup2", "configfs", "cramfs", "debugfs", "devpts", "devtmpfs", "efivarfs", "erofs", "exfat",
    "ext2", "ext3", "ext4", "f2fs", "fusectl", "hfs", "hfsplus", "hugetlbfs", "iso9660", "jfs", "mqueue",
    "msdos", "nilfs2", "nsfs", "ntfs3", "overlay", "proc", "pstore", "ramfs", "reiserfs", "resctrl", "rootfs",
    "securityfs", "selinuxfs", "smackfs", "squashfs", "sysfs", "tmpfs", "tracefs", "udf", "vfat", "xfs",
    "zfs", "zonefs",
];

/// Tells whether a file system of this type may ask somebody who does not answer: a server in the network, or a process.
#[must_use]
pub fn asks_a_server(file_system: &[u8]) -> bool {
    !LOCAL.iter().any(|local| local.as_bytes() == file_system)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn number_options_and_type_of_each_mount_are_told() {
        let text = b"36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue\n\
            22 28 0:20 / /proc rw,nosuid - proc proc rw\n\
            90 28 0:44 / /a\\040b rw shared:1 master:2 propagate_from:3 - fuse.sshfs x: rw,user_id=0\n\
            nonsense\n91 28 0:1 / /x rw\n";
        let told: Vec<_> = mounts(text)
            .map(|mount| (mount.number, mount.options.to_vec(), mount.file_system.to_vec()))
            .collect();
        assert_eq!(
            told,
            [
                (36, b"rw,noatime".to_vec(), b"ext3".to_vec()),
                (22, b"rw,nosuid".to_vec(), b"proc".to_vec()),
                (90, b"rw".to_vec(), b"fuse.sshfs".to_vec()),
            ]
        );
    }

    #[test]
    fn this_machine_has_a_root_and_a_proc() {
        let text = std::fs::read("/proc/self/mountinfo").expect("own mounts");
        assert!(mounts(&text).any(|mount| mount.file_system == b"proc"));
        assert_eq!(mounts(&text).count(), text.split(|&byte| byte == b'\n').count() - 1);
    }

    #[test]
    fn types_that_ask_a_server_are_told_from_local_ones_and_unknown_ones_may_ask() {
        for remote in [
            "fuse",
            "fuse.sshfs",
            "fuseblk",
            "nfs",
            "nfs4",
            "cifs",
            "9p",
            "ceph",
            "autofs",
            "virtiofs",
            "new",
        ] {
            assert!(asks_a_server(remote.as_bytes()), "{remote}");
        }
        for local in ["ext4", "xfs", "btrfs", "tmpfs", "overlay", "vfat", "sysfs"] {
            assert!(!asks_a_server(local.as_bytes()), "{local}");
        }
    }
}
