//! What the program inherits is what it would have without havoc.
use havoc_tests::apart::{has_namespace, is_root};
use havoc_tests::havoc::verifies;
use havoc_tests::scene::{Played, Scene};
use havoc_tests::{outside, testee};
use std::fs;
use std::os::unix::fs::PermissionsExt;

/// Both files hold what `inherited` said: without havoc, and under a rule. The descriptor of the log must not show.
const COMPARE: &str = r#"
    compare() {
        "$starts_with" "$@" -- $natively "$inherited" file > said; native=$?; mv said natively
        "$starts_with" "$@" -- "$havoc" $verify -q -o log --inject fsync:error=EIO:when=100 -- "$inherited" file > said; echo "$? as $native"; mv said by_havoc
        sed -i "$unlike" natively by_havoc; diff natively by_havoc > difference && echo "the same in $(grep -c '' natively) lines" || cat difference
    }
"#;

/// Without CAP_SYS_ADMIN no filter is taken without NO_NEW_PRIVS (seccomp(2)); docs/limits.md tells so. What starts the
/// program without havoc then sets it too. In a namespace of their own the tests have that capability.
fn natively() -> &'static str {
    if has_namespace() { "" } else { "setpriv --no-new-privs --" }
}

fn scene() -> Scene {
    // The parent of a program that is not traced is the guard, which has a group of its own. docs/engines.md
    let unlike = if verifies() { "" } else { "/^process group of the parent/d" };
    let scene = Scene::new().variable("COMPARE", COMPARE).variable("natively", natively());
    let scene = scene.variable("unlike", unlike);
    scene.with(testee::c("starts_with")).with(testee::c("inherited"))
}

#[track_caller]
fn is_inherited(played: &Played, times: usize) {
    let lines: Vec<&str> = played.out.lines().collect();
    assert_eq!(lines.len(), 2 * times, "{played:?}");
    for pair in lines.chunks(2) {
        assert_eq!(pair[0], "0 as 0", "{played:?}");
        // Signals, capabilities, descriptors, limits, the environment: many.
        assert!(
            pair[1].starts_with("the same in ") && pair[1].len() > "the same in 9 lines".len(),
            "{played:?}"
        );
    }
}

#[test]
fn ignored_and_blocked_signals_are_the_programs() {
    let played = scene().play(
        r#"eval "$COMPARE"; compare
        for signal in 1 2 3 13 15 17 20 21 22 23 24 25 28 34 64; do compare ignore $signal; compare block $signal; done
        compare default 13; compare ignore 13 ignore 17 block 17 block 23 ignore 2"#,
    );
    is_inherited(&played, 1 + 30 + 2);
}

#[test]
fn closed_and_additional_descriptors_are_the_programs() {
    let played = scene().play(
        r#"eval "$COMPARE"
        for closed in 0 2 "0 close 2"; do compare close $closed; done
        compare open 7 seven; compare open 3 three open 4 four open 500 many; compare close 0 open 9 nine"#,
    );
    is_inherited(&played, 6);

    // Closed standard output: it writes to standard error then, by an exit status.
    let played = scene().play(
        r#"look='[ -e /proc/self/fd/1 ] && exit 1; [ -e /proc/self/fd/0 ] && exit 2; [ -e /proc/self/fd/2 ] && exit 3; exit 4'
        for closed in ">&-" ">&- <&-" ">&- 2>&-" ">&- <&- 2>&-"; do
            eval "sh -c '$look' $closed"; native=$?
            eval "\"\$havoc\" $verify -q -o log --inject fsync:error=EIO -- sh -c '$look' $closed"; echo "$? as $native"
        done"#,
    );
    played.says(&["2 as 2", "3 as 3", "2 as 2", "4 as 4"]);
}

#[test]
fn mask_limits_priority_alarm_and_environment_are_the_programs() {
    let played = scene().variable("RUST_LOG", "trace").variable("RUST_BACKTRACE", "full").play(
        r#"eval "$COMPARE"; compare umask 0027; compare umask 0; compare files 40; compare alarm 50; compare alarm 3000
        ulimit -t 500; ulimit -s 1024; ulimit -c 0; compare; export A="x y" B= EMPTY; compare
        renice -n 5 $$ > /dev/null; compare; cd /; dir=$dir/; cd "$dir"; compare"#,
    );
    is_inherited(&played, 9);
}

#[test]
fn a_signal_at_the_parents_death_is_the_programs_own_or_none() {
    let played = scene().play(
        r#"run() { "$havoc" $verify -q -o log --inject fsync:error=EIO:when=100 -- "$@" | grep "parent's death"; }
        run "$inherited" file; run setpriv --pdeathsig TERM "$inherited" file; run setpriv --pdeathsig clear "$inherited" file"#,
    );
    let line = |signal: i32| format!("signal at the parent's death: {signal}");
    played.says(&[&line(0), &line(15), &line(0)]);
}

#[test]
fn nohup_and_a_session_of_its_own_are_the_programs() {
    let played = scene().play(
        r#"for way in nohup setsid "setsid --fork --wait" "nice -n 3" "timeout 20"; do
            $way $natively "$inherited" file > said 2>&1 < /dev/null; mv said natively
            $way "$havoc" $verify -q -o log --inject fsync:error=EIO:when=100 -- "$inherited" file > said 2>&1 < /dev/null; mv said by_havoc
            # havoc, whose child the program is, leads the session and the group.
            grep -v ': own\|: another' natively > left; grep -v ': own\|: another\|: the same' by_havoc > right
            grep -v ': the same' left > left2; diff left2 right > difference && echo "the same" || { echo "$way:"; cat difference; }
        done"#,
    );
    played.says(&["the same"; 5]);
}

#[test]
fn a_pipeline_ends_as_it_would() {
    let played = scene().play_by(
        "bash",
        r#"set -o pipefail
        yes | head -1; echo "natively: ${PIPESTATUS[*]}"
        "$havoc" $verify -q -o log --inject fsync:error=EIO -- yes | head -1; echo "by havoc: ${PIPESTATUS[*]}"
        "$havoc" $verify -q -o log --trace write -- sh -c 'yes | head -1; echo $?' | cat; echo "inside: ${PIPESTATUS[*]}"
        trap '' PIPE; "$havoc" $verify -q -o log --inject fsync:error=EIO -- yes 2> err | head -1; echo "ignored: ${PIPESTATUS[*]}"; grep -c 'Broken pipe' err"#,
    );
    played.says(&[
        "y",
        "natively: 141 0",
        "y",
        "by havoc: 141 0",
        "y",
        "0",
        "inside: 0 0",
        "y",
        "ignored: 1 0",
        "1",
    ]);
}

#[test]
fn no_new_privs_is_set_for_plain_users_and_nothing_else_differs() {
    if !is_root() {
        // In a user namespace the test is root; the two cases below need another id than that of the namespace's owner.
        let played = scene().play(r#"eval "$COMPARE"; compare"#);
        is_inherited(&played, 1);
        return;
    }
    let scene = scene();
    fs::set_permissions(scene.directory(), fs::Permissions::from_mode(0o777)).expect("the directory is ours");
    let played = scene.play(
        r#"cp "$havoc" "$inherited" "$starts_with" . && chmod a+rx havoc inherited starts_with; havoc=$PWD/havoc inherited=$PWD/inherited starts_with=$PWD/starts_with
        as() { setpriv --reuid 65534 --regid 65534 --clear-groups "$@"; }
        as "$inherited" file > said; mv said natively; as "$havoc" $verify -q -o log2 --inject fsync:error=EIO:when=100 -- "$inherited" file > said; echo $?; mv said by_havoc
        sed -i "$unlike" natively by_havoc; diff natively by_havoc | grep '^[<>]'; grep NoNewPrivs natively by_havoc"#,
    );
    played.says(&[
        "0",
        "< NoNewPrivs:\t0",
        "> NoNewPrivs:\t1",
        "natively:NoNewPrivs:\t0",
        "by_havoc:NoNewPrivs:\t1",
    ]);
}

#[test]
fn a_thousand_runs_under_a_rule_leave_no_trace_on_the_program() {
    let half = if outside::is_emulated() { 10 } else { 500 };
    let scene = scene().seconds(150).variable("half", half.to_string());
    let played = scene.play(
        r#"mkdir files tmp; export TMPDIR=$PWD/tmp; cd files; $natively "$inherited" file | sed "$unlike" > ../natively
        some() {
            for run in $(seq $1 $2); do
                # A shell has its background jobs ignore SIGINT and SIGQUIT.
                { "$starts_with" default 2 default 3 -- "$havoc" $verify -q -o /dev/null --inject msync,fsync:error=EIO:when=100 -- "$inherited" file
                [ $? = 0 ] || echo "a status of $?"; } | sed "$unlike" > ../$1.out
                cmp -s ../$1.out ../natively && echo "the same" || diff ../$1.out ../natively
            done > ../$1.result
        }
        some 1 $half & first=$!; some $((half + 1)) $((2 * half)) & wait $!; wait $first
        cat ../*.result | sort | uniq -c | sed 's/^ *//'
        grep 'SIGCONT handled' ../natively; nobody_is_left; ls -A; ls -A ../tmp"#,
    );
    played.says(&[&format!("{} the same", 2 * half), "SIGCONT handled: 0 times", "nobody is left", "file"]);
}

/// havoc has copies of the program's streams; whoever waits for the last of them to be closed must not wait for havoc.
#[test]
fn streams_that_the_program_closes_are_closed() {
    let waits = "until [ -e seen ]; do sleep 0.05; tries=$((tries + 1)); [ $tries -lt 100 ] || exit; done; : > in_time";
    let played = scene().variable("waits", waits).play(
        r#""$havoc" $verify -q -o log --inject fsync:error=EIO -- sh -c "echo text; exec >&-; $waits" | { cat; : > seen; }
        rm in_time && echo "the reader saw the end"; rm seen; trap '' PIPE
        { while echo text; do sleep 0.05; done 2> /dev/null; : > seen; } | "$havoc" $verify -q -o log --inject fsync:error=EIO -- sh -c "exec <&-; $waits"
        rm in_time && echo "the writer saw the end""#,
    );
    played.says(&["text", "the reader saw the end", "the writer saw the end"]);
}

#[test]
fn limits_that_were_set_for_the_program_do_not_end_havoc() {
    let played = scene().play(
        // A log of more than 512 bytes, which is written at the end, into a limit of 512: the program goes on.
        r#"(ulimit -f 1; "$havoc" $verify -o log --trace all -- sh -c 'exit 3' 2> err; echo $?; grep -c '^havoc: ' err)
        # The alarm is the program's, which handles it.
        "$starts_with" alarm 1 -- "$havoc" $verify -q -o log --inject fsync:error=EIO -- sh -c 'trap "echo alarm; exit 4" ALRM; sleep 5 & wait'; echo $?
        "$starts_with" alarm 1 -- "$havoc" $verify -q -o log --inject fsync:error=EIO -- sleep 5; echo $?"#,
    );
    assert_eq!(played.out, "125\n1\nalarm\n4\n142\n", "{played:?}");
}
