//! A stop that no sink wants takes nothing from the heap: what is looked up and decided has its room from the first on.
use havoc_tests::havoc::Havoc;
use havoc_tests::{outside, testee};
use std::fs;

/// Returns how often havoc, all its processes, has allocated in a run of so many repeats; `None` for mappings on a kernel of
/// which only the whole text of /proc/TID/maps can be read (before Linux 6.11), which takes room for each.
fn allocations(engine: &str, rules: &[&str], repeats: u32) -> Option<u64> {
    let mut havoc = Havoc::under(engine).options(["-q", "-c", "--seed", "7"]);
    for rule in rules {
        havoc = havoc.inject(rule);
    }
    let counted = havoc.directory().join("counted");
    let havoc = havoc
        .env("LD_PRELOAD", testee::preload("counts_allocations").to_str().expect("a path of the tests' own"))
        .env("COUNTED_IN", counted.to_str().expect("a temporary path"));
    // Linked statically: the program itself loads nothing.
    let ran = havoc.run(testee::c_static("repeats"), &[".", &repeats.to_string()]);
    assert!(ran.printed(&format!("{repeats} times")), "{engine} {rules:?}: {ran:?}");
    let counted = fs::read_to_string(&counted).expect("what the preloaded library wrote");
    let of_havoc = counted.lines().filter_map(|line| line.strip_prefix("havoc ")?.parse::<u64>().ok());
    let total = of_havoc.sum();
    assert!(total > 0, "{counted}");
    let looks_at_mappings = rules.iter().any(|rule| !rule.starts_with("fsync:"));
    let reads_text = ran.log.contains("mapped files by the text of");
    assert!(reads_text || ran.log.contains("mapped files by PROCMAP_QUERY"), "{ran:?}");
    Some(total).filter(|_| !reads_text || !looks_at_mappings)
}

/// A run of 300 repeats more, of four calls each, allocates no more.
#[track_caller]
fn assert_free(engine: &str, rules: &[&str]) {
    // Enough that all that is kept has its size.
    let Some(few) = allocations(engine, rules, 200) else { return };
    let Some(many) = allocations(engine, rules, 500) else { return };
    // Some more or less depend on who is woken first, and on the digits of the report. One at each repeat would be 300.
    assert!(few.abs_diff(many) < 30, "{engine} {rules:?}: {few}, {many}");
}

#[test]
fn no_stop_allocates_if_nobody_listens() {
    for engine in outside::engines() {
        for rules in [
            &["msync:error=EIO:path=a.bin"][..],
            &["fsync:error=EIO:path=a.bin"],
            &["%persist:error=EIO:path=c.bin", "%persist:error=EIO:path=a.bin:when=7"],
            &["fsync,msync:retval=0:path=**/b.bin", "msync:error=EIO:arg3=MS_SYNC:mapped=a.bin"],
            &["fsync:error=EIO:path=a.bin:when=2+2", "fsync:error=EIO:fd!=3"],
        ] {
            assert_free(engine, rules);
        }
    }
}

#[test]
fn no_stop_allocates_either_where_a_tracer_is_needed() {
    for rules in [
        &["msync:error=EIO:after:path=a.bin"][..],
        &["fsync,msync:retval=7:after:path=b.bin", "fsync:error=EIO:after:path=a.bin:ret=0"],
        &["fsync:error=EIO,ENOSPC:chance=50%:path=a.bin"],
    ] {
        assert_free("ptrace", rules);
    }
}
