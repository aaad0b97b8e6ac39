//! havoc as the first process of a container: its end is the container's, its signals come from `docker stop`, and orphans
//! are its to reap.
use crate::{Container, HAVOC_IN_TESTS, Ran, TESTS, docker, havoc_first, run};
use std::time::{Duration, Instant};

const RULE: [&str; 3] = ["-q", "--inject", "fsync:error=EIO"];

fn first(script: &str) -> Ran {
    havoc_first(&[], &[&RULE[..], &["--", "sh", "-c", script]].concat())
}

#[test]
fn its_status_is_the_programs_and_128_and_n_where_a_signal_ended_it() {
    // Where nobody traces, a guard stands between the two.
    let words = ["--engine", "ptrace", "--", "sh", "-c", "echo my parent is $PPID; exit 7"];
    let ran = havoc_first(&[], &[&RULE[..], &words].concat());
    assert_eq!((ran.out.as_str(), ran.status), ("my parent is 1\n", Some(7)), "{ran:?}");
    assert_eq!(first("exit 7").status, Some(7));
    // A first process cannot die of a signal as others do: pid_namespaces(7).
    assert_eq!(first("kill -TERM $$").status, Some(143));
    assert_eq!(first("kill -KILL $$").status, Some(137));
    assert_eq!(havoc_first(&[], &["--", "no-such-program"]).status, Some(127));
    assert_eq!(havoc_first(&[], &["--inject", "mysnc:error=EIO", "--", "true"]).status, Some(125));
}

#[test]
fn orphans_of_the_program_are_reaped() {
    let ran = first(
        "(sleep 0.2 &); (sleep 0.2 & sleep 0.1); sleep 0.6
         for process in /proc/[0-9]*; do grep -q '^State:.Z' $process/status && echo a zombie; done; exit 4",
    );
    assert_eq!((ran.out.as_str(), ran.status), ("", Some(4)), "{ran:?}");
}

impl Container {
    /// Starts a script under havoc and waits until it says `ready`.
    fn start(script: &str) -> Container {
        let container = Container::new();
        let head = ["run", "--detach", "--network", "none", "--name", &container.0];
        let words = [&head[..], &["--entrypoint", HAVOC_IN_TESTS, TESTS], &RULE, &["--", "sh", "-c", script]];
        let ran = run(docker(words.concat()));
        assert_eq!(ran.status, Some(0), "{ran:?}");
        let end = Instant::now() + Duration::from_secs(20);
        while !run(docker(["logs", &container.0])).out.contains("ready\n") {
            assert!(Instant::now() < end, "never ready");
            std::thread::sleep(Duration::from_millis(50));
        }
        container
    }

    /// Waits for its end and returns its status and what it printed.
    fn end(&self) -> (String, String) {
        let status = run(docker(["wait", &self.0])).out.trim().to_owned();
        (status, run(docker(["logs", &self.0])).out)
    }
}

#[test]
fn docker_stop_reaches_the_program_which_may_end_in_its_own_way() {
    let container = Container::start("trap 'kill $!; echo got it; exit 8' TERM; echo ready; sleep 30 & wait");
    let start = Instant::now();
    run(docker(["stop", "--time", "20", &container.0]));
    assert!(start.elapsed() < Duration::from_secs(15), "it was killed");
    assert_eq!(container.end(), ("8".to_owned(), "ready\ngot it\n".to_owned()));
}

/// Without havoc the end of a container's first process is the end of all; havoc waits for what is left, unless it is told.
#[test]
fn with_kill_on_exit_the_container_ends_with_the_program_and_not_with_what_it_left() {
    let start = Instant::now();
    let script = "sleep 30 & exit 5";
    let ran = havoc_first(&[], &[&["--kill-on-exit"], &RULE[..], &["--", "sh", "-c", script]].concat());
    assert_eq!(ran.status, Some(5), "{ran:?}");
    assert!(start.elapsed() < Duration::from_secs(15), "it waited");
}

#[test]
fn what_docker_exec_starts_beside_it_is_left_alone() {
    let container = Container::start("trap 'kill $!; exit 3' TERM; echo ready; sleep 30 & wait");
    // An orphan of it becomes havoc's to reap, and is none of the program's.
    let script = "(sleep 0.1 &); touch /tmp/other; sync /tmp/other && echo synced";
    let ran = run(docker(["exec", &container.0, "sh", "-c", script]));
    assert_eq!(ran.out, "synced\n", "{ran:?}");
    std::thread::sleep(Duration::from_millis(400));
    let zombies = "grep -l '^State:.Z' /proc/[0-9]*/status || echo none";
    assert_eq!(run(docker(["exec", &container.0, "sh", "-c", zombies])).out, "none\n");
    run(docker(["stop", &container.0]));
    assert_eq!(container.end(), ("3".to_owned(), "ready\n".to_owned()));
}

#[test]
fn a_profile_that_forbids_ptrace_is_named_with_its_remedy_and_nothing_runs() {
    let profile = tempfile::NamedTempFile::new().expect("a file");
    let forbids = r#"{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["ptrace"], "action": "SCMP_ACT_ERRNO"}]}"#;
    std::fs::write(profile.path(), forbids).expect("the file is ours");
    let option = format!("seccomp={}", profile.path().display());
    let words = ["--engine", "ptrace", "--inject", "fsync:error=EIO", "--", "echo", "it ran"];
    let ran = havoc_first(&["--security-opt", &option], &words);
    assert_eq!((ran.out.as_str(), ran.status), ("", Some(125)), "{ran:?}");
    for part in
        ["havoc: cannot trace the program: ", "a seccomp profile is in force", "cap_add: [SYS_PTRACE]"]
    {
        assert!(ran.err.contains(part), "{ran:?}");
    }
    // What is decided at the entry needs no ptrace.
    let ran = havoc_first(&["--security-opt", &option], &words[2..]);
    assert_eq!((ran.out.as_str(), ran.status), ("it ran\n", Some(0)), "{ran:?}");
}
