//! Where a call names files, from its signature and its argument values.
use super::variant::{self, Varies};
use super::{Kind, ResultKind, Signature};
use std::collections::BTreeSet;
use std::ops::Deref;

/// Where a call names a file: what `path=` looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Argument `argument` is a descriptor.
    Descriptor {
        /// Index of the argument.
        argument: usize,
    },
    /// Argument `path` points to a path, relative to the descriptor in argument `directory`, else to the cwd. Where the
    /// call has AT_EMPTY_PATH an empty path means the descriptor itself.
    Path {
        /// Index of the directory descriptor.
        directory: Option<usize>,
        /// Index of the path.
        path: usize,
    },
    /// The range from argument `address`, as long as argument `length` says.
    Range {
        /// Index of the address.
        address: usize,
        /// Index of the length.
        length: usize,
    },
    /// Argument `array` points to structs pollfd, as many as argument `count` says: each has a descriptor.
    Polled {
        /// Index of the array.
        array: usize,
        /// Index of the number of structs.
        count: usize,
    },
    /// Argument `set` points to a set of descriptors that are below what argument `count` says.
    Set {
        /// Index of the set.
        set: usize,
        /// Index of the number above all descriptors.
        count: usize,
    },
    /// `count` iovecs at argument `vector` are ranges in the process that the pidfd in argument `pidfd` means.
    RemoteRanges {
        /// Index of the pidfd.
        pidfd: usize,
        /// Index of the vector.
        vector: usize,
        /// Index of the count.
        count: usize,
    },
}

/// No call has more; a test proves it. They are the sets of select(2).
const MOST: usize = 3;

/// The roles of one call, in the order of its arguments. Kept in place: this is asked at every stop.
#[derive(Clone, Copy, Debug)]
pub struct Roles {
    slots: [Role; MOST],
    count: usize,
}

impl Roles {
    fn push(&mut self, role: Role) {
        self.slots[self.count] = role;
        self.count += 1;
    }
}

impl Default for Roles {
    fn default() -> Roles {
        Roles { slots: [Role::Descriptor { argument: 0 }; MOST], count: 0 }
    }
}

impl Deref for Roles {
    type Target = [Role];

    fn deref(&self) -> &[Role] {
        &self.slots[..self.count]
    }
}

impl IntoIterator for Roles {
    type Item = Role;
    type IntoIter = std::iter::Take<std::array::IntoIter<Role, MOST>>;

    fn into_iter(self) -> Self::IntoIter {
        self.slots.into_iter().take(self.count)
    }
}

impl<'a> IntoIterator for &'a Roles {
    type Item = &'a Role;
    type IntoIter = std::slice::Iter<'a, Role>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

// include/uapi/linux/mman.h, include/uapi/asm-generic/mman-common.h
const MAP_FIXED: u64 = 0x10;
const MAP_ANONYMOUS: u64 = 0x20;
const MAP_FIXED_NOREPLACE: u64 = 0x10_0000;
const MREMAP_FIXED: u64 = 2;
// enum fsconfig_command of include/uapi/linux/mount.h
const FSCONFIG_SET_PATH: u32 = 3;
const FSCONFIG_SET_PATH_EMPTY: u32 = 4;

/// Returns the roles of a call of `signature` with these arguments.
pub(super) fn of_call(signature: &Signature, arguments: &[u64; 6]) -> Roles {
    let mut roles = Roles::default();
    match signature.varies {
        // The mmap of i386 has its arguments in memory.
        Varies::Mmap if signature.arguments.len() == 6 => {
            if arguments[3] & (MAP_FIXED | MAP_FIXED_NOREPLACE) != 0 {
                roles.push(Role::Range { address: 0, length: 1 });
            }
            if arguments[3] & MAP_ANONYMOUS == 0 {
                roles.push(Role::Descriptor { argument: 4 });
            }
        }
        Varies::Mremap => {
            roles.push(Role::Range { address: 0, length: 1 });
            if arguments[3] & MREMAP_FIXED != 0 {
                roles.push(Role::Range { address: 4, length: 2 });
            }
        }
        Varies::ProcessMadvise => {
            roles.push(Role::Descriptor { argument: 0 });
            roles.push(Role::RemoteRanges { pidfd: 0, vector: 1, count: 2 });
        }
        // The directory's descriptor comes after the path.
        Varies::Fsconfig if matches!(arguments[1] as u32, FSCONFIG_SET_PATH | FSCONFIG_SET_PATH_EMPTY) => {
            roles.push(Role::Descriptor { argument: 0 });
            roles.push(Role::Path { directory: Some(4), path: 3 });
        }
        _ if signature.result == ResultKind::Polled => roles.push(Role::Polled { array: 0, count: 1 }),
        _ => by_kinds(signature.kinds(arguments), arguments, &mut roles),
    }
    roles
}

fn by_kinds(kinds: &[Kind], arguments: &[u64; 6], roles: &mut Roles) {
    let mut directory = None;
    for (index, kind) in kinds.iter().enumerate() {
        match *kind {
            Kind::DirFd => {
                directory = Some(index);
                continue;
            }
            // utimensat, futimesat and statx (since Linux 6.11) take a NULL path to mean the descriptor; to other
            // calls it is EFAULT whatever the descriptor is, and then nothing is lost by naming it.
            Kind::Path if arguments[index] == 0 => {
                if let Some(argument) = directory.filter(|&index| arguments[index] as i32 != libc::AT_FDCWD) {
                    roles.push(Role::Descriptor { argument });
                }
            }
            Kind::Path => roles.push(Role::Path { directory, path: index }),
            Kind::Fd => roles.push(Role::Descriptor { argument: index }),
            Kind::Range { length } => roles.push(Role::Range { address: index, length: usize::from(length) }),
            Kind::FdSet { .. } if arguments[index] == 0 => {}
            Kind::FdSet { count } => roles.push(Role::Set { set: index, count: usize::from(count) }),
            _ => {}
        }
        directory = None;
    }
}

/// Returns which arguments of a call of `signature` are descriptors with some values of the others.
pub(super) fn descriptors(signature: &Signature) -> BTreeSet<usize> {
    let kinds = variant::all_of(signature.varies).chain([signature.arguments]);
    let descriptors = kinds.flat_map(|kinds| {
        kinds.iter().enumerate().filter(|(_, kind)| matches!(kind, Kind::Fd | Kind::DirFd))
    });
    descriptors.map(|(index, _)| index).collect()
}

/// Tells whether a call of `signature` has a role with any arguments.
pub(super) fn touches_files(signature: &Signature) -> bool {
    let names_one = |kind: &Kind| {
        matches!(kind, Kind::Fd | Kind::DirFd | Kind::Path | Kind::Range { .. } | Kind::FdSet { .. })
    };
    signature.arguments.iter().any(names_one) || signature.result == ResultKind::Polled
}

#[cfg(test)]
mod tests {
    use super::super::{all, roles, touches_files};
    use super::*;

    fn descriptor(argument: usize) -> Role {
        Role::Descriptor { argument }
    }

    fn path(directory: usize, path: usize) -> Role {
        Role::Path { directory: Some(directory), path }
    }

    fn cwd_path(path: usize) -> Role {
        Role::Path { directory: None, path }
    }

    fn range(address: usize, length: usize) -> Role {
        Role::Range { address, length }
    }

    #[track_caller]
    fn check(name: &str, arguments: [u64; 6], expected: &[Role]) {
        assert_eq!(*roles(name, &arguments), *expected, "{name} {arguments:x?}");
        assert_eq!(roles(name, &arguments).into_iter().collect::<Vec<_>>(), expected);
    }

    /// Arguments that are neither NULL nor a flag with a meaning.
    const PLAIN: [u64; 6] = [0x7000; 6];

    #[test]
    fn an_argument_that_a_call_names_a_file_by_is_known_to_be_a_descriptor_beforehand() {
        // Commands of fcntl, epoll_ctl, futex and prctl, and FICLONE.
        let commands = (0..64).chain(1024..1040).chain([0x4004_9409]);
        for arguments in commands.flat_map(|command| [PLAIN, [command; 6], [3, command, 0, 0, 0, 0]]) {
            for row in all() {
                let known = descriptors(row);
                for role in row.roles(&arguments) {
                    let (Role::Descriptor { argument } | Role::Path { directory: Some(argument), .. }) = role
                    else {
                        continue;
                    };
                    assert!(known.contains(&argument), "{} {arguments:x?}: {known:?}", row.name);
                }
            }
        }
        let of =
            |name: &str| descriptors(super::super::of(name).expect(name)).into_iter().collect::<Vec<_>>();
        assert_eq!(
            [of("dup2"), of("getppid"), of("mmap"), of("fcntl")],
            [vec![0, 1], vec![], vec![4], vec![0, 2]]
        );
        assert_eq!([of("linkat"), of("splice"), of("ioctl")], [vec![0, 2], vec![0, 2], vec![0, 2]]);
    }

    #[test]
    fn mmap_names_its_descriptor_unless_anonymous_and_its_range_only_if_fixed() {
        let mmap = |flags| [0x7000_0000, 0x1000, 3, flags, 5, 0];
        check("mmap", mmap(0x01), &[descriptor(4)]);
        check("mmap", mmap(0x02), &[descriptor(4)]);
        check("mmap", mmap(0x22), &[]);
        check("mmap", mmap(0x11), &[range(0, 1), descriptor(4)]);
        check("mmap", mmap(0x32), &[range(0, 1)]);
        check("mmap", mmap(0x10_0001), &[range(0, 1), descriptor(4)]);
        check("mmap", mmap(0x10_0022), &[range(0, 1)]);
    }

    #[test]
    fn mremap_names_the_new_range_only_if_fixed() {
        let mremap = |flags| [0x7000_0000, 0x1000, 0x2000, flags, 0x7100_0000, 0];
        check("mremap", mremap(0), &[range(0, 1)]);
        check("mremap", mremap(1), &[range(0, 1)]);
        check("mremap", mremap(3), &[range(0, 1), range(4, 2)]);
        check("mremap", mremap(5), &[range(0, 1)]);
    }

    #[test]
    fn calls_on_address_ranges_name_the_range() {
        for name in [
            "msync",
            "munmap",
            "madvise",
            "mprotect",
            "pkey_mprotect",
            "mlock",
            "mlock2",
            "munlock",
            "mincore",
            "mbind",
            "remap_file_pages",
            "mseal",
            "set_mempolicy_home_node",
        ] {
            check(name, PLAIN, &[range(0, 1)]);
        }
    }

    #[test]
    fn process_madvise_names_ranges_of_the_other_process() {
        check(
            "process_madvise",
            PLAIN,
            &[descriptor(0), Role::RemoteRanges { pidfd: 0, vector: 1, count: 2 }],
        );
    }

    #[test]
    fn a_path_is_relative_to_the_descriptor_before_it_or_to_the_cwd() {
        check("open", PLAIN, &[cwd_path(0)]);
        check("openat", PLAIN, &[path(0, 1)]);
        check("newfstatat", PLAIN, &[path(0, 1)]);
        check("execveat", PLAIN, &[path(0, 1)]);
        check("statx", PLAIN, &[path(0, 1)]);
        check("setxattrat", PLAIN, &[path(0, 1)]);
        for name in
            ["execve", "umount2", "chroot", "swapon", "swapoff", "acct", "truncate", "statfs", "getxattr"]
        {
            check(name, PLAIN, &[cwd_path(0)]);
        }
        check("quotactl", PLAIN, &[cwd_path(1)]);
    }

    #[test]
    fn at_empty_path_leaves_the_path_to_the_caller() {
        check("newfstatat", [3, 0x7000, 0x7100, 0x1000, 0, 0], &[path(0, 1)]);
    }

    #[test]
    fn a_null_path_beside_a_descriptor_means_the_descriptor() {
        check("utimensat", [3, 0, 0, 0, 0, 0], &[descriptor(0)]);
        check("futimesat", [3, 0, 0, 0, 0, 0], &[descriptor(0)]);
        check("statx", [3, 0, 0x1000, 0xfff, 0x7000, 0], &[descriptor(0)]);
        check("utimensat", [0xffff_ff9c, 0, 0, 0, 0, 0], &[]);
        check("acct", [0; 6], &[]);
        check("utimes", [0; 6], &[]);
    }

    #[test]
    fn calls_with_two_paths_name_both() {
        check("rename", PLAIN, &[cwd_path(0), cwd_path(1)]);
        check("link", PLAIN, &[cwd_path(0), cwd_path(1)]);
        check("mount", PLAIN, &[cwd_path(0), cwd_path(1)]);
        check("pivot_root", PLAIN, &[cwd_path(0), cwd_path(1)]);
        for name in ["renameat", "renameat2", "linkat", "move_mount"] {
            check(name, PLAIN, &[path(0, 1), path(2, 3)]);
        }
    }

    #[test]
    fn a_symlink_names_the_link_and_not_its_target() {
        check("symlink", PLAIN, &[cwd_path(1)]);
        check("symlinkat", PLAIN, &[path(1, 2)]);
    }

    #[test]
    fn calls_with_two_descriptors_name_both() {
        check("sendfile", PLAIN, &[descriptor(0), descriptor(1)]);
        check("splice", PLAIN, &[descriptor(0), descriptor(2)]);
        check("tee", PLAIN, &[descriptor(0), descriptor(1)]);
        check("copy_file_range", PLAIN, &[descriptor(0), descriptor(2)]);
        check("dup2", PLAIN, &[descriptor(0), descriptor(1)]);
        check("dup3", PLAIN, &[descriptor(0), descriptor(1)]);
        check("epoll_ctl", PLAIN, &[descriptor(0), descriptor(2)]);
        check("kexec_file_load", PLAIN, &[descriptor(0), descriptor(1)]);
    }

    #[test]
    fn some_requests_have_a_descriptor_as_their_argument() {
        check("ioctl", [3, 0x4004_9409, 4, 0, 0, 0], &[descriptor(0), descriptor(2)]);
        check("ioctl", [3, 0xffff_ffff_4004_9409, 4, 0, 0, 0], &[descriptor(0), descriptor(2)]);
        check("ioctl", [3, 0x5413, 4, 0, 0, 0], &[descriptor(0)]);
        check("fcntl", [3, 1027, 4, 0, 0, 0], &[descriptor(0), descriptor(2)]);
        check("fcntl", [3, 0, 4, 0, 0, 0], &[descriptor(0)]);
    }

    #[test]
    fn watches_name_the_watch_and_the_path() {
        check("inotify_add_watch", PLAIN, &[descriptor(0), cwd_path(1)]);
        check("fanotify_mark", PLAIN, &[descriptor(0), path(3, 4)]);
    }

    #[test]
    fn socket_calls_name_the_socket() {
        for name in [
            "bind", "connect", "listen", "accept", "accept4", "sendto", "recvfrom", "sendmsg", "recvmsg",
            "sendmmsg", "recvmmsg", "shutdown",
        ] {
            check(name, PLAIN, &[descriptor(0)]);
        }
        check("socket", PLAIN, &[]);
    }

    #[test]
    fn calls_that_wait_for_descriptors_name_those_in_memory() {
        for name in ["poll", "ppoll", "ppoll_time64"] {
            check(name, PLAIN, &[Role::Polled { array: 0, count: 1 }]);
        }
        let set = |set| Role::Set { set, count: 0 };
        for name in ["select", "_newselect", "pselect6", "pselect6_time64"] {
            check(name, PLAIN, &[set(1), set(2), set(3)]);
            check(name, [4, 0, 0x7000, 0, 0, 0], &[set(2)]);
        }
    }

    #[test]
    fn fsconfig_names_a_file_by_some_commands() {
        check("fsconfig", [3, 5, 0x7000, 0, 4, 0], &[descriptor(0), descriptor(4)]);
        for command in [3, 4, 0xface_0000_0000_0003] {
            check("fsconfig", [3, command, 0x7000, 0x7100, 4, 0], &[descriptor(0), path(4, 3)]);
        }
        check("fsconfig", [3, 1, 0x7000, 0x7100, 4, 0], &[descriptor(0)]);
    }

    #[test]
    fn calls_whose_descriptors_are_hidden_or_none_of_the_files_name_none() {
        for name in ["io_submit", "close_range", "kcmp", "getpid", "no_such_call"] {
            check(name, PLAIN, &[]);
        }
    }

    #[test]
    fn no_call_has_more_roles_than_there_is_room_for() {
        for row in all() {
            for arguments in [PLAIN, [0; 6], [u64::MAX; 6], [2, 2, 2, 2, 2, 2], [0x11; 6]] {
                let _ = row.roles(&arguments);
            }
        }
    }

    #[test]
    fn a_call_with_a_role_touches_files() {
        for row in all() {
            if !row.roles(&PLAIN).is_empty() {
                assert!(touches_files(row.name), "{}", row.name);
            }
        }
        for name in
            ["mmap", "mremap", "msync", "read", "openat", "process_madvise", "pidfd_getfd", "poll", "select"]
        {
            assert!(touches_files(name), "{name}");
        }
        for name in ["getpid", "socket", "brk", "futex", "clone", "nanosleep", "sync", "no_such_call"] {
            assert!(!touches_files(name), "{name}");
        }
    }
}
