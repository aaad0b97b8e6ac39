//! Rules that come from files: what `havoc check` says of them, and whose turn comes first when they run.
use havoc_tests::apart::bounded;
use havoc_tests::havoc::{self, Havoc, Ran};
use havoc_tests::{stable, testee};
use std::fs;
use std::path::Path;
use std::process::Output;

/// One of each kind: no TOML, another type, an unknown key, a bad value, a pair that makes no sense.
const FIVE_MISTAKES: &str = r#"# What else could go wrong?
[[rule]]
calls = ["fsync", "mysnc"]
error = EIO

[[rule]]
calls = "%persist"
pth = "*.db"
error = ["EIO", "ENOSPC"]
uncounted = "yes"

[[rule]]
calls = "execve"
error = "EIO"
after = true
"#;

fn check(directory: &Path, files: &[&str]) -> Output {
    bounded(havoc::binary()).arg("check").args(files).current_dir(directory).output().expect("havoc runs")
}

#[test]
fn five_mistakes_are_five_diagnostics_each_under_its_text() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    fs::write(directory.path().join("plan.toml"), FIVE_MISTAKES).expect("write a plan");
    let checked = check(directory.path(), &["plan.toml"]);
    assert_eq!((checked.status.code(), checked.stdout.as_slice()), (Some(125), &b""[..]));
    let said = String::from_utf8_lossy(&checked.stderr);
    assert_eq!(said.matches("error: ").count(), 5, "{said}");
    stable::settings().bind(|| insta::assert_snapshot!("five_mistakes", said));
}

#[test]
fn the_same_mistakes_keep_a_program_from_running() {
    let havoc = Havoc::new().options(["--plan", "plan.toml"]).inject("fysnc:error=EIO");
    fs::write(havoc.directory().join("plan.toml"), FIVE_MISTAKES).expect("write a plan");
    let ran = havoc.run("touch", &["made"]);
    assert_eq!((ran.status, ran.err.matches("error: ").count()), (125, 6), "{ran:?}");
    assert!(ran.err.contains("--> plan.toml:3:20") && ran.err.contains("--> --inject:1:1"), "{ran:?}");
    assert!(!havoc.directory().join("made").exists());
}

#[test]
fn what_check_prints_is_a_plan_that_it_prints_again() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let write = |name: &str, text: &[u8]| fs::write(directory.path().join(name), text).expect("write a plan");
    write("one.toml", b"[[rule]]\ncalls = ['%persist']\nwhen = '2+'\nerror = 'EIO'\n");
    write("two.toml", b"[[rule]]\nlog = true\ncalls = ['read', 'write']\nnot = { fd = [1, 2] }\n");
    let checked = check(directory.path(), &["one.toml", "two.toml"]);
    assert_eq!((checked.status.code(), checked.stderr.as_slice()), (Some(0), &b""[..]));
    let said = String::from_utf8_lossy(&checked.stdout);
    assert_eq!(
        said,
        "[[rule]]\ncalls = \"%persist\"\nwhen = \"2+\"\nerror = \"EIO\"\n\n\
         [[rule]]\ncalls = [\"read\", \"write\"]\nnot.fd = [1, 2]\nlog = true\n\n\
         # as a command line:\n\
         # havoc --inject '%persist:when=2+:error=EIO' --inject 'read,write:fd!=1:fd!=2:log' -- COMMAND\n"
    );
    write("both.toml", &checked.stdout);
    assert_eq!(check(directory.path(), &["both.toml"]).stdout, checked.stdout);
}

#[test]
fn a_plan_that_is_not_there_is_a_failure_of_havoc() {
    let checked = check(Path::new("/"), &["nowhere.toml"]);
    let said = String::from_utf8_lossy(&checked.stderr);
    assert!(said.contains("cannot read plan file `nowhere.toml`: No such file or directory"), "{said}");
    assert_eq!((checked.status.code(), checked.stdout.len()), (Some(125), 0));
}

fn planned(files: &[(&str, &str)], inject: &str) -> Ran {
    let mut havoc = Havoc::new();
    for (name, text) in files {
        fs::write(havoc.directory().join(name), text).expect("write a plan");
        havoc = havoc.options(["--plan", name]);
    }
    havoc.inject(inject).run(testee::rust("mapped_files"), &["."])
}

#[test]
fn rules_of_files_come_before_inline_ones_and_the_first_decides() {
    let first = "[[rule]]\ncalls = 'msync'\npath = 'a.bin'\nerror = 'ENOANO'\nwhen = '2+'\nname = 'first'\n";
    let second = "[[rule]]\ncalls = 'msync'\npath = ['a.bin', './b.bin']\nwhen = '4..6'\nerror = 'EBADSLT'\n";
    let ran = planned(&[("one.toml", first), ("two.toml", second)], "msync:error=EXFULL:when=1..4");
    let of = |file: &str, flush: u32| {
        let line = format!("{file} flush {flush}: ");
        ran.out.lines().find_map(|it| it.strip_prefix(&line)).unwrap_or_else(|| panic!("{ran:?}"))
    };
    // The files take turns, so that matches 1 to 4 of all are the first two flushes of each.
    assert!(of("a.bin", 1).starts_with("Exchange full"), "{ran:?}");
    assert!(of("b.bin", 1).starts_with("Exchange full"), "{ran:?}");
    assert!(of("a.bin", 2).starts_with("No anode"), "{ran:?}");
    assert!(of("b.bin", 2).starts_with("Invalid slot"), "{ran:?}");
    assert!(of("a.bin", 3).starts_with("No anode"), "{ran:?}");
    assert!(of("b.bin", 3).starts_with("Invalid slot"), "{ran:?}");
    assert_eq!(of("b.bin", 4), "ok", "{ran:?}");
    for line in [
        "havoc: rule first (msync:path=a.bin:when=2+:error=ENOANO:name=first): 10 matches, 9 injected",
        "havoc: rule msync#2 (msync:path=a.bin:path=./b.bin:when=4..6:error=EBADSLT): 20 matches, 2 injected",
        "havoc: rule msync#3 (msync:error=EXFULL:when=1..4): 20 matches, 2 injected",
    ] {
        assert!(ran.log.contains(line), "{line}\n{ran:?}");
    }
}

#[test]
fn a_plan_on_standard_input_is_read_to_its_end_before_the_program() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let run = |words: &[&str], input: &str| -> Output {
        fs::write(directory.path().join("input"), input).expect("write a file");
        let input = fs::File::open(directory.path().join("input")).expect("a file");
        bounded(havoc::binary())
            .args(words)
            .current_dir(directory.path())
            .stdin(input)
            .output()
            .expect("havoc runs")
    };
    let plan = "[[rule]]\ncalls = 'getppid'\nretval = 7\n";
    let ran = run(&["--plan", "-", "sh", "-c", "echo parent $PPID; wc -c"], plan);
    assert_eq!(String::from_utf8_lossy(&ran.stdout), "parent 7\n0\n", "{ran:?}");
    let checked = run(&["check", "-"], plan);
    assert_eq!(checked.status.code(), Some(0), "{checked:?}");
    assert!(String::from_utf8_lossy(&checked.stdout).contains("retval = 7"), "{checked:?}");
    for (words, input, said) in [
        (&["check", "-"][..], "[[rule]]\ncalls = 'fysnc'\nlog = true\n", " --> <standard input>:2:10\n"),
        (&["check", "-", "-"], plan, "error: `-` is named twice as a plan file\n"),
        (&["check", "/dev/zero"], plan, "error: plan file `/dev/zero` has more than 4 MiB\n"),
    ] {
        let ran = run(words, input);
        assert_eq!(ran.status.code(), Some(125), "{words:?}: {ran:?}");
        assert!(String::from_utf8_lossy(&ran.stderr).contains(said), "{words:?}: {ran:?}");
    }
    fs::write(directory.path().join("-"), plan).expect("write a file");
    assert_eq!(run(&["check", "./-"], "").status.code(), Some(0), "a file of that name");
}
