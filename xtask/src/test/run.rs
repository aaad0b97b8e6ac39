//! One run of test programs: its output passes through, and is counted.
use super::tally::{Reader, Tally, skips_of};
use crate::{cargo, faults};
use anyhow::{Context, Result};
use std::fs;
use std::io::{BufRead, BufReader, Write, stdout};
use std::process::{Command, Stdio};

/// What runs came to.
///
/// A run that could not begin is a failure too: see [`Counted::failure`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    /// The counts.
    pub tally: Tally,
    /// How many of the skipped tests were not expected to be.
    pub unexpected_skips: u64,
}

impl Counted {
    /// Returns what counts where something failed before any test could.
    pub fn failure() -> Counted {
        Counted { tally: Tally { failed: 1, ..Tally::default() }, unexpected_skips: 0 }
    }

    /// Returns what a run came to; one that could not begin counts as a failure, and its error is shown.
    pub fn or_failure(result: Result<Counted>) -> Counted {
        result.unwrap_or_else(|error| {
            eprintln!("error: {error:#}");
            Counted::failure()
        })
    }

    /// Returns what counts for one skip that is expected.
    pub fn expected_skip() -> Counted {
        Counted { tally: Tally { skipped: 1, ..Tally::default() }, unexpected_skips: 0 }
    }

    /// Adds another run's counts.
    pub fn add(&mut self, other: &Counted) {
        self.tally.add(other.tally);
        self.unexpected_skips += other.unexpected_skips;
    }
}

impl From<faults::Count> for Counted {
    /// A run with a fault counts as a test.
    fn from(faults::Count { right, wrong }: faults::Count) -> Counted {
        let tally = Tally { passed: right as u64, failed: wrong as u64, skipped: 0 };
        Counted { tally, unexpected_skips: 0 }
    }
}

/// Runs test programs, passes their output through as it comes, and counts. Tests that skip themselves say so in the
/// file that `HAVOC_SKIPS` names, or by a line `SKIPPED: name: reason`; `may_skip` tells by its name which of them may.
///
/// # Errors
/// When the run could not begin.
pub fn run_once(command: Command, may_skip: impl Fn(&str) -> bool) -> Result<Counted> {
    run_to(&mut stdout().lock(), command, may_skip)
}

fn run_to(to: &mut impl Write, mut command: Command, may_skip: impl Fn(&str) -> bool) -> Result<Counted> {
    let name = command.get_program().to_string_lossy().into_owned();
    let skips = tempfile::NamedTempFile::new().context("make the file of skips")?;
    command.current_dir(cargo::root()).env("HAVOC_SKIPS", skips.path());
    // No test may depend on a terminal, and CI has none.
    command.stdin(Stdio::null()).stdout(Stdio::piped());
    let mut child = command.spawn().with_context(|| format!("start {name}"))?;
    let output = child.stdout.take().expect("standard output is a pipe");

    let mut reader = Reader::default();
    pass_through(BufReader::new(output), to, &mut reader)
        .with_context(|| format!("read the output of {name}"))?;
    let status = child.wait().with_context(|| format!("wait for {name}"))?;
    let said = reader.skips().to_owned();
    let mut tally = reader.end(status.success());
    // Those that are `#[ignore]`d: nobody expects them.
    let ignored = tally.skipped;

    let text = fs::read(skips.path()).context("read the file of skips")?;
    let noted = skips_of(&String::from_utf8_lossy(&text));
    for skip in &noted {
        eprintln!("{skip}");
    }
    let skips = skips_of(&(said + &String::from_utf8_lossy(&text)));
    tally.move_to_skipped(&skips);
    let unexpected = skips.iter().filter(|skip| !may_skip(skip.test())).count() as u64;
    Ok(Counted { tally, unexpected_skips: ignored + unexpected })
}

/// Copies lines as they come; they need not be UTF-8.
fn pass_through(mut from: impl BufRead, to: &mut impl Write, reader: &mut Reader) -> std::io::Result<()> {
    let mut line = Vec::new();
    while from.read_until(b'\n', &mut line)? > 0 {
        to.write_all(&line)?;
        to.flush()?;
        reader.read(String::from_utf8_lossy(&line).trim_end());
        line.clear();
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn output_that_is_no_utf8_is_read_to_its_end() {
        let mut reader = Reader::default();
        let output = b"\xff\xfe\ntest result: ok. 1 passed; 0 failed; 0 ignored; 0 measured\n";
        let mut copy = Vec::new();
        pass_through(&output[..], &mut copy, &mut reader).unwrap();
        assert_eq!(copy, output);
        assert_eq!(reader.end(true).passed, 1);
    }

    #[test]
    fn skips_that_are_printed_and_noted_count_once_and_whether_they_were_expected() {
        let script = "echo 'running 3 tests'; echo 'test result: ok. 3 passed; 0 failed; 1 ignored;'
                      echo 'SKIPPED: a::b: no root'; printf 'a::b: no root\\nc: no luck\\n' > \"$HAVOC_SKIPS\"";
        let mut shell = Command::new("sh");
        shell.args(["-c", script]);
        // Not to standard output: who counts us would count these too.
        let mut passed = Vec::new();
        let counted = run_to(&mut passed, shell, |test| test == "a::b").unwrap();
        assert!(passed.ends_with(b"SKIPPED: a::b: no root\n"));
        assert_eq!(counted.tally, Tally { passed: 1, failed: 0, skipped: 3 });
        // `c`, and the ignored one.
        assert_eq!(counted.unexpected_skips, 2);
    }

    #[test]
    fn a_program_that_fails_without_a_test_is_a_failure() {
        let counted = run_to(&mut Vec::new(), Command::new("false"), |_| true).unwrap();
        assert_eq!(counted.tally, Tally { passed: 0, failed: 1, skipped: 0 });
    }
}
