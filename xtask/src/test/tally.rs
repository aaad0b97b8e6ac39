//! How many tests passed, failed and were skipped, read from what `cargo test` prints.
use std::collections::BTreeSet;
use std::fmt;

/// Counts of tests. Shown as the closing line of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Tests that ran and held.
    pub passed: u64,
    /// Tests that failed, and test binaries that broke off before they could say so.
    pub failed: u64,
    /// Tests that are `#[ignore]`d, or said themselves that they cannot run here.
    pub skipped: u64,
}

impl Tally {
    /// Moves to `skipped` the tests that said so themselves; libtest has them among the passed.
    pub fn move_to_skipped(&mut self, skips: &BTreeSet<Skip>) {
        let count = (skips.len() as u64).min(self.passed);
        self.passed -= count;
        self.skipped += count;
    }

    /// Adds another run's counts.
    pub fn add(&mut self, other: Tally) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} passed, {} failed, {} skipped", self.passed, self.failed, self.skipped)
    }
}

/// Reads the output of one `cargo test`, line by line.
#[derive(Debug, Default)]
pub struct Reader {
    tally: Tally,
    /// Whether a test binary has begun and not yet told its result.
    is_open: bool,
    /// The lines of tests that said they were skipped.
    skips: String,
}

impl Reader {
    /// Takes in one line.
    pub fn read(&mut self, line: &str) {
        if let Some(result) = line.strip_prefix("test result: ") {
            self.is_open = false;
            self.tally.passed += count_before(result, "passed;");
            self.tally.failed += count_before(result, "failed;");
            self.tally.skipped += count_before(result, "ignored;");
        } else if is_beginning(line) {
            self.close_binary();
            self.is_open = true;
        } else if line.starts_with(SKIPPED) {
            self.skips.push_str(line);
            self.skips.push('\n');
        }
    }

    /// Returns the lines of tests that said they were skipped.
    pub fn skips(&self) -> &str {
        &self.skips
    }

    /// Returns the counts. A run that failed with no failed test (it did not compile) counts as a failure.
    pub fn end(mut self, success: bool) -> Tally {
        self.close_binary();
        if !success && self.tally.failed == 0 {
            self.tally.failed = 1;
        }
        self.tally
    }

    /// A binary that was killed or aborted prints no result.
    fn close_binary(&mut self) {
        self.tally.failed += u64::from(self.is_open);
        self.is_open = false;
    }
}

/// Tells whether this is the line `running 3 tests`, with which every test binary begins.
fn is_beginning(line: &str) -> bool {
    let words: Vec<&str> = line.split_whitespace().collect();
    matches!(words[..], ["running", count, "test" | "tests"] if count.parse::<u64>().is_ok())
}

fn count_before(line: &str, word: &str) -> u64 {
    let words: Vec<&str> = line.split_whitespace().collect();
    let place = words.iter().position(|&candidate| candidate == word);
    place.and_then(|place| words.get(place.checked_sub(1)?)?.parse().ok()).unwrap_or(0)
}

/// A test that cannot run here, and why: `name: reason`, a line of the file that `HAVOC_SKIPS` names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Skip(String);

const SKIPPED: &str = "SKIPPED: ";

impl Skip {
    /// Returns the name of the test.
    pub fn test(&self) -> &str {
        self.0.split(": ").next().unwrap_or_default()
    }
}

impl fmt::Display for Skip {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{SKIPPED}{}", self.0)
    }
}

/// Returns the skips in the text of such a file. A test counts once, however many of its cases say so.
pub fn skips_of(text: &str) -> BTreeSet<Skip> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let mut names = BTreeSet::new();
    lines
        .map(|line| line.strip_prefix(SKIPPED).unwrap_or(line).trim())
        .map(|line| Skip(line.to_owned()))
        .filter(|skip| names.insert(skip.test().to_owned()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(lines: &str, success: bool) -> String {
        let mut reader = Reader::default();
        lines.lines().for_each(|line| reader.read(line));
        reader.end(success).to_string()
    }

    const OK: &str = "\nrunning 3 tests\ntest a ... ok\n\ntest result: ok. 2 passed; 0 failed; 1 ignored; \
                      0 measured; 4 filtered out; finished in 0.00s\n";
    const FAILED: &str = "running 1 test\ntest result: FAILED. 5 passed; 2 failed; 0 ignored; 0 measured; \
                          0 filtered out; finished in 0.00s\n";
    const BROKEN: &str = "running 7 tests\ntest a ... ok\n";

    #[test]
    fn the_results_of_all_binaries_are_summed() {
        assert_eq!(tally(&[OK, FAILED, OK].concat(), false), "9 passed, 2 failed, 2 skipped");
    }

    #[test]
    fn a_binary_that_broke_off_is_a_failure() {
        assert_eq!(tally(&[OK, BROKEN].concat(), false), "2 passed, 1 failed, 1 skipped");
        assert_eq!(tally(&[BROKEN, FAILED].concat(), false), "5 passed, 3 failed, 0 skipped");
    }

    #[test]
    fn a_run_that_failed_before_any_test_is_a_failure() {
        assert_eq!(tally("error: could not compile", false), "0 passed, 1 failed, 0 skipped");
        assert_eq!(tally("", true), "0 passed, 0 failed, 0 skipped");
    }

    #[test]
    fn other_lines_that_speak_of_tests_do_not_count() {
        let lines = "running late tests\nnote: running 3 tests now\n  test result: ok. 9 passed; 0 failed;\n";
        assert_eq!(tally(lines, true), "0 passed, 0 failed, 0 skipped");
    }

    #[test]
    fn a_test_that_skipped_itself_is_no_longer_a_passed_one() {
        let mut tally = Tally { passed: 5, ..Tally::default() };
        let skips = skips_of("a::b: no strace here\n\nSKIPPED: c: no user namespaces\na::b: nor there\n");
        assert_eq!(
            skips.iter().map(Skip::to_string).collect::<Vec<_>>(),
            ["SKIPPED: a::b: no strace here", "SKIPPED: c: no user namespaces"]
        );
        tally.move_to_skipped(&skips);
        assert_eq!(tally.to_string(), "3 passed, 0 failed, 2 skipped");
    }
}
