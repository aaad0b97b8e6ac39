//! Rules in normal form: text that parses back to the same rule.
//!
//! The order is SET, selectors as they were first written, triggers, actions, `log`, `uncounted`, `name`. What is the
//! default is left out, and so is a name that the rule's place gave it.
use super::{
    Action, At, CallSet, Comparison, Corrupt, Gives, Member, Names, Outcome, Per, Plan, Poke, Rule, Selector,
    Short, Trigger, When,
};
use std::fmt::{Display, Formatter, Result};
use std::time::Duration;

impl Display for Plan {
    /// Writes one rule a line.
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        self.rules.iter().try_for_each(|rule| writeln!(formatter, "{rule}"))
    }
}

impl Display for Rule {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        write!(formatter, "{}", self.calls)?;
        for Item { key, value } in self.items() {
            match value {
                Some((operator, value)) => write!(formatter, ":{key}{operator}{}", Quoted(&value))?,
                None => write!(formatter, ":{key}")?,
            }
        }
        Ok(())
    }
}

impl Rule {
    /// Returns its items in the order of the normal form.
    pub(super) fn items(&self) -> Vec<Item> {
        let mut items = Vec::new();
        self.selectors.iter().for_each(|selector| selector.add_items(&mut items));
        self.trigger.add_items(&mut items);
        self.action.add_items(&mut items);
        if !self.name.is_empty() && !self.name.contains('#') {
            items.push(item("name", "=", &self.name));
        }
        items
    }
}

/// One item of the normal form.
pub(super) struct Item {
    /// Its key, or the flag.
    pub key: String,
    /// Of what is no flag the operator and the value, without quotes.
    pub value: Option<(&'static str, String)>,
}

type Items = Vec<Item>;

fn item(key: &str, operator: &'static str, value: impl Display) -> Item {
    Item { key: key.to_owned(), value: Some((operator, value.to_string())) }
}

fn flag(key: &str) -> Item {
    Item { key: key.to_owned(), value: None }
}

impl Display for CallSet {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        if self.negated {
            formatter.write_str("!")?;
        }
        if self.members.is_empty() {
            return formatter.write_str("none");
        }
        for (index, member) in self.members.iter().enumerate() {
            let comma = if index == 0 { "" } else { "," };
            write!(formatter, "{comma}{member}")?;
        }
        Ok(())
    }
}

impl Display for Member {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        let text = self.text();
        // A comma would end the member. What follows an `@` would be taken for a width, so an expression has none.
        if text.contains(',') { quote(&text, formatter) } else { write!(formatter, "{}", Quoted(&text)) }
    }
}

impl Member {
    /// Returns it without quotes.
    pub(super) fn text(&self) -> String {
        let optional = if self.optional { "?" } else { "" };
        let width = self.only.map_or_else(String::new, |width| format!("@{}", width.suffix()));
        match &self.names {
            Names::Name(name) => format!("{optional}{name}{width}"),
            Names::Number(number) => format!("{optional}{number}{width}"),
            Names::Class(class) => format!("{optional}%{}{width}", class.name),
            Names::Regex(regex) => format!("{optional}/{}", regex.text()),
            Names::All => format!("{optional}all{width}"),
        }
    }
}

impl Selector {
    /// Adds every value as an item of its own.
    fn add_items(&self, items: &mut Items) {
        match self {
            Selector::Name(name, comparison, patterns) => {
                items.extend(
                    patterns.iter().map(|pattern| item(name.key(), comparison.text(), pattern.text())),
                );
            }
            Selector::Descriptor(comparison, numbers) => {
                items.extend(numbers.iter().map(|number| item("fd", comparison.text(), number)));
            }
            Selector::Socket(comparison, patterns) => {
                items.extend(patterns.iter().map(|pattern| item("sock", comparison.text(), pattern.text())));
            }
            Selector::Pid(comparison, numbers) => {
                items.extend(numbers.iter().map(|number| item("pid", comparison.text(), number)));
            }
            Selector::Argument(index, test) => {
                let key = format!("arg{}", index + 1);
                items.extend(
                    test.operands.iter().map(|operand| item(&key, test.operator.text(), &operand.text)),
                );
            }
            Selector::Result(test) => {
                items.extend(
                    test.operands.iter().map(|operand| item("ret", test.operator.text(), &operand.text)),
                );
            }
            Selector::FirstTask => {}
        }
    }
}

impl Comparison {
    fn text(self) -> &'static str {
        match self {
            Comparison::AnyOf => "=",
            Comparison::NoneOf => "!=",
        }
    }
}

impl Trigger {
    fn add_items(&self, items: &mut Items) {
        if self.when != When::default() {
            items.push(item("when", "=", self.when));
        }
        match self.per {
            Per::Program | Per::ThreadAndCall => {}
            Per::Process => items.push(item("per", "=", "process")),
            Per::Thread => items.push(item("per", "=", "thread")),
        }
        if let Some(chance) = self.chance {
            items.push(match chance.denominator {
                100 => item("chance", "=", format_args!("{}%", chance.numerator)),
                denominator => item("chance", "=", format_args!("{}/{denominator}", chance.numerator)),
            });
        }
        items.extend(self.after.map(|after| item("after-time", "=", Span(after))));
        items.extend(self.until.map(|until| item("until", "=", Span(until))));
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

impl Action {
    fn add_items(&self, items: &mut Items) {
        match &self.gives {
            None => {}
            Some(Gives::Value(value)) => items.push(item("retval", "=", value)),
            Some(Gives::Error(errors)) => {
                let names: Vec<String> = errors.iter().map(|errno| error_name(*errno)).collect();
                items.push(item("error", "=", names.join(",")));
            }
        }
        match self.short {
            None => {}
            Some(Short::Bytes(bytes)) => items.push(item("short", "=", bytes)),
            Some(Short::Percent(percent)) => items.push(item("short", "=", format_args!("{percent}%"))),
        }
        match self.corrupt {
            None => {}
            Some(Corrupt::Flip(bits)) => items.push(item("corrupt", "=", format_args!("flip/{bits}"))),
            Some(Corrupt::Fill(0)) => items.push(item("corrupt", "=", "zero")),
            Some(Corrupt::Fill(byte)) => items.push(item("corrupt", "=", format_args!("fill/{byte:#04x}"))),
        }
        if self.kill {
            items.push(flag("kill"));
        }
        for assignment in &self.arguments {
            items.push(item(&format!("arg{}", assignment.index + 1), ":=", &assignment.text));
        }
        items.extend(self.syscall.as_ref().map(|name| item("syscall", "=", name)));
        if self.at == At::After {
            items.push(flag("after"));
        }
        for (key, pokes) in [("poke_enter", &self.poke_enter), ("poke_exit", &self.poke_exit)] {
            if !pokes.is_empty() {
                let texts: Vec<String> = pokes.iter().map(Poke::to_string).collect();
                items.push(item(key, "=", texts.join(",")));
            }
        }
        items.extend(self.delay_enter.map(|delay| item("delay_enter", "=", Span(delay))));
        items.extend(self.delay_exit.map(|delay| item("delay_exit", "=", Span(delay))));
        items.extend(self.signal.map(|signal| item("signal", "=", signal)));
        if self.log {
            items.push(flag("log"));
        }
        if self.uncounted {
            items.push(flag("uncounted"));
        }
    }
}

impl Display for Poke {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        write!(formatter, "@arg{}=", self.index + 1)?;
        self.bytes.iter().try_for_each(|byte| write!(formatter, "{byte:02x}"))
    }
}

fn error_name(errno: havoc_arch::Errno) -> String {
    errno.name().map_or_else(|| errno.number().to_string(), str::to_owned)
}

impl Display for Outcome {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        match self {
            Outcome::Value(value) => write!(formatter, "retval={value}"),
            Outcome::Error(errno) => write!(formatter, "error={}", error_name(*errno)),
        }
    }
}

/// A length of time in the largest unit that gives a whole number.
pub(crate) struct Span(pub Duration);

impl Display for Span {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        let nanoseconds = self.0.as_nanos();
        for (unit, length) in [("s", 1_000_000_000), ("ms", 1_000_000), ("us", 1_000)] {
            if nanoseconds.is_multiple_of(length) {
                return write!(formatter, "{}{unit}", nanoseconds / length);
            }
        }
        write!(formatter, "{nanoseconds}ns")
    }
}

/// A value, in quotes where it would not be read back as one without.
pub(crate) struct Quoted<'a>(pub &'a str);

impl Display for Quoted<'_> {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        if !self.0.is_empty() && !self.0.contains([':', '"']) {
            return formatter.write_str(self.0);
        }
        quote(self.0, formatter)
    }
}

fn quote(text: &str, formatter: &mut Formatter<'_>) -> Result {
    write!(formatter, "\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
