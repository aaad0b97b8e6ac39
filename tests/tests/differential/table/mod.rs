//! The cases.
//!
//! Each row is what both are given, what the testee does, and how many calls are tampered with. Rows that are alike are
//! made of two lists: every form of `when` with every kind of action.
mod different;
mod effects;
mod refused;
mod results;
mod scripts;
mod sets;
mod tasks;
mod whens;

pub use different::different;
pub use effects::effects;
pub use refused::refused;
pub use results::results;
pub use scripts::scripts;
pub use sets::sets;
pub use tasks::tasks;
pub use whens::whens;

use crate::case::Case;

/// Returns every case.
pub fn all() -> Vec<Case> {
    [results(), whens(), effects(), sets(), tasks(), scripts(), refused(), different()].concat()
}

fn rows(rows: &[(&str, &str, usize)]) -> Vec<Case> {
    rows.iter().map(|(options, steps, tampered)| Case::same(options, steps, *tampered)).collect()
}
