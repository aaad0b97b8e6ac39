//! The tables of classes, held against the tables of calls and against what they are said to be.
mod purpose;
mod strace;

use super::*;
use crate::signature::{self, Kind, ResultKind, layout};
use havoc_arch::{Abi, names};
use std::collections::HashSet;

/// The names of every call that is judged on one machine or another.
fn judged() -> HashSet<&'static str> {
    Abi::ALL.into_iter().filter(|abi| abi.is_judged()).flat_map(names::all).map(|(_, name)| name).collect()
}

/// The calls of 32-bit x86 programs that 64-bit ones do not have.
fn only_of_i386() -> Vec<&'static str> {
    let calls = names::all(Abi::I386).map(|(_, name)| name);
    calls.filter(|name| names::number_of(Abi::X86_64, name).is_none()).collect()
}

/// Compares the members that a class has among `calls` with a list of names.
#[track_caller]
fn check(class: &str, calls: &[&str], expected: &str) {
    let class = of(class).expect(class);
    let expected: HashSet<&str> = expected.split_whitespace().collect();
    let members: HashSet<&str> = calls.iter().copied().filter(|call| class.contains(call)).collect();
    let mut missing: Vec<_> = expected.difference(&members).collect();
    let mut unexpected: Vec<_> = members.difference(&expected).collect();
    missing.sort_unstable();
    unexpected.sort_unstable();
    assert!(
        missing.is_empty() && unexpected.is_empty(),
        "%{}: {missing:?} should be in it, {unexpected:?} should not",
        class.name
    );
}

#[test]
fn every_call_of_every_judged_abi_has_a_row() {
    let known: HashSet<&str> = table::ROWS.iter().map(|row| row.name).collect();
    let mut missing: Vec<_> = judged().difference(&known).copied().collect();
    missing.sort_unstable();
    assert!(missing.is_empty(), "give these their classes or NONE, class/table/: {missing:?}");
}

#[test]
fn every_row_is_a_call_and_stands_there_once() {
    let judged = judged();
    let mut seen = HashSet::new();
    for row in table::ROWS.iter() {
        assert!(judged.contains(row.name), "{} is no call", row.name);
        assert!(seen.insert(row.name), "{} has two rows", row.name);
    }
}

#[test]
fn each_column_holds_classes_of_its_own_kind() {
    let of_origin =
        |origin| all().filter(|class| class.origin == origin).fold(0, |bits, class| bits | class.bit);
    for row in table::ROWS.iter() {
        assert_eq!(row.strace & !of_origin(Origin::Strace), 0, "{}", row.name);
        assert_eq!(row.purposes & !of_origin(Origin::Purpose), 0, "{}", row.name);
    }
}

#[test]
fn no_two_classes_are_the_same_but_net_and_network() {
    let mut names = HashSet::new();
    let mut bits = HashSet::new();
    for class in all() {
        assert!(names.insert(class.name), "%{}", class.name);
        assert!(bits.insert(class.bit) || class.name == "net", "%{}", class.name);
        assert_eq!(class.bit.count_ones(), 1);
        assert_eq!(of(class.name), Some(class));
        assert!(table::ROWS.iter().any(|row| class.contains(row.name)), "%{} is empty", class.name);
    }
    assert_eq!(of("file").map(|class| class.name), Some("file"));
    for name in ["", "%", "%file", "%%stat", "File", "persists", "all"] {
        assert_eq!(of(name), None, "{name}");
    }
}

#[test]
fn a_call_tells_its_classes_and_they_hold_it() {
    for row in table::ROWS.iter() {
        for class in all() {
            assert_eq!(of_call(row.name).any(|other| other == class), class.contains(row.name));
        }
    }
    let of_openat: Vec<&str> = of_call("openat").map(|class| class.name).collect();
    assert_eq!(of_openat, ["open", "fd-budget", "file", "desc"]);
    assert_eq!(of_call("getpid").map(|class| class.name).collect::<Vec<_>>(), ["pure"]);
    assert_eq!(of_call("mysnc").count(), 0);
}

#[test]
fn a_class_that_is_said_to_be_others_together_is_that() {
    let has = |class: &str, call| of(class).expect(class).contains(call);
    for row in table::ROWS.iter() {
        let stat = ["stat", "lstat", "fstat"].iter().any(|class| has(class, row.name));
        assert_eq!(has("%stat", row.name), stat, "{}", row.name);
        let statfs = ["statfs", "fstatfs"].iter().any(|class| has(class, row.name)) || row.name == "ustat";
        assert_eq!(has("%statfs", row.name), statfs, "{}", row.name);
        assert_eq!(has("net", row.name), has("network", row.name), "{}", row.name);
    }
}

#[test]
fn a_call_costs_a_descriptor_exactly_if_its_signature_gives_one() {
    let class = of("fd-budget").expect("ours");
    for signature in signature::all() {
        let gives =
            signature.result == ResultKind::Fd || signature.arguments.contains(&Kind::Out(&layout::FD_PAIR));
        assert_eq!(
            class.contains(signature.name),
            gives || signature.name == "socketpair",
            "{}",
            signature.name
        );
    }
}

/// One without the other would make a rule on 64-bit programs miss the 32-bit ones, or the other way round.
#[test]
fn a_call_is_in_the_same_classes_in_every_width() {
    for call in only_of_i386() {
        let stem = call.strip_suffix("_time64").or(call.strip_suffix("64")).or(call.strip_suffix("32"));
        let stem = stem.unwrap_or(call).trim_start_matches("old");
        let twin = match call {
            "mmap2" => "mmap",
            "_llseek" => "lseek",
            "_newselect" => "select",
            "fstatat64" => "newfstatat",
            "fadvise64_64" => "fadvise64",
            "umount" => "umount2",
            "waitpid" => "wait4",
            "readdir" => "getdents",
            "sigsuspend" => "rt_sigsuspend",
            _ => stem,
        };
        if names::number_of(Abi::X86_64, twin).is_some() {
            let of = |call| of_call(call).map(|class| class.name).collect::<Vec<_>>();
            assert_eq!(of(call), of(twin), "{call} as {twin}");
        }
    }
}
