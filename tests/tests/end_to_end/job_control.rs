//! havoc under an interactive shell: the keys that stop, end and continue a job do what they do without it.
use havoc_tests::scene::Scene;
use havoc_tests::terminal::Terminal;
use havoc_tests::{outside, testee};
use std::time::Duration;

/// Without havoc, and with it: nobody should see the difference.
const WAYS: [&str; 3] =
    ["", "$havoc -q -o log --inject fsync:error=EIO --", "$havoc -q -o log --trace all --"];

const CTRL_C: &str = "\x03";
const CTRL_Z: &str = "\x1a";
const CTRL_BACKSLASH: &str = "\x1c";

fn terminal() -> Terminal {
    Terminal::open(&[testee::c("handles_sigint")])
}

/// Gives a shell time to do what nothing shows the end of; several times as much on an emulated CPU.
fn pause(milliseconds: u64) {
    let factor = if outside::is_emulated() { 5 } else { 1 };
    std::thread::sleep(Duration::from_millis(milliseconds * factor));
}

#[test]
fn ctrl_z_stops_the_job_and_fg_lets_it_go_on() {
    for way in WAYS {
        let mut terminal = terminal();
        terminal.line(&format!(
            r#"{way} sh -c 'echo ready; read line; echo "got $line"; exit 7'; echo "status $?""#
        ));
        terminal.shows("ready\n");
        for _ in 0..3 {
            terminal.keys(CTRL_Z);
            terminal.shows("Stopped");
            // 128 and the signal that stopped it: SIGTSTP, or havoc's SIGSTOP.
            let status = if way.is_empty() { "148" } else { "147" };
            assert_eq!(
                terminal.shows("$ ").lines().last(),
                Some(format!("status {status}").as_str()),
                "{way}"
            );
            terminal.line("jobs -s");
            terminal.shows("Stopped");
            terminal.shows("$ ");
            terminal.line("fg; echo \"status $?\"");
            terminal.shows("sh -c");
            // The shell shows the job first and then lets it go on.
            pause(300);
        }
        terminal.line("text");
        terminal.shows("got text\nstatus 7\n");
        terminal.close();
    }
}

#[test]
fn a_job_of_several_processes_stops_as_a_whole_and_goes_on_in_the_background() {
    for way in WAYS {
        let mut terminal = terminal();
        terminal.line(&format!(
            r#"{way} sh -c 'sh -c "echo ready; while [ ! -e go ]; do sleep 0.02; done; echo $((6 * 7))" & wait; exit 4'"#
        ));
        terminal.shows("ready\n");
        terminal.keys(CTRL_Z);
        terminal.shows("Stopped");
        terminal.line("touch go; sleep 0.3; echo quiet");
        let between = terminal.shows("quiet\n");
        assert!(!between.contains("42"), "{way}: {between}");
        terminal.line("bg");
        terminal.shows("42\n");
        // A shell tells of the end of a job at its next prompt.
        terminal.line("sleep 0.5");
        terminal.shows("Exit 4");
        terminal.close();
    }
}

#[test]
fn ctrl_c_goes_to_a_program_that_handles_it_once_and_from_the_terminal() {
    for way in WAYS {
        let mut terminal = terminal();
        terminal.line(&format!("{way} $handles_sigint 2; echo \"status $?\""));
        terminal.shows("ready\n");
        terminal.keys(CTRL_C);
        terminal.shows("got SIGINT (code SI_KERNEL)\n");
        pause(200);
        terminal.keys(CTRL_C);
        let between = terminal.shows("got SIGINT (code SI_KERNEL)\n");
        assert_eq!(between, "", "{way}");
        terminal.shows("status 0\n");
        terminal.close();
    }
}

#[test]
fn ctrl_c_ends_a_program_that_does_not_and_the_loop_of_the_shell_around_it() {
    for way in WAYS {
        let mut terminal = terminal();
        terminal.line(&format!(
            "for time in 1 2 3; do {way} sh -c 'echo ready; exec sleep 20'; echo after; done"
        ));
        terminal.shows("ready\n");
        terminal.keys(CTRL_C);
        let before = terminal.shows("$ ");
        assert!(!before.contains("after"), "{way}: {before}");
        terminal.line("echo \"status $?\"");
        terminal.shows("status 130\n");
        terminal.close();
    }
}

#[test]
fn ctrl_backslash_quits() {
    for way in WAYS {
        let mut terminal = terminal();
        terminal.line(&format!("ulimit -c 0; {way} sh -c 'echo ready; exec sleep 20'; echo \"status $?\""));
        terminal.shows("ready\n");
        terminal.keys(CTRL_BACKSLASH);
        terminal.shows("Quit");
        terminal.shows("status 131\n");
        terminal.close();
    }
}

/// What is typed is shown too: it must not hold the word itself.
const JOBS_WHEN_ONE_HAS_STOPPED: &str =
    "for try in {1..100}; do jobs | grep -q 'S[t]opped' && break; sleep 0.1; done; jobs";

#[test]
fn a_background_job_that_reads_the_terminal_stops_until_fg() {
    for way in WAYS {
        let mut terminal = terminal();
        terminal.line(&format!(r#"{way} sh -c 'read line; echo "got $line"; exit 6' &"#));
        terminal.shows("$ ");
        terminal.line(JOBS_WHEN_ONE_HAS_STOPPED);
        terminal.shows("Stopped");
        terminal.line("fg; echo \"status $?\"");
        terminal.shows("sh -c");
        terminal.line("text");
        terminal.shows("got text\nstatus 6\n");
        terminal.close();
    }
}

#[test]
fn a_background_job_that_may_not_write_to_the_terminal_stops_until_fg() {
    for way in WAYS {
        let mut terminal = terminal();
        // havoc itself writes its report from the background nevertheless.
        terminal.line("stty tostop");
        terminal.shows("$ ");
        terminal.line(&format!("{way} sh -c 'echo text; exit 6' &"));
        terminal.shows("$ ");
        terminal.line(JOBS_WHEN_ONE_HAS_STOPPED);
        terminal.shows("Stopped");
        terminal.line("fg; echo \"status $?\"");
        terminal.shows("text\nstatus 6\n");
        terminal.close();
    }
}

/// When the leader of a session ends, the kernel sends SIGHUP to the group in the terminal's foreground, which havoc and the
/// program belong to; when the terminal itself hangs up, to the leader, which may be havoc.
#[test]
fn a_hangup_reaches_the_program_once() {
    let scene = Scene::new().with(testee::c("starts_with"));
    let played = scene.play(
        r#"export job='trap "echo HUP >> hung_up" HUP; echo ready > said; until [ -e end ]; do sleep 0.05; done'
        export begin='"$starts_with" default 1 -- $way sh -c "$job"'
        for way in "" "$havoc $verify -q -o log --inject fsync:error=EIO --"; do
            export way
            script -qec 'eval "$begin" & until [ -e said ]; do sleep 0.05; done; exit 0' /dev/null < /dev/null > /dev/null
            until_it_says hung_up HUP; sleep 0.4; : > end; nobody_is_left; cat hung_up; rm hung_up said end
        done"#,
    );
    played.says(&["nobody is left", "HUP", "nobody is left", "HUP"]);
}

#[test]
fn an_interactive_shell_runs_under_havoc() {
    for way in WAYS {
        let mut terminal = terminal();
        terminal.line(&format!("{way} bash --norc --noprofile --noediting -i"));
        terminal.line("echo \"level $SHLVL\"");
        terminal.shows("level ");
        terminal.line("sh -c 'echo ready; read line; echo \"got $line\"'; echo \"status $?\"");
        terminal.shows("ready\n");
        terminal.keys(CTRL_Z);
        terminal.shows("Stopped");
        terminal.line("fg");
        terminal.shows("sh -c");
        terminal.line("text");
        terminal.shows("got text\n");
        // Ctrl-C throws away what was typed and not yet read.
        terminal.line("echo begun; sleep 20; echo after");
        terminal.shows("begun\n");
        pause(300);
        terminal.keys(CTRL_C);
        terminal.line("exit 5");
        let before = terminal.shows("exit\n");
        assert!(!before.contains("after"), "{way}: {before}");
        terminal.line("echo \"status $?\"");
        terminal.shows("status 5\n");
        terminal.close();
    }
}
