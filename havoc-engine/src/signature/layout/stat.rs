//! What is known of a file and of a file system.
use super::{VARYING, VARYING_SIGNED};
use crate::signature::Kind::{self, *};
use crate::signature::names::{file as names, structure};
use crate::signature::object::{Condition, Field, Item, Layout, Object, Place, at, by_word, each};
use crate::signature::object::{Count, field, is, is_not, layout, one, word};

const IS_DEVICE: &[u64] = &[0o020_000, 0o060_000];
const VARYING_DEVICE: Kind = Varying(&Device);

/// struct stat, arch/x86/include/uapi/asm/stat.h; of aarch64: uapi/asm-generic/stat.h; of i386 struct stat64.
pub const STAT: Object = one(&Layout {
    size: [144, 128, 96],
    filled: None,
    fields: &[
        field("st_dev", at(0, 8), VARYING_DEVICE).verbose(),
        field("st_ino", each((8, 8), (8, 8), (88, 8)), VARYING).verbose(),
        field("st_mode", STAT_MODE, FileType),
        field("st_nlink", each((16, 8), (20, 4), (20, 4)), Size).verbose(),
        field("st_uid", each((28, 4), (24, 4), (24, 4)), Size).verbose(),
        field("st_gid", each((32, 4), (28, 4), (28, 4)), Size).verbose(),
        field("st_blksize", each((56, 8), (56, 4), (52, 4)), Size).verbose(),
        field("st_blocks", by_word(64, 56, 8), VARYING).verbose(),
        field("st_rdev", each((40, 8), (32, 8), (32, 8)), Device)
            .when(&[is(STAT_MODE, 0o170_000, IS_DEVICE)]),
        field("st_size", by_word(48, 44, 8), Size).when(&[is_not(STAT_MODE, 0o170_000, IS_DEVICE)]),
        field("st_atime", word(72, 64), VARYING_SIGNED).verbose(),
        field("st_atime_nsec", word(80, 68), VARYING).verbose(),
        field("st_mtime", word(88, 72), VARYING_SIGNED).verbose(),
        field("st_mtime_nsec", word(96, 76), VARYING).verbose(),
        field("st_ctime", word(104, 80), VARYING_SIGNED).verbose(),
        field("st_ctime_nsec", word(112, 84), VARYING).verbose(),
    ],
});
const STAT_MODE: Place = each((24, 4), (16, 4), (16, 4));

/// struct compat_stat, what stat(2) without a 64 in its name writes on i386. arch/x86/include/asm/compat.h.
pub const COMPAT_STAT: Object = one(&layout(
    64,
    64,
    &[
        field("st_dev", at(0, 4), VARYING_DEVICE).verbose(),
        field("st_ino", at(4, 4), VARYING).verbose(),
        field("st_mode", COMPAT_MODE, FileType),
        field("st_nlink", at(10, 2), Size).verbose(),
        field("st_uid", at(12, 2), Size).verbose(),
        field("st_gid", at(14, 2), Size).verbose(),
        field("st_blksize", at(24, 4), Size).verbose(),
        field("st_blocks", at(28, 4), VARYING).verbose(),
        field("st_rdev", at(16, 4), Device).when(&[is(COMPAT_MODE, 0o170_000, IS_DEVICE)]),
        field("st_size", at(20, 4), Size).when(&[is_not(COMPAT_MODE, 0o170_000, IS_DEVICE)]),
        field("st_atime", at(32, 4), VARYING_SIGNED).verbose(),
        field("st_atime_nsec", at(36, 4), VARYING).verbose(),
        field("st_mtime", at(40, 4), VARYING_SIGNED).verbose(),
        field("st_mtime_nsec", at(44, 4), VARYING).verbose(),
        field("st_ctime", at(48, 4), VARYING_SIGNED).verbose(),
        field("st_ctime_nsec", at(52, 4), VARYING).verbose(),
    ],
));
const COMPAT_MODE: Place = at(8, 2);

/// struct statx, uapi/linux/stat.h.
pub const STATX: Object = one(&layout(
    256,
    256,
    &[
        field("stx_mask", at(0, 4), Flags(names::STATX_MASK)),
        field("stx_blksize", at(4, 4), Size).verbose(),
        field("stx_attributes", at(8, 8), Flags(structure::STATX_ATTRIBUTES)),
        field("stx_nlink", at(16, 4), Size).verbose().when(&[has(4)]),
        field("stx_uid", at(20, 4), Id).verbose().when(&[has(8)]),
        field("stx_gid", at(24, 4), Id).verbose().when(&[has(0x10)]),
        field("stx_mode", at(28, 2), FileType).when(&[has(3)]),
        field("stx_ino", at(32, 8), VARYING).verbose().when(&[has(0x100)]),
        field("stx_size", at(40, 8), Size).when(&[has(0x200)]),
        field("stx_blocks", at(48, 8), VARYING).verbose().when(&[has(0x400)]),
        field("stx_attributes_mask", at(56, 8), Flags(structure::STATX_ATTRIBUTES)).verbose(),
        timestamp("stx_atime", 64, &[has(0x20)]),
        timestamp("stx_btime", 80, &[has(0x800)]),
        timestamp("stx_ctime", 96, &[has(0x80)]),
        timestamp("stx_mtime", 112, &[has(0x40)]),
        field("stx_rdev_major", at(128, 4), Size).verbose(),
        field("stx_rdev_minor", at(132, 4), Size).verbose(),
        field("stx_dev_major", at(136, 4), VARYING).verbose(),
        field("stx_dev_minor", at(140, 4), VARYING).verbose(),
        field("stx_mnt_id", at(144, 8), Varying(&Hex)).verbose().when(&[has(0x1000)]),
        field("stx_dio_mem_align", at(152, 4), Size).verbose().when(&[has(0x2000)]),
        field("stx_dio_offset_align", at(156, 4), Size).verbose().when(&[has(0x2000)]),
        field("stx_subvol", at(160, 8), Hex).verbose().when(&[has(0x8000)]),
    ],
));

/// The mask says that these were found out.
const fn has(bits: u64) -> Condition {
    is_not(at(0, 4), bits, &[0])
}

const fn timestamp(name: &'static str, offset: u16, conditions: &'static [Condition]) -> Field {
    field(name, at(offset, 16), Struct(&STATX_TIMESTAMP)).verbose().when(conditions)
}

/// struct statx_timestamp.
const STATX_TIMESTAMP: Layout =
    layout(16, 16, &[field("tv_sec", at(0, 8), VARYING_SIGNED), field("tv_nsec", at(8, 4), VARYING)]);

/// struct statfs, uapi/asm-generic/statfs.h; of i386 struct compat_statfs, arch/x86/include/asm/compat.h.
pub const STATFS: Object = one(&layout(
    120,
    64,
    &[
        field("f_type", word(0, 0), OneOf(structure::FILE_SYSTEM)),
        field("f_bsize", word(8, 4), Size),
        field("f_blocks", word(16, 8), VARYING),
        field("f_bfree", word(24, 12), VARYING),
        field("f_bavail", word(32, 16), VARYING),
        field("f_files", word(40, 20), VARYING),
        field("f_ffree", word(48, 24), VARYING),
        field("f_fsid", by_word(56, 28, 8), Struct(&FSID)),
        field("f_namelen", word(64, 36), Size),
        field("f_frsize", word(72, 40), Size),
        field("f_flags", word(80, 44), Flags(structure::STATFS)).when(&[is_not(word(80, 44), 0x20, &[0])]),
    ],
));

/// struct statfs64 as fstatfs64(2) of 32-bit tasks writes it: struct compat_statfs64, which is packed.
pub const STATFS64: Object = one(&layout(
    84,
    84,
    &[
        field("f_type", at(0, 4), OneOf(structure::FILE_SYSTEM)),
        field("f_bsize", at(4, 4), Size),
        field("f_blocks", at(8, 8), VARYING),
        field("f_bfree", at(16, 8), VARYING),
        field("f_bavail", at(24, 8), VARYING),
        field("f_files", at(32, 8), VARYING),
        field("f_ffree", at(40, 8), VARYING),
        field("f_fsid", at(48, 8), Struct(&FSID)),
        field("f_namelen", at(56, 4), Size),
        field("f_frsize", at(60, 4), Size),
        field("f_flags", at(64, 4), Flags(structure::STATFS)).when(&[is_not(at(64, 4), 0x20, &[0])]),
    ],
));

/// __kernel_fsid_t.
const FSID: Layout =
    layout(8, 8, &[field("val", at(0, 8), List(&Object { item: FSID_HALF, count: Count::Exactly(2) }))]);
const FSID_HALF: Item = Item::Value(at(0, 4), Varying(&Hex));
