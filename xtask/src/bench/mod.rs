//! What havoc costs, beside the program alone and beside its peers: `cargo xtask bench`.
//!
//! docs/performance.md says how it is measured and what the rows mean. Nothing here is a test: a busy machine is slow, not
//! wrong. What does not depend on a machine, stops per call, the tests count.
mod builder;
mod cpus;
mod json;
mod machine;
mod peer;
mod rounds;
mod row;
mod rows;
mod sample;
mod table;
#[cfg(test)]
mod testing;
mod tools;
mod verdict;

use crate::cargo;
use anyhow::{Context, Result, ensure};
use cpus::Cpus;
use machine::Machine;
use peer::Peer;
use rounds::{Measured, measure};
use row::Row;
use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};
use tools::Tools;
use verdict::Count;

/// What `cargo xtask bench` is given.
#[derive(clap::Args)]
pub struct Options {
    /// How often each contender runs; a round of all rows takes about a minute
    #[arg(long, value_name = "N", default_value_t = 7, value_parser = clap::value_parser!(u16).range(1..))]
    rounds: u16,
    /// Only the rows whose text has this in it; may be repeated
    #[arg(long = "row", value_name = "SUBSTRING")]
    rows: Vec<String>,
    /// One more contender: COMMAND, in words parted by blanks, runs the command that is put behind it; may be repeated
    #[arg(long = "peer", value_name = "NAME=COMMAND")]
    peers: Vec<Peer>,
    /// Where the numbers of all rounds go; without it to bench/result.json in the target directory
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// How many seconds one run may take
    #[arg(long, value_name = "N", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..))]
    timeout: u64,
    /// Show the rows, their contenders and goals, and measure nothing
    #[arg(long)]
    list: bool,
}

/// Builds, measures, and prints the tables.
///
/// # Errors
/// When something cannot be built, or there is no such row. A run that went wrong is no error but the exit status; a goal
/// that was not met is neither.
pub fn run(options: &Options) -> Result<ExitCode> {
    let tools = Tools::provide(options.peers.clone())?;
    let rows = chosen(rows::all(&tools), &options.rows)?;
    if options.list {
        list(&rows);
        return Ok(ExitCode::SUCCESS);
    }
    let machine = Machine::here(&tools.havoc, tools.files.path());
    let cpus = Cpus::allowed()?;
    let limit = Duration::from_secs(options.timeout);
    let rounds = usize::from(options.rounds);
    let begin = Instant::now();
    let mut measured = Vec::new();
    for mut row in rows {
        eprintln!("{:5.0} s  {}", begin.elapsed().as_secs_f64(), row.what);
        if cpus.last(row.cpus).len() == row.cpus {
            cpus.pin(row.cpus)?;
        } else {
            row.skip(&format!("this takes {} CPUs", row.cpus));
        }
        measured.push(measured_row(row, rounds, limit));
    }
    let path = options.json.clone().unwrap_or_else(|| cargo::target().join("bench/result.json"));
    let result = serde_json::to_string_pretty(&json::result(&machine, rounds, &measured))?;
    fs::write(&path, result + "\n").with_context(|| format!("write {}", path.display()))?;

    let count = Count::of(&measured);
    println!("{}{rounds} rounds, {:.0} s\n", machine.text(), begin.elapsed().as_secs_f64());
    println!("{}\n{}", table::goals(&measured), table::medians(&measured));
    println!("all numbers: {}\n{count}", path.display());
    Ok(if count.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn measured_row(row: Row, rounds: usize, limit: Duration) -> Measured {
    let asked = row.asked;
    let failing: Vec<_> = row.contenders.iter().map(|contender| contender.failing).collect();
    measure(row, rounds, |index, words| sample::take(words, asked, failing[index], limit))
}

/// Returns the rows that were asked for.
fn chosen(rows: Vec<Row>, asked: &[String]) -> Result<Vec<Row>> {
    for part in asked {
        ensure!(
            rows.iter().any(|row| row.what.contains(part)),
            "no row has `{part}` in it; --list shows them"
        );
    }
    let is_asked_for = |row: &Row| asked.is_empty() || asked.iter().any(|part| row.what.contains(part));
    Ok(rows.into_iter().filter(is_asked_for).collect())
}

fn list(rows: &[Row]) {
    for row in rows {
        println!("{}", row.what);
        for contender in &row.contenders {
            match &contender.command {
                Ok(words) => println!("    {}: {}", contender.name, shortened(words)),
                Err(why) => println!("    {}: SKIPPED ({why})", contender.name),
            }
        }
        for comparison in &row.comparisons {
            println!("    goal: {} {}", comparison.subject(), comparison.goal(row.unit));
        }
    }
}

/// Joins words, but not hundreds of them.
fn shortened(words: &[String]) -> String {
    const MOST: usize = 24;
    let shown = words.iter().take(MOST).map(String::as_str).collect::<Vec<_>>().join(" ");
    let left = words.len().saturating_sub(MOST);
    if left == 0 { shown } else { format!("{shown} … ({left} more words)") }
}

#[cfg(test)]
mod tests {
    use super::testing::row;
    use super::*;

    fn rows() -> Vec<Row> {
        ["signal delivery", "JVM start"].map(|what| Row { what: what.into(), ..row(&["native"]) }).to_vec()
    }

    #[test]
    fn every_row_is_measured_unless_some_are_asked_for() {
        assert_eq!(chosen(rows(), &[]).unwrap().len(), 2);
        let chosen_rows = chosen(rows(), &["JVM".into(), "start".into()]).unwrap();
        assert_eq!(chosen_rows.len(), 1);
        assert_eq!(chosen_rows[0].what, "JVM start");
    }

    #[test]
    fn a_row_that_does_not_exist_is_refused() {
        let refused = chosen(rows(), &["JVM".into(), "fsync".into()]).unwrap_err().to_string();
        assert_eq!(refused, "no row has `fsync` in it; --list shows them");
    }

    #[test]
    fn a_long_command_line_is_shortened() {
        let words = |count| vec!["x".to_owned(); count];
        assert_eq!(shortened(&words(2)), "x x");
        assert!(shortened(&words(30)).ends_with("x … (6 more words)"));
    }
}
