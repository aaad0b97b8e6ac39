//! The values of actions.
use super::Span;
use super::error::{Errors, did_you_mean};
use super::lexer::{Item, Word};
use super::value;
use crate::plan::{Action, Assignment, Corrupt, Gives, Operand, Poke, Short, refusal};
use crate::signal::Signal;
use havoc_arch::{Abi, Arch, Errno, Native, names};

/// Most bits that one call's data may have flipped.
const MOST_BITS: u32 = 1 << 20;
/// Longest poke, in bytes.
const LONGEST_POKE: usize = 1 << 16;

/// Reads `error=`: one, or a list of which the seed chooses.
pub(super) fn errors(word: &Word, errors: &mut Errors) -> Option<Gives> {
    let read: Vec<Option<Errno>> =
        word.split(',').map(|(text, span)| value::error(text, span, errors)).collect();
    read.into_iter().collect::<Option<Vec<Errno>>>().map(Gives::Error)
}

/// Reads `retval=`.
pub(super) fn retval(word: &Word, errors: &mut Errors) -> Option<Gives> {
    value::retval(word, errors).map(Gives::Value)
}

/// Reads `short=`: bytes or a percentage.
pub(super) fn short(word: &Word, errors: &mut Errors) -> Option<Short> {
    let text = word.text.as_str();
    let zero = "nothing at all would mean the end of the file to a reader, and no progress to a writer";
    if let Some(percent) = text.strip_suffix('%') {
        return match percent.parse::<u8>() {
            Ok(0) => {
                errors.add_help(word.span.clone(), "a transfer of 0% is no short one", zero);
                None
            }
            Ok(percent @ 1..=99) => Some(Short::Percent(percent)),
            _ => {
                errors.add(word.span.clone(), format!("`{text}` is no part of the whole; write 1% to 99%"));
                None
            }
        };
    }
    match text.parse::<u64>() {
        Ok(0) => {
            errors.add_help(word.span.clone(), "a transfer of 0 bytes is no short one", zero);
            None
        }
        Ok(bytes) => Some(Short::Bytes(bytes)),
        Err(_) => {
            errors.add_help(
                word.span.clone(),
                format!("`{text}` is no number of bytes"),
                "write `short=7` or `short=50%`",
            );
            None
        }
    }
}

/// Reads `corrupt=`.
pub(super) fn corrupt(word: &Word, errors: &mut Errors) -> Option<Corrupt> {
    let (kind, amount) = match word.text.split_once('/') {
        Some((kind, amount)) => (kind, Some(amount)),
        None => (word.text.as_str(), None),
    };
    let (message, help) = match (kind, amount) {
        ("zero", None) => return Some(Corrupt::Fill(0)),
        ("flip", Some(bits)) => match bits.parse::<u32>() {
            Ok(bits) if bits > 0 && bits <= MOST_BITS => return Some(Corrupt::Flip(bits)),
            _ => (
                format!("`{bits}` is no number of bits to flip"),
                format!("write `flip/1` to `flip/{MOST_BITS}`"),
            ),
        },
        ("fill", Some(byte)) => {
            let value = match byte.strip_prefix("0x") {
                Some(digits) if !digits.starts_with('+') => u8::from_str_radix(digits, 16).ok(),
                _ => byte.parse().ok(),
            };
            match value {
                Some(value) => return Some(Corrupt::Fill(value)),
                None => (format!("`{byte}` is no byte"), "write `fill/0xAA` or `fill/170`".to_owned()),
            }
        }
        _ => {
            let text = &word.text;
            (
                format!("`{text}` is no way to corrupt data"),
                "write `flip/3`, `fill/0xAA` or `zero`".to_owned(),
            )
        }
    };
    errors.add_help(word.span.clone(), message, help);
    None
}

/// Reads `syscall=`: a call that may be executed in the place of any other.
pub(super) fn syscall(word: &Word, errors: &mut Errors) -> Option<String> {
    let text = word.text.as_str();
    if Abi::ALL.into_iter().all(|abi| names::number_of(abi, text).is_none()) {
        let known = names::all_judged(<Native as Arch>::ABI).filter(|name| refusal::is_harmless(name));
        errors.add_with(word.span.clone(), format!("unknown syscall `{text}`"), did_you_mean(text, known));
        return None;
    }
    if !refusal::is_harmless(text) {
        errors.add_help(
            word.span.clone(),
            format!(
                "`{text}` cannot stand in for another call: it would take that call's arguments for its own"
            ),
            "it is one of `%pure`, such as getpid or getuid",
        );
        return None;
    }
    Some(text.to_owned())
}

/// Reads `poke_enter=` and `poke_exit=`: `@arg2=00ff,@arg3=01`.
pub(super) fn pokes(word: &Word, errors: &mut Errors) -> Vec<Poke> {
    let mut pokes: Vec<Poke> = Vec::new();
    for (text, span) in word.split(',') {
        match poke(text) {
            Ok(poke) if pokes.iter().any(|other| other.index == poke.index) => {
                errors.add_help(
                    span,
                    format!("what `arg{}` points to is written twice", poke.index + 1),
                    "keep one of them",
                );
            }
            Ok(poke) => pokes.push(poke),
            Err(message) => {
                errors.add_help(span, message, "write `@arg2=00ff`: an argument, and bytes in hexadecimal")
            }
        }
    }
    pokes
}

/// Reads one of them.
///
/// # Errors
/// What is wrong with it.
pub(super) fn poke(text: &str) -> Result<Poke, String> {
    let (argument, hex) =
        text.split_once('=').ok_or_else(|| format!("`{text}` says not what to write where"))?;
    let index = match argument.strip_prefix("@arg").map(str::as_bytes) {
        Some([digit @ b'1'..=b'6']) => usize::from(digit - b'1'),
        _ => return Err(format!("`{argument}` is none of `@arg1` to `@arg6`")),
    };
    if hex.is_empty() || hex.len() % 2 != 0 || !hex.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return Err(format!("`{hex}` is no row of bytes: each has two hexadecimal digits"));
    }
    if hex.len() / 2 > LONGEST_POKE {
        return Err(format!("{} bytes are too many; {LONGEST_POKE} can be written", hex.len() / 2));
    }
    let digit = |byte: u8| char::from(byte).to_digit(16).unwrap_or(0) as u8;
    let bytes = hex.as_bytes().chunks_exact(2).map(|pair| digit(pair[0]) << 4 | digit(pair[1])).collect();
    Ok(Poke { index, bytes })
}

/// Reads `signal=`: a name with or without `SIG`, or a number.
pub(super) fn signal(word: &Word, errors: &mut Errors) -> Option<Signal> {
    let text = word.text.as_str();
    if text.starts_with(|first: char| first.is_ascii_digit() || matches!(first, '-' | '+')) {
        let found = text.parse().ok().and_then(Signal::new).filter(|_| !text.starts_with('+'));
        if found.is_none() {
            errors.add(word.span.clone(), format!("`{text}` is no signal number; they are 1–64"));
        }
        return found;
    }
    let found = Signal::from_name(text);
    if found.is_none() {
        let known: Vec<String> = (1..=64).filter_map(Signal::new).map(|signal| signal.to_string()).collect();
        let wanted = text.to_ascii_uppercase();
        let wanted = if wanted.starts_with("SIG") { wanted } else { format!("SIG{wanted}") };
        errors.add_with(
            word.span.clone(),
            format!("unknown signal `{text}`"),
            did_you_mean(&wanted, known.iter().map(String::as_str)),
        );
    }
    found
}

/// `argN:=`
pub(super) fn assign(index: usize, operand: Operand, item: &Item, action: &mut Action, errors: &mut Errors) {
    if action.arguments.iter().any(|assignment| assignment.index == index) {
        let span: Span = item.span.clone();
        errors.add_help(span, format!("`arg{}` is given two values", index + 1), "keep one of them");
        return;
    }
    let value = operand.value as u64;
    action.arguments.push(Assignment { index, text: operand.text, value });
}
