//! Children to look at: this very test binary, started again to play a role.
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use nix::sched::{CloneFlags, unshare};
use nix::sys::wait::waitpid;
use nix::unistd::{ForkResult, fork};

use crate::task::Tid;

const ROLE: &str = "HAVOC_TEST_ROLE";
const READY: &str = "guest: ready ";

/// A child that has reached its situation, and waits there until it is told to go on.
pub struct Guest {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    /// What the guest said about itself.
    pub word: String,
}

impl Guest {
    pub fn start(role: &str) -> Guest {
        Guest::start_by(Command::new(std::env::current_exe().expect("own path")), role)
    }

    /// The same by a prepared command (another user, another environment).
    pub fn start_by(mut command: Command, role: &str) -> Guest {
        command.args(["--exact", "kernel::linux::guest::play_role", "--nocapture", "--test-threads=1"]);
        command.env(ROLE, role).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("start the guest");
        let input = child.stdin.take();
        let mut output = BufReader::new(child.stdout.take().expect("piped"));
        let mut line = String::new();
        let word = loop {
            line.clear();
            assert_ne!(output.read_line(&mut line).expect("readable"), 0, "the guest {role} ended early");
            if let Some((_, word)) = line.split_once(READY) {
                break word.trim().to_owned();
            }
        };
        Guest { child, input, output, word }
    }

    pub fn tid(&self) -> Tid {
        i32::try_from(self.child.id()).ok().and_then(Tid::new).expect("a child's id is above zero")
    }

    pub fn go_on(&mut self) {
        self.input.as_mut().expect("not ended").write_all(b"\n").expect("the guest listens");
    }

    /// Waits until the guest has executed cat, and that has come so far as to answer.
    pub fn wait_for_cat(&mut self) {
        let comm = format!("/proc/{}/comm", self.tid());
        let deadline = Instant::now() + Duration::from_secs(20);
        while std::fs::read_to_string(&comm).expect("alive").trim() != "cat" {
            assert!(Instant::now() < deadline, "the guest never executed cat");
            std::thread::sleep(Duration::from_millis(1));
        }
        self.go_on();
        let mut line = String::new();
        self.output.read_line(&mut line).expect("readable");
        assert_eq!(line, "\n");
    }

    /// Lets the guest come to its end and returns what else it said.
    pub fn finish(mut self) -> String {
        drop(self.input.take());
        let mut rest = String::new();
        self.output.read_to_string(&mut rest).expect("readable");
        let status = self.child.wait().expect("our child");
        assert!(status.success(), "the guest failed: {rest}");
        rest
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        drop(self.input.take());
        // Not a signal: the guest ends when its input does.
        let _ = self.child.wait();
    }
}

pub fn own_tid() -> Tid {
    Tid::new(nix::unistd::gettid().as_raw()).expect("above zero")
}

/// Lets a thread of this process with descriptors, cwd and root of its own do `prepare`, and looks at it then.
pub fn with_thread(prepare: impl FnOnce() + Send, look: impl FnOnce(Tid)) {
    let (tell, hear) = mpsc::channel();
    let (release, wait) = mpsc::channel::<()>();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            unshare(CloneFlags::CLONE_FS | CloneFlags::CLONE_FILES).expect("permitted to everybody");
            prepare();
            tell.send(own_tid()).expect("heard");
            // Ends with an error when the other side is done, or has failed.
            let _ = wait.recv();
        });
        // Moved in, so that a failing look releases the thread too.
        let _release = release;
        look(hear.recv().expect("the thread has prepared itself"));
    });
}

/// Tells whether we are root; if not, says aloud that the test does not take place.
pub fn is_root() -> bool {
    let is_root = nix::unistd::geteuid().is_root();
    if !is_root {
        not_tested("this needs root");
    }
    is_root
}

/// Says so past libtest, which would swallow what print! writes in a test that passes.
pub fn not_tested(why: &str) {
    let test = std::thread::current().name().unwrap_or("a test").to_owned();
    writeln!(std::io::stderr(), "*** NOT TESTED: {test}: {why} ***").expect("standard error is open");
}

pub fn ready(word: impl std::fmt::Display) {
    println!("{READY}{word}");
    std::io::stdout().flush().expect("the test listens");
}

pub fn wait_to_go_on() {
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).expect("readable");
}

/// Not a test of its own: the roles that guests play.
#[test]
fn play_role() {
    let Ok(role) = std::env::var(ROLE) else { return };
    match role.as_str() {
        "wait" => {
            ready("");
            wait_to_go_on();
        }
        "exec" => {
            use std::os::unix::process::CommandExt;
            ready("");
            wait_to_go_on();
            panic!("exec: {}", Command::new("cat").exec());
        }
        "buffer" => {
            let buffer: Vec<AtomicU8> = b"untouched\0".iter().copied().map(AtomicU8::new).collect();
            ready(buffer.as_ptr() as usize);
            wait_to_go_on();
            let bytes: Vec<u8> = buffer.iter().map(|byte| byte.load(Ordering::SeqCst)).collect();
            println!("buffer: {}", bytes.escape_ascii());
        }
        "leader_gone" => leave_a_thread_behind(),
        "two_files" => super::maps::tests::map_two_files(),
        "many_mappings" => super::maps::tests::map_many(),
        "undumpable" => {
            nix::sys::prctl::set_dumpable(false).expect("permitted to everybody");
            ready(READY.as_ptr() as usize);
            wait_to_go_on();
        }
        "look_at_undumpable" => super::memory::tests::look_at_undumpable(),
        other => panic!("no role {other}"),
    }
}

/// A process whose first thread ends, while another lives on and says both ids.
#[expect(unsafe_code, reason = "std cannot end the first thread alone")]
fn leave_a_thread_behind() {
    // libtest runs this in its second thread, and its first will not end. The only thread of a forked child is first.
    // SAFETY: all that the child uses is of glibc and std, whose allocator and threads work after fork; the only other
    // thread of this process waits for this one, and holds no lock.
    if let ForkResult::Parent { child } = unsafe { fork() }.expect("fork") {
        waitpid(child, None).expect("our child");
        return;
    }
    let leader = own_tid();
    std::thread::spawn(move || {
        let stat = format!("/proc/{leader}/stat");
        while !std::fs::read_to_string(&stat).expect("alive").contains(") Z ") {
            std::thread::sleep(Duration::from_millis(1));
        }
        ready(format!("{leader} {}", own_tid()));
        wait_to_go_on();
        std::process::exit(0);
    });
    // SAFETY: exit(2) takes a number and ends this thread alone. Its stack stays mapped, as nobody joins it, and it
    // holds no lock.
    unsafe { libc::syscall(libc::SYS_exit, 0) };
}
