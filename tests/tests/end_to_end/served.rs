//! What only the program, or somebody who does not answer, can tell havoc: file systems and pages that they serve. No look-up of
//! havoc's may wait for them, since they may wait for havoc.
use havoc_tests::outside::engines;
use havoc_tests::scene::{Played, Scene};
use havoc_tests::skip::skip;
use havoc_tests::testee;

/// Skips the test where the scene could not be set.
fn is_set(played: &Played) -> bool {
    let missing =
        played.out.lines().find(|line| line.starts_with("no FUSE") || line.starts_with("no userfaultfd"));
    if let Some(missing) = missing {
        skip(missing);
    }
    missing.is_none()
}

#[test]
fn calls_on_a_file_system_that_the_program_serves_itself_are_judged() {
    for engine in engines() {
        let scene = Scene::new().with(testee::c("fuse_serves")).variable("engine", *engine);
        let played = scene.play(
            r#"mkdir served
            $havoc --engine $engine $verify -o log --timeout 20s --inject openat:error=ENOANO:path=served/a.dat:name=a \
                -- $fuse_serves served 3
            echo "status $?"; grep -e 'rule a' -e judged log"#,
        );
        if !is_set(&played) {
            return;
        }
        let [a, b] = ["a.dat: ENOANO", "b.dat: ok"];
        let rule = "havoc: rule a (openat:error=ENOANO:path=served/a.dat:name=a): 3 matches, 3 injected";
        played.says(&[a, b, a, b, a, b, "the server: 0", "status 0", rule]);
    }
}

#[test]
fn names_in_pages_that_the_program_fills_in_itself_are_read() {
    for engine in engines() {
        let scene = Scene::new().with(testee::c("fills_its_pages")).variable("engine", *engine);
        let played = scene.play(
            r#"$havoc --engine $engine $verify -o log --timeout 20s --inject openat:error=ENOANO:path=/dev/null:name=null \
                -- $fills_its_pages 3
            echo "status $?"; grep -e 'rule null' -e judged log"#,
        );
        if !is_set(&played) {
            return;
        }
        let [null, zero] = ["/dev/null: ENOANO", "/dev/zero: ok"];
        let rule = "havoc: rule null (openat:error=ENOANO:path=/dev/null:name=null): 3 matches, 3 injected";
        played.says(&[null, zero, null, zero, null, zero, "status 0", rule]);
    }
}

#[test]
fn pages_of_a_file_that_the_program_serves_itself_are_not_waited_for() {
    let scene = Scene::new().with(testee::c("fuse_serves"));
    let played = scene.play(
        r#"mkdir served
        $havoc $verify -o log --timeout 20s --trace openat,write -- $fuse_serves served 2
        echo "status $?"; grep -c '^.*write([0-9]*</dev/null>, .*, 4096) *= 4096' log"#,
    );
    if !is_set(&played) {
        return;
    }
    let [a, b] = ["a.dat: ok", "b.dat: ok"];
    played.says(&[a, b, a, b, "the server: 0", "status 0", "4"]);
}

/// Begins a file system that answers nobody, runs `script`, and ends it.
fn beside_a_file_system_that_hangs(engine: &str, script: &str) -> Played {
    let scene = Scene::new().with(testee::c("fuse_hangs")).variable("engine", engine);
    scene.play(&format!(
        r#"mkdir hung
        $fuse_hangs hung > ready & server=$!
        until grep -q -e ready -e FUSE ready; do sleep 0.05; done
        grep FUSE ready && exit
        {script}
        kill -KILL $server 2> /dev/null; exit 0"#
    ))
}

#[test]
fn a_call_on_a_file_system_that_does_not_answer_is_not_judged_and_others_are() {
    for engine in engines() {
        let played = beside_a_file_system_that_hangs(
            engine,
            r#"$havoc --engine $engine $verify -o log --inject openat:error=ENOANO:path=near.dat:name=near -- sh -c '
                (exec 3< hung/far.dat) 2> /dev/null & far=$!
                sleep 0.3
                cat near.dat 2> /dev/null; echo "near $?"
                sleep 2.5
                kill -KILL '$server'; wait $far' 2> /dev/null
            grep -e "rule near" -e judged log | sed "s/, since.*//""#,
        );
        if !is_set(&played) {
            return;
        }
        played.says(&[
            "near 1",
            "havoc: rule near (openat:error=ENOANO:path=near.dat:name=near): 1 match, 1 injected",
            "havoc:   1 call could not be judged",
        ]);
    }
}

#[test]
fn the_time_limit_ends_a_program_that_waits_for_a_file_system_that_does_not_answer() {
    for engine in engines() {
        let played = beside_a_file_system_that_hangs(
            engine,
            r#"begin=$(date +%s)
            $havoc --engine $engine $verify -o log --timeout 1 --inject openat:error=ENOANO:path=near.dat -- sh -c '
                (exec 3< hung/far.dat) & exec sleep 50' 2> /dev/null
            echo "status $?, in time: $(( $(date +%s) - begin < 9 ))""#,
        );
        if !is_set(&played) {
            return;
        }
        played.says(&["status 124, in time: 1"]);
    }
}
