//! Rows for tests.
use super::rounds::{Measured, measure};
use super::row::{Comparison, Contender, Reference, Row, Unit};
use super::sample::{Asked, Failing};

/// Returns a row whose contenders run themselves.
pub fn row(names: &[&str]) -> Row {
    let contenders = names.iter().map(|&name| Contender {
        name: name.to_owned(),
        command: Ok(vec![name.to_owned()]),
        failing: Failing::None,
    });
    Row {
        what: "work".into(),
        unit: Unit::Time,
        cpus: 1,
        asked: Asked::ItsOwn,
        contenders: contenders.collect(),
        comparisons: Vec::new(),
    }
}

/// Returns a row of two rounds with one goal met, one not met, one comparison failed and one skipped.
pub fn measured() -> Measured {
    let mut row = row(&["native", "ptrace", "notify", "strace"]);
    row.contenders[3].command = Err("strace is not installed".into());
    let compare = |of: &str, to: &str, at_most| Comparison {
        of: of.to_owned(),
        to: Reference::Times(to.to_owned()),
        at_most: Some(at_most),
    };
    row.comparisons = vec![
        compare("ptrace", "native", 3.6),
        compare("ptrace", "native", 2.5),
        compare("notify", "native", 1.05),
        compare("ptrace", "strace", 0.5),
    ];
    measure(row, 2, |index, _| [Ok(100.0), Ok(300.0), Err("it hangs".into())][index].clone())
}
