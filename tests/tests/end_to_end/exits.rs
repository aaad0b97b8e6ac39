//! How havoc ends: as the program did, or with a status of its own that says why.
use havoc_tests::havoc::{Havoc, Ran};
use havoc_tests::scene::Scene;
use havoc_tests::{outside, testee};
use std::fs;
use std::os::unix::fs::PermissionsExt;

const RULE: &str = "fsync:error=EIO";

fn last_line(ran: &Ran) -> &str {
    ran.log.lines().last().unwrap_or_default()
}

#[test]
fn the_exit_status_is_the_programs() {
    for status in [0, 1, 7, 123, 124, 125, 126, 127, 128, 255] {
        let ran = Havoc::new().inject(RULE).run(testee::c("exits"), &["code", &status.to_string()]);
        assert_eq!(ran.status, status, "{ran:?}");
        // Havoc's own 123 to 127 are told apart by this line.
        assert_eq!(last_line(&ran), format!("havoc: the program exited with {status}"), "{ran:?}");
    }
}

#[test]
fn behind_an_option_the_name_of_a_subcommand_is_a_programs_and_what_else_may_be_meant_is_told() {
    let script = r#"
        for name in demo check syscalls errors completions man; do
            printf '#!/bin/sh\necho "program $0 $*"\n' > $name; chmod +x $name
            PATH=$dir:$PATH "$havoc" $verify -q -f -e inject=fsync:error=EIO -o log $name -x
            rm $name
            PATH=$dir "$havoc" -q $name 2>&1; echo "status $?"
            "$havoc" $name --frobnicate 2>&1 | grep -c -e "havoc -- $name"
        done"#;
    let played = Scene::new().play(script);
    for (name, said) in ["demo", "check", "syscalls", "errors", "completions", "man"]
        .into_iter()
        .zip(played.out.lines().collect::<Vec<_>>().chunks(4))
    {
        let [ran, missing, status, tips] = said else { panic!("{played:?}") };
        assert!(ran.starts_with("program ") && ran.ends_with(&format!("/{name} -x")), "{played:?}");
        let hint = format!("to run the subcommand, write `havoc {name}` without options before it");
        assert!(missing.starts_with("havoc: cannot run") && missing.ends_with(&hint), "{played:?}");
        assert_eq!((*status, *tips), ("status 127", "1"), "{played:?}");
    }
    assert_eq!(played.out.lines().count(), 6 * 4, "{played:?}");
}

/// Signals that end a program, with those that do not as a check on the check.
const EVERY_SIGNAL: &str = r#"
    for signal in $(seq 1 64); do
        case $signal in 19|20|21|22|32|33) continue ;; esac
        echo "$signal natively: $("$how_it_ends" "$exits" signal $signal | tail -1)"
        echo "$signal by havoc: $("$how_it_ends" "$havoc" $verify -o "$dir/log" $options -- "$exits" signal $signal | tail -1)"
    done"#;

#[test]
fn havoc_dies_of_the_signal_that_killed_the_program() {
    let options = ["--inject=fsync:error=EIO", "--trace=all"];
    for options in &options[..if outside::is_emulated() { 1 } else { 2 }] {
        let scene =
            Scene::new().with(testee::c("exits")).with(testee::c("how_it_ends")).variable("options", options);
        let played = scene.play(EVERY_SIGNAL);
        let lines: Vec<&str> = played.out.lines().collect();
        assert_eq!(lines.len(), 2 * (64 - 6), "{played:?}");
        for pair in lines.chunks(2) {
            assert_eq!(pair[0].replace(" natively: ", " by havoc: "), pair[1], "{played:?}");
        }
        assert!(lines.contains(&"9 by havoc: killed by SIGKILL"), "{played:?}");
        assert!(lines.contains(&"11 by havoc: killed by SIGSEGV"), "{played:?}");
        assert!(lines.contains(&"64 by havoc: killed by SIGRTMIN+30"), "{played:?}");
        assert!(lines.contains(&"17 by havoc: exited 1"), "{played:?}");
    }
}

#[test]
fn havoc_leaves_no_core_of_its_own_and_tells_of_the_programs() {
    let scene = Scene::new().with(testee::c("how_it_ends")).variable("crash", "kill -SEGV $$");
    let played = scene.play(
        r#"ulimit -c unlimited
        echo "natively: $("$how_it_ends" sh -c "$crash")"; rm -f core*
        mkdir there; cd there
        echo "by havoc: $("$how_it_ends" "$havoc" $verify -o "$dir/log" --trace fsync -- sh -c "$crash")"
        tail -1 "$dir/log"
        set -- core*; [ -e "$1" ] || shift; echo "cores: $#""#,
    );
    let dumps = played.out.contains("natively: killed by SIGSEGV, core dumped\n");
    let core_pattern = fs::read_to_string("/proc/sys/kernel/core_pattern").expect("it is there");
    let here = dumps && core_pattern.starts_with("core");
    let lines: Vec<&str> = played.out.lines().skip(1).collect();
    let report = if dumps { "SIGSEGV (core dumped)" } else { "SIGSEGV" };
    let expected = [
        "by havoc: killed by SIGSEGV".to_owned(),
        format!("havoc: the program was killed by {report}"),
        format!("cores: {}", u32::from(here)),
    ];
    assert_eq!(lines, expected, "{played:?}");
}

#[test]
fn a_program_that_stops_itself_stops_havoc_for_its_shell_and_goes_on() {
    // SIGTSTP, SIGTTIN, SIGTTOU.
    let scene = Scene::new().with(testee::c("exits")).with(testee::c("how_it_ends"));
    let played = scene.play(
        r#"for signal in 20 21 22; do
            "$how_it_ends" "$exits" signal $signal
            "$how_it_ends" "$havoc" $verify -q -o log --inject fsync:error=EIO -- "$exits" signal $signal
        done"#,
    );
    let by_havoc = ["stopped by SIGSTOP", "survived", "exited 1"];
    let lines: Vec<&str> = ["SIGTSTP", "SIGTTIN", "SIGTTOU"]
        .iter()
        .flat_map(|signal| {
            let first = match *signal {
                "SIGTSTP" => "stopped by SIGTSTP",
                "SIGTTIN" => "stopped by SIGTTIN",
                _ => "stopped by SIGTTOU",
            };
            [first, "survived", "exited 1"].into_iter().chain(by_havoc)
        })
        .collect();
    played.says(&lines);
}

#[test]
fn what_cannot_be_executed_is_126_and_what_is_not_there_127() {
    let havoc = Havoc::new().inject(RULE);
    let file = |name: &str, text: &[u8], mode: u32| {
        let path = havoc.directory().join(name);
        fs::write(&path, text).expect("the directory is ours");
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("the file is ours");
        path
    };
    let cases = [
        (file("not_marked", b"#!/bin/sh\n", 0o644), 126, "Permission denied"),
        (havoc.directory().to_owned(), 126, "Permission denied"),
        // No shell is tried.
        (file("text", b"echo hello\n", 0o755), 126, "Exec format error"),
        (file("empty", b"", 0o755), 126, "Exec format error"),
        (file("no_interpreter", b"#!/no/such/interpreter\n", 0o755), 127, "the interpreter or loader"),
        (file("directory_interpreter", b"#!/\n", 0o755), 126, "Permission denied"),
        (havoc.directory().join("absent"), 127, "No such file"),
        (file("plain", b"", 0o755).join("below"), 127, "Not a directory"),
        ("havoc-no-such-program".into(), 127, "no such program in any directory of PATH"),
        ("".into(), 127, "no such program in any directory of PATH"),
    ];
    for (program, status, reason) in cases {
        let ran = havoc.run(&program, &["argument"]);
        assert_eq!(ran.status, status, "{ran:?}");
        let line = ran.err.lines().last().unwrap_or_default();
        assert!(line.starts_with("havoc: cannot ") && line.contains(reason), "{ran:?}");
        assert!(line.contains(&format!("`{}`", program.display())), "{ran:?}");
        assert_eq!(ran.out, "");
    }
}

#[test]
fn a_program_is_searched_along_path_as_execvp_does() {
    let scene = Scene::new();
    let played = scene.play(
        r#"mkdir none one two three here; printf '#!/bin/sh\necho "$0"\n' > two/tool; chmod +x two/tool
        printf 'not marked' > one/tool; mkdir three/tool
        run() { PATH=$1:$PATH "$havoc" $verify -q -o log --inject fsync:error=EIO -- tool; echo "$?"; }
        run none:one:two:three; run three:two; run one:none; run three
        cd two; run ''; cd ..; run none"#,
    );
    played.says(&["two/tool", "0", "two/tool", "0", "126", "126", "./tool", "0", "127"]);
}

#[test]
fn what_havoc_cannot_read_runs_nothing_and_is_125() {
    let cases: &[(&[&str], &[&str])] = &[
        (&["--inject", "mysnc:error=EIO"], &["unknown syscall `mysnc`", "did you mean `msync`?"]),
        (&["--inject", "fsync:error=ENOPE", "--trace", "raed"], &["ENOPE", "did you mean `read`?"]),
        (&["--no-such-option"], &["--no-such-option"]),
        (&["-j"], &["-j"]),
        (&["--dry-run"], &["`--dry-run` is not built yet"]),
        (&["--plan", "/no/such/plan.toml"], &["/no/such/plan.toml"]),
        (&["-p", "7"], &["`-p/--attach` is not built yet"]),
        (
            &["-ff", "-o", "log", "-e", "raed"],
            &["`-ff` with `-o` does not exist here", "did you mean `read`?"],
        ),
        (&["--engine", "warp"], &["unknown engine `warp`", "auto, ptrace"]),
        (&["--timeout", "0"], &["a time limit of 0"]),
        (&["-o", "/no/such/directory/log"], &["cannot write the log to /no/such/directory/log"]),
    ];
    for (options, complaints) in cases {
        let havoc = Havoc::new();
        let marker = havoc.directory().join("marker");
        let mut command = havoc_tests::apart::bounded(havoc_tests::havoc::binary());
        command.args(*options).args(["--", "touch"]).arg(&marker).current_dir(havoc.directory());
        let ran = havoc.ran(&command.output().expect("havoc runs"));
        assert_eq!(ran.status, 125, "{options:?}: {ran:?}");
        for complaint in *complaints {
            assert!(ran.err.contains(complaint), "{options:?}: no `{complaint}` in {}", ran.err);
        }
        assert!(!marker.exists(), "{options:?}: the program ran");
    }
}

#[test]
fn who_may_not_trace_learns_the_cause_and_the_remedy() {
    let scene = Scene::new().with(testee::c("without_ptrace"));
    let played = scene.play(
        r#"strace -f -o trace "$havoc" -q -o log --engine ptrace --inject fsync:error=EIO -- touch marker; echo "traced: $?"
        "$without_ptrace" "$havoc" -q -o log --engine ptrace --inject fsync:error=EIO -- touch marker; echo "filtered: $?"
        [ -e marker ] && echo 'the program ran'; nobody_is_left"#,
    );
    played
        .says(&["traced: 125", "filtered: 125", "nobody is left"])
        .complains("Operation not permitted")
        .complains("already traced by process")
        .complains("run havoc outside of it")
        .complains("a seccomp profile is in force")
        .complains("cap_add: [SYS_PTRACE]");
}

#[test]
fn a_rule_that_never_fired_is_123_with_strict_and_says_so() {
    let strict = |program: &str| Havoc::new().inject(RULE).options(["--strict"]).run(program, &[]);
    let ran = strict("false");
    assert_eq!(ran.status, 123, "{ran:?}");
    assert!(last_line(&ran).contains("--strict: rule fsync#1 never fired; status 123 is havoc's"), "{ran:?}");
    // Without it the program's own counts.
    assert_eq!(Havoc::new().inject(RULE).run("false", &[]).status, 1);
}
