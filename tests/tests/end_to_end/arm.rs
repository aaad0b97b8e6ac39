//! Programs of 32-bit Arm on aarch64: recognised, followed, and left alone, since there is no table for them.
use havoc_tests::havoc::Havoc;
use havoc_tests::skip::skip;
use havoc_tests::{apart, outside, testee};

#[test]
fn a_32_bit_program_is_left_alone_and_its_calls_are_counted() {
    if !outside::runs_arm() {
        return skip("this CPU or kernel runs no 32-bit programs");
    }
    let program = testee::c_arm("forker");
    let natively = apart::bounded(&program).arg(tempfile::tempdir().expect("a directory").path()).output();
    let natively = String::from_utf8_lossy(&natively.expect("it runs").stdout).into_owned();
    for at in ["", ":after"] {
        let ran = Havoc::new().inject(&format!("msync:error=ENOANO:path=a.bin{at}")).run(&program, &["."]);
        assert_eq!(ran.out, natively, "{ran:?}");
        assert!(ran.out.contains("vfork child: msync a.bin: ok"), "{ran:?}");
        assert_eq!((ran.status, ran.injected()), (0, 0), "{ran:?}");
        let told = ran.lines_with("calls of ABI arm not judged");
        assert_eq!(told.len(), 1, "{ran:?}");
        // Four tasks, each with its libc's beginning.
        let count: u32 = told[0].split(' ').nth(3).and_then(|word| word.parse().ok()).expect("a count");
        assert!(count > 50, "{ran:?}");
    }
}

/// The other way round the rule works on, and the tree is followed through the 32-bit program.
#[test]
fn what_a_32_bit_program_starts_is_judged_again() {
    if !outside::runs_arm() {
        return skip("this CPU or kernel runs no 32-bit programs");
    }
    let [arm, own] = [testee::c_arm("exits"), testee::c("forker")];
    let script = format!("{} code 7; echo \"it was $?\"; exec {} .", arm.display(), own.display());
    let ran = Havoc::new().inject("msync:error=ENOANO:path=a.bin").run("sh", &["-c", &script]);
    assert!(ran.printed("it was 7"), "{ran:?}");
    assert_eq!(ran.injected(), 4, "{ran:?}");
    assert_eq!(ran.lines_with("calls of ABI arm not judged").len(), 1, "{ran:?}");
}
