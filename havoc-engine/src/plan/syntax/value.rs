//! VALUE → what it means, with what is wrong about it.
//!
//! Each function adds its error and returns `None` if the value means nothing.
use super::Span;
use super::error::{Errors, did_you_mean};
use super::lexer::Word;
use super::mistaken;
use crate::plan::{Chance, Per, When};
use havoc_arch::Errno;
use std::time::Duration;

/// Second names of errors on x86_64 and aarch64 (include/uapi/asm-generic/errno.h; ENOTSUP is libc's).
const ALIASES: &[(&str, &str)] =
    &[("EWOULDBLOCK", "EAGAIN"), ("EDEADLOCK", "EDEADLK"), ("ENOTSUP", "EOPNOTSUPP")];

/// The kernel's private codes (include/linux/errno.h): no program may ever see one.
const PRIVATE: std::ops::RangeInclusive<u16> = 512..=531;
/// Those of them that somebody might write.
const PRIVATE_NAMES: &[&str] = &[
    "ERESTARTSYS",
    "ERESTARTNOINTR",
    "ERESTARTNOHAND",
    "ENOIOCTLCMD",
    "ERESTART_RESTARTBLOCK",
    "EPROBE_DEFER",
    "EOPENSTALE",
    "ENOPARAM",
    "EBADHANDLE",
    "ENOTSYNC",
    "EBADCOOKIE",
    "ENOTSUPP",
    "ETOOSMALL",
    "ESERVERFAULT",
    "EBADTYPE",
    "EJUKEBOX",
    "EIOCBQUEUED",
    "ERECALLCONFLICT",
    "ENOGRACE",
];

/// Returns the name under which an error is known, for one of its second names.
pub(super) fn without_alias(text: &str) -> &str {
    ALIASES.iter().find(|(alias, _)| *alias == text).map_or(text, |(_, name)| name)
}

/// Tells whether this is one of the kernel's private codes.
pub(super) fn is_private(errno: Errno) -> bool {
    PRIVATE.contains(&errno.number())
}

/// Reads one error of `error=`.
pub(super) fn error(text: &str, span: Span, errors: &mut Errors) -> Option<Errno> {
    let private = |errors: &mut Errors, span| {
        errors.add_help(
            span,
            format!("`{text}` is one of the kernel's private restart codes (512–531)"),
            "no program is ever given one; EINTR is what an interrupted call returns",
        );
        None
    };
    if text.starts_with(|first: char| first.is_ascii_digit() || matches!(first, '-' | '+')) {
        return match text.parse::<u16>() {
            Ok(number) if PRIVATE.contains(&number) => private(errors, span),
            Ok(number) if Errno::new(number).is_some() => Errno::new(number),
            _ => {
                let help = match (text, mistaken::error_name(text)) {
                    ("0", _) => "a call that succeeds without being executed is `retval=0`".to_owned(),
                    (_, Some(name)) => format!("write `error={name}`, without the sign"),
                    _ => match text.strip_prefix(['-', '+']).and_then(|digits| digits.parse::<u16>().ok()) {
                        Some(number) if Errno::new(number).is_some() => {
                            format!("write `error={number}`, without the sign")
                        }
                        _ => "write a name, such as `error=EIO`, or a number 1–4095".to_owned(),
                    },
                };
                errors.add_help(span, format!("`{text}` is no error number; they are 1–4095"), help);
                None
            }
        };
    }
    if text.is_empty() {
        errors.add_help(span, "an error name is missing", "`error=EIO`, or a number 1–4095");
        return None;
    }
    if PRIVATE_NAMES.contains(&text) {
        return private(errors, span);
    }
    let found = Errno::from_name(without_alias(text));
    if found.is_none() {
        let known = (1..=133).filter_map(Errno::new).filter_map(Errno::name);
        let first = text.split(|letter: char| !letter.is_ascii_alphanumeric()).next().unwrap_or_default();
        let help = did_you_mean(&text.to_ascii_uppercase(), known)
            .filter(|_| first == text)
            .or_else(|| {
                let name = mistaken::error_name(first).filter(|_| first != text)?;
                Some(format!("write `error={name}`; a `:` separates it from what follows"))
            })
            .unwrap_or_else(|| {
                "errors are written as `EIO`; `havoc errors CALL` lists those of a call".to_owned()
            });
        errors.add_help(span, format!("unknown error name `{text}`"), help);
    }
    found
}

/// Reads `retval=`: decimal or hexadecimal, of 64 bits, signed or not.
pub(super) fn retval(word: &Word, errors: &mut Errors) -> Option<i64> {
    let text = word.text.as_str();
    let (negative, digits) = text.strip_prefix('-').map_or((false, text), |digits| (true, digits));
    let hexadecimal = digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X"));
    let radix = if hexadecimal.is_some() { 16 } else { 10 };
    let digits = hexadecimal.unwrap_or(digits);
    // from_str_radix takes a sign of its own.
    let is_number = !digits.is_empty() && digits.chars().all(|digit| digit.is_digit(radix));
    if !is_number {
        let help = match mistaken::error_name(text) {
            Some(name) => format!("an error is given by `error={name}`"),
            None => "a result is decimal or hexadecimal: `42`, `0x7f00`, `-5000`".to_owned(),
        };
        errors.add_help(word.span.clone(), format!("`{text}` is no number"), help);
        return None;
    }
    let value = match u64::from_str_radix(digits, radix).ok() {
        Some(magnitude) if negative => 0i64.checked_sub_unsigned(magnitude),
        Some(bits) => Some(bits.cast_signed()),
        None => None,
    };
    let Some(value) = value else {
        errors.add(word.span.clone(), format!("`{text}` does not fit in the 64 bits of a result"));
        return None;
    };
    if (-4095..=-1).contains(&value) {
        let errno = u16::try_from(-value).ok().and_then(Errno::new);
        let help = match errno {
            Some(errno) if PRIVATE.contains(&errno.number()) => {
                "and this is one of the kernel's private restart codes, which no program is ever given"
                    .to_owned()
            }
            Some(errno) => match errno.name() {
                Some(name) => format!("write `error={name}`"),
                None => format!("write `error={}`", errno.number()),
            },
            None => "write `error=`".to_owned(),
        };
        errors.add_help(
            word.span.clone(),
            format!("a result of {value} is an error: that is `error=`"),
            help,
        );
        return None;
    }
    Some(value)
}

/// Reads `fd=`: 32 bits, signed.
pub(super) fn descriptor(word: &Word, errors: &mut Errors) -> Option<i32> {
    let number = word.text.parse().ok();
    if number.is_none() {
        errors.add_help(
            word.span.clone(),
            format!("`{}` is no descriptor number", word.text),
            "a file's name is asked for with `path=`",
        );
    }
    number
}

/// Reads `pid=`: at least 1.
pub(super) fn pid(word: &Word, errors: &mut Errors) -> Option<i32> {
    let number = word.text.parse().ok().filter(|number| *number > 0);
    if number.is_none() {
        errors.add_help(
            word.span.clone(),
            format!("`{}` is no process id", word.text),
            "processes are numbered from 1; their names are asked for with `comm=` and `exe=`",
        );
    }
    number
}

/// Reads `per=`.
pub(super) fn per(word: &Word, errors: &mut Errors) -> Option<Per> {
    let found = match word.text.as_str() {
        "program" => Some(Per::Program),
        "process" => Some(Per::Process),
        "thread" => Some(Per::Thread),
        _ => None,
    };
    if found.is_none() {
        errors.add_help(
            word.span.clone(),
            format!("`{}` counts no matches", word.text),
            "write `per=program`, `per=process` or `per=thread`",
        );
    }
    found
}

/// Reads `chance=`: `5%`, `0.5%`, `1/1000`.
pub(super) fn chance(word: &Word, errors: &mut Errors) -> Option<Chance> {
    let text = word.text.as_str();
    let fraction = match text.strip_suffix('%') {
        Some(percent) => of_hundred(percent),
        None => text.split_once('/').and_then(|(part, whole)| Some((digits(part)?, digits(whole)?))),
    };
    match fraction {
        Some((0, _)) => errors.add_help(
            word.span.clone(),
            "with a chance of 0 the rule never acts",
            "write a chance above 0, such as `1%`, or leave the rule out",
        ),
        Some((numerator, denominator)) if numerator <= denominator => {
            return Some(Chance { numerator, denominator });
        }
        Some(_) => errors.add_help(
            word.span.clone(),
            format!("`{text}` is more than always"),
            "the most is `100%`, which is the same as no `chance=`",
        ),
        None => {
            // `0.1`, as other tools have it.
            let help = match of_hundred(text) {
                Some((numerator, denominator)) if text.contains('.') && numerator * 100 <= denominator => {
                    let percent = numerator as f64 * 10_000.0 / denominator as f64;
                    format!("write `chance={percent}%`")
                }
                Some(_) => format!("write `chance={text}%`"),
                None => "write `5%`, `0.5%` or `1/1000`".to_owned(),
            };
            errors.add_help(word.span.clone(), format!("`{text}` is no chance"), help);
        }
    }
    None
}

fn digits(text: &str) -> Option<u64> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then_some(())?;
    text.parse().ok()
}

/// Reads a percentage, with up to nine decimals.
fn of_hundred(text: &str) -> Option<(u64, u64)> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    let denominator = 10u64.checked_pow(u32::try_from(decimals.len()).ok().filter(|length| *length <= 9)?)?;
    let decimals = if decimals.is_empty() && !text.contains('.') { 0 } else { digits(decimals)? };
    Some((digits(whole)?.checked_mul(denominator)?.checked_add(decimals)?, denominator * 100))
}

/// Reads a delay, in strace's way: a bare number is microseconds.
pub(super) fn delay(word: &Word, errors: &mut Errors) -> Option<Duration> {
    duration(word, Some(1_000), errors)
}

/// Reads a point in time since the program's start. A bare number could mean anything.
pub(super) fn time(word: &Word, errors: &mut Errors) -> Option<Duration> {
    duration(word, None, errors)
}

/// Reads a number with a unit: s, ms, us or ns, strace(1).
fn duration(word: &Word, bare_unit: Option<u64>, errors: &mut Errors) -> Option<Duration> {
    let text = word.text.as_str();
    let unit_at = text.find(|character: char| !character.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(unit_at);
    let unit = match unit {
        "s" => Some(1_000_000_000),
        "ms" => Some(1_000_000),
        "us" => Some(1_000),
        "ns" => Some(1),
        "" => bare_unit,
        _ => None,
    };
    let help = match bare_unit {
        Some(_) => "write `2s`, `100ms`, `50us` or `10ns`; a bare number is microseconds",
        None => "write `2s`, `100ms`, `50us` or `10ns`",
    };
    let (Some(unit), false) = (unit, number.is_empty()) else {
        let help = mistaken::time(text).map_or_else(|| help.to_owned(), |meant| format!("write `{meant}`"));
        errors.add_help(word.span.clone(), format!("`{text}` is no time"), help);
        return None;
    };
    let nanoseconds = number.parse::<u64>().ok().and_then(|number| number.checked_mul(unit));
    if nanoseconds.is_none() {
        errors.add(word.span.clone(), format!("`{text}` is longer than 584 years"));
    }
    nanoseconds.map(Duration::from_nanos)
}

/// Reads `name=`: one word that stands in the log as it is.
pub(super) fn name(word: &Word, errors: &mut Errors) -> Option<String> {
    let odd = |character: char| {
        character.is_whitespace() || character.is_control() || matches!(character, '(' | ')' | '#')
    };
    let Some(found) = word.text.chars().find(|character| odd(*character)) else {
        return Some(word.text.clone());
    };
    let reason = match found {
        '#' => "havoc itself names rules `SET#n`",
        _ => "a name is one word, without parentheses: it stands in every line of the log",
    };
    errors.add_help(word.span.clone(), format!("a name has no `{}`", found.escape_debug()), reason);
    None
}

/// Reads `when=`: F, F+, F+S, F..L, F..L+S.
pub(super) fn when(word: &Word, errors: &mut Errors) -> Option<When> {
    let text = word.text.as_str();
    let (range, step) = match text.find('+') {
        Some(plus) => (0..plus, Some(plus + 1..text.len())),
        None => (0..text.len(), None),
    };
    let (first, last) = match text[range.clone()].find("..") {
        Some(dots) => (0..dots, Some(dots + 2..range.end)),
        None => (range.clone(), None),
    };
    // All three are read before one that is wrong ends it.
    let first = positive(word, first, errors, "matches are counted from 1");
    let last_number = last.clone().map(|last| positive(word, last, errors, "matches are counted from 1"));
    let step_number = match step.clone() {
        // strace: `F+` is `F+1`.
        Some(step) if step.is_empty() => Some(1),
        Some(step) => positive(word, step, errors, "a step is at least 1"),
        None => Some(1),
    };
    let (first, step_number) = (first?, step_number?);
    let last_number = match last_number {
        Some(last) => Some(last?),
        None if step.is_some() => None,
        None => Some(first),
    };
    if last_number.is_some_and(|last| last < first) {
        errors.add_help(
            word.span_of(range),
            "this range is empty: it ends before it begins",
            "the smaller number stands first",
        );
        return None;
    }
    Some(When { first, last: last_number, step: step_number })
}

/// Reads the number in the bytes `range` of `word`, at least 1.
fn positive(word: &Word, range: Span, errors: &mut Errors, zero: &str) -> Option<u64> {
    let text = &word.text[range.clone()];
    let span = word.span_of(range);
    let forms = "`2`, `2+`, `2+3`, `2..9` or `2..9+3`";
    let pair = text.split_once(['-', ':']).and_then(|(first, last)| Some((digits(first)?, digits(last)?)));
    if text.is_empty() {
        errors.add_help(span, "a number is missing", format!("write {forms}"));
    } else if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        let help = match pair {
            Some((first, last)) => format!("write `when={first}..{last}`"),
            None if text.contains(',') => "write a rule for each, or a range such as `2..9`".to_owned(),
            None => format!("write {forms}"),
        };
        errors.add_help(span, format!("`{text}` is no number"), help);
    } else {
        match text.parse() {
            Ok(0) => errors.add_help(span, zero, format!("write {forms}")),
            Ok(number) => return Some(number),
            Err(_) => errors.add(span, format!("`{text}` does not fit in 64 bits")),
        }
    }
    None
}
