//! Rounds: each contender once, in turn; and what comes of them.
//!
//! A machine has moods, and they last longer than a round. So a ratio is made inside each round, and the median is that of
//! the ratios. A ratio of medians would compare one contender's good minutes with another's bad ones.
use super::row::{Reference, Row};

/// What came of a row.
#[derive(Clone, Debug)]
pub struct Measured {
    /// The row.
    pub row: Row,
    /// A number a round, for each contender in the row's order; or why there are none.
    pub samples: Vec<Result<Vec<f64>, Missing>>,
}

/// Why there are no numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Missing {
    /// It cannot be run here.
    Skipped(String),
    /// It was run, and something was wrong.
    Failed(String),
}

/// Runs a row in rounds. `take` is given the number of a contender and its command line.
pub fn measure(
    row: Row,
    rounds: usize,
    mut take: impl FnMut(usize, &[String]) -> Result<f64, String>,
) -> Measured {
    let commands = row.contenders.iter().map(|contender| contender.command.clone());
    let mut samples: Vec<Result<Vec<f64>, Missing>> =
        commands.map(|command| command.map(|_| Vec::new()).map_err(Missing::Skipped)).collect();
    for _ in 0..rounds {
        for (index, contender) in row.contenders.iter().enumerate() {
            // One that has failed once is not tried again: it may have taken its minute.
            let (Ok(command), Ok(numbers)) = (&contender.command, &mut samples[index]) else { continue };
            match take(index, command) {
                Ok(number) => numbers.push(number),
                Err(reason) => samples[index] = Err(Missing::Failed(reason)),
            }
        }
    }
    Measured { row, samples }
}

impl Measured {
    /// Returns the numbers of a contender.
    ///
    /// # Panics
    /// When the row has no contender of this name.
    pub fn of(&self, name: &str) -> &Result<Vec<f64>, Missing> {
        let index = self.row.contenders.iter().position(|contender| contender.name == name);
        &self.samples[index.unwrap_or_else(|| panic!("`{}` has no contender `{name}`", self.row.what))]
    }

    /// Returns one number a round of a comparison.
    ///
    /// # Errors
    /// When one of the contenders has none: its name, and why.
    pub fn compare(&self, of: &str, to: &Reference) -> Result<Vec<f64>, (String, Missing)> {
        let numbers = |name: &str| match self.of(name) {
            Ok(numbers) => Ok(numbers.clone()),
            Err(missing) => Err((name.to_owned(), missing.clone())),
        };
        let own = numbers(of)?;
        let each = |other: Vec<f64>, with: fn(f64, f64) -> f64| {
            own.iter().zip(other).map(|(&own, other)| with(own, other)).collect()
        };
        Ok(match to {
            Reference::Times(other) => each(numbers(other)?, |own, other| own / other),
            Reference::Over(other) => each(numbers(other)?, |own, other| own - other),
            Reference::Alone => own,
        })
    }
}

/// Returns the median; of an even number of numbers the mean of the two in the middle.
///
/// # Panics
/// When there is no number.
pub fn median(numbers: &[f64]) -> f64 {
    let mut sorted = numbers.to_vec();
    sorted.sort_by(f64::total_cmp);
    let half = sorted.len() / 2;
    if sorted.len() % 2 == 1 { sorted[half] } else { f64::midpoint(sorted[half - 1], sorted[half]) }
}

#[cfg(test)]
mod tests {
    use super::super::testing::row;
    use super::*;

    #[test]
    fn the_median_is_the_middle_or_the_mean_of_two() {
        assert_eq!(median(&[3.0]), 3.0);
        assert_eq!(median(&[9.0, 1.0, 3.0]), 3.0);
        assert_eq!(median(&[9.0, 1.0, 3.0, 5.0]), 4.0);
    }

    #[test]
    fn contenders_take_turns() {
        let mut turns = Vec::new();
        measure(row(&["native", "ptrace"]), 2, |_, command| {
            turns.push(command[0].clone());
            Ok(1.0)
        });
        assert_eq!(turns, ["native", "ptrace", "native", "ptrace"]);
    }

    #[test]
    fn a_ratio_is_made_inside_each_round() {
        // The machine is ten times slower in the second round, and the ratio stays what it is.
        let numbers = [[100.0, 300.0], [1000.0, 3000.0], [100.0, 400.0]];
        let mut taken = numbers.as_flattened().iter();
        let measured = measure(row(&["native", "ptrace"]), 3, |_, _| Ok(*taken.next().unwrap()));
        let native = "native".to_owned();
        assert_eq!(measured.compare("ptrace", &Reference::Times(native.clone())), Ok(vec![3.0, 3.0, 4.0]));
        assert_eq!(measured.compare("ptrace", &Reference::Over(native)), Ok(vec![200.0, 2000.0, 300.0]));
        assert_eq!(measured.compare("ptrace", &Reference::Alone), Ok(vec![300.0, 3000.0, 400.0]));
    }

    #[test]
    fn one_that_cannot_run_or_has_failed_is_not_run_and_the_others_are() {
        let mut row = row(&["native", "ptrace", "strace"]);
        row.contenders[2].command = Err("strace is not installed".into());
        let mut turns = Vec::new();
        let measured = measure(row, 2, |index, _| {
            turns.push(index);
            if index == 1 { Err("it hangs".into()) } else { Ok(1.0) }
        });
        assert_eq!(turns, [0, 1, 0]);
        assert_eq!(measured.of("native"), &Ok(vec![1.0, 1.0]));
        let failed = ("ptrace".to_owned(), Missing::Failed("it hangs".into()));
        assert_eq!(measured.compare("ptrace", &Reference::Times("native".into())), Err(failed));
        let skipped = ("strace".to_owned(), Missing::Skipped("strace is not installed".into()));
        assert_eq!(measured.compare("native", &Reference::Times("strace".into())), Err(skipped));
    }
}
