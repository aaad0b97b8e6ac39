//! What a comparison came to.
use super::rounds::{Measured, Missing, median};
use super::row::{Comparison, Reference, Unit};
use std::fmt::{self, Display, Formatter};

/// A comparison with its number, or with the reason why it has none.
#[derive(Clone, Debug)]
pub struct Verdict<'a> {
    /// What was compared.
    pub comparison: &'a Comparison,
    /// What its numbers count.
    pub unit: Unit,
    /// The median of the rounds, or whose numbers are missing, and why.
    pub number: Result<f64, (String, Missing)>,
}

/// How many there are of each kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Goals that were met.
    pub met: usize,
    /// Goals that were not.
    pub missed: usize,
    /// Comparisons that could not be made here.
    pub skipped: usize,
    /// Contenders with whom something was wrong, compared or not.
    pub failed: usize,
}

impl Count {
    /// Counts what came of these rows.
    pub fn of(rows: &[Measured]) -> Count {
        let mut count = Count::default();
        for verdict in rows.iter().flat_map(Verdict::all) {
            match (&verdict.number, verdict.is_met()) {
                (Err((_, Missing::Skipped(_))), _) => count.skipped += 1,
                (Ok(_), Some(true)) => count.met += 1,
                (Ok(_), Some(false)) => count.missed += 1,
                // Who has failed is counted below, once.
                (Err((_, Missing::Failed(_))), _) | (Ok(_), None) => {}
            }
        }
        let samples = rows.iter().flat_map(|measured| &measured.samples);
        count.failed = samples.filter(|samples| matches!(samples, Err(Missing::Failed(_)))).count();
        count
    }
}

impl Comparison {
    /// Returns who is compared with whom.
    pub fn subject(&self) -> String {
        match &self.to {
            Reference::Times(other) => format!("{} / {other}", self.of),
            Reference::Over(other) => format!("{} − {other}", self.of),
            Reference::Alone => self.of.clone(),
        }
    }

    /// Returns the goal, as people read it.
    pub fn goal(&self, unit: Unit) -> String {
        self.at_most.map_or_else(|| "–".into(), |bound| format!("≤ {}", self.quantity(unit, bound)))
    }

    fn quantity(&self, unit: Unit, number: f64) -> String {
        match self.to {
            Reference::Times(_) if number.abs() >= 10.0 => format!("{number:.1}×"),
            Reference::Times(_) if number.abs() < 0.1 => format!("{number:.3}×"),
            Reference::Times(_) => format!("{number:.2}×"),
            Reference::Over(_) => {
                let sign = if number < 0.0 { "−" } else { "+" };
                format!("{sign}{}", amount(unit, number.abs()))
            }
            Reference::Alone => amount(unit, number),
        }
    }
}

impl<'a> Verdict<'a> {
    /// Returns the verdicts on a row.
    pub fn all(measured: &'a Measured) -> impl Iterator<Item = Verdict<'a>> {
        measured.row.comparisons.iter().map(|comparison| Verdict {
            comparison,
            unit: measured.row.unit,
            number: measured.compare(&comparison.of, &comparison.to).map(|numbers| median(&numbers)),
        })
    }

    /// Tells whether the goal is met, where there is one, and a number.
    pub fn is_met(&self) -> Option<bool> {
        Some(*self.number.as_ref().ok()? <= self.comparison.at_most?)
    }

    /// Returns the number, as people read it.
    pub fn number(&self) -> String {
        self.number
            .as_ref()
            .map_or_else(|_| "–".into(), |&number| self.comparison.quantity(self.unit, number))
    }

    /// Returns what it comes to, in a word or with its reason.
    pub fn outcome(&self) -> String {
        match (&self.number, self.is_met()) {
            (Err((who, Missing::Skipped(why))), _) => format!("SKIPPED ({who}: {why})"),
            (Err((who, Missing::Failed(why))), _) => format!("FAILED ({who}: {why})"),
            (Ok(_), Some(true)) => "met".into(),
            (Ok(_), Some(false)) => "NOT MET".into(),
            (Ok(_), None) => "–".into(),
        }
    }
}

/// Returns an amount, as people read it.
pub fn amount(unit: Unit, number: f64) -> String {
    match unit {
        Unit::Memory => format!("{:.1} MB", number / f64::from(1 << 20)),
        Unit::Time if number < 1e3 => format!("{number:.0} ns"),
        Unit::Time if number < 1e6 => format!("{:.2} µs", number / 1e3),
        Unit::Time if number < 1e9 => format!("{:.2} ms", number / 1e6),
        Unit::Time => format!("{:.2} s", number / 1e9),
    }
}

impl Display for Count {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Count { met, missed, skipped, failed } = self;
        write!(
            f,
            "goals: {met} met, {missed} not met; comparisons skipped: {skipped}; contenders failed: {failed}"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::measured;
    use super::*;

    #[test]
    fn amounts_have_the_unit_that_fits() {
        assert_eq!(amount(Unit::Time, 134.6), "135 ns");
        assert_eq!(amount(Unit::Time, 4_812.0), "4.81 µs");
        assert_eq!(amount(Unit::Time, 351_500_000.0), "351.50 ms");
        assert_eq!(amount(Unit::Time, 2.5e9), "2.50 s");
        assert_eq!(amount(Unit::Memory, 16.0 * 1024.0 * 1024.0), "16.0 MB");
    }

    #[test]
    fn differences_have_a_sign() {
        let comparison =
            Comparison { of: "ptrace".into(), to: Reference::Over("native".into()), at_most: Some(1e6) };
        let verdict = |number| Verdict { comparison: &comparison, unit: Unit::Time, number: Ok(number) };
        assert_eq!(verdict(1.5e6).number(), "+1.50 ms");
        assert_eq!(verdict(-2e5).number(), "−200.00 µs");
        assert_eq!(comparison.goal(Unit::Time), "≤ +1.00 ms");
        assert_eq!(comparison.subject(), "ptrace − native");
    }

    #[test]
    fn a_goal_is_met_up_to_its_bound_and_there_is_none_where_a_ratio_is_only_told() {
        let comparison = |at_most| Comparison {
            of: "ptrace".into(),
            to: Reference::Times("least ptrace".into()),
            at_most,
        };
        let is_met = |at_most, number| {
            let comparison = comparison(at_most);
            Verdict { comparison: &comparison, unit: Unit::Time, number: Ok(number) }.is_met()
        };
        assert_eq!(is_met(Some(1.05), 1.05), Some(true));
        assert_eq!(is_met(Some(1.05), 1.051), Some(false));
        assert_eq!(is_met(None, 1.0), None);
        let small = comparison(None);
        assert_eq!(Verdict { comparison: &small, unit: Unit::Time, number: Ok(0.0129) }.number(), "0.013×");
        assert_eq!(small.goal(Unit::Time), "–");
        assert_eq!(comparison(Some(1.05)).goal(Unit::Time), "≤ 1.05×");
    }

    #[test]
    fn goals_are_counted_as_they_came_out() {
        let count = Count::of(&[measured()]);
        assert_eq!(count, Count { met: 1, missed: 1, skipped: 1, failed: 1 });
        assert_eq!(
            count.to_string(),
            "goals: 1 met, 1 not met; comparisons skipped: 1; contenders failed: 1"
        );
    }
}
