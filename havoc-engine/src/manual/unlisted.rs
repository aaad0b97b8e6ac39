//! Errors that the kernel does return and that the manual does not list: a table, with where the kernel does it.
//!
//! A page of the manual lists what the call itself checks. What comes from below it, from a file system and its device, is
//! the same for all calls on files and is listed on some pages alone.
use crate::class;
use crate::signature;
use havoc_arch::Errno;

/// Which calls a row is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Calls {
    /// All that can touch a file.
    OnFiles,
    /// Those of a class.
    Of(&'static str),
    /// These.
    These(&'static [&'static str]),
}

/// One row.
#[derive(Debug)]
struct Row {
    calls: Calls,
    errors: &'static [&'static str],
    /// Where it is written that they can.
    #[cfg_attr(not(test), expect(dead_code, reason = "for whoever reads the table"))]
    source: &'static str,
}

static ROWS: &[Row] = &[
    Row {
        calls: Calls::OnFiles,
        errors: &["EIO"],
        source: "a block, a page or a directory that cannot be read: mm/filemap.c, filemap_read_folio; fs/ext4/namei.c, \
                 __ext4_read_dirblock",
    },
    Row {
        calls: Calls::Of("persist"),
        errors: &["EIO", "ENOSPC", "EDQUOT"],
        source: "what failed when it was written back is returned by the next call that waits for it: \
                 Documentation/filesystems/vfs.rst, \"Handling errors during writeback\"; lib/errseq.c; mm/filemap.c, \
                 filemap_check_wb_err; mm/msync.c calls vfs_fsync_range of fs/sync.c, as fsync does",
    },
    Row {
        calls: Calls::Of("write-data"),
        errors: &["ENOSPC", "EDQUOT"],
        source: "blocks are reserved as they are written: fs/ext4/inode.c, ext4_da_write_begin; fs/quota/dquot.c, \
                 __dquot_alloc_space",
    },
    Row {
        calls: Calls::Of("name-change"),
        errors: &["ENOSPC", "EDQUOT"],
        source: "a directory may need another block, and the inode of a copy-on-write file system too: fs/ext4/namei.c, \
                 ext4_add_entry; fs/btrfs/inode.c, btrfs_unlink and btrfs_rename start a transaction",
    },
    Row {
        calls: Calls::Of("open"),
        errors: &["ENOSPC", "EDQUOT"],
        source: "O_CREAT makes an inode and a name: fs/ext4/ialloc.c, __ext4_new_inode",
    },
    Row {
        calls: Calls::These(&[
            "close",
            "ftruncate",
            "ftruncate64",
            "truncate",
            "truncate64",
            "fallocate",
            "ioctl",
        ]),
        errors: &["EIO", "ENOSPC", "EDQUOT"],
        source: "NFS writes back when a file is closed: fs/nfs/file.c, nfs_file_flush; cutting a file and FICLONE change its \
                 extents: fs/ext4/extents.c, fs/btrfs/reflink.c",
    },
];

/// Tells whether the kernel may return this error from a call, by its name, although its page does not list it.
#[must_use]
pub fn returns(call: &str, errno: Errno) -> bool {
    let Some(name) = errno.name() else { return false };
    ROWS.iter().filter(|row| row.errors.contains(&name)).any(|row| match row.calls {
        Calls::OnFiles => signature::touches_files(call),
        Calls::Of(class) => class::of(class).is_some_and(|class| class.contains(call)),
        Calls::These(calls) => calls.contains(&call),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is(call: &str, error: &str) -> bool {
        returns(call, Errno::from_name(error).expect(error))
    }

    #[test]
    fn what_a_file_system_returns_is_known_of_calls_on_files_alone() {
        for (call, errors) in [
            ("msync", &["EIO", "ENOSPC", "EDQUOT"][..]),
            ("fsync", &["EIO", "ENOSPC", "EDQUOT"]),
            ("openat", &["EIO", "ENOSPC"]),
            ("rename", &["EIO", "ENOSPC", "EDQUOT"]),
            ("pwrite64", &["EIO", "ENOSPC", "EDQUOT"]),
            ("close", &["EIO"]),
            ("statx", &["EIO"]),
            ("mmap", &["EIO"]),
        ] {
            for error in errors {
                assert!(is(call, error), "{call} {error}");
            }
        }
        for (call, error) in [
            ("msync", "ENOANO"),
            ("statx", "ENOSPC"),
            ("read", "EDQUOT"),
            ("getpid", "EIO"),
            ("nanosleep", "EIO"),
            ("socket", "ENOSPC"),
        ] {
            assert!(!is(call, error), "{call} {error}");
        }
    }

    #[test]
    fn every_row_names_errors_and_classes_that_there_are_and_its_source() {
        for row in ROWS {
            assert!(row.errors.iter().all(|error| Errno::from_name(error).is_some()), "{row:?}");
            assert!(row.source.contains('/'), "{row:?}");
            if let Calls::Of(class) = row.calls {
                assert!(class::of(class).is_some(), "{row:?}");
            }
        }
    }
}
