//! What a row of the benchmark is: who is timed at what, and which of them are compared.
use super::sample::{Asked, Failing};

/// A row: contenders that do the same work, in turns.
#[derive(Clone, Debug)]
pub struct Row {
    /// What is done.
    pub what: String,
    /// What is measured.
    pub unit: Unit,
    /// On how many CPUs, contender and workload together.
    pub cpus: usize,
    /// What the commands are asked for.
    pub asked: Asked,
    /// Who does it.
    pub contenders: Vec<Contender>,
    /// Who is compared with whom.
    pub comparisons: Vec<Comparison>,
}

impl Row {
    /// Has nobody run, and says why.
    pub fn skip(&mut self, why: &str) {
        for contender in &mut self.contenders {
            contender.command = Err(why.to_owned());
        }
    }
}

/// What a measured number counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Nanoseconds.
    Time,
    /// Bytes.
    Memory,
}

/// One who does a row's work.
#[derive(Clone, Debug)]
pub struct Contender {
    /// Its name: unique in the row.
    pub name: String,
    /// Its command line, or why it cannot run here.
    pub command: Result<Vec<String>, String>,
    /// How many of the workload's calls fail.
    pub failing: Failing,
}

/// A number that is made of those of contenders.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// Whose.
    pub of: String,
    /// In relation to what.
    pub to: Reference,
    /// What it should not be more than, in the units of the comparison; where it is only told, nothing.
    pub at_most: Option<f64>,
}

/// In relation to what a contender's number is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reference {
    /// As a multiple of another's.
    Times(String),
    /// As what it is more than another's.
    Over(String),
    /// As it is.
    Alone,
}
