//! A shell script that plays havoc's surroundings: who starts it, who signals it, who looks at what it leaves behind.

use crate::apart::apart_within;
use crate::havoc::{binary, verifies};
use std::ffi::OsString;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::Output;

/// What every script may call.
///
/// The namespace's first process is `timeout`, which reaps nobody but its child: who is dead stays a zombie there.
const PRELUDE: &str = r#"
# The living processes below this shell's parent but the shell, one name a line: the parent gets the orphans, as the
# namespace's first process or as the reaper. Forks nothing, so that it does not see itself.
left() {
    below=" $PPID $$ "
    found=
    # A child may have a smaller number than its parent: until nothing new is found.
    while [ "$below" != "$found" ]; do
        found=$below
        for process in /proc/[0-9]*; do
            process=${process#/proc/}
            case $below in *" $process "*) continue ;; esac
            { read -r stat < "/proc/$process/stat"; } 2>/dev/null || continue
            state=${stat##*) }
            parent=${state#* }
            case $below in *" ${parent%% *} "*) below="$below$process " ;; *) continue ;; esac
            case $state in [ZX]*) continue ;; esac
            name=${stat#*\(}
            echo "${name%)*} (state ${state%% *})"
        done
    done
}
# `nobody is left`, or after ten seconds who is.
nobody_is_left() {
    tries=0
    while left > "$dir/left"; [ -s "$dir/left" ] && [ $tries -lt 200 ]; do
        tries=$((tries + 1))
        sleep 0.05
    done
    if [ -s "$dir/left" ]; then echo "left behind:"; cat "$dir/left"; else echo "nobody is left"; fi
}
# Waits until FILE holds TEXT, ten seconds at most.
until_it_says() {
    tries=0
    until grep -q -e "$2" "$1" 2>/dev/null; do
        tries=$((tries + 1))
        [ $tries -lt 200 ] || { echo "$1 never said $2"; return 1; }
        sleep 0.05
    done
}
# Waits until process PID is in STATE (a letter of proc(5)), ten seconds at most.
until_it_is() {
    tries=0
    until { read -r stat < "/proc/$1/stat"; } 2>/dev/null && state=${stat##*) } && [ "${state%% *}" = "$2" ]; do
        tries=$((tries + 1))
        [ $tries -lt 200 ] || { echo "process $1 never was $2: $stat"; return 1; }
        sleep 0.05
    done
}
"#;

/// A script in the making: `$havoc` is havoc, `$verify` its option for the suite's second run, `$dir` an empty
/// directory, and each program has a variable of its name.
#[derive(Debug)]
pub struct Scene {
    directory: tempfile::TempDir,
    variables: Vec<(String, OsString)>,
    seconds: u32,
}

/// What came of it.
#[derive(Debug)]
pub struct Played {
    /// The shell's exit status, 128 + n where a signal ended it.
    pub status: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Default for Scene {
    fn default() -> Scene {
        Scene::new()
    }
}

impl Scene {
    /// A scene with havoc, and a minute of time.
    ///
    /// # Panics
    /// If no temporary directory can be made.
    pub fn new() -> Scene {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let variables = vec![
            ("havoc".to_owned(), binary().into_os_string()),
            ("verify".to_owned(), if verifies() { "--debug-verify" } else { "" }.into()),
            ("dir".to_owned(), directory.path().as_os_str().to_owned()),
        ];
        Scene { directory, variables, seconds: 60 }
    }

    /// Adds a program under its file name.
    #[must_use]
    pub fn with(self, program: PathBuf) -> Scene {
        let name = program.file_name().expect("a program has a name").to_string_lossy().into_owned();
        self.variable(&name, program)
    }

    /// Adds a variable.
    #[must_use]
    pub fn variable(mut self, name: &str, value: impl Into<OsString>) -> Scene {
        self.variables.push((name.to_owned(), value.into()));
        self
    }

    /// Gives it more time, or less.
    #[must_use]
    pub fn seconds(mut self, seconds: u32) -> Scene {
        self.seconds = seconds;
        self
    }

    /// Returns the directory that the script knows as `$dir`.
    pub fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// Plays `script` by `shell` in a PID namespace of its own.
    ///
    /// # Panics
    /// If there is no such shell.
    pub fn play_by(&self, shell: &str, script: &str) -> Played {
        let mut command = apart_within(self.seconds, shell);
        command.arg("-c").arg(format!("{PRELUDE}\n{script}")).current_dir(self.directory());
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        Played::of(&command.output().unwrap_or_else(|error| panic!("start {shell}: {error}")))
    }

    /// Plays `script` by the system's shell.
    ///
    /// # Panics
    /// As [`Scene::play_by`] does.
    pub fn play(&self, script: &str) -> Played {
        self.play_by("sh", script)
    }
}

impl Played {
    fn of(output: &Output) -> Played {
        Played {
            status: output.status.code().or(output.status.signal().map(|signal| 128 + signal)).unwrap_or(-1),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Checks all of standard output, and that the script ended well.
    ///
    /// # Panics
    /// If it is not so.
    #[track_caller]
    pub fn says(&self, lines: &[&str]) -> &Played {
        assert_eq!(self.out.lines().collect::<Vec<_>>(), lines, "standard error:\n{}", self.err);
        assert_eq!(self.status, 0, "{self:?}");
        self
    }

    /// Checks that standard error holds `text`.
    ///
    /// # Panics
    /// If it does not.
    #[track_caller]
    pub fn complains(&self, text: &str) -> &Played {
        assert!(self.err.contains(text), "no `{text}` in standard error:\n{}\nout:\n{}", self.err, self.out);
        self
    }
}
