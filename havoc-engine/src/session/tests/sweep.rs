//! Tasks whose ends are not reported, under the engine that does not trace.
use super::*;

fn untraced() -> Script {
    Script::begun().with(crate::kernel::script::World::notifies)
}

/// The tasks that were forgotten, in order.
fn forgotten(ran: &Ran) -> Vec<i32> {
    let tids = ran.acts.iter().filter_map(|act| act.strip_suffix(" is forgotten"));
    tids.map(|tid| tid.parse().expect("a task id")).filter(|tid| *tid != ROOT).collect()
}

#[test]
fn of_many_short_tasks_no_more_than_a_few_are_kept() {
    const TASKS: i32 = 3000;
    let mut script = untraced();
    for task in (1000..).take(TASKS as usize) {
        script = script.calls(task, "fsync", &[3]).vanishes_unreported(task);
    }
    let ran = Case::rules(&["fsync:error=EIO"]).play(script.exits(ROOT, 0));
    assert_eq!(ran.rule(0), (TASKS as u64, TASKS as u64));
    let forgotten = forgotten(&ran);
    assert!(forgotten.len() + 64 >= TASKS as usize, "{} of {TASKS}", forgotten.len());
    assert!(forgotten.is_sorted(), "each once, the oldest first");
}

#[test]
fn a_task_that_lives_is_kept_and_looked_at_seldom() {
    const TASKS: i32 = 1000;
    let mut script = untraced();
    for task in (1000..).take(TASKS as usize) {
        script = script.calls(task, "fsync", &[3]);
    }
    // An id that is used again is a living task's.
    script = script.vanishes_unreported(1000).traps(1000).calls(1000, "fsync", &[3]);
    for task in (1000..).take(TASKS as usize) {
        script = script.vanishes_unreported(task);
    }
    let ran = Case::rules(&["fsync:error=EIO"]).play(script.exits(ROOT, 0));
    assert_eq!(ran.rule(0), (TASKS as u64 + 1, TASKS as u64 + 1));
    assert_eq!(ran.place(1999), place(&[u32::MAX - 1000]), "each kept its place");
}

#[test]
fn a_task_that_was_killed_while_it_was_held_is_dropped_with_its_call() {
    let mut script = untraced().calls(500, "fsync", &[3]).vanishes_unreported(500);
    for task in (1000..).take(200) {
        script = script.calls(task, "getpid", &[]).vanishes_unreported(task);
    }
    let ran = Case::rules(&["fsync:delay_enter=3600s", "getpid:error=EIO"]).play(script.exits(ROOT, 0));
    assert_eq!(ran.rule(1), (200, 200));
    assert!(forgotten(&ran).contains(&500), "{:?}", ran.acts);
    let shown: Vec<_> = ran.log.iter().filter(|line| line.starts_with("[pid 500]")).collect();
    assert_eq!(shown, ["[pid 500] fsync(3 <unfinished ...>) = ? (DELAYED) (fsync#1 delay_enter 3600s)"]);
}
