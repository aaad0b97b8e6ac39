//! A plan → TOML text that reads back to the same plan.
use super::super::syntax::key::{self, Key};
use super::super::{CallSet, Plan, Rule};
use super::shape::{self, Takes};
use super::table::{CALLS, NOT, SET};
use std::fmt::Write;

impl Plan {
    /// Returns the plan as a plan file in normal form.
    #[must_use]
    pub fn to_toml(&self) -> String {
        self.rules.iter().map(Rule::to_toml).collect::<Vec<_>>().join("\n")
    }
}

impl Rule {
    /// Returns the rule as a table of a plan file. Names that its place gave it are left out, and so is what is the default.
    #[must_use]
    pub fn to_toml(&self) -> String {
        let mut keys: Vec<(String, Vec<String>)> = vec![(CALLS.to_owned(), calls(&self.calls))];
        for item in self.items() {
            let (key, values) = match (key::of(&item.key), item.value) {
                (_, None) => (item.key, vec!["true".to_owned()]),
                (Some(key), Some((operator, text))) => entry(key, operator, &text),
                (None, Some((_, text))) => (item.key, vec![quoted(&text)]),
            };
            // A name is what people look for first.
            if key == Key::RuleName.text() {
                keys.insert(0, (key, values));
                continue;
            }
            match keys.iter_mut().find(|(of, _)| *of == key) {
                Some((_, before)) => before.extend(values),
                None => keys.push((key, values)),
            }
        }
        let mut text = String::from("[[rule]]\n");
        for (key, values) in keys {
            let _ = match &values[..] {
                [one] => writeln!(text, "{key} = {one}"),
                several => writeln!(text, "{key} = [{}]", several.join(", ")),
            };
        }
        text
    }
}

fn calls(set: &CallSet) -> Vec<String> {
    let members = set.members.iter().enumerate();
    members
        .map(|(index, member)| {
            let negation = if set.negated && index == 0 { "!" } else { "" };
            number_or_text(format!("{negation}{}", member.text()))
        })
        .collect()
}

/// Returns the key and values of an item that is no flag.
fn entry(key: Key, operator: &str, text: &str) -> (String, Vec<String>) {
    let (takes, _) = shape::of(key);
    let name = key.text();
    let value = |text: &str| if takes.numbers() { number_or_text(text.to_owned()) } else { quoted(text) };
    match (takes, operator) {
        (Takes::Tests, "=") => (name.to_owned(), vec![value(text)]),
        (Takes::Tests, ":=") => (format!("{SET}.{name}"), vec![value(text)]),
        (Takes::Tests, operator) => (name.to_owned(), vec![quoted(&format!("{operator}{text}"))]),
        (Takes::List(_), _) => (name.to_owned(), text.split(',').map(value).collect()),
        (_, "!=") => (format!("{NOT}.{name}"), vec![value(text)]),
        _ => (name.to_owned(), vec![value(text)]),
    }
}

/// Returns a decimal number as an integer, which in TOML has 64 bits and a sign, and what is none as text.
fn number_or_text(text: String) -> String {
    match text.parse::<i64>() {
        Ok(number) if number.to_string() == text => text,
        _ => quoted(&text),
    }
}

/// Returns a string of TOML, in the quotes that need no escapes if there are such.
fn quoted(text: &str) -> String {
    let has_controls = text.contains(char::is_control);
    if text.contains(['"', '\\']) && !text.contains('\'') && !has_controls {
        return format!("'{text}'");
    }
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            control if control.is_control() => {
                let _ = write!(quoted, "\\u{:04X}", u32::from(control));
            }
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;
    use toml::de::DeValue;

    #[test]
    fn every_text_is_quoted_so_that_toml_reads_it_back() {
        for text in ["", "a", "a\"b", "a\\*", "it's", "it's \"\\", "\n\t\r\u{1b}\u{7f}\u{85}", "ä\u{1F980}"]
        {
            let toml = quoted(text);
            let value = DeValue::parse(&toml).unwrap_or_else(|error| panic!("{toml}: {error}"));
            assert_eq!(value.get_ref().as_str(), Some(text), "{toml}");
        }
        assert_eq!(quoted("a\\*"), r"'a\*'");
        assert_eq!(quoted("it's"), "\"it's\"");
    }

    #[test]
    fn only_what_toml_has_as_an_integer_is_written_as_one() {
        for text in ["0", "-1", "9223372036854775807"] {
            assert_eq!(number_or_text(text.to_owned()), text);
        }
        for text in ["0x10", "18446744073709551615", "-0", "+1", "00", "2..3", ""] {
            assert_eq!(number_or_text(text.to_owned()), format!("\"{text}\""));
        }
    }
}
