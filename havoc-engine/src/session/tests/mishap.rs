//! Any request may fail: because the task has died, as it may at any moment, or because the kernel refuses.
//!
//! Whatever fails, nobody is left frozen, every other task goes on to its end, and every signal arrives: the scripted
//! kernel sees to that.
use super::*;
use crate::kernel::script::Mishap;

#[test]
fn a_signal_is_delivered_though_its_siginfo_is_refused() {
    let script = Script::begun().signal(100, Signal::TERM).exits(100, 0);
    let kernel = ScriptedKernel::new(script).with_mishap(2, Mishap::Refused);
    let ran = Case::default().trace("fsync").play_on(kernel);
    assert_eq!(ran.kernel.requests()[2], "signal_info");
    assert_eq!(ran.did(), ["100 runs", "100 gets SIGTERM"]);
    assert_eq!(ran.report.blind.failed_requests, 1);
}

#[test]
fn a_group_stop_holds_though_the_registers_are_refused() {
    let script = Script::begun().calls(100, "read", &[3]).group(100, Signal::STOP).traps(100).exits(100, 0);
    let kernel = ScriptedKernel::new(script).with_mishap(4, Mishap::Refused);
    let ran = Case::rules(&["read:error=EIO:when=2"]).play_on(kernel);
    assert_eq!(ran.kernel.requests()[4], "interrupted_call");
    assert_eq!(ran.did(), ["100 runs", "100 runs", "100 listens", "100 runs"]);
}
