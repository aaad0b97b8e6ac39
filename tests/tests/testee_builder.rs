//! The builder of the testees. Its environment is the process's, so each test runs this very program again with another one.

use std::process::Command;

use havoc_tests::apart::bounded;
use havoc_tests::testee;

fn again(test: &str) -> Command {
    let mut command = bounded(std::env::current_exe().expect("the test's own path"));
    command.args(["--exact", test, "--nocapture"]);
    command
}

#[test]
fn a_program_is_built() {
    let program = testee::c("exits");
    let status = bounded(program).args(["code", "42"]).status().expect("timeout(1) is part of coreutils");
    assert_eq!(status.code(), Some(42));
}

#[test]
fn finished_programs_are_taken_from_a_directory() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    for (_, language) in testee::Language::ALL {
        testee::build_all(language, directory.path());
    }
    for name in ["forker", "static/forker", "musl/forker", "i386/forker", "mapped_files", "Force.class"] {
        assert!(directory.path().join(name).exists(), "{name}");
    }
    // No compiler is needed then.
    let output = again("a_program_is_built")
        .env("HAVOC_TESTEES", directory.path())
        .env("CC", "no-such-compiler")
        .output()
        .expect("this program runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));

    std::fs::remove_file(directory.path().join("exits")).expect("it is there");
    let output =
        again("a_program_is_built").env("HAVOC_TESTEES", directory.path()).output().expect("it runs");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && errors.contains("has no exits"), "{errors}");
}

#[test]
fn a_missing_compiler_fails_the_test_with_its_remedy() {
    let output =
        again("a_program_is_built").env("CC", "no-such-compiler").output().expect("this program runs");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success(), "{errors}");
    assert!(errors.contains("no `no-such-compiler` on this machine"), "{errors}");
    assert!(errors.contains("`cargo xtask setup`"), "{errors}");
}

#[test]
fn several_tests_may_ask_for_the_same_program_at_once() {
    let programs: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(|| testee::c("vdso_time"))).collect();
        threads.into_iter().map(|thread| thread.join().expect("it is built")).collect()
    });
    assert!(programs.iter().all(|program| program == &programs[0] && program.exists()));
}
