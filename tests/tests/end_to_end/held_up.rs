//! A time limit and a second signal end the run when havoc's main thread is held up, or a task does not die.
use havoc_tests::scene::{Played, Scene};
use havoc_tests::skip::skip;
use havoc_tests::{outside, testee};

/// `ended STATUS within SECONDS`, or how it was.
const ENDED: &str = r#"
    begin() { begun=$(date +%s%N); }
    ended() {
        took=$((($(date +%s%N) - begun) / 1000000))
        if [ $took -lt $(($2 * 1000)) ]; then echo "ended $1 within $2 seconds"; else echo "ended $1 after $took ms"; fi
    }
"#;

fn scene(engine: &str) -> Scene {
    Scene::new()
        .with(testee::c("fuse_hangs"))
        .with(testee::c("does_not_block"))
        .variable("engine", engine)
        .variable("ENDED", ENDED)
}

/// The limit, the grace and the wait for the dying, with some time for the machine.
const SECONDS: u32 = 3;

fn seconds() -> u32 {
    if outside::is_emulated() { 4 * SECONDS } else { SECONDS }
}

#[track_caller]
fn assert_ends(engine: &str, status: i32, played: &Played) {
    let expected = format!("ended {status} within {} seconds\nnobody is left\n", seconds());
    assert_eq!(played.out, expected, "{engine}: {played:?}");
}

#[test]
fn a_time_limit_ends_a_run_whose_log_nobody_reads() {
    for engine in outside::engines() {
        let played = scene(engine).play(&format!(
            r#"eval "$ENDED"; mkfifo pipe; exec 3<> pipe; begin
            "$havoc" --timeout 1 -o pipe --engine $engine --inject close:error=EIO:fd=1000000 -- \
                "$does_not_block" 1000000 2> err
            ended $? {}; nobody_is_left"#,
            seconds()
        ));
        assert_ends(engine, 124, &played);
        assert!(played.err.is_empty(), "{played:?}");
    }
}

#[test]
fn a_second_signal_ends_a_run_whose_log_nobody_reads() {
    // Until the pipe is full, and until the first signal was taken for one of its own.
    let pause = seconds() / SECONDS;
    for engine in outside::engines() {
        let played = scene(engine).play(&format!(
            r#"eval "$ENDED"; mkfifo pipe; exec 3<> pipe
            "$havoc" -o pipe --engine $engine --inject close:error=EIO:fd=1000000 -- \
                "$does_not_block" 1000000 2> err & pid=$!
            sleep {pause}; kill -TERM $pid; sleep {pause}; begin; kill -TERM $pid
            wait $pid 2> killed; ended $? {}; nobody_is_left"#,
            seconds()
        ));
        assert_ends(engine, 137, &played);
    }
}

#[test]
fn a_time_limit_ends_a_run_whose_task_does_not_die_and_names_it() {
    for engine in outside::engines() {
        let played = scene(engine).play(&format!(
            r#"eval "$ENDED"; mkdir hung
            "$fuse_hangs" hung > server & server=$!
            tries=0; until [ -s server ] || [ $tries = 200 ]; do tries=$((tries + 1)); sleep 0.05; done
            grep -q ready server || {{ cat server; exit 77; }}
            begin
            "$havoc" --timeout 1 -o log --engine $engine --inject fsync:error=EIO -- \
                sh -c 'cat hung/file & echo $! > stuck; sleep 30' 2> err
            ended $? {}
            grep -c "still in the kernel: $(cat stuck) (" err log
            [ $server -gt 1 ] && kill -KILL $server; wait $server 2> killed; nobody_is_left"#,
            seconds()
        ));
        if played.status == 77 {
            return skip(played.out.trim());
        }
        let expected = format!("ended 124 within {} seconds\nerr:1\nlog:1\nnobody is left\n", seconds());
        assert_eq!(played.out, expected, "{engine}: {played:?}");
    }
}
