//! Signals to havoc, time limits, daemons, the death of havoc itself: who lives on, and who does not.
use havoc_tests::apart::has_namespace;
use havoc_tests::scene::Scene;
use havoc_tests::skip::skip;
use havoc_tests::{outside, testee};

/// Starts havoc in the background around a program that says `ready`; `$pid` is havoc.
const READY: &str = r#"
    begin() {
        "$havoc" $verify -o log --inject fsync:error=EIO "$@" > out 2> err & pid=$!
        until_it_says out "${word:-ready}"
    }
    end() { wait $pid; echo "havoc: $?"; cat out; nobody_is_left; }
"#;

/// Calls of which a tree of processes makes many.
const FAMILY: &str = "clone,clone3,execve,exit_group,wait4";

fn scene() -> Scene {
    Scene::new()
        .with(testee::c("handles_sigint"))
        .with(testee::c("daemonizes"))
        .with(testee::c("breeds"))
        .variable("READY", READY)
        .variable("family", FAMILY)
}

#[test]
fn a_signal_sent_to_havoc_is_forwarded_once_to_the_root_process() {
    for signal in ["INT", "TERM", "HUP"] {
        let played = scene()
            .variable("signal", signal)
            .play(r#"eval "$READY"; begin -- "$handles_sigint" 1; kill -$signal $pid; end"#);
        let got = format!("got SIG{signal} (code SI_USER)");
        played.says(&["havoc: 0", "ready", &got, "nobody is left"]);
    }
}

#[test]
fn a_forwarded_signal_reaches_the_root_process_alone() {
    let played = scene().play(
        r#"eval "$READY"; begin -- sh -c '
            trap "echo parent got it; kill -KILL \$child; exit 9" TERM
            sh -c "trap \"echo child got it\" TERM; echo ready; sleep 6 & wait; wait" & child=$!; wait'
        kill -TERM $pid; wait $pid; echo "havoc: $?"; cat out"#,
    );
    played.says(&["havoc: 9", "ready", "parent got it"]);
}

#[test]
fn a_program_that_does_not_handle_a_forwarded_signal_dies_of_it_and_so_does_havoc() {
    for signal in ["INT", "QUIT", "TERM", "HUP"] {
        // A shell has its background jobs ignore SIGINT and SIGQUIT.
        let scene = scene().with(testee::c("how_it_ends")).with(testee::c("starts_with"));
        let played = scene.variable("signal", signal).play(
            r#""$starts_with" default 2 default 3 -- "$how_it_ends" sh -c 'echo $$ > pid; exec "$havoc" $verify -q -o log --inject fsync:error=EIO -- sh -c "echo ready; exec sleep 20"' > out & watcher=$!
            until_it_says out ready; kill -$signal $(cat pid); wait $watcher; cat out; nobody_is_left"#,
        );
        let killed = format!("killed by SIG{signal}");
        played.says(&["ready", &killed, "nobody is left"]);
    }
}

#[test]
fn the_second_signal_ends_the_tree() {
    let played = scene().play(
        r#"eval "$READY"
        begin -- sh -c 'trap "" TERM HUP; sh -c "echo ready; sleep 30" & sleep 30 & wait; wait'
        kill -TERM $pid; sleep 0.3; kill -0 $pid && echo "still there"; kill -HUP $pid; end; head -1 err"#,
    );
    played.says(&[
        "still there",
        "havoc: 137",
        "ready",
        "nobody is left",
        "havoc: a second SIGHUP: the program is ended",
    ]);
}

/// timeout(1) signals its child, and then the group: two signals to havoc that mean one.
#[test]
fn timeout_around_havoc_gives_the_program_its_time_to_end() {
    let played = scene().play(
        r#"for time in 1 2 3 4 5; do
            timeout 1 "$havoc" $verify -q -o log --inject fsync:error=EIO -- sh -c 'trap "sleep 0.3; echo ended well; exit 3" TERM; sleep 20 & wait' 2> err
            echo "$?"; grep havoc: err
        done; nobody_is_left"#,
    );
    let lines: Vec<&str> =
        std::iter::repeat_n(["ended well", "124"], 5).flatten().chain(["nobody is left"]).collect();
    played.says(&lines);
}

#[test]
fn the_second_signal_ends_a_tree_that_goes_on_breeding() {
    let played = scene().play(
        r#"eval "$READY"; mkdir files; word=breeding
        begin --trace $family -- "$breeds" files 30000; sleep 0.3; kill -TERM $pid; end"#,
    );
    // It handles no SIGTERM: its daemons and children see it gone, and end by themselves or wait for seconds.
    assert!(played.out.starts_with("havoc: 143\nbreeding\n"), "{played:?}");
    assert!(played.out.ends_with("nobody is left\n"), "{played:?}");
}

#[test]
fn havoc_waits_for_a_daemon_and_ends_with_the_roots_status() {
    let played = scene().play(
        r#""$havoc" $verify -o log --inject fsync:error=EIO -- "$daemonizes" file; echo "havoc: $?"; cat file; nobody_is_left
        grep "1 injected" log | cut -d: -f4"#,
    );
    played.says(&[
        "havoc: 5",
        "daemon: written",
        "daemon: fsync: Input/output error",
        "nobody is left",
        " 1 match, 1 injected",
    ]);
    played.complains("havoc: the program has ended, 1 ");
    played.complains(" lives on; havoc waits for the last (--kill-on-exit ends them)\n");
}

#[test]
fn nothing_is_said_of_daemons_where_the_programs_end_is_not_to_be_said() {
    for quiet in ["-qq", "--quiet=exit", "--quiet=all"] {
        let played = scene().play(&format!(
            r#""$havoc" $verify {quiet} -o log --inject fsync:error=EIO -- "$daemonizes" file; echo "havoc: $?"; nobody_is_left"#,
        ));
        played.says(&["havoc: 5", "nobody is left"]);
        assert!(!played.err.contains("lives on"), "{quiet}: {played:?}");
    }
}

#[test]
fn kill_on_exit_ends_the_daemons_with_the_root() {
    let played = scene().play(
        r#""$havoc" $verify -q -o log --kill-on-exit --inject fsync:error=EIO -- "$daemonizes" file; echo "havoc: $?"; nobody_is_left
        sleep 0.7; [ ! -e file ] || echo "the daemon has written""#,
    );
    played.says(&["havoc: 5", "nobody is left"]);
    assert_eq!(played.err, "");
}

#[test]
fn a_signal_ends_the_daemons_that_outlive_the_root() {
    let played = scene().play(
        r#"eval "$READY"; begin -- sh -c 'setsid sh -c "echo ready; exec sleep 20" & sleep 0.2; exit 6'
        until_it_says err "lives\? on"; kill -TERM $pid; end"#,
    );
    played.says(&["havoc: 6", "ready", "nobody is left"]);
}

#[test]
fn a_time_limit_ends_the_tree_with_124_and_writes_the_report() {
    let cases = [
        // A tree; one that ignores SIGTERM and the terminal; one that is stopped, whole and in part.
        "sleep 30 & sleep 30 & wait",
        "trap '' TERM INT HUP QUIT TSTP; sleep 30; sleep 30",
        "kill -STOP $$; sleep 30",
        "sh -c 'kill -STOP $$; sleep 30' & wait",
        "setsid sleep 30 & exit 3",
    ];
    for program in cases {
        let played = scene().variable("program", program).play(
            r#""$havoc" $verify -o log --timeout 300ms --inject fsync:error=EIO -- sh -c "$program"; echo "havoc: $?"; nobody_is_left
            tail -1 log; grep -c "rule fsync#1" log"#,
        );
        played
            .says(&[
                "havoc: 124",
                "nobody is left",
                "havoc: the time limit ended the program; status 124 is havoc's",
                "1",
            ])
            .complains("havoc: the time limit has passed; the program is ended");
    }
}

#[test]
fn a_time_limit_ends_a_tree_that_goes_on_breeding() {
    // Time enough for it to begin.
    let limit = if outside::is_emulated() { "7s" } else { "700ms" };
    for log in ["--trace=all", "--inject=msync:error=EIO"] {
        let played = scene().variable("log", log).variable("limit", limit).play(
            r#"mkdir files; "$havoc" $verify -o log --timeout $limit $log -- "$breeds" files 30000; echo "havoc: $?"; nobody_is_left
            tail -1 log"#,
        );
        played.says(&[
            "breeding",
            "havoc: 124",
            "nobody is left",
            "havoc: the time limit ended the program; status 124 is havoc's",
        ]);
    }
}

#[test]
fn a_time_limit_wins_over_strict_and_the_programs_status_over_a_limit_that_did_not_pass() {
    let played = scene().play(
        r#""$havoc" $verify -q -o log --strict --timeout 200ms --inject fsync:error=EIO -- sleep 30; echo "$?"
        "$havoc" $verify -q -o log --timeout 20s --inject fsync:error=EIO -- sh -c 'exit 9'; echo "$?""#,
    );
    played.says(&["124", "9"]);
}

/// The exec of a program on a pipe that nobody writes to yet takes as long as that.
#[test]
fn a_time_limit_is_counted_from_the_exec() {
    let played = scene().play(
        r#""$havoc" $verify -q -o log --timeout 1s --inject fsync:error=EIO -- sh -c 'sleep 0.4; echo ended; exit 2'; echo "$?"
        begin=$(date +%s%N); "$havoc" $verify -q -o log --timeout 1s --inject fsync:error=EIO -- sleep 30; echo "$?"
        end=$(date +%s%N); passed=$(((end - begin) / 1000000)); [ $passed -ge 1000 ] && [ $passed -lt 4000 ] && echo "in time" || echo $passed"#,
    );
    played.says(&["ended", "2", "124", "in time"]);
}

#[test]
fn nobody_outlives_a_havoc_that_is_killed() {
    for (name, program) in [
        ("waiting", "sleep 30 & sleep 30 & wait"),
        ("stopped", "sh -c 'kill -STOP $$' & kill -STOP $$; sleep 30"),
        ("daemons", "setsid sleep 30 & (setsid sleep 30 &) ; sleep 30"),
        ("busy", "while :; do /bin/true; done"),
    ] {
        let played = scene().variable("program", program).play(
            r#""$havoc" $verify -q -o log --trace $family,fsync -- sh -c "echo ready; $program" > out & pid=$!
            until_it_says out ready; sleep 0.2; kill -KILL $pid; wait $pid; echo "havoc: $?"; nobody_is_left"#,
        );
        assert_eq!(played.out, "havoc: 137\nnobody is left\n", "{name}: {played:?}");
    }
}

#[test]
fn nobody_outlives_a_havoc_that_is_killed_while_children_are_born() {
    let played = scene().play(
        r#"mkdir files; for time in 00 01 02 03 05 08 13 21 34 55; do
            "$havoc" $verify -q -o log --inject msync:error=EIO --trace $family -- "$breeds" files 20000 > out & pid=$!
            sleep 0.$time; kill -KILL $pid; wait $pid; [ $? = 137 ] || echo "not killed"; nobody_is_left
        done"#,
    );
    played.says(&["nobody is left"; 10]);
}

/// havoc itself is the first process of a PID namespace, as it is in a container.
#[test]
fn as_the_first_process_havoc_forwards_reaps_orphans_and_tells_by_128_and_n() {
    if !has_namespace() {
        return skip("no PID namespace to be had inside a container");
    }
    // Within this one another namespace: its init is havoc. It dies with `unshare`.
    let unshare = "unshare --pid --fork --kill-child --mount-proc";
    let play = |script: &str| scene().variable("unshare", unshare).play(script);

    play(
        r#"$unshare $havoc $verify -o log --engine ptrace --inject fsync:error=EIO -- sh -c 'echo "my parent is $PPID"; exit 7'; echo $?
        $unshare $havoc $verify -o log --inject fsync:error=EIO -- sh -c 'kill -TERM $$'; echo $?
        $unshare $havoc $verify -o log --inject fsync:error=EIO -- sh -c 'kill -KILL $$'; echo $?
        tail -1 log"#,
    )
    .says(&["my parent is 1", "7", "143", "137", "havoc: the program was killed by SIGKILL"]);

    // `docker stop` sends SIGTERM to the first process.
    play(
        r#"$unshare "$havoc" $verify -o log --inject fsync:error=EIO -- sh -c 'trap "echo got it; exit 8" TERM; echo ready; sleep 6 & wait' > out & pid=$!
        until_it_says out ready; read -r init < /proc/$pid/task/$pid/children; kill -TERM $init; wait $pid; echo $?; cat out; nobody_is_left"#,
    )
    .says(&["8", "ready", "got it", "nobody is left"]);

    // Orphans of its own tree, and one that came from outside.
    play(
        r#"$unshare "$havoc" $verify -o log --inject fsync:error=EIO -- sh -c '(sleep 0.3 &); (sleep 0.3 & sleep 0.1); echo ready; sleep 0.8
            for process in /proc/[0-9]*; do grep -q "^State:.Z" $process/status && echo "a zombie"; done; exit 4' > out & pid=$!
        until_it_says out ready; read -r init < /proc/$pid/task/$pid/children; nsenter --target $init --pid --mount sh -c '(sleep 0.2 &)'
        wait $pid; echo $?; cat out; nobody_is_left"#,
    )
    .says(&["4", "ready", "nobody is left"]);
}

#[test]
fn newborns_that_are_killed_at_once_are_all_reaped() {
    for options in ["--trace=all", "--inject=fsync:error=EIO"] {
        let played = Scene::new()
            .with(testee::c("kill_newborn"))
            .variable("options", options)
            .play(r#""$havoc" $verify -q -o log $options -- "$kill_newborn" 200; echo $?; nobody_is_left"#);
        played.says(&["killed: 200 of 200", "0", "nobody is left"]);
    }
}

#[test]
fn tasks_that_are_killed_at_random_during_injections_hang_nobody() {
    for options in [
        "--inject=msync:error=EIO",
        "--inject=fsync,msync:error=EIO:after --trace=execve,exit_group",
        "--trace=all",
    ] {
        let played = scene().with(testee::c("kills_at_random")).variable("options", options).play(
            r#"mkdir files; "$havoc" $verify -q -o log $options -- "$breeds" files 1500 & pid=$!
            "$kills_at_random" breeds 1000 > killed; wait $pid; echo $?; cat killed; nobody_is_left"#,
        );
        played.says(&["breeding", "bred", "6", "killed some: yes", "nobody is left"]);
    }
}

#[test]
fn of_two_threads_that_exec_at_once_one_wins_every_time() {
    let times = if outside::is_emulated() { "10" } else { "50" };
    for program in [testee::c("two_threads_exec"), testee::c_static("two_threads_exec")] {
        let played = scene().with(program).variable("times", times).play(
            r#"mkdir files; won=0; for time in $(seq $times); do
                case $((time % 2)) in 0) log=--trace=$family ;; 1) log=--inject=fsync:error=EIO ;; esac
                timeout -s KILL 20 "$havoc" $verify -q -o log $log --inject msync:error=EIO:path=a.bin -- "$two_threads_exec" files > out
                [ $? = 4 ] && [ "$(grep -c 'a.bin: Input/output error' out)$(grep -c 'b.bin: ok' out)" = 11 ] && won=$((won + 1)) || cat out
            done; echo $won; nobody_is_left"#,
        );
        played.says(&[times, "nobody is left"]);
    }
}
