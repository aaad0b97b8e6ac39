//! What a stage has come to so far, and how long each part of it took.
use super::run::Counted;
use super::tally::Tally;
use anyhow::{Context, Result};
use std::time::{Duration, Instant};

/// The parts of a stage, or the stages of a run.
#[derive(Default)]
pub struct Ledger {
    total: Counted,
    parts: Vec<Part>,
}

struct Part {
    name: String,
    /// What it came to; a preparation comes to nothing.
    tally: Option<Tally>,
    time: Duration,
}

impl Ledger {
    /// Does something that the runs need.
    ///
    /// # Errors
    /// When that fails.
    pub fn prepare<T>(&mut self, name: &str, what: impl FnOnce() -> Result<T>) -> Result<T> {
        eprintln!("── {name}");
        let start = Instant::now();
        let made = what().with_context(|| format!("make the {name}"))?;
        self.parts.push(Part { name: name.to_owned(), tally: None, time: start.elapsed() });
        Ok(made)
    }

    /// Says that a run begins, does it, and counts it.
    ///
    /// # Errors
    /// When the run could not begin.
    pub fn run(&mut self, name: &str, what: impl FnOnce() -> Result<Counted>) -> Result<()> {
        println!("── {name}");
        self.count(name, what)
    }

    /// Does what says itself that it begins, and counts it.
    ///
    /// # Errors
    /// When it could not begin.
    pub fn count(&mut self, name: &str, what: impl FnOnce() -> Result<Counted>) -> Result<()> {
        let start = Instant::now();
        let counted = what()?;
        self.parts.push(Part { name: name.to_owned(), tally: Some(counted.tally), time: start.elapsed() });
        self.total.add(&counted);
        Ok(())
    }

    /// Takes in how long something took that happened before.
    pub fn took(&mut self, name: &str, time: Duration) {
        self.parts.push(Part { name: name.to_owned(), tally: None, time });
    }

    /// Counts what is no run: a failure before one, or a skip.
    pub fn add(&mut self, counted: &Counted) {
        self.total.add(counted);
    }

    /// Prints what each part came to, and how long it took; returns what all have come to.
    pub fn close(self) -> Counted {
        print!("{}", self.times());
        self.total
    }

    /// Returns a line for each part, and one for all of them where there are several.
    fn times(&self) -> String {
        let line = |time: Duration, what: &str| format!("{:>7.1} s  {what}\n", time.as_secs_f64());
        let mut text = String::new();
        for Part { name, tally, time } in &self.parts {
            let tally = tally.map(|tally| format!(": {tally}")).unwrap_or_default();
            text += &line(*time, &format!("{name}{tally}"));
        }
        if self.parts.len() > 1 {
            text += &line(self.parts.iter().map(|part| part.time).sum(), "in all");
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_part_has_its_time_and_several_have_their_sum() {
        let mut ledger = Ledger::default();
        ledger.took("check", Duration::from_millis(95_500));
        assert_eq!(ledger.times(), "   95.5 s  check\n");
        let counted = Counted { tally: Tally { passed: 3, ..Tally::default() }, unexpected_skips: 0 };
        ledger.count("host", || Ok(counted)).unwrap();
        ledger.parts[1].time = Duration::from_secs(4);
        let expected =
            "   95.5 s  check\n    4.0 s  host: 3 passed, 0 failed, 0 skipped\n   99.5 s  in all\n";
        assert_eq!(ledger.times(), expected);
    }
}
