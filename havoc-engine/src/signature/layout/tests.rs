//! What must hold of every table, and what the C library of this machine says of its structs.
use super::*;
use crate::signature::object::{Count, Item, Layout, Object};
use crate::signature::{self, Kind};
use havoc_arch::{Abi, Arch as _, Native};
use std::mem::{offset_of, size_of};

/// Every struct that a call's arguments lead to, with the call's name.
fn layouts() -> Vec<(&'static str, &'static Layout)> {
    let mut found = Vec::new();
    for row in signature::all() {
        // Commands decide for some what the later arguments are.
        for command in 0..64 {
            for kind in row.kinds(&[command, command, 0, 0, 0, 0]) {
                let (Kind::In(object) | Kind::Out(object) | Kind::InOut(object)) = kind else { continue };
                of_object(row.name, object, &mut found);
            }
        }
    }
    for object in [&MSGHDR, &CLONE_ARGS, &WAIT_STATUS, &TIMESPEC64, &TIMESPEC64_OUT] {
        of_object("", object, &mut found);
    }
    found.push(("cmsghdr", &CMSGHDR));
    found
}

fn of_object(name: &'static str, object: &'static Object, found: &mut Vec<(&'static str, &'static Layout)>) {
    if let Item::Struct(layout) = object.item {
        of_layout(name, layout, found);
    }
}

fn of_layout(name: &'static str, layout: &'static Layout, found: &mut Vec<(&'static str, &'static Layout)>) {
    found.push((name, layout));
    for field in layout.fields {
        match field.kind {
            Kind::Struct(layout) => of_layout(name, layout, found),
            Kind::List(object) => of_object(name, object, found),
            _ => {}
        }
    }
}

#[test]
fn every_field_lies_in_its_struct_and_asks_for_fields_that_exist() {
    let layouts = layouts();
    assert!(layouts.len() > 50, "{}", layouts.len());
    for (name, layout) in layouts {
        for abi in Abi::ALL {
            for field in layout.fields {
                let (offset, width) = field.place.of(abi);
                assert!(width > 0 && offset + width <= layout.size(abi), "{name}: {} on {abi:?}", field.name);
                for condition in field.conditions {
                    let (offset, width) = condition.place.of(abi);
                    assert!(offset + width <= layout.size(abi), "{name}: {} on {abi:?}", field.name);
                }
                let inner = match field.kind {
                    Kind::Struct(layout) => layout.size(abi),
                    _ => width,
                };
                assert!(offset + inner <= layout.size(abi), "{name}: {} on {abi:?}", field.name);
            }
        }
        for field in layout.fields {
            let other = match field.kind {
                Kind::SocketAddress { length } | Kind::Control { length } => length,
                Kind::VectorIn { count } => count,
                Kind::SignalCode { signal } => signal,
                Kind::ControlType { level } => level,
                _ => continue,
            };
            assert!(usize::from(other) < layout.fields.len(), "{name}: {}", field.name);
        }
        assert!(layout.filled.is_none_or(|index| usize::from(index) < layout.fields.len()), "{name}");
    }
}

/// Asks that the table places these fields where the C library of this machine does.
#[track_caller]
fn check(object: &Object, size: usize, fields: &[(&str, usize, usize)]) {
    let Item::Struct(layout) = object.item else { panic!("no struct") };
    assert_eq!(layout.size(Native::ABI), size);
    for &(name, offset, width) in fields {
        let field = layout.fields.iter().find(|field| field.name == name).unwrap();
        assert_eq!(field.place.of(Native::ABI), (offset, width), "{name}");
    }
}

macro_rules! places {
    ($type:ty, $($field:ident),+) => {{
        fn width<T>(_: impl Fn(&$type) -> &T) -> usize {
            size_of::<T>()
        }
        [$((stringify!($field), offset_of!($type, $field), width(|it: &$type| &it.$field))),+]
    }};
}

#[test]
fn on_this_machine_the_places_are_those_of_the_c_library() {
    check(
        &STAT,
        size_of::<libc::stat>(),
        &places!(libc::stat, st_dev, st_ino, st_mode, st_nlink, st_uid, st_gid, st_rdev, st_size, st_blksize),
    );
    check(&STAT, size_of::<libc::stat>(), &places!(libc::stat, st_blocks, st_atime, st_mtime_nsec, st_ctime));
    check(
        &STATX,
        size_of::<libc::statx>(),
        &places!(
            libc::statx,
            stx_mask,
            stx_attributes,
            stx_mode,
            stx_ino,
            stx_size,
            stx_mtime,
            stx_dev_minor
        ),
    );
    check(
        &STATFS,
        size_of::<libc::statfs>(),
        &places!(libc::statfs, f_type, f_bsize, f_blocks, f_ffree, f_fsid, f_namelen, f_frsize),
    );
    check(&FLOCK_HELD, size_of::<libc::flock>(), &places!(libc::flock, l_type, l_start, l_len, l_pid));
    check(
        &EPOLL_EVENT,
        size_of::<libc::epoll_event>(),
        &[
            ("events", offset_of!(libc::epoll_event, events), 4),
            ("data", offset_of!(libc::epoll_event, u64), 8),
        ],
    );
    check(&POLL, size_of::<libc::pollfd>(), &places!(libc::pollfd, fd, events));
    check(
        &SYSINFO,
        size_of::<libc::sysinfo>(),
        &places!(libc::sysinfo, uptime, loads, totalram, freeswap, procs, totalhigh, mem_unit)
            .map(|(name, offset, width)| (name, offset, if name == "loads" { width / 3 } else { width })),
    );
    check(
        &MSGHDR,
        size_of::<libc::msghdr>(),
        &places!(
            libc::msghdr,
            msg_name,
            msg_namelen,
            msg_iov,
            msg_iovlen,
            msg_control,
            msg_controllen,
            msg_flags
        ),
    );
    check(&STACK, size_of::<libc::stack_t>(), &places!(libc::stack_t, ss_sp, ss_flags, ss_size));
    check(&ITIMERSPEC, size_of::<libc::itimerspec>(), &[]);
    check(
        &CLONE_ARGS,
        size_of::<libc::clone_args>(),
        &places!(libc::clone_args, flags, pidfd, exit_signal, stack, tls, set_tid, cgroup),
    );
}

#[test]
fn an_argument_that_says_how_much_stands_behind_a_pointer_is_a_number_or_points_to_one() {
    for row in signature::all() {
        let number = |index: u8| {
            matches!(row.arguments.get(usize::from(index)), Some(Kind::Size | Kind::Uint | Kind::Int))
        };
        let length = |index: u8| row.arguments.get(usize::from(index)) == Some(&Kind::InOut(&LENGTH));
        for kind in row.arguments {
            let fits = match *kind {
                Kind::SocketAddressOut { length: index } | Kind::OptionValueOut { length: index } => {
                    length(index)
                }
                Kind::FdSet { count } | Kind::VectorElsewhere { count } => number(count),
                Kind::In(object) | Kind::Out(object) => match object.count {
                    Count::Argument(index) | Count::Result { most: index } => number(index),
                    Count::Sized { size, .. } => number(size),
                    Count::One | Count::Exactly(_) => true,
                },
                _ => true,
            };
            assert!(fits, "{}: {kind:?}", row.name);
        }
    }
}
