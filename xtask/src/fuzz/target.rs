//! One target: its program, its files, a run of it and what libFuzzer says at the end.
use crate::cargo;
use anyhow::{Context, Result};
use std::fmt::{self, Display, Formatter};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The most memory a run may have. The targets need 40 MB.
const MOST_MEGABYTES: u32 = 1024;
/// How long one input may take, on a busy machine. None takes a second.
const MOST_SECONDS: u32 = 25;

/// A program that libFuzzer drives.
pub struct Target {
    name: String,
    program: PathBuf,
    /// Where it keeps what it has found, crashes and its log.
    findings: PathBuf,
}

impl Target {
    /// Returns the target of this name, built in `programs`, with directories for what it will find.
    ///
    /// # Errors
    /// When these cannot be made.
    pub fn new(name: String, programs: &Path) -> Result<Target> {
        let findings = cargo::target().join("fuzz/found").join(&name);
        for directory in [findings.join("corpus"), findings.join("wrong")] {
            fs::create_dir_all(&directory).with_context(|| format!("make {}", directory.display()))?;
        }
        Ok(Target { program: programs.join(&name), name, findings })
    }

    /// Runs it for so many seconds.
    ///
    /// # Errors
    /// When it cannot be started, or its log cannot be written.
    pub fn run(&self, seconds: u32) -> Result<Outcome> {
        let log = self.findings.join("log");
        let file = File::create(&log).with_context(|| format!("make {}", log.display()))?;
        let mut command = self.command();
        command.arg(format!("-max_total_time={seconds}")).arg("-print_final_stats=1");
        // What it finds goes into the first directory.
        command.arg(self.findings.join("corpus"));
        let fuzz = cargo::root().join("fuzz");
        command.args(Some(fuzz.join("corpus").join(&self.name)).filter(|seeds| seeds.exists()));
        let dictionary = fuzz.join("dictionary").join(format!("{}.dict", self.name));
        if dictionary.exists() {
            command.arg(format!("-dict={}", dictionary.display()));
        }
        // libFuzzer writes to standard error only, and the targets write nothing.
        let status = command.stdout(Stdio::null()).stderr(file).status();
        let status = status.with_context(|| format!("start {}", self.program.display()))?;
        let text = String::from_utf8_lossy(&fs::read(&log).context("read the log")?).into_owned();
        Ok(Outcome { name: self.name.clone(), log, verdict: Verdict::of(status.success(), &text) })
    }

    /// Gives it one input; tells whether all was well.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn try_once(&self, input: &Path) -> Result<bool> {
        let status = self.command().arg(input).status();
        Ok(status.with_context(|| format!("start {}", self.program.display()))?.success())
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.arg(format!("-rss_limit_mb={MOST_MEGABYTES}")).arg(format!("-timeout={MOST_SECONDS}"));
        command.arg(format!("-artifact_prefix={}/", self.findings.join("wrong").display()));
        command.stdin(Stdio::null());
        command
    }
}

/// What became of a run.
pub struct Outcome {
    name: String,
    log: PathBuf,
    verdict: Verdict,
}

#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    /// So many inputs, and nothing wrong with any.
    Fine { inputs: u64, a_second: u64 },
    /// What was said, and the file with the input if there is one.
    Wrong { said: String, input: Option<String> },
}

impl Verdict {
    /// Reads libFuzzer's log.
    fn of(is_success: bool, log: &str) -> Verdict {
        let statistic = |name: &str| {
            let value = log.lines().find_map(|line| line.strip_prefix(&format!("stat::{name}:")));
            value.and_then(|value| value.trim().parse().ok()).unwrap_or(0)
        };
        let wrong = |said: &str| Verdict::Wrong { said: said.to_owned(), input: input_of(log) };
        if !is_success {
            return wrong(&said(log));
        }
        // Without counters it would only guess, and without inputs it did not even that.
        if !log.contains("inline 8-bit counters") {
            return wrong("nothing reports where it has been: fuzz/rustc was not asked");
        }
        match statistic("number_of_executed_units") {
            0 => wrong("no input was tried"),
            inputs => Verdict::Fine { inputs, a_second: statistic("average_exec_per_sec") },
        }
    }
}

/// Returns the panic's message, if there is one, or else libFuzzer's last word: too much memory, too long.
fn said(log: &str) -> String {
    let lines: Vec<&str> = log.lines().collect();
    if let Some(begin) =
        lines.iter().rposition(|line| line.contains("' panicked at ") || line.contains(") panicked at "))
    {
        let message = lines[begin..].iter().take_while(|line| !line.starts_with("stack backtrace:"));
        return message.copied().collect::<Vec<_>>().join("\n").trim_end().to_owned();
    }
    let error = lines.iter().rfind(|line| line.contains("ERROR: libFuzzer: "));
    error.or(lines.last()).map_or("nothing", |line| *line).to_owned()
}

fn input_of(log: &str) -> Option<String> {
    log.lines().find_map(|line| Some(line.split_once("Test unit written to ")?.1.to_owned()))
}

impl Outcome {
    /// Tells whether nothing was wrong.
    pub fn is_fine(&self) -> bool {
        matches!(self.verdict, Verdict::Fine { .. })
    }
}

impl Display for Outcome {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let name = &self.name;
        match &self.verdict {
            Verdict::Fine { inputs, a_second } => {
                writeln!(formatter, "{name:<8}ok      {inputs:>10} inputs {a_second:>7}/s")
            }
            Verdict::Wrong { said, input } => {
                writeln!(formatter, "{name:<8}FAILED  {}", self.log.display())?;
                for line in said.lines() {
                    writeln!(formatter, "        {line}")?;
                }
                match input {
                    Some(file) => writeln!(formatter, "    again: cargo xtask fuzz {name} --input {file}"),
                    None => Ok(()),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COUNTERS: &str = "INFO: Loaded 1 modules   (203 inline 8-bit counters): 203 [0x55, 0x56), \n";

    #[test]
    fn a_run_without_a_crash_is_fine_with_its_number_of_inputs() {
        let log = format!(
            "{COUNTERS}Done 99 runs\nstat::number_of_executed_units: 99\nstat::average_exec_per_sec:     33\n"
        );
        assert_eq!(Verdict::of(true, &log), Verdict::Fine { inputs: 99, a_second: 33 });
    }

    #[test]
    fn a_run_that_tried_nothing_or_saw_nothing_is_no_success() {
        for (log, expected) in
            [(COUNTERS, "no input"), ("stat::number_of_executed_units: 9\n", "nothing reports")]
        {
            let Verdict::Wrong { said, .. } = Verdict::of(true, log) else { panic!("{log}") };
            assert!(said.starts_with(expected), "{said}");
        }
    }

    #[test]
    fn a_panic_is_told_with_its_message_and_its_input() {
        let log = format!(
            "{COUNTERS}#9 NEW\n\nthread '<unnamed>' (3) panicked at src/bin/rule.rs:9:1:\na\nb\nstack backtrace:\n   \
             0: f\n==3== ERROR: libFuzzer: deadly signal\nartifact_prefix='w/'; Test unit written to w/crash-0f\n"
        );
        let outcome = Outcome { name: "rule".into(), log: "log".into(), verdict: Verdict::of(false, &log) };
        assert!(!outcome.is_fine());
        assert_eq!(
            outcome.to_string(),
            "rule    FAILED  log\n        thread '<unnamed>' (3) panicked at src/bin/rule.rs:9:1:\n        a\n        b\n    \
             again: cargo xtask fuzz rule --input w/crash-0f\n"
        );
    }

    #[test]
    fn an_end_without_a_panic_is_told_in_libfuzzer_s_words() {
        let log = "==7== ERROR: libFuzzer: out-of-memory (used: 1025Mb; limit: 1024Mb)\nSUMMARY: libFuzzer: out-of-memory\n";
        let Verdict::Wrong { said, input: None } = Verdict::of(false, log) else { panic!("{log}") };
        assert!(said.contains("out-of-memory (used"), "{said}");
    }
}
