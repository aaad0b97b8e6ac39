//! What was written is read back, and the log says whether it stayed.
use super::*;
use crate::kernel::script::Mishap;

#[test]
fn debug_verify_takes_the_exit_of_a_skipped_call() {
    let script = Script::begun().calls(100, "fsync", &[3]).returns(100, -5).exits(100, 0);
    let case = Case::rules(&["fsync:error=EIO"]).with(|config| config.debug_verify = true);
    let ran = case.play(script);
    assert_eq!(ran.did(), ["100 runs", "100 skips: -5", "100 to exit", "100 runs"]);
    assert_eq!(ran.log, ["[pid 100] fsync(3) = -1 EIO (Input/output error) (INJECTED) (fsync#1 instead)"]);
    assert_eq!((ran.counted("fsync"), ran.rule(0)), ((1, 2), (1, 1)));
}

#[test]
fn a_result_that_did_not_stay_is_not_verified() {
    let script = Script::begun().with(|world| world.lose_writes()).calls(100, "fsync", &[3]).returns(100, 0);
    let ran = Case::rules(&["fsync:error=EIO:after"]).play(script.exits(100, 0));
    assert!(ran.log[0].ends_with("(fsync#1 after, kernel returned 0, NOT VERIFIED)"), "{:?}", ran.log);
    assert_eq!((ran.rule(0), ran.report.rules[0].tally.unverified), ((1, 0), 1));
}

#[test]
fn debug_verify_finds_a_result_that_the_exit_does_not_show() {
    let script = Script::begun().calls(100, "fsync", &[3]).returns(100, -38).exits(100, 0);
    let ran = Case::rules(&["fsync:error=EIO"]).with(|config| config.debug_verify = true).play(script);
    let expected =
        "fsync(3) = -1 ENOSYS (Function not implemented) (INJECTED) (fsync#1 instead, NOT VERIFIED)";
    assert_eq!(ran.log, [format!("[pid 100] {expected}")], "what the program was told");
    assert_eq!((ran.rule(0), ran.report.rules[0].tally.unverified), ((1, 0), 1));
    assert_eq!(ran.report.calls["fsync"].injected, 0);
}

#[test]
fn a_skip_that_cannot_be_verified_takes_the_exit_to_see_what_became_of_it() {
    for (result, unverified) in [(-5, 0), (0, 1)] {
        let script = Script::begun().with(|world| world.lose_writes()).calls(100, "fsync", &[3]);
        let ran = Case::rules(&["fsync:error=EIO"]).play(script.returns(100, result).exits(100, 0));
        assert_eq!(ran.did(), ["100 runs", "100 skips: -5", "100 to exit", "100 runs"]);
        assert_eq!(ran.report.rules[0].tally.unverified, unverified);
    }
}

#[test]
fn where_the_kernel_loses_the_result_of_a_skip_it_is_given_again_at_the_exit() {
    let script = Script::begun().with(|world| world.lose_skipped_results()).calls(100, "fsync", &[3]);
    let ran = Case::rules(&["fsync:error=EIO"]).play(script.returns(100, -38).exits(100, 0));
    assert_eq!(ran.did(), ["100 runs", "100 skips: -5", "100 to exit", "100 is told -5", "100 runs"]);
    assert_eq!(ran.log, ["[pid 100] fsync(3) = -1 EIO (Input/output error) (INJECTED) (fsync#1 instead)"]);
    assert_eq!((ran.counted("fsync"), ran.rule(0)), ((1, 2), (1, 1)));
}

#[test]
fn a_skip_that_the_kernel_refuses_is_not_verified() {
    let script = Script::begun().calls(100, "fsync", &[3]).returns(100, 0).exits(100, 0);
    let kernel = ScriptedKernel::new(script).with_mishap(4, Mishap::Refused);
    let ran = Case::rules(&["fsync:error=EIO"]).play_on(kernel);
    assert_eq!(ran.kernel.requests()[4], "skip");
    assert_eq!(ran.log, ["[pid 100] fsync(3) = 0 (INJECTED) (fsync#1 instead, NOT VERIFIED)"]);
    assert_eq!((ran.rule(0), ran.report.blind.failed_requests), ((1, 0), 1));
    ran.kernel.check();
}

#[test]
fn a_result_that_the_kernel_refuses_is_not_verified() {
    let script = Script::begun().calls(100, "fsync", &[3]).returns(100, 0).exits(100, 0);
    let kernel = ScriptedKernel::new(script).with_mishap(6, Mishap::Refused);
    let ran = Case::rules(&["fsync:error=EIO:after"]).play_on(kernel);
    assert_eq!(ran.kernel.requests()[6], "set_result");
    assert_eq!(
        ran.log,
        ["[pid 100] fsync(3) = 0 (INJECTED) (fsync#1 after, kernel returned 0, NOT VERIFIED)"]
    );
    ran.kernel.check();
}

#[test]
fn a_task_that_dies_before_its_result_is_replaced_leaves_an_unfinished_call() {
    let script = Script::begun().calls(100, "fsync", &[3]).returns(100, 0).exits(100, 0);
    let kernel = ScriptedKernel::new(script).with_mishap(6, Mishap::Vanishes);
    let ran = Case::rules(&["fsync:error=EIO:after"]).play_on(kernel);
    assert_eq!(ran.log, ["[pid 100] fsync(3 <unfinished ...>) = ?"]);
    assert_eq!(ran.rule(0), (1, 0));
}
