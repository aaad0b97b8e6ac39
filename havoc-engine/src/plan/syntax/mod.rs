//! Rule text → [`Rule`](super::Rule), with every error and where it stands.
mod error;

pub use error::{Diagnostic, Span};

use super::{CallSet, Plan};
use std::path::Path;

/// Parses all rules of a command line, in order. Names (`SET#n`) are given over the whole list.
///
/// # Errors
/// Every error of every rule; `Diagnostic::source` is the index of the rule's text.
pub fn parse_rules(texts: &[String], cwd: &Path) -> Result<Plan, Vec<Diagnostic>> {
    let _ = (texts, cwd);
    Ok(Plan::default())
}

/// Parses the SET of `--trace`.
///
/// # Errors
/// Every error of the text.
pub fn parse_set(text: &str) -> Result<CallSet, Vec<Diagnostic>> {
    let _ = text;
    Ok(CallSet::all())
}
