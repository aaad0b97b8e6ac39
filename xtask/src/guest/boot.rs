//! One run of a guest.
use super::{Cpu, cpio};
use anyhow::{Context, Result};
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What a guest is to do, and with what.
#[derive(Clone, Debug)]
pub struct Boot<'a> {
    /// Its CPU.
    pub cpu: Cpu,
    /// How many of them.
    pub cpus: u32,
    /// The image of its kernel.
    pub kernel: &'a Path,
    /// The archive of its root.
    pub root: &'a Path,
    /// The archive of what lies at the same places as here.
    pub files: &'a Path,
    /// The job: a script for bash, run as root.
    pub job: String,
    /// After how many seconds it is ended.
    pub seconds: u32,
}

/// What the kernel is told on every CPU. Quiet, and no reboot after a panic: qemu is to end.
///
/// An emulated CPU leaks nothing by what it does ahead of time, and what is done against that is dear to emulate: the page tables
/// that change at every system call above all, which aarch64 also has for the sake of a kernel at a random address. Without
/// them, and without memory that is cleared twice, the tests take two thirds of the time.
const PARAMETERS: &str = "quiet loglevel=3 panic=-1 mitigations=off nokaslr init_on_alloc=0";

/// The whole root lies in memory, twice while the kernel unpacks it.
const MEGABYTES: &str = "6144";

/// Ends with the guest's status, which `guest/init` tells as 2 n + 17. Whatever else qemu or timeout(1) ends with says that
/// the guest did not come to its end: 0 the kernel broke off, 1 qemu did not begin, 124 time was up.
const SCRIPT: &str = r#"
emulator=$1
shift
"$@"
status=$?
if [ $((status % 2)) = 1 ] && [ $status -ge 17 ] && [ $status -le 237 ] && [ $status != 137 ]; then
    exit $(((status - 17) / 2))
fi
echo "the guest did not end by itself: $emulator ended with $status" >&2
exit 125
"#;

impl Boot<'_> {
    /// Returns the command that runs the guest: what the guest prints is its standard output, and the job's exit status its
    /// own (110 for all above), or 125 when the guest broke off. `work` is an empty directory, to be kept until then.
    ///
    /// # Errors
    /// When the guest's files cannot be gathered.
    pub fn command(&self, work: &Path) -> Result<Command> {
        let initrd = self.initrd(work)?;
        let mut command = Command::new("bash");
        command.args(["-c", SCRIPT, "guest", self.cpu.emulator()]);
        // In the foreground: who presses Ctrl-C ends it with the rest.
        command.args(["timeout", "--foreground", "--kill-after=5"]).arg(self.seconds.to_string());
        command.arg(self.cpu.emulator()).args(self.cpu.machine()).args(["-accel", "tcg,thread=multi"]);
        command.arg("-smp").arg(self.cpus.to_string()).args(["-m", MEGABYTES]);
        command.args(["-nodefaults", "-display", "none", "-no-reboot", "-serial", "stdio"]);
        command.args(self.cpu.exit_device());
        command.arg("-kernel").arg(self.kernel).arg("-initrd").arg(initrd);
        let console = self.cpu.console();
        command.arg("-append").arg(format!("console={console} {PARAMETERS}{}", self.cpu.parameters()));
        command.stdin(Stdio::null());
        Ok(command)
    }

    /// Writes the archives that make up the root into one file.
    fn initrd(&self, work: &Path) -> Result<PathBuf> {
        let own = work.join("own");
        fs::create_dir_all(&own).context("make a directory for a job")?;
        fs::write(own.join("job"), &self.job).context("write the job")?;
        let job = work.join("own.cpio");
        cpio::of_directory(&own, &job)?;
        let initrd = work.join("initrd");
        let mut file = File::create(&initrd).with_context(|| format!("write {}", initrd.display()))?;
        for part in [self.root, self.files, &job] {
            let mut part = File::open(part).with_context(|| format!("read {}", part.display()))?;
            io::copy(&mut part, &mut file).with_context(|| format!("write {}", initrd.display()))?;
        }
        Ok(initrd)
    }
}

/// Returns a word as bash reads it.
pub fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_one_word_for_bash() {
        for word in ["plain", "two words", "it's", "$(false)", ""] {
            let output = Command::new("bash").arg("-c").arg(format!("printf %s {}", quoted(word))).output();
            assert_eq!(String::from_utf8_lossy(&output.unwrap().stdout), word);
        }
    }

    #[test]
    fn the_status_is_the_guests_and_125_when_it_broke_off() {
        // What stands in for timeout and qemu.
        for (of_qemu, expected) in
            [(17, 0), (19, 1), (219, 101), (237, 110), (0, 125), (1, 125), (124, 125), (137, 125), (255, 125)]
        {
            let script = format!("exit {of_qemu} 2> /dev/null");
            let status =
                Command::new("bash").args(["-c", SCRIPT, "guest", "qemu", "bash", "-c", &script]).status();
            assert_eq!(status.unwrap().code(), Some(expected), "{of_qemu}");
        }
    }
}
