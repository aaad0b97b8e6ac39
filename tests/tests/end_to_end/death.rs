//! Whatever becomes of havoc, its program goes with it: a task that carried the filter and nobody answers would have no named
//! call any more.
use havoc_tests::apart::has_namespace;
use havoc_tests::scene::Scene;
use havoc_tests::skip::skip;
use havoc_tests::{outside, testee};

/// What every script may call; `$who` is killed, havoc or its guard, by its pid.
const KILL: &str = r#"
    guard_of() {
        read -r children < "/proc/$1/task/$1/children"
        for child in $children; do
            read -r name < "/proc/$child/comm" && [ "$name" = tree-guard ] && echo "$child"
        done
    }
    end() {
        case $who in guard) victim=$(guard_of $pid) ;; *) victim=$pid ;; esac
        # In the first moments there is no guard yet.
        [ "${victim:-0}" -gt 1 ] && case $who in
            group) kill -KILL "-$victim" ;;
            *) kill -KILL "$victim" ;;
        esac
    }
"#;

/// Who may be killed under an engine, and how havoc ends then.
const ENDS: [(&str, &str, &str); 5] = [
    ("ptrace", "havoc", "137"),
    ("ptrace", "group", "137"),
    ("notify", "havoc", "137"),
    ("notify", "group", "137"),
    ("notify", "guard", "125"),
];

fn scene(engine: &str, who: &str) -> Scene {
    Scene::new()
        .with(testee::c("breeds"))
        .with(testee::c("hard_to_end"))
        .variable("KILL", KILL)
        .variable("engine", engine)
        .variable("who", who)
}

/// Checks it for those of [`ENDS`] that this engine has.
fn for_each_end(engine: &str, check: impl Fn(&str, &str)) {
    if engine == "notify" && !outside::has_notify() {
        return skip("no engine `notify` here");
    }
    for (_, who, status) in ENDS.iter().filter(|end| end.0 == engine) {
        check(who, status);
    }
}

#[track_caller]
fn assert_nobody_is_left(engine: &str, starter: &str, program: &str) {
    for_each_end(engine, |who, status| {
        let played = scene(engine, who).variable("starter", starter).variable("program", program).play(
            r#"eval "$KILL"
            setsid $starter "$havoc" -q -o log --engine $engine --inject fsync:error=EIO -- sh -c "$program" > out 2> err & pid=$!
            until_it_says out ready; sleep 0.1; end; wait $pid; echo "havoc: $?"; nobody_is_left"#,
        );
        let expected = format!("havoc: {status}\nnobody is left\n");
        assert_eq!(played.out, expected, "{engine}, {who} is killed, {program}: {played:?}");
    });
}

const PROGRAMS: [&str; 8] = [
    "echo ready; sleep 30 & sleep 30 & wait",
    "echo ready; sh -c 'kill -STOP $$' & kill -STOP $$; sleep 30",
    "setsid sleep 30 & (setsid sleep 30 &); echo ready; sleep 30",
    "trap '' TERM HUP INT QUIT; setsid sh -c 'echo ready; sleep 30; sleep 30' & wait; sleep 30",
    "echo ready; while :; do /bin/true; done",
    "\"$hard_to_end\" leaderless",
    "\"$hard_to_end\" deaf",
    "\"$hard_to_end\" vforked",
];

#[test]
fn nobody_is_left_of_a_traced_program_when_havoc_or_its_group_is_killed() {
    PROGRAMS.iter().for_each(|program| assert_nobody_is_left("ptrace", "", program));
}

#[test]
fn nobody_is_left_of_an_untraced_program_when_havoc_or_its_group_or_the_guard_is_killed() {
    PROGRAMS.iter().for_each(|program| assert_nobody_is_left("notify", "", program));
}

#[test]
fn nobody_is_left_of_a_program_that_has_mounted_something_over_proc() {
    if !has_namespace() {
        return skip("a container mounts nothing");
    }
    for engine in ["ptrace", "notify"] {
        let program = "mount -t tmpfs none /proc; setsid sleep 30 & echo ready; sleep 30";
        assert_nobody_is_left(engine, "unshare --mount", program);
    }
}

#[track_caller]
fn assert_nobody_is_left_who_was_being_born(engine: &str) {
    for_each_end(engine, |who, _| {
        let played = scene(engine, who).play(
            r#"eval "$KILL"; mkdir files
            for time in 00 02 05 08 13 21; do
                rm -f out
                setsid "$havoc" -q -o log --engine $engine --inject msync,fsync:error=EIO:path=b.bin -- "$breeds" files 20000 > out 2> err & pid=$!
                until_it_says out breeding; sleep 0.$time; end; wait $pid; grep ENOSYS out; nobody_is_left
            done"#,
        );
        assert_eq!(played.out, "nobody is left\n".repeat(6), "{engine}, {who} is killed: {played:?}");
    });
}

#[test]
fn nobody_is_left_of_a_traced_program_whose_children_are_being_born() {
    assert_nobody_is_left_who_was_being_born("ptrace");
}

#[test]
fn nobody_is_left_of_an_untraced_program_whose_children_are_being_born_and_none_sees_enosys() {
    assert_nobody_is_left_who_was_being_born("notify");
}

/// How people find what they mean to kill, as pkill(1), `pkill -f` and pidof(1) do, and whether the program may have children:
/// by its file the guard is found as well, and then the kernel ends the root process alone.
const FOUND: [(&str, bool); 3] = [("by_name", true), ("by_words", true), ("by_file", false)];

const FIND: &str = r#"
    # Each process that is called `havoc`, has havoc in its command line, or is havoc.
    each() { for process in /proc/[0-9]*; do [ "${process#/proc/}" -gt 1 ] && "$1" && echo "${process#/proc/}"; done; }
    is_named() { read -r name < "$process/comm" && case $name in *havoc*) ;; *) false ;; esac; } 2> /dev/null
    has_words() { tr '\0' ' ' < "$process/cmdline" | grep -q -F -e "$havoc"; } 2> /dev/null
    is_it() { [ "$(readlink "$process/exe")" = "$havoc" ]; }
    by_name() { each is_named; }
    by_words() { each has_words; }
    by_file() { each is_it; }
"#;

/// Tells whether all that is called havoc is the test's own: in a container it is that of other tests, too.
fn is_alone() -> bool {
    if !has_namespace() {
        skip("other tests' havocs are in the same namespace of processes");
    }
    has_namespace()
}

#[test]
fn nobody_is_left_in_twenty_runs_when_all_that_is_called_havoc_is_killed() {
    if !is_alone() {
        return;
    }
    for (found, may_breed) in FOUND {
        let program = if may_breed { "sleep 30 & echo ready; sleep 30" } else { "echo ready; exec sleep 30" };
        for engine in outside::engines() {
            let runs = if outside::is_emulated() { 3 } else { 20 };
            let scene = scene(engine, "").variable("FIND", FIND).variable("search", found);
            let played = scene.variable("program", program).play(&format!(
                r#"eval "$FIND"; for run in $(seq {runs}); do
                    rm -f out
                    setsid "$havoc" -q -o log --engine $engine --inject fsync:error=EIO -- sh -c "$program" > out 2> err & pid=$!
                    until_it_says out ready; kill -KILL $($search); wait $pid 2> killed; nobody_is_left
                done"#
            ));
            assert_eq!(played.out, "nobody is left\n".repeat(runs), "{engine}, {found}: {played:?}");
        }
    }
}

#[test]
fn a_time_limit_ends_the_program_though_the_guard_is_stopped() {
    if !outside::has_notify() {
        return skip("no engine `notify` here");
    }
    let played = scene("notify", "").play(
        r#"eval "$KILL"
        "$havoc" --timeout 2 -o log --engine notify --inject fsync:error=EIO -- sh -c "echo ready; sleep 30" > out 2> err & pid=$!
        until_it_says out ready; guard=$(guard_of $pid); [ "${guard:-0}" -gt 1 ] && kill -STOP $guard
        wait $pid; echo "havoc: $?"; nobody_is_left"#,
    );
    assert_eq!(played.out, "havoc: 124\nnobody is left\n", "{played:?}");
}

/// Before the program's exec, too.
#[test]
fn nobody_is_left_when_havoc_is_killed_while_it_starts() {
    for engine in ["ptrace", "notify"] {
        for_each_end(engine, |who, _| {
            let played = scene(engine, who).play(
                r#"eval "$KILL"
                for time in 000 001 002 003 004 005 006 008 010 015; do
                    setsid "$havoc" -q -o log --engine $engine --inject fsync:error=EIO -- sleep 30 > out 2> err & pid=$!
                    # Whoever had no guard yet would go on.
                    sleep 0.$time; end || kill -KILL $pid; wait $pid; nobody_is_left
                done"#,
            );
            assert_eq!(played.out, "nobody is left\n".repeat(10), "{engine}, {who} is killed: {played:?}");
        });
    }
}

/// Found by their file, at any moment, until the program's exec and after it. The program is one process.
#[test]
fn nobody_is_left_when_havoc_and_its_guard_are_killed_at_once() {
    if !is_alone() {
        return;
    }
    for engine in outside::engines() {
        let played = scene(engine, "").variable("FIND", FIND).play(
            r#"eval "$FIND"
            for time in 000 002 004 006 008 010 012 014 016 018 020 022 024 026 028 030 035 040 045 050; do
                setsid "$havoc" -q -o log --engine $engine --inject fsync:error=EIO -- sleep 30 > out 2> err & pid=$!
                sleep 0.$time; kill -KILL $(by_file) $pid 2> killed; wait $pid 2> killed; nobody_is_left
            done"#,
        );
        assert_eq!(played.out, "nobody is left\n".repeat(20), "{engine}: {played:?}");
    }
}
