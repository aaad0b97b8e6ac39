//! `inject=` and `fault=` of strace. src/filter_qualify.c of strace 6.1, `parse_inject_token`.
use super::piece::{Piece, unsigned, whole_unsigned, wrapping};
use super::{set, signal};
use crate::plan::syntax::error::{Errors, did_you_mean};
use crate::plan::syntax::{Judge, action, value};
use crate::plan::{Action, CallSet, Gives, Poke, When, refusal};
use havoc_arch::{Errno, names};
use std::time::Duration;

/// Which of the two it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// `inject=`
    Inject,
    /// `fault=`, which gives ENOSYS if it says nothing else.
    Fault,
}

/// What an expression asks for.
#[derive(Clone, Debug)]
pub(super) struct Tamper<'a> {
    /// Its set, as it was written.
    pub set: &'a str,
    pub calls: CallSet,
    pub when: When,
    pub action: Action,
}

/// ENOSYS.
const NO_SUCH_CALL: u16 = 38;

/// The keys, and whether `fault=` has them too.
const KEYS: [(&str, bool); 9] = [
    ("error", true),
    ("retval", false),
    ("signal", false),
    ("syscall", true),
    ("delay_enter", false),
    ("delay_exit", false),
    ("poke_enter", false),
    ("poke_exit", false),
    ("when", true),
];

/// Reads what follows `inject=` or `fault=`.
pub(super) fn read<'a>(text: Piece<'a>, kind: Kind, judge: &Judge, errors: &mut Errors) -> Tamper<'a> {
    let (set, items) = text.split_once(":").unwrap_or((text, text.from(text.text.len())));
    let calls = set::read(set, judge, errors);
    let mut reader = Reader { kind, judge, errors, seen: Vec::new(), unknown: false };
    let mut tamper = Tamper { set: set.text, calls, when: When::default(), action: Action::default() };
    for item in items.tokens(':') {
        reader.item(item, &mut tamper);
    }
    reader.finish(text, &mut tamper);
    tamper
}

struct Reader<'a, 'b> {
    kind: Kind,
    judge: &'a Judge,
    errors: &'b mut Errors,
    seen: Vec<&'static str>,
    /// Something was not understood, and may have been what is missing.
    unknown: bool,
}

impl Reader<'_, '_> {
    fn item(&mut self, item: Piece, tamper: &mut Tamper) {
        let split = item.split_once("=");
        let found =
            split.and_then(|(key, value)| Some((KEYS.iter().find(|(name, _)| *name == key.text)?, value)));
        let Some((&(key, is_of_fault), value)) = found else {
            self.unknown = true;
            return self.unknown_item(item);
        };
        if self.kind == Kind::Fault && !is_of_fault {
            self.unknown = true;
            self.errors.add_help(
                item.span(),
                format!("`fault=` has no `{key}`"),
                "`inject=` has; `fault=` goes with `error`, `syscall` and `when`",
            );
            return;
        }
        // As in strace, the last `when` counts.
        if key != "when" {
            let excludes = |seen: &&&str| **seen == key || is_result(seen) && is_result(key);
            if let Some(before) = self.seen.iter().find(excludes) {
                let message = match *before == key {
                    true => format!("`{key}` is there twice"),
                    false => format!("`{before}` and `{key}` exclude each other"),
                };
                self.errors.add_help(item.span(), message, "keep one of them");
                return;
            }
        }
        self.seen.push(key);
        self.value(key, value, tamper);
    }

    fn unknown_item(&mut self, item: Piece) {
        let name = item.split_once("=").map_or(item, |(key, _)| key);
        if KEYS.iter().any(|(key, _)| *key == name.text) {
            self.errors.add_help(
                item.span(),
                format!("`{}` needs a value", name.text),
                format!("write `{}=…`", name.text),
            );
            return;
        }
        let help = did_you_mean(name.text, KEYS.iter().map(|(key, _)| *key)).unwrap_or_else(|| {
            "strace's are error, retval, signal, syscall, delay_enter, delay_exit, poke_enter, poke_exit, when; \
             `--inject` has more"
                .to_owned()
        });
        self.errors.add_help(name.span(), format!("unknown key `{}`", name.text), help);
    }

    fn value(&mut self, key: &str, value: Piece, tamper: &mut Tamper) {
        let (action, errors) = (&mut tamper.action, &mut *self.errors);
        match key {
            "error" => action.gives = error(value, errors),
            "retval" => action.gives = retval(value, errors),
            "signal" => {
                action.signal = signal::read(value.text);
                if action.signal.is_none() {
                    signal::unknown(value, errors);
                }
            }
            "syscall" => action.syscall = syscall(value, self.judge, errors),
            "delay_enter" => action.delay_enter = delay(value, errors),
            "delay_exit" => action.delay_exit = delay(value, errors),
            "poke_enter" => action.poke_enter = pokes(value, errors),
            "poke_exit" => action.poke_exit = pokes(value, errors),
            _ => tamper.when = when(value, errors).unwrap_or_default(),
        }
    }

    fn finish(&mut self, text: Piece, tamper: &mut Tamper) {
        let acts = self.seen.iter().any(|key| !matches!(*key, "when" | "syscall"));
        if !acts && self.kind == Kind::Fault {
            tamper.action.gives = Errno::new(NO_SUCH_CALL).map(|errno| Gives::Error(vec![errno]));
        } else if !acts && !self.unknown {
            self.errors.add_help(
                text.span(),
                "nothing is to happen to the calls",
                "add `error=`, `retval=`, `signal=`, `delay_enter=`, `delay_exit=`, `poke_enter=` or `poke_exit=`",
            );
        }
        // strace changes the number of the call only to give a result of its own.
        if !self.seen.iter().any(|key| is_result(key)) && self.kind == Kind::Inject {
            tamper.action.syscall = None;
        }
    }
}

fn is_result(key: &str) -> bool {
    matches!(key, "error" | "retval")
}

fn error(value: Piece, errors: &mut Errors) -> Option<Gives> {
    let text = value.text;
    // strace's names have no case, and no second ones.
    let by_name =
        || Errno::from_name(&text.to_ascii_uppercase()).filter(|errno| errno.name() == Some(&upper(text)));
    let errno = match whole_unsigned(text) {
        Some(number) => u16::try_from(number).ok().and_then(Errno::new),
        None => by_name(),
    };
    match errno {
        Some(errno) if !value::is_private(errno) => Some(Gives::Error(vec![errno])),
        Some(errno) => {
            // Says why.
            value::error(&errno.number().to_string(), value.span(), errors);
            None
        }
        None if whole_unsigned(text).is_none() && Errno::from_name(text).is_some() => {
            let first = Errno::from_name(text).and_then(Errno::name).unwrap_or_default();
            errors.add_help(value.span(), format!("strace knows no `{text}`"), format!("write `{first}`"));
            None
        }
        None => {
            value::error(text, value.span(), errors);
            None
        }
    }
}

fn upper(text: &str) -> String {
    text.to_ascii_uppercase()
}

/// A result that is an error is one, as in strace.
fn retval(value: Piece, errors: &mut Errors) -> Option<Gives> {
    let Some(result) = wrapping(value.text).map(u64::cast_signed) else {
        errors.add_help(
            value.span(),
            format!("`{}` is no number of 64 bits", value.text),
            "a result is decimal, hexadecimal or octal: `42`, `0x2a`, `052`",
        );
        return None;
    };
    let errno = u16::try_from(result.unsigned_abs()).ok().and_then(Errno::new).filter(|_| result < 0);
    match errno {
        None => Some(Gives::Value(result)),
        Some(errno) if value::is_private(errno) => {
            value::error(&errno.number().to_string(), value.span(), errors);
            None
        }
        Some(errno) => Some(Gives::Error(vec![errno])),
    }
}

fn syscall(value: Piece, judge: &Judge, errors: &mut Errors) -> Option<String> {
    let text = value.text;
    if !judge.native.judged().iter().all(|abi| names::number_of(*abi, text).is_some()) {
        let known = names::all_judged(judge.native).filter(|name| refusal::is_harmless(name));
        errors.add_with(value.span(), format!("`{text}` is no call of every ABI"), did_you_mean(text, known));
        return None;
    }
    if !refusal::is_harmless(text) {
        errors.add_help(
            value.span(),
            format!(
                "`{text}` cannot stand in for another call: it would take that call's arguments for its own"
            ),
            "it is one of `%pure`, such as getpid or getuid",
        );
        return None;
    }
    Some(text.to_owned())
}

/// src/util.c of strace, `parse_ts`: a whole number or a decimal one, with a unit.
fn delay(value: Piece, errors: &mut Errors) -> Option<Duration> {
    let text = value.text;
    let until = |accepted: &str| text.find(|character| !accepted.contains(character)).unwrap_or(text.len());
    let (decimal, whole) = (until("eE.-+0123456789"), until("+0123456789"));
    let number = match decimal > whole {
        true => text[..decimal].parse().ok().filter(|number: &f64| *number >= 0.0 && number.is_finite()),
        false => {
            unsigned(&text[..whole]).filter(|(_, rest)| rest.is_empty()).map(|(number, _)| number as f64)
        }
    };
    let unit = &text[decimal.max(whole)..];
    // Behind a whole number the first letter is a small one.
    let is_capital = decimal <= whole && unit.starts_with(|first: char| first.is_ascii_uppercase());
    let unit = match unit.to_ascii_lowercase().as_str() {
        _ if is_capital => None,
        "s" => Some(1_000_000_000),
        "ms" => Some(1_000_000),
        "us" | "" => Some(1_000),
        "ns" => Some(1),
        _ => None,
    };
    let (Some(number), Some(unit)) = (number, unit) else {
        errors.add_help(
            value.span(),
            format!("`{text}` is no time"),
            "write `2s`, `1.5ms`, `50us` or `10ns`; a bare number is microseconds",
        );
        return None;
    };
    if decimal > whole {
        return Some(Duration::from_nanos((number * unit as f64) as u64));
    }
    let (number, _) = unsigned(&text[..whole])?;
    Some(Duration::from_nanos(number.saturating_mul(unit)))
}

/// `@arg1=0a0b,@arg2=0c`. No call has the `@arg7` that strace takes: nothing is ever written there.
fn pokes(value: Piece, errors: &mut Errors) -> Vec<Poke> {
    let mut pokes: Vec<Poke> = Vec::new();
    let mut seen = Vec::new();
    for token in value.tokens(',') {
        let seventh = token.text.strip_prefix("@arg7=").map(|bytes| format!("@arg6={bytes}"));
        match action::poke(seventh.as_deref().unwrap_or(token.text)) {
            Ok(poke) => {
                let argument = if seventh.is_some() { 7 } else { poke.index + 1 };
                if seen.contains(&argument) {
                    errors.add_help(
                        token.span(),
                        format!("what `arg{argument}` points to is written twice"),
                        "keep one of them",
                    );
                }
                seen.push(argument);
                if seventh.is_none() {
                    pokes.push(poke);
                }
            }
            Err(message) => errors.add_help(
                token.span(),
                message,
                "write `@arg2=00ff`: an argument, and bytes in hexadecimal",
            ),
        }
    }
    if value.is_empty() {
        errors.add_help(value.span(), "nothing is to be written", "write `@arg2=00ff`");
    }
    pokes
}

/// F, F+, F+S, F..L, F..L+, F..L+S; without strace's limit of 65535.
fn when(value: Piece, errors: &mut Errors) -> Option<When> {
    let forms = "write `2`, `2+`, `2+3`, `2..9` or `2..9+3`";
    let parsed = when_of(value.text);
    if let Err(message) = &parsed {
        errors.add_help(value.span(), message.clone(), forms);
    }
    parsed.ok()
}

fn when_of(text: &str) -> Result<When, String> {
    let wrong = || format!("`{text}` says not which calls");
    let positive =
        |number: u64| if number == 0 { Err("calls are counted from 1".to_owned()) } else { Ok(number) };
    let (first, rest) = unsigned(text).ok_or_else(wrong)?;
    let first = positive(first)?;
    let (last, rest) = match rest.strip_prefix("..") {
        None => (None, rest),
        Some(rest) => {
            let (last, rest) = unsigned(rest).ok_or_else(wrong)?;
            if last < first {
                return Err("this range is empty: it ends before it begins".to_owned());
            }
            (Some(last), rest)
        }
    };
    let step = match rest.strip_prefix('+') {
        None if rest.is_empty() => None,
        Some("") => Some(1),
        Some(step) => Some(positive(whole_unsigned(step).ok_or_else(wrong)?)?),
        None => return Err(wrong()),
    };
    Ok(match (last, step) {
        (None, None) => When { first, last: Some(first), step: 1 },
        (last, step) => When { first, last, step: step.unwrap_or(1) },
    })
}
