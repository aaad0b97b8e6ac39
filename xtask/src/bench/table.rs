//! The tables that are printed: Markdown, and in columns also to the eye.
use super::rounds::{Measured, Missing, median};
use super::verdict::{Verdict, amount};

/// Returns the table of goals, a line for each comparison.
pub fn goals(rows: &[Measured]) -> String {
    let mut lines = vec![["what", "compared", "ratio", "goal", ""].map(str::to_owned).to_vec()];
    for measured in rows {
        for (index, verdict) in Verdict::all(measured).enumerate() {
            let what = if index == 0 { measured.row.what.clone() } else { String::new() };
            let (subject, goal) = (verdict.comparison.subject(), verdict.comparison.goal(verdict.unit));
            lines.push(vec![what, subject, verdict.number(), goal, verdict.outcome()]);
        }
    }
    columns(&lines)
}

/// Returns the table of medians, a line for each contender.
pub fn medians(rows: &[Measured]) -> String {
    let mut lines = vec![["what", "CPUs", "contender", "median"].map(str::to_owned).to_vec()];
    for measured in rows {
        for (index, (contender, samples)) in measured.row.contenders.iter().zip(&measured.samples).enumerate()
        {
            let (what, cpus) = match index {
                0 => (measured.row.what.clone(), measured.row.cpus.to_string()),
                _ => (String::new(), String::new()),
            };
            let number = match samples {
                Ok(numbers) => amount(measured.row.unit, median(numbers)),
                Err(Missing::Skipped(why)) => format!("SKIPPED ({why})"),
                Err(Missing::Failed(why)) => format!("FAILED ({why})"),
            };
            lines.push(vec![what, cpus, contender.name.clone(), number]);
        }
    }
    columns(&lines)
}

/// Lays out lines of cells, the first of which is the heading.
fn columns(lines: &[Vec<String>]) -> String {
    let count = lines[0].len();
    let width = |column: usize| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..count).map(width).collect();
    let mut text = String::new();
    for (index, line) in lines.iter().enumerate() {
        let cells: Vec<String> = line
            .iter()
            .zip(&widths)
            .map(|(cell, &width)| {
                format!("{}{}", cell.replace('|', "\\|"), " ".repeat(width - cell.chars().count()))
            })
            .collect();
        text += &format!("| {} |\n", cells.join(" | "));
        if index == 0 {
            let rules: Vec<String> = widths.iter().map(|&width| "-".repeat(width + 2)).collect();
            text += &format!("|{}|\n", rules.join("|"));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::testing::measured;
    use super::*;

    #[test]
    fn the_table_of_goals_says_of_each_whether_it_is_met() {
        // Of a row with one comparison, so that the whole of it can be read here.
        let mut measured = measured();
        measured.row.comparisons.truncate(1);
        let expected = "\
| what | compared        | ratio | goal    |     |
|------|-----------------|-------|---------|-----|
| work | ptrace / native | 3.00× | ≤ 3.60× | met |
";
        assert_eq!(goals(&[measured]), expected);
    }

    #[test]
    fn what_was_not_measured_says_why_in_both_tables() {
        let measured = [measured()];
        assert!(
            goals(&measured).contains("SKIPPED (strace: strace is not installed)"),
            "{}",
            goals(&measured)
        );
        assert!(goals(&measured).contains("FAILED (notify: it hangs)"), "{}", goals(&measured));
        assert!(goals(&measured).contains("NOT MET"), "{}", goals(&measured));
        assert!(medians(&measured).contains("FAILED (it hangs)"), "{}", medians(&measured));
        assert!(medians(&measured).contains("| 300 ns "), "{}", medians(&measured));
    }

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let line = |a: &str, b: &str| vec![a.to_owned(), b.to_owned()];
        let text = columns(&[line("a", "b"), line("×××", "x")]);
        assert_eq!(text, "| a   | b |\n|-----|---|\n| ××× | x |\n");
    }
}
