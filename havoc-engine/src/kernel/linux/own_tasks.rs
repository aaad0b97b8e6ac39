//! Which numbers mean tasks of havoc's own to a task of the program: a tracer of the program's that attaches to havoc would wait
//! for havoc, and havoc for it.
use super::links;
use super::procfs;
use crate::task::Tid;
use nix::fcntl::OFlag;
use std::ffi::CString;

/// Tells whether `number`, as `caller` would give it to ptrace(2), means a task of one of `processes`, which are havoc's.
pub(super) fn are_meant(caller: Tid, number: i32, processes: impl IntoIterator<Item = i32>) -> bool {
    number > 0
        && processes.into_iter().any(|process| is_there(&format!("{process}/task/{number}")))
        && shares_numbers(caller)
}

fn is_there(name: &str) -> bool {
    procfs::root().is_ok_and(|root| root.open_below(name, OFlag::O_PATH).is_ok())
}

/// Tells whether a task is in havoc's PID namespace: from one below it havoc cannot be named.
fn shares_numbers(tid: Tid) -> bool {
    let namespace = |of: &str| {
        let name = CString::new(format!("{of}/ns/pid")).ok()?;
        links::text(procfs::root().ok()?, &name).ok()
    };
    match (namespace(&tid.to_string()), namespace("self")) {
        (Some(theirs), Some(ours)) => theirs == ours,
        // Who hides it (prctl(2), PR_SET_DUMPABLE) has hardly made a namespace.
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tasks_of_these_processes_are_meant_and_no_others() {
        let own = std::process::id().cast_signed();
        let caller = Tid::new(own).expect("above zero");
        let thread = std::thread::spawn(move || {
            let thread = nix::unistd::gettid().as_raw();
            (are_meant(caller, thread, [own]), are_meant(caller, thread, [1]))
        });
        assert_eq!(thread.join().expect("a thread"), (true, false));
        assert!(are_meant(caller, own, [1, own]));
        assert!([0, -1, -own, 1].iter().all(|number| !are_meant(caller, *number, [own])));
    }
}
