//! Which flags and constants are a long: all others are an int, of which the kernel reads the low half of the register.

/// Which arguments of a call are a long although they are flags, one of some names, or shown in hexadecimal: a bit for each.
/// Found by name when havoc is compiled: this is asked at stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Wide(u8);

impl Wide {
    /// Returns those of `name`. The prototypes are those of include/linux/syscalls.h, which also
    /// events/syscalls/sys_enter_NAME/format of tracefs shows.
    pub(super) const fn of(name: &str) -> Wide {
        match name.as_bytes() {
            b"lookup_dcookie" | b"pkey_alloc" | b"ptrace" | b"unshare" => Wide(1 << 0),
            b"futex_wake" => Wide(1 << 1),
            b"fanotify_mark" | b"mprotect" | b"mseal" | b"pkey_mprotect" => Wide(1 << 2),
            b"futex_wait" => Wide(1 << 1 | 1 << 2),
            b"ioperm" => Wide(1 << 0 | 1 << 1),
            b"kexec_load" | b"mount" | b"mremap" | b"set_mempolicy_home_node" => Wide(1 << 3),
            b"kcmp" => Wide(1 << 3 | 1 << 4),
            b"mmap" => Wide(1 << 2 | 1 << 3 | 1 << 5),
            b"remap_file_pages" => Wide(1 << 2 | 1 << 4),
            b"mbind" => Wide(1 << 2),
            b"get_mempolicy" | b"kexec_file_load" | b"perf_event_open" => Wide(1 << 4),
            b"process_vm_readv" | b"process_vm_writev" => Wide(1 << 5),
            _ => Wide(0),
        }
    }

    /// Tells whether argument `index` (from 0) is one of them.
    pub(super) const fn has(self, index: usize) -> bool {
        index < 6 && self.0 & 1 << index != 0
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Kind, all};
    use super::*;

    /// Rows of i386 are left out: there a long has 32 bits.
    #[test]
    fn only_flags_and_constants_are_told_to_be_wide() {
        for row in all().skip(super::super::table::I386.len()) {
            for index in (0..8).filter(|&index| row.wide.has(index)) {
                let kind = row.arguments.get(index);
                let is_of_either_width =
                    matches!(kind, Some(Kind::Flags(_) | Kind::OneOf(_) | Kind::Masked { .. } | Kind::Hex));
                assert!(is_of_either_width, "{} {index}: {kind:?}", row.name);
            }
        }
        assert!(!Wide(0xff).has(8) && Wide(0xff).has(5));
    }
}
