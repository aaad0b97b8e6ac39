//! Rules in normal form: text that parses back to the same rule.
//!
//! The order is SET, selectors as they were first written, `when`, the result, `log`, `name`. What is the default is
//! left out, and so is a name that the rule's place gave it.
use super::{Action, At, CallSet, Comparison, Member, Outcome, PathPattern, Plan, Rule, Selector, When};
use std::fmt::{Display, Formatter, Result};

impl Display for Plan {
    /// Writes one rule a line.
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        self.rules.iter().try_for_each(|rule| writeln!(formatter, "{rule}"))
    }
}

impl Display for Rule {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        write!(formatter, "{}", self.calls)?;
        for selector in &self.selectors {
            write!(formatter, ":{selector}")?;
        }
        if self.when != When::default() {
            write!(formatter, ":when={}", self.when)?;
        }
        write!(formatter, "{}", self.action)?;
        if !self.name.is_empty() && !self.name.contains('#') {
            write!(formatter, ":name={}", Quoted(&self.name))?;
        }
        Ok(())
    }
}

impl Display for CallSet {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        for (index, member) in self.members.iter().enumerate() {
            let comma = if index == 0 { "" } else { "," };
            write!(formatter, "{comma}{member}")?;
        }
        Ok(())
    }
}

impl Display for Member {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        match self {
            Member::Name(name) => formatter.write_str(name),
            Member::Number(number) => write!(formatter, "{number}"),
            Member::All => formatter.write_str("all"),
        }
    }
}

impl Display for Selector {
    /// Writes every value as an item of its own, with `:` between them.
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        match self {
            Selector::Path(comparison, patterns) => patterns_of(formatter, "path", *comparison, patterns),
            Selector::Mapped(comparison, patterns) => patterns_of(formatter, "mapped", *comparison, patterns),
            Selector::Descriptor(comparison, numbers) => {
                items(formatter, "fd", *comparison, numbers.iter().map(ToString::to_string))
            }
        }
    }
}

fn patterns_of(
    formatter: &mut Formatter<'_>,
    key: &str,
    comparison: Comparison,
    patterns: &[PathPattern],
) -> Result {
    items(formatter, key, comparison, patterns.iter().map(|pattern| Quoted(pattern.text()).to_string()))
}

fn items(
    formatter: &mut Formatter<'_>,
    key: &str,
    comparison: Comparison,
    values: impl Iterator<Item = String>,
) -> Result {
    for (index, value) in values.enumerate() {
        let colon = if index == 0 { "" } else { ":" };
        write!(formatter, "{colon}{key}{comparison}{value}")?;
    }
    Ok(())
}

impl Display for Comparison {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        formatter.write_str(match self {
            Comparison::AnyOf => "=",
            Comparison::NoneOf => "!=",
        })
    }
}

impl Display for When {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        write!(formatter, "{}", self.first)?;
        match (self.last, self.step) {
            (Some(last), 1) if last == self.first => Ok(()),
            (Some(last), 1) => write!(formatter, "..{last}"),
            (Some(last), step) => write!(formatter, "..{last}+{step}"),
            (None, 1) => formatter.write_str("+"),
            (None, step) => write!(formatter, "+{step}"),
        }
    }
}

impl Display for Action {
    /// Writes every action as an item, with a `:` before each.
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        if let Some(outcome) = self.outcome {
            write!(formatter, ":{outcome}")?;
        }
        match self.at {
            At::Instead => {}
            At::After => formatter.write_str(":after")?,
        }
        if self.log {
            formatter.write_str(":log")?;
        }
        Ok(())
    }
}

impl Display for Outcome {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        match self {
            Outcome::Value(value) => write!(formatter, "retval={value}"),
            Outcome::Error(errno) => match errno.name() {
                Some(name) => write!(formatter, "error={name}"),
                None => write!(formatter, "error={}", errno.number()),
            },
        }
    }
}

/// A value, in quotes where it would not be read back as one without.
struct Quoted<'a>(&'a str);

impl Display for Quoted<'_> {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        if !self.0.is_empty() && !self.0.contains([':', '"']) {
            return formatter.write_str(self.0);
        }
        write!(formatter, "\"{}\"", self.0.replace('\\', "\\\\").replace('"', "\\\""))
    }
}
