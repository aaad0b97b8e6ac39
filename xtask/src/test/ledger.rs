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

    /// Counts what is no run: a failure before one, or a skip.
    pub fn add(&mut self, counted: &Counted) {
        self.total.add(counted);
    }

    /// Says what each part came to, and how long it took; returns what all have come to.
    pub fn close(self) -> Counted {
        for Part { name, tally, time } in self.parts {
            let tally = tally.map(|tally| format!(": {tally}")).unwrap_or_default();
            eprintln!("{:>7.1} s  {name}{tally}", time.as_secs_f64());
        }
        self.total
    }
}
