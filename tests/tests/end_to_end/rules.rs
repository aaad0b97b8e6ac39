//! A rule picks its file and no other.
use havoc_tests::havoc::Havoc;
use havoc_tests::testee;

#[test]
fn an_msync_fails_for_one_mapped_file_and_succeeds_for_the_other() {
    let havoc = Havoc::new().inject("msync:error=ENOANO:path=a.bin");
    let ran = havoc.run(testee::rust("mapped_files"), &["."]);
    for flush in 1..=10 {
        assert!(ran.out.contains(&format!("a.bin flush {flush}: No anode (os error 55)\n")), "{ran:?}");
        assert!(ran.out.contains(&format!("b.bin flush {flush}: ok\n")), "{ran:?}");
    }
    let injected = ran.lines_with("= -1 ENOANO (No anode) (INJECTED) (msync#1 instead)");
    assert_eq!(injected.len(), 10, "{ran:?}");
    assert!(injected.iter().all(|line| line.contains("<<dir>/a.bin+0x0>, ")), "{ran:?}");
    assert_eq!(ran.status, 0);
}
