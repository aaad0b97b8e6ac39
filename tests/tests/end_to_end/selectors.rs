//! Which of the named calls a rule means: by argument, by result, by who calls and from where.
use havoc_tests::havoc::{Havoc, copy_program};
use havoc_tests::scene::Scene;
use havoc_tests::testee;
use std::path::Path;

#[track_caller]
fn assert_hits(program: &Path, cases: &[(&str, &[&str])]) {
    for (rule, expected) in cases {
        let rule = format!("{rule}:error=ENOANO");
        let ran = Havoc::new().inject(&rule).run(program, &["."]);
        assert_eq!(ran.failed_by("ENOANO"), *expected, "{rule}: {ran:?}");
        assert_eq!(ran.injected(), expected.len(), "{rule}: {ran:?}");
    }
}

#[test]
fn an_argument_is_compared_in_the_width_that_the_kernel_reads_and_by_the_names_it_has() {
    let cases: [(&str, &[&str]); 20] = [
        // A descriptor has 32 bits and a sign.
        ("fsync:arg1=-1", &["fsync -1"]),
        ("fsync:arg1<0", &["fsync -1"]),
        ("fsync:arg1!=-1", &["fsync"]),
        ("fsync:arg1>=0", &["fsync"]),
        ("fsync:fd=-1", &["fsync -1"]),
        ("fsync:fd!=-1", &["fsync"]),
        // An offset has 64.
        ("lseek:arg2=0x100000005", &["lseek far"]),
        ("lseek:arg2>0xffffffff", &["lseek far"]),
        ("lseek:arg2=5", &[]),
        ("lseek:arg2=-5", &["lseek back"]),
        ("lseek:arg2<=-5", &["lseek back"]),
        ("lseek:arg2!=-5", &["lseek far"]),
        ("lseek:arg2=-5:arg2=0x100000005", &["lseek far", "lseek back"]),
        ("lseek:arg2!=-5:arg2!=0x100000005", &[]),
        ("lseek:arg3=SEEK_END", &["lseek back"]),
        ("lseek:arg3=SEEK_SET:arg2=-5", &[]),
        ("openat:path=a.bin:arg3&O_CREAT:when=2", &["create"]),
        ("openat:path=a.bin:arg3=O_RDWR|O_CREAT", &["create"]),
        ("openat:path=a.bin:arg3=O_RDONLY:arg1=AT_FDCWD", &["open"]),
        ("openat:path=a.bin:arg3!=O_RDONLY:arg3!=O_RDWR|O_CREAT:arg1!=AT_FDCWD", &[]),
    ];
    assert_hits(&testee::c("arguments"), &cases);
}

#[test]
fn a_result_is_compared_as_the_kernel_gave_it_and_only_then_replaced() {
    let cases: [(&str, &[&str]); 9] = [
        ("read:after:path=a.bin:ret=5", &["read"]),
        ("read:after:path=a.bin:ret=0", &["end"]),
        ("read:after:path=a.bin:ret>=0", &["read", "end"]),
        ("read:after:path=a.bin:ret>0:ret<5", &[]),
        ("read:after:path=a.bin:ret!=5", &["end"]),
        ("read:after:ret<0", &["read -1"]),
        ("read:after:ret=-EBADF", &["read -1"]),
        ("read:after:ret=-9", &["read -1"]),
        // Counted are those whose result fits.
        ("read:after:path=a.bin:ret>=0:when=2", &["end"]),
    ];
    assert_hits(&testee::c("arguments"), &cases);
}

#[test]
fn tasks_are_told_by_name_program_and_the_code_that_calls() {
    let all: &[&str] = &["main", "thread", "child", "own code", "libc"];
    let of_first: &[&str] = &["main", "thread", "own code", "libc"];
    let by_libc: &[&str] = &["main", "thread", "child", "libc"];
    let cases: [(&str, &[&str]); 19] = [
        // The process's name is that of its first thread.
        ("fsync:comm=first", of_first),
        ("fsync:comm!=first", &["child"]),
        ("fsync:comm=third", &["child"]),
        ("fsync:comm=second", &[]),
        ("fsync:comm=f*:comm=third", all),
        ("fsync:thread=second", &["thread"]),
        ("fsync:thread!=second", &["main", "child", "own code", "libc"]),
        ("fsync:thread=first", &["main", "own code", "libc"]),
        ("fsync:thread=[st]*", &["thread", "child"]),
        ("fsync:thread!=first:thread!=second", &["child"]),
        ("fsync:exe=by_names", all),
        ("fsync:exe=**/by_names:comm=third", &["child"]),
        ("fsync:exe!=by_names", &[]),
        ("fsync:exe=/usr/bin/*", &[]),
        ("fsync:caller=by_names", &["own code"]),
        ("fsync:caller!=by_names", by_libc),
        ("fsync:caller=**/libc.so*", by_libc),
        ("fsync:caller!=**/libc.so*", &["own code"]),
        ("fsync:caller!=**/libc.so*:caller!=by_names", &[]),
    ];
    assert_hits(&testee::c("by_names"), &cases);
    // All of its code is its own.
    assert_hits(
        &testee::c_static("by_names"),
        &[("fsync:caller=by_names", all), ("fsync:caller!=by_names", &[])],
    );
}

#[test]
fn a_process_is_told_by_its_id() {
    // The program gets an id above the shell's, and the space between is the test's own or a busy machine's.
    let scene = Scene::new().with(testee::c_static("arguments"));
    let script = "
        within= without=
        id=$$
        while [ $id -lt $(($$ + 2000)) ]; do
            within=$within:pid=$id
            without=$without:pid!=$id
            id=$((id + 1))
        done
        try() { \"$havoc\" $verify -o log --inject \"fsync:error=ENOANO$1\" -- \"$arguments\" . | grep 'fsync:'; }
        try $within
        try $without
        try :pid=$$
        try :pid!=$$
        try :pid!=$$:pid=1";
    let [hit, missed] = ["fsync: ENOANO", "fsync: ok"];
    scene.play(script).says(&[hit, missed, missed, hit, missed]);
}

#[test]
fn a_name_is_that_at_the_call_and_not_an_earlier_one() {
    let havoc = Havoc::new().inject("fsync:error=ENOANO:exe=copy");
    let directory = havoc.directory().to_owned();
    copy_program(testee::c_static("arguments"), directory.join("copy"));
    // One shell executes the copy, the other the original.
    let program = testee::c_static("arguments").display().to_string();
    let ran = havoc.run("sh", &["-c", "./copy .; exec \"$0\" .", &program]);
    assert_eq!(ran.failed_by("ENOANO"), ["fsync -1", "fsync"], "{ran:?}");
    assert!(ran.out.contains("fsync: ENOANO\n") && ran.out.contains("fsync: ok\n"), "{ran:?}");
    // And by its name, which is the file's until the program gives itself another.
    let havoc = Havoc::new().inject("fsync:error=ENOANO:comm=by_names:when=1+");
    let ran = havoc.run(testee::c("by_names"), &["."]);
    assert_eq!(ran.failed_by("ENOANO"), [""; 0], "{ran:?}");
}
