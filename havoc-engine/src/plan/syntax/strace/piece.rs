//! A piece of an expression, and numbers as C reads them: strace takes whatever strtoll(3) and strtoull(3) take.
use crate::plan::syntax::Span;

/// A piece of the text, which has no quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Piece<'a> {
    pub text: &'a str,
    /// Its first byte in the whole.
    at: usize,
}

impl<'a> Piece<'a> {
    pub fn whole(text: &'a str) -> Piece<'a> {
        Piece { text, at: 0 }
    }

    pub fn span(self) -> Span {
        self.at..self.at + self.text.len()
    }

    pub fn is_empty(self) -> bool {
        self.text.is_empty()
    }

    /// Returns the rest behind the first `length` bytes.
    pub fn from(self, length: usize) -> Piece<'a> {
        Piece { text: &self.text[length..], at: self.at + length }
    }

    /// Returns the first `length` bytes.
    pub fn to(self, length: usize) -> Piece<'a> {
        Piece { text: &self.text[..length], at: self.at }
    }

    /// Cuts at the first `separator`, which is left out.
    pub fn split_once(self, separator: &str) -> Option<(Piece<'a>, Piece<'a>)> {
        let at = self.text.find(separator)?;
        Some((self.to(at), self.from(at + separator.len())))
    }

    /// Cuts at the last `separator`, which is left out.
    pub fn split_last(self, separator: char) -> Option<(Piece<'a>, Piece<'a>)> {
        let at = self.text.rfind(separator)?;
        Some((self.to(at), self.from(at + separator.len_utf8())))
    }

    /// Cuts at every `separator`; empty pieces are left out, as strtok_r(3) does.
    pub fn tokens(self, separator: char) -> impl Iterator<Item = Piece<'a>> {
        let mut rest = Some(self);
        std::iter::from_fn(move || {
            let all = rest?;
            let at = all.text.find(separator);
            rest = at.map(|at| all.from(at + separator.len_utf8()));
            Some(at.map_or(all, |at| all.to(at)))
        })
        .filter(|piece| !piece.is_empty())
    }

    /// Takes the leading `character`s off, and says how many there were.
    pub fn without_leading(self, character: char) -> (usize, Piece<'a>) {
        let rest = self.text.trim_start_matches(character);
        let length = self.text.len() - rest.len();
        (length / character.len_utf8(), self.from(length))
    }
}

/// Reads a decimal number that is not negative, and returns what follows it.
pub(super) fn unsigned(text: &str) -> Option<(u64, &str)> {
    let digits = text.trim_start_matches(is_space);
    let digits = digits.strip_prefix('+').unwrap_or(digits);
    let end = digits.find(|character: char| !character.is_ascii_digit()).unwrap_or(digits.len());
    let (digits, rest) = digits.split_at(end);
    Some((digits.parse().ok()?, rest))
}

/// Reads a decimal number that is not negative, and nothing else.
pub(super) fn whole_unsigned(text: &str) -> Option<u64> {
    unsigned(text).filter(|(_, rest)| rest.is_empty()).map(|(number, _)| number)
}

/// Reads a number of 64 bits in C's notations: decimal, `0x1f`, `037`; a negative one wraps.
pub(super) fn wrapping(text: &str) -> Option<u64> {
    let text = text.trim_start_matches(is_space);
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let hexadecimal = digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X"));
    let (digits, radix) = match hexadecimal {
        Some(digits) => (digits, 16),
        None if digits.len() > 1 && digits.starts_with('0') => (digits, 8),
        None => (digits, 10),
    };
    // from_str_radix would take another sign.
    if !digits.starts_with(|first: char| first.is_digit(radix)) {
        return None;
    }
    let magnitude = u64::from_str_radix(digits, radix).ok()?;
    Some(if negative { magnitude.wrapping_neg() } else { magnitude })
}

/// isspace(3) in the C locale.
fn is_space(character: char) -> bool {
    matches!(character, ' ' | '\t'..='\r')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_c_reads_them() {
        for (text, expected) in [
            ("0", Some(0)),
            ("42", Some(42)),
            (" \t+42", Some(42)),
            ("0x2A", Some(42)),
            ("052", Some(42)),
            ("-1", Some(u64::MAX)),
            ("18446744073709551615", Some(u64::MAX)),
            ("18446744073709551616", None),
            ("-0x8000000000000000", Some(1 << 63)),
            ("", None),
            ("0x", None),
            ("09", None),
            ("1 ", None),
            ("--1", None),
            ("+-1", None),
            ("x", None),
        ] {
            assert_eq!(wrapping(text), expected, "{text:?}");
        }
        assert_eq!(unsigned("12..3"), Some((12, "..3")));
        assert_eq!(unsigned("+7+"), Some((7, "+")));
        assert_eq!(["", "+", "-1", "x"].map(unsigned), [None; 4]);
    }

    #[test]
    fn tokens_are_those_of_strtok_with_their_places() {
        let text = "::a::bc:";
        let tokens: Vec<_> = Piece::whole(text).tokens(':').map(|piece| (piece.text, piece.span())).collect();
        assert_eq!(tokens, [("a", 2..3), ("bc", 5..7)]);
        assert_eq!(Piece::whole("").tokens(':').count(), 0);
    }
}
