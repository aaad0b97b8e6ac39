//! Numbers as rules write them: decimal, hexadecimal, octal, or constants by name.
use super::Span;
use super::error::{Errors, did_you_mean};
use super::lexer::Word;
use super::value;
use crate::plan::Operand;
use crate::signature::{self, Signature};
use havoc_arch::{Abi, Errno};

/// What a name stands for.
pub(super) enum Lookup {
    /// This value.
    Known(i128),
    /// Nothing; these are known.
    Unknown(Vec<&'static str>),
    /// For different calls of the set different values.
    Ambiguous,
}

/// The constants that the arguments of a rule's calls know.
pub(super) struct Constants<'a> {
    /// The calls.
    pub signatures: Vec<&'a Signature>,
    /// Whose values count where they differ by ABI: the machine's own.
    pub abi: Abi,
}

impl Constants<'_> {
    /// Returns what `name` means as argument `index`, from 0.
    pub fn of_argument(&self, index: usize, name: &str) -> Lookup {
        let mut known = Vec::new();
        let mut found = None;
        for signature in &self.signatures {
            for (constant, value) in signature::constants(signature, index, self.abi) {
                if constant != name {
                    known.push(constant);
                    continue;
                }
                // AT_FDCWD is negative, and no other is that large.
                let value = i128::from(value.cast_signed());
                if found.is_some_and(|found| found != value) {
                    return Lookup::Ambiguous;
                }
                found = Some(value);
            }
        }
        match found {
            Some(value) => Lookup::Known(value),
            None => Lookup::Unknown(known),
        }
    }
}

/// Returns what the name of an error means as a result: `-EIO`, for which this is given `EIO`.
pub(super) fn error_names(name: &str) -> Lookup {
    match Errno::from_name(value::without_alias(name)) {
        Some(errno) => Lookup::Known(i128::from(errno.number())),
        None => Lookup::Unknown((1..=133).filter_map(Errno::new).filter_map(Errno::name).collect()),
    }
}

/// Reads one number: what stands in the bytes `range` of `word`.
pub(super) fn operand(
    word: &Word,
    range: Span,
    known: &dyn Fn(&str) -> Lookup,
    errors: &mut Errors,
) -> Option<Operand> {
    let text = &word.text[range.clone()];
    let (negative, magnitude) = match text.strip_prefix('-') {
        Some(magnitude) => (true, magnitude),
        None => (false, text),
    };
    let mut value: i128 = 0;
    let mut start = range.end - magnitude.len();
    for part in magnitude.split('|') {
        let span = word.span_of(start..start + part.len());
        value |= one(part, span, known, errors)?;
        start += part.len() + 1;
    }
    let value = if negative { -value } else { value };
    if value < i128::from(i64::MIN) || value > i128::from(u64::MAX) {
        errors.add(word.span_of(range), format!("`{text}` does not fit in 64 bits"));
        return None;
    }
    Some(Operand { text: text.to_owned(), value })
}

fn one(text: &str, span: Span, known: &dyn Fn(&str) -> Lookup, errors: &mut Errors) -> Option<i128> {
    let forms = "write `42`, `0x2a`, `0o52` or a constant's name";
    if !text.starts_with(|first: char| first.is_ascii_digit()) {
        if !text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_') {
            errors.add_help(span, format!("`{text}` is no number"), forms);
            return None;
        }
        return match known(text) {
            Lookup::Known(value) => Some(value),
            Lookup::Ambiguous => {
                errors.add_help(
                    span,
                    format!("`{text}` means different numbers to the calls of this rule"),
                    "write the number, or a rule for each of them",
                );
                None
            }
            Lookup::Unknown(candidates) => {
                let help = did_you_mean(text, candidates.into_iter()).unwrap_or_else(|| forms.to_owned());
                errors.add_help(span, format!("no constant `{text}` is known here"), help);
                None
            }
        };
    }
    let (digits, radix) = match text.as_bytes() {
        [b'0', b'x' | b'X', ..] => (&text[2..], 16),
        [b'0', b'o', ..] => (&text[2..], 8),
        [b'0', _, ..] if text.bytes().all(|byte| byte.is_ascii_digit()) => {
            errors.add_help(
                span,
                format!("`{text}` might be octal or decimal"),
                format!("write `0o{0}` or `{0}`", text.trim_start_matches('0')),
            );
            return None;
        }
        _ => (text, 10),
    };
    if digits.is_empty() || !digits.chars().all(|digit| digit.is_digit(radix)) {
        errors.add_help(span, format!("`{text}` is no number"), forms);
        return None;
    }
    match u64::from_str_radix(digits, radix) {
        Ok(value) => Some(i128::from(value)),
        Err(_) => {
            errors.add(span, format!("`{text}` does not fit in 64 bits"));
            None
        }
    }
}
